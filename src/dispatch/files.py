"""Read and write files safely: whole or not at all, never outside their folder, never through a link.

Only regular files are read: a pipe, a socket or a device is refused before it is opened, so that nothing hangs.
A command that reads, changes and writes a publication holds its lock meanwhile, and writes with ``replace_file``.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from dispatch.errors import ConfigError, DispatchError, explain_refusal
from dispatch.held_files import replace_held, try_lock
from dispatch.text import find_utf16

FILE: Final = "dispatch.toml"
OWN: Final = ".dispatch"  # the folder for what a publication's commands need and git does not
MOST_BYTES: Final = 256 << 20  # of any file that is read
MOST_TEXT: Final = 16 << 20  # bytes of a file that people edit
SAVE_AS_UTF8: Final = "Save it as UTF-8. Windows PowerShell's > writes UTF-16: use --output where a command has it."

_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}


def find_publication(start: Path) -> Path:
    """Find the publication's folder: ``start`` or the nearest above it that holds dispatch.toml. Raises ConfigError."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if os.path.lexists(folder / FILE):
            return folder
    is_typed = (start / f"{FILE}.txt").exists()  # Windows hides the last ending
    hint = f"rename {FILE}.txt to {FILE}" if is_typed else "make a publication with: dispatch init"
    raise ConfigError("no dispatch.toml here, nor in a folder above", address=str(start), hint=hint)


def open_file(path: Path, flags: int = os.O_RDONLY) -> BinaryIO:
    """Open a regular file, reached through links too; raise OSError when there is none, or something else is there.

    flags: of open(2). Nothing is waited for, even if somebody puts a pipe there after it was asked what is there.
    """
    with suppress(FileNotFoundError):
        _refuse_irregular(path.stat())
    number = os.open(path, flags | _AT_ONCE, 0o666)
    try:
        _refuse_irregular(os.fstat(number))
        return os.fdopen(number, "r+b" if flags & os.O_RDWR else "rb")
    except OSError:
        os.close(number)
        raise


def _refuse_irregular(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "a device")
        raise OSError(errno.EISDIR if stat.S_ISDIR(found.st_mode) else errno.ENXIO, f"is {kind}, and not a file")


def read_bounded(path: Path, most: int = MOST_BYTES) -> bytes:
    """Read a regular file, reached through links too, of at most ``most`` bytes; raise OSError otherwise."""
    with open_file(path) as file:
        size = min(os.fstat(file.fileno()).st_size, most)
        body = file.read(size + 1)  # room for ``most`` bytes takes longer to make than most files to read
        if len(body) > size:  # it has grown meanwhile, or is of those whose size nobody knows
            body += file.read(most + 1 - len(body))
    if len(body) > most:
        raise OSError(errno.EFBIG, f"is larger than {most >> 20} MiB")
    return body


def read_file(path: Path, *, within: Path, error: type[DispatchError], most: int = MOST_BYTES) -> bytes:
    """Read the bytes, at most ``most``, of a file below the folder ``within``. Raises ``error``."""
    try:
        return read_bounded(resolve_inside(path, within=within, error=error), most)
    except OSError as cause:
        raise explain_refusal(error, cause, subject=format_path(path, within)) from cause


def read_text(path: Path, *, within: Path, error: type[DispatchError], most: int = MOST_TEXT) -> str:
    """Read a UTF-8 file below the folder ``within``, line ends and byte order mark included. Raises ``error``.

    most: bytes.
    """
    body = read_file(path, within=within, error=error, most=most)
    if find_utf16(body):
        raise error("is UTF-16, and not UTF-8", subject=format_path(path, within), hint=SAVE_AS_UTF8)
    try:
        return body.decode("utf-8")
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
    try:
        there = _read_if_there(path)
        if there == body:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if there is not None else 0o666
        with _open_beside(path, mode) as (beside, file):
            file.write(body)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
            if old is not None:
                refuse_changed(path, old, within=within, error=error)
            if os.name == "nt":  # pragma: no cover - an open file has no other name there
                file.close()
            replace_held(beside, path)
        if old is not None:
            refuse_changed(path, body, within=within, error=error)
    except OSError as cause:
        refused = explain_refusal(error, cause, "cannot be written", subject=subject, detail=_describe_folder(path))
        raise refused from cause
    return True


@contextmanager
def _open_beside(path: Path, mode: int) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a new file beside another, locked while we write, so that who clears leftovers knows it is none."""
    while True:
        beside = path.with_name(f".{path.name[:100]}.{os.urandom(4).hex()}.tmp")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                if _claim_file(beside, file):
                    yield beside, file
                    return
        finally:
            beside.unlink(missing_ok=True)


def _claim_file(path: Path, file: BinaryIO) -> bool:
    """Lock a file that was just made; return whether it still has its name. True where nothing can be locked."""
    try:
        return try_lock(file) and is_at(path, file)
    except OSError:
        return True


def is_at(path: Path, file: BinaryIO) -> bool:
    """Whether an open file still has its name: if somebody deleted it meanwhile, others lock another file."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _read_if_there(path: Path) -> bytes | None:
    """Read a regular file; None when nothing is there. Raises OSError."""
    try:
        return read_bounded(path)
    except FileNotFoundError:
        return None


def refuse_changed(path: Path, old: bytes, *, within: Path, error: type[DispatchError]) -> None:
    """Raise ``error`` when a file no longer holds the bytes ``old``; empty: when it exists by now."""
    try:
        now = _read_if_there(path) or b""
    except OSError as cause:
        raise explain_refusal(error, cause, "cannot be read", subject=format_path(path, within)) from cause
    if now != old:
        raise error(
            "somebody else changed it while this command ran: their version stays",
            subject=format_path(path, within),
            hint="Look at the file, and run the command again.",
        )


def make_own_folder(root: Path, *, error: type[DispatchError]) -> Path:
    """Make a publication's folder ``.dispatch`` where it is missing, and return its path. Raises ``error``."""
    folder = resolve_inside(root / OWN, within=root, error=error)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as cause:
        raise explain_refusal(error, cause, "cannot be made", subject=OWN) from cause
    if not (folder / ".gitignore").exists():
        write_file(folder / ".gitignore", b"*\n", within=root, error=error)
    return folder


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
        real = root / (inside := path.relative_to(within))
        if _is_without_links(root, inside):
            return real
    except ValueError as cause:
        raise error("is outside the publication's folder", subject=str(path)) from cause
    except (OSError, RuntimeError) as cause:
        raise error("cannot be found", subject=format_path(path, within)) from cause
    raise error("is a link, or behind one", subject=format_path(path, within), hint="put the file itself there")


def _is_without_links(root: Path, inside: Path) -> bool:
    """Whether a path below a folder leads through no link, and not upwards. Raises ValueError for no valid name."""
    if os.name == "nt":  # pragma: no cover - a junction is no link to lstat
        return (root / inside).resolve() == root / inside
    at = str(root)
    for part in inside.parts:
        at = f"{at}/{part}"
        try:
            if stat.S_ISLNK(os.lstat(at).st_mode):
                return False
        except OSError:  # it is not there, or nobody may look: who opens it is told
            break
    return ".." not in inside.parts


def is_there(path: Path, *, within: Path) -> bool:
    """Whether a regular file of that name can be read below a folder; False for a link, and for no valid name."""
    try:
        return stat.S_ISREG(resolve_inside(path, within=within, error=DispatchError).lstat().st_mode)
    except (OSError, ValueError, DispatchError):
        return False


def place_output(path: Path, *, within: Path, error: type[DispatchError]) -> Path:
    """Return the whole path of a file or folder that is to be written; ``within`` is the publication's folder.

    A pull request can bring a link, so none is followed in the publication; who names a place elsewhere knows it.
    Raises ``error``.
    """
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps “..”
    if whole.is_relative_to(within.resolve()) and whole.resolve() != whole:
        hint = "Name the place itself with --output, or remove the link."
        raise error("is a link, or behind one", subject=format_path(whole, within.resolve()), hint=hint)
    return whole


def format_path(path: Path, within: Path) -> str:
    """Format a path for a message: relative to the folder ``within``, with forward slashes."""
    return path.relative_to(within).as_posix() if path.is_relative_to(within) else path.name


def _describe_folder(path: Path) -> str:
    """Say in which folder a file cannot be made: the nearest existing one, if it is not writable; else nothing."""
    folder = next((above for above in path.parents if above.exists()), path.parent)
    if not folder.is_dir():
        return f", {folder} is not a folder"
    return "" if os.access(folder, os.W_OK) else f" in the folder {folder}"
