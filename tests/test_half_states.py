"""A publication that is half there: every command names the path and the way out, and loses nothing."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands import list_commands
from dispatch import config, issues
from dispatch.cli import main
from dispatch.subscribers import rounds
from dispatch.subscribers.database import DATABASE
from loopback import Web, item, rss, web
from mail_sink import MailSink, mail_sink
from thorough import THOROUGH

OPML = '<opml version="2.0"><body><outline type="rss" text="X" xmlUrl="https://b.example/feed"/></body></opml>'
LINK = ["add", "--no-fetch", "--title", "X", "--url", "https://x.example/"]
GIVEN = ["--author", "Ann Lee", "--published", "2026-11-20", "--source", "P"]
# What each command is asked to do; all of it is done where nothing is wrong.
RUNS: dict[str, list[str]] = {
    "init": ["init", "new", "--title", "X", "--url", "https://a.example"],
    "source add": ["source", "add", "https://a.example", "--no-fetch"],
    "source export": ["source", "export"],
    "source import": ["source", "import", "list.opml"],
    "source list": ["source", "list"],
    "source test": ["source", "test", "paper"],
    "gather": ["gather"],
    "inbox": ["inbox"],
    "inbox dismiss": ["inbox", "dismiss", "1"],
    "inbox restore": ["inbox", "restore", "1"],
    "inbox show": ["inbox", "show", "1"],
    "author list": ["author", "list"],
    "author show": ["author", "show", "Ann Lee"],
    "author merge": ["author", "merge", "Bo Roe", "Ann Lee"],
    "author rename": ["author", "rename", "Ann Lee", "Alex Fay"],
    "issue credit": ["issue", "credit", "defence", "1", "--certain"],
    "issue correct": ["issue", "correct", "defence", "1", "The wrong city.", "--mends", "title"],
    "issue edit": ["issue", "edit", "defence"],
    "issue list": ["issue", "list"],
    "issue move": ["issue", "move", "defence", "1", "--section", "Ports"],
    "issue section add": ["issue", "section", "add", "other", "Letters"],
    "issue section move": ["issue", "section", "move", "other", ""],
    "issue section remove": ["issue", "section", "remove", "other", "", "--into", "Ports"],
    "issue section rename": ["issue", "section", "rename", "other", "Ports", "Havens"],
    "note": ["note", "other", "1", "Read it to the end."],
    "issue new": ["issue", "new", "Week 48", "--from-inbox"],
    "issue remove": ["issue", "remove", "other", "1"],
    "issue show": ["issue", "show", "defence"],
    "add": ["add", "1", "story.txt", "--issue", "other"],
    "import": ["import", "posts"],
    "check": ["check", "defence"],
    "review": ["review", "--base", "HEAD"],
    "render": ["render", "defence"],
    "render --output -": ["render", "defence", "--format", "text", "--output", "-"],
    "publish --dry-run": ["publish", "other", "--dry-run"],
    "publish": ["publish", "other"],
    "ping": ["ping", "--all", "--allow-private"],
    "withdraw": ["withdraw", "defence", "1", "--yes", "--without-copy"],
    "unpublish": ["unpublish", "defence", "--yes"],
    "schema": ["schema"],
    "template list": ["template", "list"],
    "template copy": ["template", "copy", "masthead.html"],
    "template diff": ["template", "diff"],
    "subscriber add": ["subscriber", "add", "ann@paper.example", "--confirmed", "By phone"],
    "subscriber import": ["subscriber", "import", "readers.csv"],
    "subscriber list": ["subscriber", "list"],
    "subscriber show": ["subscriber", "show", "ann@paper.example"],
    "subscriber backup": ["subscriber", "backup", ".dispatch/copy.sqlite"],
    "subscriber tag": ["subscriber", "tag", "ann@paper.example", "press"],
    "subscriber export": ["subscriber", "export"],
    "subscriber remove": ["subscriber", "remove", "ann@paper.example"],
    "subscriber forget": ["subscriber", "forget", "ann@paper.example", "--yes"],
    "suppression add": ["suppression", "add", "bo@paper.example"],
    "suppression import": ["suppression", "import", "readers.csv"],
    "suppression list": ["suppression", "list"],
    "suppression remove": ["suppression", "remove", "ann@paper.example"],
    "bounces": ["bounces", "story.txt"],
    "send": ["send", "defence", "--test", "desk@wire.example"],
    "deliveries": ["deliveries"],
    "settle": ["settle", "defence", "--as", "accepted", "cy@paper.example"],
    "hold": ["hold", "defence"],
    "resume": ["resume", "defence"],
    "work": ["work", "--once"],
    "doctor --offline": ["doctor", "--offline"],
    "help": ["help", "byline"],
    "source remove": ["source", "remove", "paper"],
}
# These go on until they are stopped; what they read first, others read too.
SERVERS = {"demo", "desk", "preview", "serve"}
# Needs pages that answer, where send looks for them too: test_subscriptions tries it.
ASKING = {"subscriber ask"}
# Who reads, and has to where nothing can be written.
READERS = {"issue list", "issue show", "inbox", "inbox show", "source list", "source export", "source test", "check"}
READERS |= {"author list", "author show", "review", "schema", "help", "render --output -", "publish --dry-run"}
READERS |= {"template list", "template diff", "deliveries"}


@pytest.fixture(scope="module")
def site() -> Iterator[Web]:
    with web() as served:
        served.pages |= {"/feed": rss(item("a"), item("b")), "/hub": (b"", {}, 204)}
        yield served


@pytest.fixture(scope="module")
def sink() -> Iterator[MailSink]:
    with mail_sink() as found:
        yield found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, site: Web, sink: MailSink) -> Path:
    """A publication with something for every command, in a repository."""
    root = tmp_path_factory.mktemp("whole") / "letter"
    root.mkdir()
    succeed(root, "init", ".", "--title", "The Wire", "--url", "https://wire.example", "--from", "desk@wire.example")
    with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write('\n[check]\n"sending.way-out" = { off = "x" }\n"sending.server" = { off = "x" }\n')
        file.write(f'\n[feeds]\nhub = "{site.url("/hub")}"\n')
        file.write(f'\n[delivery]\nsmtp = "{sink.url}"\nbounces = "bounces@wire.example"\n')
        file.write(f'\n[[sources]]\nkey = "paper"\nfeed = "{site.url("/feed")}"\nallow_private = true\n')
    (root / "story.txt").write_text("A title\n\nA paragraph that says something.\n", "utf-8")
    (root / "list.opml").write_text(OPML, "utf-8")
    (root / "readers.csv").write_text("email\nann@paper.example\ncy@paper.example\n", "utf-8")
    succeed(root, "subscriber", "import", "readers.csv")
    (root / "posts").mkdir()
    (root / "posts" / "a.md").write_text("---\ntitle: P\ndate: 2026-11-01\nauthor: A\n---\nWords.\n", "utf-8")
    for slug in ("defence", "other"):
        succeed(root, "issue", "new", "Title", "--slug", slug, "--date", "2026-11-22")
        succeed(
            root,
            *LINK,
            "--author",
            "Ann Lee" if slug == "defence" else "Bo Roe",
            "--published",
            "2026-11-20",
            "--source",
            "P",
            "--url",
            f"https://{slug}.example/",
        )
    succeed(root, "issue", "section", "add", "other", "Ports")
    succeed(root, "publish", "defence")
    succeed(root, "gather")
    hold_round(root)
    for words in (["init", "-q", "--template="], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@b.example", *words], cwd=root, check=True)
    return root


def hold_round(root: Path) -> None:
    """A round that is held, with a message in doubt."""
    with DATABASE.open_connection(root) as connection, DATABASE.begin_transaction(connection):
        id_ = issues.read_issue(config.load(root), "defence").id
        now = datetime(2026, 11, 22, tzinfo=UTC)
        number = rounds.begin_round(connection, issue=id_, slug="defence", digest="x", message=b"x", begun=now)
        connection.execute("INSERT INTO delivery (round, subscriber, state) VALUES (?, 2, 'unknown')", (number,))
        connection.execute("UPDATE round SET audience = 1, state = 'held'")


def run(root: Path, *words: str) -> Result:
    with chdir(root):
        return CliRunner().invoke(main, words, env={"EDITOR": "true", "DISPATCH_WAIT": "0"})


def succeed(root: Path, *words: str) -> None:
    result = run(root, *words)
    assert result.exit_code == 0, result.output


def read_tree(root: Path) -> dict[str, bytes]:
    """Every file that a person edits, or that readers have."""
    paths = (path for path in root.rglob("*") if not {".git", ".dispatch"} & set(path.relative_to(root).parts))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def fails_in_words(result: Result, named: str) -> None:
    """The command says in a line of its own what is wrong with which path, and a way out; it breaks no other way."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert named in result.output, result.output
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    hints = [line for line in result.stderr.splitlines() if line.startswith("Hint: ")]
    assert "files.readable" in result.stdout or "annot be read" in result.stdout or (errors and hints), result.output


def place_folder(name: str) -> Callable[[Path], None]:
    """A folder where a file belongs."""

    def change(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).mkdir(parents=True)

    return change


def place_file(name: str) -> Callable[[Path], None]:
    """A file where a folder belongs."""

    def change(root: Path) -> None:
        shutil.rmtree(root / name, ignore_errors=True)
        (root / name).write_text("x", "utf-8")

    return change


FOLDERS = [
    ".dispatch/lock",
    ".dispatch/site",
    ".dispatch/inbox.sqlite",
    ".dispatch/site.sqlite",
    ".dispatch/.gitignore",
    "dispatch.toml",
    "authors.toml",
    "dispatch.lock",
    "issues/defence/issue.md",
    "issues/defence/x.md",
    "public/index.html",
    "public/feed.xml",
    "out/defence/feed.xml",
    "list.opml",
    "story.txt",
    "templates/entry.html",
]
FILES = [
    ".dispatch",
    "issues",
    "templates",
    "public",
    "public/issues",
    "public/.release",
    "out",
    "posts",
]
STATES = {name: place_folder(name) for name in FOLDERS} | {name: place_file(name) for name in FILES}


def choose_commands() -> list[str]:
    """In CI all; at the desk a few, and each time others."""
    return list(RUNS) if THOROUGH else random.sample(list(RUNS), 8)


def test_every_command_is_tried_and_done_where_nothing_is_wrong(whole: Path, tmp_path: Path) -> None:
    assert set(list_commands()) == {command.partition(" --")[0] for command in RUNS} | SERVERS | ASKING | {
        "subscriber move"
    }
    for command, words in RUNS.items():
        root = shutil.copytree(whole, tmp_path / command)
        assert run(root, *words).exit_code == 0, command


@pytest.mark.parametrize("name", STATES)
def test_what_is_there_in_another_shape_is_named_with_a_way_out(name: str, whole: Path, tmp_path: Path) -> None:
    for command in choose_commands():
        root = shutil.copytree(whole, tmp_path / command)
        STATES[name](root)
        before = read_tree(root)
        result = run(root, *RUNS[command])
        if result.exit_code:
            fails_in_words(result, name.rpartition("/")[2])
            changed = sorted(path for path, body in before.items() if read_tree(root).get(path) != body)
            # Of two locations, one may have been added.
            assert changed in ([], ["issues/other/issue.md"][: command == "add"]), (command, result.output)


# Runs the commands that are named in a folder, under a limit of the system's, and says what came of each.
PROGRAM = f"""
import json, os, resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_half_states import RUNS, read_tree, run
limit, number, *commands = sys.argv[1:]
kind = getattr(resource, limit, None)
done, before = {{}}, read_tree(Path())
for command in commands:
    if kind is not None:
        soft, hard = resource.getrlimit(kind)
        most = int(number) + (max(map(int, os.listdir("/proc/self/fd"))) if limit == "RLIMIT_NOFILE" else 0)
        resource.setrlimit(kind, (most, hard))
    result = run(Path(), *RUNS[command])
    if kind is not None:
        resource.setrlimit(kind, (soft, hard))
    known = result.exception is None or isinstance(result.exception, SystemExit)
    done[command] = [result.exit_code, result.stdout, result.stderr, "" if known else repr(result.exception)]
now = read_tree(Path())
lost = [path for path, body in before.items() if body and not now.get(path)]
assert not lost, lost
print(json.dumps(done))
"""
Ran = dict[str, tuple[int, str, str, str]]


def run_elsewhere(root: Path, *before: str, limit: str = "", number: int = 0, commands: Iterable[str] = RUNS) -> Ran:
    """What came of each command in a process of its own; all that was there is there afterwards, and not empty."""
    words = [*before, sys.executable, "-c", PROGRAM, limit, str(number), *commands]
    ran = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: Ran = json.loads(ran.stdout)
    return found


def mounted(words: str) -> list[str]:
    """What runs a program where the working directory is mounted in another way."""
    return ["unshare", "-rm", "sh", "-c", f'{words} && cd "$PWD" && exec "$@"', "sh"]


def says_why(command: str, ran: tuple[int, str, str, str], *reasons: str) -> None:
    """What was refused is told in words, with one of these reasons, and a way out."""
    code, stdout, stderr, exception = ran
    assert (code, exception) == (1, ""), (command, ran)
    if command == "check" and "[files.readable]" in stdout:  # in its report, and the way out below it
        assert any(reason in stdout.lower() for reason in reasons), stdout
        return
    if command == "unpublish" and "a hub was told" in stderr:  # by the ping before it: that is the reason
        return
    assert any(reason in stderr for reason in reasons), (command, stderr)
    assert "Hint: " in stderr or command == "import", (
        command,
        stderr,
    )  # each of several posts has its hint in its line


needs_mounts = pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "x", "/mnt"], capture_output=True, check=False).returncode
    != 0,
    reason="no disk of one's own to be had here",
)


@needs_mounts
def test_what_only_reads_works_where_nothing_can_be_written(whole: Path, tmp_path: Path) -> None:
    root = shutil.copytree(whole, tmp_path / "letter")
    ran = run_elsewhere(root, *mounted('mount --bind "$PWD" "$PWD" && mount -o remount,bind,ro "$PWD"'))
    for command, result in ran.items():
        if command in READERS:
            assert (result[0], result[3]) == (0, ""), (command, result)
        else:
            says_why(command, result, "read-only file system", "cannot be opened for writing")
    assert ran["inbox"][1] == run(whole, "inbox").stdout
    assert ran["issue list"][1] == run(whole, "issue", "list").stdout


@needs_mounts
def test_a_full_disk_is_told_and_loses_nothing(whole: Path, tmp_path: Path) -> None:
    fill = 'mount -t tmpfs -o size=3m x "$PWD" && cd "$PWD" && cp -a "$0"/. . && { head -c 9m /dev/zero > rest; true; }'
    room = tmp_path / "room"
    room.mkdir()
    words = [*mounted(fill)[:-1], str(whole)]
    for command, result in run_elsewhere(room, *words).items():
        if result[0] or result[3]:
            says_why(
                command, result, "no space left on device", "the disk is full", "the disk does not take it", "make room"
            )


@pytest.mark.parametrize("number", [0, 3000])
def test_a_file_that_may_not_grow_is_told_and_loses_nothing(number: int, whole: Path, tmp_path: Path) -> None:
    root = shutil.copytree(whole, tmp_path / "letter")
    before = read_tree(root)
    ran = run_elsewhere(root, limit="RLIMIT_FSIZE", number=number)
    for command, result in ran.items():
        if result[0] or result[3]:
            says_why(command, result, "file too large", "the disk does not take it", "disk I/O error", "temporary")
    assert number or all(
        ran[command][0] for command in ("add", "gather", "publish", "issue new", "source add", "render")
    )
    now = read_tree(root)
    assert number or {path: now.get(path) for path in before} == before


@pytest.mark.parametrize("number", [1, 2, 4])
def test_too_many_open_files_are_told(number: int, whole: Path, tmp_path: Path) -> None:
    root = shutil.copytree(whole, tmp_path / "letter")
    before = read_tree(root)
    ran = run_elsewhere(root, limit="RLIMIT_NOFILE", number=number)
    for command, result in ran.items():
        if result[0] or result[3]:
            # The system's resolver may have no room to look a host up, and says that there is none.
            nowhere = ["there is no host named"] if command == "gather" else []
            words = ("too many open files", "cannot be opened", "unable to open", "cannot be found")
            says_why(command, result, *words, *nowhere)
    assert number > 1 or any(result[0] for result in ran.values())
    assert read_tree(root).keys() >= before.keys()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no file that is always full")
@pytest.mark.parametrize("command", ["issue list", "source export", "schema", "render --output -", "inbox"])
def test_what_cannot_be_printed_is_told(command: str, whole: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        words = [sys.executable, "-m", "dispatch", *RUNS[command]]
        ran = subprocess.run(words, cwd=whole, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    says_why(command, (ran.returncode, "", ran.stderr, ""), "no space left on device")
    assert len(ran.stderr.splitlines()) == 2
