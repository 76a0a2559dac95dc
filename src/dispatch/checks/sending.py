"""Whether a publication is set up to send: its settings, its store, its mail server, its names. Pure: facts come in.

``doctor`` looks at the world, and hands in what it has seen here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from dispatch.checks.rules import CONFIG, make_finding
from dispatch.checks.spf import MOST_LOOK_UPS, Verdict
from dispatch.model import Finding, Place, Publication

_LEAST_BITS, _GOOD_BITS = 1024, 2048  # of a key (RFC 8301, section 3.2)
MOST_UNNAMED: Final = 5000
"""Readers at large providers up to whom they let pass what is wrong with the names of a sender."""
_OF_NAMES: Final = ("mx", "spf", "spf-server", "dkim", "dkim-key", "dmarc", "ptr")
_SIGNED: Final = ("from", "list-unsubscribe", "list-unsubscribe-post")
_MOST_DRIFT: Final = 60  # seconds between two clocks
_LEAST_DAYS: Final = 14  # for which a certificate is valid
_MOST_DAYS: Final = 7  # since the last backup
_LEAST_ROOM: Final = 3  # times the store's size: a backup and the write-ahead log beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFacts:
    """What name servers say of a domain."""

    domain: str
    takes_mail: Annotated[bool | None, "whether it has a mail server; None when nobody asked"] = None
    spf_records: Annotated[int | None, "how many SPF records it has; None when nobody asked"] = None
    spf_look_ups: int = 0
    spf_broken: Annotated[str, "the term that no receiver can follow; empty when there is none"] = ""
    spf_verdict: Annotated[Verdict | None, "what it says of the mail server; None when that is not known"] = None
    dmarc_records: Annotated[int | None, "how many DMARC records are found for it; None when nobody asked"] = None
    dmarc_policy: Annotated[str, "none, quarantine or reject; empty when the record says none of these"] = ""
    unanswered: Annotated[tuple[str, ...], "the names about which no name server answered"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What the mail server says."""

    name: Annotated[str, "host and port"]
    fault: Annotated[str, "why it cannot be used; empty when it can"] = ""
    tls: Annotated[str, "the version of TLS; empty without"] = ""
    days_left: Annotated[int | None, "for which its certificate is valid"] = None
    is_pipelining: bool = True
    most_bytes: Annotated[int, "of a message; 0 when it does not say"] = 0
    is_local: Annotated[bool, "whether it is on this machine"] = False
    unnamed: Annotated[tuple[str, ...], "its addresses without a name that leads back to them"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """What the file of the subscribers is like."""

    file: str
    mode: Annotated[int, "who may do what with it, as chmod has it; -1 where the system knows nothing of the kind"] = -1
    damage: Annotated[str, "what SQLite finds in it; empty when it is whole"] = ""
    is_durable: Annotated[bool, "whether each write is on the disk when it ends"] = True
    backup_days: Annotated[int | None, "since the last backup; None when there never was one"] = None
    is_old_copy: Annotated[bool, "whether it knows fewer messages than were begun from this folder"] = False
    is_moved: Annotated[bool, "whether it was used on another machine, or in another folder"] = False
    size: Annotated[int, "bytes"] = 0
    free: Annotated[int, "bytes that the disk has left"] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBackFacts:
    """What the pages by which readers leave answer."""

    url: str
    state: Literal["ours", "foreign", "silent"]
    detail: Annotated[str, "why they do not answer"] = ""
    drift: Annotated[int | None, "by how many seconds the clock there is before this one"] = None
    days_left: Annotated[int | None, "for which their certificate is valid"] = None
    refusal: Annotated[str, "what was wrong when somebody left by one click; empty when nothing was"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts:
    """A DKIM signature of a message that was received."""

    domain: str
    selector: str
    signed: Annotated[tuple[str, ...], "the headers that it covers, in lower case"]
    bits: Annotated[int | None, "the length of its key; 0 when there is no such key; None when nobody answered"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingFacts:
    """All that was looked at; what was not is None or empty."""

    publication: Publication
    has_pages: Annotated[bool, "whether readers leave by pages of dispatch's own"] = False
    store: StoreFacts | None = None
    server: ServerFacts | None = None
    way_back: WayBackFacts | None = None
    domains: tuple[DomainFacts, ...] = ()
    sender: Annotated[str, "the domain of the sender"] = ""
    signatures: Annotated[tuple[SignatureFacts, ...] | None, "of the message that was received"] = None
    large_readers: Annotated[int, "how many have their address at Gmail, Yahoo or Outlook"] = 0
    largest: Annotated[int, "bytes of the largest message that is to be sent; 0 when that is not known"] = 0


def judge_sending(facts: SendingFacts) -> list[Finding]:
    """Find what keeps the mails of a publication from arriving, errors first."""
    found = [
        *_judge_settings(facts),
        *(_judge_store(facts.store) if facts.store else ()),
        *(_judge_server(facts.server, facts.largest) if facts.server else ()),
        *(_judge_way_back(facts.way_back) if facts.way_back else ()),
        *(one for domain in facts.domains for one in _judge_domain(domain, facts)),
        *_judge_signatures(facts),
    ]
    left = [one for one in found if one.rule not in facts.publication.check]
    if facts.large_readers > MOST_UNNAMED:
        left = [replace(one, severity="error") if is_of_names(one) else one for one in left]
    return sorted(left, key=lambda one: one.severity != "error")


def is_of_names(finding: Finding) -> bool:
    """Whether large providers look at it before they take the mails of somebody who sends them thousands."""
    return finding.rule in {f"sending.{name}" for name in _OF_NAMES}


def is_aligned(one: str, other: str) -> bool:
    """Whether two domains are of one organisation, as far as that is seen without a list of suffixes (RFC 7489)."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _judge_settings(facts: SendingFacts) -> Iterator[Finding]:
    publication = facts.publication
    if not publication.email.sender:
        yield make_finding("sending.sender", "address", Place(file=CONFIG, key="email.from"))
    if not publication.email.postal_address:
        yield make_finding("sending.foot", "address", Place(file=CONFIG, key="email.postal_address"))
    if not publication.email.why:
        yield make_finding("sending.foot", "text", Place(file=CONFIG, key="email.why"))
    # To the mailbox for what comes back, people can write to leave.
    if not (facts.has_pages or publication.email.unsubscribe or publication.delivery.bounces):
        yield make_finding("sending.way-out", "key", Place(file=CONFIG, key="subscribe.consent"))
    if not publication.delivery.bounces and not publication.delivery.service:
        yield make_finding("sending.bounces", "key", Place(file=CONFIG, key="delivery.bounces"))
    if not publication.delivery.smtp:
        yield make_finding("sending.server", "key", Place(file=CONFIG, key="delivery.smtp"))


def _judge_store(store: StoreFacts) -> Iterator[Finding]:
    place = Place(file=store.file)
    if store.damage:
        yield make_finding("sending.store", "data", place, detail=store.damage)
    if store.mode >= 0 and store.mode & 0o077:
        yield make_finding("sending.store", "file", place, found=f"{store.mode:o}")
    if not store.is_durable:
        yield make_finding("sending.store", "attribute", place)
    if store.is_old_copy or store.is_moved:
        yield make_finding("sending.copy", "data" if store.is_old_copy else "file", place)
    if store.backup_days is None or store.backup_days > _MOST_DAYS:
        yield make_finding("sending.backup", "date" if store.backup_days else "file", place, count=store.backup_days)
    if store.free < _LEAST_ROOM * store.size:
        yield make_finding("sending.room", "size", place, size=store.free, limit=_LEAST_ROOM * store.size)


def _judge_server(server: ServerFacts, largest: int) -> Iterator[Finding]:
    place = Place(file=CONFIG, key="delivery.smtp")
    if server.fault:
        yield make_finding("sending.server", "address", place, host=server.name, detail=server.fault)
        return
    if server.most_bytes and server.most_bytes < largest:
        yield make_finding("sending.server", "size", place, host=server.name, limit=server.most_bytes, size=largest)
    if not server.is_pipelining:
        yield make_finding("sending.pipelining", "address", place, host=server.name)
    if server.days_left is not None and server.days_left < _LEAST_DAYS:
        yield make_finding("sending.certificate", "date", place, host=server.name, count=server.days_left)
    for address in server.unnamed:
        yield make_finding("sending.ptr", "address", place, host=server.name, found=address)


def _judge_way_back(pages: WayBackFacts) -> Iterator[Finding]:
    place = Place(address=pages.url)
    if pages.state == "silent":
        yield make_finding("sending.way-out", "page", place, detail=pages.detail)
    elif pages.state == "foreign":
        yield make_finding("sending.way-out", "data", place)
    if pages.refusal:
        yield make_finding("sending.way-out", "link", place, detail=pages.refusal)
    if pages.days_left is not None and pages.days_left < _LEAST_DAYS:
        host = urlsplit(pages.url).netloc
        yield make_finding("sending.certificate", "date", place, host=host, count=pages.days_left)
    if pages.drift is not None and abs(pages.drift) > _MOST_DRIFT:
        yield make_finding("sending.clock", "date", place, count=abs(pages.drift))


def _judge_domain(facts: DomainFacts, all_of_it: SendingFacts) -> Iterator[Finding]:
    place, name = Place(address=facts.domain), facts.domain
    for unanswered in facts.unanswered:
        yield make_finding("sending.unanswered", "name", place, name=unanswered)
    if facts.takes_mail is False:
        yield make_finding("sending.mx", "name", place, name=name)
    if facts.spf_records is not None:
        yield from _judge_spf(facts, place, all_of_it.server)
    if facts.dmarc_records is not None and facts.dmarc_records != 1:
        subject: Literal["name", "line"] = "line" if facts.dmarc_records else "name"
        yield make_finding("sending.dmarc", subject, place, name=name, count=facts.dmarc_records or None)
    elif facts.dmarc_records == 1 and not facts.dmarc_policy:
        yield make_finding("sending.dmarc", "text", place, name=name)


def _judge_spf(facts: DomainFacts, place: Place, server: ServerFacts | None) -> Iterator[Finding]:
    name = facts.domain
    if facts.spf_records == 0:
        yield make_finding("sending.spf", "name", place, name=name)
    elif facts.spf_records != 1:
        yield make_finding("sending.spf", "line", place, name=name, count=facts.spf_records)
    elif facts.spf_broken:
        yield make_finding("sending.spf", "text", place, name=name, found=facts.spf_broken)
    elif facts.spf_look_ups > MOST_LOOK_UPS:
        yield make_finding("sending.spf", "size", place, name=name, count=facts.spf_look_ups, limit=MOST_LOOK_UPS)
    elif server and facts.spf_verdict not in (None, "pass"):
        yield make_finding("sending.spf-server", "address", place, name=name, host=server.name)


def _judge_signatures(facts: SendingFacts) -> Iterator[Finding]:
    """Judge the signatures of a received message: one of them must be the sender's, and whole."""
    if facts.signatures is None:
        return
    place, name = Place(address=facts.sender), facts.sender
    own = [one for one in facts.signatures if is_aligned(one.domain, facts.sender)]
    if not facts.signatures:
        yield make_finding("sending.dkim", "header", place)
    elif not own:
        others = tuple(dict.fromkeys(one.domain for one in facts.signatures))
        yield make_finding("sending.dkim", "name", place, name=name, others=others)
    for one in own[:1]:
        key = f"{one.selector}._domainkey.{one.domain}"
        if missing := tuple(header for header in _SIGNED if header not in one.signed):
            yield make_finding("sending.dkim", "line", place, others=missing)
        if one.bits is None:
            yield make_finding("sending.unanswered", "name", place, name=key)
        elif one.bits == 0:
            yield make_finding("sending.dkim", "key", place, name=key)
        elif one.bits < _GOOD_BITS and one.bits != 256:  # Ed25519 (RFC 8463)
            rule = "sending.dkim" if one.bits < _LEAST_BITS else "sending.dkim-key"
            yield make_finding(rule, "size", place, name=key, count=one.bits, limit=_GOOD_BITS)
