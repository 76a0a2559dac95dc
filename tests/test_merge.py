"""A newsletter in git: what init sets up, what merges by itself, and that nothing a merge has left reaches a reader."""

import os
import re
import shutil
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from dispatch import commonmark, html
from dispatch.cli import main
from dispatch.errors import GatherError
from dispatch.text import find_merge_leftover

# Who commits; nothing of the machine's own settings.
AS_ANN = {
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@wire.example",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@wire.example",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
ARTICLE = """---
title: Cranes
authors:
  - name: Ann Lee
    url: https://wire.example/people/ann
published: 2026-11-25
---
The cranes are back.

Nobody has counted them.
"""
CONFLICT = "<<<<<<< HEAD\nNine of them.\n=======\nTen of them.\n>>>>>>> theirs\n"


class Letter:
    """A publication as ``dispatch init`` makes it, with one draft, and a person at its command line."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.made = self.run("init", ".", "--title", "T", "--url", "https://t.example", "--from", "T <t@t.example>")
        self.run("issue", "new", "Week 48", "--slug", "week-48", "--date", "2026-11-27")
        self.write("issues/week-48/cranes.md", ARTICLE)
        self.change("issues/week-48/issue.md", "status: draft\n", "status: draft\nsections:\n  - articles: [cranes]\n")
        self.commit()

    def run(self, *words: str, code: int = 0) -> Result:
        with chdir(self.root):
            result = CliRunner().invoke(main, words, catch_exceptions=False, env={"GITHUB_BASE_REF": None})
        assert result.exit_code == code, result.output
        return result

    def git(self, *words: str, code: int = 0) -> str:
        ran = subprocess.run(["git", *words], cwd=self.root, capture_output=True, text=True, check=False)
        assert ran.returncode == code, ran.stdout + ran.stderr
        return ran.stdout

    def read(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, "utf-8")

    def change(self, name: str, was: str, now: str) -> None:
        assert self.read(name).count(was) == 1
        self.write(name, self.read(name).replace(was, now))

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "so it is")

    def branch(self, name: str) -> None:
        self.git("checkout", "--quiet", "main")
        self.git("checkout", "--quiet", "-b", name)

    def merge(self, *names: str) -> None:
        """Merge branches into main, none of which conflicts."""
        self.git("checkout", "--quiet", "main")
        for name in names:
            self.git("merge", "--quiet", "--message", name, name)

    def add(self, title: str, *words: str) -> None:
        source = f"https://{title.lower()}.example"
        self.run(
            "add", "--no-fetch", "--syndicate", "link", "--published", "2026-11-20", "--title", title,
            "--url", f"{source}/1", "--author", f"By {title}={source}", "--source", f"{title}={source}", *words,
        )  # fmt: skip


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AS_ANN.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def letter(tmp_path: Path) -> Letter:
    return Letter(tmp_path)


def test_a_new_publication_is_a_repository_that_takes_what_people_write(letter: Letter) -> None:
    assert "made a git repository" in letter.made.stderr
    assert letter.git("symbolic-ref", "--short", "HEAD") == "main\n"
    letter.run("publish", "week-48")
    letter.run("render")
    for name in (".issue.md.1a2b3c4d", ".issue.md.1a2b3c4d.tmp"):
        letter.write(f"issues/week-48/{name}", "what a killed command leaves")
    letter.git("add", "--all")
    listed = letter.git("ls-files").split()
    assert "dispatch.lock" in listed
    assert not [name for name in listed if name.startswith(("public", "out", ".dispatch")) or "1a2b3c4d" in name]


def test_a_folder_in_a_repository_gets_none_of_its_own(letter: Letter) -> None:
    made = letter.run("init", "below", "--title", "T", "--url", "https://t.example")
    assert "git" not in made.output
    assert not (letter.root / "below" / ".git").exists()


def test_files_for_git_that_are_there_stay_and_what_they_lack_is_said(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("/public/\nmine\n", "utf-8")
    letter = Letter(tmp_path)
    assert letter.read(".gitignore") == "/public/\nmine\n"
    assert ".gitignore stays as it was; add to it: /out/ and /.dispatch/ and" in letter.made.stderr
    assert ".gitattributes" not in letter.made.stderr


def test_without_git_it_is_a_publication_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with chdir(tmp_path):
        made = CliRunner().invoke(main, ["init", "w", "--title", "T", "--url", "https://t.example"])
    assert (made.exit_code, made.stdout) == (0, f"{Path('w', 'dispatch.toml')}\n")
    assert "made no git repository: git is not installed" in made.stderr
    assert not (tmp_path / "w" / ".git").exists()


@pytest.mark.parametrize("before", ["sections:\n  - articles:\n      - cranes\n", "sections:\n  - title: News\n", ""])
@pytest.mark.parametrize("sections", [("",), ("News",), ("News", "Elsewhere")])
def test_two_branches_that_add_an_article_merge_and_both_are_listed(
    letter: Letter, before: str, sections: tuple[str, ...]
) -> None:
    letter.change("issues/week-48/issue.md", "sections:\n  - articles: [cranes]\n", before)
    letter.add("Zero")
    letter.commit()
    for name, section in zip(("Ann", "Bo"), (sections * 2)[:2], strict=True):
        letter.branch(name)
        letter.add(name, *(("--section", section) if section else ()))
        letter.commit()
    letter.merge("Ann", "Bo")
    shown = letter.run("issue", "show").stdout
    assert [name for name in ("Zero", "Ann", "Bo") if f"  {name}\n" in shown] == ["Zero", "Ann", "Bo"]
    for section in filter(None, sections):
        assert f"\n{section}\n" in shown


def test_a_key_that_two_branches_changed_is_told_with_both_lines(letter: Letter) -> None:
    for name in ("Ann", "Bo"):
        letter.branch(name)
        letter.change("issues/week-48/issue.md", "title: Week 48", f"title: {name}'s week")
        letter.commit()
    letter.merge("Ann", "Bo")
    lines = letter.read("issues/week-48/issue.md").split("\n")
    first, second = (number for number, line in enumerate(lines, 1) if line.startswith("title: "))
    for words in (["check"], ["issue", "list"], ["publish", "week-48"], ["review"]):
        said = letter.run(*words, code=1).output.replace("&#8203;", "")
        assert f"issues/week-48/issue.md:{second}" in said
        assert f"he key “title” occurs twice, first in line {first}" in said
    assert "make one of the two" in letter.run("check", code=1).stdout


def test_an_article_that_two_branches_listed_is_told_with_both_lines(letter: Letter) -> None:
    letter.change(
        "issues/week-48/issue.md", "  - articles: [cranes]\n", "  - articles:\n      - cranes\n      - zero\n"
    )
    letter.write("issues/week-48/zero.md", ARTICLE.replace("Cranes", "Zero"))
    letter.write("issues/week-48/storks.md", ARTICLE.replace("Cranes", "Storks"))
    letter.commit()
    for name, was, now in (
        ("Ann", "      - cranes\n", "      - storks\n      - cranes\n"),
        ("Bo", "- zero\n", "- zero\n      - storks\n"),
    ):
        letter.branch(name)
        letter.change("issues/week-48/issue.md", was, now)
        letter.commit()
    letter.merge("Ann", "Bo")
    lines = letter.read("issues/week-48/issue.md").split("\n")
    first, second = (number for number, line in enumerate(lines, 1) if line.endswith("- storks"))
    said = letter.run("check", code=1).stdout
    assert f"issues/week-48/issue.md:{second}\n" in said
    assert f"“storks” is listed twice, first in line {first}" in said
    assert "delete one of the two lines" in said


def test_two_branches_that_publish_an_issue_each_merge_and_publish_mends_the_site(
    letter: Letter, tmp_path: Path
) -> None:
    letter.run("publish", "week-48")
    letter.commit()
    for name in ("Ann", "Bo"):
        letter.branch(name)
        letter.run("issue", "new", name, "--slug", name.lower(), "--date", "2026-11-28")
        letter.add(name, "--issue", name.lower())
        letter.run("publish", name.lower())
        letter.commit()
    letter.merge("Ann", "Bo")
    assert "issues/ann/index.html" in letter.run("publish", "-v").stdout.split()
    fresh = tmp_path / "fresh"
    letter.git("clone", "--quiet", ".", str(fresh))
    with chdir(fresh):
        assert CliRunner().invoke(main, ["publish"]).exit_code == 0
    assert read_site(fresh / "public") == read_site(letter.root / "public")
    assert {"issues/ann/index.html", "issues/bo/index.html"} <= read_site(fresh / "public").keys()


def read_site(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_equal_numbers_and_folders_that_are_no_issues_are_told(letter: Letter) -> None:
    letter.run("issue", "new", "Another", "--slug", "another", "--date", "2026-11-28", "--number", "1")
    letter.write("issues/bare/crane.jpg", "")
    shutil.copytree(letter.root / "issues" / "another", letter.root / "issues" / "Week 49")
    listed = letter.run("issue", "list")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["another", "week-48"]
    told = [line.partition(". ")[0] for line in listed.stderr.splitlines()]
    assert told == [
        "issues/another/issue.md: It has the same number as issues/week-48/issue.md: 1",
        "issues/Week 49: It is no issue: the name of its folder must be made of a-z, 0-9 and hyphens",
        "issues/bare: It is no issue: there is no issue.md in it",
    ]
    checked = letter.run("check", "week-48").stdout
    assert "issues/week-48/issue.md:3\n  warning: It has the same number as issues/another/issue.md: 1" in checked
    assert checked.count("[files.folder]") == 2


@pytest.fixture(params=["merge", "diff3"])
def style(request: pytest.FixtureRequest) -> str:
    return str(request.param)


PLACES = {
    "issues/week-48/cranes.md": ("published: 2026-11-25", "published: 2026-11-2"),  # front matter
    "issues/week-48/storks.md": ("Nobody has counted them.", "Somebody has counted "),  # a body
    "issues/week-48/herons.html": ("Nobody has counted them.", "Somebody has counted "),
    "issues/week-48/notes.md": ("Nobody has counted them.", "No section lists this, "),
    "issues/week-48/issue.md": ("This week, cranes.", "This week, "),  # an introduction, where .gitattributes is gone
    "dispatch.toml": ('description = ""', 'description = "Of birds, "#'),
    "authors.toml": ("# Authors whom", "# Authors of birds, whom "),
    "templates/email.txt": ("<p>nothing</p>", "<p>something</p> "),
}


UNSEEN = {"issues/week-48/notes.md"}  # what no section lists changes nothing that a review looks at


@pytest.mark.parametrize("name", PLACES)
def test_no_leftover_of_a_merge_reaches_a_reader(letter: Letter, name: str, style: str) -> None:
    for other in ("storks.md", "herons.html", "notes.md"):
        letter.write(f"issues/week-48/{other}", ARTICLE.replace("Cranes", other))
    letter.change("issues/week-48/issue.md", "[cranes]", "[cranes, storks, herons]")
    letter.write("issues/week-48/issue.md", letter.read("issues/week-48/issue.md") + "This week, cranes.\n")
    letter.write("templates/email.txt", "{{ issue.title }}\n<p>nothing</p>\n")
    letter.write(".gitattributes", "")
    letter.commit()
    was, now = PLACES[name]
    for branch in ("1", "2"):
        letter.branch(branch)
        letter.change(name, was, now + branch)
        letter.commit()
    letter.git("checkout", "--quiet", "main")
    letter.git("merge", "--quiet", "1")
    letter.git("-c", f"merge.conflictStyle={style}", "merge", "--quiet", "2", code=1)
    line = 1 + next(n for n, one in enumerate(letter.read(name).split("\n")) if one.startswith("<<<<<<< "))
    for words in (["check"], ["publish", "week-48"]):
        said = letter.run(*words, code=1).output
        assert re.search(rf"{re.escape(name)}:{line}\b\D*?an unfinished merge", said, re.IGNORECASE), said
    assert "find expected" not in said
    assert not (letter.root / "public" / "index.html").exists()
    if name not in UNSEEN:
        reviewed = letter.run("review", "--base", "2", code=1).output
        assert reviewed.startswith("**Stop**")
        assert "nfinished merge" in reviewed


@pytest.mark.parametrize("text", [f"{CONFLICT}---\ntitle: A\n---\n", f"---\ntitle: A\n{CONFLICT}", CONFLICT * 2])
def test_a_file_without_a_whole_front_matter_says_what_it_is(letter: Letter, text: str) -> None:
    letter.write("issues/week-48/cranes.md", text)
    line = 1 if text.startswith("<") else 3
    said = letter.run("check", code=1).stdout
    assert f"issues/week-48/cranes.md:{line}\n  error: " in said
    assert "[files.merge]" in said


@pytest.mark.parametrize("line", ["<<<<<<< HEAD", ">>>>>>> theirs", "<<<<<<<", ">>>>>>>", ">>>>>>> theirs\r"])
def test_half_of_a_leftover_is_one(letter: Letter, line: str) -> None:
    (letter.root / "issues/week-48/cranes.md").write_bytes(f"{ARTICLE}\n{line}\n\nTen of them.\n".encode())
    assert "cranes.md:12\n  error: An unfinished merge, line 12  [files.merge]" in letter.run("check", code=1).stdout


def test_a_leftover_in_what_is_published_already_stops_the_whole_site(letter: Letter) -> None:
    letter.run("publish", "week-48")
    before = read_site(letter.root / "public")
    letter.write("issues/week-48/cranes.md", letter.read("issues/week-48/cranes.md") + CONFLICT)
    assert "[files.merge]" in letter.run("publish", code=1).stdout
    assert read_site(letter.root / "public") == before


HONEST = {
    "fence.md": f"When two meet, git writes:\n\n```\n{CONFLICT}```\n",
    "tildes.md": f"~~~~ text\n{CONFLICT}~~~\n~~~~\n",
    "list.md": "- a list\n\n  ```\n  " + CONFLICT.replace("\n", "\n  ") + "```\n",
    "indented.md": "As in:\n\n    " + CONFLICT.replace("\n", "\n    ") + "\n",
    "heading.md": "Cranes\n=======\n\nThey are back.\n",
    "inline.md": "Look for `<<<<<<< HEAD` and for\n`>>>>>>>`, seven signs.\n",
    "rules.md": "| a |\n| --- |\n|||||||\n",
    "longer.md": "<<<<<<<<\n\n>>>>>>>>\n",
    "pre.html": f"<p>When two meet:</p>\n<PRE class=a>\n{CONFLICT}</pre>\n",
    "escaped.html": "<p>\n&lt;&lt;&lt;&lt;&lt;&lt;&lt; HEAD\n=======\n|||||||\n</p>\n",
}


@pytest.mark.parametrize("name", HONEST)
def test_an_article_about_git_is_published(letter: Letter, name: str) -> None:
    (letter.root / "issues/week-48/cranes.md").unlink()
    letter.write(f"issues/week-48/cranes{Path(name).suffix}", ARTICLE.replace("The cranes are back.", HONEST[name]))
    assert "files.merge" not in letter.run("publish", "week-48").output


def test_the_rule_can_be_switched_off_for_an_odd_text(letter: Letter) -> None:
    letter.write("issues/week-48/cranes.md", ARTICLE + "\n>>>>>>> so deep was the quotation\n")
    letter.run("publish", "week-48", code=1)
    letter.write(
        "dispatch.toml", letter.read("dispatch.toml") + '\n[check]\n"files.merge" = { off = "we quote mail" }\n'
    )
    letter.run("publish", "week-48")


def test_a_copy_in_a_draft_is_reported_there_and_nowhere_else(letter: Letter) -> None:
    letter.run("publish", "week-48")
    letter.run("issue", "new", "Next", "--slug", "a-next", "--date", "2026-11-26")
    copied = letter.read("issues/week-48/cranes.md").replace("name: Ann Lee", "name: Bo Zhang")
    for key in ("one", "two"):
        letter.write(f"issues/a-next/{key}.md", copied)
    letter.change("issues/a-next/issue.md", "status: draft\n", "status: draft\nsections:\n  - articles: [one, two]\n")
    letter.run("check", "week-48")
    letter.run("publish")
    found = re.findall(r"(\S+)\n  error: (.*)  \[(.*)\]", letter.run("check", "a-next", code=1).stdout)
    assert {rule for _, _, rule in found} == {"ids.duplicate"}
    assert [where.partition(":")[0] for where, _, _ in found] == ["issues/a-next/one.md", "issues/a-next/two.md"]
    letter.run("publish", "a-next", code=1)


def test_toml_front_matter_has_lines(letter: Letter) -> None:
    head = "+++\ntitle = 'Cranes'\npublished = 2026-11-25\n[[authors]]\nname = 'TK'\nurl = 'ftp://x'\n+++\n"
    letter.write("issues/week-48/cranes.md", head)
    assert "issues/week-48/cranes.md:6\n  error: “authors[1].url”: " in letter.run("check", code=1).stdout
    letter.write("issues/week-48/cranes.md", head.replace("'Cranes'", "'Cranes TK'").replace("ftp:", "https:"))
    assert "issues/week-48/cranes.md:2\n  warning: A placeholder is left" in letter.run("check").stdout


LINES = st.lists(
    st.sampled_from(["```", "~~~~", "    x", "- a", "<pre>", "</pre >", "", "x", "\r", "\ra\r", *CONFLICT.split("\n")]),
    max_size=12,
)


@given(LINES.map("\n".join) | st.text(max_size=200))
def test_code_is_blanked_and_no_line_moves(text: str) -> None:
    for blank in (html.blank_code, commonmark.blank_code):
        try:
            left = blank(text)
        except GatherError:
            continue
        assert left.count("\n") == text.count("\n")
        found = find_merge_leftover(left, is_prose=True)
        assert not found or left.split("\n")[found - 1] == text.split("\n")[found - 1]


SPANS = (
    (f"```\na\n```\n{CONFLICT}", 4),
    (f"{CONFLICT}```\n", 1),
    ("```\n<<<<<<< a\n```\n=======\n>>>>>>> b\n", 5),
    ("<<<<<<< a\n```\n=======\n>>>>>>> b\n```\n", 1),
)


@pytest.mark.parametrize(("text", "line"), SPANS)
def test_what_crosses_the_edge_of_a_code_block_is_a_leftover(text: str, line: int) -> None:
    assert find_merge_leftover(commonmark.blank_code(text), is_prose=True) == line
