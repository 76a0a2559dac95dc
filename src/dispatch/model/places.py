"""Where something is, and what is wrong there: the nouns of findings and errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

Half = Literal["", "text", "html"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is: in a file that a person edits, in a finished edition, or both.

    Found when the file is read, never guessed afterwards. What is not known is empty.
    """

    file: Annotated[str, "a path below the publication's folder with forward slashes, or an address"] = ""
    line: Annotated[int, "its line, from 1; 0 when it is not known"] = 0
    key: Annotated[str, "the key of the file's data, such as authors[2].name, where numbers count from 1"] = ""
    edition: Annotated[str, "the path of a finished edition"] = ""
    half: Annotated[Half, "which half of a message: its plain text or its HTML"] = ""
    article: Annotated[str, "the key of the article in the edition"] = ""

    def __str__(self) -> str:
        """How a message speaks of it: file, line and key, or edition, half and article."""
        return ": ".join(self._parts())

    def _parts(self) -> Iterator[str]:
        if self.file:
            yield f"{self.file}:{self.line}" if self.line else self.file
        if self.key:
            yield self.key
        if self.edition:
            half = f" ({self.half})" if self.half else ""
            yield f"{self.edition}{half}" + (f"#{self.article}" if self.article else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong and that a person can mend: what an error is made of."""

    what: Annotated[str, "what is wrong, in a sentence without its place"]
    place: Annotated[Place, "where it is"] = Place()
    hint: Annotated[str, "what to do, in the imperative; may be empty"] = ""
    reason: Annotated[str, "a word for programs that tells why, such as too-many-parts; may be empty"] = ""

    def __str__(self) -> str:
        """The place and what is wrong there, as one line."""
        return ": ".join(part for part in (str(self.place), self.what) if part)
