"""What was withdrawn, as readers meet it: under its own title, behind a word that says so."""

from dataclasses import replace
from typing import TypeVar

from dispatch.language import Language
from dispatch.model import Article, Contents, Publication

Shown = TypeVar("Shown", bound=Contents)


def marked(issue: Shown, publication: Publication) -> Shown:
    """The issue with that word before every title of what was withdrawn: of articles, of itself, of its page."""
    if not (issue.withdrawn or any(article.withdrawn for article in issue.articles)):
        return issue
    sections = tuple(
        replace(section, articles=tuple(titled(article, publication) for article in section.articles))
        for section in issue.sections
    )
    page = issue.as_page
    alone = page is not None and page.kind == "article"
    title = _title(issue.title, publication) if issue.withdrawn or alone else issue.title
    return replace(issue, title=title, sections=sections)


def titled(article: Article, publication: Publication) -> Article:
    """The article with that word before its title when it was withdrawn, otherwise as it is."""
    return replace(article, title=_title(article.title, publication)) if article.withdrawn else article


def _title(title: str, publication: Publication) -> str:
    return Language.of(publication.language).say("withdrawn_title", title=title).unescape()
