"""What was published wrongly is mended: byline, date and address change when a correction says that it mends them."""

import hashlib
import re
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result

import nouns
from commands import run_dispatch
from dispatch import config, issues
from dispatch.model import Author

Dispatch = Callable[..., Result]


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with an issue of one article."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>")
    story = nouns.article(1, authors=(Author(name="Anne Lea", url="https://people.example/lea"),))
    issues.create_issue(config.load(root), nouns.issue(story))
    return root


@pytest.fixture
def dispatch(letter: Path) -> Dispatch:
    run = partial(run_dispatch, letter)
    run("publish", "defence")
    return run


@pytest.fixture
def story(letter: Path) -> Path:
    """The file of the article."""
    return letter / "issues" / "defence" / "story-1.html"


def change(story: Path, old: str, new: str) -> None:
    text = story.read_text("utf-8")
    assert old in text
    story.write_text(text.replace(old, new), "utf-8")


def test_a_wrong_byline_is_mended_with_a_correction(dispatch: Dispatch, letter: Path, story: Path) -> None:
    change(story, "Anne Lea", "Ann Lee")
    words = "An earlier version misspelled the name of Ann Lee."
    vague = dispatch("issue", "correct", "defence", "1", words)
    assert "ids.authors" in vague.stderr
    assert "ids.authors" in dispatch("publish", "defence", code=1).output
    said = dispatch("issue", "correct", "defence", "1", words, "--mends", "authors")
    assert "ids.authors" not in said.stderr
    assert "mends:\n      - authors\n" in story.read_text("utf-8")
    dispatch("publish", "defence")
    page = (letter / "public" / "issues" / "defence" / "index.html").read_text("utf-8")
    assert words in page
    assert "Anne Lea" not in page
    dispatch("check", "defence")


def test_one_correction_may_mend_several_things(dispatch: Dispatch, story: Path) -> None:
    change(story, "Anne Lea", "Ann Lee")
    change(story, "https://paper.example/story-1", "https://paper.example/story-one")
    half = dispatch("issue", "correct", "defence", "1", "It was wrong.", "--mends", "url")
    assert "ids.authors" in half.stderr
    assert "ids.link" not in half.stderr
    dispatch("issue", "correct", "defence", "1", "It was wrong.", "--mends", "url", "--mends", "authors")
    dispatch("publish", "defence")


def test_a_correction_answers_for_one_change(dispatch: Dispatch, letter: Path, story: Path) -> None:
    change(story, "Anne Lea", "Ann Lee")
    dispatch("issue", "correct", "defence", "1", "It is by Ann Lee.", "--mends", "authors")
    change(story, "name: Ann Lee", "name: Ann Leigh")  # until it is published, it is one change
    dispatch("publish", "defence")
    for old, new in (("name: Ann Leigh", "name: Bo Zhang"), ("people.example/lea", "people.example/bo")):
        change(story, old, new)
        assert "ids.authors" in dispatch("check", "defence", code=1).stdout
        change(story, new, old)
    dispatch("publish")
    change(story, "people.example/lea", "people.example/bo")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout
    change(story, "It is by Ann Lee.", "It is by Ann Leigh, who has another page.")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout
    text = story.read_text("utf-8")
    again = "corrections:\n  - {date: 2099-01-01, text: Her page has moved., mends: authors}\n"
    story.write_text(text.replace("corrections:\n", again), "utf-8")
    dispatch("publish", "defence")
    lock = (letter / "dispatch.lock").read_text("utf-8")
    assert lock.count("\tmended\tauthors\t") == 2


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("issues/defence/story-1.html", "date: 2026-02-01", "date: 2026-02-01T09:00:00Z"),
        ("issues/defence/story-1.html", "date: 2026-02-01", "date: 2099-01-01"),
        ("issues/defence/story-1.html", "text: Misspelt.", "text: It was misspelt."),
        ("dispatch.toml", 'timezone = "UTC"', 'timezone = "Europe/Berlin"'),
    ],
)
def test_whatever_is_edited_in_a_correction_that_readers_have_it_answers_no_more(
    dispatch: Dispatch, letter: Path, story: Path, name: str, old: str, new: str
) -> None:
    said = "corrections:\n  - date: 2026-02-01\n    text: Misspelt.\n    mends: authors\n---\n"
    change(story, "Anne Lea", "Ann Lee")
    story.write_text(said.join(story.read_text("utf-8").rsplit("---\n", 1)), "utf-8")
    dispatch("publish")
    change(letter / name, old, new)
    dispatch("check", "defence")
    change(story, "name: Ann Lee", "name: Eve Black")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout
    assert "ids.authors" in dispatch("publish", code=1).stdout


def test_of_what_was_never_published_nothing_needs_to_be_mended(dispatch: Dispatch, letter: Path) -> None:
    draft = nouns.issue(nouns.article(2), id="tag:wire.example,2026:draft", slug="draft")
    issues.create_issue(config.load(letter), draft)
    words = ("issue", "correct", "draft", "1", "It was wrong.")
    assert "story-2 was never published" in dispatch(*words, "--mends", "authors").stderr
    assert "never published" not in dispatch(*words).stderr
    dispatch("publish", "draft")
    assert "never published" not in dispatch(*words, "--mends", "authors").stderr


def test_a_correction_that_is_gone_has_to_come_back_before_a_new_one_answers(dispatch: Dispatch, story: Path) -> None:
    before = story.read_text("utf-8")
    dispatch("issue", "correct", "defence", "1", "It was wrong.", "--mends", "authors", "--mends", "date")
    dispatch("issue", "correct", "defence", "1", "It was wrong again.", "--mends", "authors")
    after = story.read_text("utf-8")
    dispatch("publish")
    for text in (before, after):
        story.write_text(text, "utf-8")
        change(story, "Anne Lea", "Ann Lee")
        said = dispatch("issue", "correct", "defence", "1", "It is by Ann Lee.", "--mends", "authors").stderr
        assert (
            ("ids.authors" in said) == ("corrections of it that were removed from the file" in said) == (text == before)
        )
    dispatch("publish")


def test_two_corrections_of_one_day_are_two(dispatch: Dispatch, story: Path) -> None:
    said = "corrections:\n  - {date: 2026-02-01, text: Misspelt., mends: authors}\n---\n"
    change(story, "Anne Lea", "Ann Lee")
    story.write_text(said.join(story.read_text("utf-8").rsplit("---\n", 1)), "utf-8")
    dispatch("publish")
    change(story, "name: Ann Lee", "name: Ann Leigh")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout
    change(story, "corrections:\n", "corrections:\n  - {date: 2026-02-01, text: Misspelt., mends: authors}\n")
    dispatch("publish")


@pytest.mark.parametrize("year", [2020, 2199])
def test_an_issue_of_any_date_may_be_mended_and_every_other_stays_sound(
    dispatch: Dispatch, letter: Path, year: int
) -> None:
    story = nouns.article(2, authors=(Author(name="Bo Zang"),))
    other = nouns.issue(story, id="tag:wire.example,2026:other", slug="other", date=nouns.DATE.replace(year))
    issues.create_issue(config.load(letter), other)
    dispatch("publish", "other", "--yes")
    change(letter / "issues" / "other" / "story-2.html", "Bo Zang", "Bo Zhang")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout
    dispatch("issue", "correct", "other", "1", "His name was misspelt.", "--mends", "authors")
    for words in (("check", "other"), ("check", "defence"), ("publish", "defence"), ("publish",)):
        dispatch(*words)


def test_the_byline_of_what_was_withdrawn_may_be_mended(dispatch: Dispatch, letter: Path, story: Path) -> None:
    """What was mended before still counts, and no notice shows the words of a correction."""
    change(story, "Anne Lea", "Ann Lee")
    dispatch("issue", "correct", "defence", "1", "It is by one Lee.", "--mends", "authors")
    dispatch("publish")
    dispatch("withdraw", "defence", "1", "--because", "It was invented.", "--without-copy", "--yes")
    dispatch("publish")
    change(story, "name: Ann Lee", "name: Bo Zhang")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout
    said = dispatch("issue", "correct", "defence", "1", "It is by one Zhang.", "--mends", "authors")
    assert "ids.authors" not in said.stderr
    dispatch("check", "defence")
    dispatch("publish")
    public = [path.read_bytes() for path in (letter / "public").rglob("*") if path.is_file()]
    # Her list stays, and is empty: whoever follows it would be told that it is gone.
    hers = [path.read_bytes() for path in (letter / "public" / "authors" / "ann-lee").rglob("*") if path.is_file()]
    assert not any(b"invented" in body for body in hers)
    public = [body for body in public if body not in hers]
    assert any(b"It was invented." in body for body in public)
    assert any(b"Bo Zhang" in body for body in public)
    assert not any(b"It is by one" in body or b"Ann Lee" in body for body in public)
    change(story, "name: Bo Zhang", "name: Eve Black")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout


def test_two_branches_that_published_different_bylines_start_from_the_ledger_of_before(
    dispatch: Dispatch, letter: Path, story: Path
) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@wire.example", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *who, *words], cwd=letter, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "published")
    for branch, name in (("one", "Ann Lee"), ("other", "Ann Leigh")):
        git("checkout", "-b", branch, "main")
        change(story, "Anne Lea", name)
        dispatch("issue", "correct", "defence", "1", f"It is by {name}.", "--mends", "authors")
        dispatch("publish")
        git("commit", "-am", branch)
    git("merge", "-X", "ours", "one")
    said = dispatch("check", "defence", code=1).stdout
    assert "nother line says something else" in said
    assert "common ancestor" in said
    git("checkout", "main", "--", "dispatch.lock")
    dispatch("publish")
    change(story, "name: Ann Leigh", "name: Bo Zhang")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout


def test_what_was_published_with_a_correction_of_before_stays_valid(
    dispatch: Dispatch, letter: Path, story: Path
) -> None:
    """A ledger of before has what holds, and no line of what was mended."""
    change(story, "Anne Lea", "Ann Lee")
    dispatch("issue", "correct", "defence", "1", "It is by Ann Lee.", "--mends", "authors")
    dispatch("publish", "defence")
    change(story, "    mends:\n      - authors\n", "")
    lock = letter / "dispatch.lock"
    lines = lock.read_text("utf-8").splitlines(keepends=True)
    lock.write_text("".join(line for line in lines if "\tmended\t" not in line), "utf-8")
    dispatch("check", "defence")
    dispatch("publish")
    change(story, "name: Ann Lee", "name: Bo Zhang")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout


def test_an_author_whose_page_went_to_https_is_the_same(dispatch: Dispatch, letter: Path, story: Path) -> None:
    """Also where the ledger was written before this was so."""
    lock = letter / "dispatch.lock"
    raw, now = (
        hashlib.sha256(f'[["Anne Lea", "{scheme}://people.example/lea"]]'.encode()).hexdigest()[:16]
        for scheme in ("http", "https")
    )
    assert now in lock.read_text("utf-8")
    for digest in (now, raw):
        for scheme in ("http", "https"):
            lock.write_text(lock.read_text("utf-8").replace(now, digest), "utf-8")
            story.write_text(re.sub("https?://people", f"{scheme}://people", story.read_text("utf-8")), "utf-8")
            dispatch("publish", "defence")
            assert now in lock.read_text("utf-8")
    change(story, "https://people.example/lea", "https://people.example/other")
    assert "ids.authors" in dispatch("check", "defence", code=1).stdout


def test_an_author_whose_page_moves_with_the_publication_is_the_same(
    dispatch: Dispatch, letter: Path, story: Path
) -> None:
    dispatch("unpublish", "defence", "--yes")
    change(story, "people.example/lea", "wire.example/people/lea")
    dispatch("publish", "defence")
    first, second, third = "https://wire.example", "https://new.example", "https://wire.example/a"
    toml = (letter / "dispatch.toml").read_text("utf-8")
    for url, was, former in ((second, first, [first]), (third, second, [first, second])):
        change(story, f"{was}/people/lea", f"{url}/people/lea")
        now = toml.replace(f'url = "{first}"', f'url = "{url}"\nformer_urls = {former}')
        (letter / "dispatch.toml").write_text(now, "utf-8")
        dispatch("publish", "defence")
