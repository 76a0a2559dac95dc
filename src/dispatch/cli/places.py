"""The lines that findings are about, looked up in the files where their keys stand, when somebody is to see them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from dispatch import config, files, frontmatter
from dispatch.errors import DispatchError, IssueError
from dispatch.model import Finding

# Which facts may stand word for word in a file, where no key says which line it is.
_QUOTED = ("url", "text", "found")


def locate(findings: Iterable[Finding], root: Path) -> list[Finding]:
    """The findings with the line of their file, where it can be told; ``root`` is the publication's folder.

    It is the line of the key, or of the nearest that is there above it; where a finding on a file has no key, the first
    line of the body that has its address or its words.
    """

    @cache
    def lines(file: str) -> tuple[Mapping[str, int], list[str]]:
        return _read(root, file)

    return [_locate(finding, *lines(finding.place.file)) for finding in findings]


def _locate(finding: Finding, keys: Mapping[str, int], lines: list[str]) -> Finding:
    """The finding with its line in a file of these keys and lines."""
    place = finding.place
    if place.key:
        line = _find_key(place.key, keys)
    else:
        words = () if place.edition else (finding.value(name) for name in _QUOTED)
        line = next((line for word in words if isinstance(word, str) and (line := _find_words(word, lines))), 0)
    return finding.at(replace(place, line=line)) if line else finding


def _find_key(key: str, keys: Mapping[str, int]) -> int:
    """The line of a key or of what it is part of: ``authors[2].url``, ``authors[2]``, ``authors``; 0 where none is."""
    while key and not keys.get(key):
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return keys.get(key, 0)


def _find_words(words: str, lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines, 1) if words.strip() and words in line), 0)


def _read(root: Path, file: str) -> tuple[Mapping[str, int], list[str]]:
    """The lines of a file's keys, and its lines; none of what cannot be read."""
    if not file:
        return {}, []
    try:
        text = files.text(root / file, within=root, error=IssueError)
        keys = config.find_lines(text) if file.endswith(".toml") else frontmatter.parse(text).lines
    except DispatchError:
        return {}, []
    return keys, text.splitlines()
