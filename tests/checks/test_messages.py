"""What people read of a finding: every row of the table once, as a sentence; nothing else pins the wording."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import cast, get_args

import pytest

import dispatch.report
from checks.calls import Source
from checks.judging import HOLES, TABLE, find_holes
from dispatch.checks import RULES
from dispatch.model import Finding, FindingValue, Place, Reason, Subject
from dispatch.report import shorten_text, write_hint, write_message

FOLDER = Path(dispatch.report.__file__).parent
PHRASES, SUBJECTS = TABLE["phrases"], TABLE["subjects"]
GOLDEN = Path(__file__).parent.parent / "data" / "messages.txt"
# A value for each hole that a row may have.
VALUES: dict[str, FindingValue] = {
    "article": "the-road",
    "attribute": "onclick",
    "cloud": "photo.jpg",
    "copy": "issue.md",
    "count": 2,
    "date": "2026-11-26",
    "device": "AUX",
    "element": "video",
    "file": "issues/defence/nato.md",
    "found": "https://t.example/x",
    "headline": "The road that leads to the sea",
    "hint": "Save it as UTF-8.",
    "host": "t.example",
    "id": "tag:wire.example,2025-02-14:defence/nato",
    "issue": "Who pays for defence",
    "headlines": ("A more powerful NATO", "The mole"),
    "key": "feeds.hub",
    "label": "Unsubscribe",
    "language": "sv",
    "largest": (("A more powerful NATO", 51234), ("The mole", 12000)),
    "limit": 102400,
    "line": "12",
    "mends": "authors",
    "more": 3,
    "name": "Ada Lane",
    "number": "7",
    "others": ("Bo Roe", "Cy Poe"),
    "detail": "404",
    "reason": "not-xml",
    "raw": "issues/defence/\\udcff.jpg",
    "relation": "self",
    "role": "translator",
    "scheme": "ftp",
    "section": "Europe",
    "service": "Mail Chest",
    "setting": "Campaign > Track clicks",
    "sign": ":",
    "size": 123456,
    "stem": "Kopie von issue",
    "steps": 2,
    "tag": "%%name%%",
    "text": "the words of the link",
    "twin": "issues/defence/Photo.jpg",
    "type": "text/html",
    "typed": "issue.md",
    "url": "https://paper.example/a?x=1&y=2",
    "what": "Is not UTF-8",
    "wanted": "https://people.example/ada",
    "written": "Who pays &#42;|NAME|&#42; now.",
}


def holes(row: str) -> set[str]:
    """The values that a row needs; a phrase needs none, and the name of a subject its own."""
    return set(find_holes(row)) - PHRASES.keys()


def rows(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def needs(rule: str) -> Iterator[tuple[Subject, set[str]]]:
    """For each row of a rule its subject, and the values that fill that row."""
    for subject, given in TABLE[rule].items():
        for who in SUBJECTS if subject == "any" else [subject] if subject != "hint" else []:
            for row in rows(given):
                names = rows(SUBJECTS[who]) if "{it}" in row else [""]
                yield from ((cast("Subject", who), holes(row) - {"it"} | holes(name)) for name in names)


def sentences() -> list[str]:
    """Each row's sentence, made from a finding that has the values of that row and no others."""
    return [sentence(rule, subject, names) for rule in RULES for subject, names in needs(rule)]


def sentence(rule: str, subject: Subject, names: set[str]) -> str:
    values = tuple((name, VALUES[name]) for name in sorted(names))
    one = Finding(rule=rule, severity=RULES[rule].severity, subject=subject, values=values)
    return f"{rule} {subject}: {write_message(one)}"


def test_every_row_is_a_sentence_and_every_row_is_used(request: pytest.FixtureRequest) -> None:
    written = sentences()
    assert len(set(written)) == len(written), "a row stands behind one that is always taken instead"
    assert not [line for line in written if "{" in line or "[" in line or line.endswith(".")]
    for line in written:
        message = line.partition(": ")[2]
        assert message[0].isupper() or message[0] in "“<#1234567890", line
    text = "\n".join(written) + "\n"
    if request.config.getoption("update_golden"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


def test_every_hole_has_a_value_to_be_tried_with() -> None:
    assert set(VALUES) == HOLES


def test_every_rule_has_its_rows_and_every_row_a_rule() -> None:
    assert set(TABLE) - {"phrases", "subjects", "reasons"} == set(RULES)
    subjects = {subject for rule in RULES for subject in TABLE[rule]} - {"hint", "any", *PHRASES}
    assert subjects <= set(get_args(Subject))


@pytest.mark.parametrize("detail", [(), (("detail", "Ann"),)])
@pytest.mark.parametrize("reason", [reason for reason in get_args(Reason) if reason])
def test_every_reason_has_words_with_a_detail_and_without(reason: Reason, detail: tuple[tuple[str, str], ...]) -> None:
    values: tuple[tuple[str, FindingValue], ...] = (("url", "https://a.example/"), ("reason", reason), *detail)
    message = write_message(Finding(rule="links.dead", severity="warning", subject="article", values=values))
    assert "[" not in message
    assert ": : " not in message
    assert ("Ann" in message) == bool(detail and "{detail}" in str(TABLE["reasons"][reason]))


def test_every_reason_is_a_literal() -> None:
    assert set(TABLE["reasons"]) == set(get_args(Reason)) - {""}


# What is raised here is raised before anything is asked: by document(), which reads paths as well, and without TLS.
ASKING = {"__init__.py", "api.py"}


@pytest.mark.parametrize("room", ["checks", "fetch"])
def test_whatever_a_finding_may_tell_of_has_a_reason(room: str) -> None:
    """What cannot be read back, or does not answer, says why as a literal, wherever it is raised."""
    for path in (FOLDER.parent / room).glob("*.py"):
        for made in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(made, ast.Call) and getattr(made.func, "id", "") in {"CheckError", "GatherError"}:
                said = {word.arg for word in made.keywords}
                assert "reason" in said or path.name in ASKING, f"{path.name}:{made.lineno}"


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_to_do(rule: str) -> None:
    for subject in TABLE[rule].keys() - {"hint", "any"} | (SUBJECTS.keys() if "any" in TABLE[rule] else set()):
        values = tuple(VALUES.items())
        hint = write_hint(Finding(rule=rule, severity="error", subject=subject, values=values))
        assert hint[0].isupper()
        assert hint.endswith(".")
        assert "{" not in hint


@pytest.mark.parametrize(("rule", "key"), [("ids.link", "url"), ("ids.date", "date"), ("ids.authors", "authors")])
def test_what_was_published_may_be_mended_by_a_correction(rule: str, key: str) -> None:
    subject = {"ids.link": "link", "ids.date": "date", "ids.authors": "name"}[rule]
    values = (("mends", key),)
    hint = write_hint(Finding(rule=rule, severity="error", subject=cast("Subject", subject), values=values))
    assert f'dispatch issue correct ISSUE ARTICLE "what was wrong" --mends {key}' in hint


ROOMS = {path.name: ast.parse(path.read_text("utf-8")) for path in sorted((FOLDER.parent / "checks").glob("*.py"))}


@pytest.mark.parametrize("room", ROOMS)
def test_every_finding_that_is_made_has_a_row(room: str) -> None:
    """Without one, an editor would get a KeyError."""
    made = set(Source(ROOMS[room], (ROOMS["links.py"],)).find_pairs())
    assert [(rule, who) for rule, who in sorted(made) if who not in TABLE[rule] and "any" not in TABLE[rule]] == []


def test_every_rule_is_made_by_a_check() -> None:
    sources = [Source(room, (ROOMS["links.py"],)) for room in ROOMS.values()]
    assert {rule for source in sources for rule, _ in source.find_pairs()} == set(RULES)


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("make_finding(RULE, 'x')", {("r", "x")}),
        ("make_finding(one, 'x')", {("p", "x"), ("q", "x")}),
        ("make_finding(two, three)", {("s", "t")}),
        ("make_finding(KINDS.get('a'), 'x' if one else RULE)", {("v", "x"), ("v", "r")}),
        ("make_finding(given, 'x')", {("g", "x"), ("h", "x")}),
        ("make_finding(RULE, 'x' if one else given.kind)", {("r", "x"), ("r", "k"), ("r", "l")}),
        ("make_finding(RULE, given.colour)", LookupError),
        ("make_finding(four, five)", {("m", "n"), ("o", "n")}),
        ("make_finding(strange, 'x')", LookupError),
        ("make_finding(make(), 'x')", LookupError),
        ("make_finding(*one)", LookupError),
    ],
)
def test_what_a_call_says_is_read_or_it_is_a_failure(call: str, wanted: set[tuple[str, str]] | type[Exception]) -> None:
    text = f"""
RULE = 'r'
KINDS = {{'a': 'v'}}
def check(given):
    one: str = 'p' if given else 'q'
    for two, three in (('s', 't'),):
        {call}
    for four, five in listed():
        {call}
def listed():
    yield 'm', 'n'
    yield 'o', 'n'
check('g')
check(given='h')
"""
    other = ast.parse("class Noun:\n    size: int\n    kind: str\nNoun(1, 'k')\nNoun(2, 'l')")
    source = Source(ast.parse(text), (other,))
    if isinstance(wanted, set):
        assert set(source.find_pairs()) == wanted
    else:
        with pytest.raises(wanted):
            list(source.find_pairs())


def test_what_is_foreign_is_quoted_on_one_line_and_cut_off() -> None:
    name = "A\nname " + "very " * 40 + "long"
    message = write_message(
        Finding(
            rule="attribution.author",
            severity="error",
            subject="name",
            place=Place(file="a.md"),
            values=(("headline", "{name}\n{0}"), ("name", name)),
        )
    )
    assert message == f"“{{name}} {{0}}” does not name its author {shorten_text(name)}"
    assert len(shorten_text(name)) == 60
    assert shorten_text("x" * 61, 0) == "x" * 61


def test_a_hole_that_nothing_fills_is_named_and_breaks_nothing() -> None:
    assert write_message(Finding(rule="attribution.credit", severity="error", subject="name")) == (
        "“[headline]”: its [role], [name], is not named"
    )
