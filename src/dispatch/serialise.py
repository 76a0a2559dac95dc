"""Convert nouns to JSON and back, exactly; fields with their default value are left out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from typing import TypeVar, get_args, get_origin

from dispatch import from_mapping

T = TypeVar("T")


def to_json(noun: object) -> str:
    """Convert a noun to JSON in ASCII; even half a surrogate pair survives."""
    return json.dumps(to_mapping(noun), separators=(",", ":"))


def from_json(cls: type[T], written: str) -> T:
    """Parse JSON into an instance of ``cls``."""
    return _build_noun(cls, json.loads(written))


def to_mapping(noun: object, *, whole: bool = False) -> dict[str, object]:
    """Convert a noun to a mapping that JSON can hold; fields with their default are left out unless ``whole``."""
    values = (
        (name, getattr(noun, name), default)
        for name, _, default in _list_fields(from_mapping.expect_noun_class(type(noun)))
    )
    return {name: _to_plain_value(value, whole) for name, value, default in values if whole or value != default}


def _to_plain_value(value: object, whole: bool) -> object:
    if isinstance(value, tuple):
        return [_to_plain_value(item, whole) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return to_mapping(value, whole=whole) if is_dataclass(value) else value


def _build_noun(cls: type[T], value: Mapping[str, object]) -> T:
    makers = _list_makers(from_mapping.expect_noun_class(cls))
    # An unknown key was written by a later version, whose schema is otherwise the same.
    return cls(**{name: makers[name](item) for name, item in value.items() if name in makers})


@cache
def _list_makers(cls: type) -> Mapping[str, Callable[[object], object]]:
    """List, by field, the function that converts a value from JSON."""
    return {name: _choose_maker(kind) for name, kind, _ in _list_fields(cls)}


def _choose_maker(kind: object) -> Callable[[object], object]:
    if get_origin(kind) is tuple:
        of = _choose_maker(from_mapping.strip_annotation(get_args(kind)[0])[0])
        return lambda value: tuple(map(of, value)) if isinstance(value, list) else value
    if kind is datetime:
        return lambda value: datetime.fromisoformat(value) if isinstance(value, str) else value
    return lambda value: _build_noun(from_mapping.expect_noun_class(kind), value) if isinstance(value, dict) else value


@cache
def _list_fields(cls: type) -> tuple[tuple[str, object, object], ...]:
    """List name, type and default of each field of a noun."""
    return tuple(
        (column.name, from_mapping.strip_annotation(column.type)[0], column.default)
        for column in from_mapping.list_columns(cls)
    )
