"""Many findings in one of STYLES."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, replace
from itertools import groupby
from typing import Literal

from dispatch.model import Finding, Place
from dispatch.report.sentences import write_hint, write_message

Style = Literal["human", "json", "github", "markdown"]


def report(findings: Iterable[Finding], style: Style) -> str:
    """The findings in one of STYLES, by place, without a line break at the end.

    What is foreign in it is on one line, no more. At one place they stand as they came: errors first.
    """
    return STYLES[style](sorted(findings, key=lambda one: astuple(_unkeyed(one.place))))


def as_data(finding: Finding) -> dict[str, object]:
    """A finding as what JSON can hold: its fields, and its message and hint for people."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "subject": finding.subject,
        "place": asdict(finding.place),
        "values": dict(finding.values),
        "message": write_message(finding),
        "hint": write_hint(finding),
    }


def _human(findings: Sequence[Finding]) -> str:
    """A block a place, and under each the findings; a hint once for those that share it."""
    blocks = []
    for where, group in groupby(findings, key=_where):
        lines = [_line(where)]
        for hint, alike in groupby(group, key=write_hint):
            lines += [f"  {one.severity}: {_line(write_message(one))}  [{one.rule}]" for one in alike]
            lines += [f"    {_line(hint)}"]
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, _sum(findings)])


def _json(findings: Sequence[Finding]) -> str:
    """A list of objects; ASCII, so that nothing in it acts on a terminal."""
    return json.dumps([as_data(finding) for finding in findings], indent=2)


def _github(findings: Sequence[Finding]) -> str:
    """Workflow commands: a line a finding, shown at its line of its file where those are known."""
    return "\n".join(
        f"::{one.severity} {_annotated(one.place)}title={_property(one.rule)}::"
        + _command(f"{_where(one)}: {_sentences(one)}")
        for one in findings
    )


def _annotated(place: Place) -> str:
    file = place.file or place.edition
    line = f"line={place.line}," if place.file and place.line else ""
    return f"file={_property(file)},{line}" if file else ""


def _markdown(findings: Sequence[Finding]) -> str:
    """A list, errors first."""
    lines = [f"**{_sum(findings)}**"]
    for severity, group in groupby(sorted(findings, key=lambda one: one.severity), key=lambda one: one.severity):
        lines += ["", f"### {severity.title()}s", ""]
        lines += [f"- {_code(_where(one))} {_text(_sentences(one))} {_code(one.rule)}" for one in group]
    return "\n".join(lines)


def _where(finding: Finding) -> str:
    """How a person is told the place: the message names the key, if anything does."""
    return str(_unkeyed(finding.place))


def _unkeyed(place: Place) -> Place:
    return replace(place, key="") if place.key else place


def _sum(findings: Sequence[Finding]) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    return f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}"


def _sentences(finding: Finding) -> str:
    return f"{write_message(finding)}. {write_hint(finding)}"


def _count(n: int, what: str) -> str:
    return f"{n or 'no'} {what}{'' if n == 1 else 's'}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _command(text: str) -> str:
    """Data of a workflow command, escaped as GitHub's toolkit does."""
    return _line(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _command(text).replace(":", "%3A").replace(",", "%2C")


def _text(text: str) -> str:
    """Words that stay words in Markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|~&" else letter for letter in _line(text))


def _code(text: str) -> str:
    return f"`{_line(text).replace('`', chr(39))}`"


STYLES: Mapping[Style, Callable[[Sequence[Finding]], str]] = {
    "human": _human,
    "json": _json,
    "github": _github,
    "markdown": _markdown,
}
