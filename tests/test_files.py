"""Files: whole or not at all, below their folder, never through a link."""

import os
import stat
import sys
from pathlib import Path

import pytest

from dispatch import files
from dispatch.errors import DeliveryError, IssueError


def test_a_file_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    assert files.write_file(path, b"one", within=tmp_path, error=IssueError)
    before = path.stat().st_mtime_ns
    assert not files.write_file(path, b"one", within=tmp_path, error=IssueError)
    assert path.stat().st_mtime_ns == before
    assert files.write_file(path, b"two", within=tmp_path, error=IssueError)
    assert path.read_bytes() == b"two"
    assert [item.name for item in path.parent.iterdir()] == ["b.txt"]


@pytest.mark.parametrize("lasting", [True, False])
def test_what_must_last_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    path, sync = tmp_path / "a.txt", os.fsync
    there: list[bool] = []

    def watch(number: int) -> None:
        there.append(path.exists())
        sync(number)

    monkeypatch.setattr(os, "fsync", watch)
    files.write_file(path, b"one", within=tmp_path, error=IssueError, lasting=lasting)
    assert there == ([False] if lasting else [])


@pytest.mark.skipif(os.name == "nt", reason="modes and links are others there")
def test_it_keeps_its_mode_and_a_new_one_is_ordinary(tmp_path: Path) -> None:
    path, ordinary = tmp_path / "a.txt", tmp_path / "b.txt"
    ordinary.touch()
    files.write_file(path, b"one", within=tmp_path, error=IssueError)
    assert path.stat().st_mode == ordinary.stat().st_mode
    path.chmod(0o600)
    files.write_file(path, b"two", within=tmp_path, error=IssueError)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("name", ["../out.txt", "inner/../../out.txt", "link.txt", "linked/out.txt"])
def test_nothing_leaves_the_folder(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out.txt"
    out.write_bytes(b"old")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.txt").symlink_to(out)
    (folder / "linked").symlink_to(tmp_path)
    with pytest.raises(DeliveryError):
        files.write_file(folder / name, b"new", within=folder, error=DeliveryError)
    with pytest.raises(IssueError):
        files.read_file(folder / name, within=folder, error=IssueError)
    assert out.read_bytes() == b"old"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(IssueError, match=r"^a: cannot be written: is a folder, and not a file$"):
        files.write_file(tmp_path / "a", b"x", within=tmp_path, error=IssueError)
    (tmp_path / "b").write_bytes(b"old")
    with pytest.raises(IssueError, match=r"^b/c: cannot be written: .*/b is not a folder$"):
        files.write_file(tmp_path / "b" / "c", b"x", within=tmp_path, error=IssueError)
    with pytest.raises(IssueError, match=r"^b/c/d/e: cannot be written: .*/b is not a folder$"):
        files.write_file(tmp_path / "b" / "c" / "d" / "e", b"x", within=tmp_path, error=IssueError)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a", "b"]
    assert (tmp_path / "b").read_bytes() == b"old"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is read-only for this user")
def test_a_folder_that_lets_nobody_write_is_named(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    with pytest.raises(IssueError, match=r"permission denied in the folder .*shut$"):
        files.write_file(tmp_path / "shut" / "a", b"x", within=tmp_path, error=IssueError)


def test_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(IssueError, match=r"^a\.txt: no such file or directory$"):
        files.read_text(tmp_path / "a.txt", within=tmp_path, error=IssueError)
    assert not files.is_there(tmp_path / ("x" * 5000), within=tmp_path)
    assert not files.is_there(tmp_path / "\0", within=tmp_path)


def test_a_folder_may_itself_be_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert files.write_file(tmp_path / "link" / "a.txt", b"x", within=tmp_path / "link", error=IssueError)
    assert (tmp_path / "real" / "a.txt").read_bytes() == b"x"


def test_a_file_is_written_over_the_bytes_that_were_read_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    assert files.replace_file(path, b"", b"one", within=tmp_path, error=IssueError)
    assert not files.replace_file(path, b"one", b"one", within=tmp_path, error=IssueError)
    assert files.replace_file(path, b"one", b"two", within=tmp_path, error=IssueError)
    for old in (b"", b"one"):
        with pytest.raises(IssueError, match="somebody else changed it") as caught:
            files.replace_file(path, old, b"three", within=tmp_path, error=IssueError)
        assert caught.value.faults[0].place.file == "a.md"
    path.unlink()
    with pytest.raises(IssueError, match="somebody else changed it"):
        files.replace_file(path, b"two", b"three", within=tmp_path, error=IssueError)
    assert not list(tmp_path.iterdir())


def test_a_file_is_deleted_if_it_is_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"one")
    with pytest.raises(IssueError, match="somebody else changed it"):
        files.delete_file(path, old=b"two", within=tmp_path, error=IssueError)
    assert path.read_bytes() == b"one"
    assert files.delete_file(path, old=b"one", within=tmp_path, error=IssueError) == path
    assert not path.exists()


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """Somebody writes in the moment after the new file has its name (PEP 578 tells when it is opened)."""
    path = tmp_path / "a.md"
    path.write_bytes(b"one")
    waiting = [b"theirs"]

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if waiting and event == "open" and str(arguments[0]) == str(path):
            theirs = waiting.pop()
            if path.read_bytes() == b"two":
                path.write_bytes(theirs)
            else:
                waiting.append(theirs)

    sys.addaudithook(watch)
    with pytest.raises(IssueError, match="somebody else changed it"):
        files.replace_file(path, b"one", b"two", within=tmp_path, error=IssueError)
    assert path.read_bytes() == b"theirs"
