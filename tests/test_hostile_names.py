"""What stands where a file should be: nothing waits for it, nothing outside is touched, and names are judged."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from types import FrameType

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import nouns
from dispatch import check, config, files, git, issues, locks
from dispatch.cli import main
from dispatch.errors import DeliveryError, IssueError
from patience import PATIENCE

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes, sockets and links are others there")

FIRST = nouns.article(1, image=None)
ISSUE = nouns.issue(FIRST, nouns.article(2, image=None))
SECRET = "a very private key"


@pytest.fixture(autouse=True)
def impatient() -> Iterator[None]:
    """A test that waits for the other end of a pipe fails."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A publication in git with one draft, and beside it a folder that is none of its business."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>")
    issues.create_issue(config.load(root), ISSUE)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text(SECRET)
    monkeypatch.chdir(root)
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@a.example"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *words], check=True)
    return root


def run(*words: str) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), words
    return result


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


KINDS: dict[str, Callable[[Path], None]] = {
    "is a pipe": lambda path: os.mkfifo(path),  # Windows, where all of this is skipped, has no such function
    "is a socket": make_socket,
    "is a folder": Path.mkdir,
    "is a link": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("what", KINDS)
def test_a_command_says_what_stands_in_a_files_place_and_waits_for_nothing(letter: Path, what: str) -> None:
    (letter / "templates").mkdir()
    places = ("dispatch.toml", "authors.toml", "dispatch.lock", "templates/web.html", "issues/defence/issue.md")
    for name in (*places, files.format_path(issues.find_path(config.load(letter), ISSUE, FIRST), letter)):
        path, aside = letter / name, letter.parent / "aside"
        if path.exists():
            path.rename(aside)
        KINDS[what](path)
        for command in ("check", "publish", "review"):
            if (what, name) == ("is a folder", "templates/web.html"):  # templates may stand in folders
                continue
            result = run(command, *(["defence"] if command != "review" else []))
            assert result.exit_code == 1, (name, command)
            said = result.output.replace("\n  error: I", ": i")
            assert f"{name}: {what}" in said, (name, command)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        if aside.exists():
            aside.rename(path)


@pytest.mark.parametrize(
    "words", ["add", "source import", "check --edition", "check --received", "import", "render -f rss -o"]
)
def test_an_argument_is_asked_what_it_is(letter: Path, words: str) -> None:
    os.mkfifo(letter / "pipe")
    make_socket(letter / "socket")
    for name, what in (("pipe", "a pipe"), ("socket", "a socket"), ("/dev/zero", "a device")):
        result = run(*words.split(), name)
        assert result.exit_code == 1, name
        told = "neither a file nor a folder" if words == "import" else f"is {what}"
        assert f"{Path(name).name}: " in result.stderr
        assert told in result.stderr


def test_what_cannot_be_locked_is_told(letter: Path) -> None:
    (letter / ".dispatch").mkdir()
    os.mkfifo(letter / ".dispatch" / "lock")
    with pytest.raises(IssueError, match=r"^.dispatch/lock: cannot be locked: is a pipe"), take_lock(letter):
        pass


def take_lock(root: Path, patience: float = 0) -> AbstractContextManager[None]:
    return locks.hold_lock(root, command="dispatch add", patience=patience)


def test_a_file_that_grows_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    large = tmp_path / "large.md"
    with large.open("wb") as file:
        file.truncate(files.MOST_TEXT + 1)
    with pytest.raises(IssueError, match=r"^large.md: is larger than 16 MiB$"):
        files.read_text(large, within=tmp_path, error=IssueError)


# Links


def read_tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "place",
    [
        *("issues", "templates", "public", "out", ".dispatch", ".dispatch/site.sqlite", ".dispatch/lock"),
        *("issues/defence", "issues/defence/story-1.html", "issues/defence/photo.jpg", "issues/defence/more"),
        *("authors.toml", "dispatch.lock", "templates/entry.html"),
    ],
)
def test_no_link_of_a_pull_request_leads_outside(letter: Path, place: str) -> None:
    """Whatever is a link: nothing of the other folder is read, and nothing comes into it."""
    outside = letter.parent / "outside"
    text = next((letter / "issues" / "defence").glob("*1.*"))
    text.write_text(text.read_text().rstrip() + "\n\n![A](photo.jpg) ![B](more/secret)\n")
    path = letter / place
    to = outside / "secret" if "." in path.name.strip(".") or path.name == "lock" else outside
    if path.is_dir():
        shutil.copytree(path, outside / "folder")
        shutil.rmtree(path)
        to = outside / "folder"
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(to)
    before = read_tree(outside)
    for words in (["render", "defence"], ["check", "defence"], ["review"], ["publish", "defence"], ["publish"]):
        result = run(*words)
        assert SECRET not in result.output
        assert "Traceback" not in result.output
    assert read_tree(outside) == before
    for made in (letter / "public", letter / "out"):
        if not made.is_symlink():
            assert SECRET.encode() not in b"".join(read_tree(made).values())


def test_no_database_elsewhere_is_emptied(letter: Path) -> None:
    theirs = letter.parent / "outside" / "theirs.sqlite"
    with closing(sqlite3.connect(theirs)) as made:
        made.execute("CREATE TABLE treasure (coin)")
    (letter / ".dispatch").mkdir()
    (letter / ".dispatch" / "site.sqlite").symlink_to(theirs)
    assert ".dispatch/site.sqlite: is a link" in run("publish").stderr
    with closing(sqlite3.connect(theirs)) as there:
        assert there.execute("SELECT name FROM sqlite_master").fetchall() == [("treasure",)]


@pytest.mark.parametrize("search", ["false", "true"])
def test_no_file_of_a_checkout_passes_for_a_module(letter: Path, search: str) -> None:
    """The search index is built by another Python, which would import from the working directory."""
    with (letter / "dispatch.toml").open("a") as file:
        file.write(f"\n[site]\nsearch = {search}\n")
    (letter / "pagefind.py").write_text("open('caught', 'w')")
    result = run("publish", "defence")
    assert result.exit_code == 0, result.output
    assert (letter / "public" / "pagefind").exists() == (search == "true")
    assert not (letter / "caught").exists()


def test_a_public_folder_elsewhere_may_be_reached_through_a_link(letter: Path) -> None:
    (letter.parent / "link").symlink_to(letter.parent / "outside")
    assert run("publish", "--output", "../link").exit_code == 0
    assert (letter.parent / "outside" / "index.html").exists()
    result = run("render", "defence", "--output", "../link/x")
    assert result.exit_code == 0, result.output


def test_a_link_in_the_publication_is_no_place_for_output(letter: Path) -> None:
    (letter / "out").symlink_to(letter.parent / "outside")
    result = run("render", "defence")
    assert "out/defence: is a link, or behind one" in result.stderr
    assert "--output" in result.stderr
    with pytest.raises(DeliveryError, match=r"^out/../out/x: is a link|^out/x: is a link"):
        files.place_output(letter / "out" / ".." / "out" / "x", within=letter, error=DeliveryError)


# Leftovers


WRITE = """
import os, signal, sys
from pathlib import Path
from dispatch import files
from dispatch.errors import IssueError

def watch(event, arguments):
    if event == "os.rename":
        print(arguments[0], flush=True)
        {then}

sys.addaudithook(watch)
files.write_file(Path("issues/defence/issue.md").absolute(), b"new", within=Path.cwd(), error=IssueError)
"""


def test_what_a_killed_command_left_goes_with_the_next_and_what_lives_stays(letter: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", WRITE.format(then="os.kill(os.getpid(), signal.SIGKILL)")],
        cwd=letter, stdout=subprocess.PIPE, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    left = letter / killed.stdout.strip()
    assert left.exists()
    assert left.match(".issue.md.????????.tmp")  # what git is told to ignore: .*.tmp
    others = [left.with_name(name) for name in (".notes.tmp", ".issue.md.tmp", "issue.md.12345678.tmp")]
    for other in others:
        other.write_text("theirs")
    with subprocess.Popen(
        [sys.executable, "-c", WRITE.format(then="sys.stdin.read()")],
        cwd=letter, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as living:  # fmt: skip
        assert living.stdin
        assert living.stdout
        writing = letter / living.stdout.readline().strip()
        assert run("issue", "remove", "defence", FIRST.key).exit_code == 0
        assert not left.exists()
        assert writing.exists()
        living.stdin.close()
        assert living.wait(PATIENCE) == 0
    assert not writing.exists()
    assert (letter / "issues" / "defence" / "issue.md").read_bytes() == b"new"
    assert all(other.exists() for other in others)


def test_a_link_that_is_called_like_a_leftover_leads_nowhere(letter: Path) -> None:
    secret = letter.parent / "outside" / "secret"
    theirs = letter.parent / "outside" / "folder" / ".theirs.12345678.tmp"
    theirs.parent.mkdir()
    theirs.touch()
    (letter / ".a.12345678.tmp").symlink_to(secret)
    os.mkfifo(letter / ".b.12345678.tmp")
    for name, to in ((".schemas", theirs.parent), ("issues", letter.parent / "outside")):
        shutil.rmtree(letter / name)
        (letter / name).symlink_to(to)
    with take_lock(letter, PATIENCE):
        assert secret.read_text() == SECRET
        assert theirs.exists()


# Names


@pytest.mark.skipif(sys.platform == "darwin", reason="there are no such names there")
def test_a_name_that_is_not_utf8_stops_nothing_and_is_told(letter: Path) -> None:
    folder = os.fsencode(letter / "issues" / "defence")
    for name in (b"\xff.jpg", b"\xff.md"):
        Path(os.fsdecode(folder + b"/" + name)).write_text("---\ntitle: A\n---\n")
    shutil.copytree(letter / "issues" / "defence", Path(os.fsdecode(os.fsencode(letter / "issues") + b"/\xff")))
    assert "This name is not UTF-8: issues/defence/\\udcff.jpg" in run("check", "defence").stdout
    assert run("inbox").exit_code == 0
    assert "Ready" in run("review").stdout
    assert run("publish", "defence").exit_code == 0
    assert run("publish").exit_code == 0


def judge_names(*names: str) -> list[tuple[str, object]]:
    found = check.findings(ISSUE, (), nouns.publication(), names=tuple(f"issues/defence/{name}" for name in names))
    return [one.values[0] if one.values else ("end", "") for one in found if one.rule == "editorial.file-name"]


@pytest.mark.parametrize(
    ("names", "fact"),
    [
        (["con"], ("device", "CON")),
        (["aux.md"], ("device", "AUX")),
        (["Nul .tar.gz"], ("device", "NUL")),
        (["com1.jpg"], ("device", "COM1")),
        (["a\\b.jpg"], ("sign", "\\\\")),
        (["a:b.jpg"], ("sign", ":")),
        (["what?.jpg"], ("sign", "?")),
        (["a\nb.jpg"], ("sign", "\\n")),
        (["a."], ("end", "")),
        (["a "], ("end", "")),
        (["a" * 190], ("size", 205)),
        (["\udcff.jpg"], ("raw", "issues/defence/\\udcff.jpg")),
        (["Photo.jpg", "photo.jpg"], ("twin", "issues/defence/Photo.jpg")),
        (["\u00e9.jpg", "e\u0301.jpg"], ("twin", "issues/defence/\u00e9.jpg")),
        (["Stra\u00dfe", "STRASSE"], ("twin", "issues/defence/Stra\u00dfe")),
    ],
)
def test_a_name_that_breaks_somebody_is_told_with_the_reason(names: list[str], fact: tuple[str, object]) -> None:
    assert judge_names(*names) == [fact]


@given(st.lists(st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,20})?\.(md|jpg)", fullmatch=True), unique=True))
def test_an_ordinary_name_is_no_fault(names: list[str]) -> None:
    ordinary = [name for name in names if name[:-3].rstrip(".") not in {"con", "prn", "aux", "nul"} and len(name) > 8]
    assert judge_names(*ordinary) == []


@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_name_is_judged(names: list[str]) -> None:
    judge_names(*(name.replace("/", "") for name in names))


def test_what_git_brings_to_a_desk_that_is_open_is_not_opened(tmp_path: Path) -> None:
    def run_git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=tmp_path, check=True)

    def refuse() -> None:
        git.refuse_tracked(tmp_path, ".dispatch", error=IssueError)

    (tmp_path / ".dispatch").mkdir()
    (tmp_path / ".dispatch" / "inbox.sqlite").write_bytes(b"")
    refuse()
    run_git("init", "-q", "--template=")
    refuse()
    (tmp_path / "a").write_bytes(b"")
    run_git("add", "a")
    refuse()
    run_git("add", "-f", ".dispatch/inbox.sqlite")
    for _ in range(2):
        with pytest.raises(IssueError, match="came with git"):
            refuse()
    run_git("rm", "-q", "-r", "--cached", ".dispatch")
    refuse()


@pytest.mark.parametrize(
    "words",
    ["inbox", "gather", "publish", "publish --dry-run", "issue new X --from-inbox", "ping --hub https://hub.example"],
)
@pytest.mark.parametrize("name", [".dispatch/site.sqlite-journal", ".dispatch/inbox.sqlite", ".Dispatch/x"])
def test_no_database_is_opened_where_git_brought_one(letter: Path, words: str, name: str) -> None:
    """SQLite's journal names files that it deletes, and a cache's rows go into the feeds."""
    run("publish", "defence")
    (letter / ".gitignore").unlink()
    path = letter / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"from a pull request")
    for words_of_git in (["init", "-q", "--template="], ["add", "-f", name]):
        subprocess.run(["git", *words_of_git], cwd=letter, check=True)
    ledger = (letter / "dispatch.lock").read_bytes()
    result = run(*words.split())
    assert result.exit_code == 1
    assert "Error: .dispatch: came with git" in result.stderr
    assert "git rm -r --cached .dispatch" in result.stderr
    assert (letter / "dispatch.lock").read_bytes() == ledger
    assert path.read_bytes() == b"from a pull request"
