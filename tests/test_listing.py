"""Lists at a terminal: wrapped, aligned, coloured, isolated; plain text everywhere else."""

from dataclasses import replace
from pathlib import Path

import pytest

import nouns
from commands import run_dispatch
from dispatch import config, inbox, issues
from dispatch.cli.listing import measure_text
from dispatch.model import Author, Section
from loopback import item, rss, web
from terminals import drop_escapes, run_at_terminal

LISTS = (("issue", "list"), ("issue", "show", "week"), ("inbox",), ("source", "list"), ("author", "list"))
LONG = "What the harbour said in a week in which nobody listened, and who was there all the same to hear it"
CHINESE = "港口的渡轮凌晨两点到达却没有人在等它只有一个老人站在码头上看着海鸥飞过灯塔这就是全部的故事"
HEBREW = Author(name="דנה לוי (Dana)", url="https://dana.example/")


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example")
    with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[sources]]\nkey = "paper"\ntitle = "The Paper"\nfeed = "https://paper.example/a/long/feed.xml"\n'
        )
    publication = config.load(root)
    unsure = replace(nouns.article(3), authors=(HEBREW,), certainty="likely")
    told = (nouns.article(1, title=LONG), nouns.article(2, title=CHINESE), unsure)
    sections = (Section(title="港口", articles=told),)
    issues.create_issue(publication, nouns.issue(slug="week", title=LONG, status="draft", sections=sections))
    issues.create_issue(
        publication, nouns.issue(slug="a-name", number=8, title=CHINESE, id="tag:x,2026:2", sections=())
    )
    with inbox.open_inbox(publication) as box:
        waiting = [replace(one, id=f"tag:x,2026:i{n}", url=f"https://x.example/{n}") for n, one in enumerate(told)]
        box.keep_articles("paper", waiting, nouns.DATE)
    return root


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(
    letter: Path, words: tuple[str, ...], width: int
) -> None:
    shown = drop_escapes(run_at_terminal(letter, *words, width=width))
    for line in shown.splitlines():
        assert measure_text(line) <= width or "://" in line or line.startswith(("No", "For")), line
    plain = run_dispatch(letter, *words)
    signs = str.maketrans("", "", " \n·\u2068\u2069")
    assert shown.translate(signs) == (plain.stdout + plain.stderr).translate(signs)


def test_colour_says_what_is_to_be_decided_and_nobody_has_to_see_it(letter: Path) -> None:
    assert "\x1b[33mdraft" in run_at_terminal(letter, "issue", "list")
    shown = run_at_terminal(letter, "issue", "show", "week", width=200)
    assert "\x1b[33m\u2068by דנה לוי (Dana) (likely)\u2069\x1b[0m" in shown
    plain = run_at_terminal(letter, "issue", "show", "week", width=200, NO_COLOR="1")
    assert "\x1b" not in plain
    assert "\u2068by דנה לוי" in plain
    piped = run_dispatch(letter, "issue", "show", "week").stdout
    assert not {"\x1b", "\u2068"} & set(piped)


def test_columns_stand_below_one_another_whatever_is_in_them(letter: Path) -> None:
    rows = run_dispatch(letter, "issue", "list").stdout.splitlines()
    places = {measure_text(row[: row.index(" articles")]) for row in rows}
    assert len(rows) == 2
    assert len(places) == 1
    assert measure_text("e\u0301港") == 3


def test_a_gathering_names_whom_it_waits_for_from_the_first_moment(tmp_path: Path) -> None:
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example")
    with web() as site:
        site.pages["/feed"] = rss(item("a"))
        feed = site.url("/feed")
        with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[[sources]]\nkey = "paper"\nfeed = "{feed}"\nallow_private = true\n')
        shown = run_at_terminal(root, "gather", width=60)
    assert shown.startswith("\r0 of 1 sources. Waiting for paper\x1b[K")
    assert shown.endswith("\r\x1b[K1 new, 0 changed from 1 source\n")
