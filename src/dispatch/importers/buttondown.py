"""Buttondown's letters: a table of them as CSV or JSON, or a file each as its command line keeps them.

Settings, Exporting; or ``buttondown pull``. The text is Markdown, or HTML where the letter was written in the other of
its two editors. Buttondown does not say who wrote a letter, unless its front matter does.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from dispatch import frontmatter, links
from dispatch.archives import bodies, rows
from dispatch.archives.nouns import Archive, Left, Post, leave_broken, tried
from dispatch.archives.pictures import MemberPlace, place_in
from dispatch.archives.rows import Row, moment, said
from dispatch.errors import GatherError, IssueError
from dispatch.model import Article, Document, Image, Source
from dispatch.readers import entries, foreign

_TABLE = re.compile(r"(?:^|/)(?:emails?|archives?|newsletters?)\.(?:csv|json)$", re.IGNORECASE)
_FILE = re.compile(r"\.(?:md|markdown)$", re.IGNORECASE)
_MODE = re.compile(r"\s*<!--\s*buttondown-editor-mode:\s*(\w+)\s*-->\s*")
# A letter's columns, or its keys, are told by one of them.
_HEAD = re.compile(r"\A[^\n]*\bsubject\b|\A\s*[\[{].*\"subject\"", re.DOTALL)
_PUBLIC = frozenset({"sent", "imported", "published", "resending"})
_LETTER_KEYS = frozenset({"subject", "email_type", "publish_date", "secondary_id", "status"})


def accepts(archive: Archive) -> bool:
    """Whether there is a table of letters, or a file with a subject in its front matter."""
    return bool(_tables(archive)) or any(_letter(archive, name) for name in archive.names)


def read(archive: Archive, site: str) -> Iterator[Post | Left]:
    """The letters, those of the tables first; a table that cannot be read is left."""
    place = place_in(archive, site)
    for name in _tables(archive):
        try:
            letters = _rows(archive, name)
        except GatherError as error:
            yield from leave_broken(name, error)
            continue
        for number, row in enumerate(letters, 1):
            label = f"{name}: {said(row, 'slug', 'subject', 'id') or number}"
            here = replace(place, file=name)
            yield from tried(label, partial(_post, row, Article(), here, label))
    for name in archive.names:
        if _FILE.search(name):
            yield from tried(name, partial(_of_file, name, replace(place, file=name)))


def _tables(archive: Archive) -> list[str]:
    return [name for name in archive.names if _TABLE.search(name) and _HEAD.search(rows.beginning(archive, name))]


def _rows(archive: Archive, name: str) -> list[Row]:
    text = rows.text_of(archive, name)
    if name.lower().endswith(".csv"):
        return rows.of_csv(text)
    found = rows.of_json(text)
    return rows.tables(found) or rows.tables(rows.table(found).get("results"))


def _letter(archive: Archive, name: str) -> bool:
    """Whether a file is a letter by what stands at its head."""
    if not _FILE.search(name):
        return False
    head = frontmatter.split(rows.beginning(archive, name))[0]
    keys = set(re.findall(r"^([a-z_]+):", head, re.MULTILINE))
    return "subject" in keys and len(keys & _LETTER_KEYS) > 1


def _of_file(name: str, place: MemberPlace) -> Post | Left:
    text = rows.text_of(place.archive, name)
    try:
        parsed = frontmatter.parse(text, file=name)
    except IssueError as error:
        raise GatherError(*error.faults) from error
    if not said(parsed.data, "subject", "title"):
        return Left(file=name, reason="it has no subject")
    told, _ = foreign.split(text, Document(url="", media_type="text/markdown", charset="", body=b"", name=name))
    stem = name.rpartition("/")[2].rpartition(".")[0]
    return _post({"slug": stem, **parsed.data, "body": parsed.body}, told, place, name)


def _post(row: Row, told: Article, place: MemberPlace, label: str) -> Post | Left:
    kind = said(row, "email_type") or "public"
    url = said(row, "canonical_url", "absolute_url")
    url = url if links.is_web(url) else ""
    title = entries.plain(said(row, "subject", "title"))
    written = said(row, "body", "content", "text")
    if not written:
        return Left(file=label, reason=f"“{title}” has no text")
    image = said(row, "image", "image_url")
    host = links.host(url)
    article = Article(
        id=f"buttondown/{said(row, 'id', 'secondary_id') or said(row, 'slug') or label}",
        url=url,
        title=title,
        summary=entries.plain(said(row, "description")),
        authors=told.authors,
        certainty=told.certainty if told.authors else "unknown",
        source=Source(title=host, url="/".join(url.split("/", 3)[:3]) + "/", syndicate="full") if url else Source(),
        published=moment(said(row, "publish_date", "published", "creation_date", "date"), is_utc=True),
        image=Image(url=image) if image else None,
        tags=told.tags,
    )
    mode = _MODE.match(written)
    written = written[mode.end() :] if mode else written
    is_html = mode[1] == "fancy" if mode else written.lstrip().startswith(("<p", "<div", "<!doctype", "<h"))
    body = (bodies.of_html if is_html else bodies.of_markdown)(article, written, place)
    return Post(
        file=label,
        article=body.article,
        slug=said(row, "slug"),
        is_public=said(row, "status") in _PUBLIC,
        held="" if kind == "public" else f"not everybody could read it there ({kind})",
        notes=body.notes,
        pictures=body.pictures,
    )
