"""Other systems, simulated on this one: what they refuse, what they cannot print, what they take for one name."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import nouns
from commands import list_commands, run_dispatch
from dispatch import compose, config, gather, issues, render, slugs
from dispatch.cli import main
from dispatch.desk import updates
from dispatch.errors import RenderError
from dispatch.model import Author, Section
from loopback import Web, item, rss, web
from patience import PATIENCE
from test_child import own

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are not known there")
# As macOS answers setrlimit(RLIMIT_AS) (ValueError) and containers do (OSError), in every process that is started.
REFUSED = "import resource\ndef refuse(*_):\n    raise {}('refused')\nresource.setrlimit = refuse\n"
LARGE = rss(*(item(f"n{number}", body="Words of the sea. " * 200) for number in range(120)))


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as served:
        yield served


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A publication in a folder with spaces and umlauts, with words that no code page of one byte has all of."""
    root = tmp_path / "Meine Blätter für Łódź"
    config.create_publication(root, title="Głos “Łódź”", url="https://wire.example", sender="G <desk@wire.example>")
    ann = Author(name="Anń Łee 李", url="https://people.example/ann")
    story = nouns.article(1, title="„Zażółć“ – ein Wörtchen …", authors=(ann,))
    issues.create_issue(config.load(root), nouns.issue(sections=(Section(articles=(story,)),)))
    return root


def customise(monkeypatch: pytest.MonkeyPatch, folder: Path, program: str) -> None:
    """Let every Python that is started run a program first (``site``, “sitecustomize”)."""
    (folder / "sitecustomize.py").write_text(program, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def run_program(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a process of its own, with this in its environment besides."""
    command = [sys.executable, "-m", "dispatch", *words]
    return subprocess.run(command, cwd=root, env=os.environ | environment, capture_output=True, check=False)


@POSIX
@pytest.mark.parametrize("error", ["ValueError", "OSError"])
def test_where_memory_cannot_be_limited_a_large_feed_is_read(
    error: str, site: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    customise(monkeypatch, tmp_path, REFUSED.format(error))
    assert len(LARGE) > 256 << 10
    site.pages["/feed"] = LARGE
    assert len(gather.gather_articles(site.url("/feed"), user_agent="dispatch-tests", allow_private=True)) == 120
    assert render.render_edition(nouns.issue(nouns.article(1)), own(web_html="own words"), "web").body == b"own words"


@POSIX
def test_where_memory_cannot_be_limited_it_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    customise(monkeypatch, tmp_path, REFUSED.format("ValueError"))
    growing = "a\n{% set ns = namespace(a=()) %}{% for i in range(999) %}{% set ns.a = ns.a + ('a' * 20000000 ~ i,) %}"
    with pytest.raises(RenderError) as caught:
        render.render_edition(nouns.issue(nouns.article(1)), own(web_html=growing + "{% endfor %}"), "web")
    (fault,) = caught.value.faults
    assert (str(fault.place), fault.what) == ("templates/web.html", "takes too much memory")


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp437", "ascii", "utf-8"])
@pytest.mark.parametrize("words", [("issue", "show"), ("check",), ("issue", "show", "nothing")], ids=" ".join)
def test_no_output_fails_for_its_encoding(words: tuple[str, ...], encoding: str, letter: Path) -> None:
    ran = run_program(letter, *words, PYTHONIOENCODING=encoding)
    said = (ran.stdout + ran.stderr).decode("utf-8" if encoding == "ascii" else encoding)  # as click writes then
    assert "Traceback" not in said
    assert ran.returncode == (words[-1] == "nothing"), said
    assert "Zażółć" in said if encoding == "utf-8" and words == ("issue", "show") else True
    assert '"nothing"' in said if encoding == "cp437" and "nothing" in words else True


def test_it_works_in_the_locale_c(letter: Path) -> None:
    ran = run_program(letter, "publish", "--yes", "defence", LC_ALL="C")
    assert ran.returncode == 0, ran.stderr
    page = letter / "public" / "issues" / "defence" / "index.html"
    assert "Zażółć" in page.read_text("utf-8")


@pytest.mark.parametrize("command", list_commands())
def test_every_command_explains_itself_in_40_columns_of_ascii(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    result = CliRunner(charset="ascii").invoke(main, [*command.split(), "--help"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "Usage: dispatch" in result.stdout


# As Windows answers while an editor or a scanner has a file open; nobody waits for a clock.
HELD = """
import os, pathlib, time
left = [{times}]
def replace(source, target, really=os.replace):
    if str(target).endswith({name!r}) and left[0]:
        left[0] -= 1
        error = PermissionError(13, "The process cannot access the file because it is being used by another process")
        error.winerror = 32
        raise error
    really(source, target)
os.replace = pathlib.os.replace = replace
time.sleep = lambda seconds: None
"""


def read_site(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_file_that_is_held_open_for_a_moment_is_written_after_it(
    letter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    customise(monkeypatch, tmp_path, HELD.format(times=3, name="index.html"))
    assert run_program(letter, "publish", "--yes", "defence").returncode == 0
    assert (letter / "public" / "index.html").is_file()


@pytest.mark.parametrize("name", ["public/index.html", "sitemap.xml", "dispatch.lock", "issue.md"])
def test_a_file_that_stays_open_is_named_and_the_old_site_stands(
    name: str, letter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_program(letter, "publish", "--yes", "defence")
    before = read_site(letter / "public")
    toml = letter / "dispatch.toml"
    toml.write_text(toml.read_text("utf-8").replace("Głos", "Nowy Głos"), "utf-8")
    run_program(letter, "issue", "new", "Second")
    second = letter / "issues" / "second" / "issue.md"
    with monkeypatch.context() as patched:
        customise(patched, tmp_path, HELD.format(times=999, name=name))
        ran = run_program(letter, "publish", "--yes", "second")
        said = ran.stderr.decode()
        assert ran.returncode == 1
        assert f"{name.rpartition('/')[2]}: cannot be written" in said
        assert "Another program may have it open" in said
        assert read_site(letter / "public") == before
    assert second.is_file()
    (tmp_path / "sitecustomize.py").unlink()
    assert run_program(letter, "publish", "--yes", "second").returncode == 0
    assert "Nowy" in (letter / "public" / "index.html").read_text("utf-8")


@POSIX
def test_a_site_that_no_server_can_read_is_told_once(letter: Path) -> None:
    command = f'umask 077; "{sys.executable}" -m dispatch publish --yes defence'
    first, second = (
        subprocess.run(["sh", "-c", command], cwd=letter, capture_output=True, check=True).stderr for _ in range(2)
    )
    assert b"chmod -R a+rX public" in first
    assert b"chmod" not in second
    assert b"chmod" not in run_program(letter, "publish", "--output", "other").stderr


@POSIX
def test_git_has_what_it_needs_and_nothing_else(letter: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    git = tmp_path / "bin" / "git"
    git.write_text(f'#!/bin/sh\nenv >"{tmp_path}/seen"\nexit 1\n', "utf-8")
    git.chmod(0o755)
    given = {"SYSTEMROOT": "C:\\Windows", "USERPROFILE": "C:\\Users\\ann", "GIT_DIR": "elsewhere", "SECRET": "secret"}
    run_program(letter, "review", PATH=f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}", **given)
    seen = (tmp_path / "seen").read_text("utf-8")
    assert "SYSTEMROOT=C:\\Windows" in seen
    assert "USERPROFILE=C:\\Users\\ann" in seen
    assert "GIT_DIR" not in seen
    assert "SECRET" not in seen


@pytest.mark.parametrize("name", ["con", "aux", "nul", "prn", "com1", "lpt9"])
def test_no_name_that_is_made_is_a_device_of_windows(name: str, letter: Path) -> None:
    assert slugs.find_unused(name, ()) == f"{name}-2"
    assert slugs.find_device(f"{name.upper()} .tar.gz") == name.upper()
    publication = config.load(letter)
    assert issues.create_issue(publication, compose.draft_issue(publication, name, NOW)).slug == f"{name}-2"


LEFTOVERS = {
    "story-1.html~": "this copy of story-1.html",
    "story-1.html.orig": "this copy of story-1.html",
    "issue (conflicted copy 2026-11-28 101112).md": "this copy of issue.md",
    "issue (Ann's conflicted copy 2026-11-28).md": "this copy of issue.md",
    "issue.sync-conflict-20261128-101112-ABCDEFG.md": "this copy of issue.md",
    "issue_conflict-20261128-101112.md": "this copy of issue.md",
    "issue (1).md": "this copy of issue.md",
    "issue - Copy.md": "this copy of issue.md",
    "issue copy 2.md": "this copy of issue.md",
    "notes.md.txt": "notes.md, without its second ending",
    ".photo.jpg.icloud": "photo.jpg, which is in icloud",
    "Kopie von issue.md": "is the name of no article",
}


@pytest.mark.parametrize("name", LEFTOVERS)
def test_what_editors_and_sync_programs_leave_is_named_and_never_an_article(name: str, letter: Path) -> None:
    folder = letter / "issues" / "defence"
    (folder / name).write_bytes((folder / "story-1.html").read_bytes())
    said = run_dispatch(letter, "check").output
    assert LEFTOVERS[name].lower() in said.lower()
    assert said.count("[editorial.stray]") == 1
    publication = config.load(letter)
    assert issues.read_unlisted(publication, issues.read_issue(publication, "defence")) == []
    run_dispatch(letter, "publish", "--yes", "defence")
    assert not any(path.name == name for path in (letter / "public").rglob("*"))


@pytest.mark.parametrize("name", [".story-1.html.icloud", "story-1.html.txt", "story-1.html~"])
def test_a_listed_article_that_is_there_by_another_name_is_pointed_at(name: str, letter: Path) -> None:
    (letter / "issues" / "defence" / "story-1.html").rename(letter / "issues" / "defence" / name)
    assert f"{name} is there" in run_dispatch(letter, "check", code=1).output


def test_a_publication_whose_file_has_a_second_ending_is_named(letter: Path) -> None:
    (letter / "dispatch.toml").rename(letter / "dispatch.toml.txt")
    assert "rename dispatch.toml.txt to dispatch.toml" in run_dispatch(letter, "check", code=1).output


MOUNTS = """1 0 8:1 / / rw - ext4 /dev/sda rw
2 1 0:9 / /srv/a\\040b rw shared:1 - nfs4 host:/x rw
3 1 0:8 / /win rw - {} x rw
"""


@pytest.mark.parametrize(
    ("folder", "kind", "is_shared"),
    [
        ("/srv/a b/wire", "ext4", True),
        ("/srv/other", "ext4", False),
        ("/win", "cifs", True),
        ("/win/x", "tmpfs", False),
    ],
)
def test_a_network_drive_is_known(folder: str, kind: str, is_shared: bool) -> None:
    assert updates.is_shared(Path(folder), MOUNTS.format(kind)) is is_shared
    assert not updates.is_shared(Path(folder), "")


PREVIEW = """
import asyncio, pathlib, sys
from dispatch.desk import updates
async def follow():
    root = pathlib.Path(sys.argv[1])
    found = updates.watch_files(root, print)
    changed = asyncio.ensure_future(anext(found))
    for number in range(200):
        await asyncio.sleep(0.1)
        (root / "issues" / "defence" / "issue.md").write_text(f"{number}", "utf-8")
        if changed.done():
            break
    print(sorted(path.name for path in changed.result()))
asyncio.run(follow())
"""


@pytest.mark.needs("unshare")
def test_the_preview_follows_where_the_system_has_no_watch_left(letter: Path) -> None:
    """In a user namespace of its own (user_namespaces(7)), which may have no inotify watch (namespaces(7))."""
    script = 'echo 0 >/proc/sys/user/max_inotify_watches || exit 77; exec "$0" -c "$1" "$2"'
    command = ["unshare", "-Ur", "sh", "-c", script, sys.executable, PREVIEW, str(letter)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    if "Operation not permitted" in ran.stderr or ran.returncode == 77:
        pytest.skip("no namespace may be made here")
    assert "twice a second: the system can follow no more of them" in ran.stdout, ran.stderr
    assert "['issue.md']" in ran.stdout
