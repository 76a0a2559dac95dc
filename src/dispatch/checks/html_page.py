"""HTML, read back: the lines, links and pictures that a reader sees, and its tags."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, NamedTuple

from dispatch.checks.html_tree import Piece, walk_tree
from dispatch.checks.text_lines import Line, LineLink, Picture, drop_directions, fold_spaces

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
_RANKS = {f"h{rank}": rank for rank in range(1, 7)}
_LISTS = frozenset({"dl", "ol", "ul"})
_STRUCK = frozenset({"bdo", "del", "s", "strike"})
_FOLDS = _STRUCK | {"details", "summary"}
# What an element's own style keeps from the reader's eye. Only the attribute is read: no sheet, and no colour.
_STYLE_END = r"\s*(?:!|;|$)"
_HIDDEN = re.compile(
    rf"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0*+\.?0*+%?{_STYLE_END})", re.IGNORECASE
)
_FLAT = re.compile(rf"(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*0[a-z%]*{_STYLE_END}", re.IGNORECASE)
_CLIPPED = re.compile(r"(?:^|;)\s*overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.IGNORECASE)
_LINED = re.compile(r"(?:^|;)\s*text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_FONT = re.compile(r"(?:^|;)\s*font(-size)?\s*:\s*([^;]*)", re.IGNORECASE)
_LENGTH = re.compile(r"(?<![\w.])(\d*+\.\d++|\d++)(px|pt|pc|rem|cm|mm|in|v[wh])", re.IGNORECASE)
_ZERO = re.compile(rf"(?:0*+\.)?0++(?:e[mx]|%)?{_STYLE_END}", re.IGNORECASE)
_NO_SIZE = re.compile(r"(?:^|\s)0+(?:/\S+)?\s")  # within the shorthand, where it stands before the family
# Sizes that are told by what is around them stay as small as that.
_RELATIVE = re.compile(r"inherit|unset|smaller|larger|[\d.]", re.IGNORECASE)


class Tag(NamedTuple):
    """An element: its name and its attributes; one without a value has an empty one."""

    name: str
    attributes: Mapping[str, str]
    text: Annotated[str, "the raw text of <script>, <style> and <title>"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorMark:
    """What a page says to machines of somebody: an element with ``rel="author"`` or of the class ``p-author``."""

    name: str
    url: Annotated[str, "where its link leads; empty when it is none"]
    anchor: Annotated[str, "the id of the <article> around it"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlPage:
    """A page or a mail as a reader sees it, and the elements that it is made of."""

    lines: tuple[Line, ...]
    pictures: tuple[Picture, ...]
    tags: Annotated[tuple[Tag, ...], "every element in document order"]
    outer: Annotated[tuple[Tag, ...], "the element children of <body>"]
    opening: Annotated[str, "the words that stand first in <body>, hidden ones included: what a mailbox shows"]
    doctype: bool
    authors: Annotated[tuple[AuthorMark, ...], "whom its marks call authors, in document order"] = ()

    def find_tags(self, *names: str) -> Iterator[Tag]:
        """Find the elements with one of these names."""
        return (tag for tag in self.tags if tag.name in names)


class _Around(NamedTuple):
    """What an element that is open means to what stands in it."""

    name: str = ""
    anchor: str = ""
    heading: int = 0
    prose: bool = True
    listed: bool = False
    unseen: bool = False
    tiny: bool = False
    faint: bool = False


class _PageReader:
    """Takes the tags and words of a document in order and keeps what is seen."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pictures: list[Picture] = []
        self.tags: list[Tag] = []
        self.outer: list[Tag] = []
        self.opening = ""
        self.doctype = False
        self.authors: list[AuthorMark] = []
        self._marked: tuple[int, AuthorMark] | None = None  # how deep it is, and with the words until now
        self._text = ""
        self._gap = ""  # what stands between the words until now and the next
        self._links: list[LineLink] = []
        self._faint: list[tuple[int, int]] = []
        self._open: tuple[str, int | None] | None = None  # the address, and where its first word stands
        self._path = [_Around()]  # the elements we are in
        self._sources: list[str] | None = None  # of the <picture> that we are in

    def open_element(self, name: str, attributes: Mapping[str, str], text: str) -> None:
        if name == "!doctype":
            self.doctype = True
            return
        around = self._path[-1]
        tag = Tag(name, attributes, text)
        self.tags.append(tag)
        if around.name == "body":
            self.outer.append(tag)
        style = attributes.get("style", "")
        unseen = around.unseen or name in _UNSEEN or "hidden" in attributes or (bool(style) and is_hidden(style))
        if not unseen:
            self._show_element(name, attributes)
        if attributes and self._marked is None and _is_mark(attributes):
            self._marked = len(self._path), AuthorMark(name="", url=attributes.get("href", ""), anchor=around.anchor)
        rank, is_foot = _RANKS.get(name, 0), attributes.get("id") == "foot"
        self._path.append(
            _Around(
                name,
                attributes.get("id", "") if name == "article" or is_foot else around.anchor,
                rank or around.heading,
                around.prose and not rank and name not in _NOT_PROSE,
                around.listed or name in _LISTS,
                unseen,
                is_tiny(style, around.tiny) if style else around.tiny,
                self._is_faint(name, attributes) if name in _FOLDS or style else around.faint,
            )
        )

    def _is_faint(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Tell whether what stands in this element is there and not said: struck out, or folded away."""
        around = self._path[-1]
        if name == "summary" and around.name == "details":
            return self._path[-2].faint
        is_folded = name == "details" and "open" not in attributes
        return around.faint or is_folded or name in _STRUCK or is_struck(attributes.get("style", ""))

    def _show_element(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _BLOCKS:
            self._end_line()
        if name == "a" and "href" in attributes:
            self._close_link()
            self._open = (attributes["href"], None)
        elif name == "br":
            self._gap = " "
        elif name == "picture" and self._sources is None:
            self._sources = []
        elif name == "source" and self._sources is not None:
            self._sources += [*_read_srcset(attributes.get("srcset", "")), *_read_srcset(attributes.get("src", ""))]
        elif name == "img":
            self.pictures.append(
                Picture(
                    url=attributes.get("src", ""),
                    alt=attributes.get("alt"),
                    width=attributes.get("width", ""),
                    height=attributes.get("height", ""),
                    instead=(*(self._sources or ()), *_read_srcset(attributes.get("srcset", ""))),
                    anchor=self._path[-1].anchor,
                    link=self._open[0] if self._open else "",
                )
            )

    def close_element(self, name: str) -> None:
        if not self._path[-1].unseen:
            if name == "a":
                self._close_link()
            if name in _BLOCKS:
                self._end_line()
            if name == "picture":
                self._sources = None
        self._path.pop()
        if self._marked and self._marked[0] == len(self._path):
            self.authors.append(self._marked[1])
            self._marked = None

    def add_words(self, text: str) -> None:
        around = self._path[-1]
        if text.isspace() and not self._marked:  # what stands between most tags
            self._gap = self._gap if around.unseen or around.tiny else " "
            return
        if not self.opening and around.name not in _UNSEEN:
            self.opening = fold_spaces(text)
        text = drop_directions(text)
        if self._marked:
            depth, mark = self._marked
            self._marked = depth, replace(mark, name=mark.name + text)
        if around.unseen or around.tiny or not text:
            return
        words = " ".join(text.split())
        self._gap = " " if text[0].isspace() else self._gap
        if words:
            self._text += self._gap if self._text else ""
            if self._open and self._open[1] is None:
                self._open = (self._open[0], len(self._text))
            if around.faint:
                self._faint.append((len(self._text), len(self._text) + len(words)))
            self._text += words
            self._gap = " " if text[-1].isspace() else ""

    def _close_link(self) -> None:
        if self._open:
            url, start = self._open
            start = len(self._text) if start is None else start
            self._links.append(LineLink(url=url, text=self._text[start:], start=start, end=len(self._text)))
            self._open = None

    def _end_line(self) -> None:
        """End a line. A link that goes on behind it goes on in the next."""
        carried = self._open[0] if self._open else None
        if self._open and self._open[1] is not None:
            self._close_link()
        if self._text or self._links:
            around = self._path[-1]
            kind = around.heading, around.prose, around.listed, around.anchor
            self.lines.append(Line(self._text, tuple(self._links), *kind, tuple(self._faint)))
        self._text, self._gap, self._links, self._faint = "", "", [], []
        self._open = (carried, None) if carried is not None else None


def _is_mark(attributes: Mapping[str, str]) -> bool:
    relations, classes = attributes.get("rel", ""), attributes.get("class", "")
    return (bool(relations) and "author" in relations.lower().split()) or "p-author" in classes.split()


def _read_srcset(srcset: str) -> Iterator[str]:
    """Give the addresses of a srcset (HTML, section 4.8.4.2.1)."""
    return (said.split()[0] for said in re.split(r",(?=\s|$)", srcset) if said.strip())


@lru_cache(maxsize=128)
def read_content(html: str) -> HtmlPage:
    """Read the content of an article, or the body of a feed's item."""
    return read_page(html)


@lru_cache(maxsize=1)
def read_page(html: str) -> HtmlPage:
    """Read a document, or what stands in a <body>. Raises CheckError when it is nested too deep to be parsed."""
    return collect_page(walk_tree(html))


def collect_page(pieces: Iterable[Piece]) -> HtmlPage:
    """Make a page of tags and words in document order."""
    reader = _PageReader()
    for name, attributes, text in pieces:
        if attributes is not None:
            reader.open_element(name, attributes, text)
        elif name:
            reader.close_element(name)
        else:
            reader.add_words(text)
    return HtmlPage(
        lines=tuple(reader.lines),
        pictures=tuple(reader.pictures),
        tags=tuple(reader.tags),
        outer=tuple(reader.outer),
        opening=reader.opening,
        doctype=reader.doctype,
        authors=tuple(reader.authors),
    )


def is_hidden(style: str) -> bool:
    """Tell whether a style takes an element away with everything in it."""
    return bool(_HIDDEN.search(style) or (_FLAT.search(style) and _CLIPPED.search(style)))


def is_struck(style: str) -> bool:
    """Tell whether a style strikes words out."""
    return bool(_LINED.search(style))


def is_tiny(style: str, around: bool) -> bool:
    """Tell whether words are too small to be seen, one pixel or none; ``around``: whether those around the element are.

    Mails have wrappers without any size, in which each text sets its own again.
    """
    tiny = around
    for size, value in _FONT.findall(style):
        if length := _LENGTH.search(value):
            tiny = float(length[1]) <= (1 if length[2].lower() in {"px", "pt"} else 0)
        elif _ZERO.match(value) if size else _NO_SIZE.search(value):
            tiny = True
        elif size and not _RELATIVE.search(value):
            tiny = False
    return tiny
