"""Read the byline of a kit, where people and houses stand side by side, often each with a link.

“by Dana Whitfield and Omar Reyes, Valley Beacon”; “Maria Lopez, University of Leeds and Ian Ode, Kyoto University”.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Final, NamedTuple

from dispatch import links
from dispatch.model import Article, Author, Credit
from dispatch.readers import bylines, credit_lines, kit_lines, marked_names, people
from dispatch.readers.kit_lines import KitLink, KitParagraph

_LONGEST: Final = 600  # characters
_MOST_BIO: Final = 120
_CLASS: Final = re.compile(r"\b(?:byline|by-?line|authors?|contributors?)\b", re.IGNORECASE)
_PROFILE: Final = re.compile(
    r"/(?:authors?|autor(?:es|en)?|auteurs?|autore|people|profiles?|staff|contributors?|team|by)/", re.IGNORECASE
)
_HOUSE_PATH: Final = re.compile(r"/institutions?/", re.IGNORECASE)
_AND: Final = rf"(?:{bylines.join_words(bylines.ANDS)})"
_AND_WORD: Final = re.compile(rf"(?:^|(?<=[\s,])){_AND}\s")
_JOINS: Final = re.compile(rf"^(?:[\s,;|·•–—-]|{_AND}(?=\s|$))+|(?:[\s,;|·•–—-]|(?<=[\s,]){_AND})+$")
_LAST: Final = re.compile(rf"(?<!\w){_AND}\s[^,]+(?P<rest>,.*)$")
# “, with additional reporting by”
_OTHERS: Final = re.compile(
    rf"(?<![\s,;])[\s,;]++(?:{_AND}\s)?"
    rf"(?=(?:{bylines.join_words(one for one, role in bylines.BEFORE.items() if role != 'author')})\s)",
    re.IGNORECASE,
)
_JOINED_WORD: Final = re.compile(rf"(\w+)\s{_AND}\s(.+)")  # “PhD and Ann Lee”
_BRACKETS: Final = re.compile(r"\s?[(（]([^()（）]*)[)）]")
_PAPERS: Final = frozenset(bylines.load_words("text")["houses"]["words"]) - {
    "a",
    "o",
    "de",
    "la",
    "le",
    "el",
    "il",
    "post",
}
_NOBODY: Final = "Ann Lee"


class KitByline(NamedTuple):
    """What the byline of a kit says."""

    authors: tuple[Author, ...] = ()
    is_sure: Annotated[bool, "whether people and houses can be told apart"] = True
    credits: tuple[Credit, ...] = ()
    published: datetime | None = None
    house: Annotated[str, "the house that stands beside the people, where it is known by its host only"] = ""
    numbers: Annotated[frozenset[int], "the paragraphs that say so"] = frozenset()


def find_byline(
    paragraphs: Sequence[KitParagraph],
    places: Sequence[int],
    lines: Collection[int],
    marker: str,
    houses: Collection[str],
) -> KitByline:
    """Find the byline of a kit.

    places, lines: the numbers of the paragraphs that may be it, and of those that are not. marker: what is in the
    addresses of people, where the house is known for it. houses: the house's name, and its host.
    """
    found = KitByline()
    for number in (one for one in places if one not in lines):
        paragraph = paragraphs[number]
        if not paragraph.lines or len(paragraph.text) > _LONGEST or (found.authors and not marker):
            continue
        line, *others = _OTHERS.split(paragraph.text[: len(paragraph.lines[0])])
        named, is_sure = (
            (tuple(_list_marked(paragraph, marker)), True) if marker else _list_writers(paragraph, line, houses)
        )
        if not named or (found.authors and not _is_same_list(named, found.authors)):
            continue
        told = Article()
        for line in paragraph.lines:
            told = credit_lines.read_line(told, line, None) or told
        days = {
            one: day
            for one in (number + 1, number - 1)
            if 0 <= one < len(paragraphs) and one not in lines and not told.published
            if (day := credit_lines.parse_day_line(paragraphs[one].text.strip(), None))
        }
        told_days = (day for day in (told.published, *days.values()) if day and day.year != credit_lines.NO_YEAR)
        found = KitByline(
            _complete(found.authors, named) if found.authors else people.merge_authors(named, ()),
            found.is_sure and is_sure,
            found.credits or credit_lines.credit_people(told, _parse_others(others)).credits,
            found.published or next(told_days, None),
            found.house or _find_house(paragraph, houses),
            found.numbers | {number, *list(days)[:1]},
        )
    return found


def _is_same_list(named: Sequence[Author], known: Sequence[Author]) -> bool:
    return [one.name for one in named] == [one.name for one in known]


def _complete(known: Sequence[Author], more: Sequence[Author]) -> tuple[Author, ...]:
    """Give the authors the fuller of two descriptions."""
    return tuple(replace(one, bio=max(one.bio, other.bio, key=len)) for one, other in zip(known, more, strict=True))


def _list_marked(paragraph: KitParagraph, marker: str) -> Iterator[Author]:
    """List the people whose addresses have the marker, each with what stands behind the name; only at the start."""
    named = [link for link in paragraph.links if marker in link.url]
    if not named or paragraph.text[: named[0].start].strip(" ,") not in {"", "by", "By"}:
        return
    ends = [*(link.start for link in named[1:]), len(paragraph.text)]
    for link, end in zip(named, ends, strict=True):
        bio = _JOINS.sub("", paragraph.text[link.end : end])
        yield from people.make_author(paragraph.get_words(link), url=link.url, bio=bio if len(bio) <= _MOST_BIO else "")


def _parse_others(pieces: Sequence[str]) -> list[bylines.Byline]:
    """Parse what a byline says of those who are no authors: “additional reporting by Ann Lee”."""
    said = (bylines.parse_byline(piece) for piece in pieces)
    return [one for one in said if one and one.role != "author"]


def _list_writers(paragraph: KitParagraph, line: str, houses: Collection[str]) -> tuple[tuple[Author, ...], bool]:
    """List the people of a byline, none when it is no byline; and whether they are told apart from houses."""
    linked = [link for link in paragraph.links if link.end <= len(line) + 1 and _is_person(paragraph, link, houses)]
    line = _blank_houses(paragraph, line, linked, houses)
    if not linked:
        return _list_unlinked(line, bool(_CLASS.search(paragraph.classes)), houses)
    before = bylines.parse_byline(f"{_fold(line[: linked[0].start])} {_NOBODY}".strip())
    is_cued = before is not None and before.role == "author" and before.names[-1:] == (_NOBODY,)
    around = [line[one.end : other.start] for one, other in pairwise(linked)]
    rest = "".join([line[: linked[0].start], *around, line[linked[-1].end :]])
    is_alone = not _JOINS.sub("", rest) and all(_PROFILE.search(link.url) for link in linked)
    if not (is_cued or is_alone or _CLASS.search(paragraph.classes)):
        return (), True
    found = [one for name in (before.names[:-1] if before and is_cued else ()) for one in people.make_author(name)]
    is_told = True
    for link, behind in zip(linked, [*around, line[linked[-1].end :]], strict=True):
        is_last = link is linked[-1]
        names, is_sure = _split_people(behind, houses, is_list=not is_last, is_behind=True)
        is_told = is_told and is_sure
        found += people.make_author(paragraph.get_words(link), url=link.url)
        found += (one for name in names for one in people.make_author(name))
    return tuple(found), is_told


def _list_unlinked(line: str, is_marked: bool, houses: Collection[str]) -> tuple[tuple[Author, ...], bool]:
    folded = _fold(line)
    said = bylines.parse_byline(_drop_last(folded))
    names = marked_names.list_names(folded) if is_marked else ()
    is_sure = True
    if said and said.role == "author" and (said.cue or is_marked):
        rest = line[line.find(said.cue) + len(said.cue) :].lstrip(" :：|／")
        more, is_sure = _split_people(rest, houses, is_list=True)
        named = [name for name in said.names if not (_is_house(name, houses) or _is_paper(name))] or said.names
        is_same = all(any(one in name for one in more) for name in named)
        names = tuple(more) if len(more) >= len(named) and is_same else tuple(named)
        is_sure = is_sure and (len(more) <= len(named) or is_same)
    kept = (name for name in names if not _is_house(name, houses))
    return tuple(one for name in kept for one in people.make_author(name)), is_sure


def _split_people(
    text: str, houses: Collection[str], *, is_list: bool, is_behind: bool = False
) -> tuple[list[str], bool]:
    """Split names from what stands beside them; return the names, and whether it is plain which is which.

    is_list: whether a name may follow another with a comma; behind an “and”, what a comma precedes is a house.
    is_behind: whether a name stands before the text.
    """
    names: list[str] = []
    is_sure, has_commas, is_mixed = True, False, False
    text = re.sub(rf"\s{_AND}\s*$", "", text)
    pieces = re.split("[,;]", bylines.PARTS.split(_BRACKETS.sub(r", \1, ", text))[0])
    pieces = [piece for one in pieces if (piece := " ".join(one.split()))]
    for number, piece in enumerate(pieces):
        parts = bylines.split_at_and(piece)
        if len(parts) == 1 and (names or is_behind) and (joined := _JOINED_WORD.fullmatch(piece)):
            parts = [*joined.groups()]
        for place, part in enumerate(parts):
            is_joined = place > 0 or bool(_AND_WORD.match(piece))
            is_first = not (names or is_behind)
            name = _cut_name(part, houses, is_whole=not (is_joined or is_first))
            if name and (is_joined or is_first or is_list):
                has_commas = has_commas or not (is_joined or is_first)
                is_sure = is_sure and not (
                    place and " " in parts[place - 1] and not _cut_name(parts[place - 1], houses)
                )
                names.append(name)
            elif name:
                is_mixed = True
                is_sure = is_sure and number == len(pieces) - 1
            else:
                is_mixed = is_mixed or number < len(pieces) - 1 or place < len(parts) - 1
            is_list = is_list and not is_joined
    return names, is_sure and not (has_commas and (is_mixed or (is_list and len(names) > 3)))


def _cut_name(part: str, houses: Collection[str], *, is_whole: bool = False) -> str:
    """Cut the name of a person off what is no more than it, or goes on with small letters; else nothing."""
    named, beside = bylines.split_names(part)
    name = named[0] if len(named) == 1 and (not beside or (beside[:1].islower() and not is_whole)) else ""
    return name if " " in name and not (_is_house(name, houses) or _is_paper(name)) else ""


def _is_paper(name: str) -> bool:
    return not _PAPERS.isdisjoint(name.lower().split())


def _is_person(paragraph: KitParagraph, link: KitLink, houses: Collection[str]) -> bool:
    words = paragraph.get_words(link)
    is_beside = link.is_set_off and not all(one.is_set_off for one in paragraph.links)
    is_elsewhere = _HOUSE_PATH.search(link.url) or (kit_lines.is_front_page(link.url) and _is_paper(words))
    return (
        bylines.is_name_like(words)
        and not (is_beside or is_elsewhere or _is_house(words, houses))
        and links.is_allowed(link.url)
    )


def _is_house(name: str, houses: Collection[str]) -> bool:
    return people.is_house(name, houses) or bylines.is_job(name)


def _find_house(paragraph: KitParagraph, houses: Collection[str]) -> str:
    """Find the name of the house beside the people, where its host is all that is known."""
    parts = re.split(r"[,|/(–—]", paragraph.lines[0])
    return next((part.strip() for part in parts[1:] if people.is_same_house(part, houses)), "")


def _blank_houses(paragraph: KitParagraph, line: str, linked: Collection[KitLink], houses: Collection[str]) -> str:
    """Blank what is no person: links to anything else, and the names of the house. What is left keeps its place."""
    for link in paragraph.links:
        if link not in linked and link.end <= len(line):
            line = line[: link.start] + " " * (link.end - link.start) + line[link.end :]
    for name in filter(None, houses):
        bare = re.escape(re.sub(r"^the ", "", name, flags=re.IGNORECASE))
        line = re.sub(rf"(?<!\w)(?:the )?{bare}(?!\w)", lambda found: " " * len(found[0]), line, flags=re.IGNORECASE)
    return line


def _fold(line: str) -> str:
    line = re.sub(r",(?: ?,)++", ",", " ".join(line.split()))
    return re.sub(rf" ?,(?=\s{_AND}\s)", "", line).rstrip(" ,|/(–—-")


def _drop_last(line: str) -> str:
    """Drop what follows a comma behind the last of several names: a house of which nothing else is known."""
    last = _LAST.search(line)
    return line[: last.start("rest")] if last and not re.search(r"\d", last["rest"]) else line
