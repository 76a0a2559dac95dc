"""One answer to "is it ours" and "is it the same": asked by every stage, decided here. Pure.

Addresses are the same when ``links.canonical`` makes them alike, words when ``text.fold_text`` does. Both are for
comparing: what is shown, promised or remembered stays byte for byte what was given.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from dispatch import links
from dispatch.model import Article, Author, Publication, Source
from dispatch.text import fold_text


def is_ours(url: str, publication: Publication) -> bool:
    """Whether an article with this address was first published here: it has none, or one within the publication's."""
    return not url or is_within(url, publication)


def is_within(url: str, publication: Publication) -> bool:
    """Whether an address is that of something in the publication's site."""
    return url.startswith(f"{publication.url}/")


def is_place(url: str, publication: Publication) -> bool:
    """Whether an address is one that dispatch gives: that of an issue's page, or of an article's place on it."""
    return bool(re.fullmatch(re.escape(publication.url) + r"/issues/[a-z0-9-]{1,80}/(#[a-z0-9-]{1,80})?", url))


def is_same_address(one: str, other: str) -> bool:
    """Whether two addresses lead to the same."""
    return links.canonical(one) == links.canonical(other)


def fold_address(article: Article) -> str:
    """Fold what two addresses of an article may differ in; one's own, which differ in their places only, stay whole."""
    return article.url if article.own else links.canonical(article.url)


def is_same_article(one: Article, other: Article) -> bool:
    """Whether two articles are one: by their ids, else by their addresses.

    Two places on one page of somebody else, as the entries of a diary have, are two articles unless their titles are
    the same as well. Without an address no article is the same as another: see ``fold_words``.
    """
    if one.id and one.id == other.id:
        return True
    if not (one.url and other.url) or fold_address(one) != fold_address(other):
        return False
    places = {url.partition("#")[2].partition(":~:")[0] for url in (one.url, other.url)} - {""}
    return len(places) < 2 or fold_text(one.title) == fold_text(other.title)


def fold_words(title: str, text: str) -> str:
    """Fold the title and the plain text of an article: what two copies have in common where no address tells."""
    return f"{fold_text(title)}\0{fold_text(text)}"


def is_same_source(one: Source, other: Source) -> bool:
    """Whether two sources are one: by the key, else by the address, else by the title, which two papers may share."""
    if one.key:
        return one.key == other.key
    if one.url and other.url:
        return is_same_address(one.url, other.url)
    return bool(one.title) and fold_text(one.title) == fold_text(other.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody who is named as an author, told apart.

    People of one name are told apart by their addresses; one without an address is the only other of that name, or,
    where there are several, somebody else. Two names are two people, even at one address: a whole staff may be given
    that of its paper, and nobody is to be credited with another's words.
    """

    keys: Annotated[Mapping[tuple[str, str], str], "the keys of authors.toml by name and address"]
    addresses: Annotated[Mapping[str, frozenset[str]], "the addresses that go with each name"]

    @classmethod
    def among(cls, authors: Iterable[Author], registry: Mapping[str, Author]) -> "People":
        """Tell the authors of a publication apart, given its authors.toml."""
        addresses: dict[str, set[str]] = {}
        for author in authors:
            addresses.setdefault(fold_text(author.name), set()).update({links.canonical(author.url)} - {""})
        people = cls(keys={}, addresses={name: frozenset(urls) for name, urls in addresses.items()})
        return cls(keys={people.identify(author): key for key, author in registry.items()}, addresses=people.addresses)

    def identify(self, author: Author) -> tuple[str, str]:
        """Give the folded name and address that are an author's and nobody else's; the address may be empty."""
        name = fold_text(author.name)
        known = self.addresses.get(name, frozenset())
        return name, links.canonical(author.url) or (next(iter(known)) if len(known) == 1 else "")

    def find_key(self, author: Author) -> str:
        """Find an author's key in authors.toml; empty without one."""
        return self.keys.get(self.identify(author), "")
