"""Where something is, and what is wrong there: the nouns of findings and errors."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

from dispatch.frozen import dataclass

Half = Literal["", "text", "html"]
# Why something could not be fetched, read or read back.
Reason = Literal[
    "",
    "too-many-parts",
    # the document, fetched or rendered, is not what it should be
    "doctype",
    "not-a-feed",
    "not-a-message",
    "not-json",
    "not-utf-8",
    "not-xml",
    "too-deep",
    "unknown-format",
    "unfinished-merge",
    # an address does not answer
    "bad-address",
    "bad-certificate",
    "bad-encoding",
    "bad-redirect",
    "cut-off",
    "http-status",
    "network",
    "not-http",
    "private-network",
    "proxy",
    "robots",
    "timeout",
    "too-large",
    "too-many-redirects",
    "taken-over",
    "unknown-host",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is: in a file that a person edits, at an address, in a finished edition, or in several of these.

    File, key and a fault's line are known from reading, never guessed afterwards; the line of a finding is looked up by
    its key, else by its words, when it is shown to somebody. What is not known is empty.
    """

    file: Annotated[str, "the path of a file, below the publication's folder with forward slashes"] = ""
    address: Annotated[
        str, "a place outside the publication's files: an address, a location as it was given, host and port, a format"
    ] = ""
    line: Annotated[int, "its line, from 1; 0 when it is not known"] = 0
    key: Annotated[str, "the key of the file's data, such as authors[2].name, where numbers count from 1"] = ""
    edition: Annotated[str, "the path of a finished edition"] = ""
    half: Annotated[Half, "which half of a message: its plain text or its HTML"] = ""
    article: Annotated[str, "the key of the article in the edition"] = ""

    def within(self, outer: "Place") -> "Place":
        """Return this place as seen from the text around it, which starts at ``outer``.

        The third line of a body that begins in line 12 of its file is that file's line 14. A place with a file or an
        address of its own keeps it.
        """
        around = Place() if self.file or self.address else outer
        return Place(
            file=self.file or around.file,
            address=self.address or around.address,
            line=around.line + self.line - 1 if around.line and self.line else around.line or self.line,
            key=".".join(filter(None, (around.key, self.key))),
            edition=outer.edition or self.edition,
            half=outer.half or self.half,
            article=outer.article or self.article,
        )

    def __str__(self) -> str:
        """Join address, file, line and key, or edition, half and article, for a message."""
        return ": ".join(self._list_parts())

    def _list_parts(self) -> Iterator[str]:
        if self.address:
            yield self.address
        if self.file:
            yield f"{self.file}:{self.line}" if self.line else self.file
        if self.key:
            yield self.key
        if self.edition:
            half = f" ({self.half})" if self.half else ""
            yield f"{self.edition}{half}" + (f"#{self.article}" if self.article else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong and that a person can mend; errors are made of them."""

    what: Annotated[str, "what is wrong, in a sentence without its place"]
    place: Annotated[Place, "where it is"] = Place()
    hint: Annotated[str, "what to do, in the imperative; may be empty"] = ""
    reason: Annotated[Reason, "why, for programs; empty where none asks"] = ""
    detail: Annotated[str, "what goes with the reason, such as the status that a server answered"] = ""

    def within(self, place: Place | str) -> "Fault":
        """Return the same fault placed at, or below, ``place``; a text is a file."""
        return replace(self, place=self.place.within(Place(file=place) if isinstance(place, str) else place))

    def __str__(self) -> str:
        """The place and what is wrong there, as one line."""
        return " ".join(": ".join(part for part in (str(self.place), self.what) if part).split())
