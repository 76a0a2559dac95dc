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

import errno
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

if TYPE_CHECKING:
    from dispatch.model.places import Fault, Place, Reason

E = TypeVar("E", bound="DispatchError")

_OWNER = "See who owns it, and what they allow: ls -ld"
_HELD = "Another program may have it open, as an editor, a virus or sync program: close it, and run the command again."
_FOLDER = "A file stands where a folder belongs: move it away."
# The way out of what the system refuses.
_REMEDIES: Mapping[int | None, str] = {
    errno.ENOSPC: "Make room on the disk, and run the command again.",
    errno.EDQUOT: "Your quota of the disk is used up: make room, and run the command again.",
    errno.EFBIG: "Allow larger files, as with ulimit -f unlimited, and run the command again.",
    errno.EMFILE: "Allow more open files, as with ulimit -n 1024, and run the command again.",
    errno.ENFILE: "Too many programs have files open: end some, and run the command again.",
    errno.EROFS: "Nothing can be written on this disk: copy the publication to another one.",
    errno.EACCES: _OWNER,
    errno.EPERM: _OWNER,
    errno.EISDIR: "A folder stands where a file belongs: move it away.",
    errno.ENXIO: "Move it away, or name another file.",
    errno.ENOTDIR: _FOLDER,
    errno.EEXIST: _FOLDER,
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.EIO: "The disk does not work as it should: see the system's log.",
}


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


def is_held(cause: OSError) -> bool:
    """Whether another program has a file open, which Windows then gives to nobody (its error codes 5, 32 and 33)."""
    return getattr(cause, "winerror", None) in {5, 32, 33}


def explain_refusal(
    error: type[E], cause: OSError, what: str = "", *, subject: str = "", address: str = "", detail: str = ""
) -> E:
    """Make an error of what the system has refused, with the way out.

    what: what cannot be done, such as "cannot be read". subject or address: the path, as in every error. detail: what
    is known besides, as the end of the sentence.
    """
    reason = cause.strerror or str(cause)
    words = f"{reason[:1].lower()}{reason[1:]}{detail}"
    hint = _HELD if is_held(cause) else _REMEDIES.get(cause.errno, "")
    return error(f"{what}: {words}" if what else words, subject=subject, address=address, hint=hint)
