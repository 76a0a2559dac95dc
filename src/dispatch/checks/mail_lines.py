"""The lines of a mail, split into its articles, whatever their layout."""

from collections.abc import Container, Sequence
from typing import Annotated, NamedTuple

from dispatch.checks.text_lines import Line


class MailParts(NamedTuple):
    """Which lines of a mail are which article's."""

    rank: Annotated[int, "of the headlines among the headings"]
    parts: Annotated[tuple[tuple[int, int] | None, ...], "for each article its first line and the one behind its last"]
    strangers: Annotated[tuple[str, ...], "headlines of what the issue does not hold"]


def split_mail(lines: Sequence[Line], articles: Sequence[tuple[str, str]], intros: Container[str]) -> MailParts:
    """Split a mail: an article goes from its headline to the next one's, to a heading above it, or to the foot.

    articles: their titles and addresses, in order. intros: the lines of the editor's own words before
    sections without a name.
    """
    titles = [title for title, _ in articles]
    rank = _find_rank(lines, titles)
    heads = [i for i, line in enumerate(lines) if line.heading == rank]
    places: list[int | None] = list(heads) if len(heads) == len(titles) else []
    for title in titles[len(places) :]:  # Something else is a heading too, or one is gone: then the words decide.
        after = max((place for place in places if place is not None), default=-1)
        places.append(next((i for i in heads if i > after and lines[i].text == title), None))
    found = [place for place in places if place is not None]
    ends = {i for i, line in enumerate(lines) if 0 < line.heading < rank or line.anchor == "foot"} | {len(lines)}
    ends |= {i for i, line in enumerate(lines) if line.text and line.text in intros and i not in found}
    begins = [n if n is None else _find_begin(lines, n, url) for n, (_, url) in zip(places, articles, strict=True)]
    ends |= {begin for begin in begins if begin is not None}
    others = [(i, lines[i].text) for i in heads if i not in found and lines[i].links]
    last = max(found, default=-1)
    return MailParts(
        rank=rank,
        parts=tuple(None if n is None else (n, min(end for end in ends if end > n)) for n in begins),
        # The introduction may have headings, too; an article is one that is called like one, or stands behind them.
        strangers=tuple(text for i, text in others if text in titles or (i > last and text not in intros)),
    )


def _find_rank(lines: Sequence[Line], titles: Sequence[str]) -> int:
    """Find of which rank the headlines are: of that of which most headings are called so."""
    ranks = [line.heading for line in lines if line.heading]
    named = [line.heading for line in lines if line.heading > 1 and line.text in titles]
    return max((3, 2, 4), key=(named or ranks).count)


def _find_begin(lines: Sequence[Line], head: int, url: str) -> int:
    """Find where an article begins: above its headline may stand its picture, a link, with a caption between them."""
    if head > 1 and [(url, "")] == [(link.url, link.text) for link in lines[head - 2].links]:
        return head - 2
    line = lines[head - 1] if head else None
    return head - 1 if line and not line.text and [link.text for link in line.links] == [""] else head
