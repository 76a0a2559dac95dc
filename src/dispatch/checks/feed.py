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
from dispatch.checks.entries import READ, Value, json_object
from dispatch.checks.rules import finding, short
from dispatch.checks.xmltree import Node
from dispatch.model import Edition, Finding

Said = tuple[str, str]  # a rule, and what it has to say

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
            said = (
                _judge(edition, is_gathered=case.issue.place is not None and case.issue.place.kind == "feed"),
                dates.judge(edition, case.issue),
                relations.judge(edition, case.issue.place, case.publication),
            )
            for rule, what in dict.fromkeys(chain.from_iterable(said)):
                yield finding(rule, edition.path, what)


def _judge(edition: Edition, *, is_gathered: bool) -> Iterator[Said]:
    """What is wrong with a feed; one that is gathered from finished entries has bodies that were judged before."""
    if len(edition.body) > MOST:
        yield "feed.size", f"It has {len(edition.body):,} bytes: readers stop at {MOST:,}"
    yield from _CHECKS[edition.format](edition.body)
    entries = READ[edition.format](edition.body).entries
    for id_, times in Counter(said.id for said in entries).items():
        if not id_:
            yield "feed.id", "An entry has no id: readers show it again and again"
        elif times > 1:
            yield "feed.id", f"{times} entries have the id {short(id_)}: readers show one"
    for said in entries:
        name = f"“{short(said.title or said.id)}”"
        if not links.is_absolute(said.url):
            yield "feed.address", f"The link of {name} is not absolute: “{short(said.url)}”"
        for what, rule in () if is_gathered else _body(said.content):
            yield rule, f"The body of {name} {what}"


def _body(content: str) -> Iterator[tuple[str, str]]:
    inside = page.body(content)
    for tag in inside.named(*_REFUSED):
        yield f"has <{tag.name}>, which readers refuse", "feed.markup"
    for tag in inside.tags:
        for name, value in tag.attributes.items():
            if name.startswith("on") or name == "style":
                yield f"has {name}= on <{tag.name}>, which readers refuse", "feed.markup"
            elif name in {"href", "src"} and not links.is_absolute(value):
                yield f"has an address that is not absolute: “{short(value)}”", "feed.address"


def _rss(body: bytes) -> Iterator[Said]:
    """RSS 2.0 (rssboard.org/rss-specification), and the profile of its board."""
    root = xmltree.read(body)
    channel = root.first("channel")
    if root.name != "rss" or root.attributes.get("version") != "2.0" or channel is None:
        yield "feed.required", "It is not RSS 2.0"
        return
    for name in ("title", "link", "description"):
        yield from _needs(channel, name, "The channel")
    yield from _self(channel)
    names = [child.name for child in channel.children]
    if "item" in names and any(name != "item" for name in names[names.index("item") :]):
        yield "feed.order", "Something that describes the channel stands behind its items: readers have gone by then"
    for built in channel.all("lastBuildDate", "pubDate"):
        yield from _dated(built.text, _RFC_822, parsedate_to_datetime, "The channel")
    if channel.first("managingEditor") is not None:
        yield "feed.required", "The channel has a managingEditor: five readers credit every item to them"
    for item in channel.all("item"):
        yield from _rss_item(item)


def _rss_item(item: Node) -> Iterator[Said]:
    name = f"“{short(item.words('title') or item.words('guid'))}”"
    for required in ("title", "link", "guid", "description", "content:encoded"):
        yield from _needs(item, required, name)
    link, guid = item.words("link"), item.first("guid")
    if not link.isascii():
        yield "feed.address", f"The link of {name} is not ASCII: {short(link)}"
    permanent = (guid.attributes.get("isPermaLink", "true") if guid else "false") == "true"
    if guid and permanent and not links.is_web(guid.text):
        yield "feed.id", f"The guid of {name} says that it is a link and is none: {short(guid.text)}"
    if item.first("author") is not None:
        yield "feed.required", f"{name} has an author element, which wants an e-mail address; dc:creator takes names"
    for date in item.all("pubDate"):
        yield from _dated(date.text, _RFC_822, parsedate_to_datetime, name)
    names = [child.name for child in item.children]
    if {"description", "content:encoded"} <= set(names) and names.index("description") > names.index("content:encoded"):
        yield "feed.order", f"The description of {name} stands behind content:encoded: readers show it instead"
    for element, attributes in (("enclosure", ("url", "type", "length")), ("source", ("url",))):
        for child in item.all(element):
            for attribute in attributes:
                if not child.attributes.get(attribute):
                    yield "feed.required", f"The {element} of {name} has no {attribute}"


def _atom(body: bytes) -> Iterator[Said]:
    """RFC 4287, sections 4.1.1 and 4.1.2."""
    root = xmltree.read(body)
    if root.name != "atom:feed":
        yield "feed.required", "It is not Atom"
        return
    for name in ("id", "title", "updated"):
        yield from _needs(root, f"atom:{name}", "The feed")
    yield from _self(root)
    yield from _dated(root.words("atom:updated"), _UTC, datetime.fromisoformat, "The feed")
    names = [child.name for child in root.children]
    if "atom:entry" in names and any(name != "atom:entry" for name in names[names.index("atom:entry") :]):
        yield "feed.order", "Something that describes the feed stands behind its entries"
    for entry in root.all("atom:entry"):
        yield from _atom_entry(entry)


def _atom_entry(entry: Node) -> Iterator[Said]:
    name = f"“{short(entry.words('atom:title') or entry.words('atom:id'))}”"
    for required in ("id", "title", "updated", "author", "summary", "content"):
        yield from _needs(entry, f"atom:{required}", name)
    if not links.is_absolute(entry.words("atom:id")):
        yield "feed.id", f"The id of {name} is no absolute IRI"
    for person in entry.all("atom:author", "atom:contributor"):
        yield from _needs(person, "atom:name", f"A person of {name}")
    for date in entry.all("atom:updated", "atom:published"):
        yield from _dated(date.text, _UTC, datetime.fromisoformat, name)
    names = [child.name for child in entry.children]
    if "atom:source" in names and names[-1] != "atom:source":
        yield "feed.order", f"The source of {name} is not last: one reader takes title and link from it"
    for source in entry.all("atom:source"):
        for required in ("id", "title", "updated"):
            yield from _needs(source, f"atom:{required}", f"The source of {name}")
    content = entry.first("atom:content")
    if content and content.attributes.get("type") != "html":
        yield "feed.required", f"The content of {name} is not of type html"


def _json(body: bytes) -> Iterator[Said]:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    feed = json_object(body)
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield "feed.required", "It is not JSON Feed 1.1"
    for key in ("title", "home_page_url", "feed_url"):
        if not isinstance(feed.get(key), str) or not feed[key]:
            yield "feed.required", f"The feed has no {key}"
    items = feed.get("items")
    if not isinstance(items, list):
        yield "feed.required", "The feed has no items"
        return
    for item in items:
        yield from _json_item(item) if isinstance(item, dict) else [("feed.required", "An item is not an object")]


def _json_item(item: Mapping[str, Value]) -> Iterator[Said]:
    name = f"“{short(str(item.get('title') or item.get('id')))}”"
    for key in ("id", "url", "content_html"):
        if not isinstance(item.get(key), str) or not item[key]:
            yield "feed.required", f"{name} has no {key}"
    for key in ("date_published", "date_modified"):
        if key in item:
            yield from _dated(str(item[key]), _OFFSET, datetime.fromisoformat, name)


def _needs(node: Node, name: str, whose: str) -> Iterator[Said]:
    child = node.first(name)
    if child is None or not (child.text.strip() or child.children):
        yield "feed.required", f"{whose} has no {name.removeprefix('atom:')}"


def _self(node: Node) -> Iterator[Said]:
    rels = [link.attributes.get("rel") for link in node.all("atom:link")]
    if rels.count("self") != 1:
        yield "feed.required", "It does not say where it is served: atom:link rel=self"


def _dated(text: str, form: re.Pattern[str], parse: Callable[[str], datetime], whose: str) -> Iterator[Said]:
    try:
        right = bool(form.fullmatch(text.strip())) and bool(parse(text.strip()))
    except ValueError:
        right = False
    if not right:
        yield "feed.date", f"{whose} has a date that is none: “{short(text)}”"


_CHECKS: Mapping[str, Callable[[bytes], Iterator[Said]]] = {"rss": _rss, "atom": _atom, "json": _json}
