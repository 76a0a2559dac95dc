"""Read events of Amazon SES, as SNS brings them: both of its forms, notifications and published events. Pure."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from dispatch.bounces.messages import shorten_words
from dispatch.bounces.sns import get_list, get_table, get_text, parse_notice
from dispatch.bounces.status import find_status, judge_status
from dispatch.model import DeliveryReport, ReportKind

_HEADER: Final = "x-dispatch"  # SES replaces Message-ID and the sender of the envelope


def read(body: bytes, now: datetime) -> tuple[DeliveryReport, ...]:
    """Read the event in a notification of SNS that was proven (``sns.is_signed``); none when it says nothing here."""
    notice = parse_notice(body)
    if notice is None:
        return ()
    try:
        event = get_table({"event": json.loads(get_text(notice, "Message"))}, "event")
    except (ValueError, RecursionError):
        return ()
    what = get_text(event, "notificationType") or get_text(event, "eventType")
    token = _find_token(get_table(event, "mail"))
    return tuple(
        DeliveryReport(
            id=f"{get_text(notice, 'MessageId')}",
            at=now,
            source="ses",
            kind=kind,
            token=token,
            status=status,
            detail=words,
        )
        for kind, status, words in _judge_event(what, event)
    )


def _find_token(mail: Mapping[str, object]) -> str:
    for header in get_list(mail, "headers"):
        if get_text(header, "name").lower() == _HEADER:
            return get_text(header, "value").strip()
    return ""


def _judge_event(what: str, event: Mapping[str, object]) -> Iterator[tuple[ReportKind, str, str]]:
    if what == "Bounce":
        yield _judge_bounce(get_table(event, "bounce"))
    elif what == "Complaint":
        complaint = get_table(event, "complaint")
        # Not everybody complains whom a provider reports: SES says so (RFC 5965, not-spam).
        if get_text(complaint, "complaintFeedbackType") not in ("not-spam", "auth-failure"):
            yield "complaint", "", get_text(complaint, "complaintFeedbackType")
    elif what == "Delivery":
        yield "delivered", "", shorten_words(get_text(get_table(event, "delivery"), "smtpResponse"))
    elif what == "DeliveryDelay":
        yield "delayed", "", get_text(get_table(event, "deliveryDelay"), "delayType")


def _judge_bounce(bounce: Mapping[str, object]) -> tuple[ReportKind, str, str]:
    """Judge a bounce: that SES calls it permanent is enough only where it says of what kind."""
    first = next(iter(get_list(bounce, "bouncedRecipients")), {})
    words, sub = get_text(first, "diagnosticCode"), get_text(bounce, "bounceSubType")
    status = find_status(get_text(first, "status")) or find_status(words)
    if get_text(bounce, "bounceType") != "Permanent":
        return "soft", status, shorten_words(words or sub)
    is_known = sub in ("NoEmail", "Suppressed", "OnAccountSuppressionList")
    kind: ReportKind = "hard" if is_known or not status else judge_status(status, words)
    return kind, status, shorten_words(words or sub)
