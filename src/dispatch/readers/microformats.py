"""Read a page's own elements: microformats (h-entry, hAtom), microdata, ``rel=author`` and bylines."""

import re
from collections.abc import Iterator
from datetime import datetime

from selectolax.lexbor import LexborNode

from dispatch.model import Article, Author
from dispatch.readers import fields, html_tree, people

ENTRY = ".h-entry, .hentry, [itemtype*='schema.org/'][itemtype$='Article'], [itemtype$='schema.org/BlogPosting']"
TITLE = ".p-name, .entry-title, [itemprop=headline]"
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
_BY = re.compile(r"[Bb][Yy]:? +(?P<name>[^\Wa-z_][^\d|·•]{0,80}?)(?: *[|·•].*)?")
# The text before a linked name in a byline: nothing, “by”, or what joins it to the name before.
_BEFORE = re.compile(r"(?:.*\b[Bb][Yy]\b:?)?\s*", re.DOTALL)
_AND = re.compile(r"[\s,;&、]*+(?:and|und|et|y|e|و|和|と)?\s*")
_ANOTHER = re.compile(r"\s*+,?\s*+(?:(?:and|und|et|y|e)\s|&|و|和|と|、)")
# Somebody else's work: a quotation, a picture, a comment, an entry that this one answers or lists.
_OTHERS_WORK = (
    "blockquote, figure, .h-cite, [itemscope]:not([itemprop=author]):not([itemtype$=Page]), .h-entry, .hentry"
)


def read_microformats(root: LexborNode, base: str) -> Article:
    """Read an article from the elements, without a body; ``root`` holds this article and no other.

    Its authors are those of machine-readable cards; see ``find_hinted_authors`` for weaker evidence.
    """
    return Article(
        title=html_tree.find_first_text(root, TITLE),
        dek=html_tree.find_first_text(root, _DEK),
        authors=people.merge_authors(_parse_cards(root, base), ()),
        published=_find_date(root, _PUBLISHED),
        updated=_find_date(root, _UPDATED),
    )


def find_hinted_authors(root: LexborNode, base: str) -> list[Author]:
    """Find people who are linked as authors or named in a byline: weak evidence, a single witness."""
    named = [author for node in _select_own(root, _NAMES) for author in _parse_card(node, node, base)]
    bylines = [author for byline in _select_own(root, _BYLINE) for author in _parse_byline(byline, base)]
    # “By Ada and Bo”, of whom only Ada is linked, says more than the link.
    whole = [author for author in bylines if all(person.name in author.name for person in named)]
    return list(people.merge_authors(whole if len(whole) == 1 else [*named, *bylines], named))


def _parse_byline(byline: LexborNode, base: str) -> Iterator[Author]:
    """Parse a byline: its linked names, as far as its words make them authors; without links, all that follows “By”."""
    text = rest = html_tree.get_text(byline)
    named: list[Author] = []
    for link in html_tree.select_all(byline, "a[href]"):
        if not (shown := html_tree.get_text(link)):
            continue
        said, _, after = rest.partition(shown)
        if (_AND if named else _BEFORE).fullmatch(said):
            named += _parse_card(link, link, base)
            rest = after
        elif named:
            break
        else:
            rest = after
    if named and not _ANOTHER.match(rest):
        yield from named
    elif (match := _BY.fullmatch(text)) and (named or byline.css_first("a[href]") is None):
        yield from people.make_author(match["name"])


def _parse_cards(root: LexborNode, base: str) -> Iterator[Author]:
    for card in _select_own(root, _CARDS):
        name = card.css_first(_CARD_NAME) or card.css_first("a[href]")
        yield from _parse_card(card, name or card, base)


def _select_own(root: LexborNode, selector: str) -> Iterator[LexborNode]:
    """Select elements, except those within somebody else's work."""
    others = {node.mem_id for node in root.css(_OTHERS_WORK)} - {root.mem_id}
    for node in html_tree.select_all(root, selector):
        if not any(around.mem_id in others for around in html_tree.find_ancestors(node, root)):
            yield node


def _parse_card(card: LexborNode, name: LexborNode, base: str) -> Iterator[Author]:
    link = card.css_first("a.u-url[href], a.url[href], a[itemprop=url][href], a[rel~=author][href]") or name
    bio = card.css_first(".p-note, .note, [itemprop=description]")
    yield from people.make_author(
        html_tree.get_value(name) if name.tag == "meta" else html_tree.get_text(name),
        url=html_tree.get_address(link, base) or html_tree.get_address(card.css_first("a[href]"), base),
        bio=html_tree.get_text(bio) if bio is not None else "",
        avatar=html_tree.get_address(card.css_first("img"), base, "data-src", "src"),
    )


def _find_date(root: LexborNode, selector: str) -> datetime | None:
    return next(
        (
            found
            for node in html_tree.select_all(root, selector)
            if (found := fields.parse_date(html_tree.get_value(node)))
        ),
        None,
    )
