"""Parse the XML of foreign feeds into a small tree, bounded and without entities; expat does the work.

Tags and attributes have the usual prefix of their namespace (``dc:creator``, ``atom:entry``), whatever prefix the
document uses, and none without a namespace or in one of RSS's own. What is not well-formed is rewritten and parsed
again, so that nothing passes by expat and its bounds.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from html import escape, unescape
from itertools import islice
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder, tostring
from xml.parsers import expat

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Fault

MOST_LEVELS = 512  # twice as deep as a body may be
MOST_ELEMENTS = 500_000
MOST_ATTRIBUTES = 256

_PREFIXES: Final = {
    "w3.org/2005/atom": "atom:",
    "purl.org/atom/ns": "atom:",
    "purl.org/dc/elements/1.1": "dc:",
    "purl.org/dc/elements/1.0": "dc:",
    "purl.org/dc/terms": "dcterms:",
    "purl.org/rss/1.0/modules/content": "content:",
    "search.yahoo.com/mrss": "media:",
    "itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "w3.org/1999/02/22-rdf-syntax-ns": "rdf:",
    "w3.org/1999/xhtml": "xhtml:",
    "w3.org/1998/math/mathml": "xhtml:",
    "w3.org/xml/1998/namespace": "xml:",
    "backend.userland.com/creativecommonsrssmodule": "cc:",
    "creativecommons.org/ns": "cc:",
    "web.resource.org/cc": "cc:",
    **{f"wordpress.org/export/1.{n}": "wp:" for n in range(3)},
    **{f"wordpress.org/export/1.{n}/excerpt": "excerpt:" for n in range(3)},
    "purl.org/rss/1.0": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "backend.userland.com/rss2": "",
    "blogs.law.harvard.edu/tech/rss": "",
}
# What these roots are made of is known, whatever namespace they name or do without.
_ROOTS: Final = {"rss": "", "feed": "atom:", "entry": "atom:"}
_AROUND_ENTRIES: Final = frozenset({"channel", "feed", "rss", "RDF", "rdf"})

_DECLARATION = re.compile(r"\A(?:\s|<!--(?:[^-]|-(?!->))*+-->)*+(?:<\?xml\s[^<>]*+>)?\s*+")
_ENTITY = re.compile(r"&((?:#?\w{1,32};)?)")
_NAME = r"[^\W\d][\w.-]*+(?::[^\W\d][\w.-]*+)?+(?=[\s/<>=]|$)"
# An end tag may lack its bracket: then it ends where the next tag begins.
_TAG = re.compile(rf"</(?P<end>{_NAME})[^<>]*+>?|<(?P<start>{_NAME})(?P<rest>(?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_ATTRIBUTE = re.compile(rf"(?<![\w.:-])({_NAME})(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++))?")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*+(\[?)[^>]*+>?", re.IGNORECASE)
_CDATA: Final = "<![CDATA["
_SPANS: Final = {_CDATA: "]]>", "<!--": "-->", "<?": "?>"}
_RESERVED: Final = frozenset({"xmlns:xml", "xmlns:xmlns"})
_OWN_DTD: Final = "the XML has a DTD of its own"
_UNSAFE: Final = "Refused as unsafe; ask the publisher, or add the page itself."


class _UnknownEntityError(ValueError):
    """An entity that only a DTD could explain."""


def parse_xml(text: str, mended: list[Fault] | None = None) -> Element:
    """Parse a document and return its root. Raises GatherError on what is not XML, and on what no honest feed has.

    If only HTML's entities, single ampersands and brackets, undeclared prefixes or what stands before the declaration
    keep it from being well-formed, it is read as it was meant.

    mended: for a feed, of which all is read that can be. Tags that do not match are mended, and an entry in which the
    document breaks off is left out; both are added. What is deeper than 512 levels, or beyond 256 attributes, is left
    out as well, but for its text. Without it, all that is refused.
    """
    # The text is decoded, so that its declaration says nothing more. Each line keeps its number.
    text = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text.lstrip("\ufeff"), count=1)
    is_lenient = mended is not None
    try:
        return _Builder(is_lenient=is_lenient).build_tree(text)
    except (expat.ExpatError, _UnknownEntityError) as error:
        repair = _MarkupRepair(text)
        with suppress(expat.ExpatError, _UnknownEntityError):
            root = _Builder(is_lenient=is_lenient).build_tree(repair.repair_markup())
            if not repair.faults:
                return root
            if mended is not None and repair.entries:
                mended += repair.faults
                return root
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
        self._prefixes: dict[str, str] = {}
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
        namespace, _, local = tag.rpartition("}")
        if not self._elements and local in _ROOTS:
            self._prefixes[namespace] = _ROOTS[local]
        self._depth += 1
        self._elements += 1
        is_beyond = self._depth > MOST_LEVELS or len(attributes) > MOST_ATTRIBUTES
        if self._elements > MOST_ELEMENTS or (is_beyond and not self._is_lenient):
            raise _make_too_many_parts()
        if self._depth <= MOST_LEVELS:
            kept = islice(attributes.items(), MOST_ATTRIBUTES)
            named = {self._prefix_name(name) if "}" in name else name: value for name, value in kept}
            self._tree.start(self._prefix_name(tag), named)

    def _end_element(self, tag: str) -> None:
        if self._depth <= MOST_LEVELS:
            self._tree.end(self._prefix_name(tag))
        self._depth -= 1

    def _prefix_name(self, name: str) -> str:
        namespace, _, local = name.rpartition("}")
        if namespace not in self._prefixes:
            unknown = f"{{{namespace}}}" if namespace else ""
            self._prefixes[namespace] = _PREFIXES.get(_fold_namespace(namespace), unknown)
        return self._prefixes[namespace] + local

    def _refuse_dtd(self, _name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
        if has_internal_subset:
            raise GatherError(_OWN_DTD, hint=_UNSAFE)

    def _refuse_entity(self, name: str, _is_parameter: bool) -> None:
        raise _UnknownEntityError(f"unknown entity &{name};")


class _MarkupRepair:
    """Rewrites XML so that it is well-formed: characters are escaped, tags closed in their turn, prefixes declared."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._written: list[str] = []
        self._open: list[str] = []
        self._opened: Counter[str] = Counter()
        self._prefixes: set[str] = set()
        self._declared: set[str] = set()
        self._entry = ""  # the name of the entries' element
        self._entry_start = 0
        self.entries = 0
        self.faults: list[Fault] = []

    def repair_markup(self) -> str:
        """Rewrite the document up to the end of its root, without comments, instructions and DOCTYPE."""
        text, position, count = self._text, 0, 0
        last = {mark: text.rfind(end) for mark, end in _SPANS.items()}
        while (start := text.find("<", position)) >= 0 and (self._open or not self._written):
            self._write_text(text[position:start])
            count += 1
            if count > 2 * MOST_ELEMENTS:
                raise _make_too_many_parts()
            mark = next((mark for mark in _SPANS if text.startswith(mark, start)), "")
            if mark and start < last[mark]:
                position = text.index(_SPANS[mark], start) + len(_SPANS[mark])
                if mark == _CDATA and self._open:  # one may stand in another by mistake
                    self._written.append(f"{_CDATA}{text[start:position].replace(_CDATA, '')}")
            elif tag := _TAG.match(text, start):
                position = tag.end()
                (self._close_tag if tag["end"] else self._open_tag)(tag)
            elif not self._written and (doctype := _DOCTYPE.match(text, start)):
                position = doctype.end()
                if doctype[1]:
                    raise GatherError(_OWN_DTD, hint=_UNSAFE)
            else:
                position = start + len(mark or "<")
                self._write_text("" if mark else "<")
        return self._end_document()

    def _write_text(self, text: str) -> None:
        if self._open:
            self._written.append(_escape_characters(text.replace("]]>", "")))

    def _open_tag(self, tag: re.Match[str]) -> None:
        name, rest = tag["start"], tag["rest"].rstrip()
        if name.rpartition(":")[2] in {"item", "entry"} and self._entry in {"", name} and rest[-1:] != "/":
            while self._open[1:] and self._open[-1].rpartition(":")[2] not in _AROUND_ENTRIES:
                self._close_last(tag)
            self._entry, self._entry_start = name, len(self._written)
        found = reversed(_ATTRIBUTE.findall(rest.removesuffix("/")))  # the first of two alike counts
        kept = {key: value.strip("\"'“”") for key, value in found if key not in _RESERVED}
        kept = {key: value for key, value in kept.items() if value or not key.startswith("xmlns:")}
        if not self._written:
            self._declared = {key[6:] for key in kept if key.startswith("xmlns:")}
        self._prefixes.update(key.partition(":")[0] for key in (name, *kept) if ":" in key)
        written = "".join(f' {key}="{_escape_characters(value)}"' for key, value in kept.items())
        self._written.append(f"<{name}{written}>")
        self._open.append(name)
        self._opened[name] += 1
        if rest.endswith("/"):
            self._close_last()

    def _close_tag(self, tag: re.Match[str]) -> None:
        if not self._opened[tag["end"]]:
            if tag.end() < len(self._text):
                self._note_mismatch(tag)
            return
        while self._open[-1] != tag["end"]:
            self._close_last(tag)
        self._close_last()

    def _close_last(self, instead: re.Match[str] | None = None) -> None:
        """Close the last tag; the one that stands there ``instead`` of its end is a mismatch."""
        name = self._open.pop()
        self._opened[name] -= 1
        self.entries += name == self._entry
        self._written.append(f"</{name}>")
        if instead:
            self._note_mismatch(instead)

    def _note_mismatch(self, tag: re.Match[str]) -> None:
        if not self.faults:
            line = self._text.count("\n", 0, tag.start()) + 1
            what = f"its XML is not well-formed: tags do not match in line {line}; it is read as it was probably meant"
            self.faults.append(Fault(what=what))

    def _end_document(self) -> str:
        """Leave out the entry that is open, close what else is, and declare the prefixes that the root does not."""
        if self._open:
            what = f"its XML breaks off after entry {self.entries}: what comes after it is left out"
            self.faults.append(Fault(what=what, reason="cut-off"))
        if self._opened[self._entry]:
            del self._written[self._entry_start :], self._open[self._open.index(self._entry) :]
        known = {prefix.rstrip(":"): f"http://{namespace}" for namespace, prefix in _PREFIXES.items()}
        missing = sorted(self._prefixes - self._declared - {"xml", "xmlns"})
        declared = "".join(f' xmlns:{prefix}="{known.get(prefix, prefix)}"' for prefix in missing)
        root = (f"{self._written[0][:-1]}{declared}>",) if self._written else ()
        return "".join([*root, *self._written[1:], *(f"</{name}>" for name in reversed(self._open))])


def _fold_namespace(namespace: str) -> str:
    """Fold what feeds write differently in the name of one namespace: scheme, capitals and end."""
    return re.sub(r"^https?://(?:www\.)?", "", namespace.lower()).rstrip("/#")


def _escape_characters(text: str) -> str:
    """Escape what is markup, and replace entities by what they mean; those that XML forbids by nothing."""
    return _ENTITY.sub(_repair_entity, text).replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _repair_entity(match: re.Match[str]) -> str:
    name = match[1]
    meant = html.remove_illegal_characters(unescape(match[0]) if name.endswith(";") else match[0])
    if re.fullmatch(r"#(\d+|x[0-9A-Fa-f]+);", name):
        return match[0] if meant.strip("\ufffd") else ""
    return match[0] if name in {"amp;", "lt;", "gt;", "quot;", "apos;"} else escape(meant)


def _make_too_many_parts() -> GatherError:
    return GatherError("the XML is nested too deep or has too many parts", hint=_UNSAFE, reason="too-many-parts")
