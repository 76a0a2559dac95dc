"""Decide whether something is our own, and whether two things are the same: every stage asks here. Pure.

Two addresses are the same when ``links.canonicalise_address`` gives the same, two texts when ``text.fold_text`` does.
Both are for comparing only: what is shown, promised or remembered stays byte for byte what was given.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Final, NamedTuple

from dispatch import links
from dispatch.deferred import defer_pattern
from dispatch.frozen import dataclass
from dispatch.model import Article, Author, Credit, Publication, Source
from dispatch.slugs import is_slug
from dispatch.text import fold_text

MAILBOX: Final = "mailto:"  # before a mailbox that stands for an author's name until authors.toml says whose it is
# What may follow a name after a comma and is no given name.
_SUFFIX: Final = defer_pattern(r"(?:jr|sr|ii|iii|iv|ph\.? ?d|m\.?d|esq|obe|mbe|cbe|sj|op)\b.*", re.IGNORECASE)


def is_ours(url: str, publication: Publication) -> bool:
    """Whether an article with this address was first published here: it has none, or one in the publication's site."""
    return not url or is_site_address(url, publication)


def is_site_address(url: str, publication: Publication) -> bool:
    """Whether an address lies within the publication's site, as it is or was served."""
    return url.startswith(tuple(f"{base}/" for base in (publication.url, *publication.former_urls)))


def move_address(url: str, publication: Publication) -> str:
    """Return an address of the site as it was served before as it is now; any other stays as it is."""
    bases = [base for base in (publication.url, *publication.former_urls) if url.startswith(f"{base}/")]
    base = max(bases, key=len, default="")  # a site may have moved into a folder of itself, or out of one
    return publication.url + url.removeprefix(base) if base else url


def digest_authors(authors: Sequence[Author], publication: Publication) -> Iterator[str]:
    """Digest the authors: sixteen digits that change with any name, address or the order; empty without authors.

    An address is the same under https, and an own one wherever the site is served. After that digest come those that
    were recorded before this was so.
    """
    from hashlib import sha256  # with all of OpenSSL; few commands compare authors

    former = (publication.url, *publication.former_urls)
    first = replace(publication, url=former[1], former_urls=former) if publication.former_urls else publication
    raw = [[author.name, author.url] for author in authors]
    moved = [[name, move_address(url, first)] for name, url in raw]
    forms = ([[name, fold_scheme(url, scheme)] for name, url in moved] for scheme in ("https", "http"))
    for form in (*forms, raw):
        yield sha256(json.dumps(form).encode("ascii")).hexdigest()[:16] if authors else ""


def fold_scheme(url: str, scheme: str = "https") -> str:
    """Return a web address under this scheme, under which it is the same page: for comparing only."""
    return re.sub("^https?:", f"{scheme}:", url, flags=re.IGNORECASE)


def is_issue_address(url: str, publication: Publication) -> bool:
    """Whether dispatch made this address: it is that of an issue's page, or of an article's place on one."""
    now = move_address(url, publication)
    return bool(
        re.fullmatch(re.escape(publication.url) + r"/issues/[a-z0-9-]{1,80}/(#[a-z0-9-]{1,80}|[a-z0-9-]{1,80}/)?", now)
    )


def is_same_address(one: str, other: str) -> bool:
    """Whether two addresses lead to the same page."""
    return fold_address(one) == fold_address(other)


def fold_address(url: str) -> str:
    """Fold an address to what it shares with others that lead to the same page: for comparing only."""
    return links.canonicalise_address(url)


def fold_article_address(article: Article) -> str:
    """Fold an article's address; one of our own stays whole, because our articles differ in the fragment only."""
    return article.url if article.own else fold_address(article.url)


def is_same_article(one: Article, other: Article) -> bool:
    """Whether two articles are the same: by their ids, else by their addresses.

    Two fragments of one foreign page, as the entries of a diary have, are two articles unless their titles and days are
    the same as well. Without an address, no article is the same as another: see ``fold_words``.
    """
    if one.id and one.id == other.id:
        return True
    if not (one.url and other.url) or fold_article_address(one) != fold_article_address(other):
        return False
    places = {links.parse_place(url) for url in (one.url, other.url)} - {""}
    return len(places) < 2 or (fold_text(one.title) == fold_text(other.title) and is_same_day(one, other))


def is_same_day(one: Article, other: Article) -> bool:
    """Whether two articles may have been published within a day, for all that is known."""
    return not (one.published and other.published) or abs(one.published - other.published) < timedelta(days=1)


def fold_words(title: str, text: str) -> str:
    """Fold title and plain text of an article into a key that two copies share where no address tells."""
    return f"{fold_text(title)}\0{fold_text(text)}"


def is_same_source(named: Source, entry: Source) -> bool:
    """Whether the source ``named`` in an article is the entry ``entry`` of dispatch.toml.

    Compared by key, else by address, else by title, which two papers may share.
    """
    if named.key:
        return named.key == entry.key
    if named.url and entry.url:
        return is_same_address(named.url, entry.url)
    return bool(named.title) and fold_text(named.title) == fold_text(entry.title)


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are the same, ignoring letter composition, capitals and spaces."""
    return fold_text(one) == fold_text(other)


def is_name_inverted(name: str) -> bool:
    """Whether a name is inverted, as in an index (“Holm, Ada”), and not only followed by “Jr.”."""
    _, comma, rest = name.partition(", ")
    return bool(comma) and not _SUFFIX.fullmatch(rest)


def fold_spelling(name: str) -> str:
    """Fold a name so that its spellings are equal: initials with or without full stops, inverted or not.

    Equal spellings alone do not make two people one: that takes the same address, or a page whose witnesses are
    compared.
    """
    last, _, first = name.partition(", ")
    turned = f"{first} {last}" if is_name_inverted(name) else name
    return re.sub(r"[\s.,]", "", fold_text(turned))


def find_person(author: Author, publication: Publication) -> str:
    """Find the key of the person in authors.toml that somebody is; empty for a stranger, and where it may be two.

    Asked are the keys, names and addresses that the person has or had. A key or a name alone will do, unless another
    page is given with it; with the same page or mailbox, a part of the name or its initials will do. Written as a
    name, an address says who it is.
    """
    spelled, written = fold_spelling(author.name), _fold_contact(author.name)
    page = _fold_contact(author.url)
    own = {page, _fold_contact(author.email)} - {""}
    found = []
    for key, person in publication.authors.items():
        former = publication.former_names.get(key, ())
        names, contacts = _fold_person(person, former)
        if spelled in names or author.name == key or author.name in former:
            is_person = not page or page in contacts
        else:
            known, shown = (person.name, *former), [author.name]
            is_person = written in contacts or (
                not own.isdisjoint(contacts)
                and (is_short_for(author.name, known) or any(is_short_for(one, shown) for one in known))
            )
        if is_person:
            found.append(key)
    return found[0] if len(found) == 1 else ""


def register_authors(authors: Iterable[Author], publication: Publication) -> tuple[Author, ...]:
    """Return authors as authors.toml has them, each once, and strangers as given. See ``find_person``.

    A mailbox that stands for a name and is nobody's is left out, and so is a stranger's mailbox beside the name: files
    are often public, and it has been asked.
    """
    named = (publication.authors.get(find_person(one, publication)) or replace(one, email="") for one in authors)
    return tuple(dict.fromkeys(one for one in named if not one.name.startswith(MAILBOX)))


def register_article(article: Article, publication: Publication, *, is_own: bool = True) -> tuple[Article, list[str]]:
    """Return the article with its authors as authors.toml has them, and what to say of mailboxes that nobody has.

    Whoever has such a mailbox is not named, so that it is not certain any more who wrote it. is_own: it comes from a
    file of one's own, whose keys are those of authors.toml and no stranger's logins.
    """
    mailboxes = (one for one in article.authors if one.name.startswith(MAILBOX))
    unknown = [one.name for one in mailboxes if not find_person(one, publication)]
    authors = register_authors(article.authors, publication)
    certainty = article.certainty if not unknown else "likely" if authors else "unknown"
    words = {one.name for one in article.authors if " " not in one.name}
    if is_own and article.markdown and certainty == "likely" and words and words <= publication.authors.keys():
        certainty = "certain"
    notes = [f"nobody in authors.toml has the mailbox {one.removeprefix(MAILBOX)}" for one in unknown]
    return replace(article, authors=authors, certainty=certainty), notes


def replace_former_name(author: Author, publication: Publication) -> Author:
    """Return the author as authors.toml has this person, if the name is a former one there; else as given."""
    key = find_person(author, publication) if publication.former_names else ""
    former = {fold_spelling(name) for name in publication.former_names.get(key, ())}
    is_former = bool(former) and fold_spelling(author.name) in former - {fold_spelling(publication.authors[key].name)}
    return publication.authors[key] if is_former else author


def replace_former_credit(credit: Credit, publication: Publication) -> Credit:
    """Return the credit with the present name of somebody who is named with a former one."""
    now = replace_former_name(Author(name=credit.name, url=credit.url), publication)
    return replace(credit, name=now.name)


def is_short_for(name: str, names: Iterable[str]) -> bool:
    """Whether each word of a name, or its initial, begins a word of one of these: “Ann L.” is short for “Ann Lee”."""
    begun = [word.strip(".") for word in _split_words(name)]
    return any(all(any(one.startswith(word) for one in _split_words(full)) for word in begun) for full in names)


def suggest_people(author: Author, publication: Publication) -> list[str]:
    """List the keys of people whom a stranger's name may be short for, as “A. Quill” is for “Ann Quill”: an editor's
    to decide, never certain.
    """
    if find_person(author, publication) or len(fold_spelling(author.name)) < 2:
        return []
    named = ((key, (one.name, *publication.former_names.get(key, ()))) for key, one in publication.authors.items())
    return [key for key, names in named if is_short_for(author.name, names)]


def _split_words(name: str) -> frozenset[str]:
    return frozenset(fold_text(name).split())


@lru_cache(maxsize=1 << 13)
def _fold_person(person: Author, former: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Fold the names that a person has or had, and the pages and mailboxes."""
    addresses = {one for one in former if links.is_absolute(one) or "@" in one}
    contacts = {_fold_contact(one) for one in (person.url, person.email, *addresses) if one}
    names = (person.name, *(one for one in former if not (one in addresses or is_slug(one))))
    return frozenset(map(fold_spelling, names)), frozenset(contacts)


def _fold_contact(written: str) -> str:
    """Fold the address of a page or a mailbox; what is neither stays as it is."""
    address = written.strip().removeprefix("mailto:")
    return fold_address(address) if links.is_absolute(address) else fold_text(address)


class Identity(NamedTuple):
    """What tells a person, or a thing, from all others of its kind; fields that do not tell are empty."""

    key: Annotated[str, "in authors.toml or dispatch.toml"] = ""
    url: Annotated[str, "the folded address"] = ""
    name: Annotated[str, "the folded name"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Tells authors apart: by the key in authors.toml, else by the address, else by the name.

    Where several names are in use at one address, as when a feed gives a whole staff the paper's address, the name
    counts as well: nobody is to be credited with another's words. Spellings of one name are one person. An author
    without an address is the only other person of that name, or, if there are several, somebody else.
    """

    keys: Annotated[Mapping[Identity, str], "the keys of authors.toml by what is told without them"]
    addresses: Annotated[Mapping[str, frozenset[str]], "the addresses that go with each name"]
    names: Annotated[Mapping[str, frozenset[str]], "the names in use at each address"]

    @classmethod
    def tell_apart(
        cls, authors: Iterable[Author], registry: Mapping[str, Author], remembered: Iterable[Author] = ()
    ) -> "People":
        """Build the index of a publication's authors from everybody named in it and from its authors.toml.

        remembered: the authors in the ledger; their names count at their addresses, so that nobody inherits a list.
        """
        authors = tuple(authors)
        addresses: dict[str, set[str]] = {}
        names: dict[str, set[str]] = {}
        for author in authors:
            addresses.setdefault(fold_text(author.name), set()).update({fold_address(author.url)} - {""})
        for author in (*authors, *registry.values(), *remembered):
            names.setdefault(fold_address(author.url), set()).add(fold_spelling(author.name))
        people = cls(keys={}, addresses=_freeze_sets(addresses), names=_freeze_sets(names))
        return replace(people, keys={people.identify_author(author): key for key, author in registry.items()})

    def identify_author(self, author: Author) -> Identity:
        """Return what identifies this author and nobody else."""
        name = fold_text(author.name)
        known = self.addresses.get(name, frozenset())
        url = fold_address(author.url) or (next(iter(known)) if len(known) == 1 else "")
        is_shared = len(self.names.get(url, ())) > 1
        told = Identity(url=url, name=fold_spelling(name) if is_shared else "") if url else Identity(name=name)
        return Identity(key=self.keys[told]) if told in self.keys else told


def _freeze_sets(sets: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in sets.items()}
