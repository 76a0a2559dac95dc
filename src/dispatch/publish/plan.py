"""The plan of the site: every page and every feed that the public folder holds, each as an Issue with its place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from dispatch.language import Language
from dispatch.model import Article, Issue, PageKind, Publication, Record, Section, SitePlace, Way
from dispatch.publish.listings import make_bare_entry, make_line, sort_newest_first
from dispatch.publish.topics import FOLDERS, Listed, Topic, TopicKind, topics

RECENT = 24  # earlier issues that the front page lists; the years have them all
FOLLOWED = 60  # feeds of topics that the page on following lists; every topic's own page has its feed
A_LIST = 250  # names on a page of authors, sources, sections or tags
A_PAGE = 40  # articles on a page of a list, at least half of that on its first


def plan_pages(issues: Iterable[Issue], publication: Publication, published: Iterable[Record] = ()) -> list[Issue]:
    """The pages and the feeds of a site of these issues, which need not have their texts (``strip_texts``).

    Pages and feeds that list articles are complete. Those of kind front, issue and article show texts: fill them with
    ``fill_page`` before they are rendered. What they hold never depends on the order in which the issues are given.
    published: what the ledger remembers; lists stay where it says that they stood.
    """
    ordered = sort_newest_first(issues)
    found = topics(ordered[::-1], publication, published)
    site = _SitePlan(publication, ordered, found)
    made = [
        *site.plan_issues(),
        *site.plan_topics(),
        *site.plan_years(),
        *site.plan_plain_pages(),
        *site.plan_feeds(),
        *site.plan_front(),
    ]
    return [_add_indexes(page, site.indexes) for page in made]


def fill_page(page: Issue, whole: Issue) -> Issue:
    """A page of kind front, issue or article with the texts of the issue that it shows."""
    place = page.place
    if place is None or place.kind == "issue":
        return replace(whole, place=place)
    if place.kind == "article":
        shown = {article.id: article for article in whole.articles}
        return replace(page, sections=(Section(articles=tuple(shown[article.id] for article in page.articles)),))
    lead = next(whole.articles, None)
    sections = (
        replace(section, articles=tuple(lead if lead and one.id == lead.id else one for one in section.articles))
        for section in page.sections
    )
    return replace(page, intro=whole.intro, sections=tuple(sections))


class _SitePlan:
    """The site while it is planned."""

    def __init__(self, publication: Publication, issues: Sequence[Issue], found: Sequence[Topic]) -> None:
        self.publication = publication
        self.issues = issues  # newest first
        self.topics = found
        self.date = issues[0].date if issues else datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
        self.zone = ZoneInfo(publication.timezone)
        self.listed = [issue for issue in issues if not issue.withdrawn]
        listed = {topic.kind for topic in found if topic.count}
        self.indexes = tuple(f"{folder}/" for kind, folder in FOLDERS.items() if kind in listed)
        self._lines: dict[tuple[str, str], Article] = {}
        self._homes: dict[tuple[str, str], tuple[Way, ...]] = {}
        self.ways: dict[str, tuple[Way, ...]] = {}
        for topic in found:
            if topic.kind != "section":
                way = Way(title=topic.title, path=topic.path)
                for _, article in topic.articles:
                    self.ways[article.id] = (*self.ways.get(article.id, ()), way)

    def line_of(self, article: Article, issue: Issue) -> Article:
        """The article as lists and feeds have it, the same in all of them."""
        key = issue.slug, article.key
        if key not in self._lines:
            self._lines[key] = make_line(article, issue)
        return self._lines[key]

    def home_of(self, article: Article, issue: Issue) -> tuple[Way, ...]:
        """The way to an article's place in its issue, the same from all lists."""
        key = issue.slug, article.key
        if key not in self._homes:
            self._homes[key] = (_link_issue(issue, article),)
        return self._homes[key]

    def plan_issues(self) -> Iterator[Issue]:
        """The page of each issue, and of each article that may be shown in full."""
        around = {issue.id: at for at, issue in enumerate(self.listed)}
        for issue in self.issues:
            at = around.get(issue.id)
            older = _link_issue(self.listed[at + 1]) if at is not None and at + 1 < len(self.listed) else None
            newer = _link_issue(self.listed[at - 1]) if at else None
            path = f"issues/{issue.slug}/"
            ways = {article.id: self.ways.get(article.id, ()) for article in issue.articles}
            place = SitePlace(kind="issue", path=path, feed=f"{path}feed", older=older, newer=newer, ways=ways)
            yield replace(issue, place=place)
            for article in issue.articles:
                if article.source.syndicate == "full":
                    yield self._plan_article(issue, article, f"{path}{article.key}/")

    def _plan_article(self, issue: Issue, article: Article, path: str) -> Issue:
        ways = {article.id: (_link_issue(issue), *self.ways.get(article.id, ()))}
        return Issue(
            id=f"{self.publication.url}/{path}",
            title=article.title,
            date=issue.date,
            slug=issue.slug,
            number=issue.number,
            sections=(Section(articles=(article,)),),
            status="published",
            place=SitePlace(kind="article", path=path, ways=ways),
        )

    def plan_topics(self) -> Iterator[Issue]:
        """A list for each author, source, section and tag, its older articles on pages that stay as they are."""
        for topic in self.topics:
            whole = max(0, (len(topic.articles) - A_PAGE // 2) // A_PAGE)  # pages that are full and closed
            feed = f"{topic.path}feed" if topic.kind in self.publication.feeds.each else ""
            for number in range(1, whole + 2):
                path = topic.path + (f"{number}/" if number <= whole else "")
                end = number * A_PAGE if number <= whole else None
                place = SitePlace(
                    kind=topic.kind,
                    path=path,
                    feed=feed,
                    older=Way(title=topic.title, path=f"{topic.path}{number - 1}/") if number > 1 else None,
                    newer=None
                    if number > whole
                    else Way(title=topic.title, path=topic.path + (f"{number + 1}/" if number < whole else "")),
                    author=topic.author,
                    source=topic.source,
                )
                yield self._make_list(topic.title, topic.articles[(number - 1) * A_PAGE : end], place)
        for kind, folder in FOLDERS.items():
            yield from self._plan_names(
                [topic.way for topic in self.topics if topic.kind == kind and topic.count], folder
            )

    def _plan_names(self, ways: Sequence[Way], folder: str) -> Iterator[Issue]:
        """A list of names, on as many pages as it needs."""
        parts = [tuple(ways[at : at + A_LIST]) for at in range(0, len(ways), A_LIST)]
        # The name of a topic has no underscore: these pages are in nobody's place.
        paths = [f"{folder}/" if number == 1 else f"{folder}/page_{number}/" for number in range(1, len(parts) + 1)]
        names = (f"{part[0].title} – {part[-1].title}" for part in parts)
        around = [None, *(Way(title=name, path=path) for name, path in zip(names, paths, strict=True)), None]
        for part, path, older, newer in zip(parts, paths, around, around[2:], strict=False):
            page = self._make_page("index", path, lists=part)
            yield replace(page, place=page.place and replace(page.place, older=older, newer=newer))

    def plan_years(self) -> Iterator[Issue]:
        """The issues of each year, where the front page does not list them all."""
        if len(self.listed) > RECENT + 1:
            for year, issues in groupby(self.listed, self._find_year):
                yield self._make_page(
                    "year", f"archive/{year}/", title=str(year), lists=tuple(map(_link_issue, issues))
                )

    def plan_plain_pages(self) -> Iterator[Issue]:
        """How to follow, with every feed that there is, or those that have most; and the page to search on."""
        feeds = (Way(title=self.publication.title, path="feed"), Way(title=self.publication.title, path="issues"))
        asked = [topic for topic in self.topics if self._has_feeds(topic.kind)]
        most = {topic.path for topic in sorted(asked, key=lambda topic: -topic.count)[:FOLLOWED]}
        each = (Way(title=topic.title, path=f"{topic.path}feed") for topic in asked if topic.path in most)
        yield self._make_page("follow", "follow/", lists=(*feeds, *each))
        if self.publication.site.search:
            yield self._make_page("search", "search/")

    def plan_front(self) -> Iterator[Issue]:
        """The latest issue with its contents, the earlier ones, the years."""
        latest = next(iter(self.listed), None)
        if latest is None:
            yield self._make_page("front", "", feed="feed")
            return
        earlier = [_link_issue(issue) for issue in self.listed if issue.id != latest.id]
        years = [Way(title=str(year), path=f"archive/{year}/") for year, _ in groupby(self.listed, self._find_year)]
        first = next((article.id for article in latest.articles), "")
        sections = tuple(
            replace(
                section,
                intro="",
                articles=tuple(
                    article if article.id == first else replace(make_line(article, latest), key=article.key)
                    for article in section.articles
                    if not article.withdrawn
                ),
            )
            for section in latest.sections
        )
        lists = (*earlier[:RECENT], *(years if len(earlier) > RECENT else ()))
        ways = {article.id: (_link_issue(latest),) for article in latest.articles}
        yield replace(
            latest,
            sections=sections,
            place=SitePlace(kind="front", feed="feed", older=_link_issue(latest), lists=lists, ways=ways),
        )

    def plan_feeds(self) -> Iterator[Issue]:
        """The feeds of articles, of issues, and of every topic that is asked for, each with its archive."""
        articles: dict[str, Listed] = {}
        for issue in reversed(self.issues):
            for article in reversed(list(issue.articles)):
                articles.setdefault(article.id, (issue, article))
        lines = [self.line_of(article, issue) for issue, article in articles.values()]
        yield from self._plan_feed("feed", self.publication.title, "", lines)
        entries = [make_bare_entry(issue, self.publication) for issue in reversed(self.issues)]
        every_issue = str(Language.of(self.publication.language).say("all_issues"))
        yield from self._plan_feed("issues", every_issue, "issues", entries)
        for topic in self.topics:
            if self._has_feeds(topic.kind):
                lines = [self.line_of(article, issue) for issue, article in topic.articles]
                yield from self._plan_feed(f"{topic.path}feed", topic.title, topic.path, lines)

    def _plan_feed(self, stem: str, title: str, path: str, oldest_first: Sequence[Article]) -> Iterator[Issue]:
        """The newest entries under the stem; older ones in archived feeds, whose entries never change (RFC 5005)."""
        size = self.publication.feeds.entries
        folder, _, name = stem.rpartition("/")
        archived = f"{folder}/archive/{name}" if folder else f"archive/{name}"
        count = max(0, -(-len(oldest_first) // size) - 1)
        for number in range(1, count + 1):
            place = SitePlace(
                kind="feed",
                path=path if folder else "",
                feed=f"{archived}-{number}",
                older=Way(title=str(number - 1), path=f"{archived}-{number - 1}") if number > 1 else None,
                newer=Way(title=str(number + 1), path=f"{archived}-{number + 1}") if number < count else None,
                current=stem,
            )
            yield self._make_feed(title, oldest_first[(number - 1) * size : number * size], place)
        older = Way(title=str(count), path=f"{archived}-{count}") if count else None
        place = SitePlace(kind="feed", path=path if folder else "", feed=stem, older=older)
        yield self._make_feed(title, oldest_first[-size:], place)

    def _make_feed(self, title: str, oldest_first: Sequence[Article], place: SitePlace) -> Issue:
        stem = place.current or place.feed
        date = max((entry.updated or entry.published or self.date for entry in oldest_first), default=self.date)
        return Issue(
            id=f"{self.publication.url}/" + ("" if stem == "feed" else stem),
            title=title,
            date=date,
            sections=(Section(articles=tuple(reversed(oldest_first))),),
            status="published",
            place=place,
        )

    def _make_list(self, title: str, oldest_first: Sequence[Listed], place: SitePlace) -> Issue:
        ways = {article.id: self.home_of(article, issue) for issue, article in oldest_first}
        lines = tuple(
            self.line_of(article, issue) for issue, article in reversed(oldest_first) if not article.withdrawn
        )
        return Issue(
            id=f"{self.publication.url}/{place.path}",
            title=title,
            date=max((issue.date for issue, _ in oldest_first), default=self.date),
            sections=(Section(articles=lines),),
            status="published",
            place=replace(place, ways=ways),
        )

    def _make_page(
        self, kind: PageKind, path: str, *, title: str = "", feed: str = "", lists: tuple[Way, ...] = ()
    ) -> Issue:
        return Issue(
            id=f"{self.publication.url}/{path}",
            title=title or self.publication.title,
            date=max((way.date for way in lists if way.date), default=self.date),
            status="published",
            place=SitePlace(kind=kind, path=path, feed=feed, lists=lists),
        )

    def _has_feeds(self, kind: TopicKind) -> bool:
        return kind in self.publication.feeds.each

    def _find_year(self, issue: Issue) -> int:
        return issue.date.astimezone(self.zone).year


def _add_indexes(page: Issue, indexes: tuple[str, ...]) -> Issue:
    """A page that knows which lists the site has; to a feed they are nothing."""
    if page.place is None or page.place.kind == "feed":
        return page
    return replace(page, place=replace(page.place, indexes=indexes))


def find_withdrawn_pages(pages: Iterable[Issue]) -> tuple[str, ...]:
    """The paths of the plan's pages that say of an issue, or of the one article on them, that it was withdrawn."""
    return tuple(
        page.place.path
        for page in pages
        if page.place
        and (page.withdrawn if page.place.kind == "issue" else page.place.kind == "article" and _is_withdrawn(page))
    )


def _is_withdrawn(page: Issue) -> bool:
    return all(article.withdrawn for article in page.articles)


def _link_issue(issue: Issue, article: Article | None = None) -> Way:
    path = f"issues/{issue.slug}/" + (f"#{article.key}" if article else "")
    return Way(title=issue.title, path=path, date=issue.date, number=issue.number)
