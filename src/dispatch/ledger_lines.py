"""The lines of dispatch.lock: a record each, five parts with tabs between them, as ``ledger`` explains them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import get_args

from dispatch.deferred import defer_pattern
from dispatch.model import Kind, Record

_NONE = "-"  # no date, no authors: an empty field at a line's end would be lost to editors
_BREAKING = defer_pattern("^[#<=>-]|[\\\\\x00-\x1f\x7f\x85\u2028\u2029\ufeff\ud800-\udfff]")
_ESCAPED = defer_pattern(r"\\u([0-9a-f]{4})")
_KINDS: tuple[Kind, ...] = get_args(Kind)


def format_line(record: Record) -> str:
    """Format a record as its line."""
    last = str(record.number) if record.kind == "mended" else record.authors
    fields = (record.id, record.kind, record.url, format_moment(record.published), last)
    return "\t".join(_BREAKING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", part) or _NONE for part in fields) + "\n"


def format_moment(moment: datetime | None) -> str:
    """Format a moment for a line, in UTC; empty without one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""


def parse_line(fields: Sequence[str]) -> Record:
    """Parse a line's fields into a record. Raises ValueError."""
    if len(fields) != 5:
        raise ValueError(f"must have 5 parts with tabs between them, not {len(fields)}")
    id_, kind, url, date, last = map(_unescape_part, fields)
    known = next((known for known in _KINDS if known == kind), None)
    if known is None:
        raise ValueError(f"the second part must be {', '.join(_KINDS[:-1])} or {_KINDS[-1]}, not “{kind}”")
    published = datetime.fromisoformat(date) if date else None
    if known != "mended":
        return Record(id=id_, kind=known, url=url, published=published, authors=last)
    if not (last.isascii() and last.isdecimal()):
        raise ValueError(f"must end with the number of a correction, not “{last}”")
    return Record(id=id_, kind=known, url=url, published=published, number=int(last))


def _unescape_part(part: str) -> str:
    return "" if part == _NONE else _ESCAPED.sub(lambda one: chr(int(one[1], 16)), part) if "\\" in part else part
