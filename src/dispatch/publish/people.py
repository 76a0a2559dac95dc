"""Give a person another name, or make one person of two: in authors.toml, in all issues, in the ledger.

Nothing of it is shown to readers as a correction: what was published by somebody is by the same person still. The page
that tells the old name moves; its old address leads on, unless the name is to be forgotten.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from dispatch import config, files, from_mapping, identity, inbox, issues, ledger, links, registry
from dispatch.errors import ConfigError
from dispatch.model import Author, Person, Publication, Record
from dispatch.publish import cache
from dispatch.publish.topics import FOLDERS, format_author_id, parse_author_id
from dispatch.slugs import find_unused, is_slug, make_slug
from dispatch.text import fold_text, quote_word
from dispatch.toml import parse_toml

_FIELDS = ("name", "url", "email", "bio", "avatar")
_TEXTS = frozenset({".atom", ".css", ".eml", ".html", ".json", ".md", ".txt", ".xml"})  # by the ends of their names


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """What became of a person."""

    key: Annotated[str, "the key in authors.toml"]
    name: Annotated[str, "the name that is shown"]
    files: Annotated[tuple[str, ...], "the files of articles that were changed"]
    moved: Annotated[tuple[tuple[str, str], ...], "the addresses of pages, before and now"]
    forgotten: Annotated[tuple[str, ...], "the names and keys that are to be known no more"] = ()
    gone: Annotated[tuple[str, ...], "the folders of pages that nothing leads on from, below the public folder"] = ()
    mentions: Annotated[
        tuple[str, ...], "files that say the old name in what no command changes: a text, a template"
    ] = ()


def find_person(publication: Publication, said: Author) -> tuple[str, Person]:
    """Find somebody by key, name, former name or address: in authors.toml, else among those whom articles name.

    Returns the key, which is empty for somebody without an entry. Raises ConfigError, with the nearest name, where
    nobody is found, or several are.
    """
    if key := said.name if said.name in publication.authors else identity.find_person(said, publication):
        return key, Person(author=publication.authors[key], former=publication.former_names.get(key, ()))
    for key, names in _find_published_names(publication).items():
        if any(identity.is_same_name(one, said.name) for one in names):
            return key, Person(author=publication.authors[key], former=publication.former_names.get(key, ()))
    articles = (one for issue in issues.read_all_issues(publication, with_texts=False) for one in issue.articles)
    named = [author for one in articles for author in one.authors]
    strangers = {one for one in named if not identity.find_person(one, publication)}
    found = {one for one in strangers if identity.is_same_name(one.name, said.name)}
    if said.url:
        found = {one for one in found if not one.url or identity.is_same_address(one.url, said.url)}
    if not found:
        names = [one.name for one in (*publication.authors.values(), *named)]
        near = from_mapping.suggest_nearest(said.name, [*publication.authors, *names])
        hint = "To see who there is: dispatch author list; a name that was changed by hand: former = [...] in the entry"
        raise ConfigError(f"nobody is called “{said.name}”{near}", hint=hint)
    if len({identity.fold_address(one.url) for one in found} - {""}) > 1:
        pages = ", ".join(sorted(one.url or "no page" for one in found))
        what = f"several people are called “{said.name}”: {pages}"
        raise ConfigError(what, hint="Say which: NAME=ADDRESS; or give each an entry in authors.toml.")
    return "", Person(author=max(found, key=lambda one: (bool(one.url), bool(one.bio), one.name)))


def rename_person(publication: Publication, said: Author, name: str, *, forget: bool = False) -> PersonChange:
    """Give somebody another name, from now on in everything; whoever has no entry in authors.toml gets one.

    A key that tells the old name becomes one of the new name. forget: keep no trace of the old name, so that no old
    address leads on and nothing that comes under it is known. Raises ConfigError and IssueError.
    """
    key, person = find_person(publication, said)
    published = _find_published_names(publication).get(key, [])
    person = replace(person, former=(*person.former, *(one for one in published if one not in person.former)))
    for other, one in publication.authors.items():
        if other != key and identity.is_same_name(one.name, name):
            hint = (
                f"If that is the same person: dispatch author merge {quote_word(key or said.name)} {quote_word(other)}"
            )
            raise ConfigError(f"[{other}] is called “{name}”", subject=registry.FILE, hint=hint)
    by_hand = published[0] if published and identity.is_same_name(person.author.name, name) else person.author.name
    old = next((one for one in person.former if identity.is_same_name(one, said.name)), by_hand)
    others = publication.authors.keys() - {key}
    is_new = not key or _is_telling(key, old, name)
    now = find_unused(make_slug(name) or "author", others) if is_new else key
    former = dict.fromkeys((*person.former, person.author.name, key))
    kept = tuple(one for one in former if one and one not in (name, now))
    renamed = Person(author=replace(person.author, name=name), former=kept)
    change = _change_person(publication, renamed, now, (key,), forgotten=old if forget else "")
    return replace(change, mentions=tuple(_find_mentions(publication, old, more=("out", "inbox") if forget else ())))


def forget_traces(publication: Publication, change: PersonChange, folder: Path | None = None) -> None:
    """Erase what is to be forgotten from the caches, and have the next publish remove the pages that told it.

    folder: the public one, by default ``public``. Raises DeliveryError and GatherError.
    """
    with cache.open_cache(publication.root, folder or publication.root / "public") as built:
        built.forget_issues(built.issue_slugs())
        for path in change.gone:  # whoever's cache it was that made them
            built.adopt_folder(path)
    former = {**publication.former_names, change.key: change.forgotten}
    known = replace(publication, former_names=former)
    if not (publication.root / inbox.FILE).is_file():
        return
    with inbox.open_inbox(publication) as opened:
        opened.forget_name(lambda one: identity.find_person(one, known) == change.key, change.name)


def merge_people(publication: Publication, gone: Author, kept: Author) -> PersonChange:
    """Make two people one, who has the name and the entry of ``kept``. Raises ConfigError and IssueError."""
    (old, one), (key, other) = find_person(publication, gone), find_person(publication, kept)
    if one == other:
        raise ConfigError(f"“{gone.name}” and “{kept.name}” are one person already", subject=registry.FILE)
    now = key or find_unused(make_slug(other.author.name) or "author", publication.authors)
    author = Author(**{field: getattr(other.author, field) or getattr(one.author, field) for field in _FIELDS})
    known = dict.fromkeys((*other.former, one.author.name, old, one.author.url, one.author.email, *one.former))
    former = tuple(each for each in known if each and each not in (author.name, author.url, author.email, now))
    return _change_person(publication, Person(author=author, former=former), now, (key, old))


def _find_published_names(publication: Publication) -> dict[str, list[str]]:
    """Find the names that authors.toml does not know and under which its people were published, by key.

    That is so after a name was changed there by hand. Whose it was tells the page, the address of the list here, or
    that the list's oldest article is by one person today, who has a key.
    """
    records = [one for one in ledger.read_records(publication) if one.kind == "author"]
    strange = [
        (one, author) for one in records if not identity.find_person(author := parse_author_id(one.id), publication)
    ]
    articles = {}
    if strange:
        issues_ = issues.read_all_issues(publication, with_texts=False)
        articles = {one.id: one.authors for issue in issues_ for one in issue.articles}
    found: dict[str, list[str]] = {}
    for record, author in strange:
        named = articles.get(record.authors, ())
        keys = [key for key, one in publication.authors.items() if one in named]
        sure = [
            key
            for key, one in publication.authors.items()
            if author.url and identity.is_same_address(one.url, author.url)
        ]
        sure = sure or [key for key in keys if key == _find_stem(record.url)]
        everybody = (one for authors in articles.values() for one in authors)
        if not sure and len(named) == 1 and not any(identity.is_same_name(one.name, author.name) for one in everybody):
            sure = keys
        for key in sure[:1]:
            found.setdefault(key, []).append(author.name)
    return found


def _change_person(
    publication: Publication, person: Person, key: str, entries: Iterable[str], *, forgotten: str = ""
) -> PersonChange:
    """Write a person's entry in place of those that are there, and all that follows from it.

    authors.toml comes first, with the former names: wherever it is interrupted, every file reads as before.
    """
    entries = [entry for entry in entries if entry]
    registry_now = {one: author for one, author in publication.authors.items() if one not in entries}
    former_now = {one: names for one, names in publication.former_names.items() if one not in entries}
    now = replace(
        publication,
        authors={**registry_now, key: person.author},
        former_names={**former_now, key: person.former},
    )

    def is_theirs(author: Author) -> bool:
        return identity.find_person(author, now) == key

    records = ledger.read_records(publication)
    before = ledger.make_records(issues.read_all_issues(publication, with_texts=False), publication)
    _write_entry(publication, entries, key, person)
    changed = issues.rename_author(now, key, is_theirs, needs_all=bool(forgotten))
    homes = _find_homes(records, person, key, publication.url, is_theirs)
    after = ledger.make_records(issues.read_all_issues(now, with_texts=False), now)
    left = _mend_digests(_move_lists(records, homes, person, forgotten), before, after)
    if left != list(records):
        ledger.record_issues(publication, known=left)
    told = tuple(one for one in person.former if forgotten and _is_telling(one, forgotten, person.author.name))
    if told:
        kept = tuple(one for one in person.former if one not in told)
        _write_entry(publication, [key], key, replace(person, former=kept))
    gone = _list_pages(records) - _list_pages(left) if forgotten else set()
    return PersonChange(
        key=key,
        name=person.author.name,
        files=tuple(changed),
        moved=tuple((old, home) for old, home in homes.items() if old != home and not forgotten),
        forgotten=told,
        gone=tuple(sorted(one.removeprefix(f"{publication.url}/").strip("/") for one in gone)),
    )


def _list_pages(records: Iterable[Record]) -> set[str]:
    """List the addresses of people's pages, and those that lead on."""
    return {one.id if one.kind == "moved" else one.url for one in records if one.kind in ("author", "moved")}


def _write_entry(publication: Publication, entries: Sequence[str], key: str, person: Person) -> None:
    """Write the entry in place of the first that is there, and remove the others. Raises ConfigError."""
    path = publication.root / registry.FILE
    is_there = os.path.lexists(path)
    text = files.read_text(path, within=publication.root, error=ConfigError) if is_there else ""
    edited = text.removeprefix("\ufeff")
    raw = parse_toml(edited, file=registry.FILE, error=ConfigError)
    table = registry.to_table(person)
    for entry in (raw.get(one) for one in entries):  # a file's name stays one
        if isinstance(entry, Mapping) and isinstance(entry.get("avatar"), str) and "avatar" in table:
            whole = links.resolve_address(f"{publication.url}/", entry["avatar"])
            table["avatar"] = entry["avatar"] if whole == table["avatar"] else table["avatar"]
    for gone in entries[1:]:
        edited = registry.edit_entry(edited, gone, None)
    edited = registry.edit_entry(edited, next(iter(entries), key), table, now=key)
    old = text.encode("utf-8") if is_there else b""
    files.replace_file(path, old, edited.encode("utf-8"), within=publication.root, error=ConfigError)


def _find_homes(
    records: Sequence[Record], person: Person, key: str, site: str, is_theirs: Callable[[Author], bool]
) -> dict[str, str]:
    """Find a person's pages, by address, and where each goes: to one of them, or to one that tells no former name."""
    lists = [one for one in records if one.kind == "author"]
    pages = [one.url for one in lists if is_theirs(parse_author_id(one.id))]

    def is_told(word: str) -> bool:
        return any(_is_telling(word, name, person.author.name) for name in person.former)

    stay = [url for url in pages if not is_told(_find_stem(url))]
    taken = {_find_stem(one.url) for one in lists if one.url not in pages}
    taken |= {_find_stem(one.id) for one in records if one.kind == "moved" and one.url not in pages}
    home = stay[0] if stay else f"{site}/{FOLDERS['author']}/{find_unused(key, taken)}/"
    return dict.fromkeys(pages, home)


def _move_lists(
    records: Sequence[Record], homes: Mapping[str, str], person: Person, forgotten: str
) -> Iterator[Record]:
    """Give the pages of a person their new address and name; the old ones lead on, but for what is forgotten."""

    def lead_on(old: str, new: str) -> Iterator[Record]:
        if old != new and not (forgotten and _is_telling(_find_stem(old), forgotten, person.author.name)):
            yield Record(id=old, kind="moved", url=new)

    theirs = {*homes, *homes.values()}
    for one in records:
        if one.kind == "author" and one.url in homes:
            yield from lead_on(one.url, homes[one.url])
        elif one.kind == "moved" and one.url in theirs:
            yield from lead_on(one.id, homes.get(one.url, one.url))
        else:
            yield one
    yield from (Record(id=format_author_id(person.author), kind="author", url=home) for home in {*homes.values()})


def _mend_digests(records: Iterable[Record], before: Iterable[Record], after: Iterable[Record]) -> list[Record]:
    """Make the ledger's digests those of today's bylines, where they were those of yesterday's."""
    was = {one.id: {one.authors, *one.former_authors} for one in before if one.kind == "article"}
    now = {one.id: one for one in after if one.kind == "article"}
    return [
        replace(one, authors=now[one.id].authors)
        if one.kind == "article" and one.id in now and one.authors in {*was[one.id], *now[one.id].former_authors}
        else one
        for one in records
    ]


def _find_mentions(publication: Publication, name: str, more: Iterable[str]) -> Iterator[str]:
    """Find the files from which the site is made, and in more folders, that hold a name."""
    root, folded = publication.root, fold_text(name)
    made = (path for folder in ("issues", "templates", "pages", *more) for path in sorted((root / folder).rglob("*")))
    for path in (root / config.FILE, *(path for path in made if path.suffix in _TEXTS)):
        if path.is_file() and folded in fold_text(path.read_bytes().decode("utf-8", "replace")):
            yield files.format_path(path, root)


def _find_stem(url: str) -> str:
    """Find the name of a person's page."""
    return url.rstrip("/").rpartition("/")[2]


def _is_telling(word: str, name: str, now: str) -> bool:
    """Whether a word is that name, its slug, or a slug with a word of it that the name of now has not."""
    slug, words = make_slug(name), {*word.split("-")}
    if identity.is_same_name(word, name) or (slug and re.fullmatch(rf"{slug}(?:-\d+)?", word)):
        return True
    lost = set() if {"@", "/"} & {*name} else {*slug.split("-")} - {*make_slug(now).split("-"), ""}
    return is_slug(word) and any(not one.isdecimal() for one in lost & words)
