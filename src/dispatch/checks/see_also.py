"""What stands under an article about other pages of the site: the issue that it is in, its authors, source and tags.

A line that leads to those only is no byline, whatever they are called; but nobody is credited in it who has no right
to be. Around its links stand only an issue's number and date, and the language's own words for such a line.
"""

from collections.abc import Iterator

from dispatch.checks import vocabulary
from dispatch.checks.feed_items import Entry
from dispatch.checks.rules import make_finding, name_article
from dispatch.checks.text_lines import fold_spaces
from dispatch.language import Language
from dispatch.model import Article, Finding, Publication, SitePlace

# What may stand around the links: the messages in whose places the links are.
_AROUND = ("number", "page.see_also")


def check_see_also(
    article: Article, entry: Entry, place: SitePlace | None, publication: Publication
) -> Iterator[Finding]:
    """Whether the lines of ways about an article say more than where they lead."""
    if not entry.ways or place is None:
        return
    known = vocabulary.load_vocabulary(publication.language)
    free = {word for key in _AROUND for word in vocabulary.lower_words(known.patterns[key].partition("{")[0])}
    ways = place.ways.get(article.id, ())
    language = Language.of(publication.language)
    dates = [language.date(way.date, publication.timezone) for way in ways if way.date]
    free |= {word for date in dates for word in vocabulary.lower_words(date)}
    titles = {fold_spaces(way.title) for way in ways} | {fold_spaces(known.patterns["page.own_page"])}
    for line in entry.ways:
        around = line.text
        for link in sorted(line.links, key=lambda link: link.start, reverse=True):
            around = f"{around[: link.start]} {around[link.end :]}"
            if link.text not in titles:
                yield make_finding("attribution.false-credit", "page", headline=name_article(article), found=link.text)
        if left := [word for word in vocabulary.lower_words(around) if not word.isnumeric() and word not in free]:
            yield make_finding("attribution.false-credit", "text", headline=name_article(article), found=" ".join(left))
