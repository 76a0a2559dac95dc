"""Pictures, files, licences and credits that go with a feed's entry, whatever the kind of feed."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from dispatch.model import Credit, Enclosure, Image
from dispatch.readers import entries, people
from dispatch.readers.xml import children, text_of


def image_of(entry: Element, enclosures: Iterable[Enclosure], base: str) -> Image | None:
    """The picture that stands for an entry: Media RSS first, then iTunes, then an enclosure that is a picture."""
    candidates = [
        *_media(entry, "media:content"),
        *children(entry, "media:thumbnail"),
        *_media(entry, "media:thumbnail"),
    ]
    for candidate in candidates:
        kind = candidate.get("medium") or candidate.get("type") or "image"
        if kind.startswith("image") and candidate.get("url"):
            alt = text_of(candidate, "media:description") or None
            return Image(
                url=entries.address(candidate.get("url", ""), base),
                alt=alt and entries.plain(alt),
                width=pixels(candidate.get("width")),
                height=pixels(candidate.get("height")),
            )
    hrefs = [child.get("href", "") for child in children(entry, "itunes:image")]
    urls = [entries.address(href, base) for href in hrefs if href]
    urls += [enclosure.url for enclosure in enclosures if enclosure.type.startswith("image/")]
    return Image(url=urls[0]) if urls else None


def enclosure(url: str, kind: str, length: str, base: str) -> Iterable[Enclosure]:
    """One enclosure, or none where there is no address."""
    if resolved := entries.address(url, base):
        size = int(length) if length.strip().isdecimal() and len(length) < 16 else None
        yield Enclosure(url=resolved, type=kind.strip().lower(), length=size)


def credits_of(entry: Element) -> tuple[Credit, ...]:
    """Who else had a part in it, with the role that Media RSS says. Whoever made the words is an author, not here."""
    found = []
    for element in _media(entry, "media:credit"):
        role = entries.plain(element.get("role", "")).lower()
        name = people.name("".join(element.itertext()))
        if role and name and role not in {"author", "writer"}:
            found.append(Credit(role=role, name=name))
    return tuple(dict.fromkeys(found))


def license_of(entry: Element) -> str:
    """The address or name of the licence, as Creative Commons' modules and ``rel=license`` tell it."""
    named = [text_of(entry, "cc:license")]
    named += [child.get("rdf:resource", "") for child in children(entry, "cc:license")]
    named += [link.get("href", "") for link in children(entry, "atom:link") if link.get("rel") == "license"]
    return next((name for name in named if name), "")


def pixels(written: str | None) -> int | None:
    """A width or height in pixels."""
    digits = (written or "").strip().removesuffix("px")
    return int(digits) if digits.isdecimal() and 0 < len(digits) < 6 else None


def _media(entry: Element, tag: str) -> list[Element]:
    """The elements of Media RSS by a tag, where they stand in the entry, in a group or in a ``media:content``."""
    groups = [entry, *children(entry, "media:group")]
    contents = [content for group in groups for content in children(group, "media:content")]
    return [element for parent in (*groups, *contents) for element in children(parent, tag)]
