"""Edit the sources in dispatch.toml in place: every other line stays as it is.

What is written is read back before it replaces the file; where that differs from what was meant, nothing is written.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import is_dataclass, replace
from typing import Final

from dispatch import files, from_mapping, identity, links
from dispatch.deferred import defer_pattern
from dispatch.errors import ConfigError
from dispatch.model import Publication, Source
from dispatch.slugs import find_unused, is_slug, make_slug
from dispatch.text import fold_text
from dispatch.toml import format_toml, parse_toml

FILE: Final = "dispatch.toml"

_LONGEST_KEY = 40
_HEADER = defer_pattern(r"\s*\[")
_OURS = defer_pattern(r"""\s*\[\[\s*["']?sources["']?\s*\]\]""")
_BELOW_OURS = defer_pattern(r"""\s*\[\[?\s*["']?sources["']?\s*\.""")
_SECTIONS = defer_pattern(r"^sections[ \t]*=[ \t]*\[", re.MULTILINE)
_ASIDES = defer_pattern(r"(?:\s|#[^\n]*\n)*")
_ASIDE = defer_pattern(r"\s*(?:#.*)?$")


def find_source(publication: Publication, key: str) -> Source:
    """Find the source of that key. Raises ConfigError with the nearest."""
    for source in publication.sources:
        if source.key == key:
            return source
    near = from_mapping.suggest_nearest(key, [source.key for source in publication.sources])
    raise ConfigError(f"there is no source “{key}”{near}", subject=FILE, hint="dispatch source list shows them all.")


def add_sources(publication: Publication, sources: Iterable[Source]) -> tuple[list[Source], list[Source]]:
    """Write sources into dispatch.toml; return those added, each with a key, and those that were already there.

    Two are the same when they are gathered from the same address, tracking parameters and the like aside. A source
    without a key gets one made of its title, else of its host. Raises ConfigError, and has then written nothing.
    """
    added, passed = _choose_new(publication, sources)
    if added:
        _edit_file(publication, lambda text: insert_sources(text, added))
    return added, passed


def add_list(publication: Publication, sources: Iterable[Source]) -> tuple[list[Source], list[Source], list[str]]:
    """Write sources like ``add_sources``, and their sections that dispatch.toml does not know to the end of its own.

    All in one: raises ConfigError, and has then written nothing.
    """
    added, passed = _choose_new(publication, sources)
    known = {fold_text(title) for title in publication.sections}
    titles = {fold_text(one.section): one.section for one in added if one.section}
    new = [title for folded, title in titles.items() if folded not in known]
    if added:
        _edit_file(publication, lambda text: insert_sources(insert_sections(text, new) if new else text, added))
    return added, passed, new


def _choose_new(publication: Publication, sources: Iterable[Source]) -> tuple[list[Source], list[Source]]:
    """Choose the sources that dispatch.toml does not have, each with a key, and those it has. Raises ConfigError."""
    known = {_fold_address(source): source.key for source in publication.sources}
    keys = {source.key for source in publication.sources}
    added: list[Source] = []
    passed: list[Source] = []
    for source in sources:
        if _fold_address(source) in known:
            passed.append(replace(source, key=known[_fold_address(source)]))
            continue
        if source.key in keys - {""}:
            raise ConfigError(f"“{source.key}” is the key of another source", subject=FILE, hint="Choose another.")
        if source.key and not is_slug(source.key):
            raise ConfigError(f"“{source.key}” is not a valid key: use a-z, 0-9 and hyphens", subject=FILE)
        keyed = replace(source, key=source.key or _choose_key(source, keys))
        keys.add(keyed.key)
        known[_fold_address(keyed)] = keyed.key
        added.append(keyed)
    return added, passed


def insert_sections(text: str, titles: Sequence[str]) -> str:
    """Insert titles at the end of the sections that a dispatch.toml has. Raises ConfigError."""
    meant = _parse_file(text)
    written = meant.get("sections", [])
    sections = [*(written if isinstance(written, list) else []), *titles]
    if match := _SECTIONS.search(text):
        text = _insert_items(text, match.end(), [format_toml(title) for title in titles])
    elif "sections" not in meant:
        text = f"sections = {format_toml(sections)}\n{text}"
    return _prove_text(text, {**meant, "sources": _list_entries(meant), "sections": sections})


def _insert_items(text: str, begin: int, items: Sequence[str]) -> str:
    """Insert items at the end of the array whose first sign stands at ``begin``; comments stay where they are."""
    closed = (
        at for at in range(begin, len(text)) if text[at] == "]" and _parse_array(text[begin : at + 1]) is not None
    )
    if (end := next(closed, None)) is None:
        return text
    whole = _parse_array(text[begin : end + 1])
    ends = (at for at in range(begin, end + 1) if _ASIDES.fullmatch(text, at, end))
    last = next(at for at in ends if _parse_array(f"{text[begin:at]}]") == whole)
    comma = "," if whole and not text[begin:last].endswith(",") else ""
    left = text[last:end]
    if "\n" not in left:
        return f"{text[:last]}{comma}{' ' if whole else ''}{', '.join(items)}{left}{text[end:]}"
    indents = re.findall(r"\n([ \t]*)(?=[^\s#])", text[begin:last])
    lines = "".join(f"{indents[-1] if indents else '    '}{item},\n" for item in items)
    bare = left.rstrip(" \t")
    return f"{text[:last]}{comma}{bare}{lines}{left[len(bare) :]}{text[end:]}"


def _parse_array(text: str) -> object:
    try:
        return tomllib.loads(f"a = [{text}")["a"]
    except ValueError:
        return None


def remove_source(publication: Publication, key: str) -> Source:
    """Remove a source from dispatch.toml. Raises ConfigError when there is none of that key."""
    source = find_source(publication, key)
    _edit_file(publication, lambda text: delete_source(text, key))
    return source


def insert_sources(text: str, sources: Iterable[Source]) -> str:
    """Insert sources below those that a dispatch.toml has. Raises ConfigError."""
    meant = _parse_file(text)
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    at = max((stop for _, stop in _find_entry_lines(lines)), default=len(lines))
    added = [_to_table(source) for source in sources]
    block = "".join(
        f"{end}[[sources]]{end}" + "".join(f"{key} = {format_toml(value)}{end}" for key, value in table.items())
        for table in added
    )
    before = "".join(lines[:at])
    before += end if before and not before.endswith("\n") else ""
    return _prove_text(before + block + "".join(lines[at:]), {**meant, "sources": [*_list_entries(meant), *added]})


def delete_source(text: str, key: str) -> str:
    """Remove the source of that key from a dispatch.toml; comments around it stay. Raises ConfigError."""
    meant = _parse_file(text)
    written = _list_entries(meant)
    lines = text.splitlines(keepends=True)
    place = next((place for place, entry in enumerate(written) if entry.get("key") == key), len(written))
    begin, stop = dict(enumerate(_find_entry_lines(lines))).get(place, (0, 0))
    if stop < len(lines) and not lines[stop].strip():  # the blank line below goes with it
        stop += 1
    rest = "".join(lines[:begin] + lines[stop:])
    return _prove_text(rest, {**meant, "sources": written[:place] + written[place + 1 :]})


def _edit_file(publication: Publication, change: Callable[[str], str]) -> None:
    root = publication.root
    text = files.read_text(root / FILE, within=root, error=ConfigError)
    files.replace_file(
        root / FILE,
        text.encode("utf-8"),
        change(text.removeprefix("\ufeff")).encode("utf-8"),
        within=root,
        error=ConfigError,
    )


def _find_entry_lines(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Find the first and last lines of each source; comments and blank lines below belong to what follows."""
    found = []
    begin = None
    for number, line in enumerate([*lines, "["]):
        if not _HEADER.match(line) or (begin is not None and _BELOW_OURS.match(line)):
            continue
        if begin is not None:
            stop = number
            while _ASIDE.match(lines[stop - 1]):
                stop -= 1
            found.append((begin, stop))
        begin = number if _OURS.match(line) else None
    return found


def _fold_address(source: Source) -> str:
    """Fold the address from which a source is gathered."""
    return identity.fold_address(source.feed or source.url)


def _choose_key(source: Source, taken: set[str]) -> str:
    """Make an unused key from the title, else from the host."""
    host = links.parse_host(source.url or source.feed).removeprefix("www.")
    names = (make_slug(name, _LONGEST_KEY) for name in (source.title, host))
    return find_unused(next(filter(None, names), "source"), taken)


def _to_table(noun: object) -> dict[str, object]:
    """Convert a noun to a table of the file, without default values."""
    found = {}
    for column in from_mapping.list_columns(from_mapping.expect_noun_class(type(noun))):
        value = getattr(noun, column.name)
        if value != column.default:
            found[column.key] = (
                _to_table(value) if is_dataclass(value) else list(value) if type(value) is tuple else value
            )
    return found


def _prove_text(text: str, meant: Mapping[str, object]) -> str:
    """Return the edited text if it says what it should, and every source in it can be read."""
    reading = from_mapping.FileReading(file=FILE)
    for number, entry in enumerate(_list_entries(meant), 1):
        from_mapping.read_noun(Source, entry, reading, path=f"sources[{number}]")
    if reading.faults:
        raise ConfigError(*reading.faults)
    try:
        said = _parse_file(text)
    except ConfigError:
        said = {}
    if {**said, "sources": _list_entries(said)} != meant:
        raise ConfigError("its sources cannot be edited by a command", subject=FILE, hint="Edit it by hand.")
    return text


def _parse_file(text: str) -> dict[str, object]:
    return parse_toml(text, file=FILE, error=ConfigError)


def _list_entries(table: Mapping[str, object]) -> list[Mapping[str, object]]:
    written = table.get("sources", [])
    return [entry for entry in written if isinstance(entry, Mapping)] if isinstance(written, list) else []
