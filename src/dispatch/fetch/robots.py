"""robots.txt (RFC 9309): which pages a site asks robots not to read, and how long to pause between them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

PRODUCT = "dispatch"  # the product token of our User-Agent (section 2.2.1)
MOST_BYTES = 500 * 1024  # as much as a robot has to read (section 2.5)
MOST_PAUSE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a site asks of us."""

    paths: tuple[tuple[str, bool], ...] = ()  # pattern, whether it may be read
    pause: float = 0.0  # seconds between two requests; at most 30

    def allow(self, path: str) -> bool:
        """Whether a path may be read: the longest pattern decides, and of two alike the one that allows (2.2.2)."""
        path = _plain(path)
        matching = [(len(pattern), allowed) for pattern, allowed in self.paths if _matches(pattern, path)]
        return max(matching, default=(0, True))[1]


@dataclass(slots=True)
class _Group:
    """Who is spoken to, and what is said."""

    agents: list[str] = field(default_factory=list)
    paths: list[tuple[str, bool]] = field(default_factory=list)
    pause: float = 0.0
    is_open: bool = True  # no rule yet: further agents belong to the same group


def rules(text: str) -> Rules:
    """What robots.txt says to us: all groups that name us, else those for everybody (2.2.1)."""
    groups = list(_groups(text))
    ours = [group for group in groups if PRODUCT in group.agents] or [group for group in groups if "*" in group.agents]
    return Rules(
        paths=tuple(rule for group in ours for rule in group.paths),
        pause=min(max((group.pause for group in ours), default=0.0), MOST_PAUSE),
    )


NOTHING = Rules(paths=(("/", False),))


def _groups(text: str) -> Iterator[_Group]:
    group = _Group()
    for line in text[:MOST_BYTES].removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if not group.is_open:
                yield group
                group = _Group()
            token = re.match(r"[a-z_-]+", value.lower())  # a version may follow it
            group.agents.append(token[0] if token else value)
        elif key in {"allow", "disallow"}:
            group.is_open = False
            if value:
                group.paths.append((_plain(value), key == "allow"))
        elif key == "crawl-delay":
            group.is_open = False
            if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", value):
                group.pause = max(group.pause, float(value))
    yield group


def _matches(pattern: str, path: str) -> bool:
    """Whether a path begins as a pattern says, in which ``*`` is anything and a last ``$`` the end. In linear time."""
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


def _plain(path: str) -> str:
    """A path in one way of writing, for comparing (2.2.2)."""
    return quote(unquote(path), safe="/?*$=&;:@!,+()'~.-_%")
