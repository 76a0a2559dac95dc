"""Every error that dispatch raises on purpose, in one tree.

    DispatchError
    ├── ConfigError     dispatch.toml, authors.toml, templates, the environment
    ├── GatherError     a location that cannot be fetched or read
    ├── IssueError      an issue's or an article's file, the ledger, a wrong name
    ├── RenderError     an edition that cannot be made
    ├── CheckError      an edition that cannot be judged
    ├── LockedError     another process is changing the publication
    ├── ReviewError     a change that cannot be compared with what was
    └── DeliveryError   an edition that cannot be written or sent

They are raised where the fact is known, from their cause, and shown once, by the command line. What one part of the
program must know of an error is in its faults, as data: their words are for people, and nobody reads them back.
"""

from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from dispatch.model.places import Fault, Place, Reason


class DispatchError(Exception):
    """One or more faults that a person can mend.

    ``IssueError("is a link", subject="issues/defence/nato.md", hint="put the file itself there")`` makes one fault;
    ``IssueError(*faults)`` carries those that were collected.

    exit_code: what the command ends with.
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        *faults: "str | Fault",
        subject: "str | Place" = "",
        address: str = "",
        hint: str = "",
        reason: "Reason" = "",
        detail: str = "",
    ) -> None:
        """Make an error of faults, or of what is wrong in words.

        subject: the file of what is given in words, or its Place.
        address: instead, what is no file of the publication (see ``Place.address``).
        hint, reason, detail: of what is given in words.
        """
        from dispatch.model.places import Fault, Place  # --help needs the errors and no noun

        place = Place(file=subject, address=address) if isinstance(subject, str) else subject
        self.faults: tuple[Fault, ...] = tuple(
            Fault(what=fault, place=place, hint=hint, reason=reason, detail=detail) if isinstance(fault, str) else fault
            for fault in faults
        )
        super().__init__(*self.faults)  # so that pickle can make it again

    def __str__(self) -> str:
        """Join the faults into one line, for people and logs."""
        return "; ".join(map(str, self.faults))

    @property
    def what(self) -> str:
        """All that is wrong, without the places: for a caller that has named them already."""
        return "; ".join(fault.what for fault in self.faults)

    def within(self, place: "str | Place") -> Self:
        """Return the same error with its faults placed at, or below, ``place``; a text is a file."""
        return type(self)(*(fault.within(place) for fault in self.faults))


class ConfigError(DispatchError):
    """dispatch.toml, authors.toml, a template or the environment is wrong."""


class GatherError(DispatchError):
    """A location cannot be fetched, or what came cannot be read as articles."""


class IssueError(DispatchError):
    """An issue, one of its files or the ledger is wrong, or there is none of that name."""


class RenderError(DispatchError):
    """An edition cannot be made."""


class CheckError(DispatchError):
    """A finished edition cannot be read back."""


class LockedError(DispatchError):
    """Another process is changing the publication, and did not finish in time."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h: try again later


class ReviewError(DispatchError):
    """A change cannot be compared with what was: no git repository, no base, half a history."""


class DeliveryError(DispatchError):
    """An edition cannot be written to its folder or sent."""
