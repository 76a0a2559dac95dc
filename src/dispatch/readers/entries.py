"""What the entries of all kinds of feed have in common."""

import re
from collections.abc import Iterable

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Source

MOST_ENTRIES = 5_000

# A title is text; where one holds a closed inline element or an entity, it is HTML that was meant to be shown.
_IS_HTML = re.compile(r"<(b|i|em|strong|code|sup|sub|span|cite|q|u|s)\b[^<>]*>[^<]*</\1>|&(?:#?\w{1,32});")
_HREFS = re.compile(r'<a [^>]*href="([^"]*)"')


def bounded(count: int) -> None:
    """Raises GatherError when a feed has more entries than anybody reads."""
    if count > MOST_ENTRIES:
        raise GatherError(
            f"the feed has more than {MOST_ENTRIES:,} entries", hint="Add the articles one by one, by their addresses."
        )


def address(written: str, base: str) -> str:
    """An address as it stands in a feed, untouched but for white space around it; resolved when it is relative."""
    return links.resolve(base, html.clean(written).strip("\t\n\r ")) if written.strip() else ""


def plain(written: str) -> str:
    """A title or another line as plain text."""
    if _IS_HTML.search(written):
        written = html.text(html.sanitise(written))
    return " ".join(html.clean(written).split())


def content(written: str, base: str, *, title: str, source: Source) -> str:
    """An entry's body, without the “The post ... appeared first on ...” that WordPress puts below it."""
    cleaned = html.sanitise(written, base)
    last = cleaned[max(0, cleaned.rfind("<p>")) :]
    if not (last.startswith("<p>") and last.endswith("</p>")) or len(_HREFS.findall(last)) != 2:
        return cleaned
    text = " ".join(html.text(last).split())
    advertises = title in text and source.title in text and len(text) < len(title) + len(source.title) + 60
    return cleaned.removesuffix(last).rstrip() if title and source.title and advertises else cleaned


def summary(content: str) -> str:
    """A summary as plain text in one paragraph."""
    return " ".join(html.text(content).split())


def tags(written: Iterable[str]) -> tuple[str, ...]:
    """Tags, once each."""
    return tuple(dict.fromkeys(tag for one in written if (tag := plain(one))))
