"""What cannot be taken back is asked first; what was published by mistake is taken back while nobody has it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner, Result

import nouns
from commands import run_dispatch
from dispatch import config, issues
from dispatch.cli import main
from dispatch.model import Article, Author, Issue, Section
from loopback import web
from patience import PATIENCE

Dispatch = Callable[..., Result]

ANN = Author(name="Ann Lee", url="https://people.example/ann")
BO = Author(name="Bo Zhang", url="https://people.example/bo")
TEXT = "Paragraph 1 of story 1"


def write_issue(root: Path, slug: str, number: int, *by: Author, **values: object) -> Issue:
    """Write a draft with an article by each author, and return it."""
    articles = (
        nouns.article(
            n,
            id=f"tag:wire.example,2026:{slug}/{n}",
            key=f"story-{n}",
            url=f"https://paper.example/{slug}/{n}",
            authors=(author,),
            tags=(f"tag of {author.name}",),
        )
        for n, author in enumerate(by, 1)
    )
    sections = (Section(title="Europe", articles=tuple(articles)),) if by else ()
    given = {"id": f"tag:wire.example,2026:{slug}", "slug": slug, "number": number, "title": f"The {slug}"}
    return issues.create_issue(config.load(root), nouns.issue(**{"sections": sections, **given, **values}))


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication with a published issue, a draft and an empty draft."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>")
    write_issue(root, "first", 1, ANN, BO)
    write_issue(root, "second", 2, BO, Author(name="Cy Ode"))
    write_issue(root, "empty", 3)
    with chdir(root):
        assert CliRunner().invoke(main, ["publish", "first"]).exit_code == 0
    return root


@pytest.fixture
def dispatch(letter: Path) -> Dispatch:
    """Runs a command where nobody can be asked."""

    return partial(run_dispatch, letter)


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@wire.example", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    """Put everything into git, as it is."""
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "All of it")


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file that people or the site have, with its bytes."""
    found = (path for path in root.rglob("*") if path.is_file() and not {".dispatch", ".git"} & {*path.parts})
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def ask(program: Path, root: Path, *words: str, reply: str, meanwhile: Callable[[], None] = lambda: None) -> Result:
    """Run a command with a terminal for its questions, answer the first, and return what it printed on which stream.

    meanwhile: is called when the question is there, before the answer.
    """
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [program / "dispatch", *words], cwd=root, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE
    )
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 4096)
    meanwhile()
    os.write(ours, reply.encode() + b"\n")
    stdout, _ = process.communicate(timeout=PATIENCE)
    while True:
        try:
            more = os.read(ours, 4096)
        except OSError:  # Linux says so that nobody has the other end any more
            more = b""
        if not more:
            break
        said += more
    os.close(ours)
    return Result(CliRunner(), stdout, said, stdout + said, None, process.returncode, None)


# Questions

# What is asked before a command does it, in a publication that git holds; and what has then happened.
ASKED: dict[str, tuple[tuple[str, ...], Callable[[Path], bool]]] = {
    "withdraw": (("withdraw", "first", "1"), lambda root: TEXT not in text(root, "issues/first/story-1.html")),
    "unpublish": (("unpublish", "first"), lambda root: not (root / "public/issues/first").exists()),
    "publish what is empty": (("publish", "empty"), lambda root: (root / "public/issues/empty/index.html").exists()),
    "delete what git does not hold": (
        ("issue", "remove", "second", "1", "--delete"),
        lambda root: not (root / "issues/second/story-1.html").exists(),
    ),
}


def text(root: Path, path: str) -> str:
    return (root / path).read_text("utf-8")


@pytest.fixture
def in_git(letter: Path) -> Path:
    """The publication in git, but for a change of one file."""
    commit(letter)
    edit(letter / "issues" / "second" / "story-1.html", TEXT, f"{TEXT}, which nobody has committed,")
    return letter


@pytest.mark.parametrize("name", ASKED)
def test_a_terminal_is_asked_and_no_changes_nothing(name: str, in_git: Path, warm: Path) -> None:
    words, is_done = ASKED[name]
    before = snapshot(in_git)
    refused = ask(warm, in_git, *words, reply="n")
    assert refused.exit_code == 1
    assert refused.stdout == ""  # a question is talk, and no result
    assert "Nothing was changed." in refused.stderr
    assert snapshot(in_git) == before
    agreed = ask(warm, in_git, *words, reply="y")
    assert agreed.exit_code == 0, agreed.output
    assert not agreed.stdout.startswith(" ")
    assert is_done(in_git)


@pytest.mark.parametrize("name", ASKED)
def test_where_nobody_can_be_asked_yes_is_an_option(name: str, in_git: Path, dispatch: Dispatch) -> None:
    words, is_done = ASKED[name]
    before = snapshot(in_git)
    said = dispatch(*words, code=2).stderr
    assert "There is no terminal to ask on: if you mean it, add --yes." in " ".join(said.split())
    assert snapshot(in_git) == before
    dispatch(*words, "--yes")
    assert is_done(in_git)


def test_what_git_holds_is_deleted_without_a_question(in_git: Path, dispatch: Dispatch) -> None:
    dispatch("issue", "remove", "second", "2", "--delete")
    assert not (in_git / "issues" / "second" / "story-2.html").exists()


def test_a_source_that_is_removed_can_be_put_back(letter: Path, dispatch: Dispatch) -> None:
    words = ("--key", "bay", "--title", 'The "Bay"', "--kind", "feed", "--no-fetch", "--tag", "ports")
    dispatch("source", "add", "https://bay.example/feed", *words)
    before = config.load(letter).sources
    lines = dispatch("source", "remove", "bay").stdout
    assert config.load(letter).sources == ()
    settings = letter / "dispatch.toml"
    settings.write_text(f"{text(letter, 'dispatch.toml')}\n{lines}", "utf-8")
    assert config.load(letter).sources == before


# Withdraw only what git keeps


def no_repository(root: Path) -> None:
    assert not (root / ".git").exists()


def no_commit(root: Path) -> None:
    git(root, "init", "--quiet")
    git(root, "add", "--all")


def not_added(root: Path) -> None:
    git(root, "init", "--quiet")
    git(root, "add", "dispatch.toml")
    git(root, "commit", "--quiet", "--message", "The settings")


def changed_since(root: Path) -> None:
    commit(root)
    edit(root / "issues" / "first" / "story-1.html", "is here.", "was here.")


def changed_and_added(root: Path) -> None:
    changed_since(root)
    git(root, "add", "--all")


@pytest.mark.parametrize("state", [no_repository, no_commit, not_added, changed_since, changed_and_added])
def test_a_text_that_git_does_not_hold_stays_unless_it_is_meant(
    state: Callable[[Path], None], letter: Path, dispatch: Dispatch
) -> None:
    state(letter)
    before = snapshot(letter)
    refused = dispatch("withdraw", "first", "1", "--yes", code=1)
    assert "issues/first/story-1.html: git does not hold this file as it is now" in refused.stderr
    assert "--without-copy" in refused.stderr
    assert snapshot(letter) == before
    said = dispatch("withdraw", "first", "1", "--yes", "--without-copy").stderr
    assert ("history of git" in said) is (state not in (no_repository, not_added))  # what git has of it, it keeps
    assert TEXT not in text(letter, "issues/first/story-1.html")


def test_each_file_of_an_issue_that_git_does_not_hold_is_named(dispatch: Dispatch) -> None:
    refused = dispatch("withdraw", "first", "--yes", code=1).stderr
    assert refused.count("git does not hold") == 3
    assert refused.count("Hint:") == 1


def test_a_publication_below_its_repository_and_other_line_ends_are_held(tmp_path: Path, letter: Path) -> None:
    commit(tmp_path)
    story = letter / "issues" / "first" / "story-1.html"
    story.write_bytes(story.read_bytes().replace(b"\n", b"\r\n"))
    with chdir(letter):
        result = CliRunner().invoke(main, ["withdraw", "first", "--yes"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "The text is still in the history of git" in result.stderr


def test_what_is_written_while_the_question_stands_is_not_lost(letter: Path, warm: Path) -> None:
    commit(letter)
    story = letter / "issues" / "first" / "story-1.html"
    answered = ask(
        warm, letter, "withdraw", "first", "1", reply="y", meanwhile=lambda: edit(story, TEXT, "A later thought")
    )
    assert answered.exit_code == 1
    assert "git does not hold this file as it is now" in answered.stderr
    assert "A later thought" in story.read_text("utf-8")


def test_a_reason_is_added_without_a_copy_of_what_is_gone(letter: Path, dispatch: Dispatch) -> None:
    dispatch("withdraw", "first", "1", "--yes", "--without-copy")
    dispatch("withdraw", "first", "1", "--because", "It was invented.", "--yes")
    assert "It was invented." in text(letter, "issues/first/story-1.html")


# Unpublish


def keep(root: Path) -> None:
    """Change nothing after publishing."""
    assert root.exists()


def rename(root: Path) -> None:
    (root / "issues" / "second").rename(root / "issues" / "third")


def mark_draft(root: Path) -> None:
    edit(root / "issues" / "second" / "issue.md", "status: published", "status: draft")


def drop_article(root: Path) -> None:
    edit(root / "issues" / "second" / "issue.md", "      - story-1\n", "")
    (root / "issues" / "second" / "story-1.html").unlink()


def correct(root: Path) -> None:
    story = root / "issues" / "second" / "story-1.html"
    edit(story, "\n---\n", "\ncorrections:\n  - {date: 2026-02-20, text: Misspelt., mends: authors}\n---\n")
    edit(story, "name: Bo Zhang", "name: Bo Zang")


@pytest.mark.parametrize("since", [keep, rename, mark_draft, drop_article, correct])
@pytest.mark.parametrize("publishes_again", [False, True])
def test_what_was_published_by_mistake_leaves_no_trace(
    since: Callable[[Path], None], publishes_again: bool, letter: Path, dispatch: Dispatch
) -> None:
    """The site and the ledger are byte for byte what they were, whatever was done to the issue after."""
    before = snapshot(letter)
    dispatch("publish", "second")
    assert snapshot(letter)["dispatch.lock"] != before["dispatch.lock"]
    since(letter)
    if publishes_again and since is not drop_article and since is not mark_draft:
        dispatch("publish")
    slug = "third" if since is rename else "second"
    dispatch("unpublish", slug, "--yes")
    after = snapshot(letter)
    for path in before:
        if not path.startswith("issues/second/"):
            assert after[path] == before[path], path
    assert {path for path in after if path.startswith("public/")} <= before.keys()
    assert "\nstatus: draft\n" in text(letter, f"issues/{slug}/issue.md")
    if since is keep:
        assert after == before
    assert dispatch("publish", "-v").stdout == ""
    dispatch("check", slug)
    dispatch("publish", slug)


def test_what_another_issue_shares_with_it_stays(letter: Path, dispatch: Dispatch) -> None:
    """The first issue is taken back; the second has one of its authors, and one of its articles by now."""
    dispatch("publish", "second")
    publication = config.load(letter)
    first, second = (issues.read_issue(publication, slug) for slug in ("first", "second"))
    moved = replace(next(first.articles), key="moved")
    issues.change_issue(publication, first, replace(first, sections=(Section(articles=(*first.articles,)[1:]),)))
    (letter / "issues" / "first" / "story-1.html").unlink()
    issues.change_issue(
        publication, second, replace(second, sections=(*second.sections, Section(title="Late", articles=(moved,))))
    )
    dispatch("publish")
    dispatch("unpublish", "first", "--yes")
    lock = text(letter, "dispatch.lock")
    assert "tag:wire.example,2026:first/1\tarticle" in lock
    assert "tag:wire.example,2026:first/2" not in lock
    assert "tag:wire.example,2026:first\t" not in lock
    assert {"authors/bo-zhang/", "authors/ann-lee/"} <= {
        line.split("\t")[2].removeprefix("https://wire.example/") for line in lock.splitlines()[1:]
    }
    for slug in ("first", "second"):
        dispatch("check", slug)
    assert dispatch("publish", "-v").stdout == ""


def test_what_a_hub_was_told_of_is_out_and_what_came_after_is_not(dispatch: Dispatch) -> None:
    with web() as hub:
        hub.pages["/hub"] = ("", {}, 204)
        dispatch("ping", "--allow-private", "--hub", hub.url("/hub"))
        assert hub.posted
    dispatch("publish", "second")
    said = dispatch("unpublish", "first", "--yes", code=1).stderr
    assert "“The first” is out: a hub was told of it" in said
    assert "dispatch withdraw first" in said
    dispatch("unpublish", "second", "--yes")


def test_what_was_pushed_is_out_and_what_was_only_committed_is_not(
    letter: Path, dispatch: Dispatch, tmp_path: Path
) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    commit(letter)
    git(letter, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(letter, "push", "--quiet", "origin", "HEAD:main")
    dispatch("publish", "second")
    commit(letter)
    before = snapshot(letter)
    said = dispatch("unpublish", "first", "--yes", code=1).stderr
    assert "“The first” is out: origin/main has it in dispatch.lock" in said
    assert snapshot(letter) == before
    dispatch("unpublish", "second", "--yes")


def test_there_is_nothing_to_take_back_of_a_draft_or_of_what_was_withdrawn(letter: Path, dispatch: Dispatch) -> None:
    assert "was never published" in dispatch("unpublish", "second", "--yes", code=1).stderr
    dispatch("withdraw", "first", "1", "--yes", "--without-copy")
    dispatch("publish")
    before = snapshot(letter)
    assert "was withdrawn" in dispatch("unpublish", "first", "--yes", code=1).stderr
    assert snapshot(letter) == before


def test_a_site_that_cannot_be_built_takes_nothing_back(letter: Path, dispatch: Dispatch) -> None:
    dispatch("publish", "second")
    edit(letter / "issues" / "first" / "story-1.html", "name: Ann Lee", "name: Anne Lee")
    before = snapshot(letter)
    assert "ids.authors" in dispatch("unpublish", "second", "--yes", code=1).stdout
    assert snapshot(letter) == before


def test_the_way_back_is_said_to_who_marks_it_a_draft(letter: Path, dispatch: Dispatch) -> None:
    dispatch("publish", "second")
    mark_draft(letter)
    assert "dispatch unpublish second" in dispatch("publish", code=1).stderr


# Dates ahead

NOW = datetime.now(UTC).replace(microsecond=0)


def dated_itself(root: Path, moment: datetime) -> None:
    write_issue(root, "ahead", 9, ANN, date=moment)


def with_an_article_dated(root: Path, moment: datetime) -> None:
    write_issue(root, "ahead", 9, sections=(Section(articles=(story(published=moment),)),))


def with_an_article_updated(root: Path, moment: datetime) -> None:
    write_issue(root, "ahead", 9, sections=(Section(articles=(story(updated=moment),)),))


def story(**values: object) -> Article:
    return nouns.article(1, id="tag:wire.example,2026:ahead/1", **values)


@pytest.mark.parametrize("write", [dated_itself, with_an_article_dated, with_an_article_updated])
def test_no_feed_lies_in_the_future_without_a_word(
    write: Callable[[Path, datetime], None], letter: Path, dispatch: Dispatch
) -> None:
    with (letter / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write('\n[feeds]\ndates = "original"\n')
    write(letter, NOW + timedelta(days=400))
    before = snapshot(letter)
    said = dispatch("publish", "ahead", code=2).stderr
    assert f"is dated {NOW + timedelta(days=400):%Y-%m-%d}" in said
    assert "dispatch publish ahead --at" in said
    assert snapshot(letter) == before
    assert "the feeds say so already" in dispatch("publish", "ahead", "--yes").stderr
    feeds = (feedparser.parse((letter / "public" / name).read_bytes()).feed for name in ("feed.xml", "issues.atom"))
    assert max(feed.updated_parsed.tm_year for feed in feeds) > NOW.year


def test_a_few_hours_ahead_are_said_and_not_asked(letter: Path, dispatch: Dispatch) -> None:
    dated_itself(letter, NOW + timedelta(hours=12))
    assert "issues/ahead/issue.md is dated" in dispatch("publish", "ahead").stderr


def test_what_is_edited_into_the_future_later_is_said(letter: Path, dispatch: Dispatch) -> None:
    dispatch("issue", "correct", "first", "1", "It was wrong.")
    assert "the feeds say" not in dispatch("publish").stderr
    edit(letter / "issues" / "first" / "story-1.html", f"date: {NOW.year}", f"date: {NOW.year + 1}")
    assert "issues/first/story-1.html is dated" in dispatch("publish").stderr


def test_a_post_that_is_dated_ahead_is_imported_as_a_draft(dispatch: Dispatch, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    for name, year in (("now", 2020), ("later", NOW.year + 2)):
        front = f"---\ntitle: Story of {name}\ndate: {year}-01-02\nauthor: Ann Lee\n---\nWords of mine.\n"
        (tmp_path / "old" / f"{name}.md").write_text(front, "utf-8")
    words = ("import", str(tmp_path / "old"), "--from", "markdown", "--published", "--json")
    rows = json.loads(dispatch(*words, code=1).stdout)
    assert {row["slug"]: row["status"] for row in rows["imported"]} == {"now": "published", "later": "draft"}
    assert ["dated ahead" in row["reason"] for row in rows["failed"]] == [True]


# Scheduled


def set_date(root: Path, slug: str, date: str) -> None:
    """Let an issue's time come."""
    file = root / "issues" / slug / "issue.md"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(f"date: {date}\n" if line.startswith("date:") else line for line in lines), "utf-8")


def test_what_is_scheduled_is_published_when_it_is_due(letter: Path, dispatch: Dispatch) -> None:
    edit(letter / "dispatch.toml", 'timezone = "UTC"', 'timezone = "Europe/Berlin"')
    before = text(letter, "issues/second/issue.md")
    said = dispatch("publish", "second", "--at", f"{NOW.year + 1}-07-01T08:00")
    assert said.stdout.splitlines()[-1] == "issues/second/issue.md"
    changes = {("date", f"{NOW.year + 1}-07-01T08:00:00+02:00"), ("status", "scheduled")}
    after = text(letter, "issues/second/issue.md")
    assert {tuple(line.split(": ")) for line in after.splitlines() if line not in before.splitlines()} == changes
    assert "  scheduled  " in dispatch("issue", "list").stdout
    public = snapshot(letter / "public")
    assert "Nothing is due." in dispatch("publish", "--due").stderr
    dispatch("publish")
    assert snapshot(letter / "public").keys() == public.keys()
    assert "issues/empty" in dispatch("add", "--no-fetch", "--url", "https://a.example", "--title", "A").stderr
    set_date(letter, "second", "2026-02-01T08:00:00+01:00")
    assert "issues/second/index.html" in dispatch("publish", "--due", "-v").stdout
    assert "\nstatus: published\n" in text(letter, "issues/second/issue.md")
    assert "Nothing is due." in dispatch("publish", "--due").stderr


def test_one_that_fails_stops_no_other_and_is_not_hidden(letter: Path, dispatch: Dispatch) -> None:
    for slug, date in (
        ("empty", "2026-01-01"),
        ("second", "2026-01-02"),
        ("broken", "2026-01-03"),
        ("last", "2026-01-04"),
    ):
        if slug in ("broken", "last"):
            write_issue(letter, slug, 5, ANN)
        edit(letter / "issues" / slug / "issue.md", "status: draft", "status: scheduled")
        set_date(letter, slug, date)
    (letter / "issues" / "broken" / "story-1.html").unlink()
    said = dispatch("publish", "--due", "--json", code=1)
    (second, last) = map(json.loads, said.stdout.splitlines())
    for update, slug in ((second, "second"), (last, "last")):
        assert f"issues/{slug}/index.html" in [change["path"] for change in update["changes"]]
    assert "issues/empty/issue.md: has no articles" in said.stderr
    assert "issues/broken/issue.md" in said.stderr


def test_a_draft_that_cannot_be_read_keeps_nothing_back_that_is_due(letter: Path, dispatch: Dispatch) -> None:
    edit(letter / "issues" / "second" / "issue.md", "status: draft", "status: scheduled")
    set_date(letter, "second", "2026-01-02")
    write_issue(letter, "broken", 5, ANN)
    edit(letter / "issues" / "broken" / "issue.md", "title:", "titel: x\ntitle:")
    said = dispatch("publish", "--due", "-v", code=1)
    assert "issues/broken/issue.md" in said.stderr
    assert "issues/second/index.html" in said.stdout


def test_an_empty_issue_that_was_scheduled_comes_out_when_that_is_meant(letter: Path, dispatch: Dispatch) -> None:
    edit(letter / "issues" / "empty" / "issue.md", "status: draft", "status: scheduled")
    set_date(letter, "empty", "2026-01-01")
    assert "has no articles" in dispatch("publish", "--due", code=1).stderr
    assert "issues/empty/index.html" in dispatch("publish", "--due", "--yes", "-v").stdout


def test_a_publication_whose_issues_are_all_gone_is_not_published_empty(letter: Path, dispatch: Dispatch) -> None:
    dispatch("publish", "second")
    before = snapshot(letter / "public")
    (letter / "issues").rename(letter / "aside")
    for words in (("publish",), ("publish", "--dry-run")):
        assert "ids.vanished" in dispatch(*words, code=1).stdout
    assert snapshot(letter / "public") == before


def test_the_date_of_a_schedule_is_ahead_and_the_issue_sound(letter: Path, dispatch: Dispatch) -> None:
    before = snapshot(letter)
    assert "is past" in dispatch("publish", "second", "--at", "2020-01-01", code=2).stderr
    assert "is published already" in dispatch("publish", "first", "--at", "2199-01-01", code=1).stderr
    assert "add --yes" in " ".join(dispatch("publish", "empty", "--at", "2199-01-01", code=2).stderr.split())
    assert "would be due" in dispatch("publish", "second", "--at", "2199-01-01", "--dry-run").stderr
    for words in (("second", "--due"), ("--at", "2199-01-01"), ("--due", "--at", "2199-01-01")):
        assert "ISSUE --at TIME" in dispatch("publish", *words, code=2).stderr
    assert snapshot(letter) == before
    edit(
        letter / "issues" / "second" / "story-1.html",
        "id: tag:wire.example,2026:second/1",
        "id: tag:wire.example,2026:first/1",
    )
    before = snapshot(letter)
    assert "is not scheduled" in dispatch("publish", "second", "--at", "2199-01-01", code=1).stderr
    assert snapshot(letter) == before


def test_a_schedule_is_taken_back_without_a_question(letter: Path, dispatch: Dispatch) -> None:
    dispatch("publish", "second", "--at", "2199-01-01")
    dispatch("unpublish", "second")
    assert "\nstatus: draft\n" in text(letter, "issues/second/issue.md")


def test_a_scheduled_issue_is_no_part_of_the_site_and_stops_nothing(letter: Path, dispatch: Dispatch) -> None:
    dispatch("publish", "second", "--at", "2199-01-01")
    shutil.rmtree(letter / ".dispatch")
    (letter / "issues" / "second" / "story-1.html").unlink()
    said = dispatch("publish")
    assert "issues/second/issue.md" in said.stderr
    assert not (letter / "public" / "issues" / "second").exists()


def test_a_wrong_answer_is_asked_for_again_and_what_was_answered_stays(tmp_path: Path) -> None:
    terminal, end = os.openpty()
    answers = b"The Wire\nwire example\nhttps://wire.example\nnobody\n\n"
    words = [sys.executable, "-m", "dispatch", "init", str(tmp_path / "letter")]
    with subprocess.Popen(words, stdin=end, stdout=subprocess.PIPE, stderr=end) as process:
        os.close(end)
        os.write(terminal, answers)
        assert process.wait(timeout=PATIENCE) == 0
    os.close(terminal)
    publication = config.load(tmp_path / "letter")
    assert (publication.title, publication.url) == ("The Wire", "https://wire.example")


def test_another_reason_for_what_is_withdrawn_is_not_dropped(letter: Path) -> None:
    run_dispatch(letter, "withdraw", "first", "--because", "It was wrong.", "--yes", "--without-copy")
    again = run_dispatch(letter, "withdraw", "first", "--because", "It was wrong.", "--yes", "--without-copy")
    assert "nothing changed" in again.stderr
    other = run_dispatch(letter, "withdraw", "first", "--because", "Another.", "--yes", "--without-copy", code=1)
    assert "change text below withdrawn in issues/first/issue.md" in other.stderr


def test_a_section_that_an_option_makes_is_told_with_the_nearest(letter: Path) -> None:
    (letter / "story.txt").write_text("A story\n\nBy Ann Lee\n\nIts words stand here, and there are enough of them.\n")
    said = run_dispatch(letter, "add", "story.txt", "--issue", "second", "--section", "Eurpoe").stderr
    assert "“Eurpoe” is a new section, did you mean “Europe”?" in said
    assert "new section" not in run_dispatch(letter, "add", "story.txt", "-i", "first", "-s", "Europe").stderr
