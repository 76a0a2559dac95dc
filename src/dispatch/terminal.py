"""What comes from outside, made safe for a terminal: for every foreign string that is printed."""

import re

# C0 without tab and newline, DEL, C1 (escape sequences begin there), and what reorders text behind the reader's back.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def safe(text: str) -> str:
    r"""The text with every control character written as ``\x1b`` or ``\u202e``: nothing in it acts on a terminal."""
    return _UNSAFE.sub(_written, text)


def fold_line(text: str) -> str:
    """Make a text safe, and a single line of it: nothing in it can begin another."""
    return " ".join(safe(text).split())


def _written(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"
