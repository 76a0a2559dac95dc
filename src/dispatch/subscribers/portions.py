"""The portions of a round: some hundred subscribers, to whom one sender at a time writes.

Whoever takes a portion up gives it the number of their own turn, its epoch, and has it for a while, the lease, which
they extend as long as they live. When the lease is over, anybody may take the portion up: the messages that were on
their way are in doubt then, and its former sender, should it only have slept, can mark no other. In a file, where the
lock of the publication shows that there is no other sender, no lease counts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from dispatch.databases import SqlConnection
from dispatch.subscribers import deliveries, rows
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.deliveries import DuePerson

LEASE: Final = timedelta(seconds=60)
_SIZE: Final = 500  # numbers of subscribers
_LATEST: Final = 1 << 62  # of all moments
_DUE = (
    "EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_due WHERE delivery.round = portion.round AND subscriber"
    " BETWEEN first AND last AND state IN ('planned', 'deferred') AND not_before <= ?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """A portion that was taken up."""

    first: Annotated[int, "the number of its first subscriber"]
    people: Annotated[tuple[DuePerson, ...], "to whom messages may go now"]
    is_spent: Annotated[bool, "whether with them the messages of this day are used up"]


def make_portions(connection: SqlConnection, number: int) -> None:
    """Divide the audience of a round; part of a transaction."""
    connection.execute(
        "INSERT INTO portion (round, first, last, epoch, lease)"
        " SELECT round, min(subscriber), max(subscriber), 0, 0 FROM delivery WHERE round = ?"
        " GROUP BY round, subscriber / ?",
        (number, _SIZE),
    )


def take_back_portions(connection: SqlConnection, number: int, epoch: int, now: datetime) -> int:
    """Take from senders that are gone what they had; return how many messages are in doubt. Part of a transaction."""
    until = _find_horizon(now)
    lost: int = connection.execute(
        "UPDATE delivery SET state = 'unknown', reply = 'its sender ended before it was answered'"
        " WHERE round = ? AND state = 'sending' AND EXISTS (SELECT 1 FROM portion WHERE portion.round = delivery.round"
        " AND delivery.subscriber BETWEEN first AND last AND lease < ?)",
        (number, until),
    ).rowcount
    connection.execute(
        "UPDATE portion SET epoch = ?, lease = 0 WHERE round = ? AND lease > 0 AND lease < ?", (epoch, number, until)
    )
    return lost


def take_portion(
    connection: SqlConnection, number: int, epoch: int, *, after: int, daily: int, now: datetime
) -> Portion | None:
    """Take up the next portion that nobody has and of which something is due; None when there is none.

    after: the first subscriber of the one before, of which nobody is left. daily: how many messages may go out a day,
    0 for any number.
    """
    moment = rows.to_seconds(now)
    with DATABASE.begin_transaction(connection):
        connection.execute(
            "UPDATE portion SET lease = 0 WHERE round = ? AND epoch = ? AND lease > 0 AND NOT EXISTS"
            " (SELECT 1 FROM delivery WHERE delivery.round = portion.round AND subscriber BETWEEN first AND last"
            " AND (state = 'sending' OR state IN ('planned', 'deferred') AND not_before <= ?))",
            (number, epoch, moment),
        )
        found = connection.execute(
            f"SELECT first, last FROM portion WHERE round = ? AND first > ? AND lease = 0 AND {_DUE}"  # noqa: S608
            " ORDER BY first LIMIT 1",
            (number, after, moment),
        ).fetchone()
        if not found:
            return None
        if (most := _count_allowed(connection, daily, now)) <= 0:
            return Portion(first=after, people=(), is_spent=True)
        connection.execute(
            "UPDATE portion SET epoch = ?, lease = ? WHERE round = ? AND first = ?",
            (epoch, _find_end(now), number, found[0]),
        )
        people = deliveries.list_due(connection, number, first=found[0], last=found[1], now=now, most=most)
    return Portion(first=found[0], people=tuple(people), is_spent=len(people) >= most)


def extend_leases(connection: SqlConnection, number: int, epoch: int, now: datetime) -> None:
    """Keep what a sender has of a round."""
    with DATABASE.begin_transaction(connection, is_step=True):
        connection.execute(
            "UPDATE portion SET lease = ? WHERE round = ? AND epoch = ? AND lease > 0", (_find_end(now), number, epoch)
        )


def release_portions(connection: SqlConnection, number: int, epoch: int) -> None:
    """Leave what a sender has of a round to others: none of its messages is on its way any more."""
    with DATABASE.begin_transaction(connection):
        connection.execute("UPDATE portion SET lease = 0 WHERE round = ? AND epoch = ?", (number, epoch))


def is_any_due(connection: SqlConnection, number: int, now: datetime) -> bool:
    """Whether anybody could take up a portion of a round, or must recover one."""
    found = connection.execute(
        "SELECT 1 FROM portion WHERE round = ?"  # noqa: S608
        f" AND ((lease > 0 AND lease < ?) OR (lease = 0 AND {_DUE})) LIMIT 1",
        (number, _find_horizon(now), rows.to_seconds(now)),
    ).fetchone()
    return found is not None


def has_portion(connection: SqlConnection, number: int, epoch: int, first: int) -> bool:
    """Whether a portion still is of an epoch."""
    found = connection.execute(
        "SELECT 1 FROM portion WHERE round = ? AND first = ? AND epoch = ?", (number, first, epoch)
    ).fetchone()
    return found is not None


def _count_allowed(connection: SqlConnection, daily: int, now: datetime) -> int:
    """Count how many messages may still go out on this day, of at most so many (0 for any number), by anybody."""
    if not daily:
        return _LATEST
    used = deliveries.count_recent(connection, now - timedelta(days=1))
    promised: tuple[int] = connection.execute(
        "SELECT count(*) FROM portion JOIN delivery ON delivery.round = portion.round AND delivery.subscriber BETWEEN"
        " first AND last WHERE lease > 0 AND delivery.state IN ('planned', 'deferred') AND not_before <= ?",
        (rows.to_seconds(now),),
    ).fetchone()
    return daily - used - promised[0]


def _find_horizon(now: datetime) -> int:
    """Find before which moment the lease of somebody who lives would not end."""
    return rows.to_seconds(now) if DATABASE.is_shared else _LATEST


def _find_end(now: datetime) -> int:
    return rows.to_seconds(now + LEASE)
