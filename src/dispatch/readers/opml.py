"""Read and write OPML 2.0, lists of subscriptions.

Nested folders are sections; the innermost one counts.
"""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Literal
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Document, Publication, Source
from dispatch.readers import charset, xml


def parse_opml(document: Document) -> list[Source]:
    """Parse a list into its sources, in order: feeds, and links as pages; folders give their section.

    Raises GatherError on what is not OPML, and beyond the bounds of ``xml.parse_xml``.
    """
    root = xml.parse_xml(charset.decode_document(document))
    if root.tag != "opml":
        raise GatherError(
            f"this is XML, but not OPML: its root is {root.tag}", address=document.name, hint="Export it as OPML again."
        )
    return [source for body in root.iter("body") for source in _parse_outlines(body, "", document.url)]


def format_opml(title: str, sources: Iterable[Source]) -> str:
    """Format sources as OPML: sections are folders, in the order of their first appearance."""
    folders: dict[str, list[str]] = {}
    for source in sources:
        folders.setdefault(source.section, []).append(_format_outline(source))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += ["  <head>", f"    <title>{_escape_attribute(title)}</title>", "  </head>", "  <body>"]
    for section, outlines in folders.items():
        if section:
            inner = [f"      {outline}" for outline in outlines]
            lines += [f'    <outline text="{_escape_attribute(section)}">', *inner, "    </outline>"]
        else:
            lines += [f"    {outline}" for outline in outlines]
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def format_public_opml(publication: Publication) -> bytes:
    """Format the publication's sources for everybody: none of its own network, none with a password."""
    shown = (
        source
        for source in publication.sources
        if not source.allow_private and not any("@" in urlsplit(url).netloc for url in (source.feed, source.url))
    )
    return format_opml(publication.title, shown).encode()


def _parse_outlines(parent: Element, section: str, base: str) -> Iterator[Source]:
    for outline in parent:
        if outline.tag != "outline":
            continue
        # Some programs write xmlurl instead of xmlUrl.
        said = {name.lower(): html.remove_illegal_characters(value).strip() for name, value in outline.attrib.items()}
        title = " ".join((said.get("title") or said.get("text", "")).split())
        feed = _resolve_web_address(base, said.get("xmlurl", ""))
        page = _resolve_web_address(base, said.get("htmlurl", "") if feed else _find_linked_page(said))
        if feed or page:
            kind: Literal["feed", "page"] = "feed" if feed else "page"
            yield Source(kind=kind, title=title, feed=feed, url=page, section=section, tags=_parse_categories(said))
        yield from _parse_outlines(outline, section if feed else title or section, base)


def _resolve_web_address(base: str, said: str) -> str:
    address = links.resolve_address(base, said) if said else ""
    return address if links.is_web_address(address) else ""


def _find_linked_page(said: dict[str, str]) -> str:
    """Find the page that an outline links to; a link to another list is none (OPML 2.0, “link”)."""
    address = said.get("url", "") if said.get("type", "").lower() == "link" else ""
    return "" if address.lower().endswith(".opml") else address


def _parse_categories(said: dict[str, str]) -> tuple[str, ...]:
    """Parse the categories that are tags: those with a slash are places in a directory (OPML 2.0, “category”)."""
    names = (name.strip() for name in said.get("category", "").split(","))
    return tuple(dict.fromkeys(name for name in names if name and "/" not in name))


def _format_outline(source: Source) -> str:
    name = source.title or source.key
    # A source without a feed is a link to its page (OPML 2.0, “link”).
    words = {"type": "rss" if source.feed else "link", "text": name, "title": name}
    words |= {"xmlUrl": source.feed, "htmlUrl": source.url} if source.feed else {"url": source.url}
    words["category"] = ",".join(source.tags)
    return (
        "<outline " + " ".join(f'{name}="{_escape_attribute(value)}"' for name, value in words.items() if value) + "/>"
    )


def _escape_attribute(value: str) -> str:
    """Escape an attribute's value; what a terminal obeys, or a CI's log (``##[``), becomes references."""
    return "".join(
        sign if sign.isprintable() and sign != "[" else f"&#{ord(sign)};"
        for sign in escape(html.remove_illegal_characters(value))
    )
