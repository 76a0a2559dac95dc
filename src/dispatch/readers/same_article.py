"""Decide whether the page behind “read more” is still the article, from what both of them say. Pure.

A page that answers may be another by now: a parked domain, an error that calls itself success, the front page, an
article of somebody else. The doubtful is the article: an alarm that is false costs more trust than one that is missing.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from dispatch import html, identity, links
from dispatch.model import Article, Document
from dispatch.readers import html_tree, metatags, people
from dispatch.text import UNSPACED, fold_text, is_mostly_same

_WORD: Final = re.compile(r"\w+")
_FRONT: Final = re.compile(r"https?://[^/?#]+/?(?:[a-z]{2}(?:-[a-z]{2})?/?|index\.\w{3,5})?(?:#.*)?", re.IGNORECASE)
_SHORT: Final = 3  # letters of a word that stands in every other title
_FEW: Final = 3  # words of a title that must be there as it stands
_SAME: Final = 0.75  # of a title's words
_ALIKE: Final = 0.4  # of them, where the byline is the same
_BEGINNING: Final = 60  # words
_LEAST: Final = 8  # words that tell a text
_SHELL: Final = 4  # words; a page of fewer is made by its scripts
_UNSEEN: Final = "head, script, style, noscript, template"


def is_still_article(article: Article, document: Document, found: Article) -> bool:
    """Whether a page is still this article: it bears its title, its beginning, or its byline with another fact.

    found: what the page's reader has read there. A title in a link leads to the article and is no sign of it; on a
    front page neither is the beginning. What cannot be told, such as a page that asks for consent and then leads back,
    or one that its scripts make, is the article. Raises GatherError as ``html_tree.parse_page`` does.
    """
    root, title = html_tree.parse_page(document).root, fold_words(article.title)
    if root is None or not title or _leads_back(article.url, document.url):
        return True
    headings = [html_tree.get_text(node) for node in html_tree.select_all(root, "h1, h2") if not _is_linked(node, root)]
    named = [metatags.read_head(root, "").title, html_tree.find_first_text(root, "title"), *headings]
    share = max(_share_title(title, fold_words(name)) for name in named)
    if share >= _SAME:
        return True
    if _FRONT.fullmatch(links.canonicalise_address(document.url)) and not _FRONT.fullmatch(article.url):
        return False
    html_tree.remove_all(root, "a")
    if len(title) >= _FEW and _has_words(fold_words(root.html or ""), title):
        return True
    has_scripts = root.css_first("script") is not None
    is_shell = has_scripts and len(fold_words(html_tree.get_text(root, _UNSEEN))) < _SHELL
    return is_shell or _has_beginning(article, found) or _has_byline(article, found, share)


def fold_words(text: str) -> list[str]:
    """Fold a text to its words, for comparing only; each sign of a script without spaces is one."""
    return _WORD.findall(UNSPACED.sub(r" \1 ", fold_text(text)))


def _leads_back(asked: str, answered: str) -> bool:
    """Whether an address elsewhere holds the one that was asked for, as those of logins and consent walls do."""
    rest = asked.partition("://")[2].rstrip("/")
    held = unquote(answered.partition("://")[2])
    return "/" in rest and rest in held and not held.startswith(rest)


def _is_linked(heading: LexborNode, root: LexborNode) -> bool:
    around = html_tree.find_ancestors(heading, root)
    return heading.css_first("a") is not None or any(node.tag == "a" for node in around)


def _share_title(title: Sequence[str], name: Sequence[str]) -> float:
    """Return which part of the title's telling words a name has, or of the name's the title; of few words all."""
    told, other = ({word for word in one if _is_telling(word)} for one in (title, name))
    if min(len(told), len(other)) < _FEW:
        return float(_has_words(name, title) or (len(told) > 1 and told <= other))
    return len(told & other) / min(len(told), len(other))


def _is_telling(word: str) -> bool:
    return len(word) > _SHORT or not word.isascii() or not word.isalpha()


def _has_words(words: Sequence[str], some: Sequence[str]) -> bool:
    return f" {' '.join(some)} " in f" {' '.join(words)} "


def _has_beginning(article: Article, found: Article) -> bool:
    """Whether the page has most of what the article begins with, or of what is said of it."""
    text = " ".join(html.to_plain_text(article.content).split()[:_BEGINNING])
    page = f"{found.dek} {found.summary} {html.to_plain_text(found.content)}"
    told = [one for one in (text, article.dek, article.summary) if len(fold_words(one)) >= _LEAST]
    return len(fold_words(page)) >= _LEAST and any(is_mostly_same(one, page) for one in told)


def _has_byline(article: Article, found: Article, share: float) -> bool:
    """Whether the page names one of the authors as its author, and has a good part of the title, or the day."""
    is_theirs = any(people.are_names_alike(one.name, other.name) for one in article.authors for other in found.authors)
    is_dated = bool(article.published and found.published) and identity.is_same_day(article, found)
    return is_theirs and (share >= _ALIKE or is_dated)
