"""What a pull request changes, told from real repositories: what breaks comes first, and nothing foreign acts."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt

from dispatch import git
from dispatch.cli import main
from dispatch.errors import ReviewError

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
This week we went to see a bridge.
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


class Repository:
    """A publication in a git repository, on the branch “work”, with a base on “main”."""

    def __init__(self, top: Path, sub: str = "") -> None:
        self.top = top
        self.root = top / sub
        self.issue = self.root / "issues" / "bridges"
        top.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.write("dispatch.toml", TOML)
        self.write("authors.toml", AUTHORS)
        self.write("issues/bridges/issue.md", ISSUE)
        self.write("issues/bridges/two-towns.md", TWO_TOWNS)
        self.write("issues/bridges/the-ferry.md", FERRY)
        self.write("issues/bridges/a-ledger.md", LEDGER)
        (self.issue / "bridge.png").write_bytes(POINT)
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

    def publish(self) -> None:
        """Publish the issue on the main branch."""
        self.git("checkout", "--quiet", "main")
        self.run("publish", "bridges")
        self.write(".gitignore", "/public/\n")
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
