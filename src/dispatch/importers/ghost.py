"""Ghost's export: the tables of its database as JSON, and, in a zip of the content folder, its pictures.

Settings, Import/Export, “Export content”. A text is in ``html``, or in Ghost's own form alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from dispatch import html
from dispatch.errors import GatherError
from dispatch.importers import content, tabular
from dispatch.importers.ghost_text import GhostText
from dispatch.importers.pictures import PostPlace, place_posts
from dispatch.importers.posts import Export, Post
from dispatch.importers.skipped import PAGE, SCHEDULED, NotImported, count_comments, try_post
from dispatch.importers.tabular import Row, parse_moment, pick_text
from dispatch.model import Article, Author, Image
from dispatch.readers import fields, html_tree, people

# Buttons of its cards, which scripts move, and what asks readers to sign up.
_AROUND = (
    ".kg-audio-player, .kg-audio-thumbnail, .kg-toggle-card-icon, .kg-video-overlay, .kg-video-player-container, "
    ".kg-file-card-icon, .kg-signup-card"
)


def accepts(export: Export) -> bool:
    """Whether there is a JSON file that begins like Ghost's."""
    return bool(_find_tables(export))


def read(export: Export, site: str) -> Iterator[Post | NotImported]:
    """Read the posts in the order of the table. Raises GatherError when the tables cannot be read."""
    name = _find_tables(export)
    if not name:
        raise GatherError("it holds no JSON export of Ghost", address=export.name)
    tables = _Tables.parse_export(tabular.read_text(export, name))
    place = replace(place_posts(export, site), file=name)
    for row in tables.posts:
        label = f"{name}: {pick_text(row, 'slug', 'title', 'id')}"
        yield from try_post(label, partial(_make_post, row, tables, place, label))
    yield from count_comments(name, tables.comments)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """The tables that say something of posts, by the ids that they are looked up by."""

    posts: list[Row]
    meta: dict[str, Row]
    users: dict[str, Row]
    authors: dict[str, list[str]]  # the users of a post
    tags: dict[str, list[str]]  # the names of the tags of a post
    comments: int

    @classmethod
    def parse_export(cls, text: str) -> "_Tables":
        """Parse the JSON of an export. Raises GatherError."""
        exported = tabular.pick_table(tabular.parse_json(text))
        database = tabular.pick_tables(exported.get("db"))
        data = tabular.pick_table((database[0] if database else exported).get("data"))
        if not isinstance(data.get("posts"), list):
            raise GatherError("this is no export of Ghost: it has no table of posts")
        names = {pick_text(tag, "id"): tag for tag in tabular.pick_tables(data.get("tags")) if _is_shown(tag)}
        tagged = _pair_rows(data, "posts_tags", "tag_id")
        return cls(
            posts=tabular.pick_tables(data["posts"]),
            meta={pick_text(row, "post_id"): row for row in tabular.pick_tables(data.get("posts_meta"))},
            users={pick_text(row, "id"): row for row in tabular.pick_tables(data.get("users"))},
            authors=_pair_rows(data, "posts_authors", "author_id"),
            tags={post: [pick_text(names[tag], "name") for tag in ids if tag in names] for post, ids in tagged.items()},
            comments=len(tabular.pick_tables(data.get("comments"))),
        )


def _pair_rows(data: Row, name: str, other: str) -> dict[str, list[str]]:
    """Collect the ids that a table of pairs gives to each post, in their order."""
    found: dict[str, list[str]] = {}
    pairs = tabular.pick_tables(data.get(name))
    for pair in sorted(pairs, key=lambda pair: (pick_text(pair, "sort_order") or "0").zfill(9)):
        found.setdefault(pick_text(pair, "post_id"), []).append(pick_text(pair, other))
    return found


def _is_shown(tag: Row) -> bool:
    return pick_text(tag, "visibility") != "internal" and not pick_text(tag, "name").startswith("#")


def _make_post(row: Row, tables: _Tables, place: PostPlace, label: str) -> Post | NotImported:
    number, title = pick_text(row, "id"), fields.read_line(pick_text(row, "title"))
    if pick_text(row, "type") == "page" or tabular.is_true(row, "page"):
        return NotImported(file=label, reason=PAGE, title=title)
    own = GhostText()
    written = html_tree.remove_elements(pick_text(row, "html"), _AROUND)
    written = written or (own.write_row(row) if pick_text(row, "lexical", "mobiledoc") else "")
    meta = tables.meta.get(number, {})
    url = content.pick_canonical(pick_text(row, "canonical_url") or pick_text(meta, "canonical_url"), place)
    is_scheduled = pick_text(row, "status") == "scheduled"
    users = [tables.users.get(id_, {}) for id_ in tables.authors.get(number) or [pick_text(row, "author_id")]]
    authors = tuple(author for user in users for author in _make_authors(user))
    article = Article(
        id=f"ghost/{pick_text(row, 'uuid') or number}",
        url=url,
        former_urls=content.list_former(place, f"{pick_text(row, 'slug')}/"),
        title=title,
        dek=fields.read_line(pick_text(meta, "subtitle")),
        summary=fields.read_line(pick_text(row, "custom_excerpt")),
        authors=authors,
        certainty=people.limit_certainty(authors, "certain" if authors else "unknown"),
        source=content.name_old_site(url),
        published=parse_moment(pick_text(row, "published_at"), is_utc=True),
        updated=parse_moment(pick_text(row, "updated_at"), is_utc=True),
        tags=tuple(dict.fromkeys(tables.tags.get(number, ()))),
        image=_make_image(row, meta),
    )
    caption = html.to_plain_text(html.sanitise_html(pick_text(meta, "feature_image_caption")))
    post = Post(
        file=label,
        article=article,
        slug=pick_text(row, "slug"),
        is_public=pick_text(row, "status") in {"published", "sent"},
        held=SCHEDULED if is_scheduled else content.describe_audience(pick_text(row, "visibility")),
        known_as="" if authors else ", ".join(filter(None, (pick_text(user, "name") for user in users))),
        notes=(
            *([f"not imported: the words below its picture, “{caption}”"] if caption else ()),
            *(f"not imported: a card, {kind}" for kind in dict.fromkeys(own.lost)),
        ),
    )
    return content.fill_html(post, written, place)


def _make_authors(user: Row) -> Iterator[Author]:
    """Make the author that an account is. Its mail address is left out: issue files are often public."""
    for author in people.make_author(pick_text(user, "name"), url=pick_text(user, "website")):
        bio = fields.read_line(pick_text(user, "bio"))
        yield replace(author, bio=bio, avatar=pick_text(user, "profile_image"))


def _make_image(row: Row, meta: Row) -> Image | None:
    url = pick_text(row, "feature_image", "image")
    return Image(url=url, alt=pick_text(meta, "feature_image_alt") or None) if url else None


def _find_tables(export: Export) -> str:
    """Find the JSON file that has the tables of Ghost, told without parsing it; empty when there is none."""
    for name in export.names:
        if name.endswith(".json"):
            start = tabular.read_beginning(export, name).lstrip()
            if re.match(r'\{\s*"db"\s*:\s*\[', start) or (start.startswith("{") and '"exported_on"' in start):
                return name
    return ""
