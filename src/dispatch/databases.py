"""SQLite databases in a publication's own folder: whose they are, and what to do where nothing can be written."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from dispatch import files, git
from dispatch.errors import DispatchError


def find_database(root: Path, name: Path, *, error: type[DispatchError]) -> Path:
    """Find the database of that name below ``root``, which may not be there yet. Raises ``error``.

    What came with git may be anybody's, and SQLite does what a database, or a journal beside it, says: it puts rows
    where nobody looks for them, and deletes files (sqlite.org/atomiccommit.html, “master journal”).
    """
    path = files.resolve_inside(root / name, within=root, error=error)
    if os.path.lexists(path) and not path.is_file():
        raise error("is not a regular file", subject=name.as_posix(), hint="move it away")
    git.refuse_tracked(root, files.OWN, error=error)
    return path


def is_writable(path: Path) -> bool:
    """Whether a file can be written and others beside it, as a database needs; or made, with the folder above it."""
    above = next(folder for folder in path.parents if folder.exists())
    return os.access(above, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def copy_database(path: Path) -> sqlite3.Connection:
    """Copy a SQLite database into memory, to be read where nothing can be written; an empty one where there is none.

    Raises sqlite3.Error.
    """
    memory = sqlite3.connect(":memory:", isolation_level=None)
    if path.is_file():
        # A write-ahead log is read where one is left; where none is, SQLite would have to make it.
        mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)) as disk:
            disk.backup(memory)
    return memory
