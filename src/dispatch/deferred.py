"""Put off what a start would cost: a room is imported, and a pattern compiled, when it is first used.

Each command loads many rooms, and uses little of most of them. ``frozen`` does the same for dataclasses.
"""

import re
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TypeVar, cast

T = TypeVar("T", str, bytes)


def defer_names(package: str, **rooms: str) -> Callable[[str], object]:
    """Make the ``__getattr__`` of a package (PEP 562).

    rooms: for each of its rooms the names that the package has from it. Raises ValueError when a name is that of a
    room, too: the package would have the one or the other.
    """
    homes = {name: room for room, names in rooms.items() for name in names.split()}
    if twice := homes.keys() & rooms.keys():
        raise ValueError(f"{package} has a room and a name {', '.join(sorted(twice))}")

    def find_name(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return find_name


def defer_pattern(written: T, flags: int = 0) -> re.Pattern[T]:
    """Make a pattern as ``re.compile`` does, which is compiled when it is first used."""
    return cast("re.Pattern[T]", DeferredPattern(written, flags))


class DeferredPattern:
    """Stands for a compiled pattern, and has its methods."""

    def __init__(self, written: str | bytes, flags: int) -> None:
        """Remember what to compile."""
        self.pattern, self._flags = written, flags

    def __getattr__(self, name: str) -> object:
        """Find a method of the compiled pattern, which stays here: the next use costs no more than its own."""
        found: object = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found
