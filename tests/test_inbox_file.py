"""The inbox's file: whole after a kill at any moment, after a full disk, and with two gatherings at once."""

import random
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import nouns
from dispatch import inbox
from dispatch.errors import GatherError
from dispatch.inbox import InboxQuery, database
from dispatch.model import Publication
from patience import PATIENCE

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
BATCH = 7

# Keeps batch after batch, and says so after each: ``python -c PROGRAM FOLDER SOURCE BATCHES``.
PROGRAM = f"""
import sys
from datetime import UTC, datetime
sys.path[:0] = [{str(Path(__file__).parent)!r}]
import nouns
from pathlib import Path
from dispatch import inbox
from dispatch.errors import GatherError
root, source, batches = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with inbox.open_inbox(nouns.publication(root=root)) as box:
    for batch in range(batches):
        articles = [
            nouns.article(n, id=f"https://{{source}}.example/?p={{n}}", url=f"https://{{source}}.example/{{n}}",
                          title=f"{{source}} {{n}}", content=f"<p>{{source}} {{n}} " + "words " * 300 + "</p>")
            for n in range(batch * {BATCH}, (batch + 1) * {BATCH})
        ]
        try:
            box.keep_articles(source, articles, datetime(2026, 11, 22, tzinfo=UTC))
        except GatherError as error:
            print(error, "|", error.faults[0].hint)
            sys.exit(1)
        print(batch, flush=True)
"""


def publication(root: Path) -> Publication:
    return nouns.publication(root=root)


def keeping(root: Path, source: str, batches: int, **how: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(root), source, str(batches)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **how)  # type: ignore[call-overload,no-any-return]


def proved(root: Path) -> int:
    """How many articles there are, after a look at everything: whole batches, each of them readable and found."""
    with sqlite3.connect(root / database.DATABASE.file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    connection.close()
    with inbox.open_inbox(publication(root)) as box:
        numbers = [arrival.number for arrival in box.list_arrivals()]
        found = [arrival.number for arrival in box.list_arrivals(InboxQuery(search="story"))]
    assert len(numbers) % BATCH == 0
    assert sorted(numbers) == sorted(found) == sorted(set(numbers))
    return len(numbers)


def test_a_kill_at_any_moment_leaves_whole_batches(tmp_path: Path) -> None:
    moments = random.Random(7)
    least = 0
    for run in range(8):
        with keeping(tmp_path, f"source-{run}", 400) as process:
            assert process.stdout
            said = process.stdout.readline()  # so that it is killed while it writes, not while it starts
            time.sleep(moments.uniform(0, 0.15))
            process.kill()
            said += process.stdout.read()
        assert process.returncode
        least += len(said.splitlines()) * BATCH
        assert proved(tmp_path) >= least


def test_a_kill_while_the_file_is_made_leaves_one_that_can_be_used(tmp_path: Path) -> None:
    moments = random.Random(7)
    for run in range(8):
        root = tmp_path / str(run)
        root.mkdir()
        with keeping(root, "paper", 1) as process:
            time.sleep(moments.uniform(0.08, 0.25))
            process.kill()
        with inbox.open_inbox(publication(root)) as box:
            box.keep_articles("other", [nouns.article(n, id=f"https://o.example/{n}") for n in range(BATCH)], NOW)
        assert proved(root) in (BATCH, 2 * BATCH)


def test_two_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    both = [keeping(tmp_path, source, 30) for source in ("one", "two")]
    assert [process.wait(PATIENCE) for process in both] == [0, 0]
    for process in both:
        process.communicate()
    assert proved(tmp_path) == 2 * 30 * BATCH


LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"


def test_a_file_that_may_not_grow_loses_nothing(tmp_path: Path) -> None:
    with keeping(tmp_path, "first", 2) as process:
        process.communicate()
    command = [sys.executable, "-c", LIMITED + PROGRAM, str(tmp_path), "second", "400"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    *batches, error = ran.stdout.splitlines()
    assert error.startswith(".dispatch/inbox.sqlite: cannot be written: ")
    assert error.endswith("what the inbox held is still there")
    assert proved(tmp_path) == (2 + len(batches)) * BATCH


@pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "x", "/mnt"], capture_output=True, check=False).returncode
    != 0,
    reason="no disk of one's own to be had here",
)
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    # A disk of 600 KB, which is gone with the process: what is on it is proved there.
    here = str(Path(__file__).parent)
    proof = f"sys.path[:0] = [{here!r}]; import test_inbox_file as t; print(t.proved(t.Path(sys.argv[1])))"
    script = (
        f'mount -t tmpfs -o size=600k x "$1"; {sys.executable} -c "$2" "$1" paper 400; {sys.executable} -c "$3" "$1"'
    )
    command = ["unshare", "-rm", "sh", "-c", script, "sh", str(tmp_path), PROGRAM, f"import sys; {proof}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    *batches, error, kept = ran.stdout.splitlines()
    assert error.startswith(".dispatch/inbox.sqlite: cannot be written: the disk is full | make room")
    assert int(kept) == len(batches) * BATCH > 0


@pytest.mark.parametrize("damage", [b"this is no database, but it is long enough for one" * 100, None])
def test_a_damaged_file_says_how_to_start_anew(tmp_path: Path, damage: bytes | None) -> None:
    with inbox.open_inbox(publication(tmp_path)) as box:
        box.keep_articles("paper", [nouns.article(n) for n in range(40)], NOW)
    file = tmp_path / database.DATABASE.file
    body = file.read_bytes()
    file.write_bytes(damage or body[:4096] + b"\xff" * (len(body) - 4096))
    with pytest.raises(GatherError, match="is damaged") as raised, inbox.open_inbox(publication(tmp_path)) as box:
        box.keep_articles("paper", [nouns.article(99)], NOW)
    assert "only numbers and dismissals are lost" in raised.value.faults[0].hint
    file.unlink()
    with inbox.open_inbox(publication(tmp_path)) as box:
        assert box.keep_articles("paper", [nouns.article(99)], NOW).new == [1]


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with inbox.open_inbox(publication(tmp_path)):
        pass
    with sqlite3.connect(tmp_path / database.DATABASE.file) as connection:
        connection.execute(f"PRAGMA user_version = {len(database.DATABASE.migrations) + 1}")
    connection.close()
    with pytest.raises(GatherError, match="made by a later dispatch"), inbox.open_inbox(publication(tmp_path)):
        pass


def test_a_file_that_was_only_begun_is_finished(tmp_path: Path) -> None:
    (tmp_path / database.DATABASE.file.parent).mkdir()
    (tmp_path / database.DATABASE.file).touch()
    with inbox.open_inbox(publication(tmp_path)) as box:
        assert box.keep_articles("paper", [nouns.article(1)], NOW).new == [1]
    assert (tmp_path / ".dispatch" / ".gitignore").read_text("utf-8") == "*\n"


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / ".dispatch").symlink_to(elsewhere)
    with pytest.raises(GatherError, match="is a link"), inbox.open_inbox(publication(root)):
        pass
    assert not list(elsewhere.iterdir())
