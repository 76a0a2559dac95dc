"""What an editor would see on a last look: things left to do, gaps, and whether it is known who wrote it."""

import re
from collections.abc import Iterator
from itertools import pairwise

from dispatch.checks import page
from dispatch.checks.case import Case
from dispatch.checks.rules import called, file, finding, short
from dispatch.language import Language
from dispatch.model import Article, Finding, Issue

_LEFT = re.compile(r"\bTK(?:TK)*\b|\bTODO\b|\bFIXME\b|\bXXX\b|(?i:\blorem ipsum\b)")


def check(case: Case) -> Iterator[Finding]:
    """Judges the issue itself; its editions have no say."""
    issue = case.issue
    language = Language.of(case.publication.language)
    if not language.translated:
        what = f"There are no words in “{language.code}”: around its articles, editions say “Read” and “By” in English"
        name = language.code.partition("-")[0]
        hint = f"Add src/dispatch/languages/{name}.toml to dispatch: a copy of en.toml, translated."
        yield finding("editorial.language", "dispatch.toml", what, hint)
    yield from _of_issue(issue)
    for article in issue.articles:
        # Of what was withdrawn nothing is left to do.
        yield from () if article.withdrawn else _of_article(issue, article)
    for stray in case.strays:
        yield finding("editorial.stray", stray, "No section lists this article: nobody will read it")
    for where, name in case.missing:
        yield finding("editorial.picture", where, f"There is no file {name}")


def _of_issue(issue: Issue) -> Iterator[Finding]:
    where = file(issue)
    if not issue.title.strip():
        yield finding("editorial.title", where, "The issue has no title")
    for section in issue.sections:
        if not section.articles:
            what = f"The section “{short(section.title)}” is empty" if section.title else "A section is empty"
            yield finding("editorial.section", where, what)
        yield from _left(where, section.title, _words(section.intro))
    yield from _left(where, issue.title, issue.preheader, _words(issue.intro))


def _of_article(issue: Issue, article: Article) -> Iterator[Finding]:
    where = file(issue, article)
    name = called(article)
    if not article.title.strip():
        yield finding("editorial.title", where, "The article has no title")
    if not article.authors:
        yield finding("editorial.author", where, f"Nobody is known to have written {name}")
    elif article.certainty != "certain":
        who = ", ".join(short(author.name) for author in article.authors)
        yield finding("editorial.certainty", where, f"It is {_sure(article)} that {who} wrote {name}")
    if article.published is None:
        yield finding("editorial.date", where, f"Nobody knows when {name} was published")
    if article.source.syndicate != "link" and not (article.content or article.summary):
        yield finding("editorial.body", where, f"There is nothing to show of {name} but its headline")
    if article.image and article.image.alt is None:
        yield finding("editorial.alt", where, f"The picture of {name} has no words")
    yield from _headings(where, article)
    # Only what is written here can be unfinished: in another's text TK may be an airline.
    own = article.markdown and not article.source.url
    yield from _left(where, article.title, article.dek, article.note, _words(article.content) if own else "")


def _sure(article: Article) -> str:
    return "only likely" if article.certainty == "likely" else "not known"


def _headings(where: str, article: Article) -> Iterator[Finding]:
    levels = [(line.heading, line.text) for line in page.content(article.content) if line.heading]
    for (above, _), (below, text) in pairwise(levels):
        if below > above + 1:
            what = f"The heading “{short(text)}” is {below - above} steps below the one before it"
            yield finding("editorial.headings", where, what)


def _left(where: str, *texts: str) -> Iterator[Finding]:
    for text in texts:
        if match := _LEFT.search(text):
            around = text[max(0, match.start() - 20) : match.end() + 20]
            yield finding("editorial.placeholder", where, f"Something is left to do: “{short(around)}”")


def _words(html: str) -> str:
    return " ".join(line.text for line in page.content(html))
