"""Open, create or migrate the inbox's file, and explain its errors in words.

Every write is one transaction of a write-ahead log: a reader, a second gather or a power cut finds all of it or
nothing.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dispatch import databases, files
from dispatch.errors import GatherError

FILE = Path(files.OWN, "inbox.sqlite")
PATIENCE = 30.0  # seconds that a write waits for another process

# Each step leads from the version that is its index to the next; a step that was published is never changed.
MIGRATIONS = (
    """
    CREATE TABLE arrivals (
        number INTEGER PRIMARY KEY AUTOINCREMENT,  -- given once, never again
        source TEXT NOT NULL,
        id TEXT NOT NULL,                          -- the article's, as an issue will have it
        digest BLOB NOT NULL,                      -- of title and text; empty without text
        arrived INTEGER NOT NULL,                  -- seconds since 1970, as in the next line
        shown INTEGER NOT NULL,                    -- when it was published, but never later than it arrived
        dismissed INTEGER NOT NULL,
        used INTEGER NOT NULL,                     -- derived from the table used
        words INTEGER NOT NULL,                    -- its row in the table words
        also_at TEXT NOT NULL,                     -- JSON
        changes TEXT NOT NULL                      -- JSON
    );
    CREATE INDEX arrivals_digest ON arrivals (digest) WHERE digest != x'';
    CREATE INDEX arrivals_id ON arrivals (id) WHERE id != '';
    CREATE UNIQUE INDEX arrivals_words ON arrivals (words);
    CREATE INDEX arrivals_waiting ON arrivals (used, dismissed, arrived, shown, number);
    CREATE INDEX arrivals_all ON arrivals (arrived, shown, number);
    CREATE INDEX arrivals_source ON arrivals (source, used, dismissed, arrived, shown, number);
    CREATE TABLE articles (number INTEGER PRIMARY KEY, article TEXT NOT NULL);
    CREATE TABLE entries (                         -- every entry of a source that led to an arrival
        source TEXT NOT NULL,
        guid TEXT NOT NULL,
        address TEXT NOT NULL,                     -- compare.fold_whereabouts
        given BLOB NOT NULL,                       -- a digest of the entry as it came
        also INTEGER NOT NULL,                     -- the same text elsewhere: changes nothing of the arrival
        number INTEGER NOT NULL
    );
    CREATE INDEX entries_guid ON entries (source, guid) WHERE guid != '';
    CREATE INDEX entries_given ON entries (source, given);
    CREATE INDEX entries_address ON entries (address) WHERE address != '';
    CREATE INDEX entries_number ON entries (number);
    CREATE VIRTUAL TABLE words USING fts5 (
        title, authors, source, tags, text, content = '', tokenize = 'unicode61 remove_diacritics 2'
    );
    CREATE TABLE used (folder TEXT NOT NULL, id TEXT NOT NULL, address TEXT NOT NULL);
    CREATE INDEX used_folder ON used (folder);
    CREATE INDEX used_id ON used (id);
    CREATE INDEX used_address ON used (address);
    CREATE TABLE folders (folder TEXT PRIMARY KEY, stamp TEXT NOT NULL);
    CREATE TABLE visits (source TEXT PRIMARY KEY, visit TEXT NOT NULL);
    """,
    """
    -- links.parse_place; whether other entries of its source have its address; and then the places are read
    ALTER TABLE entries ADD COLUMN place TEXT NOT NULL DEFAULT '';
    ALTER TABLE entries ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE used ADD COLUMN place TEXT NOT NULL DEFAULT '';
    DELETE FROM folders;
    """,
)


@contextmanager
def open_connection(root: Path, *, only_reads: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the inbox of the publication in that folder, up to date. Raises GatherError.

    only_reads: where nothing can be written, give a copy in memory.
    """
    is_copied = only_reads and not databases.is_writable(root / FILE)
    if not is_copied:
        files.make_own_folder(root, error=GatherError)
    path = databases.find_database(root, FILE, error=GatherError)
    with explain_sqlite_errors(), closing(_connect(path, is_copied=is_copied, only_reads=only_reads)) as found:
        yield found


@contextmanager
def begin_transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all that is done within, or nothing. Raises GatherError when it cannot be written."""
    with explain_sqlite_errors():
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
def explain_sqlite_errors() -> Iterator[None]:
    """Raise SQLite's errors as a GatherError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        message, hint = _explain_error(error)
        raise GatherError(message, subject=FILE.as_posix(), hint=hint) from error


def _connect(path: Path, *, is_copied: bool, only_reads: bool) -> sqlite3.Connection:
    """Connect to the file or to a copy of it, up to date."""
    found = (
        databases.copy_database(path) if is_copied else sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    )
    try:
        _migrate_file(found)
    except sqlite3.OperationalError:
        found.close()
        if is_copied or not only_reads:
            raise
        return _connect(path, is_copied=True, only_reads=True)  # even to read takes room on the disk
    except BaseException:
        found.close()
        raise
    return found


def _migrate_file(found: sqlite3.Connection) -> None:
    """Apply the settings, and every migration that the file has not had yet."""
    version = _read_version(found)
    if version > len(MIGRATIONS):
        raise GatherError(
            f"was made by a later dispatch (version {version}, this one knows {len(MIGRATIONS)})",
            subject=FILE.as_posix(),
            hint="update dispatch, or delete the file and run dispatch gather: only numbers and dismissals are lost",
        )
    if version < len(MIGRATIONS):
        _enable_write_ahead(found)
        with begin_transaction(found):
            for script in MIGRATIONS[_read_version(found) :]:  # asked again: another process may have been faster
                for statement in script.split(";\n"):
                    found.execute(statement)
            found.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    found.execute("PRAGMA synchronous = NORMAL")


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


def _explain_error(error: sqlite3.Error) -> tuple[str, str]:
    """Explain an error of SQLite, and what to do about it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        is_full = code == sqlite3.SQLITE_FULL
        reason = "the disk is full" if is_full else f"the disk does not take it ({error})"
        remedy = "make room and do it again" if is_full else "see the system's log"
        return f"cannot be written: {reason}", f"{remedy}; what the inbox held is still there"
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return (
            f"is damaged ({error})",
            "delete it, with the two files whose names begin as its own, and run dispatch gather: it is made anew, and"
            " what was used is known from the issues; only numbers and dismissals are lost",
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "is in use by another dispatch", "wait until that has finished, and do it again"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return (
            "cannot be opened for writing",
            "see who owns the folder .dispatch, what they allow (ls -ld), and how many files may be open (ulimit -n)",
        )
    return f"cannot be used: {error}", ""
