"""Read a date, or a date and a time, as feeds, pages and files write it."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DATE_FORMS = (
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S %Z",
    "%Y-%m-%d %H:%M %z",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%B %d, %Y %I:%M %p",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d.%m.%Y",
)


def parse_date(written: str) -> datetime | None:
    """Parse a date, or date and time, in ISO 8601, RFC 3339, RFC 822 or a few unambiguous forms; else None.

    Without an offset the result is naive: the caller knows the publication's time zone and completes it.
    """
    written = " ".join(written.split())
    if not 8 <= len(written) <= 64:
        return None
    parsed = _parse_iso(written) or _parse_rfc822(written) or _parse_loose(written)
    # Year 1 in another time zone is out of range, and nobody writes it on purpose.
    return parsed if parsed and 1000 < parsed.year < 9000 else None


def _parse_iso(written: str) -> datetime | None:
    # RFC 9557's name of the zone stands behind its offset.
    written = re.sub(r"(?<=\d) ?(?:UTC|GMT|z)$", "Z", re.sub(r"\[[^\[\]]*\]$", "", written))
    # Python 3.11 accepts only some of the fractions of a second that RFC 3339 allows.
    written = re.sub(r"(?<=:\d\d)([.,]\d{1,12})", lambda match: "." + (match[1][1:] + "00000")[:6], written)
    try:
        return datetime.fromisoformat(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", written))
    except ValueError:
        return None


def _parse_rfc822(written: str) -> datetime | None:
    if not re.search(r"\d:\d", written):
        return None
    try:
        parsed = parsedate_to_datetime(written)
    except (ValueError, IndexError, TypeError):
        return None
    # "-0000" means UTC in an unknown place (RFC 5322, section 3.3).
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None and written.endswith("-0000") else parsed


def _parse_loose(written: str) -> datetime | None:
    for form in _DATE_FORMS:
        try:
            parsed = datetime.strptime(written, form)
        except ValueError:
            continue
        return parsed.replace(tzinfo=UTC) if form.endswith("%Z") and written.endswith(("UTC", "GMT")) else parsed
    # The day is right even where the time is written as nobody else writes it.
    day = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", written)
    try:
        return datetime(int(day[1]), int(day[2]), int(day[3])) if day else None
    except ValueError:
        return None
