"""What of a text is another, in few words."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile

from dispatch import html
from dispatch.review.changes import Change

_SHOWN = 90
_LINKS = 5


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def counted(n: int, what: str) -> str:
    """So many of something."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def field(name: str, was: str, now: str) -> Iterator[Change]:
    """A change of a line that is shown: a headline, a note."""
    if now and was and now != was:
        was, now = around(was, now)
        yield Change(what=f"has another {name}", now=f"“{now}”", was=f"“{was}”")
    elif now and not was:
        yield Change(what=f"has a {name} now", now=f"“{around(now, now)[1]}”")
    elif was and not now:
        yield Change(what=f"has no {name} any more", was=f"“{around(was, was)[0]}”")


def prose(was: str, now: str) -> Iterator[Change]:
    """A change of a body, as HTML: how many words, where it begins, and which of its links."""
    if was == now:
        return
    before, after = html.text(was), html.text(now)
    lost, gained = Counter(before.split()), Counter(after.split())
    out, into = (lost - gained).total(), (gained - lost).total()
    if not before.strip():
        yield Change(what=f"has a text now, of {counted(into, 'word')}")
    elif not after.strip():
        yield Change(what=f"has no text any more; it had {counted(out, 'word')}")
    elif before != after:
        numbers = f"{counted(into, 'word')} in, {out:,} out" if into or out else "the same words in another order"
        first, then = around(before, after)
        yield Change(what=f"has another text, {numbers}; the first place", now=f"“{then}”", was=f"“{first}”")
    elif addresses(was) == addresses(now):
        yield Change(what="has the same words in other markup")


def addresses(content: str) -> tuple[str, ...]:
    """Where the links of a body lead, in order."""
    return tuple(address for paragraph in html.paragraphs(content) for address in paragraph.addresses)


def led(was: str, now: str) -> Iterator[Change]:
    """A change of the links in a body: those in the same place are told together."""
    before, after = addresses(was), addresses(now)
    lost = list((Counter(before) - Counter(after)).elements())
    gained = list((Counter(after) - Counter(before)).elements())
    if len(lost) == len(gained):
        for old, new in list(zip(lost, gained, strict=True))[:_LINKS]:
            yield Change(
                weight="look", kind="link", what="has a link in its text that leads elsewhere", now=new, was=old
            )
    else:
        for old in lost[:_LINKS]:
            yield Change(weight="look", kind="link", what="has lost a link in its text", was=old)
        for new in gained[:_LINKS]:
            yield Change(kind="link", what="has a new link in its text", now=new)
    if (more := max(len(lost), len(gained)) - _LINKS) > 0:
        yield Change(kind="link", what=f"has {more} more links in its text that changed")


def around(was: str, now: str, most: int = _SHOWN) -> tuple[str, str]:
    """Both texts on one line, cut to about ``most`` characters where they begin to differ."""
    was, now = " ".join(was.split()), " ".join(now.split())
    place = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(was, now, strict=False)))
    begin = max(was.rfind(end, 0, place) + 2 if end in was[:place] else 0 for end in (". ", "! ", "? "))
    if begin < place - most // 2:
        begin = place - most // 2
        begin = was.find(" ", begin, place) + 1 or begin
    if was == now or max(len(was), len(now)) <= most:
        begin = 0
    return _cut(was, begin, most), _cut(now, begin, most)


def _cut(text: str, begin: int, most: int) -> str:
    """So much of a text from there on, in whole words where it has any, with a sign where something is left out."""
    part, rest = text[begin : begin + most], text[begin + most :]
    if rest and " " in part:
        part = part.rpartition(" ")[0]
    return f"{'…' if begin else ''}{part.strip()}{'…' if rest else ''}"
