"""What the headers of an answer say: pure, and believed within bounds only."""

import re
from email.utils import parsedate_to_datetime
from http.client import HTTPMessage
from typing import Final

MOST_WAIT: Final = 24 * 60 * 60

_VALIDATOR = re.compile(r"[\x20-\x7e\x80-\xff]{1,1000}")
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)


def kind(headers: HTTPMessage) -> tuple[str, str]:
    """The media type, lower case and without parameters, and the charset; empty when nobody said."""
    declared = headers.get("content-type", "")[:1000]
    charset = _CHARSET.search(declared)
    return declared.partition(";")[0].strip().lower(), charset[1].lower() if charset else ""


def wait(headers: HTTPMessage) -> int:
    """For how many seconds not to ask again: Retry-After, else how long the answer stays good; at most a day."""
    return min(retry_after(headers) or _fresh_for(headers), MOST_WAIT)


def validator(value: str) -> str:
    """An ETag or a date, when it can be sent back as it stands; else nothing."""
    value = value.strip()
    return value if _VALIDATOR.fullmatch(value) else ""


def as_text(header: str) -> str:
    """A header's value as UTF-8, which is what servers mean by bytes beyond ASCII."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def retry_after(headers: HTTPMessage) -> int:
    """Seconds (RFC 9110, section 10.2.3); a moment counts from the server's own clock."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return int(value)
    try:
        return max(int((parsedate_to_datetime(value) - parsedate_to_datetime(headers["date"])).total_seconds()), 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def _fresh_for(headers: HTTPMessage) -> int:
    """How long the answer stays good (RFC 9111, section 4.2): max-age, less what it has spent in caches."""
    said = ",".join(headers.get_all("cache-control", []))[:1000].lower()
    age = headers.get("age", "").strip()
    found = re.search(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", said)
    if not found or "no-cache" in said or "no-store" in said:
        return 0
    return max(int(found[1]) - (int(age) if re.fullmatch(r"\d{1,9}", age) else 0), 0)
