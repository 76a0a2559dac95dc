"""``_redirects``: what has moved within the site, and what is gone; as Netlify, Cloudflare and GitLab Pages read it.

A line is ``from to status``. ``/old/* /new/:splat 301`` moves everything below. What follows a # is a comment.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from dispatch.model import Fault, Place
from dispatch.serve.paths import INDEX, asked

MOVED = (301, 302, 303, 307, 308)
GONE = 410
# More lines than this are of no use to anybody; the services named above stop earlier.
MOST = 10_000

# A path of this host, percent-encoded. Two slashes, or one and a backslash, would begin another host's name.
_WITHIN = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_COMMENT = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What became of a path."""

    status: int
    """301, 302, 303, 307, 308, or 410."""
    to: str
    """Where it is now, percent-encoded; for 410 the page that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirects:
    """The rules of a site."""

    exact: dict[str, Rule] = field(default_factory=dict)
    """By path, without slashes at its ends."""
    below: dict[str, Rule] = field(default_factory=dict)
    """For everything below a path, by that path."""
    deepest: int = -1
    """How many names the longest path in ``below`` has."""

    def find(self, path: str) -> Rule | None:
        """What became of a path, as ``asked`` reads it; with or without its last slash, or by its index.html."""
        slash = "/" if path.endswith("/") else ""
        path = _place(path)
        if found := self.exact.get(path):
            return found
        names = path.split("/")
        for depth in range(min(self.deepest, len(names) - 1), -1, -1):
            if found := self.below.get("/".join(names[:depth])):
                to = found.to.replace(":splat", quote("/".join(names[depth:]) + slash))
                return Rule(status=found.status, to=to) if _WITHIN.fullmatch(to) else None
        return None


def read(text: str) -> tuple[Redirects, tuple[Fault, ...]]:
    """The rules in a file, and its faults; a wrong line is left out."""
    exact: dict[str, Rule] = {}
    below: dict[str, Rule] = {}
    faults: list[Fault] = []
    for number, line in enumerate(_lines(text), 1):
        words = _COMMENT.sub("", line).split()
        if not words:
            continue
        try:
            path, rule = _rule(words)
        except ValueError as error:
            faults.append(Fault(what=str(error), place=Place(file="_redirects", line=number)))
            continue
        # The first of two wins, as everywhere.
        if path.endswith("/*") or path == "*":
            below.setdefault(path[:-1].strip("/"), rule)
        else:
            exact.setdefault(_place(path), rule)
    deepest = max((len(path.split("/")) if path else 0 for path in below), default=-1)
    return Redirects(exact=exact, below=below, deepest=deepest), tuple(faults)


def _lines(text: str) -> Iterable[str]:
    # Only these end a line: what others call one must not split a value into two.
    return re.split(r"\r?\n", text)[:MOST]


def _rule(words: list[str]) -> tuple[str, Rule]:
    """The path and the rule in a line. Raises ValueError with what is wrong."""
    if len(words) not in (2, 3):
        raise ValueError("write from, to and status")
    # Netlify's mark for "even where a file stands", which here is so anyway.
    status = (words[2] if len(words) == 3 else "301").removesuffix("!")
    if status not in map(str, (*MOVED, GONE)):
        raise ValueError(f"the status must be one of {', '.join(map(str, (*MOVED, GONE)))}, not “{status}”")
    path, to = asked(quote(words[0], safe="/%*").encode()), quote(words[1], safe="/%:?#[]@!$&'()*+,;=~")
    if path is None or not words[0].startswith("/"):
        raise ValueError(f"“{words[0]}” is no path of this site")
    if not _WITHIN.fullmatch(to) or "\\" in words[1]:
        raise ValueError(f"“{words[1]}” leads out of this site")
    return path, Rule(status=int(status), to=to)


def _place(path: str) -> str:
    return f"/{path}".removesuffix(f"/{INDEX}").strip("/")
