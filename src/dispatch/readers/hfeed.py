"""h-feed: a page that is a feed itself, its entries marked up where people read them (microformats2)."""

from selectolax.lexbor import LexborNode

from dispatch import html, links
from dispatch.model import Article, Author, Document, Image, Source
from dispatch.readers import charset, elements, entries, microformats, page, people

_ENTRY = ".h-entry"
# An entry inside of another is a comment or a quotation, one inside of a citation is somebody else's.
_INNER = ".h-entry .h-entry, .h-cite .h-entry"


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
    inner = {node.mem_id for node in root.css(_INNER)}
    found = [node for node in feed.css(_ENTRY) if node.mem_id not in inner]
    entries.bounded(len(found))
    own = Source(title=_title(root, feed, inner, document.url), url=document.url)
    # An entry without an author is by whoever the feed is by (microformats2, “authorship”).
    everywhere = _authors_of_feed(feed, base)
    return own, [_article(node, base, own, everywhere) for node in found]


def _article(node: LexborNode, base: str, own: Source, everywhere: tuple[Author, ...]) -> Article:
    marks = microformats.article(node, base)
    authors = marks.authors or everywhere
    hinted = () if authors else people.complete(microformats.hints(node, base), ())
    body = node.css_first(".e-content")
    picture = elements.address(node.css_first("img.u-photo"), base, "src")
    summary = elements.first(node, ".p-summary")
    return Article(
        id=entries.iri(elements.address(node.css_first(".u-uid"), base)),
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


def _title(root: LexborNode, feed: LexborNode, inner: set[int], url: str) -> str:
    """The feed's name, else the page's."""
    in_entries = inner | {node.mem_id for entry in feed.css(_ENTRY) for node in entry.css(".p-name")}
    names = [node for node in elements.every(feed, ".p-name") if node.mem_id not in in_entries]
    return (elements.text(names[0]) if names else "") or elements.first(root, "title") or links.host(url)


def _authors_of_feed(feed: LexborNode, base: str) -> tuple[Author, ...]:
    in_entries = {node.mem_id for entry in feed.css(_ENTRY) for node in entry.css(".p-author")}
    outer = [node for node in elements.every(feed, ".p-author") if node.mem_id not in in_entries]
    for node in outer:
        name = node.css_first(".p-name") or node
        link = node if node.tag == "a" else node.css_first("a.u-url[href], a[href]")
        return people.complete(people.author(elements.text(name), url=elements.address(link, base)), ())
    return ()
