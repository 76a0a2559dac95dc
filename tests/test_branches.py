"""A team's week in git: whatever two people do with dispatch in two branches, git merges it, and nothing is lost."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

import nouns
from dispatch import config, inbox, issues, ledger
from dispatch.model import Issue
from test_merge import AS_ANN, Letter

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
Did = Callable[[Path], bool]


def gather(root: Path, *numbers: int) -> None:
    articles = [
        nouns.article(n, id=f"https://paper.example/?p={n}", key="", content=f"<p>Number {n}.</p>") for n in numbers
    ]
    with inbox.open_inbox(config.load(root)) as box:
        box.keep_articles("paper", articles, NOW)


def read(root: Path, slug: str = "week-48") -> Issue:
    return issues.read_issue(config.load(root), slug)


def lists(section: str, key: str) -> Did:
    def did(root: Path) -> bool:
        places = [(part.title, one.key) for part in read(root).sections for one in part.articles]
        return [title for title, listed in places if listed == key] == [section]

    return did


def titled(section: str) -> Did:
    return lambda root: section in {part.title for part in read(root).sections}


def published(slug: str) -> Did:
    def did(root: Path) -> bool:
        records = {record.id for record in ledger.read_records(config.load(root))}
        return {one.id for one in read(root, slug).articles} <= records and read(root, slug).status == "published"

    return did


def waits(title: str, state: str) -> Did:
    def did(root: Path) -> bool:
        with inbox.open_inbox(config.load(root)) as box:
            everything = box.list_arrivals(inbox.InboxQuery(everything=True))
            return [one.state for one in everything if one.article.title == title] == [state]

    return did


class Deed(NamedTuple):
    """What somebody does in a branch, with words of a command or numbers that are gathered, and what it made."""

    words: str
    did: Did


def add(section: str, number: int) -> Deed:
    return Deed(f"add {number} --issue week-48 --section {section}", lists(section, f"story-{number}"))


def notes(text: str) -> Did:
    return lambda root: text in {one.note for one in read(root).articles}


def exists(slug: str) -> Did:
    return lambda root: (root / "issues" / slug / "issue.md").is_file()


# The same kind of work, as Ann does it in her branch and Bo in his.
ANN = {
    "adds to a section": add("Europe", 1),
    "adds to the last section": add("Harbour", 3),
    "adds to an empty section": add("Culture", 5),
    "adds to a new section": add("World", 7),
    "adds a section": Deed("issue section add week-48 Letters", titled("Letters")),
    "renames a section": Deed("issue section rename week-48 Ports Quays", titled("Quays")),
    "moves an article": Deed("issue move week-48 cranes --section Europe", lists("Europe", "cranes")),
    "dismisses": Deed("inbox dismiss 9 10", waits("Story 10", "dismissed")),
    "gathers": Deed("21 22", waits("Story 22", "new")),
    "publishes": Deed("publish north", published("north")),
    "begins an issue": Deed("issue new East --date 2026-12-01", exists("east")),
    "writes a note": Deed("note week-48 one Mine", notes("Mine")),
}
BO = {
    "adds to a section": add("Europe", 2),
    "adds to the last section": add("Harbour", 4),
    "adds to an empty section": add("Culture", 6),
    "adds to a new section": add("World", 8),
    "adds a section": Deed("issue section add week-48 Reviews", titled("Reviews")),
    "renames a section": Deed("issue section rename week-48 Brief News", titled("News")),
    "moves an article": Deed("issue move week-48 two --before one", lists("Europe", "two")),
    "dismisses": Deed("inbox dismiss 9 11", waits("Story 11", "dismissed")),
    "gathers": Deed("22 23", waits("Story 23", "new")),
    "publishes": Deed("publish south", published("south")),
    "begins an issue": Deed("issue new West --date 2026-12-02", exists("west")),
    "writes a note": Deed("note week-48 two Hers", notes("Hers")),
}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Letter]:
    """A publication with a shared inbox, and a branch of Ann's and one of Bo's for each thing that people do."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in AS_ANN.items():
            patch.setenv(name, value)
        root = tmp_path_factory.mktemp("team") / "wire"
        root.mkdir()
        letter = Letter(root)
        gather(root, *range(11, 0, -1))  # so that each has the number of its title
        letter.run("gather", "--to", "inbox/")
        for title in ("Ports", "Europe", "Culture", "Brief", "Harbour"):
            letter.run("issue", "section", "add", "week-48", title)
        for title, section in (("Quay", "Ports"), ("One", "Europe"), ("Two", "Europe"), ("Three", "Harbour")):
            letter.add(title, "--issue", "week-48", "--section", section)
        for slug in ("north", "south"):
            letter.run("issue", "new", slug, "--slug", slug, "--date", "2026-11-28")
            letter.add(slug.title(), "--issue", slug)
        letter.commit()
        for who, deeds in (("ann", ANN), ("bo", BO)):
            for name, deed in deeds.items():
                letter.branch(name_branch(who, name))
                words = deed.words.split()
                if words[0].isdecimal():
                    gather(root, *map(int, words))
                else:
                    letter.run(*words)
                letter.commit()
        yield letter


def name_branch(who: str, deed: str) -> str:
    return f"{who}-{deed.replace(' ', '-')}"


@pytest.mark.parametrize("first", ANN)
def test_whatever_two_people_do_merges_without_a_hand(team: Letter, first: str) -> None:
    for second in BO:
        team.git("checkout", "--quiet", "-B", "both", name_branch("ann", first))
        team.git("merge", "--quiet", "--message", "both", name_branch("bo", second))
        assert ANN[first].did(team.root), (first, second)
        assert BO[second].did(team.root), (first, second)
        listed = [one.key for one in read(team.root).articles]
        assert len(listed) == len(set(listed)), (first, second)
        assert {"cranes", "quay", "one", "two", "three"} <= {*listed}, (first, second)
        titles = [part.title for part in read(team.root).sections]
        assert len(titles) == len(set(titles)), (first, second)
    assert "no errors" in team.run("check", "week-48").output


def test_where_two_mean_the_same_place_the_line_is_told(team: Letter) -> None:
    branches = {
        "near": "issue section rename week-48 Europe Near",
        "abroad": "issue section rename week-48 Europe Abroad",
        "release": "publish north",
        "take-out": "issue remove north north",
    }
    for name, words in branches.items():
        team.branch(name)
        team.run(*words.split())
        team.commit()
    team.merge("near", "abroad")
    lines = team.read("issues/week-48/issue.md").split("\n")
    line = 1 + lines.index("  - title: Near")
    said = team.run("check", "week-48").stdout
    assert f"issues/week-48/issue.md:{line}\n  warning: The section “Near” is empty" in said
    team.merge("release", "take-out")
    records = team.read("dispatch.lock").split("\n")
    line = max(n for n, one in enumerate(records, 1) if "/north.example" in one)
    assert f"dispatch.lock:{line}\n  error: " in team.run("publish", code=1).stdout


ENDS = {
    "authors.toml": (("author", "rename", "By One=https://one.example", "Una"), ("author", "rename", "By Two", "Dua")),
    "dispatch.toml": (("source", "add", "https://a.example/feed"), ("source", "add", "https://b.example/feed")),
}


@pytest.mark.parametrize("file", ENDS)
def test_two_who_add_at_the_end_of_one_file_are_told_its_line(team: Letter, file: str) -> None:
    for who, words in zip("ab", ENDS[file], strict=True):
        team.branch(f"{who}-{file}")
        team.run(*words, *(["--no-fetch"] if "source" in words else []))
        team.commit()
    team.git("checkout", "--quiet", f"a-{file}")
    team.git("merge", "--quiet", f"b-{file}", code=1)
    line = 1 + team.read(file).split("\n").index("<<<<<<< HEAD")
    said = team.run("check", "week-48", code=1).output
    team.git("merge", "--abort")
    assert f"{file}:{line}" in said
    assert "nfinished merge" in said
