"""Feeds, read back with expat and as JSON: what their own elements say of each item, and the body that stands in it.

The renderers write with lxml.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated
from xml.parsers import expat

from dispatch.checks.html_tree import strip_tags
from dispatch.errors import CheckError

# The namespaces of the feeds, by the prefixes that this house speaks of them with.
_PREFIXES = {
    "http://www.w3.org/2005/Atom": "atom:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/syndication/history/1.0": "fh:",
}
DEEPEST = 64
ARCHIVE = "fh:archive"  # the mark of an archive (RFC 5005, section 4)
# The relations that JSON Feed has a word for, besides its hubs.
JSON_RELATIONS = {"feed_url": "self", "home_page_url": "alternate", "next_url": "prev-archive"}

Person = tuple[str, str]  # name and address
Relations = Mapping[str, tuple[str, ...]]
Json = Mapping[str, "Json"] | list["Json"] | str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """What the elements of a feed's item say."""

    id: str
    title: str
    addresses: Annotated[tuple[str, ...], "where it leads: one, said in each of the places that readers look in"]
    authors: Annotated[tuple[Person, ...], "who is credited as author, an element each, which may hold several names"]
    people: Annotated[tuple[Person, ...], "the same one by one: contributors, and the authors of JSON Feed 1.1"]
    source: Annotated[tuple[str, str] | None, "name and address of the origin; None when nothing is said"]
    summary: Annotated[str, "as plain text, whatever the format has it in"]
    content: Annotated[str, "the body, as HTML"]
    ascii_only: Annotated[bool, "whether addresses had to be written in ASCII"] = False
    has_people: Annotated[bool, "whether the format has an address for each author"] = True
    needs_source: Annotated[bool, "whether the origin has an element of its own"] = False
    picture: str = ""
    published: Annotated[str, "its date, as it is written; empty when none is said"] = ""
    updated: Annotated[str, "when it was last changed, likewise"] = ""
    rights: Annotated[str, "the terms under which it is shown; empty when nothing is said"] = ""
    required_line: Annotated[str, "the line that its publisher requires, as HTML; empty when nothing is said"] = ""

    @property
    def url(self) -> str:
        """The address that most readers take."""
        return self.addresses[0] if self.addresses else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed."""

    entries: tuple[FeedItem, ...]
    description: Annotated[str, "what it says of itself, as plain text; empty when nothing is said"]
    credited: Annotated[tuple[str, ...], "whom the feed as a whole names as author or editor"]
    updated: Annotated[str, "when it was last changed, as it is written; empty when nothing is said"] = ""
    relations: Annotated[
        Mapping[str, tuple[str, ...]], "where it leads, by relation; the mark of an archive to nowhere"
    ]


@dataclass(slots=True)
class XmlNode:
    """An element. A name in a namespace has a prefix: ``atom:link``; of one that feeds do not have, its address."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["XmlNode"] = field(default_factory=list)
    text: str = ""

    def find_all(self, *names: str) -> Iterator["XmlNode"]:
        """Find the children with one of these names."""
        return (child for child in self.children if child.name in names)

    def find_first(self, name: str) -> "XmlNode | None":
        """Find the first child of this name."""
        return next(self.find_all(name), None)

    def read_words(self, name: str) -> str:
        """Give the text of the first child of this name; empty when there is none."""
        child = self.find_first(name)
        return child.text.strip() if child else ""


@lru_cache(maxsize=2)
def read_xml(body: bytes) -> XmlNode:
    """Parse XML and give its root element, which nobody may change: several checks look at the same one.

    Raises CheckError when the XML is not well-formed or has a DOCTYPE: no feed needs one.
    """
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    root = XmlNode("")
    path = [root]

    def open_node(name: str, attributes: dict[str, str]) -> None:
        if len(path) > DEEPEST:
            raise CheckError(f"it is nested more than {DEEPEST} levels deep", reason="too-deep")
        node = XmlNode(_prefix_name(name), attributes)
        path[-1].children.append(node)
        path.append(node)

    def close_node(_name: str) -> None:
        path.pop()

    def add_text(data: str) -> None:
        path[-1].text += data

    def refuse_doctype(*_: object) -> None:
        raise CheckError("it has a DOCTYPE", reason="doctype")

    parser.StartElementHandler = open_node
    parser.EndElementHandler = close_node
    parser.CharacterDataHandler = add_text
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # an unknown encoding is a LookupError
        raise CheckError(f"it is not well-formed XML: {error}", reason="not-xml", detail=str(error)) from error
    return root.children[0]


def _prefix_name(name: str) -> str:
    namespace, _, local = name.rpartition("\n")
    return _PREFIXES.get(namespace, f"{namespace} " if namespace else "") + local


@lru_cache(maxsize=1)
def read_rss(body: bytes) -> Feed:
    """Read RSS 2.0. Raises CheckError."""
    channel = read_xml(body).find_first("channel")
    if channel is None:
        raise CheckError("it has no channel", reason="not-a-feed")
    editors = (node.text.strip() for node in channel.find_all("managingEditor", "author", "dc:creator", "atom:author"))
    return Feed(
        entries=tuple(map(_read_rss_item, channel.find_all("item"))),
        description=strip_tags(channel.read_words("description")),
        credited=tuple(editors),
        updated=channel.read_words("lastBuildDate"),
        relations=_read_relations(channel) | {"alternate": tuple(link.text for link in channel.find_all("link"))},
    )


def _read_rss_item(item: XmlNode) -> FeedItem:
    source = item.find_first("source")
    links = (one for one in item.find_all("atom:link") if one.attributes.get("rel") in {None, "alternate", "via"})
    return FeedItem(
        id=item.read_words("guid"),
        title=item.read_words("title"),
        addresses=(
            *(link.text.strip() for link in item.find_all("link")),
            *(link.attributes.get("href", "") for link in links),
        ),
        authors=tuple(map(_read_person, item.find_all("dc:creator", "author", "atom:author"))),
        people=tuple(map(_read_person, item.find_all("dc:contributor", "atom:contributor"))),
        source=(source.text, source.attributes.get("url", "")) if source else None,
        summary=strip_tags(item.read_words("description")),
        content=item.read_words("content:encoded"),
        published=item.read_words("pubDate"),
        rights=item.read_words("dc:rights"),
        ascii_only=True,
        has_people=False,
        needs_source=True,
    )


@lru_cache(maxsize=1)
def read_atom(body: bytes) -> Feed:
    """Read Atom (RFC 4287). Raises CheckError."""
    feed = read_xml(body)
    editors = tuple(author.read_words("atom:name") for author in feed.find_all("atom:author", "dc:creator"))
    return Feed(
        entries=tuple(map(_read_atom_entry, feed.find_all("atom:entry"))),
        description=_read_construct(feed, "atom:subtitle"),
        credited=editors,
        updated=feed.read_words("atom:updated"),
        relations=_read_relations(feed),
    )


def _read_relations(node: XmlNode) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {ARCHIVE: ()} if node.find_first(ARCHIVE) else {}
    for link in node.find_all("atom:link"):
        relation = link.attributes.get("rel", "alternate")
        found[relation] = (*found.get(relation, ()), link.attributes.get("href", ""))
    return found


def _read_atom_entry(entry: XmlNode) -> FeedItem:
    source = entry.find_first("atom:source")
    return FeedItem(
        id=entry.read_words("atom:id"),
        title=_read_construct(entry, "atom:title"),
        addresses=tuple(_find_alternates(entry)),
        authors=tuple(map(_read_person, entry.find_all("atom:author", "dc:creator"))),
        people=tuple(map(_read_person, entry.find_all("atom:contributor", "dc:contributor"))),
        source=(_read_construct(source, "atom:title"), next(_find_alternates(source), "")) if source else None,
        summary=_read_construct(entry, "atom:summary"),
        content=entry.read_words("atom:content"),
        published=entry.read_words("atom:published"),
        updated=entry.read_words("atom:updated"),
        rights=_read_construct(entry, "atom:rights"),
    )


def _read_construct(node: XmlNode, name: str) -> str:
    """Read a text construct as plain text: what it calls HTML is read as that (RFC 4287, section 3.1)."""
    child, words = node.find_first(name), node.read_words(name)
    return strip_tags(words) if child and child.attributes.get("type") == "html" else words


def _read_person(node: XmlNode) -> Person:
    """Read a person construct; Dublin Core has the bare name."""
    return node.read_words("atom:name") or node.text.strip(), node.read_words("atom:uri")


def _find_alternates(node: XmlNode) -> Iterator[str]:
    """Find the addresses of alternate links, which is what a link without rel is (RFC 4287, section 4.2.7.2)."""
    links = (link.attributes for link in node.find_all("atom:link"))
    return (link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate")


@lru_cache(maxsize=1)
def read_json_feed(body: bytes) -> Feed:
    """Read JSON Feed 1.1. Raises CheckError."""
    feed = read_json_object(body)
    editors = tuple(name for name, _ in (*_read_people(feed.get("authors")), *_read_people([feed.get("author")])))
    relations: dict[str, tuple[str, ...]]
    relations = {relation: (str(feed[key]),) for key, relation in JSON_RELATIONS.items() if feed.get(key)}
    hubs = tuple(str(hub.get("url", "")) if isinstance(hub, dict) else "" for hub in _as_list(feed.get("hubs")))
    relations |= {"hub": hubs} if isinstance(feed.get("hubs"), list) else {}
    return Feed(
        entries=tuple(_read_json_item(item) for item in _as_list(feed.get("items")) if isinstance(item, dict)),
        description=_as_text(feed.get("description")),
        credited=editors,
        relations=relations,
    )


@lru_cache(maxsize=1)
def read_json_object(body: bytes) -> Mapping[str, Json]:
    """Parse a document that is a JSON object, which nobody may change. Raises CheckError."""
    try:
        value: Json = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CheckError(f"it is not JSON: {error}", reason="not-json") from error
    if not isinstance(value, dict):
        raise CheckError("it is not a JSON object", reason="not-a-feed")
    return value


def _read_json_item(item: Mapping[str, Json]) -> FeedItem:
    people = _read_people(item.get("authors"))
    terms = _as_object(_as_object(item.get("_dispatch")).get("terms"))
    return FeedItem(
        id=_as_text(item.get("id")),
        title=_as_text(item.get("title")),
        addresses=tuple(filter(None, map(_as_text, (item.get("external_url"), item.get("url"))))),
        # What JSON Feed 1.0 knew; readers of today look there for want of the other.
        authors=_read_people([item["author"]]) if "author" in item else people,
        people=people,
        source=None,
        summary=_as_text(item.get("summary")),
        content=_as_text(item.get("content_html")),
        picture=_as_text(item.get("image")),
        published=_as_text(item.get("date_published")),
        updated=_as_text(item.get("date_modified")),
        required_line=_as_text(terms.get("line")),
    )


def _read_people(listed: Json) -> tuple[Person, ...]:
    people = (one for one in _as_list(listed) if isinstance(one, dict))
    return tuple((_as_text(one.get("name")), _as_text(one.get("url"))) for one in people)


def _as_object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else ""


FEED_READERS: Mapping[str, Callable[[bytes], Feed]] = {"rss": read_rss, "atom": read_atom, "json": read_json_feed}
