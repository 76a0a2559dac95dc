"""How many messages may go out: at most so many in a time, and at most so many a day."""

import threading
import time
from collections.abc import Callable
from typing import Final

_UNITS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0}


class Budget:
    """The rate, shared by all connections of a sender: each message has its moment, in the order of asking."""

    def __init__(self, rate: str, left_today: int | None, now: Callable[[], float] = time.monotonic) -> None:
        """Begin.

        rate: as the setting has it; empty for any. left_today: how many may go out still; None for any number.
        """
        count, _, unit = rate.partition("/")
        self.seconds_each = _UNITS[unit] / int(count) if rate else 0.0
        self._left = left_today
        self._now = now
        self._next = now()
        self._lock = threading.Lock()

    def reserve_moment(self) -> float | None:
        """Reserve the moment of one message: return in how many seconds it is, or None when the day's are used up."""
        with self._lock:
            if self._left is not None:
                if self._left <= 0:
                    return None
                self._left -= 1
            now = self._now()
            moment = max(self._next, now)
            self._next = moment + self.seconds_each
            return moment - now

    @property
    def is_spent(self) -> bool:
        """Whether the messages of this day are used up."""
        return self._left is not None and self._left <= 0
