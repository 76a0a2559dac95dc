"""What keeps a round from going out twice when files, stores and machines are copied: refusals, with the way out.

A store is restored, a folder is copied to another machine, a colleague has sent from hers: no ledger within one store
sees that. So the marks that were ever made are counted beside the store, the store knows its machine, and dispatch.lock
remembers from which store an issue went out.
"""

import secrets
import sqlite3

from dispatch import ledger
from dispatch.errors import DeliveryError
from dispatch.model import Publication
from dispatch.subscribers import deliveries
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.high_water import HighWater, name_place

_TAKE_OVER = (
    "If you are certain that nothing went out from elsewhere, add --take-over; some may get it twice otherwise."
)


def require_current_store(
    publication: Publication, connection: sqlite3.Connection, high_water: HighWater, *, takes_over: bool
) -> str:
    """Require that this store is not an old copy, and not on another machine; return its name, as the lock has it.

    takes_over: somebody has said that it is meant. Raises DeliveryError.
    """
    host = name_place(publication.root)
    with DATABASE.begin_transaction(connection):
        store = deliveries.read_meta(connection, "store") or secrets.token_hex(8)
        known_host = deliveries.read_meta(connection, "host") or host
        marks = deliveries.count_marks(connection)
        if not takes_over:
            if high_water.read_marks() > marks:
                what = f"knows {marks} messages, and {high_water.read_marks()} were begun: an old copy was put back"
                hint = f"Put the newest copy in its place. {_TAKE_OVER}"
                raise DeliveryError(what, subject=DATABASE.file.as_posix(), hint=hint)
            if known_host != host:
                what = "was used on another machine, or in another folder"
                hint = f"Send from there, where people leave the list. {_TAKE_OVER}"
                raise DeliveryError(what, subject=DATABASE.file.as_posix(), hint=hint)
        deliveries.write_meta(connection, "store", store)
        deliveries.write_meta(connection, "host", host)
    if takes_over:
        high_water.write_marks(marks)
    return store


def require_unsent(
    publication: Publication, issue_id: str, slug: str, store: str, *, is_known: bool, takes_over: bool
) -> None:
    """Require that dispatch.lock does not say that an issue went out, or is on its way from elsewhere.

    is_known: this store has a round of it. Raises DeliveryError.
    """
    for one in sorted(ledger.read_records(publication), key=lambda one: one.kind, reverse=True):  # what was sent first
        if one.id != issue_id or one.kind not in ("round", "sent") or takes_over:
            continue
        day = f"{one.published:%Y-%m-%d}" if one.published else "before"
        if one.kind == "sent" and not (is_known and one.url == store):
            raise DeliveryError(f"was sent on {day}", address=slug, hint=_TAKE_OVER)
        if one.url != store:
            what = f"is on its way since {day} from another store: another machine, or another copy of .dispatch"
            raise DeliveryError(what, address=slug, hint=f"Finish it there. {_TAKE_OVER}")
        if not is_known:
            what = f"is on its way since {day}, and this store does not know it: an old copy was put back"
            raise DeliveryError(what, address=slug, hint=f"Put the newest copy in its place. {_TAKE_OVER}")
