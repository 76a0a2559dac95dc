"""Know what editors, sync programs and systems leave beside the files that people write. No article is ever one."""

import re
from typing import Annotated, Final, Literal, NamedTuple

_KINDS: Final[tuple[tuple[Literal["cloud", "typed", "copy"], re.Pattern[str]], ...]] = (
    # what iCloud has taken from this machine, until somebody opens it
    ("cloud", re.compile(r"\.(?P<of>.+)\.icloud")),
    # Windows hides the last ending
    ("typed", re.compile(r"(?P<of>.+\.(?:md|html|toml))\.(?:txt|md|html|rtf)", re.IGNORECASE)),
    # Emacs, Vim, patch and git
    ("copy", re.compile(r"(?P<of>.+\.(?:md|html|toml))(?:~|\.(?:orig|bak|rej|old|save|swp|tmp))", re.IGNORECASE)),
    # Dropbox, Nextcloud, browsers; Syncthing; ownCloud; Windows' Explorer; macOS' Finder
    (
        "copy",
        re.compile(
            r"(?P<of>[^()]+?)(?: \([^()]*(?:conflict|\d)[^()]*\)|[._]sync-conflict-.*|_conflict-.*| - Copy.*| copy"
            r"| copy \d+| \d+)(?P<end>\.(?:md|html|toml))",
            re.IGNORECASE,
        ),
    ),
)


class Leftover(NamedTuple):
    """What the name of a file says that it is."""

    kind: Annotated[Literal["cloud", "typed", "copy"], "not on this machine; with a second ending; a copy"]
    of: Annotated[str, "the name of the file that is meant"]


def find_leftover(name: str) -> Leftover | None:
    """Find what a file of this name is a leftover of; None for one that a person has named."""
    for kind, pattern in _KINDS:
        if found := pattern.fullmatch(name):
            return Leftover(kind, found["of"] + (found.groupdict().get("end") or ""))
    return None
