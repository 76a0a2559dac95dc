"""Finished editions read back: by justhtml, the standard library's parsers of XML, JSON and mail, and as lines."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from xml.etree import ElementTree

from justhtml import JustHTML, Node

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass
class Shown:
    """What one article's part of an edition shows: its addresses by the part they play."""

    title: str = ""
    url: str = ""
    people: list[str] = field(default_factory=list)  # addresses in the byline: authors, source, credits
    byline: str = ""
    read: str = ""
    images: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: str = ""


def document(markup: str | bytes, *, fragment: bool = False) -> JustHTML:
    return JustHTML(markup if isinstance(markup, str) else markup.decode(), sanitize=False, fragment=fragment)


def nodes(root: Node) -> Iterator[Node]:
    """All elements in document order."""
    for child in root.children or ():
        if not child.name.startswith(("#", "!")):
            yield child
        yield from nodes(child)


def classes(node: Node) -> set[str]:
    return set((node.attrs.get("class") or "").split())


def words(node: Node) -> str:
    """The text of an element, whitespace folded."""
    return " ".join(node.to_text(separator="", strip=False).split())


def hrefs(node: Node) -> list[str]:
    return [a.attrs["href"] or "" for a in nodes(node) if a.name == "a" and "href" in a.attrs]


def mail(markup: bytes) -> list[Shown]:
    """The articles of an HTML mail: a picture may stand before the headline."""
    shown: list[Shown] = []
    for node in nodes(document(markup).root):
        if "item" in classes(node):
            shown.append(Shown())
        elif not shown:
            continue
        elif node.name in {"h2", "h3"} and not classes(node):
            shown[-1].title, shown[-1].url = words(node), "".join(hrefs(node))
        elif node.name == "img":
            shown[-1].images.append(node.attrs["src"] or "")
        elif node.name == "p" and "by" in classes(node) and not shown[-1].byline:
            shown[-1].people, shown[-1].byline = hrefs(node), words(node)
        elif node.name == "p" and "read" in classes(node):
            shown[-1].read = "".join(hrefs(node))
    return shown


def page(markup: bytes) -> list[Shown]:
    """The articles of a web page."""
    shown = []
    for article in document(markup).query("article"):
        one = Shown(links=hrefs(article), words=words(article))
        for node in nodes(article):
            if node.name == "h2":
                one.title, one.url = words(node), "".join(hrefs(node))
            elif node.name == "img":
                one.images.append(node.attrs["src"] or "")
            elif "byline" in classes(node):
                one.people, one.byline = hrefs(node), words(node)
            elif "read" in classes(node):
                one.read = "".join(hrefs(node))
        shown.append(one)
    return shown


def entry(markup: str) -> Shown:
    """The body of a feed's item."""
    root = document(markup, fragment=True).root
    found = list(nodes(root))
    return Shown(links=hrefs(root), images=[n.attrs["src"] or "" for n in found if n.name == "img"], words=words(root))


def rss(octets: bytes) -> list[ElementTree.Element]:
    return ElementTree.fromstring(octets).findall("channel/item")


def atom(octets: bytes) -> list[ElementTree.Element]:
    return ElementTree.fromstring(octets).findall(f"{ATOM}entry")


def items(octets: bytes) -> list[dict[str, object]]:
    feed = json.loads(octets)
    assert isinstance(feed, dict)
    return list(feed["items"])


def feed_bodies(format: str, octets: bytes) -> list[str]:  # noqa: A002
    """The HTML of each item."""
    if format == "rss":
        return [item.findtext(f"{CONTENT}encoded") or "" for item in rss(octets)]
    if format == "atom":
        return [item.findtext(f"{ATOM}content") or "" for item in atom(octets)]
    return [str(item["content_html"]) for item in items(octets)]


def message(octets: bytes) -> EmailMessage:
    parsed = message_from_bytes(octets, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def parts(octets: bytes) -> tuple[str, str]:
    """The plain and the HTML part of a message, line ends as in the other editions."""
    plain, html = (part.get_content().replace("\r\n", "\n") for part in message(octets).iter_parts())
    return plain, html
