"""Write values as YAML that every tool reads as we do.

Block style, no folding. A text is quoted wherever a reader of YAML 1.1 or 1.2 would take it for something else (``no``,
``007``, ``2026-11-22``, ``~``); a date or a number that is meant as one is not quoted. Text of several lines is a
literal block where that keeps every character.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeGuard

from dispatch.deferred import defer_pattern
from dispatch.frontmatter.yaml_tree import Data

Value = str | int | datetime | None | Sequence["Value"] | Mapping[str, "Value"]

# Characters that need no escape within a line: no controls, no line breaks, no byte order mark.
_LINE = defer_pattern("[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
# Texts that YAML's own signs would change: at the beginning, at the end, within.
_SIGNS = defer_pattern(r"[-?:,\[\]{}#&*!|>'\"%@` ]|.*(?:: | #|[: ]$)")
# Texts that YAML 1.1 or 1.2 read as a boolean, null, number, date, merge key or default value.
_BENT = defer_pattern(
    r"y|n|yes|no|on|off|true|false|null|~|<<|=|[-+]?\.(?:inf|nan)|[-+.\d][-+.:,_\d a-fox]*(?:t[\d:.]*)?z?",
    re.IGNORECASE,
)
# Texts that need no quotation marks between brackets.
_WORDS = defer_pattern(r"[^\W\d_](?:[\w .-]*[\w.-])?")
# Items of these lists are set apart by empty lines: so git sees where one ends and the next begins, and merges two
# branches of which one adds at the end of an item, and the other an item after it.
SPACED = frozenset({"sections"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def to_texts(value: Value) -> Data:
    """Convert a value to what a reader of the dumped text finds: texts all the way down."""
    match value:
        case None | str():
            return value
        case datetime() | int():
            return _format_plain(value)
        case Mapping():
            return {key: to_texts(item) for key, item in value.items()}
        case Sequence():
            return [to_texts(item) for item in value]


def dump_mapping(mapping: Mapping[str, Value], column: int = 0) -> list[str]:
    """Dump a mapping as lines, without their ends."""
    return [line for key, value in mapping.items() for line in dump_entry(f"{dump_scalar(key)}:", value, column)]


def dump_entry(prefix: str, value: Value, column: int) -> list[str]:
    """Dump one key (``prefix`` is ``key:``) or one item (``prefix`` is ``-``) as lines, without their ends."""
    pad = " " * column
    if isinstance(value, str) and _is_literal(value):
        lines = value.removesuffix("\n").split("\n")
        sign = "|" if value.endswith("\n") else "|-"
        return [f"{pad}{prefix} {sign}", *(f"{pad}  {line}" if line else "" for line in lines)]
    if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        return [f"{pad}{prefix} {dump_scalar(value)}".rstrip(" ")]
    if not value:
        return [f"{pad}{prefix} {dump_flow(value)}"]
    if isinstance(value, Mapping):
        inner = dump_mapping(value, column + 2)
    else:
        apart = [""] if prefix.removesuffix(":") in SPACED else []
        inner = [line for item in value for line in (*dump_entry("-", item, column + 2), *apart)]
    return [f"{pad}- {inner[0][column + 2 :]}", *inner[1:]] if prefix == "-" else [pad + prefix, *inner]


def dump_scalar(value: str | int | datetime | None, style: str = "") -> str:
    """Dump one value on one line, quoted as in ``style`` where the value allows it: '' (plain), ' or "."""
    if not isinstance(value, str):
        return _format_plain(value)
    if not _LINE.fullmatch(value):
        return _quote_double(value)
    if not style and value and not _SIGNS.match(value) and not _BENT.fullmatch(value):
        return value
    if style == "'" or (style != '"' and re.search(r'["\\]', value)):
        return "'" + value.replace("'", "''") + "'"
    return _quote_double(value)


def dump_flow(value: Value) -> str:
    """Dump a value on one line, for use within brackets."""
    match value:
        case str():
            return value if _WORDS.fullmatch(value) and not _BENT.fullmatch(value) else _quote_double(value)
        case None | datetime() | int():
            return _format_plain(value) or "''"
        case Mapping():
            return "{" + ", ".join(f"{dump_flow(key)}: {dump_flow(item)}" for key, item in value.items()) + "}"
        case Sequence():
            return "[" + ", ".join(dump_flow(item) for item in value) + "]"


def _format_plain(value: datetime | int | None) -> str:
    """Format a date as RFC 3339 has it, a number as digits, true and false in small letters, None as an empty text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "" if value is None else str(value).lower()


def _quote_double(value: str) -> str:
    """Quote a text in double quotation marks, with everything invisible escaped."""
    return (
        '"'
        + "".join(_ESCAPES.get(sign) or (sign if _LINE.fullmatch(sign) else _escape_character(sign)) for sign in value)
        + '"'
    )


def _escape_character(sign: str) -> str:
    """Escape one character by its number, which is below 0x10000: no other needs it (see ``_LINE``)."""
    number = ord(sign)
    return f"\\x{number:02X}" if number < 0x100 else f"\\u{number:04X}"


def is_line(value: Value) -> TypeGuard[str | int | datetime | None]:
    """Whether a value fits on the line of its key: neither a collection nor a literal block."""
    if isinstance(value, str):
        return not _is_literal(value)
    return not isinstance(value, Mapping | Sequence)


def _is_literal(value: str) -> bool:
    """Whether a literal block keeps every character of a text of several lines."""
    lines = value.removesuffix("\n").split("\n")
    return (
        "\n" in value
        and bool(lines[0] and lines[-1])
        and lines[0][0] != " "
        and all(_LINE.fullmatch(line) and (line.strip(" ") or not line) for line in lines)
    )
