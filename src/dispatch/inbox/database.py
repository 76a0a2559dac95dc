"""The inbox's file: its tables, and what is said when it cannot be used.

Every write is one transaction of a write-ahead log: a reader, a second gather or a power cut finds all of it or
nothing.
"""

from pathlib import Path

from dispatch import files
from dispatch.databases import Database
from dispatch.errors import GatherError

FILE = Path(files.OWN, "inbox.sqlite")
FOLDER = "inbox"  # of a shared inbox, in git
_MIGRATIONS = (
    """
    CREATE TABLE arrivals (
        number INTEGER PRIMARY KEY AUTOINCREMENT,  -- given once, never again
        source TEXT NOT NULL,
        id TEXT NOT NULL,                          -- the article's, as an issue will have it
        digest BLOB NOT NULL,                      -- of title and text; empty without text
        arrived INTEGER NOT NULL,                  -- seconds since 1970, as in the next line
        shown INTEGER NOT NULL,                    -- when it was published, but never later than it arrived
        dismissed INTEGER NOT NULL,
        used INTEGER NOT NULL,                     -- derived from the table used
        words INTEGER NOT NULL,                    -- its row in the table words
        also_at TEXT NOT NULL,                     -- JSON
        changes TEXT NOT NULL                      -- JSON
    );
    CREATE INDEX arrivals_digest ON arrivals (digest) WHERE digest != x'';
    CREATE INDEX arrivals_id ON arrivals (id) WHERE id != '';
    CREATE UNIQUE INDEX arrivals_words ON arrivals (words);
    CREATE INDEX arrivals_waiting ON arrivals (used, dismissed, arrived, shown, number);
    CREATE INDEX arrivals_all ON arrivals (arrived, shown, number);
    CREATE INDEX arrivals_source ON arrivals (source, used, dismissed, arrived, shown, number);
    CREATE TABLE articles (number INTEGER PRIMARY KEY, article TEXT NOT NULL);
    CREATE TABLE entries (                         -- every entry of a source that led to an arrival
        source TEXT NOT NULL,
        guid TEXT NOT NULL,
        address TEXT NOT NULL,                     -- compare.fold_whereabouts
        given BLOB NOT NULL,                       -- a digest of the entry as it came
        also INTEGER NOT NULL,                     -- the same text elsewhere: changes nothing of the arrival
        number INTEGER NOT NULL
    );
    CREATE INDEX entries_guid ON entries (source, guid) WHERE guid != '';
    CREATE INDEX entries_given ON entries (source, given);
    CREATE INDEX entries_address ON entries (address) WHERE address != '';
    CREATE INDEX entries_number ON entries (number);
    CREATE VIRTUAL TABLE words USING fts5 (
        title, authors, source, tags, text, content = '', tokenize = 'unicode61 remove_diacritics 2'
    );
    CREATE TABLE used (folder TEXT NOT NULL, id TEXT NOT NULL, address TEXT NOT NULL);
    CREATE INDEX used_folder ON used (folder);
    CREATE INDEX used_id ON used (id);
    CREATE INDEX used_address ON used (address);
    CREATE TABLE folders (folder TEXT PRIMARY KEY, stamp TEXT NOT NULL);
    CREATE TABLE visits (source TEXT PRIMARY KEY, visit TEXT NOT NULL);
    """,
    """
    -- links.parse_place; whether other entries of its source have its address; and then the places are read
    ALTER TABLE entries ADD COLUMN place TEXT NOT NULL DEFAULT '';
    ALTER TABLE entries ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE used ADD COLUMN place TEXT NOT NULL DEFAULT '';
    DELETE FROM folders;
    """,
    """
    -- the files of a shared inbox: the number that the name claims (0: none), the one that it is known by
    CREATE TABLE shared (
        name TEXT PRIMARY KEY, claim INTEGER NOT NULL, number INTEGER NOT NULL, dismissed INTEGER NOT NULL
    )
    """,
)

DATABASE = Database(
    file=FILE,
    migrations=_MIGRATIONS,
    error=GatherError,
    if_later="update dispatch, or delete the file and run dispatch gather: only numbers and dismissals are lost",
    if_damaged="delete it, with the two files whose names begin as its own, and run dispatch gather: it is made anew,"
    " and what was used is known from the issues; only numbers and dismissals are lost",
    if_full="what the inbox held is still there",
)
