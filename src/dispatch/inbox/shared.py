"""Share the inbox in git: a small file an entry in ``inbox/``, from which the database is made, alike for everybody.

A file is never changed, so that branches merge without a conflict: its name says its number, when it arrived and a
digest of what is in it. A later version of an entry is another file, with the number 0; what is dismissed has an empty
file beside it. Where two branches gave one number to two entries, it is that of the first to arrive; the others follow
after the last. What files say is sanitised again: they may be anybody's.
"""

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated, NamedTuple

from dispatch import files, html, links, serialise
from dispatch.errors import GatherError
from dispatch.inbox import compare, deduplicate
from dispatch.inbox.database import FOLDER
from dispatch.model import Article, Author, Publication
from dispatch.slugs import is_slug

_NAME = re.compile(r"(?P<number>\d{6,9})-(?P<arrived>\d{8}T\d{6}Z)-(?P<digest>[0-9a-f]{16})")
_MOMENT = "%Y%m%dT%H%M%SZ"
_EMPTYING = ("DELETE FROM arrivals", "DELETE FROM articles", "DELETE FROM entries", "DELETE FROM shared")
_DISMISSED = b"dismissed\n"
_README = b"""# The inbox of this publication

What `dispatch gather` found, a file an entry, for everybody who works on it. Leave the files to the commands: none is
ever changed, so that branches merge by themselves. `dispatch inbox` lists them.
"""
_HINT = "take the file as it was from git, or delete it and run dispatch gather"


class SharedName(NamedTuple):
    """What the name of an entry's file says; sorted as they arrived."""

    arrived: datetime
    source: Annotated[str, "its folder"]
    digest: str
    number: Annotated[int, "the number that was given to it; 0: a later version of an entry"]

    @property
    def path(self) -> str:
        """The path below the folder, without its ending."""
        return f"{self.source}/{self.number:06}-{self.arrived:{_MOMENT}}-{self.digest}"


def take_over(connection: sqlite3.Connection, publication: Publication) -> None:
    """Make the database say what the files say now. Needs a transaction; raises GatherError for a broken file."""
    names, dismissed = _list_names(publication)
    rows = connection.execute("SELECT name, claim FROM shared").fetchall()
    known: dict[str, int] = dict(rows)
    if names.keys() != known.keys():
        claims = _assign_numbers(names.values())
        latest = max((names[one].arrived for one in known if one in names), default=None)
        new = [name for path, name in names.items() if path not in known]
        is_more = all(claims.get(names[path]) == claim for path, claim in known.items() if path in names)
        is_more = is_more and known.keys() <= names.keys()
        if not is_more or (latest and any(one.arrived < latest for one in new)):
            for statement in _EMPTYING:
                connection.execute(statement)
            connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
            new = list(names.values())
        for _, group in groupby(sorted(new), key=lambda one: one[:2]):
            _keep_group(connection, publication, list(group), claims)
    was = {name for (name,) in connection.execute("SELECT name FROM shared WHERE dismissed")}
    if was != dismissed & names.keys():
        connection.execute("UPDATE arrivals SET dismissed = 0 WHERE number IN (SELECT number FROM shared)")
        connection.execute("UPDATE shared SET dismissed = 0")
        connection.executemany("UPDATE shared SET dismissed = 1 WHERE name = ?", [(name,) for name in dismissed])
        connection.execute(
            "UPDATE arrivals SET dismissed = 1 WHERE number IN (SELECT number FROM shared WHERE dismissed)"
        )


def write_entries(
    connection: sqlite3.Connection,
    publication: Publication,
    source: str,
    kept: Iterable[deduplicate.KeptEntry],
    now: datetime,
) -> None:
    """Write a file for each entry that is new or has changed. Needs a transaction; raises GatherError."""
    for one in kept:
        body = _format_entry(source, one.entry, one.article)
        digest = hashlib.sha256(body).hexdigest()[:16]
        folder = source if is_slug(source) else "other"
        name = SharedName(now.astimezone(UTC).replace(microsecond=0), folder, digest, one.number if one.is_new else 0)
        _write_file(publication, f"{name.path}.json", body)
        if one.is_dismissed:
            _write_file(publication, f"{name.path}.dismissed", _DISMISSED)
        values = (name.path, name.number, one.number, one.is_dismissed)
        connection.execute("INSERT OR REPLACE INTO shared VALUES (?, ?, ?, ?)", values)


def write_everything(connection: sqlite3.Connection, publication: Publication) -> None:
    """Write a file for each entry that the database has, when an inbox is to be shared. Needs a transaction."""
    _write_file(publication, "README.md", _README)
    rows = connection.execute(
        "SELECT number, source, arrived, dismissed, article FROM arrivals JOIN articles USING (number) ORDER BY number"
    ).fetchall()
    for number, source, arrived, dismissed, text in rows:
        article = serialise.from_json(Article, text)
        kept = deduplicate.KeptEntry(number, article, article, is_new=True, is_dismissed=bool(dismissed))
        write_entries(connection, publication, source, [kept], datetime.fromtimestamp(arrived, UTC))


def write_dismissals(
    connection: sqlite3.Connection, publication: Publication, numbers: Sequence[int], *, is_dismissed: bool
) -> None:
    """Write, or remove, the files that say that these are dismissed. Needs a transaction; raises GatherError."""
    for number in numbers:
        for (name,) in connection.execute("SELECT name FROM shared WHERE number = ?", (number,)).fetchall():
            if is_dismissed:
                _write_file(publication, f"{name}.dismissed", _DISMISSED)
            else:
                with suppress(FileNotFoundError):
                    (publication.root / FOLDER / f"{name}.dismissed").unlink()
            connection.execute("UPDATE shared SET dismissed = ? WHERE name = ?", (is_dismissed, name))


def _list_names(publication: Publication) -> tuple[dict[str, SharedName], set[str]]:
    """List the files of entries by their paths without ending, and those that are dismissed."""
    names: dict[str, SharedName] = {}
    dismissed: set[str] = set()
    for source in os.scandir(publication.root / FOLDER):
        if not source.is_dir(follow_symlinks=False):
            continue
        for file in os.scandir(source.path):
            stem, _, ending = file.name.partition(".")
            if ending == "dismissed":
                dismissed.add(f"{source.name}/{stem}")
            elif ending == "json" and (match := _NAME.fullmatch(stem)):
                with suppress(ValueError):  # no such day
                    arrived = datetime.strptime(match["arrived"], _MOMENT).replace(tzinfo=UTC)
                    name = SharedName(arrived, source.name, match["digest"], int(match["number"]))
                    names[f"{source.name}/{stem}"] = name
    return names, dismissed


def _assign_numbers(names: Iterable[SharedName]) -> dict[SharedName, int]:
    """Assign each its number; where several have one, the first to arrive, and the others follow after the last."""
    taken: dict[int, SharedName] = {}
    others: list[SharedName] = []
    for name in sorted(name for name in names if name.number):
        others += [name] if taken.setdefault(name.number, name) != name else []
    after = max(taken, default=0) + 1
    return {
        **{name: number for number, name in taken.items()},
        **dict(zip(others, range(after, after + len(others)), strict=True)),
    }


def _keep_group(
    connection: sqlite3.Connection,
    publication: Publication,
    names: Sequence[SharedName],
    claims: Mapping[SharedName, int],
) -> None:
    """Keep entries of one source that arrived together, as when they were gathered."""
    read = [(name, *_read_entry(publication, name)) for name in sorted(names, key=lambda one: one.number or 1 << 30)]
    source = read[0][1]
    entries = [deduplicate.make_entry_keys(article, entry) for _, _, entry, article in read]
    numbers = {one.given: claims.get(name, 0) for (name, *_), one in zip(read, entries, strict=True)}
    matcher = compare.EntryMatcher.make_for(connection, source, [entry for _, _, entry, _ in read])
    found = deduplicate.Deduplicator(
        connection=connection,
        publication=publication,
        source=source,
        now=names[0].arrived,
        matcher=matcher,
        numbers=numbers,
    )
    found.keep_all(entries)
    again = compare.EntryMatcher.make_for(connection, source, [entry for _, _, entry, _ in read])
    for (name, *_), one in zip(read, entries, strict=True):
        known = again.match_entry(one.article, one.given)
        values = (name.path, claims.get(name, 0), known.number if known else 0, False)
        connection.execute("INSERT OR REPLACE INTO shared VALUES (?, ?, ?, ?)", values)


def _format_entry(source: str, entry: Article, article: Article) -> bytes:
    said = {"source": source, "entry": serialise.to_mapping(entry)}
    said |= {"article": serialise.to_mapping(article)} if replace(article, id=entry.id) != entry else {}
    return f"{json.dumps(said, indent=1)}\n".encode()


def _read_entry(publication: Publication, name: SharedName) -> tuple[str, Article, Article]:
    """Read a file: the key of its source, the entry as it came, and the article of it. Raises GatherError."""
    path = publication.root / FOLDER / f"{name.path}.json"
    body = files.read_file(path, within=publication.root, error=GatherError, most=files.MOST_TEXT)
    try:
        said = json.loads(body)
        entry = serialise.from_json(Article, json.dumps(said["entry"]))
        article = serialise.from_json(Article, json.dumps(said["article"])) if "article" in said else entry
        return str(said["source"]), entry, _sanitise_article(article)
    except (ValueError, TypeError, AttributeError, KeyError, GatherError) as error:
        raise GatherError(
            f"is no entry of an inbox: {error}", subject=f"{FOLDER}/{name.path}.json", hint=_HINT
        ) from error


def _sanitise_article(article: Article) -> Article:
    """Sanitise what a file says, as a reader does: its content, and every address."""

    def allow(url: str) -> str:
        return url if links.is_allowed(url) else ""

    def clean(author: Author) -> Author:
        return replace(author, name=_clean_line(author.name), url=allow(author.url), avatar=allow(author.avatar))

    image = article.image if article.image and links.is_picture_address(article.image.url) else None
    return replace(
        article,
        title=_clean_line(article.title),
        content=html.sanitise_html(article.content, article.url) if article.content else "",
        url=allow(article.url),
        authors=tuple(map(clean, article.authors)),
        credits=tuple(replace(one, name=_clean_line(one.name), url=allow(one.url)) for one in article.credits),
        source=replace(article.source, url=allow(article.source.url), feed=allow(article.source.feed)),
        enclosures=tuple(one for one in article.enclosures if links.is_web_address(one.url)),
        image=image,
    )


def _clean_line(text: str) -> str:
    return html.remove_illegal_characters(text)


def _write_file(publication: Publication, name: str, body: bytes) -> None:
    root = publication.root
    files.write_file(
        root / FOLDER / name, body, within=root, error=GatherError, lasting=False
    )  # gathered again, if lost
