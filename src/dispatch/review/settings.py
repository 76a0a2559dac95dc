"""Compare what of a publication is no issue: dispatch.toml, authors.toml, dispatch.lock, the templates."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import chain

from dispatch import from_mapping, ledger
from dispatch.model import Author, Publication, Record, Source
from dispatch.review.changes import Change, ChangeKind, Version, Weight
from dispatch.review.fields import cut_alike, describe_fate, find_changed, list_names, show_value
from dispatch.slugs import make_slug

LOCK = "dispatch.lock"
_FILE = "dispatch.toml"
_THINGS = ("article", "issue")
_NAMES = ("author", "source", "section", "tag")
_ADDRESSES = ("url", "email.unsubscribe")
_LISTS = ("sources", "authors", "former_names", "templates", "own_templates", "pages", "check", "root")
# What is told when dispatch.lock has no more a line of a kind; a page of a published thing may be forgotten.
_FORGOTTEN: Mapping[str, tuple[Weight, ChangeKind, str]] = {
    "moved": ("look", "link", "where something has moved: its old address leads nowhere"),
    "mended": ("look", "identity", "that a correction of {id} was published: it would answer for another change"),
    "article": ("stop", "identity", "the article {id}, which was published"),
    "issue": ("stop", "identity", "the issue {id}, which was published"),
    "withdrawn": ("stop", "identity", "the withdrawn {id}, which was published"),
}


def pick_shown(publication: Publication | None) -> object:
    """Pick everything of a publication that is shown in editions of every issue, to be compared."""
    if publication is None:
        return None
    hidden = {"authors", "former_names", "sources", "root"}
    names = [field.name for field in fields(publication) if field.name not in hidden]
    values = [getattr(publication, name) for name in names]
    return [dict(value) if isinstance(value, Mapping) else value for value in values]


def compare_settings(old: Version, new: Version) -> Iterator[Change]:
    """Tell every change of the publication, what is switched off and forgotten first."""
    if old.publication is None or new.publication is None:
        return
    was, now = old.publication, new.publication
    yield from _compare_rules(was.check, now.check)
    untold = {make_slug(name) for names in now.former_names.values() for name in names}
    yield from _compare_ledgers(old.ledger, new.ledger, ledger.make_records(new.issues, now), untold)
    for key, before, after in find_changed(_flatten_noun(was), _flatten_noun(now)):
        first, then = cut_alike(before or "", after or "")
        change = Change(where=_FILE, what=f"{_FILE} has another {key}", now=then, was=first)
        yield replace(change, weight="look", kind="link") if key in _ADDRESSES else change
    sources = ({_name_source(source): source for source in one.sources} for one in (was, now))
    yield from _compare_entries("source", _FILE, *sources)
    entries = {key: one for key, one in was.authors.items() if key not in chain(*now.former_names.values())}
    yield from _compare_entries("author", "authors.toml", entries, now.authors)
    for key in sorted(key for key, names in now.former_names.items() if names != was.former_names.get(key)):
        what = (
            f"What was published under former names of {key} is now by {now.authors[key].name}"  # no need to say which
        )
        yield Change(weight="look", kind="byline", where="authors.toml", what=what)
    for name, before, after in find_changed(was.templates, now.templates):
        yield Change(where=f"templates/{name}", what=f"The template {name} {describe_fate(before, after)}")


def _compare_rules(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Change]:
    """Tell which checks are switched off, with the reason, and which hold again."""
    for rule, before, after in find_changed(was, now):
        if before is None and after is not None:
            what, why = f"The rule {rule} is switched off", f"“{cut_alike(after, after)[1]}”"
            yield Change(weight="look", kind="rule", where=_FILE, what=what, now=why)
        elif after is None:
            yield Change(kind="rule", where=_FILE, what=f"The rule {rule} holds again")


def _compare_ledgers(
    old: Iterable[Record], new: Iterable[Record], current: Iterable[Record], untold: Collection[str]
) -> Iterator[Change]:
    """Tell what dispatch.lock forgets, or remembers otherwise.

    current: the records of the issues as they are now, which know under which former names they were published.
    untold: the slugs of former names, whose pages are not named.
    """
    former = {record.id: record.former_authors for record in current if record.kind == "article"}
    before, after = ({_make_key(record): record for record in records} for records in (old, new))
    lists = {record.url for record in after.values() if record.kind in _NAMES}
    lists |= {record.id for record in after.values() if record.kind == "moved"}
    moments = [*before.values(), *(record for record in after.values() if record.kind == "issue")]
    latest = max((record.published.date() for record in moments if record.published), default=None)
    for _, was, now in find_changed(before, after):
        if now and now.kind == "entered" and now.published and (was or not latest or now.published.date() > latest):
            what = f"{LOCK} dates the entry of {now.id} {now.published.date()}, and all that follows no earlier"
            yield Change(weight="look", kind="identity", where=LOCK, what=what)
        if was is None:
            continue
        if was.kind in _NAMES:
            if was.url not in lists:
                what = f"{LOCK} forgets whose list stood at an address: another {was.kind} may get it"
                address = "" if was.url.rstrip("/").rpartition("/")[2] in untold else was.url
                yield Change(weight="look", kind="link", where=LOCK, what=what, was=address)
        elif now is None and was.kind in _FORGOTTEN and was.id not in lists:
            weight, kind, words = _FORGOTTEN[was.kind]
            address = was.id if was.kind == "moved" else ""
            what = f"{LOCK} forgets {words.format(id=was.id)}"
            yield Change(weight=weight, kind=kind, where=LOCK, what=what, was=address)
        elif (
            now is not None
            and was.kind in _THINGS
            and not (was.authors in former.get(was.id, ()) and replace(was, authors=now.authors) == now)
        ):
            what = f"{LOCK} says something else of the {was.kind} {was.id}, which was published"
            yield Change(weight="look", kind="identity", where=LOCK, what=what)


def _make_key(record: Record) -> tuple[str, bool, str]:
    """Return what dispatch.lock has one line of."""
    is_thing = record.kind in _THINGS
    which = f"{record.kind} {record.url} {record.number}" if record.kind == "mended" else record.kind
    return record.id, is_thing, "" if is_thing else which


def _compare_entries(
    kind: str, file: str, old: Mapping[str, Author | Source], new: Mapping[str, Author | Source]
) -> Iterator[Change]:
    """Tell which sources or authors are new, which are gone, and which keys of one have another value."""
    for name, was, now in find_changed(old, new):
        keys = [key for key, _, _ in find_changed(_flatten_noun(was), _flatten_noun(now))] if was and now else []
        what = f"The {kind} {name} {describe_fate(was, now, f'has another {list_names(keys)}')}"
        shown = ("", "") if was and now else (show_value(now), show_value(was))
        yield Change(where=file, what=what, now=shown[0], was=shown[1])


def _name_source(source: Source) -> str:
    return source.key or source.title or source.url


def _flatten_noun(noun: object, path: str = "") -> dict[str, str]:
    """List each key of a file as it is written there, with its value as words."""
    found: dict[str, str] = {}
    cls: type = type(noun)
    for column in from_mapping.list_columns(cls):
        value = getattr(noun, column.name)
        key = ".".join(filter(None, (path, column.key)))
        if is_dataclass(value):
            found |= _flatten_noun(value, key)
        elif path or column.name not in _LISTS:
            found[key] = ", ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
    return found
