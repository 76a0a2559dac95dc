"""Export, which an importer reads, and Post, which it returns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from dispatch.model import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Files by their names, as a zip or a folder holds them: read when they are asked for, and bounded."""

    name: Annotated[str, "the name of the zip, the folder or the file"]
    names: Annotated[Sequence[str], "of its files, sorted: relative, with forward slashes; none leads outside"]
    refused: Annotated[Sequence[tuple[str, str]], "names of files that are not opened, each with the reason"] = ()
    is_shared: Annotated[bool, "the pictures of all its posts will lie in one folder"] = False
    read: Annotated[Callable[[str], bytes], "reads a file; raises GatherError"]
    peek: Annotated[Callable[[str], bytes] | None, "the same, to see what a file is: it counts as not read"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post of an export: an article, and what its system says of it besides.

    The article's ``id`` is an absolute IRI, or what makes one of it: the system and the post's own id, such as
    ``ghost/65f0``. Its ``content`` is sanitised; where it shows a file of ``pictures``, the bare name stands.
    """

    file: Annotated[str, "the file of the export that it stands in, with the post's name where there are several"]
    article: Annotated[Article, "the article"]
    slug: Annotated[str, "its name in the address that it had, as it stands"] = ""
    preheader: Annotated[str, "what a mailbox showed beside its subject"] = ""
    section: Annotated[str, "the folder that it lay in, for what is put into an issue"] = ""
    is_link: Annotated[bool, "it is a link to somebody else's article, which makes no issue"] = False
    is_public: Annotated[bool, "it could be read by anybody"] = False
    held: Annotated[str, "why it stays a draft though it was published; empty when nothing is against it"] = ""
    known_as: Annotated[str, "how the export identifies the author when it gives no name"] = ""
    notes: Annotated[tuple[str, ...], "what of it could not be imported, a line each"] = ()
    pictures: Annotated[Mapping[str, bytes], "pictures that the export holds, by the names that they get"] = field(
        default_factory=dict
    )

    @property
    def objection(self) -> str:
        """Why it may not stand among others, where nobody would see that; empty when everybody could read it."""
        return "" if self.is_link or (self.is_public and not self.held) else self.held or "it was a draft"
