"""REPORTS: what comes back of a newsletter, read as facts. Pure.

    status     what a mail server answers while it is spoken to, and what its words mean
    arf        a complaint (RFC 5965)
    dsn        a notification of a mail server (RFC 3464)
    guess      a notification that follows no specification
    leave      a message of somebody who leaves
    ses        events of Amazon SES; sns proves who sent them
    postmark   an event of Postmark
    mailgun    an event of Mailgun, and its proof

A form of mail is a module with ``read(mail) -> DeliveryReport | None`` and a row in REPORTS, a service one with
``read(body, now)`` and a row in SERVICES. Whom a report is about is its token alone: an address in it proves nothing,
and without a token nobody is touched.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, cast

from dispatch.bounces.status import judge_reply as judge_reply
from dispatch.model import DeliveryReport

if TYPE_CHECKING:
    from dispatch.bounces.messages import ReturnedMail

ReadMail = Callable[["ReturnedMail"], DeliveryReport | None]
ReadEvent = Callable[[bytes, datetime], tuple[DeliveryReport, ...]]


def _load_form(name: str) -> ReadMail:
    """The form of that name; its module is imported when it is first needed."""
    return lambda mail: cast("ReadMail", import_module(f"dispatch.bounces.{name}").read)(mail)


def _load_service(name: str) -> ReadEvent:
    return lambda body, now: cast("ReadEvent", import_module(f"dispatch.bounces.{name}").read)(body, now)


# What knows a message best comes first: a guess late, and last what any message to such an address may be.
REPORTS: Mapping[str, ReadMail] = {name: _load_form(name) for name in ("arf", "dsn", "guess", "leave")}
SERVICES: Mapping[str, ReadEvent] = {name: _load_service(name) for name in ("ses", "postmark", "mailgun")}


def read_mail(body: bytes, now: datetime, *, recipient: str = "") -> tuple[DeliveryReport, ...]:
    """Read a message that a mail server brought: what it may be, the likeliest first, and nothing when it is no report.

    At most one of them holds: whose token it has, and of which purpose, only the key tells. recipient: the address to
    which it came, where the mail server says so.
    """
    from dispatch.bounces.messages import parse_mail

    mail = parse_mail(body, recipient, now)
    return tuple(found for read in REPORTS.values() if (found := read(mail))) if mail else ()
