"""What archives are read from, and what comes of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from dispatch.errors import DispatchError, GatherError
from dispatch.model import Article


class Archive(Protocol):
    """Files by their names, as a zip or a folder holds them: read when they are asked for, and bounded.

    Names are relative, with forward slashes; none leads outside.
    """

    @property
    def name(self) -> str:
        """How to speak of it."""

    @property
    def names(self) -> Sequence[str]:
        """The names of its files, sorted."""

    @property
    def refused(self) -> Sequence[tuple[str, str]]:
        """Names that it would not take, each with the reason."""

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises GatherError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post of an archive: an article, and what its system says of it besides.

    The article's ``id`` is an absolute IRI, or what makes one of it: the kind and the post's own id, such as
    ``ghost/65f0``. Its ``content`` is sanitised; where it shows a file of ``pictures``, the bare name stands.
    """

    file: Annotated[str, "the file of the archive that it stands in"]
    article: Annotated[Article, "the article"]
    slug: Annotated[str, "its name in the address that it had, as it stands"] = ""
    is_public: Annotated[bool, "it could be read by anybody"] = False
    held: Annotated[str, "why it stays a draft though it was published; empty when nothing is against it"] = ""
    known_as: Annotated[str, "what the export has of its author where that is no name"] = ""
    notes: Annotated[tuple[str, ...], "what of it could not be placed, a line each"] = ()
    pictures: Annotated[Mapping[str, bytes], "pictures that the archive holds, by the names that they get"] = field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Something in an archive that did not become a post."""

    file: Annotated[str, "the file, or the file and the post in it"]
    reason: Annotated[str, "why"]
    is_fault: Annotated[bool, "it is broken; otherwise it is left on purpose"] = False


class Recorder:
    """An archive that knows what it was asked for."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.asked: set[str] = set()

    @property
    def name(self) -> str:
        """How to speak of it."""
        return self._archive.name

    @property
    def names(self) -> Sequence[str]:
        """The names of its files."""
        return self._archive.names

    @property
    def refused(self) -> Sequence[tuple[str, str]]:
        """Names that it would not take."""
        return self._archive.refused

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises GatherError."""
        self.asked.add(name)
        return self._archive.read(name)


def tried(file: str, post: Callable[[], Post | Left]) -> Iterator[Post | Left]:
    """The post, or why there is none: one that is broken does not stop the others."""
    try:
        found = post()
    except GatherError as error:
        yield from leave_broken(file, error)
        return
    if isinstance(found, Post) and not found.article.title:
        found = Left(file=file, reason="it has no title")
    yield found


def leave_broken(file: str, error: DispatchError) -> Iterator[Left]:
    """Leave a file for each of the faults that keep it from being read."""
    for fault in error.faults:
        yield Left(file=file, reason=fault.what, is_fault=True)
