"""Store every article once: decide whether it is new, changed, known, or known from elsewhere."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated, NamedTuple
from urllib.parse import quote

from dispatch import derived, html, identity, links, serialise
from dispatch.inbox import compare, used
from dispatch.inbox.inbox import KeepResult
from dispatch.inbox.queries import replace_surrogates, separate_characters
from dispatch.model import Article, Author, Publication
from dispatch.text import fold_text

_MOST_CHANGES = 50


# An address that several articles of a source have no longer tells which of them is used.
_SHARE = """
    UPDATE entries SET shared = 1 WHERE source = :source AND address = :address AND 1 < (
        SELECT count(DISTINCT number) FROM entries WHERE source = :source AND address = :address AND NOT also
    )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKeys:
    """An article with the values by which it is compared."""

    article: Article
    entry: Annotated[Article, "as the source has it"]
    address: Annotated[str, "compare.fold_whereabouts"]
    place: Annotated[str, "links.parse_place"]
    given: Annotated[bytes, "a digest of the entry as the source has it"]
    text: str
    digest: Annotated[bytes, "of title and text; empty without text"]


def make_entry_keys(article: Article, given: Article) -> EntryKeys:
    """Compute what an article is compared by; ``given`` is the entry that it was completed from, often the same."""
    text = html.to_plain_text(article.content)
    return EntryKeys(
        article=article,
        entry=given,
        address=compare.fold_whereabouts(article),
        place=links.parse_place(article.url),
        given=compare.digest_entry(given),
        text=text,
        digest=compare.digest_text(identity.fold_words(article.title, text)) if text.strip() else b"",
    )


class KeptEntry(NamedTuple):
    """An entry that the inbox has taken: a new one, or a later version of a known one."""

    number: int
    entry: Annotated[Article, "as the source has it"]
    article: Annotated[Article, "completed, where it was"]
    is_new: bool
    is_dismissed: Annotated[bool, "as the source's patterns say"] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduplicator:
    """Stores the articles of one source in the inbox, within a transaction."""

    connection: sqlite3.Connection
    publication: Publication
    source: str
    now: datetime
    matcher: compare.EntryMatcher
    numbers: Annotated[
        Mapping[bytes, int] | None, "by digest, of entries that have theirs; no pattern dismisses them"
    ] = None
    kept: list[KeptEntry] = field(default_factory=list)

    def keep_all(self, entries: Sequence[EntryKeys]) -> KeepResult:
        """Store the entries, the first to arrive first."""
        added: list[int] = []
        changed: list[int] = []
        counts = {"known": 0, "also": 0, "dismissed": 0}
        patterns = self._find_dismiss_patterns()
        same_id: list[int] = []
        for one in entries:
            known = self.matcher.match_entry(one.article, one.given)
            self.matcher.taken.update({known.row} if known else ())
            if known is None and (number := self._find_same_text(one)):
                counts["also" if self._add_address(one, number) else "known"] += 1
            elif known is None:
                is_unwanted = any(_fits_pattern(one.article, pattern) for pattern in patterns)
                is_id_shared = self.matcher.is_id_shared(one.article)
                number = self._insert_article(one, is_unwanted)
                added += [] if is_unwanted else [number]
                self.kept.append(KeptEntry(number, one.entry, one.article, is_new=True, is_dismissed=is_unwanted))
                same_id += [number] if is_id_shared and not is_unwanted else []
                counts["dismissed"] += is_unwanted
            elif not self.matcher.is_elsewhere(known) and known.given != one.given and self._update_article(one, known):
                changed.append(known.number)
                self.kept.append(KeptEntry(known.number, one.entry, one.article, is_new=False))
            else:
                counts["known"] += 1
        # Whether an address says that an article is used can depend on the others that have it: all must be there.
        addresses = {one.address for one in entries}
        self.connection.executemany(_SHARE, [{"source": self.source, "address": address} for address in addresses])
        used.mark_used_at(self.connection, addresses, [*added, *changed])
        new = [number for number in added if not used.is_used(self.connection, number)]
        counts["known"] += len(added) - len(new)  # used already, as in a fresh clone
        return KeepResult(new=new, changed=changed, same_id=[one for one in same_id if one in new], **counts)

    def _find_dismiss_patterns(self) -> Sequence[str]:
        sources = self.publication.sources if self.numbers is None else ()
        return next((source.dismiss for source in sources if source.key == self.source), ())

    def _find_same_text(self, one: EntryKeys) -> int:
        """Find the number of the article with this title and text; 0 when there is none.

        The entries of one source are told apart by their days: what appears each week in the same words is another.
        """
        rows = self.connection.execute(
            "SELECT number, source FROM arrivals WHERE digest = ? AND digest != x'' ORDER BY number DESC LIMIT ?",
            (one.digest, compare.MOST_ALIKE),
        ).fetchall()
        for number, source in rows:
            there = compare.load_article(self.connection, number)
            if source != self.source or identity.is_same_day(there, one.article):
                return int(number)
        return 0

    def _add_address(self, one: EntryKeys, number: int) -> bool:
        """Record another address of an article; return whether it is a new one."""
        _, *known = urls = compare.list_whereabouts(
            self.connection, compare.load_article(self.connection, number), number
        )
        if any(identity.is_same_address(one.article.url, url) for url in urls):
            return False
        self._insert_entry(one, number, also=True)
        if one.article.url:
            also_at = json.dumps([*known, one.article.url])
            self.connection.execute("UPDATE arrivals SET also_at = ? WHERE number = ?", (also_at, number))
        return True

    def _insert_article(self, one: EntryKeys, is_unwanted: bool) -> int:
        """Insert a new article; return its number."""
        article = replace(one.article, id=self._choose_id(one))
        arrived = int(self.now.timestamp())
        day = derived.find_day(article)
        shown = min(int(day.timestamp()), arrived) if day else arrived
        cursor = self.connection.execute(
            "INSERT INTO arrivals"
            " (number, source, id, digest, arrived, shown, dismissed, used, words, also_at, changes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, '[]', '[]')",
            (
                (self.numbers or {}).get(one.given) or None,
                self.source,
                article.id,
                one.digest,
                arrived,
                shown,
                is_unwanted,
                _insert_words(self.connection, self.publication, self.source, one),
            ),
        )
        number = int(cursor.lastrowid or 0)
        self.connection.execute("INSERT INTO articles VALUES (?, ?)", (number, serialise.to_json(article)))
        self.matcher.taken.add(self._insert_entry(one, number))
        return number

    def _update_article(self, one: EntryKeys, known: compare.KnownEntry) -> bool:
        """Store the article as it is now; return whether a reader would see the change."""
        before = compare.load_article(self.connection, known.number)
        if known.given in self.matcher.given and not _is_later(one.article, before):
            return False  # an older version of what the feed has, too (RFC 4287, section 4.1.1)
        article = replace(one.article, id=before.id)
        self.connection.execute(
            "UPDATE entries SET guid = ?, address = ?, place = ?, given = ? WHERE rowid = ?",
            (replace_surrogates(one.article.id), one.address, one.place, one.given, known.row),
        )
        self.connection.execute(
            "UPDATE articles SET article = ? WHERE number = ?", (serialise.to_json(article), known.number)
        )
        lines = compare.describe_changes(before, article, one.text)
        if lines:
            row = self.connection.execute("SELECT changes FROM arrivals WHERE number = ?", (known.number,)).fetchone()
            self.connection.execute(
                "UPDATE arrivals SET changes = ?, digest = ?, words = ? WHERE number = ?",
                (
                    json.dumps([*json.loads(row[0]), *lines][-_MOST_CHANGES:]),
                    one.digest,
                    _insert_words(self.connection, self.publication, self.source, one),
                    known.number,
                ),
            )
        return bool(lines)

    def _choose_id(self, one: EntryKeys) -> str:
        """Choose the article's id in an issue: its own if it is an absolute IRI, else a tag of this publication.

        Without an id, or with one that another article has, it is known by its words.
        """
        own, words = replace_surrogates(one.article.id), (one.digest or one.given).hex()[:16]
        id_ = own if links.is_absolute(one.article.id) else self._mint_id(one, own or words)
        is_taken = self.connection.execute("SELECT 1 FROM arrivals WHERE id = ? AND id != ''", (id_,)).fetchone()
        return self._mint_id(one, f"{own}/{words}") if is_taken or self.matcher.is_id_shared(one.article) else id_

    def _mint_id(self, one: EntryKeys, name: str) -> str:
        return derived.mint_id(self.publication, one.article.published or self.now, f"{self.source}/{quote(name)}")

    def _insert_entry(self, one: EntryKeys, number: int, *, also: bool = False) -> int:
        values = (self.source, replace_surrogates(one.article.id), one.address, one.given, also, number, one.place)
        cursor = self.connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, 0)", values)
        return int(cursor.lastrowid or 0)


def rename_author(
    connection: sqlite3.Connection, publication: Publication, is_theirs: Callable[[Author], bool], name: str
) -> None:
    """Give somebody this name in everything that waits or waited: bylines, credits, what pages say, and the index.

    What is told of how such an article changed goes: it may name them. Needs a transaction.
    """

    def rename(written: str, url: str = "") -> str:
        return name if is_theirs(Author(name=written, url=url)) else written

    rows = connection.execute(
        "SELECT number, source, article FROM arrivals JOIN articles USING (number) ORDER BY words"
    )
    arrivals = rows.fetchall()
    connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    for number, source, text in arrivals:
        before = serialise.from_json(Article, text)
        article = replace(
            before,
            authors=tuple(replace(one, name=rename(one.name, one.url)) for one in before.authors),
            credits=tuple(replace(one, name=rename(one.name, one.url)) for one in before.credits),
            witnesses=tuple(replace(one, names=tuple(map(rename, one.names))) for one in before.witnesses),
        )
        if article != before:
            connection.execute("UPDATE articles SET article = ? WHERE number = ?", (serialise.to_json(article), number))
            connection.execute("UPDATE arrivals SET changes = '[]' WHERE number = ?", (number,))
        words = _insert_words(connection, publication, source, make_entry_keys(article, article))
        connection.execute("UPDATE arrivals SET words = ? WHERE number = ?", (words, number))


def _insert_words(connection: sqlite3.Connection, publication: Publication, source: str, one: EntryKeys) -> int:
    """Add a row to the index. Rows are never changed: a changed article gets a new one."""
    title = next((entry.title for entry in publication.sources if entry.key == source), "")
    article = one.article
    columns = (
        article.title,
        "\n".join([*(author.name for author in article.authors), *(credit.name for credit in article.credits)]),
        "\n".join(dict.fromkeys((title, article.source.title, source))),
        "\n".join(article.tags),
        "\n".join((article.dek, article.summary, one.text)),
    )
    cursor = connection.execute(
        "INSERT INTO words (title, authors, source, tags, text) VALUES (?, ?, ?, ?, ?)",
        [separate_characters(column) for column in columns],
    )
    return int(cursor.lastrowid or 0)


def _is_later(article: Article, other: Article) -> bool:
    return bool(article.updated and other.updated and article.updated > other.updated)


def _fits_pattern(article: Article, pattern: str) -> bool:
    return any(fnmatchcase(fold_text(said), fold_text(pattern)) for said in (article.title, article.url))


def pair_entries(articles: Sequence[Article], completed: Mapping[int, Article]) -> list[EntryKeys]:
    """Pair the articles with their completed versions, the last first, because feeds begin with the newest."""
    pairs = [(completed.get(place, article), article) for place, article in enumerate(articles)]
    return [make_entry_keys(article, given) for article, given in reversed(pairs)]
