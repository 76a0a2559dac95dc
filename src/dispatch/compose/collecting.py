"""Collections that are rendered like an issue: the newest articles, and all issues."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch.formats.fragments import Fragments
from dispatch.model import Article, Issue, Publication, Section, Source


def latest(issues: Iterable[Issue], publication: Publication) -> Issue:
    """The publication's own feed as an Issue: the newest articles of all issues, newest issue first, each once."""
    ordered = newest_first(issues)
    by_id: dict[str, Article] = {}
    for issue in ordered:
        for article in issue.articles:
            by_id.setdefault(article.id, article)
    articles = list(by_id.values())[: publication.feeds.entries]
    return _collection(publication, "feed", f"{publication.url}/", ordered, articles)


def archive(issues: Iterable[Issue], publication: Publication) -> Issue:
    """All issues as an Issue whose articles are issues: the feed of issues and the front page."""
    ordered = newest_first(issues)
    articles = [as_article(issue, publication) for issue in ordered]
    return _collection(publication, "issues", f"{publication.url}/issues", ordered, articles)


def as_article(issue: Issue, publication: Publication) -> Article:
    """An issue as one entry: its words and every article with its byline and its link."""
    fragments = Fragments(issue, publication)
    return Article(
        id=issue.id,
        key=issue.slug,
        url=fragments.page,
        title=issue.title,
        dek=issue.preheader,
        content=fragments.render("digest.html"),
        source=Source(title=publication.title, url=f"{publication.url}/", syndicate="full"),
        published=issue.date,
        corrections=issue.corrections,
    )


def newest_first(issues: Iterable[Issue]) -> list[Issue]:
    """The issues by date and then by number, the newest first."""
    return sorted(issues, key=lambda issue: (issue.date, issue.number or 0, issue.slug), reverse=True)


def _collection(
    publication: Publication, feed: str, id_: str, issues: Sequence[Issue], articles: Sequence[Article]
) -> Issue:
    date = max((issue.date for issue in issues), default=datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")))
    return Issue(
        id=id_,
        feed=feed,
        title=publication.title,
        date=date,
        sections=(Section(articles=tuple(articles)),),
        status="published",
    )
