"""Read the lines with which a body begins, where title, dek, byline and day stand in the text itself."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Final

from dispatch.model import Article, Source
from dispatch.readers import bylines, credit_lines, mail_frame, people
from dispatch.readers.html_blocks import Block
from dispatch.text import fold_text

MOST_LINES: Final = 12
_LONGEST_DEK: Final = 300
_LONGEST_HEAD: Final = 160
_TITLE = re.compile(r"(?:^|[\s_-])(?:mso)?(?:post-|page-|article-|entry-|graf--)?title$|^headline$", re.IGNORECASE)
_DEK = re.compile(r"(?:^|[\s_-])(?:mso)?(?:sub-?title|sub-?head(?:line|ing)?|dek|standfirst|excerpt)\b", re.IGNORECASE)
_EMPHASISED = re.compile(r"<p[^<>]*>\s*<(em|i|strong|b)\b[^<>]*>(?:(?!</\1>).)*+</\1>\s*</p>", re.DOTALL)
_PROFILE = re.compile(
    r"/@[\w.-]+/?$|/(?:author|authors|autor|auteur|people|profile|staff|contributors?)/", re.IGNORECASE
)
_PARTS = re.compile(" [|·•∙] ")
_ALT = re.compile(r"<img\b[^<>]*?\salt=\"([^\"<>]*)\"")
_STOPS: Final = tuple(".…!?:;。！？।")
# What mail services and sites write between a headline and a text, how long reading takes among it.
_FURNITURE = re.compile(
    r"(?:[·•|—–-]\s*)?(?:read (?:in|on) (?:the )?app|(?:\d{1,3}|a few|one) min(?:ute)?s?\.?(?: read)?"
    r"|\d{1,3} min\.? (?:lesezeit|de lecture|de lectura|di lettura|leestijd|lästid)|lesezeit:? .{1,20}"
    r"|listen(?: now| to (?:this|the) \w{1,20})?|share|likes?|comments?|restack|subscribe(?: now)?|sign up|paid|preview"
    r"|forwarded this email\?.{0,80}|∙|♡.{0,5}|❤️?.{0,5}|\d{1,6})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLine:
    """One of the first lines of a body."""

    text: Annotated[str, "its plain text, on one line"]
    is_dek: Annotated[bool, "whether its markup says that it is one"] = False
    is_set_off: Annotated[bool, "whether it is emphasised from beginning to end"] = False
    links: Annotated[Mapping[str, str], "its addresses by their words"] = field(default_factory=dict)


def read_opening_line(
    article: Article, line: OpeningLine, following: Sequence[str] = (), senders: Collection[str] = ()
) -> Article | None:
    """Complete an article with what one of its first lines says; None where the line begins its text.

    following: the two lines after it. What stands between the title and a byline is a dek.
    senders: the names of who sent it; a line that says one is a byline.
    """
    if not line.text:
        return None
    parts = [part for part in _PARTS.split(line.text) if part and not is_furniture(part) and not _is_way_to_web(part)]
    text = " — ".join(parts)
    if not text or fold_text(text) == fold_text(article.title):
        return article
    days = [day for part in parts[1:] if (day := credit_lines.parse_day_line(part, article.published))]
    if said := credit_lines.parse_credits(text):
        return _add_addresses(_add_day(credit_lines.credit_people(article, said), days), line)
    names, rest = bylines.split_names(parts[0])
    is_profile = any(words in names and _PROFILE.search(url) for words, url in line.links.items())
    if fold_text(text) in senders or (names and not rest and (is_profile or days or _is_day(following))):
        return _add_addresses(_add_day(credit_lines.add_authors(article, names or (text,)), days), line)
    if days or (days := [day for day in [credit_lines.parse_day_line(text, article.published)] if day]):
        return _add_day(article, days)
    if house := credit_lines.find_house(text, is_titled=bool(article.title)):
        return replace(article, source=article.source if article.source.title else Source(title=house))
    if fold_text(line.text) in {fold_text(article.dek), fold_text(article.summary)}:
        return replace(article, dek=line.text)
    is_short = len(line.text) <= _LONGEST_DEK and not article.dek and (line.is_dek or not article.authors)
    is_sentence = line.text.rstrip("\"'”’»)").endswith(_STOPS)
    names_follow = bool(following) and bool(
        credit_lines.parse_credits(following[0]) or (bylines.is_name_like(following[0]) and _is_day(following[1:]))
    )
    if is_short and (line.is_dek or (line.is_set_off and not is_sentence) or names_follow):
        return replace(article, dek=line.text)
    return None


def is_furniture(text: str) -> bool:
    """Whether a line is one that a mail service or a site writes: “5 min read”, “Share”."""
    return bool(_FURNITURE.fullmatch(text))


def _is_way_to_web(text: str) -> bool:
    return len(text) < 60 and mail_frame.leads_to_browser(text)


def take_opening(
    article: Article, blocks: Sequence[Block], senders: Collection[str] = ()
) -> tuple[Article, list[Block]]:
    """Take title, dek, byline and day off the first blocks of a document; return the article with them, and the rest.

    Short lines above the title are the head of the paper: they go as well, and are heard.
    """
    found = _find_title(article, blocks)
    if found is None:
        return article, list(blocks)
    is_same = fold_text(article.title) == fold_text(blocks[found].text)
    article = replace(article, title=article.title if is_same else blocks[found].text)
    heads, rest = blocks[:found], list(blocks[found + 1 :])
    if any(len(head.text) > _LONGEST_HEAD for head in heads):
        heads, rest = (), [*heads, *rest]
    for head in heads:
        if fold_text(head.text) in senders:  # a sender whose name stands there is the paper
            article = replace(article, source=replace(article.source, title=article.source.title or head.text))
        else:
            article = read_opening_line(article, _read_block(head)) or article
    kept: list[Block] = []
    for _ in range(MOST_LINES):
        if not rest:
            break
        if not rest[0].text:  # a picture: it stays, unless it is the portrait of whom the byline names
            kept.append(rest.pop(0))
            continue
        completed = read_opening_line(article, _read_block(rest[0]), [one.text for one in rest[1:3]], senders)
        if completed is None:
            break
        article = completed
        rest.pop(0)
    names = {fold_text(author.name) for author in article.authors}
    return article, [one for one in kept if not _is_portrait(one, names)] + rest


def _find_title(article: Article, blocks: Sequence[Block]) -> int | None:
    """Find the block of the title: the one that says it, else the one that is marked as it, else a short first one."""
    first = list(enumerate(blocks[:MOST_LINES]))
    if found := [number for number, block in first if _is_title(article, block)]:
        return found[0]
    marked = [number for number, block in first if block.text and _TITLE.search(block.classes.split(" ")[0])]
    heads = [number for number, block in enumerate(blocks) if block.tag == "h1" and block.text]
    if marked or (len(heads) == 1 and heads[0] < MOST_LINES):
        return (marked or heads)[0]
    number, block = next(((number, block) for number, block in first if block.text), (0, None))
    is_short = block is not None and len(block.text) <= 200 and not block.text.endswith(_STOPS) and len(blocks) > 1
    return number if is_short and not article.title else None


def _is_title(article: Article, block: Block) -> bool:
    """Whether a block says the title, or most of it: “Press release: The price of stone”."""
    title, text = fold_text(article.title), fold_text(block.text)
    return bool(title) and (text == title or (title.endswith(f" {text}") and len(text) * 2 > len(title)))


def _read_block(block: Block) -> OpeningLine:
    is_set_off = block.tag == "p" and bool(_EMPHASISED.fullmatch(block.html))
    return OpeningLine(
        text=block.text, is_dek=bool(_DEK.search(block.classes)), is_set_off=is_set_off, links=block.links
    )


def _is_portrait(block: Block, names: Collection[str]) -> bool:
    alt = _ALT.search(block.html)
    return alt is not None and fold_text(alt[1].removeprefix("Avatar of ")) in names


def _is_day(following: Sequence[str]) -> bool:
    return bool(following) and len(following[0]) < 40 and credit_lines.parse_day_line(following[0], None) is not None


def _add_day(article: Article, days: Sequence[datetime]) -> Article:
    day = next((day for day in days if day.year != credit_lines.NO_YEAR), None)
    return replace(article, published=article.published or day)


def _add_addresses(article: Article, line: OpeningLine) -> Article:
    """Give the authors the addresses behind their names."""
    linked = [author for words, url in line.links.items() for author in people.make_author(words, url=url)]
    return replace(article, authors=people.merge_authors(article.authors, linked))
