"""The dates of a feed: those of the articles, to the second. Their form is looked at in ``feed``."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from dispatch.checks.entries import READ
from dispatch.checks.rules import finding, headline
from dispatch.model import Article, Contents, Edition, Finding, Subject


def judge(edition: Edition, issue: Contents) -> Iterator[Finding]:
    """Which dates of a feed that can be read are others than the issue's."""
    feed = READ[edition.format](edition.body)
    articles = {article.id: article for article in issue.articles}
    for said in feed.entries:
        if article := articles.get(said.id):
            yield from _compare(said.published, article.published, "published", headline(article))
            if said.updated:
                yield from _compare(said.updated, changed(article, issue), "updated", headline(article))
    if feed.updated:
        latest = max([issue.date, *(changed(article, issue) for article in articles.values())])
        yield from _compare(feed.updated, latest, "updated")


def changed(article: Article, issue: Contents) -> datetime:
    """When an article was last changed: withdrawn, corrected, changed at its source, else published."""
    known = [moment for moment in (article.updated, article.published) if moment] or [issue.date]
    known += [article.withdrawn.date] if article.withdrawn else []
    return max([*known, *(correction.date for correction in article.corrections)])


def _compare(written: str, right: datetime | None, subject: Subject, name: str = "") -> Iterator[Finding]:
    wanted = right.isoformat() if right else ""
    if not written:
        yield from [finding("feed.date", subject, headline=name, wanted=wanted)] if right else []
        return
    try:
        # RFC 822's dates begin with a name, RFC 3339's with a number.
        moment = (datetime.fromisoformat if written[:1].isdigit() else parsedate_to_datetime)(written)
    except ValueError:
        return  # no date at all: told as such
    if right is None or moment.tzinfo is None or moment != right.replace(microsecond=0):
        yield finding("feed.date", subject, headline=name, wanted=wanted, found=written)
