"""What each file of the public folder was made of, so that only what changed is made again.

A database in ``.dispatch/``, not in git: without it everything is made anew, with the same bytes. It holds, for each
issue, what collections need to know of it (the issue without its texts, each entry's finished bytes), and for each
public file a digest of what it was made of. A file counts as unchanged while the system says the same of it: size,
times and place on the disk, as git does; no clock is asked.
"""

import hashlib
import os
import sqlite3
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dispatch import __version__, files
from dispatch.errors import DeliveryError

if TYPE_CHECKING:
    from dispatch.publish.cached_issue import Kept

FILE = Path(files.OWN, "site.sqlite")
PATIENCE = 60.0  # seconds that a publish waits for another

_VERSION = 1
_TABLES = """
CREATE TABLE files (path TEXT PRIMARY KEY, stat TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE issues (slug TEXT PRIMARY KEY, made_of TEXT NOT NULL, kept TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entries (slug TEXT NOT NULL, id TEXT NOT NULL, format TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (format, id, slug));
CREATE INDEX entries_slug ON entries (slug);
CREATE TABLE pages (folder TEXT NOT NULL, path TEXT NOT NULL, made_of TEXT NOT NULL, digest TEXT NOT NULL,
    stat TEXT NOT NULL, PRIMARY KEY (folder, path)) WITHOUT ROWID;
CREATE TABLE whole (folder TEXT PRIMARY KEY, inputs TEXT NOT NULL) WITHOUT ROWID
"""


class Recipes:
    """The record, open for one publish to one folder. Everything is written down together, or nothing."""

    def __init__(self, connection: sqlite3.Connection, root: Path, folder: Path) -> None:
        self._connection = connection
        self._root = root
        self._folder = folder
        self._name = str(folder.resolve())
        self._seen: dict[str, tuple[str, str]] = {
            path: (stat, digest) for path, stat, digest in connection.execute("SELECT path, stat, digest FROM files")
        }
        self._pages: dict[str, tuple[str, str, str]] = {
            path: (made_of, digest, stat)
            for path, made_of, digest, stat in connection.execute(
                "SELECT path, made_of, digest, stat FROM pages WHERE folder = ?", (self._name,)
            )
        }
        self._looked: dict[str, str] = {}

    def is_whole(self, inputs: str) -> bool:
        """Whether the last publish saw these inputs (see ``inputs``) and left every file as it still is."""
        row = self._connection.execute("SELECT inputs FROM whole WHERE folder = ?", (self._name,)).fetchone()
        return bool(row) and row[0] == inputs and all(self._is_as_left(path) for path in self._pages)

    def digest(self, path: Path) -> str:
        """A digest of a file's bytes, which are read when they may have changed only. Raises DeliveryError."""
        name = path.relative_to(self._root).as_posix()
        if name not in self._looked:
            stat = _stat(path)
            before = self._seen.get(name)
            if before and before[0] == stat:
                self._looked[name] = before[1]
            else:
                self._looked[name] = digest(files.read(path, within=self._root, error=DeliveryError))
                self._connection.execute(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (name, stat, self._looked[name])
                )
        return self._looked[name]

    def folder(self, path: Path) -> str:
        """A digest of all files below a folder, with their names."""
        return digest(*(f"{file}\0{self.digest(Path(file))}" for file in _tree(path)))

    def issue(self, slug: str, made_of: str) -> "Kept | None":
        """What was kept of an issue, when it was made of the same."""
        from dispatch import nouns
        from dispatch.publish.cached_issue import Kept

        row = self._connection.execute("SELECT made_of, kept FROM issues WHERE slug = ?", (slug,)).fetchone()
        return nouns.noun(Kept, row[1]) if row and row[0] == made_of else None

    def keep(self, slug: str, made_of: str, kept: "Kept", entries: Mapping[str, Mapping[str, bytes]]) -> None:
        """Keep an issue, and the finished bytes of its entries by format and id."""
        from dispatch import nouns

        self.forget([slug])
        self._connection.execute("INSERT INTO issues VALUES (?, ?, ?)", (slug, made_of, nouns.text(kept)))
        self._connection.executemany(
            "INSERT INTO entries VALUES (?, ?, ?, ?)",
            ((slug, id_, format_, body) for format_, bodies in entries.items() for id_, body in bodies.items()),
        )

    def forget(self, slugs: Iterable[str]) -> None:
        """Keep nothing of these issues any more."""
        for slug in slugs:
            self._connection.execute("DELETE FROM issues WHERE slug = ?", (slug,))
            self._connection.execute("DELETE FROM entries WHERE slug = ?", (slug,))

    def slugs(self) -> list[str]:
        """The issues of which something is kept."""
        return [slug for (slug,) in self._connection.execute("SELECT slug FROM issues ORDER BY slug")]

    def entries(self, format: str, ids: Iterable[str], slug: str = "") -> dict[str, bytes]:  # noqa: A002
        """The finished entries of these ids in one format; with a slug, as they stand in that issue."""
        select = "SELECT body FROM entries WHERE format = ? AND id = ? AND ? IN ('', slug)"
        return {id_: self._connection.execute(select, (format, id_, slug)).fetchone()[0] for id_ in ids}

    def stands(self, path: str, made_of: str) -> bool:
        """Whether the file is in the public folder as the last publish left it, made of the same."""
        page = self._pages.get(path)
        return page is not None and page[0] == made_of and self._is_as_left(path)

    def folder_has(self, path: str) -> bool:
        """Whether the public folder has a file there, as the last publish left it."""
        return path in self._pages and self._is_as_left(path)

    def made(self, path: str, made_of: str, body: str) -> None:
        """Write down that a file is in the public folder now, with that digest."""
        self._pages[path] = (made_of, body, _stat(f"{self._folder}{os.sep}{path}"))
        self._connection.execute(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)", (self._name, path, *self._pages[path])
        )

    def dropped(self, path: str) -> None:
        """Write down that a file is not one of ours any more."""
        del self._pages[path]
        self._connection.execute("DELETE FROM pages WHERE folder = ? AND path = ?", (self._name, path))

    def ours(self) -> dict[str, str]:
        """The files that were made, with the digests of their bytes."""
        return {path: body for path, (_, body, _) in self._pages.items()}

    def finished(self, inputs: str) -> None:
        """Write down that the public folder is now what these inputs make."""
        self._connection.execute("INSERT OR REPLACE INTO whole VALUES (?, ?)", (self._name, inputs))

    def _is_as_left(self, path: str) -> bool:
        return self._pages[path][2] == _stat(f"{self._folder}{os.sep}{path}")


@contextmanager
def opened(root: Path, folder: Path, *, dry: bool = False) -> Iterator[Recipes]:
    """The record of the publication at ``root`` for that public folder; others who publish wait until it is closed.

    dry: nothing is written down in the end. A record that is damaged or of another version is begun anew. Raises
    DeliveryError when another publish takes too long, or the disk does not take the record.
    """
    path = files.inside(root / FILE, within=root, error=DeliveryError)
    try:
        connection = _connected(path, dry=dry)
        try:
            yield Recipes(connection, root, folder)
            connection.execute("ROLLBACK" if dry else "COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as error:
        busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
        what = "is in use by another dispatch publish" if busy else f"cannot be used: {error}"
        hint = "wait until that has finished" if busy else "make room, or delete it: it is only a record"
        raise DeliveryError(what, subject=FILE.as_posix(), hint=hint) from error


def inputs(stamps: Mapping[str, str]) -> str:
    """What the system says of every file that a site is made of, as a digest: the publication's and the program's."""
    return digest(*(f"{path}\0{stamp}" for path, stamp in stamps.items()), program())


def stamps(root: Path) -> dict[str, str]:
    """What the system says of every file of the publication that a site is made of, by its path below the folder."""
    own = sorted(str(path) for path in root.iterdir() if path.is_file())
    trees = (file for name in ("templates", "issues") for file in _tree(root / name))
    begin = len(str(root)) + 1
    return {path[begin:].replace(os.sep, "/"): _stat(path) for path in (*own, *trees)}


@cache
def program() -> str:
    """Changes when dispatch or a library that it renders with does."""
    packages = Path(sysconfig.get_path("purelib"))
    ours = Path(__file__).parents[1]
    shipped = ours / "templates" if (ours / "templates").is_dir() else ours.parents[1] / "templates"
    seen = (f"{path}\0{_stat(path)}" for path in (*_tree(ours), *_tree(shipped)))
    return digest(__version__, _stat(packages), *(one for one in seen if "__pycache__" not in one))


def digest(*parts: str | bytes) -> str:
    """Sixteen bytes in hexadecimal that stand for all the parts in order."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        octets = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        made.update(len(octets).to_bytes(8, "big"))
        made.update(octets)
    return made.hexdigest()


def _connected(path: Path, *, dry: bool) -> sqlite3.Connection:
    """The database with its tables, in a transaction that lets nobody else write."""
    if dry and not path.exists():
        return _begun(sqlite3.connect(":memory:", isolation_level=None))
    files.own_folder(path.parent.parent, error=DeliveryError)
    try:
        return _begun(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None))
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise
        path.unlink()
        return _begun(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None))


def _begun(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        # A record that is lost costs time, nothing else.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != _VERSION:
            known = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (name,) in known:
                connection.execute(f'DROP TABLE "{name}"')
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
    except BaseException:
        connection.close()
        raise
    return connection


def _tree(folder: Path) -> list[str]:
    """All files below a folder, by their paths; those of hidden folders are nobody's."""
    found: list[str] = []
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += (os.path.join(where, name) for name in names if not name.startswith("."))  # noqa: PTH118 - many files
    return sorted(found)


def _stat(path: Path | str) -> str:
    """What the system says of a file; empty when there is none."""
    try:
        said = os.stat(path)  # noqa: PTH116 - many files
    except OSError:
        return ""
    return f"{said.st_size} {said.st_mtime_ns} {said.st_ctime_ns} {said.st_ino}"
