"""Turn addresses, files and typed text into articles: fetch, then the reader that accepts.

location     one location that somebody named: its articles, or the source that it is
many         every source of a publication at once, one result each
reading      what a source's answer holds, read within a bounded time
completing   what a source and a page add to an entry
copying      the pictures that a publication keeps copies of

for gathered in gather.sources(publication.sources, box.visits(), user_agent=..., now=..., unknown=box.unknown):
    box.keep(gathered.source.key, gathered.articles, now, completed=gathered.completed)
    box.visited(gathered.visit)
"""

from dispatch.gather.copying import copies
from dispatch.gather.location import articles, discover
from dispatch.gather.many import Gathered, sources

__all__ = ["Gathered", "articles", "copies", "discover", "sources"]
