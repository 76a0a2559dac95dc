"""From a location to articles: fetch, then the first reader that accepts."""

from dataclasses import replace

from dispatch import fetch, links
from dispatch.errors import GatherError
from dispatch.gather import completing
from dispatch.model import Article, Document, Place
from dispatch.readers import READERS

_LOOKS_LIKE = ((b"%PDF", "a PDF"), (b"PK\x03\x04", "a zip archive or an office document"), (b"\x89PNG", "a picture"))


def articles(
    location: str,
    *,
    user_agent: str,
    base: str = "",
    zone: str = "UTC",
    allow_private: bool = False,
    stdin: bytes | None = None,
) -> list[Article]:
    """The articles at a path, at an http or https address, or, for ``-``, in what was read from standard input.

    An address that was typed is the ``url`` of the article that it leads to, and a feed's entry brings its own; what a
    page calls its address is the ``url`` only of a file. A moment that was written without an offset is one of
    ``zone``; relative addresses in a file are relative to ``base``.

    Raises GatherError, naming what was found and the way out, when nothing comes or nothing can be read.
    """
    document = fetch.document(location, user_agent=user_agent, allow_private=allow_private, stdin=stdin)
    document = replace(document, url=base or document.url)
    name = next((name for name, reader in READERS.items() if reader.accepts(document)), "")
    if not name:
        raise GatherError(
            f"this is {_kind(document)}, which cannot be read",
            address=document.name,
            hint="Feeds, HTML pages, Markdown and plain text can. For the link alone: --title, --url and --no-fetch.",
        )
    try:
        found = READERS[name].read(document)
    except GatherError as error:
        raise error.within(Place(address=document.name)) from error
    if not found:
        raise GatherError(f"there is nothing to read in this {name}", address=document.name)
    typed = location if links.is_web(location) and name != "feed" else ""
    return [completing.dated(replace(article, url=typed or article.url), zone) for article in found]


def _kind(document: Document) -> str:
    """What a document is, in words."""
    for mark, kind in _LOOKS_LIKE:
        if document.body.startswith(mark):
            return kind
    return document.media_type or "a binary file"
