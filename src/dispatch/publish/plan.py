"""The plan of the site: every page and every feed that the public folder holds. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from dispatch import derived, ledger
from dispatch.issues import sort_newest_first
from dispatch.model import Article, Contents, Issue, Link, Page, PageKind, Publication, Record, Section
from dispatch.publish.listings import SiteIndex, link_issue, make_bare_entry, make_line
from dispatch.publish.topics import FOLDERS, Listed, Topic, find_topics, list_records

RECENT = 24  # earlier issues that the front page lists; the years have them all
FOLLOWED = 60  # feeds of topics that the page on following lists; every topic's own page has its feed
A_LIST = 250  # names on a page of authors, sources, sections or tags
_NEVER = datetime(1000, 1, 1, tzinfo=UTC)
A_PAGE = 40  # articles on a page of a list, at least half of that on its first


def plan_pages(issues: Iterable[Issue], publication: Publication, published: Iterable[Record] = ()) -> list[Page]:
    """Plan the pages and the feeds of a site of these issues, which need not have their texts (``strip_texts``).

    Pages and feeds that list articles are complete. Those of kind front, issue and article show texts: fill them with
    ``fill_page`` before they are rendered. What they hold never depends on the order in which the issues are given.
    published: what the ledger remembers; lists stay where it says that they were.
    """
    issues, records = tuple(issues), tuple(published)
    entered = ledger.find_entry_moments(issues, records)
    ordered = sort_newest_first(ledger.set_entry_moments(issue, entered) for issue in issues)
    topics = find_topics(ordered[::-1], publication, records)
    site = SiteIndex(publication, ordered, topics, entered)
    pages = [
        *_plan_issues(site),
        *_plan_topics(site),
        *_plan_years(site),
        *_plan_plain_pages(site),
        *_plan_feeds(site),
        _plan_front(site),
    ]
    return [page if page.kind == "feed" else replace(page, indexes=site.indexes) for page in pages]


def fill_page(page: Page, whole: Issue) -> Page:
    """Return a page of kind front, issue or article with the texts of the issue that it shows."""
    whole = ledger.set_entry_moments(whole, {one.id: one.entered for one in page.articles if one.entered})
    if page.kind == "issue":
        return _take_contents(page, whole)
    if page.kind == "article":
        shown = {article.id: article for article in whole.articles}
        return replace(page, sections=(Section(articles=tuple(shown[article.id] for article in page.articles)),))
    lead = next(whole.articles, None)
    filled = page.change_articles(lambda one: lead if lead and one.id == lead.id else one)
    return replace(filled, intro=whole.intro, sponsor=whole.sponsor)


def find_withdrawn_pages(pages: Iterable[Page]) -> tuple[str, ...]:
    """Find the paths of the pages on which nothing but a notice is left: of an issue, or of the article alone."""
    return tuple(
        page.path
        for page in pages
        if (page.kind == "issue" and page.withdrawn)
        or (page.kind == "article" and all(article.withdrawn for article in page.articles))
    )


def _take_contents(page: Page, issue: Issue) -> Page:
    """Return the page with everything that an issue holds."""
    return replace(page, **{one.name: getattr(issue, one.name) for one in fields(Contents)})


def _plan_issues(site: SiteIndex) -> Iterator[Page]:
    """Plan the page of each issue, and of each article that may be shown in full."""
    around = {issue.id: at for at, issue in enumerate(site.listed)}
    for issue in site.issues:
        at = around.get(issue.id)
        path = f"issues/{issue.slug}/"
        page = Page(
            kind="issue",
            path=path,
            feed=f"{path}feed",
            previous=link_issue(site.listed[at + 1]) if at is not None and at + 1 < len(site.listed) else None,
            next=link_issue(site.listed[at - 1]) if at else None,
            related={article.id: site.related.get(article.id, ()) for article in issue.articles},
            id=issue.id,
            title=issue.title,
            date=issue.date,
        )
        yield _take_contents(page, issue)
        for article in issue.articles:
            if derived.has_own_page(article.source):
                yield _plan_article(site, issue, article, f"{path}{article.key}/")
            if not article.withdrawn and derived.find_republish_licence(article, site.publication):
                page = _plan_article(site, issue, article, f"{path}{article.key}/republish/")
                yield replace(page, kind="republish", related={})


def _plan_article(site: SiteIndex, issue: Issue, article: Article, path: str) -> Page:
    return Page(
        kind="article",
        path=path,
        related={article.id: (link_issue(issue), *site.related.get(article.id, ()))},
        id=f"{site.publication.url}/{path}",
        title=article.title,
        date=issue.date,
        slug=issue.slug,
        number=issue.number,
        sections=(Section(articles=(article,)),),
        status="published",
    )


def _plan_topics(site: SiteIndex) -> Iterator[Page]:
    """Plan a list for each author, source, section and tag, and the lists of their names."""
    for topic in site.topics:
        yield from _plan_topic(site, topic)
    for kind, folder in FOLDERS.items():
        yield from _plan_names(
            site, [topic.link for topic in site.topics if topic.kind == kind and topic.article_count], folder
        )


def _plan_topic(site: SiteIndex, topic: Topic) -> Iterator[Page]:
    """Plan the list of a topic's articles, the older ones on pages that stay as they are."""
    full = max(0, (len(topic.articles) - A_PAGE // 2) // A_PAGE)  # pages that are full and closed

    def link(number: int) -> Link:
        return Link(title=topic.title, path=topic.path + (f"{number}/" if number <= full else ""))

    for number in range(1, full + 2):
        path = link(number).path
        shown = topic.articles[(number - 1) * A_PAGE : number * A_PAGE if number <= full else None]
        lines = (site.line_of(article, issue) for issue, article in reversed(shown) if not article.withdrawn)
        yield Page(
            kind=topic.kind,
            path=path,
            feed=f"{topic.path}feed" if site.has_feeds(topic.kind) else "",
            previous=link(number - 1) if number > 1 else None,
            next=link(number + 1) if number <= full else None,
            author=topic.author,
            source=topic.source,
            related={article.id: site.home_of(article, issue) for issue, article in shown},
            id=f"{site.publication.url}/{path}",
            title=topic.title,
            date=max((issue.date for issue, _ in shown), default=site.date),
            sections=(Section(articles=tuple(lines)),),
            status="published",
            records=list_records(topic, site.publication) if number > full else (),
        )


def _plan_names(site: SiteIndex, links: Sequence[Link], folder: str) -> Iterator[Page]:
    """Plan a list of names, on as many pages as it needs."""
    parts = [tuple(links[at : at + A_LIST]) for at in range(0, len(links), A_LIST)]
    # The name of a topic has no underscore: no topic has the address of one of these pages.
    paths = [f"{folder}/" if number == 1 else f"{folder}/page_{number}/" for number in range(1, len(parts) + 1)]
    names = (f"{part[0].title} – {part[-1].title}" for part in parts)
    around = [None, *(Link(title=name, path=path) for name, path in zip(names, paths, strict=True)), None]
    for part, path, before, after in zip(parts, paths, around, around[2:], strict=False):
        yield replace(_plan_list(site, "index", path, lists=part), previous=before, next=after)


def _plan_years(site: SiteIndex) -> Iterator[Page]:
    """Plan a list of the issues of each year, where the front page does not list them all."""
    if len(site.listed) > RECENT + 1:
        for year, issues in groupby(site.listed, site.find_year):
            yield _plan_list(site, "year", f"archive/{year}/", tuple(map(link_issue, issues)), title=str(year))


def _plan_plain_pages(site: SiteIndex) -> Iterator[Page]:
    """Plan how to follow, with every feed that there is, or those that have most; and the page to search on."""
    title = site.publication.title
    feeds = [Link(title=title, path="feed"), Link(title=title, path="issues")]
    if site.is_given_out:
        feeds.append(Link(title=site.say("page.republish_feed"), path="partners"))
    asked = [topic for topic in site.topics if site.has_feeds(topic.kind)]
    most = {topic.path for topic in sorted(asked, key=lambda topic: -topic.article_count)[:FOLLOWED]}
    each = (Link(title=topic.title, path=f"{topic.path}feed") for topic in asked if topic.path in most)
    yield _plan_list(site, "follow", "follow/", lists=(*feeds, *each))
    if site.publication.site.search:
        yield _plan_list(site, "search", "search/")


def _plan_front(site: SiteIndex) -> Page:
    """Plan the front page: the latest issue with its contents, the earlier ones, the years."""
    front = replace(_plan_list(site, "front", ""), feed="feed")
    latest = next(iter(site.listed), None)
    if latest is None:
        return front
    earlier = [link_issue(issue) for issue in site.listed if issue.id != latest.id]
    years = [Link(title=str(year), path=f"archive/{year}/") for year, _ in groupby(site.listed, site.find_year)]
    first = next((article.id for article in latest.articles), "")

    def shorten_article(article: Article) -> Article | None:
        if article.withdrawn:
            return None
        return article if article.id == first else replace(make_line(article, latest), key=article.key)

    return replace(
        _take_contents(front, latest).change_articles(shorten_article, keep_intros=False),
        previous=link_issue(latest),
        lists=(*earlier[:RECENT], *(years if len(earlier) > RECENT else ())),
        related={article.id: (link_issue(latest),) for article in latest.articles},
    )


def _plan_list(site: SiteIndex, kind: PageKind, path: str, lists: tuple[Link, ...] = (), *, title: str = "") -> Page:
    """Plan a page that lists other pages, and no articles."""
    return Page(
        kind=kind,
        path=path,
        lists=lists,
        id=f"{site.publication.url}/{path}",
        title=title or site.publication.title,
        date=max((link.date for link in lists if link.date), default=site.date),
        status="published",
    )


def _plan_feeds(site: SiteIndex) -> Iterator[Page]:
    """Plan the feeds of articles, of issues, and of every topic that has one."""
    articles: dict[str, Listed] = {}
    for issue in reversed(site.issues):
        for article in reversed(list(issue.articles)):
            articles.setdefault(article.id, (issue, article))
    lines = [site.entry_of(article, issue) for issue, article in articles.values()]
    yield from _plan_feed(site, "feed", site.publication.title, "", lines)
    entries = [make_bare_entry(issue, site.publication, site.entered[issue.id]) for issue in reversed(site.issues)]
    yield from _plan_feed(site, "issues", site.say("all_issues"), "issues", entries)
    free = [pair for pair in articles.values() if derived.find_republish_licence(pair[1], site.publication)]
    if free:
        lines = [site.entry_of(article, issue) for issue, article in free]
        for page in _plan_feed(site, "partners", site.publication.title, "", lines):
            yield replace(page, is_kit=True)
    for topic in site.topics:
        if site.has_feeds(topic.kind):
            lines = [site.entry_of(article, issue) for issue, article in topic.articles]
            yield from _plan_feed(site, f"{topic.path}feed", topic.title, topic.path, lines, topic.first_path)


def _plan_feed(
    site: SiteIndex, stem: str, title: str, path: str, oldest_first: Sequence[Article], first_path: str = ""
) -> Iterator[Page]:
    """Plan the feed that readers subscribe to, and archived feeds of older entries, which never change (RFC 5005).

    first_path: of a topic, where it was when the feed got its id.

    The former also holds what is in the latter already, for as long as a reader may not have seen it.
    """
    ordered = sorted(oldest_first, key=lambda entry: site.entered[entry.id])
    size = site.publication.feeds.entries
    folder, _, name = stem.rpartition("/")
    archived = f"{folder}/archive/{name}" if folder else f"archive/{name}"
    count = max(0, -(-len(ordered) // size) - 1)

    def link(number: int) -> Link | None:
        return Link(title=str(number), path=f"{archived}-{number}") if 0 < number <= count else None

    def feed(entries: Sequence[Article], number: int, own: str, live: str) -> Page:
        date = max((site.changed[entry.id] for entry in entries), default=site.date)
        return Page(
            kind="feed",
            path=path if folder else "",
            feed=own,
            live_feed=live,
            previous=link(number - 1),
            next=link(number + 1),
            id=f"{site.publication.first_url}/" + ("" if stem == "feed" else first_path + name if first_path else stem),
            title=title,
            date=date,
            sections=(Section(articles=tuple(reversed(entries))),),
            status="published",
        )

    for number in range(1, count + 1):
        yield feed(ordered[(number - 1) * size : number * size], number, f"{archived}-{number}", stem)
    recent = _find_recent([entry.id for entry in ordered], site)
    shown = [entry for at, entry in enumerate(ordered) if at >= len(ordered) - size or entry.id in recent]
    yield feed(shown, count + 1, stem, "")


def _find_recent(ids: Sequence[str], site: SiteIndex) -> frozenset[str]:
    """Find what a reader who asks once in ``[feeds] days`` may not have seen yet, or not as it is now.

    That is what came with or after the last issue that is older than that and was not published late. The days count
    back from the newest publication or change: no clock is asked, so nobody knows how late something was.
    """
    since = max((site.changed[id_] for id_ in ids), default=_NEVER) - timedelta(days=site.publication.feeds.days)
    in_time = (issue for issue in site.issues if site.entered[issue.id] == issue.date < since)
    last_old = next(in_time, None)
    # Its articles came a second after one another, the first of them with it.
    begin = last_old.date - timedelta(seconds=len([*last_old.articles])) if last_old else _NEVER
    return frozenset(id_ for id_ in ids if site.entered[id_] >= begin or site.changed[id_] >= since)
