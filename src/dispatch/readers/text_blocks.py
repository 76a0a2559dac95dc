"""Split a plain text into paragraphs, and write them as Markdown: headings, lists, quotations, verse, prose."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from dispatch import commonmark

Block = list[str]

SPEECH = ("“", '"', "„", "«", "»", "‘", "—", "–", "-", "•", "*", "·", "「", "『")
_BULLET = re.compile(r"[•·‣◦▪●*-]\s+")
_STOPS = (".", "…", ",", ";", ":", "。", "．", "，", "：", "；", "।", "،", "؛")
_QUESTIONS = ("?", "？", "؟")
_CLOSING = "\"'”’»›)]』」"
_WRAPPED_AT = 100
_NEVER_WRAPPED_AT = 40
_VERSE = 60  # characters of a line of verse, or of anything else whose lines are meant
_NUMBER = re.compile(r"(\d{1,3})[.)]\s+")
_SEPARATOR = re.compile(r"[*_=~#•·—–\s-]{3,}|[*⁂~#]")
_LABEL = re.compile(r"(?P<label>[^\s:：.,!?][^:：.,!?]{0,40})[:：]\s*\S")
_UNSPACED = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")
_URL = re.compile(r"https?://\S")


def split_blocks(text: str) -> Iterator[Block]:
    """Split a text into paragraphs, each a list of lines. A line longer than anybody wraps is one of its own."""
    for chunk in re.split(r"\n(?:[^\S\n]*\n)+", text):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        if max(map(len, lines), default=0) > _WRAPPED_AT:
            yield from ([line] for line in lines)
        else:
            yield from (list(some) for _, some in groupby(lines, key=lambda line: is_separator([line])))


def format_blocks(blocks: Sequence[Block]) -> Iterator[str]:
    """Format paragraphs as Markdown, in which every character stands as it was typed."""
    width = max((len(line) for block in blocks if len(block) > 1 for line in block), default=0)
    verses = [is_verse(block, width) for block in blocks]
    headings = [] if sum(verses) * 2 > len(blocks) else _find_headings(blocks)
    for number, block in enumerate(blocks):
        if number in headings:
            yield "## " + commonmark.escape_markdown(block[0])
        elif is_separator(block):
            yield "* * *"
        elif all(line.startswith(">") for line in block):
            unquoted = [[line.lstrip("> ") for line in block]]
            yield "\n".join(f"> {line}" for part in format_blocks(unquoted) for line in part.split("\n"))
        elif items := _split_items(block, alone=not _is_item(blocks, number - 1) and not _is_item(blocks, number + 1)):
            yield "\n".join(mark + commonmark.escape_markdown(item) for mark, item in items)
        elif len(block) > 1 and all(map(_LABEL.match, block)):
            yield "\n\n".join(map(commonmark.escape_markdown, block))
        else:
            lines = "\\\n".join(map(commonmark.escape_markdown, block)) if verses[number] else _join_lines(block)
            yield lines


def is_verse(block: Block, width: int) -> bool:
    """Whether the lines of a paragraph are meant: most end long before the width at which the text is wrapped."""
    longest = max(map(len, block))
    if len(block) < 2 or longest > _VERSE:
        return False
    if longest <= _NEVER_WRAPPED_AT:
        return True
    firsts = (re.match("[\u3000-\u9fff\uff00-\uffef]|\\S+", line) for line in block[1:])
    short = sum(len(line) + 1 + len(first[0]) <= width for line, first in zip(block, firsts, strict=False) if first)
    return short * 2 > len(block) - 1


def is_sentence(line: str) -> bool:
    """Whether a line ends as a sentence does, or a part of one; a question may be a heading as well."""
    return line.rstrip(_CLOSING).endswith(_STOPS)


def is_separator(block: Block) -> bool:
    """Whether a paragraph is nothing but a rule or a few stars."""
    return bool(_SEPARATOR.fullmatch(" ".join(block)))


def is_labelled(line: str) -> bool:
    """Whether a line begins with who speaks, or with what it is about, and a colon."""
    return bool(_LABEL.match(line))


def _join_lines(block: Block) -> str:
    return commonmark.escape_markdown(_UNSPACED.sub("", "\n".join(block)))


def _find_headings(blocks: Sequence[Block]) -> list[int]:
    """Find the headings: short lines that are no sentences, each with a text below it; questions only if all can be."""
    places = [number for number, block in enumerate(blocks) if _is_heading(block)]
    questions = [block for block in blocks if len(block) == 1 and _is_question(block[0])]
    others = [number for number in places if not _is_question(blocks[number][0])]
    if len(questions) > 1 and len(others) < len(questions):  # an interview
        places = others
    return [number for number in places if number + 1 < len(blocks) and not _is_heading(blocks[number + 1])]


def _is_heading(block: Block) -> bool:
    line = block[0]
    short = len(block) == 1 and len(line) <= 100 and len(line.split()) <= 14
    plain = short and not is_sentence(line) and not line.startswith((*SPEECH, ">")) and not _URL.search(line)
    return plain and not (_is_question(line) and is_labelled(line)) and bool(re.search(r"[^\W_]", line))


def _is_question(line: str) -> bool:
    return line.rstrip(_CLOSING).endswith(_QUESTIONS)


def _is_item(blocks: Sequence[Block], number: int) -> bool:
    return 0 <= number < len(blocks) and bool(_BULLET.match(blocks[number][0]))


def _split_items(block: Block, *, alone: bool) -> list[tuple[str, str]]:
    """Split a list into its items, each with its mark in Markdown; empty when it is none, or one item alone."""
    numbers = [int(match[1]) for line in block if (match := _NUMBER.match(line))]
    if _NUMBER.match(block[0]) and len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1)):
        mark = _NUMBER
    elif _BULLET.match(block[0]):
        mark = _BULLET
    else:
        return []
    items: list[tuple[str, str]] = []
    for line in block:
        if found := mark.match(line):
            items.append((f"{found[1]}. " if mark is _NUMBER else "- ", line[found.end() :]))
        else:
            items[-1] = (items[-1][0], f"{items[-1][1]} {line}")
    return items if len(items) > 1 or not alone else []
