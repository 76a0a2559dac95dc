"""What stands under an article about other pages of the site: the issue that it is in, its authors, source and tags.

A line that leads to those only is no byline, whatever they are called; but nobody is credited in it who has no right
to be. Around its links stand only an issue's number and date, and the language's own words for such a line.
"""

from collections.abc import Iterator

from dispatch import model
from dispatch.checks import words
from dispatch.checks.entries import Entry
from dispatch.checks.passage import fold
from dispatch.checks.rules import finding, headline
from dispatch.language import Language
from dispatch.model import Article, Finding, Publication

# What may stand around the links: the messages in whose places the links are.
_AROUND = ("number", "page.see_also")


def judge(article: Article, entry: Entry, place: model.Page | None, publication: Publication) -> Iterator[Finding]:
    """Whether the lines of ways about an article say more than where they lead."""
    if not entry.ways or place is None:
        return
    known = words.of(publication.language)
    free = {word for key in _AROUND for word in words.small(known.patterns[key].partition("{")[0])}
    ways = place.related.get(article.id, ())
    language = Language.of(publication.language)
    dates = [language.date(way.date, publication.timezone) for way in ways if way.date]
    free |= {word for date in dates for word in words.small(date)}
    titles = {fold(way.title) for way in ways} | {fold(known.patterns["page.own_page"])}
    for line in entry.ways:
        around = line.text
        for link in sorted(line.links, key=lambda link: link.start, reverse=True):
            around = f"{around[: link.start]} {around[link.end :]}"
            if link.text not in titles:
                yield finding("attribution.false-credit", "page", headline=headline(article), found=link.text)
        if left := [word for word in words.small(around) if not word.isnumeric() and word not in free]:
            yield finding("attribution.false-credit", "text", headline=headline(article), found=" ".join(left))
