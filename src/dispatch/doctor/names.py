"""What name servers say of the domains that a publication sends with, and a received message of its sender."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.utils import parseaddr
from functools import partial
from typing import Final, TypeVar

from dispatch import public_keys
from dispatch.checks.sending import DomainFacts, SignatureFacts
from dispatch.checks.spf import SpfCheck, SpfError
from dispatch.mail_addresses import find_ascii_form
from dispatch.resolver import Resolver, UnansweredError

_MOST_SIGNATURES: Final = 10

T = TypeVar("T")


def look_at_domain(domain: str, resolver: Resolver, *, servers: tuple[str, ...] = (), is_sender: bool) -> DomainFacts:
    """Look at a domain: whether it takes mail, and who may send for it.

    servers: the addresses from which mail leaves; empty when they are not known. is_sender: whether it stands in From,
    where DMARC holds.
    """
    unanswered: list[str] = []
    spf = SpfCheck(look_up=resolver.look_up, servers=servers)
    takes_mail = _ask_about(unanswered, lambda: _has_mail_server(domain, resolver))
    records = _ask_about(unanswered, lambda: len(spf.list_records(domain)))
    verdict, broken = None, ""
    try:
        verdict = _ask_about(unanswered, lambda: spf.evaluate(domain)) if records == 1 else None
    except SpfError as error:
        broken = error.term
    dmarc = _ask_about(unanswered, lambda: _list_dmarc(domain, resolver)) if is_sender else None
    return DomainFacts(
        domain=domain,
        takes_mail=takes_mail,
        spf_records=records,
        spf_look_ups=spf.count,
        spf_broken=broken,
        spf_verdict=verdict if servers else None,
        dmarc_records=None if dmarc is None else len(dmarc),
        dmarc_policy=_find_policy(dmarc[0]) if dmarc else "",
        unanswered=tuple(dict.fromkeys(unanswered)),
    )


def find_domain(address: str) -> str:
    """Find the domain of an address, with or without a name, as name servers know it; empty for none."""
    try:
        return find_ascii_form(parseaddr(address)[1]).rpartition("@")[2].lower()
    except ValueError:
        return ""


def list_unnamed(addresses: tuple[str, ...], resolver: Resolver) -> tuple[str, ...]:
    """List the addresses that have no name which leads back to them; of which nobody answers, none."""
    unanswered: list[str] = []

    def is_unnamed(address: str) -> bool:
        names = resolver.look_up_names(address)[:10]
        return not any(address in (*resolver.look_up(one, "A"), *resolver.look_up(one, "AAAA")) for one in names)

    return tuple(one for one in addresses if _ask_about(unanswered, partial(is_unnamed, one)))


def read_signatures(message: bytes, resolver: Resolver) -> tuple[SignatureFacts, ...]:
    """Read the DKIM signatures of a message (RFC 6376), and look for their keys."""
    found = message_from_bytes(message, policy=policy.compat32).get_all("DKIM-Signature", [])
    tags = [_parse_tags(str(one)) for one in found[:_MOST_SIGNATURES]]
    return tuple(
        SignatureFacts(
            domain=one["d"].lower(),
            selector=one["s"],
            signed=tuple(name.strip().lower() for name in one.get("h", "").split(":")),
            bits=_ask_about([], partial(_measure_key, f"{one['s']}._domainkey.{one['d']}", resolver)),
        )
        for one in tags
        if one.get("d") and one.get("s")
    )


def _ask_about(unanswered: list[str], ask: Callable[[], T]) -> T | None:
    """Ask, and note about what nobody answers."""
    try:
        return ask()
    except UnansweredError as error:
        unanswered.append(error.name)
        return None


def _has_mail_server(domain: str, resolver: Resolver) -> bool:
    """Whether there is a server for its mail: its MX, else itself (RFC 5321, 5.1); a lone dot says no (RFC 7505)."""
    if hosts := resolver.look_up(domain, "MX"):
        return hosts != ("",) and any(resolver.look_up(one, "A") or resolver.look_up(one, "AAAA") for one in hosts[:5])
    return bool(resolver.look_up(domain, "A") or resolver.look_up(domain, "AAAA"))


def _list_dmarc(domain: str, resolver: Resolver) -> list[str]:
    """List the DMARC records of a domain, or of the nearest above that has any."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        texts = resolver.look_up(f"_dmarc.{'.'.join(labels[start:])}", "TXT")
        if records := [one for one in texts if one.replace(" ", "").lower().startswith("v=dmarc1")]:
            return records
    return []


def _find_policy(record: str) -> str:
    policy_ = _parse_tags(record).get("p", "").lower()
    return policy_ if policy_ in ("none", "quarantine", "reject") else ""


def _measure_key(name: str, resolver: Resolver) -> int:
    """Measure the key of a selector in bits; 0 when there is none, or it was withdrawn. Raises UnansweredError."""
    for record in resolver.look_up(name, "TXT"):
        tags = _parse_tags(record)
        try:
            key = public_keys.decode_key(tags.get("p", ""))
            if tags.get("k", "rsa") == "ed25519":
                return len(key) * 8
            return public_keys.read_public_key(key).bits
        except ValueError:
            continue
    return 0


def _parse_tags(text: str) -> dict[str, str]:
    """Parse a list of tags (RFC 6376, 3.2)."""
    parts = (part.partition("=") for part in text.split(";"))
    return {name.strip(): "".join(value.split()) for name, _, value in parts}
