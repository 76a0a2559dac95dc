"""Feeds of a stranger: fifty entries, among them one with each fault that may stand in one, in any order and format."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from random import Random
from typing import Literal
from xml.sax.saxutils import quoteattr

Format = Literal["rss", "atom", "json"]
FORMATS: tuple[Format, ...] = ("rss", "atom", "json")
COUNT = 50


@dataclass(frozen=True)
class Entry:
    """An entry, whatever the format."""

    title: str
    link: str
    guid: str
    body: str
    tags: tuple[str, ...] = ("ferries",)
    authors: tuple[tuple[str, str], ...] = (("Ann Lee", "https://paper.example/ann"),)
    date: str = "2026-11-20T08:00:00Z"
    summary: str = ""
    source: str = ""  # the address of a feed that it was first in; JSON Feed has no such thing
    raw: Mapping[Format, str] = field(default_factory=dict)  # what stands beside all that


# By name: what is wrong with an entry, and a word of the line that says so. "" where nothing is lost that anybody sees.
MENDED: dict[str, tuple[Callable[[Entry], Entry], str]] = {
    **{
        f"a link with {scheme}": (lambda one, scheme=scheme: replace(one, link=f"{scheme}:{one.link[6:]}"), "its link")
        for scheme in ("javascript", "file", "ftp", "data", "feed", "ldap")
    },
    "a link without a host": (lambda one: replace(one, link="https://"), "its link"),
    "a link in two lines": (lambda one: replace(one, link="https://paper.example/a\nb"), "its link"),
    "an endless link": (lambda one: replace(one, link=one.link + "?" + "x" * 9_000), "its link"),
    "a source with feed://": (lambda one: replace(one, source="feed://tide.example/rss"), "its source's feed"),
    "an author with javascript:": (
        lambda one: replace(one, authors=(("Bo Zhang", "javascript:x()"),)),
        "its author's page",
    ),
    "5,000 authors": (
        lambda one: replace(one, authors=tuple((f"Ann Lee {n}", "") for n in range(5_000))),
        "only the first 200 of its 5,000 authors",
    ),
    "an endless guid": (lambda one: replace(one, guid="https://paper.example/" + "g" * 70_000), "its id"),
    "an endless title": (lambda one: replace(one, title=one.title + " and so on" * 7_000), "its title"),
    "an endless summary": (lambda one: replace(one, summary="It went on. " * 6_000), "its summary"),
    "2,000 tags": (lambda one: replace(one, tags=tuple(f"tag {n}" for n in range(2_000))), "1,900 of its 2,000 tags"),
    "an endless tag": (lambda one: replace(one, tags=("ferries", "x" * 70_000)), "1 of its 2 tags"),
    "a body nested 300 deep": (lambda one: replace(one, body=nest(one.body, 300)), "levels deep"),
    "a body nested 3,000 deep": (lambda one: replace(one, body=nest(one.body, 3_000)), "levels deep"),
    "a body of more than 2 MiB": (lambda one: replace(one, body=one.body * 60_000), "larger than 2 MiB"),
    "a date in the year 9500": (lambda one: replace(one, date="9500-01-01T00:00:00Z"), ""),
    "a link with half an IPv6 address": (lambda one: replace(one, link="http://[::1/x"), "its link"),
    "characters that XML forbids": (
        lambda one: replace(
            one, raw={"rss": "<x>&#1;&#xFFFE;&nbsp;</x>", "atom": "<x>&#0;</x>", "json": '"_x": "\\u0001\\ud800"'}
        ),
        "",
    ),
    "what is deep or has many parts": (
        lambda one: replace(
            one,
            raw={
                "rss": nest("", 1_000, "x"),
                "atom": tag("x", **{f"a{n}": "" for n in range(400)}),
                "json": f'"_x": {"9" * 5_000}',
            },
        ),
        "",
    ),
}
LEFT_OUT: dict[str, tuple[Callable[[Entry], Entry], str]] = {
    "200 authors with endless pages": (
        lambda one: replace(one, authors=tuple((f"Ann Lee {n}", one.link + "x" * 200) for n in range(200))),
        "left out",
    ),
}
FAULTS = MENDED | LEFT_OUT


@dataclass(frozen=True)
class StrangeFeed:
    """A feed, and what becomes of its entries."""

    body: str
    good: tuple[str, ...]  # the titles of the entries with nothing wrong, in order
    faulty: Mapping[str, tuple[int, Entry]]  # by fault: the place of the entry, from 1, and the entry


def nest(inner: str, levels: int, tag: str = "div") -> str:
    """Put something into so many elements."""
    return f"<{tag}>" * levels + inner + f"</{tag}>" * levels


def make_strange_feed(
    random: Random, kind: Format, *, host: str = "paper.example", faults: Collection[str] = tuple(FAULTS)
) -> StrangeFeed:
    """Make a feed of fifty entries, in which each fault occurs once, wherever chance has it."""
    entries = [
        Entry(
            title=f"Ferry {n}",
            link=f"https://{host}/ferry-{n}?a=1&b=2",
            guid=f"https://{host}/?p={n}",
            body=f"<p>Ferry {n} left the harbour of {host} at noon.</p>",
        )
        for n in range(COUNT)
    ]
    names = [name for name in faults if kind != "json" or name != "a source with feed://"]
    places = random.sample(range(COUNT), len(names))
    for place, name in zip(places, names, strict=True):
        entries[place] = FAULTS[name][0](entries[place])
    good = tuple(one.title for place, one in enumerate(entries) if place not in places)
    link = random.choice([f"https://{host}/", "gopher://paper.example", "javascript:x()"])
    return StrangeFeed(
        body=WRITERS[kind](entries, link),
        good=good,
        faulty={name: (place + 1, entries[place]) for place, name in zip(places, names, strict=True)},
    )


def tag(name: str, inner: str = "", **attributes: str) -> str:
    """Write an element around what is markup already."""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{inner}</{name}>"


def write_rss(entries: list[Entry], link: str) -> str:
    """Write the entries as RSS 2.0."""
    items = []
    for one in entries:
        people = [tag("a:name", name) + tag("a:uri", url) for name, url in one.authors]
        bodies = [one.summary, one.body] if one.summary else [one.body]
        inner = [
            tag("title", escape(one.title)),
            tag("link", escape(one.link)),
            tag("guid", one.guid, isPermaLink="false"),
            tag("dc:date", one.date),
            *(tag(name, escape(body)) for name, body in zip(("description", "content:encoded"), bodies, strict=False)),
            *(tag("category", one) for one in one.tags),
            *(tag("a:author", person) for person in people),
            tag("source", "Tide", url=one.source) if one.source else "",
            one.raw.get("rss", ""),
        ]
        items.append(tag("item", "".join(inner)))
    return (
        '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>The Paper</title><link>{link}</link>{''.join(items)}</channel></rss>"
    )


def write_atom(entries: list[Entry], link: str) -> str:
    """Write the entries as Atom, their bodies as XHTML."""
    found = []
    for one in entries:
        people = [tag("name", name) + tag("uri", url) for name, url in one.authors]
        inner = [
            tag("title", escape(one.title)),
            tag("link", href=one.link),
            tag("id", one.guid),
            tag("updated", one.date),
            tag("published", one.date),
            tag("content", tag("div", one.body, xmlns="http://www.w3.org/1999/xhtml"), type="xhtml"),
            tag("summary", one.summary) if one.summary else "",
            *(tag("category", term=name) for name in one.tags),
            *(tag("author", person) for person in people),
            tag("source", tag("title", "Tide") + tag("link", rel="self", href=one.source)) if one.source else "",
            one.raw.get("atom", ""),
        ]
        found.append(tag("entry", "".join(inner)))
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Paper</title>'
        f'<link href="{link}"/><updated>2026-11-20T08:00:00Z</updated>{"".join(found)}</feed>'
    )


def write_json(entries: list[Entry], link: str) -> str:
    """Write the entries as JSON Feed 1.1."""
    items = []
    for one in entries:
        item = json.dumps(
            {
                "id": one.guid,
                "url": one.link,
                "title": one.title,
                "content_html": one.body,
                "summary": one.summary,
                "date_published": one.date,
                "tags": one.tags,
                "authors": [{"name": name, "url": url} for name, url in one.authors],
            }
        )
        items.append(item[:-1] + (f", {one.raw['json']}" if one.raw else "") + "}")
    head = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "The Paper", "home_page_url": link})
    return f'{head[:-1]}, "items": [{", ".join(items)}]}}'


WRITERS: Mapping[Format, Callable[[list[Entry], str], str]] = {"rss": write_rss, "atom": write_atom, "json": write_json}
