"""The folder of one issue: its files, each read once, and the addresses of what stands beside them."""

import os
import re
from contextlib import suppress
from dataclasses import field, replace
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, unquote

from dispatch import derived, files, frontmatter, links
from dispatch.errors import GatherError, IssueError
from dispatch.frozen import dataclass
from dispatch.issues import picture_sizes
from dispatch.model import Fault, Image, Place, Publication
from dispatch.text import find_merge_leftover, refuse_merge_leftover

SUFFIXES = (".md", ".html")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFile:
    """One file of an issue: its path, its name in messages, its text, and what its front matter and body hold."""

    path: Path
    name: Annotated[str, "its name in messages"]
    text: Annotated[str, "all of it"]
    front: Annotated[frontmatter.FrontMatter, "what its front matter and its body hold"]

    @property
    def encoded_text(self) -> bytes:
        """The file's bytes on the disk: UTF-8, with its own line ends and mark."""
        return self.text.encode("utf-8")

    @property
    def body_line(self) -> int:
        """The line of the file in which the body begins."""
        body = self.front.body
        return self.text.count("\n", 0, len(self.text) - len(body.lstrip("\r\n"))) + 1

    @property
    def body_text(self) -> str:
        """The body without the empty lines around it."""
        return self.front.body.replace("\r\n", "\n").strip("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFolder:
    """The folder of one issue while it is read."""

    publication: Publication
    slug: str
    with_texts: Annotated[bool, "whether texts are read as well, which is most of the work"] = True
    faults: Annotated[list[Fault], "what was found wrong so far"] = field(default_factory=list)
    parsed_files: Annotated[
        dict[Path, IssueFile],
        "the files as first read, so that what is written follows from the bytes that it replaces",
    ] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The path of the folder."""
        return self.publication.root / "issues" / self.slug

    @property
    def base_url(self) -> str:
        """The address to which addresses in its files are relative."""
        return derived.build_issue_address(self.publication, self.slug)

    def read_file(self, path: Path) -> IssueFile | None:
        """Read a file of this folder, once; return None after a fault."""
        if path not in self.parsed_files:
            try:
                self.parsed_files[path] = self.parse_text(
                    path, files.read_text(path, within=self.publication.root, error=IssueError)
                )
            except IssueError as error:
                self.faults.extend(error.faults)
                return None
        return self.parsed_files[path]

    def parse_text(self, path: Path, text: str) -> IssueFile:
        """Parse a text as a file of this folder. Raises IssueError."""
        return parse_issue_file(path, text, name=files.format_path(path, self.publication.root))

    def find_files(self, key: str) -> list[Path]:
        """List the files of that key: one, if all is well."""
        return [path for suffix in SUFFIXES if os.path.lexists(path := self.path / f"{key}{suffix}")]

    def make_absolute(self, address: str) -> str:
        """Resolve an address: that of a file beside the article, or as it is."""
        if not address or links.is_absolute(address):
            return address
        is_file = files.is_there(self.path / address, within=self.publication.root)
        return links.resolve_address(self.base_url, quote(address) if is_file else address)

    def make_relative(self, address: str) -> str:
        """Shorten an address to the name of a file beside the article, where it is one."""
        name = unquote(address.removeprefix(self.base_url)) if address.startswith(self.base_url) else ""
        return name if name and self.make_absolute(name) == address else address

    def measure_image(self, image: Image) -> Image:
        """Add to a picture beside the article the size that its file has, where it says none."""
        name = self.make_relative(image.url)
        if image.width or image.height or name == image.url:
            return image
        try:
            path = files.resolve_inside(self.path / name, within=self.publication.root, error=IssueError)
            with files.open_file(path) as file:
                size = picture_sizes.measure_picture(file.read(picture_sizes.MOST))
        except (OSError, ValueError, IssueError):
            size = None
        return replace(image, width=size[0], height=size[1]) if size else image

    def strip_image(self, image: Image) -> Image:
        """Name a picture as an article's file does: by its own file, without the size which that has anyway."""
        bare = replace(image, width=None, height=None)
        found = bare if self.measure_image(bare) == image else image
        return replace(found, url=self.make_relative(image.url))

    def read_content(self, file: IssueFile) -> str:
        """Read a file's body as sanitised content; empty where texts are not wanted."""
        if not self.with_texts:
            return ""
        from dispatch import (
            commonmark,
            html,  # who reads heads only needs neither
        )

        clean = html.sanitise_html if file.path.suffix == ".html" else commonmark.to_html
        try:
            return clean(file.body_text, self.base_url)
        except GatherError as error:
            self.faults.extend(error.within(Place(file=file.name, line=file.body_line)).faults)
            return ""

    def find_merge_leftover(self, file: IssueFile) -> int:
        """Return the line that an unfinished merge has left in a file's body, outside code blocks; 0 without one."""
        from dispatch import commonmark, html

        line = find_merge_leftover(file.body_text, is_prose=True)
        if line:
            blank = html.blank_code if file.path.suffix == ".html" else commonmark.blank_code
            with suppress(GatherError):  # too much to be parsed is too much for a code block
                line = find_merge_leftover(blank(file.body_text), is_prose=True)
        return line and file.body_line - 1 + line


def parse_issue_file(path: Path, text: str, *, name: str) -> IssueFile:
    """Parse a file with this text; ``name`` is its name in messages. Raises IssueError."""
    if re.match(r"\ufeff?(?:---[ \t]*\r?\n|<{7} )", text) and not frontmatter.split_front_matter(text)[1]:
        refuse_merge_leftover(text, file=name, error=IssueError)
        raise IssueError("the front matter has no end", subject=name, hint="end it with a line of ---")
    return IssueFile(path=path, name=name, text=text, front=frontmatter.parse_front_matter(text, file=name))
