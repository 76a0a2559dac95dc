"""A feed as a feed reader shows it: read back from its finished bytes, with the parsers of the check. Pure."""

from collections.abc import Mapping
from html import escape

from dispatch.checks.entries import READ, Feed, Said
from dispatch.errors import CheckError
from dispatch.model import Place

FORMATS: Mapping[str, str] = {"xml": "rss", "atom": "atom", "json": "json"}


def read_feed(path: str, body: bytes) -> Feed:
    """The feed in a file. Raises CheckError."""
    format_ = FORMATS.get(path.rpartition(".")[2])
    if format_ is None:
        raise CheckError("is no feed", subject=Place(edition=path))
    return READ[format_](body)


def list_headlines(feed: Feed) -> list[dict[str, object]]:
    """The entries as a list of headlines."""
    return [
        {
            "title": said.title,
            "names": [who for who, _ in said.authors],
            "source": said.source[0] if said.source else "",
            "url": said.url,
            "date": said.published or said.updated,
            "summary": said.summary,
        }
        for said in feed.entries
    ]


def find_entry(feed: Feed, number: int) -> Said:
    """One entry, counted from 0. Raises CheckError."""
    if not 0 <= number < len(feed.entries):
        raise CheckError("has no such entry")
    return feed.entries[number]


def write_page(said: Said, body: str, scheme: str) -> str:
    """An entry's body as a page; a reader gives it no more style than this. The scheme is light or dark."""
    return (
        f'<!doctype html><html style="color-scheme: {scheme}"><head><meta charset="utf-8">'
        f"<title>{escape(said.title)}</title>"
        '<link rel="stylesheet" href="/reader.css"></head>'
        f"<body>{body}</body></html>"
    )
