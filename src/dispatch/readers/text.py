"""Read plain text, as articles arrive by mail and paste: press releases, agency copy, newsletters, forwards, poems.

It has a title; below it, in any order, a dek, bylines in any language, a day, an agency; paragraphs; perhaps a line
that says where to read more, other people's credits, a biography, or a block about the authors. Punctuation stays as
typed. ``mail_frame`` takes off what mail puts round it; the words are in ``text.toml``.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from dispatch import commonmark, html, links
from dispatch.errors import GatherError
from dispatch.model import Article, Document, Fault, Place, Source
from dispatch.readers import (
    bylines,
    charset,
    contacts,
    credit_lines,
    fields,
    kits,
    mail_frame,
    people,
    text_blocks,
)
from dispatch.readers.text_blocks import Block
from dispatch.text import fold_text

MEDIA_TYPES = frozenset({"text/plain"})
# These are called text, but nobody reads them so.
_NO_PROSE = frozenset(
    {"text/calendar", "text/css", "text/csv", "text/javascript", "text/rtf", "text/tab-separated-values", "text/vcard"}
)

_SECTIONS: Final = frozenset(credit_lines.WORDS["sections"]["words"])
_HOUSES: Final = frozenset(credit_lines.WORDS["houses"]["words"])
_KEYWORDS: Final = re.compile(
    rf"(?:{'|'.join(credit_lines.WORDS['keywords']['labels'])})\s?[:：]\s?(?P<tags>.{{1,500}})", re.IGNORECASE
)
_SOURCE = re.compile(
    r"For (?:more|the latest|further|additional|other|all)\b.{0,300}?,? (?:please )?visit "
    r"(?P<source>https?://\S{1,2000}?|[^!?]{1,100}?)[.!]?"
)
# What stands below agency copy and press releases: “SOURCE Example Ferries”.
_SOURCED = re.compile(
    r"(?:SOURCE:?|(?i:source|quelle|fuente|fonte|bron|källa|kilde|źródło|kaynak|источник|المصدر|स्रोत|来源|來源|出典|출처)\s?[:：])\s?"
    r"(?P<name>\S.{1,80})"
)
_AUTHOR_NOTE = re.compile(r"[（(]((?:本文)?作者[^()（）]{1,80})[）)]")
_LONGEST_TITLE = 250
_MOST_NOTES = 6  # paragraphs
_GREETS = (",", "!", "،", "，", ":")
_LONGEST_DEK = 300
# “(AP)”, “(서울=연합뉴스) 홍길동 기자 =”.
_LONGEST_DATELINE = 120
_DATED = re.compile(r"[^—–]{0,60}?(?P<last>[^,—–()]{3,25}?)(?:\s?[(/][^()/]{2,40}[)/])?(?:\.-|\s[—–-]{1,2})\s")
_INITIALS = re.compile(r"[a-z]{2,4}(?:/[a-z]{2,4}){1,3}")
_DATELINE = re.compile(
    r"[(（【/](?:[^()=（）]{0,20}=)?(?P<house>[^()（）【】=/]{2,40})[)）】/](?:\s?(?P<who>[^=()]{2,40}?)\s?=)?"
)


def accepts(document: Document) -> bool:
    """Whether this is text at all: the last reader to be asked."""
    kind = document.media_type
    if kind in _NO_PROSE or (kind and not kind.startswith("text/")) or document.body.startswith(b"{\\rtf"):
        return False
    return b"\0" not in document.body or document.body.startswith((b"\xff\xfe", b"\xfe\xff"))


def read(document: Document, _faults: list[Fault] | None = None) -> list[Article]:
    """Read the one article of a text; none when it is empty. Raises GatherError beyond the bounds of Markdown."""
    framed = mail_frame.strip_frame(charset.decode_document(document))
    body, boxed = credit_lines.split_author_block(list(text_blocks.split_blocks(framed.text)))
    if not (body or boxed):
        return []
    kit, body = _take_kit(body, framed.text)
    came = credit_lines.parse_day(framed.day) or document.received
    article, body = _take_title(
        Article(url=framed.url, certainty="unknown"), body, document.title or framed.subject, came
    )
    article, body = _read_opening(article, body, framed.sender, came)
    article = _read_dateline(article, body, came)
    article, body = _read_closing(article, body)
    if not boxed:
        article = _credit_sender(article, framed)
    article = replace(article, published=article.published or (came if framed.day else None))
    written = "\n\n".join(text_blocks.format_blocks(body))
    try:
        content = commonmark.to_html(written)
    except GatherError as error:  # the lines of what was written here are not those of the text
        raise GatherError(*(replace(fault, place=Place()) for fault in error.faults)) from error
    found = replace(
        article,
        markdown=written,
        content=content,
        authors=people.merge_authors([*article.authors, *boxed], ()),
        certainty="certain" if boxed else article.certainty,
        source=_parse_visit_line(body) or article.source,
    )
    return [kits.apply_kit(found, kit)]


def _take_kit(blocks: Sequence[Block], text: str) -> tuple[kits.Kit | None, list[Block]]:
    """Take the paragraphs of a kit off a text; return the kit, and the rest."""
    written = [html.escape_html(" ".join(block)) for block in blocks]
    kit, numbers, _ = kits.take_kit_from_paragraphs(written, text, "")
    return kit, [block for number, block in enumerate(blocks) if number not in numbers]


def _take_title(
    article: Article, blocks: list[Block], subject: str, came: datetime | None
) -> tuple[Article, list[Block]]:
    """Take the title: the first line that is no byline and no day, unless the text begins at once; then the subject."""
    while len(blocks) > 1 and (above := credit_lines.read_line(article, blocks[0][0], came)):
        article, blocks = above, _drop_lines(blocks, 1)
    if blocks and text_blocks.is_sentence(blocks[0][0]):
        blocks = blocks[_skip_note(blocks, subject) :]
    first = blocks[0][0] if blocks else ""
    begins = text_blocks.is_sentence(first) or len(first.split()) > 25
    if not first or len(first) > _LONGEST_TITLE or (subject and begins and fold_text(first) != fold_text(subject)):
        return replace(article, title=subject), blocks
    # A second line that goes on with a small letter belongs to the headline.
    goes_on = (
        len(blocks[0]) == 2 and blocks[0][1][:1].islower() and not credit_lines.read_line(article, blocks[0][1], came)
    )
    lines = 2 if goes_on else 1
    return replace(article, title=" ".join(blocks[0][:lines])), _drop_lines(blocks, lines)


def _skip_note(blocks: list[Block], subject: str) -> int:
    """Count the paragraphs of a note to the editor above the title: the subject, or what a byline follows."""
    for number in range(1, min(_MOST_NOTES, len(blocks) - 1)):
        line = blocks[number][0]
        is_headed = blocks[0][0].endswith(_GREETS) and credit_lines.parse_credits(blocks[number + 1][0])
        if fold_text(line) == fold_text(subject) or (is_headed and not text_blocks.is_sentence(line)):
            return number
    return 0


def _read_opening(
    article: Article, blocks: list[Block], sender: str, came: datetime | None
) -> tuple[Article, list[Block]]:
    """Read what stands between title and text: dek, bylines, day, house, where authors work; in any order."""
    while len(blocks) > 1 or (blocks and len(blocks[0]) > 1) or (blocks and credit_lines.parse_credits(blocks[0][0])):
        line = blocks[0][0]
        if found := credit_lines.read_line(article, line, came) or _read_bare_name(article, blocks, sender):
            article, blocks = found, _drop_lines(blocks, 1)
        elif not article.dek and (dek := _find_dek(blocks)):
            article, blocks = replace(article, dek=" ".join(dek)), _drop_lines(blocks, len(dek))
        else:
            break
    return article, blocks


def _drop_lines(blocks: list[Block], lines: int) -> list[Block]:
    rest = blocks[0][lines:]
    return [*([rest] if rest else []), *blocks[1:]]


def _read_bare_name(article: Article, blocks: list[Block], sender: str) -> Article | None:
    """Take a line that is nothing but a name, where something else says so, or no word of it is written small."""
    (line, *below), *others = blocks
    words = line.split()
    if article.authors or not bylines.is_name_like(line) or len(words) > 4:
        return None
    rest = "\n".join(text for block in others for text in block)
    following = below[0] if below else others[0][0] if others else ""
    is_signed = fold_text(line) == fold_text(sender) or any(credit_lines.find_bio(line, block) for block in others[1:])
    is_dated = bool(credit_lines.parse_day_line(following, None))
    is_guess = len(words) in {2, 3} and line[:1].isupper() and not set(fold_text(line).split()) & set(rest.split())
    is_guess = is_guess and not set(fold_text(line).split()) & (_HOUSES | _SECTIONS)
    return (
        credit_lines.add_authors(article, [line]) if is_signed or (len(words) > 1 and (is_dated or is_guess)) else None
    )


def _find_dek(blocks: list[Block]) -> Block:
    """Find the lines of a dek at the start: not a text, not speech; a sentence only above a byline."""
    block, following = blocks[0], blocks[1][0] if len(blocks) > 1 else ""
    until = next(
        (
            place
            for place, line in enumerate(block)
            if place and (credit_lines.parse_credits(line) or credit_lines.parse_day_line(line, None))
        ),
        0,
    )
    lines = block[: max(1, until - 1)] if until else block
    dek = " ".join(lines)
    is_text = bool(_find_agency(dek)) or (
        text_blocks.is_sentence(dek) and not until and not credit_lines.parse_credits(following)
    )
    is_verse = not until and text_blocks.is_verse(block, max(map(len, block)))
    is_short = len(dek) <= _LONGEST_DEK and (len(blocks) > 1 or bool(until))
    is_other = (
        dek.startswith(text_blocks.SPEECH) or fold_text(dek).strip(" :") in _SECTIONS or text_blocks.is_labelled(dek)
    )
    return [] if is_text or is_verse or is_other or not is_short else lines


def _read_dateline(article: Article, body: Sequence[Block], came: datetime | None) -> Article:
    """Read the agency, the reporter and the day that stand before the first sentence; they stay in the text."""
    start = " ".join(body[0])[:_LONGEST_DATELINE] if body else ""
    if not article.source.title and (agency := _find_agency(start)):
        article = replace(article, source=Source(title=agency))
    for found in [] if article.authors else _DATELINE.finditer(start):
        article = credit_lines.credit_people(article, credit_lines.parse_credits(found["who"] or found["house"]))
    dated = _DATED.match(start)
    day = (credit_lines.parse_day(dated[0]) or credit_lines.parse_day_line(dated["last"], came)) if dated else None
    if agency := _find_agency(start):
        day = day or credit_lines.parse_day(start.partition(agency)[0])
    return replace(article, published=article.published or (day if day and day.year > credit_lines.NO_YEAR else None))


def _find_agency(start: str) -> str:
    found = (match["house"] for match in _DATELINE.finditer(start[:_LONGEST_DATELINE]))
    return next((house for house in found if fold_text(house) in credit_lines.AGENCIES), "")


def _read_closing(article: Article, blocks: list[Block]) -> tuple[Article, list[Block]]:
    """Take off the end of a text who else had a part in it, what it is about, and the authors' biographies."""
    while len(blocks) > 1:
        last = " ".join(blocks[-1])
        said = credit_lines.parse_credits(last)
        sourced = _SOURCED.fullmatch(last)
        if tags := _KEYWORDS.fullmatch(last):
            article = replace(article, tags=fields.read_tags(re.split(r"[;,，；、]", tags["tags"].removesuffix("."))))
        elif sourced:
            article = replace(article, source=_make_source(sourced["name"]))
        elif said and (said[0].role != "author" or not article.authors):
            article = credit_lines.credit_people(article, said)
        elif (described := _describe_author(article, blocks[-1])) != article:
            article = described
        elif not (text_blocks.is_separator(blocks[-1]) or _INITIALS.fullmatch(last) or _is_about(article, last)):
            break
        blocks = blocks[:-1]
    return article, blocks


def _is_about(article: Article, line: str) -> bool:
    """Whether a line is the heading over a biography that was taken off."""
    return any(author.bio and credit_lines.is_author_heading(line, author.name) for author in article.authors)


def _describe_author(article: Article, block: Block) -> Article:
    """Give the author of whom a paragraph speaks their biography: a second witness."""
    note = _AUTHOR_NOTE.fullmatch(" ".join(block))
    for author in article.authors:
        bio = note[1] if note and len(article.authors) == 1 else credit_lines.find_bio(author.name, block)
        if bio and not author.bio:
            authors = (replace(one, bio=bio) if one is author else one for one in article.authors)
            return replace(article, authors=tuple(authors), certainty="certain")
    return article


def _credit_sender(article: Article, framed: mail_frame.MailFrame) -> Article:
    """Hear who sent a mail: a weak witness of its author, or the paper from which it comes."""
    name, _, paper = framed.sender.partition(" from ")
    is_person = bylines.is_name_like(name) and " " in name and not set(fold_text(name).split()) & _HOUSES
    paper = framed.publication or paper or ("" if is_person else framed.sender)
    if paper and not article.source.title:
        article = replace(article, source=Source(title=paper))
    if is_person and any(people.are_names_alike(name, author.name) for author in article.authors):
        authors = (
            replace(one, email=framed.mailbox) if people.are_names_alike(name, one.name) else one
            for one in article.authors
        )
        return replace(article, authors=tuple(authors), certainty="certain")
    if article.authors or not (is_person or (framed.mailbox and not framed.sender)):
        return article
    return replace(article, authors=contacts.make_sender(name, framed.mailbox), certainty="likely")


def _parse_visit_line(blocks: list[Block]) -> Source | None:
    """Parse the source from a last paragraph such as ``For more ..., visit NAME``."""
    match = _SOURCE.fullmatch(" ".join(blocks[-1])) if blocks else None
    if not match:
        return None
    return _make_source(re.sub(r"^(?:us at|our (?:web)?site at) ", "", match["source"]).strip())


def _make_source(name: str) -> Source:
    return Source(title=links.parse_host(name), url=name) if links.is_web_address(name) else Source(title=name)
