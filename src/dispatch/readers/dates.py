"""Moments as documents write them."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LOOSE = (
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S %Z",
    "%Y-%m-%d %H:%M %z",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d.%m.%Y",
)


def moment(written: str) -> datetime | None:
    """A date or a date and time in ISO 8601, RFC 3339, RFC 822, or a few forms that are not ambiguous; else None.

    Without an offset the moment is naive: whoever knows the publication's zone completes it.
    """
    written = " ".join(written.split())
    if not 8 <= len(written) <= 64:
        return None
    parsed = _iso(written) or _rfc822(written) or _loose(written)
    # Year 1 in another zone is no year at all, and nobody writes one on purpose.
    return parsed if parsed and 1000 < parsed.year < 9999 else None


def _iso(written: str) -> datetime | None:
    # Python 3.11 takes neither fractions of other lengths than 3 or 6 nor the comma's kin that RFC 3339 allows.
    written = re.sub(r"(?<=:\d\d)([.,]\d{1,12})", lambda match: "." + (match[1][1:] + "00000")[:6], written)
    try:
        return datetime.fromisoformat(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", written))
    except ValueError:
        return None


def _rfc822(written: str) -> datetime | None:
    if not re.search(r"\d:\d", written):
        return None
    try:
        parsed = parsedate_to_datetime(written)
    except (ValueError, IndexError, TypeError):
        return None
    # "-0000" says: this is UTC, I do not know where (RFC 5322, section 3.3).
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None and written.endswith("-0000") else parsed


def _loose(written: str) -> datetime | None:
    for form in _LOOSE:
        try:
            parsed = datetime.strptime(written, form)
        except ValueError:
            continue
        return parsed.replace(tzinfo=UTC) if form.endswith("%Z") and written.endswith(("UTC", "GMT")) else parsed
    return None
