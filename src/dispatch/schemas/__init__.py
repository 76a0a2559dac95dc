"""Build the JSON Schemas of dispatch.toml and authors.toml, for completion and checks in editors.

They are made from the nouns' own annotations and kept in this folder: ``python -m dispatch.schemas`` writes them again,
and a test says when that is due.
"""

from collections.abc import Mapping
from dataclasses import MISSING
from datetime import datetime
from typing import Literal, cast, get_args, get_origin

from dispatch.from_mapping import expect_noun_class, list_columns, strip_annotation
from dispatch.model import AddressMark, Key, Person, Publication

Schema = dict[str, object]  # what json.dumps takes

# What a publication has that does not stand in dispatch.toml.
ELSEWHERE = frozenset({"authors", "former_names", "templates", "own_templates", "pages", "root"})
_PATTERNS = {
    AddressMark(): "^(?:https?://|//|mailto:|tel:|$)",
    AddressMark(file=True): "^(?:https?://|(?![A-Za-z][A-Za-z0-9+.-]*:))",
}


def build_schemas() -> dict[str, Schema]:
    """Build each schema (JSON Schema, draft 2020-12), by its file's name."""
    authors: Schema = {"type": "object", "additionalProperties": _describe_table(Person)}
    return {
        "dispatch.schema.json": _add_head(
            "A publication: dispatch.toml", _describe_table(Publication, without=ELSEWHERE)
        ),
        "authors.schema.json": _add_head("The registry of authors: authors.toml", authors),
    }


def _add_head(title: str, schema: Schema) -> Schema:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **schema}


def _describe_table(cls: type, *, without: frozenset[str] = frozenset(), defaults: object = None) -> Schema:
    """Describe a noun as a table."""
    properties: Schema = {}
    required: list[object] = []
    for column in list_columns(cls):
        if column.name in without:
            continue
        default = getattr(defaults, column.name) if defaults is not None else column.default
        if default is MISSING and column.key:
            required.append(column.key)
        if column.key:
            properties[column.key] = _describe_value(column.type, default) | {"description": column.doc}
        else:  # its keys stand among ours
            among = expect_noun_class(strip_annotation(column.type)[0])
            inner = _describe_table(among, defaults=None if default is MISSING else default)
            properties |= cast("Schema", inner["properties"])
            required += cast("list[object]", inner["required"]) if default is MISSING else []
    head: Schema = {"type": "object"}
    if cls.__doc__:
        head["description"] = cls.__doc__.partition("\n")[0].replace("``", "")
    return head | {"properties": properties, "required": required, "additionalProperties": False}


def _describe_value(hint: object, default: object = MISSING) -> Schema:
    """Describe a type, with its default if it has a useful one."""
    kind, marks = strip_annotation(hint)
    origin = get_origin(kind)
    said: Schema = {"default": default} if isinstance(default, str | int) and default != "" else {}
    if origin is Literal:
        return {"enum": [str(choice) for choice in get_args(kind)]} | said
    if origin is tuple:
        item = _describe_value(get_args(kind)[0])
        listed: Schema = {"type": "array", "items": item}
        return {"anyOf": [item, listed]} if item.get("type") == "string" else listed
    if kind is str:
        patterns = [_PATTERNS[mark] for mark in marks if isinstance(mark, AddressMark)]
        pattern: Schema = {"pattern": patterns[0]} if patterns else {}
        return {"type": "string"} | pattern | said
    if kind is bool:
        return {"type": "boolean"} | said
    if kind is int:
        return {"type": "integer", "minimum": 0} | said
    if kind is datetime:
        return {"type": "string"}
    if origin is not Mapping:
        return _describe_table(expect_noun_class(kind), defaults=None if default is MISSING else default)
    inner = get_args(kind)[1]
    key = next((mark.name for mark in strip_annotation(inner)[1] if isinstance(mark, Key)), "")
    if not key:
        return {"type": "object", "additionalProperties": _describe_value(inner)}
    doc = next((mark for mark in strip_annotation(inner)[1] if isinstance(mark, str)), "")
    properties: Schema = {key: _describe_value(inner) | {"description": doc}}
    table: Schema = {
        "type": "object",
        "properties": properties,
        "required": [key],
        "additionalProperties": False,
    }
    return {"type": "object", "additionalProperties": table}
