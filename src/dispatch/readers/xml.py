"""Parse the XML of foreign feeds into a small tree, bounded and without entities; expat does the work.

Tags and attributes have the usual prefix of their namespace (``dc:creator``, ``atom:entry``), whatever prefix the
document uses, and none without a namespace or in one of RSS's own.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import islice
from xml.etree.ElementTree import Element, TreeBuilder, tostring
from xml.parsers import expat

from dispatch import html, links
from dispatch.errors import GatherError

MOST_LEVELS = 512  # twice as deep as a body may be
MOST_ELEMENTS = 500_000
MOST_ATTRIBUTES = 256

_PREFIXES = {
    "http://www.w3.org/2005/Atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/elements/1.0/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
    "http://backend.userland.com/creativeCommonsRssModule": "cc:",
    "http://creativecommons.org/ns#": "cc:",
    "http://web.resource.org/cc/": "cc:",
    **{f"http://wordpress.org/export/1.{n}/": "wp:" for n in range(3)},
    **{f"http://wordpress.org/export/1.{n}/excerpt/": "excerpt:" for n in range(3)},
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
}


_ENTITY = re.compile(r"&((?:#?\w{1,32};)?)")


class _UnknownEntityError(ValueError):
    """An entity that only a DTD could explain."""


def parse_xml(text: str, *, is_lenient: bool = False) -> Element:
    """Parse a document and return its root. Raises GatherError on what is not XML, and on what no honest feed has.

    If only HTML's entities or single ampersands keep it from being well-formed, it is read as it was meant.
    is_lenient: what is deeper than 512 levels, or beyond 256 attributes, is left out; its text stays.
    """
    text = text.lstrip("\ufeff \t\n")
    try:
        return _Builder(is_lenient=is_lenient).build_tree(text)
    except (expat.ExpatError, _UnknownEntityError):
        try:
            return _Builder(is_lenient=is_lenient).build_tree(_repair_entities(text))
        except (expat.ExpatError, _UnknownEntityError) as error:
            raise GatherError(
                f"this is not well-formed XML: {error}", hint="Ask the feed's publisher to correct it."
            ) from error


def find_children(element: Element, *tags: str) -> Iterator[Element]:
    """Yield the children with one of these tags, the tags in order of preference."""
    return (child for tag in tags for child in element if child.tag == tag)


def find_text(element: Element, *tags: str) -> str:
    """Return the text of the first of these children that has any; empty when none has."""
    texts = ("".join(child.itertext()).strip("\t\n\r ") for child in find_children(element, *tags))
    return next((text for text in texts if text), "")


def resolve_base(element: Element, base: str) -> str:
    """Resolve the base address of relative ones in this element (XML Base, section 4)."""
    return links.resolve_address(base, element.get("xml:base", ""))


def extract_markup(element: Element) -> str:
    """Return the contents of an element as HTML."""
    for inner in element.iter():
        inner.tag = inner.tag.removeprefix("xhtml:")
    return escape(element.text or "") + "".join(tostring(child, encoding="unicode", method="html") for child in element)


class _Builder:
    """Builds the tree from expat's events, and refuses the document as soon as it exceeds a bound."""

    def __init__(self, *, is_lenient: bool) -> None:
        self._is_lenient = is_lenient
        self._tree = TreeBuilder()
        self._depth = self._elements = 0
        self._parser = expat.ParserCreate("utf-8", "}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start_element
        self._parser.EndElementHandler = self._end_element
        self._parser.CharacterDataHandler = self._tree.data
        self._parser.StartDoctypeDeclHandler = self._refuse_dtd
        self._parser.SkippedEntityHandler = self._refuse_entity

    def build_tree(self, text: str) -> Element:
        self._parser.Parse(text, True)
        return self._tree.close()

    def _start_element(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        is_beyond = self._depth > MOST_LEVELS or len(attributes) > MOST_ATTRIBUTES
        if self._elements > MOST_ELEMENTS or (is_beyond and not self._is_lenient):
            what = "the XML is nested too deep or has too many parts"
            raise GatherError(
                what, hint="Refused as unsafe; ask the publisher, or add the page itself.", reason="too-many-parts"
            )
        if self._depth <= MOST_LEVELS:
            kept = islice(attributes.items(), MOST_ATTRIBUTES)
            self._tree.start(_prefix_name(tag), {_prefix_name(name): value for name, value in kept})

    def _end_element(self, tag: str) -> None:
        if self._depth <= MOST_LEVELS:
            self._tree.end(_prefix_name(tag))
        self._depth -= 1

    def _refuse_dtd(self, _name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
        if has_internal_subset:
            raise GatherError(
                "the XML has a DTD of its own", hint="Refused as unsafe; ask the publisher, or add the page itself."
            )

    def _refuse_entity(self, name: str, _is_parameter: bool) -> None:
        raise _UnknownEntityError(f"unknown entity &{name};")


def _prefix_name(name: str) -> str:
    namespace, _, local = name.rpartition("}")
    return _PREFIXES.get(namespace, f"{{{namespace}}}") + local if namespace else local


def _repair_entities(text: str) -> str:
    """Replace entities by characters, those that XML forbids by none, and escape single ampersands; CDATA stays."""
    pieces = []
    position = 0
    while (start := text.find("<![CDATA[", position)) >= 0 and (end := text.find("]]>", start)) >= 0:
        pieces += [_ENTITY.sub(_repair_entity, text[position:start]), text[start : end + 3]]
        position = end + 3
    return "".join([*pieces, _ENTITY.sub(_repair_entity, text[position:])])


def _repair_entity(match: re.Match[str]) -> str:
    name = match[1]
    meant = html.remove_illegal_characters(unescape(match[0]) if name.endswith(";") else match[0])
    is_number = re.fullmatch(r"#(\d+|x[0-9A-Fa-f]+);", name) and meant not in {"", "\ufffd"}
    return match[0] if is_number or name in {"amp;", "lt;", "gt;", "quot;", "apos;"} else escape(meant)
