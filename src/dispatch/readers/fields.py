"""Read the fields of feeds and pages, alike for every format: addresses, lines, bodies, files, licences."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from xml.etree.ElementTree import Element

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Author, Credit, Enclosure, Fault, Image, Source
from dispatch.readers import kit_licences, people
from dispatch.readers.xml import find_children, find_text
from dispatch.text import shorten_line

MOST_LINE = 64 * 1024  # characters

# A title is text; with a closed inline element or an entity in it, it was meant as HTML.
_IS_HTML = re.compile(r"<(a|b|i|em|strong|code|sup|sub|span|cite|q|u|s)\b[^<>]*>[^<]*</\1>|&(?:#?\w{1,32});")
_HREFS = re.compile(r'<a [^<>]*href="([^"]*)"')


def read_address(written: str, base: str) -> str:
    """Return an address as it is in the feed, without white space around it; a relative one is resolved.

    Of a redirect that holds the address to which it leads, as in feeds of search results, it is that one.
    """
    written = html.remove_illegal_characters(written).strip()
    return links.unwrap_redirect(links.resolve_address(base, written)) if written else ""


def read_file_address(written: str, base: str) -> str:
    """Return the address of a picture or another file like ``read_address``; empty when it may be none, or counts."""
    url = read_address(written, base)
    return url if links.is_file_address(url) and not links.is_tracker(url) else ""


def read_line(written: str, *, is_html: bool = False) -> str:
    """Convert a title or another line to plain text, of its first 64 K characters."""
    written = written[:MOST_LINE]
    if is_html or _IS_HTML.search(written):
        with suppress(GatherError):  # nested too deep, it stays as it is written
            written = html.to_plain_text(html.sanitise_html(written))
    return " ".join(html.remove_illegal_characters(written).split())


def read_body(written: str, base: str, mended: list[Fault], *, title: str, source: Source) -> str:
    """Sanitise an entry's body, without WordPress's “The post ... appeared first on ...” below it.

    One that is too large or too deep to sanitise is left out, and added to ``mended``.
    """
    try:
        cleaned = html.lead_elsewhere(html.sanitise_html(written, base))
    except GatherError as error:
        mended += (replace(fault, what=f"{fault.what}, and was left out") for fault in error.faults)
        return ""
    last = cleaned[max(0, cleaned.rfind("<p>")) :]
    if not (last.startswith("<p>") and last.endswith("</p>")) or len(_HREFS.findall(last)) != 2:
        return cleaned
    text = " ".join(html.to_plain_text(last).split())
    advertises = title in text and source.title in text and len(text) < len(title) + len(source.title) + 60
    return cleaned.removesuffix(last).rstrip() if title and source.title and advertises else cleaned


def read_summary(content: str) -> str:
    """Convert a summary to plain text in one paragraph."""
    return " ".join(html.to_plain_text(content).split())


def read_tags(written: Iterable[str]) -> tuple[str, ...]:
    """Clean tags, once each."""
    return tuple(dict.fromkeys(tag for one in written if (tag := read_line(one))))


def find_image(entry: Element, enclosures: Iterable[Enclosure], base: str) -> Image | None:
    """Find the picture of an entry: in Media RSS, then iTunes, then an enclosure that is a picture."""
    candidates = [
        *_find_media(entry, "media:content"),
        *find_children(entry, "media:thumbnail"),
        *_find_media(entry, "media:thumbnail"),
    ]
    for candidate in candidates:
        kind = candidate.get("medium") or candidate.get("type") or "image"
        url = read_file_address(candidate.get("url", ""), base)
        width, height = parse_pixels(candidate.get("width")), parse_pixels(candidate.get("height"))
        if kind.startswith("image") and url and 1 not in (width, height):
            alt = find_text(candidate, "media:description") or None
            return Image(url=url, alt=alt and read_line(alt), width=width, height=height)
    hrefs = (read_file_address(child.get("href", ""), base) for child in find_children(entry, "itunes:image"))
    urls = list(filter(None, hrefs))
    urls += [enclosure.url for enclosure in enclosures if enclosure.type.startswith("image/")]
    return Image(url=urls[0]) if urls else None


def read_enclosure(url: str, kind: str, length: str, base: str, mended: list[Fault]) -> Iterable[Enclosure]:
    """Yield one enclosure; or none without an address of the web, which is added to ``mended``."""
    if resolved := read_file_address(url, base):
        size = int(length) if length.strip().isdecimal() and len(length) < 16 else None
        yield Enclosure(url=resolved, type=kind.strip().lower(), length=size)
    elif url.strip():
        what = f"a file of it is left out, for it has no address of the web: {shorten_line(url.strip(), 80)}"
        mended.append(Fault(what=what))


def find_credits(entry: Element) -> tuple[tuple[Author, ...], tuple[Credit, ...]]:
    """Find who wrote it, and who else had a part in it and which, in the credits of Media RSS."""
    writers: list[Author] = []
    others: list[Credit] = []
    for element in _find_media(entry, "media:credit"):
        role, written = read_line(element.get("role", "")).lower(), "".join(element.itertext())
        if role in {"author", "writer"}:
            writers += people.make_author(written, most=people.MOST_NAMES)
        elif role and (name := people.clean_name(written)):
            others.append(Credit(role=role, name=name))
    return people.merge_authors(writers, ()), tuple(dict.fromkeys(others))


def find_license(entry: Element) -> str:
    """Find the licence of an entry, in Creative Commons' modules or a ``rel=license`` link, else in its rights.

    It is an address or a name, as it is written there; of rights, which are mostly a house's own, only the licence.
    """
    named = [find_text(entry, "cc:license")]
    named += [child.get("rdf:resource", "") for child in find_children(entry, "cc:license")]
    named += [link.get("href", "") for link in find_children(entry, "atom:link") if link.get("rel") == "license"]
    rights = find_children(
        entry, "atom:rights", "dc:rights", "dcterms:license", "dcterms:rights", "media:license", "copyright"
    )
    named += (kit_licences.name_licence(f"{one.get('href', '')} {''.join(one.itertext())}") for one in rights)
    return next((name for name in named if name), "")


def parse_pixels(written: str | None) -> int | None:
    """Parse a width or height in pixels; None when it is not one."""
    digits = (written or "").strip().removesuffix("px")
    return int(digits) if digits.isdecimal() and 0 < len(digits) < 6 else None


def _find_media(entry: Element, tag: str) -> list[Element]:
    """Find Media RSS elements of a tag in the entry, in a group or in a ``media:content``."""
    groups = [entry, *find_children(entry, "media:group")]
    contents = [content for group in groups for content in find_children(group, "media:content")]
    return [element for parent in (*groups, *contents) for element in find_children(parent, tag)]
