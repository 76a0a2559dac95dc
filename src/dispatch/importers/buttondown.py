"""Buttondown's newsletters: a table of them as CSV or JSON, or a file each as its command line keeps them.

Settings, Exporting; or ``buttondown pull``. The text is Markdown, or HTML where it was written in the other of its two
editors. Buttondown does not say who wrote an issue, unless its front matter does.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from dispatch import frontmatter
from dispatch.importers import content, tabular
from dispatch.importers.pictures import PostPlace, place_posts
from dispatch.importers.posts import Export, Post
from dispatch.importers.skipped import BIN, SCHEDULED, UNTITLED, NotImported, try_post, try_rows
from dispatch.importers.tabular import Row, pick_text
from dispatch.model import Article, Document, Image
from dispatch.readers import fields, frontmatter_aliases

_TABLE = re.compile(r"(?:^|/)(?:emails?|archives?|newsletters?)\.(?:csv|json)$", re.IGNORECASE)
_FILE = re.compile(r"\.(?:md|markdown)$", re.IGNORECASE)
_MODE = re.compile(r"\s*<!--\s*buttondown-editor-mode:\s*(\w+)\s*-->\s*")
# An issue's columns, or its keys, are told by one of them.
_HEAD = re.compile(r"\A[^\n]*\bsubject\b|\A\s*[\[{].*\"subject\"", re.DOTALL)
_PUBLIC = frozenset({"sent", "imported", "published", "resending"})
_WAITING = frozenset({"scheduled", "about_to_send", "in_flight", "paused", "throttled"})
_KEYS = frozenset({"subject", "email_type", "publish_date", "secondary_id", "status"})


def accepts(export: Export) -> bool:
    """Whether there is a table of issues, or a file with a subject in its front matter."""
    return bool(_list_tables(export)) or any(_has_keys(export, name) for name in export.names)


def read(export: Export, site: str) -> Iterator[Post | NotImported]:
    """Read the issues, those of the tables first; a table that cannot be read is reported.

    A row without a text has it in a Markdown file of its slug's name.
    """
    place = place_posts(export, site)
    files = {_find_stem(name): name for name in export.names if _FILE.search(name)}
    read: set[str] = set()
    for name in _list_tables(export):
        rows = yield from try_rows(name, partial(tabular.read_rows, export, name))
        for number, row in enumerate(rows, 1):
            label = f"{name}: {pick_text(row, 'slug', 'subject', 'id') or number}"
            beside = "" if _pick_body(row) else files.get(pick_text(row, "slug"), "")
            if beside in read:
                continue  # the same table as CSV and as JSON
            read.update({beside} - {""})
            here = replace(place, file=beside or name)
            make = (
                partial(_read_file, beside, here, row) if beside else partial(_make_post, row, Article(), here, label)
            )
            yield from try_post(beside or label, make)
    for name in files.values():
        if name not in read:
            yield from try_post(name, partial(_read_file, name, replace(place, file=name), {}))


def _list_tables(export: Export) -> list[str]:
    return [name for name in export.names if _TABLE.search(name) and _HEAD.search(tabular.read_beginning(export, name))]


def _find_stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]


def _pick_body(row: Row) -> str:
    return pick_text(row, "body", "content", "text")


def _has_keys(export: Export, name: str) -> bool:
    """Whether a Markdown file has the keys of Buttondown's issues at its head."""
    if not _FILE.search(name):
        return False
    head = frontmatter.split_front_matter(tabular.read_beginning(export, name))[0]
    keys = set(re.findall(r"^([a-z_]+):", head, re.MULTILINE))
    return "subject" in keys and len(keys & _KEYS) > 1


def _read_file(name: str, place: PostPlace, row: Row) -> Post | NotImported:
    """Read an issue's file; what its front matter says stands above what its row does."""
    document = Document(url="", media_type="text/markdown", charset="", body=b"", name=name)
    data, written = frontmatter_aliases.parse_keys(tabular.read_text(place.export, name), document)
    if not pick_text({**row, **data}, "subject", "title"):
        return NotImported(file=name, reason=UNTITLED)
    said = {"slug": _find_stem(name), **row, **data, "body": written}
    return _make_post(said, frontmatter_aliases.build_article(data, document), place, name)


def _make_post(row: Row, front: Article, place: PostPlace, label: str) -> Post | NotImported:
    """Make a post of a row. front: what a file's front matter says besides."""
    url = content.pick_web_address(pick_text(row, "canonical_url", "absolute_url"))
    title = fields.read_line(pick_text(row, "subject", "title"))
    slug, written, status = pick_text(row, "slug"), _pick_body(row), pick_text(row, "status").lower()
    if status == "deleted":
        return NotImported(file=label, reason=BIN, title=title)
    image = pick_text(row, "image", "image_url")
    article = Article(
        id=f"buttondown/{pick_text(row, 'id', 'secondary_id', 'slug') or label}",
        url=url,
        former_urls=content.list_former(place, url, f"archive/{slug}/" if slug else ""),
        title=title,
        summary=fields.read_line(pick_text(row, "description")),
        authors=front.authors,
        certainty=front.certainty if front.authors else "unknown",
        source=content.name_old_site(url),
        published=tabular.parse_moment(
            pick_text(row, "publish_date", "published", "creation_date", "date"), is_utc=True
        ),
        image=Image(url=image) if image else None,
        tags=front.tags,
    )
    post = Post(
        file=label,
        article=article,
        slug=slug,
        is_public=(status or (pick_text(row, "publish_date") and "sent")) in _PUBLIC,
        held=SCHEDULED if status in _WAITING else content.describe_audience(pick_text(row, "email_type")),
    )
    mode = _MODE.match(written)
    written = written[mode.end() :] if mode else written
    is_html = mode[1] == "fancy" if mode else written.lstrip().startswith(("<p", "<div", "<!doctype", "<h"))
    return (content.fill_html if is_html else content.fill_markdown)(post, written, place)
