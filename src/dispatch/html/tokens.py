"""Walk content by its tokens, and read plain text, headings, pictures and addresses off them.

What nh3 writes is regular enough to be walked without a parser.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import escape as _escape
from html import unescape
from typing import Annotated, NamedTuple

from dispatch.deferred import defer_pattern

# fmt: off
BLOCKS = frozenset({
    "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
VOID = frozenset({"br", "hr", "img", "wbr"})
# fmt: on

# What nh3 writes: lower-case names, every attribute in double quotes, no stray "<".
ATTRIBUTES = r'(?: [^\s="<>/]+="[^"]*")*'
_ATTRIBUTE = defer_pattern(r' ([^\s="<>/]+)="([^"]*)"')
_ADDRESSES = frozenset({"href", "src", "cite"})
_TOKEN = defer_pattern(rf"(<(/?)([a-z][a-z0-9]*){ATTRIBUTES} ?/?>|[^<]+)")
_START = defer_pattern(r'<[a-z][a-z0-9]*(?: [^\s="<>/]+="[^"]*")+')
_CJK = defer_pattern("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
HEADING = defer_pattern(rf"<(h[1-6]){ATTRIBUTES}>((?:[^<]++|<(?!/?h[1-6][ >]))*+)</\1>")


class Token(NamedTuple):
    """A start tag, an end tag or a run of text."""

    source: Annotated[str, "the token as it is in the content"]
    tag: Annotated[str, "the element's name; empty for text"] = ""
    end: Annotated[bool, "whether it is an end tag"] = False

    @property
    def text(self) -> str:
        """The text that a reader sees; empty for a tag."""
        return "" if self.tag else unescape(self.source)


class Paragraph(NamedTuple):
    """A paragraph of content."""

    text: Annotated[str, "as plain text, an item of a list after a dash"]
    addresses: Annotated[tuple[str, ...], "those that it links to"]
    quotes: Annotated[int, "in how many quotations it stands"] = 0
    number: Annotated[str, "of an item of a numbered list, instead of the dash"] = ""
    is_code: bool = False
    cell: Annotated[tuple[int, int, int], "of which table, row and column it is, from 1; zeros outside tables"] = (
        0,
        0,
        0,
    )

    @property
    def marked(self) -> str:
        """The text with its number, each line behind as many signs as there are quotations around it."""
        text = f"{self.number}{self.text.removeprefix('- ')}" if self.number else self.text
        return "\n".join(f"{'> ' * self.quotes}{line}" for line in text.split("\n"))


def split_tokens(content: str) -> Iterator[Token]:
    """Split content into its tokens, in order."""
    return (Token(match[1], match[3] or "", bool(match[2])) for match in _TOKEN.finditer(content))


def read_attributes(tag: str) -> dict[str, str]:
    """Read the attributes of a tag of content; each begins where the one before it has ended."""
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def blank_code(html: str) -> str:
    """Empty the lines of ``pre`` elements in HTML as a person wrote it."""
    pieces = re.split(r"(</?pre\b)", html, flags=re.IGNORECASE)
    for number in range(2, len(pieces), 2):
        if pieces[number - 1][1] != "/":
            pieces[number] = "\n" * pieces[number].count("\n")
    return "".join(pieces)


def escape_html(text: str) -> str:
    """Escape a text for use between tags and in quoted attributes."""
    return _escape(text, quote=True)


def rewrite_addresses(content: str, change: Callable[[str], str]) -> str:
    """Replace every address in the content by what ``change`` makes of it; the text stays.

    Where the new address is empty, the attribute is removed.
    """

    def rewrite_attribute(match: re.Match[str]) -> str:
        address = unescape(match[2]) if match[1] in _ADDRESSES else ""
        new = change(address) if match[1] in _ADDRESSES else ""
        return match[0] if new == address else f' {match[1]}="{escape_html(new)}"' if new else ""

    return rewrite_attributes(content, rewrite_attribute)


@lru_cache(maxsize=128)
def to_plain_text(content: str) -> str:
    """Convert content to plain text: paragraphs with a blank line between them, list items after a dash."""
    return "\n\n".join(paragraph.text for paragraph in split_paragraphs(content))


@lru_cache(maxsize=128)
def to_marked_text(content: str) -> str:
    """Convert content to plain text likewise, with the marks of quotations and numbered lists."""
    return "\n\n".join(paragraph.marked for paragraph in split_paragraphs(content))


def split_paragraphs(content: str) -> Iterator[Paragraph]:
    """Split content into its paragraphs, headings and list items as plain text, in order; so do two breaks in a row.

    A link that goes on is in each of them.
    """
    words: list[str] = []
    addresses: list[str] = []
    prefix, pre, link, is_carried = "", False, "", False
    place = _ParagraphPlace()
    for token in [*split_tokens(content), Token("</div>", "div", end=True)]:
        is_second = token.tag == "br" and not pre and "".join(words[-2:]).rstrip(" ").endswith("\n")
        if token.tag in BLOCKS or is_second:
            plain = "".join(words).strip("\n") if pre else _fold_spaces("".join(words))
            is_empty_cell = token.end and token.tag in {"td", "th"} and not place.is_filled
            if plain.strip() or (addresses and not link) or is_empty_cell:
                number = place.take_number() if prefix else ""
                yield Paragraph(prefix + plain, tuple(addresses), place.quotes, number, pre, place.cell)
                prefix, addresses, is_carried = "", [link] if link else [], bool(link)
                place.is_filled = True
            words = []
            place.enter(token)
            if token.tag == "li":
                prefix = "" if token.end else "- "
            pre = token.tag == "pre" and not token.end
        elif token.tag == "br":
            words.append("\n")
        elif token.tag == "a":
            if is_carried and not "".join(words).strip():
                del addresses[0]
            link, is_carried = read_attributes(token.source).get("href", ""), False
            addresses += [link] if link else []
        elif not token.tag:
            words.append(token.text if pre else re.sub(r"[ \t\n\r\f]+", " ", token.text))


class _ParagraphPlace:
    """Where in quotations, lists and tables a paragraph stands."""

    def __init__(self) -> None:
        self.quotes = 0
        self.is_filled = True  # the cell has a paragraph
        self._lists: list[int] = []  # the next number of each list that is open, or -1
        self._tables = 0
        self._at = (0, 0)  # row and column
        self._depth = 0

    @property
    def cell(self) -> tuple[int, int, int]:
        return (self._tables, *self._at) if self._depth else (0, 0, 0)

    def take_number(self) -> str:
        number = self._lists[-1] if self._lists else -1
        if number < 0:
            return ""
        self._lists[-1] += 1
        return f"{number}. "

    def enter(self, token: Token) -> None:
        """Go into or out of an element."""
        step = -1 if token.end else 1
        match token.tag:
            case "blockquote":
                self.quotes = max(0, self.quotes + step)
            case "ol" | "ul" if token.end:
                self._lists = self._lists[:-1]
            case "ol":
                start = read_attributes(token.source).get("start", "1")
                self._lists.append(int(start) if start.isdecimal() and len(start) < 7 else 1)
            case "ul":
                self._lists.append(-1)
            case "table":
                self._depth = max(0, self._depth + step)
                self._tables += step > 0
            case "tr" if not token.end:
                self._at = self._at[0] + 1, 0
            case "td" | "th" if not token.end:
                self._at = self._at[0], self._at[1] + 1
                self.is_filled = False


def find_headings(content: str) -> list[str]:
    """Find the texts of the headings, in order."""
    return [_fold_spaces(to_plain_text(match[2]).replace("\n", " ")) for match in HEADING.finditer(content)]


def find_image_addresses(content: str) -> list[str]:
    """Find the addresses of the pictures, in order."""
    return [unescape(address) for address in re.findall(rf'<img{ATTRIBUTES}? src="([^"]*)"', content)]


def drop_image(content: str, address: str) -> str:
    """Drop the pictures with this address."""
    return "".join(
        one.source
        for one in split_tokens(content)
        if one.tag != "img" or read_attributes(one.source).get("src") != address
    )


def find_ids(content: str) -> frozenset[str]:
    """Find the ids of the places within content."""
    return frozenset(unescape(value) for name, value in _list_attributes(content) if name == "id")


def lead_elsewhere(content: str, resolve: Callable[[str], str] = lambda _: "") -> str:
    """Lead the links to places that the content does not have to where ``resolve`` says; else they are plain text."""
    if ' href="#' not in content:
        return content
    there = find_ids(content)
    return rewrite_addresses(
        content, lambda url: resolve(url) if url[:1] == "#" and url[1:] and url[1:] not in there else url
    )


def drop_unlinked_ids(content: str) -> str:
    """Drop the ids to which no link of the content leads."""
    if ' id="' not in content:
        return content
    linked = {value[1:] for name, value in _list_attributes(content) if name == "href" and value[:1] == "#"}
    return rewrite_attributes(content, lambda one: "" if one[1] == "id" and one[2] not in linked else one[0])


def place_fragments(content: str, address: str, prefix: str, *, keep: bool = True) -> str:
    """Lead links within an article to ``address`` and its places, whose ids begin with ``prefix`` there.

    address: of the page where the text stands, without a fragment; empty for the page that is being made.
    keep: whether those places are in this text; an excerpt has none.
    """
    if ' id="' not in content and ' href="#' not in content:
        return content

    def place_attribute(one: re.Match[str]) -> str:
        name, value = one.groups()
        if name == "id":
            return f' id="{escape_html(prefix)}{value}"' if keep else ""
        is_local = name == "href" and value[:1] == "#" and value[1:]
        return f' href="{escape_html(address)}#{escape_html(prefix)}{value[1:]}"' if is_local else one[0]

    return rewrite_attributes(content, place_attribute)


def renumber_headings(content: str, level: int) -> str:
    """Renumber the headings from ``level`` on, without gaps, keeping their order of rank."""
    ranks = sorted(set(re.findall(r"<h([1-6])[ >]", content)))
    new = {rank: str(min(6, level + place)) for place, rank in enumerate(ranks)}
    if all(old == to for old, to in new.items()):
        return content
    return re.sub(r"(</?h)([1-6])(?=[ >])", lambda match: match[1] + new[match[2]], content)


def count_words(plain: str) -> int:
    """Count the words of a text; 500 characters of Chinese, Japanese or Korean count as the 230 words of a minute."""
    characters = len(_CJK.findall(plain))
    return len(_CJK.sub(" ", plain).split()) + round(characters * 230 / 500)


def _list_attributes(content: str) -> Iterator[tuple[str, str]]:
    """List the attributes of all tags of content, as they are written there."""
    return (found for tag in _START.findall(content) for found in _ATTRIBUTE.findall(tag))


def rewrite_attributes(content: str, change: Callable[[re.Match[str]], str]) -> str:
    """Replace each attribute, with the space before it; a text, or a value that looks like one, is none."""
    return _START.sub(lambda tag: _ATTRIBUTE.sub(change, tag[0]), content)


def _fold_spaces(words: str) -> str:
    return "\n".join(line.strip(" ") for line in re.sub(" +", " ", words).split("\n")).strip()
