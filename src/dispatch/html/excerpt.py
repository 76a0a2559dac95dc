"""Cut the beginning of an article, in whole sentences, or make a title of it. The one user of sentencex."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape, unescape
from itertools import chain
from unicodedata import category

from dispatch.html.tokens import ATTRIBUTES, BLOCKS, VOID, Token, count_words, split_tokens
from dispatch.text import fold_text

_NOT_PROSE = frozenset({"figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "pre", "table"})
# These end an excerpt: if it went on after them, something would seem to be missing.
_TURNS = frozenset({"dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "pre", "table", "ul"})
# Finding sentences takes more than linear time in a long run of quotation marks.
MOST_READ = 10_000
# A title that is made of first words, in characters. So few before a link would be none.
MOST_TITLE = 100
_LEAST_TITLE = 12
_STOPS = (".", "!", "?", "…", ":", "。", "！", "？", "।", "؟", "۔")
# Whose words are another's, or only go with a picture.
_ASIDE = frozenset({"blockquote", "figure", "pre", "table"})
_ADDRESS = re.compile(r"https?://\S*|\bwww\.\S+")
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


def take_title(content: str, given: str = "", *, language: str = "", own: str = "") -> tuple[str, str]:
    """Make a title of the first words of a content that has none; return it, and the content that follows them.

    It is the first line or its first sentence, else what fits of that, with an ellipsis on both sides of the cut. It
    ends before a link or an address, unless that is ``own``, the article's. What begins with a link or has only
    quotations or pictures stays whole, and its words, or the picture's, are the title all the same. It is empty where
    there are no words.

    given: the title that the feed gives. It stays, unless it is an address, or only the beginning of the first words.
    """
    asides = start = end = 0
    line: list[Token] = []
    other = ""
    for token in chain(split_tokens(content), (Token("", "p"),)):
        if token.tag in BLOCKS or token.tag == "br":
            plain = _join_text(line)
            if _has_words(plain) and not asides:
                break
            other = other or (plain if _has_words(plain) else "")
            asides += (-1 if token.end else 1) if token.tag in _ASIDE else 0
            line, start = [], end + len(token.source)
        else:
            line.append(token)
            alt = re.search(r' alt="([^"]+)"', token.source) if token.tag == "img" else None
            other = other or (unescape(alt[1]) if alt else "")
        end += len(token.source)
    plain = _join_text(line)
    if _has_words(given) and not _is_beginning(given, plain):
        return given, content
    free = _ADDRESS.split(_join_text(_stop_at_link(line, own)), maxsplit=1)[0]
    is_linked = free != plain or any(token.tag == "a" for token in line)
    if not _has_words(free) or (is_linked and len(free.strip()) < _LEAST_TITLE):
        return _fit_title(_ADDRESS.sub("", plain if _has_words(plain) else other), language) or given, content
    title = _fit_title(free, language, is_all=free == plain)
    if _has_words(given) and not given.endswith(("…", "...")) and fold_text(given) != fold_text(title):
        return given, content
    left = _drop_empty_elements(_cut_words(line, title)).strip()
    end += len(token.source) if token.tag == "br" and not left else 0
    return title, _drop_empty_elements(f"{content[:start]}{left}{content[end:]}").strip()


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


def _join_text(tokens: Iterable[Token]) -> str:
    return "".join(token.text for token in tokens)


def _has_words(text: str) -> bool:
    """Whether there is a letter, a figure or an emoji in a text, beside addresses."""
    return any(sign.isalnum() or category(sign) == "So" for sign in _ADDRESS.sub("", text))


def _is_beginning(title: str, plain: str) -> bool:
    """Whether a text begins with a title, which may be cut off."""
    return fold_text(plain).startswith(fold_text(title.removesuffix("…").removesuffix("...")))


def _stop_at_link(line: Iterable[Token], own: str) -> Iterator[Token]:
    """Yield the tokens before the first link that does not lead to ``own``."""
    for token in line:
        address = re.search(r' href="([^"]*)"', token.source) if token.tag == "a" else None
        if address and unescape(address[1]) != own:
            return
        yield token


def _fit_title(plain: str, language: str, *, is_all: bool = True) -> str:
    """Shorten a line to a title: to its first sentence, else at a word, with an ellipsis where it goes on."""
    line = " ".join(plain.split())
    if len(line) > MOST_TITLE:
        import sentencex

        sentence = str(next(iter(sentencex.segment(language or "en", line[:MOST_READ])))).strip()
        if _LEAST_TITLE <= len(sentence) <= MOST_TITLE:
            return sentence
        line, is_all = line[:MOST_TITLE].rpartition(" ")[0] or line[:MOST_TITLE], False
    return line if is_all or line.endswith(_STOPS) else f"{line.rstrip(' ,;–—-(')}…"


def _cut_words(line: Iterable[Token], title: str) -> str:
    """Cut the words of a title off the line that it is made of."""
    left = len("".join(title.removesuffix("…").split()))
    kept: list[str] = []
    for token in line:
        text = "" if left else token.source
        for place, sign in enumerate(token.text if left else ""):
            left -= not sign.isspace()
            if not left:
                rest = token.text[place + 1 :].lstrip()
                text = ("… " if title.endswith("…") else "") + escape(rest, quote=False)
                break
        kept.append(token.source if token.tag else text)
    return "".join(kept)
