"""Texts and tables of an export: CSV and JSON, bounded, never more than texts and tables of texts."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from dispatch import html
from dispatch.errors import GatherError
from dispatch.importers.posts import Export
from dispatch.model import Document
from dispatch.readers import charset, moments

Row = Mapping[str, object]

MOST_ROWS = 50_000
MOST_CELLS = 500
BEGINNING = 80_000  # bytes; a front matter has 64 KiB at most


def read_text(export: Export, name: str) -> str:
    """Read a file as text: without a byte order mark, ``\\n`` between lines. Raises GatherError."""
    return _decode_text(export.read(name), name)


def read_beginning(export: Export, name: str) -> str:
    """Read how the text of a file begins, to tell what it is; empty when it cannot be read."""
    try:
        return _decode_text((export.peek or export.read)(name)[:BEGINNING], name)
    except GatherError:
        return ""


def _decode_text(body: bytes, name: str) -> str:
    return charset.decode_document(Document(url="", media_type="", charset="", body=body, name=name))


def list_tables(export: Export, columns: Iterable[str]) -> list[str]:
    """List the CSV files whose first line names all of these columns."""

    def has_columns(name: str) -> bool:
        head = read_beginning(export, name).partition("\n")[0].lower() if name.lower().endswith(".csv") else ""
        return {*columns} <= {cell.strip('" \r') for cell in head.split(",")}

    return [name for name in export.names if has_columns(name)]


def parse_csv(text: str) -> list[Row]:
    """Parse CSV with a head (RFC 4180) into rows by the column's name in lower case. Raises GatherError."""
    with _allow_long_cells():
        try:
            return list(_parse_rows(text))
        except csv.Error as error:
            raise GatherError(f"the CSV cannot be read: {error}") from error


def read_rows(export: Export, name: str) -> list[Row]:
    """Read the rows of a file of CSV, or of JSON: a list, or one below ``results``. Raises GatherError."""
    text = read_text(export, name)
    if name.lower().endswith(".csv"):
        return parse_csv(text)
    found = parse_json(text)
    return pick_tables(found) or pick_tables(pick_table(found).get("results"))


def parse_json(text: str) -> object:
    """Parse JSON. Raises GatherError when it is not JSON, or nested without end."""
    try:
        found: object = json.loads(text)
    except ValueError as error:
        raise GatherError(f"this is not JSON: {error}") from error
    except RecursionError as error:
        raise GatherError("the JSON is nested too deep") from error
    return found


def pick_table(value: object) -> Row:
    """Return the value when it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def pick_tables(value: object) -> list[Row]:
    """Return the tables of a list, without what is none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def pick_text(row: Row, *keys: str) -> str:
    """Return the first of these that holds a text or a number, as text without white space around it; else empty."""
    for key in keys:
        value = row.get(key)
        shown = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
        if shown := html.remove_illegal_characters(shown).strip():
            return shown
    return ""


def is_true(row: Row, key: str) -> bool:
    """Whether a row says yes."""
    value = row.get(key)
    return value is True or str(value).strip().lower() in {"true", "1", "yes"}


def parse_moment(written: str, *, is_utc: bool = False) -> datetime | None:
    """Parse a moment as tables write it, epochs in milliseconds too. Without an offset it is UTC, or naive."""
    if re.fullmatch(r"\d{12,13}", written):
        return datetime.fromtimestamp(int(written) // 1000, UTC)
    found = moments.parse_date(written)
    return found.replace(tzinfo=UTC) if found and is_utc and found.tzinfo is None else found


def _parse_rows(text: str) -> Iterator[Row]:
    lines = csv.reader(match[0] for match in re.finditer(r"[^\n]*\n|[^\n]+", text))
    head: Sequence[str] = [cell.strip().lower() for cell in next(lines, [])]
    for number, cells in enumerate(lines):
        if number >= MOST_ROWS or len(cells) > MOST_CELLS:
            raise GatherError(f"the table has more than {MOST_ROWS:,} rows or {MOST_CELLS} columns")
        if any(cells):
            yield dict(zip(head, cells, strict=False))


@contextmanager
def _allow_long_cells() -> Iterator[None]:
    """Raise the ``csv`` module's limit for now: a newsletter's text is longer than it takes by default."""
    before = csv.field_size_limit(2 * html.MOST_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)
