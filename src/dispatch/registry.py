"""authors.toml, the registry of authors: read, and edited in place, so that every other line stays as it is.

What is written is read back before it replaces the file; where that differs from what was meant, nothing is written.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from dispatch import from_mapping
from dispatch.deferred import defer_pattern
from dispatch.errors import ConfigError
from dispatch.model import Person
from dispatch.slugs import is_slug
from dispatch.toml import format_toml, parse_toml

FILE: Final = "authors.toml"

_HEADER = defer_pattern(r"""\s*\[\s*["']?(?P<key>[^\]"'.]*)["']?\s*\]""")
_ASIDE = defer_pattern(r"\s*(?:#.*)?$")


def read_people(table: Mapping[str, object], reading: from_mapping.FileReading) -> dict[str, Person]:
    """Read the entries of authors.toml, by key; what is wrong with one is a fault of the reading."""
    found: dict[str, Person] = {}
    for key, value in table.items():
        if not is_slug(key):
            reading.add_fault(key, "a key is made of a-z, 0-9 and hyphens, at most 80")
        elif not isinstance(value, Mapping):
            reading.add_fault(key, f"must be a table: [{key}], and below it name, url and so on")
        elif person := from_mapping.read_noun(Person, value, reading, path=key):
            found[key] = person
    for key, person in found.items():
        for number, former in enumerate(person.former, 1):
            if not former.strip():
                reading.add_fault(f"{key}.former[{number}]", "is empty")
            elif former in found:
                reading.add_fault(f"{key}.former[{number}]", f"“{former}” is the key of an author here")
    return found


def edit_entry(text: str, key: str, table: Mapping[str, object] | None, *, now: str = "") -> str:
    """Change the entry of that key in the text of an authors.toml, add it, or, without a table, remove it.

    now: the entry's new key. Raises ConfigError where the file is written in a way that no command can edit.
    """
    meant = parse_toml(text, file=FILE, error=ConfigError)
    old = meant.get(key, {})
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += end
    begin, stop = _find_entry_lines(lines, key)
    entry = lines[begin:stop] or [f"[{key}]{end}"]
    if table is None:
        entry = []
    else:
        entry[0] = entry[0].replace(key, now or key, 1)
        for name in [*table, *(old if isinstance(old, Mapping) else {})]:
            if not isinstance(old, Mapping) or old.get(name) != table.get(name):
                _edit_value(entry, name, f"{name} = {format_toml(table[name])}{end}" if name in table else "")
        if begin == stop and lines and lines[-1].strip():
            entry.insert(0, end)
    after = stop + (not entry and stop < len(lines) and not lines[stop].strip())  # the blank line below goes with it
    edited = "".join([*lines[:begin], *entry, *lines[after:]])
    wanted = {name: value for name, value in meant.items() if name != key}
    if _parse_leniently(edited) != (wanted if table is None else wanted | {now or key: table}):
        raise ConfigError(f"[{key}] cannot be edited by a command", subject=FILE, hint="Edit it by hand.")
    return edited


def to_table(person: Person) -> dict[str, object]:
    """Convert a person to the keys and values of an entry, without those that are empty."""
    values = {**asdict(person.author), "former": list(person.former)}
    return {key: value for key, value in values.items() if value}


def _find_entry_lines(lines: Sequence[str], key: str) -> tuple[int, int]:
    """Find the lines of an entry; comments and blank lines below belong to what follows. Both are the end without."""
    headers = [(number, found["key"]) for number, line in enumerate(lines) if (found := _HEADER.match(line))]
    begin = next((number for number, name in headers if name.strip() == key), len(lines))
    stop = next((number for number, _ in headers if number > begin), len(lines))
    while stop > begin and _ASIDE.match(lines[stop - 1]):
        stop -= 1
    return begin, stop


def _edit_value(entry: list[str], name: str, line: str) -> None:
    """Replace the lines that give a name its value, which may be several; a new one comes at the end."""
    names = [one.partition("=")[0].strip().strip("\"'") for one in entry]
    at = names.index(name) if name in names else len(entry)
    ends = (stop for stop in range(at + 1, len(entry) + 1) if name in _parse_leniently("".join(entry[at:stop])))
    entry[at : next(ends, at)] = [line] if line else []


def _parse_leniently(text: str) -> Mapping[str, object]:
    """Parse a TOML text; nothing of what is not TOML."""
    try:
        return tomllib.loads(text)
    except ValueError:
        return {}
