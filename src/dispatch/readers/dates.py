"""Find the day of a page that does not tell machines: beside its headline, in its address, or anywhere in it.

The one user of htmldate.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from dispatch import html
from dispatch.language import Months, load_months
from dispatch.model import Certainty
from dispatch.readers import html_tree, moments
from dispatch.text import fold_text

# Where pages show their day.
_SHOWN = (
    "time, [class*=date i], [class*=publish i], [class*=posted i], [class*=time i], [class*=datum i], "
    "[class*=fecha i], [class*=meta i], [class*=byline i], [class*=info i], [id*=date i], [itemprop^=date]"
)
_ELSEWHERE = (
    "footer, form, figure, blockquote, button, select, [class*=related i], [class*=comment i], [class*=teaser i]"
)
_CHANGED = re.compile(r"updat|modif|chang|edit", re.IGNORECASE)
_LONGEST = 200
_SHORT = 3  # a name of so many letters is an abbreviation, and no beginning of another word
_NEAR = 12  # so many such elements above or below the headline

# 2026-11-20, 2026年11月20日, 2026. 11. 20.
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4}) ?[-/.年년] ?(\d{1,2}) ?[-/.月월] ?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2}) ?([./-]) ?(\d{1,2}) ?\2 ?(\d{4}|\d\d)(?![\d:])")
# What stands around the name of a month: 20 de noviembre de 2026, Nov 20th, 2026, 2026. november 20., 2026. gada 20.
_AROUND = (
    (re.compile(r"(?<!\d)(?P<day>\d{1,2})\D{0,8}$"), re.compile(r"\D{0,12}(?P<year>\d{4})(?!\d)")),
    (re.compile(r""), re.compile(r"\D{0,3}(?P<day>\d{1,2})(?!\d)\D{1,6}(?P<year>\d{4})(?!\d)")),
    (re.compile(r"(?<!\d)(?P<year>\d{4})\D{0,10}$"), re.compile(r"\D{0,4}(?P<day>\d{1,2})(?!\d)")),
    (re.compile(r"(?<!\d)(?P<year>\d{4})\D{1,8}(?P<day>\d{1,2})\D{0,8}$"), re.compile(r"")),
)
# Figures without anything between them are a day only if there are eight: 2089096 is the number of an article.
_IN_ADDRESS = re.compile(
    r"[/_-](19\d\d|20[0-4]\d)(?:([/_-])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))"
    r"(?![\d%])"
)


class Day(NamedTuple):
    """A day, and how sure it is that the page was published then."""

    moment: datetime
    certainty: Certainty


def find_shown_day(root: LexborNode, headline: LexborNode | None, language: str, url: str) -> Day | None:
    """Find the day that is shown beside the headline, or stands in the address; certain if both say the same.

    language: the page's (BCP 47); its months are known, and the English ones.
    """
    shown = next(_find_beside_headline(root, headline, language), None)
    written = _parse_address(url)
    if shown is None or (written and shown.date() == written.date()):
        moment = shown or written
        return Day(moment, "certain" if shown else "likely") if moment else None
    return Day(shown, "likely")


def guess_day(page: str, url: str) -> Day | None:
    """Guess the day from all of the page, with htmldate, which gives the first of a month where it knows no day."""
    if len(page) > html.MOST_BYTES:
        return None
    import htmldate  # a quarter of a second, and seldom needed

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        # Without a last day it would ask the clock.
        found = htmldate.find_date(page, url=url or None, original_date=True, max_date="2099-12-31")
    except Exception:  # noqa: BLE001 - a guess that fails, in whichever of its parsers, is no guess
        return None
    return Day(datetime.fromisoformat(found), "likely") if found and not found.endswith("-01") else None


def parse_day(text: str, language: str) -> datetime | None:
    """Find a day in a short text: in figures or with the name of a month, in this language or in English."""
    folded = fold_text(text[:_LONGEST])
    months = load_months(language)
    if match := _YEAR_FIRST.search(folded):
        return _make_day(*match.groups())
    if match := _YEAR_LAST.search(folded):
        first, _, second, year = match.groups()
        is_month_first = int(first) <= 12 and (int(second) > 12 or (months.come_first and match[2] == "/"))
        return _make_day(year, *((first, second) if is_month_first else (second, first)))
    return next(_find_named_days(folded, months), None)


def _find_named_days(folded: str, months: Months) -> Iterator[datetime]:
    for name, month in months.names:
        if name not in folded:
            continue  # patterns for all months of all languages would be more than re keeps compiled
        end = "" if len(name) > _SHORT else r"(?![^\W\d_])"
        for match in re.finditer(rf"(?<![^\W\d_ב]){re.escape(name)}{end}", folded):
            for before, after in _AROUND:
                left, right = before.search(folded[: match.start()]), after.match(folded[match.end() :])
                if left and right:
                    parts = left.groupdict() | right.groupdict()
                    if day := _make_day(parts["year"], str(month), parts["day"]):
                        yield day


def _find_beside_headline(root: LexborNode, headline: LexborNode | None, language: str) -> Iterator[datetime]:
    """Find the days beside the headline: first below it, the nearest first, then above it."""
    elsewhere = {node.mem_id for node in root.css(_ELSEWHERE) if node.tag not in {"body", "main", "article"}}
    shown = root.css(_SHOWN if headline is None else f"{headline.tag}, {_SHOWN}")
    found = list({node.mem_id: node for node in shown if node == headline or node.tag not in {"h1", "h2"}}.values())
    place = next((place for place, node in enumerate(found) if headline and node.mem_id == headline.mem_id), 0)
    for node in [*found[place : place + _NEAR], *reversed(found[max(0, place - _NEAR) : place])]:
        around = {node.mem_id, *(outer.mem_id for outer in html_tree.find_ancestors(node, root))}
        marks = " ".join(html_tree.get_attribute(node, name) for name in ("class", "id", "itemprop"))
        if node == headline or around & elsewhere or _CHANGED.search(marks):
            continue
        if moment := moments.parse_date(html_tree.get_attribute(node, "datetime")):
            yield moment
        text = html_tree.get_text(node)
        if len(text) < _LONGEST and (day := parse_day(text, language)):
            yield day


def _parse_address(url: str) -> datetime | None:
    match = _IN_ADDRESS.search(url)
    return _make_day(match[1], match[3] or match[5], match[4] or match[6]) if match else None


def _make_day(year: str, month: str, day: str) -> datetime | None:
    """Make the day of these figures; Thai years are those of the Buddha."""
    number = int(year) + (2000 if len(year) == 2 else -543 if int(year) > 2400 else 0)
    try:
        made = datetime(number, int(month), int(day))
    except ValueError:
        return None
    return made if 1900 < made.year < 2100 else None
