"""List what waits in the inbox, and search it: the queries, and the words of the full-text index."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from dispatch import serialise
from dispatch.deferred import defer_pattern
from dispatch.frozen import dataclass
from dispatch.model import Arrival, Article, Certainty
from dispatch.text import UNSPACED

_TERM = defer_pattern(r'"([^"]*)"?|([^\s"]+)')
_LONGEST = 500
_MOST_TERMS = 40
_NOTHING = '""'

_SELECT = """
    SELECT a.number, t.article, a.source, a.arrived, a.dismissed, a.also_at, a.changes,
    EXISTS (SELECT 1 FROM entries e WHERE e.number = a.number AND e.shared)
"""

_NUMBERS = "SELECT a.number"

InboxOrder = Literal["arrived", "day", "source"]
_ORDERS: dict[InboxOrder, str] = {
    "arrived": "a.arrived DESC, a.shown DESC, a.number DESC",
    "day": "a.shown DESC, a.number DESC",
    "source": "a.source, a.shown DESC, a.number DESC",
}
# In the JSON of an article, what is as usual is left out; see ``serialise``.
_SAID = "(SELECT coalesce(json_extract(article, '$.{}'), '{}') FROM articles WHERE number = a.number)"
_LANGUAGE = f"EXISTS (SELECT 1 WHERE {_SAID.format('language', '')} = ? OR {_SAID.format('language', '')} GLOB ?)"
_CERTAINTY = f"{_SAID.format('certainty', 'certain')} = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxQuery:
    """What an editor wants to see. All conditions must match."""

    search: Annotated[str, "words that all occur; “in quotes” together; with * at the end, how a word begins"] = ""
    source: Annotated[str, "the key of a source"] = ""
    author: Annotated[str, "words of a name"] = ""
    tag: Annotated[str, "words of a tag"] = ""
    language: Annotated[str, "a language, such as de; those of its regions are meant, too"] = ""
    certainty: Annotated[Certainty | None, "how sure it is who wrote it"] = None
    since: Annotated[datetime | None, "arrived then or later"] = None
    before: Annotated[datetime | None, "arrived earlier"] = None
    everything: Annotated[bool, "what is used or dismissed, too"] = False
    used: Annotated[bool, "only what an issue uses"] = False
    dismissed: Annotated[bool, "only what was dismissed, and no issue uses"] = False
    order: Annotated[InboxOrder, "by when it arrived, by its own day, the newest first, or by source"] = "arrived"


def select_arrivals(connection: sqlite3.Connection, wish: InboxQuery, limit: int) -> Iterator[Arrival]:
    """Select arrivals, as they arrived the newest first; of those of one moment, the newest by date. limit -1: all."""
    order = _ORDERS[wish.order]
    if match := _build_match(wish):
        rows = connection.execute(
            f"{_SELECT} FROM words w JOIN arrivals a ON a.words = w.rowid JOIN articles t USING (number)"
            f" WHERE w.words MATCH ? AND {_build_where(wish)}"
            f" ORDER BY {'w.rowid DESC' if wish.order == 'arrived' else order} LIMIT ?",
            (match, *_list_parameters(wish), limit),
        )
    else:
        rows = connection.execute(
            f"{_SELECT} FROM arrivals a JOIN articles t USING (number)"
            f" WHERE {_build_where(wish)} ORDER BY {order} LIMIT ?",
            (*_list_parameters(wish), limit),
        )
    return map(_build_arrival, rows)


def select_numbers(connection: sqlite3.Connection, wish: InboxQuery) -> list[int]:
    """Select the numbers of all arrivals that match, in the order of ``select_arrivals``.

    No article is read, unless language or certainty are asked for, which stand in them alone.
    """
    match = _build_match(wish)
    # CROSS keeps SQLite from asking the index of words once for each arrival: of 10,000, 5 s instead of 28 ms.
    tables = "words w CROSS JOIN arrivals a ON a.words = w.rowid" if match else "arrivals a"
    rows = connection.execute(
        f"{_NUMBERS} FROM {tables} WHERE {'w.words MATCH ? AND ' if match else ''}{_build_where(wish)}"
        f" ORDER BY {_ORDERS[wish.order]}",
        (*([match] if match else []), *_list_parameters(wish)),
    )
    return [number for (number,) in rows]


def count_by_source(connection: sqlite3.Connection) -> dict[str, int]:
    """Count what waits of each source."""
    rows = connection.execute("SELECT source, count(*) FROM arrivals WHERE used = 0 AND dismissed = 0 GROUP BY source")
    return dict(rows.fetchall())


def count_arrivals(connection: sqlite3.Connection) -> int:
    """Count the articles that wait."""
    row: tuple[int] = connection.execute("SELECT count(*) FROM arrivals WHERE used = 0 AND dismissed = 0").fetchone()
    return row[0]


def select_arrival(connection: sqlite3.Connection, number: int) -> Arrival | None:
    """Select the arrival of that number."""
    row = connection.execute(
        f"{_SELECT} FROM arrivals a JOIN articles t USING (number) WHERE a.number = ?", (number,)
    ).fetchone()
    return _build_arrival(row) if row else None


def _build_arrival(row: Sequence[object]) -> Arrival:
    number, article, source, arrived, dismissed, also_at, changes, shared = row
    return Arrival(
        number=int(str(number)),
        article=serialise.from_json(Article, str(article)),
        source=str(source),
        arrived=datetime.fromtimestamp(int(str(arrived)), UTC),
        state="dismissed" if dismissed else "new",
        also_at=tuple(json.loads(str(also_at))),
        changes=tuple(json.loads(str(changes))),
        shared=bool(shared),
    )


def _build_where(wish: InboxQuery) -> str:
    waiting = ["1"] if wish.everything else ["a.used = 0", "a.dismissed = 0"]
    parts = ["a.used > 0"] if wish.used else ["a.used = 0", "a.dismissed > 0"] if wish.dismissed else waiting
    parts += ["a.source = ?"] if wish.source else []
    parts += ["a.arrived >= ?"] if wish.since else []
    parts += ["a.arrived < ?"] if wish.before else []
    parts += [_LANGUAGE] if wish.language else []
    parts += [_CERTAINTY] if wish.certainty else []
    return " AND ".join(parts)


def _list_parameters(wish: InboxQuery) -> tuple[str | int, ...]:
    source = (wish.source,) if wish.source else ()
    moments = (int(moment.timestamp()) for moment in (wish.since, wish.before) if moment)
    language = (wish.language, f"{wish.language}-*") if wish.language else ()
    return (*source, *moments, *language, *((wish.certainty,) if wish.certainty else ()))


def _build_match(wish: InboxQuery) -> str:
    """Build the query of the full-text index; empty when everything matches."""
    asked = build_word_query(wish.search), build_word_query(wish.author, "authors"), build_word_query(wish.tag, "tags")
    return " AND ".join(part for part in asked if part)


def replace_surrogates(text: str) -> str:
    """Make a text fit for SQLite: half of a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def separate_characters(text: str) -> str:
    """Prepare a text for the index: put spaces around each character of scripts without spaces."""
    return replace_surrogates(UNSPACED.sub(r" \1 ", text))


def build_word_query(asked: str, column: str = "") -> str:
    """Turn what an editor typed into a query of the index; empty when that is nothing.

    All words must occur; words in quotes together; of a word with * at its end, the beginning. Every word is put into
    quotes, so that none is taken for an operator; punctuation alone is no word of the index, and finds nothing.
    """
    within = f"{column} : " if column else ""
    terms = list(_parse_terms(asked[:_LONGEST]))[:_MOST_TERMS]
    return " AND ".join(f"{within}{term}" for term in terms or ([_NOTHING] if asked.strip() else []))


def _parse_terms(asked: str) -> Iterator[str]:
    for phrase, word in _TERM.findall(asked.replace("\0", " ")):
        text = separate_characters(phrase or word.rstrip("*")).strip()
        if any(sign.isalnum() for sign in text):
            yield f'"{text}"{" *" if word.endswith("*") else ""}'
