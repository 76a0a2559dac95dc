"""Parse the TOML that people write, and give the line of a fault."""

import re
import tomllib

from dispatch.errors import DispatchError
from dispatch.model import Place

# Before Python 3.14, tomllib gives the line in its message only.
_AT = re.compile(r" \(at line (\d+), column \d+\)$")


def parse_toml(text: str, *, file: str = "", error: type[DispatchError]) -> dict[str, object]:
    """Parse a TOML text. Raises ``error``, with the line, on what is not TOML."""
    try:
        return tomllib.loads(text)
    except RecursionError as cause:
        raise error("is nested too deep", subject=file) from cause
    except ValueError as cause:
        words = str(cause)
        found = _AT.search(words)
        place = Place(file=file, line=int(found[1]) if found else 0)
        raise error(f"is not TOML: {words[: found.start()] if found else words}", subject=place) from cause
