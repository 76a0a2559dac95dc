"""What an editor would see on a last look: things left to do, gaps, and whether it is known who wrote it."""

import re
from collections.abc import Iterator
from itertools import pairwise

from dispatch.checks import page
from dispatch.checks.case import Case
from dispatch.checks.rules import CONFIG, find_place, finding, headline
from dispatch.language import Language
from dispatch.model import Article, Contents, Finding, Place

_LEFT = re.compile(r"\bTK(?:TK)*\b|\bTODO\b|\bFIXME\b|\bXXX\b|(?i:\blorem ipsum\b)")


def check(case: Case) -> Iterator[Finding]:
    """Judges the issue itself; its editions have no say."""
    issue = case.issue
    language = Language.of(case.publication.language)
    if not language.translated:
        place = Place(file=CONFIG, key="language")
        name = language.code.partition("-")[0]
        yield finding("editorial.language", "language", place, language=language.code, file=f"{name}.toml")
    yield from _of_issue(issue)
    for article in issue.articles:
        # Of what was withdrawn nothing is left to do.
        yield from () if article.withdrawn else _of_article(issue, article)
    for stray in case.strays:
        yield finding("editorial.stray", "file", Place(file=stray))
    for where, name in case.missing:
        yield finding("editorial.picture", "file", Place(file=where), file=name)


def _of_issue(issue: Contents) -> Iterator[Finding]:
    if not issue.title.strip():
        yield finding("editorial.title", "issue", find_place(issue, key="title"))
    for number, section in enumerate(issue.sections, 1):
        key = f"sections[{number}]"
        if not section.articles:
            yield finding("editorial.section", "section", find_place(issue, key=key), section=section.title)
        yield from _left(find_place(issue, key=key), section.title, _words(section.intro))
    for key, text in (("title", issue.title), ("preheader", issue.preheader), ("", _words(issue.intro))):
        yield from _left(find_place(issue, key=key), text)


def _of_article(issue: Contents, article: Article) -> Iterator[Finding]:
    def place(key: str) -> Place:
        return find_place(issue, article, key)

    name = headline(article)
    if not article.title.strip():
        yield finding("editorial.title", "article", place("title"))
    if not article.authors:
        yield finding("editorial.author", "name", place("authors"), headline=name)
    elif article.certainty != "certain":
        who = tuple(author.name for author in article.authors)
        found = article.certainty
        yield finding("editorial.certainty", "name", place("certainty"), headline=name, name=who, found=found)
    if article.published is None:
        yield finding("editorial.date", "date", place("published"), headline=name)
    if article.source.syndicate != "link" and not (article.content or article.summary):
        yield finding("editorial.body", "text", place(""), headline=name)
    if article.image and article.image.alt is None:
        yield finding("editorial.alt", "picture", place("image"), headline=name, url=article.image.url)
    yield from _headings(place(""), article)
    # Only what is written here can be unfinished: in another's text TK may be an airline.
    texts = {"title": article.title, "dek": article.dek, "note": article.note}
    for key, text in (*texts.items(), ("", _words(article.content) if article.own else "")):
        yield from _left(place(key), text)


def _headings(place: Place, article: Article) -> Iterator[Finding]:
    levels = [(line.heading, line.text) for line in page.content(article.content) if line.heading]
    for (above, _), (below, text) in pairwise(levels):
        if below > above + 1:
            yield finding("editorial.headings", "heading", place, text=text, steps=below - above)


def _left(place: Place, *texts: str) -> Iterator[Finding]:
    for text in texts:
        if match := _LEFT.search(text):
            around = text[max(0, match.start() - 20) : match.end() + 20]
            yield finding("editorial.placeholder", "text", place, found=match[0], text=around)


def _words(html: str) -> str:
    return " ".join(line.text for line in page.content(html))
