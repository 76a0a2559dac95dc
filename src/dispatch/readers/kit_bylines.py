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
_NOBODY: Final = "Ann Lee"


class KitByline(NamedTuple):
    """What the byline of a kit says."""

    authors: tuple[Author, ...] = ()
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
        named = tuple(_list_marked(paragraph, marker) if marker else _list_writers(paragraph, houses))
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
            found.credits or told.credits,
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


def _list_writers(paragraph: KitParagraph, houses: Collection[str]) -> Iterator[Author]:
    """List the people of a byline; none when it is no byline."""
    line = paragraph.text[: len(paragraph.lines[0])] if len(paragraph.lines) > 1 else paragraph.text
    linked = [link for link in paragraph.links if link.end <= len(line) + 1 and _is_person(paragraph, link, houses)]
    line = _blank_houses(paragraph, line, linked, houses)
    if not linked:
        said = bylines.parse_byline(_drop_last(_fold(line)))
        is_byline = said is not None and said.role == "author" and bool(said.cue or _CLASS.search(paragraph.classes))
        names = (
            said.names
            if said and is_byline
            else marked_names.list_names(_fold(line))
            if _CLASS.search(paragraph.classes)
            else ()
        )
        yield from (one for name in names if not _is_house(name, houses) for one in people.make_author(name))
        return
    before = bylines.parse_byline(f"{_fold(line[: linked[0].start])} {_NOBODY}".strip())
    is_cued = before is not None and before.role == "author" and before.names[-1:] == (_NOBODY,)
    around = [line[one.end : other.start] for one, other in pairwise(linked)]
    rest = "".join([line[: linked[0].start], *around, line[linked[-1].end :]])
    is_alone = not _JOINS.sub("", rest) and all(_PROFILE.search(link.url) for link in linked)
    if not (is_cued or is_alone or _CLASS.search(paragraph.classes)):
        return
    yield from (one for name in (before.names[:-1] if before and is_cued else ()) for one in people.make_author(name))
    for number, link in enumerate(linked):
        yield from people.make_author(paragraph.get_words(link), url=link.url)
        is_last = number == len(around)
        behind = line[linked[-1].end :] if is_last else around[number]
        job, _, joined = _split_at_and(behind)
        if is_last and (not joined or (job.strip(" ,") and not bylines.is_job(job))):
            continue
        names, _ = bylines.split_names(joined.partition(",")[0] if is_last else _JOINS.sub("", behind))
        kept = (name for name in names if " " in name and not _is_house(name, houses))
        yield from (one for name in kept for one in people.make_author(name))


def _split_at_and(text: str) -> tuple[str, str, str]:
    """Split what stands behind a name at the first word that joins another one to it."""
    found = _AND_WORD.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _is_person(paragraph: KitParagraph, link: KitLink, houses: Collection[str]) -> bool:
    words = paragraph.get_words(link)
    is_beside = link.is_set_off and not all(one.is_set_off for one in paragraph.links)
    is_elsewhere = _HOUSE_PATH.search(link.url) or (kit_lines.is_front_page(link.url) and _is_house(words, houses))
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
    line = re.sub(rf"(?:\s*,)+(?=\s{_AND}\s)|(?<=,)(?:\s*,)+", "", " ".join(line.split()))
    return re.sub(r"(?:\s*[,|/(–—-]\s*)+$", "", line)


def _drop_last(line: str) -> str:
    """Drop what follows a comma behind the last of several names: a house of which nothing else is known."""
    last = _LAST.search(line)
    return line[: last.start("rest")] if last and not re.search(r"\d", last["rest"]) else line
