"""Read front matter as Jekyll, Hugo, Pelican and the like write it, with the many names that each key has there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from dispatch import frontmatter, html, links
from dispatch.errors import GatherError, IssueError
from dispatch.model import Article, Author, Credit, Document, Image, Source
from dispatch.readers import fields, people

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


def split_article(text: str, document: Document) -> tuple[Article, str]:
    """Split a text into an Article, as its front matter describes it, and the body. Raises GatherError if broken."""
    data, body = parse_keys(text, document)
    return build_article(data, document), body


def parse_keys(text: str, document: Document) -> tuple[Data, str]:
    """Parse front matter into keys, lower case with underscores, and the body. Raises GatherError if broken."""
    if match := _BARE.match(text):
        pairs = re.findall(r"^([A-Za-z][\w-]*):[ \t]*(.*(?:\n[ \t]+\S.*)*)", match[0], re.MULTILINE)
        return _normalise_keys(dict(pairs)), text[match.end() :]
    try:
        front = frontmatter.parse_front_matter(text, file=document.name)
    except IssueError as error:
        hint = "Mend the lines at the head of the file, or remove them."
        raise GatherError(*(replace(fault, hint=hint) for fault in error.faults)) from error
    return _normalise_keys(front.data), front.body


def _normalise_keys(data: Data) -> Data:
    return {key.lower().replace("-", "_"): value for key, value in data.items()}


def build_article(data: Data, document: Document) -> Article:
    """Build an Article without a body from the keys of a front matter."""
    authors = tuple(_parse_authors(_find_value(data, _AUTHORS)))
    return Article(
        url=_find_address(data, _URL, document.url),
        title=_to_text(_find_value(data, _TITLE)),
        dek=_to_text(_find_value(data, _DEK)),
        summary=_to_text(_find_value(data, _SUMMARY)),
        authors=authors,
        credits=tuple(_parse_credits(data)),
        certainty=people.limit_certainty(authors, "certain" if authors else "unknown"),
        source=_parse_source(_find_value(data, _SOURCE)),
        published=fields.parse_date(_to_text(_find_value(data, _PUBLISHED))),
        updated=fields.parse_date(_to_text(_find_value(data, _UPDATED))),
        language=_to_text(_find_value(data, _LANGUAGE)).partition(".")[0].replace("_", "-"),
        tags=tuple(parse_tags(_find_value(data, _TAGS))),
        image=_parse_image(data, document.url),
        license=_to_text(_find_value(data, _LICENSE)),
    )


def _find_value(data: Data, keys: Iterable[str]) -> object:
    return next((data[key] for key in keys if data.get(key)), None)


def _to_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return _to_text(value[0]) if value else ""
    return html.remove_illegal_characters(str(value)).strip() if isinstance(value, str | int | float) else ""


def _to_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _find_address(data: Data, keys: Iterable[str], base: str = "") -> str:
    url = links.resolve_address(base, _to_text(_find_value(data, keys)))
    return url if links.is_absolute(url) else ""


def _parse_authors(value: object) -> Iterable[Author]:
    for item in _to_list(value):
        if isinstance(item, dict):
            author = Author(
                name=_to_text(_find_value(item, ("name", "display_name", "title"))),
                url=_find_address(item, ("url", "link", "website", "homepage", "uri")),
                email=_to_text(item.get("email")),
                bio=_to_text(_find_value(item, ("bio", "description", "about"))),
                avatar=fields.read_file_address(_find_address(item, ("avatar", "image", "picture", "photo")), ""),
            )
        else:
            author = _parse_signature(_to_text(item))
        if author.name:
            yield author


def _parse_signature(text: str) -> Author:
    """Parse ``Name <address>``, where the address is a page's or a mailbox; else all of it is the name."""
    match = re.fullmatch(r"([^<>]+) <([^<>\s]+)>", text)
    if not match:
        return Author(name=text)
    author = Author(name=match[1].strip())
    return replace(author, url=match[2]) if links.is_absolute(match[2]) else replace(author, email=match[2])


def _parse_credits(data: Data) -> Iterable[Credit]:
    for item in _to_list(data.get("credits")):
        if isinstance(item, dict) and _to_text(item.get("role")) and _to_text(item.get("name")):
            yield Credit(role=_to_text(item["role"]), name=_to_text(item["name"]), url=_find_address(item, ("url",)))
    for role in _ROLES:
        for author in _parse_authors(data.get(role)):
            yield Credit(role=role, name=author.name, url=author.url)


def _parse_source(value: object) -> Source:
    if isinstance(value, dict):
        return Source(title=_to_text(_find_value(value, ("title", "name"))), url=_find_address(value, ("url", "link")))
    title = _to_text(value)
    return Source(title=links.parse_host(title), url=title) if links.is_web_address(title) else Source(title=title)


def parse_tags(value: object) -> Iterable[str]:
    """Parse tags, once each, from a list or from words with commas between them."""
    items = value if isinstance(value, list) else _to_text(value).strip("[]").split(",")
    return dict.fromkeys(tag for item in items if (tag := " ".join(_to_text(item).split())))


def _parse_image(data: Data, base: str) -> Image | None:
    value = _find_value(data, _IMAGE)
    value = value[0] if isinstance(value, list) else value
    given: Data = value if isinstance(value, dict) else {"url": value}
    alt = _find_value(given, ("alt",)) or _find_value(data, ("image_alt", "cover_alt", "featured_image_alt"))
    url = fields.read_file_address(_to_text(_find_value(given, ("url", "src", "image", "path"))), base)
    return Image(url=url, alt=_to_text(alt) if alt else None) if url else None
