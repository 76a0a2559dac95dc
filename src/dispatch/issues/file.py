"""One file of an issue, read: its text, its front matter and its body."""

import re
from dataclasses import dataclass
from pathlib import Path

from dispatch import frontmatter
from dispatch.errors import IssueError


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file, read: where it is, how to speak of it, its text, and what its front matter and body hold."""

    path: Path
    name: str
    text: str
    front: frontmatter.FrontMatter

    @property
    def octets(self) -> bytes:
        """What it holds on the disk: it is UTF-8, with its own line ends and mark."""
        return self.text.encode("utf-8")

    @property
    def begin(self) -> int:
        """The line of the file in which its words begin."""
        body = self.front.body
        return self.text.count("\n", 0, len(self.text) - len(body.lstrip("\r\n"))) + 1

    @property
    def words(self) -> str:
        """The body without the empty lines around it."""
        return self.front.body.replace("\r\n", "\n").strip("\n")


def parse_file(path: Path, text: str, *, name: str) -> File:
    """Read a file with this text; ``name`` is how to speak of it. Raises IssueError."""
    if re.match(r"\ufeff?---[ \t]*\r?\n", text) and not frontmatter.split(text)[1]:
        raise IssueError("the front matter has no end", subject=name, hint="end it with a line of ---")
    return File(path=path, name=name, text=text, front=frontmatter.parse(text, file=name))
