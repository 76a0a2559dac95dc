"""Fold a text for comparing (names, titles, sections, tags), escape one that is printed, find what a merge has left.

What is shown is never folded.
"""

import codecs
import json
import re
import shlex
import sys
import unicodedata
from itertools import pairwise

from dispatch.deferred import defer_pattern
from dispatch.errors import DispatchError

_SURROGATE = defer_pattern("[\ud800-\udfff]")
# C0 without tab and newline, DEL, C1 (escape sequences begin there), and what reorders text.
_UNSAFE = defer_pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

# What ends a line, for a terminal or for a program that reads line by line.
_BREAKS = defer_pattern("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
# What a CI's runner obeys in a log: GitHub's a line that begins with ``::`` after any white space, and ``##[`` wherever
# it stands (actions/runner, ActionCommand); those of Azure and TeamCity ``##vso[`` and ``##teamcity[``. The markers of
# GitLab's sections need a carriage return and an escape, which are controls.
_COMMANDS = defer_pattern(r"^(\s*):(?=:)|#(?=#\w*\[)")
# How git presents a conflict (git-merge(1)): the lines around both sides, and those within. A line of = alone may be
# Markdown's underline, a line of | a table.
_AROUND_SIDES = defer_pattern(r"^(?:<{7}|>{7})(?: .*)?\r?$", re.MULTILINE)
_IN_CONFLICT = defer_pattern(r"^(?:<{7}|>{7}|={7}|\|{7})(?: .*)?\r?$", re.MULTILINE)

# Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese are written without spaces: each sign is taken for a word.
UNSPACED = defer_pattern(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])"
)
_MOST_COMPARED = 5_000  # characters


def fold_text(text: str) -> str:
    """Fold away the differences between two ways to write the same words: composition, width, case, white space.

    Decomposed letters, full-width ones and ligatures become plain composed ones (NFKC), capitals become small letters,
    every run of white space one space. Accents count: “Jon” is not “Jón”. A folded text folds to itself.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())  # a capital may fold to decomposed letters


def is_mostly_same(one: str, other: str, *, share: float = 0.5) -> bool:
    """Whether two texts are the same, or share more than this part of the pairs of words that the shorter one has."""
    words = [fold_text(UNSPACED.sub(r" \1 ", text[:_MOST_COMPARED])).split() for text in (one, other)]
    pairs = [set(pairwise(text)) for text in words]
    return words[0] == words[1] or len(pairs[0] & pairs[1]) > share * min(map(len, pairs))


def fold_file_name(name: str) -> str:
    """Fold away the differences between two names that macOS and Windows take for one: composition and case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def is_utf8(name: str) -> bool:
    """Whether the name of a file is UTF-8: where it is not, Python gives a surrogate for each such byte (PEP 383)."""
    return not _SURROGATE.search(name)


def find_utf16(body: bytes) -> str:
    """Find which UTF-16 bytes are, as Windows PowerShell writes it: by their mark, or by the zeros of Latin letters.

    Empty for anything else. Of text without a mark, every second byte of the beginning is mostly zero, and no other is.
    """
    for mark, charset in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark):
            return charset
    start = body[:400]
    zeros = start[::2].count(0), start[1::2].count(0)
    if not min(zeros) and max(zeros) * 4 > len(start):
        return "utf-16-be" if zeros[0] else "utf-16-le"
    return ""


def escape_controls(text: str) -> str:
    r"""Write every control character as ``\x1b`` or ``\u202e``, so that nothing in the text acts on a terminal."""
    return text if text.isprintable() else _UNSAFE.sub(_escape_control, text)


def escape_line(text: str) -> str:
    """Make a text one line that acts on no terminal and on no CI's log; white space within stays as it is.

    Every foreign text that is printed or logged comes through here. Escaped JSON is the same JSON.
    """
    return _COMMANDS.sub(_escape_command, escape_controls(_BREAKS.sub(" ", text)))


def escape_words(text: str) -> str:
    """Make a text one line as ``escape_line`` does, with a single space for all white space in a row."""
    return escape_line(" ".join(text.split()))


def quote_word(word: str) -> str:
    """Quote a word of a command so that it is one where it is pasted: into bash, zsh, fish or PowerShell."""
    if re.fullmatch(r"[\w./:+=][\w./:+=-]*", word):
        return word
    if not re.search(r'["$`\\!%“”„]', word):
        return f'"{word}"'
    return "'" + re.sub("(['‘’‚‛])", r"\1\1", word) + "'" if sys.platform == "win32" else shlex.quote(word)


def format_json(value: object, indent: int | None = None) -> str:
    """Format a value as JSON in ASCII, of which no line acts on a terminal or a CI's log."""
    return "\n".join(map(escape_line, json.dumps(value, indent=indent).split("\n")))


def shorten_line(line: str, most: int) -> str:
    """Cut a line at so many characters, of which the last is an ellipsis then."""
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def find_merge_leftover(text: str, *, is_prose: bool = False) -> int:
    """Return the first line, from 1, that an unfinished merge has left in a text; 0 without one.

    is_prose: a line of ``=======`` or ``|||||||`` may be meant, and counts only between those around it.
    """
    found = (_AROUND_SIDES if is_prose else _IN_CONFLICT).search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def refuse_merge_leftover(
    text: str, *, file: str, error: type[DispatchError], first: int = 1, is_prose: bool = False, keep: str = "one side"
) -> None:
    """Raise ``error`` where an unfinished merge has left a line in a text that begins in line ``first`` of a file.

    keep: what to do with the sides, in the words of the hint.
    """
    if line := find_merge_leftover(text, is_prose=is_prose):
        from dispatch.model import Place  # a command that prints a line needs no noun

        raise error(
            "an unfinished merge",
            subject=Place(file=file, line=first - 1 + line),
            hint=f"keep {keep}, and delete the lines of <<<<<<<, ======= and >>>>>>>",
            reason="unfinished-merge",
        )


def _escape_control(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def _escape_command(match: re.Match[str]) -> str:
    return f"{match[1] or ''}\\u{ord(match[0][-1]):04x}"
