"""Plain text, read back as a person reads it: headlines, paragraphs, and addresses alone on their lines."""

import re
from collections.abc import Sequence

from dispatch.checks.text_lines import Line, Link, fold_spaces

_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)\S", re.IGNORECASE)
_UNDERLINE = re.compile(
    "={3,}|-{3,}"
)  # so the issue and its sections are written, which may be called as an article is


def find_headlines(text: str, titles: Sequence[str]) -> list[tuple[int, int] | None]:
    """For each title the line on which it begins and the line behind it; None where it is not found.

    Titles are looked for in order, each at the head of a paragraph and whole, however it is wrapped.
    """
    lines = text.split("\n")
    found: list[tuple[int, int] | None] = []
    at = 0
    for title in titles:
        place = next(
            (place for i in range(at, len(lines)) if (place := _match_headline(lines, i, fold_spaces(title)))), None
        )
        found.append(place)
        at = place[1] if place else at
    return found


def _match_headline(lines: Sequence[str], i: int, title: str) -> tuple[int, int] | None:
    if not title or (i and lines[i - 1].strip()):
        return None
    words = ""
    for j in range(i, len(lines)):
        words = fold_spaces(f"{words} {lines[j]}")
        if words == title:
            underlined = _UNDERLINE.fullmatch((lines[j + 1 : j + 2] or [""])[0].strip())
            return None if underlined else (i, j + 1)
        if not words or not title.startswith(f"{words} "):
            return None
    return None


def read_paragraphs(text: str) -> tuple[Line, ...]:
    """The paragraphs; the addresses that stand alone on a paragraph's last lines are its links, in order."""
    return tuple(_read_paragraph(lines.split("\n")) for lines in re.split(r"\n[ \t]*\n", text) if lines.strip())


def _read_paragraph(lines: list[str]) -> Line:
    addresses: list[str] = []
    while lines and (not lines[-1].strip() or _ADDRESS.match(lines[-1].strip())):
        addresses.insert(0, lines.pop().strip())
    words = fold_spaces(" ".join(lines))
    end = len(words)
    return Line(
        text=words, links=tuple(Link(url=url, text="", start=end, end=end) for url in addresses if url), prose=True
    )
