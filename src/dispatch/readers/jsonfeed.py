"""Read JSON Feed (1.0 and 1.1)."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Enclosure, Fault, Image, Source
from dispatch.readers import contacts, fields, kits, limits, moments, people

Data = Mapping[str, object]

# A number may have more digits than Python reads; a line break in a string harms nobody.
_BETWEEN = re.compile(r"[\s:,\[]*+")
_DECODER = json.JSONDecoder(parse_int=str, strict=False)


def read_json_feed(text: str, base: str, faults: list[Fault]) -> tuple[Source, list[Article]]:
    """Read a feed as its source and its items as articles, in order; ``faults`` gets what was mended or left out.

    base: where the feed was found. Raises GatherError on what is not JSON or not a feed, and beyond bounds.
    """
    try:
        feed, _ = _DECODER.raw_decode(text.lstrip())
    except (ValueError, RecursionError) as error:
        feed = _parse_cut_off(text)
        if not any(_get_mappings(feed, "items")):
            raise GatherError(f"this is not JSON: {error}", hint="Ask the feed's publisher to correct it.") from error
        count = len(_get_items(feed, "items"))
        what = f"its JSON breaks off after entry {count}: what comes after it is left out"
        faults.append(Fault(what=what, reason="cut-off"))
    items = list(_get_mappings(feed, "items"))
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise GatherError(
            "this JSON is not a feed: it has no items", hint="Give the address of a JSON Feed (jsonfeed.org)."
        )
    limits.refuse_too_many(len(items))
    home = fields.read_address(_get_string(feed, "home_page_url"), base)
    own = Source(
        title=fields.read_line(_get_string(feed, "title")),
        url=home,
        feed=fields.read_address(_get_string(feed, "feed_url"), base) or base,
    )
    own = limits.limit_source(own, faults)
    authors = list(_parse_json_authors(feed, base or home))
    language = _get_string(feed, "language")
    homes = people.find_homes(own, base, (_get_string(item, "url") for item in items))

    def read_item(item: Data, mended: list[Fault]) -> Article:
        article = _read_json_item(item, base or own.url, own, authors, language, mended)
        # What is at an external address is somebody else's (JSON Feed 1.1, “external_url”).
        is_link = article.url == fields.read_address(_get_string(item, "external_url"), base or own.url)
        return people.credit_linker(article, own, homes, (own.url or base,) if is_link else (article.id,))

    return own, limits.read_entries(items, read_item, faults)


def _parse_cut_off(text: str) -> dict[str, object]:
    """Parse the items of a feed that breaks off, as far as they are whole, and what stands before them."""
    head, _, rest = text.partition('"items"')
    feed: dict[str, object] = {}
    items: list[object] = []
    position = 0
    with suppress(ValueError, RecursionError):
        while between := _BETWEEN.match(rest, position):
            item, position = _DECODER.raw_decode(rest, between.end())
            items.append(item)
    with suppress(ValueError, RecursionError):
        feed, _ = _DECODER.raw_decode(head.lstrip().rstrip(", \n\t") + "}")
    return {**feed, "items": items}


def _read_json_item(
    item: Data, base: str, own: Source, everywhere: Iterable[Author], language: str, mended: list[Fault]
) -> Article:
    named = [fields.read_address(_get_string(item, key), base) for key in ("url", "external_url")]
    url = next(filter(links.is_allowed, named), named[0] or named[1])
    title = fields.read_line(_get_string(item, "title"))
    within = url if links.is_web_address(url) else base
    written, kit = kits.take_kit_from_html(_get_string(item, "content_html"), within, own=(url, own.url, own.feed))
    body = fields.read_body(written, within, mended, title=title, source=own)
    summary = fields.read_line(_get_string(item, "summary"))
    # An item without authors has the feed's (JSON Feed 1.1, “authors” on items).
    authors = people.merge_authors(list(_parse_json_authors(item, base)) or everywhere, ())
    pictures = (fields.read_file_address(_get_string(item, key), base) for key in ("image", "banner_image"))
    image = next(filter(None, pictures), "")
    article = Article(
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
        source=_find_origin(item, base) or own,
        license=_get_string(_get_extension(item), "license"),
        published=moments.parse_date(_get_string(item, "date_published")),
        updated=moments.parse_date(_get_string(item, "date_modified")),
        language=_get_string(item, "language") or language,
        tags=fields.read_tags(tag for tag in _get_items(item, "tags") if isinstance(tag, str)),
        image=Image(url=image) if image else None,
        enclosures=tuple(_parse_attachments(item, base, mended)),
    )
    return kits.apply_kit(article, kit, is_feed=True)


def _get_extension(item: Data) -> Data:
    """Return what a feed that dispatch has written says besides: JSON Feed has no word for it."""
    value = item.get("_dispatch")
    return value if isinstance(value, dict) else {}


def _find_origin(item: Data, base: str) -> Source | None:
    """Find where an item of a collection was first published."""
    for said in _get_mappings({"source": [_get_extension(item).get("source")]}, "source"):
        title = fields.read_line(_get_string(said, "title"))
        url, feed = (fields.read_address(_get_string(said, key), base) for key in ("url", "feed_url"))
        return Source(title=title, url=url, feed=feed) if title else None
    return None


def _parse_json_authors(parent: Data, base: str) -> Iterator[Author]:
    """Parse the authors of a feed or an item: the list of version 1.1, else the one of 1.0."""
    for person in list(_get_mappings(parent, "authors")) or list(
        _get_mappings({"author": [parent.get("author")]}, "author")
    ):
        name, url = _get_string(person, "name"), _get_string(person, "url")
        named = people.make_author(
            name,
            url=fields.read_address(url, base),
            avatar=fields.read_address(_get_string(person, "avatar"), base),
            most=people.MOST_NAMES,
        )
        yield from list(named) or contacts.name_mailboxes(name, url)


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
