"""The file of the subscribers: its tables, what is said when it cannot be used, and the secret key beside it.

It is the only copy of what people have agreed to: every write is one transaction that is on the disk when it ends.
"""

import os
import secrets
from pathlib import Path

from dispatch import files
from dispatch.databases import Database
from dispatch.errors import DeliveryError, explain_refusal

KEYS = Path(files.OWN, "keys")

_MIGRATIONS = (
    """
    CREATE TABLE subscriber (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key BLOB NOT NULL UNIQUE,                  -- what others may see: numbers would tell how many there are
        list TEXT NOT NULL,
        email TEXT NOT NULL,                       -- as it was typed
        same TEXT NOT NULL,                        -- mail_addresses.fold_mailbox
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        language TEXT NOT NULL,
        since INTEGER NOT NULL,                    -- seconds since 1970, as all moments
        UNIQUE (list, same)
    ) STRICT;
    CREATE INDEX subscriber_state ON subscriber (list, state, number);
    CREATE TABLE tag (
        subscriber INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (subscriber, tag)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tag_tag ON tag (tag, subscriber);
    CREATE TABLE words (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE consent (                         -- is only ever added to
        subscriber INTEGER NOT NULL,
        at INTEGER NOT NULL,
        what TEXT NOT NULL,
        how TEXT NOT NULL,
        words INTEGER NOT NULL,                    -- its row in the table words; 0 without any
        batch INTEGER NOT NULL                     -- of the import that it came with, else 0
    ) STRICT;
    CREATE INDEX consent_subscriber ON consent (subscriber);
    CREATE INDEX consent_batch ON consent (batch) WHERE batch > 0;
    CREATE TABLE batch (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, how TEXT NOT NULL) STRICT;
    CREATE TABLE suppression (
        digest BLOB PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)

DATABASE = Database(
    file=Path(files.OWN, "subscribers.sqlite"),
    migrations=_MIGRATIONS,
    error=DeliveryError,
    if_later="update dispatch",
    if_damaged="put your backup in its place, and keep the damaged file: it holds what people have agreed to",
    if_full="what it held is still there",
    is_only_copy=True,
)


def read_key(root: Path) -> bytes:
    """Read the secret key of a publication's addresses and links, or make it; only within a transaction.

    Raises DeliveryError.
    """
    path = files.resolve_inside(root / KEYS, within=root, error=DeliveryError)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{secrets.token_hex(32)}\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    except OSError as error:
        raise explain_refusal(DeliveryError, error, "cannot be made", subject=KEYS.as_posix()) from error
    written = files.read_text(path, within=root, error=DeliveryError).split()
    try:
        return bytes.fromhex(written[-1])
    except (IndexError, ValueError) as error:
        hint = "Put your backup of it in its place: without it, who was erased could be imported again."
        raise DeliveryError("holds no key", subject=KEYS.as_posix(), hint=hint) from error
