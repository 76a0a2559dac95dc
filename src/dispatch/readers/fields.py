"""Read the fields of feeds and pages, alike for every format: addresses, lines, bodies, dates, files, licences."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Credit, Enclosure, Image, Source
from dispatch.readers import people
from dispatch.readers.xml import find_children, find_text

MOST_ENTRIES = 5_000

# A title is text; with a closed inline element or an entity in it, it was meant as HTML.
_IS_HTML = re.compile(r"<(b|i|em|strong|code|sup|sub|span|cite|q|u|s)\b[^<>]*>[^<]*</\1>|&(?:#?\w{1,32});")
_HREFS = re.compile(r'<a [^<>]*href="([^"]*)"')
_DATE_FORMS = (
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S %Z",
    "%Y-%m-%d %H:%M %z",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d.%m.%Y",
)


def refuse_too_many(count: int) -> None:
    """Raise GatherError when a feed has more entries than anybody reads."""
    if count > MOST_ENTRIES:
        raise GatherError(
            f"the feed has more than {MOST_ENTRIES:,} entries", hint="Add the articles one by one, by their addresses."
        )


def read_address(written: str, base: str) -> str:
    """Return an address as it is in the feed, without white space around it; a relative one is resolved."""
    return (
        links.resolve_address(base, html.remove_illegal_characters(written).strip("\t\n\r ")) if written.strip() else ""
    )


def read_line(written: str) -> str:
    """Convert a title or another line to plain text."""
    if _IS_HTML.search(written):
        written = html.to_plain_text(html.sanitise_html(written))
    return " ".join(html.remove_illegal_characters(written).split())


def read_body(written: str, base: str, *, title: str, source: Source) -> str:
    """Sanitise an entry's body, without WordPress's “The post ... appeared first on ...” below it."""
    cleaned = html.sanitise_html(written, base)
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


def parse_date(written: str) -> datetime | None:
    """Parse a date, or date and time, in ISO 8601, RFC 3339, RFC 822 or a few unambiguous forms; else None.

    Without an offset the result is naive: the caller knows the publication's time zone and completes it.
    """
    written = " ".join(written.split())
    if not 8 <= len(written) <= 64:
        return None
    parsed = _parse_iso(written) or _parse_rfc822(written) or _parse_loose(written)
    # Year 1 in another time zone is out of range, and nobody writes it on purpose.
    return parsed if parsed and 1000 < parsed.year < 9999 else None


def find_image(entry: Element, enclosures: Iterable[Enclosure], base: str) -> Image | None:
    """Find the picture of an entry: in Media RSS, then iTunes, then an enclosure that is a picture."""
    candidates = [
        *_find_media(entry, "media:content"),
        *find_children(entry, "media:thumbnail"),
        *_find_media(entry, "media:thumbnail"),
    ]
    for candidate in candidates:
        kind = candidate.get("medium") or candidate.get("type") or "image"
        if kind.startswith("image") and candidate.get("url"):
            alt = find_text(candidate, "media:description") or None
            return Image(
                url=read_address(candidate.get("url", ""), base),
                alt=alt and read_line(alt),
                width=parse_pixels(candidate.get("width")),
                height=parse_pixels(candidate.get("height")),
            )
    hrefs = [child.get("href", "") for child in find_children(entry, "itunes:image")]
    urls = [read_address(href, base) for href in hrefs if href]
    urls += [enclosure.url for enclosure in enclosures if enclosure.type.startswith("image/")]
    return Image(url=urls[0]) if urls else None


def read_enclosure(url: str, kind: str, length: str, base: str) -> Iterable[Enclosure]:
    """Yield one enclosure, or none without an address."""
    if resolved := read_address(url, base):
        size = int(length) if length.strip().isdecimal() and len(length) < 16 else None
        yield Enclosure(url=resolved, type=kind.strip().lower(), length=size)


def find_credits(entry: Element) -> tuple[Credit, ...]:
    """Find who else had a part in it, with the role in Media RSS. Writers are authors, not found here."""
    found = []
    for element in _find_media(entry, "media:credit"):
        role = read_line(element.get("role", "")).lower()
        name = people.clean_name("".join(element.itertext()))
        if role and name and role not in {"author", "writer"}:
            found.append(Credit(role=role, name=name))
    return tuple(dict.fromkeys(found))


def find_license(entry: Element) -> str:
    """Find the address or name of the licence, in Creative Commons' modules or a ``rel=license`` link."""
    named = [find_text(entry, "cc:license")]
    named += [child.get("rdf:resource", "") for child in find_children(entry, "cc:license")]
    named += [link.get("href", "") for link in find_children(entry, "atom:link") if link.get("rel") == "license"]
    return next((name for name in named if name), "")


def parse_pixels(written: str | None) -> int | None:
    """Parse a width or height in pixels; None when it is not one."""
    digits = (written or "").strip().removesuffix("px")
    return int(digits) if digits.isdecimal() and 0 < len(digits) < 6 else None


def _parse_iso(written: str) -> datetime | None:
    # Python 3.11 accepts only some of the fractions of a second that RFC 3339 allows.
    written = re.sub(r"(?<=:\d\d)([.,]\d{1,12})", lambda match: "." + (match[1][1:] + "00000")[:6], written)
    try:
        return datetime.fromisoformat(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", written))
    except ValueError:
        return None


def _parse_rfc822(written: str) -> datetime | None:
    if not re.search(r"\d:\d", written):
        return None
    try:
        parsed = parsedate_to_datetime(written)
    except (ValueError, IndexError, TypeError):
        return None
    # "-0000" means UTC in an unknown place (RFC 5322, section 3.3).
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None and written.endswith("-0000") else parsed


def _parse_loose(written: str) -> datetime | None:
    for form in _DATE_FORMS:
        try:
            parsed = datetime.strptime(written, form)
        except ValueError:
            continue
        return parsed.replace(tzinfo=UTC) if form.endswith("%Z") and written.endswith(("UTC", "GMT")) else parsed
    return None


def _find_media(entry: Element, tag: str) -> list[Element]:
    """Find Media RSS elements of a tag in the entry, in a group or in a ``media:content``."""
    groups = [entry, *find_children(entry, "media:group")]
    contents = [content for group in groups for content in find_children(group, "media:content")]
    return [element for parent in (*groups, *contents) for element in find_children(parent, tag)]
