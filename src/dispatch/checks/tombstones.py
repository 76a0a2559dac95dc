"""What was withdrawn: an edition says so, with everybody's names, and shows nothing else of it.

What the article held is not known any more, so nothing is looked for: whatever stands there that is neither its byline
nor the notice is too much. In mail and text, where nothing marks the end of an article, only the lines before the
notice are sure to be its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dispatch.checks import byline, claims, words
from dispatch.checks.entries import Entry
from dispatch.checks.parts import Part
from dispatch.checks.passage import Line, fold
from dispatch.checks.rules import finding, headline
from dispatch.language import Language
from dispatch.model import Article, Contents, Finding, Publication, Withdrawal

RULE = "attribution.withdrawn"


def titled(issue: Contents, publication: Publication) -> Contents:
    """The issue with the titles that its editions must have: what was withdrawn says so in its headline."""
    pattern = words.of(publication.language).patterns["withdrawn_title"]
    sections = tuple(
        replace(
            section,
            articles=tuple(
                replace(article, title=pattern.replace("{title}", article.title)) if article.withdrawn else article
                for article in section.articles
            ),
        )
        for section in issue.sections
    )
    return replace(issue, sections=sections)


def judge(
    article: Article, withdrawal: Withdrawal, entry: Entry, part: Part, publication: Publication
) -> Iterator[Finding]:
    """What is wrong with a withdrawn article as one part shows it."""
    name = headline(article)
    notice = _notice(withdrawal, publication)
    at = next((i for i, line in enumerate(entry.lines) if _words(line, entry) == notice), None)
    if at is None:
        yield finding(RULE, "notice", headline=name, wanted=notice)
        at = len(entry.lines)
    yield from byline.of_lines(article, entry.lines[:at], publication, plain=bool(entry.raw))
    yield from _too_much(article, entry, part, at, publication)
    if entry.said and fold(entry.said.summary) != notice:
        yield finding(RULE, "element", headline=name, found=entry.said.summary, wanted=notice)


def whole(issue: Contents, part: Part, publication: Publication) -> Iterator[Finding]:
    """Whether what shows a withdrawn issue says so; in its feed each article does."""
    if issue.withdrawn and part.kind != "feed":
        lines = part.page.lines if part.page else ()
        notice = _notice(issue.withdrawn, publication)
        if not (notice in fold(part.text) or any(line.text == notice for line in lines)):
            yield finding(RULE, "issue", wanted=notice)


def _too_much(article: Article, entry: Entry, part: Part, at: int, publication: Publication) -> Iterator[Finding]:
    """What is neither byline nor notice."""
    name = headline(article)
    known = words.of(publication.language)
    dates = words.dates(article, publication)
    rest: Sequence[Line] = entry.lines[at + 1 :]
    for line in (*entry.lines[:at], *(rest if part.kind in {"feed", "page"} else ())):
        if not (claims.is_byline(article, line, known) or dates.issuperset(words.small(line.text))):
            yield finding(RULE, "text", headline=name, found=line.text)
    people = (author.url for author in article.authors)
    own = {*people, *(credit.url for credit in article.credits), article.source.url}
    links = [*entry.headline, *(link for line in entry.lines for link in line.links)]
    if article.url not in own and any(link.url == article.url for link in links):
        yield finding(RULE, "link", headline=name, found=article.url)
    for picture in entry.pictures:
        if part.kind == "feed" or picture.anchor == article.key:
            yield finding(RULE, "picture", headline=name, found=picture.url)


def _words(line: Line, entry: Entry) -> str:
    """The words of a line; in plain text an address that ends a paragraph is one of them."""
    return fold(" ".join([line.text, *(link.url for link in line.links if entry.raw)]))


def _notice(withdrawal: Withdrawal, publication: Publication) -> str:
    date = Language.of(publication.language).date(withdrawal.date, publication.timezone)
    said = words.of(publication.language).patterns["withdrawn"].replace("{date}", date)
    return fold(f"{said} {withdrawal.text}")
