"""What came back of a message: what it says of whoever got it is kept, and those who cannot be reached get no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from dispatch import tokens
from dispatch.bounces.status import find_status, judge_reply
from dispatch.databases import SqlConnection
from dispatch.mail_addresses import fold_mailbox
from dispatch.model import DeliveryReport, Subscriber, SubscriberState, SuppressionReason
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE, read_keys

_MOST_DETAIL: Final = 300  # characters
MOST_SOFT: Final = 5  # issues in a row that somebody's server did not take

# What a message was before, and is after such a report; a complaint outlasts everything, and a failure an arrival.
_STATES: Final = {
    "hard": ("bounced", ("accepted", "delivered", "unknown")),
    "soft": ("bounced", ("accepted", "delivered", "unknown")),
    "complaint": ("complained", ("accepted", "delivered", "unknown", "bounced")),
    "delivered": ("delivered", ("accepted", "unknown")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOutcome:
    """What became of a report."""

    became: Annotated[
        Literal["taken", "known", "foreign"], "foreign: it has no token of ours, or of somebody who was erased"
    ]
    subscriber: Annotated[int, "the subscriber's number; 0 for nobody"] = 0
    state: Annotated[SubscriberState | None, "what the subscriber became by it; None when nothing changed"] = None


class ReportStore:
    """What of the store takes reports."""

    _root: Path
    _connection: SqlConnection

    def take_report(self, report: DeliveryReport, now: datetime) -> ReportOutcome:
        """Record what came back of a message, and do what it asks for. The same report counts once."""
        with DATABASE.begin_transaction(self._connection):
            return take_report(self._connection, report, read_keys(self._root), now)

    def take_likeliest(
        self, found: Sequence[DeliveryReport], now: datetime
    ) -> tuple[ReportOutcome, DeliveryReport | None]:
        """Take the first of several readings of one message that has a token of ours, and return it."""
        for report in found:
            outcome = self.take_report(report, now)
            if outcome.became != "foreign":
                return outcome, report
        return ReportOutcome(became="foreign"), None


def take_report(
    connection: SqlConnection, report: DeliveryReport, keys: Sequence[bytes], now: datetime
) -> ReportOutcome:
    """Record a report and do what it asks for; part of a transaction."""
    token = _read_token(report, keys, now)
    person = rows.find_person_by_key(connection, token.subscriber) if token else None
    if token is None or person is None:
        return ReportOutcome(became="foreign")
    round_ = _find_round(connection, token.about) if report.kind != "left" else 0
    return _apply_report(connection, report, person, round_, key=keys[0], now=now)


def take_replies(connection: SqlConnection, number: int, key: bytes, now: datetime) -> int:
    """Take what servers answered of the messages of a round that they refused for good; return how many are suppressed.

    Part of a transaction; what was taken before counts once.
    """
    refused = connection.execute(
        "SELECT subscriber, reply FROM delivery WHERE round = ? AND state IN ('failed', 'expired') AND reply != ''"
        " AND NOT EXISTS (SELECT 1 FROM report WHERE report.subscriber = delivery.subscriber"
        " AND report.round = delivery.round AND source = 'reply')",
        (number,),
    ).fetchall()
    outcomes = []
    for subscriber, reply in refused:
        person = rows.find_person_by_number(connection, subscriber)
        code, _, words = reply.partition(" ")
        if person and code[:3].isascii() and code[:3].isdigit():
            report = DeliveryReport(
                id="",
                at=now,
                source="reply",
                kind=judge_reply(int(code[:3]), words),
                status=find_status(reply),
                detail=reply[:_MOST_DETAIL],
            )
            outcomes.append(_apply_report(connection, report, person, number, key=key, now=now))
    return sum(one.state == "suppressed" for one in outcomes)


def _apply_report(
    connection: SqlConnection,
    report: DeliveryReport,
    person: Subscriber,
    round_: int,
    *,
    key: bytes,
    now: datetime,
) -> ReportOutcome:
    if not _record_report(connection, report, person, round_):
        return ReportOutcome(became="known", subscriber=person.number)
    if report.kind in _STATES:
        after, before = _STATES[report.kind]
        connection.execute(
            f"UPDATE delivery SET state = ?, at = ? WHERE round = ? AND subscriber = ?"  # noqa: S608 - marks only
            f" AND state IN ({', '.join('?' * len(before))})",
            (after, rows.to_seconds(now), round_, person.number, *before),
        )
    return ReportOutcome(
        became="taken",
        subscriber=person.number,
        state=_change_person(connection, report, person, round_, key=key, now=now),
    )


def _read_token(report: DeliveryReport, keys: Sequence[bytes], now: datetime) -> tokens.ReaderToken | None:
    """Read whom a report is about. Who sees a link in a mail can make somebody leave with it, and nothing else."""
    may_leave = report.kind in ("left", "complaint")
    found = None if report.kind == "left" else tokens.read_mailbox_token(report.token, "bounce", keys, now)
    if found is None and may_leave:
        leaving = tokens.read_mailbox_token(report.token, "leave", keys, now)
        leaving = leaving or tokens.read_token(report.token, "leave", keys, now)
        return tokens.ReaderToken(subscriber=leaving.subscriber) if leaving else None
    return found


def _find_round(connection: SqlConnection, about: int) -> int:
    """Find the round of a token, which has its number modulo 65,536; 0 when it is about none."""
    found: tuple[int | None] = connection.execute(
        "SELECT max(number) FROM round WHERE number % 65536 = ?", (about,)
    ).fetchone()
    return found[0] or 0


def _record_report(connection: SqlConnection, report: DeliveryReport, person: Subscriber, round_: int) -> bool:
    """Record a report, and return whether it is new."""
    row = (
        f"{report.source} {person.number} {round_} {report.kind} {report.id}",
        rows.to_seconds(report.at),
        *(report.source, report.kind, round_, person.number, report.status, report.detail),
    )
    new = "INSERT INTO report VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    return bool(connection.execute(new, row).rowcount)


def _change_person(
    connection: SqlConnection,
    report: DeliveryReport,
    person: Subscriber,
    round_: int,
    *,
    key: bytes,
    now: datetime,
) -> SubscriberState | None:
    how = " ".join(filter(None, (report.kind, report.status, f"({report.source})")))
    reason: SuppressionReason | None = None
    if report.kind == "complaint":
        reason = "complained"
    elif report.kind == "hard" or (report.kind == "soft" and _count_soft(connection, person, round_) >= MOST_SOFT):
        reason = "bounced"
    if reason:
        rows.add_suppression(connection, fold_mailbox(person.email), reason, now, key)
    after: SubscriberState | None = "suppressed" if reason else "left" if report.kind == "left" else None
    is_change = after == "suppressed" != person.state or (after == "left" and person.state in ("active", "pending"))
    if after and is_change:
        rows.set_state(connection, person.number, after, now, how)
    return after if is_change else None


def _count_soft(connection: SqlConnection, person: Subscriber, round_: int) -> int:
    """Count the issues in a row, back from this one, that came back; one that arrived ends the row.

    Of other issues nothing is known: they were not sent, or nobody knows whether they were.
    """
    found: tuple[int] = connection.execute(
        "SELECT count(DISTINCT report.round) FROM report JOIN round ON round.number = report.round"
        " WHERE report.subscriber = ? AND kind IN ('soft', 'hard') AND report.round <= ?"
        " AND report.round > coalesce((SELECT max(one.round) FROM delivery one WHERE one.subscriber = ?"
        " AND one.round <= ? AND one.state IN ('accepted', 'delivered') AND NOT EXISTS (SELECT 1 FROM report failed"
        " WHERE failed.subscriber = one.subscriber AND failed.round = one.round AND failed.kind IN ('soft', 'hard'))),"
        " 0) AND round.begun >= (SELECT reached FROM subscriber WHERE number = ?)",
        (person.number, round_, person.number, round_, person.number),
    ).fetchone()
    return found[0]
