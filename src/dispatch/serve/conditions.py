"""Conditional requests and ranges, as RFC 9110 has them. Pure: fields in, answers out."""

import re
import sys

_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_RANGE = re.compile(r"bytes=\s*([0-9]*)-([0-9]*)\s*", re.IGNORECASE)


def has(if_none_match: str, etag: str) -> bool:
    """Whether the client has it: * or a list with this tag, compared weakly (13.1.2). False for an empty field."""
    return if_none_match.strip() == "*" or etag in (tag for _, tag in _TAG.findall(if_none_match))


def refuses(if_match: str, etag: str) -> bool:
    """Whether the client wants only what is not here: no * and no such tag, compared strongly (13.1.1)."""
    if not if_match or if_match.strip() == "*":
        return False
    return etag not in (tag for weak, tag in _TAG.findall(if_match) if not weak)


def part(asked: str, if_range: str, etag: str, size: int) -> range | None:
    """The bytes that a Range field asks for: None is all of them, an empty range that there are none (416).

    All are sent for what is no range of bytes, for several ranges (14.2 allows that), and when If-Range names another
    version; a date is always another version, for none is ever told (13.1.5).
    """
    match = _RANGE.fullmatch(asked.strip())
    if not match or not (match[1] or match[2]) or (if_range and if_range.strip() != etag):
        return None
    first, last = (_number(digits) for digits in match.groups())
    if not match[1]:
        return range(max(0, size - last), size)
    if match[2] and last < first:
        return None
    return range(first, min(last + 1, size) if match[2] else size)


def _number(digits: str) -> int:
    """What is too long to count is beyond every file."""
    return int(digits or 0) if len(digits) < 19 else sys.maxsize
