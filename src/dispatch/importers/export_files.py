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
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from dispatch import files
from dispatch.errors import GatherError
from dispatch.importers.posts import Export

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


def open_export(path: Path) -> Export:
    """Open the export at a path. Raises GatherError when it cannot be opened, or is unlike any that a system writes."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise GatherError(
            "there is no such file or folder", address=str(path), hint="Name what the other system exported."
        ) from error
    if stat.S_ISDIR(mode):
        return _open_folder(path)
    if not stat.S_ISREG(mode):
        raise GatherError("this is neither a file nor a folder", address=str(path))
    return _open_zip(path) if zipfile.is_zipfile(path) else _open_file(path)


def _read_file(root: Path, name: str) -> bytes:
    """Read a file below a folder. Raises GatherError, also when it is larger than 64 MiB."""
    path = root / name
    try:
        if path.stat().st_size > MOST_BYTES:
            raise GatherError("it is larger than 64 MiB", address=name)
    except OSError as error:
        raise GatherError("it cannot be read", address=name) from error
    return files.read_file(path, within=root, error=GatherError)


def _unpack_member(file: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str) -> bytes:
    """Unpack a file of a zip. Raises GatherError, also when it is larger than 64 MiB."""
    try:
        with file.open(members[name]) as member:
            # No more than is announced is ever unpacked; what is announced was bounded.
            body = member.read(MOST_BYTES + 1)
    except KeyError as error:
        raise GatherError("it is not in the export", address=name) from error
    except (*_FAILURES, NotImplementedError) as error:
        raise GatherError(f"it cannot be unpacked: {error}", address=name) from error
    if len(body) > MOST_BYTES:
        raise GatherError("it is larger than 64 MiB", address=name)
    return body


def _open_folder(path: Path) -> Export:
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
    return _strip_top(path.resolve().name, found, refused, partial(_read_file, path))


def _open_file(path: Path) -> Export:
    return Export(name=path.name, names=(path.name,), read=partial(_read_file, path.parent))


def _open_zip(path: Path) -> Export:
    _refuse_large_table(path)
    try:
        file = zipfile.ZipFile(path)
    except (*_FAILURES, NotImplementedError) as error:
        raise GatherError(f"the zip cannot be opened: {error}", address=path.name) from error
    infos = file.infolist()
    if len(infos) > MOST_FILES:
        raise GatherError(f"there are more than {MOST_FILES:,} files in it", address=path.name)
    if sum(info.file_size for info in infos) > MOST_IN_ALL:
        raise GatherError("it holds more than 2 GiB", address=path.name, hint="Unpack it, and give the folder.")
    members: dict[str, zipfile.ZipInfo] = {}
    refused: list[tuple[str, str]] = []
    for info in infos:
        if why := _find_objection(info):
            refused.append((info.filename, why))
        elif info.is_dir() or _LITTER.search(info.filename):
            continue
        elif info.filename in members:
            refused.append((info.filename, "a second file of that name"))
        else:
            members[info.filename] = info
    return _strip_top(path.name, members, refused, partial(_unpack_member, file, members))


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


def _refuse_large_table(path: Path) -> None:
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


def _strip_top(
    name: str, names: Iterable[str], refused: Sequence[tuple[str, str]], read: Callable[[str], bytes]
) -> Export:
    """Make the export, without the one folder in which everything stands, if there is one, in the names."""
    names = sorted(names)
    top = ""
    while names and (first := _find_folder(names[0], top)) and all(one.startswith(top + first) for one in names):
        top += first
    return Export(
        name=name, names=tuple(one[len(top) :] for one in names), refused=refused, read=lambda one: read(top + one)
    )


def _find_folder(name: str, top: str) -> str:
    """Return the folder below ``top`` in which a file stands, with its slash; not one such as ``_posts``."""
    folder, slash, _ = name[len(top) :].partition("/")
    return folder + slash if slash and not folder.startswith("_") else ""
