"""SQLite databases in a publication's own folder: whose they are, and what to do where nothing can be written."""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Protocol

from dispatch import files, git
from dispatch.errors import DispatchError
from dispatch.frozen import dataclass

PATIENCE = 30.0  # seconds that a write waits for another process


class SqlConnection(Protocol):
    """A database that is open, SQLite's or another, in which each statement is a transaction of its own."""

    def execute(self, statement: str, values: Sequence[object] = ..., /) -> Any:
        """Run a statement, in which each ? stands for one of the values; return what the DB-API calls a cursor."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One of the publication's databases: what is in it, and what to say when it cannot be used."""

    file: Annotated[Path, "its path below the publication's folder"]
    migrations: Annotated[
        tuple[str, ...],
        "each step leads from the version that is its index to the next; one that was published is never changed",
    ]
    error: type[DispatchError]
    if_later: Annotated[str, "a hint for a file that a later dispatch has made"]
    if_damaged: Annotated[str, "a hint for a damaged file"]
    if_full: Annotated[str, "what a refused write has not lost, as the end of a hint"]
    is_only_copy: Annotated[bool, "whether a power cut may lose nothing, and nobody else may read it"] = False

    @contextmanager
    def open_connection(self, root: Path, *, only_reads: bool = False) -> Iterator[sqlite3.Connection]:
        """Open it for the publication in that folder, up to date. Raises ``error``.

        only_reads: where nothing can be written, give a copy in memory.
        """
        is_copied = only_reads and not is_writable(root / self.file)
        if not is_copied:
            files.make_own_folder(root, error=self.error)
        path = find_database(root, self.file, error=self.error)
        with self.explain_errors(), closing(self._connect(path, is_copied=is_copied, only_reads=only_reads)) as found:
            yield found

    @contextmanager
    def begin_transaction(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Write all that is done within, or nothing. Raises ``error`` when it cannot be written."""
        with self.explain_errors():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back itself, as when the disk is full.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def explain_errors(self) -> Iterator[None]:
        """Raise SQLite's errors as an ``error`` that says what to do."""
        try:
            yield
        except sqlite3.Error as error:
            message, hint = self._explain_error(error)
            raise self.error(message, subject=self.file.as_posix(), hint=hint) from error

    def _connect(self, path: Path, *, is_copied: bool, only_reads: bool) -> sqlite3.Connection:
        """Connect to the file or to a copy of it, up to date."""
        if self.is_only_copy and not is_copied:
            # What SQLite puts beside it gets these rights. A file that is there is not opened: closing it would give up
            # the locks that other connections of this process hold (sqlite.org/howtocorrupt.html, section 2.2), and
            # another process would delete the log that they write into.
            with suppress(OSError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        found = copy_database(path) if is_copied else sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            self._migrate_file(found)
        except sqlite3.OperationalError:
            found.close()
            if is_copied or not only_reads:
                raise
            return self._connect(path, is_copied=True, only_reads=True)  # even to read takes room on the disk
        except BaseException:
            found.close()
            raise
        return found

    def _migrate_file(self, found: sqlite3.Connection) -> None:
        """Apply the settings, and every migration that the file has not had yet."""
        version, newest = _read_version(found), len(self.migrations)
        if version > newest:
            what = f"was made by a later dispatch (version {version}, this one knows {newest})"
            raise self.error(what, subject=self.file.as_posix(), hint=self.if_later)
        (journal,) = found.execute("PRAGMA journal_mode").fetchone()
        if journal == "delete":  # a new file, or a copy that was put in its place
            _enable_write_ahead(found)
        if version < newest:
            with self.begin_transaction(found):
                for script in self.migrations[_read_version(found) :]:  # asked again: another process may be faster
                    for statement in script.split(";\n"):
                        found.execute(statement)
                found.execute(f"PRAGMA user_version = {newest}")
        found.execute(f"PRAGMA synchronous = {'FULL' if self.is_only_copy else 'NORMAL'}")
        found.execute(f"PRAGMA secure_delete = {'ON' if self.is_only_copy else 'OFF'}")  # what is erased is overwritten

    def _explain_error(self, error: sqlite3.Error) -> tuple[str, str]:
        """Explain an error of SQLite, and what to do about it."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            is_full = code == sqlite3.SQLITE_FULL
            reason = "the disk is full" if is_full else f"the disk does not take it ({error})"
            remedy = "make room and do it again" if is_full else "see the system's log"
            return f"cannot be written: {reason}", f"{remedy}; {self.if_full}"
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return f"is damaged ({error})", self.if_damaged
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return "is in use by another dispatch", "wait until that has finished, and do it again"
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            hint = "see who owns the folder .dispatch, what they allow (ls -ld), and how many files may be open"
            return "cannot be opened for writing", f"{hint} (ulimit -n)"
        return f"cannot be used: {error}", ""


def _read_version(found: sqlite3.Connection) -> int:
    row: tuple[int] = found.execute("PRAGMA user_version").fetchone()
    return row[0]


def _enable_write_ahead(found: sqlite3.Connection) -> None:
    """Turn on the write-ahead log. SQLite does not wait for another process here, so we do."""
    for _ in range(int(PATIENCE * 10)):
        try:
            found.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.1)
        else:
            return
