"""A folder of Markdown with front matter, as Hugo, Jekyll, Eleventy, Pelican and their kin keep it.

``readers.frontmatter_aliases`` knows what a key means; this room reads what a file's place and name say: ``_posts``,
``_drafts``, ``2024-05-06-the-slug.md``, ``the-slug/index.md``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from dispatch import frontmatter, links
from dispatch.errors import GatherError, IssueError
from dispatch.importers import content, permalinks, tabular
from dispatch.importers.pictures import PostPlace, place_posts
from dispatch.importers.posts import Export, Post
from dispatch.importers.skipped import PAGE, NotImported, try_post
from dispatch.importers.tabular import pick_text
from dispatch.model import Article, Author, Document
from dispatch.readers import frontmatter_aliases, people
from dispatch.readers.fields import parse_date

_FILE = re.compile(r"\.(?:md|markdown|mdown|mkdn?)$", re.IGNORECASE)
_HTML = re.compile(r"\.html?$", re.IGNORECASE)
_OTHER = re.compile(r"\.(?:mdx|rst|adoc|asciidoc|org|textile)$", re.IGNORECASE)
# What a site is built of, and where its builder puts what it has built.
_BUILDING = re.compile(
    r"(?:^|/)(?:node_modules|_?layouts|_?includes|_site|public|themes|templates|archetypes|vendor)/|(?:^|/)(?:readme|changelog|license|contributing)\.[a-z]+$",
    re.IGNORECASE,
)
_DATED = re.compile(r"(\d{4}-\d\d?-\d\d?)[-_](.+)")
_LEADS_ON = re.compile(r"""^redirect_to:\s*(?:-\s*|\[\s*)?["']?([^\s"'\]]+)""", re.MULTILINE)
_PEOPLE = re.compile(r"(?:^|/)_?data/authors\.ya?ml$")
_HIDDEN = frozenset({"draft", "hidden", "private", "unlisted"})


def accepts(export: Export) -> bool:
    """Whether there is any Markdown in it."""
    return any(_FILE.search(name) for name in export.names)


def read(export: Export, site: str) -> Iterator[Post | NotImported]:
    """Read the posts by file. Files without front matter, pages and what a site is built of are not imported."""
    old = permalinks.read_settings(export)
    place = place_posts(export, site or content.pick_web_address(old.url))
    known = _read_people(export)
    leading = _read_leading(export, place, known, old)
    has_posts = any("_posts/" in f"{name}" for name in export.names)
    for name in export.names:
        if _BUILDING.search(name):
            continue
        if _OTHER.search(name):
            yield NotImported(file=name, reason="only Markdown can be read")
        elif name in leading:
            yield NotImported(file=name, reason=f"it only leads on to {leading[name].url}")
        elif not _FILE.search(name) and not (
            _HTML.search(name) and tabular.read_beginning(export, name).startswith(("---", "+++"))
        ):
            continue
        elif has_posts and not re.search(r"(?:^|/)_(?:posts|drafts)/", name):
            yield NotImported(file=name, reason=PAGE)
        else:
            for post in try_post(name, partial(_read_markdown, replace(place, file=name), known, old)):
                yield _add_leading(post, leading) if isinstance(post, Post) else post


def _read_leading(
    export: Export, place: PostPlace, known: Mapping[str, Author], old: permalinks.OldSite
) -> dict[str, Article]:
    """Read the files that only lead on, as those of jekyll-redirect-from do: where to, and from which addresses."""
    found: dict[str, Article] = {}
    for name in export.names:
        if not _FILE.search(name) or not _LEADS_ON.search(tabular.read_beginning(export, name)):
            continue
        is_post = re.search(r"(?:^|/)_(?:posts|drafts)/", name)
        rule = old if is_post else replace(old, jekyll=f"/{name.rpartition('.')[0]}.html")
        try:
            post = _read_markdown(replace(place, file=name), known, rule)
        except GatherError:
            continue
        written = tabular.read_text(export, name)
        to = _LEADS_ON.search(written)
        if isinstance(post, Post) and to:
            found[name] = replace(post.article, url=links.resolve_address(place.site, to[1]))
    return found


def _add_leading(post: Post, leading: Mapping[str, Article]) -> Post:
    """Give a post the addresses of all that led on to it."""
    own = {post.article.url, *post.article.former_urls}
    more = [url for one in leading.values() if one.url in own for url in one.former_urls]
    former = tuple(dict.fromkeys((*post.article.former_urls, *more)))
    return replace(post, article=replace(post.article, former_urls=former))


def _read_markdown(place: PostPlace, known: Mapping[str, Author], old: permalinks.OldSite) -> Post | NotImported:
    name = place.file
    document = Document(url="", media_type="text/markdown", charset="", body=place.export.read(name), name=name)
    text = tabular.read_text(place.export, name)
    data, written = frontmatter_aliases.parse_keys(text, document)
    if not data:
        return NotImported(file=name, reason="it has no front matter")
    parts = name.split("/")
    if why := _find_objection(data, parts, place.export.names):
        return NotImported(file=name, reason=why)
    stem = parts[-1].rpartition(".")[0]
    if stem == "_index" or pick_text(data, "layout", "type") == "page" or (len(parts) > 1 and parts[-2] == "pages"):
        return NotImported(file=name, reason=PAGE)
    stem = parts[-2] if stem == "index" and len(parts) > 1 else stem
    dated = _DATED.fullmatch(stem)
    day = _parse_day(dated[1]) if dated else None
    slug = pick_text(data, "slug") or (dated[2] if dated else stem)
    article = _complete_article(frontmatter_aliases.build_article(data, document), known)
    article = replace(
        article,
        id=_pick_id(data, name),
        published=_find_later(article.published or day, parse_date(pick_text(data, "publishdate"))),
        tags=tuple(dict.fromkeys((*article.tags, *frontmatter_aliases.parse_tags(data.get("categories"))))),
    )
    addresses = old.list_old_addresses(name, data, slug, stem, article.published)
    article = replace(article, former_urls=content.list_former(place, *addresses))
    post = Post(
        file=name,
        article=article,
        slug=slug,
        is_public=_is_public(data, parts),
        held="it had a day on which it was to go" if data.get("expirydate") else "",
    )
    fill = content.fill_html if _HTML.search(name) else content.fill_markdown
    return fill(post, written.strip("\n"), place)


def _find_later(day: datetime | None, other: datetime | None) -> datetime | None:
    """Return the later of two days; what is dated ahead was not to be seen yet."""
    if day is None or other is None or (day.tzinfo is None) != (other.tzinfo is None):
        return day or other
    return max(day, other)


def _find_objection(data: frontmatter_aliases.Data, parts: list[str], names: Sequence[str]) -> str:
    """Say why Hugo shows no page of its own for a file; empty when it does."""
    build = data.get("build") or data.get("_build")
    render = str(build.get("render", "")).lower() if isinstance(build, dict) else ""
    if tabular.is_true(data, "headless") or render in {"never", "false"}:
        return "it had no page of its own"
    beside = "/".join([*parts[:-1], "index.md"])
    if parts[-1] != "index.md" and beside in names:
        return "it is a part of another post"
    return PAGE if parts[:1] == ["content"] and len(parts) == 2 else ""


def _parse_day(written: str) -> datetime | None:
    """Parse a day whose month or day may have one digit."""
    return parse_date("-".join(part.zfill(2) for part in written.split("-")))


def _pick_id(data: frontmatter_aliases.Data, name: str) -> str:
    """Return the front matter's id if it is an absolute IRI, else one made of that id or the file's path."""
    own = pick_text(data, "guid", "uuid", "id")
    return own if links.is_absolute(own) else f"markdown/{own or name}"


def _complete_article(article: Article, known: Mapping[str, Author]) -> Article:
    """Part the authors that one line names, and say where the article was first published."""
    authors: list[Author] = []
    for author in article.authors:
        names = [part.strip() for part in author.name.split(";")] if not author.url else [author.name]
        authors += [known.get(name) or replace(author, name=name) for name in names if name]
    is_named = article.source.title or article.source.url
    source = replace(article.source, syndicate="full") if is_named else content.name_old_site(article.url)
    certainty = people.limit_certainty(authors, "certain" if authors else "unknown")
    return replace(article, authors=people.merge_authors(authors, ()), certainty=certainty, source=source)


def _is_public(data: frontmatter_aliases.Data, parts: list[str]) -> bool:
    """Whether nothing says that it is a draft."""
    says_so = pick_text(data, "published").lower() in {"false", "no"} or data.get("published") is False
    return not (
        says_so
        or tabular.is_true(data, "draft")
        or pick_text(data, "status").lower() in _HIDDEN
        or {"_drafts", "drafts"} & set(parts)
    )


def _read_people(export: Export) -> dict[str, Author]:
    """Read the authors that a site keeps in a file of data, by the key that its posts name."""
    found: dict[str, Author] = {}
    for name in export.names:
        if not _PEOPLE.search(name):
            continue
        try:
            data = frontmatter.parse_front_matter(f"---\n{tabular.read_text(export, name)}\n---\n", file=name).data
        except (IssueError, GatherError):
            continue
        for key, value in data.items():
            person = frontmatter_aliases.build_article(
                {"author": value}, Document(url="", media_type="", charset="", body=b"")
            ).authors
            found |= {key: person[0]} if person and isinstance(value, dict) else {}
    return found
