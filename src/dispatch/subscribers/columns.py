"""Read a list of subscribers from elsewhere: CSV of any system whose columns ``columns.toml`` knows."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, NamedTuple, cast

from dispatch.errors import DeliveryError
from dispatch.from_mapping import suggest_nearest
from dispatch.model import ListedPerson, SubscriberState
from dispatch.shipped import load_table

FIELDS = ("email", "name", "language", "tags", "since", "state")
_MOST = 100_000  # characters of a line
_TRUE = {"true", "yes", "1", "t", "y"}
_FALSE = {"false", "no", "0", "f", "n"}


class Columns(NamedTuple):
    """Where each field stands in a row, and which columns mean a state."""

    fields: Mapping[str, int]
    true: Mapping[int, SubscriberState]
    filled: Mapping[int, SubscriberState]
    false: Mapping[int, SubscriberState]
    telling: Annotated[frozenset[int], "the columns that mean a state"]


class KnownWords(NamedTuple):
    """What is in ``columns.toml``, by the word that other systems have."""

    columns: Mapping[str, str]
    states: Mapping[str, SubscriberState]
    when: Mapping[str, Mapping[str, SubscriberState]]


def read_listed(lines: Iterable[str], *, mapped: Mapping[str, str] | None = None) -> Iterator[ListedPerson]:
    """Read the rows of a CSV file with a head (RFC 4180), or of one address a line without one.

    mapped: the field, one of ``FIELDS``, of a column that no system that is known has. Raises DeliveryError, with the
    line, when there is no column of addresses or it is no CSV.
    """
    rows = csv.reader(_limit_lines(lines))
    try:
        head = next(rows, [])
        if len(head) == 1 and "@" in head[0]:
            yield ListedPerson(line=1, email=head[0])
            head = ["email"]
        columns = _find_columns(head, mapped or {})
        for row in rows:
            if any(map(str.strip, row)):
                yield _read_row(row, columns, rows.line_num)
    except csv.Error as error:
        raise DeliveryError(f"is no CSV: {error}", hint="Save it as CSV, with commas.") from error


def _limit_lines(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if len(line) > _MOST or "\0" in line:
            raise DeliveryError(f"is no list of subscribers: see line {number}", hint="Save it as CSV, with commas.")
        yield line.removeprefix("\ufeff") if number == 1 else line


def _find_columns(head: list[str], mapped: Mapping[str, str]) -> Columns:
    words = [_fold_word(cell) for cell in head]
    own = {_fold_word(column): field for column, field in mapped.items()}
    if missing := [column for column in mapped if _fold_word(column) not in words]:
        column, near = missing[0], suggest_nearest(missing[0], head)
        raise DeliveryError(f"has no column “{column}”{near}", hint=f"It has: {', '.join(head)}")
    known = _load_words()
    found: dict[str, int] = {}
    for number, word in enumerate(words):
        field = own.get(word) or known.columns.get(word, "")
        if field and (field not in found or word in own):
            found[field] = number
    if "email" not in found:
        hint = f"Say which it is: --map COLUMN=email. It has: {', '.join(head)[:300]}"
        raise DeliveryError("has no column of mail addresses", hint=hint)
    places = {
        kind: {words.index(word): state for word, state in states.items() if word in words}
        for kind, states in known.when.items()
    }
    return Columns(**places, fields=found, telling=frozenset().union(*places.values()))


def _read_row(row: list[str], columns: Columns, line: int) -> ListedPerson:
    cells = {field: row[number].strip() for field, number in columns.fields.items() if number < len(row)}
    email, name, tags = cells.get("email", ""), cells.get("name", ""), cells.get("tags", "")
    if bracketed := re.fullmatch(r"([^<>]*)<([^<>]+)>", email) if "<" in email else None:
        name, email = name or bracketed[1].strip(' "'), bracketed[2]
    if not name and ("first" in cells or "last" in cells):
        name = f"{cells.get('first', '')} {cells.get('last', '')}"
    return ListedPerson(
        line=line,
        email=email,
        state=_find_state(row, columns, cells.get("state", "")),
        name=" ".join(name.split())[:200],
        language=cells.get("language", "").replace("_", "-"),
        tags=_parse_tags(tags) if tags else (),
        since=_parse_moment(cells.get("since", "")),
    )


def _parse_tags(written: str) -> tuple[str, ...]:
    tags = (" ".join(tag.strip(" \"'[]").split()) for tag in re.split("[,;|]", written))
    return tuple(sorted({tag[:100] for tag in tags if tag}))


def _find_state(row: list[str], columns: Columns, written: str) -> SubscriberState | None:
    """Find the state: the least that any of the columns says, so that nobody who has left comes back."""
    if not (written or columns.telling):
        return None
    said = [_load_words().states.get(_fold_word(written))] if written else []
    for number in columns.telling:
        word = row[number].strip().lower() if number < len(row) else ""
        said += [columns.filled.get(number)] if word and word not in _FALSE else []
        said += [columns.true.get(number)] if word in _TRUE else []
        said += [columns.false.get(number)] if word in _FALSE else []
    order: tuple[SubscriberState, ...] = ("suppressed", "left", "pending", "active")
    return next((state for state in order if state in said), None)


def _parse_moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written.replace(" UTC", "+00:00")) if written else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and not moment.tzinfo else moment


def _fold_word(word: str) -> str:
    return " ".join(re.sub("[_-]", " ", word.strip().strip("\ufeff").lower()).split())


@cache
def _load_words() -> KnownWords:
    data = load_table("subscribers/columns.toml")
    return KnownWords(
        columns={word: field for field, words in data["columns"].items() for word in words},
        states=cast(
            "dict[str, SubscriberState]", {word: state for state, words in data["states"].items() for word in words}
        ),
        when=data["when"],
    )
