"""Read JSON Feed (1.0 and 1.1)."""

import json
from collections.abc import Iterable, Iterator, Mapping

from dispatch import html
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Enclosure, Image, Source
from dispatch.readers import entries, people

Data = Mapping[str, object]


def whole(text: str, base: str) -> tuple[Source, list[Article]]:
    """Read a feed as its source and its items as articles, in order.

    base: where the feed was found. Raises GatherError on what is not JSON or not a feed, and beyond bounds.
    """
    try:
        feed: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GatherError(f"this is not JSON: {error}", hint="Ask the feed's publisher to correct it.") from error
    items = list(_mappings(feed, "items"))
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise GatherError(
            "this JSON is not a feed: it has no items", hint="Give the address of a JSON Feed (jsonfeed.org)."
        )
    entries.bounded(len(items))
    home = entries.address(_text(feed, "home_page_url"), base)
    own = Source(
        title=entries.plain(_text(feed, "title")), url=home, feed=entries.address(_text(feed, "feed_url"), base) or base
    )
    authors = list(_authors(feed, base or home))
    return own, [_article(item, base or home, own, authors, _text(feed, "language")) for item in items]


def _article(item: Data, base: str, own: Source, everywhere: Iterable[Author], language: str) -> Article:
    url = entries.address(_text(item, "url") or _text(item, "external_url"), base)
    title = entries.plain(_text(item, "title"))
    body = entries.content(_text(item, "content_html"), url or base, title=title, source=own)
    summary = entries.plain(_text(item, "summary"))
    # An item without authors has the feed's (JSON Feed 1.1, “authors” on items).
    authors = people.complete(list(_authors(item, base)) or everywhere, ())
    image = entries.address(_text(item, "image") or _text(item, "banner_image"), base)
    return Article(
        id=html.clean(_text(item, "id")).strip(),
        url=url,
        title=title,
        summary=summary,
        content=body or _paragraphs(_text(item, "content_text") or summary),
        authors=authors,
        certainty="certain" if authors else "unknown",
        source=own,
        published=entries.moment(_text(item, "date_published")),
        updated=entries.moment(_text(item, "date_modified")),
        language=_text(item, "language") or language,
        tags=entries.tags(tag for tag in _items(item, "tags") if isinstance(tag, str)),
        image=Image(url=image) if image else None,
        enclosures=tuple(_attachments(item, base)),
    )


def _authors(parent: Data, base: str) -> Iterator[Author]:
    """Parse the authors of a feed or an item: the list of version 1.1, else the one of 1.0."""
    for person in list(_mappings(parent, "authors")) or list(_mappings({"author": [parent.get("author")]}, "author")):
        yield from people.author(
            _text(person, "name"),
            url=entries.address(_text(person, "url"), base),
            avatar=entries.address(_text(person, "avatar"), base),
        )


def _attachments(item: Data, base: str) -> Iterator[Enclosure]:
    for attachment in _mappings(item, "attachments"):
        yield from entries.enclosure(
            _text(attachment, "url"), _text(attachment, "mime_type"), _text(attachment, "size_in_bytes"), base
        )


def _paragraphs(text: str) -> str:
    paragraphs = [paragraph.strip() for paragraph in html.clean(text).split("\n\n")]
    return html.sanitise("".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs if paragraph))


def _text(data: Data, key: str) -> str:
    value = data.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _items(data: object, key: str) -> list[object]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, list) else []


def _mappings(data: object, key: str) -> Iterator[dict[str, object]]:
    return (item for item in _items(data, key) if isinstance(item, dict))
