"""The block about the authors that closes many a pasted article.

    Author

      • Jerry Jackson

        Jerry Jackson reports from ...

        View all posts

It belongs to the authors, not to the body. A block that cannot be understood stays in the body: nothing is lost.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from dispatch.model import Author

_TITLE = re.compile(r"(?:about )?(?:the )?authors?(?:\(s\))?:?", re.IGNORECASE)
_BULLET = re.compile(r"[•·‣◦*–-]\s+")
_ALL_POSTS = re.compile(
    r"(?:view|see|read|show)? ?(?:all|more|other)(?: (?:the|of|their|his|her))? (?:posts|articles|stories)\b"
    r"[^<(\[:]{0,80}[:\s]*(?:[<(\[]?(?P<url>https?://[^\s<>]{1,2000}?)[>)\]]?)?",
    re.IGNORECASE,
)
_NAME_AT_MOST = 100

Block = list[str]


def split(blocks: Sequence[Block]) -> tuple[list[Block], list[Author]]:
    """The blocks without the closing one about the authors, and the authors that it names with their biographies."""
    for index in range(len(blocks) - 1, 0, -1):
        if _TITLE.fullmatch(blocks[index][0]):
            authors, rest = _authors([*blocks[index][1:], *(line for block in blocks[index + 1 :] for line in block)])
            return ([*blocks[:index], *rest], authors) if authors else (list(blocks), [])
    return list(blocks), []


def _authors(lines: Sequence[str]) -> tuple[list[Author], list[Block]]:
    """Authors from the lines of the block, and the paragraphs that stand after them."""
    authors: list[Author] = []
    rest: list[Block] = []
    bulleted = bool(lines) and bool(_BULLET.match(lines[0]))
    finished = True
    for line in lines:
        text = _BULLET.sub("", line, count=1)
        if (posts := _ALL_POSTS.fullmatch(text)) and authors:
            authors[-1] = replace(authors[-1], url=posts["url"] or "")
            finished = True
        elif _starts(line, text, bulleted=bulleted, finished=finished and not rest):
            authors.append(Author(name=text))
            finished = False
        elif finished:
            rest.append([line])
        elif text != authors[-1].name:
            authors[-1] = replace(authors[-1], bio=f"{authors[-1].bio} {text}".strip())
    return (authors, rest)


def _starts(line: str, text: str, *, bulleted: bool, finished: bool) -> bool:
    """Whether a line names the next author: behind a bullet, or, where there are none, after the one before is done."""
    named = bool(_BULLET.match(line)) if bulleted else finished
    return named and len(text) <= _NAME_AT_MOST and (bulleted or not text.endswith((".", "!", "?")))
