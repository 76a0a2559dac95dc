"""The inbox as those who gather and those who edit use it."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime
from typing import Annotated

from dispatch import serialise
from dispatch.errors import GatherError
from dispatch.frozen import dataclass
from dispatch.inbox import queries, used
from dispatch.inbox.database import DATABASE, FOLDER
from dispatch.inbox.queries import InboxQuery
from dispatch.model import Arrival, Article, Author, Publication, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepResult:
    """What became of the articles that a source had."""

    new: Annotated[list[int], "the numbers of those that wait now"] = field(default_factory=list)
    changed: Annotated[list[int], "the numbers of those that are not as they were"] = field(default_factory=list)
    known: Annotated[int, "how many were there already, as they are"] = 0
    also: Annotated[int, "how many of the new entries are another address of an article that was there"] = 0
    same_id: Annotated[list[int], "the numbers of the new ones whose id others of the source have, too"] = field(
        default_factory=list
    )
    dismissed: Annotated[int, "how many went straight to the dismissed, as the source's patterns say"] = 0


@contextmanager
def open_inbox(
    publication: Publication, *, used: used.Read | None = None, only_reads: bool = False
) -> Iterator["Inbox"]:
    """Open the publication's inbox, or create it, for as long as the ``with`` lasts and for one thread.

    used: reads what an issue uses, given its slug, or the ledger, given ``""``: the ids and addresses of all articles
    in it. It is asked only for what has changed on the disk. Without it, what was known before stands.
    only_reads: nothing will be dismissed, restored or kept, so that a folder in which nothing can be written will do.

    Raises GatherError when the file cannot be used, with the way out; so does everything of the Inbox.
    """
    with DATABASE.open_connection(publication.root, only_reads=only_reads) as connection:
        box = Inbox(publication, connection)
        if is_inbox_shared(publication):
            from dispatch.inbox import shared

            with DATABASE.begin_transaction(connection):
                shared.take_over(connection, publication)
        if used is not None:
            box.learn_uses(used)
        yield box


def is_inbox_shared(publication: Publication) -> bool:
    """Whether the inbox is shared in git: the files in ``inbox/`` count, and the database is made from them."""
    return (publication.root / FOLDER).is_dir()


def share_inbox(publication: Publication) -> None:
    """Share the inbox in git, with all that it has, if it is not shared yet: see ``shared``. Raises GatherError."""
    from dispatch.inbox import shared

    with DATABASE.open_connection(publication.root) as connection, DATABASE.begin_transaction(connection):
        if not is_inbox_shared(publication):
            shared.write_everything(connection, publication)


class Inbox:
    """What was gathered, and what is known of the sources. Every method that writes does so in one transaction."""

    def __init__(self, publication: Publication, connection: sqlite3.Connection) -> None:
        """Only for ``open``."""
        self._publication = publication
        self._connection = connection

    def read_visits(self) -> dict[str, Visit]:
        """Read what is known of each source from earlier visits, by key."""
        with DATABASE.explain_errors():
            rows = self._connection.execute("SELECT source, visit FROM visits ORDER BY source").fetchall()
        return {source: serialise.from_json(Visit, visit) for source, visit in rows}

    def record_visit(self, visit: Visit) -> None:
        """Record how a source answered, in place of the visit before."""
        with DATABASE.begin_transaction(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO visits VALUES (?, ?)", (visit.source, serialise.to_json(visit))
            )

    def find_unknown(self, source: str, articles: Sequence[Article]) -> list[int]:
        """Return the places, from 0, of the articles that are new or have changed since this source last had them."""
        from dispatch.inbox.compare import EntryMatcher

        with DATABASE.explain_errors():
            matcher = EntryMatcher.make_for(self._connection, source, articles)
            return [place for place, article in enumerate(articles) if not matcher.is_known(article)]

    def keep_articles(
        self, source: str, articles: Sequence[Article], now: datetime, *, completed: Mapping[int, Article] | None = None
    ) -> KeepResult:
        """Store what the source of that key has, in its order, as gathered ``now`` (the same for all of one gathering).

        completed: by their places, articles that were completed from their pages. What ``unknown`` does not name stays
        as it was kept, completed or not.
        """
        # What compares articles is of no use to those who only look.
        from dispatch.inbox import compare, deduplicate

        entries = deduplicate.pair_entries(articles, completed or {})
        with DATABASE.begin_transaction(self._connection):
            keeping = deduplicate.Deduplicator(
                connection=self._connection,
                publication=self._publication,
                source=source,
                now=now,
                matcher=compare.EntryMatcher.make_for(self._connection, source, articles),
            )
            result = keeping.keep_all(entries)
            if is_inbox_shared(self._publication):
                from dispatch.inbox import shared

                shared.write_entries(self._connection, self._publication, source, keeping.kept, now)
            return result

    def list_arrivals(self, wish: InboxQuery | None = None, *, limit: int | None = None) -> Iterator[Arrival]:
        """Yield matching arrivals one by one, the newest first; without a wish, those that wait."""
        with DATABASE.explain_errors():
            yield from queries.select_arrivals(self._connection, wish or InboxQuery(), -1 if limit is None else limit)

    def list_numbers(self, wish: InboxQuery) -> list[int]:
        """List the numbers of all matching arrivals in their order: that takes no longer with ten thousand."""
        with DATABASE.explain_errors():
            return queries.select_numbers(self._connection, wish)

    def count_by_source(self) -> dict[str, int]:
        """Count what waits, by the keys of the sources."""
        with DATABASE.explain_errors():
            return queries.count_by_source(self._connection)

    def count_waiting(self) -> int:
        """Count the articles that are new and unused."""
        with DATABASE.explain_errors():
            return queries.count_arrivals(self._connection)

    def find_arrival(self, number: int) -> Arrival:
        """Return the arrival of that number, used and dismissed ones too. Raises GatherError when there is none."""
        with DATABASE.explain_errors():
            found = queries.select_arrival(self._connection, number)
        if found is None:
            raise GatherError(f"there is no article {number} in the inbox", hint="dispatch inbox --all lists them")
        return found

    def list_uses(self, number: int) -> list[str]:
        """List the slugs of the issues that use an arrival, or the ledger's file name when only the ledger knows it."""
        with DATABASE.explain_errors():
            return used.list_using_folders(self._connection, number)

    def dismiss(self, numbers: Iterable[int]) -> None:
        """Dismiss articles, so that they are no longer listed: all, or none and GatherError when one does not exist."""
        self._set_dismissed(numbers, is_dismissed=True)

    def restore(self, numbers: Iterable[int]) -> None:
        """Restore dismissed articles: all, or none and GatherError when one does not exist."""
        self._set_dismissed(numbers, is_dismissed=False)

    def list_dismissed(self, among: Iterable[int], *, is_dismissed: bool) -> list[int]:
        """List which of these articles were dismissed, or were not. Raises GatherError when one does not exist."""
        with DATABASE.explain_errors():
            states = dict(self._connection.execute("SELECT number, dismissed FROM arrivals").fetchall())
        wanted = dict.fromkeys(among)
        for number in wanted.keys() - states.keys():
            self.find_arrival(number)
        return [number for number in wanted if bool(states.get(number)) is is_dismissed]

    def forget_name(self, is_theirs: Callable[[Author], bool], name: str) -> None:
        """Give somebody this name in all that was gathered, and leave no other in the file's free pages."""
        from dispatch.inbox import deduplicate

        with DATABASE.begin_transaction(self._connection):
            deduplicate.rename_author(self._connection, self._publication, is_theirs, name)
        with DATABASE.explain_errors():
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def learn_uses(self, read: Callable[[str], Iterable[tuple[str, str]]]) -> None:
        """Take in what issues and ledger have used since the last time (see ``open``)."""
        with DATABASE.explain_errors():
            now = used.stamp_folders(self._publication.root)
            for folder in used.find_stale(self._connection, now):
                pairs = list(read(folder)) if folder in now else []
                with DATABASE.begin_transaction(self._connection):
                    used.record_uses(self._connection, folder, now.get(folder), pairs)

    def _set_dismissed(self, numbers: Iterable[int], *, is_dismissed: bool) -> None:
        numbers = list(numbers)
        with DATABASE.begin_transaction(self._connection):
            for number in numbers:
                asked = is_dismissed, number
                done = self._connection.execute("UPDATE arrivals SET dismissed = ? WHERE number = ?", asked)
                if not done.rowcount:
                    self.find_arrival(number)  # which says so
            if is_inbox_shared(self._publication):
                from dispatch.inbox import shared

                shared.write_dismissals(self._connection, self._publication, numbers, is_dismissed=is_dismissed)
