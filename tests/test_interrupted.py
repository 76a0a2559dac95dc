"""Ctrl-C ends a command at once, however often it is pressed, and what was done by then is kept."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest

from dispatch import config, inbox, issues
from dispatch.cli.context import hold_later_interrupts
from loopback import Web, item, rss, web
from patience import PATIENCE, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl-C is no signal to another process")

# Reading it takes seconds, though fewer than a document may take.
HEAVY = rss(*(item(f"heavy {n}", body="&lt;li>&lt;dd>&lt;p>x&lt;/dd>" * 4_000) for n in range(110)))


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    config.create_publication(tmp_path / "letter", title="The Wire", url="https://wire.example")
    return tmp_path / "letter"


@pytest.fixture
def site() -> Iterator[Web]:
    """A site with one page that is never answered."""
    released = Event()

    def hang(_handler: BaseHTTPRequestHandler) -> None:
        released.wait(PATIENCE)

    with web() as served:
        served.pages |= {"/honest": rss(item("a"), item("b")), "/hanging": hang, "/heavy": HEAVY}
        yield served
        released.set()


@contextmanager
def running(letter: Path, *words: str, mark: str = "") -> Iterator[subprocess.Popen[str]]:
    """A dispatch of its own; ``mark`` is in its environment, and in that of all that it starts."""
    with subprocess.Popen(
        [sys.executable, "-m", "dispatch", *words],
        cwd=letter,
        env={**os.environ, "MARK": mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def list_marked(mark: str) -> list[Path]:
    """The processes that have a mark in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            found += [path] if mark.encode() in path.read_bytes() else []
        except OSError:  # somebody else's, or over
            continue
    return found


@pytest.mark.parametrize("presses", [1, 3])
def test_gather_keeps_what_was_gathered_and_waits_for_nobody(letter: Path, site: Web, presses: int) -> None:
    names = ("honest", "hanging", "heavy")
    with (letter / "dispatch.toml").open("a", encoding="utf-8") as file:
        for host, name in enumerate(names, 1):
            file.write(f'\n[[sources]]\nkey = "{name}"\nfeed = "{site.url(f"/{name}", host)}"\nallow_private = true\n')
    mark = str(uuid.uuid4())

    def count_kept() -> int:
        with inbox.open_inbox(config.load(letter)) as box:
            return box.count_waiting()

    with running(letter, "gather", mark=mark) as process:
        wait_until(lambda: count_kept() == 2 and {"/hanging", "/heavy"} <= set(site.asked))
        for _ in range(presses):
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    # Had it waited for the two, they would have failed; that they were not gathered says that it did not.
    assert (process.returncode, out) == (1, "2 new, 0 changed from 1 source\n")
    assert err == "interrupted: 2 of 3 sources were not gathered\n"
    assert count_kept() == 2
    if sys.platform == "linux":
        wait_until(lambda: not list_marked(mark))


@pytest.mark.parametrize("presses", [1, 30])
def test_add_adds_what_it_has_read(letter: Path, site: Web, presses: int) -> None:
    with running(letter, "issue", "new", "Week 48", "--slug", "week-48") as process:
        assert process.wait(PATIENCE) == 0
    locations = [site.url(path) for path in ("/honest", "/hanging", "/heavy")]
    with running(letter, "add", *locations, "--allow-private") as process:
        wait_until(lambda: "/hanging" in site.asked)
        for _ in range(presses):
            process.send_signal(signal.SIGINT)
            time.sleep(0.001)  # else many become one
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (1, "week-48/a\nweek-48/b\n")
    assert f"interrupted: not added: {locations[1]} {locations[2]}\n" in err
    assert "Traceback" not in err
    assert [article.title for article in issues.read_issue(config.load(letter), "week-48").articles] == ["a", "b"]


# Presses Ctrl-C when the second post's issue.md takes its name: after its article, before it is listed.
PRESSING = """
import signal, sys
from dispatch.cli import main
def watch(event, arguments):
    if event == "os.rename" and str(arguments[1]).endswith("three/issue.md"):
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
sys.addaudithook(watch)
main(sys.argv[1:], prog_name="dispatch")
"""


def test_import_writes_a_post_whole_or_not_at_all(letter: Path, tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    for name in ("one", "three", "two"):
        (posts / f"{name}.md").write_text(f"---\ntitle: {name}\ndate: 2026-11-20\n---\nWords of {name}.\n", "utf-8")
    command = [sys.executable, "-c", PRESSING, "import", str(posts), "--from", "markdown"]
    first = subprocess.run(command, cwd=letter, capture_output=True, text=True, check=False)
    assert (first.returncode, first.stdout) == (1, "issues/one/issue.md\nissues/three/issue.md\n")
    assert "posts: interrupted; for the rest, import it again\n" in first.stderr
    assert "2 imported, 0 already there, 0 not imported, 1 failed" in first.stderr
    with running(letter, "import", str(posts), "--from", "markdown") as process:
        assert process.wait(PATIENCE) == 0
    assert [issue.title for issue in issues.read_all_issues(config.load(letter))] == ["one", "three", "two"]


@pytest.mark.parametrize(
    ("words", "there", "gone"),
    [
        (("issue", "move", "one", "one", "--to", "two"), "issues/two/one.md", "issues/one/one.md"),
        (("author", "rename", "Ann Lee", "Alex Fay"), "authors.toml", ""),
    ],
)
def test_a_change_of_several_files_is_made_whole(
    letter: Path, tmp_path: Path, words: tuple[str, ...], there: str, gone: str
) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    for name in ("one", "two"):
        (posts / f"{name}.md").write_text(
            f"---\ntitle: {name}\ndate: 2026-11-20\nauthor: Ann Lee\n---\nWords of {name}.\n"
        )
    subprocess.run([sys.executable, "-m", "dispatch", "import", str(posts)], cwd=letter, check=True)
    pressing = PRESSING.replace("three/issue.md", Path(there).name)
    subprocess.run([sys.executable, "-c", pressing, *words], cwd=letter, check=True)
    assert (letter / there).is_file()
    assert not gone or not (letter / gone).exists()
    every = [one for issue in issues.read_all_issues(config.load(letter)) for one in issue.articles]
    assert len(every) == 2
    assert len({author.name for one in every for author in one.authors}) == 1


def test_ctrl_c_is_heard_as_before_after_an_error() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="broken"), hold_later_interrupts():
        raise ValueError("broken")
    assert signal.getsignal(signal.SIGINT) is before
