"""What of an article, a section or an issue is edited in place: each field as a text, and back. Pure.

In the tables, a field has what reads its text, empty where there is no value, and what makes the noun with another one,
which raises IssueError where the text is none.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar, cast, get_args
from zoneinfo import ZoneInfo

from dispatch import compose
from dispatch.errors import IssueError
from dispatch.model import Article, Author, Image, Issue, Layout, Publication, Section, Syndicate

Noun = TypeVar("Noun", Article, Section, Issue)


class Field(NamedTuple, Generic[Noun]):
    """A field in a form."""

    read: Callable[[Noun], str]
    write: Callable[[Noun, str, Publication], Noun]


def read_fields(noun: Noun, table: Mapping[str, Field[Noun]]) -> dict[str, str]:
    """Read all fields as they stand in a form."""
    return {name: field.read(noun) for name, field in table.items()}


def parse_people(text: str) -> tuple[Author, ...]:
    """Parse people, a line each: ``Ada Quay``, or ``Ada Quay = https://paper.example/ada``. Raises IssueError."""
    people = []
    for line in filter(str.strip, text.splitlines()):
        name, _, url = (part.strip() for part in line.partition("="))
        if not name:
            raise IssueError("there is no name before the equals sign", address=line)
        people.append(Author(name=name, url=url))
    return tuple(people)


def _require_title(text: str) -> str:
    if not text:
        raise IssueError("a title cannot be empty")
    return text


def _require_layout(text: str) -> Layout | None:
    return cast("Layout | None", _require_one_of(text, get_args(Layout)))


def _require_one_of(text: str, words: tuple[str, ...]) -> str | None:
    if text and text not in words:
        raise IssueError(f"“{text}” is none of {', '.join(words)}")
    return text or None


def _write_day(article: Article, text: str, publication: Publication) -> Article:
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise IssueError(f"“{text}” is no date", hint="Write 2026-11-22, or 2026-11-22T08:00.") from error
    moment = read if read.tzinfo else read.replace(tzinfo=ZoneInfo(publication.timezone))
    return replace(article, published=moment, date_certainty="certain")


def _read_day(article: Article) -> str:
    moment = article.published
    return "" if not moment else f"{moment:%Y-%m-%d}" if f"{moment:%H%M%S}" == "000000" else moment.isoformat()


def _write_words(article: Article, text: str, _: Publication) -> Article:
    if text and not (text.isdecimal() and 0 < int(text[:9]) < 10_000):
        raise IssueError(f"“{text}” is no number of words")
    return replace(article, source=replace(article.source, excerpt_words=int(text) if text else None))


def _write_policy(article: Article, text: str, _: Publication) -> Article:
    policy = cast("Syndicate | None", _require_one_of(text, get_args(Syndicate)))
    return replace(article, source=replace(article.source, syndicate=policy))


def _change_image(article: Article, change: Callable[[Image], Image]) -> Article:
    if article.image is None:
        raise IssueError("there is no picture yet", subject=article.file, hint="Write its address first.")
    return replace(article, image=change(article.image))


def _write_image(article: Article, text: str, _: Publication) -> Article:
    if not text:
        return replace(article, image=None)
    return replace(article, image=replace(article.image, url=text) if article.image else Image(url=text))


def _format_people(article: Article) -> str:
    return "\n".join(f"{one.name} = {one.url}" if one.url else one.name for one in article.authors)


ISSUE: Mapping[str, Field[Issue]] = {
    "title": Field(lambda one: one.title, lambda one, text, _: replace(one, title=_require_title(text))),
    "subject": Field(lambda one: one.subject, lambda one, text, _: replace(one, subject=text)),
    "preheader": Field(lambda one: one.preheader, lambda one, text, _: replace(one, preheader=text)),
}
SECTION: Mapping[str, Field[Section]] = {
    "title": Field(lambda one: one.title, lambda one, text, _: replace(one, title=text)),
    "layout": Field(lambda one: one.layout or "", lambda one, text, _: replace(one, layout=_require_layout(text))),
}
ARTICLE: Mapping[str, Field[Article]] = {
    "title": Field(lambda one: one.title, lambda one, text, _: replace(one, title=_require_title(text))),
    "dek": Field(lambda one: one.dek, lambda one, text, _: replace(one, dek=text)),
    "note": Field(lambda one: one.note, lambda one, text, _: replace(one, note=text)),
    "authors": Field(
        _format_people,
        lambda one, text, publication: compose.settle_credit(one, parse_people(text), publication=publication),
    ),
    "published": Field(_read_day, _write_day),
    "url": Field(lambda one: one.url, lambda one, text, _: replace(one, url=text)),
    "layout": Field(lambda one: one.layout or "", lambda one, text, _: replace(one, layout=_require_layout(text))),
    "syndicate": Field(lambda one: one.source.syndicate or "", _write_policy),
    "words": Field(lambda one: str(one.source.excerpt_words or ""), _write_words),
    "image": Field(lambda one: one.image.url if one.image else "", _write_image),
    "alt": Field(
        lambda one: (one.image and one.image.alt) or "",
        lambda one, text, _: _change_image(one, lambda image: replace(image, alt=text)),
    ),
    "caption": Field(
        lambda one: one.image.caption if one.image else "",
        lambda one, text, _: _change_image(one, lambda image: replace(image, caption=text)),
    ),
    "picture_credit": Field(
        lambda one: one.image.credit if one.image else "",
        lambda one, text, _: _change_image(one, lambda image: replace(image, credit=text)),
    ),
}
