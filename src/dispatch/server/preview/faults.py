"""An error as Faults: a stopgap until every error carries its own."""

import re
from collections.abc import Iterator

from dispatch.errors import DispatchError
from dispatch.model import Fault, Place

# A fault of a file begins with its place: issues/defence/nato.md:3: authors[1]: …
_PLACED = re.compile(r"([\w.-]+(?:/[\w.-]+)*\.\w+)(?::(\d+))?: (.+)", re.DOTALL)


def faults_of(error: DispatchError) -> Iterator[Fault]:
    """What an error says, each line a fault."""
    for line in str(error).splitlines():
        placed = _PLACED.fullmatch(line)
        place = Place(file=placed[1], line=int(placed[2] or 1)) if placed else Place()
        yield Fault(what=placed[3] if placed else line, place=place, hint=error.hint)
