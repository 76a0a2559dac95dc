"""Feeds, read back: what their own elements say of each item, and the body that stands in it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, TypeGuard

from dispatch.checks import xmltree
from dispatch.checks.text_lines import Line, Link, Picture, fold, joined
from dispatch.errors import CheckError

Person = tuple[str, str]  # name and address
Json = Mapping[str, "Json"] | list["Json"] | str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the elements of a feed's item say."""

    id: str
    title: str
    addresses: Annotated[tuple[str, ...], "where it leads: one, said in each of the places that readers look in"]
    authors: Annotated[tuple[Person, ...], "who is credited as author, an element each, which may hold several names"]
    people: Annotated[tuple[Person, ...], "the same one by one: contributors, and the authors of JSON Feed 1.1"]
    source: Annotated[tuple[str, str] | None, "name and address of the origin; None when nothing is said"]
    summary: str
    content: Annotated[str, "the body, as HTML"]
    ascii_only: Annotated[bool, "whether addresses had to be written in ASCII"] = False
    has_people: Annotated[bool, "whether the format has an address for each author"] = True
    needs_source: Annotated[bool, "whether the origin has an element of its own"] = False
    picture: str = ""
    published: Annotated[str, "its date, as it is written; empty when none is said"] = ""
    updated: Annotated[str, "when it was last changed, likewise"] = ""
    rights: Annotated[str, "the terms under which it is shown; empty when nothing is said"] = ""

    @property
    def url(self) -> str:
        """The address that most readers take."""
        return self.addresses[0] if self.addresses else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as an edition shows it."""

    title: str
    lines: Annotated[tuple[Line, ...], "everything under the headline"]
    headline: Annotated[tuple[Link, ...], "the links of the headline"] = ()
    pictures: tuple[Picture, ...] = ()
    said: Annotated[Said | None, "in feeds"] = None
    ways: Annotated[tuple[Line, ...], "the lines that lead to other pages of the site, and nowhere else"] = ()
    raw: Annotated[str, "in plain text: everything under the headline, as it is written"] = ""

    @property
    def text(self) -> str:
        """All words under the headline."""
        return fold(self.raw) or joined(self.lines).text


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed."""

    entries: tuple[Said, ...]
    credited: Annotated[tuple[str, ...], "whom the feed as a whole names as author or editor"]
    updated: Annotated[str, "when it was last changed, as it is written; empty when nothing is said"] = ""


@lru_cache(maxsize=1)
def rss(body: bytes) -> Feed:
    """RSS 2.0. Raises CheckError."""
    channel = xmltree.read(body).first("channel")
    if channel is None:
        raise CheckError("it has no channel", reason="not-a-feed")
    editors = (node.text.strip() for node in channel.all("managingEditor", "author", "dc:creator", "atom:author"))
    built = channel.words("lastBuildDate")
    return Feed(entries=tuple(map(_rss_item, channel.all("item"))), credited=tuple(editors), updated=built)


def _rss_item(item: xmltree.Node) -> Said:
    source = item.first("source")
    links = (link for link in item.all("atom:link") if link.attributes.get("rel", "alternate") in {"alternate", "via"})
    return Said(
        id=item.words("guid"),
        title=item.words("title"),
        addresses=(
            *(link.text.strip() for link in item.all("link")),
            *(link.attributes.get("href", "") for link in links),
        ),
        authors=tuple((node.text, "") for node in item.all("dc:creator", "author", "atom:author")),
        people=tuple((node.text, "") for node in item.all("dc:contributor", "atom:contributor")),
        source=(source.text, source.attributes.get("url", "")) if source else None,
        summary=item.words("description"),
        content=item.words("content:encoded"),
        published=item.words("pubDate"),
        rights=item.words("dc:rights"),
        ascii_only=True,
        has_people=False,
        needs_source=True,
    )


@lru_cache(maxsize=1)
def atom(body: bytes) -> Feed:
    """Atom (RFC 4287). Raises CheckError."""
    feed = xmltree.read(body)
    editors = tuple(author.words("atom:name") for author in feed.all("atom:author", "dc:creator"))
    return Feed(
        entries=tuple(map(_atom_entry, feed.all("atom:entry"))), credited=editors, updated=feed.words("atom:updated")
    )


def _atom_entry(entry: xmltree.Node) -> Said:
    source = entry.first("atom:source")
    return Said(
        id=entry.words("atom:id"),
        title=entry.words("atom:title"),
        addresses=tuple(_alternates(entry)),
        authors=tuple(map(_person, entry.all("atom:author", "dc:creator"))),
        people=tuple(map(_person, entry.all("atom:contributor", "dc:contributor"))),
        source=(source.words("atom:title"), next(_alternates(source), "")) if source else None,
        summary=entry.words("atom:summary"),
        content=entry.words("atom:content"),
        published=entry.words("atom:published"),
        updated=entry.words("atom:updated"),
        rights=entry.words("atom:rights"),
    )


def _person(node: xmltree.Node) -> Person:
    """Somebody as a person construct has them; Dublin Core has the bare name."""
    return node.words("atom:name") or node.text.strip(), node.words("atom:uri")


def _alternates(node: xmltree.Node) -> Iterator[str]:
    """The addresses of alternate links, which is what a link without rel is (RFC 4287, section 4.2.7.2)."""
    links = node.all("atom:link")
    return (link.attributes.get("href", "") for link in links if _is_alternate(link))


def _is_alternate(link: xmltree.Node) -> bool:
    return link.attributes.get("rel", "alternate") == "alternate"


@lru_cache(maxsize=1)
def json_feed(body: bytes) -> Feed:
    """JSON Feed 1.1. Raises CheckError."""
    feed = json_object(body)
    items = [item for item in _list(feed.get("items")) if _is_object(item)]
    editors = tuple(name for name, _ in (*_people(feed.get("authors")), *_people([feed.get("author")])))
    return Feed(entries=tuple(map(_json_item, items)), credited=editors)


@lru_cache(maxsize=1)
def json_object(body: bytes) -> Mapping[str, Json]:
    """The JSON object that a document is, which nobody may change. Raises CheckError."""
    try:
        value: Json = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CheckError(f"it is not JSON: {error}", reason="not-json") from error
    if not _is_object(value):
        raise CheckError("it is not a JSON object", reason="not-a-feed")
    return value


def _json_item(item: Mapping[str, Json]) -> Said:
    people = _people(item.get("authors"))
    addresses = (_text(item.get(key)) for key in ("external_url", "url"))
    return Said(
        id=_text(item.get("id")),
        title=_text(item.get("title")),
        addresses=tuple(filter(None, addresses)),
        # What JSON Feed 1.0 knew; readers of today look there for want of the other.
        authors=_people([item["author"]]) if "author" in item else people,
        people=people,
        source=None,
        summary=_text(item.get("summary")),
        content=_text(item.get("content_html")),
        picture=_text(item.get("image")),
        published=_text(item.get("date_published")),
        updated=_text(item.get("date_modified")),
    )


def _people(listed: Json) -> tuple[Person, ...]:
    return tuple((_text(one.get("name")), _text(one.get("url"))) for one in _list(listed) if _is_object(one))


def _is_object(value: Json) -> TypeGuard[Mapping[str, Json]]:
    return isinstance(value, dict)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


READ: Mapping[str, Callable[[bytes], Feed]] = {"rss": rss, "atom": atom, "json": json_feed}
