"""What is handed to the preview, and the nouns in between."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

from dispatch.model import Fault, Finding, PageKind, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An issue as the list has it."""

    slug: str
    title: str
    preheader: str
    number: int | None
    date: datetime
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The publication at one moment."""

    title: Annotated[str, "the publication's name"]
    url: Annotated[str, "its address, without a slash at the end"]
    language: Annotated[str, "its language (BCP 47)"]
    sender: Annotated[str, "who sends its mail; empty when nobody does yet"]
    issues: Annotated[tuple[Listed, ...], "drafts first, the newest first among each"]
    faults: Annotated[tuple[Fault, ...], "what cannot be read in the files; what was read before is shown meanwhile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A page or a feed of the site, to go to."""

    kind: PageKind
    path: Annotated[str, "below the publication's address; of a feed without its ending"]
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What an article adds to the mail."""

    key: str
    title: str
    octets: Annotated[int, "how much smaller the mail would be without it"]


class Newsroom(Protocol):
    """The publication as its files say it now.

    Its methods may take a while, are called from several threads, and raise DispatchError. An issue is meant by its
    slug, and everything is as if it were published.
    """

    def changed(self, paths: Collection[Path]) -> None:
        """Takes note that these files are others now. Raises nothing."""

    def overview(self) -> Overview:
        """What there is, and what is wrong with it."""

    def stops(self, slug: str) -> list[Stop]:
        """The pages and the feeds of the site."""

    def file(self, slug: str, path: str) -> bytes | None:
        """A file of the public folder; None when there is none at that path."""

    def weights(self, slug: str) -> tuple[int, list[Weight]]:
        """How many bytes the HTML of the mail has, and what each article adds to it."""

    def findings(self, slug: str) -> list[Finding]:
        """What the check has to say, each with its line where that is known."""

    def send(self, slug: str, to: str) -> str:
        """Send the message to one address by the mail server on this machine; where it was taken."""
