"""What the specifications of the three feeds require, and what their readers need besides."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import chain

from dispatch import derived, links
from dispatch.checks.body import check_footer, check_markup
from dispatch.checks.check_input import CheckInput
from dispatch.checks.feed_items import (
    ARCHIVE,
    FEED_READERS,
    JSON_RELATIONS,
    Json,
    Relations,
    XmlNode,
    read_json_object,
    read_xml,
)
from dispatch.checks.rules import find_edition_place, make_finding, name_article
from dispatch.checks.text_lines import fold_spaces
from dispatch.model import Contents, Edition, Finding, Link, Page, Publication, Subject

MOST = 5_000_000  # bytes; Google and others stop reading there
LINKS = "feed.links"
_TO_FEEDS = ("self", "current", "prev-archive", "next-archive")
_KNOWN = ("alternate", "hub", *_TO_FEEDS)
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
_RFC_822 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")


def check(case: CheckInput) -> Iterator[Finding]:
    """Judge each feed that can be read back."""
    unreadable = {edition.path for edition, _ in case.unreadable}
    names = {article.id: name_article(article) for article in case.issue.articles}
    for edition in case.editions:
        if edition.format in _CHECKS and edition.path not in unreadable:
            place = find_edition_place(case.issue, edition)
            found = (
                _check_feed(edition, is_gathered=_is_gathered(case.issue.as_page)),
                _check_description(edition, case.publication),
                _check_dates(edition, case.issue, case.publication),
                _check_relations(edition, case.issue.as_page, case.publication),
                (make_finding("feed.shortened", "excerpt", headline=names[id_]) for id_ in edition.shortened),
                check_footer(case.publication),
            )
            yield from (one if one.place.file else one.at_place(place) for one in chain.from_iterable(found))


def _is_gathered(page: Page | None) -> bool:
    """Tell whether a feed is made of entries that were judged in the feeds of their own issues."""
    return page is not None and page.kind == "feed" and not page.is_kit


def _check_feed(edition: Edition, *, is_gathered: bool) -> Iterator[Finding]:
    """Report what is wrong with a feed; the bodies of one that is gathered from finished entries were judged before."""
    if len(edition.body) > MOST:
        yield make_finding("feed.size", "size", size=len(edition.body), limit=MOST)
    yield from _CHECKS[edition.format](edition.body)
    entries = FEED_READERS[edition.format](edition.body).entries
    for id_, times in Counter(item.id for item in entries).items():
        if not id_ or times > 1:
            yield make_finding("feed.id", "id", id=id_, count=times)
    for item in entries:
        name = item.title or item.id
        for url in item.addresses or ("",):
            if not (links.is_absolute(url) and url.isascii()):
                yield make_finding("feed.address", "link", headline=name, found=url)
        if not is_gathered:
            yield from check_markup(name, item.content)


def _check_description(edition: Edition, publication: Publication) -> Iterator[Finding]:
    """Report what a feed says of itself, when that is neither the publication's description nor its title."""
    found = FEED_READERS[edition.format](edition.body).description
    wanted = publication.description or publication.title
    if found and fold_spaces(found) != fold_spaces(wanted):
        yield make_finding("feed.required", "feed", found=found, wanted=wanted)


def _check_rss(body: bytes) -> Iterator[Finding]:
    """Report what breaks RSS 2.0 (rssboard.org/rss-specification) or the profile of its board."""
    root = read_xml(body)
    channel = root.find_first("channel")
    if root.name != "rss" or root.attributes.get("version") != "2.0" or channel is None:
        yield make_finding("feed.required", "edition", wanted="RSS 2.0")
        return
    for name in ("title", "link", "description"):
        yield from _check_required(channel, name, "feed")
    yield from check_markup("", channel.read_words("description"))
    yield from _check_self(channel)
    names = [child.name for child in channel.children]
    if "item" in names and any(name != "item" for name in names[names.index("item") :]):
        yield make_finding("feed.order", "feed")
    for built in channel.find_all("lastBuildDate", "pubDate"):
        yield from _check_date_form(built.text, _RFC_822, parsedate_to_datetime)
    if channel.find_first("managingEditor") is not None:
        yield make_finding("feed.required", "element", element="managingEditor")
    for item in channel.find_all("item"):
        yield from _check_rss_item(item)


def _check_rss_item(item: XmlNode) -> Iterator[Finding]:
    name = item.read_words("title") or item.read_words("guid")
    for required in ("title", "link", "guid", "description", "content:encoded"):
        yield from _check_required(item, required, "article", name)
    yield from check_markup(name, item.read_words("description"))
    guid = item.find_first("guid")
    permanent = (guid.attributes.get("isPermaLink", "true") if guid else "false") == "true"
    if guid and permanent and not links.is_web_address(guid.text):
        yield make_finding("feed.id", "link", headline=name, found=guid.text)
    if item.find_first("author") is not None:
        yield make_finding("feed.required", "element", headline=name, element="author")
    for date in item.find_all("pubDate"):
        yield from _check_date_form(date.text, _RFC_822, parsedate_to_datetime, name)
    names = [child.name for child in item.children]
    if "content:encoded" in names and "description" in names[names.index("content:encoded") :]:
        yield make_finding("feed.order", "text", headline=name)
    for element, attributes in (("enclosure", ("url", "type", "length")), ("source", ("url",))):
        for child in item.find_all(element):
            for attribute in attributes:
                if not child.attributes.get(attribute):
                    yield make_finding(
                        "feed.required", "attribute", headline=name, element=element, attribute=attribute
                    )


def _check_atom(body: bytes) -> Iterator[Finding]:
    """Report what breaks Atom (RFC 4287, sections 4.1.1 and 4.1.2)."""
    root = read_xml(body)
    if root.name != "atom:feed":
        yield make_finding("feed.required", "edition", wanted="Atom")
        return
    for name in ("id", "title", "updated"):
        yield from _check_required(root, f"atom:{name}", "feed")
    yield from _check_self(root)
    yield from _check_date_form(root.read_words("atom:updated"), _UTC, datetime.fromisoformat)
    names = [child.name for child in root.children]
    if "atom:entry" in names and any(name != "atom:entry" for name in names[names.index("atom:entry") :]):
        yield make_finding("feed.order", "feed")
    for entry in root.find_all("atom:entry"):
        yield from _check_atom_entry(entry)


def _check_atom_entry(entry: XmlNode) -> Iterator[Finding]:
    name = entry.read_words("atom:title") or entry.read_words("atom:id")
    for required in ("id", "title", "updated", "author", "summary", "content"):
        yield from _check_required(entry, f"atom:{required}", "article", name)
    if not links.is_absolute(entry.read_words("atom:id")):
        yield make_finding("feed.id", "article", headline=name, found=entry.read_words("atom:id"))
    for person in entry.find_all("atom:author", "atom:contributor"):
        yield from _check_required(person, "atom:name", "name", name)
    for date in entry.find_all("atom:updated", "atom:published"):
        yield from _check_date_form(date.text, _UTC, datetime.fromisoformat, name)
    names = [child.name for child in entry.children]
    if "atom:source" in names and names[-1] != "atom:source":
        yield make_finding("feed.order", "source", headline=name)
    for source in entry.find_all("atom:source"):
        for required in ("id", "title", "updated"):
            yield from _check_required(source, f"atom:{required}", "source", name)
    content = entry.find_first("atom:content")
    if content and content.attributes.get("type") != "html":
        yield make_finding("feed.required", "text", headline=name)


def _check_json(body: bytes) -> Iterator[Finding]:
    """Report what breaks JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    feed = read_json_object(body)
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield make_finding("feed.required", "edition", wanted="JSON Feed 1.1")
    for key in ("title", "home_page_url", "feed_url"):
        if not isinstance(feed.get(key), str) or not feed[key]:
            yield make_finding("feed.required", "feed", element=key)
    items = feed.get("items")
    if not isinstance(items, list):
        yield make_finding("feed.required", "feed", element="items")
        return
    for item in items:
        yield from _check_json_item(item) if isinstance(item, dict) else [make_finding("feed.required", "data")]


def _check_json_item(item: Mapping[str, Json]) -> Iterator[Finding]:
    name = next((name for key in ("title", "id") if isinstance(name := item.get(key), str) and name), "")
    for key in ("id", "url", "content_html"):
        if not isinstance(item.get(key), str) or not item[key]:
            yield make_finding("feed.required", "article", headline=name, element=key)
    for key in ("date_published", "date_modified"):
        if key in item:
            yield from _check_date_form(str(item[key]), _OFFSET, datetime.fromisoformat, name)


def _check_required(node: XmlNode, name: str, subject: Subject, headline: str = "") -> Iterator[Finding]:
    child = node.find_first(name)
    if child is None or not (child.text.strip() or child.children):
        yield make_finding("feed.required", subject, headline=headline, element=name.removeprefix("atom:"))


def _check_self(node: XmlNode) -> Iterator[Finding]:
    rels = [link.attributes.get("rel") for link in node.find_all("atom:link")]
    if rels.count("self") != 1:
        yield make_finding("feed.required", "link")


def _check_date_form(
    text: str, form: re.Pattern[str], parse: Callable[[str], datetime], headline: str = ""
) -> Iterator[Finding]:
    date = text.strip()
    try:
        right = bool(form.fullmatch(date)) and bool(parse(date))
    except ValueError:
        right = False
    if not right:
        yield make_finding("feed.date", "date", headline=headline, found=text)


def _check_dates(edition: Edition, issue: Contents, publication: Publication) -> Iterator[Finding]:
    """Report dates of a feed that can be read and are others than the issue's, to the second."""
    feed = FEED_READERS[edition.format](edition.body)
    articles, places = {article.id: article for article in issue.articles}, derived.number_articles(issue)
    dates = {id_: derived.find_entry_dates(one, issue, publication, places) for id_, one in articles.items()}
    for item in feed.entries:
        if article := articles.get(item.id):
            published, updated = dates[item.id]
            yield from _compare_dates(item.published, published, "published", name_article(article))
            if item.updated:
                yield from _compare_dates(item.updated, updated, "updated", name_article(article))
    if feed.updated:
        latest = max([issue.date, *(updated for _, updated in dates.values())])
        yield from _compare_dates(feed.updated, latest, "updated")


def _compare_dates(written: str, right: datetime | None, subject: Subject, name: str = "") -> Iterator[Finding]:
    wanted = right.isoformat() if right else ""
    if not written:
        yield from [make_finding("feed.date", subject, headline=name, wanted=wanted)] if right else []
        return
    try:
        # RFC 822's dates begin with a name, RFC 3339's with a number.
        moment = (datetime.fromisoformat if written[:1].isdigit() else parsedate_to_datetime)(written)
    except ValueError:
        return  # no date at all: told as such
    if right is None or moment.tzinfo is None or moment != right.replace(microsecond=0):
        yield make_finding("feed.date", subject, headline=name, wanted=wanted, found=written)


def _check_relations(edition: Edition, place: Page | None, publication: Publication) -> Iterator[Finding]:
    """Report wrong links to the feed itself, its page, its hub and its archive (WebSub, section 4; RFC 5005).

    Given its place in the site, also those that should be others.
    """
    there = FEED_READERS[edition.format](edition.body).relations
    for relation, addresses in there.items():
        for address in addresses:
            if relation in _KNOWN and not links.is_web_address(address):
                yield make_finding(LINKS, "address", relation=relation, found=address)
            elif relation in _TO_FEEDS[1:] and address in there.get("self", ()):
                yield make_finding(LINKS, "loop", relation=relation)
    if ARCHIVE in there and "current" not in there:
        yield make_finding(LINKS, "link", relation="current")
    if "next-archive" in there and ARCHIVE not in there:
        yield make_finding(LINKS, "element", element=ARCHIVE)
    if place:
        right = _find_relations(edition, place, publication)
        yield from _compare_relations(there, right, in_json=edition.format == "json")


def _compare_relations(there: Relations, right: Mapping[str, str], *, in_json: bool) -> Iterator[Finding]:
    for relation in (*JSON_RELATIONS.values(), "hub") if in_json else _KNOWN:
        written, wanted = there.get(relation, ()), right.get(relation, "")
        if not wanted:
            yield from (make_finding(LINKS, "link", relation=relation, found=url) for url in written)
        elif tuple(map(links.encode_ascii, written)) != (links.encode_ascii(wanted),):
            yield make_finding(LINKS, "link", relation=relation, found=written, wanted=wanted)


def _find_relations(edition: Edition, place: Page, publication: Publication) -> dict[str, str]:
    """Find the relations that a feed at that place has."""
    ending = edition.path.rpartition(".")[2]

    def find_address(way: Link | None) -> str:
        return f"{publication.url}/{way.path}.{ending}" if way else ""

    right = {"self": f"{publication.url}/{place.feed}.{ending}", "alternate": f"{publication.url}/{place.path}"}
    if place.kind == "feed":
        right |= {"prev-archive": find_address(place.previous), "next-archive": find_address(place.next)}
        right |= {"current": f"{publication.url}/{place.live_feed}.{ending}"} if place.live_feed else {}
        right |= {"hub": publication.feeds.hub} if not place.live_feed else {}
    return right


_CHECKS = {"rss": _check_rss, "atom": _check_atom, "json": _check_json}
