"""Write findings as text: for people, programs, GitHub's annotations, a pull request's comment. Pure.

This is the one room where a fact becomes a sentence. Sentences can be reworded here, in ``messages.toml``, and nothing
else changes: no other module builds or reads them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, replace
from functools import cache
from itertools import groupby
from string import Formatter
from typing import Literal

from dispatch.deferred import defer_pattern
from dispatch.model import Finding, FindingValue, Place
from dispatch.shipped import load_table
from dispatch.text import escape_controls, escape_line, escape_words, format_json

Style = Literal["human", "json", "github", "markdown"]
# A sentence with holes, or several of which the first is used whose holes can all be filled.
Rows = str | list[str]
Piece = tuple[str, str | None, str | None, str | None]  # as string.Formatter has them

# What Markdown reads within a line, and at its beginning (CommonMark 0.31, sections 2.4, 4 and 5).
_MARKS = defer_pattern(r"[\\`*_\[\]<>|~&#]")
_LEADS = defer_pattern(r"^(\d*)([-+=.)])")
# What GitHub makes links, calls and pictures of: @name #1 GH-1 :smile: https://a www.a, and a commit's id of 7 digits.
_CALLS = defer_pattern(r"[@#:](?=\S)|(?i:www|GH)(?=[.-])|[0-9a-f]{6}(?=[0-9a-f])")

_MOST_PLACES = 3


def format_findings(findings: Iterable[Finding], style: Style) -> str:
    """Format the findings in one of STYLES, sorted by place, without a line break at the end.

    What is foreign in it is on one line, no more, and acts on no terminal, no CI's log and no Markdown. At one place
    they stand as they came: errors first.
    """
    return STYLES[style](sorted(findings, key=lambda one: astuple(_drop_key(one.place))))


def finding_to_data(finding: Finding) -> dict[str, object]:
    """Convert a finding to what JSON can hold: its fields, and its message and hint for people."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "subject": finding.subject,
        "place": asdict(finding.place),
        "values": dict(finding.values),
        "message": write_message(finding),
        "hint": write_hint(finding),
    }


def _format_human(findings: Sequence[Finding]) -> str:
    """Format a block per place, and under each its findings; a hint that several share, once.

    Of warnings that say the same of several places, the first stands at its own, and names the others.
    """
    shown: list[Finding] = []
    others: dict[Finding, list[Finding]] = {}
    for one in findings:
        if one.severity == "warning" and (same := replace(one, place=Place())) in others:
            others[same].append(one)
        else:
            others[replace(one, place=Place())] = []
            shown.append(one)
    blocks = []
    for where, group in groupby(shown, key=_format_place):
        lines = [escape_words(where)]
        for hint, alike in groupby(group, key=write_hint):
            for one in alike:
                lines += [f"  {one.severity}: {escape_words(write_message(one))}  [{one.rule}]"]
                more = others[replace(one, place=Place())]
                lines += [f"    and {len(more)} more in {_list_places(more)}"] if more else []
            lines += [f"    {escape_words(hint)}"]
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, _format_totals(findings)])


def _list_places(findings: Sequence[Finding]) -> str:
    """List where the findings are, the first places of many."""
    places = list(dict.fromkeys(map(_format_place, findings)))
    return ", ".join(map(escape_words, places[:_MOST_PLACES])) + (" ..." if len(places) > _MOST_PLACES else "")


def _format_json(findings: Sequence[Finding]) -> str:
    return format_json([finding_to_data(finding) for finding in findings], indent=2)


def _format_github(findings: Sequence[Finding]) -> str:
    """Format workflow commands: a line per finding, shown at its line of its file where those are known."""
    return "\n".join(
        f"::{one.severity} {_format_annotation(one.place)}title={_escape_property(one.rule)}::"
        + _escape_command(_join_lines(f"{_format_place(one)}: {_write_sentences(one)}"))
        for one in findings
    )


def _format_annotation(place: Place) -> str:
    file = place.file or place.edition
    line = f"line={place.line}," if place.file and place.line else ""
    return f"file={_escape_property(file)},{line}" if file else ""


def _format_markdown(findings: Sequence[Finding]) -> str:
    """Format a list, errors first."""
    lines = [f"**{_format_totals(findings)}**"]
    for severity, group in groupby(sorted(findings, key=lambda one: one.severity), key=lambda one: one.severity):
        lines += ["", f"### {severity.title()}s", ""]
        lines += [
            f"- {quote_code(_format_place(one))} {escape_markdown(_write_sentences(one))} {quote_code(one.rule)}"
            for one in group
        ]
    return "\n".join(lines)


def _format_place(finding: Finding) -> str:
    """Format the place for a person, without its key, which the message names if it matters."""
    return str(_drop_key(finding.place))


def _drop_key(place: Place) -> Place:
    return replace(place, key="") if place.key else place


def _format_totals(findings: Sequence[Finding]) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    return f"{_format_count(errors, 'error')}, {_format_count(len(findings) - errors, 'warning')}"


def _write_sentences(finding: Finding) -> str:
    return f"{write_message(finding)}. {write_hint(finding)}"


def _format_count(n: int, what: str) -> str:
    return f"{n or 'no'} {what}{'' if n == 1 else 's'}"


def escape_markdown(text: str) -> str:
    """Escape foreign words so that they stay words in Markdown, and call nobody: on one line.

    GitHub looks for names, for numbers and for addresses after Markdown is done, where a backslash no longer helps and
    a space without width does.
    """
    parted = _CALLS.sub(lambda found: f"{found[0]}\0", escape_controls(_join_lines(text)))
    marked = _LEADS.sub(r"\1\\\2", _MARKS.sub(lambda found: f"\\{found[0]}", parted))
    return marked.replace("$", "<span>$</span>").replace("\0", "&#8203;")


def quote_code(text: str) -> str:
    """Write foreign text as code, between more backticks than it has in a row (CommonMark 0.31, section 6.1)."""
    words = escape_words(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", words)), default=0) + 1)
    room = " " if "`" in words else ""
    return f"{fence}{room}{words}{room}{fence}"


def _join_lines(text: str) -> str:
    return " ".join(text.split())


def _escape_command(text: str) -> str:
    """Escape the data of a workflow command as GitHub's toolkit does."""
    return escape_line(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _escape_property(text: str) -> str:
    return _escape_command(text).replace(":", "%3A").replace(",", "%2C")


def write_message(finding: Finding) -> str:
    """Write what is wrong, as a sentence without a full stop. Raises LookupError for an unknown rule."""
    text = _fill_row(_choose_rows(_load_messages()[finding.rule], finding), finding)
    return text[:1].upper() + text[1:]


def write_hint(finding: Finding) -> str:
    """Write what to do, in the imperative. Raises LookupError for an unknown rule."""
    rows: Rows | Mapping[str, Rows] = _load_messages()[finding.rule]["hint"]
    return _fill_row(_choose_rows(rows, finding) if isinstance(rows, Mapping) else rows, finding)


def shorten_text(text: str, most: int = 60) -> str:
    """Shorten a text to one line of at most ``most`` characters, for quoting; with 0 it is not shortened."""
    folded = " ".join(text.split())
    return folded if len(folded) <= most or not most else f"{folded[: most - 1].rstrip()}…"


@cache
def _load_messages() -> Mapping[str, Mapping[str, Rows]]:
    """Load the rows by rule and by subject; ``phrases``, ``subjects`` and ``reasons`` are no rules: they fill holes."""
    return load_table("report/messages.toml")


def _choose_rows(rows: Mapping[str, Rows], finding: Finding) -> Rows:
    return rows[finding.subject] if finding.subject in rows else rows["any"]


def _fill_row(rows: Rows, finding: Finding) -> str:
    """Fill the first row whose holes the finding has values for; else the last, with the names of its open holes."""
    pieces: list[Piece] = []
    known = {"it", *_load_messages()["phrases"], *dict(finding.values)}
    for row in [rows] if isinstance(rows, str) else rows:
        pieces = list(Formatter().parse(row))
        if {name for _, name, _, _ in pieces if name} <= known:
            break
    return "".join(_fill_pieces(pieces, finding))


def _fill_pieces(pieces: Iterable[Piece], finding: Finding) -> Iterator[str]:
    phrases = _load_messages()["phrases"]
    for text, name, most, _ in pieces:
        yield text
        if name == "it":
            yield _fill_row(_load_messages()["subjects"][finding.subject], finding)
        elif name == "reason" and (reason := finding.get_value(name)):
            yield _fill_row(_load_messages()["reasons"][str(reason)], finding)
        elif name and name in phrases:
            yield _fill_row(phrases[name], finding)
        elif name:
            value = finding.get_value(name)
            yield f"[{name}]" if value is None else _format_value(value, int(most or 60))


def _format_value(value: FindingValue, most: int) -> str:
    """Format a value for a sentence: several are separated by commas, and of a pair the first is quoted."""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, str):
        return shorten_text(value, most)
    return ", ".join(
        f"“{_format_value(one[0], most)}” {_format_value(one[1], most)}"
        if isinstance(one, tuple)
        else _format_value(one, most)
        for one in value
    )


STYLES: Mapping[Style, Callable[[Sequence[Finding]], str]] = {
    "human": _format_human,
    "json": _format_json,
    "github": _format_github,
    "markdown": _format_markdown,
}
