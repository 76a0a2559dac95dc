"""Find what a site's page leads to: its feeds, or, where it has none, the articles that it announces.

A page may also be a feed itself, its entries marked up where people read them: an h-feed (microformats2).
"""

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from dispatch import html, links
from dispatch.model import Article, Author, Document, Fault, Image, Source
from dispatch.readers import charset, feed, fields, html_tree, limits, microformats, page, people

MOST_LINKS = 50

# Where publishing systems put their feeds, for pages that do not name them.
COMMON = ("feed", "rss.xml", "atom.xml", "feed.json", "index.xml")
_ALTERNATE = "link[rel~=alternate][href], link[rel~=feed][href], a[rel~=feed][href]"
_OF_COMMENTS = re.compile(r"comment|kommentar|commentaires", re.IGNORECASE)
_ENTRIES = ".h-entry, .hentry, article, [itemtype$='Article'], [itemtype$='BlogPosting']"
# Where an announced article is: its own address, else the link of its headline.
_HEADLINES = ("a.u-url[href]", ":is(h1, h2, h3, h4) a[href]", "a:has(h1, h2, h3, h4)[href]", "a[rel~=bookmark][href]")
# An entry inside another is a comment; one inside a citation is somebody else's.
_HFEED_ENTRY = "h-entry"
_HFEED_OWN = frozenset({_HFEED_ENTRY, "h-cite"})


def find_feeds(document: Document) -> list[str]:
    """Find the addresses of the feeds that a page names, in order, those of comments last.

    Raises GatherError when the page has more elements than can be parsed in good time.
    """
    root = html_tree.parse_page(document).root
    if root is None:
        return []
    base = html_tree.find_base(root, document.url)
    found: dict[str, bool] = {}
    for link in html_tree.select_all(root, _ALTERNATE):
        address = html_tree.get_address(link, base)
        kind = html_tree.get_attribute(link, "type").partition(";")[0].strip().lower()
        says_feed = "feed" in html_tree.get_attribute(link, "rel").lower().split()
        if links.is_web_address(address) and (kind in feed.MEDIA_TYPES or (says_feed and not kind)):
            words = f"{html_tree.get_attribute(link, 'title')} {urlsplit(address).path}"
            found.setdefault(address, bool(_OF_COMMENTS.search(words)))
    return sorted(found, key=found.__getitem__)


def guess_feeds(address: str) -> list[str]:
    """Guess where a site may have its feed: below the address, then below its front page."""
    origin = re.match(r"https?://[^/?#]+", address, re.IGNORECASE)
    if origin is None:
        return []
    below = address.partition("?")[0].partition("#")[0].rstrip("/")
    return list(dict.fromkeys(f"{place}/{name}" for place in (below, origin[0]) for name in COMMON))


def find_announced_articles(document: Document) -> list[str]:
    """Find the addresses of the articles that a page announces on its own host, in order; at most 50.

    An announcement is marked as an article (``article``, h-entry, schema.org) and has a headline that is a link. Raises
    GatherError when the page has more elements than can be parsed in good time.
    """
    root = html_tree.parse_page(document).root
    if root is None:
        return []
    base = html_tree.find_base(root, document.url)
    host = links.parse_host(document.url)
    found = (_find_announced_address(entry, base) for entry in root.css(_ENTRIES)[: 4 * MOST_LINKS])
    addresses = [address for address in found if links.is_web_address(address) and links.parse_host(address) == host]
    itself = document.url.partition("#")[0].rstrip("/")
    return [address for address in dict.fromkeys(addresses) if address.partition("#")[0].rstrip("/") != itself][
        :MOST_LINKS
    ]


def is_hfeed(document: Document) -> bool:
    """Whether a page is an h-feed: it is marked as one, and has an entry."""
    return page.accepts(document) and "h-entry" in (text := charset.decode_document(document)) and "h-feed" in text


def read_hfeed(document: Document, faults: list[Fault]) -> tuple[Source, list[Article]]:
    """Read an h-feed as its source and its entries as articles, in order.

    What was mended or left out is added to ``faults``.

    Raises GatherError when the page has more elements than can be parsed in good time, or too many entries.
    """
    root = html_tree.parse_page(document).root
    if root is None:
        return Source(), []
    base = html_tree.find_base(root, document.url)
    feed = root.css_first(".h-feed") or root
    frame, found = _separate_entries(feed)
    limits.refuse_too_many(len(found))
    name = next((node for node in frame if "p-name" in _list_classes(node)), None)
    title = (
        (html_tree.get_text(name) if name else "")
        or html_tree.find_first_text(root, "title")
        or links.parse_host(document.url)
    )
    own = Source(title=title, url=document.url)
    # An entry without an author is by the author of the feed (microformats2, “authorship”).
    everywhere = _read_hfeed_authors(frame, base)
    return own, limits.read_entries(
        found, lambda node, mended: _read_hfeed_entry(node, base, own, everywhere, mended), faults
    )


def _find_announced_address(entry: LexborNode, base: str) -> str:
    links_of_it = (html_tree.get_address(entry.css_first(headline), base) for headline in _HEADLINES)
    return next(filter(None, links_of_it), "")


def _read_hfeed_entry(
    node: LexborNode, base: str, own: Source, everywhere: tuple[Author, ...], mended: list[Fault]
) -> Article:
    marks = microformats.read_microformats(node, base)
    authors = marks.authors or everywhere
    hinted = () if authors else people.merge_authors(microformats.find_hinted_authors(node, base), ())
    body = node.css_first(".e-content")
    picture = html_tree.get_address(node.css_first("img.u-photo"), base, "src")
    summary = html_tree.find_first_text(node, ".p-summary")
    written = (body.inner_html or "") if body else f"<p>{html.escape_html(summary)}</p>"
    return Article(
        id=html_tree.get_address(node.css_first(".u-uid"), base),
        url=html_tree.get_address(node.css_first("a.u-url[href], link.u-url[href]"), base)
        or html_tree.get_address(node.css_first("a[rel~=bookmark][href]"), base),
        title=marks.title,
        summary=summary,
        content=fields.read_body(written, base, mended, title=marks.title, source=own),
        authors=authors or hinted,
        certainty="certain" if authors else "likely" if hinted else "unknown",
        source=own,
        published=marks.published,
        updated=marks.updated,
        tags=fields.read_tags(html_tree.get_text(tag) for tag in html_tree.select_all(node, ".p-category")),
        image=Image(url=picture) if links.is_picture_address(picture) else None,
    )


def _separate_entries(feed: LexborNode) -> tuple[list[LexborNode], list[LexborNode]]:
    """Separate a feed's own elements from its entries, in linear time, however deep they are."""
    frame: list[LexborNode] = []
    found: list[LexborNode] = []
    node: LexborNode | None = feed.child
    while node is not None:
        classes = _list_classes(node)
        if _HFEED_ENTRY in classes:
            found.append(node)
        elif not _HFEED_OWN & classes:
            frame.append(node)
            if node.child is not None:
                node = node.child
                continue
        while node is not None and node.next is None:
            node = node.parent if node.parent is not None and node.parent.mem_id != feed.mem_id else None
        node = node.next if node is not None else None
    return frame, found


def _list_classes(node: LexborNode) -> frozenset[str]:
    return frozenset((node.attributes.get("class") or "").split())


def _read_hfeed_authors(frame: list[LexborNode], base: str) -> tuple[Author, ...]:
    """Find the author of the feed itself."""
    for node in frame:
        if "p-author" in _list_classes(node):
            name = node.css_first(".p-name") or node
            link = node if node.tag == "a" else node.css_first("a.u-url[href], a[href]")
            return people.merge_authors(
                people.make_author(html_tree.get_text(name), url=html_tree.get_address(link, base)), ()
            )
    return ()
