"""What of the publication itself is another: dispatch.toml, authors.toml, dispatch.lock, the templates."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace

from dispatch import tables
from dispatch.model import Author, Publication, Record, Source
from dispatch.review.changes import Change, Version
from dispatch.review.fields import around, listed

_FILE = "dispatch.toml"
LOCK = "dispatch.lock"
_THINGS = ("article", "issue")
_NAMES = ("author", "source", "section", "tag")
_ADDRESSES = ("url", "email.unsubscribe")
_LISTS = ("sources", "authors", "templates", "check", "root")


def shows(publication: Publication | None) -> object:
    """Everything of a publication that stands in editions of every issue, to be compared."""
    if publication is None:
        return None
    said = [
        getattr(publication, item.name)
        for item in fields(publication)
        if item.name not in {"authors", "sources", "root"}
    ]
    return [dict(value) if isinstance(value, Mapping) else value for value in said]


def differences(old: Version, new: Version) -> Iterator[Change]:
    """Every change of the publication, with what is switched off and forgotten first."""
    if old.publication is None or new.publication is None:
        return
    was, now = old.publication, new.publication
    yield from _rules(was.check, now.check)
    yield from _ledger(old, new)
    yield from _values(was, now)
    yield from _sources(was, now)
    yield from _authors(was.authors, now.authors)
    for name in sorted({*was.templates, *now.templates}):
        before, after = was.templates.get(name), now.templates.get(name)
        if before != after:
            what = "is new" if before is None else "is gone" if after is None else "has changed"
            yield Change(where=f"templates/{name}", what=f"The template {name} {what}")


def _rules(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Change]:
    for rule in sorted({*was, *now}):
        if rule not in was:
            what = f"The rule {rule} is switched off"
            yield Change(weight="look", kind="rule", where=_FILE, what=what, now=f"“{around(now[rule], now[rule])[1]}”")
        elif rule not in now:
            yield Change(kind="rule", where=_FILE, what=f"The rule {rule} holds again")


def _ledger(old: Version, new: Version) -> Iterator[Change]:
    """What dispatch.lock forgets, or remembers otherwise."""
    now = {_key(record): record for record in new.ledger}
    lists = {record.url for record in new.ledger if record.kind in _NAMES}
    for record in old.ledger:
        after = now.get(_key(record))
        if after is None and record.kind == "moved":
            what = f"{LOCK} forgets where something has moved: its old address leads nowhere"
            yield Change(weight="look", kind="link", where=LOCK, what=what, was=record.id)
        elif record.kind in _NAMES:
            if record.url not in lists:
                what = f"{LOCK} forgets whose list stood at an address: another {record.kind} may get it"
                yield Change(weight="look", kind="link", where=LOCK, what=what, was=record.url)
        elif after is None and record.kind == "mended":
            what = f"{LOCK} forgets that a correction of {record.id} was published: it would answer for another change"
            yield Change(weight="look", kind="identity", where=LOCK, what=what)
        elif after is None and record.kind != "page":
            what = f"{LOCK} forgets the {record.kind} {record.id}, which was published"
            yield Change(weight="stop", kind="identity", where=LOCK, what=what)
        elif after and after != record and record.kind in _THINGS:
            what = f"{LOCK} says something else of the {record.kind} {record.id}, which was published"
            yield Change(weight="look", kind="identity", where=LOCK, what=what)


def _key(record: Record) -> tuple[str, bool, str]:
    """What there is one line of."""
    is_thing = record.kind in _THINGS
    which = f"{record.kind} {record.url} {record.number}" if record.kind == "mended" else record.kind
    return record.id, is_thing, "" if is_thing else which


def _values(was: Publication, now: Publication) -> Iterator[Change]:
    before, after = dict(_flat(was)), dict(_flat(now))
    for key, value in after.items():
        if value != before.get(key):
            old, new = around(before.get(key, ""), value)
            change = Change(where=_FILE, what=f"{_FILE} has another {key}", now=new, was=old)
            yield replace(change, weight="look", kind="link") if key in _ADDRESSES else change


def _flat(noun: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Each key of a file as it is written there, with its value as words."""
    cls: type = type(noun)
    for column in tables.columns(cls):
        value = getattr(noun, column.name)
        key = ".".join(filter(None, (path, column.key)))
        if not path and column.name in _LISTS:
            continue
        if is_dataclass(value):
            yield from _flat(value, key)
        else:
            yield key, ", ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)


def _sources(was: Publication, now: Publication) -> Iterator[Change]:
    before, after = ({_named(one): one for one in publication.sources} for publication in (was, now))
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        if old is None:
            yield Change(where=_FILE, what=f"The source {name} is new", now=new.url if new else "")
        elif new is None:
            yield Change(where=_FILE, what=f"The source {name} is gone")
        elif old != new:
            yield Change(where=_FILE, what=f"The source {name} has another {_others(old, new)}")


def _named(source: Source) -> str:
    return source.key or source.title or source.url


def _authors(was: Mapping[str, Author], now: Mapping[str, Author]) -> Iterator[Change]:
    for key in sorted({*was, *now}):
        if key not in was:
            yield Change(where="authors.toml", what=f"The author {key} is new", now=now[key].name)
        elif key not in now:
            yield Change(where="authors.toml", what=f"The author {key} is gone", was=was[key].name)
        elif was[key] != now[key]:
            yield Change(where="authors.toml", what=f"The author {key} has another {_others(was[key], now[key])}")


def _others(was: object, now: object) -> str:
    """The keys whose value is another."""
    before, after = dict(_flat(was)), dict(_flat(now))
    return listed([key for key in {**before, **after} if before.get(key) != after.get(key)])
