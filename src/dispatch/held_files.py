"""Put a file in its place although another program has what is there open for a moment, as scanners do on Windows."""

import time
from pathlib import Path
from typing import Final

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
