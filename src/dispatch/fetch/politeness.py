"""How a host asks to be treated: its robots.txt (RFC 9309), at most two requests at a time, pauses between them."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote, unquote

PRODUCT = "dispatch"  # the product token of our User-Agent (section 2.2.1)
MOST_BYTES = 500 * 1024  # as much as a robot has to read (section 2.5)
MOST_PAUSE = 30.0
MOST_PER_HOST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRules:
    """What a site asks of us."""

    paths: Annotated[tuple[tuple[str, bool], ...], "pattern, whether it may be read"] = ()
    pause: Annotated[float, "seconds between two requests; at most 30"] = 0.0

    def allows_path(self, path: str) -> bool:
        """Whether a path may be read: the longest pattern decides, and of two alike the one that allows (2.2.2)."""
        path = _normalise_path(path)
        matching = [(len(pattern), allowed) for pattern, allowed in self.paths if _matches_pattern(pattern, path)]
        return max(matching, default=(0, True))[1]


@dataclass(slots=True)
class _RobotsGroup:
    """Who is spoken to, and what is said."""

    agents: list[str] = field(default_factory=list)
    paths: list[tuple[str, bool]] = field(default_factory=list)
    pause: float = 0.0
    is_open: Annotated[bool, "no rule yet: further agents belong to the same group"] = True


def parse_robots(text: str) -> RobotsRules:
    """Parse what robots.txt says to us: all groups that name us, else those for everybody (2.2.1)."""
    groups = list(_parse_groups(text))
    ours = [group for group in groups if PRODUCT in group.agents] or [group for group in groups if "*" in group.agents]
    return RobotsRules(
        paths=tuple(rule for group in ours for rule in group.paths),
        pause=min(max((group.pause for group in ours), default=0.0), MOST_PAUSE),
    )


NOTHING = RobotsRules(paths=(("/", False),))


class HostTurns:
    """What is remembered of a host while a client lives. Safe to share between threads."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(MOST_PER_HOST)
        self._lock = threading.Lock()
        self._next = 0.0
        self._pause = 0.0
        self._asked = 0
        self._rules: dict[str, RobotsRules] = {}
        self._reading_rules = threading.Lock()

    @contextmanager
    def take_turn(self) -> Iterator[float]:
        """Wait for a turn and hold it; yield how many seconds the waiting took."""
        begun = time.monotonic()
        with self._turns:
            with self._lock:
                at = max(self._next, time.monotonic())
                self._next = at + self._pause
            if (left := at - time.monotonic()) > 0:
                time.sleep(left)
            yield time.monotonic() - begun

    def note_repeated_request(self) -> bool:
        """Count this request; return whether the host was asked for another address before."""
        with self._lock:
            self._asked += 1
            return self._asked > 1

    def recall_rules(self, origin: str, read: Callable[[], RobotsRules]) -> RobotsRules:
        """Return the rules of an origin on this host, read once; the pause that they ask for holds from then on."""
        with self._reading_rules:
            if origin not in self._rules:
                self._rules[origin] = read()
                with self._lock:
                    self._pause = max(self._pause, self._rules[origin].pause)
                    self._next = max(self._next, time.monotonic() + self._pause)
            return self._rules[origin]


class TurnsByHost:
    """Every host that was asked, by name."""

    def __init__(self) -> None:
        self._hosts: dict[str, HostTurns] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> HostTurns:
        with self._lock:
            return self._hosts.setdefault(name, HostTurns())


def _parse_groups(text: str) -> Iterator[_RobotsGroup]:
    group = _RobotsGroup()
    for line in text[:MOST_BYTES].removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if not group.is_open:
                yield group
                group = _RobotsGroup()
            token = re.match(r"[a-z_-]+", value.lower())  # a version may follow it
            group.agents.append(token[0] if token else value)
        elif key in {"allow", "disallow"}:
            group.is_open = False
            if value:
                group.paths.append((_normalise_path(value), key == "allow"))
        elif key == "crawl-delay":
            group.is_open = False
            if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", value):
                group.pause = max(group.pause, float(value))
    yield group


def _matches_pattern(pattern: str, path: str) -> bool:
    """Whether a path begins as a pattern says, where ``*`` is anything and a last ``$`` the end. In linear time."""
    begin, *inner = pattern.removesuffix("$").split("*")
    is_whole = pattern.endswith("$")
    if not path.startswith(begin):
        return False
    position = len(begin)
    for number, piece in enumerate(inner, 1):
        if is_whole and number == len(inner):
            return len(path) - len(piece) >= position and path.endswith(piece)
        found = path.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    return not is_whole or position == len(path)


def _normalise_path(path: str) -> str:
    """Normalise a path for comparing (2.2.2)."""
    return quote(unquote(path), safe="/?*$=&;:@!,+()'~.-_%")
