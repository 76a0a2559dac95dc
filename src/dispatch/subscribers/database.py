"""Open, create or migrate the file of the subscribers, and explain its errors in words.

It is the only copy of what people have agreed to: every write is one transaction of a write-ahead log that is on the
disk when it ends (``synchronous = FULL``), and nobody else on the machine may read it.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from dispatch import databases, files
from dispatch.errors import DeliveryError

FILE = Path(files.OWN, "subscribers.sqlite")
KEYS = Path(files.OWN, "keys")
PATIENCE = 30.0  # seconds that a write waits for another process

# Each step leads from the version that is its index to the next; a step that was published is never changed.
MIGRATIONS = (
    """
    CREATE TABLE subscriber (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key BLOB NOT NULL UNIQUE,                  -- what others may see: numbers would tell how many there are
        list TEXT NOT NULL,
        email TEXT NOT NULL,                       -- as it was typed
        same TEXT NOT NULL,                        -- mail_addresses.fold_mailbox
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        language TEXT NOT NULL,
        since INTEGER NOT NULL,                    -- seconds since 1970, as all moments
        UNIQUE (list, same)
    ) STRICT;
    CREATE INDEX subscriber_state ON subscriber (list, state, number);
    CREATE TABLE tag (
        subscriber INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (subscriber, tag)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tag_tag ON tag (tag, subscriber);
    CREATE TABLE words (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE consent (                         -- is only ever added to
        subscriber INTEGER NOT NULL,
        at INTEGER NOT NULL,
        what TEXT NOT NULL,
        how TEXT NOT NULL,
        words INTEGER NOT NULL,                    -- its row in the table words; 0 without any
        batch INTEGER NOT NULL                     -- of the import that it came with, else 0
    ) STRICT;
    CREATE INDEX consent_subscriber ON consent (subscriber);
    CREATE INDEX consent_batch ON consent (batch) WHERE batch > 0;
    CREATE TABLE batch (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, how TEXT NOT NULL) STRICT;
    CREATE TABLE suppression (
        digest BLOB PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)


@contextmanager
def open_connection(root: Path) -> Iterator[sqlite3.Connection]:
    """Open the subscribers of the publication in that folder, up to date. Raises DeliveryError."""
    files.make_own_folder(root, error=DeliveryError)
    path = databases.find_database(root, FILE, error=DeliveryError)
    with explain_errors():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # what SQLite puts beside it gets the same rights
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as found:
            _migrate(found)
            yield found


@contextmanager
def begin_transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all that is done within, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite may have rolled back itself, as when the disk is full
            connection.execute("ROLLBACK")
        raise


@contextmanager
def explain_errors() -> Iterator[None]:
    """Raise what SQLite and the system refuse as a DeliveryError."""
    try:
        yield
    except sqlite3.Error as error:
        is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
        what = "is in use by another command" if is_busy else f"cannot be used: {error}"
        hint = (
            "Wait until that has finished."
            if is_busy
            else "Put your backup in its place, and keep the damaged file: it holds what people have agreed to."
        )
        raise DeliveryError(what, subject=FILE.as_posix(), hint=hint) from error
    except OSError as error:
        raise DeliveryError(f"cannot be opened: {error.strerror}", subject=FILE.as_posix()) from error


def read_key(root: Path) -> bytes:
    """Read the secret key of a publication's addresses and links, or make it; only within a transaction.

    Raises DeliveryError.
    """
    path = files.resolve_inside(root / KEYS, within=root, error=DeliveryError)
    with (
        explain_errors(),
        suppress(FileExistsError),
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file,
    ):
        file.write(f"{secrets.token_hex(32)}\n")
        file.flush()
        os.fsync(file.fileno())
    written = files.read_text(path, within=root, error=DeliveryError).split()
    try:
        return bytes.fromhex(written[-1])
    except (IndexError, ValueError) as error:
        hint = "Put your backup of it in its place: without it, who was erased could be imported again."
        raise DeliveryError("holds no key", subject=KEYS.as_posix(), hint=hint) from error


def _migrate(found: sqlite3.Connection) -> None:
    found.execute("PRAGMA journal_mode = WAL")
    found.execute("PRAGMA synchronous = FULL")
    (version,) = found.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise DeliveryError(
            f"was made by a later dispatch (version {version}, this one knows {len(MIGRATIONS)})",
            subject=FILE.as_posix(),
            hint="Update dispatch.",
        )
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        with begin_transaction(found):
            if found.execute("PRAGMA user_version").fetchone() == (number - 1,):  # nobody else did it meanwhile
                for statement in step.split(";\n"):
                    found.execute(statement)
                found.execute(f"PRAGMA user_version = {number}")
