"""Read front matter as Jekyll, Hugo, Pelican and the like write it, with the many names that each key has there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from dispatch import frontmatter, html, links
from dispatch.errors import GatherError, IssueError
from dispatch.model import Article, Author, Credit, Document, Image, Source
from dispatch.readers import bylines, contacts, fields, moments, people

Data = Mapping[str, object]

_TITLE = ("title", "headline")
_DEK = ("dek", "subtitle", "subhead", "subheading", "standfirst", "tagline", "lead")
_SUMMARY = ("summary", "description", "excerpt", "abstract")
_AUTHORS = ("authors", "author", "by", "byline", "creator", "writer", "written_by", "created_by")
_URL = ("canonical_url", "canonicalurl", "canonical", "url", "link", "external_url", "permalink")
_PUBLISHED = (
    *("date", "published", "pubdate", "publishdate", "publish_date", "published_at", "date_published", "created"),
    *("created_at", "created_time", "date_created"),
)
_UPDATED = ("updated", "lastmod", "modified", "last_modified_at", "date_modified", "updated_at", "last_edited_time")
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
_PROPERTY = re.compile(r"([^\W\d_][\w -]{0,30}):[ \t]*(.*)")
_WIKI_LINK = re.compile(r"\[\[([^\[\]|]{1,200})(?:\|([^\[\]]{1,200}))?\]\]")


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


def parse_properties(paragraph: str) -> Data:
    """Parse the properties that Notion writes below a title, a line each; nothing where one line is none.

    One of them has to be an author, an address or a date, because prose has colons too.
    """
    found = [_PROPERTY.fullmatch(line.strip()) for line in paragraph.strip().split("\n")]
    data = _normalise_keys({match[1]: match[2] for match in found if match})
    telling = {*_AUTHORS, *_URL, *_PUBLISHED, *_UPDATED} & data.keys()
    return data if all(found) and telling and (len(found) > 1 or telling & {"author", "url"}) else {}


def _normalise_keys(data: Data) -> Data:
    inner = data.get("params")  # Hugo's own place for a site's keys
    data = {**inner, **data} if isinstance(inner, dict) else data
    return {re.sub("[- ]", "_", key.lower()): value for key, value in data.items()}


def build_article(data: Data, document: Document) -> Article:
    """Build an Article without a body from the keys of a front matter."""
    named = _parse_authors(_find_value(data, _AUTHORS), is_own=not links.is_web_address(document.name))
    authors = people.merge_authors(named, ())
    return Article(
        url=_find_address(data, _URL, document.url),
        title=_to_text(_find_value(data, _TITLE)),
        dek=_to_text(_find_value(data, _DEK)),
        summary=_to_text(_find_value(data, _SUMMARY)),
        authors=authors,
        credits=tuple(_parse_credits(data)),
        certainty=people.limit_certainty(authors, "certain" if authors else "unknown"),
        source=_parse_source(_find_value(data, _SOURCE)),
        published=_find_moment(data, _PUBLISHED),
        updated=_find_moment(data, _UPDATED),
        language=_to_text(_find_value(data, _LANGUAGE)).partition(".")[0].replace("_", "-"),
        tags=tuple(parse_tags(_find_value(data, _TAGS))),
        image=_parse_image(data, document.url),
        license=_to_text(_find_value(data, _LICENSE)),
    )


def _find_value(data: Data, keys: Iterable[str]) -> object:
    return next((data[key] for key in keys if data.get(key)), None)


def _find_moment(data: Data, keys: Iterable[str]) -> datetime | None:
    """Find the first moment: “published” is a date here, and yes or no there."""
    return next((moment for key in keys if (moment := moments.parse_date(_to_text(data.get(key))))), None)


def _to_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return _to_text(value[0]) if value else ""
    if not isinstance(value, str | int | float):
        return ""
    written = _WIKI_LINK.sub(lambda match: match[2] or match[1], str(value))
    return html.remove_illegal_characters(written).strip()


def _to_list(value: object) -> list[object]:
    """Return a list as one list, whatever is nested in it: YAML reads ``[[Fay Sample]]`` as a list in a list."""
    if isinstance(value, list):
        return [inner for item in value for inner in _to_list(item)]
    return [] if value is None else [value]


def _find_address(data: Data, keys: Iterable[str], base: str = "") -> str:
    url = links.resolve_address(base, _to_text(_find_value(data, keys)))
    return url if links.is_absolute(url) else ""


def _parse_authors(value: object, *, is_own: bool = False) -> Iterable[Author]:
    """Parse people: mappings, or texts, each of one name or of several that ``bylines`` can tell apart.

    is_own: the file is one's own, so that a mailbox alone may name somebody of authors.toml.
    """
    for item in _to_list(value):
        if isinstance(item, dict):
            named = people.make_author(
                _to_text(_find_value(item, ("name", "display_name", "title"))),
                url=_find_address(item, ("url", "link", "website", "homepage", "uri")),
                email=_to_text(item.get("email")),
                bio=_to_text(_find_value(item, ("bio", "description", "about"))),
                avatar=fields.read_file_address(_find_address(item, ("avatar", "image", "picture", "photo")), ""),
            )
            yield from list(named) or (contacts.name_mailboxes(_to_text(item.get("email"))) if is_own else ())
            continue
        if is_own and (mailboxes := contacts.name_mailboxes(_to_text(item))):
            yield from mailboxes
            continue
        names, rest = bylines.split_names(_to_text(item))
        for name in names if len(names) > 1 and not rest else [_to_text(item)]:
            yield from _parse_signature(name)


def _parse_signature(text: str) -> Iterable[Author]:
    """Parse ``Name <address>``, where the address is a page's or a mailbox; else all of it is the name."""
    match = re.fullmatch(r"([^<>]+) <([^<>\s]+)>|\[([^\[\]]{1,200})\]\((\S{1,2000})\)", text)
    name, address = ((match[1] or match[3]).strip(), match[2] or match[4]) if match else (text, "")
    is_page = links.is_absolute(address)
    return people.make_author(name, url=address if is_page else "", email="" if is_page else address)


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
    width, height = (fields.parse_pixels(_to_text(given.get(side))) for side in ("width", "height"))
    return Image(url=url, alt=_to_text(alt) if alt else None, width=width, height=height) if url else None
