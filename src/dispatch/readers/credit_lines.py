"""Read what stands beside a title or below a text and is no text: who did it, when, for which house.

The words are in ``text.toml``.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from dispatch import links
from dispatch.language import WRITTEN_DAYS, load_months
from dispatch.model import Article, Author, Credit, Source
from dispatch.readers import bylines, dates, moments, people, text_blocks
from dispatch.readers.text_blocks import Block
from dispatch.text import fold_text

WORDS: Final = bylines.load_words("text")
AGENCIES: Final = frozenset(WORDS["agencies"]["names"])
_LONGEST_JOB = 6  # words
_LONGEST_UNCUED = 80
# Below a byline, what somebody did in a language that bylines.toml does not know.
_OTHER_ROLE = re.compile(r"(?P<role>[^\W\d]{2,20})\s?[:：]\s?(?P<name>\w\S* \S.*)")
# “文・見本花子”; “Door onze redacteur Ann Lee”; “traduit de l’anglais par Ann Lee”; “Ann Lee (Text), Bo Roe (Fotos)”.
_LABEL = re.compile(r"^([\u3040-\u30ff\u3400-\u9fff]{1,4})・")
_OUR = re.compile(
    r"^(\S+) (?:our|unser\w{0,2}|notre|nuestr[oa]|nostr[oa]|noss[oa]|onze|ons|vår|vores) \S{3,30} (?=\w)", re.IGNORECASE
)
_FROM = re.compile(
    r"^(traduit|traduzido|tradotto|traducido|translated|vertaald) (?:from|de|du|do|dal|dall|del|uit)\b.{2,20}? "
    r"(by|par|por|da|door) ",
    re.IGNORECASE,
)
_ROLES_BEHIND = re.compile(r"(?:^|, | (?:e|y|i|and|und|et|og|och|en) )([^(),;]{3,60}) \(([^()\s]{3,20})\)")
_LONGEST_DAY = 6  # words
NO_YEAR = 2000
_WEEKDAY = re.compile(r"^[^\W\d]{2,14}\.?,?\s(?=\d)")
# “3 min read”, “Lesezeit: 3 Minuten”.
_READING_TIME = re.compile(
    r"(?:[^\W\d]{1,20}:? ){0,2}\d{1,3}[- ]?(?:min|mn|мин|دق|मिनट|分|분)[^\W\d]{0,10}\.?(?: [^\W\d]{1,12}){0,3}",
    re.IGNORECASE,
)
# The marks that lead from a scholar's name to where they work, and stand before it there.
_MARK = r"[\d¹²³⁴-⁹*†‡§#]"
_MARKS = re.compile(rf"\s?{_MARK}{{1,3}}(?:\s?,\s?{_MARK}{{1,3}}){{0,5}}(?=\s?(?:[,;&]|$| and | und | et | y ))")
_AFFILIATION = re.compile(rf"{_MARK}\s?[^\W\d].{{3,250}}")

# An agency that no list has, alone on a line: “(XYZ) –”, “NORTHERN NEWS SERVICE”.
_CREDIT = re.compile(
    r"[(（【\[/](?P<marked>[^\W\d_][^()（）【】\[\]]{1,39})[)）】\]/]\s?(?P<dash>[-–—=]*)|(?P<bare>[^\W\d_][^.!?:;]{1,39})"
)
_AUTHOR_HEADING = re.compile(
    r"(?:(?:about )?(?:the )?authors?(?:\(s\))?|(?:über )?(?:die autorin|den autor)|à propos de l['’]aut(?:eure?|rice)"
    r"|sobre (?:el autor|la autora|o autor|a autora)|sull['’]autor(?:e|rice)|over de auteur|om författaren):?",
    re.IGNORECASE,
)
_LONGEST_BIO: Final = 100  # words
_GOES_ON: Final = re.compile(r"[\w:：'’]")
_BULLET = re.compile(r"[•·‣◦*–-]\s+")
_ALL_POSTS = re.compile(
    r"(?:view|see|read|show)? ?(?:all|more|other)(?: (?:the|of|their|his|her))? (?:posts|articles|stories)\b"
    r"[^<(\[:]{0,80}[:\s]*(?:[<(\[]?(?P<url>https?://[^\s<>]{1,2000}?)[>)\]]?)?",
    re.IGNORECASE,
)
_LONGEST_NAME = 100


def read_line(article: Article, line: str, came: datetime | None) -> Article | None:
    """Complete an article with what a line near its title says and is no text; None when it is text."""
    if said := parse_credits(line):
        return credit_people(article, said)
    if (
        _READING_TIME.fullmatch(line)
        or text_blocks.is_separator([line])
        or (article.title and fold_text(line) == fold_text(article.title))
    ):
        return article
    pieces = re.split(r"\s[·•|]\s", line)
    if len(pieces) > 1 and all(read_line(article, piece, came) for piece in pieces):
        for piece in pieces:
            article = read_line(article, piece, came) or article
        return article
    if not re.search(r"\s", line) and links.is_web_address(line):
        return _place_address(article, links.unwrap_redirect(line))
    if house := find_house(line, is_titled=bool(article.title)):
        return replace(article, source=article.source if article.source.title else Source(title=house))
    if day := parse_day_line(line, came):
        return replace(article, published=article.published or (day if day.year != NO_YEAR else None))
    if not article.authors:
        names, beside = bylines.split_names(unmarked) if (unmarked := _MARKS.sub("", line)) != line else ((), "")
        # “Room 101” and “Blue Mill 2” are titles: a mark stands at its name, or there are several.
        is_scholars = not beside and (len(names) > 1 or (" " in "".join(names) and not re.search(r"\s\d", line)))
        return add_authors(article, names) if is_scholars else None
    if (other := _OTHER_ROLE.fullmatch(line)) and bylines.is_name_like(other["name"]):
        return replace(article, credits=(*article.credits, Credit(role=other["role"].lower(), name=other["name"])))
    is_beside = _is_beside(article.authors[-1].name, line) or _AFFILIATION.fullmatch(line)
    return article if is_beside and not text_blocks.is_sentence(line) else None


def _place_address(article: Article, url: str) -> Article:
    """Place an address that stands alone: below a byline that of an author who is named in it, else the article's."""
    parts = {fold_text(part) for part in re.split(r"[\W_]+", url)}
    for author in article.authors:
        if parts & {one for one in fold_text(author.name).split() if len(one) > 2}:
            named = (replace(one, url=one.url or url) if one is author else one for one in article.authors)
            return replace(article, authors=tuple(named))
    is_front = article.authors and re.fullmatch(r"https?://[^/?#]+/?(?:[?#].*)?", url)
    return article if is_front else replace(article, url=article.url or url)


def _is_beside(name: str, line: str) -> bool:
    """Whether a line below a name says what its bearer is, or for whom they write: “Senior Staff Writer”."""
    names, beside = bylines.split_names(f"{name} {line}")
    return (
        len(names) == 1
        and names[0].startswith(name)
        and beside[:1].isupper()
        and ":" not in line
        and len(line.split()) <= _LONGEST_JOB
    )


def find_house(line: str, *, is_titled: bool) -> str:
    """Find the agency that a line is about and nothing else: a known one, or one that is marked as such.

    A mark is a bracket, with capitals or a dash behind it; below a title, capitals alone that end with a house's word.
    """
    named = line.strip(" ()")
    credit = _CREDIT.fullmatch(line.strip())
    if fold_text(named) in AGENCIES:
        return named
    if credit is None:
        return ""
    if credit["marked"]:
        return credit["marked"] if credit["dash"] or credit["marked"].isupper() else ""
    words = credit["bare"].split()
    is_house = is_titled and credit["bare"].isupper() and len(words) < 5 and bylines.is_house_name(words[-1])
    return credit["bare"] if is_house else ""


def add_authors(article: Article, names: Sequence[str]) -> Article:
    """Add authors to those of an article; a name in a line is likely an author, and no more."""
    authors = people.merge_authors([*article.authors, *(one for name in names for one in people.make_author(name))], ())
    return replace(article, authors=authors, certainty="likely" if authors else article.certainty)


def parse_credits(line: str) -> list[bylines.Byline]:
    """Parse a line of bylines, piece by piece: “Reporting by Ann Lee; editing by Bo Roe”; the first must be one."""
    line = _OUR.sub(r"\1 ", _LABEL.sub(r"\1：", line.strip(" []_*")))
    line = _FROM.sub(r"\1 \2 ", line)
    line = line.strip("()（）") if line[:1] in {"(", "（"} else line
    if pairs := _ROLES_BEHIND.findall(line):
        line = ";".join(f"{role}: {_split_cue(name)}" for name, role in pairs)
    pieces = [line] if bylines.parse_byline(line) and ";" not in line else re.split(r"[;|]| · ", line)
    found = [bylines.parse_byline(piece.strip().removesuffix(".")) for piece in pieces]
    # Names and a day stand in many a first sentence.
    return [one for one in found if one] if found[0] and (found[0].cue or len(line) <= _LONGEST_UNCUED) else []


def _split_cue(name: str) -> str:
    said = bylines.parse_byline(name)
    return ", ".join(said.names) if said else name


def credit_people(article: Article, said: Sequence[bylines.Byline]) -> Article:
    """Add the people of bylines, in their roles, the agency beside them, and the day."""
    for byline in said:
        if byline.role == "author":
            article = add_authors(article, byline.names)
        else:
            authors = {author.name for author in article.authors} if byline.role == "reporter" else set()
            helpers = (Credit(role=byline.role, name=name) for name in byline.names if name not in authors)
            article = replace(article, credits=tuple(dict.fromkeys((*article.credits, *helpers))))
        if fold_text(byline.beside) in AGENCIES:
            article = replace(article, source=Source(title=byline.beside))
        elif beside := parse_credits(byline.beside):
            article = credit_people(article, beside)
        article = replace(article, published=article.published or parse_day(byline.day))
    return article


def parse_day_line(line: str, came: datetime | None) -> datetime | None:
    """Parse a line that is nothing but a day. One without a year is the last such day before the text came.

    When that is not known, it is a day all the same, of the year 2000.
    """
    words = len(line.split())
    if words > _LONGEST_DAY or (words > 3 and text_blocks.is_sentence(line)) or not re.search(r"\d", line):
        return None
    if re.search(r"\d{4}", line):
        return parse_day(line)
    years = (came.year, came.year - 1) if came else (NO_YEAR,)
    days = (
        parse_day(form.format(line.rstrip("."), year)) for year in years for form in ("{}, {}", "{} {}", "{1}年{0}")
    )
    return next((day for day in days if day and (came is None or day.date() <= came.date() + timedelta(days=1))), None)


def parse_day(written: str) -> datetime | None:
    """Parse a day in figures or in the words of any language, since nobody says which it is."""
    if not re.search(r"\d", written):
        return None
    if parsed := moments.parse_date(written):
        return parsed
    # “mar.” is a Tuesday in French and a March in English: first without the word in front.
    forms = [_WEEKDAY.sub("", written), written]
    folded = fold_text(written)
    known = [
        "en",
        *(code for code in WRITTEN_DAYS.split() if any(name in folded for name, _ in load_months(code).names)),
    ]
    days = (dates.parse_day(form, code) for form in dict.fromkeys(forms) for code in known)
    return next(filter(None, days), None)


def is_author_heading(line: str, name: str = "") -> bool:
    """Whether a line is the heading over what is said of the authors: “About the author”, “About Ann Lee”."""
    return bool(_AUTHOR_HEADING.fullmatch(line)) or bool(
        name and fold_text(line.strip(" :")) == fold_text(f"about {name}")
    )


def find_bio(name: str, block: Block) -> str:
    """Return a paragraph that begins with a name and goes on about it; else nothing."""
    text = " ".join(block).strip("_* ()（）")
    is_bio = text.startswith(name) and len(text) > len(name) + 8 and len(text.split()) <= _LONGEST_BIO
    following = text[len(name) : len(name) + 1]
    is_unspaced = name.upper() == name.lower() and following not in ":："  # in Chinese, nothing stands between words
    return text if is_bio and (is_unspaced or not _GOES_ON.match(following)) else ""


def split_author_block(blocks: Sequence[Block]) -> tuple[list[Block], list[Author]]:
    """Take off the block about the authors that closes many a pasted article, and return the authors that it names.

    It begins with a line such as “Author” or “About the author”; then come, often behind bullets, a name, a biography
    and “View all posts”. It belongs to the authors, not to the body. A block that cannot be understood stays in the
    body: nothing is lost.
    """
    for index in range(len(blocks) - 1, 0, -1):
        if is_author_heading(blocks[index][0]):
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
