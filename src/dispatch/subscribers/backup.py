"""A copy of the subscribers, and of the keys without which it is worth little, made while others go on writing."""

import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Final

from dispatch import files, git
from dispatch.errors import DeliveryError, explain_refusal
from dispatch.model import Publication
from dispatch.subscribers import deliveries, rows
from dispatch.subscribers.database import DATABASE, KEYS, STORE, read_key

MADE: Final = "backup"  # under which the store knows when its last backup was made


def write_backup(publication: Publication, target: Path, now: datetime) -> Path:
    """Copy the store into a new file, and the keys into one beside it; return that one. Nobody else may read them.

    The copy is what the store held at one moment. Raises DeliveryError: where there is a file already, where git or
    the website would take it up, and when it cannot be written.
    """
    if DATABASE.is_shared:
        hint = "Copy it with pg_dump, and .dispatch/keys beside it: without them the links of readers lead nowhere."
        raise DeliveryError("is PostgreSQL's, which has a program for that", subject=STORE, hint=hint)
    target = files.place_output(target, within=publication.root, error=DeliveryError)
    target = target.parent.resolve() / target.name
    keys = target.with_name(f"{target.name}.keys")
    with DATABASE.open_connection(publication.root) as connection, ExitStack() as reserved:
        with DATABASE.begin_transaction(connection):
            read_key(publication.root)
        for path in (target, keys):
            _reserve_file(path, publication.root / "public")
            reserved.callback(path.unlink, missing_ok=True)
        _fill_file(target, lambda path: connection.execute("VACUUM INTO ?", (str(path),)))
        _fill_file(keys, lambda path: path.write_bytes((publication.root / KEYS).read_bytes()))
        with DATABASE.begin_transaction(connection):
            deliveries.write_meta(connection, MADE, str(rows.to_seconds(now)))
        reserved.pop_all()
    return keys


def _reserve_file(path: Path, public: Path) -> None:
    """Make an empty file that nobody else may read, where there was none. Raises DeliveryError."""
    if path.is_relative_to(public.resolve()):
        what, hint = "is in the public folder, which everybody may read", "Name a file elsewhere, on another disk."
        raise DeliveryError(what, address=str(path), hint=hint)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        hint = "No backup is overwritten: name another file, for example with the date in it."
        raise DeliveryError("is there already", address=str(path), hint=hint) from error
    except OSError as error:
        raise explain_refusal(DeliveryError, error, "cannot be written", address=str(path)) from error
    if not git.is_left_out(path):
        path.unlink()
        hint = "Name a file outside the repository, on another disk."
        raise DeliveryError("is where git would take it up, and with it the addresses", address=str(path), hint=hint)


def _fill_file(path: Path, write: Callable[[Path], object]) -> None:
    """Write a reserved file, which stays empty until all of it is on the disk. Raises DeliveryError."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise explain_refusal(DeliveryError, error, "cannot be written", address=str(path)) from error
    except sqlite3.Error as error:
        hint = "See what the folder allows (ls -ld), what room there is, and how many files may be open (ulimit -n)."
        raise DeliveryError(f"cannot be written: {error}", address=str(path), hint=hint) from error
    finally:
        part.unlink(missing_ok=True)
