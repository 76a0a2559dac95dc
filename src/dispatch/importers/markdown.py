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
from dispatch.readers import frontmatter_aliases, markdown_dialects, people
from dispatch.readers.moments import parse_date

_FILE = re.compile(r"\.(?:md|markdown|mdown|mkdn?)$", re.IGNORECASE)
_HTML = re.compile(r"\.html?$", re.IGNORECASE)
_OTHER = re.compile(r"\.(?:mdx|rst|adoc|asciidoc|org|textile)$", re.IGNORECASE)
# What a site is built of, and where its builder puts what it has built.
_BUILDING = re.compile(
    r"(?:^|/)(?:node_modules|_?layouts|_?includes|_site|public|themes|templates|archetypes|vendor)/|(?:^|/)(?:readme|changelog|license|contributing)\.[a-z]+$",
    re.IGNORECASE,
)
_DATED = re.compile(r"(\d{4}-\d\d?-\d\d?)[-_](.+)")
# Jekyll's post_url and link, Hugo's ref and relref: a post named by its file.
_REFERENCE = re.compile(
    r"(?:\{\{\s?site\.(?:base)?url\s?\}\}){0,2}\{%-?\s?(?:post_url|link)\s(?P<jekyll>[^\s{}%]{1,300})\s?-?%\}"
    r"|\{\{[<%]\s?(?:rel)?ref\s\"?(?P<hugo>[^\s\"{}]{1,300})\"?\s?[>%]\}\}"
)
_SUFFIX = re.compile(r"(?:/_?index)?\.[a-z]{2,8}$")
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
    document = _open_markdown(place.export, name)
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
    article = _complete_article(frontmatter_aliases.build_article(data, document), known)
    article = replace(
        article,
        id=_pick_id(data, name),
        published=_find_day(name, data, article),
        tags=tuple(dict.fromkeys((*article.tags, *frontmatter_aliases.parse_tags(data.get("categories"))))),
    )
    article = replace(article, former_urls=_list_former(place, data, article.published, old))
    post = Post(
        file=name,
        article=article,
        slug=_split_name(name, data)[2],
        is_public=_is_public(data, parts),
        held="it had a day on which it was to go" if data.get("expirydate") else "",
    )
    fill = content.fill_html if _HTML.search(name) else content.fill_markdown
    return fill(post, _resolve_references(written.strip("\n"), place, old), place)


def _split_name(name: str, data: frontmatter_aliases.Data) -> tuple[str, str, str]:
    """Split a post's name from its file's place: its stem, the day in it, and the slug."""
    folder, _, stem = name.rpartition(".")[0].rpartition("/")
    stem = folder.rpartition("/")[2] if stem == "index" and folder else stem
    day, rest = dated.groups() if (dated := _DATED.fullmatch(stem)) else ("", stem)
    return stem, day, pick_text(data, "slug") or rest


def _find_day(name: str, data: frontmatter_aliases.Data, article: Article) -> datetime | None:
    """Find the day from which a post could be seen: that of its keys, else of its file's name."""
    day = _split_name(name, data)[1]
    published = article.published or (_parse_day(day) if day else None)
    return _find_later(published, parse_date(pick_text(data, "publishdate")))


def _list_former(
    place: PostPlace, data: frontmatter_aliases.Data, day: datetime | None, old: permalinks.OldSite
) -> tuple[str, ...]:
    """List the addresses that a post had; its own comes first."""
    stem, _, slug = _split_name(place.file, data)
    return content.list_former(place, *old.list_old_addresses(place.file, data, slug, stem, day))


def _resolve_references(written: str, place: PostPlace, old: permalinks.OldSite) -> str:
    """Write the address that a post had where another names its file; what is no post's stays, and is reported."""

    def write_address(match: re.Match[str]) -> str:
        path, mark, part = (match["jekyll"] or match["hugo"]).partition("#")
        wanted = f"/{_SUFFIX.sub('', path.lstrip('/'))}"
        found = [name for name in place.export.names if f"/{_SUFFIX.sub('', name)}".endswith(wanted)]
        if len(found) != 1 or not _FILE.search(found[0]):
            return match[0]
        text, document = tabular.read_text(place.export, found[0]), _open_markdown(place.export, found[0])
        data = frontmatter_aliases.parse_keys(text, document)[0]
        day = _find_day(found[0], data, frontmatter_aliases.build_article(data, document))
        return next(
            (f"{url}{mark}{part}" for url in _list_former(replace(place, file=found[0]), data, day, old)), match[0]
        )

    pieces = markdown_dialects.split_code(written)
    return "".join(piece if is_code else _REFERENCE.sub(write_address, piece) for piece, is_code in pieces)


def _open_markdown(export: Export, name: str) -> Document:
    return Document(url="", media_type="text/markdown", charset="", body=export.read(name), name=name)


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
