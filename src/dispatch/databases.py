"""SQLite databases where nothing can be written: whether that is so, and a copy to read."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


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
