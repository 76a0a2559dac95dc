"""Beehiiv's export: a CSV with a post in each row. It does not say who wrote what, unless it has a column of authors.

Settings, Export data, “Posts”.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from dispatch.importers import content, tabular
from dispatch.importers.pictures import PostPlace, place_posts
from dispatch.importers.posts import Export, Post
from dispatch.importers.skipped import SCHEDULED, NotImported, try_post, try_rows
from dispatch.importers.tabular import Row, pick_text
from dispatch.model import Article, Image
from dispatch.readers import fields, people

_COLUMNS = ("web_title", "content_html")


def accepts(export: Export) -> bool:
    """Whether there is a table with the columns of Beehiiv's posts."""
    return bool(tabular.list_tables(export, _COLUMNS))


def read(export: Export, site: str) -> Iterator[Post | NotImported]:
    """Read the posts in their tables' order; a table that cannot be read is reported."""
    place = place_posts(export, site)
    for name in tabular.list_tables(export, _COLUMNS):
        rows = yield from try_rows(name, partial(tabular.read_rows, export, name))
        for number, row in enumerate(rows, 1):
            label = f"{name}: {pick_text(row, 'web_title', 'email_subject_line', 'id') or number}"
            yield from try_post(label, partial(_make_post, row, replace(place, file=name), label))


def _make_post(row: Row, place: PostPlace, label: str) -> Post:
    title = fields.read_line(pick_text(row, "web_title", "email_subject_line"))
    written = pick_text(row, "content_html")
    url = content.pick_web_address(pick_text(row, "url"))
    names = pick_text(row, "authors", "author")
    authors = tuple(author for name in names.split(";") for author in people.make_author(fields.read_line(name)))
    image = pick_text(row, "thumbnail_url")
    article = Article(
        id=f"beehiiv/{pick_text(row, 'id') or url}",
        url=url,
        former_urls=content.list_former(place, url),
        title=title,
        dek=fields.read_line(pick_text(row, "web_subtitle")),
        authors=authors,
        certainty=people.limit_certainty(authors, "certain" if authors else "unknown"),
        source=content.name_old_site(url),
        published=tabular.parse_moment(pick_text(row, "created_at"), is_utc=True),
        image=Image(url=image) if image else None,
        tags=tuple(fields.read_tags(pick_text(row, "content_tags").split(";"))),
    )
    audience = pick_text(row, "audience")
    post = Post(
        file=label,
        article=article,
        slug=url.rstrip("/").rpartition("/")[2],
        preheader=fields.read_line(pick_text(row, "email_preview_text")),
        is_public=pick_text(row, "status") == "confirmed",
        held=SCHEDULED
        if pick_text(row, "status") == "scheduled"
        else content.describe_audience("" if audience == "both" else audience, "free"),
    )
    return content.fill_html(post, written, place)
