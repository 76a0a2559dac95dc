"""Who gets the newsletter, how they agreed to it, and who must not be written to."""

from datetime import datetime
from typing import Annotated, Literal

from dispatch.frozen import dataclass

SubscriberState = Literal["pending", "active", "left", "suppressed"]
ConsentKind = Literal["asked", "imported", "confirmed", "returned", "left", "suppressed"]
SuppressionReason = Literal["bounced", "complained", "erased", "listed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Somebody who gets the newsletter, did, or was asked."""

    number: Annotated[int, "within this store; never shown to others"]
    email: Annotated[str, "the address as it was typed, to which mail goes"]
    state: Annotated[SubscriberState, "only who is active gets mail"]
    since: Annotated[datetime, "when the address came into the list"]
    name: Annotated[str, "how they want to be called; empty when they did not say"] = ""
    language: Annotated[str, "a BCP 47 tag; empty for the publication's"] = ""
    tags: Annotated[tuple[str, ...], "words of the publication's own, sorted"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One thing that somebody said or did about getting the newsletter; never changed afterwards."""

    at: Annotated[datetime, "when"]
    what: Annotated[ConsentKind, "what it was"]
    how: Annotated[str, "where it came in: a command, a form, a file"]
    words: Annotated[str, "what they agreed to, in the very words; empty where nobody recorded these"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address that must not be written to, and cannot be read from this."""

    digest: Annotated[str, "a keyed digest of the address, in hexadecimal"]
    reason: Annotated[SuppressionReason, "why"]
    at: Annotated[datetime, "since when"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """A row of a list of subscribers from elsewhere."""

    line: Annotated[int, "of the file"]
    email: Annotated[str, "the address as it stands there"]
    state: Annotated[SubscriberState | None, "what the list says of it; None when it says nothing"] = None
    name: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    since: Annotated[datetime | None, "when they signed up there"] = None
