"""Know what editors, sync programs and systems leave beside the files that people write. No article is ever one."""

import re
from typing import Annotated, Final, Literal, NamedTuple

from dispatch.deferred import defer_pattern

_WRITTEN: Final = (".md", ".html", ".toml")
_HIDDEN: Final = {"txt", "md", "html", "rtf"}  # Windows hides the last ending
_KEPT: Final = {"orig", "bak", "rej", "old", "save", "swp", "tmp"}  # git, patch, Vim
# Dropbox, Nextcloud, browsers; macOS' Finder; Windows' Explorer; Syncthing, ownCloud
_COPY: Final = defer_pattern(
    r" \([^()]{1,80}\)$| copy$| copy \d{1,3}$| - copy$| \d{1,3}$|[._](?:sync-)?conflict-[\w-]{1,60}$", re.IGNORECASE
)


class Leftover(NamedTuple):
    """What the name of a file says that it is."""

    kind: Annotated[Literal["cloud", "typed", "copy"], "not on this machine; with a second ending; a copy"]
    of: Annotated[str, "the name of the file that is meant"]


def find_leftover(name: str) -> Leftover | None:
    """Find what a file of this name is a leftover of; None for one that a person has named."""
    if name.startswith(".") and name.endswith(".icloud"):  # what iCloud has taken away until somebody opens it
        return Leftover("cloud", name[1:].removesuffix(".icloud"))
    stem, dot, end = name.removesuffix("~").rpartition(".")
    if stem.lower().endswith(_WRITTEN) and end.lower() in _HIDDEN | _KEPT:
        return Leftover("typed" if end.lower() in _HIDDEN else "copy", stem)
    found = _COPY.search(stem)
    if f"{dot}{end}".lower() in _WRITTEN and (found or name.endswith("~")):  # Emacs
        return Leftover("copy", f"{stem[: found.start()] if found else stem}.{end}")
    return None
