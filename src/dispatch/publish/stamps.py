"""What says that a file of a publication, or the program itself, has changed: digests and stamps.

A file counts as unchanged while its size, its times and its inode are the same, as in git; no clock is asked.
"""

import hashlib
import os
import sysconfig
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dispatch import __version__
from dispatch.text import is_utf8


def digest_inputs(stamps: Mapping[str, str]) -> str:
    """Digest the stamps of all files that a site is made of, and the program."""
    return make_digest(*(f"{path}\0{stamp}" for path, stamp in stamps.items()), digest_program())


def read_stamps(root: Path) -> dict[str, str]:
    """Read size, times and inode of every file that a site is made of, by its path below the publication's folder."""
    own = sorted(str(path) for path in root.iterdir() if path.is_file())
    trees = (file for name in ("templates", "issues", "pages", "pictures") for file in list_visible_files(root / name))
    begin = len(str(root)) + 1
    return {path[begin:].replace(os.sep, "/"): stamp_file(path) for path in (*own, *trees)}


@cache
def digest_program() -> str:
    """Digest what says that dispatch, or a library that it renders with, has changed."""
    packages = Path(sysconfig.get_path("purelib"))
    ours = Path(__file__).parents[1]
    shipped = ours / "templates" if (ours / "templates").is_dir() else ours.parents[1] / "templates"
    seen = (f"{path}\0{stamp_file(path)}" for path in (*list_visible_files(ours), *list_visible_files(shipped)))
    return make_digest(__version__, stamp_file(packages), *(one for one in seen if "__pycache__" not in one))


def make_digest(*parts: str | bytes) -> str:
    """Digest all the parts in order: sixteen bytes in hexadecimal (BLAKE2b)."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        octets = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        made.update(len(octets).to_bytes(8, "big"))
        made.update(octets)
    return made.hexdigest()


def list_visible_files(folder: Path) -> list[str]:
    """List the paths of all files below a folder, but for hidden ones and those whose names are not UTF-8: no
    publication can name these. A folder that is a link is empty.
    """
    found: list[str] = []
    for where, folders, names in os.walk(folder) if not folder.is_symlink() else ():
        folders[:] = sorted(filter(_is_listed, folders))
        found += (os.path.join(where, name) for name in names if _is_listed(name))  # noqa: PTH118 - many files
    return sorted(found)


def _is_listed(name: str) -> bool:
    return not name.startswith(".") and is_utf8(name)


def stamp_file(path: Path | str) -> str:
    """Return size, times and inode of a file as one text; empty when there is none."""
    try:
        said = os.stat(path)  # noqa: PTH116 - many files
    except OSError:
        return ""
    return f"{said.st_size} {said.st_mtime_ns} {said.st_ctime_ns} {said.st_ino}"
