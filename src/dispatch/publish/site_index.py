"""What the pages of one site have in common: its issues, its topics, and the lines and links that lists show."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch.model import Article, Issue, Link, Publication
from dispatch.publish.listings import make_line
from dispatch.publish.topics import FOLDERS, Topic, TopicKind


class SiteIndex:
    """A site while it is planned. issues: the newest first."""

    def __init__(self, publication: Publication, issues: Sequence[Issue], found: Sequence[Topic]) -> None:
        self.publication = publication
        self.issues = issues
        self.topics = found
        self.listed = [issue for issue in issues if not issue.withdrawn]
        self.date = issues[0].date if issues else datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
        listed = {topic.kind for topic in found if topic.article_count}
        self.indexes = tuple(f"{folder}/" for kind, folder in FOLDERS.items() if kind in listed)
        self.related: dict[str, tuple[Link, ...]] = {}  # by an article's id, the pages of its topics
        self._zone = ZoneInfo(publication.timezone)
        self._lines: dict[tuple[str, str], Article] = {}
        self._homes: dict[tuple[str, str], tuple[Link, ...]] = {}
        for topic in found:
            if topic.kind != "section":
                link = Link(title=topic.title, path=topic.path)
                for _, article in topic.articles:
                    self.related[article.id] = (*self.related.get(article.id, ()), link)

    def line_of(self, article: Article, issue: Issue) -> Article:
        """The article as lists and feeds show it, the same object in all of them."""
        key = issue.slug, article.key
        if key not in self._lines:
            self._lines[key] = make_line(article, issue)
        return self._lines[key]

    def home_of(self, article: Article, issue: Issue) -> tuple[Link, ...]:
        """The link to an article in its issue, the same object in all lists."""
        key = issue.slug, article.key
        if key not in self._homes:
            self._homes[key] = (link_issue(issue, article),)
        return self._homes[key]

    def has_feeds(self, kind: TopicKind) -> bool:
        """Whether every topic of that kind has a feed."""
        return kind in self.publication.feeds.each

    def find_year(self, issue: Issue) -> int:
        """Find the year in which an issue appeared, in the publication's time zone."""
        return issue.date.astimezone(self._zone).year


def link_issue(issue: Issue, article: Article | None = None) -> Link:
    """Make the link to an issue, or to one of its articles."""
    path = f"issues/{issue.slug}/" + (f"#{article.key}" if article else "")
    return Link(title=issue.title, path=path, date=issue.date, number=issue.number)
