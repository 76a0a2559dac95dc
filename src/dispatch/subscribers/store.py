"""The subscribers as those who edit, send and serve use them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from dispatch.databases import SqlConnection
from dispatch.errors import DeliveryError
from dispatch.mail_addresses import fold_mailbox
from dispatch.model import Consent, DeliveryReport, ListedPerson, Publication, Subscriber, SubscriberState
from dispatch.subscribers import importing, rows
from dispatch.subscribers.database import DATABASE, read_key
from dispatch.subscribers.importing import ListReport
from dispatch.subscribers.reports import ReportStore
from dispatch.subscribers.suppressions import SuppressionStore


@contextmanager
def open_store(publication: Publication) -> Iterator["Store"]:
    """Open the publication's subscribers, or begin them, for as long as the ``with`` lasts and for one thread.

    Raises DeliveryError when the file cannot be used, with the way out; so does everything of the Store.
    """
    with DATABASE.open_connection(publication.root) as connection:
        yield Store(publication, connection)


def take_reports(publication: Publication, found: Iterable[DeliveryReport], now: datetime) -> None:
    """Record what a mail service has said of deliveries. Raises DeliveryError."""
    with open_store(publication) as store:
        for report in found:
            store.take_report(report, now)


class Store(ReportStore, SuppressionStore):
    """Who gets the newsletter. Every method that writes does so in one transaction."""

    def __init__(self, publication: Publication, connection: SqlConnection) -> None:
        """Only for ``open_store``."""
        self._root = publication.root
        self._connection = connection

    def import_people(
        self,
        people: Iterable[ListedPerson],
        now: datetime,
        *,
        how: str,
        words: str = "",
        otherwise: SubscriberState = "pending",
        is_dry: bool = False,
        on_progress: Callable[[int], None] = lambda _: None,
    ) -> ListReport:
        """Add the people of a list, all or nobody; nobody becomes more than they are here.

        how: where the list came from. words: how they agreed, as consent is recorded. otherwise: the state of whom the
        list says nothing about. is_dry: write nothing, and report all the same.
        """
        report = ListReport()
        with suppress(_DryRun), DATABASE.begin_transaction(self._connection):
            importing.ListImport(
                connection=self._connection,
                key=read_key(self._root),
                is_guarded=rows.has_suppressions(self._connection),
                now=now,
                how=how,
                words=words,
                otherwise=otherwise,
                report=report,
            ).run(people, on_progress)
            if is_dry:
                report.batch = 0
                raise _DryRun
        return report

    def undo_import(self, batch: int) -> tuple[int, int]:
        """Remove whom an import added (``importing.undo_import``)."""
        return importing.undo_import(self._connection, batch)

    def add(self, email: str, now: datetime, *, words: str, name: str = "", tags: Sequence[str] = ()) -> Subscriber:
        """Add somebody who has agreed, as ``words`` say; who has left returns, for they have said so.

        Raises DeliveryError when it is no address, or one that must not be written to.
        """
        with DATABASE.begin_transaction(self._connection):
            address, known = rows.parse_address(email), rows.find_person(self._connection, email)
            reason = rows.find_suppression(self._connection, fold_mailbox(address), read_key(self._root))
            if reason or (known and known.state == "suppressed"):
                hint = "When they ask for it themselves: dispatch suppression remove ADDRESS"
                raise DeliveryError(f"{address} must not be written to ({reason or 'suppressed'})", hint=hint)
            if known is None:
                number = rows.insert_person(self._connection, address, name, "active", "", now)
            else:
                number, values = known.number, (name or known.name, known.number)
                self._connection.execute("UPDATE subscriber SET state = 'active', name = ? WHERE number = ?", values)
            rows.record_consent(self._connection, number, now, "confirmed", "dispatch subscriber add", words)
            rows.add_tags(self._connection, number, tags)
        return self.require(email)

    def require(self, email: str) -> Subscriber:
        """Return who has this address. Raises DeliveryError when there is nobody."""
        found = rows.find_person(self._connection, email)
        if found is None:
            raise DeliveryError(f"there is no subscriber {email}", hint="To see who there is: dispatch subscriber list")
        return found

    def list_subscribers(self, *, state: SubscriberState | None = None, tag: str = "") -> Iterator[Subscriber]:
        """List who there is, in the order in which they came."""
        found = self._connection.execute(
            "SELECT number, email, state, since, name, language FROM subscriber WHERE list = ? AND ? IN ('', state)"
            " AND (? = '' OR number IN (SELECT subscriber FROM tag WHERE tag = ?)) ORDER BY number",
            (rows.LIST, state or "", tag, tag),
        )
        return (rows.make_person(self._connection, row) for row in found)

    def list_consents(self, person: Subscriber) -> list[Consent]:
        """List what somebody said and did about getting the newsletter, the oldest first."""
        found = self._connection.execute(
            "SELECT at, what, how, coalesce(text, '') FROM consent LEFT JOIN words ON words.number = consent.words"
            " WHERE subscriber = ? ORDER BY consent.rowid",
            (person.number,),
        )
        return [Consent(at=rows.to_moment(at), what=what, how=how, words=words) for at, what, how, words in found]

    def list_proofs(self, email: str) -> list[Consent]:
        """List how whoever had this address had agreed, who was erased. Raises DeliveryError when it is no address."""
        same = fold_mailbox(rows.parse_address(email))
        with DATABASE.begin_transaction(self._connection):
            return rows.list_proofs(self._connection, same, read_key(self._root))

    def find_last_accepted(self, person: Subscriber) -> datetime | None:
        """Find when a server last took an issue for somebody; None when none did."""
        return rows.find_last_accepted(self._connection, person.number)

    def tag(self, email: str, *, add: Sequence[str] = (), drop: Sequence[str] = ()) -> Subscriber:
        """Give somebody words of the publication's own, and take such away. Raises DeliveryError."""
        with DATABASE.begin_transaction(self._connection):
            number = self.require(email).number
            for one in drop:
                self._connection.execute("DELETE FROM tag WHERE subscriber = ? AND tag = ?", (number, one))
            rows.add_tags(self._connection, number, add)
        return self.require(email)

    def remove(self, email: str, now: datetime) -> Subscriber:
        """Record that somebody has left: no more mail, and no import brings them back. Raises DeliveryError."""
        with DATABASE.begin_transaction(self._connection):
            person = self.require(email)
            if person.state in ("active", "pending"):
                rows.set_state(self._connection, person.number, "left", now, "dispatch subscriber remove")
        return self.require(email)

    def forget(self, email: str, now: datetime) -> bool:
        """Erase all that is known of an address, and suppress it; return whether anything was (GDPR, article 17).

        A keyed digest stays, so that no import brings the address back; nobody can read it from that. By it is kept,
        for three years, how they had agreed.
        """
        with DATABASE.begin_transaction(self._connection):
            person, key = rows.find_person(self._connection, email), read_key(self._root)
            if person:
                rows.keep_proof(self._connection, person, now, key)
                rows.delete_people(self._connection, [person.number])
            rows.add_suppression(self._connection, fold_mailbox(rows.parse_address(email)), "erased", now, key)
        DATABASE.drop_log(self._connection)
        return person is not None


class _DryRun(Exception):  # noqa: N818 - no error: what was tried is taken back
    pass
