"""What readers do to their own subscription on its pages: each in one transaction, with the mail that it causes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from dispatch.mail_addresses import fold_mailbox
from dispatch.model import ConsentKind, Link, Publication, Subscriber
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE, read_keys
from dispatch.subscribers.own_data import OwnData
from dispatch.subscribers.store import Store
from dispatch.tokens import read_token

RETURNS = timedelta(days=1)
_BY_LINK = "the link in a mail"  # how somebody left who may undo it
_OFTEN = 0.02  # seconds between two looks whether a message is on its way


class LatestConsent(NamedTuple):
    """The last thing that somebody said or did."""

    kind: ConsentKind
    at: datetime
    way: str
    words: str


class Confirmable(NamedTuple):
    """What a link would confirm: that somebody wants the newsletter, or that an address is theirs."""

    address: str
    is_new: bool


@contextmanager
def open_subscriptions(publication: Publication, keys: tuple[bytes, ...]) -> Iterator["Subscriptions"]:
    """Open the publication's subscribers for its pages, for one thread. Raises DeliveryError."""
    with DATABASE.open_connection(publication.root) as connection:
        yield Subscriptions(publication, connection, keys)


def load_keys(publication: Publication) -> tuple[bytes, ...]:
    """Load the publication's secret keys, or make the first. Raises DeliveryError."""
    with DATABASE.open_connection(publication.root) as connection, DATABASE.begin_transaction(connection):
        return read_keys(publication.root)


@dataclass(frozen=True)
class Subscriptions(OwnData):
    """The subscribers as they use the pages. Nothing here makes somebody active who has not said so twice."""

    patience: Annotated[float, "seconds after which leaving is answered, though a message is still on its way"] = 1.0

    def find_confirmable(self, token: str, now: datetime) -> Confirmable | None:
        """Find what a link would confirm; None when it does nothing. Writes nothing."""
        read, reader = read_token(token, "confirm", self.keys, now), self.find_reader(token, "confirm", now)
        if read is None or reader is None or self.is_suppressed(reader.email, reader):
            return None
        if read.about:
            address = self.mail.find_new_address(read, now)
            return Confirmable(address, is_new=True) if address else None
        is_asked = reader.state == "active" or self._read_latest(reader).kind == "asked"
        return Confirmable(reader.email, is_new=False) if is_asked else None

    def sign_up(self, email: str, now: datetime, *, words: str, page: str) -> bytes | None:
        """Ask whoever has this address whether they want the newsletter; return their key, or one that looks like it.

        Nobody learns from what this returns whether the address is known; it is None when too many ask. Raises
        DeliveryError when it is no address.
        """
        address = rows.parse_address(email)
        with DATABASE.begin_transaction(self.connection):
            if self.mail.is_flooded(now):
                return None
            person = rows.find_person(self.connection, address)
            if self.is_suppressed(address, person):
                return rows.digest_address(fold_mailbox(address), self.keys[0])[:8]
            if person is None:
                rows.insert_person(self.connection, address, "", "pending", "", now)
                person = Store(self.publication, self.connection).require(address)
            if person.state == "active":
                self.mail.send_links(person, now)
            elif self.mail.may_send("confirm", person, now):
                rows.record_consent(self.connection, person.number, now, "asked", rows.FORM + page, words)
                self.mail.send_confirmation(person, now)
            return rows.find_person_key(self.connection, person.number)

    def confirm(self, token: str, now: datetime, *, latest: Link | None = None, ip: str = "") -> Subscriber | None:
        """Make somebody active who has asked for it, or change their address; None when the link does nothing."""
        with DATABASE.begin_transaction(self.connection):
            person, found = self.find_reader(token, "confirm", now), self.find_confirmable(token, now)
            if person is None or found is None:
                return None
            if found.is_new:
                return self.move(person, found.address, now)
            if person.state != "active":  # an old link does not bring back who has left since
                asked = self._read_latest(person)
                self._activate(person, now, "confirmed", asked.way, asked.words, ip)
                if self.publication.subscribe.welcome:
                    self.mail.send_welcome(person, latest, now)
            return self.find_reader(token, "confirm", now)

    def leave(self, token: str, now: datetime) -> Subscriber | None:
        """Record that somebody has left, however often they say so; nothing that has not begun is sent after it."""
        until = time.monotonic() + self.patience
        with DATABASE.begin_transaction(self.connection):
            person = self.find_reader(token, "leave", now)
            if person and person.state in ("active", "pending"):
                how = _BY_LINK if person.state == "active" else f"{_BY_LINK}, before confirming"
                rows.set_state(self.connection, person.number, "left", now, how)
        if person:
            self._await_sending(person, until)
        return self.find_reader(token, "leave", now)

    def can_return(self, reader: Subscriber, now: datetime) -> bool:
        """Whether somebody has just left by the link in a mail, and may undo that."""
        last = self._read_latest(reader)
        is_recent = (last.kind, last.way) == ("left", _BY_LINK) and now - last.at < RETURNS
        return reader.state == "left" and is_recent and not self.is_suppressed(reader.email, reader)

    def undo_leaving(self, token: str, now: datetime) -> bool:
        """Make somebody active again who has just left by mistake, and return whether they are."""
        with DATABASE.begin_transaction(self.connection):
            person = self.find_reader(token, "leave", now)
            if person and self.can_return(person, now):
                self._activate(person, now, "returned", _BY_LINK, "", "")
                return True
            return person is not None and person.state == "active"

    def send_links(self, email: str, now: datetime) -> bool:
        """Mail somebody the links to their own subscription, if there is one; return whether not too many ask.

        Raises DeliveryError when it is no address.
        """
        address = rows.parse_address(email)
        with DATABASE.begin_transaction(self.connection):
            if self.mail.is_flooded(now):
                return False
            person = rows.find_person(self.connection, address)
            if person and not self.is_suppressed(address, person):
                self.mail.send_links(person, now)
        return True

    def _activate(self, person: Subscriber, now: datetime, what: ConsentKind, how: str, words: str, ip: str) -> None:
        self.connection.execute("UPDATE subscriber SET state = 'active' WHERE number = ?", (person.number,))
        rows.record_consent(self.connection, person.number, now, what, how, words, ip=ip)

    def _read_latest(self, person: Subscriber) -> LatestConsent:
        found = Store(self.publication, self.connection).list_consents(person)[-1:]
        return next(
            (LatestConsent(one.what, one.at, one.how, one.words) for one in found),
            LatestConsent("imported", person.since, "", ""),
        )

    def _await_sending(self, person: Subscriber, until: float) -> None:
        """Wait for a message to somebody that has begun, so that nothing comes after the answer."""
        begun = "SELECT 1 FROM delivery WHERE subscriber = ? AND state = 'sending' LIMIT 1"
        while self.connection.execute(begun, (person.number,)).fetchone() and time.monotonic() < until:
            time.sleep(_OFTEN)
