"""Read a delivery status notification (RFC 3464): what became of a message, as one mail server tells another. Pure."""

from collections.abc import Iterator
from email.message import Message
from typing import Final

from dispatch.bounces.messages import ReturnedMail, read_header
from dispatch.bounces.status import find_code, find_status, judge_status
from dispatch.model import DeliveryReport, ReportKind

_PARTS: Final = ("message/delivery-status", "message/global-delivery-status")
_ARRIVED: Final = frozenset({"delivered", "relayed", "expanded"})


def read(mail: ReturnedMail) -> DeliveryReport | None:
    """Read what it says of the first recipient of whom it says anything: there is one in each of our messages."""
    part = mail.find_part(*_PARTS)
    for fields in _list_recipients(part) if part else ():
        diagnosis = read_header(fields, "Diagnostic-Code")
        words = diagnosis.partition(";")[2] or diagnosis
        status = find_status(read_header(fields, "Status")) or find_status(words)
        action = read_header(fields, "Action").lower().partition(" ")[0]
        return mail.make_report("dsn", _judge_action(action, status, words), status=status, detail=words)
    return None


def _list_recipients(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    for fields in payload if isinstance(payload, list) else ():
        if isinstance(fields, Message) and (fields["Action"] or fields["Final-Recipient"] or fields["Status"]):
            yield fields


def _judge_action(action: str, status: str, words: str) -> ReportKind:
    if action not in _ARRIVED | {"failed", "delayed"}:  # against the specification; then the status says it
        action = {"2": "delivered", "4": "delayed"}.get(status[:1], "failed")
    if action in _ARRIVED:
        return "delivered"
    return "delayed" if action == "delayed" else judge_status(status or f"{str(find_code(words))[:1]}.0.0", words)
