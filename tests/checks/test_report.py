"""Findings as text, in every style."""

import json
from dataclasses import replace

import pytest

from dispatch.model import Finding, Place
from dispatch.report import STYLES, Style, format_findings

FILE = "issues/defence/nato.md"
FOUND = [
    Finding(
        rule="attribution.author",
        severity="error",
        subject="name",
        place=Place(file=FILE, edition="email.eml", half="html", article="nato"),
        values=(("headline", "A more powerful\nNATO"), ("name", "*its* author 100% <Ada>")),
    ),
    Finding(
        rule="editorial.date",
        severity="warning",
        subject="date",
        place=Place(file="dispatch.toml", line=7, key="published"),
        values=(("headline", "B, c: d"),),
    ),
]
SAID = "“A more powerful NATO” does not name its author *its* author 100% <Ada>"
AGAIN = "Render again. If it happens again, check your own templates."


def test_for_people() -> None:
    assert format_findings(FOUND, "human") == (
        "dispatch.toml:7\n"
        "  warning: “B, c: d” has no date of publication  [editorial.date]\n"
        "    Add published: to the article’s file.\n\n"
        f"{FILE}: email.eml (html)#nato\n"
        f"  error: {SAID}  [attribution.author]\n"
        f"    {AGAIN}\n\n"
        "1 error, 1 warning"
    )


def test_a_warning_that_is_the_same_in_several_places_is_shown_once_and_an_error_each_time() -> None:
    warning, error = FOUND[1], FOUND[0]
    many = [replace(one, place=Place(file=f"issues/week/{n}.md", line=2)) for n in range(5) for one in (warning, error)]
    written = format_findings(many, "human")
    assert written.count("has no date of publication") == 1
    assert (
        "issues/week/0.md:2\n"
        "  warning: “B, c: d” has no date of publication  [editorial.date]\n"
        "    and 4 more in issues/week/1.md:2, issues/week/2.md:2, issues/week/3.md:2 ...\n"
    ) in written
    assert written.count(SAID) == 5
    assert written.endswith("5 errors, 5 warnings")
    assert len(json.loads(format_findings(many, "json"))) == 10


def test_for_programs() -> None:
    written = format_findings(FOUND, "json")
    assert written.isascii()
    assert json.loads(written)[1] == {
        "rule": "attribution.author",
        "severity": "error",
        "subject": "name",
        "place": {
            "file": FILE,
            "address": "",
            "line": 0,
            "key": "",
            "edition": "email.eml",
            "half": "html",
            "article": "nato",
        },
        "values": {"headline": "A more powerful\nNATO", "name": "*its* author 100% <Ada>"},
        "message": SAID,
        "hint": AGAIN,
    }


def test_for_github() -> None:
    assert format_findings(FOUND, "github").split("\n") == [
        "::warning file=dispatch.toml,line=7,title=editorial.date::"
        "dispatch.toml:7: “B, c: d” has no date of publication. Add published: to the article’s file.",
        f"::error file={FILE},title=attribution.author::"
        f"{FILE}: email.eml (html)#nato: {SAID.replace('%', '%25')}. {AGAIN}",
    ]


def test_for_github_where_no_file_is_known() -> None:
    found = [replace(FOUND[0], place=Place(edition="tags/boats, 1/index.html")), replace(FOUND[0], place=Place())]
    assert [line.partition("::")[2].partition("::")[0] for line in format_findings(found, "github").split("\n")] == [
        "error title=attribution.author",
        "error file=tags/boats%2C 1/index.html,title=attribution.author",
    ]


def test_for_a_pull_request() -> None:
    words = SAID.replace("*", "\\*").replace("<", "\\<").replace(">", "\\>")
    assert format_findings(FOUND, "markdown").split("\n") == [
        "**1 error, 1 warning**",
        "",
        "### Errors",
        "",
        f"- `{FILE}: email.eml (html)#nato` {words}. {AGAIN} `attribution.author`",
        "",
        "### Warnings",
        "",
        "- `dispatch.toml:7` “B, c: d” has no date of publication. "
        "Add published: to the article’s file. `editorial.date`",
    ]


@pytest.mark.parametrize("style", STYLES)
def test_by_place_and_at_one_place_as_they_came(style: Style) -> None:
    places = [Place(file="b.md"), Place(file="a.md", line=10), Place(file="b.md"), Place(file="a.md", line=9)]
    names = [f"Number {n}" for n in range(4)]
    found = [
        Finding(rule="editorial.author", severity="error", subject="name", place=place, values=(("headline", name),))
        for place, name in zip(places, names, strict=True)
    ]
    written = format_findings(found, style)
    assert sorted(names, key=written.index) == ["Number 3", "Number 1", "Number 0", "Number 2"]


@pytest.mark.parametrize("style", STYLES)
def test_nothing_found(style: Style) -> None:
    expected = {"human": "no errors, no warnings", "json": "[]", "github": "", "markdown": "**no errors, no warnings**"}
    assert format_findings([], style) == expected[style]
