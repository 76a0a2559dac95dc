"""The plan of the site's feeds: of articles, of issues, of every topic that has one, and their archives. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dispatch import derived
from dispatch.model import Article, Link, Page, Section
from dispatch.publish.listings import SiteIndex, make_bare_entry
from dispatch.publish.topics import Listed

_NEVER = datetime(1000, 1, 1, tzinfo=UTC)


def plan_feeds(site: SiteIndex) -> Iterator[Page]:
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
