"""What keeps a round from going out twice when files, stores and machines are copied: refusals, with the way out.

A store is restored, a folder is copied to another machine, a colleague has sent from hers: no ledger within one store
sees that. So the marks that were ever made are counted beside the store, the store knows its machine, and dispatch.lock
remembers from which store an issue went out.
"""

import secrets

from dispatch import ledger, links
from dispatch.databases import SqlConnection
from dispatch.errors import DeliveryError
from dispatch.model import Publication, Record
from dispatch.subscribers import deliveries
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.high_water import HighWater, name_place

_TAKE_OVER = (
    "If you are certain that nothing went out from elsewhere, add --take-over; some may get it twice otherwise."
)


def require_current_store(
    publication: Publication, connection: SqlConnection, high_water: HighWater, *, takes_over: bool
) -> str:
    """Require that this store is not an old copy, and not on another machine; return its name, as the lock has it.

    takes_over: somebody has said that it is meant. Raises DeliveryError.
    """
    host = DATABASE.name_place(connection) or name_place(publication.root)
    with DATABASE.begin_transaction(connection):
        store = deliveries.read_meta(connection, "store") or secrets.token_hex(8)
        known_host = deliveries.read_meta(connection, "host") or host
        marks = deliveries.fold_marks(connection)
        if not takes_over:
            if high_water.read_marks() > marks:
                what = f"knows {marks} messages, and {high_water.read_marks()} were begun: an old copy was put back"
                hint = f"Put the newest copy in its place. {_TAKE_OVER}"
                raise DeliveryError(what, subject=DATABASE.subject, hint=hint)
            if known_host != host:
                what = "was used on another machine, or in another folder"
                hint = f"Send from there, where people leave the list. {_TAKE_OVER}"
                raise DeliveryError(what, subject=DATABASE.subject, hint=hint)
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
    for one in () if takes_over else _list_rounds(publication, issue_id):
        if one.kind == "sent" and not (is_known and one.url == store):
            raise _make_sent_error(one, slug)
        if one.url != store:
            raise _make_elsewhere_error(one, slug)
        if not is_known:
            what = f"is on its way since {_name_day(one)}, and this store does not know it: an old copy was put back"
            raise DeliveryError(what, address=slug, hint=f"Put the newest copy in its place. {_TAKE_OVER}")


def find_drafts(publication: Publication, issue_id: str, slug: str, site: str, *, takes_over: bool) -> tuple[str, ...]:
    """Find the drafts of an issue that dispatch.lock knows at a mail service, by address, the newest first.

    site: the beginning of the service's addresses. Raises DeliveryError when the issue went out, or is elsewhere.
    """
    found = [*_list_rounds(publication, issue_id)]
    for one in () if takes_over else found:
        if one.kind == "sent":
            raise _make_sent_error(one, slug)
        if not one.url.startswith(site):
            raise _make_elsewhere_error(one, slug)
    drafts = (one for one in found if one.kind == "round" and one.url.startswith(site))
    return tuple(one.url for one in sorted(drafts, key=lambda one: str(one.published), reverse=True))


def _list_rounds(publication: Publication, issue_id: str) -> list[Record]:
    """List the lines of an issue about rounds, that it was sent first."""
    known = (one for one in ledger.read_records(publication) if one.id == issue_id and one.kind in ("round", "sent"))
    return sorted(known, key=lambda one: one.kind, reverse=True)


def _make_sent_error(one: Record, slug: str) -> DeliveryError:
    by = f" by {one.url}" if links.is_web_address(one.url) else ""
    return DeliveryError(f"was sent on {_name_day(one)}{by}", address=slug, hint=_TAKE_OVER)


def _make_elsewhere_error(one: Record, slug: str) -> DeliveryError:
    if links.is_web_address(one.url):
        what, hint = f"was handed over to {one.url} on {_name_day(one)}", "Send it there, or delete it there."
    else:
        what = f"is on its way since {_name_day(one)} from another store: another machine, or another copy of .dispatch"
        hint = "Finish it there."
    return DeliveryError(what, address=slug, hint=f"{hint} {_TAKE_OVER}")


def _name_day(one: Record) -> str:
    return f"{one.published:%Y-%m-%d}" if one.published else "before"
