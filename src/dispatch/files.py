"""Read and write files safely: whole or not at all, never outside their folder, never through a link.

A command that reads, changes and writes a publication holds its lock meanwhile, and writes with ``replace_file``.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from dispatch.errors import ConfigError, DispatchError, IssueError, LockedError, explain_refusal

if TYPE_CHECKING:
    from sqlite3 import Connection

FILE: Final = "dispatch.toml"
OWN: Final = ".dispatch"  # the folder for what a publication's commands need and git does not
LOCK: Final = "lock"
SITE: Final = "site"  # the lock of whoever builds the public folder
PATIENCE: Final = 10.0  # seconds that a command waits for another one to finish

_STEP = 0.05  # seconds between two tries


def find_publication(start: Path) -> Path:
    """Find the publication's folder: ``start`` or the nearest above it that holds dispatch.toml. Raises ConfigError."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).exists():  # what is no file is told by who reads it
            return folder
    raise ConfigError(
        "no dispatch.toml here, nor in a folder above",
        address=str(start),
        hint="make a publication with: dispatch init",
    )


def read_file(path: Path, *, within: Path, error: type[DispatchError]) -> bytes:
    """Read the bytes of a file below the folder ``within``. Raises ``error``."""
    try:
        return resolve_inside(path, within=within, error=error).read_bytes()
    except OSError as cause:
        raise explain_refusal(error, cause, subject=format_path(path, within)) from cause


def read_text(path: Path, *, within: Path, error: type[DispatchError]) -> str:
    """Read a UTF-8 file below the folder ``within``, line ends and byte order mark included. Raises ``error``."""
    try:
        return read_file(path, within=within, error=error).decode("utf-8")
    except UnicodeDecodeError as cause:
        from dispatch.model import Place  # a command that has nothing to do needs no noun

        line = cause.object.count(b"\n", 0, cause.start) + 1
        place = Place(file=format_path(path, within), line=line)
        raise error("is not UTF-8", subject=place, hint="save it as UTF-8") from cause


def write_file(path: Path, body: bytes, *, within: Path, error: type[DispatchError], lasting: bool = True) -> bool:
    """Write a file below the folder ``within`` in one step, and return whether its bytes changed.

    Missing folders are made. The bytes go to a file beside it, to the disk, and then take its name, so that a reader,
    or a power cut, finds the old file or the new one. Raises ``error``; then the old file is as it was.

    lasting: wait until the disk has the bytes; a file that can be made again need not wait.
    """
    return _write_whole(resolve_inside(path, within=within, error=error), body, None, within, error, lasting=lasting)


def replace_file(path: Path, old: bytes, body: bytes, *, within: Path, error: type[DispatchError]) -> bool:
    """Write a file as ``write_file`` does, but only if it still holds the bytes ``old``; empty: if it is still missing.

    What was written is read back. Raises ``error`` when somebody else has changed the file meanwhile; then it is as
    they left it. Between the comparison and the new name lie microseconds, which no file system lets us close.
    """
    return _write_whole(resolve_inside(path, within=within, error=error), body, old, within, error, lasting=True)


def _write_whole(
    path: Path, body: bytes, old: bytes | None, within: Path, error: type[DispatchError], *, lasting: bool
) -> bool:
    """Write a file in one step; with ``old``, only over these bytes, and read it back afterwards."""
    subject = format_path(path, within)
    beside = path.with_name(f".{path.name[:100]}.{os.urandom(4).hex()}")
    try:
        if path.exists() and not path.is_file():
            what = "is a folder" if path.is_dir() else "is not a regular file"
            raise error(what, subject=subject, hint="move it away, or name another file")
        if path.is_file() and path.read_bytes() == body:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.is_file() else 0o666
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(body)
                if lasting:
                    file.flush()
                    os.fsync(file.fileno())
            if old is not None:
                refuse_changed(path, old, within=within, error=error)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        if old is not None:
            refuse_changed(path, body, within=within, error=error)
    except OSError as cause:
        refused = explain_refusal(error, cause, "cannot be written", subject=subject, detail=_describe_folder(path))
        raise refused from cause
    return True


def refuse_changed(path: Path, old: bytes, *, within: Path, error: type[DispatchError]) -> None:
    """Raise ``error`` when a file no longer holds the bytes ``old``; empty: when it exists by now."""
    try:
        now = path.read_bytes() if path.exists() else b""
    except OSError as cause:
        raise explain_refusal(error, cause, "cannot be read", subject=format_path(path, within)) from cause
    if now != old:
        raise error(
            "somebody else changed it while this command ran: their version stays",
            subject=format_path(path, within),
            hint="Look at the file, and run the command again.",
        )


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
    path = make_own_folder(root, error=IssueError) / name
    file = _acquire_lock(path, root, patience, on_wait)
    with file:  # closing it gives the lock up, and so does the end of the process, however it comes
        _write_holder(file, f"{command} (process {os.getpid()})")
        yield
        _write_holder(file, "")


def _write_holder(file: BinaryIO, holder: str) -> None:
    """Write into the lock's file who holds it; on a full disk it is a lock all the same."""
    with suppress(OSError):
        os.ftruncate(file.fileno(), 0)
        os.pwrite(file.fileno(), holder.encode(), 0)


def make_own_folder(root: Path, *, error: type[DispatchError]) -> Path:
    """Make the folder ``.dispatch`` of a publication where it is missing, with a .gitignore, and return its path.

    Raises ``error``.
    """
    folder = resolve_inside(root / OWN, within=root, error=error)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as cause:
        raise explain_refusal(error, cause, "cannot be made", subject=OWN) from cause
    if not (folder / ".gitignore").exists():
        write_file(folder / ".gitignore", b"*\n", within=root, error=error)
    return folder


def _acquire_lock(path: Path, root: Path, patience: float, on_wait: Callable[[str], None]) -> BinaryIO:
    """Open the lock's file and lock it, trying again until patience ends. Raises LockedError and IssueError."""
    for attempt in range(1 + int(patience / _STEP)):
        if attempt:
            time.sleep(_STEP)
        try:
            file = os.fdopen(
                os.open(resolve_inside(path, within=root, error=IssueError), os.O_RDWR | os.O_CREAT, 0o666), "r+b"
            )
            if _try_lock(file) and _is_at(path, file):
                return file
        except OSError as cause:
            raise explain_refusal(IssueError, cause, "cannot be locked", subject=f"{OWN}/{path.name}") from cause
        holder = file.read().decode("utf-8", "replace") or "another command"
        file.close()
        if patience and not attempt:
            on_wait(holder)
    raise LockedError(
        f"{holder} is changing this publication", hint="Wait until it has finished, and run the command again."
    )


def _is_at(path: Path, file: BinaryIO) -> bool:
    """Whether an open file still has its name: if somebody deleted it meanwhile, others lock another file."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        """Lock a byte far behind the text in the file, which others may go on reading; return whether it was free."""
        file.seek(2**30)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True
else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        """Lock the file; whether that was possible. Raises OSError where the file system knows no locks."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def delete_file(path: Path, *, within: Path, error: type[DispatchError], old: bytes | None = None) -> Path:
    """Delete a file below the folder ``within`` and return its path; with ``old``, only if it still holds these bytes.

    Raises ``error``.
    """
    path = resolve_inside(path, within=within, error=error)
    try:
        if old is not None:
            refuse_changed(path, old, within=within, error=error)
        path.unlink()
    except OSError as cause:
        raise explain_refusal(error, cause, "cannot be deleted", subject=format_path(path, within)) from cause
    return path


def resolve_inside(path: Path, *, within: Path, error: type[DispatchError]) -> Path:
    """Resolve a path that must lie below the folder ``within``; raise ``error`` if it lies outside or behind a link."""
    try:
        root = within.resolve()
        real = root / path.relative_to(within)
        if real.resolve() == real:
            return real
    except ValueError as cause:
        raise error("is outside the publication's folder", subject=str(path)) from cause
    except (OSError, RuntimeError) as cause:
        raise error("cannot be found", subject=format_path(path, within)) from cause
    raise error("is a link, or behind one", subject=format_path(path, within), hint="put the file itself there")


def is_writable(path: Path) -> bool:
    """Whether a file can be written and others beside it, as a database needs; or made, with the folder above it."""
    above = next(folder for folder in path.parents if folder.exists())
    return os.access(above, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def copy_database(path: Path) -> "Connection":
    """Copy a SQLite database into memory, to be read where nothing can be written; an empty one where there is none.

    Raises sqlite3.Error.
    """
    import sqlite3

    memory = sqlite3.connect(":memory:", isolation_level=None)
    if path.is_file():
        # A write-ahead log is read where one is left; where none is, SQLite would have to make it.
        mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)) as disk:
            disk.backup(memory)
    return memory


def is_there(path: Path) -> bool:
    """Whether a file of that name exists; False when it is no valid name, or too long for one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def format_path(path: Path, within: Path) -> str:
    """Format a path for a message: relative to the folder ``within``, with forward slashes."""
    return path.relative_to(within).as_posix() if path.is_relative_to(within) else path.name


def _describe_folder(path: Path) -> str:
    """Say in which folder a file cannot be made: the nearest existing one, if it is not writable; else nothing."""
    folder = next((above for above in path.parents if above.exists()), path.parent)
    if not folder.is_dir():
        return f", {folder} is not a folder"
    return "" if os.access(folder, os.W_OK) else f" in the folder {folder}"
