"""Finds the lines that findings are about, in the files as they are when somebody is to see them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import cache
from pathlib import Path

from dispatch import files, frontmatter
from dispatch.deferred import defer_pattern
from dispatch.errors import DispatchError, IssueError
from dispatch.frozen import dataclass
from dispatch.model import Finding
from dispatch.toml import find_lines

# Which facts may stand word for word in a body, where no key says which line it is.
_QUOTED = ("url", "text", "found")
# What goes on within an address or a word, so that it is another one: bit.ly/x is not in bit.ly/xyz, nor in bit.ly/x/y.
_GOES_ON = r"(?!/|[-._~:?#@!$&*+,;=%']*[^\W_])"


@dataclass(frozen=True, slots=True, kw_only=True)
class _FileLines:
    """Where things stand in a file: nothing, where it cannot be read."""

    keys: Mapping[str, int] = field(default_factory=dict)
    body: tuple[tuple[int, str], ...] = ()


def locate_findings(findings: Iterable[Finding], root: Path) -> list[Finding]:
    """Give each finding the line of its file, where it can be told; ``root`` is the publication's folder.

    It is the line of the key, or of the nearest that is there above it. Where a finding on a file has no key, it is the
    first line below the front matter that has its address or its words, and no longer ones that begin like them.
    """

    @cache
    def lines(file: str) -> _FileLines:
        return _read_lines(root, file)

    return [_locate_finding(finding, lines(finding.place.file)) for finding in findings]


def _locate_finding(finding: Finding, lines: _FileLines) -> Finding:
    place = finding.place
    if place.key:
        line = _find_key(place.key, lines.keys)
    else:
        words = () if place.edition else (finding.get_value(name) for name in _QUOTED)
        line = next((line for word in words if isinstance(word, str) and (line := _find_words(word, lines.body))), 0)
    return finding.at_place(replace(place, line=line)) if line else finding


def _find_key(key: str, keys: Mapping[str, int]) -> int:
    """The line of a key or of what it is part of: ``authors[2].url``, ``authors[2]``, ``authors``; 0 where none is."""
    while key and not keys.get(key):
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return keys.get(key, 0)


def _find_words(words: str, body: Iterable[tuple[int, str]]) -> int:
    """The first line of a body that has the words, whole; 0 where none has."""
    begins = r"(?<![^\W_])" if words[:1].isalnum() else ""
    whole = defer_pattern(begins + re.escape(words) + _GOES_ON)
    return next((number for number, line in body if words.strip() and whole.search(line)), 0)


def _read_lines(root: Path, file: str) -> _FileLines:
    if not file:
        return _FileLines()
    try:
        text = files.read_text(root / file, within=root, error=IssueError)
        if file.endswith(".toml"):
            return _FileLines(keys=find_lines(text))
        head = frontmatter.parse_front_matter(text)
    except DispatchError:
        return _FileLines()
    first = text[: len(text) - len(head.body)].count("\n") + 1
    return _FileLines(keys=head.lines, body=tuple(enumerate(head.body.split("\n"), first)))
