"""Addresses that must not be written to, whoever asks: kept as digests, so that nobody can read them."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from dispatch.databases import SqlConnection
from dispatch.mail_addresses import fold_mailbox
from dispatch.model import Suppression
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE, read_key


class SuppressionStore:
    """What of the store knows them."""

    _root: Path
    _connection: SqlConnection

    def suppress(self, emails: Iterable[str], now: datetime) -> int:
        """Make sure that nobody writes to these addresses; return how many are new. Raises DeliveryError."""
        added = 0
        with DATABASE.begin_transaction(self._connection):
            key = read_key(self._root)
            for email in emails:
                same = fold_mailbox(rows.parse_address(email))
                added += rows.add_suppression(self._connection, same, "listed", now, key)
            found = self._connection.execute("SELECT number, same FROM subscriber WHERE state IN ('active', 'pending')")
            for number, same in found.fetchall() if added else ():
                if rows.find_suppression(self._connection, same, key):
                    rows.set_state(self._connection, number, "suppressed", now, "dispatch suppression")
        return added

    def allow(self, email: str) -> bool:
        """Take an address off the suppressed ones, and return whether it was one; who has it may sign up again."""
        with DATABASE.begin_transaction(self._connection):
            digest = rows.digest_address(fold_mailbox(rows.parse_address(email)), read_key(self._root))
            dropped = self._connection.execute("DELETE FROM suppression WHERE digest = ?", (digest,)).rowcount
            person = rows.find_person(self._connection, email)
            is_person = person is not None and person.state == "suppressed"
            if person and is_person:
                self._connection.execute("UPDATE subscriber SET state = 'left' WHERE number = ?", (person.number,))
        return bool(dropped) or is_person

    def list_suppressions(self) -> list[Suppression]:
        """List the addresses that must not be written to, by their digests, the oldest first."""
        found = self._connection.execute("SELECT digest, reason, at FROM suppression ORDER BY at, digest")
        return [Suppression(digest=digest.hex(), reason=reason, at=rows.to_moment(at)) for digest, reason, at in found]
