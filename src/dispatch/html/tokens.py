"""Content by its pieces: what nh3 writes is regular enough to be walked without a parser."""

import re
from collections.abc import Callable, Iterator
from html import escape as _escape
from html import unescape
from typing import NamedTuple

# fmt: off
BLOCKS = frozenset({
    "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
VOID = frozenset({"br", "hr", "img", "wbr"})
# fmt: on

# What nh3 writes: lower-case names, every attribute in double quotes, no stray "<".
ATTRIBUTES = r'(?: [^\s="<>/]+="[^"]*")*'
_ADDRESS = re.compile(r' (href|src|cite)="([^"]*)"')
_TOKEN = re.compile(rf"(<(/?)([a-z][a-z0-9]*){ATTRIBUTES} ?/?>|[^<]+)")


class Token(NamedTuple):
    """A piece of content: a start tag, an end tag or a run of text; ``source`` is what stands there."""

    source: str
    tag: str = ""
    end: bool = False

    @property
    def text(self) -> str:
        """The text that a reader sees; empty for a tag."""
        return "" if self.tag else unescape(self.source)


def tokens(content: str) -> Iterator[Token]:
    """The pieces of content, in order."""
    return (Token(source, tag, bool(end)) for source, end, tag in _TOKEN.findall(content))


def escape(text: str) -> str:
    """Text as it stands between tags and in quoted attributes."""
    return _escape(text, quote=True)


def readdressed(content: str, change: Callable[[str], str]) -> str:
    """The content with every address as ``change`` makes it of the one that stands there; the text stays.

    Where it makes an empty one, the attribute goes.
    """

    def changed(match: re.Match[str]) -> str:
        address = unescape(match[2])
        new = change(address)
        return match[0] if new == address else f' {match[1]}="{escape(new)}"' if new else ""

    return "".join(_ADDRESS.sub(changed, one.source) if one.tag else one.source for one in tokens(content))
