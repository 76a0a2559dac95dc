"""Read front matter as Jekyll, Hugo, Pelican and the like write it, with the many names that each key has there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from dispatch import frontmatter, html, links
from dispatch.errors import GatherError, IssueError
from dispatch.model import Article, Author, Credit, Document, Image, Source
from dispatch.readers import entries

Data = Mapping[str, object]

_TITLE = ("title", "headline")
_DEK = ("dek", "subtitle", "subhead", "subheading", "standfirst", "tagline", "lead")
_SUMMARY = ("summary", "description", "excerpt", "abstract")
_AUTHORS = ("authors", "author", "by", "byline", "creator")
_URL = ("canonical_url", "canonicalurl", "canonical", "url", "link", "external_url", "permalink")
_PUBLISHED = ("date", "published", "pubdate", "publishdate", "date_published", "created")
_UPDATED = ("updated", "lastmod", "modified", "last_modified_at", "date_modified")
_LANGUAGE = ("language", "lang", "locale")
_TAGS = ("tags", "keywords", "categories", "category")
_IMAGE = ("image", "cover", "featured_image", "cover_image", "hero", "thumbnail", "images")
_SOURCE = ("source", "publication", "publisher", "site")
_LICENSE = ("license", "licence", "rights")
_ROLES = ("translator", "editor", "photographer", "illustrator")

# “Title: ...” lines at the head of a file, without a fence, as in MultiMarkdown and Pelican.
_BARE = re.compile(
    r"(?:title|author|authors|date):[ \t].*\n(?:[A-Za-z][\w-]{0,30}:.*\n|[ \t]+\S.*\n)*(?:\n|\Z)", re.IGNORECASE
)


def split(text: str, document: Document) -> tuple[Article, str]:
    """Split a text into an Article, as its front matter describes it, and the body. Raises GatherError if broken."""
    data, body = parsed(text, document)
    return article(data, document), body


def parsed(text: str, document: Document) -> tuple[Data, str]:
    """Parse front matter into keys, lower case with underscores, and the body. Raises GatherError if broken."""
    if match := _BARE.match(text):
        pairs = re.findall(r"^([A-Za-z][\w-]*):[ \t]*(.*(?:\n[ \t]+\S.*)*)", match[0], re.MULTILINE)
        return _keyed(dict(pairs)), text[match.end() :]
    try:
        front = frontmatter.parse(text, file=document.name)
    except IssueError as error:
        hint = "Mend the lines at the head of the file, or remove them."
        raise GatherError(*(replace(fault, hint=hint) for fault in error.faults)) from error
    return _keyed(front.data), front.body


def _keyed(data: Data) -> Data:
    return {key.lower().replace("-", "_"): value for key, value in data.items()}


def article(data: Data, document: Document) -> Article:
    """Build an Article without a body from the keys of a front matter."""
    authors = tuple(_authors(_first(data, _AUTHORS)))
    return Article(
        url=_address(data, _URL, document.url),
        title=_text(_first(data, _TITLE)),
        dek=_text(_first(data, _DEK)),
        summary=_text(_first(data, _SUMMARY)),
        authors=authors,
        credits=tuple(_credits(data)),
        certainty="certain" if authors else "unknown",
        source=_source(_first(data, _SOURCE)),
        published=entries.moment(_text(_first(data, _PUBLISHED))),
        updated=entries.moment(_text(_first(data, _UPDATED))),
        language=_text(_first(data, _LANGUAGE)).partition(".")[0].replace("_", "-"),
        tags=tuple(tags(_first(data, _TAGS))),
        image=_image(data, document.url),
        license=_text(_first(data, _LICENSE)),
    )


def _first(data: Data, keys: Iterable[str]) -> object:
    return next((data[key] for key in keys if data.get(key)), None)


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    return html.clean(str(value)).strip() if isinstance(value, str | int | float) else ""


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _address(data: Data, keys: Iterable[str], base: str = "") -> str:
    url = links.resolve(base, _text(_first(data, keys)))
    return url if links.is_absolute(url) else ""


def _authors(value: object) -> Iterable[Author]:
    for item in _items(value):
        if isinstance(item, dict):
            author = Author(
                name=_text(_first(item, ("name", "display_name", "title"))),
                url=_address(item, ("url", "link", "website", "homepage", "uri")),
                email=_text(item.get("email")),
                bio=_text(_first(item, ("bio", "description", "about"))),
                avatar=_address(item, ("avatar", "image", "picture", "photo")),
            )
        else:
            author = _signature(_text(item))
        if author.name:
            yield author


def _signature(text: str) -> Author:
    """Parse ``Name <address>``, where the address is a page's or a mailbox; else all of it is the name."""
    match = re.fullmatch(r"([^<>]+) <([^<>\s]+)>", text)
    if not match:
        return Author(name=text)
    author = Author(name=match[1].strip())
    return replace(author, url=match[2]) if links.is_absolute(match[2]) else replace(author, email=match[2])


def _credits(data: Data) -> Iterable[Credit]:
    for item in _items(data.get("credits")):
        if isinstance(item, dict) and _text(item.get("role")) and _text(item.get("name")):
            yield Credit(role=_text(item["role"]), name=_text(item["name"]), url=_address(item, ("url",)))
    for role in _ROLES:
        for author in _authors(data.get(role)):
            yield Credit(role=role, name=author.name, url=author.url)


def _source(value: object) -> Source:
    if isinstance(value, dict):
        return Source(title=_text(_first(value, ("title", "name"))), url=_address(value, ("url", "link")))
    title = _text(value)
    return Source(title=links.host(title), url=title) if links.is_web(title) else Source(title=title)


def tags(value: object) -> Iterable[str]:
    """Parse tags, once each, from a list or from words with commas between them."""
    items = value if isinstance(value, list) else _text(value).strip("[]").split(",")
    return dict.fromkeys(tag for item in items if (tag := " ".join(_text(item).split())))


def _image(data: Data, base: str) -> Image | None:
    value = _first(data, _IMAGE)
    value = value[0] if isinstance(value, list) else value
    given: Data = value if isinstance(value, dict) else {"url": value}
    alt = _first(given, ("alt",)) or _first(data, ("image_alt", "cover_alt", "featured_image_alt"))
    url = _text(_first(given, ("url", "src", "image", "path")))
    return Image(url=links.resolve(base, url), alt=_text(alt) if alt else None) if url else None
