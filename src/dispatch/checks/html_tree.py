"""HTML, taken apart into tags and words with Lexbor, a parser that no renderer uses."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from dispatch.errors import CheckError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# A start tag (its name, its attributes, the raw text of <script>, <style> and <title>), an end tag (a name, None) or
# words (no name).
Piece = tuple[str, Mapping[str, str] | None, str]

_RAW = frozenset({"script", "style", "title"})
# Elements that have no end, or may be left open: they do not nest in themselves.
_NOT_NESTED = re.compile(
    r"(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|t[dhr]|tbody|track|wbr)$",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
DEEPEST = 10_000  # elements in one another; a parser needs time in the square of that, here a second or two


def walk_tree(html: str) -> Iterator[Piece]:
    """Give the tags and words of any HTML in document order, as a browser that runs scripts understands it.

    Halves of surrogate pairs, which UTF-8 cannot hold, become U+FFFD. Raises CheckError when it is nested too deep.
    """
    from selectolax.lexbor import LexborHTMLParser

    html = html.removeprefix("\ufeff")
    if html.count("<") > DEEPEST and count_levels(html) > DEEPEST:
        raise CheckError(f"it is nested more than {DEEPEST} levels deep", reason="too-deep")
    parser = LexborHTMLParser(html.encode("utf-8", "surrogatepass"), scripting=True)
    node: LexborNode | None = parser.root
    before = node.prev if node else None
    while before:
        if before.tag == "-doctype":
            yield "!doctype", {}, ""
        before = before.prev
    path: list[tuple[str, LexborNode]] = []
    names: dict[int, str] = {}  # by Lexbor's number: it makes a new text each time that a name is asked for
    while node:
        number = node.tag_id
        if (name := names.get(number)) is None:
            name = names[number] = node.tag or ""
        if name == "-text":
            yield "", None, node.text_content or ""
        elif name and name[0] != "-":  # comments and the like have no name or one of these
            given = node.attributes
            is_bare = None in given.values()
            attributes = {key: value or "" for key, value in given.items()} if is_bare else given
            yield name, cast("Mapping[str, str]", attributes), node.text(deep=False) if name in _RAW else ""
            if child := None if name in _RAW else node.first_child:
                path.append((name, node))
                node = child
                continue
            yield name, None, ""
        following = node.next
        while following is None and path:
            name, node = path.pop()
            yield name, None, ""
            following = node.next
        node = following


def strip_tags(html: str) -> str:
    """Give the words of HTML as a browser shows them, without tags. Raises CheckError when it is nested too deep."""
    return "".join(words for name, _, words in walk_tree(html) if not name) if "<" in html or "&" in html else html


def count_levels(html: str) -> int:
    """Count how many elements are open at once at most, in linear time: about as deep as a parser would nest them.

    ``<path/>`` is counted as open, for only within an SVG it is closed.
    """
    deepest, left_open = 0, Counter[str]()
    depth = 0
    for end, name in _TAG.findall(html):
        if not end and not _NOT_NESTED.match(name):
            left_open[name.lower()] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif end and left_open[name.lower()]:
            left_open[name.lower()] -= 1
            depth -= 1
    return deepest
