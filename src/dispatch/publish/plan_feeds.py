"""The feeds of the site: of articles, of issues, and of the topics that have one, each with its archive. Pure."""

from collections.abc import Iterator, Sequence

from dispatch.language import Language
from dispatch.model import Article, Link, Page, Section
from dispatch.publish.listings import make_bare_entry
from dispatch.publish.site_index import SiteIndex
from dispatch.publish.topics import Listed


def plan_feeds(site: SiteIndex) -> Iterator[Page]:
    """Plan the feeds of articles, of issues, and of every topic that has one."""
    articles: dict[str, Listed] = {}
    for issue in reversed(site.issues):
        for article in reversed(list(issue.articles)):
            articles.setdefault(article.id, (issue, article))
    lines = [site.line_of(article, issue) for issue, article in articles.values()]
    yield from _plan_feed(site, "feed", site.publication.title, "", lines)
    entries = [make_bare_entry(issue, site.publication) for issue in reversed(site.issues)]
    every_issue = str(Language.of(site.publication.language).say("all_issues"))
    yield from _plan_feed(site, "issues", every_issue, "issues", entries)
    for topic in site.topics:
        if site.has_feeds(topic.kind):
            lines = [site.line_of(article, issue) for issue, article in topic.articles]
            yield from _plan_feed(site, f"{topic.path}feed", topic.title, topic.path, lines)


def _plan_feed(site: SiteIndex, stem: str, title: str, path: str, oldest_first: Sequence[Article]) -> Iterator[Page]:
    """Plan a feed of the newest entries, and archived feeds of older ones, whose entries never change (RFC 5005)."""
    size = site.publication.feeds.entries
    folder, _, name = stem.rpartition("/")
    archived = f"{folder}/archive/{name}" if folder else f"archive/{name}"
    count = max(0, -(-len(oldest_first) // size) - 1)

    def link(number: int) -> Link | None:
        return Link(title=str(number), path=f"{archived}-{number}") if 0 < number <= count else None

    def feed(entries: Sequence[Article], number: int, own: str, live: str) -> Page:
        date = max((entry.updated or entry.published or site.date for entry in entries), default=site.date)
        return Page(
            kind="feed",
            path=path if folder else "",
            feed=own,
            live_feed=live,
            previous=link(number - 1),
            next=link(number + 1),
            id=f"{site.publication.url}/" + ("" if stem == "feed" else stem),
            title=title,
            date=date,
            sections=(Section(articles=tuple(reversed(entries))),),
            status="published",
        )

    for number in range(1, count + 1):
        yield feed(oldest_first[(number - 1) * size : number * size], number, f"{archived}-{number}", stem)
    yield feed(oldest_first[-size:], count + 1, stem, "")
