"""Read plain text, as articles arrive by mail and paste.

It has a title on the first line; perhaps ``By NAME`` lines and a dek; paragraphs, hard-wrapped or one to a line, with
headings between them; perhaps a line that says where to read more; perhaps a block about the authors. Punctuation stays
as typed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from dispatch import links
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Document, Fault, Place, Source
from dispatch.readers import charset, markdown, people

MEDIA_TYPES = frozenset({"text/plain"})

_STOPS = (".", "…", ",", ";", ":", "。", "．", "，", "：", "；", "।", "،", "؛")
_CLOSING = "\"'”’»›)]』」"
_SPEECH = ("“", '"', "„", "«", "»", "‘", "—", "–", "-", "•", "*", "·", "「", "『")
_SOURCE = re.compile(
    r"For (?:more|the latest|further|additional|other|all)\b.{0,300}?,? (?:please )?visit "
    r"(?P<source>https?://\S{1,2000}?|[^!?]{1,100}?)[.!]?"
)
_WRAPPED_AT = 100
# The block about the authors that closes many a pasted article.
_AUTHOR_HEADING = re.compile(r"(?:about )?(?:the )?authors?(?:\(s\))?:?", re.IGNORECASE)
_BULLET = re.compile(r"[•·‣◦*–-]\s+")
_ALL_POSTS = re.compile(
    r"(?:view|see|read|show)? ?(?:all|more|other)(?: (?:the|of|their|his|her))? (?:posts|articles|stories)\b"
    r"[^<(\[:]{0,80}[:\s]*(?:[<(\[]?(?P<url>https?://[^\s<>]{1,2000}?)[>)\]]?)?",
    re.IGNORECASE,
)
_LONGEST_NAME = 100

Block = list[str]


def accepts(document: Document) -> bool:
    """Whether this is text at all: the last reader to be asked."""
    if document.media_type and not document.media_type.startswith("text/"):
        return False
    return b"\0" not in document.body or document.body.startswith((b"\xff\xfe", b"\xfe\xff"))


def read(document: Document, _faults: list[Fault] | None = None) -> list[Article]:
    """Read the one article of a text; none when it is empty. Raises GatherError beyond the bounds of Markdown."""
    blocks = list(_split_blocks(charset.decode_document(document)))
    if not blocks:
        return []
    body, boxed = _split_author_block(blocks)
    title, body = _take_title(body)
    named, body = _take_bylines(body)
    dek, body = _take_dek(body)
    authors = people.merge_authors([*named, *boxed], ())
    written = "\n\n".join(_format_blocks(body))
    try:
        content = markdown.to_html(written)
    except GatherError as error:  # the lines of what was written here are not those of the text
        raise GatherError(*(replace(fault, place=Place()) for fault in error.faults)) from error
    return [
        Article(
            title=title,
            dek=dek,
            markdown=written,
            content=content,
            authors=authors,
            certainty="certain" if boxed else "likely" if authors else "unknown",
            source=_parse_visit_line(body),
        )
    ]


def _split_blocks(text: str) -> Iterator[Block]:
    """Split a text into paragraphs, each a list of lines. A line longer than anybody wraps is one of its own."""
    for chunk in re.split(r"\n(?:[^\S\n]*\n)+", text):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        if max(map(len, lines), default=0) > _WRAPPED_AT:
            yield from ([line] for line in lines)
        elif lines:
            yield lines


def _take_title(blocks: list[Block]) -> tuple[str, list[Block]]:
    if not blocks or len(blocks[0][0]) > 250:
        return "", blocks
    (title, *rest), *others = blocks
    return title, ([rest] if rest else []) + others


def _take_bylines(blocks: list[Block]) -> tuple[list[Author], list[Block]]:
    """Take the ``By NAME`` lines off the start. A name is never taken apart."""
    authors: list[Author] = []
    while blocks and (match := markdown.BYLINE.fullmatch(blocks[0][0])):
        authors.append(Author(name=match["name"].strip()))
        rest = blocks[0][1:]
        blocks = ([rest] if rest else []) + blocks[1:]
    return authors, blocks


def _take_dek(blocks: list[Block]) -> tuple[str, list[Block]]:
    first = " ".join(blocks[0]) if blocks else ""
    if len(blocks) < 2 or len(first) > 300 or _is_sentence(first) or first.startswith(_SPEECH):
        return "", blocks
    return first, blocks[1:]


def _format_blocks(blocks: list[Block]) -> Iterator[str]:
    for block, following in zip_longest(blocks, blocks[1:]):
        heading = following is not None and _is_heading(block) and not _is_heading(following)
        escaped = markdown.escape_markdown("\n".join(block))
        yield "## " + escaped if heading else escaped


def _is_heading(block: Block) -> bool:
    line = block[0]
    short = len(block) == 1 and len(line) <= 100 and len(line.split()) <= 14
    return short and not _is_sentence(line) and not line.startswith(_SPEECH) and bool(re.search(r"[^\W_]", line))


def _is_sentence(line: str) -> bool:
    return line.rstrip(_CLOSING).endswith(_STOPS)


def _parse_visit_line(blocks: list[Block]) -> Source:
    """Parse the source from a last paragraph such as ``For more ..., visit NAME``."""
    match = _SOURCE.fullmatch(" ".join(blocks[-1])) if blocks else None
    if not match:
        return Source()
    name = re.sub(r"^(?:us at|our (?:web)?site at) ", "", match["source"]).strip()
    return Source(title=links.parse_host(name), url=name) if links.is_web_address(name) else Source(title=name)


def _split_author_block(blocks: Sequence[Block]) -> tuple[list[Block], list[Author]]:
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
