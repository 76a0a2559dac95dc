"""Feeds of 20, 1,000 and 10,000 entries of 5 KB, beside plain feedgen and beside lxml by hand."""

from collections.abc import Iterator

from benchmarks import sample
from benchmarks.measure import Row, in_turns, within
from benchmarks.peers import feeds
from dispatch import render

# Entries, times a turn, turns.
SIZES = ((20, 10, 30), (1_000, 1, 9), (10_000, 1, 3))


def rows() -> Iterator[Row]:
    """The goal stands for RSS beside feedgen; lxml by hand is the fastest writer that has a name."""
    publication = sample.publication()
    for size, times, turns in SIZES:
        issue = sample.issue(size)
        rss = within(lambda issue=issue: render.edition(issue, publication, "rss"), times)  # type: ignore[misc]
        atom = within(lambda issue=issue: render.edition(issue, publication, "atom"), times)  # type: ignore[misc]
        plain = within(lambda issue=issue: feeds.with_feedgen(issue), times)  # type: ignore[misc]
        plain_atom = within(lambda issue=issue: feeds.with_feedgen(issue, atom=True), times)  # type: ignore[misc]
        by_hand = within(lambda issue=issue: feeds.with_lxml(issue), times)  # type: ignore[misc]
        yield in_turns(f"RSS of {size:,} entries", "plain feedgen", rss, plain, turns=turns, goal=1.0)
        yield in_turns(f"RSS of {size:,} entries", "lxml by hand", rss, by_hand, turns=turns)
        yield in_turns(f"Atom of {size:,} entries", "plain feedgen", atom, plain_atom, turns=turns, goal=1.0)
