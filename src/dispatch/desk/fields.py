"""What of an article, a section or an issue is edited in place: each field as a text, and back. Pure.

In the tables, a field has what reads its text, empty where there is no value, and what makes the noun with another one,
which raises IssueError where the text is none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Generic, Literal, NamedTuple, TypeVar, cast, get_args
from zoneinfo import ZoneInfo

from dispatch import compose
from dispatch.errors import IssueError
from dispatch.model import Article, Author, Image, Issue, Layout, Publication, Section, Sponsor, Syndicate

Noun = TypeVar("Noun", Article, Section, Issue)


class Field(NamedTuple, Generic[Noun]):
    """A field in a form."""

    read: Callable[[Noun], str]
    write: Callable[[Noun, str, Publication], Noun]


def read_fields(noun: Noun, table: Mapping[str, Field[Noun]]) -> dict[str, str]:
    """Read all fields as they stand in a form."""
    return {name: field.read(noun) for name, field in table.items()}


class EditTarget(NamedTuple):
    """What is edited: an article (``key``), a section (``section``), or the issue itself, when both are empty."""

    key: str = ""
    section: str | None = None

    def find_file(self, issue: Issue) -> str:
        """Find the file that holds it. Raises IssueError when it is not in the issue."""
        return compose.find_article(issue, self.key).file if self.key else f"issues/{issue.slug}/issue.md"

    def read(self, issue: Issue, name: str) -> str:
        """Read a field. Raises IssueError where there is none of that name."""
        if self.key:
            return _require_field(ARTICLE, name).read(compose.find_article(issue, self.key))
        if self.section is not None:
            return _require_field(SECTION, name).read(compose.find_section(issue, self.section))
        return _require_field(ISSUE, name).read(issue)

    def choose_introduction(self, issue: Issue, whole: str, sections: Sequence[str]) -> str:
        """Choose its own of the introductions of the issue. Raises IssueError."""
        if self.section is None:
            return whole
        return sections[issue.sections.index(compose.find_section(issue, self.section))]

    def write(self, issue: Issue, name: str, text: str, publication: Publication) -> Issue:
        """Make the issue with another text in a field. Raises IssueError."""
        if self.key:
            article = compose.find_article(issue, self.key)
            return compose.replace_article(issue, _require_field(ARTICLE, name).write(article, text, publication))
        if self.section is None:
            return _require_field(ISSUE, name).write(issue, text, publication)
        old = compose.find_section(issue, self.section)
        if name == "title":
            return compose.rename_section(issue, old.title, text)
        new = _require_field(SECTION, name).write(old, text, publication)
        return replace(issue, sections=tuple(new if part is old else part for part in issue.sections))


def _require_field(table: Mapping[str, Field[Noun]], name: str) -> Field[Noun]:
    if name not in table:
        raise IssueError(f"there is no field “{name}” to edit here")
    return table[name]


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


def _parse_iso_day(text: str, publication: Publication) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise IssueError(f"“{text}” is no date", hint="Write 2026-11-22, or 2026-11-22T08:00.") from error
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(publication.timezone))


def _format_day(moment: datetime | None) -> str:
    return "" if not moment else f"{moment:%Y-%m-%d}" if f"{moment:%H%M%S}" == "000000" else moment.isoformat()


def _parse_number(text: str, what: str) -> int | None:
    if text and not (text.isdecimal() and 0 < int(text[:9]) < 10_000_000 and len(text) < 9):
        raise IssueError(f"“{text}” is no number {what}".rstrip())
    return int(text) if text else None


def _write_words(article: Article, text: str, _: Publication) -> Article:
    return replace(article, source=replace(article.source, excerpt_words=_parse_number(text, "of words")))


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


def _make_sponsor_field(part: Literal["name", "url", "text"]) -> Field[Noun]:
    """Make the field of one part of a sponsor, who goes with the name."""
    change: Callable[[Sponsor, str], Sponsor] = {
        "name": lambda one, text: replace(one, name=text),
        "url": lambda one, text: replace(one, url=text),
        "text": lambda one, text: replace(one, text=text),
    }[part]

    def write(noun: Noun, text: str, _: Publication) -> Noun:
        if part != "name" and text and noun.sponsor is None:
            raise IssueError("there is no sponsor yet", hint="Write the name first.")
        new = change(noun.sponsor or Sponsor(name=""), text)
        return replace(noun, sponsor=new if new.name else None)

    return Field(lambda noun: getattr(noun.sponsor, part) if noun.sponsor else "", write)


def _list_sponsor_fields() -> dict[str, Field[Noun]]:
    return {
        "sponsor": _make_sponsor_field("name"),
        "sponsor_url": _make_sponsor_field("url"),
        "sponsor_text": _make_sponsor_field("text"),
    }


# An introduction reads as HTML here and is written as Markdown: what stands in the file is asked of the files.
ISSUE: Mapping[str, Field[Issue]] = {
    "title": Field(lambda one: one.title, lambda one, text, _: replace(one, title=_require_title(text))),
    "subject": Field(lambda one: one.subject, lambda one, text, _: replace(one, subject=text)),
    "preheader": Field(lambda one: one.preheader, lambda one, text, _: replace(one, preheader=text)),
    "number": Field(
        lambda one: str(one.number or ""), lambda one, text, _: replace(one, number=_parse_number(text, "of an issue"))
    ),
    "date": Field(
        lambda one: _format_day(one.date), lambda one, text, said: replace(one, date=_parse_iso_day(text, said))
    ),
    "intro": Field(lambda one: one.intro, lambda one, text, _: replace(one, intro=text)),
    **_list_sponsor_fields(),
}
SECTION: Mapping[str, Field[Section]] = {
    "title": Field(lambda one: one.title, lambda one, text, _: replace(one, title=text)),
    "layout": Field(lambda one: one.layout or "", lambda one, text, _: replace(one, layout=_require_layout(text))),
    "two_columns": Field(
        lambda one: "yes" if one.two_columns else "",
        lambda one, text, _: replace(one, two_columns=bool(_require_one_of(text, ("yes",)))),
    ),
    "intro": Field(lambda one: one.intro, lambda one, text, _: replace(one, intro=text)),
    **_list_sponsor_fields(),
}
ARTICLE: Mapping[str, Field[Article]] = {
    "title": Field(lambda one: one.title, lambda one, text, _: replace(one, title=_require_title(text))),
    "dek": Field(lambda one: one.dek, lambda one, text, _: replace(one, dek=text)),
    "note": Field(lambda one: one.note, lambda one, text, _: replace(one, note=text)),
    "authors": Field(
        _format_people,
        lambda one, text, publication: compose.settle_credit(one, parse_people(text), publication=publication),
    ),
    "published": Field(
        lambda one: _format_day(one.published),
        lambda one, text, said: replace(one, published=_parse_iso_day(text, said), date_certainty="certain"),
    ),
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
    "tags": Field(
        lambda one: ", ".join(one.tags),
        lambda one, text, _: replace(one, tags=tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))),
    ),
    "language": Field(lambda one: one.language, lambda one, text, _: replace(one, language=text)),
    **_list_sponsor_fields(),
}
