"""``dispatch deliveries``, ``settle``, ``hold`` and ``resume``: what became of what was sent, and what is to become."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from dispatch.cli.completion import complete_issue
from dispatch.cli.context import (
    OpenPublication,
    open_publication,
    print_json,
    print_note,
    print_result,
    read_clock,
    write_result,
)
from dispatch.cli.delivery import answer_refusals, describe_states, require_round
from dispatch.cli.listing import print_rows
from dispatch.errors import DeliveryError, explain_refusal
from dispatch.model import Delivery, DeliveryState

if TYPE_CHECKING:
    from dispatch.databases import SqlConnection
    from dispatch.model import Round
    from dispatch.subscribers.numbers import IssueNumbers

_TOLD = ("failed", "deferred", "unknown", "bounced", "complained", "expired")
_NOTHING = "Nothing was sent from here yet."
_NUMBERS = {
    "accepted": "accepted",
    "failed": "failed",
    "unknown": "in doubt",
    "bounced": "came back",
    "complained": "called spam",
    "left": "left within a week",
    "new": "new since the issue before",
}
_JSON = click.option("--json", "as_json", is_flag=True, help="Print a JSON object, whatever became of it.")
_QUEUED = re.compile(r"([0-9A-Za-z]{6,20}): message-id=<([0-9a-f]{32})@")


@click.command()
@click.argument("issue", required=False, shell_complete=complete_issue)
@click.option("--state", type=click.Choice(get_args(DeliveryState)), help="Only the messages in this state.")
@click.option("--report", "is_report", is_flag=True, help="Show the numbers of each issue; nobody is watched for them.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
@click.option("--output", "-o", metavar="FILE", help="Write the report as a page: numbers alone.")
def deliveries(
    issue: str | None, state: DeliveryState | None, is_report: bool, as_json: bool, output: str | None
) -> None:
    """Show what became of the messages of ISSUE; without ISSUE, of each round.

    Accepted means that the server has taken it over; what comes back of it later is known by dispatch bounces.

    \b
    Examples:
      dispatch deliveries
      dispatch deliveries bridges
      dispatch deliveries bridges --state unknown --json
      dispatch deliveries --report
      dispatch deliveries --report --output report.html
    """
    from dispatch.subscribers.database import DATABASE

    here = open_publication()
    found = require_round(here, issue) if issue else None
    with DATABASE.open_connection(here.root, only_reads=True) as connection:
        if is_report or output:
            _report_numbers(connection, here, found, output, as_json=as_json)
        elif found:
            _print_messages(connection, found, state, as_json=as_json)
        else:
            _print_rounds(connection, as_json=as_json)


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument("emails", metavar="[EMAIL...]", nargs=-1)
@click.option("--as", "as_", type=click.Choice(["accepted", "planned"]), help="What you have found out of EMAIL.")
@click.option("--log", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The log of Postfix.")
@_JSON
def settle(
    issue: str, emails: tuple[str, ...], as_: Literal["accepted", "planned"] | None, log: Path | None, as_json: bool
) -> None:
    """Settle messages of ISSUE that are in doubt: by the mail server's log, or as you say of EMAIL.

    What the log knows was accepted. What is planned again is sent again, by dispatch send or dispatch work.

    \b
    Examples:
      dispatch settle bridges --log /var/log/mail.log
      dispatch settle bridges --as accepted ann@paper.example
    """
    if bool(log) == bool(as_ and emails):
        raise click.UsageError("Write --log FILE, or --as accepted|planned EMAIL.")
    with answer_refusals(issue, as_json=as_json):
        found = require_round(open_publication(), issue)
        settled = _settle_all(found, emails, as_, _read_log(log) if log else {})
    if as_json:
        print_json({"issue": found.slug, "became": "settled", "settled": dict(settled), "because": ""})
        return
    for email, words in settled:
        print_result(f"{email}: {words}")
    print_note(f"{len(settled)} settled")


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@click.option("--for-good", is_flag=True, help="Cancel all of it that has not begun.")
@_JSON
def hold(issue: str, for_good: bool, as_json: bool) -> None:
    """Hold the round of ISSUE: within one message, nothing more of it goes out.

    \b
    Examples:
      dispatch hold bridges
      dispatch hold bridges --for-good
    """
    _set_state(issue, "cancelled" if for_good else "held", before=("begun", "held"), as_json=as_json)


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@_JSON
def resume(issue: str, as_json: bool) -> None:
    """Let the round of ISSUE go on, which is held: dispatch send or dispatch work sends what is left.

    \b
    Examples:
      dispatch resume bridges
    """
    _set_state(issue, "begun", before=("held",), as_json=as_json)


def _report_numbers(
    connection: "SqlConnection", here: OpenPublication, wanted: "Round | None", output: str | None, *, as_json: bool
) -> None:
    """Print the numbers of each issue, or of one; or write them as a page."""
    from dispatch.formats.numbers_page import NumberRow, render_numbers_page
    from dispatch.subscribers.numbers import list_numbers

    found = [one for one in list_numbers(connection) if wanted is None or one.slug == wanted.slug]
    if output:
        rows = [NumberRow(one.slug, one.begun, {name: getattr(one, name) for name in _NUMBERS}) for one in found]
        write_result(render_numbers_page(rows, _NUMBERS, here.publication, read_clock()), output)
    else:
        _print_numbers(found, as_json=as_json)


def _print_numbers(found: "list[IssueNumbers]", *, as_json: bool) -> None:
    for one in found if as_json else ():
        print_json({**asdict(one), "begun": one.begun.isoformat()})
    print_rows(
        (
            one.slug,
            f"{one.begun:%Y-%m-%d %H:%M}",
            ", ".join(f"{getattr(one, name)} {words}" for name, words in _NUMBERS.items() if getattr(one, name)),
        )
        for one in found
        if not as_json
    )
    if not found:
        print_note(_NOTHING)


def _print_rounds(connection: "SqlConnection", *, as_json: bool) -> None:
    from dispatch.subscribers import deliveries as table
    from dispatch.subscribers import rounds

    found = [(one, table.count_states(connection, one.number)) for one in rounds.list_rounds(connection)]
    for one, states in found if as_json else ():
        print_json({"issue": one.slug, "begun": one.begun.isoformat(), "state": one.state, "states": states})
    print_rows(
        (one.slug, f"{one.begun:%Y-%m-%d %H:%M}", one.state, describe_states(states))
        for one, states in found
        if not as_json
    )
    if not found:
        print_note(_NOTHING)


def _print_messages(connection: "SqlConnection", one: "Round", state: DeliveryState | None, *, as_json: bool) -> None:
    """Print the messages of a round: for programs all of them, for people what is worth telling."""
    from dispatch.subscribers import deliveries as table

    found = table.list_deliveries(connection, one.number, state=state)
    if as_json:
        for each in found:
            print_json(_describe_message(each))
    else:
        shown = (each for each in found if state or each.state in _TOLD)
        print_rows((each.state, each.email or f"subscriber {each.subscriber}, erased", each.reply) for each in shown)
    states = table.count_states(connection, one.number)
    print_note(describe_states(states if state is None else {state: states.get(state, 0)}))


def _describe_message(one: Delivery) -> dict[str, object]:
    moment = one.at.isoformat() if one.at else ""
    return {"email": one.email, "state": one.state, "at": moment, "attempts": one.attempts, "reply": one.reply}


def _settle_all(
    found: "Round", emails: tuple[str, ...], as_: str | None, queued: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Settle what can be settled of a round, all or nothing; return each address with what became of it."""
    from dispatch.formats.prepared import derive_message_id
    from dispatch.mail_addresses import fold_mailbox
    from dispatch.subscribers import deliveries as table
    from dispatch.subscribers import rounds
    from dispatch.subscribers.database import DATABASE

    wanted = {fold_mailbox(email): email for email in emails}
    settled = []
    with DATABASE.open_connection(open_publication().root) as connection, DATABASE.begin_transaction(connection):
        for one, key in table.list_doubts(connection, found.number):
            queue_id = queued.get(derive_message_id(found.issue, key), "")
            is_named = wanted.pop(fold_mailbox(one.email), "") if one.email else ""
            if not (queue_id or is_named):
                continue
            state: DeliveryState = "planned" if is_named and as_ == "planned" else "accepted"
            words = f"accepted (queue id {queue_id})" if queue_id else f"{state}, as somebody has found out"
            table.settle_delivery(connection, found.number, one.subscriber, state, words, read_clock())
            settled.append((one.email, words))
        if wanted:
            hint = f"To see what is: dispatch deliveries {found.slug} --state unknown"
            raise DeliveryError("is not in doubt", address=", ".join(wanted.values()), hint=hint)
        if any(as_ == "planned" for _ in settled) and found.state == "ended":
            rounds.set_round_state(connection, found.number, "begun")
    return settled


def _read_log(path: Path) -> dict[str, str]:
    """Read the log of Postfix: the queue id of each message that it has taken over, by Message-ID.

    One that was begun and not taken has a message-id and never was in the active queue.
    """
    names: dict[str, str] = {}
    active: set[str] = set()
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if found := _QUEUED.search(line):
                    names[found[1]] = found[2]
                elif line.rstrip().endswith("(queue active)"):
                    active |= {name for name in names if f" {name}: " in line}
    except OSError as error:
        raise explain_refusal(DeliveryError, error, "cannot be read", address=str(path)) from error
    return {names[queue_id]: queue_id for queue_id in active}


def _set_state(
    issue: str, state: Literal["begun", "held", "cancelled"], *, before: tuple[str, ...], as_json: bool
) -> None:
    """Change the state of a round. Raises DeliveryError when it is in none from which that can be."""
    from dispatch.subscribers import rounds
    from dispatch.subscribers.database import DATABASE

    here = open_publication()
    with answer_refusals(issue, as_json=as_json):
        found = require_round(here, issue)
        if found.state not in before:
            raise DeliveryError(f"its round is {found.state}", address=found.slug)
        with DATABASE.open_connection(here.root) as connection, DATABASE.begin_transaction(connection):
            rounds.set_round_state(connection, found.number, state)
    became = "going on" if state == "begun" else state
    if as_json:
        print_json({"issue": found.slug, "became": became, "because": ""})
    else:
        print_note(f"The round of {found.slug} is {became}.")
