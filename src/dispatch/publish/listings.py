"""What collections are made of: issues in order, an issue as an entry, an article as a line of a list.

``SiteIndex`` is what all pages of one site have in common: its issues, its topics, the lines and links of lists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch import derived
from dispatch.child import limit_function
from dispatch.formats.template_context import TemplateContext, prepare_issue
from dispatch.language import Language
from dispatch.model import Article, Author, Issue, Link, Publication, Source
from dispatch.publish.topics import FOLDERS, Topic, TopicKind

_FACETS: tuple[TopicKind, ...] = ("tag", "author", "source", "section")  # in the order in which readers ask for them


def strip_texts(issue: Issue) -> Issue:
    """The issue without its texts: what a collection needs to know of it, and nothing that a page of its own shows."""
    bare = issue.change_articles(lambda one: replace(one, content="", markdown="", summary=""), keep_intros=False)
    return replace(bare, intro="", sponsor=None)


@limit_function
def make_entry(issue: Issue, publication: Publication, entered: datetime | None = None) -> Article:
    """An issue as one entry: its words and every article with its byline and its link; by default dated as it is."""
    bare = make_bare_entry(issue, publication, entered or issue.date)
    if issue.withdrawn:
        return bare
    fragments = TemplateContext(prepare_issue(issue, publication), publication)
    return replace(bare, content=fragments.render_template("digest.html"))


def make_line(article: Article, issue: Issue) -> Article:
    """An article as a list has it: headline, byline and date, under a key that no other article on the page has."""
    return Article(
        id=article.id,
        key=f"{issue.slug}-{article.key}",
        own=article.own,
        url=article.url,
        title=article.title,
        authors=tuple(Author(name=author.name, url=author.url) for author in article.authors),
        credits=article.credits,
        certainty=article.certainty,
        source=replace(article.source, syndicate="link", license=""),
        published=article.published,
        date_certainty=article.date_certainty,
        updated=derived.find_last_change(article, issue) if derived.find_day(article) else None,
        language=article.language,
        sponsor=article.sponsor and replace(article.sponsor, text="", image=None),
        withdrawn=article.withdrawn,
    )


def make_bare_entry(issue: Issue, publication: Publication, entered: datetime) -> Article:
    """Make an issue's feed entry without a body, from an issue without its texts."""
    published = issue.date if publication.feeds.dates == "original" else entered
    return Article(
        id=issue.id,
        key=issue.slug,
        own=True,
        url=derived.build_issue_address(publication, issue.slug),
        title=issue.title,
        dek=issue.preheader,
        source=Source(title=publication.title, url=f"{publication.url}/", syndicate="full"),
        published=published,
        updated=max(_find_last_notice(issue, published), published),
        corrections=issue.corrections,
        withdrawn=issue.withdrawn,
    )


class SiteIndex:
    """A site while it is planned. issues: the newest first. entered: see ``ledger.find_entry_moments``."""

    def __init__(
        self, publication: Publication, issues: Sequence[Issue], found: Sequence[Topic], entered: Mapping[str, datetime]
    ) -> None:
        self.publication = publication
        self.entered = entered
        self.changed = {one.id: _find_last_notice(one, entered[one.id]) for one in issues}
        self.changed |= {
            one.id: derived.find_last_notice(one) or entered[one.id] for issue in issues for one in issue.articles
        }
        self.issues = issues
        self.topics = found
        self.listed = [issue for issue in issues if not issue.withdrawn]
        self.date = issues[0].date if issues else datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
        listed = {topic.kind for topic in found if topic.article_count}
        self.indexes = tuple(f"{FOLDERS[kind]}/" for kind in _FACETS if kind in listed)
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

    def entry_of(self, article: Article, issue: Issue) -> Article:
        """The article as feeds date it."""
        published, updated = derived.find_entry_dates(article, issue, self.publication)
        return replace(self.line_of(article, issue), published=published, updated=updated)

    def home_of(self, article: Article, issue: Issue) -> tuple[Link, ...]:
        """The link to an article in its issue, the same object in all lists."""
        key = issue.slug, article.key
        if key not in self._homes:
            self._homes[key] = (link_issue(issue, article),)
        return self._homes[key]

    def say(self, key: str) -> str:
        """Say one of the messages without places in the publication's language."""
        return str(Language.from_code(self.publication.language).format_message(key))

    @property
    def is_given_out(self) -> bool:
        """Whether it has articles that others may publish again."""
        every = (article for issue in self.issues for article in issue.articles)
        return any(derived.find_republish_licence(article, self.publication) for article in every)

    def has_feeds(self, kind: TopicKind) -> bool:
        """Whether every topic of that kind has a feed."""
        return kind in self.publication.feeds.each

    def find_year(self, issue: Issue) -> int:
        """Find the year in which an issue appeared, in the publication's time zone."""
        return issue.date.astimezone(self._zone).year


def _find_last_notice(issue: Issue, entered: datetime) -> datetime:
    """Find when readers were last told of a correction of an issue or anything in it, else when it entered."""
    said = [derived.find_last_notice(issue), *map(derived.find_last_notice, issue.articles)]
    return max(filter(None, said), default=entered)


def build_issue_card(issue: Issue) -> Link:
    """Make the link to an issue with what it is about and its first picture that may be shown."""
    shown = (one for one in issue.articles if not one.withdrawn and one.source.syndicate != "link")
    return replace(link_issue(issue), dek=issue.preheader, image=next((one.image for one in shown if one.image), None))


def link_issue(issue: Issue, article: Article | None = None) -> Link:
    """Make the link to an issue, or to one of its articles."""
    path = f"issues/{issue.slug}/" + (f"#{article.key}" if article else "")
    return Link(title=issue.title, path=path, date=issue.date, number=issue.number)
