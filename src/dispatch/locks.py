"""The locks of a publication: one command at a time changes its files, or builds its public folder."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from dispatch import files
from dispatch.deferred import defer_pattern
from dispatch.errors import IssueError, LockedError, explain_refusal
from dispatch.held_files import try_lock

LOCK: Final = "lock"
SITE: Final = "site"  # the lock of whoever builds the public folder
PATIENCE: Final = 10.0  # seconds that a command waits for another one to finish

_STEP = 0.05  # seconds between two tries
_LEFTOVER = defer_pattern(r"\.[^/]+\.[0-9a-f]{8}\.tmp")  # as ``files`` calls what it is writing; git ignores .*.tmp


@contextmanager
def hold_lock(
    root: Path,
    name: str = LOCK,
    *,
    command: str,
    patience: float = PATIENCE,
    on_wait: Callable[[str], None] = lambda _: None,
) -> Iterator[None]:
    """Hold the lock of the publication in the folder ``root`` while its files are read, changed and written.

    name: another lock, for work that takes longer and changes nothing that people edit.
    command: what other commands are told to wait for.
    on_wait: called once with whoever holds the lock.

    Raises LockedError when another process still holds it after ``patience`` seconds, and IssueError when it cannot be
    taken at all.
    """
    path = files.make_own_folder(root, error=IssueError) / name
    file = _acquire_lock(path, root, patience, on_wait)
    with file:  # closing it gives the lock up, and so does the end of the process, however it comes
        if name == LOCK:
            clear_leftovers(_list_folders(root))
        _write_holder(file, f"{command} (process {os.getpid()})")
        yield
        _write_holder(file, "")


def find_holder(root: Path, name: str) -> str:
    """Find who holds a lock now; empty for nobody."""
    path = root / files.OWN / name
    try:
        with files.open_file(path, os.O_RDWR) as file:
            return "" if try_lock(file) else file.read().decode("utf-8", "replace") or "another command"
    except OSError:
        return ""


def _write_holder(file: BinaryIO, holder: str) -> None:
    """Write into the lock's file who holds it; on a full disk it is a lock all the same."""
    with suppress(OSError):
        os.ftruncate(file.fileno(), 0)
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        os.write(file.fileno(), holder.encode())


def _acquire_lock(path: Path, root: Path, patience: float, on_wait: Callable[[str], None]) -> BinaryIO:
    """Open the lock's file and lock it, trying again until patience ends. Raises LockedError and IssueError."""
    for attempt in range(1 + int(patience / _STEP)):
        if attempt:
            time.sleep(_STEP)
        try:
            place = files.resolve_inside(path, within=root, error=IssueError)
            file = files.open_file(place, os.O_RDWR | os.O_CREAT)
            if try_lock(file) and files.is_at(path, file):
                return file
        except OSError as cause:
            subject = f"{files.OWN}/{path.name}"
            raise explain_refusal(IssueError, cause, "cannot be locked", subject=subject) from cause
        holder = file.read().decode("utf-8", "replace") or "another command"
        file.close()
        if patience and not attempt:
            on_wait(holder)
    raise LockedError(
        f"{holder} is changing this publication", hint="Wait until it has finished, and run the command again."
    )


def clear_leftovers(folders: Iterable[Path]) -> None:
    """Delete from these folders what a killed command was writing: files of ours that no living process has locked."""
    for folder in folders:
        with suppress(OSError):
            names = [] if folder.is_symlink() else os.listdir(folder)  # noqa: PTH208 - many files
            for path in [folder / name for name in names if _LEFTOVER.fullmatch(name)]:
                with suppress(OSError):
                    with files.open_file(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)) as file:
                        is_left = try_lock(file)
                    if is_left:
                        path.unlink(missing_ok=True)


def _list_folders(root: Path) -> Iterator[Path]:
    """List the folders in which commands write what people edit."""
    yield from (root, root / files.OWN, root / ".schemas")
    with suppress(OSError), os.scandir(root / "issues") as found:
        for folder in () if (root / "issues").is_symlink() else found:
            if folder.is_dir(follow_symlinks=False):
                yield from (Path(folder.path), Path(folder.path, "copies"))
