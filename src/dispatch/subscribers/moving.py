"""Move the subscribers from the file of a publication to PostgreSQL: all or nothing, and compared on both sides."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dispatch import locks
from dispatch.databases import SqlConnection
from dispatch.errors import DeliveryError
from dispatch.subscribers.database import FILE, load_server, write_keys
from dispatch.subscribers.deliveries import write_meta
from dispatch.subscribers.tables import MIGRATIONS

_TABLES = re.findall(r"CREATE TABLE (\w+)", "".join(MIGRATIONS))
_OWN = ("host", "keys", "version")  # of the table meta: what each database knows of itself
MOVED = "moved"  # under which a file knows where its subscribers are now


class _Table(NamedTuple):
    """A table, as it is read on both sides."""

    name: str
    columns: tuple[str, ...]

    @property
    def reading(self) -> str:
        """What reads all of it, in an order that is the same on both sides."""
        order = "rowid" if self.name == "consent" else ", ".join(self.columns)
        which = f"WHERE name NOT IN {_OWN}" if self.name == "meta" else ""
        return f"SELECT {', '.join(self.columns)} FROM {self.name} {which} ORDER BY {order}"  # noqa: S608 - our names


def move_store(root: Path, address: str) -> dict[str, int]:
    """Move the subscribers of the publication in that folder to an empty database; return how many rows of each table.

    address: of the database (postgresql://). The file stays, and refuses from then on. Raises DeliveryError, and has
    changed nothing; LockedError while somebody sends.
    """
    postgres = load_server()
    with (
        locks.hold_lock(root, "delivery", command="dispatch subscriber move"),
        FILE.open_connection(root) as source,
        postgres.open_server(address, MIGRATIONS) as target,
        FILE.begin_transaction(source),
    ):
        if source.execute("SELECT 1 FROM meta WHERE name = ?", (MOVED,)).fetchone():
            raise DeliveryError("was moved already", subject=FILE.file.as_posix())
        with postgres.hold_transaction(target, is_step=False):
            target.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # the file is read meanwhile
            counts = {name: _move_table(source, target, name) for name in _TABLES}
            for name, number in source.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
                target.execute("SELECT setval(pg_get_serial_sequence(?, 'number'), ?)", (name, max(1, number)))
            number = max((number for (number,) in source.execute("SELECT number FROM words")), default=1)
            target.execute("SELECT setval(pg_get_serial_sequence('words', 'number'), ?)", (number,))
            write_meta(target, "host", postgres.name_place(target))
            write_keys(target, root)
        write_meta(source, MOVED, postgres.describe_server(target))
    return counts


def _move_table(source: SqlConnection, target: Any, name: str) -> int:
    """Copy a table, read the copy back, and compare. Raises DeliveryError when there was something, or is not now."""
    postgres = load_server()
    found = source.execute(f"SELECT * FROM {name} LIMIT 0")  # noqa: S608 - a name of ours
    table = _Table(name, tuple(column for column, *_ in found.description))
    if next(iter(postgres.read_rows(target, table.reading)), None):
        hint = "Name an empty database, for example a new one: createdb wire"
        raise DeliveryError("holds subscribers already", subject="PostgreSQL", hint=hint)
    postgres.copy_rows(target, name, table.columns, _read_source(source, table))
    before = _digest_rows(_read_source(source, table))
    after = _digest_rows(postgres.read_rows(target, table.reading))
    if before != after:
        raise DeliveryError(f"has another {name} than the file: {after[0]} rows, and {before[0]}", subject="PostgreSQL")
    return before[0]


def _read_source(source: SqlConnection, table: _Table) -> Iterator[Sequence[object]]:
    make_safe = load_server().make_safe
    return (make_safe(row) for row in source.execute(table.reading))


def _digest_rows(rows: Iterable[Sequence[object]]) -> tuple[int, bytes]:
    """Count rows, and digest them in their order."""
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
        count += 1
    return count, digest.digest()
