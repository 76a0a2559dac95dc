"""Cut the beginning of an article, in whole sentences, or make a title of it. The one user of sentencex."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from itertools import chain, islice
from unicodedata import category

from dispatch.html.tokens import ATTRIBUTES, BLOCKS, VOID, Token, count_words, read_attributes, split_tokens
from dispatch.text import fold_text

_NOT_PROSE = frozenset({"figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "pre", "table"})
# These end an excerpt: if it went on after them, something would seem to be missing.
_TURNS = frozenset({"dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "pre", "table", "ul"})
# What stands before the first sentence, a breadcrumb, a day or a credit, is short, and ends in nothing or begins so.
_SIGNS_OF_AN_END = (".", "!", "?", "…", "。", "！", "？", "।", "॥", "؟", "۔", "։")
_CLOSING = "\"'”“’‘»«›)]』」*0123456789 \xa0"
_BESIDE = re.compile(
    r"\W*(?:photo|foto|image|imagen|bild|picture|illustration|credit|source|quelle|listen|hören|écouter|escuch|audio|"
    r"advertis(?:ement|ing)\b|anzeige|updated|published|posted)",
    re.IGNORECASE,
)
# The like of it between sentences.
_FURNITURE = re.compile(
    r"advertis(?:ement|ing)|anzeige|publicité|publicidad|(?:updated|published|posted)(?: on|:)\s.{0,20}\d.{0,30}",
    re.IGNORECASE,
)
_SHORT = 15  # words
_LONG = 25  # words are prose even without an end
MOST_OVER = 60  # by so many words may a first sentence exceed what is asked for
_WIDTH = 8  # characters of a word, where no spaces part them
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
def cut_excerpt(content: str, words: int, language: str, dek: str = "") -> str:
    """Cut the beginning of the content: whole sentences up to about ``words`` words, as content.

    An excerpt is prose: it begins with the first sentence, not with a breadcrumb, a day, a list, a credit or the dek
    again; it ends before the first heading, list, table or code after some text, and leaves pictures out; links and
    emphasis stay. The first sentence is always there; one that does not end is cut at a word, with an ellipsis.
    ``language`` (BCP 47) decides where sentences end.
    """
    kept: list[str] = []
    opened: list[str] = []
    left = words
    for run in _find_text(_split_runs(content, fold_text(dek))) or _split_runs(content):
        plain = "".join(token.text for token in run)
        room = _measure_sentences(plain, left, language, must=left == words)
        is_endless = left == words and _count_space(plain[:room]) > words + MOST_OVER
        room = _measure_words(plain, words) if is_endless else room
        cut = room < len(plain)
        for token in run:
            if token.tag:
                kept.append(_track_open_tags(token, opened))
                continue
            kept.append(escape(token.text[:room], quote=False))
            room -= len(token.text)
            if cut and room <= 0:
                kept += ["…"] if is_endless else []
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
            other = other or (read_attributes(token.source).get("alt", "") if token.tag == "img" else "")
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


def _split_runs(content: str, dek: str | None = None) -> Iterator[list[Token]]:
    """Split the prose before the first turn into runs: each block tag alone, and all tokens between two of them.

    dek: folded; with one, even an empty one, whatever stands before the first sentence is left out.
    """
    run: list[Token] = []
    skipped, depth = "", 0
    said = False
    for token in (*split_tokens(content), Token("", "p")):
        if skipped:
            depth += (-1 if token.end else 1) if token.tag == skipped else 0
            skipped = skipped if depth else ""
            continue
        is_turn = token.tag in _TURNS and not token.end
        is_left_out = token.tag in _NOT_PROSE or (is_turn and dek is not None and not said)
        if token.tag in BLOCKS:
            if plain := "".join(one.text for one in run).strip():
                said = said or dek is None or _is_sentence(plain, dek)
            is_shown = said and not (dek is not None and _FURNITURE.fullmatch(plain))
            yield run if is_shown or not plain else [one for one in run if one.tag and one.tag not in VOID]
            run = []
            if said and is_turn:
                return
        if is_left_out and token.tag not in VOID:
            skipped, depth = token.tag, 1
        elif token.tag in BLOCKS and token.source:
            yield [token]
        elif not is_left_out:
            run.append(token)


def _find_text(runs: Iterator[list[Token]]) -> Iterable[list[Token]]:
    """Return the runs when one of them has text, else none; what follows the first such run is not read for this."""
    begun: list[list[Token]] = []
    for run in runs:
        begun.append(run)
        if any(token.text.strip() for token in run):
            return chain(begun, runs)
    return ()


def _is_sentence(plain: str, dek: str) -> bool:
    """Whether a run of text is one that an article may begin with."""
    if fold_text(plain) == dek or (count_words(plain) < _SHORT and _BESIDE.match(plain)):
        return False
    return _count_space(plain) >= _LONG or plain.rstrip(_CLOSING).endswith(_SIGNS_OF_AN_END)


def _count_space(plain: str) -> int:
    """Count the words, or, of a text without spaces, how many would take its room."""
    return max(count_words(plain), len(" ".join(plain.split())) // (2 * _WIDTH))


def _measure_words(plain: str, words: int) -> int:
    """Count the characters of so many words, or of their room where no spaces part them."""
    ends = [match.end() for match in islice(re.finditer(r"\S+", plain), words)]
    return min(ends[-1], words * 2 * _WIDTH) if ends else 0


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
        if token.tag == "a" and read_attributes(token.source).get("href", own) != own:
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
