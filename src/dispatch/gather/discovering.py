"""What is at an address that somebody names as a source: a feed, a site with feeds, or a page."""

from typing import Final

from dispatch import fetch
from dispatch.errors import GatherError
from dispatch.gather import reading
from dispatch.model import Place, Source
from dispatch.readers import discovery

MOST_NAMED: Final = 3
_SECONDS: Final = 15.0


def source(address: str, *, user_agent: str, allow_private: bool = False) -> Source:
    """The source that is at an address: its kind, its feed, its title and its front page.

    A feed is a source by itself. Of a page, the first feed that it names and that can be read is; else its entries,
    where it is an h-feed; else a feed at one of the addresses where many sites have theirs; else the page itself.

    Raises GatherError when the address cannot be fetched, or is neither a feed nor a page.
    """
    client = fetch.Client(user_agent=user_agent, allow_private=allow_private, seconds=_SECONDS)
    answer = client.get(address)
    found = _read(answer)
    address = answer.moved_to or address
    if found.is_feed:
        return _feed(address, found, "")
    for named in found.feeds[:MOST_NAMED]:
        if feed := _feed_at(client, named, address):
            return feed
    if found.feeds:  # they cannot be read; what does the page itself hold?
        found = reading.read(answer.whole(), "page")
    if found.are_links or len(found.articles) < 2:
        for guess in discovery.guesses(address):
            if feed := _feed_at(client, guess, address):
                return feed
    return Source(kind="page", url=address, title=found.own.title)


def _feed_at(client: fetch.Client, address: str, page: str) -> Source | None:
    """The source by its feed there, when there is one."""
    try:
        answer = client.get(address)
        found = _read(answer)
    except GatherError:  # then it is no feed, and the next address is tried
        return None
    return _feed(answer.moved_to or address, found, page) if found.is_feed else None


def _feed(address: str, found: reading.Found, page: str) -> Source:
    return Source(kind="feed", feed=address, url=page or found.own.url, title=found.own.title)


def _read(answer: fetch.Answer) -> reading.Found:
    document = answer.whole()
    try:
        return reading.read(document)
    except GatherError as error:
        raise error.within(Place(address=document.name)) from error
