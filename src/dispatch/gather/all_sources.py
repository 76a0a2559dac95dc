"""Gather every source at once, one result each as it comes. One that fails neither stops the others nor hides."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from queue import LifoQueue
from typing import Annotated, Final, Literal

from dispatch import derived, fetch, identity, links
from dispatch.errors import GatherError
from dispatch.gather import enrich, reading
from dispatch.inbox import Inbox, KeepResult
from dispatch.model import Article, Document, Fault, Place, Publication, Source, Visit

MOST_PAGES: Final = 20
MOST_MISSED: Final = 3  # in a row: then the rest waits
MOST_READING: Final = 4  # documents at once, each by a process

# The places, from 0, of the articles of a source that nobody has seen before; see ``Inbox.unknown``.
Unknown = Callable[[str, Sequence[Article]], Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherResult:
    """The result of gathering one source."""

    source: Source
    visit: Annotated[Visit, "what is known of it from now on"]
    state: Annotated[
        Literal["gathered", "unchanged", "early", "failed"],
        "unchanged, says the server; early: it asked for a pause, which is not over",
    ]
    articles: Annotated[tuple[Article, ...], "its entries, as they stand there"] = ()
    completed: Annotated[Mapping[int, Article], "by their places, with the body of their pages"] = field(
        default_factory=dict
    )
    error: Annotated[GatherError | None, "why it failed"] = None
    missed: Annotated[tuple[GatherError, ...], "pages that could not be read"] = ()
    faults: Annotated[tuple[Fault, ...], "what of its entries was mended, or left out as too-large"] = ()
    later: Annotated[int, "how many of its articles wait for the next time, because their pages are yet to be read"] = 0

    @property
    def entries(self) -> tuple[Article, ...]:
        """Its articles, completed where they were."""
        return tuple(self.completed.get(place, article) for place, article in enumerate(self.articles))


def gather_sources(
    sources: Iterable[Source],
    visits: Mapping[str, Visit],
    *,
    user_agent: str,
    now: datetime,
    zone: str = "UTC",
    allow_private: bool = False,
    in_any_case: bool = False,
    unknown: Unknown | None = None,
    seconds: float = fetch.MOST_SECONDS,
    reading_seconds: float = reading.MOST_SECONDS,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[GatherResult]:
    """Gather every source at once, and yield each result as it comes; those with pages to read come last.

    visits: what is known of the sources, by key. now: when this is. zone: of moments without an offset.
    in_any_case: ask those too that asked not to be asked yet. unknown: which articles are new, so that only their pages
    are read, at most 20 of a source at a time; without it, all are. It is called in this thread, one source at a time.
    seconds: how long an answer may take. reading_seconds: how long the reading of one may take. is_stopped: asked all
    the time; once it says so, the sources that are gathered are still yielded, and the others are left alone.

    Nothing is raised for a source; what went wrong with it is the result's ``error``.
    """
    gathering = _GatherRun(
        client=fetch.Client(user_agent=user_agent, seconds=seconds, is_robot=True),
        allow_private=allow_private,
        now=now,
        zone=zone,
        in_any_case=in_any_case,
        reading_seconds=reading_seconds,
    )
    visited = [(source, visits.get(source.key) or Visit(source=source.key)) for source in sources]
    with_pages: list[_PendingPages] = []
    with ExitStack() as stack:
        for _ in range(MOST_READING):
            gathering.idle.put(stack.enter_context(reading.ReadingProcess()))
        for result in fetch.run_concurrently(visited, gathering.ask_source, host=_find_host, is_stopped=is_stopped):
            if isinstance(result, GatherResult):
                yield result
                continue
            places = unknown(result.source.key, result.articles) if unknown else range(len(result.articles))
            with_pages.append(replace(result, places=tuple(places)))
        yield from fetch.run_concurrently(with_pages, gathering.read_pages, host=_find_host, is_stopped=is_stopped)


def gather_into_inbox(
    box: Inbox,
    publication: Publication,
    sources: Iterable[Source],
    now: datetime,
    *,
    allow_private: bool = False,
    in_any_case: bool = False,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[GatherResult, KeepResult]]:
    """Gather every source into the inbox, and yield each result with what was kept of it; see ``gather_sources``."""
    for result in gather_sources(
        sources,
        box.read_visits(),
        user_agent=derived.make_user_agent(publication),
        now=now,
        zone=publication.timezone,
        allow_private=allow_private,
        in_any_case=in_any_case,
        unknown=box.find_unknown,
        is_stopped=is_stopped,
    ):
        result = _register_authors(box, publication, result)
        kept = box.keep_articles(result.source.key, result.articles, now, completed=result.completed)
        if result.source.key:
            box.record_visit(result.visit)
        yield result, kept


def _register_authors(box: Inbox, publication: Publication, result: GatherResult) -> GatherResult:
    """Name whom authors.toml knows by the mailbox that a feed gives for a name; tell of mailboxes that it lacks."""
    bare = {
        place: one
        for place, one in enumerate(result.entries)
        if any(author.name.startswith(identity.MAILBOX) for author in one.authors)
    }
    if not bare:
        return result
    known = {place: identity.register_article(one, publication, is_own=False) for place, one in bare.items()}
    new = box.find_unknown(result.source.key, result.articles)
    notes = dict.fromkeys(note for place in new if place in known for note in known[place][1])
    completed = {**result.completed, **{place: article for place, (article, _) in known.items()}}
    return replace(result, completed=completed, faults=(*result.faults, *(Fault(what=note) for note in notes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _PendingPages:
    """A source whose articles' pages have not been read yet."""

    source: Source
    visit: Visit
    found: reading.SourceContents
    articles: Annotated[tuple[Article, ...], "those that were found, with what dispatch.toml says of their source"]
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _GatherRun:
    """What all sources of one run share."""

    client: fetch.Client
    allow_private: bool
    now: datetime
    zone: str
    in_any_case: bool
    reading_seconds: float
    idle: Annotated[LifoQueue[reading.ReadingProcess], "who can read; the last first, so that few are started"] = field(
        default_factory=LifoQueue
    )

    def ask_source(self, pair: tuple[Source, Visit]) -> "GatherResult | _PendingPages":
        """Fetch a source; its articles' pages are not read yet."""
        source, visit = pair
        if visit.not_before and self.now < visit.not_before and not self.in_any_case:
            return GatherResult(source=source, visit=visit, state="early")
        answer: fetch.Answer | None = None
        try:
            answer = self._fetch_answer(source, visit)
            if answer.is_unchanged:
                return GatherResult(source=source, visit=self._record_success(visit, answer), state="unchanged")
            found = self._read_document(answer.require_document(), source.kind)
            if found.feeds:
                answer = self.client.get(found.feeds[0], private_hosts=self._list_private_hosts(source))
                answer = replace(answer, moved_to=found.feeds[0], etag="", modified="")
                found = self._read_document(answer.require_document(), source.kind)
        except GatherError as error:
            return self._record_failure(source, visit, answer, error)
        visit = self._record_success(visit, answer)
        # A link is compared by its address alone when it is found again: it stays as it is.
        articles = (
            found.articles
            if found.are_links
            else tuple(self._enrich_entry(a, found.own, source) for a in found.articles)
        )
        if found.are_links or source.complete:
            return _PendingPages(source=source, visit=visit, found=found, articles=articles)
        return GatherResult(source=source, visit=visit, state="gathered", articles=articles, faults=found.faults)

    def read_pages(self, waiting: _PendingPages) -> GatherResult:
        """Read the pages of a source's new articles, and return its result."""
        completed: dict[int, Article] = {}
        missed: dict[int, GatherError] = {}
        tried: list[int] = []
        for place in waiting.places[:MOST_PAGES]:
            tried.append(place)
            try:
                completed[place] = self._complete_article(waiting.articles[place], waiting)
            except GatherError as error:
                missed[place] = error
            if all(place in missed for place in tried[-MOST_MISSED:]) and len(missed) >= MOST_MISSED:
                break
        later = set(waiting.places) - set(tried)
        # There is nothing to keep of a link that led nowhere. It is tried again, as is what waits for its turn.
        left = later | set(missed) if waiting.found.are_links else later
        kept = [place for place in range(len(waiting.articles)) if place not in left]
        return GatherResult(
            source=waiting.source,
            visit=replace(waiting.visit, etag="", modified="", not_before=None) if left else waiting.visit,
            state="gathered",
            articles=tuple(waiting.articles[place] for place in kept),
            completed={new: completed[place] for new, place in enumerate(kept) if place in completed},
            missed=tuple(missed.values()),
            faults=waiting.found.faults,
            later=len(later),
        )

    def _complete_article(self, given: Article, waiting: _PendingPages) -> Article:
        article = enrich.enrich_from_page(given, self._fetch_page(given.url, waiting.source))
        is_link = waiting.found.are_links
        return self._enrich_entry(article, waiting.found.own, waiting.source) if is_link else article

    def _fetch_answer(self, source: Source, visit: Visit) -> fetch.Answer:
        address = _choose_address(source)
        if not (address and source.key):
            missing = "address" if source.key else "key"
            raise GatherError(f"it has no {missing}", address=source.title, hint="Give it one in dispatch.toml.")
        return self.client.get(
            address,
            etag=visit.etag,
            modified=visit.modified,
            private_hosts=self._list_private_hosts(source),
            is_page=source.kind == "page",
        )

    def _fetch_page(self, address: str, source: Source) -> Article:
        if not links.is_web_address(address):
            raise GatherError("it has no page", address=source.title)
        answer = self.client.get(address, private_hosts=self._list_private_hosts(source), is_page=True)
        return self._read_document(answer.require_document(), "article").articles[0]

    def _list_private_hosts(self, source: Source) -> tuple[str, ...]:
        """List the hosts that may be private: those that dispatch.toml names, not those that a document leads to."""
        is_allowed = self.allow_private or source.allow_private
        return tuple(map(links.parse_host, (source.feed, source.url))) if is_allowed else ()

    def _read_document(self, document: Document, kind: str) -> reading.SourceContents:
        process = self.idle.get()
        try:
            return process.read_contents(document, kind, seconds=self.reading_seconds)
        except GatherError as error:
            raise error.within(Place(address=document.name)) from error
        finally:
            self.idle.put(process)

    def _enrich_entry(self, article: Article, own: Source, source: Source) -> Article:
        return enrich.enrich_entry(article, own, source, self.zone)

    def _record_success(self, visit: Visit, answer: fetch.Answer) -> Visit:
        return Visit(
            source=visit.source,
            asked=self.now,
            succeeded=self.now,
            etag=answer.etag or (visit.etag if answer.is_unchanged else ""),
            modified=answer.modified or (visit.modified if answer.is_unchanged else ""),
            not_before=self._find_next_time(answer),
            moved_to=answer.moved_to,
        )

    def _record_failure(
        self, source: Source, visit: Visit, answer: fetch.Answer | None, error: GatherError
    ) -> GatherResult:
        visit = replace(
            visit,
            asked=self.now,
            error=error.what,
            failures=visit.failures + 1,
            not_before=self._find_next_time(answer) if answer else None,
        )
        return GatherResult(source=source, visit=visit, state="failed", error=error)

    def _find_next_time(self, answer: fetch.Answer) -> datetime | None:
        return self.now + timedelta(seconds=answer.wait) if answer.wait else None


def _find_host(asked: tuple[Source, Visit] | _PendingPages) -> str:
    return links.parse_host(_choose_address(asked[0] if isinstance(asked, tuple) else asked.source))


def _choose_address(source: Source) -> str:
    """Choose the address to fetch: its feed, else its page."""
    return source.feed if source.feed and source.kind != "page" else source.url
