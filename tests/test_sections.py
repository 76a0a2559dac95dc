"""Sections, notes and moves between issues: git shows exactly the change, and nothing is lost."""

import shutil
import subprocess
from pathlib import Path

import pytest

import nouns
from commands import run_dispatch
from dispatch import config, issues
from dispatch.model import Image, Section

ISSUE = """\
---
id: tag:wire.example,2026:week
title: The week  # ours
date: 2026-11-22T08:00:00+01:00
status: draft
sections:
  # What is near
  - title: "Europe"
    intro: |
      It was a *long* week.
    articles:
      - one  # the lead
      - two
  - title: Ports
  - title: World
    layout: brief
    articles:
      - three
---
"""


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example")
    folder = root / "issues" / "week"
    folder.mkdir(parents=True)
    (folder / "issue.md").write_text(ISSUE, "utf-8")
    for key in ("one", "two", "three"):
        front = (
            f'title: "Story {key}"  # as it came\nurl: https://paper.example/{key}?a=1&b=%20\nauthors: [{{name: Ada}}]'
        )
        (folder / f"{key}.md").write_text(f"---\n{front}\nimage: {{url: {key}.png, alt: x}}\n---\nWords.\n", "utf-8")
        (folder / f"{key}.png").write_bytes(key.encode())
    other = nouns.issue(slug="next", title="Next", id="tag:wire.example,2026:next", sections=(Section(title="World"),))
    issues.create_issue(config.load(root), other)
    run_git(root, "init", "-q")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-q", "-m", "x")
    return root


def run_git(root: Path, *words: str) -> str:
    name = ("-c", "user.name=A", "-c", "user.email=a@b.example")
    return subprocess.run(["git", *name, *words], cwd=root, check=True, capture_output=True, text=True).stdout


def list_changed_lines(root: Path) -> list[str]:
    """The lines that git shows as removed and added, without those that mint an id."""
    lines = run_git(root, "diff", "-U0", "--", "issues").splitlines()
    shown = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return [line for line in shown if not line.startswith("+id: ")]


def list_sections(root: Path, slug: str = "week") -> dict[str, list[str]]:
    return {
        part.title: [one.key for one in part.articles] for part in issues.read_issue(config.load(root), slug).sections
    }


def test_git_shows_exactly_the_change(letter: Path) -> None:
    for words, lines in (
        (("issue", "section", "add", "week", "Letters", "--before", "world"), ["+", "+  - title: Letters"]),
        (("issue", "section", "rename", "week", "europe", "Near"), ['-  - title: "Europe"', '+  - title: "Near"']),
        (("issue", "section", "remove", "week", "PORTS"), ["-  - title: Ports"]),
        (("note", "week", "two", "Read: it"), ['+note: "Read: it"']),
    ):
        run_dispatch(letter, *words)
        assert sorted(list_changed_lines(letter)) == sorted(lines)
        run_git(letter, "checkout", "-q", "--", ".")
    run_dispatch(letter, "issue", "section", "move", "week", "World", "--before", "Europe")
    assert list(list_sections(letter)) == ["World", "Europe", "Ports"]
    assert "intro: |\n      It was a *long* week.\n" in (letter / "issues/week/issue.md").read_text("utf-8")


def test_an_empty_note_takes_it_away(letter: Path) -> None:
    run_dispatch(letter, "note", "week", "1", "Read it to the end.")
    before = (letter / "issues/week/one.md").read_text("utf-8")
    assert "\nnote: Read it to the end.\n" in before
    assert "no note now" in run_dispatch(letter, "note", "week", "1", "").stderr
    after = (letter / "issues/week/one.md").read_text("utf-8")
    assert after == before.replace("note: Read it to the end.\n", "")


def test_no_section_is_removed_with_what_is_in_it(letter: Path) -> None:
    def refuse(*words: str) -> str:
        return run_dispatch(letter, "issue", "section", *words, code=1).stderr

    assert "--into SECTION" in refuse("remove", "week", "World")
    assert "has an introduction" in refuse("remove", "week", "Europe", "--into", "World")
    assert "into itself" in refuse("remove", "week", "World", "--into", "world")
    assert "did you mean “Europe”" in refuse("remove", "week", "Eurpe", "--into", "World")
    assert "did you mean “Ports”" in refuse("add", "week", "Letters", "--before", "Port")
    assert "there is a section “world” already" in refuse("rename", "week", "Ports", "world")
    assert "there is a section “world” already" in refuse("add", "week", "world")
    assert not list_changed_lines(letter)
    run_dispatch(letter, "issue", "section", "remove", "week", "World", "--into", "Europe")
    assert list_sections(letter) == {"Europe": ["one", "two", "three"], "Ports": []}


def test_an_article_goes_into_another_issue_with_its_files(letter: Path) -> None:
    was = issues.read_issue(config.load(letter), "week").sections[2].articles[0]
    body = (letter / "issues/week/three.md").read_text("utf-8")
    run_dispatch(letter, "issue", "move", "week", "three", "--to", "next")
    assert (list_sections(letter)["World"], list_sections(letter, "next")) == ([], {"World": ["three"]})
    now = issues.read_issue(config.load(letter), "next").sections[0].articles[0]
    assert (now.id, now.url, now.authors) == (was.id, was.url, was.authors)
    there = (letter / "issues/next/three.md").read_text("utf-8")
    assert there.replace(f"id: {was.id}\n", "") == body
    assert (letter / "issues/next/three.png").read_bytes() == b"three"
    assert not list((letter / "issues/week").glob("three.*"))
    assert isinstance(now.image, Image)
    assert now.image.url.endswith("/issues/next/three.png")


def test_a_move_that_was_cut_off_is_finished_by_the_same_command(letter: Path) -> None:
    shutil.copytree(letter / "issues/week", letter / "week before")
    run_dispatch(letter, "issue", "move", "week", "three", "--to", "next")
    moved = {path.name: path.read_bytes() for path in (letter / "issues/next").iterdir()}
    shutil.rmtree(letter / "issues/week")
    (letter / "week before").rename(letter / "issues/week")
    assert list_sections(letter)["World"] == ["three"]
    run_dispatch(letter, "issue", "move", "week", "three", "--to", "next")
    assert (list_sections(letter)["World"], list_sections(letter, "next")) == ([], {"World": ["three"]})
    assert {path.name: path.read_bytes() for path in (letter / "issues/next").iterdir()} == moved
    assert not list((letter / "issues/week").glob("three.*"))


def test_of_two_copies_that_differ_none_is_removed(letter: Path) -> None:
    shutil.copytree(letter / "issues/week", letter / "week before")
    run_dispatch(letter, "issue", "move", "week", "three", "--to", "next")
    shutil.rmtree(letter / "issues/week")
    (letter / "week before").rename(letter / "issues/week")
    with (letter / "issues/next/three.md").open("a", encoding="utf-8") as file:
        file.write("More.\n")
    told = run_dispatch(letter, "issue", "move", "week", "three", "--to", "next", code=1).stderr
    assert "is in next already" in told
    assert "dispatch issue remove week three --delete" in told
    assert list_sections(letter)["World"] == ["three"]


def test_an_article_that_cannot_go_stays_whole(letter: Path) -> None:
    (letter / "issues/next/three.md").write_text("---\ntitle: Another\nurl: https://x.example/\n---\n", "utf-8")
    run_dispatch(letter, "issue", "move", "week", "three", "--to", "next", "--section", "Ports")
    assert list_sections(letter, "next") == {"World": [], "Ports": ["three-2"]}
    run_git(letter, "add", "-A")
    run_git(letter, "commit", "-q", "-m", "y")
    (letter / "issues/next/one.png").write_bytes(b"another picture")
    told = run_dispatch(letter, "issue", "move", "week", "one", "--to", "next", code=1).stderr
    assert "another file has this name" in told
    assert list_sections(letter)["Europe"] == ["one", "two"]
    issue = letter / "issues/week/issue.md"
    issue.write_text(issue.read_text("utf-8").replace("status: draft", "status: published"), "utf-8")
    told = run_dispatch(letter, "issue", "move", "week", "two", "--to", "next", code=1).stderr
    assert "week is published, and readers have it there" in told
    assert list_sections(letter)["Europe"] == ["one", "two"]
