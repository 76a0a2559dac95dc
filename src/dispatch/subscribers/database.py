"""The database of the subscribers: what is said when it cannot be used, and the secret key beside it.

It is the only copy of what people have agreed to: every write is one transaction that is on the disk when it ends.
"""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Final

from dispatch import files
from dispatch.databases import Database, SqlConnection
from dispatch.errors import DeliveryError, explain_refusal
from dispatch.subscribers.tables import MIGRATIONS

KEYS = Path(files.OWN, "keys")
STORE: Final = "DISPATCH_STORE"  # in the environment: the address of a PostgreSQL database

FILE = Database(
    file=Path(files.OWN, "subscribers.sqlite"),
    migrations=MIGRATIONS,
    error=DeliveryError,
    if_later="update dispatch",
    if_damaged="put your backup in its place, and keep the damaged file: it holds what people have agreed to",
    if_full="what it held is still there",
    is_only_copy=True,
)


class SubscriberDatabase:
    """The database of the subscribers: a file of the publication, or PostgreSQL where DISPATCH_STORE names one."""

    file: Final = FILE.file

    @contextmanager
    def open_connection(self, root: Path, *, only_reads: bool = False) -> Iterator[SqlConnection]:
        """Open it for the publication in that folder, up to date. Raises DeliveryError.

        only_reads: where nothing can be written, give a copy in memory.
        """
        if not self.is_shared:
            with FILE.open_connection(root, only_reads=only_reads) as connection:
                _require_unmoved(connection)
                yield connection
            return
        postgres = load_server()
        files.make_own_folder(root, error=DeliveryError)
        with postgres.open_server(os.environ[STORE], MIGRATIONS) as server:
            if not server.execute("SELECT 1 FROM meta WHERE name = 'keys'").fetchone():
                with self.begin_transaction(server):
                    write_keys(server, root)
            _require_keys(server, root)
            yield server

    @contextmanager
    def begin_transaction(self, connection: SqlConnection, *, is_step: bool = False) -> Iterator[None]:
        """Write all that is done within, or nothing, while nobody else writes. Raises DeliveryError.

        is_step: other senders may write such steps at the same time, for each has messages of its own.
        """
        if isinstance(connection, sqlite3.Connection):
            with FILE.begin_transaction(connection):
                yield
            return
        with load_server().hold_transaction(connection, is_step=is_step):
            yield

    def run_each(self, connection: SqlConnection, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """Run a statement for each of these rows of values, without waiting in between."""
        if isinstance(connection, sqlite3.Connection):
            connection.executemany(statement, rows)
        else:
            load_server().run_each(connection, statement, rows)

    def find_reserve(self, connection: SqlConnection) -> Callable[[float], float] | None:
        """Find what reserves seconds of sending among all machines; None where there is one sender."""
        return (
            None if isinstance(connection, sqlite3.Connection) else partial(load_server().reserve_seconds, connection)
        )

    @contextmanager
    def hold_duty(self, connection: SqlConnection) -> Iterator[bool]:
        """Hold what one process at a time does among all machines, unless one does it already; yield whether we do.

        Of a file, the locks of the publication say so.
        """
        if isinstance(connection, sqlite3.Connection):
            yield True
        else:
            with load_server().hold_duty(connection) as is_ours:
                yield is_ours

    @property
    def is_shared(self) -> bool:
        """Whether it is a server's: any number of machines use it."""
        return bool(os.environ.get(STORE))

    @property
    def subject(self) -> str:
        """What an error is about; never the address, which has a password."""
        return STORE if self.is_shared else self.file.as_posix()

    def is_begun(self, root: Path) -> bool:
        """Whether a publication has such a database: one on a server always is."""
        return self.is_shared or (root / self.file).is_file()

    def name_place(self, connection: SqlConnection) -> str:
        """Name the server's database, so that a copy of it has another name; empty for a file."""
        return "" if isinstance(connection, sqlite3.Connection) else load_server().name_place(connection)

    def drop_log(self, connection: SqlConnection) -> None:
        """Drop what a log of earlier writes still has of what was erased."""
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


DATABASE: Final = SubscriberDatabase()


def load_server() -> ModuleType:
    """Load what talks to PostgreSQL. Raises DeliveryError when it is not installed."""
    try:
        from dispatch.subscribers import postgres
    except ImportError as error:
        hint = "Install it: pipx inject dispatch-newsletter 'psycopg[binary]', or pip install 'psycopg[binary]'."
        raise DeliveryError(f"needs psycopg, which cannot be loaded: {error}", subject=STORE, hint=hint) from error
    return postgres


def inspect_file(root: Path) -> tuple[str, bool] | None:
    """Inspect the file: what SQLite finds damaged in it, and whether each write is on the disk when it ends.

    None when there is none yet. Raises DeliveryError when it cannot be opened.
    """
    if DATABASE.is_shared or not (root / DATABASE.file).is_file():
        return None
    try:
        with FILE.open_connection(root) as connection:
            damage: list[str] = [one for (one,) in connection.execute("PRAGMA integrity_check(3)") if one != "ok"]
            (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
            (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    except DeliveryError as error:
        code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
        if code not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise
        return f"{error.__cause__}", True
    return "; ".join(damage), synchronous >= 2 and journal == "wal"


def _require_unmoved(connection: SqlConnection) -> None:
    """Require that the subscribers are still in the file. Raises DeliveryError."""
    found = connection.execute("SELECT value FROM meta WHERE name = 'moved'").fetchone()
    if found:
        hint = f"Write its address into the environment, as {STORE}. To go back, put your backup in the file's place."
        raise DeliveryError(f"was moved to {found[0]}", subject=FILE.file.as_posix(), hint=hint)


def write_keys(connection: SqlConnection, root: Path) -> None:
    """Let a new store on a server know its keys, so that no machine uses others; part of a transaction."""
    digest = hashlib.sha256(read_key(root)).hexdigest()[:16]
    connection.execute("INSERT INTO meta VALUES ('keys', ?) ON CONFLICT DO NOTHING", (digest,))


def _require_keys(connection: SqlConnection, root: Path) -> None:
    """Require that this machine has the keys with which the store was begun: others would not know its links.

    Raises DeliveryError.
    """
    (known,) = connection.execute("SELECT value FROM meta WHERE name = 'keys'").fetchone()
    is_there = (root / KEYS).exists()
    if not is_there or known != hashlib.sha256(read_key(root)).hexdigest()[:16]:
        what = "are not those with which this store was begun" if is_there else "is missing on this machine"
        hint = "Copy .dispatch/keys from the machine where the store was begun: links are signed with it."
        raise DeliveryError(what, subject=KEYS.as_posix(), hint=hint)


def read_key(root: Path) -> bytes:
    """Read the secret key of the digests of addresses, the first; only within a transaction. Raises DeliveryError."""
    return read_keys(root)[0]


def read_keys(root: Path) -> tuple[bytes, ...]:
    """Read the publication's secret keys, the oldest first, or make the first; only within a transaction.

    A line each. The last one signs the tokens of links, the others verify what they once signed; the first digests
    addresses, for ever. Raises DeliveryError.
    """
    path = files.resolve_inside(root / KEYS, within=root, error=DeliveryError)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{secrets.token_hex(32)}\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    except OSError as error:
        raise explain_refusal(DeliveryError, error, "cannot be made", subject=KEYS.as_posix()) from error
    written = files.read_text(path, within=root, error=DeliveryError).split()
    hint = "Put your backup of it in its place: without it, who was erased could be imported again."
    try:
        keys = tuple(map(bytes.fromhex, written))
    except ValueError as error:
        raise DeliveryError("holds no key", subject=KEYS.as_posix(), hint=hint) from error
    if not keys or min(map(len, keys)) < 16:
        raise DeliveryError("holds no key", subject=KEYS.as_posix(), hint=hint)
    return keys
