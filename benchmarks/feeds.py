"""Feeds of 20, 1,000 and 10,000 entries of 5 KB, beside plain feedgen and beside lxml by hand."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks import sample
from benchmarks.measure import Row, in_turns, within
from benchmarks.peers import feeds
from dispatch import render
from dispatch.formats import FEEDS, load_feed_module
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Issue, Publication, Section

# Entries, times a turn, turns, the goal for the next issue.
SIZES = ((20, 10, 30, None), (1_000, 1, 9, 0.05), (10_000, 1, 3, 0.1))
NEXT = 10  # articles of the next issue


def rows() -> Iterator[Row]:
    """The goal stands for RSS beside feedgen; lxml by hand is the fastest writer that has a name."""
    publication = sample.publication()
    for size, times, turns, goal in SIZES:
        issue = sample.issue(size)
        rss = within(lambda issue=issue: render.render_edition(issue, publication, "rss"), times)  # type: ignore[misc]
        atom = within(lambda issue=issue: render.render_edition(issue, publication, "atom"), times)  # type: ignore[misc]
        all_three = within(lambda issue=issue: every_feed(issue, publication), times)  # type: ignore[misc]
        plain = within(lambda issue=issue: feeds.with_feedgen(issue), times)  # type: ignore[misc]
        plain_atom = within(lambda issue=issue: feeds.with_feedgen(issue, atom=True), times)  # type: ignore[misc]
        both = within(
            lambda issue=issue: (feeds.with_feedgen(issue), feeds.with_feedgen(issue, atom=True)),  # type: ignore[misc]
            times,
        )
        by_hand = within(lambda issue=issue: feeds.with_lxml(issue), times)  # type: ignore[misc]
        yield in_turns(f"RSS of {size:,} entries", "plain feedgen", rss, plain, turns=turns, goal=1.0)
        yield in_turns(f"RSS of {size:,} entries", "lxml by hand", rss, by_hand, turns=turns)
        yield in_turns(f"Atom of {size:,} entries", "plain feedgen", atom, plain_atom, turns=turns, goal=1.0)
        yield in_turns(
            f"RSS, Atom and JSON Feed of {size:,} entries", "plain feedgen, RSS and Atom", all_three, both, turns=turns
        )
        if goal:
            upcoming = within(next_issue(issue, publication), times)
            work = f"RSS of {size:,} entries, {NEXT} of them new"
            yield in_turns(work, "plain feedgen", upcoming, plain, turns=turns, goal=goal)
            subscribed = within(next_issue(sample.issue(publication.feeds.entries), publication), times)
            work = f"RSS of the newest {publication.feeds.entries} of {size:,}, {NEXT} of them new"
            yield in_turns(work, "plain feedgen, all of them", subscribed, plain, turns=turns, goal=goal)


def every_feed(issue: Issue, publication: Publication) -> None:
    """All feeds of an issue, the entries made once."""
    entries = render.render_entries(issue, publication, issue.articles)
    for name in FEEDS:
        render.render_feed(issue, publication, name, entries[name])


def next_issue(issue: Issue, publication: Publication) -> Callable[[], object]:
    """The feed after the next issue: its entries are made, the others are kept."""
    rss = load_feed_module("rss")
    articles = tuple(issue.articles)
    fresh = replace(issue, sections=(Section(articles=articles[:NEXT]),))
    kept = render.render_entries(issue, publication, articles[NEXT:])["rss"]

    def work() -> object:
        fragments = TemplateContext(fresh, publication)
        made = {article.id: rss.entry(article, fragments) for article in fresh.articles}
        return render.render_feed(issue, publication, "rss", {**kept, **made})

    return work
