"""Limit what a process of ours may take, by what the system grants: macOS refuses to limit memory, Windows knows none.

What cannot be limited is watched where it can be, and never a reason to fail.
"""

import faulthandler
import os
import sys
import time
from threading import Thread
from typing import Final

_LOOK: Final = 0.05  # seconds between two looks at the memory
SPENT_MEMORY: Final = 3
"""What a process that is watched ends with when it has taken too much."""

if sys.platform == "win32":

    def limit_memory(most: int) -> None:
        """Do nothing: only the time is limited there."""
else:
    import resource

    _UNIT: Final = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss (getrusage(2))

    def lower_limit(kind: int, wanted: int) -> bool:
        """Lower one of the limits of this process (setrlimit(2)); return whether the system did so."""
        _, most = resource.getrlimit(kind)
        try:
            resource.setrlimit(kind, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
        except (OSError, ValueError):
            return False
        return True

    def limit_memory(most: int) -> None:
        """Let this process have so many bytes of address space; where that is refused, end it when it has taken more.

        What is watched is the memory in use, so a single call of C that takes it all at once ends it only afterwards.
        """
        if not lower_limit(resource.RLIMIT_AS, most):
            Thread(target=_watch_memory, args=(_measure_peak() + most,), name="memory", daemon=True).start()

    def _watch_memory(most: int) -> None:
        while _measure_peak() <= most:
            time.sleep(_LOOK)
        faulthandler.dump_traceback()  # for whoever reads why it ended
        os._exit(SPENT_MEMORY)

    def _measure_peak() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
