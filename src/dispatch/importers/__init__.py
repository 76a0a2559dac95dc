"""From the archives that other systems give out to posts: pure, over an Archive that somebody else has opened.

nouns        Archive, Post, Left
rows         what CSV and JSON hold, bounded
bodies       a post's text through the doors, with its pictures; and what cannot come along
leftovers    files that belong to no post

An archive's kind says whether it ``accepts`` an Archive and ``read``s it, post by post; what it cannot place it names.
The table is in the order in which the kinds are asked; adding one is a module and a row.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from dispatch.archives.leftovers import leftovers
from dispatch.archives.nouns import Archive, Left, Post, Recorder
from dispatch.errors import GatherError

__all__ = ["ARCHIVES", "Archive", "Left", "Post", "kind_of", "read"]


class Reading(Protocol):
    """What the module of a kind has."""

    def accepts(self, archive: Archive) -> bool:
        """Whether the archive looks like its kind. Raises GatherError when a file that would tell cannot be read."""

    def read(self, archive: Archive, site: str) -> Iterator[Post | Left]:
        """The posts, and what is left. Raises GatherError when the archive as a whole cannot be read."""


class Kind(NamedTuple):
    """A row of the table; its module is imported when it is first asked."""

    name: str
    title: str

    @property
    def module(self) -> Reading:
        """What reads it."""
        return cast("Reading", import_module(f"dispatch.archives.{self.name}"))


ARCHIVES: Mapping[str, Kind] = {
    name: Kind(name, title)
    for name, title in (
        ("ghost", "Ghost"),
        ("wordpress", "WordPress"),
        ("substack", "Substack"),
        ("buttondown", "Buttondown"),
        ("mailchimp", "Mailchimp"),
        ("markdown", "Markdown with front matter"),
    )
}


def kind_of(archive: Archive) -> str:
    """The name of the archive's kind. Raises GatherError when it is none."""
    for name, kind in ARCHIVES.items():
        if kind.module.accepts(archive):
            return name
    raise GatherError(
        "this is no archive that can be imported",
        address=archive.name,
        hint=f"{', '.join(kind.title for kind in ARCHIVES.values())} can. If it is one of them, say so with --from.",
    )


def read(archive: Archive, kind: str, site: str = "") -> Iterator[Post | Left]:
    """Every post of an archive, one by one, and everything in it that is none, with the reason.

    site: the address that the old site had; what is relative in a post, and no picture of the archive, is relative to
    it. Raises GatherError when the archive as a whole cannot be read; what is wrong with one post is a ``Left``.
    """
    recorder = Recorder(archive)
    yield from (Left(file=name, reason=reason, is_fault=True) for name, reason in archive.refused)
    told: set[str] = set()
    for found in ARCHIVES[kind].module.read(recorder, site):
        told.add(found.file)
        yield found
    yield from leftovers(name for name in archive.names if name not in recorder.asked | told)
