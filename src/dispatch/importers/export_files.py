"""Open an export on the disk, a zip, a folder or one file, as files by their names. Nothing is unpacked to the disk.

A zip is what others made, so it is bounded before it is believed: how many files, how large, how much larger than
packed. Names that lead outside, links, and what is locked are refused, each with the reason.
"""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from dispatch import files
from dispatch.errors import GatherError

MOST_FILES: Final = 50_000
MOST_BYTES: Final = 64 << 20  # of one file
MOST_IN_ALL: Final = 2 << 30
MOST_RATIO: Final = 200  # of a file that is larger than SMALL: text packs to a twentieth, bombs to a thousandth
SMALL: Final = 1 << 20
MOST_DIRECTORY: Final = 16 << 20  # of the table of files that stands at a zip's end

_END = struct.Struct("<4s4H2LH")  # APPNOTE.TXT 6.3.10, section 4.3.16
_LOCATOR = b"PK\x06\x07"  # section 4.3.15
_FAILURES = (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error, OverflowError)
# What file managers leave behind; folders of a site's tools hold no posts.
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.|node_modules/|Thumbs\.db$|desktop\.ini$)")


class _Store(Protocol):
    """What the bytes are read from: a folder or a zip."""

    def read(self, name: str) -> bytes:
        """Read the bytes of a file, by the name that the store has for it. Raises GatherError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFiles:
    """An Export on the disk."""

    name: str
    names: Sequence[str]
    refused: Sequence[tuple[str, str]] = ()
    store: _Store
    top: str = ""  # the one folder in which everything stands, with its slash

    def read(self, name: str) -> bytes:
        """Read the bytes of a file. Raises GatherError when it cannot be read, or is larger than 64 MiB."""
        return self.store.read(self.top + name)


def open_export(path: Path) -> ExportFiles:
    """Open the export at a path. Raises GatherError when it cannot be opened, or is unlike any that a system writes."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise GatherError("there is no such file or folder", address=str(path)) from error
    if stat.S_ISDIR(mode):
        return _open_folder(path)
    if not stat.S_ISREG(mode):
        raise GatherError("this is neither a file nor a folder", address=str(path))
    return _open_zip(path) if zipfile.is_zipfile(path) else _open_file(path)


@dataclass(frozen=True, slots=True)
class _Files:
    """Files below a folder."""

    root: Path

    def read(self, name: str) -> bytes:
        path = self.root / name
        try:
            if path.stat().st_size > MOST_BYTES:
                raise GatherError("it is larger than 64 MiB", address=name)
        except OSError as error:
            raise GatherError("it cannot be read", address=name) from error
        return files.read(path, within=self.root, error=GatherError)


@dataclass(frozen=True, slots=True)
class _Zip:
    """Files in a zip, by the names that they have there."""

    file: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def read(self, name: str) -> bytes:
        try:
            with self.file.open(self.members[name]) as member:
                # No more than is announced is ever unpacked; what is announced was bounded.
                body = member.read(MOST_BYTES + 1)
        except KeyError as error:
            raise GatherError("it is not in the export", address=name) from error
        except (*_FAILURES, NotImplementedError) as error:
            raise GatherError(f"it cannot be unpacked: {error}", address=name) from error
        if len(body) > MOST_BYTES:
            raise GatherError("it is larger than 64 MiB", address=name)
        return body


def _open_folder(path: Path) -> ExportFiles:
    found: list[str] = []
    refused: list[tuple[str, str]] = []
    for folder, below, names in os.walk(path, followlinks=False):
        below[:] = sorted(name for name in below if not _LITTER.search(f"{name}/"))
        for name in (*below, *names):
            whole = Path(folder, name)
            shown = whole.relative_to(path).as_posix()
            if whole.is_symlink():
                refused.append((shown, "it is a link, which is not followed"))
            elif name in names and not _LITTER.search(name):
                found.append(shown)
        if len(found) > MOST_FILES:
            raise GatherError(f"there are more than {MOST_FILES:,} files in it", address=str(path))
    return _strip_top(path.resolve().name, found, refused, _Files(path))


def _open_file(path: Path) -> ExportFiles:
    return ExportFiles(name=path.name, names=(path.name,), store=_Files(path.parent))


def _open_zip(path: Path) -> ExportFiles:
    _refuse_bombs(path)
    try:
        file = zipfile.ZipFile(path)
    except (*_FAILURES, NotImplementedError) as error:
        raise GatherError(f"the zip cannot be opened: {error}", address=path.name) from error
    infos = file.infolist()
    if len(infos) > MOST_FILES:
        raise GatherError(f"there are more than {MOST_FILES:,} files in it", address=path.name)
    if sum(info.file_size for info in infos) > MOST_IN_ALL:
        raise GatherError("it holds more than 2 GiB", address=path.name, hint="Unpack it, and give the folder.")
    store = _Zip(file)
    refused: list[tuple[str, str]] = []
    for info in infos:
        if why := _find_objection(info):
            refused.append((info.filename, why))
        elif info.is_dir() or _LITTER.search(info.filename):
            continue
        elif info.filename in store.members:
            refused.append((info.filename, "a second file of that name"))
        else:
            store.members[info.filename] = info
    return _strip_top(path.name, store.members, refused, store)


def _find_objection(info: zipfile.ZipInfo) -> str:
    """Say why a file of a zip is refused; empty when nothing is against it."""
    name = info.filename
    if name.startswith("/") or "\\" in name or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        return "its name leads outside of the export"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link"
    if info.flag_bits & 0x1:
        return "it is locked with a password"
    if info.file_size > MOST_BYTES:
        return "it is larger than 64 MiB"
    if info.file_size > SMALL and info.file_size > MOST_RATIO * max(1, info.compress_size):
        return f"it unpacks to more than {MOST_RATIO} times its size"
    return ""


def _refuse_bombs(path: Path) -> None:
    """Refuse a zip whose end says that its table of files is too large, before anything reads that table."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 0xFFFF - _END.size - 20))
            tail = file.read()
    except OSError as error:
        raise GatherError("it cannot be read", address=path.name) from error
    at = len(tail) - _END.size if tail[-_END.size :][:4] == b"PK\x05\x06" else tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise GatherError("the zip has no end: it was cut off", address=path.name, hint="Download it again.")
    *_, directory, _offset, _comment = _END.unpack_from(tail, at)
    if tail[max(0, at - 20) : at][:4] == _LOCATOR or directory > MOST_DIRECTORY:
        raise GatherError(
            "the zip is larger than exports are", address=path.name, hint="Unpack it, and give the folder."
        )


def _strip_top(name: str, names: Iterable[str], refused: Sequence[tuple[str, str]], store: _Store) -> ExportFiles:
    """Make the export by names that begin below the one folder in which everything stands, if there is one."""
    names = sorted(names)
    top = ""
    while (first := _first_folder(names[0], top) if names else "") and all(
        other.startswith(top + first) for other in names
    ):
        top += first
    return ExportFiles(
        name=name, names=tuple(other[len(top) :] for other in names), refused=refused, store=store, top=top
    )


def _first_folder(name: str, top: str) -> str:
    """Return the folder below ``top`` in which a file stands, with its slash; not one such as ``_posts``."""
    folder, slash, _ = name[len(top) :].partition("/")
    return folder + slash if slash and not folder.startswith("_") else ""
