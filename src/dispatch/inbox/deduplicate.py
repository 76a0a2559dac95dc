"""Store every article once: decide whether it is new, changed, known, or known from elsewhere."""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Annotated
from urllib.parse import quote

from dispatch import derived, html, identity, links, serialise
from dispatch.inbox import changes, used
from dispatch.inbox.inbox import KeepResult
from dispatch.inbox.queries import replace_surrogates, separate_characters
from dispatch.model import Article, Publication
from dispatch.text import fold_text

_MOST_CHANGES = 50
_MOST_ALIKE = 20  # an address or a text that so many articles have in common says nothing about any of them
_SAME_ENTRY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKeys:
    """An article with the values by which it is compared."""

    article: Article
    address: Annotated[str, "identity.fold_address"]
    given: Annotated[bytes, "a digest of the entry as the source has it"]
    text: str
    digest: Annotated[bytes, "of title and text; empty without text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMatch:
    """A known entry that an article was found to be."""

    row: Annotated[int, "of the table entries"]
    number: int
    source: str
    given: bytes
    also: bool


def make_entry_keys(article: Article, given: Article) -> EntryKeys:
    """Compute what an article is compared by; ``given`` is the entry that it was completed from, often the same."""
    text = html.to_plain_text(article.content)
    return EntryKeys(
        article=article,
        address=identity.fold_address(article.url),
        given=digest_entry(given),
        text=text,
        digest=_digest_text(identity.fold_words(article.title, text)) if text.strip() else b"",
    )


def digest_entry(article: Article) -> bytes:
    """Digest an entry as its source has it; when its feed was last changed has no part in it."""
    return _digest_text(serialise.to_json(replace(article, source=replace(article.source, feed_updated=None))))


def is_known_entry(connection: sqlite3.Connection, source: str, article: Article) -> bool:
    """Whether the inbox has this entry of that source unchanged, or has the article from elsewhere."""
    address, given = identity.fold_address(article.url), digest_entry(article)
    known = find_match(connection, source, article, address, given)
    return known is not None and (known.also or known.source != source or known.given == given)


_MATCH = (
    "SELECT e.rowid, e.number, a.source, e.given, e.also, e.source, e.guid"
    " FROM entries e JOIN arrivals a USING (number)"
)


def find_match(
    connection: sqlite3.Connection,
    source: str,
    article: Article,
    address: str,
    given: bytes,
    taken: Collection[int] = frozenset(),
) -> EntryMatch | None:
    """Find the entry that an article is: by its id within the source, else by its address, in this source or another.

    taken: the entries that other articles of the same gathering are, and which this one therefore is not.
    """
    row = None
    if article.id:  # where a column is not empty, its index may be used (SQLite, "Partial Indexes", section 3)
        asked = (source, replace_surrogates(article.id))
        row = connection.execute(f"{_MATCH} WHERE e.source = ? AND e.guid = ? AND e.guid != ''", asked).fetchone()
    if row is None:
        row = connection.execute(f"{_MATCH} WHERE e.source = ? AND e.given = ?", (source, given)).fetchone()
    if row:
        return EntryMatch(row=row[0], number=row[1], source=row[2], given=row[3], also=bool(row[4]))
    rows = connection.execute(
        f"{_MATCH} WHERE e.address = ? AND e.address != '' ORDER BY e.number LIMIT ?", (address, _MOST_ALIKE)
    ).fetchall()
    for row in rows if len(rows) < _MOST_ALIKE else ():
        # Some feeds give all entries one address, such as that of the page that has them all.
        differs = row[5] == source and (row[0] in taken or (article.id and row[6]))
        there = load_article(connection, row[1])
        if differs and fold_text(there.title) != fold_text(article.title):
            continue
        if any(
            identity.is_same_article(replace(there, url=url), article)
            for url in _list_addresses(connection, there, row[1])
        ):
            return EntryMatch(
                row=row[0], number=row[1], source=row[2], given=row[3], also=bool(row[4]) or row[5] != source
            )
    return None


def load_article(connection: sqlite3.Connection, number: int) -> Article:
    """Load the article of that number, which must exist."""
    row: tuple[str] = connection.execute("SELECT article FROM articles WHERE number = ?", (number,)).fetchone()
    return serialise.from_json(Article, row[0])


def _list_addresses(connection: sqlite3.Connection, article: Article, number: int) -> list[str]:
    """List the article's address and those at which it was found as well."""
    row: tuple[str] = connection.execute("SELECT also_at FROM arrivals WHERE number = ?", (number,)).fetchone()
    return [article.url, *json.loads(row[0])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduplicator:
    """Stores the articles of one source in the inbox, within a transaction."""

    connection: sqlite3.Connection
    publication: Publication
    source: str
    now: datetime

    def keep_all(self, entries: Sequence[EntryKeys]) -> KeepResult:
        """Store the entries, the first to arrive first."""
        added: list[int] = []
        changed: list[int] = []
        counts = {"known": 0, "also": 0, "dismissed": 0}
        patterns = self._find_dismiss_patterns()
        taken: set[int] = set()
        for one in entries:
            known = find_match(self.connection, self.source, one.article, one.address, one.given, taken)
            taken |= {known.row} if known else set()
            if known is None and (number := self._find_same_text(one)):
                counts["also" if self._add_address(one, number) else "known"] += 1
            elif known is None:
                is_unwanted = any(_fits_pattern(one.article, pattern) for pattern in patterns)
                number, row = self._insert_article(one, is_unwanted)
                taken.add(row)
                added += [] if is_unwanted else [number]
                counts["dismissed"] += is_unwanted
            elif (
                known.source == self.source
                and not known.also
                and known.given != one.given
                and self._update_article(one, known)
            ):
                changed.append(known.number)
            else:
                counts["known"] += 1
        # Whether an address says that an article is used can depend on the others that have it: all must be there.
        used.mark_used_at(self.connection, {one.address for one in entries}, [*added, *changed])
        new = [number for number in added if not used.is_used(self.connection, number)]
        counts["known"] += len(added) - len(new)  # used already, as in a fresh clone
        return KeepResult(new=new, changed=changed, **counts)

    def _find_dismiss_patterns(self) -> Sequence[str]:
        return next((source.dismiss for source in self.publication.sources if source.key == self.source), ())

    def _find_same_text(self, one: EntryKeys) -> int:
        """Find the number of the article with this title and text; 0 when there is none.

        The entries of one source are told apart by their days: what appears each week in the same words is another.
        """
        rows = self.connection.execute(
            "SELECT number, source FROM arrivals WHERE digest = ? AND digest != x'' ORDER BY number DESC LIMIT ?",
            (one.digest, _MOST_ALIKE),
        ).fetchall()
        for number, source in rows:
            there = derived.find_day(load_article(self.connection, number))
            here = derived.find_day(one.article)
            if source != self.source or not (there and here) or abs(there - here) < _SAME_ENTRY:
                return int(number)
        return 0

    def _add_address(self, one: EntryKeys, number: int) -> bool:
        """Record another address of an article; return whether it is a new one."""
        _, *known = urls = _list_addresses(self.connection, load_article(self.connection, number), number)
        if any(identity.is_same_address(one.article.url, url) for url in urls):
            return False
        self._insert_entry(one, number, also=True)
        if one.address:
            also_at = json.dumps([*known, one.article.url])
            self.connection.execute("UPDATE arrivals SET also_at = ? WHERE number = ?", (also_at, number))
        return True

    def _insert_article(self, one: EntryKeys, is_unwanted: bool) -> tuple[int, int]:
        """Insert a new article; return its number and the row of its entry."""
        article = replace(one.article, id=self._choose_id(one))
        arrived = int(self.now.timestamp())
        day = derived.find_day(article)
        shown = min(int(day.timestamp()), arrived) if day else arrived
        cursor = self.connection.execute(
            "INSERT INTO arrivals (source, id, digest, arrived, shown, dismissed, used, words, also_at, changes)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, ?, '[]', '[]')",
            (
                self.source,
                replace_surrogates(article.id),
                one.digest,
                arrived,
                shown,
                is_unwanted,
                self._insert_words(one),
            ),
        )
        number = int(cursor.lastrowid or 0)
        self.connection.execute("INSERT INTO articles VALUES (?, ?)", (number, serialise.to_json(article)))
        return number, self._insert_entry(one, number)

    def _update_article(self, one: EntryKeys, known: EntryMatch) -> bool:
        """Store the article as it is now; return whether a reader would see the change."""
        before = load_article(self.connection, known.number)
        article = replace(one.article, id=before.id)
        self.connection.execute(
            "UPDATE entries SET guid = ?, address = ?, given = ? WHERE rowid = ?",
            (replace_surrogates(one.article.id), one.address, one.given, known.row),
        )
        self.connection.execute(
            "UPDATE articles SET article = ? WHERE number = ?", (serialise.to_json(article), known.number)
        )
        lines = changes.describe_changes(before, article, one.text)
        if lines:
            row = self.connection.execute("SELECT changes FROM arrivals WHERE number = ?", (known.number,)).fetchone()
            self.connection.execute(
                "UPDATE arrivals SET changes = ?, digest = ?, words = ? WHERE number = ?",
                (
                    json.dumps([*json.loads(row[0]), *lines][-_MOST_CHANGES:]),
                    one.digest,
                    self._insert_words(one),
                    known.number,
                ),
            )
        return bool(lines)

    def _choose_id(self, one: EntryKeys) -> str:
        """Choose the article's id in an issue: its own if it is an absolute IRI, else a tag of this publication.

        Without any address or id it is known by its words; otherwise the issue mints one (see ``compose.add``).
        """
        own = one.article.id
        if links.is_absolute(own) or (not own and one.article.url):
            return own
        name = own or (one.digest or one.given).hex()[:16]
        return derived.mint_id(
            self.publication, one.article.published or self.now, f"{self.source}/{quote(replace_surrogates(name))}"
        )

    def _insert_entry(self, one: EntryKeys, number: int, *, also: bool = False) -> int:
        values = (self.source, replace_surrogates(one.article.id), one.address, one.given, also, number)
        return int(self.connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", values).lastrowid or 0)

    def _insert_words(self, one: EntryKeys) -> int:
        """Add a row to the index. Rows are never changed: a changed article gets a new one."""
        title = next((source.title for source in self.publication.sources if source.key == self.source), "")
        article = one.article
        columns = (
            article.title,
            "\n".join([*(author.name for author in article.authors), *(credit.name for credit in article.credits)]),
            "\n".join(dict.fromkeys((title, article.source.title, self.source))),
            "\n".join(article.tags),
            "\n".join((article.dek, article.summary, one.text)),
        )
        cursor = self.connection.execute(
            "INSERT INTO words (title, authors, source, tags, text) VALUES (?, ?, ?, ?, ?)",
            [separate_characters(column) for column in columns],
        )
        return int(cursor.lastrowid or 0)


def _fits_pattern(article: Article, pattern: str) -> bool:
    return any(fnmatchcase(fold_text(said), fold_text(pattern)) for said in (article.title, article.url))


def _digest_text(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def pair_entries(articles: Sequence[Article], completed: Mapping[int, Article]) -> list[EntryKeys]:
    """Pair the articles with their completed versions, the last first, because feeds begin with the newest."""
    pairs = [(completed.get(place, article), article) for place, article in enumerate(articles)]
    return [make_entry_keys(article, given) for article, given in reversed(pairs)]
