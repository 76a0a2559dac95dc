"""Read Atom (RFC 4287)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from dispatch import html
from dispatch.model import Article, Author, Source
from dispatch.readers import entries, people
from dispatch.readers.xml import base_of, children, markup_of, text_of

_HTML = frozenset({"html", "text/html"})


def whole(root: Element, base: str) -> tuple[Source, list[Article]]:
    """Read a feed as its source and its entries as articles, in order; a document may also be a single entry.

    base: where the document was found. Raises GatherError beyond bounds.
    """
    if root.tag == "atom:entry":
        return Source(), [_article(root, base_of(root, base), Source(), [], "")]
    inner = base_of(root, base)
    found = list(children(root, "atom:entry"))
    entries.bounded(len(found))
    own = source(root, inner)
    own = replace(own, feed=own.feed or base)
    authors = list(persons(root, "atom:author", inner))
    language = root.get("xml:lang", "")
    return own, [_article(entry, base_of(entry, inner), own, authors, language) for entry in found]


def source(feed: Element, base: str) -> Source:
    """Parse the source from a feed, or from an entry's ``atom:source``."""
    return Source(
        title=_line(feed, "atom:title"),
        url=link_of(feed, "alternate", base),
        feed=link_of(feed, "self", base),
        feed_id=html.clean(text_of(feed, "atom:id")),
        feed_updated=entries.moment(text_of(feed, "atom:updated", "atom:modified")),
    )


def persons(parent: Element, tag: str, base: str) -> Iterator[Author]:
    """Parse the person constructs of one tag (RFC 4287, section 3.2)."""
    for person in children(parent, tag):
        yield from people.author(
            text_of(person, "atom:name"),
            url=entries.address(text_of(person, "atom:uri", "atom:url"), base_of(person, base)),
            email=text_of(person, "atom:email"),
        )


def link_of(parent: Element, rel: str, base: str) -> str:
    """Find the address of the first link of this relation; a link to an HTML page comes before any other."""
    found = [link for link in children(parent, "atom:link") if link.get("rel", "alternate") == rel and link.get("href")]
    found.sort(key=lambda link: "html" not in link.get("type", "html"))
    return entries.address(found[0].get("href", ""), base_of(found[0], base)) if found else ""


def _article(entry: Element, base: str, own: Source, everywhere: Iterable[Author], language: str) -> Article:
    """Read an entry; its authors, or the feed's, are its byline."""
    origins = [(source(origin, base_of(origin, base)), origin) for origin in children(entry, "atom:source")]
    origin = origins[0][0] if origins else own
    url = link_of(entry, "alternate", base)
    title = _line(entry, "atom:title")
    enclosures = tuple(
        enclosure
        for link in children(entry, "atom:link")
        if link.get("rel") == "enclosure"
        for enclosure in entries.enclosure(link.get("href", ""), link.get("type", ""), link.get("length", ""), base)
    )
    content = entries.content(_markup(entry, "atom:content"), base, title=title, source=origin)
    summary = entries.content(_markup(entry, "atom:summary"), base, title=title, source=origin)
    authors, contributors = people.unjoin(
        # An entry's authors are its own, else those of its atom:source, else the feed's (RFC 4287, section 4.2.1).
        list(persons(entry, "atom:author", base))
        or [author for name in children(entry, "dc:creator") for author in people.author("".join(name.itertext()))]
        or [author for _, element in origins for author in persons(element, "atom:author", base)]
        or ([] if origins else list(everywhere)),
        list(persons(entry, "atom:contributor", base)),
    )
    return Article(
        id=html.clean(text_of(entry, "atom:id")).strip(),
        url=url,
        title=title,
        summary=entries.summary(summary) if content else "",
        content=content or summary,
        authors=authors,
        credits=(*contributors, *entries.credits_of(entry)),
        certainty="certain" if authors else "unknown",
        source=origin,
        published=entries.moment(text_of(entry, "atom:published", "atom:issued", "dc:date")),
        updated=entries.moment(text_of(entry, "atom:updated", "atom:modified")),
        language=entry.get("xml:lang", language),
        tags=entries.tags(tag.get("label") or tag.get("term") or "" for tag in children(entry, "atom:category")),
        image=entries.image_of(entry, enclosures, base),
        enclosures=enclosures,
        license=entries.license_of(entry),
    )


def _markup(entry: Element, tag: str) -> str:
    """Extract a text construct or content as HTML (RFC 4287, sections 3.1 and 4.1.3)."""
    for element in children(entry, tag):
        kind = element.get("type", "text")
        if kind in {"xhtml", "application/xhtml+xml"} or len(element):
            return markup_of(element)
        text = "".join(element.itertext())
        return text if kind in _HTML or not text.strip() else f"<p>{html.escape(text)}</p>"
    return ""


def _line(parent: Element, tag: str) -> str:
    """Read a text construct as one line of plain text; one of type text is not parsed, whatever it looks like."""
    for element in children(parent, tag):
        text = "".join(element.itertext())
        return " ".join((html.text(html.sanitise(text)) if element.get("type") in _HTML else html.clean(text)).split())
    return ""
