"""Clean and compare names: as they are written, never taken apart, and never a placeholder."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from html import unescape

from dispatch import html, links
from dispatch.identity import fold_spelling
from dispatch.model import Article, Author, Credit, Source
from dispatch.readers import bylines
from dispatch.text import fold_text

MOST_NAME = 200  # characters
MOST_NAMES = 64 * 1024  # of all authors that stand in one field of a feed

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
# Also as it is hidden from programs: ann [at] paper [dot] example.
_IN_MAILBOX = r"[^\s()<>\[\],;:\"'|@]"
_MAILBOX = re.compile(
    rf"(?<!{_IN_MAILBOX})(?:mailto:)?({_IN_MAILBOX}++(?:@|\s?+[(\[]at[)\]]\s?+){_IN_MAILBOX}++"
    rf"(?:\s?+[(\[]dot[)\]]\s?+{_IN_MAILBOX}++)*+)"
)
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.[ -]?){1,5}")
_LOGIN = re.compile(r"[a-z0-9._-]+", re.ASCII)
_SEPARATORS = " ,;/&+|·•、،，؛\t\n"
# fmt: off
_ANDS = (
    "", "and", "und", "et", "y", "e", "och", "og", "en", "ja", "ve", "with", "mit", "и", "و", "और", "と", "和", "与",
    "與", "及",
)
# fmt: on


def clean_name(written: str, *, most: int = MOST_NAME) -> str:
    """Clean a name for display, without mailboxes; empty when it is a placeholder, an address or too long."""
    shown = " ".join(html.remove_illegal_characters(unescape(written)).split())
    shown = ", ".join(name for name, _ in split_mailboxes(shown) if name)
    before = _BEFORE.match(shown)
    shown = shown[before.end() :] if before else shown
    nobody = fold_text(shown) in _NOBODY or _ADDRESS.fullmatch(shown) or len(shown) > most
    return "" if nobody or not re.search(r"\w", shown) else shown


def make_author(
    written: str, *, url: str = "", email: str = "", bio: str = "", avatar: str = "", most: int = MOST_NAME
) -> Iterable[Author]:
    """Yield the author that a text names, or none where it is a placeholder; several where it names them plainly.

    An address that is not absolute is left out. most: characters of a name; more is several names, or none.
    """
    named = [
        (shown, html.remove_illegal_characters(email or mailbox).strip())
        for several, mailbox in split_mailboxes(unescape(written))
        for name in (split_authors(several) if len(several) > MOST_NAME else [several])
        if (shown := clean_name(name, most=most))
    ]
    if len(named) > 1:
        yield from (Author(name=name, email=mailbox) for name, mailbox in named)
    elif named:
        url, avatar = (html.remove_illegal_characters(address).strip() for address in (url, avatar))
        yield Author(
            name=named[0][0],
            url=url if links.is_absolute(url) else "",
            email=named[0][1],
            bio=html.remove_illegal_characters(bio).strip(),
            avatar=avatar if links.is_picture_address(avatar) else "",
        )


def split_authors(written: str) -> Sequence[str]:
    """Split a long list of names where it is plain which they are (“Lee, A., Roe, B.”); else it stays one text."""
    line = " ".join(written.split())
    if any(sign in line for sign in ";|"):
        return re.split(r"[;|]", line)
    pieces = [piece.strip() for piece in line.split(",")]
    if len(pieces) % 2 == 0 and all(map(_INITIALS.fullmatch, pieces[1::2])):
        return [f"{last}, {first}" for last, first in zip(pieces[::2], pieces[1::2], strict=True)]
    names, rest = bylines.split_names(line)
    return names if names and not rest else [line]


def split_mailboxes(written: str) -> list[tuple[str, str]]:
    """Split a text into names, each with its mailbox: ``a@b.example (Ann Lee)``, ``Ann Lee <a@b.example>``.

    Unless each mailbox has a name of its own, the text stays one name, without any mailbox.
    """
    pieces = _MAILBOX.split(written)
    mailboxes = pieces[1::2]
    names = [name for piece in pieces[::2] if (name := _strip_brackets(piece))]
    if not mailboxes:
        return [(written, "")]
    if len(names) != len(mailboxes):
        return [(_strip_brackets(_MAILBOX.sub(" ", written)), mailboxes[0] if len(mailboxes) == 1 else "")]
    return list(zip(names, mailboxes, strict=True))


def _strip_brackets(text: str) -> str:
    """Strip what is left around a name when its mailbox is taken away."""
    name = re.sub(r" ?[(<\[] ?[)>\]]", "", " ".join(text.split())).strip(' ,;:|<>[]"“”@–—-/')
    name = name.removesuffix("(").removeprefix(")").strip(' ,;:|<>[]"“”@–—-/')
    before, _, after = name.partition(" ")
    name = after if before.lower() in _ANDS else name
    return name[1:-1] if name.startswith("(") and name.endswith(")") else name


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


def find_homes(own: Source, base: str, entries: Iterable[str]) -> frozenset[str]:
    """Find the sites that are a feed's own: of its front page, of its address, and where most of its entries are.

    own: the feed as it describes itself. base: where it was found. entries: the addresses of its entries.
    """
    sites = [site for url in entries if (site := links.find_site(url))]
    most = {site for site, count in Counter(sites).most_common(1) if count > max(2, len(sites) // 2)}
    return frozenset({*map(links.find_site, (own.url, own.feed, base)), *most} - {""})


def credit_linker(article: Article, own: Source, homes: Set[str], permalinks: Iterable[str]) -> Article:
    """Credit who links to the article of another site as ``via``: whoever wrote that, it is somebody else.

    own, homes: the feed and its sites, see ``find_homes``. permalinks: addresses of pages that are the entry itself.
    Where none of these is at home, its authors are likely, and no more: it may be a planet.
    """
    if not homes or article.source != own or links.find_site(article.url) in {*homes, ""}:
        return article
    if not any(links.find_site(url) in homes for url in permalinks):
        return replace(article, certainty="likely") if own.url and article.authors else article
    via = tuple(Credit(role="via", name=author.name, url=author.url) for author in article.authors)
    site = Source(title=links.parse_host(article.url).removeprefix("www."), url=links.resolve_address(article.url, "/"))
    return replace(article, authors=(), certainty="unknown", credits=(*via, *article.credits), source=site)
