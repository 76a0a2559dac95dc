"""What a pull request changes, told from real repositories: what breaks comes first, and nothing foreign acts."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dispatch import config, git, issues, ledger
from dispatch.cli import main
from dispatch.errors import ReviewError
from dispatch.model import Finding, Place
from dispatch.review import MOST, Change, Review, read_version, read_versions, write_markdown
from dispatch.review.changes import Weight
from dispatch.review.issues import compare_versions
from thorough import scale

ISSUE = """---
id: tag:wire.example,2026-11-22:bridges
number: 1
title: Bridges
date: 2026-11-22T08:00:00+01:00
status: draft
preheader: Two towns, one river, and two very honest ledgers
sections:
  - title: Near
    articles:
      - two-towns
      - the-ferry
  - title: Far
    articles:
      - a-ledger
---
This week we went to see a bridge. It has a [ledger](https://paper.example/ledger?no=1).
"""
TWO_TOWNS = """---
id: https://paper.example/?p=1
url: https://paper.example/bridge?x=1&y=2#:~:text=two%20towns
title: The bridge that two towns built
authors:
  - jerry-jackson
  - name: Bo Zhang
    url: https://paper.example/bo?view=posts
  - name: Ann Lee
source: {title: The Paper, url: https://paper.example}
published: 2026-11-18
image: {url: bridge.png, alt: A bridge with a step in the middle}
---
Each paid for its half. Nobody measured the other's. The [ledgers](https://paper.example/ledgers?a=1&b=2) are honest.
"""
FERRY = """---
id: tag:wire.example,2026-11-22:bridges/the-ferry
title: The ferry that nobody cancelled
authors:
  - name: Ann Lee
    url: https://wire.example/people/ann
published: 2026-11-21
---
The bridge has been open for half a year, and the ferry still leaves at noon.
"""
LEDGER = """---
id: tag:wire.example,2026-11-22:bridges/a-ledger
url: https://archive.example/ledgers.html
title: How to read a ledger
authors:
  - name: Bo Zhang
    url: https://archive.example/bo
credits:
  - {role: translator, name: Noor Haddad, url: https://haddad.example}
source: {title: The Archive, url: https://archive.example}
published: 2026-10-02
syndicate: link
---
"""
TOML = """title = "The Wire"
url = "https://wire.example"
sections = ["Near", "Far"]

[email]
from = "The Wire <desk@wire.example>"
unsubscribe = "https://wire.example/unsubscribe"
postal_address = "1 Example Street, Exampleton"
"""
AUTHORS = """[jerry-jackson]
name = "Jerry Jackson"
url = "https://paper.example/authors/jerry-jackson/?view=posts"
"""
# The smallest picture: one grey point.
POINT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)


class Folder:
    """A publication in a folder, with what it was at first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.issue = self.root / "issues" / "bridges"
        self.write("dispatch.toml", TOML)
        self.write("authors.toml", AUTHORS)
        self.write("issues/bridges/issue.md", ISSUE)
        self.write("issues/bridges/two-towns.md", TWO_TOWNS)
        self.write("issues/bridges/the-ferry.md", FERRY)
        self.write("issues/bridges/a-ledger.md", LEDGER)
        (self.issue / "bridge.png").write_bytes(POINT)
        self.before = read_version(root)

    def compare(self) -> list[str]:
        """The lines of a review that only compares: what a reader sees of it."""
        changes = compare_versions(self.before, read_version(self.root))
        return plain(write_markdown(Review(base="main", commit="1" * 40, changes=changes)))

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def change(self, name: str, was: str, now: str) -> None:
        """A part of a file of the issue, which stands there once."""
        path = self.issue / name
        text = path.read_text("utf-8")
        assert text.count(was) == 1
        path.write_text(text.replace(was, now), "utf-8")

    def remember(self) -> None:
        """Write down what is published, as it is now."""
        publication = config.load(self.root)
        issue = issues.read_issue(publication, "bridges")
        ledger.record_issues(publication, issue)
        issues.change_issue(publication, issue, replace(issue, status="published"))


class Repository(Folder):
    """A publication in a git repository, on the branch “work”, with a base on “main”."""

    def __init__(self, top: Path, sub: str = "") -> None:
        super().__init__(top / sub)
        self.top = top
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit()
        self.git("checkout", "--quiet", "-b", "work")

    def git(self, *words: str) -> str:
        """What git says, as somebody called Ann."""
        who = {f"GIT_{role}_{what}": f"ann{at}" for role in ("AUTHOR", "COMMITTER") for what, at in WHO.items()}
        known = {"PATH": os.environ["PATH"], "HOME": str(self.top), "GIT_CONFIG_NOSYSTEM": "1"} | who
        ran = subprocess.run(["git", *words], cwd=self.top, env=known, capture_output=True, text=True, check=True)
        return ran.stdout

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "so it is")

    def publish(self) -> None:
        """Publish the issue on the main branch."""
        self.git("checkout", "--quiet", "main")
        self.remember()
        self.commit()
        self.git("checkout", "--quiet", "-B", "work")

    def run(self, *words: str, code: int = 0) -> Result:
        with chdir(self.root):
            result = CliRunner().invoke(main, words, catch_exceptions=False, env={"GITHUB_BASE_REF": None})
        assert result.exit_code == code, result.output
        return result

    def review(self, *words: str, code: int = 0) -> list[str]:
        """The lines of the review, as a reader sees them."""
        return plain(self.run("review", *words, code=code).stdout)


WHO = {"NAME": "", "EMAIL": "@wire.example"}


def plain(markdown: str) -> list[str]:
    """The lines of a comment as they are shown: rendered, without markup."""
    html = MarkdownIt("commonmark").render(markdown)
    shown = re.sub(r"<[^>]*>", "", html).replace("\u200b", "")
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        shown = shown.replace(entity, sign)
    return [line for line in shown.splitlines() if line.strip()]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "letter")


def test_nothing_changed(repository: Repository) -> None:
    lines = repository.review()
    assert lines[0] == "Ready: no change that a reader would see, every byline and link intact."
    assert len(lines) == 2


def test_what_nobody_has_changed_is_read_once_and_without_its_texts(repository: Repository) -> None:
    for path in sorted(repository.issue.iterdir()):
        repository.write(f"issues/again/{path.name}", path.read_text("utf-8", "replace").replace("bridges/", "again/"))
    repository.commit()
    commit = repository.git("rev-parse", "HEAD").strip()
    repository.change("the-ferry.md", "at noon", "at one")
    was, now = read_versions(repository.root, commit)
    assert was.find_issue("again") is now.find_issue("again")
    assert {article.content for article in now.issues[0].articles} == {""}  # again
    assert was.find_issue("bridges") != now.find_issue("bridges")
    assert "at one" in str(now.find_issue("bridges"))
    repository.write("authors.toml", AUTHORS.replace("Jerry Jackson", "Jerry Jay"))
    was, now = read_versions(repository.root, commit)
    assert was.find_issue("again") != now.find_issue("again")
    assert {article.content for article in now.issues[0].articles} > {""}


@pytest.mark.parametrize("name", ["picture.png", "more/of-it.txt", ".hidden"])
def test_a_file_more_makes_it_another_issue(repository: Repository, name: str) -> None:
    commit = repository.git("rev-parse", "HEAD").strip()
    repository.write(f"issues/bridges/{name}", "x")
    was, now = read_versions(repository.root, commit)
    assert was.find_issue("bridges") is not now.find_issue("bridges")
    (repository.issue / name).unlink()
    was, now = read_versions(repository.root, commit)
    assert was.find_issue("bridges") is now.find_issue("bridges")


def test_a_broken_byline_is_one_line_that_a_busy_editor_understands(repository: Repository) -> None:
    repository.change("two-towns.md", "  - name: Bo Zhang\n    url: https://paper.example/bo?view=posts\n", "")
    repository.commit()
    assert repository.review()[:2] == [
        "Look first: 1 byline changed; nothing that was published is broken.",
        "“The bridge that two towns built” in Bridges lost its author Bo Zhang"
        " (was Jerry Jackson, Bo Zhang and Ann Lee)",
    ]


def test_a_broken_byline_that_readers_have_stops(repository: Repository) -> None:
    repository.publish()
    repository.change("two-towns.md", "  - name: Bo Zhang\n    url: https://paper.example/bo?view=posts\n", "")
    repository.commit()
    lines = repository.review(code=1)
    assert lines[:2] == [
        "Stop: 1 byline is broken.",
        "“The bridge that two towns built” in Bridges lost its author Bo Zhang"
        " (was Jerry Jackson, Bo Zhang and Ann Lee)",
    ]


def test_a_byline_that_readers_have_may_be_mended_with_a_new_correction(repository: Repository) -> None:
    repository.publish()
    repository.change("the-ferry.md", "name: Ann Lee", "name: Anne Lee")
    assert repository.review(code=1)[0] == "Stop: 1 byline is broken."
    said = 'corrections: [{date: 2026-11-23, text: "It is by Anne Lee."}]'
    repository.change("the-ferry.md", "published: 2026-11-21", f"published: 2026-11-21\n{said}")
    assert repository.review(code=1)[0] == "Stop: 1 byline is broken."
    repository.change("the-ferry.md", 'Anne Lee."}', 'Anne Lee.", mends: authors}')
    assert repository.review()[0] == "Look first: 1 byline changed; nothing that was published is broken."
    repository.change("the-ferry.md", "2026-11-23", "2026-11-21")  # no date counts: the issue is of the 22nd
    assert repository.review()[0] == "Look first: 1 byline changed; nothing that was published is broken."


def test_a_correction_that_readers_have_answers_for_nothing_new(repository: Repository) -> None:
    said = 'corrections: [{date: 2026-11-23, text: "It is by Anne Lee.", mends: [authors, date]}]'
    repository.git("checkout", "--quiet", "main")
    repository.change("the-ferry.md", "published: 2026-11-21", f"published: 2026-11-21\n{said}")
    repository.commit()
    repository.publish()
    repository.change("the-ferry.md", "name: Ann Lee", "name: Bo Zhang")
    assert repository.review(code=1)[0] == "Stop: 1 byline is broken."
    repository.change("the-ferry.md", "date: 2026-11-23", "date: 2026-11-24T09:00:00Z")
    assert repository.review(code=1)[0] == "Stop: 1 byline is broken."
    lock = repository.root / "dispatch.lock"
    lock.write_text("".join(line for line in lock.read_text("utf-8").splitlines(True) if "mended\tauthors" not in line))
    lines = repository.review(code=1)
    assert lines[0] == "Stop: 1 byline is broken."
    assert any("forgets that a correction" in line for line in lines)


def test_a_ledger_in_which_something_enters_in_the_future_is_told(repository: Repository) -> None:
    """All that is published afterwards would be dated later still, in every feed and for ever."""
    repository.git("checkout", "--quiet", "main")
    repository.publish()
    lock = repository.root / "dispatch.lock"
    lock.write_text(f"{lock.read_text('utf-8')}tag:a.example,2026:b\tentered\t-\t2099-01-01T00:00:00Z\t-\n", "utf-8")
    lines = repository.review()
    assert lines[0].startswith("Look")
    assert any("tag:a.example,2026:b 2099-01-01" in line for line in lines)


def test_what_the_change_did_not_bring_is_not_warned_of(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "main")
    repository.write("dispatch.toml", TOML.replace('postal_address = "1 Example Street, Exampleton"', ""))
    repository.commit()
    repository.git("checkout", "--quiet", "-B", "work")
    repository.change("the-ferry.md", "at noon", "at night")
    new = ISSUE.replace(":bridges", ":boats").replace("      - two-towns\n      - the-ferry\n", "")
    repository.write("issues/boats/issue.md", new.replace("      - a-ledger", "      - a-boat"))
    repository.write("issues/boats/a-boat.md", FERRY.replace("bridges/the-ferry", "boats/a-boat"))
    said = "\n".join(repository.review())
    assert "postal address" not in said
    assert "“Near”" in said  # the empty section that the new issue brings
    repository.write("dispatch.toml", TOML.replace('unsubscribe = "https://wire.example/unsubscribe"', ""))
    assert "no way to unsubscribe" in "\n".join(repository.review())


def test_a_byline_where_nobody_was_named_breaks_nothing(repository: Repository) -> None:
    named = "authors:\n  - name: Ann Lee\n    url: https://wire.example/people/ann\n"
    repository.git("checkout", "--quiet", "main")
    repository.change("the-ferry.md", named, "")
    repository.commit()
    repository.publish()
    repository.change("the-ferry.md", "published:", f"{named}published:")
    lines = repository.review()
    assert lines[:2] == [
        "Look first: 1 byline changed; nothing that was published is broken.",
        "“The ferry that nobody cancelled” in Bridges has a byline now: Ann Lee",
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "letter")


def edit(name: str, was: str, now: str) -> Callable[[Folder], None]:
    return lambda folder: folder.change(name, was, now)


def rename(folder: Folder) -> None:
    (folder.issue / "the-ferry.md").rename(folder.issue / "the-boat.md")
    folder.change("issue.md", "- the-ferry", "- the-boat")


def reorder(folder: Folder) -> None:
    folder.change("two-towns.md", "  - name: Ann Lee\n", "")
    folder.change("two-towns.md", "  - jerry-jackson\n", "  - name: Ann Lee\n  - jerry-jackson\n")


def other_issue(folder: Folder) -> None:
    (folder.root / "issues" / "boats").mkdir()
    (folder.issue / "the-ferry.md").rename(folder.root / "issues" / "boats" / "the-ferry.md")
    folder.change("issue.md", "      - the-ferry\n", "")
    head = "---\nid: tag:wire.example,2026-11-23:boats\ntitle: Boats\ndate: 2026-11-23\nstatus: draft\n"
    folder.write("issues/boats/issue.md", f"{head}sections:\n  - title: Near\n    articles: [the-ferry]\n---\n")


def registry(folder: Folder) -> None:
    folder.write("authors.toml", AUTHORS.replace("/?view=posts", "/"))


def picture(folder: Folder) -> None:
    (folder.issue / "bridge.png").write_bytes(POINT.replace(b"IDAT", b"IDAT"[::-1]))


TOWNS = "“The bridge that two towns built”"
BOAT = "“The ferry that nobody cancelled”"
HOW = "“How to read a ledger”"

FIRST = {
    "an author is another": (
        edit("the-ferry.md", "Ann Lee", "Anne Lea"),
        f"{BOAT} in Bridges has another byline: Anne Lea (was Ann Lee)",
    ),
    "nobody is named": (
        edit("the-ferry.md", "authors:\n  - name: Ann Lee\n    url: https://wire.example/people/ann\n", ""),
        f"{BOAT} in Bridges lost its byline (was Ann Lee)",
    ),
    "somebody is named as well": (
        edit("the-ferry.md", "published", "  - name: Bo Zhang\npublished"),
        f"{BOAT} in Bridges names more authors: Bo Zhang as well (was Ann Lee)",
    ),
    "the order is another": (
        reorder,
        f"{TOWNS} in Bridges has its authors in another order: Ann Lee, Jerry Jackson and Bo Zhang"
        " (was Jerry Jackson, Bo Zhang and Ann Lee)",
    ),
    "a byte of an author's link": (
        edit("two-towns.md", "/bo?view=posts", "/bo?view=post"),
        f"{TOWNS} in Bridges leads from its author Bo Zhang to another address:"
        " https://paper.example/bo?view=post (was https://paper.example/bo?view=posts)",
    ),
    "an author's link is gone": (
        edit("the-ferry.md", "    url: https://wire.example/people/ann\n", ""),
        f"{BOAT} in Bridges lost the link of its author Ann Lee (was https://wire.example/people/ann)",
    ),
    "the registry says otherwise": (
        registry,
        f"{TOWNS} in Bridges leads from its author Jerry Jackson to another address:"
        " https://paper.example/authors/jerry-jackson/ (was https://paper.example/authors/jerry-jackson/?view=posts)",
    ),
    "a byte of the article's address": (
        edit("two-towns.md", "two%20towns", "two+towns"),
        f"{TOWNS} in Bridges has another address: https://paper.example/bridge?x=1&y=2#:~:text=two+towns"
        " (was https://paper.example/bridge?x=1&y=2#:~:text=two%20towns)",
    ),
    "a byte of a link in the text": (
        edit("two-towns.md", "ledgers?a=1&b=2", "ledgers?b=2&a=1"),
        f"{TOWNS} in Bridges has a link in its text that leads elsewhere:"
        " https://paper.example/ledgers?b=2&a=1 (was https://paper.example/ledgers?a=1&b=2)",
    ),
    "a byte of a link in an introduction": (
        edit("issue.md", "ledger?no=1", "ledger?no=2"),
        "The issue “Bridges” has a link in its text that leads elsewhere:"
        " https://paper.example/ledger?no=2 (was https://paper.example/ledger?no=1)",
    ),
    "the translator is gone": (
        edit("a-ledger.md", "  - {role: translator, name: Noor Haddad, url: https://haddad.example}\n", "  []\n"),
        f"{HOW} in Bridges lost its translator, Noor Haddad",
    ),
    "a translator's link": (
        edit("a-ledger.md", "https://haddad.example", "https://haddad.example/x"),
        f"{HOW} in Bridges leads from its translator, Noor Haddad, elsewhere:"
        " https://haddad.example/x (was https://haddad.example)",
    ),
    "the source's address": (
        edit("a-ledger.md", "url: https://archive.example}", "url: https://archive.example/}"),
        f"{HOW} in Bridges has another address of its source: https://archive.example/ (was https://archive.example)",
    ),
    "the source is another": (
        edit("a-ledger.md", "title: The Archive", "title: The Attic"),
        f"{HOW} in Bridges names another source: The Attic (was The Archive)",
    ),
    "more is shown than was allowed": (
        edit("a-ledger.md", "syndicate: link", "syndicate: full"),
        f"{HOW} in Bridges is shown more of: full (was link)",
    ),
}

FAR = "  - title: Far\n    articles:\n"
TOLD = {
    "a headline": (
        edit("the-ferry.md", "nobody cancelled", "everybody missed"),
        "“The ferry that everybody missed” has another headline: “The ferry that everybody missed”"
        " (was “The ferry that nobody cancelled”)",
    ),
    "a dek": (
        edit("the-ferry.md", "published", "dek: It leaves at noon\npublished"),
        f"{BOAT} has a line under its headline now: “It leaves at noon”",
    ),
    "words": (
        edit("the-ferry.md", "at noon", "at two o'clock"),
        f"{BOAT} has another text, 2 words in, 1 out; the first place:"
        " “The bridge has been open for half a year, and the ferry still leaves at two o'clock.”"
        " (was “The bridge has been open for half a year, and the ferry still leaves at noon.”)",
    ),
    "a date": (
        edit("the-ferry.md", "2026-11-21", "2026-11-20"),
        f"{BOAT} has another date: 2026-11-20T00:00:00+00:00 (was 2026-11-21T00:00:00+00:00)",
    ),
    "tags": (edit("the-ferry.md", "published", "tags: [boats]\npublished"), f"{BOAT} has other tags: boats (was none)"),
    "a note": (
        edit("the-ferry.md", "published", "note: Bring a coat\npublished"),
        f"{BOAT} has a note of the editor now: “Bring a coat”",
    ),
    "a file's name": (
        rename,
        f"{BOAT} has another file name, and with it another place on the page: the-boat (was the-ferry)",
    ),
    "another issue": (other_issue, f"{BOAT} has moved here from another issue (was “Bridges”)"),
    "another section": (
        edit("issue.md", "      - the-ferry\n  - title: Far\n    articles:\n", f"{FAR}      - the-ferry\n"),
        f"{BOAT} has moved to another section: Far (was Near)",
    ),
    "another order": (
        edit("issue.md", "      - two-towns\n      - the-ferry\n", "      - the-ferry\n      - two-towns\n"),
        "The issue “Bridges” has its articles in another order: the-ferry, two-towns and a-ledger",
    ),
    "an introduction": (
        edit("issue.md", "a bridge.", "two bridges."),
        "The issue “Bridges” has another text, 2 words in, 2 out; the first place:"
        " “This week we went to see two bridges. It has a ledger.”"
        " (was “This week we went to see a bridge. It has a ledger.”)",
    ),
    "a picture": (picture, "The issue “Bridges” shows bridge.png, which has changed"),
    "no picture": (
        edit("two-towns.md", "image: {url: bridge.png, alt: A bridge with a step in the middle}\n", ""),
        f"{TOWNS} has no picture any more"
        " (was https://wire.example/issues/bridges/bridge.png (“A bridge with a step in the middle”, 1 × 1))",
    ),
    "a licence": (edit("the-ferry.md", "published", "license: MIT\npublished"), f"{BOAT} has a licence now: “MIT”"),
    "an update": (
        edit("the-ferry.md", "published", "updated: 2026-11-22\npublished"),
        f"{BOAT} says that it was updated: 2026-11-22T00:00:00+00:00 (was never)",
    ),
    "a correction": (
        edit("the-ferry.md", "published", "corrections: [{date: 2026-11-22, text: It has a mast.}]\npublished"),
        f"{BOAT} is corrected, 1 time: “It has a mast.”",
    ),
    "markup": (edit("the-ferry.md", "still", "*still*"), f"{BOAT} has the same words in other markup"),
    "a link": (
        edit("the-ferry.md", "at noon", "[at noon](https://noon.example/?a=1&b=2)"),
        f"{BOAT} has a new link in its text: https://noon.example/?a=1&b=2",
    ),
    "a number": (edit("issue.md", "number: 1", "number: 2"), "The issue “Bridges” has another number: 2 (was 1)"),
    "a preheader": (
        edit("issue.md", "preheader: Two towns, one river, and two very honest ledgers\n", ""),
        "The issue “Bridges” has no preheader any more (was “Two towns, one river, and two very honest ledgers”)",
    ),
    "a section": (
        edit("issue.md", "title: Far", "title: Further"),
        "The issue “Bridges” has other sections: Near and Further (was Near and Far)",
    ),
    "nothing any more": (
        edit("issue.md", "      - the-ferry\n", ""),
        f"{BOAT} is gone (was by Ann Lee)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIRST)
def test_what_somebody_should_decide_comes_first(folder: Folder, name: str) -> None:
    do, line = FIRST[name]
    do(folder)
    lines = folder.compare()
    assert lines[0].startswith("Look first: 1 ")
    assert lines[1] == line


@pytest.mark.parametrize("name", TOLD)
def test_what_is_good_to_know_stands_below_its_issue(folder: Folder, name: str) -> None:
    do, line = TOLD[name]
    do(folder)
    lines = folder.compare()
    assert lines[0].startswith("Ready: ")
    assert line in lines[lines.index("Boats" if name == "another issue" else "Bridges") :]


@pytest.mark.parametrize(
    "name",
    ["an author is another", "the order is another", "a byte of an author's link", "the registry says otherwise"],
)
def test_a_byline_that_readers_have_stops_even_with_a_new_ledger(repository: Repository, name: str) -> None:
    """A pull request can hold anything: also a dispatch.lock to its taste, and a rule that is switched off."""
    repository.publish()
    do, line = FIRST[name]
    do(repository)
    assert repository.review(code=1)[:2] == [
        f"Stop: 1 {'link' if 'link' in name or 'reg' in name else 'byline'} is broken.",
        line,
    ]
    lock = repository.root / "dispatch.lock"
    before = lock.read_text("utf-8")
    lock.unlink()
    repository.remember()
    assert lock.read_text("utf-8") != before
    lines = repository.review(code=1)
    assert lines[0].startswith("Stop: 1 ")
    assert lines[1] == line
    assert "dispatch.lock says something else of the article" in lines[2]
    repository.write("dispatch.toml", f'{TOML}\n[check]\n"ids.authors" = {{ off = "because" }}\n')
    lines = repository.review(code=1)
    assert lines[1] == line
    assert "The rule ids.authors is switched off: “because”" in lines


def test_a_rule_that_was_off_before_stops_nobody(repository: Repository) -> None:
    repository.publish()
    repository.git("checkout", "--quiet", "main")
    repository.write("dispatch.toml", f'{TOML}\n[check]\n"ids.authors" = {{ off = "we mend old names" }}\n')
    repository.commit()
    repository.git("checkout", "--quiet", "-B", "work")
    FIRST["an author is another"][0](repository)
    assert repository.review()[:2] == [
        "Look first: 1 byline changed; nothing that was published is broken.",
        FIRST["an author is another"][1],
    ]


def test_published_things_that_vanish_or_change_their_address_stop(repository: Repository) -> None:
    repository.publish()
    repository.change("issue.md", "      - the-ferry\n", "")
    repository.change("two-towns.md", "bridge?x=1&y=2", "bridge?y=2&x=1")
    lines = repository.review(code=1)
    assert lines[0] == "Stop: 1 link is broken and 1 published piece is gone."
    assert f"{BOAT} in Bridges is gone, though it was published (was by Ann Lee)" in lines
    assert any(
        line.startswith(f"{TOWNS} in Bridges has another address: https://paper.example/bridge?y=2&x=1#")
        for line in lines
    )


def test_an_issue_that_vanishes_or_becomes_a_draft_again_stops(repository: Repository) -> None:
    repository.publish()
    repository.change("issue.md", "status: published", "status: draft")
    assert "The issue “Bridges” was published, and is a draft now" in repository.review(code=1)
    repository.change("issue.md", "status: draft", "status: scheduled")
    assert "The issue “Bridges” was published, and is scheduled now" in repository.review(code=1)
    repository.git("rm", "--quiet", "-rf", "issues/bridges")
    lines = repository.review(code=1)
    assert lines[0] == "Stop: 4 published pieces are gone."


def test_an_issue_that_is_scheduled_is_not_said_to_be_published(repository: Repository) -> None:
    repository.change("issue.md", "status: draft", "status: scheduled")
    lines = repository.review()
    assert "The issue “Bridges” is scheduled now" in lines
    assert not [line for line in lines if "is published by this" in line]


def test_a_forgotten_ledger_stops(repository: Repository) -> None:
    repository.publish()
    (repository.root / "dispatch.lock").unlink()
    lines = repository.review(code=1)
    assert lines[0] == "Stop: 4 ids or dates are not what was published."


def test_what_cannot_be_read_is_told_with_its_line_and_the_rest_is_compared(repository: Repository) -> None:
    repository.publish()
    repository.change("two-towns.md", "  - jerry-jackson", "  - jerry-jacksen")
    other_head = "---\nid: tag:wire.example,2026-11-23:new\ntitle: New\ndate: 2026-11-23\nsections: []\n---\nHello.\n"
    repository.write("issues/new/issue.md", other_head)
    lines = repository.review(code=1)
    assert lines[0] == "Stop: 1 fault keeps files from being read."
    assert lines[1].startswith("Cannot be read: issues/bridges/two-towns.md:6: authors[1]: no author “jerry-jacksen”")
    assert "The issue “New” is a new issue with 0 articles" in lines
    assert not any("gone" in line for line in lines)


def test_a_publication_that_cannot_be_read_stops(repository: Repository) -> None:
    repository.write("dispatch.toml", TOML.replace("sections", "setions"))
    lines = repository.review(code=1)
    assert lines[0] == "Stop: 1 fault keeps files from being read."
    assert "setions: unknown key, did you mean “sections”?" in lines[1]


def test_a_template_that_loses_a_name_stops(repository: Repository) -> None:
    """check fails for an issue of which no file has changed."""
    shipped = (Path(__file__).parents[1] / "templates").iterdir()
    name = next(file.name for file in shipped if file.suffix == ".txt")
    repository.write(f"templates/{name}", "{{ issue.title }}\n")
    lines = repository.review(code=1)
    assert re.match(r"Stop: check found \d+ errors\.", lines[0])
    assert any("email.txt" in line and "attribution." in line for line in lines)
    assert f"The template {name} has changed" in lines


def test_settings_authors_and_sources(repository: Repository) -> None:
    toml = TOML.replace('"The Wire"\n', '"The Wire of Old"\n').replace("/unsubscribe", "/leave")
    repository.write(
        "dispatch.toml", f'{toml}\n[[sources]]\nkey = "paper"\ntitle = "The Paper"\nurl = "https://paper.example"\n'
    )
    repository.write("authors.toml", f'{AUTHORS}bio = "He counts bridges."\n\n[bo]\nname = "Bo Zhang"\n')
    lines = repository.review()
    assert (
        lines[1]
        == "dispatch.toml has another email.unsubscribe: https://wire.example/leave (was https://wire.example/unsubscribe)"
    )
    for line in (
        "dispatch.toml has another title: The Wire of Old (was The Wire)",
        "The source paper is new: https://paper.example",
        "The author bo is new: Bo Zhang",
        "The author jerry-jackson has another bio",
        f"{TOWNS} says something else of its author Jerry Jackson",
    ):
        assert line in lines


def test_what_holds_for_many_articles_is_one_line(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "main")
    for number in range(6):
        text = TWO_TOWNS.replace("?p=1", f"?p={number + 2}").replace("The bridge", f"Bridge {number}")
        repository.write(f"issues/bridges/bridge-{number}.md", text)
    keys = "".join(f"      - bridge-{number}\n" for number in range(6))
    repository.change("issue.md", "      - two-towns\n", f"      - two-towns\n{keys}")
    repository.commit()
    repository.git("checkout", "--quiet", "-B", "work")
    registry(repository)
    lines = repository.review()
    assert lines[0].startswith("Look first: 7 links changed")
    assert lines[1].startswith(f"{TOWNS} in Bridges, “Bridge 0 that two towns built” in Bridges and 5 more: leads from")


def test_a_new_issue_and_a_new_publication(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "letter")
    repository.git("checkout", "--quiet", "--orphan", "empty")
    repository.git("rm", "--quiet", "-rf", ".")
    repository.commit()
    repository.git("checkout", "--quiet", "-b", "first")
    repository.git("checkout", "main", "--", ".")
    lines = repository.review("--base", "empty")
    assert lines[0] == "Ready: 3 new articles and 1 other change, every byline and link intact."
    assert f"{TOWNS} is new, by Jerry Jackson, Bo Zhang and Ann Lee, from The Paper: an excerpt" in lines


def test_json_for_programs(repository: Repository) -> None:
    FIRST["an author is another"][0](repository)
    said = json.loads(repository.run("review", "--json").stdout)
    assert said["verdict"] == "look"
    (change,) = said["changes"]
    assert change == {
        "weight": "look",
        "kind": "byline",
        "issue": "Bridges",
        "article": "The ferry that nobody cancelled",
        "where": "issues/bridges/the-ferry.md",
        "what": "has another byline",
        "now": "Anne Lea",
        "was": "Ann Lee",
    }


# Where git stands: what is compared with what.


def test_what_is_not_committed_yet_counts(repository: Repository) -> None:
    FIRST["an author is another"][0](repository)
    assert repository.review()[1] == FIRST["an author is another"][1]
    repository.commit()
    assert repository.review()[1] == FIRST["an author is another"][1]


def test_what_happened_on_the_main_branch_meanwhile_does_not_count(repository: Repository) -> None:
    FIRST["an author is another"][0](repository)
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.change("two-towns.md", "  - name: Ann Lee\n", "")
    repository.commit()
    repository.git("checkout", "--quiet", "work")
    lines = repository.review()
    assert lines[0] == "Look first: 1 byline changed; nothing that was published is broken."
    assert lines[1] == FIRST["an author is another"][1]


def test_a_detached_head(repository: Repository) -> None:
    FIRST["an author is another"][0](repository)
    repository.commit()
    repository.git("checkout", "--quiet", "--detach")
    assert repository.review()[1] == FIRST["an author is another"][1]


@pytest.mark.parametrize("sub", ["letter", "a/letter of 100%/ünd"])
def test_a_publication_in_a_folder_of_its_repository(tmp_path: Path, sub: str) -> None:
    repository = Repository(tmp_path, sub)
    FIRST["an author is another"][0](repository)
    assert repository.review()[1] == FIRST["an author is another"][1]


def test_a_repository_of_longer_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = Repository.git
    monkeypatch.setattr(
        Repository,
        "git",
        lambda self, *words: ordinary(self, *words, *["--object-format=sha256"] * (words[0] == "init")),
    )
    repository = Repository(tmp_path)
    FIRST["an author is another"][0](repository)
    assert repository.review()[1] == FIRST["an author is another"][1]


def test_a_second_working_tree(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "beside"), "main")
    repository.root, repository.issue = tmp_path / "beside", tmp_path / "beside" / "issues" / "bridges"
    FIRST["an author is another"][0](repository)
    assert repository.review()[1] == FIRST["an author is another"][1]


def clone(repository: Repository, to: Path, *words: str) -> Repository:
    """A clone of the branch “work”, as a workflow makes it."""
    repository.git("clone", "--quiet", *words, "--branch", "work", repository.top.as_uri(), str(to))
    copy = object.__new__(Repository)
    copy.top = copy.root = to
    copy.issue = to / "issues" / "bridges"
    return copy


def test_origins_main_branch_is_the_base_in_a_clone(repository: Repository, tmp_path: Path) -> None:
    repository.git("branch", "--quiet", "--move", "main", "trunk")
    FIRST["an author is another"][0](repository)
    repository.commit()
    repository.git("checkout", "--quiet", "trunk")  # what HEAD names is what origin calls its own
    copy = clone(repository, tmp_path / "copy")
    assert copy.review()[1] == FIRST["an author is another"][1]
    assert copy.review("--base", "trunk")[-1].startswith("Compared with trunk at ")


def test_a_pull_request_says_its_base_in_a_workflow(repository: Repository, tmp_path: Path) -> None:
    FIRST["an author is another"][0](repository)
    repository.commit()
    copy = clone(repository, tmp_path / "copy")
    with chdir(copy.root):
        ran = CliRunner().invoke(main, ["review"], env={"GITHUB_BASE_REF": "main"})
    assert ran.exit_code == 0
    assert plain(ran.stdout)[-1].startswith("Compared with main at ")


def test_a_clone_that_is_too_shallow_says_what_to_do(repository: Repository, tmp_path: Path) -> None:
    repository.change("the-ferry.md", "noon", "two")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    one_branch = clone(repository, tmp_path / "one", "--depth", "1")
    failed = one_branch.run("review", "--base", "main", code=1)
    assert "git knows no “main”" in failed.stderr
    assert "fetch-depth: 0" in failed.stderr
    failed = one_branch.run("review", code=1)
    assert "there is no main branch" in failed.stderr
    assert "fetch-depth: 0" in failed.stderr
    every_branch = clone(repository, tmp_path / "every", "--depth", "1", "--no-single-branch")
    repository.commit()
    every_branch.git("fetch", "--quiet", "--depth", "1", "origin", "+main:refs/remotes/origin/main")
    failed = every_branch.run("review", code=1)
    assert "the history ends before it" in failed.stderr
    assert "fetch-depth: 0" in failed.stderr


def test_a_clone_without_the_files_of_the_past_asks_nobody_for_them(repository: Repository, tmp_path: Path) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    FIRST["an author is another"][0](repository)
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    copy = clone(repository, tmp_path / "copy", "--filter=blob:none")
    failed = copy.run("review", code=1)
    assert "--filter" in failed.stderr


def test_no_repository_no_commit_no_branch(tmp_path: Path, repository: Repository) -> None:
    (tmp_path / "none").mkdir()
    for name in ("dispatch.toml", "authors.toml"):
        (tmp_path / "none" / name).write_bytes((repository.root / name).read_bytes())
    with pytest.raises(ReviewError, match="not a git repository"):
        git.find_base(tmp_path / "none")
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "none")], check=True)
    with pytest.raises(ReviewError, match="no commit yet"):
        git.find_base(tmp_path / "none")
    repository.git("branch", "--quiet", "--move", "main", "trunk")
    with pytest.raises(ReviewError, match="no main branch") as raised:
        git.find_base(repository.root)
    assert "--base" in raised.value.faults[0].hint
    repository.git("checkout", "--quiet", "--orphan", "island")
    repository.change("the-ferry.md", "noon", "two")
    repository.commit()
    with pytest.raises(ReviewError, match="no history in common"):
        git.find_base(repository.root, "trunk")


@pytest.mark.parametrize("ref", ["--output=x", "-", "a\nb", "HEAD:dispatch.toml", "nothing^", "main~99", "\x1b[2J"])
def test_a_name_that_is_no_commit_is_refused(repository: Repository, ref: str) -> None:
    failed = repository.run("review", f"--base={ref}", code=1)
    assert "git knows no" in failed.stderr
    assert "\x1b[2J" not in failed.stderr
    assert not (repository.root / "x").exists()


def test_a_hook_that_reviews_finds_its_own_repository(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hooks run with GIT_DIR and its like, which could name another."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nothing"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "many")
    FIRST["an author is another"][0](repository)
    assert repository.review()[1] == FIRST["an author is another"][1]


# A pull request can hold anything.


def test_nothing_of_the_repository_runs(repository: Repository, tmp_path: Path) -> None:
    """Attributes name filters and drivers; configuration, which a checkout may have, says what they run."""
    trap = f"touch {tmp_path / 'sprung'}; cat"
    repository.write(".gitattributes", "* filter=trap diff=trap merge=trap\n")
    repository.commit()
    for key in (
        *("filter.trap.smudge", "filter.trap.clean", "filter.trap.process", "diff.trap.textconv", "diff.trap.command"),
        *("core.fsmonitor", "core.pager", "pager.ls-tree", "pager.cat-file", "core.editor", "diff.external"),
        *("alias.ls-tree", "alias.cat-file", "core.sshCommand", "gpg.program", "credential.helper"),
    ):
        repository.git("config", key, f"!{trap}" if key.startswith("alias") else trap)
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        path = repository.top / ".git" / "hooks" / hook
        path.write_text(f"#!/bin/sh\n{trap}\n", "utf-8")
        path.chmod(0o755)
    (tmp_path / "sprung").unlink(missing_ok=True)
    FIRST["an author is another"][0](repository)
    assert repository.review()[1] == FIRST["an author is another"][1]
    assert not (tmp_path / "sprung").exists()


def test_links_and_odd_names_are_never_followed(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(FERRY.replace("nobody cancelled", "is secret"), "utf-8")
    (repository.issue / "the-ferry.md").unlink()
    (repository.issue / "the-ferry.md").symlink_to(tmp_path / "secret.md")
    (repository.issue / "a\nb [x](y).md").write_text("hello", "utf-8")
    repository.commit()
    printed = repository.run("review", code=1).stdout
    assert "is a link" in printed
    assert "secret" not in printed
    repository.git("checkout", "--quiet", "-B", "main")  # and when all of that is the past
    repository.git("checkout", "--quiet", "-b", "back")
    (repository.issue / "the-ferry.md").unlink()
    repository.write("issues/bridges/the-ferry.md", FERRY)
    lines = repository.review()
    assert lines[0].startswith("Look first")
    assert lines[1].startswith("Could not be read before: issues/bridges")


def test_a_tree_that_would_leave_its_folder_is_kept_inside(repository: Repository, tmp_path: Path) -> None:
    blob = repository.git("hash-object", "-w", "--stdin").strip()
    tree = f"100644 blob {blob}\t..\0".replace("\0", "\n")
    ran = subprocess.run(["git", "mktree"], cwd=repository.top, input=tree, capture_output=True, text=True, check=True)
    outer = f"040000 tree {ran.stdout.strip()}\t..\n120000 blob {blob}\tlink\n160000 commit {'1' * 40}\tmodule\n"
    outer += f"100644 blob {blob}\tkept\n100644 blob {blob}\t.hidden\n"
    ran = subprocess.run(
        ["git", "mktree", "--missing"], cwd=repository.top, input=outer, capture_output=True, text=True, check=True
    )
    commit = repository.git("commit-tree", "-m", "x", ran.stdout.strip()).strip()
    into = tmp_path / "deep" / "into"
    into.mkdir(parents=True)
    git.restore_files(repository.root, git.list_blobs(repository.root, commit), into)
    assert [path.name for path in (tmp_path / "deep").rglob("*")] == ["into", "kept"]


def test_a_file_of_ten_megabytes(repository: Repository) -> None:
    repository.write("issues/bridges/the-ferry.md", f"{FERRY}{'The ferry leaves at noon. ' * 400_000}\n")
    repository.commit()
    lines = repository.review(code=1)
    assert lines[0] == "Stop: 1 fault keeps files from being read."
    repository.git("checkout", "--quiet", "-B", "main")
    repository.git("checkout", "--quiet", "-b", "back")
    repository.write("issues/bridges/the-ferry.md", FERRY)
    assert repository.review()[1].startswith("Could not be read before: issues/bridges/the-ferry.md")


HOSTILE = (
    "![x](https://evil.example/pixel.png) <img src=https://evil.example/pixel.png> [click](https://evil.example)",
    "@everybody @org/team #12 GH-12 owner/name#1 https://evil.example www.evil.example ann@evil.example :tada:",
    "0123abcdef 0123456789012345678901234567890123456789 deadbee SHA:0123abcdef",
    "`code` *bold* _it_ ~~gone~~ | a | b | $x$ $$y$$ &lt;b&gt; &#64;name \\",
    "<!-- --> <script>alert(1)</script> <details open> </details> <!--",
    "one\r\n\r\n## two\n- item\n1. first\n\n    code\n\n***\n",
    "[ref]: https://evil.example\n\n[ref] [^1] - [ ] task > quote\n===\n---",
)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_acts_nowhere(repository: Repository, title: str) -> None:
    written = json.dumps(title)  # JSON is YAML
    name = f"name: {written}"
    repository.change("the-ferry.md", "title: The ferry that nobody cancelled", f"title: {written}\nnote: {written}")
    repository.change("the-ferry.md", "name: Ann Lee", name)
    repository.change("issue.md", "title: Bridges", f"title: {written}")
    acts_nowhere(repository.run("review").stdout)


def acts_nowhere(comment: str) -> None:
    """Nothing in a comment is a link, a picture, HTML that is not ours, a call or a control character."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = [token for block in parser.parse(comment) for token in (block, *(block.children or ()))]
    kinds = {token.type for token in tokens}
    assert not kinds & {"link_open", "image", "html_block", "table_open", "s_open", "blockquote_open", "fence", "hr"}
    assert {token.content for token in tokens if token.type == "html_inline"} <= {"<span>", "</span>"}
    assert all(token.tag == "h3" for token in tokens if token.type == "heading_open")
    words = "".join(token.content for token in tokens if token.type == "text")
    assert not re.search(r"@\w|#\w|\bGH-\d|https?://|www\.|:\w+:|\b[0-9a-f]{7,40}\b(?<!\b[0-9a-f]{10})", words)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", comment)


@settings(max_examples=scale(1000))
@given(st.text(max_size=200) | st.text(alphabet="@#[]()<>!`*_~|&$\\:/-+=.wGHa1 \n", max_size=200))
def test_no_words_act(words: str) -> None:
    change = Change(what="has another headline", now=f"“{words}”", was=words, issue=words, article=words)
    link = replace(change, kind="link", weight="look", was=words)
    fault = replace(change, issue="", article="", what=f"Cannot be read: {words}")
    finding = Finding(
        rule="links.relative",
        severity="error",
        subject="link",
        place=Place(file=words, edition=words, article=words),
        values=(("text", words), ("url", words)),
    )
    made = Review(base=words, commit="1" * 40, changes=(link, change, fault), findings=(finding,))
    acts_nowhere(write_markdown(made))


WEIGHTS: list[Weight] = ["stop", "look", "tell"]


def test_a_comment_is_never_longer_than_github_takes() -> None:
    changes = tuple(
        Change(what=f"has note {number}", now="x" * 900, was="ß" * 900, issue="I", article="*" * 300, weight=weight)
        for number, weight in enumerate(WEIGHTS * 900)
    )
    findings = tuple(
        Finding(
            rule="email.css",
            severity="warning",
            subject="style",
            place=Place(file="a" * 300),
            values=(("element", "p" * 60), ("found", f"{number} " + "x" * 60)),
        )
        for number in range(900)
    )
    comment = write_markdown(Review(base="main", commit="1" * 40, changes=changes, findings=findings))
    assert 30_000 < len(comment) <= MOST
    assert re.search(r"\d,?\d* more lines did not fit here", comment)
    assert "and 1,760 more like these" in comment


def test_a_slug_that_changes_leaves_a_way_and_somebody_should_know(repository: Repository) -> None:
    repository.publish()
    repository.git("mv", "issues/bridges", "issues/rivers")
    lines = repository.review()
    assert lines[0].startswith("Look first: 2 links changed; nothing that was published is broken.")
    assert "The issue “Bridges” moves within the site: issues/rivers/ (was issues/bridges/)" in lines
    assert any(line.startswith(f"{BOAT} in Bridges moves within the site: https://wire.example/") for line in lines)


def test_what_is_withdrawn_is_told_and_stops_nobody(repository: Repository) -> None:
    repository.publish()
    repository.run("withdraw", "bridges", "the-ferry", "--because", "It was somebody else's ferry.", "--yes")
    lines = repository.review()
    assert lines[0].startswith("Look first: ")
    assert f"{BOAT} in Bridges is withdrawn: It was somebody else's ferry." in lines
