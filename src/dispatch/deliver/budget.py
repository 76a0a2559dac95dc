"""How many messages may go out in a time."""

import time
from collections.abc import Callable
from typing import Final

_UNITS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0}
_AT_ONCE = 1.0  # seconds of messages that are reserved at once where others send as well


class Budget:
    """The rate, shared by all connections of a sender: each message has its moment, in the order of asking."""

    def __init__(
        self,
        rate: str,
        reserve: Callable[[float], float] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin.

        rate: as the setting has it; empty for any. reserve: reserves so many seconds of sending among all senders, and
        returns in how many they begin; None where there is one sender.
        """
        count, _, unit = rate.partition("/")
        self.seconds_each = _UNITS[unit] / int(count) if rate else 0.0
        self._reserve = reserve if rate else None
        self._left = 0  # messages that are reserved
        self._now = now
        self._next = now()

    def reserve_moment(self) -> float:
        """Reserve the moment of one message: return in how many seconds it is."""
        now = self._now()
        if self._reserve and not self._left:
            self._left = max(1, int(_AT_ONCE / self.seconds_each))
            self._next = now + self._reserve(self._left * self.seconds_each)
        self._left -= 1
        moment = max(self._next, now)
        self._next = moment + self.seconds_each
        return moment - now
