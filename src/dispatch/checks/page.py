"""HTML, read back. The one user of justhtml, which no renderer and no reader uses."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from justhtml import JustHTML

from dispatch.checks.passage import DIRECTIONS, Line, Link, Picture, fold

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
})
# fmt: on
_UNSEEN = frozenset({"head", "noscript", "script", "style", "template", "title"})
_RAW = frozenset({"script", "style", "title"})
_NOT_PROSE = frozenset({"figure", "pre", "table"})
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """An element: its name and its attributes; one without a value has an empty one."""

    name: str
    attributes: Mapping[str, str]
    text: Annotated[str, "the raw text of <script>, <style> and <title>"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page or a mail as a reader sees it, and the elements that it is made of."""

    lines: tuple[Line, ...]
    pictures: tuple[Picture, ...]
    tags: Annotated[tuple[Tag, ...], "every element in document order"]
    outer: Annotated[tuple[Tag, ...], "the element children of <body>"]
    opening: Annotated[str, "the words that stand first in <body>, hidden ones included: what a mailbox shows"]
    doctype: bool

    def named(self, *names: str) -> Iterator[Tag]:
        """The elements with one of these names."""
        return (tag for tag in self.tags if tag.name in names)


class _Node:
    """What is used of a justhtml node; its objects stay in this module."""

    __slots__ = ("attributes", "children", "data", "name")

    def __init__(self, node: object) -> None:
        self.name = str(getattr(node, "name", "") or "")
        self.attributes = {key: value or "" for key, value in (getattr(node, "attrs", None) or {}).items()}
        data = getattr(node, "data", None)
        self.data = data if isinstance(data, str) else ""
        self.children: list[object] = list(getattr(node, "children", None) or [])


class _Reader:
    """Takes a document's events in order and keeps what is seen."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pictures: list[Picture] = []
        self._text = ""
        self._gap = False
        self._links: list[Link] = []
        self._open: tuple[str, int | None] | None = None  # the address, and where its first word stands
        self._around: list[tuple[str, str]] = []  # names and ids of the elements we are in
        self._sources: list[str] = []  # of the <picture> that we are in

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _BLOCKS:
            self._break()
        self._around.append((name, attributes.get("id", "")))
        if name == "a" and "href" in attributes:
            self._close_link()
            self._open = (attributes["href"], None)
        elif name == "br":
            self._gap = bool(self._text)
        elif name == "source" and any(outer == "picture" for outer, _ in self._around):
            self._sources += [*_addresses(attributes.get("srcset", "")), *_addresses(attributes.get("src", ""))]
        elif name == "img":
            self.pictures.append(
                Picture(
                    url=attributes.get("src", ""),
                    alt=attributes.get("alt"),
                    width=attributes.get("width", ""),
                    height=attributes.get("height", ""),
                    instead=(*self._sources, *_addresses(attributes.get("srcset", ""))),
                    anchor=self._anchor(),
                )
            )

    def end(self, name: str) -> None:
        if name == "a":
            self._close_link()
        if name in _BLOCKS:
            self._break()
        if name == "picture":
            self._sources = []
        self._around.pop()

    def words(self, text: str) -> None:
        for piece in re.split(r"(\s+)", text.translate(DIRECTIONS)):
            if piece.isspace():
                self._gap = bool(self._text)
            elif piece:
                self._text += " " if self._gap else ""
                self._gap = False
                if self._open and self._open[1] is None:
                    self._open = (self._open[0], len(self._text))
                self._text += piece

    def _anchor(self) -> str:
        """The id of the <article> that we are in."""
        return next((id_ for name, id_ in reversed(self._around) if name == "article"), "")

    def _close_link(self) -> None:
        if self._open:
            url, start = self._open
            start = len(self._text) if start is None else start
            self._links.append(Link(url=url, text=self._text[start:], start=start, end=len(self._text)))
            self._open = None

    def _break(self) -> None:
        """The end of a line. A link that goes on behind it goes on in the next."""
        carried = self._open[0] if self._open else None
        if self._open and self._open[1] is not None:
            self._close_link()
        if self._text or self._links:
            names = [name for name, _ in self._around]
            level = next((int(name[1]) for name in reversed(names) if re.fullmatch("h[1-6]", name)), 0)
            self.lines.append(
                Line(
                    text=self._text,
                    links=tuple(self._links),
                    heading=level,
                    prose=not level and _NOT_PROSE.isdisjoint(names),
                    anchor=self._anchor(),
                )
            )
        self._text, self._gap, self._links = "", False, []
        self._open = (carried, None) if carried is not None else None


def _addresses(srcset: str) -> Iterator[str]:
    """The addresses of a srcset (HTML, section 4.8.4.2.1)."""
    return (said.split()[0] for said in re.split(r",(?=\s|$)", srcset) if said.strip())


def content(html: str) -> tuple[Line, ...]:
    """The lines of an article's content; each edition is compared with them."""
    return _content(html).lines if html else ()


def pictures(html: str) -> tuple[Picture, ...]:
    """The pictures of an article's content."""
    return _content(html).pictures if html else ()


def body(html: str) -> Page:
    """The body of a feed's item, as a page; it is the same in three formats, and read once."""
    return _content(html)


@lru_cache(maxsize=256)
def _content(html: str) -> Page:
    return read(html)


def read(html: str) -> Page:
    """The page; HTML cannot be so wrong that it has none."""
    reader = _Reader()
    tags: list[Tag] = []
    outer: list[Tag] = []
    opening: list[str] = []
    doctype = False
    stack: list[tuple[_Node | str, bool, str]] = [(_Node(JustHTML(html, sanitize=False).root), False, "")]
    while stack:
        node, unseen, parent = stack.pop()
        if isinstance(node, str):
            reader.end(node)
            continue
        if node.name == "#text":
            if parent not in _UNSEEN and len(opening) < 20:
                opening += [node.data] if fold(node.data) else []
            if not unseen:
                reader.words(node.data)
            continue
        doctype = doctype or node.name == "!doctype"
        if node.name.startswith(("!", "#")) and node.name not in {"#document", "#document-fragment"}:
            continue
        if not node.name.startswith("#"):
            text = "".join(_Node(child).data for child in node.children) if node.name in _RAW else ""
            tags.append(Tag(name=node.name, attributes=node.attributes, text=text))
            outer += [tags[-1]] if parent == "body" else []
            unseen = unseen or node.name in _UNSEEN or "hidden" in node.attributes
            unseen = unseen or bool(_HIDDEN.search(node.attributes.get("style", "")))
            if not unseen:
                reader.start(node.name, node.attributes)
                stack.append((node.name, unseen, parent))
        stack += [(_Node(child), unseen, node.name) for child in reversed(node.children)]
    return Page(
        lines=tuple(reader.lines),
        pictures=tuple(reader.pictures),
        tags=tuple(tags),
        outer=tuple(outer),
        opening=fold("".join(opening[:1])),
        doctype=doctype,
    )
