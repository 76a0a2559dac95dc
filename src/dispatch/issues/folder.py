"""The folder of one issue: its files, each read once, and the addresses of what stands beside them."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from dispatch import files, frontmatter, html, links, terms
from dispatch.errors import GatherError, IssueError
from dispatch.model import Fault, Place, Publication
from dispatch.readers import markdown

SUFFIXES = (".md", ".html")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The folder of one issue while it is read.

    faults: what was found wrong so far. parsed_files: the files as they were first read; who looks again finds
    the same, so that what is written follows from the bytes that it replaces.
    """

    publication: Publication
    slug: str
    faults: list[Fault] = field(default_factory=list)
    parsed_files: dict[Path, File] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.publication.root / "issues" / self.slug

    @property
    def base(self) -> str:
        """What relative addresses are relative to."""
        return terms.page(self.publication, self.slug)

    def file(self, path: Path) -> File | None:
        """A file of this folder, read; None after a fault."""
        if path not in self.parsed_files:
            try:
                self.parsed_files[path] = self.parsed(
                    path, files.text(path, within=self.publication.root, error=IssueError)
                )
            except IssueError as error:
                self.faults.extend(error.faults)
                return None
        return self.parsed_files[path]

    def parsed(self, path: Path, text: str) -> File:
        """A file with this text. Raises IssueError."""
        return parse_file(path, text, name=files.name(path, self.publication.root))

    def of(self, key: str) -> list[Path]:
        """The files of that key: one, if all is well."""
        return [path for suffix in SUFFIXES if (path := self.path / f"{key}{suffix}").exists()]

    def absolute(self, address: str) -> str:
        """An address as it is, or that of a file beside the article."""
        if not address or links.is_absolute(address):
            return address
        return links.resolve(self.base, quote(address) if files.is_there(self.path / address) else address)

    def relative(self, address: str) -> str:
        """The name of a file beside the article where an address is one's, otherwise the address."""
        name = unquote(address.removeprefix(self.base)) if address.startswith(self.base) else ""
        return name if name and self.absolute(name) == address else address

    def content(self, file: File) -> str:
        """A file's body as content."""
        clean = html.sanitise if file.path.suffix == ".html" else markdown.to_html
        try:
            return clean(file.words, self.base)
        except GatherError as error:
            self.faults.extend(error.within(Place(file=file.name, line=file.begin)).faults)
            return ""


def parse_file(path: Path, text: str, *, name: str) -> File:
    """Read a file with this text; ``name`` is how to speak of it. Raises IssueError."""
    if re.match(r"\ufeff?---[ \t]*\r?\n", text) and not frontmatter.split(text)[1]:
        raise IssueError("the front matter has no end", subject=name, hint="end it with a line of ---")
    return File(path=path, name=name, text=text, front=frontmatter.parse(text, file=name))
