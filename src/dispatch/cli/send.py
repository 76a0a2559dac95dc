"""``dispatch send``: a published issue to its subscribers, to the desk as a test, or to who keeps the list."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from dispatch.cli.completion import complete_issue
from dispatch.cli.context import (
    YES,
    OpenPublication,
    open_publication,
    print_json,
    print_note,
    print_result,
    read_clock,
)
from dispatch.cli.delivery import (
    NAME_SERVER,
    PASSWORD,
    SendOptions,
    answer_refusals,
    describe_round,
    list_testers,
    make_progress,
    make_server,
    parse_time,
    print_outcome,
    require_name,
    stop_on_signals,
)
from dispatch.cli.hand_over import SERVICE_KEY, SERVICES, hand_over_issue
from dispatch.errors import CheckError, DeliveryError, IssueError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from dispatch.deliver import Outbound
    from dispatch.model import Issue, Round
    from dispatch.smtp import Submission


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@click.option("--test", is_flag=False, flag_value="", metavar="[ADDRESS]", help="Send it to the desk, or to ADDRESS.")
@click.option("--at", metavar="TIME", help="Begin then: dispatch work sends it. A date, or as “Fri 08:00”.")
@click.option("--via", type=click.Choice(SERVICES), help="Hand it over as a draft to this service, which has the list.")
@click.option("--dry-run", "dry", is_flag=True, help="Only say to whom it would go.")
@click.option("--untested", is_flag=True, help="Send it although this very message was no test before.")
@click.option("--take-over", is_flag=True, help="Send from this store, although it seems to be a copy.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, whatever became of it.")
@NAME_SERVER
@PASSWORD
@SERVICE_KEY
@YES
def send(
    issue: str,
    test: str | None,
    at: str | None,
    via: str | None,
    dry: bool,
    untested: bool,
    take_over: bool,
    as_json: bool,
    name_server: str,
    password: str,
    service_key: str,
    yes: bool,
) -> None:
    """Send ISSUE, which is published, to everybody who is subscribed: once, whatever happens in between.

    Says to whom it goes and asks for the issue's name. What was begun goes on with the same command; nobody gets it
    twice, and an address of which nobody knows whether the message arrived is named. Ctrl-C finishes what has begun.
    Exits with 1 when something is left, with 75 when another process is sending.

    \b
    Examples:
      dispatch send bridges --test
      dispatch send bridges --dry-run
      dispatch send bridges
      dispatch send bridges --at "Fri 08:00"
      dispatch send bridges --via listmonk
    """
    options = SendOptions(test, at, dry, untested, take_over, as_json, yes, name_server, password)
    with answer_refusals(issue, as_json=as_json):
        here = open_publication()
        one = _require_sendable(here, issue, as_json=as_json)
        outcome = hand_over_issue(here, one, via, service_key, options) if via else _send_issue(here, one, options)
    if as_json:
        print_json(outcome)
    sys.exit(0 if outcome["became"] in ("sent", "tested", "said", "planned", "drafted") else 1)


def _send_issue(here: OpenPublication, one: "Issue", options: SendOptions) -> dict[str, object]:
    """Send an issue, or a test of it; return what became of it, as programs read it. Raises DispatchError."""
    server = make_server(here.publication, options.password)
    with open_for_sending(here, takes_over=options.takes_over) as outbound:
        send_it = _send if options.test is None else _send_to_desk
        return send_it(outbound, one, server, options)


def open_for_sending(here: OpenPublication, *, takes_over: bool = False) -> "AbstractContextManager[Outbound]":
    """Open the store for sending. Raises LockedError when another process sends, and DeliveryError."""
    from dispatch import deliver

    context = click.get_current_context()
    return deliver.open_outbound(
        here.publication,
        read_clock,
        command=context.command_path,
        patience=context.find_root().params["wait"],
        on_wait=lambda holder: print_note(f"waiting for {holder}"),
        takes_over=takes_over,
    )


def _require_sendable(here: OpenPublication, name: str, *, as_json: bool) -> "Issue":
    """Read an issue that is published and passes check, and print what is wrong. Raises IssueError and CheckError."""
    from dispatch.cli.check import print_report
    from dispatch.locate import locate_findings
    from dispatch.publish import judge_issue

    one = here.read_issue(name)
    if one.status != "published" or one.withdrawn:
        what = "is withdrawn" if one.withdrawn else "is not published: readers could not open its page"
        hint = "" if one.withdrawn else f"dispatch publish {one.slug}"
        raise IssueError(what, subject=f"issues/{one.slug}/issue.md", hint=hint)
    wrong = [found for found in judge_issue(one, here.publication) if found.severity == "error"]
    if wrong:
        if not as_json:
            print_report(locate_findings(wrong, here.root), "human")
        rules = ", ".join(sorted({found.rule for found in wrong}))
        raise CheckError(f"“{one.title}” is not sent: {rules}", hint=f"dispatch check {one.slug}")
    return one


def _send_to_desk(outbound: "Outbound", one: "Issue", server: "Submission", options: SendOptions) -> dict[str, object]:
    """Send the message to the desk; return what became of it."""
    from dispatch.deliver import prepare_proven

    addresses = list_testers(outbound.publication, options)
    replies = outbound.send_to_testers(one, prepare_proven(outbound, one, read_clock()), addresses, server)
    said = {address: reply.reply for address, reply in zip(addresses, replies, strict=True)}
    for address, reply in said.items() if not options.as_json else ():
        print_result(f"{address}: {reply}")
    refusal = next((one.reply for one in replies if not one.is_accepted), "")
    became = "refused" if refusal else "tested"
    return {"issue": one.slug, "became": became, "replies": said, "because": refusal}


def _send(outbound: "Outbound", one: "Issue", server: "Submission", options: SendOptions) -> dict[str, object]:
    """Begin the round of an issue, or go on with it; return what became of it."""
    from dispatch.deliver import prepare_proven

    found = outbound.find_round(one, takes_over=options.takes_over)
    begun = found.begun if found else parse_time(options.at, outbound.publication)
    octets = prepare_proven(outbound, one, begun)
    if found:
        _require_same(outbound, found, octets)
    else:
        found = _begin(outbound, one, octets, begun, server, options)
    if found is None:
        readers = outbound.count_active()
        return {"issue": one.slug, "became": "said", "begun": begun.isoformat(), "readers": readers, "because": ""}
    if found.not_before > read_clock():
        return describe_round(outbound, found, None, became="planned")
    with stop_on_signals() as stop:
        report = outbound.send_round(found, server, stop, make_progress(outbound.count_audience(found)))
    print_outcome(outbound, found, report)
    return describe_round(outbound, found, report)


def _begin(
    outbound: "Outbound", one: "Issue", octets: bytes, begun: datetime, server: "Submission", options: SendOptions
) -> "Round | None":
    """Say what would be done, ask, and begin the round; None when it is only said."""
    from dispatch.cli.doctor import require_names
    from dispatch.deliver import require_way_back

    publication = outbound.publication
    count = outbound.count_active()
    if not count:
        raise DeliveryError("there is nobody to send to", hint="dispatch subscriber import, or dispatch subscriber add")
    pages = require_way_back(publication, outbound.keys)
    moment = begun.astimezone(ZoneInfo(publication.timezone))
    when = f", {moment:%A %d %B %H:%M} {publication.timezone} ({moment:%z})" if options.at else ""
    print_note(
        f"“{one.title}” to {count} {'reader' if count == 1 else 'readers'} of {publication.title}{when}, from "
        f"{publication.email.sender}, by {server.name}, about {_estimate(outbound, count)}"
    )
    print_note(f"They leave at {pages} (this store answers there)" if pages else _describe_leaving(outbound))
    here = OpenPublication(publication.root)
    require_names(here, options.name_server, options.password, as_json=options.as_json)
    if not (options.is_untested or outbound.was_tested(one, octets)):
        hint = f"dispatch send {one.slug} --test; or add --untested"
        raise DeliveryError("was not sent as a test, as it is now", address=one.slug, hint=hint)
    if options.is_dry:
        return None
    require_name(one.slug, is_given=options.is_sure)
    found = outbound.begin_round(one, octets, begun)
    if options.at:
        print_note("dispatch work sends it then; to stop it: dispatch hold " + one.slug)
    return found


def _describe_leaving(outbound: "Outbound") -> str:
    if outbound.publication.delivery.bounces:
        domain = outbound.publication.delivery.bounces.rpartition("@")[2]
        return f"They leave by a mail to leave+...@{domain}: dispatch bounces must read it"
    ways = ", ".join(outbound.publication.email.unsubscribe)
    return f"They leave by {ways}: no store knows of it, so type them in with dispatch subscriber remove"


def _require_same(outbound: "Outbound", found: "Round", octets: bytes) -> None:
    """Require that a round may go on, with the message with which it began. Raises DeliveryError."""
    from dispatch.formats.prepared import digest_message

    if found.state in ("held", "cancelled"):
        hint = f"dispatch resume {found.slug}" if found.state == "held" else ""
        raise DeliveryError(f"its round is {found.state}", address=found.slug, hint=hint)
    now = digest_message(octets)
    if found.state == "begun" and now != found.digest:
        what = f"was edited since its round began: {found.digest[:8]} then, {now[:8]} now"
        hint = "To finish the round as it began: dispatch work --once. Or take the edit back."
        raise DeliveryError(what, address=found.slug, hint=hint)
    if found.not_before > read_clock():
        moment = found.not_before.astimezone(ZoneInfo(outbound.publication.timezone))
        print_note(f"It is planned for {moment:%A %d %B %H:%M}: dispatch work sends it then")


def _estimate(outbound: "Outbound", count: int) -> str:
    """Estimate how long a round takes: as the rate allows it, and the disk, which holds every mark."""
    seconds = count * outbound.measure_seconds_each()
    minutes = round(seconds / 60)
    return "a minute" if minutes < 2 else f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"
