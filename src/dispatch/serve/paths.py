"""Which file of the public folder a path names: found by listing, never by joining what somebody asked for."""

import os
import stat
import unicodedata
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

INDEX = "index.html"
# Read by servers, for nobody else: dispatch serve, Netlify, Cloudflare, GitLab.
FOR_SERVERS = ("_redirects", "_headers")
# The one folder with a dot that the web knows (RFC 8615).
WELL_KNOWN = ".well-known"
# No system has longer paths: 4,096 bytes, each percent-encoded.
LONGEST = 3 * 4096


def parse_target(target: bytes) -> str | None:
    """Decode the path that a request's target names, without its first slash; None when no file can have that name.

    target: the path still percent-encoded, or a whole address (RFC 9112, 3.2.2), without a query.
    A slash within a name (%2F), a NUL and what is not UTF-8 are in no file's name.
    """
    if len(target) > LONGEST:
        return None
    path = target.decode("ascii", "replace")
    if not path.startswith("/"):
        try:
            path = urlsplit(path).path or "/"
        except ValueError:
            return None
    if not path.startswith("/"):
        return None
    try:
        names = [unquote_to_bytes(name).decode("utf-8") for name in path[1:].split("/")]
    except UnicodeDecodeError:
        return None
    return None if any("/" in name or "\0" in name for name in names) else "/".join(names)


def quote_path(path: str) -> str:
    """Percent-encode a path of this host: no other host can be read out of it."""
    return "/" + quote(path.lstrip("/"))


def find_name(folder: Path, path: str) -> str | None:
    """Find an ordinary file below a folder, and return its path from there as the disk spells it; None without one.

    path: with forward slashes. Upper and lower case count on every system; a name is found in either Unicode form, for
    an address is typed in either. No link, nothing behind one, nothing with a dot but .well-known, nothing for servers.
    """
    asked = path.split("/")
    if path in FOR_SERVERS or any(name.startswith(".") for name in asked[asked[0] == WELL_KNOWN :]):
        return None
    place = os.fspath(folder)
    for depth, name in enumerate(asked, 1):
        is_right = stat.S_ISDIR if depth < len(asked) else stat.S_ISREG
        found = _find_spelling(place, name)
        place = f"{place}/{found}"
        try:
            if not found or not is_right(os.lstat(place).st_mode):
                return None
        except OSError:
            return None
    return place.removeprefix(f"{folder}/")


def _find_spelling(folder: str, name: str) -> str | None:
    """Return a name as the folder spells it; None when nothing there has it.

    Where a file is found in the wrong case, the system may know it by yet other names (a short one, one with a dot at
    its end, a path with backslashes), so there, as for a name without letters, only the listing of the folder counts.
    Elsewhere it is not asked: while a file is replaced, a listing may lack it.
    """
    turned = os.fsdecode(os.fsencode(name).swapcase())
    if turned != name and os.path.lexists(f"{folder}/{name}") and not os.path.lexists(f"{folder}/{turned}"):
        return name
    try:
        names = [entry.name for entry in Path(folder).iterdir()]
    except OSError:
        return None
    composed = unicodedata.normalize("NFC", name)
    alike = (other for other in names if unicodedata.normalize("NFC", other) == composed)
    return name if name in names else next(alike, None)
