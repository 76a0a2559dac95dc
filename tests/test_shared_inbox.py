"""An inbox that is shared in git: the same for everybody, whoever gathers and whatever is merged."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nouns
from commands import run_dispatch
from dispatch import config, inbox
from dispatch.model import Article
from loopback import item, rss, web

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def run_git(root: Path, *words: str) -> str:
    settings = ("-c", "user.name=x", "-c", "user.email=x@x.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *settings, *words], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


def commit(root: Path, words: str) -> None:
    run_git(root, "add", "-A")
    run_git(root, "commit", "-q", "-m", words)


def story(n: int, **values: object) -> Article:
    return nouns.article(n, id=f"https://paper.example/?p={n}", key="", content=f"<p>Story number {n}.</p>", **values)


def gather(root: Path, *articles: Article, hours: int = 0, source: str = "paper") -> None:
    with inbox.open_inbox(config.load(root)) as box:
        box.keep_articles(source, articles, NOW + timedelta(hours=hours))


def read_inbox(root: Path) -> list[tuple[int, str, str, tuple[str, ...]]]:
    """What an editor sees, by number."""
    with inbox.open_inbox(config.load(root)) as box:
        arrivals = list(box.list_arrivals(inbox.InboxQuery(everything=True)))
    return sorted((one.number, one.article.title, one.state, one.also_at) for one in arrivals)


def forget_database(root: Path) -> None:
    shutil.rmtree(root / ".dispatch")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A publication in git with a shared inbox of three entries."""
    config.create_publication(tmp_path / "wire", title="The Wire", url="https://wire.example")
    gather(tmp_path / "wire", story(1), story(2))
    run_dispatch(tmp_path / "wire", "gather", "--to", "inbox/")
    gather(tmp_path / "wire", story(3), hours=1)
    run_git(tmp_path / "wire", "init", "-q", "-b", "main")
    commit(tmp_path / "wire", "start")
    return tmp_path / "wire"


def clone(root: Path, name: str) -> Path:
    run_git(root.parent, "clone", "-q", str(root), name)
    return root.parent / name


def merge(root: Path, other: Path) -> None:
    run_git(root, "pull", "-q", "--no-rebase", "--no-edit", str(other), "main")


def test_a_clone_has_the_same_inbox_with_the_same_numbers(root: Path) -> None:
    run_dispatch(root, "inbox", "dismiss", "2")
    commit(root, "dismissed")
    other = clone(root, "other")
    assert read_inbox(other) == read_inbox(root)
    assert [(number, state) for number, _, state, _ in read_inbox(other)] == [(1, "new"), (2, "dismissed"), (3, "new")]
    gather(other, story(3), story(2), hours=2)  # known there, too
    assert len(read_inbox(other)) == 3
    assert not run_git(other, "status", "--porcelain")


def test_branches_merge_without_a_hand(root: Path) -> None:
    one, two = clone(root, "one"), clone(root, "two")
    gather(one, story(4), story(5), hours=3)
    gather(two, story(6), story(4), story(3, title="The third, again"), hours=2)
    run_dispatch(one, "inbox", "dismiss", "1")
    run_dispatch(two, "inbox", "dismiss", "1", "2")
    for each in (one, two):
        commit(each, "gathered")
    merge(one, two)
    merge(two, one)
    seen = read_inbox(one)
    assert read_inbox(two) == seen
    assert len(seen) == 6
    assert {number for number, *_ in seen} >= {1, 2, 3, 4, 5}
    assert [state for _, _, state, _ in seen][:2] == ["dismissed", "dismissed"]
    assert "The third, again" in {title for _, title, *_ in seen}
    forget_database(one)
    assert read_inbox(one) == seen
    run_dispatch(one, "inbox", "restore", "1")
    commit(one, "restored")
    merge(two, one)
    assert [state for _, _, state, _ in read_inbox(two)][:2] == ["new", "dismissed"]


def test_numbers_that_were_told_stay_when_a_branch_comes_later(root: Path) -> None:
    late = clone(root, "late")
    gather(root, story(4), story(5), hours=2)
    gather(root, story(6), story(7), hours=5)
    before = read_inbox(root)
    gather(late, story(8), hours=4)
    for each in (root, late):
        commit(each, "gathered")
    merge(root, late)
    after = read_inbox(root)
    assert after[: len(before)] == before
    assert [number for number, *_ in after] == list(range(1, 9))


STEPS = st.lists(st.tuples(st.booleans(), st.sampled_from("gds"), st.integers(1, 6), st.integers(0, 9)), max_size=8)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_two_editors_do_they_end_with_one_inbox(root: Path, steps: list[tuple[bool, str, int, int]]) -> None:
    pair = [clone(root, "first"), clone(root, "second")]
    try:
        for hours, (which, what, number, word) in enumerate(steps, 3):
            here = pair[which]
            if what == "g":
                gather(here, story(number, title=f"Title {number} {word // 5}"), hours=hours)
            elif number <= len(read_inbox(here)):
                with inbox.open_inbox(config.load(here)) as box:
                    (box.dismiss if what == "d" else box.restore)([read_inbox(here)[number - 1][0]])
        for here in pair:
            run_git(here, "add", "-A")
            run_git(here, "commit", "-q", "--allow-empty", "-m", "work")
        merge(pair[0], pair[1])
        merge(pair[1], pair[0])
        seen = [read_inbox(here) for here in pair]
        assert seen[0] == seen[1]
        assert len({number for number, *_ in seen[0]}) == len(seen[0])
        forget_database(pair[0])
        assert read_inbox(pair[0]) == seen[0]
    finally:
        for here in pair:
            shutil.rmtree(here)


def test_what_a_file_says_is_sanitised_and_one_that_is_broken_is_named(root: Path) -> None:
    file = next((root / "inbox").rglob("*.json"))
    said = json.loads(file.read_text("utf-8"))
    said["entry"] |= {"content": "<p>a<script>alert(1)</script></p>", "url": "javascript:alert(1)"}
    file.write_text(json.dumps(said), "utf-8")
    forget_database(root)
    with inbox.open_inbox(config.load(root)) as box:
        article = box.find_arrival(1).article
    assert "script" not in article.content + article.url
    for broken in ("{", '{"entry": 5}', '{"source": "paper", "entry": {"title": 5}}', '{"entry": {"authors": [5]}}'):
        file.write_text(broken, "utf-8")
        forget_database(root)
        told = run_dispatch(root, "inbox", code=1).stderr
        assert f"inbox/paper/{file.name}" in told
        assert "take the file as it was from git" in told
    file.unlink()
    assert len(read_inbox(root)) == 2


def test_a_gathering_from_sources_is_shared(root: Path) -> None:
    with web() as site:
        site.pages["/feed"] = rss(item("a", author="Ann Lee"), item("Links of today"), item("c"))
        words = ("--key", "tide", "--dismiss", "Links *", "--allow-private", "--no-fetch")
        run_dispatch(root, "source", "add", site.url("/feed"), *words)
        assert run_dispatch(root, "gather").stdout.startswith("2 new")
        commit(root, "gathered")
        other = clone(root, "other")
        assert read_inbox(other) == read_inbox(root)
        assert run_dispatch(other, "gather", "tide").stdout.startswith("0 new, 0 changed")
    assert not run_git(other, "status", "--porcelain")
    assert [state for _, title, state, _ in read_inbox(other) if title == "Links of today"] == ["dismissed"]


def test_a_shared_inbox_has_one_place(root: Path) -> None:
    assert "--to inbox/" in run_dispatch(root, "gather", "--to", "elsewhere", code=2).stderr
