"""Files, read and written safely: whole or not at all, never outside their folder, never through a link."""

import os
from pathlib import Path

from dispatch.errors import DispatchError
from dispatch.model import Place


def read(path: Path, *, within: Path, error: type[DispatchError]) -> bytes:
    """The bytes of a file below the folder ``within``. Raises ``error``."""
    try:
        return inside(path, within=within, error=error).read_bytes()
    except OSError as cause:
        raise error(_reason(cause), subject=name(path, within)) from cause


def text(path: Path, *, within: Path, error: type[DispatchError]) -> str:
    """The text of a UTF-8 file below the folder ``within``, with its own line ends and mark. Raises ``error``."""
    try:
        return read(path, within=within, error=error).decode("utf-8")
    except UnicodeDecodeError as cause:
        line = cause.object.count(b"\n", 0, cause.start) + 1
        place = Place(file=name(path, within), line=line)
        raise error("is not UTF-8", subject=place, hint="save it as UTF-8") from cause


def write(path: Path, body: bytes, *, within: Path, error: type[DispatchError], lasting: bool = True) -> bool:
    """Write a file below the folder ``within`` in one step; whether its bytes changed.

    The folders in between are made. The bytes go to a file beside it, to the disk, and then take its name, so that a
    reader, or a power cut, finds the old file or the new one. lasting: wait until the disk has them; what can be made
    again need not wait. Raises ``error``; then the old file is as it was.
    """
    path = inside(path, within=within, error=error)
    beside = path.with_name(f".{path.name[:100]}.{os.urandom(4).hex()}")
    try:
        if path.exists() and not path.is_file():
            raise error("is a folder" if path.is_dir() else "is no ordinary file", subject=name(path, within))
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
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as cause:
        raise error(f"cannot be written: {_reason(cause)}{_where(path)}", subject=name(path, within)) from cause
    return True


def delete(path: Path, *, within: Path, error: type[DispatchError]) -> Path:
    """Delete a file below the folder ``within``, and return its path. Raises ``error``."""
    try:
        inside(path, within=within, error=error).unlink()
    except OSError as cause:
        raise error(f"cannot be deleted: {_reason(cause)}", subject=name(path, within)) from cause
    return path


def inside(path: Path, *, within: Path, error: type[DispatchError]) -> Path:
    """The real path of what is to be below the folder ``within``; what is outside or behind a link raises ``error``."""
    try:
        root = within.resolve()
        real = root / path.relative_to(within)
        if real.resolve() == real:
            return real
    except ValueError as cause:
        raise error("is outside the publication's folder", subject=str(path)) from cause
    except (OSError, RuntimeError) as cause:
        raise error("cannot be found", subject=name(path, within)) from cause
    raise error("is a link, or behind one", subject=name(path, within), hint="put the file itself there")


def is_there(path: Path) -> bool:
    """Whether there is a file of that name; none that is no name, or too long for one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def name(path: Path, within: Path) -> str:
    """How to speak of a file: its path from the folder ``within``, with forward slashes."""
    return path.relative_to(within).as_posix() if path.is_relative_to(within) else path.name


def _where(path: Path) -> str:
    """In which folder a file cannot be made: the nearest that is there, when it lets nobody write; else nothing."""
    folder = next((above for above in path.parents if above.exists()), path.parent)
    if not folder.is_dir():
        return f", {folder} is no folder"
    return "" if os.access(folder, os.W_OK) else f" in the folder {folder}"


def _reason(cause: OSError) -> str:
    """What the system says, in lower case."""
    reason = cause.strerror or str(cause)
    return reason[:1].lower() + reason[1:]
