"""Bring a published issue to its subscribers, once: freeze, send, settle.

    with deliver.open_outbound(publication, clock, command="dispatch send") as outbound:
        octets = outbound.prepare_message(issue, begun)
        report = outbound.send_round(outbound.begin_round(issue, octets, begun), server, stop)

rounds.py      a round is begun, tested, gone on with; the store is open for one process
guards.py      what refuses an old copy of a store, another machine, what was sent
way_back.py    whether the way to leave leads to this store
sending.py     the ledger that all connections wait for
event_loop.py  runs the connections, in one thread
connection.py  one connection to the mail server
outcomes.py    what a server's answer means
due.py         what is due now
notices.py     mails to single readers
returned.py    the mailbox of what comes back
budget.py      how many messages in which time
handing_over.py  a draft for a service that keeps the list and sends: listmonk.py, buttondown.py
"""

from dispatch.deliver.buttondown import make_buttondown
from dispatch.deliver.due import DueReport, send_due
from dispatch.deliver.handing_over import ListService, ServiceDraft, ServiceMail, hand_over, make_service_mail
from dispatch.deliver.listmonk import make_listmonk
from dispatch.deliver.notices import has_notices, send_notices
from dispatch.deliver.rounds import (
    LOCK,
    Outbound,
    list_doubts,
    open_for_notices,
    open_outbound,
    prepare_proven,
    send_one,
)
from dispatch.deliver.sending import SendReport
from dispatch.deliver.way_back import require_way_back

__all__ = [
    "LOCK",
    "DueReport",
    "ListService",
    "Outbound",
    "SendReport",
    "ServiceDraft",
    "ServiceMail",
    "hand_over",
    "has_notices",
    "list_doubts",
    "make_buttondown",
    "make_listmonk",
    "make_service_mail",
    "open_for_notices",
    "open_outbound",
    "prepare_proven",
    "require_way_back",
    "send_due",
    "send_notices",
    "send_one",
]
