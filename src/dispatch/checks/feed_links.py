"""How a feed stands to others: where it is served, its page, its hub, its archive (WebSub, section 4; RFC 5005)."""

from collections.abc import Callable, Iterator, Mapping

from dispatch import links
from dispatch.checks.feed_items import XmlNode, read_json_object, read_xml
from dispatch.checks.rules import make_finding
from dispatch.model import Edition, Finding, Publication, SitePlace, Way

RULE = "feed.links"

_TO_FEEDS = ("self", "current", "prev-archive", "next-archive")
_KNOWN = ("alternate", "hub", *_TO_FEEDS)
_MARK = "fh:archive"
# What JSON Feed has a word for.
_IN_JSON = {"feed_url": "self", "home_page_url": "alternate", "next_url": "prev-archive"}

Relations = Mapping[str, tuple[str, ...]]


def check_relations(edition: Edition, place: SitePlace | None, publication: Publication) -> Iterator[Finding]:
    """Report links of a feed that are wrong; given its place in the site, also those that should be others."""
    said = _READ[edition.format](edition.body)
    for relation, addresses in said.items():
        for address in addresses:
            if relation in _KNOWN and not links.is_web(address):
                yield make_finding(RULE, "address", relation=relation, found=address)
            elif relation in _TO_FEEDS[1:] and address in said.get("self", ()):
                yield make_finding(RULE, "loop", relation=relation)
    if _MARK in said and "current" not in said:
        yield make_finding(RULE, "link", relation="current")
    if "next-archive" in said and _MARK not in said:
        yield make_finding(RULE, "element", element=_MARK)
    if place:
        yield from _compare_relations(
            said, _find_right_relations(edition, place, publication), in_json=edition.format == "json"
        )


def _compare_relations(said: Relations, right: Mapping[str, str], *, in_json: bool) -> Iterator[Finding]:
    for relation in (*_IN_JSON.values(), "hub") if in_json else _KNOWN:
        written, wanted = said.get(relation, ()), right.get(relation, "")
        if not wanted:
            yield from (make_finding(RULE, "link", relation=relation, found=url) for url in written)
        elif tuple(map(links.ascii_form, written)) != (links.ascii_form(wanted),):
            yield make_finding(RULE, "link", relation=relation, found=written, wanted=wanted)


def _find_right_relations(edition: Edition, place: SitePlace, publication: Publication) -> dict[str, str]:
    """Find the relations that a feed at that place has."""
    ending = edition.path.rpartition(".")[2]

    def feed(way: Way | None) -> str:
        return f"{publication.url}/{way.path}.{ending}" if way else ""

    right = {"self": f"{publication.url}/{place.feed}.{ending}", "alternate": f"{publication.url}/{place.path}"}
    if place.kind == "feed":
        right |= {"prev-archive": feed(place.older), "next-archive": feed(place.newer)}
        right |= {"current": f"{publication.url}/{place.current}.{ending}"} if place.current else {}
        right |= {"hub": publication.feeds.hub} if not place.current else {}
    return right


def _read_rss(body: bytes) -> Relations:
    channel = read_xml(body).find_first("channel")
    return (
        {**_read_links(channel), "alternate": tuple(link.text for link in channel.find_all("link"))} if channel else {}
    )


def _read_atom(body: bytes) -> Relations:
    return _read_links(read_xml(body))


def _read_links(node: XmlNode) -> Relations:
    found: dict[str, tuple[str, ...]] = {_MARK: ()} if node.find_first(_MARK) else {}
    for link in node.find_all("atom:link"):
        relation = link.attributes.get("rel", "alternate")
        found[relation] = (*found.get(relation, ()), link.attributes.get("href", ""))
    return found


def _read_json(body: bytes) -> Relations:
    feed = read_json_object(body)
    found: dict[str, tuple[str, ...]]
    found = {relation: (str(feed[key]),) for key, relation in _IN_JSON.items() if feed.get(key)}
    hubs = feed.get("hubs")
    if isinstance(hubs, list):
        found["hub"] = tuple(str(hub.get("url", "")) if isinstance(hub, Mapping) else "" for hub in hubs)
    return found


_READ: Mapping[str, Callable[[bytes], Relations]] = {"rss": _read_rss, "atom": _read_atom, "json": _read_json}
