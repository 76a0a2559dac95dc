"""Read RSS 2.0 and its forerunners, RSS 1.0 (RDF) among them."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from dispatch import html, links
from dispatch.model import Article, Author, Credit, Source
from dispatch.readers import atom, entries, people
from dispatch.readers.xml import base_of, children, markup_of, text_of

_MAILBOX = re.compile(r"(?P<email>[^\s()<>]+@[^\s()<>]+)\s*\((?P<name>[^()]+(?:\([^()]*\))?)\)")
_NAMED_MAILBOX = re.compile(r"(?P<name>[^<>@]+?)\s*<(?P<email>[^\s<>]+@[^\s<>]+)>")


def whole(root: Element, base: str) -> tuple[Source, list[Article]]:
    """Read a feed as its source and its items as articles, in order.

    base: where the feed was found. Raises GatherError beyond bounds.
    """
    channel = next(children(root, "channel"), root)
    # In RSS 1.0 the items are siblings of the channel.
    items = [*children(channel, "item"), *(children(root, "item") if channel is not root else ())]
    entries.bounded(len(items))
    inner = base_of(channel, base_of(root, base))
    own = Source(
        title=entries.plain(text_of(channel, "title")),
        url=entries.address(text_of(channel, "link"), inner),
        feed=atom.link_of(channel, "self", inner) or base,
    )
    language = text_of(channel, "language", "dc:language")
    return own, [_article(item, base_of(item, inner or own.url), own, language) for item in items]


def _article(item: Element, base: str, own: Source, language: str) -> Article:
    url = entries.address(_link(item), base)
    title = entries.plain(text_of(item, "title", "dc:title"))
    source = _source(item, base) or own
    enclosures = tuple(
        enclosure
        for found in children(item, "enclosure")
        for enclosure in entries.enclosure(found.get("url", ""), found.get("type", ""), found.get("length", ""), base)
    )
    within = base if item.get("xml:base") else url or base
    bodies = [entries.content(text, within, title=title, source=own) for text in _bodies(item) if text.strip()]
    bodies = [body for body in bodies if body]
    authors, certain = _authors(item)
    return Article(
        id=html.clean(text_of(item, "guid") or item.get("rdf:about", "")).strip(),
        url=url,
        title=title,
        summary=entries.summary(bodies[1]) if len(bodies) > 1 else "",
        content=bodies[0] if bodies else "",
        authors=authors,
        credits=(*_contributors(item), *entries.credits_of(item)),
        certainty="unknown" if not authors else "certain" if certain else "likely",
        source=source,
        published=entries.moment(text_of(item, "pubDate", "dc:date", "dcterms:issued", "atom:published")),
        updated=entries.moment(text_of(item, "atom:updated", "dcterms:modified")),
        language=text_of(item, "dc:language") or item.get("xml:lang") or language,
        tags=entries.tags("".join(tag.itertext()) for tag in children(item, "category", "dc:subject")),
        image=entries.image_of(item, enclosures, base),
        enclosures=enclosures,
        license=entries.license_of(item),
    )


def _link(item: Element) -> str:
    """Find the address of an item: its link, else its Atom link, else its guid if that is a permalink (the default)."""
    permalinks = [guid for guid in children(item, "guid") if guid.get("isPermaLink", "true").lower() != "false"]
    guid = "".join(permalinks[0].itertext()).strip() if permalinks else ""
    return text_of(item, "link") or atom.link_of(item, "alternate", "") or (guid if links.is_web(guid) else "")


def _bodies(item: Element) -> Iterator[str]:
    """Yield the texts of an item as HTML, the fullest first."""
    yield text_of(item, "content:encoded")
    for body in children(item, "xhtml:body", "xhtml:div"):
        yield markup_of(body)
    for description in children(item, "description", "dc:description", "itunes:summary"):
        yield markup_of(description) if len(description) else "".join(description.itertext())


def _authors(item: Element) -> tuple[tuple[Author, ...], bool]:
    """Collect the authors of an item, and return whether they are certain.

    ``managingEditor`` is nobody's author, and ``author`` (RSS 2.0: a mailbox) only completes ``dc:creator``.
    """
    creators = [author for element in children(item, "dc:creator") for author in _person(_all_text(element))]
    mailboxes = [author for element in children(item, "author") for author in _person(_all_text(element))]
    named = [author for element in children(item, "itunes:author") for author in _person(_all_text(element))]
    people_in_atom = list(atom.persons(item, "atom:author", ""))
    certain = creators or people_in_atom or mailboxes
    return people.complete(certain or named, [*people_in_atom, *mailboxes, *creators]), bool(certain)


def _all_text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _person(written: str) -> Iterator[Author]:
    """Parse a name, ``mailbox (name)`` or ``name <mailbox>``. A mailbox alone names nobody: readers never see it."""
    match = _MAILBOX.fullmatch(written) or _NAMED_MAILBOX.fullmatch(written)
    name, email = (match["name"], match["email"]) if match else (entries.plain(written), "")
    yield from people.author(name, email=email)


def _contributors(item: Element) -> Iterator[Credit]:
    for element in children(item, "dc:contributor"):
        if name := people.name(_all_text(element)):
            yield Credit(role="contributor", name=name)


def _source(item: Element, base: str) -> Source | None:
    """Find where an item of a collection was first published: in ``source``, which names the feed, or in Atom's."""
    for origin in children(item, "atom:source"):
        return atom.source(origin, base_of(origin, base))
    for origin in children(item, "source"):
        title, url = entries.plain(_all_text(origin)), entries.address(origin.get("url", ""), base)
        is_feed = re.search(r"feed|rss|atom|rdf|\.xml|\.json", url, re.IGNORECASE)
        if title or url:
            return Source(title=title, feed=url) if is_feed else Source(title=title, url=url)
    return None
