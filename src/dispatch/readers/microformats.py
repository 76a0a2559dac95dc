"""What a page's own elements say: microformats (h-entry, hAtom), microdata, ``rel=author`` and bylines."""

import re
from collections.abc import Iterator
from datetime import datetime

from selectolax.lexbor import LexborNode

from dispatch.model import Article, Author
from dispatch.readers import elements, people
from dispatch.readers.dates import moment

ENTRY = ".h-entry, .hentry, [itemtype*='schema.org/'][itemtype$='Article'], [itemtype$='schema.org/BlogPosting']"
_TITLE = ".p-name, .entry-title, [itemprop=headline]"
_DEK = (
    "[itemprop=alternativeHeadline], .p-summary, .dek, .standfirst, .subtitle, .entry-subtitle, .article-subtitle, "
    ".article-dek, .article__dek, .article-excerpt, .gh-article-excerpt, .post-subtitle"
)
_PUBLISHED = ".dt-published, [itemprop=datePublished], time.published, time.entry-date, time[pubdate], time.post-date"
_UPDATED = ".dt-updated, [itemprop=dateModified], time.updated"
_CARDS = ".p-author.h-card, .p-author .h-card, .author.vcard, .vcard.author, [itemprop=author][itemscope]"
_CARD_NAME = ".p-name, .fn, [itemprop=name]"
_NAMES = "a[rel~=author], .p-author:not(.h-card), [itemprop=author]:not([itemscope])"
_BYLINE = (
    ".byline, .by-line, .byline-names, .post-byline, .author-byline, .article-byline, [class*=Byline], [class*=byline]"
)
_BY = re.compile(r"[Bb][Yy]:? +(?P<name>[^\Wa-z_].{0,80})")


def article(root: LexborNode, base: str) -> Article:
    """What the elements say of the article, without a body; ``root`` holds the article and no other.

    Its authors are those of machine-readable cards; see ``hints`` for weaker words.
    """
    return Article(
        title=elements.first(root, _TITLE),
        dek=elements.first(root, _DEK),
        authors=people.complete(_cards(root, base), ()),
        published=_moment(root, _PUBLISHED),
        updated=_moment(root, _UPDATED),
    )


def hints(root: LexborNode, base: str) -> list[Author]:
    """Those who are linked as authors, and those whom a byline names: a single word of a single witness."""
    named = [author for node in elements.every(root, _NAMES) for author in _author(node, node, base)]
    for byline in elements.every(root, _BYLINE):
        linked = [author for link in elements.every(byline, "a[href]") for author in _author(link, link, base)]
        match = _BY.fullmatch(elements.text(byline))
        named += linked or list(people.author(match["name"] if match else ""))
    return list(people.complete(named, named))


def _cards(root: LexborNode, base: str) -> Iterator[Author]:
    for card in elements.every(root, _CARDS):
        name = card.css_first(_CARD_NAME) or card.css_first("a[href]")
        yield from _author(card, name or card, base)


def _author(card: LexborNode, name: LexborNode, base: str) -> Iterator[Author]:
    link = card.css_first("a.u-url[href], a.url[href], a[itemprop=url][href], a[rel~=author][href]") or name
    bio = card.css_first(".p-note, .note, [itemprop=description]")
    yield from people.author(
        elements.value(name) if name.tag == "meta" else elements.text(name),
        url=elements.address(link, base) or elements.address(card.css_first("a[href]"), base),
        bio=elements.text(bio) if bio is not None else "",
        avatar=elements.address(card.css_first("img"), base, "data-src", "src"),
    )


def _moment(root: LexborNode, selector: str) -> datetime | None:
    return next((found for node in elements.every(root, selector) if (found := moment(elements.value(node)))), None)
