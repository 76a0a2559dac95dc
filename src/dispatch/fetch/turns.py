"""Whose turn it is to ask a host: at most two at a time, with the pause in between that the host asks for."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dispatch.fetch.robots import Rules

MOST_PER_HOST = 2


class Host:
    """What is remembered of a host while a client lives. Safe to share between threads."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(MOST_PER_HOST)
        self._lock = threading.Lock()
        self._next = 0.0
        self._pause = 0.0
        self._asked = 0
        self._rules: dict[str, Rules] = {}
        self._reading_rules = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Wait for a turn and have it; how many seconds the waiting took."""
        begun = time.monotonic()
        with self._turns:
            with self._lock:
                at = max(self._next, time.monotonic())
                self._next = at + self._pause
            if (left := at - time.monotonic()) > 0:
                time.sleep(left)
            yield time.monotonic() - begun

    def is_asked_again(self) -> bool:
        """Whether it was asked for another address before."""
        with self._lock:
            self._asked += 1
            return self._asked > 1

    def rules(self, origin: str, read: Callable[[], Rules]) -> Rules:
        """The rules of an origin on this host, read once; the pause that they ask for holds from then on."""
        with self._reading_rules:
            if origin not in self._rules:
                self._rules[origin] = read()
                with self._lock:
                    self._pause = max(self._pause, self._rules[origin].pause)
                    self._next = max(self._next, time.monotonic() + self._pause)
            return self._rules[origin]


class Hosts:
    """Every host that was asked, by name."""

    def __init__(self) -> None:
        self._hosts: dict[str, Host] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Host:
        with self._lock:
            return self._hosts.setdefault(name, Host())
