"""JSON Feed 1.1."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from dispatch import terms
from dispatch.formats import feed
from dispatch.formats.fragments import Fragments
from dispatch.model import Article, Author, Contents, Publication

VERSION = "https://jsonfeed.org/version/1.1"

Value = TypeVar("Value")


def render(issue: Contents, publication: Publication) -> bytes:
    """Render the issue as a JSON Feed in UTF-8, an item per article; no authors on the feed. Raises RenderError."""
    fragments = Fragments(issue, publication)
    return document(fragments, [entry(article, fragments) for article in issue.articles])


def document(fragments: Fragments, entries: Sequence[bytes]) -> bytes:
    """Build the feed around finished items. Raises RenderError."""
    publication = fragments.publication
    head = _known(
        {
            "version": VERSION,
            "title": feed.title(fragments),
            "home_page_url": fragments.page,
            "feed_url": fragments.feed("json"),
            # The one that readers subscribe to leads to the archived feeds, and each of these to the one before.
            "next_url": dict(feed.relations(fragments, "json")).get("prev-archive", ""),
            "description": publication.description,
            "icon": publication.theme.logo,
            "language": fragments.language.code,
            "hubs": [{"type": "WebSub", "url": hub}] if (hub := feed.hub(fragments)) else [],
        }
    )
    items = b"[\n    %s\n  ]" % b",\n    ".join(entries) if entries else b"[]"
    return b'%s,\n  "items": %s\n}\n' % (_indented(head).removesuffix(b"\n}"), items)


def entry(article: Article, fragments: Fragments) -> bytes:
    """Render an article as an item: the same bytes in every feed that holds it. Raises RenderError."""
    return _indented(_item(article, fragments)).replace(b"\n", b"\n    ")


def _indented(values: Mapping[str, object]) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=2).encode()


def _item(article: Article, fragments: Fragments) -> dict[str, object]:
    people = feed.credited(article)
    return _known(
        {
            "id": article.id,
            "url": article.url,
            "title": article.title,
            "content_html": fragments.entry(article),
            "summary": fragments.summary(article),
            "image": article.image.url if article.image else "",
            "date_published": feed.utc(article.published).isoformat() if article.published else "",
            "date_modified": feed.utc(terms.changed(article, fragments.issue)).isoformat(),
            "authors": [_author(author) for author in people],
            # JSON Feed 1.0 knew one author only: readers of that age get all the names in it.
            "author": _author(feed.joined(people)) if people else {},
            "tags": list(article.tags),
            "language": article.language,
            "attachments": [
                {"url": enclosure.url, "mime_type": enclosure.type}
                | ({} if enclosure.length is None else {"size_in_bytes": enclosure.length})
                for enclosure in article.enclosures
                if enclosure.type
            ],
        }
    )


def _author(author: Author) -> dict[str, str]:
    return _known({"name": author.name, "url": author.url, "avatar": author.avatar})


def _known(values: Mapping[str, Value]) -> dict[str, Value]:
    """Drop empty values."""
    return {key: value for key, value in values.items() if value}
