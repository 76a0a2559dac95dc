"""The plan of the site: every page and every feed that the public folder holds. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import groupby

from dispatch import derived, ledger
from dispatch.issues import sort_newest_first
from dispatch.model import Article, Contents, Issue, Link, Page, PageKind, Publication, Record, Section
from dispatch.publish.feeds import plan_feeds
from dispatch.publish.listings import (
    SiteIndex,
    build_issue_card,
    link_issue,
    make_line,
)
from dispatch.publish.topics import FOLDERS, Topic, find_topics, list_records

RECENT = 6  # earlier issues that the front page introduces; the archive has them all
ARCHIVED = 150  # issues that the archive lists; the years have them all
A_SHELF = 25  # issues up to which there are no pages of years
FOLLOWED = 60  # feeds of topics that the page on following lists; every topic's own page has its feed
A_LIST = 250  # names on a page of authors, sources, sections or tags
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
        *plan_feeds(site),
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
    """Plan the archive: a list of the issues and, where these are many, of each year's."""
    years = {year: tuple(map(link_issue, issues)) for year, issues in groupby(site.listed, site.find_year)}
    shelves = years if len(site.listed) > A_SHELF else {}
    ways = (Link(title=str(year), path=f"archive/{year}/") for year in shelves)
    yield _plan_list(site, "archive", "archive/", (*map(link_issue, site.listed[:ARCHIVED]), *ways))
    for year, issues in shelves.items():
        yield _plan_list(site, "year", f"archive/{year}/", issues, title=str(year))


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
    for page in site.publication.pages:
        planned = _plan_list(site, "page", f"{page.slug}/", title=page.title)
        yield replace(planned, intro=page.content, preheader=page.description)
    if site.publication.site.search:
        yield _plan_list(site, "search", "search/")


def _plan_front(site: SiteIndex) -> Page:
    """Plan the front page: the latest issue with its contents, and the earlier ones."""
    front = replace(_plan_list(site, "front", ""), feed="feed")
    latest = next(iter(site.listed), None)
    if latest is None:
        return front
    first = next((article.id for article in latest.articles), "")

    def shorten_article(article: Article) -> Article | None:
        if article.withdrawn:
            return None
        if article.id == first:
            return article
        line, source = make_line(article, latest), replace(article.source, license="")
        return replace(line, key=article.key, dek=article.dek, image=article.image, source=source)

    return replace(
        _take_contents(front, latest).change_articles(shorten_article, keep_intros=False),
        previous=link_issue(latest),
        lists=tuple(build_issue_card(issue) for issue in site.listed[1 : RECENT + 1]),
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
