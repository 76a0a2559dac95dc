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

They are raised where the fact is known, from their cause, and shown once, by the command line.
"""


class DispatchError(Exception):
    """Something a person can mend.

    message: what is wrong, in one sentence or, for a file with several faults, a line a fault.
    subject: the file, address or thing it is about; may be empty.
    hint: what to do next, in the imperative; may be empty.
    """

    def __init__(self, message: str, *, subject: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.subject}: {self.message}" if self.subject else self.message


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


class ReviewError(DispatchError):
    """A change cannot be compared with what was: no git repository, no base, half a history."""


class DeliveryError(DispatchError):
    """An edition cannot be written to its folder or sent."""
