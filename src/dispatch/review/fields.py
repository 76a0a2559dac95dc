"""Compare two nouns field by field, over a table: what is told of each field, and how grave a change of it is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from operator import attrgetter
from typing import Annotated, Final, NamedTuple, TypeVar

from dispatch import html
from dispatch.model import Author, Correction, Enclosure, Image, Source, Terms
from dispatch.review.changes import Change, ChangeKind, Weight

K = TypeVar("K")
V = TypeVar("V")
# How grave a change of a draft is, and of what readers have.
Weights = tuple[Weight, Weight]

TELL: Final[Weights] = ("tell", "tell")
LOOK: Final[Weights] = ("look", "look")
LOOK_WHEN_PUBLIC: Final[Weights] = ("tell", "look")

_SHOWN = 90  # characters of a text
_LINKS = 5  # of one body that are told one by one


class ComparedField(NamedTuple):
    """A row of a table: a field, and what is told when it changes."""

    name: Annotated[str, "the attribute, with a dot for one of a noun within"]
    words: Annotated[str, "what has happened then, as the end of a sentence"] = ""
    noun: Annotated[str, "instead: what the field is called; the sentence says that it is another, new or gone"] = ""
    is_body: Annotated[bool, "instead: it is HTML, whose words and links are compared"] = False
    kind: ChangeKind = "other"
    weights: Weights = TELL
    rule: Annotated[str, "the check that promises it to readers"] = ""
    warning: Annotated[str, "what follows from a change for readers who have it"] = ""
    empty: Annotated[str, "how nothing is shown"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What readers were promised of a noun."""

    is_public: Annotated[bool, "they have it"]
    excused: Annotated[frozenset[str], "rules that were switched off before, or that a new correction answers"]

    def weigh(self, weights: Weights, rule: str = "") -> Weight:
        """Return how grave a change is: ``stop`` when readers have what the rule promised them."""
        return "stop" if self.is_public and rule and rule not in self.excused else weights[self.is_public]


def compare_fields(table: Iterable[ComparedField], old: object, new: object, promise: Promise) -> Iterator[Change]:
    """Tell each field of the table that is another, in the table's order."""
    for field in table:
        was, now = attrgetter(field.name)(old), attrgetter(field.name)(new)
        if was == now:
            continue
        if field.is_body:
            yield from compare_bodies(was, now)
            continue
        words = field.words + (field.warning if promise.is_public else "")
        if field.noun:
            words = f"has {'another' if was and now else 'a' if now else 'no'} {field.noun}"
            words += "" if was and now else " now" if now else " any more"
        was, now = show_pair(was, now) if field.noun else (show_value(was), show_value(now))
        weight = promise.weigh(field.weights, field.rule)
        yield Change(kind=field.kind, weight=weight, what=words, now=now or field.empty, was=was or field.empty)


def find_changed(old: Mapping[K, V], new: Mapping[K, V]) -> Iterator[tuple[K, V | None, V | None]]:
    """Find each key whose value is another, with what it was and what it is; None where there is none."""
    for key in {**old, **new}:
        if old.get(key) != new.get(key):
            yield key, old.get(key), new.get(key)


def describe_fate(was: object, now: object, changed: str = "has changed") -> str:
    """Say what became of one of the things that ``find_changed`` finds."""
    return "is new" if was is None else "is gone" if now is None else changed


def compare_bodies(was: str, now: str) -> Iterator[Change]:
    """Tell a change of HTML: how many words, where it begins to differ, and which of its links."""
    before, after = html.to_plain_text(was), html.to_plain_text(now)
    lost, gained = Counter(before.split()), Counter(after.split())
    out, into = (lost - gained).total(), (gained - lost).total()
    links_before, links_after = _list_addresses(was), _list_addresses(now)
    if after.strip() and not before.strip():
        yield Change(what=f"has a text now, of {count_things(into, 'word')}")
    elif before.strip() and not after.strip():
        yield Change(what=f"has no text any more; it had {count_things(out, 'word')}")
    elif before != after:
        numbers = f"{count_things(into, 'word')} in, {out:,} out" if into or out else "the same words in another order"
        first, then = show_pair(before, after)
        yield Change(what=f"has another text, {numbers}; the first place", now=then, was=first)
    elif links_before == links_after:
        yield Change(what="has the same words in other markup")
    yield from _compare_links(links_before, links_after)


def _list_addresses(content: str) -> tuple[str, ...]:
    """List where the links of a body lead, in order."""
    return tuple(address for paragraph in html.split_paragraphs(content) for address in paragraph.addresses)


def _compare_links(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """Tell a change of the links in a body; those in the same place together."""
    lost = list((Counter(before) - Counter(after)).elements())
    gained = list((Counter(after) - Counter(before)).elements())
    if len(lost) == len(gained):
        for was, now in list(zip(lost, gained, strict=True))[:_LINKS]:
            what = "has a link in its text that leads elsewhere"
            yield Change(weight="look", kind="link", what=what, now=now, was=was)
    else:
        for was in lost[:_LINKS]:
            yield Change(weight="look", kind="link", what="has lost a link in its text", was=was)
        for now in gained[:_LINKS]:
            yield Change(kind="link", what="has a new link in its text", now=now)
    if (more := max(len(lost), len(gained)) - _LINKS) > 0:
        yield Change(kind="link", what=f"has {more} more links in its text that changed")


def show_value(value: object) -> str:
    """Show a value in a sentence; nothing for one that is empty."""
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case tuple():
            return list_names([show_value(one) for one in value])
        case Image():
            size = f", {value.width} × {value.height}" if value.width and value.height else ""
            return f"{value.url} (“{value.alt or 'no words'}”{size})"
        case Enclosure() | Source():
            return value.url
        case Author():
            return value.name
        case Terms():
            said = (value.line, value.counter, "no changes" if value.no_derivatives else "", value.digest)
            return " · ".join(filter(None, said))
        case Correction():
            return f"“{value.text}”"
    return str(value)


def show_pair(was: object, now: object) -> tuple[str, str]:
    """Show two values; of texts, in quotation marks, where they begin to differ."""
    if not isinstance(was, str) or not isinstance(now, str):
        return show_value(was), show_value(now)
    first, then = cut_alike(was or now, now or was)
    return was and f"“{first}”", now and f"“{then}”"


def list_names(names: Sequence[str]) -> str:
    """Join names as a sentence has them: “a, b and c”."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def count_things(n: int, what: str) -> str:
    """Count something in words: “1 word”, “2 words”."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def cut_alike(was: str, now: str, most: int = _SHOWN) -> tuple[str, str]:
    """Put both texts on one line, cut to about ``most`` characters where they begin to differ."""
    was, now = " ".join(was.split()), " ".join(now.split())
    place = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(was, now, strict=False)))
    begin = max(was.rfind(end, 0, place) + 2 if end in was[:place] else 0 for end in (". ", "! ", "? "))
    if begin < place - most // 2:
        begin = place - most // 2
        begin = was.find(" ", begin, place) + 1 or begin
    if was == now or max(len(was), len(now)) <= most:
        begin = 0
    return _cut_text(was, begin, most), _cut_text(now, begin, most)


def _cut_text(text: str, begin: int, most: int) -> str:
    """Cut so much of a text, in whole words where it has any, with a sign where something is left out."""
    part, rest = text[begin : begin + most], text[begin + most :]
    if rest and " " in part:
        part = part.rpartition(" ")[0]
    return f"{'…' if begin else ''}{part.strip()}{'…' if rest else ''}"
