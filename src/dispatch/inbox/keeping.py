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

from dispatch import html, identity, links, nouns, terms
from dispatch.inbox import changes, using
from dispatch.inbox.box import Kept
from dispatch.inbox.listing import spaced, utf8
from dispatch.model import Article, Publication
from dispatch.text import fold_text

_MOST_CHANGES = 50
_MOST_ALIKE = 20  # an address or a text that so many articles have in common says nothing about any of them
_SAME_ENTRY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article with the values by which it is compared."""

    article: Article
    address: Annotated[str, "identity.fold_address"]
    given: Annotated[bytes, "a digest of the entry as the source has it"]
    text: str
    digest: Annotated[bytes, "of title and text; empty without text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A known entry that an article was found to be."""

    row: Annotated[int, "of the table entries"]
    number: int
    source: str
    given: bytes
    also: bool


def entry(article: Article, given: Article) -> Entry:
    """Compute what an article is compared by; ``given`` is the entry that it was completed from, often the same."""
    text = html.text(article.content)
    return Entry(
        article=article,
        address=identity.fold_address(article.url),
        given=given_digest(given),
        text=text,
        digest=_digest(identity.fold_words(article.title, text)) if text.strip() else b"",
    )


def given_digest(article: Article) -> bytes:
    """Digest an entry as its source has it; when its feed was last changed has no part in it."""
    return _digest(nouns.text(replace(article, source=replace(article.source, feed_updated=None))))


def is_known(connection: sqlite3.Connection, source: str, article: Article) -> bool:
    """Whether the inbox has this entry of that source unchanged, or has the article from elsewhere."""
    address, given = identity.fold_address(article.url), given_digest(article)
    known = match(connection, source, article, address, given)
    return known is not None and (known.also or known.source != source or known.given == given)


_MATCH = (
    "SELECT e.rowid, e.number, a.source, e.given, e.also, e.source, e.guid"
    " FROM entries e JOIN arrivals a USING (number)"
)


def match(
    connection: sqlite3.Connection,
    source: str,
    article: Article,
    address: str,
    given: bytes,
    taken: Collection[int] = frozenset(),
) -> Match | None:
    """Find the entry that an article is: by its id within the source, else by its address, in this source or another.

    taken: the entries that other articles of the same gathering are, and which this one therefore is not.
    """
    row = None
    if article.id:  # where a column is not empty, its index may be used (SQLite, "Partial Indexes", section 3)
        asked = (source, utf8(article.id))
        row = connection.execute(f"{_MATCH} WHERE e.source = ? AND e.guid = ? AND e.guid != ''", asked).fetchone()
    if row is None:
        row = connection.execute(f"{_MATCH} WHERE e.source = ? AND e.given = ?", (source, given)).fetchone()
    if row:
        return Match(row=row[0], number=row[1], source=row[2], given=row[3], also=bool(row[4]))
    rows = connection.execute(
        f"{_MATCH} WHERE e.address = ? AND e.address != '' ORDER BY e.number LIMIT ?", (address, _MOST_ALIKE)
    ).fetchall()
    for row in rows if len(rows) < _MOST_ALIKE else ():
        # Some feeds give all entries one address, such as that of the page that has them all.
        differs = row[5] == source and (row[0] in taken or (article.id and row[6]))
        there = stored(connection, row[1])
        if differs and fold_text(there.title) != fold_text(article.title):
            continue
        if any(identity.is_same_article(replace(there, url=url), article) for url in _urls(connection, there, row[1])):
            return Match(row=row[0], number=row[1], source=row[2], given=row[3], also=bool(row[4]) or row[5] != source)
    return None


def stored(connection: sqlite3.Connection, number: int) -> Article:
    """Load the article of that number, which must exist."""
    row: tuple[str] = connection.execute("SELECT article FROM articles WHERE number = ?", (number,)).fetchone()
    return nouns.noun(Article, row[0])


def _urls(connection: sqlite3.Connection, article: Article, number: int) -> list[str]:
    """List the article's address and those at which it was found as well."""
    row: tuple[str] = connection.execute("SELECT also_at FROM arrivals WHERE number = ?", (number,)).fetchone()
    return [article.url, *json.loads(row[0])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Stores the articles of one source in the inbox, within a transaction."""

    connection: sqlite3.Connection
    publication: Publication
    source: str
    now: datetime

    def all(self, entries: Sequence[Entry]) -> Kept:
        """Store the entries, the first to arrive first."""
        added: list[int] = []
        changed: list[int] = []
        counts = {"known": 0, "also": 0, "dismissed": 0}
        patterns = self._patterns()
        taken: set[int] = set()
        for one in entries:
            known = match(self.connection, self.source, one.article, one.address, one.given, taken)
            taken |= {known.row} if known else set()
            if known is None and (number := self._same_text(one)):
                counts["also" if self._also(one, number) else "known"] += 1
            elif known is None:
                is_unwanted = any(_fits(one.article, pattern) for pattern in patterns)
                number, row = self._add(one, is_unwanted)
                taken.add(row)
                added += [] if is_unwanted else [number]
                counts["dismissed"] += is_unwanted
            elif (
                known.source == self.source and not known.also and known.given != one.given and self._update(one, known)
            ):
                changed.append(known.number)
            else:
                counts["known"] += 1
        # Whether an address says that an article is used can depend on the others that have it: all must be there.
        using.mark_at(self.connection, {one.address for one in entries}, added)
        new = [number for number in added if not using.is_used(self.connection, number)]
        counts["known"] += len(added) - len(new)  # used already, as in a fresh clone
        return Kept(new=new, changed=changed, **counts)

    def _patterns(self) -> Sequence[str]:
        return next((source.dismiss for source in self.publication.sources if source.key == self.source), ())

    def _same_text(self, one: Entry) -> int:
        """Find the number of the article with this title and text; 0 when there is none.

        The entries of one source are told apart by their days: what appears each week in the same words is another.
        """
        rows = self.connection.execute(
            "SELECT number, source FROM arrivals WHERE digest = ? AND digest != x'' ORDER BY number DESC LIMIT ?",
            (one.digest, _MOST_ALIKE),
        ).fetchall()
        for number, source in rows:
            there = stored(self.connection, number).published
            here = one.article.published
            if source != self.source or not (there and here) or abs(there - here) < _SAME_ENTRY:
                return int(number)
        return 0

    def _also(self, one: Entry, number: int) -> bool:
        """Record another address of an article; return whether it is a new one."""
        _, *known = urls = _urls(self.connection, stored(self.connection, number), number)
        if any(identity.is_same_address(one.article.url, url) for url in urls):
            return False
        self._entry(one, number, also=True)
        if one.address:
            also_at = json.dumps([*known, one.article.url])
            self.connection.execute("UPDATE arrivals SET also_at = ? WHERE number = ?", (also_at, number))
        return True

    def _add(self, one: Entry, is_unwanted: bool) -> tuple[int, int]:
        """Insert a new article; return its number and the row of its entry."""
        article = replace(one.article, id=self._id(one))
        arrived = int(self.now.timestamp())
        shown = min(int(article.published.timestamp()), arrived) if article.published else arrived
        cursor = self.connection.execute(
            "INSERT INTO arrivals (source, id, digest, arrived, shown, dismissed, used, words, also_at, changes)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, ?, '[]', '[]')",
            (self.source, utf8(article.id), one.digest, arrived, shown, is_unwanted, self._words(one)),
        )
        number = int(cursor.lastrowid or 0)
        self.connection.execute("INSERT INTO articles VALUES (?, ?)", (number, nouns.text(article)))
        return number, self._entry(one, number)

    def _update(self, one: Entry, known: Match) -> bool:
        """Store the article as it is now; return whether a reader would see the change."""
        before = stored(self.connection, known.number)
        article = replace(one.article, id=before.id)
        self.connection.execute(
            "UPDATE entries SET guid = ?, address = ?, given = ? WHERE rowid = ?",
            (utf8(one.article.id), one.address, one.given, known.row),
        )
        self.connection.execute("UPDATE articles SET article = ? WHERE number = ?", (nouns.text(article), known.number))
        lines = changes.lines(before, article, one.text)
        if lines:
            row = self.connection.execute("SELECT changes FROM arrivals WHERE number = ?", (known.number,)).fetchone()
            self.connection.execute(
                "UPDATE arrivals SET changes = ?, digest = ?, words = ? WHERE number = ?",
                (
                    json.dumps([*json.loads(row[0]), *lines][-_MOST_CHANGES:]),
                    one.digest,
                    self._words(one),
                    known.number,
                ),
            )
            using.mark(self.connection, [known.number])
        return bool(lines)

    def _id(self, one: Entry) -> str:
        """Choose the article's id in an issue: its own if it is an absolute IRI, else a tag of this publication.

        Without any address or id it is known by its words; otherwise the issue mints one (see ``compose.add``).
        """
        own = one.article.id
        if links.is_absolute(own) or (not own and one.article.url):
            return own
        name = own or (one.digest or one.given).hex()[:16]
        return terms.mint(self.publication, one.article.published or self.now, f"{self.source}/{quote(utf8(name))}")

    def _entry(self, one: Entry, number: int, *, also: bool = False) -> int:
        values = (self.source, utf8(one.article.id), one.address, one.given, also, number)
        return int(self.connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", values).lastrowid or 0)

    def _words(self, one: Entry) -> int:
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
            [spaced(column) for column in columns],
        )
        return int(cursor.lastrowid or 0)


def _fits(article: Article, pattern: str) -> bool:
    return any(fnmatchcase(fold_text(said), fold_text(pattern)) for said in (article.title, article.url))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def paired(articles: Sequence[Article], completed: Mapping[int, Article]) -> list[Entry]:
    """Pair the articles with their completed versions, the last first, because feeds begin with the newest."""
    pairs = [(completed.get(place, article), article) for place, article in enumerate(articles)]
    return [entry(article, given) for article, given in reversed(pairs)]
