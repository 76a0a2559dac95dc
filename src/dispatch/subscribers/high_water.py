"""The number of messages that were ever begun, in a file beside the store: a store that knows fewer was restored.

It is beside the store and not in it, so that no backup of the store holds it. Written after every commit, so it is
never ahead of a store that nobody has put back.
"""

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from dispatch import files
from dispatch.errors import DeliveryError, explain_refusal

FILE: Final = Path(files.OWN, "high-water")
_MACHINE = Path("/etc/machine-id")
_SYNC = 5.0  # seconds between two times that the disk is waited for


class HighWater:
    """The open file."""

    def __init__(self, root: Path) -> None:
        """Open the file, or make it. Raises DeliveryError."""
        path = files.resolve_inside(root / FILE, within=root, error=DeliveryError)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise explain_refusal(DeliveryError, error, "cannot be opened", subject=FILE.as_posix()) from error
        self._synced = time.monotonic()

    def read_marks(self) -> int:
        """Read the number; 0 in a new file. Raises DeliveryError."""
        written = os.pread(self._file, 32, 0).decode("ascii", "replace").strip()
        if written and not written.isdecimal():
            raise DeliveryError(
                "holds no number", subject=FILE.as_posix(), hint="See dispatch send --help: --take-over"
            )
        return int(written or 0)

    def write_marks(self, marks: int) -> None:
        """Write the number, which only grows; a disk that does not take it has refused the store before."""
        os.pwrite(self._file, f"{marks:020}\n".encode(), 0)
        if time.monotonic() - self._synced > _SYNC:
            os.fsync(self._file)
            self._synced = time.monotonic()

    def wait_for_disk(self) -> None:
        """Wait until the disk has the number."""
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read_marks(root: Path) -> int:
    """Read the number without making the file; 0 when there is none. Raises DeliveryError."""
    if not (root / FILE).is_file():
        return 0
    found = HighWater(root)
    try:
        return found.read_marks()
    finally:
        found.close()


def name_place(root: Path) -> str:
    """Name this machine and folder, so that a copy elsewhere has another name; nobody can read them from it."""
    machine = b""
    with suppress(OSError):
        machine = _MACHINE.read_bytes()
    return hashlib.sha256(machine + b"\0" + str(root.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
