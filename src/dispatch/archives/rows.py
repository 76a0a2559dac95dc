"""What tables hold, as CSV and as JSON; bounded, and never more than texts and tables of texts."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from dispatch import html
from dispatch.archives.nouns import Archive
from dispatch.errors import GatherError
from dispatch.model import Document
from dispatch.readers import charset, entries

Row = Mapping[str, object]

MOST_ROWS = 50_000
MOST_CELLS = 500
BEGINNING = 80_000  # a front matter has 64 KiB at most


def text_of(archive: Archive, name: str) -> str:
    """The text of a file: without a byte order mark, ``\\n`` between lines. Raises GatherError."""
    return charset.text(Document(url="", media_type="", charset="", body=archive.read(name), name=name))


def beginning(archive: Archive, name: str) -> str:
    """How the text of a file begins, to tell what it is; empty when it cannot be read."""
    try:
        body = archive.read(name)
    except GatherError:
        return ""
    return charset.text(Document(url="", media_type="", charset="", body=body[:BEGINNING], name=name))


def of_csv(text: str) -> list[Row]:
    """The rows of a CSV file with a head (RFC 4180), by the column's name in lower case. Raises GatherError."""
    with _long_fields():
        try:
            return list(_rows(text))
        except csv.Error as error:
            raise GatherError(f"this is no CSV that can be read: {error}") from error


def of_json(text: str) -> object:
    """What a JSON text holds. Raises GatherError on what is none, and on what is nested without end."""
    try:
        found: object = json.loads(text)
    except ValueError as error:
        raise GatherError(f"this is not JSON: {error}") from error
    except RecursionError as error:
        raise GatherError("the JSON is nested too deep") from error
    return found


def table(value: object) -> Row:
    """A table; an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> list[Row]:
    """A list of tables; whatever is none is passed over."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def said(row: Row, *keys: str) -> str:
    """The first of these that holds a text or a number, as text without white space around it; else empty."""
    for key in keys:
        value = row.get(key)
        shown = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
        if shown := html.clean(shown).strip():
            return shown
    return ""


def is_so(row: Row, key: str) -> bool:
    """Whether a row says yes."""
    value = row.get(key)
    return value is True or str(value).strip().lower() in {"true", "1", "yes"}


def moment(written: str, *, is_utc: bool = False) -> datetime | None:
    """A moment as tables write it, epochs in milliseconds too. Without an offset it is UTC, or naive."""
    if re.fullmatch(r"\d{12,13}", written):
        return datetime.fromtimestamp(int(written) // 1000, UTC)
    found = entries.moment(written)
    return found.replace(tzinfo=UTC) if found and is_utc and found.tzinfo is None else found


def _rows(text: str) -> Iterator[Row]:
    lines = csv.reader(match[0] for match in re.finditer(r"[^\n]*\n|[^\n]+", text))
    head: Sequence[str] = [cell.strip().lower() for cell in next(lines, [])]
    for number, cells in enumerate(lines):
        if number >= MOST_ROWS or len(cells) > MOST_CELLS:
            raise GatherError(f"the table has more than {MOST_ROWS:,} rows or {MOST_CELLS} columns")
        if any(cells):
            yield dict(zip(head, cells, strict=False))


@contextmanager
def _long_fields() -> Iterator[None]:
    """A letter is longer than what the module of the standard library takes unless told; it is told only for now."""
    before = csv.field_size_limit(2 * html.MOST_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)
