"""JSON Feed 1.1."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from dispatch import derived, links
from dispatch.formats import feed
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Article, Author, Terms

VERSION = "https://jsonfeed.org/version/1.1"

Value = TypeVar("Value")


def document(fragments: TemplateContext, entries: Sequence[bytes]) -> bytes:
    """Build the feed around finished items. Raises RenderError."""
    publication = fragments.publication
    head = _drop_empty(
        {
            "version": VERSION,
            "title": feed.build_feed_title(fragments),
            "home_page_url": fragments.page_url,
            "feed_url": fragments.build_feed_url("json"),
            # The one that readers subscribe to leads to the archived feeds, and each of these to the one before.
            "next_url": dict(feed.list_feed_links(fragments, "json")).get("prev-archive", ""),
            "description": publication.description,
            "icon": publication.theme.logo or fragments.build_url(feed.ICON),
            "favicon": fragments.build_url(feed.FAVICON),
            "language": fragments.language.code,
            "hubs": [{"type": "WebSub", "url": hub}] if (hub := feed.find_hub(fragments)) else [],
        }
    )
    items = b"[\n    %s\n  ]" % b",\n    ".join(entries) if entries else b"[]"
    return b'%s,\n  "items": %s\n}\n' % (_dump_indented(head).removesuffix(b"\n}"), items)


def entry(article: Article, fragments: TemplateContext) -> bytes:
    """Render an article as an item: the same bytes in every feed that holds it. Raises RenderError."""
    return _dump_indented(_build_item(article, fragments)).replace(b"\n", b"\n    ")


def _dump_indented(values: Mapping[str, object]) -> bytes:
    return json.dumps(links.encode_addresses(values), ensure_ascii=False, indent=2).encode()


def _build_item(article: Article, fragments: TemplateContext) -> dict[str, object]:
    people = feed.choose_credited_authors(article)
    published, updated = fragments.find_entry_dates(article)
    return _drop_empty(
        {
            "id": article.id,
            "url": article.url,
            # Some readers lead there and not to the other where an item is about something elsewhere: it is one.
            "external_url": "" if article.own else article.url,
            "title": article.title,
            "content_html": fragments.render_entry_body(article),
            "summary": fragments.choose_summary(article),
            "image": article.image.url if article.image else "",
            "date_published": feed.to_utc(published).isoformat() if published else "",
            "date_modified": feed.to_utc(updated).isoformat(),
            "authors": [_build_author_object(author) for author in people],
            # JSON Feed 1.0 knew one author only: readers of that age get all the names in it.
            "author": _build_author_object(feed.join_authors(people)) if people else {},
            "tags": list(article.tags),
            "language": article.language,
            "attachments": [
                {"url": enclosure.url, "mime_type": enclosure.type}
                | ({} if enclosure.length is None else {"size_in_bytes": enclosure.length})
                for enclosure in article.enclosures
                if enclosure.type
            ],
            "_dispatch": _build_extension(article),
        }
    )


def _build_extension(article: Article) -> dict[str, object]:
    """Build what JSON Feed has no word for: where it was first published, when, on what terms, and who had a part."""
    source, licence = article.source, derived.find_licence(article)
    return _drop_empty(
        {
            "source": _drop_empty({"title": source.title, "url": source.url, "feed_url": source.feed}),
            "date_first_published": feed.to_utc(article.published).isoformat() if article.published else "",
            "license": licence.name,
            "license_url": licence.url,
            "terms": _build_terms(article),
            "credits": [
                _drop_empty({"role": credit.role, "name": credit.name, "url": credit.url}) for credit in article.credits
            ],
        }
    )


def _build_terms(article: Article) -> dict[str, object]:
    """Build what whoever publishes it again must do; its publisher's counter goes into no feed."""
    terms = article.terms or Terms()
    return _drop_empty({"line": terms.line, "no_derivatives": terms.no_derivatives})


def _build_author_object(author: Author) -> dict[str, str]:
    return _drop_empty({"name": author.name, "url": author.url, "avatar": author.avatar})


def _drop_empty(values: Mapping[str, Value]) -> dict[str, Value]:
    """Drop empty values."""
    return {key: value for key, value in values.items() if value}
