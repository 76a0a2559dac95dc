"""What is at a location that somebody names: its articles, or the source that it is."""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from dispatch import fetch, links
from dispatch.errors import GatherError
from dispatch.gather import enrich, reading
from dispatch.model import Article, Fault, Place, Source
from dispatch.readers import discovery

MOST_NAMED: Final = 3  # feeds of a page that are tried
_SECONDS: Final = 15.0


def gather_articles(
    location: str,
    *,
    user_agent: str,
    base: str = "",
    zone: str = "UTC",
    allow_private: bool = False,
    stdin: bytes | None = None,
    now: datetime | None = None,
    title: str = "",
    faults: list[Fault] | None = None,
) -> list[Article]:
    """Read the articles at a path or a web address or, for ``-``, in what came on standard input.

    An address that was typed is the ``url`` of the article that it leads to, and a feed's entry brings its own; what a
    page calls its address is the ``url`` only of a file. A moment that was written without an offset is one of
    ``zone``; relative addresses in a file are relative to ``base``.

    now: completes a day without a year, such as a newsletter's “Nov 24”.
    title: what the editor calls it, so that a text that begins at once loses no line to a title.
    faults: gets what of a feed's entries was mended, and which were left out as ``too-large``.

    Raises GatherError, naming what was found and the way out, when nothing comes or nothing can be read.
    """
    document = fetch.fetch_document(location, user_agent=user_agent, allow_private=allow_private, stdin=stdin)
    document = replace(document, url=base or document.url, received=now, title=title)
    is_on_web = links.is_web_address(location)
    place = Place(address=document.name)
    try:
        with reading.ReadingProcess() as process:
            found = process.read_contents(document, "named") if is_on_web else reading.read_here(document, "named")
    except GatherError as error:
        raise error.within(place) from error
    if faults is not None:
        faults += (fault.within(place) for fault in found.faults)
    typed = location if is_on_web and not found.is_feed else ""
    return [enrich.add_time_zone(replace(one, url=_choose_address(typed, one)), zone) for one in found.articles]


def _choose_address(typed: str, article: Article) -> str:
    """Return the address that was typed, unless the page says that its text is another house's, and where that is."""
    is_elsewhere = article.terms is not None and links.find_site(article.url) != links.find_site(typed)
    return article.url if article.url and is_elsewhere else typed or article.url


def discover_source(address: str, *, user_agent: str, allow_private: bool = False) -> Source:
    """Find the source at an address: its kind, its feed, its title and its front page.

    A feed is a source by itself. Of a page, the first feed that it names and that can be read is; else its entries,
    where it is an h-feed; else a feed at one of the addresses where many sites have theirs; else the page itself.

    Raises GatherError when the address cannot be fetched, or is neither a feed nor a page.
    """
    client = fetch.Client(user_agent=user_agent, seconds=_SECONDS)
    private_hosts = {links.parse_host(address)} if allow_private else set()  # not those that its pages name
    answer = client.get(address, private_hosts=private_hosts)
    with reading.ReadingProcess() as process:
        found = _read_answer(process, answer)
        address = answer.moved_to or address
        if found.is_feed:
            return _make_feed_source(address, found, "")
        try_feed = partial(_try_feed, client, process, page=address, private_hosts=private_hosts)
        for named in found.feeds[:MOST_NAMED]:
            if feed := try_feed(named):
                return feed
        if found.feeds:  # they cannot be read; what does the page itself hold?
            found = _read_answer(process, answer, "page")
        if found.are_links or len(found.articles) < 2:
            for guess in discovery.guess_feeds(address):
                if feed := try_feed(guess):
                    return feed
    return Source(kind="page", url=address, title=found.own.title)


def _try_feed(
    client: fetch.Client, process: reading.ReadingProcess, address: str, *, page: str, private_hosts: Set[str]
) -> Source | None:
    """Return the source whose feed is at an address; None when there is no feed."""
    try:
        answer = client.get(address, private_hosts=private_hosts)
        found = _read_answer(process, answer)
    except GatherError:  # then it is no feed, and the next address is tried
        return None
    return _make_feed_source(answer.moved_to or address, found, page) if found.is_feed else None


def _make_feed_source(address: str, found: reading.SourceContents, page: str) -> Source:
    return Source(kind="feed", feed=address, url=page or found.own.url, title=found.own.title)


def _read_answer(process: reading.ReadingProcess, answer: fetch.Answer, kind: str = "") -> reading.SourceContents:
    document = answer.require_document()
    try:
        return process.read_contents(document, kind)
    except GatherError as error:
        raise error.within(Place(address=document.name)) from error
