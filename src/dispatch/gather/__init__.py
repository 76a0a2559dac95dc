"""Turn addresses, files and typed text into articles: fetch, then the reader that accepts.

location          one location that somebody named: its articles, or the source that it is
all_sources       every source of a publication at once, one result each, into the inbox
reading           what a source's answer holds, read within a bounded time
standing          whether the pages of articles are still these articles
enrich            what a source and a page add to an entry
measure_files     the size of the files that go with articles
download_images   the pictures that a publication keeps copies of
"""

from dispatch.gather.all_sources import GatherResult, gather_into_inbox, gather_sources
from dispatch.gather.download_images import download_pictures
from dispatch.gather.location import discover_source, gather_articles
from dispatch.gather.measure_files import measure_files
from dispatch.gather.standing import check_articles

__all__ = [
    "GatherResult",
    "check_articles",
    "discover_source",
    "download_pictures",
    "gather_articles",
    "gather_into_inbox",
    "gather_sources",
    "measure_files",
]
