"""The ledger of deliveries: which message of a round is planned, on its way, accepted, refused, or in doubt.

A message is marked before its first byte is sent, and its mark is on the disk then: what was marked and has no outcome
when its sender is gone is in doubt, and is never sent again by itself. One transaction records the outcome of one
message and the mark of the next, and those of all connections that wait for it (``commit_steps``).
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, NamedTuple

from dispatch.databases import SqlConnection
from dispatch.errors import DeliveryError
from dispatch.model import Delivery, DeliveryState
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE

_SAMPLES = 5
IS_MINE: Final = (
    "(SELECT epoch FROM portion WHERE round = delivery.round AND first <= delivery.subscriber"
    " ORDER BY first DESC LIMIT 1) = ?"
)
"""Whether a delivery is in a portion of an epoch."""


class DuePerson(NamedTuple):
    """Somebody to whom a message of a round may go now."""

    number: int
    email: str
    name: str
    key: bytes
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one message."""

    subscriber: int
    state: DeliveryState
    reply: str
    not_before: Annotated[datetime | None, "when a deferred one is tried again"] = None


def list_due(
    connection: SqlConnection, number: int, *, first: int, last: int, now: datetime, most: int
) -> list[DuePerson]:
    """List who is due in a round, in the order of their numbers, from a number to another."""
    found = connection.execute(
        "SELECT one.subscriber, subscriber.email, subscriber.name, subscriber.key, one.attempts"
        " FROM delivery one INDEXED BY delivery_due JOIN subscriber ON subscriber.number = one.subscriber"
        " WHERE one.round = ? AND one.state IN ('planned', 'deferred') AND one.subscriber BETWEEN ? AND ?"
        " AND one.not_before <= ? ORDER BY one.subscriber LIMIT ?",
        (number, first, last, rows.to_seconds(now), most),
    )
    return [DuePerson(*row) for row in found]


def commit_steps(
    connection: SqlConnection,
    number: int,
    epoch: int,
    results: Sequence[Result],
    marks: Sequence[int],
    now: datetime,
) -> list[bool]:
    """Record outcomes, and mark the messages that go out next, in one transaction that is on the disk at its end.

    Return, mark by mark, whether it was made. None is when somebody else has taken the portion up, or holds the round,
    or the reader has left meanwhile: then nothing of the message may be sent.
    """
    at = rows.to_seconds(now)
    with DATABASE.begin_transaction(connection, is_step=True):
        DATABASE.run_each(
            connection,
            "UPDATE delivery SET state = ?, reply = ?, not_before = ?, at = ?,"
            " attempts = attempts + CASE WHEN state IN ('planned', 'deferred') THEN 1 ELSE 0 END"
            " WHERE round = ? AND subscriber = ?"
            " AND ((state IN ('sending', 'unknown') AND epoch = ?) OR"
            " (state IN ('planned', 'deferred') AND ? != 'accepted'))",
            [
                (
                    *(one.state, one.reply, rows.to_seconds(one.not_before) if one.not_before else 0, at),
                    *(number, one.subscriber, epoch, one.state),
                )
                for one in results
            ],
        )
        made = _mark_messages(connection, number, epoch, marks, at) if marks else set()
    return [one in made for one in marks]


def _mark_messages(connection: SqlConnection, number: int, epoch: int, marks: Sequence[int], at: int) -> set[int]:
    """Mark messages to these subscribers, and return to whom."""
    places = ", ".join("?" * len(marks))
    found = connection.execute(
        f"UPDATE delivery SET state = 'sending', epoch = ?, attempts = attempts + 1, at = ?"  # noqa: S608 - places only
        f" WHERE round = ? AND subscriber IN ({places}) AND state IN ('planned', 'deferred') AND {IS_MINE}"
        " AND EXISTS (SELECT 1 FROM round WHERE number = delivery.round AND state = 'begun')"
        " AND EXISTS (SELECT 1 FROM subscriber WHERE number = delivery.subscriber AND state = 'active')"
        " RETURNING subscriber",
        (epoch, at, number, *marks, epoch),
    )
    made = {subscriber for (subscriber,) in found.fetchall()}
    for subscriber in set(marks) - made:
        connection.execute(
            "UPDATE delivery SET at = ?, state = coalesce(("
            "SELECT CASE state WHEN 'suppressed' THEN state ELSE 'cancelled' END"
            " FROM subscriber WHERE number = ?), 'cancelled') WHERE round = ? AND subscriber = ?"
            " AND state IN ('planned', 'deferred')"
            " AND NOT EXISTS (SELECT 1 FROM subscriber WHERE number = ? AND state = 'active')",
            (at, subscriber, number, subscriber, subscriber),
        )
    if made:
        # A row of each sender's own: none waits for another to count.
        connection.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET"
            " value = CAST(CAST(meta.value AS BIGINT) + CAST(excluded.value AS BIGINT) AS TEXT)",
            (f"marks {number}.{epoch}", str(len(made))),
        )
    return made


def count_marks(connection: SqlConnection) -> int:
    """Count the marks that were ever made."""
    found: tuple[int] = connection.execute(
        "SELECT coalesce(sum(CAST(value AS BIGINT)), 0) FROM meta WHERE name = 'marks' OR name LIKE 'marks %'"
    ).fetchone()
    return int(found[0])


def fold_marks(connection: SqlConnection) -> int:
    """Count the marks that were ever made, and keep their number in one row; part of a transaction."""
    total = count_marks(connection)
    connection.execute("DELETE FROM meta WHERE name LIKE 'marks %'")
    write_meta(connection, "marks", str(total))
    return total


def read_meta(connection: SqlConnection, name: str) -> str:
    """Read what the store knows of itself under a name; empty when it knows nothing."""
    found: tuple[str] | None = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return found[0] if found else ""


def write_meta(connection: SqlConnection, name: str, value: str) -> None:
    """Write what the store knows of itself; part of a transaction."""
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
    )


def measure_commit(connection: SqlConnection) -> float:
    """Measure how many seconds a transaction takes on this disk: the rate of messages hangs on it."""
    begin = time.perf_counter()
    for _ in range(_SAMPLES):
        with DATABASE.begin_transaction(connection):
            write_meta(connection, "sample", str(begin))
    return (time.perf_counter() - begin) / _SAMPLES


def count_states(connection: SqlConnection, number: int) -> dict[DeliveryState, int]:
    """Count the messages of a round by their state, those included of which only the number is kept."""
    return dict(
        connection.execute(
            "SELECT state, count(*) FROM delivery WHERE round = ? GROUP BY state"
            " UNION ALL SELECT what, count FROM tally WHERE round = ? AND what != 'left'",
            (number, number),
        ).fetchall()
    )


def count_recent(connection: SqlConnection, since: datetime) -> int:
    """Count the messages that were begun since a moment, for the daily cap."""
    found: tuple[int] = connection.execute(
        "SELECT count(*) FROM delivery WHERE at >= ? AND attempts > 0", (rows.to_seconds(since),)
    ).fetchone()
    return found[0]


def list_deliveries(
    connection: SqlConnection, number: int, *, state: DeliveryState | None = None
) -> Iterator[Delivery]:
    """List the messages of a round, or those in a state, by their subscribers."""
    found = connection.execute(
        "SELECT one.subscriber, coalesce(subscriber.email, ''), one.state, one.attempts, one.at, one.not_before,"
        " one.reply FROM delivery one LEFT JOIN subscriber ON subscriber.number = one.subscriber"
        " WHERE one.round = ? AND ? IN ('', one.state) ORDER BY one.subscriber",
        (number, state or ""),
    )
    for subscriber, email, is_in, attempts, at, not_before, reply in found:
        yield Delivery(
            subscriber=subscriber,
            email=email,
            state=is_in,
            attempts=attempts,
            at=rows.to_moment(at) if at else None,
            not_before=rows.to_moment(not_before) if not_before else None,
            reply=reply,
        )


def list_doubts(connection: SqlConnection, number: int) -> list[tuple[Delivery, bytes]]:
    """List the messages of a round that are in doubt, with the keys of their subscribers; empty for the erased."""
    keys = dict(
        connection.execute(
            "SELECT one.subscriber, subscriber.key FROM delivery one JOIN subscriber ON"
            " subscriber.number = one.subscriber WHERE one.round = ? AND one.state = 'unknown'",
            (number,),
        ).fetchall()
    )
    return [(one, keys.get(one.subscriber, b"")) for one in list_deliveries(connection, number, state="unknown")]


def settle_delivery(
    connection: SqlConnection, number: int, subscriber: int, state: DeliveryState, reply: str, now: datetime
) -> None:
    """Settle a message that is in doubt, as somebody has found out. Raises DeliveryError when it is not in doubt."""
    changed = connection.execute(
        "UPDATE delivery SET state = ?, reply = ?, not_before = 0, at = ? WHERE round = ? AND subscriber = ?"
        " AND state = 'unknown'",
        (state, reply, rows.to_seconds(now), number, subscriber),
    ).rowcount
    if not changed:
        raise DeliveryError("is not in doubt", hint="To see what is: dispatch deliveries ISSUE --state unknown")
