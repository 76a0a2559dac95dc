"""How a feed stands to others: where it is served, its page, its hub, its archive (WebSub, section 4; RFC 5005)."""

from collections.abc import Callable, Iterator, Mapping

from dispatch import links, model
from dispatch.checks import xmltree
from dispatch.checks.entries import json_object
from dispatch.checks.rules import finding
from dispatch.checks.xmltree import Node
from dispatch.model import Edition, Finding, Publication

RULE = "feed.links"

_TO_FEEDS = ("self", "current", "prev-archive", "next-archive")
_KNOWN = ("alternate", "hub", *_TO_FEEDS)
_MARK = "fh:archive"
# What JSON Feed has a word for.
_IN_JSON = {"feed_url": "self", "home_page_url": "alternate", "next_url": "prev-archive"}

Relations = Mapping[str, tuple[str, ...]]


def judge(edition: Edition, place: model.Page | None, publication: Publication) -> Iterator[Finding]:
    """What is wrong with the links of a feed; with its place in the site, also which are others than they should be."""
    said = _READ[edition.format](edition.body)
    for relation, addresses in said.items():
        for address in addresses:
            if relation in _KNOWN and not links.is_web(address):
                yield finding(RULE, "address", relation=relation, found=address)
            elif relation in _TO_FEEDS[1:] and address in said.get("self", ()):
                yield finding(RULE, "loop", relation=relation)
    if _MARK in said and "current" not in said:
        yield finding(RULE, "link", relation="current")
    if "next-archive" in said and _MARK not in said:
        yield finding(RULE, "element", element=_MARK)
    if place:
        yield from _compare(said, _right(edition, place, publication), in_json=edition.format == "json")


def _compare(said: Relations, right: Mapping[str, str], *, in_json: bool) -> Iterator[Finding]:
    for relation in (*_IN_JSON.values(), "hub") if in_json else _KNOWN:
        written, wanted = said.get(relation, ()), right.get(relation, "")
        if not wanted:
            yield from (finding(RULE, "link", relation=relation, found=url) for url in written)
        elif tuple(map(links.ascii_form, written)) != (links.ascii_form(wanted),):
            yield finding(RULE, "link", relation=relation, found=written, wanted=wanted)


def _right(edition: Edition, place: model.Page, publication: Publication) -> dict[str, str]:
    """The relations that a feed at that place has."""
    ending = edition.path.rpartition(".")[2]

    def feed(way: model.Link | None) -> str:
        return f"{publication.url}/{way.path}.{ending}" if way else ""

    right = {"self": f"{publication.url}/{place.feed}.{ending}", "alternate": f"{publication.url}/{place.path}"}
    if place.kind == "feed":
        right |= {"prev-archive": feed(place.previous), "next-archive": feed(place.next)}
        right |= {"current": f"{publication.url}/{place.live_feed}.{ending}"} if place.live_feed else {}
        right |= {"hub": publication.feeds.hub} if not place.live_feed else {}
    return right


def _rss(body: bytes) -> Relations:
    channel = xmltree.read(body).first("channel")
    return {**_linked(channel), "alternate": tuple(link.text for link in channel.all("link"))} if channel else {}


def _atom(body: bytes) -> Relations:
    return _linked(xmltree.read(body))


def _linked(node: Node) -> Relations:
    found: dict[str, tuple[str, ...]] = {_MARK: ()} if node.first(_MARK) else {}
    for link in node.all("atom:link"):
        relation = link.attributes.get("rel", "alternate")
        found[relation] = (*found.get(relation, ()), link.attributes.get("href", ""))
    return found


def _json(body: bytes) -> Relations:
    feed = json_object(body)
    found: dict[str, tuple[str, ...]]
    found = {relation: (str(feed[key]),) for key, relation in _IN_JSON.items() if feed.get(key)}
    hubs = feed.get("hubs")
    if isinstance(hubs, list):
        found["hub"] = tuple(str(hub.get("url", "")) if isinstance(hub, Mapping) else "" for hub in hubs)
    return found


_READ: Mapping[str, Callable[[bytes], Relations]] = {"rss": _rss, "atom": _atom, "json": _json}
