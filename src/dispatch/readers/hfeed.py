"""h-feed: a page that is a feed itself, its entries marked up where people read them (microformats2)."""

from selectolax.lexbor import LexborNode

from dispatch import html, links
from dispatch.model import Article, Author, Document, Image, Source
from dispatch.readers import charset, elements, entries, microformats, page, people

# What begins something of its own: an entry inside of another is a comment, one inside of a citation somebody else's.
_ENTRY = "h-entry"
_OWN = frozenset({_ENTRY, "h-cite"})


def accepts(document: Document) -> bool:
    """Whether a page is a feed: it says so, and holds an entry."""
    return page.accepts(document) and "h-entry" in (text := charset.text(document)) and "h-feed" in text


def whole(document: Document) -> tuple[Source, list[Article]]:
    """The source that the page is, and its entries in its order.

    Raises GatherError when the page has more elements than can be parsed in good time, or too many entries.
    """
    root = page.parse(document).root
    if root is None:
        return Source(), []
    base = page.base_of(root, document.url)
    feed = root.css_first(".h-feed") or root
    frame, found = _apart(feed)
    entries.bounded(len(found))
    name = next((node for node in frame if "p-name" in _classes(node)), None)
    title = (elements.text(name) if name else "") or elements.first(root, "title") or links.host(document.url)
    own = Source(title=title, url=document.url)
    # An entry without an author is by whoever the feed is by (microformats2, “authorship”).
    everywhere = _authors(frame, base)
    return own, [_article(node, base, own, everywhere) for node in found]


def _article(node: LexborNode, base: str, own: Source, everywhere: tuple[Author, ...]) -> Article:
    marks = microformats.article(node, base)
    authors = marks.authors or everywhere
    hinted = () if authors else people.complete(microformats.hints(node, base), ())
    body = node.css_first(".e-content")
    picture = elements.address(node.css_first("img.u-photo"), base, "src")
    summary = elements.first(node, ".p-summary")
    return Article(
        id=elements.address(node.css_first(".u-uid"), base),
        url=elements.address(node.css_first("a.u-url[href], link.u-url[href]"), base)
        or elements.address(node.css_first("a[rel~=bookmark][href]"), base),
        title=marks.title,
        summary=summary,
        content=html.sanitise((body.inner_html or "") if body else f"<p>{html.escape(summary)}</p>", base),
        authors=authors or hinted,
        certainty="certain" if authors else "likely" if hinted else "unknown",
        source=own,
        published=marks.published,
        updated=marks.updated,
        tags=entries.tags(elements.text(tag) for tag in elements.every(node, ".p-category")),
        image=Image(url=picture) if links.is_web(picture) else None,
    )


def _apart(feed: LexborNode) -> tuple[list[LexborNode], list[LexborNode]]:
    """The elements of a feed that stand around its entries, and its entries. In linear time, however deep they are."""
    frame: list[LexborNode] = []
    found: list[LexborNode] = []
    node: LexborNode | None = feed.child
    while node is not None:
        classes = _classes(node)
        if _ENTRY in classes:
            found.append(node)
        elif not _OWN & classes:
            frame.append(node)
            if node.child is not None:
                node = node.child
                continue
        while node is not None and node.next is None:
            node = node.parent if node.parent is not None and node.parent.mem_id != feed.mem_id else None
        node = node.next if node is not None else None
    return frame, found


def _classes(node: LexborNode) -> frozenset[str]:
    return frozenset((node.attributes.get("class") or "").split())


def _authors(frame: list[LexborNode], base: str) -> tuple[Author, ...]:
    """Whoever the feed is by."""
    for node in frame:
        if "p-author" in _classes(node):
            name = node.css_first(".p-name") or node
            link = node if node.tag == "a" else node.css_first("a.u-url[href], a[href]")
            return people.complete(people.author(elements.text(name), url=elements.address(link, base)), ())
    return ()
