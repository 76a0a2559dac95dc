"""Mailchimp's export: a file of HTML a campaign, and ``campaigns.csv``. It does not say who wrote a letter.

Account, Settings, “Export data”; or a campaign's own “Export as HTML”, several in one folder.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from dispatch import links
from dispatch.archives import bodies, rows
from dispatch.archives.nouns import Archive, Left, Post, leave_broken, tried
from dispatch.archives.pictures import MemberPlace, place_in
from dispatch.archives.rows import Row, said
from dispatch.errors import GatherError
from dispatch.model import Article, Source
from dispatch.readers import elements, entries
from dispatch.slugs import make_slug

_LETTER = re.compile(r"\.html?$", re.IGNORECASE)
_TABLE = re.compile(r"(?:^|/)campaigns?\.csv$", re.IGNORECASE)
# The service's marks in a letter: its classes, its merge tags, its pictures.
_MARK = re.compile(
    r"mcnTextContent|mceText|mcnPreviewText|templateContainer|\*\|[A-Z_:]{3,40}\|\*|mcusercontent|mailchimp",
    re.IGNORECASE,
)
# The blocks of text and pictures, in the old editor and in the new one.
_BLOCKS = (
    ".mcnTextContent, .mcnImageContent, .mcnImageCardBlockInner, .mcnButtonContent, .mcnCaptionBlockInner, "
    ".mceText, .mceImage, .mceButton"
)
# What stands around a letter: the way to the browser, to the exit, and to the service.
_AROUND = (
    "#templateFooter, #templatePreheader, .templateFooter, .templatePreheader, .mcnPreviewText, .mcnFollowBlock, "
    ".mcnShareBlock, .mceFooterSection, .mceSocialFollowBlock, #awesomewrap, #canspamBarWrapper, #monkeyRewards, "
    "style, script, title, [href*='*|']"
)
_WHOLE = 10_000  # characters: names that are compared are not cut
_SENT = ("send date", "sent", "send time", "send_time", "date")
_FORMS = ("%b %d, %Y %I:%M %p", "%b %d, %Y %I:%M%p", "%m/%d/%Y %I:%M %p", "%m/%d/%y %H:%M")


def accepts(archive: Archive) -> bool:
    """Whether there is a table of campaigns, or a letter with the service's marks."""
    letters = [name for name in archive.names if _LETTER.search(name)]
    if not letters:
        return False
    if any(_TABLE.search(name) or name.startswith("campaigns_content/") for name in archive.names):
        return True
    return bool(_MARK.search(rows.beginning(archive, letters[0])))


def read(archive: Archive, site: str) -> Iterator[Post | Left]:
    """The letters by file, each with the row of the table that is about it."""
    place = place_in(archive, site)
    letters = [name for name in archive.names if _LETTER.search(name) and "templates/" not in name]
    table = next((name for name in archive.names if _TABLE.search(name)), "")
    campaigns: list[Row] = []
    try:
        campaigns = rows.of_csv(rows.text_of(archive, table)) if table else []
    except GatherError as error:
        yield from leave_broken(table, error)
    sent = _matched(campaigns, letters)
    for name in letters:
        row = campaigns[sent[name]] if name in sent else {}
        yield from tried(name, partial(_post, row, replace(place, file=name)))
    used = set(sent.values())
    for number, row in enumerate(campaigns):
        if number not in used:
            yield Left(file=table, reason=f"“{said(row, 'title', 'subject')}” has no HTML in the archive")


def _matched(campaigns: Sequence[Row], letters: Sequence[str]) -> dict[str, int]:
    """The row about each file, by its place: the one whose id, else whose title or subject, the file's name has."""
    found: dict[str, int] = {}
    used: set[int] = set()
    for keys in (("unique id", "campaign id", "id"), ("title",), ("subject", "subject line")):
        by_word: dict[str, int] = {}
        for place, row in enumerate(campaigns):
            if place not in used and (word := _word(said(row, *keys))):
                by_word.setdefault(word, place)
        for name in letters:
            word = _word(name.rpartition("/")[2].rpartition(".")[0])
            bare = re.sub(r"^\d+-", "", word)
            one = next((by_word[w] for w in (word, bare, word.partition("-")[0]) if w in by_word), None)
            if one is not None and name not in found and one not in used:
                found[name] = one
                used.add(one)
    return found


def _word(written: str) -> str:
    """A name as Mailchimp makes one for a file: an apostrophe stands between two words."""
    return make_slug(re.sub("['’]", "-", written), _WHOLE)


def _post(row: Row, place: MemberPlace) -> Post | Left:
    written = rows.text_of(place.archive, place.file)
    stem = place.file.rpartition("/")[2].rpartition(".")[0]
    title = entries.plain(said(row, "subject", "subject line") or _title(written) or said(row, "title"))
    url = said(row, "archive url", "long archive url", "url")
    url = url if links.is_web(url) else ""
    number = said(row, "unique id", "campaign id", "id") or stem
    article = Article(
        id=f"mailchimp/{number}",
        url=url,
        title=title,
        dek=entries.plain(said(row, "preview text") or elements.hidden(written, ".mcnPreviewText")),
        certainty="unknown",
        source=Source(title=links.host(url), url="/".join(url.split("/", 3)[:3]) + "/", syndicate="full")
        if url
        else Source(),
        published=_sent(row),
    )
    body = bodies.of_html(article, elements.blocks(written, _BLOCKS, _AROUND), place)
    if not body.article.content:
        return Left(file=place.file, reason=f"“{title}” has no text")
    return Post(
        file=place.file,
        article=body.article,
        slug=re.sub(r"^\d+[_-]", "", stem),
        is_public=article.published is not None,
        notes=body.notes,
        pictures=body.pictures,
    )


def _title(written: str) -> str:
    """What the letter calls itself, where that is not left to the service."""
    title = elements.title(written)
    return "" if "*|" in title else title


def _sent(row: Row) -> datetime | None:
    written = " ".join(said(row, *_SENT).split())
    for form in _FORMS:
        try:
            return datetime.strptime(written, form)
        except ValueError:
            continue
    return rows.moment(written)
