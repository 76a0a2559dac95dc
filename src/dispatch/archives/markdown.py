"""A folder of Markdown with front matter, as Hugo, Jekyll, Eleventy, Pelican and their kin keep it.

What a key means there, ``readers.foreign`` knows; here it is what a file's place and name say: ``_posts``, ``_drafts``,
``2024-05-06-the-slug.md``, ``the-slug/index.md``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from dispatch import frontmatter, links
from dispatch.archives import bodies, rows
from dispatch.archives.nouns import Archive, Left, Post, tried
from dispatch.archives.pictures import MemberPlace, place_in
from dispatch.archives.rows import said
from dispatch.errors import GatherError, IssueError
from dispatch.model import Article, Author, Document, Source
from dispatch.readers import foreign, people
from dispatch.readers.entries import moment

_FILE = re.compile(r"\.(?:md|markdown|mdown|mkdn?)$", re.IGNORECASE)
_HTML = re.compile(r"\.html?$", re.IGNORECASE)
_OTHER = re.compile(r"\.(?:mdx|rst|adoc|asciidoc|org|textile)$", re.IGNORECASE)
# What a site is built of, and where its builder puts what it has built.
_BUILDING = re.compile(
    r"(?:^|/)(?:node_modules|_?layouts|_?includes|_site|public|themes|templates|archetypes|vendor)/|(?:^|/)(?:readme|changelog|license|contributing)\.[a-z]+$",
    re.IGNORECASE,
)
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)[-_](.+)")
_PEOPLE = re.compile(r"(?:^|/)_?data/authors\.ya?ml$")
_HIDDEN = frozenset({"draft", "hidden", "private", "unlisted"})


def accepts(archive: Archive) -> bool:
    """Whether there is any Markdown in it."""
    return any(_FILE.search(name) for name in archive.names)


def read(archive: Archive, site: str) -> Iterator[Post | Left]:
    """The posts by file. Files without front matter, pages and what a site is built of are left."""
    place = place_in(archive, site)
    known = _people(archive)
    has_posts = any("_posts/" in f"{name}" for name in archive.names)
    for name in archive.names:
        if _BUILDING.search(name):
            continue
        is_html = bool(_HTML.search(name))
        if _OTHER.search(name):
            yield Left(file=name, reason="only Markdown can be read")
        elif has_posts and not re.search(r"(?:^|/)_(?:posts|drafts)/", name) and _FILE.search(name):
            yield Left(file=name, reason="it is a page, not a post")
        elif _FILE.search(name) or (is_html and _has_front(archive, name)):
            yield from tried(name, partial(_post, replace(place, file=name), known))


def _has_front(archive: Archive, name: str) -> bool:
    return rows.beginning(archive, name).startswith(("---", "+++"))


def _post(place: MemberPlace, known: Mapping[str, Author]) -> Post | Left:
    name = place.file
    document = Document(url="", media_type="text/markdown", charset="", body=place.archive.read(name), name=name)
    text = rows.text_of(place.archive, name)
    data, written = foreign.parsed(text, document)
    if not data:
        return Left(file=name, reason="it has no front matter")
    parts = name.split("/")
    stem = parts[-1].rpartition(".")[0]
    if stem == "_index" or said(data, "layout", "type") == "page" or (len(parts) > 1 and parts[-2] == "pages"):
        return Left(file=name, reason="it is a page, not a post")
    stem = parts[-2] if stem == "index" and len(parts) > 1 else stem
    dated = _DATED.fullmatch(stem)
    article = _article(foreign.article(data, document), known)
    article = replace(
        article,
        id=_id(data, name),
        published=article.published or (moment(dated[1]) if dated else None),
        tags=tuple(dict.fromkeys((*article.tags, *foreign.tags(data.get("categories"))))),
    )
    body = (bodies.of_html if _HTML.search(name) else bodies.of_markdown)(article, written.strip("\n"), place)
    return Post(
        file=name,
        article=body.article,
        slug=said(data, "slug") or (dated[2] if dated else stem),
        is_public=_is_public(data, parts),
        notes=body.notes,
        pictures=body.pictures,
    )


def _id(data: foreign.Data, name: str) -> str:
    """The id that the file names, when it is one for the whole world; else one of its own name or place."""
    own = said(data, "guid", "uuid", "id")
    return own if links.is_absolute(own) else f"markdown/{own or name}"


def _article(article: Article, known: Mapping[str, Author]) -> Article:
    """The article with its authors one by one, and where it was first published."""
    authors: list[Author] = []
    for author in article.authors:
        names = [part.strip() for part in author.name.split(";")] if not author.url else [author.name]
        authors += [known.get(name) or replace(author, name=name) for name in names if name]
    source = article.source
    if article.url and not (source.title or source.url):
        source = Source(title=links.host(article.url), url="/".join(article.url.split("/", 3)[:3]) + "/")
    is_named = bool(article.url or source.title or source.url)
    return replace(
        article,
        authors=people.complete(authors, ()),
        source=replace(source, syndicate="full") if is_named else source,
    )


def _is_public(data: foreign.Data, parts: list[str]) -> bool:
    """Whether nothing says that it is a draft."""
    says_so = said(data, "published").lower() in {"false", "no"} or data.get("published") is False
    return not (
        says_so
        or rows.is_so(data, "draft")
        or said(data, "status").lower() in _HIDDEN
        or {"_drafts", "drafts"} & set(parts)
    )


def _people(archive: Archive) -> dict[str, Author]:
    """The authors that a site keeps in a file of data, by the key that its posts name."""
    found: dict[str, Author] = {}
    for name in archive.names:
        if not _PEOPLE.search(name):
            continue
        try:
            data = frontmatter.parse(f"---\n{rows.text_of(archive, name)}\n---\n", file=name).data
        except (IssueError, GatherError):
            continue
        for key, value in data.items():
            person = foreign.article({"author": value}, Document(url="", media_type="", charset="", body=b"")).authors
            found |= {key: person[0]} if person and isinstance(value, dict) else {}
    return found
