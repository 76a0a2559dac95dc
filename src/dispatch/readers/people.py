"""Who is named: names as they are written, never taken apart, and never somebody who is nobody."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import unescape

from dispatch import html, links
from dispatch.model import Author, Credit

# What systems fill in when nobody told them a name.
_NOBODY = frozenset(
    {
        "admin",
        "administrator",
        "anonymous",
        "author",
        "by",
        "default",
        "guest",
        "name",
        "none",
        "null",
        "root",
        "site",
        "staff-writer",
        "test",
        "undefined",
        "unknown",
        "user",
        "username",
        "webmaster",
        "wordpress",
        "wpadmin",
        "posted",
    }
)
_JOINED_BY_AT_MOST = 6


def name(written: str) -> str:
    """A name as it is to be shown, or nothing where it names nobody."""
    shown = " ".join(html.clean(unescape(written)).split())
    nobody = shown.casefold() in _NOBODY or re.fullmatch(r"https?://\S*|\S+@\S+\.\S+", shown) or len(shown) > 200
    return "" if nobody or not re.search(r"\w", shown) else shown


def author(written: str, *, url: str = "", email: str = "", bio: str = "", avatar: str = "") -> Iterable[Author]:
    """One author, or none where the name names nobody. An address that is not absolute is left out."""
    if shown := name(written):
        url, avatar = (html.clean(address).strip() for address in (url, avatar))
        yield Author(
            name=shown,
            url=url if links.is_absolute(url) else "",
            email=html.clean(email).strip(),
            bio=html.clean(bio).strip(),
            avatar=avatar if links.is_web(avatar) else "",
        )


def same(one: str, other: str) -> bool:
    """Whether two names are written alike."""
    return _fold(one) == _fold(other)


def complete(named: Iterable[Author], more: Iterable[Author]) -> tuple[Author, ...]:
    """The authors in order, once each, with what is said elsewhere of the same name added where it was not known."""
    authors: dict[str, Author] = {}
    for author in named:
        authors[_fold(author.name)] = _merge(authors.get(_fold(author.name), author), author)
    for author in more:
        if known := authors.get(_fold(author.name)):
            authors[_fold(author.name)] = _merge(known, author)
    return tuple(authors.values())


def unjoin(authors: Sequence[Author], contributors: Sequence[Author]) -> tuple[tuple[Author, ...], tuple[Credit, ...]]:
    """Authors and credits, where one author element may hold all names that contributor elements list one by one.

    Nothing is split: the markup itself says the single names, and only where they make up the joined one whole.
    """
    joined = authors[0].name if len(authors) == 1 else ""
    spare = len(joined) - sum(len(person.name) for person in contributors)
    listed = contributors and re.search(".*".join(re.escape(person.name) for person in contributors), joined)
    if listed and 0 <= spare <= _JOINED_BY_AT_MOST * (len(contributors) - 1):
        return complete(contributors, authors), ()
    return complete(authors, ()), tuple(
        Credit(role="contributor", name=person.name, url=person.url) for person in contributors
    )


def _merge(author: Author, more: Author) -> Author:
    return replace(
        author,
        url=author.url or more.url,
        email=author.email or more.email,
        bio=author.bio or more.bio,
        avatar=author.avatar or more.avatar,
    )


def _fold(written: str) -> str:
    return " ".join(written.casefold().split())
