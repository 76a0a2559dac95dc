"""``_redirects``: what has moved within the site, and what is gone; as Netlify, Cloudflare and GitLab Pages read it.

A line is ``from to status``. ``/old/* /new/:splat 301`` moves everything below. What follows a # is a comment.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote

from dispatch.model import Fault, Place
from dispatch.serve.paths import INDEX, parse_target

MOVED = (301, 302, 303, 307, 308)
GONE = 410
# More lines than this are of no use to anybody; the services named above stop earlier.
MOST = 10_000

# A path of this host, percent-encoded. Two slashes, or one and a backslash, would begin another host's name.
_WITHIN = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_COMMENT = re.compile(r"(?:^|\s)#.*")


class Redirect(NamedTuple):
    """What became of a path."""

    status: int
    """301, 302, 303, 307, 308, or 410."""
    to: str
    """Where it is now, percent-encoded; for 410 the page that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectTable:
    """The lines of a site's file."""

    exact: dict[str, Redirect] = field(default_factory=dict)
    """By path, without slashes at its ends."""
    below: dict[str, Redirect] = field(default_factory=dict)
    """For everything below a path, by that path with a slash at its end; the whole site is an empty one."""

    def find(self, path: str) -> Redirect | None:
        """Find what became of a path that ``parse_target`` read; with or without its last slash or its index.html."""
        place = _trim_path(path)
        if found := self.exact.get(place):
            return found
        folder = f"{place}/"
        above = max((above for above in self.below if folder.startswith(above)), key=len, default=None)
        if above is None:
            return None
        found = self.below[above]
        rest = folder[len(above) :]
        to = found.to.replace(":splat", quote(rest if path.endswith("/") else rest.removesuffix("/")))
        return Redirect(found.status, to) if _WITHIN.fullmatch(to) else None


def parse_redirects(text: str) -> tuple[RedirectTable, tuple[Fault, ...]]:
    """Read the lines of a file, and its faults; a wrong line is left out."""
    table = RedirectTable()
    faults: list[Fault] = []
    # Only these end a line: what others call one must not split a value into two.
    for number, line in enumerate(re.split(r"\r?\n", text)[:MOST], 1):
        words = _COMMENT.sub("", line).split()
        if not words:
            continue
        try:
            path, redirect = _parse_line(words)
        except ValueError as error:
            faults.append(Fault(what=str(error), place=Place(file="_redirects", line=number)))
            continue
        # The first of two wins, as everywhere.
        if path.endswith("/*") or path == "*":
            table.below.setdefault(f"{path[:-1].strip('/')}/".lstrip("/"), redirect)
        else:
            table.exact.setdefault(_trim_path(path), redirect)
    return table, tuple(faults)


def _parse_line(words: list[str]) -> tuple[str, Redirect]:
    """Read the path in a line, and what became of it. Raises ValueError with what is wrong."""
    if len(words) not in (2, 3):
        raise ValueError("write from, to and status")
    # Netlify's mark for "even where a file stands", which here is so anyway.
    status = (words[2] if len(words) == 3 else "301").removesuffix("!")
    if status not in map(str, (*MOVED, GONE)):
        raise ValueError(f"the status must be one of {', '.join(map(str, (*MOVED, GONE)))}, not “{status}”")
    path, to = parse_target(quote(words[0], safe="/%*").encode()), quote(words[1], safe="/%:?#[]@!$&'()*+,;=~")
    if path is None or not words[0].startswith("/"):
        raise ValueError(f"“{words[0]}” is no path of this site")
    if not _WITHIN.fullmatch(to) or "\\" in words[1]:
        raise ValueError(f"“{words[1]}” leads out of this site")
    return path, Redirect(int(status), to)


def _trim_path(path: str) -> str:
    """Take the slashes at its ends from a path, and its index.html."""
    return f"/{path}".removesuffix(f"/{INDEX}").strip("/")
