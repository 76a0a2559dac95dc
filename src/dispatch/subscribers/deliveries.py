"""The ledger of deliveries: which message of a round is planned, on its way, accepted, refused, or in doubt.

A message is marked before its first byte is sent, and its mark is on the disk then: what was marked and has no outcome
when its sender is gone is in doubt, and is never sent again by itself. One transaction records the outcome of one
message and the mark of the next, and those of all connections that wait for it (``commit_steps``).
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

from dispatch.errors import DeliveryError
from dispatch.model import Delivery, DeliveryState, Round, RoundState
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE

_SAMPLES = 5
UNPLANNED = -1  # the audience of a round that has not begun


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


def begin_round(
    connection: sqlite3.Connection,
    *,
    issue: str,
    slug: str,
    digest: str,
    message: bytes,
    begun: datetime,
) -> int:
    """Write down a round whose first message may go out at the moment ``begun``; part of a transaction.

    Its audience is who is active when it is first taken up (``plan_audience``).
    """
    moment = rows.to_seconds(begun)
    return rows.insert_row(
        connection,
        "INSERT INTO round (list, issue, slug, digest, message, begun, not_before, audience, state, epoch)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'begun', 0)",
        *(rows.LIST, issue, slug, digest, message, moment, moment, UNPLANNED),
    )


def plan_audience(connection: sqlite3.Connection, number: int) -> int:
    """Plan a message to everybody who is active now, once; return how many. Part of a transaction."""
    known: tuple[int] = connection.execute("SELECT audience FROM round WHERE number = ?", (number,)).fetchone()
    if known[0] != UNPLANNED:
        return known[0]
    count = connection.execute(
        "INSERT INTO delivery (round, subscriber, state) SELECT ?, number, 'planned' FROM subscriber"
        " WHERE list = ? AND state = 'active'",
        (number, rows.LIST),
    ).rowcount
    connection.execute("UPDATE round SET audience = ? WHERE number = ?", (count, number))
    return count


def take_up_round(connection: sqlite3.Connection, number: int, *, resends: bool) -> tuple[int, int]:
    """Make this process the only sender of a round; return its epoch, and how many messages are in doubt from before.

    resends: what is in doubt is planned again, and may arrive twice.
    """
    with DATABASE.begin_transaction(connection):
        plan_audience(connection, number)
        connection.execute("UPDATE round SET epoch = epoch + 1 WHERE number = ?", (number,))
        epoch: tuple[int] = connection.execute("SELECT epoch FROM round WHERE number = ?", (number,)).fetchone()
        lost = connection.execute(
            "UPDATE delivery SET state = 'unknown', reply = 'its sender ended before it was answered'"
            " WHERE round = ? AND state = 'sending'",
            (number,),
        ).rowcount
        if resends:
            connection.execute(
                "UPDATE delivery SET state = 'planned', not_before = 0 WHERE round = ? AND state = 'unknown'", (number,)
            )
    return epoch[0], lost


def list_due(
    connection: sqlite3.Connection, number: int, *, after: int, now: datetime, most: int = 1000
) -> list[DuePerson]:
    """List who is due in a round, in the order of their numbers, from after a number on."""
    found = connection.execute(
        "SELECT one.subscriber, subscriber.email, subscriber.name, subscriber.key, one.attempts"
        " FROM delivery one INDEXED BY delivery_due JOIN subscriber ON subscriber.number = one.subscriber"
        " WHERE one.round = ? AND one.state IN ('planned', 'deferred') AND one.subscriber > ? AND one.not_before <= ?"
        " ORDER BY one.subscriber LIMIT ?",
        (number, after, rows.to_seconds(now), most),
    )
    return [DuePerson(*row) for row in found]


def commit_steps(
    connection: sqlite3.Connection,
    number: int,
    epoch: int,
    results: Sequence[Result],
    marks: Sequence[int],
    now: datetime,
) -> tuple[list[bool], int]:
    """Record outcomes, and mark the messages that go out next, in one transaction that is on the disk at its end.

    Return, mark by mark, whether it was made, and how many were ever made. None is when somebody else has taken the
    round up, or holds it, or the reader has left meanwhile: then nothing of the message may be sent.
    """
    at = rows.to_seconds(now)
    with DATABASE.begin_transaction(connection):
        for one in results:
            not_before = rows.to_seconds(one.not_before) if one.not_before else 0
            connection.execute(
                "UPDATE delivery SET state = ?, reply = ?, not_before = ?, at = ?,"
                " attempts = attempts + (state IN ('planned', 'deferred')) WHERE round = ? AND subscriber = ?"
                " AND ((state IN ('sending', 'unknown') AND epoch = ?) OR"
                " (state IN ('planned', 'deferred') AND ? != 'accepted'))",
                (one.state, one.reply, not_before, at, number, one.subscriber, epoch, one.state),
            )
        made = [_mark_message(connection, number, epoch, subscriber, at) for subscriber in marks]
        total = count_marks(connection, sum(made))
    return made, total


def _mark_message(connection: sqlite3.Connection, number: int, epoch: int, subscriber: int, at: int) -> bool:
    is_made = connection.execute(
        "UPDATE delivery SET state = 'sending', epoch = ?, attempts = attempts + 1, at = ?"
        " WHERE round = ? AND subscriber = ? AND state IN ('planned', 'deferred') AND EXISTS"
        " (SELECT 1 FROM round WHERE number = ? AND epoch = ? AND state = 'begun')"
        " AND EXISTS (SELECT 1 FROM subscriber WHERE number = ? AND state = 'active')",
        (epoch, at, number, subscriber, number, epoch, subscriber),
    ).rowcount
    if not is_made:
        connection.execute(
            "UPDATE delivery SET at = ?, state = coalesce((SELECT iif(state = 'suppressed', 'suppressed', 'cancelled')"
            " FROM subscriber WHERE number = ?), 'cancelled') WHERE round = ? AND subscriber = ?"
            " AND state IN ('planned', 'deferred')"
            " AND NOT EXISTS (SELECT 1 FROM subscriber WHERE number = ? AND state = 'active')",
            (at, subscriber, number, subscriber, subscriber),
        )
    return bool(is_made)


def count_marks(connection: sqlite3.Connection, more: int = 0) -> int:
    """Count the marks that were ever made, with these more; part of a transaction."""
    total = int(read_meta(connection, "marks") or 0) + more
    if more:
        write_meta(connection, "marks", str(total))
    return total


def read_meta(connection: sqlite3.Connection, name: str) -> str:
    """Read what the store knows of itself under a name; empty when it knows nothing."""
    found: tuple[str] | None = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return found[0] if found else ""


def write_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Write what the store knows of itself; part of a transaction."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def measure_commit(connection: sqlite3.Connection) -> float:
    """Measure how many seconds a transaction takes on this disk: the rate of messages hangs on it."""
    begin = time.perf_counter()
    for _ in range(_SAMPLES):
        with DATABASE.begin_transaction(connection):
            write_meta(connection, "sample", str(begin))
    return (time.perf_counter() - begin) / _SAMPLES


def list_rounds(connection: sqlite3.Connection, *, issue: str = "") -> list[Round]:
    """List the rounds, or those of an issue, the newest first."""
    found = connection.execute(
        "SELECT number, issue, slug, digest, begun, audience, state, not_before FROM round"
        " WHERE ? IN ('', issue) ORDER BY number DESC",
        (issue,),
    )
    return [
        Round(
            number=number,
            issue=issue_id,
            slug=slug,
            digest=digest,
            begun=rows.to_moment(begun),
            audience=audience,
            state=state,
            not_before=rows.to_moment(not_before),
        )
        for number, issue_id, slug, digest, begun, audience, state, not_before in found
    ]


def read_message(connection: sqlite3.Connection, number: int) -> bytes:
    """Read the prepared message of a round."""
    found: tuple[bytes] = connection.execute("SELECT message FROM round WHERE number = ?", (number,)).fetchone()
    return found[0]


def set_round_state(connection: sqlite3.Connection, number: int, state: RoundState) -> None:
    """Hold a round, let it go on, end it, or cancel all of it that has not begun; part of a transaction."""
    connection.execute("UPDATE round SET state = ? WHERE number = ?", (state, number))
    if state == "cancelled":
        connection.execute(
            "UPDATE delivery SET state = 'cancelled' WHERE round = ? AND state IN ('planned', 'deferred')", (number,)
        )


def hold_round(connection: sqlite3.Connection, number: int) -> None:
    """Hold a round: nothing more of it goes out until somebody resumes it."""
    with DATABASE.begin_transaction(connection):
        set_round_state(connection, number, "held")


def is_current(connection: sqlite3.Connection, number: int, epoch: int) -> bool:
    """Whether a round may be sent, by the sender of this epoch."""
    found = connection.execute(
        "SELECT 1 FROM round WHERE number = ? AND epoch = ? AND state = 'begun'", (number, epoch)
    ).fetchone()
    return found is not None


def count_states(connection: sqlite3.Connection, number: int) -> dict[DeliveryState, int]:
    """Count the messages of a round by their state."""
    return dict(
        connection.execute("SELECT state, count(*) FROM delivery WHERE round = ? GROUP BY state", (number,)).fetchall()
    )


def count_recent(connection: sqlite3.Connection, since: datetime) -> int:
    """Count the messages that were begun since a moment, for the daily cap."""
    found: tuple[int] = connection.execute(
        "SELECT count(*) FROM delivery WHERE at >= ? AND attempts > 0", (rows.to_seconds(since),)
    ).fetchone()
    return found[0]


def list_deliveries(
    connection: sqlite3.Connection, number: int, *, state: DeliveryState | None = None
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


def settle_delivery(
    connection: sqlite3.Connection, number: int, subscriber: int, state: DeliveryState, reply: str, now: datetime
) -> None:
    """Settle a message that is in doubt, as somebody has found out. Raises DeliveryError when it is not in doubt."""
    changed = connection.execute(
        "UPDATE delivery SET state = ?, reply = ?, not_before = 0, at = ? WHERE round = ? AND subscriber = ?"
        " AND state = 'unknown'",
        (state, reply, rows.to_seconds(now), number, subscriber),
    ).rowcount
    if not changed:
        raise DeliveryError("is not in doubt", hint="To see what is: dispatch deliveries ISSUE --state unknown")
