"""From the exports of other systems to posts, and from posts to issues. Only the command line imports this.

export_files   a zip, a folder or a file on the disk, opened as an Export
posts          what is read, an Export, and what comes of it, Posts
ghost, wordpress, substack, beehiiv, medium, bookmarks, buttondown, mailchimp, markdown
               the importers: one a system
ghost_text, substack_blocks, wordpress_text
               what their editors keep in a form of their own, as HTML
permalinks     which addresses a generator gave a post
tabular        CSV, JSON and texts, bounded
content        a post's text, sanitised; what of it is lost
pictures       which picture of the export an address means
skipped        what is not imported, and why
drafts         what a post becomes
importing      every new post as an issue of one article, written, and published where that is wanted

An importer says whether it ``accepts`` an Export and ``read``s it, post by post; what is no post it names. The table is
in the order in which they are asked; adding one is a module and a row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from dispatch.errors import GatherError
from dispatch.importers.posts import Export, Post
from dispatch.importers.skipped import NotImported, list_unused

__all__ = ["IMPORTERS", "Export", "NotImported", "Post", "find_importer", "read_posts"]


class ImporterModule(Protocol):
    """What the module of an importer has."""

    def accepts(self, export: Export) -> bool:
        """Whether the export looks like its system's. What cannot be read does not."""

    def read(self, export: Export, site: str) -> Iterator[Post | NotImported]:
        """Read the posts, and what is not imported. Raises GatherError when the export as a whole cannot be read."""


class Importer(NamedTuple):
    """A row of the table; its module is imported when it is first asked."""

    name: str
    title: str

    @property
    def module(self) -> ImporterModule:
        """The module that reads it."""
        return cast("ImporterModule", import_module(f"dispatch.importers.{self.name}"))


IMPORTERS: Mapping[str, Importer] = {
    name: Importer(name, title)
    for name, title in (
        ("ghost", "Ghost"),
        ("wordpress", "WordPress"),
        ("substack", "Substack"),
        ("beehiiv", "Beehiiv"),
        ("medium", "Medium"),
        ("bookmarks", "bookmarks"),
        ("buttondown", "Buttondown"),
        ("mailchimp", "Mailchimp"),
        ("markdown", "Markdown with front matter"),
    )
}


def find_importer(export: Export) -> str:
    """Find the name of the importer that can read an export. Raises GatherError when there is none."""
    for name, importer in IMPORTERS.items():
        if importer.module.accepts(export):
            return name
    raise GatherError(
        "this is no export that dispatch can import",
        address=export.name,
        hint=f"It reads {', '.join(one.title for one in IMPORTERS.values())}. If it is one of them, name it: --from.",
    )


def read_posts(
    export: Export, importer: str, site: str = "", *, share_folder: bool = False
) -> Iterator[Post | NotImported]:
    """Read every post of an export, one by one, and everything in it that is none, with the reason.

    site: the address that the old site had; what is relative in a post, and no picture of the export, is relative to
    it. share_folder: the pictures of all posts will lie in one folder, so that no two names may be the same. Raises
    GatherError when the export as a whole cannot be read; what is wrong with one post is a ``NotImported``.
    """
    seen: set[str] = set()

    def read_file(name: str) -> bytes:
        seen.add(name)
        return export.read(name)

    yield from (NotImported(file=name, reason=reason, state="failed") for name, reason in export.refused)
    watched = replace(export, read=read_file, peek=export.read, is_shared=share_folder)
    for found in IMPORTERS[importer].module.read(watched, site):
        seen.add(found.file)
        yield found
    yield from list_unused(name for name in export.names if name not in seen)
