"""Turn addresses, files and typed text into articles: fetch, then the reader that accepts.

location          one location that somebody named: its articles, or the source that it is
all_sources       every source of a publication at once, one result each, into the inbox
reading           what a source's answer holds, read within a bounded time
standing          whether the pages of articles are still these articles
enrich            what a source and a page add to an entry
file_sizes        the size of the files that go with articles
download_images   the pictures that a publication keeps copies of
"""

# ruff: noqa: F403 - the table says what the package has
from typing import TYPE_CHECKING

from dispatch.deferred import defer_names

if TYPE_CHECKING:
    from dispatch.gather.all_sources import *
    from dispatch.gather.download_images import *
    from dispatch.gather.file_sizes import *
    from dispatch.gather.location import *
    from dispatch.gather.standing import *
else:
    __getattr__ = defer_names(
        __name__,
        all_sources="GatherResult gather_into_inbox gather_sources",
        download_images="download_pictures",
        location="discover_source gather_articles",
        file_sizes="measure_files",
        standing="check_articles",
    )
