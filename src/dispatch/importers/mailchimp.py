"""Mailchimp's export: a file of HTML a campaign, and ``campaigns.csv``. It does not say who wrote what.

Account, Settings, “Export data”; or a campaign's own “Export as HTML”, several in one folder.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from dispatch.importers import content, tabular
from dispatch.importers.pictures import PostPlace, place_posts
from dispatch.importers.posts import Export, Post
from dispatch.importers.skipped import EMPTY, NotImported, try_post, try_rows
from dispatch.importers.tabular import Row, pick_text
from dispatch.model import Article
from dispatch.readers import fields, html_tree
from dispatch.slugs import make_slug

_CAMPAIGN = re.compile(r"\.html?$", re.IGNORECASE)
_TABLE = re.compile(r"(?:^|/)campaigns?\.csv$", re.IGNORECASE)
# The service's marks in a campaign: its classes, its merge tags, its pictures.
_MARK = re.compile(
    r"mcnTextContent|mceText|mcnPreviewText|templateContainer|\*\|[A-Z_:]{3,40}\|\*|mcusercontent|mailchimp",
    re.IGNORECASE,
)
# The blocks of text and pictures, in the old editor and in the new one.
_BLOCKS = (
    ".mcnTextContent, .mcnImageContent, .mcnImageCardBlockInner, .mcnButtonContent, .mcnCaptionBlockInner, "
    ".mceText, .mceImage, .mceButton"
)
# What stands around the text: links to the browser's view, to unsubscribe, and to the service.
_AROUND = (
    "#templateFooter, #templatePreheader, .templateFooter, .templatePreheader, .mcnPreviewText, .mcnFollowBlock, "
    ".mcnShareBlock, .mceFooterSection, .mceSocialFollowBlock, #awesomewrap, #canspamBarWrapper, #monkeyRewards, "
    "style, script, title, [href*='*|']"
)
_WHOLE = 10_000  # characters: names that are compared are not cut
_SENT = ("send date", "sent", "send time", "send_time", "date")
_FORMS = ("%b %d, %Y %I:%M %p", "%b %d, %Y %I:%M%p", "%m/%d/%Y %I:%M %p", "%m/%d/%y %H:%M")


def accepts(export: Export) -> bool:
    """Whether there is a table of campaigns, or a campaign with the service's marks."""
    files = [name for name in export.names if _CAMPAIGN.search(name)]
    if not files:
        return False
    if any(_TABLE.search(name) or name.startswith("campaigns_content/") for name in export.names):
        return True
    return bool(_MARK.search(tabular.read_beginning(export, files[0])))


def read(export: Export, site: str) -> Iterator[Post | NotImported]:
    """Read the campaigns by file, each with the row of the table that is about it."""
    place = place_posts(export, site)
    files = [name for name in export.names if _CAMPAIGN.search(name) and "templates/" not in name]
    table = next((name for name in export.names if _TABLE.search(name)), "")
    campaigns = (yield from try_rows(table, partial(tabular.read_rows, export, table))) if table else []
    sent = _match_rows(campaigns, files)
    for name in files:
        row = campaigns[sent[name]] if name in sent else {}
        yield from try_post(name, partial(_read_campaign, row, replace(place, file=name)))
    used = set(sent.values())
    for number, row in enumerate(campaigns):
        if number not in used:
            yield NotImported(file=table, reason=EMPTY, title=pick_text(row, "title", "subject"))


def _match_rows(campaigns: Sequence[Row], files: Sequence[str]) -> dict[str, int]:
    """Find the place of the row about each file: its id, else its title or subject, is in the file's name."""
    found: dict[str, int] = {}
    used: set[int] = set()
    for keys in (("unique id", "campaign id", "id"), ("title",), ("subject", "subject line")):
        by_word: dict[str, int] = {}
        for place, row in enumerate(campaigns):
            if place not in used and (word := _fold_name(pick_text(row, *keys))):
                by_word.setdefault(word, place)
        for name in files:
            word = _fold_name(name.rpartition("/")[2].rpartition(".")[0])
            bare = re.sub(r"^\d+-", "", word)
            one = next((by_word[w] for w in (word, bare, word.partition("-")[0]) if w in by_word), None)
            if one is not None and name not in found and one not in used:
                found[name] = one
                used.add(one)
    return found


def _fold_name(written: str) -> str:
    """Fold a title as Mailchimp does for a file's name: an apostrophe stands between two words."""
    return make_slug(re.sub("['’]", "-", written), _WHOLE)


def _read_campaign(row: Row, place: PostPlace) -> Post:
    written = tabular.read_text(place.export, place.file)
    stem = place.file.rpartition("/")[2].rpartition(".")[0]
    title = fields.read_line(
        pick_text(row, "subject", "subject line") or _find_title(written) or pick_text(row, "title")
    )
    url = content.pick_web_address(pick_text(row, "archive url", "long archive url", "url"))
    number = pick_text(row, "unique id", "campaign id", "id") or stem
    article = Article(
        id=f"mailchimp/{number}",
        url=url,
        former_urls=content.list_former(place, url),
        title=title,
        dek=fields.read_line(pick_text(row, "preview text") or html_tree.get_hidden_text(written, ".mcnPreviewText")),
        certainty="unknown",
        source=content.name_old_site(url),
        published=_parse_sent(row),
    )
    post = Post(
        file=place.file,
        article=article,
        slug=re.sub(r"^\d+[_-]", "", stem),
        is_public=article.published is not None,
    )
    return content.fill_html(post, html_tree.extract_blocks(written, _BLOCKS, _AROUND), place)


def _find_title(written: str) -> str:
    """Find the title that a campaign gives itself; none where the service was to fill it in."""
    title = html_tree.get_page_title(written)
    return "" if "*|" in title else title


def _parse_sent(row: Row) -> datetime | None:
    """Parse when a campaign was sent, in the forms of either export."""
    written = " ".join(pick_text(row, *_SENT).split())
    for form in _FORMS:
        try:
            return datetime.strptime(written, form)
        except ValueError:
            continue
    return tabular.parse_moment(written)
