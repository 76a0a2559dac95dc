"""The inbox with 100,000 articles, beside the start of a process that only says its version."""

import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from pathlib import Path

from benchmarks.measure import Row, in_turns, process
from benchmarks.sample import DAY
from dispatch import config, inbox
from dispatch.model import Article, Author, Source

ARTICLES = 100_000
SOURCES = 500
# Words as unequally common as those of a language.
WORDS = [f"{first}{middle}{last}" for first in "bdfgklmnprst" for middle in "aeiou" for last in "bdgklmnprstvz"]
WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))


def rows() -> Iterator[Row]:
    """The first screen, and searches for a word that is in most articles, for a rare one and for a name."""
    with tempfile.TemporaryDirectory() as folder:
        fill_inbox(Path(folder), ARTICLES, SOURCES)
        for words in (
            ("inbox",),
            ("inbox", "--search", WORDS[0]),
            ("inbox", "--search", f"{WORDS[-1]} {WORDS[-2]}"),
            ("inbox", "--author", WORDS[50]),
        ):
            ours, theirs = (
                process(sys.executable, "-c", "from dispatch.cli import main; main()", *these, folder=Path(folder))
                for these in (words, ("--version",))
            )
            work = f"`dispatch {' '.join(words)}` of {ARTICLES:,}"
            yield in_turns(work, "`dispatch --version`", ours, theirs, turns=20, goal=3.0)


def fill_inbox(root: Path, count: int, sources: int) -> None:
    """Make a publication with so many articles in its inbox, from so many sources."""
    config.create_publication(root, title="The Wire", url="https://wire.example")
    chance = random.Random(7)
    with inbox.open_inbox(config.load(root)) as box:
        for source in range(sources):
            site = f"https://site-{source}.example"
            articles = [
                Article(
                    id=f"{site}/?p={number}",
                    url=f"{site}/{number}",
                    title=_words(chance, 8).capitalize(),
                    content=f"<p>{_words(chance, 150)}</p>",
                    authors=(Author(name=_words(chance, 2).title(), url=f"{site}/author"),),
                    source=Source(title=f"Site {source}", url=site),
                    published=DAY - timedelta(hours=number),
                )
                for number in range(count // sources)
            ]
            box.keep_articles(f"site-{source}", articles, DAY + timedelta(hours=source // 100))


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=count))
