"""Read the lines with which a body begins, where title, dek, byline and day stand in the text itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from dispatch.model import Article, Author, Credit
from dispatch.readers import bylines, fields, people
from dispatch.text import fold_text

MOST_LINES: Final = 12
_LONGEST_DEK: Final = 300
_STOPS: Final = tuple(".…!?:;。！？।")
# What mail services and sites write between a headline and a text, how long reading takes among it.
_FURNITURE = re.compile(
    r"(?:[·•|—–-]\s*)?(?:read (?:in|on) (?:the )?app|(?:\d{1,3}|a few|one) min(?:ute)?s?\.?(?: read)?"
    r"|\d{1,3} min\.? (?:lesezeit|de lecture|de lectura|di lettura|leestijd|lästid)|lesezeit:? .{1,20}"
    r"|listen(?: now| to (?:this|the) \w{1,20})?|share|likes?|comments?|restack|subscribe(?: now)?|sign up|paid|preview"
    r"|forwarded this email\?.{0,80}|∙|♡.{0,5}|❤️?.{0,5}|\d{1,6})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLine:
    """One of the first lines of a body."""

    text: Annotated[str, "its plain text, on one line"]
    is_dek: Annotated[bool, "whether its markup says that it is one"] = False
    is_set_off: Annotated[bool, "whether it is emphasised from beginning to end"] = False
    links: Annotated[Mapping[str, str], "its addresses by their words"] = field(default_factory=dict)


def read_opening_line(article: Article, line: OpeningLine, following: str = "") -> Article | None:
    """Complete an article with what one of its first lines says; None where the line begins its text.

    following: the line after it. What stands between the title and a byline is a dek.
    """
    if not line.text:
        return None
    if fold_text(line.text) == fold_text(article.title) or _FURNITURE.fullmatch(line.text):
        return article
    if said := _read_bylines(line):
        return _credit_people(article, line, said)
    if len(line.text) < 40 and (day := fields.parse_date(line.text)):
        return replace(article, published=article.published or day)
    if fold_text(line.text) in {fold_text(article.dek), fold_text(article.summary)}:
        return replace(article, dek=line.text)
    is_short = len(line.text) <= _LONGEST_DEK and not article.dek and not article.authors
    is_sentence = line.text.rstrip("\"'”’»)").endswith(_STOPS)
    if is_short and (
        line.is_dek or (line.is_set_off and not is_sentence) or bool(_read_bylines(OpeningLine(text=following)))
    ):
        return replace(article, dek=line.text)
    return None


def _read_bylines(line: OpeningLine) -> Sequence[bylines.Byline]:
    """Parse a line, piece by piece; nothing unless all of them are bylines."""
    said = [bylines.parse_byline(part) for part in line.text.split(";") if part.strip()]
    return [one for one in said if one] if all(said) else []


def _credit_people(article: Article, line: OpeningLine, said: Sequence[bylines.Byline]) -> Article:
    authors: list[Author] = []
    others: list[Credit] = []
    urls = {fold_text(words): url for words, url in line.links.items()}
    for byline in said:
        for author in (one for name in byline.names for one in people.make_author(name)):
            url = urls.get(fold_text(author.name), "")
            if byline.role == "author":
                authors += people.make_author(author.name, url=url)
            else:
                others.append(Credit(role=byline.role, name=author.name, url=url))
    day = next((day for byline in said if byline.day and (day := fields.parse_date(byline.day))), None)
    return replace(
        article,
        authors=people.merge_authors((*article.authors, *authors), ()),
        certainty="likely" if authors else article.certainty,
        credits=tuple(dict.fromkeys((*article.credits, *others))),
        published=article.published or day,
    )
