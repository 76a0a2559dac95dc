"""What the search page needs besides itself. The index is Pagefind's: it reads the finished pages, where ``main`` is
marked with ``data-pagefind-body``.
"""

from dispatch.model import Publication

SCRIPT = "search/search.js"


def assets(publication: Publication) -> dict[str, bytes]:
    """The files beside the search page, by their path in the public folder; none when the site has no search."""
    return {SCRIPT: publication.templates["search.js"].encode()} if publication.site.search else {}
