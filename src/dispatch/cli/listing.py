"""Lists for people: in columns, wrapped to the terminal's width, in colours that say something.

Where the output is no terminal it is the same words without colour and without wrapping, a row a line.
"""

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Annotated, Literal, NamedTuple

import click

from dispatch.text import escape_words

Look = Literal["", "title", "draft", "wrong", "waiting", "aside"]
GAP = "  "
_LOOKS: dict[Look, dict[str, str | bool]] = {
    "title": {"bold": True},
    "draft": {"fg": "yellow"},  # somebody has to decide something
    "wrong": {"fg": "red"},
    "waiting": {"fg": "cyan"},
    "aside": {"dim": True},
}
_STATES: dict[str, Look] = {
    **dict.fromkeys(("scheduled", "pending"), "waiting"),
    **dict.fromkeys(("withdrawn", "suppressed"), "wrong"),
    **dict.fromkeys(("left", "dismissed"), "aside"),
    "draft": "draft",
}
_NARROWEST = 24  # columns: what is left for the last one, or it goes below the others


class Cell(NamedTuple):
    """Some words of a list, and how they look at a terminal."""

    text: str
    look: Annotated[Look, "what its colour says"] = ""


def mark_state(state: str) -> Cell:
    """The state of an issue, an article or a subscriber, in its colour."""
    return Cell(state, _STATES.get(state, ""))


def count_articles(number: object) -> str:
    """Count articles: “1 article”, “7 articles”."""
    return f"{number} {'article' if number == 1 else 'articles'}"


def print_rows(rows: Iterable[Sequence[Cell | str]]) -> None:
    """Print rows in columns as wide as their longest cell; a number is aligned to the right, the last cell wrapped."""
    cells = [[_make_cell(one) for one in row] for row in rows]
    widths = [max(measure_text(cell.text) for cell in column) for column in zip_longest(*cells, fillvalue=Cell(""))]
    indent = sum(width + len(GAP) for width in widths[:-1])
    for row in cells:
        lines = _wrap_text(row[-1].text, indent)
        if lines is None:
            print_entry("", row[0].text, row[1:-1], row[-1:], indent=4)
            continue
        before = [_format_cell(cell, width) for cell, width in zip(row[:-1], widths, strict=False)]
        for number, line in enumerate(lines):
            lead = GAP.join([*before, ""]) if number == 0 else " " * indent
            click.echo(f"{lead}{_paint_text(line, row[-1].look)}".rstrip())


def print_entry(number: str, title: str, *details: Iterable[Cell | str], indent: int | None = None) -> None:
    """Print an entry: its number and title, and each line of details below, whose parts a point separates.

    number: as wide as it is to be. indent: where the lines below begin; where the title does, unless it is given.
    """
    lead = number and number + GAP
    for place, line in enumerate(_wrap_text(escape_words(title), len(lead)) or [escape_words(title)]):
        click.echo(f"{' ' * len(lead) if place else lead}{_paint_text(line, 'title')}")
    indent = len(lead) if indent is None else indent
    for parts in details:
        for line in _wrap_parts([cell for cell in map(_make_cell, parts) if cell.text], indent):
            click.echo(" " * indent + line)


def measure_text(text: str) -> int:
    """Measure how many columns a terminal shows a text in: a wide character has two, a combining one none (UAX 11)."""
    return sum(
        0 if unicodedata.category(sign) in ("Mn", "Me", "Cf") else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )


def _make_cell(words: Cell | str) -> Cell:
    cell = words if isinstance(words, Cell) else Cell(words)
    return cell._replace(text=escape_words(cell.text))


def _format_cell(cell: Cell, width: int) -> str:
    room = " " * (width - measure_text(cell.text))
    painted = _paint_text(cell.text, cell.look)
    return room + painted if cell.text.replace(",", "").isdecimal() else painted + room


def _paint_text(text: str, look: Look) -> str:
    """Colour a text; isolate one that has words of another direction, so that nothing beside it moves (UAX 9)."""
    if sys.stdout.isatty() and any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text):
        text = f"\u2068{text}\u2069"
    return click.style(text, **_LOOKS[look]) if look and text else text  # type: ignore[arg-type]


def _wrap_parts(cells: Sequence[Cell], indent: int) -> Iterator[str]:
    """Join parts with a point between them, on as many lines as they need; a part is broken only if it must be."""
    line, used = "", 0
    for cell in cells:
        width, point = measure_text(cell.text), " · " if line else ""
        if line and not _fits(used + len(point) + width, indent):
            yield line
            line, used, point = "", 0, ""
        *whole, last = _wrap_text(cell.text, indent) or [cell.text]
        yield from (_paint_text(one, cell.look) for one in whole)
        line, used = line + point + _paint_text(last, cell.look), used + len(point) + measure_text(last)
    if line:
        yield line


def _fits(width: int, indent: int) -> bool:
    return not sys.stdout.isatty() or indent + width <= _measure_terminal()


def _measure_terminal() -> int:
    from shutil import get_terminal_size  # which brings compression

    return get_terminal_size().columns


def _wrap_text(text: str, indent: int) -> list[str] | None:
    """Wrap a text to what the indent leaves of the terminal; None where that is too little. An address stays whole."""
    if _fits(measure_text(text), indent):
        return [text]
    room = _measure_terminal() - indent
    if room < _NARROWEST:
        return None
    lines = [""]
    for word in text.split(" "):
        rest = word
        if lines[-1] and measure_text(f"{lines[-1]} {rest}") <= room:
            lines[-1] += f" {rest}"
            continue
        while measure_text(rest) > room and "://" not in word:
            at = next(at for at in range(len(rest), 0, -1) if measure_text(rest[:at]) <= room)
            lines, rest = [*lines, rest[:at]], rest[at:]
        lines.append(rest)
    return lines[1:]
