"""HTML that is written so regularly that its elements can be told without building a tree.

What the renderers write is nearly always of that kind: every element closed where it was opened, nothing standing where
a parser would move it (HTML, section 13.2.6). ``pieces`` gives such a document just as justhtml reads it, a test says;
of any other it gives nothing, and the parser has to be asked. So the list of what is known here only decides how fast
an edition is read, never what is read.
"""

import re
from collections import Counter
from collections.abc import Mapping
from html import unescape

# A start tag (its name, its attributes, the raw text of <script>, <style> and <title>), an end tag (a name, None) or
# words (no name).
Piece = tuple[str, Mapping[str, str] | None, str]

# fmt: off
_VOID = frozenset({"br", "hr", "img", "link", "meta", "source", "wbr"})
# A start tag of one of these ends a paragraph that is open.
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "figcaption", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "summary", "table", "ul",
})
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark",
    "picture", "q", "s", "samp", "small", "source", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})
_FLOW = _BLOCKS - {"dd", "dt", "li"} | _INLINE
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# What may stand in these; in everything else may stand what flows.
_WITHIN = {
    "": frozenset({"html"}),
    "html": frozenset({"body", "head"}),
    "head": frozenset({"link", "meta", "script", "style", "title"}),
    "table": frozenset({"tbody", "tfoot", "thead"}),
    **dict.fromkeys(("tbody", "tfoot", "thead"), frozenset({"tr"})),
    "tr": frozenset({"td", "th"}),
    "dl": _FLOW | {"dd", "dt"},
    **dict.fromkeys(("ol", "ul"), _FLOW | {"li"}),
}
# fmt: on
_NO_WORDS = frozenset({"", "html", "head", "table", "tbody", "tfoot", "thead", "tr"})
_SPACE = " \t\n\f"

_ATTRIBUTE = r'[a-z][a-z0-9:_-]*(?:="[^"]*")?'
_ATTRIBUTES = rf"(?:[ \n\t]+{_ATTRIBUTE})*"
_PIECE = re.compile(
    rf"<(script|style|title)({_ATTRIBUTES})>([^<]*)</\1>"
    rf"|<(/?)(?!script|style|title)([a-z][a-z0-9]*)({_ATTRIBUTES})([ \n\t]*/)?>"
    r"|([^<]+)"
    r"|<!--(?!-?>)(?:(?!--!?>)[^\0])*-->"
    r"|(<)"
)
_PAIR = re.compile(r'([a-z][a-z0-9:_-]*)(?:="([^"]*)")?')
_DOCTYPE = "<!doctype html>"
# Characters and references that parsers change in ways of their own.
_ODD = re.compile("[\0\r]|&(?!(?:amp|lt|gt|quot|nbsp|zwnj|#34|#39|#x27|#847);)")


def pieces(html: str) -> list[Piece] | None:
    """The elements and words of a regular document, or of what stands in a <body>; None when it is not regular."""
    if _ODD.search(html):
        return None
    is_whole = html[: len(_DOCTYPE)].lower() == _DOCTYPE
    if is_whole:
        found: list[Piece] = [("!doctype", {}, "")]
        path, html = [""], html[len(_DOCTYPE) :]
    else:
        found = [("html", {}, ""), ("head", {}, ""), ("head", None, ""), ("body", {}, "")]
        path = ["", "html", "body"]
    opened: Counter[str] = Counter()
    once = ["html", "head", "body"] if is_whole else []
    for raw, said, text, end, name, attributes, slash, words, odd in _PIECE.findall(html):
        parent = path[-1]
        if words:
            if parent not in _NO_WORDS:
                found.append(("", None, unescape(words) if "&" in words else words))
            elif words.strip(_SPACE):
                return None
        elif end:
            if name != parent or attributes or slash:
                return None
            path.pop()
            opened[name] -= 1
            found.append((name, None, ""))
        elif name or raw:
            name = name or raw
            if parent == "div" and path[-2] == "dl":  # a group of terms
                parent = "dl"
            if name not in _WITHIN.get(parent, _FLOW) or (name in _BLOCKS and opened["p"]):
                return None
            if (name == "a" and opened["a"]) or (name in _HEADINGS and any(opened[rank] for rank in _HEADINGS)):
                return None
            if name in {"html", "head", "body"} and (not once or once.pop(0) != name):
                return None
            pairs = _PAIR.findall(attributes or said)
            known = dict(pairs) if "&" not in attributes + said else {key: unescape(value) for key, value in pairs}
            if len(known) != len(pairs) or (slash and name not in _VOID):
                return None
            found.append((name, known, unescape(text) if name == "title" else text))
            if raw or name in _VOID:
                found.append((name, None, ""))
            else:
                path.append(name)
                opened[name] += 1
        elif odd:
            return None
    if path != ([""] if is_whole else ["", "html", "body"]) or once:
        return None
    return found if is_whole else [*found, ("body", None, ""), ("html", None, "")]
