"""What editions are read back as: lines of text with the links that lie in them; and how plain text becomes lines.

Also which links lead from one page of the site to another, which are relative.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from dispatch import links
from dispatch.model import Page

# Marks that say which way text runs; they may stand around a name without being part of it (Unicode, UAX 9).
DIRECTIONS = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u2066\u2067\u2068\u2069"))
# Letters that have to run the other way than their own (UAX 9: LRO and RLO, up to PDF): “Eve” is read “evE”.
_TURNED = re.compile("[\u202d\u202e][^\u202c]*")
# Scripts that write words without spaces between them.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)\S", re.IGNORECASE)
# So an issue and its sections are written, which may be called as an article is.
_UNDERLINE = re.compile("={3,}|-{3,}")
_QUOTED = re.compile(r"^(?:> )+")
_BACK = re.compile(r"(?:\.\./)+")
_ANDS = ("\u0648", "\u05d5")  # Arabic and Hebrew write them onto the next word
# What an address may not hold that is written in ASCII (RFC 3986, section 2).
_MUST_BE_ENCODED = re.compile(rb"%(?:2[02]|3[CcEe]|5[B-Eb-e]|60|7[B-Db-d]|[89A-Fa-f][0-9A-Fa-f])")
_ENCODED = re.compile(r"[\x00-\x20\"<>\[\\\]^`{|}\x7f]")
_HOST = re.compile(r"([a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?)([^/?#:@\[\]]*)(.*)", re.IGNORECASE | re.DOTALL)


class LineLink(NamedTuple):
    """A link within a line: from ``start`` to ``end`` of the line's text. One without words has no width."""

    url: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as the edition has it; ``alt`` is None where nothing is said, sizes are as written."""

    url: str
    alt: str | None
    width: str
    height: str
    instead: Annotated[tuple[str, ...], "what a browser may show instead: srcset, and the sources of a <picture>"] = ()
    anchor: Annotated[str, "the id of the <article> around it"] = ""
    link: Annotated[str, "where the link around it leads; empty without one"] = ""


class Line(NamedTuple):
    """What stands between two block boundaries, its whitespace folded."""

    text: str = ""
    links: tuple[LineLink, ...] = ()
    heading: Annotated[int, "1 to 6; 0 for everything else"] = 0
    prose: Annotated[bool, "outside headings, tables, figures and code"] = True
    listed: Annotated[bool, "within a list"] = False
    anchor: Annotated[str, "the id of the <article> around it; foot within that of a mail"] = ""
    faint: Annotated[tuple[tuple[int, int], ...], "from where to where words stand that are not said: struck out"] = ()


def fold_spaces(text: str) -> str:
    """Write each run of whitespace as one space, and drop marks of direction."""
    return " ".join((text if text.isascii() else text.translate(DIRECTIONS)).split())


def drop_directions(text: str) -> str:
    """Drop marks of direction."""
    return text if text.isascii() else text.translate(DIRECTIONS)


def split_words(text: str) -> list[str]:
    """Split a text into words, without what separates them; a character each in scripts that write no spaces."""
    return drop_directions(text).translate(_APART).split()


class _Apart(dict[int, str]):
    """Each character as it counts among words: itself, on its own, or as a space; found when it is first met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        counts = unicodedata.category(sign)[0] in "LMN"
        self[code] = (f" {sign} " if _UNSPACED.match(sign) else sign) if counts else " "
        return self[code]


_APART = _Apart()


def join_lines(lines: Iterable[Line]) -> Line:
    """Join lines to one, a space between them."""
    text = ""
    links: list[LineLink] = []
    faint: list[tuple[int, int]] = []
    for line in lines:
        text += " " if text else ""
        at = len(text)
        links += (LineLink(url=one.url, text=one.text, start=one.start + at, end=one.end + at) for one in line.links)
        faint += ((start + at, end + at) for start, end in line.faint)
        text += line.text
    return Line(text=text, links=tuple(links), faint=tuple(faint))


def blank_unsaid(line: Line) -> str:
    """Blank out of a line what is struck out, folded away or turned around; every other character keeps its place."""
    text = line.text
    for start, end in (*line.faint, *(match.span() for match in _TURNED.finditer(text))):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def find_name(text: str, name: str, start: int = 0) -> int:
    """Find where a name stands as whole words, letter by letter, at or after ``start``; -1 where it does not."""
    while name and (at := text.find(name, start)) >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(name) : at + len(name) + 1]
        if not _is_one_word(name[-1], after) and (before in _ANDS or not _is_one_word(before, name[0])):
            return at
        start = at + 1
    return -1


def _is_one_word(left: str, right: str) -> bool:
    """Tell whether two neighbouring characters belong to one word."""
    if not left or not right or _UNSPACED.match(left) or _UNSPACED.match(right):
        return False
    return unicodedata.category(left)[0] in "LMN" and unicodedata.category(right)[0] in "LMN"


def find_missing(wanted: Iterable[str], there: Iterable[str]) -> list[str]:
    """Find what is wanted and does not stand there, or not in this order."""
    places: dict[str, list[int]] = {}
    for place, item in enumerate(there):
        places.setdefault(item, []).append(place)
    lost: list[str] = []
    reached = -1
    for item in wanted:
        place = next((place for place in places.get(item, ()) if place > reached), -1)
        if place < 0:
            lost.append(item)
        reached = max(reached, place)
    return lost


def find_headlines(text: str, titles: Sequence[str]) -> list[tuple[int, int] | None]:
    """Find for each title the line on which it begins and the line behind it; None where it is not there.

    Titles are looked for in order, each at the head of a paragraph and whole, however it is wrapped.
    """
    lines = text.split("\n")
    found: list[tuple[int, int] | None] = []
    at = 0
    for title in titles:
        place = next(
            (place for i in range(at, len(lines)) if (place := _match_headline(lines, i, fold_spaces(title)))), None
        )
        found.append(place)
        at = place[1] if place else at
    return found


def _match_headline(lines: Sequence[str], i: int, title: str) -> tuple[int, int] | None:
    if not title or (i and lines[i - 1].strip()):
        return None
    words = ""
    for j in range(i, len(lines)):
        words = fold_spaces(f"{words} {lines[j]}")
        if words == title:
            underlined = _UNDERLINE.fullmatch((lines[j + 1 : j + 2] or [""])[0].strip())
            return None if underlined else (i, j + 1)
        if not words or not title.startswith(f"{words} "):
            return None
    return None


def read_paragraphs(text: str) -> tuple[Line, ...]:
    """Read paragraphs; the addresses that stand alone on the last lines of one are its links, in order."""
    return tuple(_read_paragraph(lines.split("\n")) for lines in re.split(r"\n[ \t]*\n", text) if lines.strip())


def _read_paragraph(lines: list[str]) -> Line:
    addresses: list[str] = []
    while lines and (not lines[-1].strip() or _ADDRESS.match(lines[-1].strip())):
        addresses.insert(0, lines.pop().strip())
    words = fold_spaces(" ".join(_QUOTED.sub("", line) for line in lines))
    end = len(words)
    return Line(text=words, links=tuple(LineLink(url=url, text="", start=end, end=end) for url in addresses if url))


def stays_within_site(url: str, place: Page | None) -> bool:
    """Tell whether a relative address leads to a page of the site, seen from the page at this place."""
    if place is None or links.is_absolute(url) or not url or url.startswith(("/", "\\", "?", "#")):
        return False
    steps = url.partition("#")[0].partition("?")[0].split("/")
    up = next((at for at, step in enumerate(steps) if step != ".."), len(steps))
    return up <= place.path.count("/") and ".." not in steps[up:] and "\\" not in url and ":" not in steps[0]


def make_absolute(url: str, place: Page | None, site: str) -> str:
    """Write out the address that a relative one means on the page at this place of a site; any other stays as it is.

    site: the address of the site, without a slash at its end. What follows the way back is taken to the letter.
    """
    if place is None or not stays_within_site(url, place):
        return url
    back = _BACK.match(url)
    way, rest = (back[0], url[back.end() :]) if back else ("", url)
    folders = place.path.split("/")[:-1]
    return "/".join([site, *folders[: len(folders) - way.count("..")], rest.removeprefix("./")])


def is_internal(line: Line, place: Page | None) -> bool:
    """Tell whether all links of a line stay within the site."""
    return bool(line.links) and all(stays_within_site(link.url, place) for link in line.links)


def is_same_request(written: str, given: str) -> bool:
    """Whether what is written for machines is the address that was given; written in ASCII, where that cannot hold it.

    An address that is a URI as it stands must be written byte for byte.
    """
    may_differ = not given.isascii() or bool(_ENCODED.search(given))
    return written == given or (may_differ and written.isascii() and _decode_address(written) == _decode_address(given))


def _decode_address(url: str) -> str:
    """Decode in an address what ASCII cannot hold: punycode, and the percent signs that had to be there.

    Two for which a browser sends the same request are equal then: to it a backslash in a path is a slash (URL Standard,
    section 4.4). Every other ``%`` stays as it is.
    """
    path = re.match(r"https?:[^?#]*", url, re.IGNORECASE)
    url = path[0].replace("\\", "/") + url[path.end() :] if path else url
    octets = _MUST_BE_ENCODED.sub(lambda match: bytes([int(match[0][1:], 16)]), url.encode("utf-8", "surrogatepass"))
    words = octets.decode("utf-8", "surrogateescape")
    match = _HOST.match(words)
    return f"{match[1]}{_decode_host(match[2])}{match[3]}" if match else words


def _decode_host(host: str) -> str:
    """Write a host that ASCII cannot hold, or that is in punycode, in small Unicode letters (UTS 46, section 4)."""
    if host.isascii() and "xn--" not in host.lower():
        return host
    small = unicodedata.normalize("NFKC", "".join(map(str.lower, host)).replace("\u3002", ".").replace("\uff61", "."))
    try:
        return ".".join(map(_decode_label, small.split(".")))
    except UnicodeError:
        return host


def _decode_label(label: str) -> str:
    return label[4:].encode().decode("punycode") if label.startswith("xn--") else label
