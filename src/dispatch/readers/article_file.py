"""Read an article's own file, as dispatch keeps it in ``issues/``: with its id, and every key as what it is there.

A file of one's own without an id, or with keys of another system too, is read as Markdown with front matter; the keys
that only dispatch has are what they are here all the same.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import get_args

from dispatch import commonmark, from_mapping, frontmatter, html, links
from dispatch.deferred import defer_pattern
from dispatch.errors import GatherError, IssueError
from dispatch.model import Article, Author, Document, Fault, Layout, Source, Terms
from dispatch.readers import charset, moments

_FENCE = defer_pattern(rb"\xef\xbb\xbf|\s*---[ \t]*\r?\n")
_KEYS = frozenset(column.key for column in from_mapping.list_columns(Article)) - {"content", "markdown"}
# No other system has these: what aliases have no names for, without what is no editor's to say.
_OURS = frozenset({"corrections", "enclosures", "former_urls", "note", "own", "syndicate", "terms", "withdrawn"})


def accepts(document: Document) -> bool:
    """Whether its head has an absolute id and a title, or keys that only an article's file has.

    From the web it is none of ours: what is withdrawn, corrected or shown in full here is not a stranger's to say.
    """
    if links.is_web_address(document.name) or not _FENCE.match(document.body):
        return False
    from dispatch.readers import markdown  # what reads strangers' texts costs more than our own

    with suppress(IssueError):
        data = frontmatter.parse_front_matter(charset.decode_document(document)).data
        return _is_whole(data) or (markdown.accepts(document) and not _OURS.isdisjoint(data))
    return False


def read(document: Document, faults: list[Fault] | None = None) -> list[Article]:
    """Read the article; an author or a source that is named by a key has that key as its name. Raises GatherError.

    faults: gets what of a file without an id was left out.
    """
    front = frontmatter.parse_front_matter(charset.decode_document(document), file=document.name)
    if not _is_whole(front.data):
        from dispatch.readers import markdown

        return [_add_ours(one, front, document, faults) for one in markdown.read(document, faults)]
    data = dict(front.data)
    terms = data.pop("syndicate", None)
    if terms is not None:
        data["source"] = {**_as_source(data.get("source")), "syndicate": terms}
    reading = from_mapping.FileReading(file=document.name, lines=front.lines)
    is_html = document.media_type in {"text/html", "application/xhtml+xml"} or front.body.lstrip().startswith("<")
    body = front.body.strip("\n")
    article = from_mapping.read_noun(
        Article,
        data,
        reading,
        given={
            "own": False,
            "content": html.sanitise_html(body, document.url) if is_html else commonmark.to_html(body, document.url),
            "markdown": "" if is_html else body,
        },
        special={
            "authors": _read_authors,
            "source": _read_source,
            "published": _read_moment,
            "updated": _read_moment,
            "terms": read_terms,
        },
    )
    if article is None:
        raise GatherError(*reading.faults)
    return [drop_counter(article)]


def _is_whole(data: Mapping[str, object]) -> bool:
    is_ours = not data.keys() - _KEYS - {"syndicate"} and data.get("layout") in (None, *get_args(Layout))
    return "title" in data and links.is_absolute(str(data.get("id"))) and is_ours


def _add_ours(
    article: Article, front: frontmatter.FrontMatter, document: Document, faults: list[Fault] | None
) -> Article:
    """Add to an article that was read as Markdown the keys that only dispatch has; ``faults`` gets the wrong ones."""
    reading = from_mapping.FileReading(file=document.name, lines=front.lines)
    for key in sorted(_OURS & front.data.keys()):
        said = {key: front.data[key]}
        if key == "syndicate":
            source = from_mapping.read_noun(Source, said, reading, defaults=article.source)
            article = replace(article, source=source or article.source)
        elif one := from_mapping.read_noun(Article, said, reading, given={"own": False}, special={"terms": read_terms}):
            name = "confirmed_own" if key == "own" else key
            article = replace(article, **{name: getattr(one, name)})
    if faults is not None:
        faults += (replace(fault, what=f"{fault.what}; left out") for fault in reading.faults)
    return drop_counter(article)


def read_terms(value: object, at: str, reading: from_mapping.FileReading) -> Terms | None:
    """Read what a publisher asks for; its line is sanitised. Raises ValueError."""
    if not isinstance(value, Mapping):
        raise ValueError("must be a table")  # noqa: TRY004 - a fault of the file, not of the program
    terms = from_mapping.read_noun(Terms, value, reading, path=at)
    try:
        line = html.sanitise_line(terms.line) if terms else ""
    except GatherError as error:
        raise ValueError(error.faults[0].what) from error
    if terms and line.count("href=") != terms.line.count("href="):
        raise ValueError("line: its links must be whole, as https://wire.example/a")
    if terms and terms.counter and not links.is_web_address(terms.counter):
        raise ValueError("counter: must be a web address")
    return terms and replace(terms, line=line)


def drop_counter(article: Article) -> Article:
    """Drop the picture by which the publisher counts readers from an article's text: ``terms`` alone have it."""
    counter = article.terms.counter if article.terms else ""
    if not counter:
        return article
    image = None if article.image and article.image.url == counter else article.image
    return replace(article, content=html.drop_image(article.content, counter), image=image)


def _as_source(value: object) -> Mapping[str, object]:
    return {"key": value} if isinstance(value, str) else value if isinstance(value, Mapping) else {}


def _read_source(value: object, at: str, reading: from_mapping.FileReading) -> Source | None:
    return from_mapping.read_noun(Source, _as_source(value), reading, path=at)


def _read_authors(value: object, at: str, reading: from_mapping.FileReading) -> tuple[Author | None, ...]:
    """Read authors: mappings, or keys of an authors.toml, which only the publication knows."""
    found: list[Author | None] = []
    for item in value if isinstance(value, list) else [value]:
        said = item if isinstance(item, Mapping) else {"name": str(item)}
        mailboxes = _name_mailboxes(str(said.get("name") or said.get("email") or ""))
        found += mailboxes or [from_mapping.read_noun(Author, said, reading, path=at)]
    return tuple(found)


def _name_mailboxes(written: str) -> list[Author]:
    if "@" not in written:
        return []
    from dispatch.readers import contacts

    return contacts.name_mailboxes(written)


def _read_moment(value: object, _at: str, _reading: from_mapping.FileReading) -> object:
    """Read a moment; without an offset it stays naive, for the publication's time zone is not known here."""
    moment = moments.parse_date(str(value))
    if moment is None:
        raise ValueError("is no date")
    return moment
