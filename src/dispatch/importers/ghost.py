"""Ghost's export: the tables of its database as JSON, and, in a zip of the content folder, its pictures.

Settings, Labs, “Export”. A text is in ``html``; where there is only Ghost's own form of it, the post is left.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from dispatch import html, links
from dispatch.archives import bodies, rows
from dispatch.archives.nouns import Archive, Left, Post, tried
from dispatch.archives.pictures import MemberPlace, place_in
from dispatch.archives.rows import Row, moment, said
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Image, Source
from dispatch.readers import entries, people

ROOT = "__GHOST_URL__"


def accepts(archive: Archive) -> bool:
    """Whether there is a JSON file that begins like Ghost's."""
    return any(_begins(archive, name) for name in archive.names if name.endswith(".json"))


def read(archive: Archive, site: str) -> Iterator[Post | Left]:
    """The posts in the order of the table. Raises GatherError when the tables cannot be read."""
    name = next((name for name in archive.names if name.endswith(".json") and _begins(archive, name)), "")
    if not name:
        raise GatherError("there is no JSON export of Ghost in it", address=archive.name)
    tables = _Tables.of(rows.of_json(rows.text_of(archive, name)))
    place = place_in(archive, site, f"{ROOT}/", ROOT)
    for row in tables.posts:
        label = f"{name}: {said(row, 'slug', 'title', 'id')}"
        yield from tried(label, partial(_post, row, tables, place, name, label))
    if tables.comments:
        yield Left(file=f"{name}: comments", reason=f"not imported: {tables.comments:,}")


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
    def of(cls, found: object) -> "_Tables":
        exported = rows.table(found)
        database = rows.tables(exported.get("db"))
        data = rows.table((database[0] if database else exported).get("data"))
        if not isinstance(data.get("posts"), list):
            raise GatherError("this is no export of Ghost: it has no table of posts")
        names = {said(tag, "id"): tag for tag in rows.tables(data.get("tags")) if _is_shown(tag)}
        tagged = _linked(data, "posts_tags", "tag_id")
        return cls(
            posts=rows.tables(data["posts"]),
            meta={said(row, "post_id"): row for row in rows.tables(data.get("posts_meta"))},
            users={said(row, "id"): row for row in rows.tables(data.get("users"))},
            authors=_linked(data, "posts_authors", "author_id"),
            tags={post: [said(names[tag], "name") for tag in ids if tag in names] for post, ids in tagged.items()},
            comments=len(rows.tables(data.get("comments"))),
        )


def _linked(data: Row, name: str, other: str) -> dict[str, list[str]]:
    """The ids that a table of pairs gives to each post, in their order."""
    found: dict[str, list[str]] = {}
    pairs = rows.tables(data.get(name))
    for pair in sorted(pairs, key=lambda pair: (said(pair, "sort_order") or "0").zfill(9)):
        found.setdefault(said(pair, "post_id"), []).append(said(pair, other))
    return found


def _is_shown(tag: Row) -> bool:
    return said(tag, "visibility") != "internal" and not said(tag, "name").startswith("#")


def _post(row: Row, tables: _Tables, place: MemberPlace, name: str, label: str) -> Post | Left:
    number, title = said(row, "id"), entries.plain(said(row, "title"))
    if said(row, "type") == "page" or rows.is_so(row, "page"):
        return Left(file=label, reason=f"“{title}” is a page, not a post")
    written = said(row, "html")
    if not written:
        kept = next((form for form in ("lexical", "mobiledoc") if said(row, form)), "")
        why = f"its text is there in Ghost’s own form only ({kept})" if kept else "it has no text"
        return Left(file=label, reason=f"“{title}”: {why}")
    meta = tables.meta.get(number, {})
    canonical = said(row, "canonical_url") or said(meta, "canonical_url")
    url = canonical if links.is_web(canonical) else ""
    users = tables.authors.get(number) or [said(row, "author_id")]
    authors = tuple(author for user in users for author in _authors(tables.users.get(user, {})))
    article = Article(
        id=f"ghost/{said(row, 'uuid') or number}",
        url=url,
        title=title,
        dek=entries.plain(said(meta, "subtitle")),
        summary=entries.plain(said(row, "custom_excerpt")),
        authors=authors,
        certainty="certain" if authors else "unknown",
        source=Source(title=links.host(url), url=_origin(url), syndicate="full") if url else Source(),
        published=moment(said(row, "published_at"), is_utc=True),
        updated=moment(said(row, "updated_at"), is_utc=True),
        tags=tuple(dict.fromkeys(tables.tags.get(number, ()))),
        image=_image(row, meta),
    )
    body = bodies.of_html(article, written, replace(place, file=name))
    visibility = said(row, "visibility") or "public"
    names = [said(tables.users.get(user, {}), "name") for user in users]
    caption = html.text(html.sanitise(said(meta, "feature_image_caption")))
    return Post(
        file=label,
        article=body.article,
        slug=said(row, "slug"),
        is_public=said(row, "status") in {"published", "sent"},
        held="" if visibility == "public" else f"not everybody could read it there ({visibility})",
        known_as="" if authors else ", ".join(filter(None, names)),
        notes=(*([f"the words below its picture are left out: {caption}"] if caption else ()), *body.notes),
        pictures=body.pictures,
    )


def _authors(user: Row) -> Iterator[Author]:
    """Who that is. The address of the account is nobody's business: issue files are often public."""
    for author in people.author(said(user, "name"), url=said(user, "website")):
        yield replace(author, bio=entries.plain(said(user, "bio")), avatar=said(user, "profile_image"))


def _image(row: Row, meta: Row) -> Image | None:
    url = said(row, "feature_image") or said(row, "image")
    return Image(url=url, alt=said(meta, "feature_image_alt") or None) if url else None


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3]) + "/" if url else ""


def _begins(archive: Archive, name: str) -> bool:
    """Whether a JSON file has the tables of Ghost, told without parsing it."""
    start = rows.beginning(archive, name).lstrip()
    return bool(re.match(r'\{\s*"db"\s*:\s*\[', start)) or (start.startswith("{") and '"exported_on"' in start)
