"""What the specifications of the three feeds require, and what their readers need besides."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import chain

from dispatch import links
from dispatch.checks import dates, page, relations, xmltree
from dispatch.checks.case import Case
from dispatch.checks.entries import READ, Json, json_object
from dispatch.checks.rules import find_edition_place, finding
from dispatch.checks.xmltree import Node
from dispatch.model import Edition, Finding, Subject

MOST = 5_000_000  # bytes; Google and others stop reading there
# fmt: off
_REFUSED = (
    "audio", "embed", "form", "iframe", "input", "link", "math", "meta", "object", "script", "style", "svg", "video",
)
# fmt: on
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
_RFC_822 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000")


def check(case: Case) -> Iterator[Finding]:
    """Judges each feed that can be read back."""
    unreadable = {edition.path for edition, _ in case.unreadable}
    for edition in case.editions:
        if edition.format in _CHECKS and edition.path not in unreadable:
            place = find_edition_place(case.issue, edition)
            found = (
                _judge(edition, is_gathered=case.issue.as_page is not None and case.issue.as_page.kind == "feed"),
                dates.judge(edition, case.issue),
                relations.judge(edition, case.issue.as_page, case.publication),
            )
            yield from (one.at(place) for one in chain.from_iterable(found))


def _judge(edition: Edition, *, is_gathered: bool) -> Iterator[Finding]:
    """What is wrong with a feed; one that is gathered from finished entries has bodies that were judged before."""
    if len(edition.body) > MOST:
        yield finding("feed.size", "size", size=len(edition.body), limit=MOST)
    yield from _CHECKS[edition.format](edition.body)
    entries = READ[edition.format](edition.body).entries
    for id_, times in Counter(said.id for said in entries).items():
        if not id_ or times > 1:
            yield finding("feed.id", "id", id=id_, count=times)
    for said in entries:
        name = said.title or said.id
        if not links.is_absolute(said.url):
            yield finding("feed.address", "link", headline=name, found=said.url)
        if not is_gathered:
            yield from _body(name, said.content)


def _body(name: str, content: str) -> Iterator[Finding]:
    inside = page.body(content)
    for tag in inside.named(*_REFUSED):
        yield finding("feed.markup", "element", headline=name, element=tag.name)
    for tag in inside.tags:
        for key, value in tag.attributes.items():
            if key.startswith("on") or key == "style":
                yield finding("feed.markup", "attribute", headline=name, element=tag.name, attribute=key)
            elif key in {"href", "src"} and not links.is_absolute(value):
                yield finding("feed.address", "text", headline=name, found=value)


def _rss(body: bytes) -> Iterator[Finding]:
    """RSS 2.0 (rssboard.org/rss-specification), and the profile of its board."""
    root = xmltree.read(body)
    channel = root.first("channel")
    if root.name != "rss" or root.attributes.get("version") != "2.0" or channel is None:
        yield finding("feed.required", "edition", wanted="RSS 2.0")
        return
    for name in ("title", "link", "description"):
        yield from _needs(channel, name, "feed")
    yield from _self(channel)
    names = [child.name for child in channel.children]
    if "item" in names and any(name != "item" for name in names[names.index("item") :]):
        yield finding("feed.order", "feed")
    for built in channel.all("lastBuildDate", "pubDate"):
        yield from _dated(built.text, _RFC_822, parsedate_to_datetime)
    if channel.first("managingEditor") is not None:
        yield finding("feed.required", "element", element="managingEditor")
    for item in channel.all("item"):
        yield from _rss_item(item)


def _rss_item(item: Node) -> Iterator[Finding]:
    name = item.words("title") or item.words("guid")
    for required in ("title", "link", "guid", "description", "content:encoded"):
        yield from _needs(item, required, "article", name)
    link, guid = item.words("link"), item.first("guid")
    if not link.isascii():
        yield finding("feed.address", "element", headline=name, found=link)
    permanent = (guid.attributes.get("isPermaLink", "true") if guid else "false") == "true"
    if guid and permanent and not links.is_web(guid.text):
        yield finding("feed.id", "link", headline=name, found=guid.text)
    if item.first("author") is not None:
        yield finding("feed.required", "element", headline=name, element="author")
    for date in item.all("pubDate"):
        yield from _dated(date.text, _RFC_822, parsedate_to_datetime, name)
    names = [child.name for child in item.children]
    if {"description", "content:encoded"} <= set(names) and names.index("description") > names.index("content:encoded"):
        yield finding("feed.order", "text", headline=name)
    for element, attributes in (("enclosure", ("url", "type", "length")), ("source", ("url",))):
        for child in item.all(element):
            for attribute in attributes:
                if not child.attributes.get(attribute):
                    yield finding("feed.required", "attribute", headline=name, element=element, attribute=attribute)


def _atom(body: bytes) -> Iterator[Finding]:
    """RFC 4287, sections 4.1.1 and 4.1.2."""
    root = xmltree.read(body)
    if root.name != "atom:feed":
        yield finding("feed.required", "edition", wanted="Atom")
        return
    for name in ("id", "title", "updated"):
        yield from _needs(root, f"atom:{name}", "feed")
    yield from _self(root)
    yield from _dated(root.words("atom:updated"), _UTC, datetime.fromisoformat)
    names = [child.name for child in root.children]
    if "atom:entry" in names and any(name != "atom:entry" for name in names[names.index("atom:entry") :]):
        yield finding("feed.order", "feed")
    for entry in root.all("atom:entry"):
        yield from _atom_entry(entry)


def _atom_entry(entry: Node) -> Iterator[Finding]:
    name = entry.words("atom:title") or entry.words("atom:id")
    for required in ("id", "title", "updated", "author", "summary", "content"):
        yield from _needs(entry, f"atom:{required}", "article", name)
    if not links.is_absolute(entry.words("atom:id")):
        yield finding("feed.id", "article", headline=name, found=entry.words("atom:id"))
    for person in entry.all("atom:author", "atom:contributor"):
        yield from _needs(person, "atom:name", "name", name)
    for date in entry.all("atom:updated", "atom:published"):
        yield from _dated(date.text, _UTC, datetime.fromisoformat, name)
    names = [child.name for child in entry.children]
    if "atom:source" in names and names[-1] != "atom:source":
        yield finding("feed.order", "source", headline=name)
    for source in entry.all("atom:source"):
        for required in ("id", "title", "updated"):
            yield from _needs(source, f"atom:{required}", "source", name)
    content = entry.first("atom:content")
    if content and content.attributes.get("type") != "html":
        yield finding("feed.required", "text", headline=name)


def _json(body: bytes) -> Iterator[Finding]:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    feed = json_object(body)
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield finding("feed.required", "edition", wanted="JSON Feed 1.1")
    for key in ("title", "home_page_url", "feed_url"):
        if not isinstance(feed.get(key), str) or not feed[key]:
            yield finding("feed.required", "feed", element=key)
    items = feed.get("items")
    if not isinstance(items, list):
        yield finding("feed.required", "feed", element="items")
        return
    for item in items:
        yield from _json_item(item) if isinstance(item, dict) else [finding("feed.required", "data")]


def _json_item(item: Mapping[str, Json]) -> Iterator[Finding]:
    name = next((name for key in ("title", "id") if isinstance(name := item.get(key), str) and name), "")
    for key in ("id", "url", "content_html"):
        if not isinstance(item.get(key), str) or not item[key]:
            yield finding("feed.required", "article", headline=name, element=key)
    for key in ("date_published", "date_modified"):
        if key in item:
            yield from _dated(str(item[key]), _OFFSET, datetime.fromisoformat, name)


def _needs(node: Node, name: str, subject: Subject, headline: str = "") -> Iterator[Finding]:
    child = node.first(name)
    if child is None or not (child.text.strip() or child.children):
        yield finding("feed.required", subject, headline=headline, element=name.removeprefix("atom:"))


def _self(node: Node) -> Iterator[Finding]:
    rels = [link.attributes.get("rel") for link in node.all("atom:link")]
    if rels.count("self") != 1:
        yield finding("feed.required", "link")


def _dated(text: str, form: re.Pattern[str], parse: Callable[[str], datetime], headline: str = "") -> Iterator[Finding]:
    try:
        right = bool(form.fullmatch(text.strip())) and bool(parse(text.strip()))
    except ValueError:
        right = False
    if not right:
        yield finding("feed.date", "date", headline=headline, found=text)


_CHECKS: Mapping[str, Callable[[bytes], Iterator[Finding]]] = {"rss": _rss, "atom": _atom, "json": _json}
