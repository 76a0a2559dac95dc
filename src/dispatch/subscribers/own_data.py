"""What readers see and change of their own data, on the page of their settings."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated

from dispatch.databases import SqlConnection
from dispatch.mail_addresses import fold_mailbox
from dispatch.model import Publication, Subscriber
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.reader_mail import ReaderMail
from dispatch.subscribers.store import Store
from dispatch.tokens import Purpose, read_token


@dataclass(frozen=True)
class OwnData:
    """The subscribers, as each of them has to do with what is known of them."""

    publication: Publication
    connection: SqlConnection
    keys: Annotated[tuple[bytes, ...], "of tokens and addresses, the oldest first"]

    @cached_property
    def mail(self) -> ReaderMail:
        """The mails that come of it."""
        return ReaderMail(self.publication, self.connection, self.keys)

    def find_reader(self, token: str, purpose: Purpose, now: datetime) -> Subscriber | None:
        """Find whose link it is; None for one that is not ours, has ended, or whose reader was erased."""
        read = read_token(token, purpose, self.keys, now)
        return rows.find_person_by_key(self.connection, read.subscriber) if read else None

    def is_suppressed(self, address: str, person: Subscriber | None) -> bool:
        """Whether an address must not be written to, or somebody who has it."""
        found = rows.find_suppression(self.connection, fold_mailbox(address), self.keys[0])
        return found is not None or (person is not None and person.state == "suppressed")

    def change(self, reader: Subscriber, now: datetime, *, name: str, language: str, email: str) -> bool:
        """Change what is known of somebody; return whether a new address waits for its confirmation.

        Raises DeliveryError when it is no address.
        """
        address = rows.parse_address(email)
        with DATABASE.begin_transaction(self.connection):
            values = (" ".join(name.split())[:100], language, reader.number)
            self.connection.execute("UPDATE subscriber SET name = ?, language = ? WHERE number = ?", values)
            if fold_mailbox(address) == fold_mailbox(reader.email):
                self.connection.execute("UPDATE subscriber SET email = ? WHERE number = ?", (address, reader.number))
                return False
            may_send = self.mail.may_send("move", reader, now) and not self.mail.is_flooded(now)
            if may_send and not self.is_suppressed(address, None):
                self.mail.send_new_address(reader, address, now)
        return True

    def describe(self, reader: Subscriber) -> dict[str, object]:
        """Describe all that is known of somebody, for themselves (GDPR, article 15)."""
        consents = Store(self.publication, self.connection).list_consents(reader)
        kept = "SELECT ip FROM consent WHERE subscriber = ? ORDER BY rowid"
        told = [
            {
                "at": one.at.isoformat(),
                "what": one.what,
                "how": one.how,
                "words": one.words,
                **({"ip": ip} if ip else {}),
            }
            for one, (ip,) in zip(consents, self.connection.execute(kept, (reader.number,)), strict=True)
        ]
        known = {name: getattr(reader, name) for name in ("email", "name", "language", "state")}
        reached = rows.find_last_accepted(self.connection, reader.number)
        last = {"last_accepted": reached.isoformat()} if reached else {}
        return {**known, "since": reader.since.isoformat(), **last, "tags": list(reader.tags), "consents": told}

    def erase(self, reader: Subscriber, now: datetime) -> None:
        """Erase all that is known of somebody (GDPR, article 17)."""
        Store(self.publication, self.connection).forget(reader.email, now)

    def move(self, person: Subscriber, address: str, now: datetime) -> Subscriber | None:
        """Give somebody the address that they have confirmed; None when it is somebody else's."""
        other = rows.find_person(self.connection, address)
        if self.is_suppressed(address, other) or (other and other.number != person.number and other.state != "pending"):
            return None
        if other is None or other.number != person.number:
            rows.delete_people(self.connection, [other.number] if other else [])
            values = (address, fold_mailbox(address), person.number)
            self.connection.execute("UPDATE subscriber SET email = ?, same = ? WHERE number = ?", values)
            self.mail.send_farewell(person, now)
        return rows.find_person(self.connection, address)
