"""Move, remove, correct and withdraw the articles of an issue."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from dispatch import derived
from dispatch.compose.drafting import insert_article
from dispatch.errors import IssueError
from dispatch.model import Article, Correction, Issue, Mended, Withdrawal


def move_article(issue: Issue, key: str, *, section: str = "", before: str = "") -> Issue:
    """Move an article to the end of a section, or before another article.

    Raises IssueError when there is no such article.
    """
    article = find_article(issue, key)
    without = remove_article(issue, key)
    if not before:
        return insert_article(without, article, section or name_section(issue, article))
    target = find_article(issue, before)
    if target == article:
        return issue
    return replace(
        without,
        sections=tuple(
            replace(part, articles=tuple(_insert_before(part.articles, article, target))) for part in without.sections
        ),
    )


def place_article(issue: Issue, article: Article, *, section: str, before: str = "") -> Issue:
    """Put an article that the issue has not at the end of a section, or before another. Raises IssueError."""
    target = find_article(issue, before).key if before else ""
    placed = insert_article(issue, article, section)
    return move_article(placed, article.key, before=target) if target else placed


def name_section(issue: Issue, article: Article) -> str:
    """Return the title of the section that an article stands in."""
    return next(part.title for part in issue.sections if any(one.key == article.key for one in part.articles))


def remove_article(issue: Issue, key: str) -> Issue:
    """Remove an article from the issue. Raises IssueError when there is no such article."""
    gone = find_article(issue, key).key
    return issue.change_articles(lambda article: article if article.key != gone else None)


def replace_article(issue: Issue, new: Article) -> Issue:
    """Replace the article that has the key of the new one."""
    return _change_article(issue, new.key, lambda _: new)


def correct(issue: Issue, key: str, text: str, now: datetime, mends: Sequence[Mended] = ()) -> Issue:
    """Add a correction to one article or, without a key, to the issue. Raises IssueError when there is no such article.

    mends: what the correction says is another now; without it, a change of a published byline, date or address breaks
    the promise that it stays.
    """
    said = Correction(date=now, text=text, mends=tuple(dict.fromkeys(mends)))
    if not key:
        return replace(issue, corrections=(*issue.corrections, said))
    target = find_article(issue, key).key
    return _change_article(issue, target, lambda article: replace(article, corrections=(*article.corrections, said)))


def withdraw(issue: Issue, key: str, said: Withdrawal) -> Issue:
    """Withdraw one article or, without a key, the issue with all its articles.

    What was withdrawn before stays as it was withdrawn. A key that is a number is no place. Raises IssueError when
    there is no such article.
    """
    if not key:
        return issue if issue.withdrawn else derived.withdraw_issue(issue, said)
    target = key if any(article.key == key for article in issue.articles) else find_article(issue, key).key
    return _change_article(
        issue, target, lambda article: article if article.withdrawn else derived.withdraw_article(article, said)
    )


def find_article(issue: Issue, name: str) -> Article:
    """Find an article by key, number in reading order (from 1) or unambiguous beginning of a key.

    With a nought before it, a number that is the key of another article is a number. Raises IssueError with the nearest
    key, or with both articles that a number means.
    """
    from difflib import get_close_matches

    articles = list(issue.articles)
    keys = {article.key: article for article in articles}
    if name.isdecimal() and 1 <= int(name) <= len(articles):
        if (meant := articles[int(name) - 1]) == keys.get(name, meant):
            return meant
        other = articles.index(keys[name]) + 1
        what = f"“{name}” is article {int(name)} (“{meant.title}”), and the key of article {other}"
        hint = f"say which by number: 0{int(name)} or 0{other}"
        raise IssueError(f"{what} (“{keys[name].title}”)", address=issue.slug, hint=hint)
    if name in keys:
        return keys[name]
    begun = [key for key in keys if name and key.startswith(name)]
    if len(begun) == 1:
        return keys[begun[0]]
    near = begun or get_close_matches(name, keys, n=1)
    many = {0: "it has no article", 1: "it has one article"}.get(len(articles), f"it has {len(articles)} articles")
    hint = (
        f"did you mean {' or '.join(f'“{key}”' for key in near)}?"
        if near
        else f"{many}: dispatch issue show {issue.slug}"
    )
    raise IssueError(f"there is no article “{name}”", address=issue.slug, hint=hint)


def _change_article(issue: Issue, key: str, changed: Callable[[Article], Article]) -> Issue:
    """Change the article of that key."""
    return issue.change_articles(lambda article: changed(article) if article.key == key else article)


def _insert_before(articles: Iterable[Article], article: Article, target: Article) -> Iterable[Article]:
    for other in articles:
        if other.key == target.key:
            yield article
        yield other
