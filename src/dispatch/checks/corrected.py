"""What a correction answers: it must say what now holds, so that an older one on another matter answers nothing."""

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from dispatch.checks.passage import fold
from dispatch.model import Article, Correction, Issue

_NUMBER = re.compile(r"\d+")


def since(article: Article, issue: Issue, timezone: str) -> list[Correction]:
    """The corrections of an article from the day on which its issue appeared; what is older was said to nobody."""
    zone = ZoneInfo(timezone)
    first = issue.date.astimezone(zone).date()
    return [one for one in article.corrections if one.date.astimezone(zone).date() >= first]


def rules(article: Article, said: Iterable[Correction], timezone: str) -> frozenset[str]:
    """The rules of published things that these corrections answer, by what the article has now.

    ``ids.authors``: one names every author, in their order. ``ids.date``: one has the year and the day of the month, in
    any digits. ``ids.link``: one has the whole address. What was taken away altogether, no correction answers.
    """
    found: set[str] = set()
    day = article.published and article.published.astimezone(ZoneInfo(timezone)).date()
    for text in (fold(one.text) for one in said):
        if article.authors and _in_order([fold(author.name) for author in article.authors], text):
            found.add("ids.authors")
        if day and {day.year, day.day} <= set(map(int, _NUMBER.findall(text))):
            found.add("ids.date")
        if re.search(rf"(?<!\S)[(“]?{re.escape(article.url)}[.,;:!?)”]*(?!\S)", text):
            found.add("ids.link")
    return frozenset(found)


def _in_order(names: Iterable[str], text: str) -> bool:
    """Whether the names stand in a text one after the other."""
    end = 0
    for name in names:
        start = text.find(name, end)
        if start < 0:
            return False
        end = start + len(name)
    return True
