"""Where a site has its feeds, and, where it has none, which articles its page leads to."""

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from dispatch import links
from dispatch.model import Document
from dispatch.readers import elements, feed, page

MOST_LINKS = 50

# Where publishing systems put their feeds when the page does not say so.
COMMON = ("feed", "rss.xml", "atom.xml", "feed.json", "index.xml")
_ALTERNATE = "link[rel~=alternate][href], link[rel~=feed][href], a[rel~=feed][href]"
_OF_COMMENTS = re.compile(r"comment|kommentar|commentaires", re.IGNORECASE)
_ENTRIES = ".h-entry, .hentry, article, [itemtype$='Article'], [itemtype$='BlogPosting']"
# Of an article that a page announces: the address that it gives itself, else where its headline leads.
_HEADLINES = ("a.u-url[href]", ":is(h1, h2, h3, h4) a[href]", "a:has(h1, h2, h3, h4)[href]", "a[rel~=bookmark][href]")


def feeds(document: Document) -> list[str]:
    """The addresses of the feeds that a page names, in its order, those of comments last.

    Raises GatherError when the page has more elements than can be parsed in good time.
    """
    root = page.parse(document).root
    if root is None:
        return []
    base = page.base_of(root, document.url)
    found: dict[str, bool] = {}
    for link in elements.every(root, _ALTERNATE):
        address = elements.address(link, base)
        kind = elements.attribute(link, "type").partition(";")[0].strip().lower()
        says_feed = "feed" in elements.attribute(link, "rel").lower().split()
        if links.is_web(address) and (kind in feed.MEDIA_TYPES or (says_feed and not kind)):
            words = f"{elements.attribute(link, 'title')} {urlsplit(address).path}"
            found.setdefault(address, bool(_OF_COMMENTS.search(words)))
    return sorted(found, key=found.__getitem__)


def guesses(address: str) -> list[str]:
    """Where a site often has its feed: below the address, then below its front page."""
    origin = re.match(r"https?://[^/?#]+", address, re.IGNORECASE)
    if origin is None:
        return []
    below = address.partition("?")[0].partition("#")[0].rstrip("/")
    return list(dict.fromkeys(f"{place}/{name}" for place in (below, origin[0]) for name in COMMON))


def articles(document: Document) -> list[str]:
    """The addresses of the articles that a page announces, on its own host, in its order; at most 50.

    What it announces is marked as an article (``article``, h-entry, schema.org) and has a headline that is a link.
    Raises GatherError when the page has more elements than can be parsed in good time.
    """
    root = page.parse(document).root
    if root is None:
        return []
    base = page.base_of(root, document.url)
    host = links.host(document.url)
    found = (_announced(entry, base) for entry in root.css(_ENTRIES)[: 4 * MOST_LINKS])
    addresses = [address for address in found if links.is_web(address) and links.host(address) == host]
    itself = document.url.partition("#")[0].rstrip("/")
    return [address for address in dict.fromkeys(addresses) if address.partition("#")[0].rstrip("/") != itself][
        :MOST_LINKS
    ]


def _announced(entry: LexborNode, base: str) -> str:
    links_of_it = (elements.address(entry.css_first(headline), base) for headline in _HEADLINES)
    return next(filter(None, links_of_it), "")
