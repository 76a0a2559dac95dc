"""Which files of the public folder may be asked for: found by listing it, never by joining what somebody asked for."""

import os
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, unquote_to_bytes, urlsplit

from dispatch.serve import codings

INDEX = "index.html"
# Read by servers, for nobody else: dispatch serve, Netlify, Cloudflare, GitLab.
FOR_SERVERS = ("_redirects", "_headers")
# The one folder with a dot that the web knows (RFC 8615).
WELL_KNOWN = ".well-known"
# No system has longer paths: 4,096 bytes, each percent-encoded.
LONGEST = 3 * 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the public folder held when it was listed."""

    names: Mapping[str, str]
    """Paths from the folder, with forward slashes, by themselves and by their NFC: an address is typed in either."""
    precompressed: frozenset[str]
    """Files that hold another one compressed: x.html.br beside x.html. They have no path of their own."""

    def find(self, path: str) -> str | None:
        """The file that is served at a path, or None. A path that is empty or ends in a slash is a folder's page."""
        page = f"{path}{INDEX}" if not path or path.endswith("/") else path
        return self.names.get(page) or self.names.get(unicodedata.normalize("NFC", page))

    def folder(self, path: str) -> str | None:
        """Where the page of a folder is that was asked for without its slash: its path with one, or None."""
        page = self.find(f"{path}/") if path and not path.endswith("/") else None
        return page.removesuffix(INDEX) if page else None


def listed(folder: Path) -> Manifest:
    """Every ordinary file below a folder; no link, nothing behind one, nothing with a dot, nothing for servers.

    A folder that is not there, or cannot be read, holds nothing.
    """
    found = set(_below(os.fspath(folder), "")) - set(FOR_SERVERS)
    beside = frozenset(name for name in found if codings.original(name) in found)
    shown = found - beside
    names = {unicodedata.normalize("NFC", name): name for name in sorted(shown)} | {name: name for name in shown}
    return Manifest(names=MappingProxyType(names), precompressed=beside)


def _below(folder: str, prefix: str) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(".") and (prefix or entry.name != WELL_KNOWN):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield f"{prefix}{entry.name}"


def asked(target: bytes) -> str | None:
    """The path that a request's target names, without its first slash; None when no file can have that name.

    target: the path still percent-encoded, or a whole address (RFC 9112, 3.2.2), without a query.
    A slash within a name (%2F) and what is not UTF-8 are in no file's name.
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


def address(path: str) -> str:
    """The address of a path on this host, percent-encoded: no host can be read out of it."""
    return "/" + quote(path.lstrip("/"))
