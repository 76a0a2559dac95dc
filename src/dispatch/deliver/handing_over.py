"""Hand an issue over to a service that keeps the list and sends: as a draft there, which somebody looks at.

An issue has one draft there, however often it is handed over, and whatever failed before: dispatch.lock remembers its
address, and before that a tag in it says whose it is. What has begun there is not touched any more.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, Protocol

from dispatch import fetch, ledger, locks, render
from dispatch.deliver.guards import find_drafts
from dispatch.errors import DeliveryError, GatherError
from dispatch.formats import eml
from dispatch.mail_services import load_services
from dispatch.model import Edition, Issue, Publication, Record

# In this order: of two, what has begun counts.
DraftState = Literal["begun", "draft", "scheduled"]
_AGAIN = "Nothing is lost: the same command goes on where this one stopped, and makes no second draft."


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMail:
    """An issue as a service takes it: in its own template language wherever it reads one."""

    tag: Annotated[str, "whose draft it is, to be found again there: made of the issue's id"]
    title: Annotated[str, "the issue's title, as it is"]
    subject: str
    sender: Annotated[str, "From, with the name"]
    editions: Annotated[tuple[Edition, ...], "the mail, and its plain text unless the service makes that"]
    headers: Annotated[Mapping[str, str], "headers of ours that it does not set, in ASCII"]
    preheader: Annotated[str, "for services that have a field for it"] = ""

    @property
    def html(self) -> str:
        """The mail."""
        return self.editions[0].body.decode()

    @property
    def plain_text(self) -> str:
        """The plain text; empty when the service makes it."""
        return "".join(one.body.decode() for one in self.editions[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDraft:
    """What a service has of an issue."""

    id: Annotated[str, "there"]
    address: Annotated[str, "of its page there, for people and dispatch.lock"]
    state: Annotated[DraftState, "begun: somebody may have it, or had it stopped"]
    tags: tuple[str, ...] = ()


class ListService(Protocol):
    """A service that keeps a list and takes drafts. All methods raise DeliveryError."""

    name: str

    @property
    def site(self) -> str:
        """What the addresses of its drafts begin with."""

    def find_draft(self, mail: ServiceMail, known: Sequence[str]) -> ServiceDraft | None:
        """Find the draft of an issue: at the first of the known addresses, else by its tag; None: there is none."""

    def write_draft(self, mail: ServiceMail, old: ServiceDraft | None, at: datetime | None) -> ServiceDraft:
        """Write the draft, over the old one if there is one; at: when it shall be sent, None for never by itself."""

    def request_test(self, mail: ServiceMail, draft: ServiceDraft, addresses: Sequence[str]) -> None:
        """Let the service send the draft to these addresses alone."""


def make_service_mail(issue: Issue, publication: Publication, name: str) -> ServiceMail:
    """Make what the service of this name takes. Raises RenderError."""
    service = load_services()[name]

    def escape(words: str) -> str:
        return service.escape_text(words) if service.find_tags(words) else words

    headers = eml.list_own_headers(issue, publication)
    return ServiceMail(
        tag=f"dispatch-{hashlib.sha256(issue.id.encode()).hexdigest()[:16]}",
        title=eml.clean_header(issue.title),
        subject=escape(eml.clean_header(issue.subject or issue.title)),
        sender=publication.email.sender,
        editions=tuple(render.render_edition(issue, publication, one, service=name) for one in service.formats),
        headers={header: escape(value) for header, value in headers.items()},
        preheader=issue.preheader,
    )


def hand_over(
    service: ListService,
    mail: ServiceMail,
    issue: Issue,
    publication: Publication,
    now: datetime,
    *,
    at: datetime | None = None,
    testers: Sequence[str] = (),
    takes_over: bool = False,
) -> ServiceDraft:
    """Hand an issue over as a draft, and remember it in dispatch.lock; then schedule it, or let it be tested.

    Whoever calls holds the lock of those who send (LOCK), so that two of them make no two drafts.
    takes_over: somebody has said that nothing went out. Raises DeliveryError and LockedError.
    """
    known = find_drafts(publication, issue.id, issue.slug, service.site, takes_over=takes_over)
    old = service.find_draft(mail, known)
    if old and old.state == "begun" and not takes_over:
        _write_record(publication, Record(id=issue.id, kind="sent", url=old.address, published=now))
        raise DeliveryError(f"is sent already, or on its way: {old.address}", address=issue.slug)
    if known and old is None and not takes_over:
        what = f"is not at {known[0]} any more, where it was handed over"
        hint = "If it was deleted before it was sent, add --take-over: some get it twice otherwise."
        raise DeliveryError(what, address=issue.slug, hint=hint)
    draft = service.write_draft(mail, old if old and old.state != "begun" else None, at)
    _write_record(publication, Record(id=issue.id, kind="round", url=draft.address, published=now))
    if testers:
        service.request_test(mail, draft, testers)
    return draft


def ask_service(
    account: fetch.Account,
    method: str,
    path: str,
    payload: object = None,
    *,
    rights: str,
    may_miss: Sequence[int] = (),
    may_be_empty: bool = False,
    hint: str = "",
) -> object:
    """Ask the API of a service; return the JSON that it answers, None for a status that may be. Raises DeliveryError.

    rights: what to do when it lets nobody in. may_be_empty: whether nothing has to be said. hint: what to do when it
    refuses.
    """
    try:
        reply = account.send_request(method, path, payload)
    except GatherError as error:
        fault = error.faults[0]
        is_open = fault.reason in ("timeout", "network", "cut-off", "not-http")  # nobody knows whether it was done
        hint = _AGAIN if is_open or not fault.hint else fault.hint
        raise DeliveryError(error.what, address=account.url, hint=hint) from error
    if reply.status in may_miss:
        return None
    words = reply.find_explanation("message", "detail", "error")
    said = f": {words}" if words else ""
    if reply.status in (401, 403):
        raise DeliveryError(f"refuses the key{said}", address=account.url, hint=rights)
    if 300 <= reply.status < 400:
        hint = "Write in dispatch.toml where its API itself is: a key is not sent on."
        raise DeliveryError(f"leads elsewhere ({reply.status})", address=account.url, hint=hint)
    if not reply.is_accepted:
        raise DeliveryError(f"answers {reply.status}{said}", address=account.url, hint=hint or _AGAIN)
    if reply.value is None and not may_be_empty:
        hint = "Does the address in dispatch.toml lead to the service itself?"
        raise DeliveryError("does not answer as a service does", address=account.url, hint=hint)
    return reply.value


def _write_record(publication: Publication, record: Record) -> None:
    with locks.hold_lock(publication.root, command="dispatch send"):
        ledger.record_round(publication, record)
