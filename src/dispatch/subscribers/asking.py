"""An editor asks people whether they want the newsletter: they confirm by the link in a mail, as after the form."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from dispatch.derived import find_subscription_pages
from dispatch.errors import DeliveryError
from dispatch.model import Publication, Subscriber
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.store import Store
from dispatch.subscribers.subscriptions import Subscriptions

_COMMAND = "dispatch subscriber"


def require_pages(publication: Publication) -> None:
    """Raise DeliveryError when there is no page on which somebody could confirm."""
    if not find_subscription_pages(publication):
        hint = (
            "Say how they agreed: --confirmed WORDS. To ask them by mail, write [subscribe] consent in dispatch.toml."
        )
        raise DeliveryError("there is no page on which they could confirm", subject="dispatch.toml", hint=hint)


def ask_person(
    found: Subscriptions, email: str, now: datetime, *, name: str = "", tags: Sequence[str] = ()
) -> Subscriber:
    """Add somebody as pending, and ask them by mail. Raises DeliveryError when that must not be, or was just done."""
    address = rows.parse_address(email)
    with DATABASE.begin_transaction(found.connection):
        person = rows.find_person(found.connection, address)
        if found.is_suppressed(address, person):
            raise DeliveryError(f"{address} must not be written to")
        if person is None:
            rows.insert_person(found.connection, address, name, "pending", "", now)
        person = Store(found.publication, found.connection).require(address)
        rows.add_tags(found.connection, person.number, tags)
        if person.state == "active":
            raise DeliveryError(f"{address} is subscribed already")
        if not _ask(found, person, now):
            raise DeliveryError(f"{address} was asked within the last day", hint="Wait for an answer.")
    return person


def ask_pending(found: Subscriptions, emails: Iterable[str], now: datetime) -> Iterator[Subscriber]:
    """Ask people who are pending, all of them when nobody is named, and return those who were not asked lately."""
    store = Store(found.publication, found.connection)
    people = [store.require(email) for email in emails] or list(store.list_subscribers(state="pending"))
    for person in people:
        with DATABASE.begin_transaction(found.connection):
            is_free = person.state == "pending" and not found.is_suppressed(person.email, person)
            was_asked = is_free and _ask(found, person, now)
        if was_asked:
            yield person


def _ask(found: Subscriptions, person: Subscriber, now: datetime) -> bool:
    """Ask somebody unless they were asked lately; part of a transaction."""
    if not all(found.mail.may_send(kind, person, now) for kind in ("ask", "confirm")):
        return False
    rows.record_consent(found.connection, person.number, now, "asked", _COMMAND, found.publication.subscribe.consent)
    found.mail.send_confirmation(person, now, "ask")
    return True
