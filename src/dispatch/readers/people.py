"""Clean and compare names: as they are written, never taken apart, and never a placeholder."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import unescape

from dispatch import html, links
from dispatch.identity import fold_spelling
from dispatch.model import Author, Credit
from dispatch.text import fold_text

# What systems fill in for a missing name.
# fmt: off
_NOBODY = frozenset({
    "admin", "administrator", "anonymous", "author", "by", "default", "guest", "name", "none", "null", "posted", "root",
    "site", "staff-writer", "test", "the author", "the authors", "undefined", "unknown", "user", "username",
    "webmaster", "wordpress", "wpadmin",
})
# fmt: on
# Words that systems and themes put before a name.
_BEFORE = re.compile(r"(?:[Bb][Yy]|(?:Written|Posted|Words|Text) by|Authors?(?=:)|About):? +(?=\S)")
_ADDRESS = re.compile(r"https?://\S*|\S[^\s@]*+@\S[^\s.]*+\.\S++|[\w.-]+\.[a-z]{2,}/\S*")
_LOGIN = re.compile(r"[a-z0-9._-]+", re.ASCII)
_SEPARATORS = " ,;/&+|·•、،，؛\t\n"
# fmt: off
_ANDS = (
    "", "and", "und", "et", "y", "e", "och", "og", "en", "ja", "ve", "with", "mit", "и", "و", "और", "と", "和", "与",
    "與", "及",
)
# fmt: on


def clean_name(written: str) -> str:
    """Clean a name for display; empty when it is a placeholder or an address."""
    shown = " ".join(html.remove_illegal_characters(unescape(written)).split())
    before = _BEFORE.match(shown)
    shown = shown[before.end() :] if before else shown
    nobody = fold_text(shown) in _NOBODY or _ADDRESS.fullmatch(shown) or len(shown) > 200
    return "" if nobody or not re.search(r"\w", shown) else shown


def make_author(written: str, *, url: str = "", email: str = "", bio: str = "", avatar: str = "") -> Iterable[Author]:
    """Yield one author, or none where the name is a placeholder. An address that is not absolute is left out."""
    if shown := clean_name(written):
        url, avatar = (html.remove_illegal_characters(address).strip() for address in (url, avatar))
        yield Author(
            name=shown,
            url=url if links.is_absolute(url) else "",
            email=html.remove_illegal_characters(email).strip(),
            bio=html.remove_illegal_characters(bio).strip(),
            avatar=avatar if links.is_picture_address(avatar) else "",
        )


def are_names_alike(one: str, other: str) -> bool:
    """Whether two names are likely one person's: initials with or without full stops, inverted or not.

    Use it to find out whether two witnesses mean the same person, never to make one of two people.
    """
    return fold_spelling(one) == fold_spelling(other)


def is_joined_name(joined: str, names: Sequence[str]) -> bool:
    """Whether one text is made of all these names in order, with nothing but separators between them."""
    # What is left after a name may be read in several ways; each is followed once. A pattern would try them all.
    left = {joined.lower()}
    for number, name in enumerate(map(str.lower, names)):
        starts = left if number == 0 else {start for rest in left for start in _skip_separators(rest)}
        left = {start.removeprefix(name) for start in starts if start.startswith(name)}
    return len(names) > 1 and "" in left


def _skip_separators(rest: str) -> Iterable[str]:
    """Yield what follows separators, with an “and” among them or without one."""
    rest = rest.lstrip(_SEPARATORS)
    return (rest.removeprefix(word).lstrip(_SEPARATORS) for word in _ANDS if rest.startswith(word))


def is_login(written: str) -> bool:
    """Whether it looks like a login name."""
    return bool(_LOGIN.fullmatch(written))


def merge_authors(named: Iterable[Author], more: Iterable[Author]) -> tuple[Author, ...]:
    """Merge authors of the same name, in order, and complete them with what ``more`` knows of the same name."""
    authors: dict[str, Author] = {}
    for author in named:
        authors[fold_text(author.name)] = _fill_author(authors.get(fold_text(author.name), author), author)
    keys = {fold_spelling(author.name): key for key, author in authors.items()}
    for author in more:
        if key := keys.get(fold_spelling(author.name)):
            authors[key] = _fill_author(authors[key], author)
    return tuple(authors.values())


def separate_authors(
    authors: Sequence[Author], contributors: Sequence[Author]
) -> tuple[tuple[Author, ...], tuple[Credit, ...]]:
    """Separate a joined author into the people that contributor elements list, and return authors and credits.

    Nothing is split: the markup itself gives the single names, and only where they make up the joined one entirely.
    """
    names = [person.name for person in contributors]
    if len(authors) == 1 and (is_joined_name(authors[0].name, names) or [authors[0].name] == names):
        return merge_authors(contributors, authors), ()
    return merge_authors(authors, ()), tuple(
        Credit(role="contributor", name=person.name, url=person.url) for person in contributors
    )


def _fill_author(author: Author, more: Author) -> Author:
    return replace(
        author,
        url=author.url or more.url,
        email=author.email or more.email,
        bio=author.bio or more.bio,
        avatar=author.avatar or more.avatar,
    )
