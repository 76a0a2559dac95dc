"""Read one line beside a title or below a text that is no text: who did it, when, for which house.

The words are in ``text.toml``.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final, cast

from dispatch import links
from dispatch.language import load_months
from dispatch.model import Article, Credit, Source
from dispatch.readers import bylines, dates, fields, people, text_blocks
from dispatch.text import fold_text

WORDS: Final = cast(
    "Mapping[str, Mapping[str, list[str]]]",
    tomllib.loads((files("dispatch.readers") / "text.toml").read_text("utf-8")),
)
AGENCIES: Final = frozenset(WORDS["agencies"]["names"])
_LONGEST_JOB = 6  # words
_LONGEST_UNCUED = 80
_LONGEST_DAY = 6  # words
NO_YEAR = 2000
_WEEKDAY = re.compile(r"^[^\W\d]{2,14}\.?,?\s(?=\d)")
# Whose months are known; English is always.
_LANGUAGES: Final = "de fr es it pt nl sv da nb fi pl cs hu ro tr ru uk el ar fa he hi bn zh ja ko vi id"
# “3 min read”, “Lesezeit: 3 Minuten”.
_READING_TIME = re.compile(
    r"(?:[^\W\d]{1,20}:? ){0,2}\d{1,3}[- ]?(?:min|mn|мин|دق|मिनट|分|분)[^\W\d]{0,10}\.?(?: [^\W\d]{1,12}){0,3}",
    re.IGNORECASE,
)
# The marks that lead from a scholar's name to where they work, and stand before it there.
_MARK = r"[\d¹²³⁴-⁹*†‡§#]"
_MARKS = re.compile(rf"\s?{_MARK}{{1,3}}(?:\s?,\s?{_MARK}{{1,3}}){{0,5}}(?=\s?(?:[,;&]|$| and | und | et | y ))")
_AFFILIATION = re.compile(rf"{_MARK}\s?[^\W\d].{{3,250}}")


def read_line(article: Article, line: str, came: datetime | None) -> Article | None:
    """Complete an article with what a line near its title says and is no text; None when it is text."""
    if said := parse_credits(line):
        return credit_people(article, said)
    if _READING_TIME.fullmatch(line) or (article.title and fold_text(line) == fold_text(article.title)):
        return article
    if not re.search(r"\s", line) and links.is_web_address(line):
        return replace(article, url=article.url or links.unwrap_redirect(line))
    if fold_text(line.strip(" ()")) in AGENCIES:
        return replace(article, source=Source(title=line.strip(" ()")))
    if day := parse_day_line(line, came):
        return replace(article, published=article.published or (day if day.year != NO_YEAR else None))
    if not article.authors:
        names, beside = bylines.split_names(unmarked) if (unmarked := _MARKS.sub("", line)) != line else ((), "")
        is_scholars = names and not beside
        return add_authors(article, names) if is_scholars else None
    is_beside = _is_beside(article.authors[-1].name, line) or _AFFILIATION.fullmatch(line)
    return article if is_beside and not text_blocks.is_sentence(line) else None


def _is_beside(name: str, line: str) -> bool:
    """Whether a line below a name says what its bearer is, or for whom they write: “Senior Staff Writer”."""
    names, beside = bylines.split_names(f"{name} {line}")
    return len(names) == 1 and names[0].startswith(name) and beside[:1].isupper() and len(line.split()) <= _LONGEST_JOB


def add_authors(article: Article, names: Sequence[str]) -> Article:
    """Add authors to those of an article; a name in a line is likely an author, and no more."""
    authors = people.merge_authors([*article.authors, *(one for name in names for one in people.make_author(name))], ())
    return replace(article, authors=authors, certainty="likely" if authors else article.certainty)


def parse_credits(line: str) -> list[bylines.Byline]:
    """Parse a line of bylines, piece by piece: “Reporting by Ann Lee; editing by Bo Roe”; the first must be one."""
    pieces = re.split(r"[;|]| · ", line.strip(" ()（）[]_*"))
    found = [bylines.parse_byline(piece.strip().removesuffix(".")) for piece in pieces]
    # Names and a day stand in many a first sentence.
    return [one for one in found if one] if found[0] and (found[0].cue or len(line) <= _LONGEST_UNCUED) else []


def credit_people(article: Article, said: Sequence[bylines.Byline]) -> Article:
    """Add the people of bylines, in their roles, the agency beside them, and the day."""
    for byline in said:
        if byline.role == "author":
            article = add_authors(article, byline.names)
        else:
            authors = {author.name for author in article.authors} if byline.role == "reporter" else set()
            helpers = (Credit(role=byline.role, name=name) for name in byline.names if name not in authors)
            article = replace(article, credits=tuple(dict.fromkeys((*article.credits, *helpers))))
        if fold_text(byline.beside) in AGENCIES:
            article = replace(article, source=Source(title=byline.beside))
        elif beside := parse_credits(byline.beside):
            article = credit_people(article, beside)
        article = replace(article, published=article.published or parse_day(byline.day))
    return article


def parse_day_line(line: str, came: datetime | None) -> datetime | None:
    """Parse a line that is nothing but a day. One without a year is the last such day before the text came.

    When that is not known, it is a day all the same, of the year 2000.
    """
    words = len(line.split())
    if words > _LONGEST_DAY or (words > 3 and text_blocks.is_sentence(line)) or not re.search(r"\d", line):
        return None
    if re.search(r"\d{4}", line):
        return parse_day(line)
    years = (came.year, came.year - 1) if came else (NO_YEAR,)
    days = (
        parse_day(form.format(line.rstrip("."), year)) for year in years for form in ("{}, {}", "{} {}", "{1}年{0}")
    )
    return next((day for day in days if day and (came is None or day.date() <= came.date() + timedelta(days=1))), None)


def parse_day(written: str) -> datetime | None:
    """Parse a day in figures or in the words of any language, since nobody says which it is."""
    if not re.search(r"\d", written):
        return None
    if parsed := fields.parse_date(written):
        return parsed
    # “mar.” is a Tuesday in French and a March in English: first without the word in front.
    forms = [_WEEKDAY.sub("", written), written]
    folded = fold_text(written)
    known = ["en", *(code for code in _LANGUAGES.split() if any(name in folded for name, _ in load_months(code).names))]
    days = (dates.parse_day(form, code) for form in dict.fromkeys(forms) for code in known)
    return next(filter(None, days), None)
