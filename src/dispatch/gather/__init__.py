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

from dispatch.gather.all_sources import GatherResult, gather_sources
from dispatch.gather.download_images import download_pictures
from dispatch.gather.location import discover_source, gather_articles

__all__ = ["GatherResult", "discover_source", "download_pictures", "gather_articles", "gather_sources"]
