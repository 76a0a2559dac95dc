"""A finding's message and hint: the first row of its rule whose holes its values fill."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import cast

from dispatch.model import Finding, FindingValue

# A sentence with holes, or several of which the first is used whose holes can all be filled.
Rows = str | list[str]
Piece = tuple[str, str | None, str | None, str | None]  # as string.Formatter has them


def write_message(finding: Finding) -> str:
    """What is wrong, as a sentence without a full stop. Raises LookupError for a rule or subject without a row."""
    text = _fill(_choose(_table()[finding.rule], finding), finding)
    return text[:1].upper() + text[1:]


def write_hint(finding: Finding) -> str:
    """What to do, in the imperative. Raises LookupError for a rule or subject without a row."""
    rows: Rows | Mapping[str, Rows] = _table()[finding.rule]["hint"]
    return _fill(_choose(rows, finding) if isinstance(rows, Mapping) else rows, finding)


def shorten(text: str, most: int = 60) -> str:
    """A text as it is quoted: on one line, and not longer than ``most`` characters; with 0 however long it is."""
    folded = " ".join(text.split())
    return folded if len(folded) <= most or not most else f"{folded[: most - 1].rstrip()}…"


@cache
def _table() -> Mapping[str, Mapping[str, Rows]]:
    """The rows by rule and by subject; ``phrases``, ``subjects`` and ``reasons`` are no rules, they fill holes."""
    text = (files("dispatch.report") / "messages.toml").read_text("utf-8")
    return cast("Mapping[str, Mapping[str, Rows]]", tomllib.loads(text))


def _choose(rows: Mapping[str, Rows], finding: Finding) -> Rows:
    return rows[finding.subject] if finding.subject in rows else rows["any"]


def _fill(rows: Rows, finding: Finding) -> str:
    """The first row whose holes the finding fills; where none is, the last with the names of its open holes."""
    pieces: list[Piece] = []
    known = {"it", *_table()["phrases"], *dict(finding.values)}
    for row in [rows] if isinstance(rows, str) else rows:
        pieces = list(Formatter().parse(row))
        if {name for _, name, _, _ in pieces if name} <= known:
            break
    return "".join(_pieces(pieces, finding))


def _pieces(pieces: Iterable[Piece], finding: Finding) -> Iterator[str]:
    phrases = _table()["phrases"]
    for text, name, most, _ in pieces:
        yield text
        if name == "it":
            yield _fill(_table()["subjects"][finding.subject], finding)
        elif name == "reason" and (reason := finding.value(name)):
            yield _fill(_table()["reasons"][str(reason)], finding)
        elif name and name in phrases:
            yield _fill(phrases[name], finding)
        elif name:
            value = finding.value(name)
            yield f"[{name}]" if value is None else _show(value, int(most or 60))


def _show(value: FindingValue, most: int) -> str:
    """A value within a sentence: several after one another, each of a pair the first in quotation marks."""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, str):
        return shorten(value, most)
    return ", ".join(
        f"“{_show(one[0], most)}” {_show(one[1], most)}" if isinstance(one, tuple) else _show(one, most)
        for one in value
    )
