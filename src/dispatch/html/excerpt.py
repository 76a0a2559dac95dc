"""Cut the beginning of an article, in whole sentences. The one user of sentencex."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape

from dispatch.html.tokens import ATTRIBUTES, BLOCKS, VOID, Token, count_words, split_tokens

_NOT_PROSE = frozenset({"figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "pre", "table"})
# These end an excerpt: if it went on after them, something would seem to be missing.
_TURNS = frozenset({"dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "pre", "table", "ul"})
# Finding sentences takes more than linear time in a long run of quotation marks.
MOST_READ = 10_000
_EMPTY = re.compile(rf"<([a-z][a-z0-9]*){ATTRIBUTES}>\s*</\1>")


@lru_cache(maxsize=128)
def cut_excerpt(content: str, words: int, language: str) -> str:
    """Cut the beginning of the content: whole sentences up to about ``words`` words, as content.

    An excerpt is prose: it ends before the first heading, list, table or code after some text, and leaves pictures out;
    links and emphasis stay. The first sentence is always there, whole. ``language`` (BCP 47) decides where sentences
    end.
    """
    kept: list[str] = []
    opened: list[str] = []
    left = words
    for run in _split_runs(content):
        plain = "".join(token.text for token in run)
        room = _measure_sentences(plain, left, language, must=left == words)
        cut = room < len(plain)
        for token in run:
            if token.tag:
                kept.append(_track_open_tags(token, opened))
                continue
            kept.append(escape(token.text[:room], quote=False))
            room -= len(token.text)
            if cut and room <= 0:
                break
        left -= count_words(plain)
        if cut or left <= 0:
            break
    return _drop_empty_elements("".join(kept).rstrip() + "".join(f"</{tag}>" for tag in reversed(opened)))


def _split_runs(content: str) -> Iterator[list[Token]]:
    """Split the prose before the first turn into runs: each block tag alone, and all tokens between two of them."""
    run: list[Token] = []
    skipped, depth = "", 0
    said = False
    for token in split_tokens(content):
        if skipped:
            depth += (-1 if token.end else 1) if token.tag == skipped else 0
            skipped = skipped if depth else ""
        elif said and token.tag in _TURNS:
            break
        elif token.tag in _NOT_PROSE:
            if token.tag not in VOID:
                skipped, depth = token.tag, 1
        elif token.tag in BLOCKS:
            yield from ([run] if run else [])
            yield [token]
            run = []
        else:
            run.append(token)
            said = said or bool(token.text.strip())
    yield from ([run] if run else [])


def _track_open_tags(token: Token, opened: list[str]) -> str:
    """Keep the list of open elements up to date, and return the tag as it is."""
    if token.end:
        opened.pop()
    elif token.tag not in VOID:
        opened.append(token.tag)
    return token.source


def _measure_sentences(plain: str, words: int, language: str, *, must: bool) -> int:
    """Count the characters of whole sentences of about this many words in all; with ``must`` at least one sentence."""
    import sentencex

    taken = size = 0
    for sentence in sentencex.segment(language, plain[:MOST_READ]):
        count = count_words(sentence)
        if size + count / 2 > words and (taken or not must):
            break
        taken += len(sentence)
        size += count
    return taken


def _drop_empty_elements(content: str) -> str:
    """Drop elements that hold nothing."""
    while (shorter := _EMPTY.sub("", content)) != content:
        content = shorter
    return content
