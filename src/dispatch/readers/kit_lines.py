"""Read the line that stands with a text that is published again: whose it is, where the original is, on what terms.

“This article first appeared on The Paper and is republished here under a Creative Commons license.” The words are in
``kits.toml``, in nine languages. A paragraph that only mentions another house is no such line.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import Annotated, Final, NamedTuple, cast

from dispatch import first_house, html, links
from dispatch.html import tokens
from dispatch.language import list_calendar_words
from dispatch.readers import bylines, people
from dispatch.shipped import load_table
from dispatch.text import fold_text

LONGEST: Final = 900  # characters of a paragraph
_KEPT: Final = frozenset({"a", "b", "br", "em", "i", "strong"})
_LONGEST_NAME: Final = 80


House = Mapping[str, str]
_DATA: Final = load_table("readers/kits.toml")
HOUSES: Final = cast("Sequence[House]", _DATA["houses"])
WORDS: Final = cast("Mapping[str, Mapping[str, str]]", _DATA)
_LINES: Final = cast("Mapping[str, Mapping[str, Sequence[str]]]", _DATA["lines"])


class KitLink(NamedTuple):
    """A link of a paragraph, and its place in the paragraph's text."""

    start: int
    end: int
    url: str
    is_set_off: Annotated[bool, "whether it is emphasised"]


class KitParagraph(NamedTuple):
    """A paragraph of a document that may be part of a kit."""

    html: Annotated[str, "what is in it, as sanitised inline HTML without pictures"]
    text: Annotated[str, "its plain text, on one line"]
    lines: Annotated[tuple[str, ...], "the same, line by line"]
    links: Annotated[tuple[KitLink, ...], "its links, in order"]
    classes: Annotated[str, "its classes"] = ""
    original: Annotated[str, "the address of the original, where a link is marked as leading there"] = ""

    def get_words(self, link: KitLink) -> str:
        """Return the words of a link."""
        return self.text[link.start : link.end].strip()


class NamedHouse(NamedTuple):
    """The house that a line names."""

    name: str
    url: Annotated[str, "the address behind the name; empty without one"]


def _compile_lines(key: str) -> re.Pattern[str]:
    """Compile what a line says of its text, in all languages: “This article”, then “first appeared on”."""
    forms = "|".join(f"(?:{words['texts'][0]}){_ASIDE} (?:{form})" for words in _LINES.values() for form in words[key])
    return re.compile(rf"(?:^{_LEAD}|(?<=[.!?…:)\]]\s))(?:{forms}){_END}", re.IGNORECASE)


_ASIDE: Final = r"(?: \(https?:[^()\s]+\))?"  # where a link was
_LEAD: Final = r"[(\[*—–\s-]*+"
_END: Final = r"(?:(?<=[’'])|(?=\s)|$)"
_SAID: Final = _compile_lines("said")
_WEAK: Final = _compile_lines("weak")
_BARE: Final = re.compile(
    rf"{_LEAD}(?:{'|'.join(form for words in _LINES.values() for form in words['said'])}){_END}", re.IGNORECASE
)
_TITLED: Final = rf"{_LEAD}(?:(?:{WORDS['footers']['words']})\s)?"
_FOOTER: Final = re.compile(rf"{_TITLED}[“\"«„‘]|{_LEAD}(?:{WORDS['footers']['words']})\s", re.IGNORECASE)
_AGAIN: Final = re.compile(WORDS["again"]["words"], re.IGNORECASE)
_ORIGINAL: Final = re.compile(WORDS["original"]["words"], re.IGNORECASE)
_ONLY: Final = re.compile(rf"^{_LEAD}(?:{WORDS['original']['only']})", re.IGNORECASE)
_NOBODY: Final = re.compile(rf"(?:{WORDS['nobody']['words']})\b", re.IGNORECASE)
_ON: Final = rf"(?:\s*(?:$|[.,;:|()\[\]—–™®।۔؟]|https?:)|\s+(?:{WORDS['again']['on']}))"
_GOES_ON: Final = re.compile(_ON, re.IGNORECASE)
# Between “published” and the house: a day, and small words such as “the”.
_DAY: Final = re.compile(
    r"\s*(?:(?:on|in|am|im|le|el|em|il|op|في|को)\s)?(?:[^\W\d_]{3,12}\s)?\d[\w\s.,]{2,22}?\s(?:on|in|by|at|auf|bei|in|sur|dans|par|en|por|em|no|su|da|op)(?=\s)"
)
# The beginning of a day: “Tue 29”, “March 3”, “marzo de 2026”, “Tuesday, March”.
_DATED: Final = re.compile(
    r"(?P<word>[^\s\d.,]+)[.,]{0,2}\s(?:(?:the|of|de|del|di|den|le)\s)?(?:\d|(?P<next>[^\s\d.,]+))"
)
_SMALL: Final = re.compile(
    r"(?:\s*(?:the|der|die|das|dem|den|la|le|les|l[’']|el|los|las|o|a|os|as|il|lo|gli|i|de|het|website|site)(?:(?<=[’'])|\s))*\s*"
)
_NAME: Final = re.compile(rf"(?P<name>\S.{{0,{_LONGEST_NAME}}}?)(?={_ON})", re.IGNORECASE)
_EDGES: Final = re.compile(r"^(?:\s|<br />)+|(?:\s|<br />)+$")
_BARE_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_MARKED: Final = re.compile(r'<a\b(?=[^<>]*\srel="(?:[^"]*\s)?canonical\b)[^<>]*?\shref="([^"<>]*)"', re.IGNORECASE)
_SET_OFF: Final = re.compile(rf"<(em|i|strong|b)>([^<>]{{2,{_LONGEST_NAME}}})</\1>")
CREATIVE: Final = re.compile(
    r"creativecommons\.org/(?:licenses/(?P<kind>[a-z-]+)/(?P<version>\d\.\d)|publicdomain/zero/(?P<zero>\d\.\d))"
)


def read_paragraph(written: str, base: str, classes: str = "") -> KitParagraph:
    """Read a paragraph of foreign HTML. Raises GatherError as ``html.sanitise_html`` does."""
    kept: list[str] = []
    text = ""
    breaks = [0]
    found: list[KitLink] = []
    opened: tuple[int, str] | None = None
    set_off = 0
    for token in tokens.split_tokens(_link_addresses(html.sanitise_html(written, base))):
        if token.tag == "img" or token.tag in tokens.BLOCKS:
            text += " "
            continue
        if token.tag in _KEPT and not (token.tag == "a" and not token.end):
            kept.append(token.source)
        elif not token.tag:
            kept.append(re.sub(r"[ \t\n\r\f]+", " ", token.source))
        if token.tag == "br":
            text = f"{text.rstrip()} "
            breaks.append(len(text))
        elif token.tag in {"em", "i"}:
            set_off += -1 if token.end else 1
        elif token.tag == "a" and not token.end:
            opened = len(text), tokens.read_attributes(token.source).get("href", "")
            kept.append(f'<a href="{html.escape_html(opened[1])}">')
        elif token.tag == "a" and opened:
            found.append(KitLink(opened[0], len(text), opened[1], set_off > 0))
            opened = None
        elif not token.tag:
            text += re.sub(r"\s+", " ", token.text)[text.endswith(" ") and token.text[:1].isspace() :]
    lines = (text[start:end].strip() for start, end in zip(breaks, [*breaks[1:], len(text)], strict=True))
    marked = {unescape(address) for address in _MARKED.findall(written)}
    is_ours = "republished" in classes.split()  # so our own kits mark their line
    original = next((one.url for one in found if one.url in marked or (is_ours and leads_to_text(one.url))), "")
    return KitParagraph(
        _EDGES.sub("", "".join(kept)), text, tuple(filter(None, lines)), tuple(found), classes, original
    )


def _link_addresses(content: str) -> str:
    """Make links of the addresses that stand as text in content without links."""
    if "<a" in content or "http" not in content:
        return content
    return "".join(
        one.source if one.tag else _BARE_ADDRESS.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', one.source)
        for one in tokens.split_tokens(content)
    )


def may_name_house(text: str) -> bool:
    """Whether the text of a paragraph may say of which house it is, so that it is worth to be read."""
    is_bare = CREATIVE.search(text) and text.count("http") > 1
    return len(text) <= LONGEST and any(
        is_bare or (one and one.end())
        for one in (_SAID.search(text), _BARE.match(text), _WEAK.search(text), _FOOTER.match(text))
    )


def find_named_house(paragraph: KitParagraph, title: str = "") -> NamedHouse | None:
    """Find the house that a paragraph says to have published its text first; None when it is no such line.

    title: the text's, by which a line may call it. Where a link is marked as leading to the original, words need not.
    """
    if len(paragraph.text) > LONGEST:
        return None
    return _find_told_house(paragraph, title) or (_name_original(paragraph) if paragraph.original else None)


def find_bare_house(paragraph: KitParagraph) -> NamedHouse | None:
    """Find the house of a last paragraph that spells out two addresses, a licence's and a text's; else None."""
    spelled = [link.url for link in paragraph.links if paragraph.get_words(link) == link.url]
    there = dict.fromkeys(url for url in spelled if leads_to_text(url))
    is_line = len(there) == 1 and len({*spelled}) == 2 == len({link.url for link in paragraph.links})
    if not is_line or not is_licence_line(paragraph) or first_house.PICTURES.match(paragraph.text):
        return None
    return _name_original(paragraph._replace(original=next(iter(there))))


def _name_original(paragraph: KitParagraph) -> NamedHouse:
    """Name the house by the words of the link to the original, else by those that are emphasised, else by its host."""
    words = next(paragraph.get_words(link) for link in paragraph.links if link.url == paragraph.original)
    set_off = _SET_OFF.search(paragraph.html)
    words = unescape(set_off[2]) if set_off and links.is_web_address(words) else words
    return NamedHouse(_name_house(words, paragraph.original), paragraph.original)


def leads_to_text(url: str) -> bool:
    """Whether an address may be that of a text: of no front page, and of no licence."""
    return links.is_web_address(url) and not is_front_page(url) and not CREATIVE.search(url)


def _find_told_house(paragraph: KitParagraph, title: str) -> NamedHouse | None:
    named = re.match(rf"{_TITLED}\W*{re.escape(title)}\W*\s", paragraph.text, re.IGNORECASE) if title else None
    found = _SAID.search(paragraph.text) or _BARE.match(paragraph.text, named.end() if named else 0)
    if not found and _AGAIN.search(paragraph.text):
        found = _WEAK.search(paragraph.text)
    if not found:
        return None
    is_bare = found.re is _BARE and not named
    end = found.end()
    day = _DAY.match(paragraph.text, end)
    end = day.end() if day else end
    begin = cast("re.Match[str]", _SMALL.match(paragraph.text, end)).end()
    if _NOBODY.match(paragraph.text, begin):
        return None
    linked = next((one for one in paragraph.links if _leads_from(paragraph, one, begin)), None)
    if linked:
        name = paragraph.text[max(begin, linked.start) : linked.end].strip(" .,")
        goes_on = _GOES_ON.match(paragraph.text, linked.end)
        is_house = links.is_web_address(linked.url) and not re.match(r"\d{1,2}\b|\d{4}\b", name) and not _is_day(name)
        return NamedHouse(_name_house(name, linked.url), linked.url) if is_house and (goes_on or not is_bare) else None
    if _is_day(paragraph.text[begin : begin + _LONGEST_NAME]):
        return None
    named = _NAME.match(paragraph.text, begin)
    name = named["name"].strip(" .,“”\"'") if named else ""
    is_name = (bylines.is_name_like(name) and not name.islower()) or re.fullmatch(r"\d+[a-z]+|[a-z]+[A-Z]\w+", name)
    is_weekday = not paragraph.text[end:begin].strip() and fold_text(name) in list_calendar_words()
    return NamedHouse(name, "") if is_name and not is_weekday else None


def _is_day(text: str) -> bool:
    """Whether a text begins with a day in the words of any language."""
    found = _DATED.match(text)
    words = list_calendar_words() if found else ()
    return found is not None and all(fold_text(word) in words for word in found.groups() if word)


def _leads_from(paragraph: KitParagraph, link: KitLink, begin: int) -> bool:
    """Whether a link is the first thing there, but for small words: “the award-winning nonprofit The Lantern”."""
    between = paragraph.text[begin : link.start]
    is_small = re.fullmatch(r"(?:[^\W\d_A-Z][\w-]*\s){1,6}", between) and not paragraph.get_words(link)[:1].islower()
    return link.start <= begin < link.end or bool(is_small)


def _name_house(words: str, url: str) -> str:
    host = links.parse_host(url).removeprefix("www.")
    is_name = words and not links.is_web_address(words) and (not words.islower() or people.is_same_house(words, [host]))
    return words if is_name else host


def is_way_to_original(paragraph: KitParagraph) -> bool:
    """Whether a paragraph holds nothing but a link to the original: “Read the original article”."""
    return bool(_ONLY.search(paragraph.text)) and len(paragraph.text) < 200 and bool(paragraph.links)


def is_licence_line(paragraph: KitParagraph) -> bool:
    """Whether a paragraph says, with a link, under which Creative Commons licence its text is."""
    return len(paragraph.text) < LONGEST // 2 and any(CREATIVE.search(link.url) for link in paragraph.links)


def find_original(paragraphs: Iterable[KitParagraph], house: NamedHouse, title: str) -> str:
    """Find the address of the original in the lines of a kit; never that of a front page or of a licence."""
    lines = list(paragraphs)
    leading = [(one, link) for one in lines for link in one.links if leads_to_text(link.url)]
    marked = [one.original for one in lines if one.original]
    told = [
        link.url
        for one, link in leading
        if _ORIGINAL.search(words := one.get_words(link)) or (title and fold_text(words) == fold_text(title))
    ]
    named = [link.url for _, link in leading if link.url == house.url]
    bare = [link.url for one, link in leading if one.get_words(link) == link.url]
    return next(iter([*marked, *told, *named, *bare]), "")


def is_front_page(url: str) -> bool:
    """Whether an address is that of a site, or of one of its languages, and of no page in it."""
    return bool(re.fullmatch(r"https?://[^/?#]+(?:/[a-z]{2}(?:-[A-Za-z]{2})?)?/*(?:#.*)?", url))
