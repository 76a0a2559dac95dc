"""All that the checks are told. What disk, ledger and network say is handed in; nothing here asks them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from dispatch.checks import parts, tombstones
from dispatch.checks.parts import Part
from dispatch.errors import CheckError
from dispatch.model import Contents, Edition, Fault, Issue, Publication, Record


@dataclass(frozen=True, kw_only=True)
class Case:
    """One issue, its finished editions, and what else is known."""

    issue: Contents
    publication: Publication
    editions: tuple[Edition, ...] = ()
    published: Annotated[tuple[Record, ...], "what dispatch.lock remembers"] = ()
    current: Annotated[
        tuple[Record, ...] | None, "what dispatch.lock would say of all issues as they are; None: nobody looked"
    ] = None
    others: Annotated[tuple[Issue, ...], "the other issues, of whatever date"] = ()
    states: Annotated[
        Mapping[str, Fault | None], "what came of asking an address: None when it answers, else why it does not"
    ] = field(default_factory=dict)
    missing: Annotated[
        tuple[tuple[str, str], ...], "pictures that are named and not there: file that names it, name"
    ] = ()
    astray: Annotated[
        tuple[tuple[str, str], ...], "links that were written relative and lead nowhere: file that has it, address"
    ] = ()
    strays: Annotated[tuple[str, ...], "article files that no section lists"] = ()

    @cached_property
    def _read(self) -> tuple[tuple[Edition, tuple[Part, ...] | CheckError], ...]:
        return tuple((edition, self._parts(edition)) for edition in self.editions)

    @cached_property
    def _titled(self) -> Contents:
        """The issue as its editions must call it."""
        is_whole = not any(article.withdrawn for article in self.issue.articles)
        return self.issue if is_whole else tombstones.titled(self.issue, self.publication)

    def _parts(self, edition: Edition) -> tuple[Part, ...] | CheckError:
        try:
            return parts.read(edition, self._titled, self.publication.url)
        except CheckError as error:
            return error

    @property
    def parts(self) -> Iterator[tuple[Edition, Part]]:
        """The editions' parts that could be read back; read once for all checks."""
        return ((edition, part) for edition, read in self._read if isinstance(read, tuple) for part in read)

    @property
    def unreadable(self) -> Iterator[tuple[Edition, CheckError]]:
        """The editions that could not be read back, and why."""
        return ((edition, read) for edition, read in self._read if isinstance(read, CheckError))
