"""Read a complaint: the report of a provider that somebody called a message spam (RFC 5965). Pure."""

from email.message import Message
from typing import Final

from dispatch.bounces.messages import ReturnedMail, read_header
from dispatch.model import DeliveryReport

# Their other reports are no complaint: not-spam is its opposite, and auth-failure is about forgers (RFC 6591).
_COMPLAINTS: Final = frozenset({"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"})


def read(mail: ReturnedMail) -> DeliveryReport | None:
    """Read a complaint, in the form of RFC 5965 or in that of Hotmail and Outlook (JMRP), which is older."""
    part = mail.find_part("message/feedback-report")
    kind = _read_kind(part).lower() if part else ""
    is_older = bool(not part and mail.original and mail.original["X-HmXmrOriginalRecipient"])
    return mail.make_report("arf", "complaint", detail=kind) if kind in _COMPLAINTS or is_older else None


def _read_kind(part: Message) -> str:
    """Read its Feedback-Type; a message/* part that is no message is parsed as the header of one."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if isinstance(inner, Message):
        return read_header(inner, "Feedback-Type")
    written = payload if isinstance(payload, str) else ""
    lines = (line.partition(":") for line in written.splitlines())
    return next((value.strip() for name, _, value in lines if name.strip().lower() == "feedback-type"), "")
