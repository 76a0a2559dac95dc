"""Files that others hold: a lock of one's own, and putting a file in its place although somebody has it open.

Scanners open files for a moment on Windows, where nobody else can replace them meanwhile.
"""

import sys
import time
from pathlib import Path
from typing import BinaryIO, Final

from dispatch.errors import is_held

_PAUSES: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 2.4)  # seconds before another try


def replace_held(source: Path, target: Path) -> None:
    """Give a file another's name and place (``Path.replace``), for some seconds again while somebody holds one of them.

    Raises OSError.
    """
    for pause in _PAUSES:
        try:
            source.replace(target)
        except PermissionError as error:
            if not is_held(error):
                raise
            time.sleep(pause)
        else:
            return
    source.replace(target)


if sys.platform == "win32":
    import msvcrt

    def try_lock(file: BinaryIO) -> bool:
        """Lock a byte far behind the text in the file, which others may go on reading; return whether it was free."""
        file.seek(2**30)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True
else:
    import fcntl

    def try_lock(file: BinaryIO) -> bool:
        """Lock the file; whether that was possible. Raises OSError where the file system knows no locks."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
