"""Findings as text, in every style."""

import json

import pytest

from dispatch.model import Finding
from dispatch.report import STYLES, report

FOUND = [
    Finding(
        rule="attribution.author",
        severity="error",
        where="email.html#nato",
        what="“A more powerful\nNATO” does not name *its* author 100% <Ada>",
        hint="Render again.",
    ),
    Finding(
        rule="editorial.date", severity="warning", where="issues/defence/nato.md", what="Nobody knows when", hint=""
    ),
]


def test_for_people() -> None:
    assert report(FOUND, "human") == (
        "email.html#nato\n"
        "  error: “A more powerful NATO” does not name *its* author 100% <Ada>  [attribution.author]\n"
        "    Render again.\n\n"
        "issues/defence/nato.md\n"
        "  warning: Nobody knows when  [editorial.date]\n\n"
        "1 error, 1 warning"
    )


def test_for_programs() -> None:
    written = report(FOUND, "json")
    assert written.isascii()
    assert json.loads(written)[0] == {
        "rule": "attribution.author",
        "severity": "error",
        "where": "email.html#nato",
        "what": "“A more powerful\nNATO” does not name *its* author 100% <Ada>",
        "hint": "Render again.",
    }


def test_for_github() -> None:
    assert report(FOUND, "github").split("\n") == [
        "::error file=email.html,title=attribution.author::"
        "email.html#nato: “A more powerful NATO” does not name *its* author 100%25 <Ada>. Render again.",
        "::warning file=issues/defence/nato.md,title=editorial.date::issues/defence/nato.md: Nobody knows when.",
    ]


def test_for_a_pull_request() -> None:
    assert report(FOUND, "markdown").split("\n") == [
        "**1 error, 1 warning**",
        "",
        "### Errors",
        "",
        "- `email.html#nato` “A more powerful NATO” does not name \\*its\\* author 100% \\<Ada\\>. "
        "Render again. `attribution.author`",
        "",
        "### Warnings",
        "",
        "- `issues/defence/nato.md` Nobody knows when. `editorial.date`",
    ]


@pytest.mark.parametrize("style", STYLES)
def test_one_order(style: str) -> None:
    whats = [f"Number {n}" for n in range(4)]
    places = ["b.html", "a.html", "b.html", "a.html"]
    found = [
        Finding(rule="ids.link", severity="error", where=where, what=what)
        for where, what in zip(places, whats, strict=True)
    ]
    written = report(found, style)  # type: ignore[arg-type]
    assert sorted(whats, key=written.index) == ["Number 1", "Number 3", "Number 0", "Number 2"]


@pytest.mark.parametrize("style", STYLES)
def test_nothing_found(style: str) -> None:
    expected = {"human": "no errors, no warnings", "json": "[]", "github": "", "markdown": "**no errors, no warnings**"}
    assert report([], style) == expected[style]  # type: ignore[arg-type]
