"""The inbox as the desk shows it: all numbers that match at once, and of an entry only what is seen of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import get_args

from dispatch import compose, derived, html, inbox, pick
from dispatch.desk.live_files import LiveFiles
from dispatch.errors import DispatchError
from dispatch.inbox import Inbox, InboxOrder, InboxQuery
from dispatch.model import Arrival, Article, Certainty
from dispatch.text import shorten_line

_BEGINNING = 180  # characters of the first words, made of so many of the text's markup:
_MOST_READ = 2_000
MOST_ROWS = 200
_FIRST_ROWS = 20  # what fills a screen: so that it needs no second question
_ORDERS: tuple[InboxOrder, ...] = get_args(InboxOrder)
_CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)


class InboxEntries:
    """What waits in the inbox, for a list of any length. Raises DispatchError.

    now: the moment, which only a command may ask for.
    """

    def __init__(self, files: LiveFiles, now: Callable[[], datetime]) -> None:
        self._files = files
        self._now = now
        self._is_stale = True
        self._learning = Lock()
        self._stamp = self._stamp_files()

    def forget_uses(self) -> None:
        """Learn anew what the issues use when the inbox is next opened: a file has changed."""
        self._is_stale = True

    def has_changed(self) -> bool:
        """Whether the inbox's file is another than when this was last asked: what only reads it is no change."""
        before, self._stamp = self._stamp, self._stamp_files()
        return self._stamp != before

    def list_numbers(self, asked: Mapping[str, str]) -> dict[str, object]:
        """List the numbers of what matches in its order, with the first rows, and count what waits of each source."""
        wish = self._parse_query(asked)
        with self._open_box() as box:
            counts = box.count_by_source()
            numbers = box.list_numbers(wish)
            rows = [self._show_row(box.find_arrival(number)) for number in numbers[:_FIRST_ROWS]]
        titles = {source.key: source.title or source.key for source in self._files.publication.sources}
        sources = [{"key": key, "title": titles.get(key, key), "count": counts.get(key, 0)} for key in titles | counts]
        return {"numbers": numbers, "rows": rows, "sources": sources, "waiting": sum(counts.values())}

    def list_rows(self, numbers: Sequence[int]) -> list[dict[str, object]]:
        """Show the entries with these numbers as the list does."""
        with self._open_box() as box:
            return [self._show_row(box.find_arrival(number)) for number in numbers[:MOST_ROWS]]

    def show_entry(self, number: int) -> dict[str, object]:
        """Show everything that an editor wants to know of an entry, but for its text."""
        with self._open_box() as box:
            arrival, uses = box.find_arrival(number), box.list_uses(number)
        article = arrival.article
        return {
            **self._show_row(arrival),
            **show_byline(article),
            "url": article.url,
            "dek": article.dek,
            "tags": list(article.tags),
            "licence": article.license,
            "terms": html.to_plain_text(article.terms.line) if article.terms else "",
            "also": list(arrival.also_at),
            "changes": list(arrival.changes),
            "uses": uses,
        }

    def find_article(self, number: int) -> Article:
        """Find the article of an entry."""
        with self._open_box() as box:
            return box.find_arrival(number).article

    def _stamp_files(self) -> list[tuple[int, int]]:
        """Sizes and times of the database and its log; SQLite makes and removes an empty log for whoever reads."""
        path = self._files.publication.root / inbox.FILE
        found = []
        for one in (path, path.with_name(f"{path.name}-wal")):
            with suppress(OSError):
                found.append((one.stat().st_size, one.stat().st_mtime_ns))
        return [stamp for stamp in found if stamp[0]]

    @contextmanager
    def _open_box(self) -> Iterator[Inbox]:
        publication = self._files.publication
        with self._learning:  # who comes meanwhile must not see what was known before
            if self._is_stale:
                self._is_stale = False  # before it looks: what changes while it does is looked at again
                try:
                    with pick.open_with_uses(publication):
                        pass
                except DispatchError:
                    self._is_stale = True
                    raise
        with inbox.open_inbox(publication, only_reads=True) as box:
            yield box

    def _parse_query(self, asked: Mapping[str, str]) -> InboxQuery:
        """Take what the page asks for; what it cannot have asked is as if it had not."""
        order: InboxOrder = next((one for one in _ORDERS if one == asked.get("order")), "arrived")
        certainty: Certainty | None = next((one for one in _CERTAINTIES if one == asked.get("certainty")), None)
        days = asked.get("days", "")
        state = asked.get("state", "")
        return InboxQuery(
            search=asked.get("search", ""),
            source=asked.get("source", ""),
            author=asked.get("author", ""),
            tag=asked.get("tag", ""),
            language=asked.get("language", ""),
            certainty=certainty,
            since=self._now() - timedelta(days=int(days)) if days.isdecimal() and len(days) < 5 else None,
            everything=state == "all",
            used=state == "used",
            dismissed=state == "dismissed",
            order=order,
        )

    def _show_row(self, arrival: Arrival) -> dict[str, object]:
        article = arrival.article
        content = read_content(article)
        begun = html.to_plain_text(content[:_MOST_READ])
        day = derived.find_day(article)
        return {
            "number": arrival.number,
            "title": article.title or article.url,
            "names": [author.name for author in article.authors],
            "certainty": article.certainty,
            "source": article.source.title or arrival.source,
            "key": arrival.source,
            "day": day.date().isoformat() if day else "",
            "begun": shorten_line(" ".join(begun.split()), _BEGINNING),
            "words": html.count_words(html.to_plain_text(content)),
            "language": article.language or self._files.publication.language,
            "picture": bool(article.image),
            "places": len(arrival.also_at),
            "changed": bool(arrival.changes),
            "state": arrival.state,
            "section": compose.choose_section(arrival, self._files.publication),
        }


def show_byline(article: Article) -> dict[str, object]:
    """Show who wrote an article, how sure that is, and whom an editor may choose."""
    return {
        "authors": [{"name": author.name, "url": author.url} for author in article.authors],
        "credits": [{"role": one.role, "name": one.name, "url": one.url} for one in article.credits],
        "certainty": article.certainty,
        "choices": [
            {"names": [author.name for author in choice.authors], "kinds": list(choice.kinds)}
            for choice in (compose.list_choices(article) if article.certainty != "certain" else ())
        ],
    }


def read_content(article: Article) -> str:
    """The text of an article, or what its publisher says of it, as sanitised HTML."""
    return article.content or (f"<p>{html.escape_html(article.summary)}</p>" if article.summary else "")
