"""What each file of the public folder was made of, so that only what changed is made again.

A database in ``.dispatch/``, not in git: without it everything is made anew, with the same bytes. It holds, for each
issue, its articles as they were read, and what lists and feeds need of it (the issue without its texts, each entry's
finished bytes); and for each public file a digest of what it was made of.
"""

import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from dispatch import databases, files
from dispatch.errors import DeliveryError
from dispatch.publish.stamps import list_visible_files, make_digest, stamp_file

if TYPE_CHECKING:
    from dispatch.publish.issue_index import CachedIssue

FILE = Path(files.OWN, "site.sqlite")
PATIENCE = 60.0  # seconds that a publish waits for another

_REMEDY = "see who owns the folder .dispatch and what they allow (ls -ld), or move the file away"
_VERSION = 3
_TABLES = """
CREATE TABLE files (path TEXT PRIMARY KEY, stat TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE issues (slug TEXT PRIMARY KEY, made_of TEXT NOT NULL, kept TEXT NOT NULL,
    entries TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE articles (slug TEXT NOT NULL, path TEXT NOT NULL, made_of TEXT NOT NULL, kept TEXT NOT NULL,
    PRIMARY KEY (slug, path)) WITHOUT ROWID;
CREATE TABLE entries (slug TEXT NOT NULL, id TEXT NOT NULL, format TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (format, id, slug));
CREATE INDEX entries_slug ON entries (slug);
CREATE TABLE pages (folder TEXT NOT NULL, path TEXT NOT NULL, made_of TEXT NOT NULL, digest TEXT NOT NULL,
    stat TEXT NOT NULL, PRIMARY KEY (folder, path)) WITHOUT ROWID;
CREATE TABLE whole (folder TEXT PRIMARY KEY, inputs TEXT NOT NULL) WITHOUT ROWID
"""


class BuildCache:
    """The cache, open for one publish to one folder. Everything is recorded in one transaction, or nothing."""

    def __init__(self, connection: sqlite3.Connection, root: Path, folder: Path, *, only_reads: bool = False) -> None:
        self._connection = connection
        self._only_reads = only_reads
        self._root = root
        self._folder = folder
        self._name = self._name_folder(folder)
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

    def _name_folder(self, folder: Path) -> str:
        """Name the public folder as the database does: from the publication's, so that a copy knows its own files."""
        whole = folder.resolve()
        above = self._root.resolve()
        named = whole.relative_to(above) if whole.is_relative_to(above) else whole
        return os.fsencode(named).decode("utf-8", "backslashreplace")

    def is_complete(self, inputs: str) -> bool:
        """Whether the last publish saw these inputs (``digest_inputs``) and every file is as it left it."""
        row = self._connection.execute("SELECT inputs FROM whole WHERE folder = ?", (self._name,)).fetchone()
        return bool(row) and row[0] == inputs and all(self._is_as_left(path) for path in self._pages)

    def digest_file(self, path: Path) -> str:
        """Digest a file's bytes, which are read only when they may have changed. Raises DeliveryError."""
        name = path.relative_to(self._root).as_posix()
        if name not in self._looked:
            stamp = stamp_file(path)
            before = self._seen.get(name)
            if before and before[0] == stamp:
                self._looked[name] = before[1]
            else:
                self._looked[name] = make_digest(files.read_file(path, within=self._root, error=DeliveryError))
                if not self._only_reads:
                    row = (name, stamp, self._looked[name])
                    self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", row)
        return self._looked[name]

    def digest_folder(self, path: Path) -> dict[Path, str]:
        """Digest each file below a folder."""
        # What is no regular file cannot be part of an issue; where one names it, reading that says so.
        found = (file for file in list_visible_files(path) if stat.S_ISREG(os.lstat(file).st_mode))
        return {path: self.digest_file(path) for path in map(Path, found)}

    def find_articles(self, slug: str) -> dict[str, tuple[str, str]]:
        """Return what is cached of an issue's articles, by path: what each was made of, and JSON."""
        select = "SELECT path, made_of, kept FROM articles WHERE slug = ?"
        return {path: (made_of, kept) for path, made_of, kept in self._connection.execute(select, (slug,))}

    def store_articles(self, slug: str, articles: Mapping[str, tuple[str, str]]) -> None:
        """Cache all articles of an issue as ``find_articles`` returns them."""
        self._delete_rows(slug, "articles")
        rows = ((slug, path, *cached) for path, cached in articles.items())
        self._connection.executemany("INSERT INTO articles VALUES (?, ?, ?, ?)", rows)

    def find_issue(self, slug: str, made_of: str) -> "CachedIssue | None":
        """Return what is cached of an issue, if it was made of the same; else None."""
        from dispatch import serialise
        from dispatch.publish.issue_index import CachedIssue

        row = self._connection.execute("SELECT made_of, kept FROM issues WHERE slug = ?", (slug,)).fetchone()
        return serialise.from_json(CachedIssue, row[1]) if row and row[0] == made_of else None

    def store_issue(self, slug: str, made_of: str, cached: "CachedIssue") -> None:
        """Cache an issue, and forget the entries that it had."""
        from dispatch import serialise

        self._delete_rows(slug, "issues", "entries")
        row = (slug, made_of, serialise.to_json(cached))
        self._connection.execute("INSERT INTO issues (slug, made_of, kept) VALUES (?, ?, ?)", row)

    def has_entries(self, slug: str, made_of: str) -> bool:
        """Whether the entries of an issue that is cached are made of the same."""
        row = self._connection.execute("SELECT entries FROM issues WHERE slug = ?", (slug,)).fetchone()
        return bool(row) and row[0] == made_of

    def store_entries(self, slug: str, made_of: str, entries: Mapping[str, Mapping[str, bytes]]) -> None:
        """Cache the finished bytes of a cached issue's entries, by format and id."""
        self._connection.execute("DELETE FROM entries WHERE slug = ?", (slug,))
        self._connection.execute("UPDATE issues SET entries = ? WHERE slug = ?", (made_of, slug))
        self._connection.executemany(
            "INSERT INTO entries VALUES (?, ?, ?, ?)",
            ((slug, id_, format_, body) for format_, bodies in entries.items() for id_, body in bodies.items()),
        )

    def forget_issues(self, slugs: Iterable[str]) -> None:
        """Drop everything that is cached of these issues."""
        for slug in slugs:
            self._delete_rows(slug, "issues", "articles", "entries")

    def issue_slugs(self) -> list[str]:
        """List the issues that are cached."""
        return [slug for (slug,) in self._connection.execute("SELECT slug FROM issues ORDER BY slug")]

    def find_entries(self, format: str, ids: Iterable[str], slug: str = "") -> dict[str, bytes]:  # noqa: A002
        """Return the finished entries of these ids in one format; with a slug, those of that issue."""
        select = "SELECT body FROM entries WHERE format = ? AND id = ? AND ? IN ('', slug)"
        return {id_: self._connection.execute(select, (format, id_, slug)).fetchone()[0] for id_ in ids}

    def is_current(self, path: str, made_of: str) -> bool:
        """Whether a public file is as the last publish left it, and was made of the same."""
        page = self._pages.get(path)
        return page is not None and page[0] == made_of and self._is_as_left(path)

    def has_file(self, path: str) -> bool:
        """Whether the public folder has a file there, as the last publish left it."""
        return path in self._pages and self._is_as_left(path)

    def record_file(self, path: str, made_of: str, body: str) -> None:
        """Record that a file is in the public folder now; ``body`` is the digest of its bytes."""
        self._pages[path] = (made_of, body, stamp_file(f"{self._folder}{os.sep}{path}"))
        self._connection.execute(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)", (self._name, path, *self._pages[path])
        )

    def drop_file(self, path: str) -> None:
        """Record that a file is not one of the site's any more."""
        del self._pages[path]
        self._connection.execute("DELETE FROM pages WHERE folder = ? AND path = ?", (self._name, path))

    def adopt_folder(self, path: str) -> None:
        """Record that all files below a folder of the public one are the site's, whoever has put them there."""
        for file in list_visible_files(self._folder / path):
            body = files.read_file(Path(file), within=self._folder, error=DeliveryError)
            self.record_file(Path(file).relative_to(self._folder).as_posix(), "", make_digest(body))

    def files(self) -> dict[str, str]:
        """Return the files of the site by path, with the digests of their bytes."""
        return {path: body for path, (_, body, _) in self._pages.items()}

    def _delete_rows(self, slug: str, *tables: str) -> None:
        for table in tables:
            self._connection.execute(f"DELETE FROM {table} WHERE slug = ?", (slug,))  # noqa: S608 - one of ours

    def record_inputs(self, inputs: str) -> None:
        """Record that the public folder is now what these inputs make."""
        self._connection.execute("INSERT OR REPLACE INTO whole VALUES (?, ?)", (self._name, inputs))

    def _is_as_left(self, path: str) -> bool:
        return self._pages[path][2] == stamp_file(f"{self._folder}{os.sep}{path}")


@contextmanager
def open_cache(root: Path, folder: Path, *, dry: bool = False) -> Iterator[BuildCache]:
    """Open the cache of the publication at ``root`` for one public folder; others who publish wait until it is closed.

    dry: nothing is recorded in the end. A cache that is damaged or of another version is begun anew. Raises
    DeliveryError when another publish takes too long, or the disk does not take the cache.
    """
    path = databases.find_database(root, FILE, error=DeliveryError)
    try:
        connection = _connect(path, dry=dry)
        try:
            yield BuildCache(connection, root, folder)
            connection.execute("ROLLBACK" if dry else "COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        busy = code == sqlite3.SQLITE_BUSY
        what = "is in use by another dispatch publish" if busy else f"cannot be used: {error}"
        remedy = "make room on the disk" if code == sqlite3.SQLITE_FULL else _REMEDY
        hint = "wait until that has finished" if busy else f"{remedy}: it is only a cache"
        raise DeliveryError(what, subject=FILE.as_posix(), hint=hint) from error


@contextmanager
def read_cache(root: Path) -> Iterator[BuildCache | None]:
    """Open what the last publish has left only to be read, beside one that is going on; None where nothing can be."""
    connection = None
    with suppress(sqlite3.Error, DeliveryError):
        path = databases.find_database(root, FILE, error=DeliveryError)
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=1)
    if connection is None:
        yield None
        return
    with closing(connection):
        found = None
        with suppress(sqlite3.Error):
            connection.execute("BEGIN")
            if connection.execute("PRAGMA user_version").fetchone() == (_VERSION,):
                found = BuildCache(connection, root, root, only_reads=True)
        yield found


def _connect(path: Path, *, dry: bool) -> sqlite3.Connection:
    """Open the database with its tables, in a transaction that lets nobody else write."""
    if dry and not (path.exists() and databases.is_writable(path)):
        return _begin(databases.copy_database(path))
    files.make_own_folder(path.parent.parent, error=DeliveryError)
    try:
        return _begin(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None))
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise
        path.unlink()
        return _begin(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None))


def _begin(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        # A cache that is lost costs time, nothing else.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA secure_delete = ON")  # a name that is to be forgotten stays in no free page
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
