"""Bring in a list of subscribers from elsewhere: nobody becomes more than they are here, and it can be undone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from dispatch.databases import SqlConnection
from dispatch.errors import DeliveryError
from dispatch.mail_addresses import fold_mailbox, parse_mailbox
from dispatch.model import ListedPerson, SubscriberState
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE

_MOST_TOLD = 100  # refused rows that are told one by one
_EVERY = 10_000  # rows between two words about how far it is


@dataclass(kw_only=True)
class ListReport:
    """What became of the rows of a list."""

    batch: Annotated[int, "its number, to undo it; 0 when nothing was written"] = 0
    added: Annotated[int, "who is in the store now, and was not"] = 0
    known: Annotated[int, "who was there, and stays as they were"] = 0
    kept: Annotated[dict[SubscriberState, int], "who would be active again, and stays what they are"] = field(
        default_factory=dict
    )
    lowered: Annotated[int, "who was active, and has left or cannot be written to, as the list says"] = 0
    suppressed: Annotated[int, "whose address must not be written to, and is not added"] = 0
    refused: Annotated[int, "rows without an address that there can be"] = 0
    reasons: Annotated[list[tuple[int, str, str]], "the first refused rows: line, what stands there, why"] = field(
        default_factory=list
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListImport:
    """What is the same for all rows of a list."""

    connection: SqlConnection
    key: Annotated[bytes, "of the digests of addresses"]
    is_guarded: Annotated[bool, "whether any address is suppressed"]
    now: datetime
    how: Annotated[str, "where the list came from"]
    words: Annotated[str, "how they agreed; empty when nobody said"]
    otherwise: Annotated[SubscriberState, "the state of whom the list says nothing about"]
    report: ListReport

    def run(self, people: Iterable[ListedPerson], on_progress: Callable[[int], None]) -> None:
        """Import all rows; part of a transaction."""
        self.report.batch = rows.insert_row(
            self.connection, "INSERT INTO batch (at, how) VALUES (?, ?)", rows.to_seconds(self.now), self.how
        )
        words = rows.find_words(self.connection, self.words)
        consent: rows.ConsentValues = (rows.to_seconds(self.now), "imported", self.how, words, self.report.batch, "")
        for number, person in enumerate(people, 1):
            self._import_person(person, consent)
            if number % _EVERY == 0:
                on_progress(number)

    def _import_person(self, person: ListedPerson, consent: rows.ConsentValues) -> None:
        report = self.report
        try:
            email = parse_mailbox(person.email)
        except ValueError as error:
            report.refused += 1
            if report.refused <= _MOST_TOLD:
                report.reasons.append((person.line, person.email[:100], str(error)))
            return
        same, state = fold_mailbox(email), person.state or self.otherwise
        known: tuple[int, SubscriberState] | None = self.connection.execute(
            "SELECT number, state FROM subscriber WHERE list = ? AND same = ?", (rows.LIST, same)
        ).fetchone()
        if known:
            self._meet_known(*known, state)
        elif self.is_guarded and rows.find_suppression(self.connection, same, self.key):
            report.suppressed += 1
        else:
            since = person.since or self.now
            number = rows.insert_person(self.connection, email, person.name, state, person.language, since, same=same)
            rows.insert_consent(self.connection, number, consent)
            rows.add_tags(self.connection, number, person.tags)
            report.added += 1

    def _meet_known(self, number: int, was: SubscriberState, state: SubscriberState) -> None:
        """Leave somebody what they are, unless the list says that they have left, or cannot be written to."""
        report, is_gone = self.report, was in ("left", "suppressed")
        if state in ("left", "suppressed") and not is_gone:
            rows.set_state(self.connection, number, state, self.now, self.how, report.batch)
            report.lowered += 1
        elif state in ("active", "pending") and is_gone:
            report.kept[was] = report.kept.get(was, 0) + 1
        else:
            report.known += 1


def undo_import(connection: SqlConnection, batch: int) -> tuple[int, int]:
    """Remove whom an import added; return how many were removed, and how many not: of them more is known by now.

    Who has left, or was suppressed, as the list said, stays so. Raises DeliveryError when there is no such import.
    """
    with DATABASE.begin_transaction(connection):
        if not connection.execute("SELECT 1 FROM batch WHERE number = ?", (batch,)).fetchone():
            raise DeliveryError(f"there is no import {batch}", hint="dispatch subscriber import says its number.")
        added = connection.execute(
            "SELECT one.subscriber, count(*) FROM consent one JOIN consent every USING (subscriber)"
            " WHERE one.batch = ? AND one.what = 'imported' GROUP BY one.subscriber",
            (batch,),
        ).fetchall()
        untouched = [number for number, consents in added if consents == 1]
        rows.delete_people(connection, untouched)
    return len(untouched), len(added) - len(untouched)
