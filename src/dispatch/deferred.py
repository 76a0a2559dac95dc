"""Import the rooms of a package when a name of theirs is first asked for (PEP 562): a command loads what it uses."""

import sys
from collections.abc import Callable
from importlib import import_module


def defer_names(package: str, **rooms: str) -> Callable[[str], object]:
    """Make the ``__getattr__`` of a package. rooms: for each of its rooms the names that the package has from it.

    Raises ValueError when a name is that of a room, too: the package would have the one or the other.
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
