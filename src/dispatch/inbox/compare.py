"""Compare an article with what the inbox has: which known entry it is, and what has changed since, in words.

An id is what a feed says that it is: some give one to all of their entries, or a used one to another article, and some
give all entries the address of the page that has them. So title, day and words have to agree as well, the more the
less an id or an address tells.
"""

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, NamedTuple, Self

from dispatch import html, identity, links, serialise
from dispatch.inbox.queries import replace_surrogates
from dispatch.model import Article, Author
from dispatch.text import is_mostly_same

MOST_ALIKE = 20  # an address, an id or a text that so many articles have in common says nothing about any of them
_SELECT = "SELECT e.rowid, e.number, e.given, e.also, e.source, e.guid FROM entries e JOIN arrivals a USING (number)"
# What an id or an address tells: an entry; an entry, though others had it before; nothing, for others have it now.
_Telling = Literal["one", "some", "none"]


class KnownEntry(NamedTuple):
    """A row of the table entries."""

    row: int
    number: Annotated[int, "of its arrival"]
    given: Annotated[bytes, "a digest of the entry as its source had it"]
    also: Annotated[int, "whether it is the same text elsewhere, and changes nothing of the arrival"]
    source: str
    guid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMatcher:
    """Finds which known entry each article of a source is, in view of all that the source has now."""

    connection: sqlite3.Connection
    source: str
    given: Annotated[frozenset[bytes], "the digests of all entries"]
    guids: Annotated[Counter[str], "how many different entries have an id"]
    addresses: Annotated[Counter[str], "how many different entries have a folded address"]
    taken: Annotated[set[int], "the rows of the entries that articles were found to be"] = field(default_factory=set)

    @classmethod
    def make_for(cls, connection: sqlite3.Connection, source: str, articles: Iterable[Article]) -> Self:
        """Make the matcher of all articles that the source has now, as it has them."""
        by_digest = {digest_entry(article): article for article in articles}
        # Versions of an entry have one id, address and day; see RFC 4287, section 4.1.1.
        ids = {(one.id, fold_whereabouts(one), one.published or given) for given, one in by_digest.items() if one.id}
        return cls(
            connection=connection,
            source=source,
            given=frozenset(by_digest),
            guids=Counter(replace_surrogates(id_) for id_, *_ in ids),
            addresses=Counter(map(fold_whereabouts, by_digest.values())),
        )

    def match_entry(self, article: Article, given: bytes) -> KnownEntry | None:
        """Find the entry that an article is; ``given`` is the digest of the article as the source has it."""
        return next(self._find_entries(article, given), None)

    def is_known(self, article: Article) -> bool:
        """Whether the inbox has this entry unchanged, or has the article from elsewhere."""
        given = digest_entry(article)
        known = self.match_entry(article, given)
        return known is not None and (self.is_elsewhere(known) or known.given == given)

    def is_elsewhere(self, known: KnownEntry) -> bool:
        """Whether an entry is another source's, or the same text elsewhere, which changes nothing of the arrival."""
        return bool(known.also) or known.source != self.source

    def is_id_shared(self, article: Article) -> bool:
        """Whether another entry of the source has the article's id, now or before."""
        return self.guids[replace_surrogates(article.id)] > 1 or bool(self._select_guid(article))

    def _find_entries(self, article: Article, given: bytes) -> Iterator[KnownEntry]:
        """Yield the entries that the article may be, the surest first."""
        yield from self._select("e.source = ? AND e.given = ?", self.source, given)
        count = self.guids[replace_surrogates(article.id)]
        rows = self._select_guid(article) if count < MOST_ALIKE else []
        for one in rows:
            is_sure = count == 1 and one.row not in self.taken
            if self._is_alike(one, article, "none" if not is_sure else "one" if len(rows) == 1 else "some"):
                yield one
        address = fold_whereabouts(article)
        rows = self._select("e.address = ? AND e.address != ''", address)
        is_shared = self.addresses[address] > 1 or len({one.number for one in rows}) > 1
        for one in rows if len(rows) < MOST_ALIKE else ():
            if self._is_at_address(one, article, is_shared=is_shared or one.row in self.taken):
                yield one
        if links.is_absolute(article.id):
            for one in self._select(
                "a.id = ? AND a.id != '' AND e.source != ?", replace_surrogates(article.id), self.source
            ):
                if self._is_alike(one, article, "some"):
                    yield one

    def _is_at_address(self, one: KnownEntry, article: Article, *, is_shared: bool) -> bool:
        """Whether an entry at the article's address is the article."""
        if one.source != self.source:
            there = load_article(self.connection, one.number)
            urls = list_whereabouts(self.connection, there, one.number)
            is_same = any(identity.is_same_article(replace(there, url=url), article) for url in urls)
            return is_same and (not is_shared or self._is_alike(one, article, "none"))
        if not (article.id and one.guid):
            return self._is_alike(one, article, "none" if is_shared or not article.url else "one")
        if one.guid == replace_surrogates(article.id):  # then its id has said already that it is another
            return False
        return self._is_alike(one, article, "none" if is_shared or self.guids[one.guid] else "some")

    def _is_alike(self, one: KnownEntry, article: Article, telling: _Telling) -> bool:
        """Whether title, day and words agree with an id or an address, which tells so much."""
        there = load_article(self.connection, one.number)
        is_other_day = not identity.is_same_day(there, article)
        signs = [*_compare_words(there, article), *([False] if is_other_day else [])]
        signs += [True] if there.published and there.published == article.published else []
        alike, unlike = signs.count(True), signs.count(False)
        if telling == "one":
            return alike > 0 or unlike < 2
        return (alike > 1 or alike > unlike) and not (telling == "none" and is_other_day)

    def _select_guid(self, article: Article) -> Sequence[KnownEntry]:
        # Where a column is not empty, its index may be used (SQLite, "Partial Indexes", section 3).
        asked = self.source, replace_surrogates(article.id)
        return self._select("e.source = ? AND e.guid = ? AND e.guid != '' ORDER BY e.rowid DESC", *asked)

    def _select(self, where: str, *values: str | bytes) -> Sequence[KnownEntry]:
        rows = self.connection.execute(f"{_SELECT} WHERE {where} LIMIT {MOST_ALIKE}", values)
        return [KnownEntry(*row) for row in rows]


def fold_whereabouts(article: Article) -> str:
    """Fold an article's address; without it and without an id, what tells most of an article is its moment."""
    moment = "" if article.id or not article.published else f"{article.published.timestamp():.0f}"
    return identity.fold_address(article.url) or moment


def digest_entry(article: Article) -> bytes:
    """Digest an entry as its source has it; when its feed was last changed has no part in it."""
    return digest_text(serialise.to_json(replace(article, source=replace(article.source, feed_updated=None))))


def digest_text(text: str) -> bytes:
    """Digest a text into 16 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def load_article(connection: sqlite3.Connection, number: int) -> Article:
    """Load the article of that number, which must exist."""
    row: tuple[str] = connection.execute("SELECT article FROM articles WHERE number = ?", (number,)).fetchone()
    return serialise.from_json(Article, row[0])


def list_whereabouts(connection: sqlite3.Connection, article: Article, number: int) -> list[str]:
    """List the article's address and those at which it was found as well."""
    row: tuple[str] = connection.execute("SELECT also_at FROM arrivals WHERE number = ?", (number,)).fetchone()
    return [article.url, *json.loads(row[0])]


def describe_changes(before: Article, after: Article, text: str) -> list[str]:
    """Describe the changes that a reader would see, a line each."""
    found = [
        f"{name}: {was or 'none'} → {now or 'none'}"
        for name, was, now in (
            ("title", before.title, after.title),
            ("authors", *_compare_people(before.authors, after.authors)),
            ("address", *_compare_addresses(before.url, after.url)),
        )
        if was != now
    ]
    was, now = html.to_plain_text(before.content).split(), text.split()
    return found if was == now else [*found, _describe_passage(was, now)]


def _compare_words(one: Article, other: Article) -> list[bool]:
    """Compare places on one page, titles and texts, each where both articles have one: whether they are alike."""
    texts = [html.to_plain_text(article.content) for article in (one, other)]
    signs = [is_mostly_same(*texts)] if all(texts) else []
    if one.title and other.title:
        figures = [re.findall(r"\d+", article.title) for article in (one, other)]  # “Week 12” is not “Week 13”
        signs.append(figures[0] == figures[1] and is_mostly_same(one.title, other.title))
    places = {links.parse_place(article.url) for article in (one, other)} - {""}
    return [*signs, *([False] if len(places) > 1 else [])]


def _compare_people(before: Sequence[Author], after: Sequence[Author]) -> tuple[str, str]:
    """Return the names before and after; with their addresses when only these differ."""
    was, now = (", ".join(author.name for author in authors) for authors in (before, after))
    if was == now and [author.url for author in before] != [author.url for author in after]:
        was, now = (", ".join(f"{one.name} ({one.url or 'no page'})" for one in people) for people in (before, after))
    return was, now


def _compare_addresses(before: str, after: str) -> tuple[str, str]:
    """Return the addresses; nothing when they lead to the same, as where a parameter counts readers."""
    return ("", "") if identity.is_same_address(before, after) else (before, after)


def _describe_passage(was: Sequence[str], now: Sequence[str]) -> str:
    """Quote the changed part of a text, from the first word to the last that changed, shortened."""
    shorter = min(len(was), len(now))
    first = next((n for n in range(shorter) if was[n] != now[n]), shorter)
    last = next((n for n in range(shorter - first) if was[-1 - n] != now[-1 - n]), shorter - first)
    before, after = (_quote_words(words[first : len(words) - last]) for words in (was, now))
    return f"text: {before} → {after}"


def _quote_words(words: Sequence[str]) -> str:
    shown = " ".join(words[:15])
    return f"“{shown[:120]}{'…' if len(words) > 15 or len(shown) > 120 else ''}”" if words else "nothing"
