"""Read JSON Feed (1.0 and 1.1)."""

import json
from collections.abc import Iterable, Iterator, Mapping

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Enclosure, Fault, Image, Source
from dispatch.readers import fields, people

Data = Mapping[str, object]


def read_json_feed(text: str, base: str, faults: list[Fault]) -> tuple[Source, list[Article]]:
    """Read a feed as its source and its items as articles, in order; ``faults`` gets what was mended or left out.

    base: where the feed was found. Raises GatherError on what is not JSON or not a feed, and beyond bounds.
    """
    try:
        feed: object = json.loads(text, parse_int=str)  # a number may have more digits than Python reads
    except (ValueError, RecursionError) as error:
        raise GatherError(f"this is not JSON: {error}", hint="Ask the feed's publisher to correct it.") from error
    items = list(_get_mappings(feed, "items"))
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise GatherError(
            "this JSON is not a feed: it has no items", hint="Give the address of a JSON Feed (jsonfeed.org)."
        )
    fields.refuse_too_many(len(items))
    home = fields.read_address(_get_string(feed, "home_page_url"), base)
    own = Source(
        title=fields.read_line(_get_string(feed, "title")),
        url=home,
        feed=fields.read_address(_get_string(feed, "feed_url"), base) or base,
    )
    own = fields.limit_source(own, faults)
    authors = list(_parse_json_authors(feed, base or home))
    language = _get_string(feed, "language")
    return own, fields.read_entries(
        items, lambda item, mended: _read_json_item(item, base or own.url, own, authors, language, mended), faults
    )


def _read_json_item(
    item: Data, base: str, own: Source, everywhere: Iterable[Author], language: str, mended: list[Fault]
) -> Article:
    named = [fields.read_address(_get_string(item, key), base) for key in ("url", "external_url")]
    url = next(filter(links.is_allowed, named), named[0] or named[1])
    title = fields.read_line(_get_string(item, "title"))
    within = url if links.is_web_address(url) else base
    body = fields.read_body(_get_string(item, "content_html"), within, mended, title=title, source=own)
    summary = fields.read_line(_get_string(item, "summary"))
    # An item without authors has the feed's (JSON Feed 1.1, “authors” on items).
    authors = people.merge_authors(list(_parse_json_authors(item, base)) or everywhere, ())
    pictures = (fields.read_file_address(_get_string(item, key), base) for key in ("image", "banner_image"))
    image = next(filter(None, pictures), "")
    return Article(
        id=html.remove_illegal_characters(_get_string(item, "id")).strip(),
        url=url,
        title=title,
        summary=summary,
        content=body
        or fields.read_body(
            _wrap_paragraphs(_get_string(item, "content_text") or summary), base, mended, title=title, source=own
        ),
        authors=authors,
        certainty="certain" if authors else "unknown",
        source=own,
        published=fields.parse_date(_get_string(item, "date_published")),
        updated=fields.parse_date(_get_string(item, "date_modified")),
        language=_get_string(item, "language") or language,
        tags=fields.read_tags(tag for tag in _get_items(item, "tags") if isinstance(tag, str)),
        image=Image(url=image) if image else None,
        enclosures=tuple(_parse_attachments(item, base, mended)),
    )


def _parse_json_authors(parent: Data, base: str) -> Iterator[Author]:
    """Parse the authors of a feed or an item: the list of version 1.1, else the one of 1.0."""
    for person in list(_get_mappings(parent, "authors")) or list(
        _get_mappings({"author": [parent.get("author")]}, "author")
    ):
        yield from people.make_author(
            _get_string(person, "name"),
            url=fields.read_address(_get_string(person, "url"), base),
            avatar=fields.read_address(_get_string(person, "avatar"), base),
        )


def _parse_attachments(item: Data, base: str, mended: list[Fault]) -> Iterator[Enclosure]:
    for attachment in _get_mappings(item, "attachments"):
        yield from fields.read_enclosure(
            _get_string(attachment, "url"),
            _get_string(attachment, "mime_type"),
            _get_string(attachment, "size_in_bytes"),
            base,
            mended,
        )


def _wrap_paragraphs(text: str) -> str:
    paragraphs = [paragraph.strip() for paragraph in html.remove_illegal_characters(text).split("\n\n")]
    return "".join(f"<p>{html.escape_html(paragraph)}</p>" for paragraph in paragraphs if paragraph)


def _get_string(data: Data, key: str) -> str:
    value = data.get(key)
    return html.remove_illegal_characters(value) if isinstance(value, str) else ""


def _get_items(data: object, key: str) -> list[object]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, list) else []


def _get_mappings(data: object, key: str) -> Iterator[dict[str, object]]:
    return (item for item in _get_items(data, key) if isinstance(item, dict))
