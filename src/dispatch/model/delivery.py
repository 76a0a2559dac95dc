"""An issue on its way to its subscribers, and what became of each message."""

from datetime import datetime
from typing import Annotated, Literal

from dispatch.frozen import dataclass

RoundState = Literal["begun", "held", "cancelled", "ended"]
# planned, deferred -> sending -> accepted, deferred, failed, unknown; a report leads on from accepted.
# fmt: off
DeliveryState = Literal[
    "planned", "deferred", "sending", "accepted", "failed", "unknown", "expired", "suppressed", "cancelled",
    "delivered", "bounced", "complained",
]
# fmt: on
NoticeKind = Literal["confirm", "welcome", "preferences", "move", "ask", "goodbye"]
ReportKind = Literal["hard", "soft", "complaint", "delayed", "delivered", "left"]
ReportSource = Literal["reply", "dsn", "arf", "ses", "postmark", "mailgun", "mail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One issue on its way to everybody who was subscribed when it began."""

    number: Annotated[int, "within this store"]
    issue: Annotated[str, "the issue's id"]
    slug: Annotated[str, "the issue's folder when it began"]
    digest: Annotated[str, "of the prepared message, in hexadecimal: what is sent, whatever is edited later"]
    begun: Annotated[datetime, "when its audience was written down; the Date of its messages"]
    audience: Annotated[int, "how many were subscribed then"]
    state: Annotated[RoundState, "ended: nothing of it is planned, being sent or deferred"]
    not_before: Annotated[datetime, "when its first message may go out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message of a round: to one subscriber."""

    subscriber: Annotated[int, "the subscriber's number"]
    email: Annotated[str, "the address now; empty when the subscriber was erased"]
    state: Annotated[DeliveryState, "how far it is"]
    attempts: Annotated[int, "how often it was tried"] = 0
    at: Annotated[datetime | None, "when its state last changed"] = None
    not_before: Annotated[datetime | None, "when a deferred one is tried again"] = None
    reply: Annotated[str, "what the server last said of it"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a server, a service or a reader said of a message later on."""

    id: Annotated[str, "its own, so that it counts once however often it comes"]
    at: Annotated[datetime, "when it was said"]
    source: Annotated[ReportSource, "by which way it came"]
    kind: Annotated[ReportKind, "what it says"]
    token: Annotated[str, "our own token in it, of the purpose bounce; empty: nobody is touched"] = ""
    status: Annotated[str, "the enhanced status, for example 5.1.1; empty when there is none"] = ""
    detail: Annotated[str, "its words, for people"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail to one reader that a page or a command has caused: a confirmation, a welcome, a link to preferences."""

    number: Annotated[int, "within this store"]
    kind: NoticeKind
    email: Annotated[str, "the address that it goes to"]
    message: Annotated[bytes, "the finished message; sent as it is, with the moment in its Date"]
    subscriber: Annotated[int, "the subscriber's number; 0 for nobody's"] = 0
