"""Mails to single readers that a page or a command has caused: sent before all rounds, each at most once."""

import re
import threading
from contextlib import ExitStack, closing
from datetime import datetime
from email.utils import format_datetime

from dispatch import locks
from dispatch.deliver.outcomes import judge_outcome
from dispatch.deliver.rounds import NOBODY, Outbound, open_conversation
from dispatch.errors import LockedError
from dispatch.formats.eml import parse_address
from dispatch.smtp import Conversation, Envelope, ServerReply, Submission, finish_text
from dispatch.subscribers import notices
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.deliveries import DuePerson

_DATE = re.compile(rb"^Date:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n", re.MULTILINE | re.IGNORECASE)
LOCK = "notices"  # the lock of whoever sends them: a round, which may take hours, does not hold them up


def has_notices(outbound: Outbound) -> bool:
    """Whether a mail to a single reader is due."""
    return bool(notices.list_due(outbound.connection, outbound.clock(), 1))


def send_notices(outbound: Outbound, server: Submission, stop: threading.Event) -> int:
    """Send the mails that are due to single readers; return how many were taken: none while another process does.

    Raises DeliveryError.
    """
    try:
        with (
            locks.hold_lock(outbound.publication.root, LOCK, command="dispatch", patience=0),
            DATABASE.hold_duty(outbound.connection) as is_ours,
        ):
            return _send_waiting(outbound, server, stop) if is_ours else 0
    except LockedError:
        return 0


def _send_waiting(outbound: Outbound, server: Submission, stop: threading.Event) -> int:
    notices.mark_interrupted(outbound.connection)
    waiting = notices.list_due(outbound.connection, outbound.clock())
    if not waiting:
        return 0
    taken = 0
    with ExitStack() as opened:
        talk = opened.enter_context(closing(open_conversation(server)))
        for number, (notice, key, attempts) in enumerate(waiting, 1):
            if stop.is_set():
                break
            person = DuePerson(notice.subscriber, notice.email, "", key or NOBODY, attempts)
            reply = _send_notice(outbound, talk, notice.number, person, set_date(notice.message, outbound.clock()))
            taken += reply.is_accepted
            if reply.code in (0, 421) and number < len(waiting):
                talk.close()
                talk = opened.enter_context(closing(open_conversation(server)))
        talk.say_goodbye()
    return taken


def _send_notice(outbound: Outbound, talk: Conversation, number: int, person: DuePerson, text: bytes) -> ServerReply:
    """Send one, marked before its text begins, and write down what became of it."""
    mailbox = parse_address(person.email, outbound.publication).addr_spec
    _, opened = talk.take_turn(None, Envelope(outbound.write_sender(person.key, 0), mailbox, len(text)))
    reply = opened
    if opened and opened.code == 354:
        notices.mark_sending(outbound.connection, number, outbound.clock())
        reply, _ = talk.take_turn(finish_text(text), None)
    assert reply is not None  # noqa: S101 - an envelope or a text was given
    if reply.code in (0, 421) and reply.step != "text":
        return reply
    result = judge_outcome(reply, person, outbound.clock())
    notices.settle_notice(outbound.connection, number, result, outbound.clock())
    return reply


def set_date(message: bytes, now: datetime) -> bytes:
    """Set the moment of a finished message."""
    date = f"Date: {format_datetime(now)}\r\n".encode("ascii")
    head, blank, body = message.partition(b"\r\n\r\n")
    head = _DATE.sub(b"", head + b"\r\n").removesuffix(b"\r\n")
    return date + head + blank + body
