"""Derive what the issues have used from their files and the ledger, so that a fresh clone knows it too.

A folder is read again only when one of its files has another size or time than when it was last read.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from dispatch import identity, links
from dispatch.slugs import is_slug

# Given the slug of an issue, or "" for the ledger: the id and the address of every article in it.
Read = Callable[[str], Iterable[tuple[str, str]]]

LEDGER = "dispatch.lock"

# An address tells nothing where the article that was used is another one, of a feed that has one address for all.
_MARK = """
    UPDATE arrivals SET used = EXISTS (SELECT 1 FROM used u WHERE u.id = arrivals.id AND u.id != '')
    OR EXISTS (
        SELECT 1 FROM entries e JOIN used u ON u.address = e.address
        WHERE e.number = arrivals.number AND e.address != ''
        AND ((e.place = u.place AND (e.place != '' OR NOT e.shared)) OR (NOT e.shared AND '' IN (e.place, u.place)))
        AND NOT EXISTS (SELECT 1 FROM arrivals o WHERE o.id = u.id AND o.id != '' AND o.number != arrivals.number)
    ) WHERE number = ?
"""


def stamp_folders(root: Path) -> dict[str, str]:
    """Digest names, sizes and times of each issue's folder, and of the ledger under ``""``."""
    found: dict[str, str] = {}
    ledger = root / LEDGER
    if ledger.is_file():
        found[""] = f"{ledger.stat().st_size} {ledger.stat().st_mtime_ns}"
    folder = root / "issues"
    is_folder = folder.is_dir() and not folder.is_symlink()
    for issue in sorted(os.scandir(folder), key=lambda item: item.name) if is_folder else ():
        if not is_slug(issue.name) or not issue.is_dir() or not Path(issue.path, "issue.md").is_file():
            continue
        files = sorted(
            (item.name, item.stat(follow_symlinks=False))
            for item in os.scandir(issue.path)
            if item.name.endswith((".md", ".html"))
        )
        lines = (f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}" for name, stat in files)
        found[issue.name] = hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
    return found


def find_stale(connection: sqlite3.Connection, now: dict[str, str]) -> list[str]:
    """Find the folders whose files have changed, or are gone."""
    known: dict[str, str] = dict(connection.execute("SELECT folder, stamp FROM folders"))
    return sorted(folder for folder in known.keys() | now.keys() if known.get(folder) != now.get(folder))


def record_uses(
    connection: sqlite3.Connection, folder: str, stamp: str | None, pairs: Iterable[tuple[str, str]]
) -> None:
    """Store what a folder uses now, and mark the arrivals concerned; without a stamp the folder is gone."""
    concerned = _find_concerned(connection, folder)
    connection.execute("DELETE FROM used WHERE folder = ?", (folder,))
    connection.execute("DELETE FROM folders WHERE folder = ?", (folder,))
    if stamp is not None:
        connection.execute("INSERT INTO folders VALUES (?, ?)", (folder, stamp))
        rows = ((folder, id_, identity.fold_address(url), links.parse_place(url)) for id_, url in pairs)
        connection.executemany("INSERT INTO used VALUES (?, ?, ?, ?)", rows)
    mark_used(connection, concerned | _find_concerned(connection, folder))


def mark_used(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Update whether these arrivals are used."""
    connection.executemany(_MARK, [(number,) for number in numbers])


def is_used(connection: sqlite3.Connection, number: int) -> bool:
    """Whether an issue uses an arrival."""
    row: tuple[int] = connection.execute("SELECT used FROM arrivals WHERE number = ?", (number,)).fetchone()
    return bool(row[0])


def list_using_folders(connection: sqlite3.Connection, number: int) -> list[str]:
    """List the folders that use an arrival; the ledger, which has all that was published, only when no folder does."""
    rows = connection.execute(
        "SELECT u.folder FROM arrivals a JOIN used u ON u.id = a.id AND u.id != '' WHERE a.number = ? AND a.used"
        " UNION SELECT u.folder FROM entries e JOIN arrivals a USING (number)"
        " JOIN used u ON u.address = e.address AND u.address != '' WHERE a.number = ? AND a.used",
        (number, number),
    )
    found = sorted(folder for (folder,) in rows)
    return [folder for folder in found if folder] or [LEDGER for _ in found]


def mark_used_at(connection: sqlite3.Connection, addresses: Iterable[str], numbers: Iterable[int]) -> None:
    """Update whether the arrivals at these addresses, and these, are used."""
    concerned = set(numbers)
    for address in addresses:
        rows = connection.execute("SELECT number FROM entries WHERE address = ? AND address != ''", (address,))
        concerned.update(number for (number,) in rows)
    mark_used(connection, concerned)


def _find_concerned(connection: sqlite3.Connection, folder: str) -> set[int]:
    """Find the arrivals that share an id or an address with what the folder uses."""
    rows = connection.execute(
        "SELECT a.number FROM used u JOIN arrivals a ON a.id = u.id AND a.id != '' WHERE u.folder = ?"
        " UNION SELECT e.number FROM used u JOIN entries e ON e.address = u.address AND e.address != ''"
        " WHERE u.folder = ?",
        (folder, folder),
    )
    return {number for (number,) in rows}
