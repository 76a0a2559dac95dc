"""Substack's export: ``posts.csv``, and ``posts/<id>.<slug>.html`` for each. It does not say who wrote what.

Settings, Exports, “Create new export”: a zip with lists of subscribers beside the posts.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from dispatch.importers import content, tabular
from dispatch.importers.pictures import PostPlace, place_posts
from dispatch.importers.posts import Export, Post
from dispatch.importers.skipped import PAGE, NotImported, try_post
from dispatch.importers.substack_blocks import show_blocks
from dispatch.importers.tabular import Row, is_true, pick_text
from dispatch.model import Article, Fault
from dispatch.readers import fields

TABLE = "posts.csv"


def accepts(export: Export) -> bool:
    """Whether there is a table of posts that has Substack's columns."""
    return TABLE in export.names and "post_id" in tabular.read_beginning(export, TABLE).partition("\n")[0]


def read(export: Export, site: str) -> Iterator[Post | NotImported]:
    """Read the posts in the table's order. Raises GatherError when it cannot be read."""
    place = place_posts(export, site)
    for row in tabular.parse_csv(tabular.read_text(export, TABLE)):
        file = f"posts/{pick_text(row, 'post_id')}.html"
        yield from try_post(file, partial(_read_post, row, replace(place, file=file)))


def _read_post(row: Row, place: PostPlace) -> Post | NotImported:
    number, _, slug = pick_text(row, "post_id").partition(".")
    podcast = pick_text(row, "podcast_url")
    written = tabular.read_text(place.export, place.file) if place.file in place.export.names else ""
    title = fields.read_line(pick_text(row, "title"))
    if pick_text(row, "type") == "page":
        return NotImported(file=place.file, reason=PAGE, title=title)
    written, lost = show_blocks(written)
    mended: list[Fault] = []
    article = Article(
        id=f"substack/{number}",
        former_urls=content.list_former(place, f"p/{slug}" if slug else ""),
        title=title,
        dek=fields.read_line(pick_text(row, "subtitle")),
        certainty="unknown",
        published=tabular.parse_moment(pick_text(row, "post_date"), is_utc=True),
        enclosures=tuple(fields.read_enclosure(podcast, "audio/mpeg", "", "", mended)),
    )
    post = Post(
        file=place.file,
        article=article,
        slug=slug,
        is_public=is_true(row, "is_published"),
        held=content.describe_audience(pick_text(row, "audience"), "everyone"),
        notes=(*(fault.what for fault in mended), *lost),
    )
    return content.fill_html(post, written, place)
