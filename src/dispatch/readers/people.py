"""Clean and compare names: never a placeholder, a login or a house for a person, and never a part of a name."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from html import unescape

from dispatch import html, links
from dispatch.identity import fold_spelling, is_name_inverted
from dispatch.model import Article, Author, Certainty, Credit, Source
from dispatch.readers import bylines
from dispatch.text import fold_text

MOST_NAME = 200  # characters
MOST_NAMES = 64 * 1024  # of all authors that stand in one field of a feed

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
_CODE = re.compile(r"(?<=\S) \([a-zäöüß]{2,4}\.?\)$")  # how a paper signs its shorter texts: “Ann Lee (ale)”
_ADDRESS = re.compile(r"https?://\S*|\S[^\s@]*+@\S[^\s.]*+\.\S++|[\w.-]+\.[a-z]{2,}/\S*")
# Also as it is hidden from programs: ann [at] paper [dot] example.
_IN_MAILBOX = r"[^\s()<>\[\],;:\"'|@]"
_MAILBOX = re.compile(
    rf"(?<!{_IN_MAILBOX})(?:mailto:)?({_IN_MAILBOX}++(?:@|\s?+[(\[]at[)\]]\s?+){_IN_MAILBOX}++"
    rf"(?:\s?+[(\[]dot[)\]]\s?+{_IN_MAILBOX}++)*+)"
)
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.[ -]?){1,5}")
_LOGIN = re.compile(r"[a-z0-9._-]+|(?=\D*\d|[^_]*_)[\w.-]+", re.ASCII)
_SEPARATORS = " ,;/&+|·•、،，؛\t\n"
# fmt: off
_ANDS = (
    "", "and", "und", "et", "y", "e", "och", "og", "en", "ja", "ve", "with", "mit", "и", "و", "और", "と", "和", "与",
    "與", "及",
)
# fmt: on
_ANDS_IN = frozenset({*_ANDS, "&", "+"}) - {"", "e", "y"}


def clean_name(written: str, *, most: int = MOST_NAME) -> str:
    """Clean a name for display; empty when it is a placeholder, an address or too long.

    Markup, mailboxes, handles, and the words that systems write round a name go; so does a job behind it.
    “Lee, Ann” is turned.
    """
    shown = " ".join(html.remove_illegal_characters(_MARKUP.sub(" ", unescape(written))).split())
    shown = ", ".join(name for name, _ in split_mailboxes(shown) if name)
    shown = bylines.strip_surroundings(_CODE.sub("", _HANDLE.sub("", shown).strip()))
    shown = bylines.strip_surroundings(_turn_name(bylines.strip_job(_strip_job(shown))))
    nobody = fold_text(shown) in _NOBODY or _ADDRESS.fullmatch(shown) or len(shown) > most
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
    is_turned = (
        "," not in first
        and is_name_inverted(name)
        and is_last
        and is_first
        and _ANDS_IN.isdisjoint(first.lower().split())
    )
    return f"{first} {last}" if is_turned and not bylines.is_house_name(name) else name


def make_author(
    written: str, *, url: str = "", email: str = "", bio: str = "", avatar: str = "", most: int = MOST_NAME
) -> Iterable[Author]:
    """Yield the author that a text names, or none where it is a placeholder; several where it names them plainly.

    A name with an address stays one, for there is one page; an address that is not absolute is left out.
    most: characters of a name; more is several names, or none.
    """
    named = [
        (shown, html.remove_illegal_characters(email or mailbox).strip())
        for several, mailbox in split_mailboxes(unescape(written))
        for name in (
            split_authors(several)
            if len(several) > MOST_NAME
            else split_index(several) or ([several] if url else split_plain(several))
        )
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
    if inverted := split_index(line):
        return inverted
    names, rest = bylines.split_names(line)
    return names if names and not rest else [line]


def split_plain(written: str) -> Sequence[str]:
    """Split a line with an “and” that can be nothing but several names in full, as a byline is; else it is one."""
    line = " ".join(written.split())
    names, rest = bylines.split_names(line) if is_several(line) else ((), "")
    is_plain = len(names) > 1 and not rest
    is_full = all(" " in name and not (is_several(name) or bylines.is_house_name(name)) for name in names)
    return names if is_plain and is_full else [written]


def is_several(name: str) -> bool:
    """Whether a name has an “and” in it, so that it may be several people's, or a house's."""
    return any(word.lower() in _ANDS_IN and word in bylines.ANDS for word in name.split()[1:-1])


def split_index(written: str) -> list[str]:
    """Split names that are all inverted and have initials, as journals list them (“Lee, A., Roe, B.”); else nothing."""
    pieces = [piece.strip() for piece in written.strip(" ,").split(",")]
    if len(pieces) % 2 or not all(map(_INITIALS.fullmatch, pieces[1::2])):
        return []
    return [f"{last}, {first}" for last, first in zip(pieces[::2], pieces[1::2], strict=True)]


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
    name = after if before in bylines.ANDS else name
    return name[1:-1] if name.startswith("(") and name.endswith(")") else name


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


def limit_certainty(authors: Iterable[Author], certainty: Certainty, *, is_cut: bool = False) -> Certainty:
    """Return how certain it is who wrote something when each is named so: a login is never a certain name."""
    return "likely" if certainty == "certain" and (is_cut or any(is_login(one.name) for one in authors)) else certainty


def limit_feed_certainty(article: Article) -> Article:
    """Make an article of a feed likely and no more where a name is its source's, its host's, any house's, or joined."""
    hosts = map(links.parse_host, (article.source.url, article.source.feed, article.url))
    houses = {article.source.title, *hosts} - {""}
    is_doubtful = any(is_house(author.name, houses) or is_several(author.name) for author in article.authors)
    return replace(article, certainty="likely") if article.certainty == "certain" and is_doubtful else article


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
    if [author.name for author in authors] == names or (len(authors) == 1 and is_joined_name(authors[0].name, names)):
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
    via = tuple(Credit(role="via", name=one.name, url=one.url) for one in article.authors if "@" not in one.name)
    site = Source(title=links.parse_host(article.url).removeprefix("www."), url=links.resolve_address(article.url, "/"))
    return replace(article, authors=(), certainty="unknown", credits=(*via, *article.credits), source=site)
