"""Clean and compare names: never a placeholder, a login or a house for a person, and never a part of a name."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import unescape

from dispatch import html, links
from dispatch.identity import fold_spelling, is_name_inverted
from dispatch.model import Author, Certainty, Credit
from dispatch.readers import bylines
from dispatch.text import fold_text

# What systems fill in for a missing name.
# fmt: off
_NOBODY = frozenset({
    "admin", "administrator", "anonymous", "author", "by", "default", "guest", "name", "none", "null", "posted", "root",
    "site", "staff-writer", "test", "the author", "the authors", "undefined", "unknown", "user", "username",
    "webmaster", "wordpress", "wpadmin", "no author", "full bio", "bio", "read more", "about the author", "profile",
})
# fmt: on
_MARKUP = re.compile(r"<[^<>]{1,1000}>")
_HANDLE = re.compile(r"(?<=\S )[(\[]?@[\w.]{1,50}[)\]]?")
_ADDRESS = re.compile(r"https?://\S*|\S[^\s@]*+@\S[^\s.]*+\.\S++|[\w.-]+\.[a-z]{2,}/\S*")
_LOGIN = re.compile(r"[a-z0-9._-]+|(?=\D*\d|[^_]*_)[\w.-]+", re.ASCII)
_SEPARATORS = " ,;/&+|·•、،，؛\t\n"
# fmt: off
_ANDS = (
    "", "and", "und", "et", "y", "e", "och", "og", "en", "ja", "ve", "with", "mit", "и", "و", "और", "と", "和", "与",
    "與", "及",
)
# fmt: on
_ANDS_IN = frozenset(_ANDS) - {"e", "y"}


def clean_name(written: str) -> str:
    """Clean a name for display; empty when it is a placeholder or an address.

    Markup, handles, and the words that systems write round a name go; so does a job behind it. “Lee, Ann” is turned.
    """
    shown = " ".join(html.remove_illegal_characters(_MARKUP.sub(" ", unescape(written))).split())
    shown = _turn_name(_strip_job(bylines.strip_surroundings(_HANDLE.sub("", shown).strip())))
    nobody = fold_text(shown) in _NOBODY or _ADDRESS.fullmatch(shown) or len(shown) > 200
    return "" if nobody or not re.search(r"\w", shown) else shown


def _strip_job(name: str) -> str:
    """Strip what stands behind a comma, a bar or a dash and says what somebody is: “Ann Lee, Staff Writer”."""
    first, mark, rest = next(
        (parts for one in (", ", " | ", " - ", " – ") if (parts := name.partition(one))[1]), (name, "", "")
    )
    is_job = mark and bylines.is_name_like(first) and bylines.is_job(rest) and not bylines.is_job(first)
    return first if is_job and " " in first else name


def _turn_name(name: str) -> str:
    """Turn a name that is inverted as in an index; not two names with a comma between them, nor letters behind one."""
    last, _, first = name.partition(", ")
    is_last = len(last.split()) == 1 or last[:1].islower()
    is_first = bylines.is_name_like(first) and not (first.isupper() and 1 < len(first) < 5 and "." not in first)
    is_turned = is_name_inverted(name) and is_last and is_first and _ANDS_IN.isdisjoint(first.lower().split())
    return f"{first} {last}" if is_turned and not bylines.is_house_name(name) else name


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
    """Whether two names are likely one person's: initials with or without full stops, inverted or not, a login.

    Use it to find out whether two witnesses mean the same person, never to make one of two people.
    """
    return _fold_login(one) == _fold_login(other)


def _fold_login(name: str) -> str:
    return re.sub(r"[-_.\d]", "", name) if is_login(name) else fold_spelling(name)


def is_part_of_name(part: str, whole: str) -> bool:
    """Whether a name is only the first or the last word of another: “Ann” of “Ann Lee”."""
    words = fold_text(whole).split()
    return 1 < len(words) < 5 and fold_text(part) in {words[0], words[-1]} and not set(words) & set(_ANDS)


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
    """Whether it looks like a login name: one word of small letters, or with a digit or an underscore in it."""
    return bool(_LOGIN.fullmatch(written))


def limit_certainty(authors: Iterable[Author], certainty: Certainty) -> Certainty:
    """Return how certain it is who wrote something when each is named so: a login is never a certain name."""
    return "likely" if certainty == "certain" and any(is_login(one.name) for one in authors) else certainty


def is_house(name: str, houses: Iterable[str] = ()) -> bool:
    """Whether a name is not a person's but a staff's, an agency's, a company's, or that of one of these houses."""
    return bylines.is_house_name(name) or is_same_house(name, houses)


def is_same_house(name: str, houses: Iterable[str]) -> bool:
    """Whether a name is that of a site or its publisher, by its title or by any part of its host."""
    parts = {_fold_letters(part) for one in houses for part in (one, *(one.split(".") if " " not in one else ()))}
    return _fold_letters(name) in parts - {""}


def _fold_letters(name: str) -> str:
    return re.sub(r"[\W_]", "", fold_text(name).removeprefix("the "))


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
