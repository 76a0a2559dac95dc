"""Fold a text for comparing (names, titles, sections, tags), and escape one that is printed on a terminal.

What is shown is never folded.
"""

import re
import unicodedata

# C0 without tab and newline, DEL, C1 (escape sequences begin there), and what reorders text.
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def fold_text(text: str) -> str:
    """Fold away the differences between two ways to write the same words: composition, width, case, white space.

    Decomposed letters, full-width ones and ligatures become plain composed ones (NFKC), capitals become small letters,
    every run of white space one space. Accents count: “Jon” is not “Jón”. A folded text folds to itself.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())  # a capital may fold to decomposed letters


def fold_file_name(name: str) -> str:
    """Fold away the differences between two names that macOS and Windows take for one: composition and case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def is_utf8(name: str) -> bool:
    """Whether the name of a file is UTF-8: where it is not, Python gives a surrogate for each such byte (PEP 383)."""
    return not _SURROGATE.search(name)


def escape_controls(text: str) -> str:
    r"""Write every control character as ``\x1b`` or ``\u202e``, so that nothing in the text acts on a terminal."""
    return _UNSAFE.sub(_escape_control, text)


def escape_line(text: str) -> str:
    """Escape a text for a terminal and make it one line, so that nothing in it can begin another."""
    return " ".join(escape_controls(text).split())


def _escape_control(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"
