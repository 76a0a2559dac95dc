"""Take off the block about the authors that closes many a pasted text: “About the author”, a name, a biography."""

import re
from collections.abc import Sequence
from dataclasses import replace

from dispatch.model import Author
from dispatch.readers.text_blocks import Block

_AUTHOR_HEADING = re.compile(r"(?:about )?(?:the )?authors?(?:\(s\))?:?", re.IGNORECASE)
_BULLET = re.compile(r"[•·‣◦*–-]\s+")
_ALL_POSTS = re.compile(
    r"(?:view|see|read|show)? ?(?:all|more|other)(?: (?:the|of|their|his|her))? (?:posts|articles|stories)\b"
    r"[^<(\[:]{0,80}[:\s]*(?:[<(\[]?(?P<url>https?://[^\s<>]{1,2000}?)[>)\]]?)?",
    re.IGNORECASE,
)
_LONGEST_NAME = 100


def split_author_block(blocks: Sequence[Block]) -> tuple[list[Block], list[Author]]:
    """Take off the block about the authors that closes many a pasted article, and return the authors that it names.

    It begins with a line such as “Author” or “About the author”; then come, often behind bullets, a name, a biography
    and “View all posts”. It belongs to the authors, not to the body. A block that cannot be understood stays in the
    body: nothing is lost.
    """
    for index in range(len(blocks) - 1, 0, -1):
        if _AUTHOR_HEADING.fullmatch(blocks[index][0]):
            authors, rest = _read_author_block(
                [*blocks[index][1:], *(line for block in blocks[index + 1 :] for line in block)]
            )
            return ([*blocks[:index], *rest], authors) if authors else (list(blocks), [])
    return list(blocks), []


def _read_author_block(lines: Sequence[str]) -> tuple[list[Author], list[Block]]:
    """Read the authors from the lines of the block, and return them and the paragraphs after them."""
    authors: list[Author] = []
    rest: list[Block] = []
    bulleted = bool(lines) and bool(_BULLET.match(lines[0]))
    finished = True
    for line in lines:
        text = _BULLET.sub("", line, count=1)
        if (posts := _ALL_POSTS.fullmatch(text)) and authors:
            authors[-1] = replace(authors[-1], url=posts["url"] or "")
            finished = True
        elif _starts_author(line, text, bulleted=bulleted, finished=finished and not rest):
            authors.append(Author(name=text))
            finished = False
        elif finished:
            rest.append([line])
        elif text != authors[-1].name:
            authors[-1] = replace(authors[-1], bio=f"{authors[-1].bio} {text}".strip())
    return (authors, rest)


def _starts_author(line: str, text: str, *, bulleted: bool, finished: bool) -> bool:
    """Whether a line names the next author: after a bullet, or, where there are none, after the previous one's text."""
    named = bool(_BULLET.match(line)) if bulleted else finished
    return named and len(text) <= _LONGEST_NAME and (bulleted or not text.endswith((".", "!", "?")))
