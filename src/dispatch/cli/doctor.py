"""``dispatch doctor``."""

import secrets
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispatch import derived, locks
from dispatch.checks.sending import DomainFacts, SendingFacts, judge_sending
from dispatch.cli.check import print_report
from dispatch.cli.context import OpenPublication, open_publication, print_note, read_clock
from dispatch.cli.delivery import NAME_SERVER, PASSWORD, make_server
from dispatch.errors import CheckError, DeliveryError, DispatchError, explain_refusal
from dispatch.files import read_bounded

if TYPE_CHECKING:
    from dispatch.resolver import Resolver


@click.command()
@click.option("--offline", is_flag=True, help="Look at the settings and the store only.")
@click.option(
    "--received",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A message of yours as it was received, with all its headers: was it signed, and by whom?",
)
@click.option("--to", metavar="ADDRESS", default="", help="Send a test message there, to look at what arrives.")
@NAME_SERVER
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of findings.")
@PASSWORD
def doctor(offline: bool, received: Path | None, to: str, name_server: str, as_json: bool, password: str) -> None:
    """Find what keeps your mails from arriving: settings, the store, the mail server, DNS, the way to leave.

    Nothing is sent, but with --to. Exits with 1 if something is wrong. For the signature, send yourself a test, save
    it as your mail program received it, and give that file.

    \b
    Examples:
      dispatch doctor
      dispatch doctor --to ann@paper.example
      dispatch doctor --received message.eml
      dispatch doctor --offline --json
    """
    facts = _look(open_publication(), received, name_server, password, offline=offline)
    findings = judge_sending(facts)
    print_report(findings, "json" if as_json else "human")
    if to:
        _send_probe(open_publication(), to, password)
    if any(one.severity == "error" for one in findings):
        sys.exit(1)


def require_names(here: OpenPublication, name_server: str, password: str, *, as_json: bool) -> None:
    """Require what large providers ask of the names of whoever sends them thousands. Raises CheckError."""
    from dispatch.checks.sending import MOST_UNNAMED, is_of_names
    from dispatch.doctor import find_domain, look_at_rounds
    from dispatch.resolver import Resolver

    large, _ = look_at_rounds(here.root)
    if large <= MOST_UNNAMED:
        return
    print_note(f"{large} readers are at Gmail, Yahoo or Outlook, who look at your names")
    sender = find_domain(here.publication.email.sender)
    facts = SendingFacts(publication=here.publication, sender=sender, large_readers=large)
    found = judge_sending(_look_around(here, facts, "", Resolver(name_server), None, password))
    if wrong := [one for one in found if is_of_names(one)]:
        if not as_json:
            print_report(wrong, "human")
        rules = ", ".join(sorted({one.rule for one in wrong}))
        raise CheckError(f"these would refuse it: {rules}", hint="When it is mended: dispatch doctor")


def _send_probe(here: OpenPublication, to: str, password: str) -> None:
    """Send a test message, and say what the server answered. Raises DispatchError when it does not take it."""
    from dispatch.deliver import send_one
    from dispatch.doctor.probe import build_probe
    from dispatch.smtp import Envelope

    text, sender = build_probe(here.publication, to, read_clock(), secrets.token_hex(16))
    envelope = Envelope(here.publication.delivery.bounces or sender, to, len(text))
    answer = send_one(make_server(here.publication, password), envelope, text)
    if not answer.is_accepted:
        raise DeliveryError(f"was not taken: {answer.reply}", address=to)
    print_note(f"{to}: {answer.reply}")
    print_note("When it has arrived, save it as a file, and see: dispatch doctor --received FILE")


def _look(
    here: OpenPublication, received: Path | None, name_server: str, password: str, *, offline: bool
) -> SendingFacts:
    """Look at everything that there is to look at. Raises DispatchError."""
    from dispatch.doctor import find_domain, look_at_rounds, look_at_store
    from dispatch.resolver import Resolver

    publication = here.publication
    pages = derived.find_subscription_pages(publication)
    sender = find_domain(publication.email.sender)
    store = look_at_store(here.root, read_clock())
    facts = SendingFacts(publication=publication, has_pages=bool(pages), store=store, sender=sender)
    if holder := locks.find_holder(here.root, "delivery"):
        print_note(f"sending now: {holder}")
    if offline:
        print_note("looked at the settings and the store")
        return facts
    if not (store and store.damage):
        large, waiting = look_at_rounds(here.root)
        facts = replace(facts, large_readers=large, largest=max(waiting, _measure_newest(here)))
    return _look_around(here, facts, pages, Resolver(name_server), received, password)


def _measure_newest(here: OpenPublication) -> int:
    """Measure the newest issue as a message, in bytes; 0 when there is none, or none can be made of it."""
    from dispatch.render import render_edition

    try:
        return len(render_edition(here.read_issue(None), here.publication, "eml").body)
    except DispatchError:
        return 0


def _look_around(
    here: OpenPublication,
    facts: SendingFacts,
    pages: str,
    resolver: "Resolver",
    received: Path | None,
    password: str,
) -> SendingFacts:
    """Look at what is on other machines."""
    from dispatch import doctor as looking
    from dispatch.subscribers.subscriptions import load_keys

    now, settings = read_clock(), here.publication.delivery
    addresses: tuple[str, ...] = ()
    if settings.smtp:
        print_note(f"asking {settings.smtp.rpartition('@')[2].rpartition('/')[2]}")
        server, addresses = looking.look_at_server(make_server(here.publication, password), resolver, now)
        facts = replace(facts, server=server)
    if pages:
        print_note(f"asking {pages}")
        way_back = looking.look_at_way_back(pages, load_keys(here.publication), now, user_agent=here.user_agent)
        facts = replace(facts, way_back=way_back)
    domains = tuple(_look_at_domains(here, facts.sender, resolver, addresses if not settings.service else ()))
    signatures = looking.read_signatures(_read_received(received), resolver) if received else None
    return replace(facts, domains=domains, signatures=signatures)


def _look_at_domains(
    here: OpenPublication, sender: str, resolver: "Resolver", addresses: tuple[str, ...]
) -> Iterator[DomainFacts]:
    from dispatch.doctor import find_domain, look_at_domain

    bounces = find_domain(here.publication.delivery.bounces)
    for domain in dict.fromkeys(filter(None, (sender, bounces))):
        print_note(f"asking name servers about {domain}")
        yield look_at_domain(domain, resolver, servers=addresses, is_sender=domain == sender)


def _read_received(file: Path) -> bytes:
    try:
        return read_bounded(file)
    except OSError as error:
        raise explain_refusal(DeliveryError, error, "cannot be read", address=str(file)) from error
