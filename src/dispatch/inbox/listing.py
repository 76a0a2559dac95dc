"""What waits in the inbox, and what is found in it."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from dispatch import nouns
from dispatch.inbox import words
from dispatch.model import Arrival, Article

_SELECT = "SELECT a.number, t.article, a.source, a.arrived, a.dismissed, a.also_at, a.changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an editor wants to see. Everything that is given must fit."""

    search: Annotated[str, "words that all occur; “in quotes” together; with * at the end, how a word begins"] = ""
    source: Annotated[str, "the key of a source"] = ""
    author: Annotated[str, "words of a name"] = ""
    tag: Annotated[str, "words of a tag"] = ""
    since: Annotated[datetime | None, "arrived then or later"] = None
    everything: Annotated[bool, "what is used or dismissed, too"] = False


def arrivals(connection: sqlite3.Connection, wish: Wish, limit: int) -> Iterator[Arrival]:
    """What fits, the newest arrival first; of what arrived together, the newest by its own date. ``limit`` -1: all."""
    if match := _match(wish):
        rows = connection.execute(
            f"{_SELECT} FROM words w JOIN arrivals a ON a.words = w.rowid JOIN articles t USING (number)"
            f" WHERE w.words MATCH ? AND {_where(wish)} ORDER BY w.rowid DESC LIMIT ?",
            (match, *_values(wish), limit),
        )
    else:
        rows = connection.execute(
            f"{_SELECT} FROM arrivals a JOIN articles t USING (number)"
            f" WHERE {_where(wish)} ORDER BY a.arrived DESC, a.shown DESC, a.number DESC LIMIT ?",
            (*_values(wish), limit),
        )
    return map(_arrival, rows)


def waiting(connection: sqlite3.Connection) -> int:
    """How many wait."""
    row: tuple[int] = connection.execute("SELECT count(*) FROM arrivals WHERE used = 0 AND dismissed = 0").fetchone()
    return row[0]


def numbered(connection: sqlite3.Connection, number: int) -> Arrival | None:
    """The arrival of that number."""
    row = connection.execute(
        f"{_SELECT} FROM arrivals a JOIN articles t USING (number) WHERE a.number = ?", (number,)
    ).fetchone()
    return _arrival(row) if row else None


def _arrival(row: Sequence[object]) -> Arrival:
    number, article, source, arrived, dismissed, also_at, changes = row
    return Arrival(
        number=int(str(number)),
        article=nouns.noun(Article, str(article)),
        source=str(source),
        arrived=datetime.fromtimestamp(int(str(arrived)), UTC),
        state="dismissed" if dismissed else "new",
        also_at=tuple(json.loads(str(also_at))),
        changes=tuple(json.loads(str(changes))),
    )


def _where(wish: Wish) -> str:
    parts = ["1"] if wish.everything else ["a.used = 0", "a.dismissed = 0"]
    parts += ["a.source = ?"] if wish.source else []
    parts += ["a.arrived >= ?"] if wish.since else []
    return " AND ".join(parts)


def _values(wish: Wish) -> tuple[str | int, ...]:
    source = (wish.source,) if wish.source else ()
    return (*source, *((int(wish.since.timestamp()),) if wish.since else ()))


def _match(wish: Wish) -> str:
    """The query of the full-text index; empty when everything fits."""
    asked = words.query(wish.search), words.query(wish.author, "authors"), words.query(wish.tag, "tags")
    return " AND ".join(part for part in asked if part)
