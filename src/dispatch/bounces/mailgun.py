"""Read an event of Mailgun, whose user variables have our token (X-Mailgun-Variables), and prove it. Pure.

What it signs is a moment and a random text, not the event: so each such text counts once, and for a day.
Documented at documentation.mailgun.com, Securing Webhooks and Tracking Messages.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from dispatch.bounces.messages import shorten_words
from dispatch.bounces.sns import get_table, get_text, parse_object
from dispatch.bounces.status import find_status, judge_reply, judge_status
from dispatch.model import DeliveryReport, ReportKind

OLDEST: Final = timedelta(days=1)
"""How old an event may be: Mailgun tries for eight hours to post one."""
_AHEAD: Final = timedelta(hours=1)  # how much its clock may be ahead of ours
# Why it has not even tried (reason of a failure): what the address was reported for before.
_SUPPRESSED: Final[Mapping[str, ReportKind]] = {
    "suppress-bounce": "hard",
    "suppress-complaint": "complaint",
    "suppress-unsubscribe": "left",
}
_KINDS: Final[Mapping[str, ReportKind]] = {
    "delivered": "delivered",
    "complained": "complaint",
    "unsubscribed": "left",
}


def find_proof(body: bytes, key: str, now: datetime) -> str:
    """Find the random text that a post is signed with; empty when the key has not signed it, or not within a day."""
    proof = get_table(parse_object(body) or {}, "signature")
    moment, token = str(proof.get("timestamp", "")), get_text(proof, "token")
    if not (re.fullmatch(r"[0-9]{1,11}", moment) and re.fullmatch(r"[\x21-\x7e]{20,100}", token)):
        return ""
    wanted = hmac.digest(key.encode(), f"{moment}{token}".encode(), "sha256").hex()
    age = now.timestamp() - int(moment)
    is_current = -_AHEAD.total_seconds() <= age <= OLDEST.total_seconds()
    return token if is_current and hmac.compare_digest(wanted, _clean_signature(get_text(proof, "signature"))) else ""


def read(body: bytes, now: datetime) -> tuple[DeliveryReport, ...]:
    """Read an event that was proven; none when it says nothing here."""
    event = get_table(parse_object(body) or {}, "event-data")
    kind, status, words = _judge_event(event)
    if kind is None:
        return ()
    report = DeliveryReport(
        id=f"mailgun:{get_text(event, 'id')}",
        at=now,
        source="mailgun",
        kind=kind,
        token=get_text(get_table(event, "user-variables"), "dispatch"),
        status=status,
        detail=shorten_words(words),
    )
    return (report,)


def _judge_event(event: Mapping[str, object]) -> tuple[ReportKind | None, str, str]:
    """Judge an event: what it means, the status, and the words of the server. None: it means nothing here."""
    what, told = get_text(event, "event"), get_table(event, "delivery-status")
    words = get_text(told, "message") or get_text(told, "description")
    status = find_status(get_text(told, "enhanced-code")) or find_status(words)
    if what != "failed":
        return _KINDS.get(what), status, words
    if get_text(event, "severity") != "permanent":
        return "delayed", status, words  # it tries again
    suppressed = _SUPPRESSED.get(get_text(event, "reason"))
    if suppressed:
        return suppressed, status, words
    code = told.get("code")
    code = code if isinstance(code, int) and 400 <= code < 600 else 0  # it has numbers of its own, as 605
    return (judge_status(status, words) if status or not code else judge_reply(code, words)), status, words


def _clean_signature(written: str) -> str:
    """Return a signature if it can be one; an empty text otherwise: other characters cannot be compared."""
    return written if re.fullmatch(r"[0-9a-f]{64}", written) else ""
