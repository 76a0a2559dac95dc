"""Read a message that came back, however it is broken, and find in it whom it is about. Pure."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message
from functools import cached_property
from typing import Annotated, Final

from dispatch.model import DeliveryReport, ReportKind, ReportSource

MOST_BYTES: Final = 1 << 20  # of a report; what comes behind is the newsletter itself
_MOST_DETAIL: Final = 300  # characters
_MOST_PARTS: Final = 100
# Where the address to which a report came, or from which the message was sent, may stand.
_ARRIVED: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_SENT: Final = ("X-Dispatch", "Return-Path", "X-Envelope-From", "List-Unsubscribe")
_TOKEN: Final = re.compile(r"(?:\A|[\s<,:/+=-])([a-z2-7]{45}|[A-Za-z0-9_-]{38})(?=[@\s>,?/]|\Z)", re.IGNORECASE)


@dataclass(frozen=True)
class ReturnedMail:
    """A message that a mail server brought."""

    message: Message
    body: Annotated[bytes, "its bytes"]
    recipient: Annotated[str, "the address to which it came, where the mail server says so"]
    now: datetime

    def read_header(self, name: str) -> str:
        """Read a header of it as one line; empty when there is none."""
        return read_header(self.message, name)

    def find_part(self, *media_types: str) -> Message | None:
        """Find the first part of one of these kinds."""
        return next((part for part in self.message.walk() if part.get_content_type() in media_types), None)

    @cached_property
    def original(self) -> Message | None:
        """The message that it is about, or its header, which is all that many send back."""
        part = self.find_part("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
        payload = part.get_payload() if part else None
        if isinstance(payload, list):
            return payload[0] if payload and isinstance(payload[0], Message) else None
        decoded = part.get_payload(decode=True) if part else None
        return message_from_bytes(decoded, policy=policy.compat32) if isinstance(decoded, bytes) else None

    @cached_property
    def text(self) -> str:
        """Its words for people: its first plain text."""
        part = self.find_part("text/plain")
        payload = part.get_payload(decode=True) if part else None
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""

    def list_arrived_at(self) -> Iterator[str]:
        """List the addresses to which it came, the most certain first."""
        yield self.recipient
        for name in _ARRIVED:
            yield from (" ".join(str(value).split()) for value in self.message.get_all(name, []))

    @cached_property
    def token(self) -> str:
        """The token of whom it is about, not proven yet; empty when there is none.

        It stands in the address to which a report comes, which is the sender's in the envelope of each message (VERP),
        and in the header of the message itself.
        """
        sent = [read_header(self.original, name) for name in _SENT] if self.original else []
        return next((found[1] for words in (*self.list_arrived_at(), *sent) if (found := _TOKEN.search(words))), "")

    def make_report(
        self, source: ReportSource, kind: ReportKind, *, token: str = "", status: str = "", detail: str = ""
    ) -> DeliveryReport:
        """Make the report that this is. Its id is the message's: a mail server may bring the same one twice."""
        return DeliveryReport(
            id=self.read_header("Message-ID")[:250] or hashlib.sha256(self.body).hexdigest(),
            at=self.now,
            source=source,
            kind=kind,
            token=token or self.token,
            status=status,
            detail=shorten_words(detail),
        )


def parse_mail(body: bytes, recipient: str, now: datetime) -> ReturnedMail | None:
    """Parse a message, as far as it can be; None for what has far more parts than any report."""
    cut = body[:MOST_BYTES]
    if cut.lower().count(b"content-type:") > _MOST_PARTS or cut.count(b"\n--") > 20 * _MOST_PARTS:
        return None
    message = message_from_bytes(cut.lstrip(), policy=policy.compat32)
    return ReturnedMail(message=message, body=body, recipient=recipient, now=now)


def read_header(message: Message, name: str) -> str:
    """Read a header as one line; empty when there is none."""
    return " ".join(str(message.get(name, "")).split())


def shorten_words(words: str) -> str:
    """Make one line of a server's words, short enough to be kept."""
    return " ".join(words.split())[:_MOST_DETAIL]
