"""Substack's export: ``posts.csv``, and ``posts/<id>.<slug>.html`` for each. It does not say who wrote what.

Settings, Exports, “Create new export”: a zip with lists of subscribers beside the posts.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from dispatch.archives import bodies, rows
from dispatch.archives.nouns import Archive, Left, Post, tried
from dispatch.archives.pictures import MemberPlace, place_in
from dispatch.archives.rows import Row, is_so, said
from dispatch.model import Article, Enclosure
from dispatch.readers import elements, entries

TABLE = "posts.csv"

# What asks readers to subscribe, share and comment there.
_AROUND = (
    ".subscription-widget-wrap, .subscription-widget-wrap-editor, .subscription-widget, .subscribe-widget, "
    "p.button-wrapper, .captioned-button-wrap, .community-chat, .poll-embed, .paywall-jump, .image-link-expand, "
    "[href^='%%']"
)


def accepts(archive: Archive) -> bool:
    """Whether there is a table of posts that has Substack's columns."""
    return TABLE in archive.names and "post_id" in rows.beginning(archive, TABLE).partition("\n")[0]


def read(archive: Archive, site: str) -> Iterator[Post | Left]:
    """The posts in the table's order. Raises GatherError when it cannot be read."""
    place = place_in(archive, site)
    for row in rows.of_csv(rows.text_of(archive, TABLE)):
        file = f"posts/{said(row, 'post_id')}.html"
        yield from tried(file, partial(_post, row, replace(place, file=file)))


def _post(row: Row, place: MemberPlace) -> Post | Left:
    number, _, slug = said(row, "post_id").partition(".")
    podcast = said(row, "podcast_url")
    written = rows.text_of(place.archive, place.file) if place.file in place.archive.names else ""
    title = entries.plain(said(row, "title"))
    if not written.strip():
        what = f"a podcast without text ({podcast})" if podcast else "it has no text in the archive"
        return Left(file=place.file, reason=f"“{title}”: {what}" if title else what)
    article = Article(
        id=f"substack/{number}",
        title=title,
        dek=entries.plain(said(row, "subtitle")),
        certainty="unknown",
        published=rows.moment(said(row, "post_date"), is_utc=True),
        enclosures=(Enclosure(url=podcast, type="audio/mpeg"),) if podcast else (),
    )
    body = bodies.of_html(article, elements.trimmed(written, _AROUND), place)
    audience = said(row, "audience") or "everyone"
    return Post(
        file=place.file,
        article=body.article,
        slug=slug,
        is_public=is_so(row, "is_published"),
        held="" if audience == "everyone" else f"not everybody could read it there ({audience})",
        notes=body.notes,
        pictures=body.pictures,
    )
