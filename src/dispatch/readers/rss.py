"""Read RSS 2.0 and its forerunners, RSS 1.0 (RDF) among them."""

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from dispatch import html, links
from dispatch.model import Article, Author, Credit, Fault, Source
from dispatch.readers import atom, author_boxes, contacts, fields, kits, limits, moments, people
from dispatch.readers.xml import extract_markup, find_children, find_text, resolve_base

_LONGEST_DEK = 300


def read_rss(root: Element, base: str, faults: list[Fault]) -> tuple[Source, list[Article]]:
    """Read a feed as its source and its items as articles, in order; ``faults`` gets what was mended or left out.

    base: where the feed was found. Raises GatherError beyond bounds.
    """
    channel = next(find_children(root, "channel"), root)
    # In RSS 1.0 the items are siblings of the channel; elsewhere, some stand in one another by mistake.
    items = list(root.iter("item"))
    limits.refuse_too_many(len(items))
    items = [item for item in items if len(item)]
    inner = resolve_base(channel, resolve_base(root, base))
    own = Source(
        title=fields.read_line(find_text(channel, "title")),
        url=fields.read_address(find_text(channel, "link"), inner),
        feed=atom.find_link(channel, "self", inner) or base,
    )
    own = limits.limit_source(own, faults)
    language = find_text(channel, "language", "dc:language")
    homes = people.find_homes(own, base, (_find_item_link(item, inner) for item in items))

    def read_item(item: Element, mended: list[Fault]) -> Article:
        article = _read_item(item, resolve_base(item, inner or own.url), own, language, mended)
        pages = (article.id, find_text(item, "comments"), atom.find_link(item, "related", inner))
        return people.credit_linker(article, own, homes, pages)

    return own, limits.read_entries(items, read_item, faults)


def _read_item(item: Element, base: str, own: Source, language: str, mended: list[Fault]) -> Article:
    url = _find_item_link(item, base)
    title = fields.read_line(find_text(item, "title", "dc:title", "media:title", "itunes:title"))
    source = _find_origin(item, base) or own
    enclosures = tuple(
        enclosure
        for found in find_children(item, "enclosure")
        for enclosure in fields.read_enclosure(
            found.get("url", ""), found.get("type", ""), found.get("length", ""), base, mended
        )
    )
    within = url if links.is_web_address(url) and not item.get("xml:base") else base
    unboxed = [author_boxes.take_boxes(text, within) for text in _find_bodies(item) if text.strip()]
    taken = [
        (*kits.take_kit_from_html(text, within, own=(url, own.url, own.feed)), authors) for text, authors in unboxed
    ]
    bodies = [fields.read_body(text, within, mended, title=title, source=own) for text, _, _ in taken]
    bodies = [body for body in bodies if body]
    writers, others = fields.find_credits(item)
    boxed = [author for _, _, authors in taken for author in authors]
    summary = fields.read_summary(bodies[1]) if len(bodies) > 1 else ""
    authors, certain = _collect_authors(item, base, writers)
    article = Article(
        id=html.remove_illegal_characters(find_text(item, "guid") or item.get("rdf:about", "")).strip(),
        url=url,
        title=title,
        dek=_choose_dek(summary, bodies[0]) if bodies else "",
        summary=summary,
        content=bodies[0] if bodies else "",
        authors=people.merge_authors(authors or boxed, boxed),
        credits=(*_parse_contributors(item), *others),
        certainty="unknown" if not (authors or boxed) else "certain" if certain else "likely",
        source=source,
        published=moments.parse_date(find_text(item, "pubDate", "dc:date", "dcterms:issued", "atom:published")),
        updated=moments.parse_date(find_text(item, "atom:updated", "dcterms:modified")),
        language=find_text(item, "dc:language") or item.get("xml:lang") or language,
        tags=fields.read_tags("".join(tag.itertext()) for tag in find_children(item, "category", "dc:subject")),
        image=fields.find_image(item, enclosures, base),
        enclosures=enclosures,
        license=fields.find_license(item),
    )
    return kits.apply_kit(article, next((kit for _, kit, _ in taken if kit), None), is_feed=True)


def _find_item_link(item: Element, base: str) -> str:
    """Find the address of an item: its link, else its Atom link, else its guid if that is a permalink (the default).

    The first that can be an address counts, else the first. FeedBurner's links count readers and lead on to another.
    """
    permalinks = [guid for guid in find_children(item, "guid") if guid.get("isPermaLink", "true").lower() != "false"]
    guid = "".join(permalinks[0].itertext()).strip() if permalinks else ""
    named = [
        fields.read_address(find_text(item, "feedburner:origLink"), base),
        fields.read_address(find_text(item, "link"), base),
        atom.find_link(item, "alternate", base),
        guid if links.is_web_address(guid) else "",
    ]
    return next(filter(links.is_allowed, named), next(filter(None, named), ""))


def _find_bodies(item: Element) -> Iterator[str]:
    """Yield the texts of an item as HTML, the fullest first."""
    yield find_text(item, "content:encoded")
    for body in find_children(item, "xhtml:body", "xhtml:div"):
        yield extract_markup(body)
    for description in find_children(item, "description", "dc:description", "itunes:summary"):
        yield extract_markup(description) if len(description) else "".join(description.itertext())


def _choose_dek(summary: str, content: str) -> str:
    """Return a summary that somebody wrote: not the beginning of the text, cut off or not."""
    is_cut = summary.endswith(("…", "...", "]")) or summary[:30] in fields.read_summary(content)
    return "" if is_cut or len(summary) > _LONGEST_DEK else summary


def _collect_authors(item: Element, base: str, writers: Sequence[Author]) -> tuple[tuple[Author, ...], bool]:
    """Collect the authors of an item, and return whether they are certain.

    ``managingEditor`` is nobody's author, and ``author`` (RSS 2.0: a mailbox) only completes ``dc:creator``. A mailbox
    alone stands for the name until authors.toml says whose it is.
    """
    creators = list(_parse_people(item, base, "dc:creator", "dc:author", "dcterms:creator"))
    mailboxes = list(_parse_people(item, base, "author"))
    people_in_atom = list(atom.parse_persons(item, "atom:author", base))
    certain = creators or people_in_atom or mailboxes
    named = certain or list(_parse_people(item, base, "itunes:author")) or writers
    bare = [] if named else contacts.name_mailboxes(find_text(item, "author"), find_text(item, "dc:creator"))
    return people.merge_authors([*named, *bare], [*people_in_atom, *mailboxes, *creators]), bool(certain or bare)


def _parse_people(item: Element, base: str, *tags: str) -> Iterator[Author]:
    """Parse the people in elements: a name, a mailbox, or both.

    Of children, as Atom's persons have, the name counts, else the first: the others say what somebody is.
    """
    for element in find_children(item, *tags):
        texts = [(re.sub(r"^.*[:}]", "", child.tag), _get_all_text(child)) for child in element]
        parts = dict(reversed(texts))
        own = (element.text or "").strip()
        yield from people.make_author(
            fields.read_line(parts.get("name") or own or next((text for _, text in texts if text), "")),
            url=fields.read_address(parts.get("uri") or parts.get("url") or "", base),
            email=parts.get("email", ""),
            most=people.MOST_NAMES,
        )


def _get_all_text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _parse_contributors(item: Element) -> Iterator[Credit]:
    for element in find_children(item, "dc:contributor"):
        if name := people.clean_name(_get_all_text(element)):
            yield Credit(role="contributor", name=name)


def _find_origin(item: Element, base: str) -> Source | None:
    """Find where an item of a collection was first published: in ``source``, which names the feed, or in Atom's."""
    for origin in find_children(item, "atom:source"):
        return atom.parse_source(origin, resolve_base(origin, base))
    for origin in find_children(item, "source"):
        title, url = fields.read_line(_get_all_text(origin)), fields.read_address(origin.get("url", ""), base)
        is_feed = re.search(r"feed|rss|atom|rdf|\.xml|\.json", url, re.IGNORECASE)
        if title or url:
            return Source(title=title, feed=url) if is_feed else Source(title=title, url=url)
    return None
