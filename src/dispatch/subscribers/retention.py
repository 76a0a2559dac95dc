"""What is kept no longer than it is needed: old deliveries become counts; old reports, notices and proofs are dropped.

Each step is one transaction, and finds nothing to do when it is repeated.
"""

from datetime import datetime, timedelta
from typing import Final

from dispatch.databases import SqlConnection
from dispatch.subscribers import deliveries, numbers, rows
from dispatch.subscribers.database import DATABASE

DELIVERIES: Final = timedelta(days=90)  # of a round that is over
REPORTS: Final = timedelta(days=365)
PROOFS: Final = timedelta(days=3 * 365)  # that somebody who was erased had agreed
NOTICES: Final = timedelta(days=30)  # pages count them to limit what strangers can cause
_EVERY: Final = timedelta(days=1)


def forget_outdated(connection: SqlConnection, now: datetime) -> bool:
    """Forget what is older than it need be, once a day; return whether this was the time."""
    moment, last = rows.to_seconds(now), deliveries.read_meta(connection, "tidied")
    if last and 0 <= moment - int(last) < _EVERY.total_seconds():
        return False
    forget_notices(connection, now - NOTICES)
    forget_unconfirmed(connection, now - NOTICES)
    for number in list_old_rounds(connection, now - DELIVERIES):
        count_round(connection, number)
    with DATABASE.begin_transaction(connection):
        connection.execute("DELETE FROM report WHERE at < ?", (rows.to_seconds(now - REPORTS),))
    with DATABASE.begin_transaction(connection):
        connection.execute("DELETE FROM proof WHERE erased < ?", (rows.to_seconds(now - PROOFS),))
        deliveries.write_meta(connection, "tidied", str(moment))
    return True


def list_old_rounds(connection: SqlConnection, before: datetime) -> list[int]:
    """List the rounds that are over, and of whose deliveries the last one changed before a moment."""
    moment = rows.to_seconds(before)
    found = connection.execute(
        "SELECT number FROM round WHERE state IN ('ended', 'cancelled') AND begun < ?"
        " AND EXISTS (SELECT 1 FROM delivery WHERE round = number)"
        " AND NOT EXISTS (SELECT 1 FROM delivery WHERE round = number AND at >= ?) ORDER BY number",
        (moment, moment),
    )
    return [number for (number,) in found.fetchall()]


def count_round(connection: SqlConnection, number: int) -> None:
    """Replace the deliveries of a round by how many were in each state, and when each reader was last reached."""
    with DATABASE.begin_transaction(connection):
        if not connection.execute("SELECT 1 FROM delivery WHERE round = ? LIMIT 1", (number,)).fetchone():
            return  # somebody else was faster
        left = numbers.count_left(connection, number)
        connection.execute(
            "INSERT INTO tally (round, what, count)"
            " SELECT round, state, count(*) FROM delivery WHERE round = ? GROUP BY round, state",
            (number,),
        )
        connection.execute("INSERT INTO tally (round, what, count) VALUES (?, 'left', ?)", (number, left))
        connection.execute(
            "UPDATE subscriber SET reached = one.at FROM delivery one WHERE one.round = ?"
            " AND one.subscriber = subscriber.number AND one.state IN ('accepted', 'delivered')"
            " AND one.at > subscriber.reached",
            (number,),
        )
        connection.execute("DELETE FROM delivery WHERE round = ?", (number,))
        connection.execute("DELETE FROM portion WHERE round = ?", (number,))


def forget_unconfirmed(connection: SqlConnection, before: datetime) -> None:
    """Forget who was written into the form, perhaps by somebody else, and has not confirmed it since."""
    with DATABASE.begin_transaction(connection):
        found = connection.execute(
            "SELECT number FROM subscriber one WHERE list = ? AND state = 'pending' AND since < ? AND NOT EXISTS"
            " (SELECT 1 FROM consent WHERE subscriber = one.number AND (what != 'asked' OR at >= ? OR how NOT LIKE ?))",
            (rows.LIST, rows.to_seconds(before), rows.to_seconds(before), f"{rows.FORM}%"),
        )
        rows.delete_people(connection, [number for (number,) in found.fetchall()])


def forget_notices(connection: SqlConnection, before: datetime) -> None:
    """Forget the mails to single readers that were settled long ago, with the address that each went to."""
    with DATABASE.begin_transaction(connection):
        connection.execute(
            "DELETE FROM notice WHERE made < ? AND state NOT IN ('planned', 'deferred')", (rows.to_seconds(before),)
        )
