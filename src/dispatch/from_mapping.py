"""Convert between the tables of a file and the nouns of ``model``, led by the nouns' own annotations.

Nothing about a file's form is written down twice: keys, types, defaults, choices and descriptions all come from the
dataclass, both for reading (``read_noun``) and for the JSON Schemas that editors complete from (``schemas``). Values
may be TOML's own types or the texts of a YAML file; a text is parsed by its key's type.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from dispatch import links
from dispatch.deferred import defer_pattern
from dispatch.frozen import dataclass
from dispatch.model import AddressMark, Fault, Key, Place
from dispatch.text import fold_text

T = TypeVar("T")
# Converts a key's value to the field's, given its path and the reading. Raises ValueError, or adds faults itself.
Special = Callable[[object, str, "FileReading"], object]

_DATE = defer_pattern(
    r"\d{4}-\d\d-\d\d(?:[Tt ]+\d\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?\s*(?:[Zz]|[+-]\d\d(?::?\d\d(?::\d\d)?)?)?)?"
)
_ILLEGAL = defer_pattern("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0, section 2.2


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """A file while it is read, and the faults found in it so far."""

    file: Annotated[str, "its name in messages"]
    zone: Annotated[tzinfo, "the time zone in which a bare date begins"] = UTC
    lines: Annotated[Mapping[str, int], "the line of each path, where known"] = field(default_factory=dict)
    shapes: Annotated[
        Mapping[str, tuple[re.Pattern[str], str]],
        "by path without numbers, what a text or number must match beyond its type, and how to say so",
    ] = field(default_factory=dict)
    faults: Annotated[list[Fault], "what was found wrong"] = field(default_factory=list)

    def add_fault(self, path: str, what: str, *, hint: str = "") -> None:
        """Add a fault at a path such as ``authors[2].name``, where numbers count from 1."""
        self.faults.append(
            Fault(what=what, place=Place(file=self.file, line=self.find_line(path), key=path), hint=hint)
        )

    def find_line(self, path: str) -> int:
        """Find the line of a path, or of the nearest known path above it; 0 when none is known."""
        line = self.lines.get(path, 0)
        while path and not line:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
            line = self.lines.get(path, 0)
        return line


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a noun as a file has it."""

    name: Annotated[str, "the field's name"]
    key: Annotated[str, "its key in the file; empty when its own keys are among its neighbours'"]
    type: Annotated[object, "its type, with annotations"]
    doc: Annotated[str, "its description"]
    default: Annotated[object, "its default; MISSING when it has none"]

    @property
    def is_required(self) -> bool:
        """Whether a file must have it."""
        return self.default is MISSING


@cache
def list_columns(cls: type) -> tuple[Column, ...]:
    """List the fields of a noun in order."""
    hints = get_type_hints(cls, include_extras=True)
    found = []
    for item in fields(cls):
        marks = strip_annotation(hints[item.name])[1]
        key = next((mark.name for mark in marks if isinstance(mark, Key)), item.name)
        doc = next((mark for mark in marks if isinstance(mark, str)), "")
        default = item.default if item.default_factory is MISSING else item.default_factory()
        found.append(Column(name=item.name, key=key, type=hints[item.name], doc=doc, default=default))
    return tuple(found)


def suggest_nearest(word: str, words: Iterable[str]) -> str:
    """Return ``, did you mean “port”?`` when one of the words is similar, ignoring case and the like; else nothing."""
    from difflib import get_close_matches  # for who mistypes

    folded = {fold_text(known): known for known in sorted(words, reverse=True)}
    near = get_close_matches(fold_text(word), folded, n=1, cutoff=0.6)
    return f", did you mean “{folded[near[0]]}”?" if near else ""


def read_noun(
    cls: type[T],
    mapping: Mapping[str, object],
    reading: FileReading,
    *,
    path: str = "",
    given: Mapping[str, object] | None = None,
    special: Mapping[str, Special] | None = None,
    defaults: object = None,
) -> T | None:
    """Read one table as an instance of ``cls``; None when something in it is wrong (see ``reading.faults``).

    given: fields that do not come from the file; their keys are unknown there.
    special: how to read fields whose form in the file is not that of their type.
    defaults: a noun of the same kind whose values replace missing keys.
    """
    before = len(reading.faults)
    values = dict(given or {})
    used: set[str] = set()
    for column in list_columns(expect_noun_class(cls)):
        if column.name in values:
            continue
        inner: object = mapping.get(column.key)
        if not column.key:  # its keys stand among ours
            keys = [item.key for item in list_columns(expect_noun_class(strip_annotation(column.type)[0]))]
            inner = {key: mapping[key] for key in keys if key in mapping}
            used.update(keys)
        used.add(column.key)
        default = getattr(defaults, column.name) if defaults is not None else column.default
        if inner is None and default is not MISSING:  # not there, or a key without a value
            values[column.name] = default
            continue
        at = f"{path}.{column.key}".strip(".") if column.key else path
        if inner is None:
            reading.add_fault(at, "is missing" if column.key not in mapping else "has no value")
        elif special and column.name in special:
            try:
                values[column.name] = special[column.name](inner, at, reading)
            except ValueError as error:
                reading.add_fault(at, str(error))
        else:
            values[column.name] = _convert_value(column.type, inner, at, reading, default)
            if column.is_required and isinstance(inner, str) and not inner.strip():
                reading.add_fault(at, "is empty")
    used.discard("")
    for key in mapping:
        if key not in used:
            reading.add_fault(f"{path}.{key}".strip("."), f"unknown key{suggest_nearest(key, used)}")
    return cls(**values) if len(reading.faults) == before else None


def _convert_value(hint: object, value: object, path: str, reading: FileReading, default: object = None) -> object:
    """Convert one value to its field's type; None after a fault."""
    kind, marks = strip_annotation(hint)
    origin = get_origin(kind)
    if origin is tuple:  # what is not a list counts as its only item
        of = get_args(kind)[0]
        if not isinstance(value, list | tuple):
            return (_convert_value(of, value, path, reading),)
        return tuple(_convert_value(of, item, f"{path}[{number}]", reading) for number, item in enumerate(value, 1))
    try:
        if origin is Literal:
            return _convert_choice([str(choice) for choice in get_args(kind)], value)
        if kind is str:
            mark = next((mark for mark in marks if isinstance(mark, AddressMark)), None)
            return _require_shape(_convert_text(value, mark), path, reading)
        if kind is bool:
            return (
                _convert_choice(["true", "false"], str(value).lower() if isinstance(value, bool) else value) == "true"
            )
        if kind is int:
            return _require_shape(_convert_number(value), path, reading)
        if kind is datetime:
            return _convert_date(value, reading.zone)
        if not isinstance(value, Mapping):
            raise _make_kind_error("a table", value)
    except ValueError as error:
        reading.add_fault(path, str(error))
        return None
    if origin is Mapping:
        return _convert_table(get_args(kind)[1], value, path, reading)
    cls = expect_noun_class(kind)
    return read_noun(cls, value, reading, path=path, defaults=default if isinstance(default, cls) else None)


def _convert_table(hint: object, value: Mapping[str, object], path: str, reading: FileReading) -> dict[str, object]:
    """Convert a mapping whose keys the writer chose."""
    key = next((mark.name for mark in strip_annotation(hint)[1] if isinstance(mark, Key)), "")
    found: dict[str, object] = {}
    for name, item in value.items():
        at = f"{path}.{name}".strip(".")
        if not key:
            found[name] = _convert_value(hint, item, at, reading)
        elif not isinstance(item, Mapping) or list(item) != [key] or not str(item[key]).strip():
            reading.add_fault(at, f'must be {{ {key} = "the reason" }}')
        else:
            found[name] = _convert_value(hint, item[key], f"{at}.{key}", reading)
    return found


def _require_shape(value: str | int, path: str, reading: FileReading) -> str | int:
    """Check a value against the pattern for its path; an empty text needs no match. Raises ValueError."""
    pattern, what = reading.shapes.get(re.sub(r"\[\d+\]", "", path), (None, ""))
    if pattern and value != "" and not pattern.fullmatch(str(value)):
        raise ValueError(f"{what}, not {_abbreviate_value(value)}")
    return value


def _convert_choice(choices: Sequence[str], value: object) -> str:
    """Return a value that must be one of a few words. Raises ValueError."""
    if isinstance(value, str) and value in choices:
        return value
    raise ValueError(f"must be {' or '.join(choices)}, not {_abbreviate_value(value)}")


def _convert_text(value: object, mark: AddressMark | None) -> str:
    """Return a text as it is. Raises ValueError on another type, an illegal character, or what is not an address."""
    if not isinstance(value, str):
        raise _make_kind_error("a text", value)
    if not value.isprintable() and (found := _ILLEGAL.search(value)):
        raise ValueError(f"the character U+{ord(found[0]):04X} is not allowed in a text")
    if mark:  # the space around an address is no part of it
        value = f"https:{value.strip()}" if value.strip().startswith("//") else value.strip()
    if mark and mark.file and not links.is_file_address(value):
        what = "must be a web address, as https://wire.example/a.png, or the name of a file"
        raise ValueError(f"{what}, not {_abbreviate_value(value)}")
    if mark and not mark.file and value and not links.is_allowed(value):
        raise ValueError(f"must be an absolute address, as https://wire.example/a, not {_abbreviate_value(value)}")
    return value


def _convert_number(value: object) -> int:
    """Convert a whole number from 0 on, at most 15 digits. Raises ValueError."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15:
        return value
    raise _make_kind_error("a whole number", value)


def _convert_date(value: object, zone: tzinfo) -> datetime:
    """Convert a date; a bare date is its midnight, a time without an offset local to ``zone``. Raises ValueError."""
    if isinstance(value, str) and _DATE.fullmatch(value.strip()):
        day, _, time = value.strip().replace("T", " ").replace("t", " ").partition(" ")
        written = f"{day}T{re.sub(r'[ ]', '', time).upper()}" if time else day
        try:
            value = datetime.fromisoformat(written)
        except ValueError as error:
            raise ValueError(f"there is no such date or time: {_abbreviate_value(value)}") from error
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        raise _make_kind_error("a date, as 2026-11-22 or 2026-11-22T08:00:00+01:00", value)
    if not 1000 <= value.year <= 9000:
        raise ValueError("the year must have four digits")
    if value.tzinfo is None:
        # An offset, not a zone: the moment stays the same when the zone's rules change.
        value = value.replace(tzinfo=timezone(value.replace(tzinfo=zone).utcoffset() or timedelta()))
    return value


def _make_kind_error(wanted: str, value: object) -> ValueError:
    """Make the error for a value of the wrong type."""
    return ValueError(f"must be {wanted}, not {_abbreviate_value(value)}")


def _abbreviate_value(value: object) -> str:
    """Abbreviate a value for a message, on one line."""
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, Mapping):
        return "a table"
    return "nothing" if value is None else f"“{' '.join(str(value).split())[:80]}”"


@cache
def strip_annotation(hint: object) -> tuple[object, tuple[object, ...]]:
    """Split a type hint into the type, without ``| None``, and its annotations."""
    marks: tuple[object, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        marks = tuple(rest)
    if get_origin(hint) in (Union, UnionType):
        hint = next(part for part in get_args(hint) if part is not NoneType)
    return hint, marks


def expect_noun_class(kind: object) -> type:
    """Return the dataclass that a type is. Raises TypeError on any other type."""
    if isinstance(kind, type) and is_dataclass(kind):
        return kind
    raise TypeError(f"files cannot hold {kind}")
