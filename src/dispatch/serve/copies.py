"""A file as it is sent, in one content coding, and the shelf on which copies are kept in memory."""

import hashlib
import os
import stat
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dispatch import files
from dispatch.errors import DeliveryError
from dispatch.serve import codings, media

# A file up to this size is kept in memory and compressed; a longer one is sent from the disk as it is.
WHOLE = 8 * 1024 * 1024
# What the shelf holds together.
ROOM = 64 * 1024 * 1024
# Below this, compressing saves less than its header costs.
WORTHWHILE = 256
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Mark:
    """By what one sees, without reading it, that a file is another one."""

    device: int
    inode: int
    size: int
    modified: int
    """In nanoseconds."""
    changed: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Mark":
        """The mark of a file that was looked at."""
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One file in one coding."""

    mark: Mark
    """Of the file that it was made from."""
    size: int
    """In bytes, as they are sent."""
    etag: str
    """A strong validator: a digest of the bytes as they are sent, so each coding has its own (RFC 9110, 8.8.3)."""
    body: bytes | None
    """None for a file that is sent from the disk."""
    headers: dict[str, str]


def made(folder: Path, name: str, coding: str, *, precompressed: bool = False) -> Copy | None:
    """A copy of a file below a folder; None when it is not there, no ordinary file, or behind a link.

    coding: one of codings.CODINGS, or IDENTITY; what it does not make smaller stays as it is.
    precompressed: whether there is a file beside it that should hold it in that coding. It is believed when it does.
    """
    opened = opened_file(folder, name)
    if opened is None:
        return None
    file, mark = opened
    with file:
        head = file.read(WHOLE + 1)
        digest = hashlib.sha256(head)
        if len(head) <= WHOLE:
            body = _encoded(folder, name, head, coding, precompressed=precompressed)
            return _copy(name, mark, head, body, digest.hexdigest(), coding if body is not head else codings.IDENTITY)
        size = len(head)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    fields = media.headers(name, media.by_content(name, head), digest.hexdigest())
    return Copy(mark=mark, size=size, etag=_etag(digest.hexdigest()), body=None, headers=fields)


def opened_file(folder: Path, name: str) -> tuple[BinaryIO, Mark] | None:
    """An ordinary file below a folder, opened, with the mark of what was opened; never through a link."""
    try:
        place = files.inside(folder / name, within=folder, error=DeliveryError)
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        file = os.fdopen(os.open(place, flags), "rb")
    except (OSError, DeliveryError):
        return None
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):
        file.close()
        return None
    return file, Mark.of(found)


def mark(folder: Path, name: str) -> Mark | None:
    """The mark of what stands at that place now."""
    try:
        # Asked at every request: making a Path takes longer than asking.
        return Mark.of(os.stat(f"{folder}/{name}"))  # noqa: PTH116
    except OSError:
        return None


def _copy(name: str, mark: Mark, plain: bytes, body: bytes, digest: str, coding: str) -> Copy:
    fields = media.headers(name, media.by_content(name, plain), digest)
    if coding:
        fields["content-encoding"] = coding
        digest = hashlib.sha256(body).hexdigest()
    return Copy(mark=mark, size=len(body), etag=_etag(digest), body=body, headers=fields)


def _encoded(folder: Path, name: str, body: bytes, coding: str, *, precompressed: bool) -> bytes:
    """The body in that coding; the very same object where that is not worth it."""
    if not coding or len(body) < WORTHWHILE:
        return body
    beside = opened_file(folder, name + codings.CODINGS[coding]) if precompressed else None
    if beside:
        with beside[0] as file:
            compressed = file.read(WHOLE)
        if codings.holds(compressed, coding, body):
            return compressed
    compressed = codings.encoded(body, coding)
    return compressed if len(compressed) < len(body) else body


def _etag(digest: str) -> str:
    return f'"{digest[:32]}"'


class Shelf:
    """Copies in memory; the one that was not asked for the longest makes room for another."""

    def __init__(self, room: int = ROOM) -> None:
        self._copies: OrderedDict[tuple[str, str], Copy] = OrderedDict()
        self._room = room
        self._used = 0

    def take(self, name: str, coding: str) -> Copy | None:
        """The copy of a file in a coding, if it is here; it may be old."""
        copy = self._copies.get((name, coding))
        if copy:
            self._copies.move_to_end((name, coding))
        return copy

    def put(self, name: str, coding: str, copy: Copy) -> None:
        """Keeps a copy in the place of an older one."""
        self.drop(name, coding)
        self._copies[name, coding] = copy
        self._used += _weight(copy)
        while self._used > self._room:
            self.drop(*next(iter(self._copies)))

    def drop(self, name: str, coding: str) -> None:
        """Forgets a copy."""
        copy = self._copies.pop((name, coding), None)
        if copy:
            self._used -= _weight(copy)


def _weight(copy: Copy) -> int:
    """In bytes, with about what the rest of it takes."""
    return len(copy.body or b"") + 2048
