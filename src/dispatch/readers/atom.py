"""Read Atom (RFC 4287)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from dispatch import html, links
from dispatch.model import Article, Author, Fault, Source
from dispatch.readers import contacts, fields, kits, limits, moments, people
from dispatch.readers.xml import extract_markup, find_children, find_text, resolve_base

_HTML = frozenset({"html", "text/html"})


def read_atom(root: Element, base: str, faults: list[Fault]) -> tuple[Source, list[Article]]:
    """Read a feed as its source and its entries as articles, in order; a document may also be a single entry.

    base: where the document was found. What was mended or left out is added to ``faults``. Raises GatherError beyond
    bounds.
    """
    inner = resolve_base(root, base)
    if root.tag == "atom:entry":
        return Source(), limits.read_entries(
            [root], lambda entry, mended: _read_entry(entry, inner, Source(), [], "", mended), faults
        )
    found = list(find_children(root, "atom:entry"))
    limits.refuse_too_many(len(found))
    own = parse_source(root, inner)
    own = limits.limit_source(replace(own, feed=own.feed or base), faults)
    authors = list(parse_persons(root, "atom:author", inner))
    language = root.get("xml:lang", "")
    homes = people.find_homes(own, base, (_find_entry_link(entry, inner) for entry in found))

    def read_entry(entry: Element, mended: list[Fault]) -> Article:
        article = _read_entry(entry, resolve_base(entry, inner), own, authors, language, mended)
        return people.credit_linker(article, own, homes, (article.id, find_link(entry, "related", inner)))

    return own, limits.read_entries(found, read_entry, faults)


def parse_source(feed: Element, base: str) -> Source:
    """Parse the source from a feed, or from an entry's ``atom:source``."""
    return Source(
        title=_read_plain_line(feed, "atom:title"),
        url=find_link(feed, "alternate", base),
        feed=find_link(feed, "self", base),
        feed_id=html.remove_illegal_characters(find_text(feed, "atom:id")),
        feed_updated=moments.parse_date(find_text(feed, "atom:updated", "atom:modified")),
    )


def parse_persons(parent: Element, tag: str, base: str) -> Iterator[Author]:
    """Parse the person constructs of one tag (RFC 4287, section 3.2)."""
    for person in find_children(parent, tag):
        yield from people.make_author(
            find_text(person, "atom:name"),
            url=fields.read_address(find_text(person, "atom:uri", "atom:url"), resolve_base(person, base)),
            email=find_text(person, "atom:email"),
            most=people.MOST_NAMES,
        )


def _name_person_mailboxes(person: Element) -> list[Author]:
    return contacts.name_mailboxes(find_text(person, "atom:email"), find_text(person, "atom:name"))


def find_link(parent: Element, rel: str, base: str) -> str:
    """Find the address of the first link of this relation; a link to an HTML page comes before any other."""
    found = [
        link for link in find_children(parent, "atom:link") if link.get("rel", "alternate") == rel and link.get("href")
    ]
    found.sort(key=lambda link: "html" not in link.get("type", "html"))
    return fields.read_address(found[0].get("href", ""), resolve_base(found[0], base)) if found else ""


def _find_entry_link(entry: Element, base: str) -> str:
    """Find the address of an entry; FeedBurner's links count readers and lead on to another."""
    original = fields.read_address(find_text(entry, "feedburner:origLink"), base)
    return original if links.is_allowed(original) else find_link(entry, "alternate", base)


def _read_entry(
    entry: Element, base: str, own: Source, everywhere: Iterable[Author], language: str, mended: list[Fault]
) -> Article:
    """Read an entry; its authors, or the feed's, are its byline."""
    origins = [
        (parse_source(origin, resolve_base(origin, base)), origin) for origin in find_children(entry, "atom:source")
    ]
    origin = origins[0][0] if origins else own
    url = _find_entry_link(entry, base)
    title = _read_plain_line(entry, "atom:title") or fields.read_line(find_text(entry, "media:title"))
    enclosures = tuple(
        enclosure
        for link in find_children(entry, "atom:link")
        if link.get("rel") == "enclosure"
        for enclosure in fields.read_enclosure(
            link.get("href", ""), link.get("type", ""), link.get("length", ""), base, mended
        )
    )
    written, kit = kits.take_kit_from_html(
        _extract_markup(entry, "atom:content"), base, own=(url, origin.url, origin.feed, own.url, own.feed)
    )
    content = fields.read_body(written, base, mended, title=title, source=origin)
    summary = fields.read_body(_extract_markup(entry, "atom:summary"), base, mended, title=title, source=origin)
    writers, others = fields.find_credits(entry)
    authors, contributors = people.separate_authors(
        # An entry's authors are its own, else those of its atom:source, else the feed's (RFC 4287, section 4.2.1).
        list(parse_persons(entry, "atom:author", base))
        or [
            author
            for name in find_children(entry, "dc:creator", "dc:author", "dcterms:creator")
            for author in people.make_author("".join(name.itertext()), most=people.MOST_NAMES)
        ]
        or list(writers)
        or [author for _, element in origins for author in parse_persons(element, "atom:author", base)]
        or ([] if origins else list(everywhere))
        or [one for person in find_children(entry, "atom:author") for one in _name_person_mailboxes(person)],
        list(parse_persons(entry, "atom:contributor", base)),
    )
    article = Article(
        id=html.remove_illegal_characters(find_text(entry, "atom:id")).strip(),
        url=url,
        title=title,
        summary=fields.read_summary(summary) if content else "",
        content=content or summary,
        authors=authors,
        credits=(*contributors, *others),
        certainty="certain" if authors else "unknown",
        source=origin,
        published=moments.parse_date(find_text(entry, "atom:published", "atom:issued", "dc:date")),
        updated=moments.parse_date(find_text(entry, "atom:updated", "atom:modified")),
        language=entry.get("xml:lang", language),
        tags=fields.read_tags(
            tag.get("label") or tag.get("term") or "" for tag in find_children(entry, "atom:category")
        ),
        image=fields.find_image(entry, enclosures, base),
        enclosures=enclosures,
        license=fields.find_license(entry),
    )
    return kits.apply_kit(article, kit, is_feed=True)


def _extract_markup(entry: Element, tag: str) -> str:
    """Extract a text construct or content as HTML (RFC 4287, sections 3.1 and 4.1.3)."""
    for element in find_children(entry, tag):
        kind = element.get("type", "text")
        if kind in {"xhtml", "application/xhtml+xml"} or len(element):
            return extract_markup(element)
        text = "".join(element.itertext())
        return text if kind in _HTML or not text.strip() else f"<p>{html.escape_html(text)}</p>"
    return ""


def _read_plain_line(parent: Element, tag: str) -> str:
    """Read a text construct as one line of plain text; one of type text is not parsed, whatever it looks like."""
    for element in find_children(parent, tag):
        text = "".join(element.itertext())
        if element.get("type") in _HTML:
            return fields.read_line(text, is_html=True)
        return " ".join(html.remove_illegal_characters(text).split())
    return ""
