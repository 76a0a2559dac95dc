"""The subscribers are backed up while others write, and a copy that is put back is known to be old."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import nouns
from commands import run_dispatch
from dispatch import config, issues, subscribers
from dispatch.doctor import look_at_store
from dispatch.subscribers.backup import write_backup
from mail_sink import MailSink, mail_sink

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as found:
        yield found


@pytest.fixture
def wire(tmp_path: Path, sink: MailSink) -> Path:
    """A publication in git, with two issues that are published, and three subscribers."""
    root = tmp_path / "wire"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
    with (root / "dispatch.toml").open("a") as file:
        file.write(f'\n[delivery]\nsmtp = "{sink.url}"\nbounces = "bounces@wire.example"\n')
    for number, slug in enumerate(("bridges", "tunnels"), 1):
        story = nouns.article(number, id=f"tag:wire.example,2026:{slug}", url=f"https://paper.example/{slug}")
        issues.create_issue(config.load(root), nouns.issue(story, id=f"tag:wire.example,2026:{slug}/", slug=slug))
        run_dispatch(root, "publish", slug, "--yes")
    subprocess.run(["git", "init", "-q", "."], cwd=root, check=True)
    with subscribers.open_store(config.load(root)) as store:
        for number in range(1, 4):
            store.add(f"reader-{number}@paper.example", NOW, words="They said so")
    return root


def test_a_backup_is_whole_private_and_new(wire: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite"
    with subscribers.open_store(config.load(wire)):  # whoever else has it open
        ran = run_dispatch(wire, "subscriber", "backup", str(target))
    assert ran.stdout == f"{target}\n{target}.keys\n"
    keys = target.with_name("copy.sqlite.keys")
    assert keys.read_bytes() == (wire / ".dispatch" / "keys").read_bytes()
    if sys.platform != "win32":
        assert [file.stat().st_mode & 0o777 for file in (target, keys)] == [0o600, 0o600]
    with closing(sqlite3.connect(target)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("SELECT count(*) FROM subscriber").fetchone() == (3,)
    before = target.read_bytes()
    assert "is there already" in run_dispatch(wire, "subscriber", "backup", str(target), code=1).stderr
    assert target.read_bytes() == before
    target.unlink()
    refused = run_dispatch(wire, "subscriber", "backup", str(target), code=1).stderr
    assert "copy.sqlite.keys: is there already" in refused
    assert not target.exists()
    target.write_bytes(before)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy.sqlite", "copy.sqlite.keys", "wire"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("public/readers.sqlite", "is in the public folder"),
        ("readers.sqlite", "is where git would take it up"),
        ("issues/readers.sqlite", "is where git would take it up"),
        ("../nowhere/readers.sqlite", "cannot be written"),
    ],
)
def test_no_backup_is_made_where_others_would_read_it(wire: Path, name: str, words: str) -> None:
    assert words in run_dispatch(wire, "subscriber", "backup", name, code=1).stderr
    assert not list(wire.parent.rglob("*readers*"))
    # Where git is told to leave it, it may be.
    (wire / ".gitignore").write_text("/backups/\n")
    (wire / "backups").mkdir()
    run_dispatch(wire, "subscriber", "backup", "backups/readers.sqlite")


def test_doctor_knows_how_old_the_last_backup_is(wire: Path, tmp_path: Path) -> None:
    assert "There is no backup" in run_dispatch(wire, "doctor", "--offline", code=0).stdout
    write_backup(config.load(wire), tmp_path / "copy.sqlite", NOW)
    found = look_at_store(wire, NOW + timedelta(days=8))
    assert found
    assert found.backup_days == 8


def put_back(wire: Path, copy: Path) -> None:
    """As the guide says."""
    for file in (wire / ".dispatch").glob("subscribers.sqlite*"):
        file.unlink()
    copy.replace(wire / ".dispatch" / "subscribers.sqlite")


def test_a_copy_that_was_put_back_sends_nothing_until_somebody_says_so(
    wire: Path, tmp_path: Path, sink: MailSink
) -> None:
    run_dispatch(wire, "subscriber", "backup", str(tmp_path / "copy.sqlite"))
    run_dispatch(wire, "send", "bridges", "--untested", "--yes")
    assert len(sink.taken) == 3
    put_back(wire, tmp_path / "copy.sqlite")
    refused = run_dispatch(wire, "send", "bridges", "--untested", "--yes", code=1).stderr
    assert "knows 0 messages, and 3 were begun: an old copy was put back" in refused
    assert "--take-over" in refused
    assert "an old copy was put back" in run_dispatch(wire, "work", "--once", code=1).stderr
    assert "It is an old copy" in run_dispatch(wire, "doctor", "--offline", code=1).stdout
    assert len(sink.taken) == 3
    # The way out: the next issue, as somebody has decided; the one that went out stays refused by dispatch.lock.
    run_dispatch(wire, "send", "tunnels", "--untested", "--yes", "--take-over")
    assert len(sink.taken) == 6
    assert "was sent on" in run_dispatch(wire, "send", "bridges", "--untested", "--yes", code=1).stderr
    assert "old copy" not in run_dispatch(wire, "doctor", "--offline").stdout
