"""The mails to single readers that wait to be sent (``rows.add_notice`` writes them)."""

from datetime import datetime

from dispatch.databases import SqlConnection
from dispatch.model import Notice
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.deliveries import Result


def list_due(connection: SqlConnection, now: datetime, most: int = 500) -> list[tuple[Notice, bytes | None, int]]:
    """List who is to be written to now, in the order of what caused it: notice, key of the subscriber, attempts."""
    found = connection.execute(
        "SELECT one.number, one.kind, one.email, one.message, one.subscriber, subscriber.key, one.attempts"
        " FROM notice one INDEXED BY notice_due LEFT JOIN subscriber ON subscriber.number = one.subscriber"
        " WHERE one.state IN ('planned', 'deferred') AND one.not_before <= ?"
        " ORDER BY one.not_before, one.number LIMIT ?",
        (rows.to_seconds(now), most),
    )
    return [
        (Notice(number=number, kind=kind, email=email, message=message, subscriber=subscriber), key, attempts)
        for number, kind, email, message, subscriber, key, attempts in found
    ]


def mark_sending(connection: SqlConnection, number: int, now: datetime) -> None:
    """Mark one before its text begins."""
    with DATABASE.begin_transaction(connection):
        connection.execute(
            "UPDATE notice SET state = 'sending', attempts = attempts + 1, at = ? WHERE number = ?",
            (rows.to_seconds(now), number),
        )


def settle_notice(connection: SqlConnection, number: int, result: Result, now: datetime) -> None:
    """Write down what became of one; of what is settled the text, which has links of the reader, is dropped."""
    is_open = result.state == "deferred"
    later = rows.to_seconds(result.not_before) if result.not_before else 0
    with DATABASE.begin_transaction(connection):
        connection.execute(
            "UPDATE notice SET attempts = attempts + CASE state WHEN 'sending' THEN 0 ELSE 1 END,"
            " state = ?, reply = ?, not_before = ?,"
            " at = ?, message = CASE WHEN ? THEN message ELSE ? END WHERE number = ?",
            (result.state, result.reply, later, rows.to_seconds(now), is_open, b"", number),
        )


def mark_interrupted(connection: SqlConnection) -> None:
    """Call in doubt what was on its way when its sender ended: it is not sent again, who misses it asks again."""
    with DATABASE.begin_transaction(connection):
        connection.execute("UPDATE notice SET state = 'unknown', message = ? WHERE state = 'sending'", (b"",))
