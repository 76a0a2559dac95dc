"""What an editor says over what was found, and where the articles of an issue stand."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from dispatch.compose.drafting import placed
from dispatch.errors import IssueError
from dispatch.model import Article, Author, Correction, Issue, Source


def told(article: Article, given: Article, authors: Sequence[Author] = ()) -> Article:
    """The article with what the editor said over what was found: every field of ``given`` that holds something.

    An author who was found under the same name is completed and keeps biography and picture; where no such name was
    found, the given authors replace the list.
    """
    values = {
        name: value
        for name in Article.__dataclass_fields__
        if (value := getattr(given, name)) != getattr(_NOTHING, name)
    }
    if "source" in values:
        values["source"] = _over(article.source, given.source)
    if authors:
        values["authors"] = _completed(article.authors, authors)
        values["certainty"] = "certain"
    return replace(article, **values)


_NOTHING = Article()


def _over(found: Source, given: Source) -> Source:
    """The source as it was found, with what was given over it; another title is another source."""
    base = found if not given.title or given.title == found.title else replace(Source(), syndicate=found.syndicate)
    said = {name: value for name in Source.__dataclass_fields__ if (value := getattr(given, name)) not in ("", None)}
    return replace(base, **said)


def _completed(found: Sequence[Author], given: Sequence[Author]) -> tuple[Author, ...]:
    def known(author: Author) -> str:
        return " ".join(author.name.casefold().split())

    by_name = {known(author): author for author in given}
    if not any(known(author) in by_name for author in found):
        return tuple(given)
    completed = [
        replace(author, url=by_name[known(author)].url or author.url) if known(author) in by_name else author
        for author in found
    ]
    return (*completed, *(author for author in given if known(author) not in {known(other) for other in found}))


def move(issue: Issue, key: str, *, section: str = "", before: str = "") -> Issue:
    """The issue with one of its articles in another place: at the end of a section, or before another article.

    Raises IssueError when there is no such article.
    """
    article = named(issue, key)
    without = remove(issue, key)
    if not before:
        return placed(without, article, section or _section_of(issue, article.key))
    target = named(issue, before)
    if target == article:
        return issue
    return replace(
        without,
        sections=tuple(
            replace(part, articles=tuple(_with_before(part.articles, article, target))) for part in without.sections
        ),
    )


def remove(issue: Issue, key: str) -> Issue:
    """The issue without one of its articles. Raises IssueError when there is no such article."""
    gone = named(issue, key).key
    return replace(
        issue,
        sections=tuple(
            replace(section, articles=tuple(article for article in section.articles if article.key != gone))
            for section in issue.sections
        ),
    )


def correct(issue: Issue, key: str, text: str, now: datetime) -> Issue:
    """The issue with a correction on one of its articles. Raises IssueError when there is no such article."""
    target = named(issue, key).key

    def corrected(article: Article) -> Article:
        if article.key != target:
            return article
        return replace(article, corrections=(*article.corrections, Correction(date=now, text=text)))

    return replace(
        issue,
        sections=tuple(
            replace(section, articles=tuple(map(corrected, section.articles))) for section in issue.sections
        ),
    )


def named(issue: Issue, name: str) -> Article:
    """The article of that key, number in reading order (from 1) or unambiguous beginning of a key.

    Raises IssueError with the nearest key.
    """
    from difflib import get_close_matches

    articles = list(issue.articles)
    if name.isdecimal() and 1 <= int(name) <= len(articles):
        return articles[int(name) - 1]
    keys = {article.key: article for article in articles}
    if name in keys:
        return keys[name]
    begun = [key for key in keys if name and key.startswith(name)]
    if len(begun) == 1:
        return keys[begun[0]]
    near = begun or get_close_matches(name, keys, n=1)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"dispatch issue show {issue.slug} lists them."
    raise IssueError(f'there is no article "{name}"', subject=issue.slug, hint=hint)


def _with_before(articles: Iterable[Article], article: Article, target: Article) -> Iterable[Article]:
    for other in articles:
        if other.key == target.key:
            yield article
        yield other


def _section_of(issue: Issue, key: str) -> str:
    return next(part.title for part in issue.sections if any(article.key == key for article in part.articles))
