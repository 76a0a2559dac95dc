"""Parse the TOML that people write, give the line of a fault, and format a value."""

import json
import tomllib
from collections.abc import Mapping

from dispatch.deferred import defer_pattern
from dispatch.errors import DispatchError
from dispatch.model import Place
from dispatch.text import refuse_merge_leftover

# Before Python 3.14, tomllib gives the line in its message only.
_AT = defer_pattern(r" \(at line (\d+), column \d+\)$")
_TABLE = defer_pattern(r"""\s*+(?P<open>\[\[?)(?P<name>[^\[\]]++)\]""")
_ASSIGNED = defer_pattern(r"""\s*(?P<name>"[^"]*"|'[^']*'|[\w.-]+)\s*=""")


def parse_toml(text: str, *, file: str = "", error: type[DispatchError]) -> dict[str, object]:
    """Parse a TOML text. Raises ``error``, with the line, on what is not TOML."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError as cause:
        raise error("is nested too deep", subject=file) from cause
    except ValueError as cause:
        refuse_merge_leftover(text, file=file, error=error)
        words = str(cause)
        found = _AT.search(words)
        place = Place(file=file, line=int(found[1]) if found else 0)
        raise error(f"is not TOML: {words[: found.start()] if found else words}", subject=place) from cause


def find_lines(text: str) -> dict[str, int]:
    """Find the line of each key by its path, by looking only: a key that seems to occur twice has line 0."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if begun := _TABLE.match(line):
            table = begun["name"].strip().replace('"', "").replace("'", "")
            if begun["open"] == "[[":
                counts[table] = counts.get(table, 0) + 1
                table = f"{table}[{counts[table]}]"
            path = table
        elif assigned := _ASSIGNED.match(line):
            path = f"{table}.{assigned['name'].strip(chr(34) + chr(39))}".strip(".")
        else:
            continue
        found[path] = 0 if path in found else number
    return found


def format_toml(value: object) -> str:
    """Format a value for TOML (TOML 1.0); texts as JSON has them, with one more character escaped."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {format_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(format_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
