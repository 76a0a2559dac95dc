"""Every pattern takes time in proportion to its text, whatever that is: each is tried with 100 KB of its worst."""

import re
import tomllib

import pytest

from dispatch import licences
from dispatch.importers import skipped
from dispatch.mail_services import load_services
from dispatch.readers import kit_licences, kit_lines
from patterns import LONG, SRC, Use, find_slow, find_uses

LANGUAGES = [tomllib.loads(path.read_text("utf-8")) for path in (SRC / "languages").glob("*.toml")]
USES, UNKNOWN = find_uses()
# Those of which the source says at the place of use no more than a name: what they are.
ELSEWHERE = {
    "licences.py: words": [words for words, _ in licences._WORDS],
    "readers/kit_licences.py: _LICENCES[key]": list(kit_licences._LICENCES.values()),
    "readers/kit_lines.py: WORDS['again']['words']": [kit_lines.WORDS["again"]["words"]],
    "readers/kit_lines.py: WORDS['original']['words']": [kit_lines.WORDS["original"]["words"]],
    "readers/kits.py: WORDS['counters']['words']": [kit_lines.WORDS["counters"]["words"]],
    "readers/kits.py: one['mark']": [one["mark"] for one in kit_lines.HOUSES],
    "importers/skipped.py: pattern": [pattern for pattern, _ in skipped._REASONS],
    "mail_services.py: self.counter": [service.counter for service in load_services().values()],
    "mail_services.py: self.language": [service.language for service in load_services().values()],
    "mail_services.py: self.filled": [service.filled for service in load_services().values() if service.filled],
    "language.py: self._words['and.before']": [words["and"]["before"] for words in LANGUAGES if "and" in words],
}
USES += [
    Use("readers/kits.toml:0", re.compile(row[key], re.IGNORECASE), "search")
    for row in kit_lines.HOUSES
    for key in ("links",)
    if key in row
]
USES += [
    Use(f"{place}:0", re.compile(one, re.IGNORECASE), "search") for place, some in ELSEWHERE.items() for one in some
]
# Many times what a simple pattern takes, and much less than one that reads on from each character to the end.
MOST = 12 * min(Use("", re.compile("[ab]|[^c]"), "findall").measure_time("x" * LONG) for _ in range(5))


def describe_slow(use: Use) -> list[str]:
    found = find_slow(use, MOST)
    return [f"{use.place} {use.method} {use.pattern.pattern!r}: {found}"] if found else []


@pytest.mark.parametrize("place", sorted({use.place.partition(":")[0] for use in USES}))
def test_a_pattern_takes_linear_time(place: str) -> None:
    assert [line for use in USES if use.place.startswith(f"{place}:") for line in describe_slow(use)] == []


def test_every_pattern_of_the_source_is_tried() -> None:
    assert len(USES) > 250
    assert sorted(UNKNOWN) == sorted(ELSEWHERE)


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"(?:/+|/amp)+\Z", "sub"),
        (r"\S+@\S+\.\S+", "fullmatch"),
        (r"\s+$", "search"),
        (r"<a [^>]*href=", "findall"),
        (r"(a|aa)*b", "match"),
        (r"\d*\.?\d+px", "match"),
        (r"<!--.*?-->", "sub"),
    ],
)
def test_a_slow_pattern_would_be_found(pattern: str, method: str) -> None:
    assert find_slow(Use("", re.compile(pattern, re.DOTALL), method), MOST)
