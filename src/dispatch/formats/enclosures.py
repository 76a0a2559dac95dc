"""The files that go with an article, as readers are told of them."""

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from dispatch import links
from dispatch.formats.bylines import NO_BREAK
from dispatch.language import Language
from dispatch.model import Article


class AttachedFile(NamedTuple):
    """A file that goes with an article. kind: audio, video or another. about: media type and size, as far as known."""

    url: str
    name: str
    kind: str
    about: str


def list_files(article: Article, language: Language) -> tuple[AttachedFile, ...]:
    """List the files that go with an article, as readers are told of them."""
    return tuple(
        AttachedFile(
            url=one.url,
            name=_name_file(one.url),
            kind=one.type.partition("/")[0],
            about=" · ".join(filter(None, (one.type, _format_size(one.length, language)))),
        )
        for one in article.enclosures
    )


def _name_file(url: str) -> str:
    """Name a file as its address does, decoded; by its host where that would be nothing, or not to be seen."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    return name if name.strip() and name.isprintable() else links.parse_host(url)


def _format_size(length: int | None, language: Language) -> str:
    """Format the size of a file, in the units of the decimal system; empty when it is not known."""
    if not length:
        return ""
    size, unit = (length / 1e6, "MB") if length >= 1e6 else (length / 1e3, "kB")
    return f"{language.format_number(max(1, round(size)))}{NO_BREAK}{unit}"
