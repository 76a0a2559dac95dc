"""The inbox as an editor uses it: listed, searched, put aside, and composed into issues."""

import json
import shutil
from collections.abc import Callable
from contextlib import chdir
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import nouns
from dispatch import config, gather, inbox
from dispatch.cli import main
from dispatch.model import Article, Author, Source
from terminals import run_at_terminal

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SOURCES = """
[[sources]]
key = "paper"
title = "The Paper"
url = "https://paper.example/"
section = "Europe"
syndicate = "link"
license = "CC-BY-4.0"

[[sources]]
key = "planet"
section = "The world"
"""

Dispatch = Callable[..., Result]


@pytest.fixture
def dispatch(tmp_path: Path) -> Dispatch:
    def run(*words: str, code: int = 0) -> Result:
        with chdir(tmp_path / "letter"):
            result = CliRunner().invoke(main, words, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with two sources, of which one had three articles and the other one of a third party."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example")
    with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write(SOURCES)
    gathered(root, "paper", story(3), story(2), story(1, title="Café \u202eau port", authors=(), certainty="unknown"))
    origin = Source(title="Origin", url="https://origin.example/")
    gathered(root, "planet", story(4, url="https://origin.example/4?a=1&b=%20", source=origin), at=NOW + timedelta(1))
    return root


def story(n: int, **values: object) -> Article:
    said = {"id": f"https://paper.example/?p={n}", "key": "", "source": Source(key="paper", title="The Paper")}
    content = {"content": f"<p>The ferry came in at two. So says story number {n}.</p>"}
    return nouns.article(n, **(said | content | values))


def gathered(root: Path, source: str, *articles: Article, at: datetime = NOW) -> None:
    with inbox.open_inbox(config.load(root)) as box:
        box.keep_articles(source, articles, at)


def issue_of(dispatch: Dispatch, slug: str) -> dict[str, list[str]]:
    sections = json.loads(dispatch("issue", "show", slug, "--json").stdout)["sections"]
    return {section["title"]: [article["title"] for article in section["articles"]] for section in sections}


@pytest.mark.usefixtures("letter")
def test_what_is_new_is_listed_the_newest_first_and_safe_for_a_terminal(dispatch: Dispatch) -> None:
    listed = dispatch("inbox")
    assert [line.split()[0] for line in listed.stdout.splitlines()[::3]] == ["4", "1", "2", "3"]
    assert "       The ferry came in at two. So says story number 4.\n" in listed.stdout
    assert "    4  Story 4\n       by Ada 4 · in Origin · 2025-02-10\n" in listed.stdout
    assert "Café \\u202eau port\n       no author found · in The Paper" in listed.stdout
    assert "\u202e" not in listed.stdout


@pytest.mark.usefixtures("letter")
def test_of_a_range_those_are_added_that_wait(dispatch: Dispatch) -> None:
    dispatch("issue", "new", "Week 48", "--slug", "week-48")
    dispatch("inbox", "dismiss", "3")
    dispatch("add", "2-4", "1", "--section", "Ports")
    assert issue_of(dispatch, "week-48")["Ports"] == ["Story 2", "Story 4", "Café \u202eau port"]
    assert "2-4: none of these waits in the inbox" in dispatch("add", "2-4", code=1).stderr
    dispatch("inbox", "restore", "3")
    dispatch("issue", "remove", "week-48", "story-4")
    assert "--title is for one article" in dispatch("add", "3-4", "--title", "X", code=2).stderr


@pytest.mark.usefixtures("letter")
def test_a_list_is_narrowed_down(dispatch: Dispatch) -> None:
    def found(*words: str) -> list[int]:
        return [article["number"] for article in json.loads(dispatch("inbox", "--json", *words).stdout)]

    assert sorted(found()) == [1, 2, 3, 4]
    assert found("--search", "cafe") == [1]
    assert found("--source", "planet") == found("--since", "2026-11-23") == [4]
    assert found("--author", "ada 2") == [2]
    assert len(found("--limit", "2")) == 2
    assert found("--search", '") OR (') == []
    assert "For more: --limit" in dispatch("inbox", "--limit", "2").stderr
    assert "No article matches" in dispatch("inbox", "--search", "nowhere").stderr
    assert "did you mean “paper”" in dispatch("inbox", "--source", "papr", code=2).output


def test_a_list_has_an_order_and_what_is_used_can_be_seen(dispatch: Dispatch, letter: Path) -> None:
    def found(*words: str) -> list[int]:
        return [article["number"] for article in json.loads(dispatch("inbox", "--json", *words).stdout)]

    gathered(letter, "planet", story(5, url="https://origin.example/5"), at=NOW - timedelta(9))
    assert found("--order", "source")[-2:] == [4, 5]
    days = [article["published"] for article in json.loads(dispatch("inbox", "--json", "--order", "day").stdout)]
    assert days == sorted(days, reverse=True)
    assert sorted(found("--order", "day", "--search", "ferry")) == [1, 2, 3, 4, 5]
    dispatch("issue", "new", "Week 48")
    dispatch("add", "2")
    assert (found("--used"), 2 in found()) == ([2], False)
    assert "needs a terminal" in dispatch("inbox", "--interactive", code=2).stderr


def test_entries_are_decided_with_one_key_each(dispatch: Dispatch, letter: Path) -> None:
    dispatch("issue", "new", "Week 48", "--slug", "week")
    keys = [b"a", b"u", b"x", b"?", b"a", b"x", b"u", b"s", b"q"]
    shown = run_at_terminal(letter, "inbox", "--interactive", keys=keys)
    assert "added 1, dismissed 1, skipped 1; 1 left" in shown
    states = {one["number"]: one["state"] for one in json.loads(dispatch("inbox", "--all", "--json").stdout)}
    assert states == {4: "dismissed", 1: "new", 2: "new", 3: "new"}
    assert list(issue_of(dispatch, "week").values()) == [["Café \u202eau port"]]
    assert len(list((letter / "issues" / "week").iterdir())) == 2


@pytest.mark.usefixtures("letter")
def test_json_is_an_array_of_whole_articles_in_ascii(dispatch: Dispatch) -> None:
    out = dispatch("inbox", "--json").stdout
    assert out.isascii()
    article = next(one for one in json.loads(out) if one["number"] == 4)
    assert article["url"] == "https://origin.example/4?a=1&b=%20"
    assert article["authors"] == [
        {"name": "Ada 4", "url": "https://people.example/ada-4", "email": "", "bio": "Ada 4 writes about bridges.",
         "avatar": ""}
    ]  # fmt: skip
    assert (article["state"], article["source"]["title"], article["also_at"]) == ("new", "Origin", [])


def test_one_article_is_shown_whole(dispatch: Dispatch, letter: Path) -> None:
    gathered(letter, "paper", story(2, title="Story two"))
    gathered(letter, "planet", story(2, id="", title="Story two", url="https://copy.example/2"))
    shown = dispatch("inbox", "show", "2").stdout
    assert shown.startswith("2  Story two\n")
    for line in (
        "by Ada 2 (certain) https://people.example/ada-2",
        "https://paper.example/story-2?x=1&y=2",
        "also at https://copy.example/2",
        "changed: title: Story 2 → Story two",
        "The ferry came in at two. So says story number 2.",
    ):
        assert line in shown.splitlines()
    assert "Hint: dispatch inbox --all lists them" in dispatch("inbox", "show", "77", code=1).stderr
    assert json.loads(dispatch("inbox", "show", "2", "--json").stdout)["used_in"] == []


@pytest.mark.usefixtures("letter")
@pytest.mark.parametrize(
    ("words", "left", "undo"),
    [
        (["1-3"], [4], "1-3"),
        (["4", "1-2"], [3], "1-2 4"),
        (["2-900000000"], [1], "2-4"),
        (["--source", "planet"], [1, 2, 3], "4"),
        (["--search", "café"], [2, 3, 4], "1"),
        (["--before", "2026-11-23"], [4], "1-3"),
        (["1-4", "--source", "paper"], [4], "1-3"),
        (["4", "--source", "paper"], [1, 2, 3, 4], ""),
        (["--rest"], [], "1-4"),
        (["5-9"], [1, 2, 3, 4], ""),
    ],
)
def test_many_are_dismissed_at_once_and_come_back(
    words: list[str], left: list[int], undo: str, dispatch: Dispatch
) -> None:
    said = dispatch("inbox", "dismiss", *words).stderr
    waiting = sorted(one["number"] for one in json.loads(dispatch("inbox", "--json").stdout))
    assert waiting == left
    assert said.partition("To undo: dispatch inbox restore ")[2].strip() == undo
    if undo:
        assert dispatch("inbox", "restore", *undo.split()).stderr == f"restored {4 - len(left)}\n"
        assert len(json.loads(dispatch("inbox", "--json").stdout)) == 4


@pytest.mark.usefixtures("letter")
@pytest.mark.parametrize("words", [[], ["0"], ["3-1"], ["1-"], ["x"], ["--source", "nobody"], ["--before", "soon"]])
def test_what_is_no_set_of_the_inbox_is_wrong_usage(words: list[str], dispatch: Dispatch) -> None:
    dispatch("inbox", "dismiss", *words, code=2)


@pytest.mark.usefixtures("letter")
def test_what_is_dismissed_is_listed_no_more_until_it_is_restored(dispatch: Dispatch) -> None:
    dispatch("inbox", "dismiss", "1", "4")
    assert "Story 4" not in dispatch("inbox").stdout
    assert "dismissed" in dispatch("inbox", "--all").stdout
    dispatch("inbox", "restore", "4")
    assert "Story 4" in dispatch("inbox").stdout
    dispatch("inbox", "dismiss", "2", "99", code=1)
    assert "Story 2" in dispatch("inbox").stdout


def test_numbers_are_added_with_what_their_source_says(dispatch: Dispatch, letter: Path) -> None:
    dispatch("issue", "new", "Week 48", "--slug", "week-48", "--date", "2026-11-28")
    added = dispatch("add", "3", "4")
    assert added.stdout == "week-48/story-3\nweek-48/story-4\n"
    dispatch("add", "2", "--section", "Ports", "--note", "Read the end.")
    assert issue_of(dispatch, "week-48") == {"Europe": ["Story 3"], "The world": ["Story 4"], "Ports": ["Story 2"]}
    file = (letter / "issues" / "week-48" / "story-3.html").read_text("utf-8")
    assert "id: https://paper.example/?p=3\n" in file
    assert "source: paper\n" in file
    assert [line for line in dispatch("inbox").stdout.splitlines() if "Story" in line] == []
    assert "used in week-48" in dispatch("inbox", "show", "3").stdout
    assert "already in week-48" in dispatch("add", "3").stderr
    dispatch("issue", "remove", "week-48", "story-4")
    assert "Story 4" in dispatch("inbox").stdout


def test_a_wrong_number_says_the_way_out_and_a_file_of_that_name_is_a_path(dispatch: Dispatch, letter: Path) -> None:
    dispatch("issue", "new", "Week 48", "--slug", "week-48")
    failed = dispatch("add", "77", "3", code=1)
    assert "there is no article 77 in the inbox" in failed.stderr
    assert failed.stdout == "week-48/story-3\n"
    (letter / "12").write_text("A file called twelve\n\nIt has words, and a few more of them.\n", encoding="utf-8")
    dispatch("add", "12", code=1)
    assert dispatch("add", "./12").stdout == "week-48/a-file-called-twelve\n"


def test_an_issue_takes_what_none_has_used_and_the_rest_stays(dispatch: Dispatch, letter: Path) -> None:
    first = dispatch("issue", "new", "Week 48", "--slug", "week-48", "--from-inbox", "--limit", "3")
    assert first.stdout == "issues/week-48/issue.md\n"
    taken = issue_of(dispatch, "week-48")
    assert taken["The world"] == ["Story 4"]
    assert sum(map(len, taken.values())) == 3
    gathered(letter, "paper", story(9, published=datetime(2001, 1, 1, tzinfo=UTC)), at=NOW + timedelta(2))
    dispatch("issue", "new", "Week 49", "--slug", "week-49", "--from-inbox")
    assert issue_of(dispatch, "week-49")["Europe"] == ["Story 9", "Story 3"]
    dispatch("issue", "new", "Week 50", "--slug", "week-50", "--from-inbox")
    assert sum(map(len, issue_of(dispatch, "week-50").values())) == 0
    assert "--from-inbox" in dispatch("issue", "new", "Week 51", "--limit", "3", code=2).output


def test_a_fresh_clone_knows_what_was_used(dispatch: Dispatch, letter: Path) -> None:
    dispatch("issue", "new", "Week 48", "--slug", "week-48")
    dispatch("add", "3", "4")
    shutil.rmtree(letter / ".dispatch")
    gathered(letter, "paper", story(3, id="", url="http://www.paper.example/story-3/?y=2&x=1&utm_source=rss"), story(2))
    assert "Story 3" not in dispatch("inbox").stdout
    assert "Story 2" in dispatch("inbox").stdout


def test_git_ignores_it(letter: Path) -> None:
    assert "/.dispatch/" in (letter / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.usefixtures("letter")
def test_an_uncertain_author_is_shown_as_such(dispatch: Dispatch, letter: Path) -> None:
    gathered(letter, "paper", story(7, authors=(Author(name="J. R. R. Roe"),), certainty="likely"))
    assert "by J. R. R. Roe (likely)" in dispatch("inbox").stdout


RELEASES = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>The Mill</title><id>https://mill.example/</id>
<link href="https://mill.example/"/><updated>2026-11-20T08:00:00Z</updated>
<entry><title>Release 1</title><link href="https://mill.example/r/1"/><id>urn:r:1</id>
<updated>2026-11-11T08:00:00Z</updated><author><name>Ada Holm</name></author>
<content type="html">&lt;p&gt;The wheel turns faster than it did before the flood.&lt;/p&gt;</content></entry>
<entry><title>Release 2</title><link href="https://mill.example/r/2"/><id>urn:r:2</id>
<updated>2026-11-12T08:00:00Z</updated><author><name>Ada Holm</name></author>
<content type="html">&lt;p&gt;The wheel turns faster than it did before the flood.&lt;/p&gt;</content></entry></feed>
"""


def test_an_entry_of_which_only_the_update_is_known_has_a_day(dispatch: Dispatch, letter: Path) -> None:
    gathered(letter, "planet", *gather.gather_articles("-", user_agent="dispatch-tests", stdin=RELEASES.encode()))
    listed = dispatch("inbox", "--source", "planet").stdout
    assert "2026-11-11 (updated)" in listed
    assert "2026-11-12 (updated)" in listed
    assert "updated 2026-11-1" in dispatch("inbox", "show", "5").stdout
    dispatch("issue", "new", "mill")
    assert "no date" not in dispatch("add", "5", "6", "--issue", "mill").output
    assert "editorial.date" not in dispatch("check", "mill").output
    page = dispatch("render", "mill", "--format", "web", "--output", "-").stdout
    assert 'Updated <time class="dt-updated" datetime="2026-11-11T08:00:00+00:00">11' in page
    assert "dt-published" not in page.partition("h-entry")[2]
    mail = dispatch("render", "mill", "--format", "text", "--output", "-").stdout
    assert "Updated 12 November 2026" in " ".join(mail.split())


def test_a_guessed_day_is_said_until_somebody_confirms_it(dispatch: Dispatch, letter: Path) -> None:
    words = "<p>The wheel turns faster than it did before the flood, and nobody knows why it does.</p>" * 4
    page = f'<html lang="fr"><article><h1>The mill</h1><p class="date">20 novembre 2026</p>{words}</article></html>'
    (letter / "page.html").write_text(page, "utf-8")
    dispatch("issue", "new", "mill")
    told = (
        "page.html",
        "--issue",
        "mill",
        "--url",
        "https://mill.example/a",
        "--author",
        "Ada Holm=https://ada.example",
    )
    assert "not sure that it was published on 2026-11-20: say so with --published DATE" in dispatch("add", *told).output
    assert "date_certainty: likely\n" in (letter / "issues/mill/the-mill.html").read_text("utf-8")
    checked = dispatch("check", "mill").output
    assert "It is not certain that “The mill” was published on 2026-11-20" in checked
    dispatch("issue", "remove", "mill", "the-mill", "--delete", "--yes")
    assert "not sure" not in dispatch("add", *told, "--published", "2026-11-20").output
    assert "date_certainty" not in (letter / "issues/mill/the-mill.html").read_text("utf-8")
