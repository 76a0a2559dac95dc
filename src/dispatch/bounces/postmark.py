"""Read an event of Postmark: one JSON object, whose metadata have our token (X-PM-Metadata-dispatch). Pure.

Postmark signs nothing: what proves an event is the secret in the address to which it comes, and the token.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from dispatch.bounces.messages import shorten_words
from dispatch.bounces.sns import get_table, get_text, parse_object
from dispatch.bounces.status import find_status
from dispatch.model import DeliveryReport, ReportKind

# Its types of bounce (postmarkapp.com/developer/api/bounce-api) that mean anything for whoever gets the newsletter.
_BOUNCES: Final[Mapping[str, ReportKind]] = {
    "HardBounce": "hard",
    "BadEmailAddress": "hard",
    "SoftBounce": "soft",
    "DnsError": "soft",
    "Blocked": "soft",
    "SpamNotification": "soft",
    "VirusNotification": "soft",
    "DMARCPolicy": "soft",
    "Undeliverable": "soft",
    "Transient": "delayed",
    "SpamComplaint": "complaint",
    "Unsubscribe": "left",
}


def read(body: bytes, now: datetime) -> tuple[DeliveryReport, ...]:
    """Read an event; none when it says nothing here."""
    event = parse_object(body)
    if event is None:
        return ()
    record, kind = get_text(event, "RecordType"), _BOUNCES.get(get_text(event, "Type"))
    if record == "SpamComplaint":
        kind = "complaint"
    elif record == "Delivery":
        kind = "delivered"
    elif record not in ("Bounce", ""):
        kind = None
    token, words = get_text(get_table(event, "Metadata"), "dispatch"), get_text(event, "Details")
    own = event.get("ID") if isinstance(event.get("ID"), int) else get_text(event, "MessageID")
    report = DeliveryReport(
        id=f"postmark:{record or 'Bounce'}:{own}",
        at=now,
        source="postmark",
        kind=kind or "delivered",
        token=token,
        status=find_status(words),
        detail=shorten_words(words or get_text(event, "Description")),
    )
    return (report,) if kind else ()
