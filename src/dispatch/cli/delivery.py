"""What the commands that send have in common: the mail server, the way to stop, what they say of a round."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import click

from dispatch.cli.context import OpenPublication, is_terminal, parse_moment, print_json, print_note, read_clock
from dispatch.errors import DeliveryError, DispatchError

if TYPE_CHECKING:
    from types import FrameType

    from dispatch.deliver import Outbound, SendReport
    from dispatch.model import DeliveryState, Publication, Round
    from dispatch.smtp import Submission

PASSWORD = click.option(
    "--smtp-password", "password", envvar="DISPATCH_SMTP_PASSWORD", default="", hidden=True, help="For the environment."
)
NAME_SERVER = click.option(
    "--dns", "name_server", default="", metavar="ADDRESS", help="Ask this name server: 192.0.2.53[:PORT]."
)
F = TypeVar("F", bound=Callable[..., object])
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_IN_WORDS: "Mapping[DeliveryState, str]" = {
    "accepted": "accepted",
    "delivered": "delivered",
    "failed": "failed",
    "bounced": "bounced",
    "complained": "called spam",
    "deferred": "to be tried again",
    "planned": "not sent yet",
    "sending": "on their way",
    "unknown": "in doubt",
    "expired": "given up",
    "suppressed": "suppressed meanwhile",
    "cancelled": "left meanwhile",
}


class SendOptions(NamedTuple):
    """How an issue is sent."""

    test: Annotated[str | None, "whom as a test; empty for the desk, None for no test"]
    at: str | None
    is_dry: bool
    is_untested: bool
    takes_over: bool
    as_json: bool
    is_sure: bool
    name_server: str
    password: str


def make_key_option(name: str, variable: str) -> Callable[[F], F]:
    """Make the option of a key that only the environment has: what stands on a command line, everybody can read."""

    def refuse_words(context: click.Context, parameter: click.Parameter, value: str) -> str:
        if context.get_parameter_source(parameter.name or "") is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"A key is read from the environment alone: {variable}")
        return value.strip()

    return click.option(
        name, envvar=variable, default="", hidden=True, callback=refuse_words, help="For the environment."
    )


def make_server(publication: "Publication", password: str) -> "Submission":
    """Make the publication's mail server of its settings and the password. Raises DeliveryError."""
    from dispatch import files
    from dispatch.smtp import parse_submission

    settings = publication.delivery
    if not settings.smtp:
        hint = 'Write smtp = "smtps://user@mail.example:465" under [delivery].'
        raise DeliveryError("names no mail server", subject="dispatch.toml", hint=hint)
    if settings.password_file and not password:
        path = publication.root / settings.password_file
        try:
            password = files.read_bounded(path, 4096).decode("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise DeliveryError("cannot be read", address=settings.password_file) from error
    return parse_submission(settings.smtp, password)


def list_testers(publication: "Publication", options: SendOptions) -> list[str]:
    """List who gets a test; nobody when none is wanted. Raises DeliveryError when nobody is named."""
    if options.test is None:
        return []
    addresses = [options.test] if options.test else list(publication.delivery.test)
    if not addresses:
        hint = "dispatch send ISSUE --test ADDRESS"
        raise DeliveryError("names no address for tests", subject="dispatch.toml", hint=hint)
    return addresses


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Set an event at Ctrl-C and SIGTERM, however often they come: what has begun is finished, nothing else begins."""
    stop = threading.Event()

    def note_signal(_number: int, _frame: "FrameType | None") -> None:
        stop.set()

    before = {number: signal.signal(number, note_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def make_progress(total: int) -> Callable[[int], None]:
    """Make a function that shows how many of a round are done, on a terminal alone."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda done: click.echo(f"\r{done} of {total}", nl=False, err=True)


def describe_states(states: "Mapping[DeliveryState, int]") -> str:
    """Describe how many messages of a round are in which state: “806 accepted, 1 in doubt”."""
    return ", ".join(f"{states[state]} {words}" for state, words in _IN_WORDS.items() if states.get(state)) or "nobody"


def print_outcome(outbound: "Outbound", one: "Round", report: "SendReport") -> None:
    """Say what became of a round: each address in doubt by name, and why it stopped where it did."""
    from dispatch.deliver import list_doubts

    if sys.stderr.isatty():
        click.echo(err=True)  # below the progress, which may be longer
    print_note(describe_states(report.states))
    doubts = list_doubts(outbound, one)
    for email in doubts:
        print_note(f"In doubt: {email}")
    if doubts:
        print_note(f"To settle them: dispatch settle {one.slug} --log /var/log/mail.log")
    if report.held_because:
        print_note(f"The server refuses the sender, so the round is held: {report.held_because}")
        print_note(f"When that is mended: dispatch resume {one.slug}")
    elif report.lost_because and report.left:
        print_note(report.lost_because)
    if report.is_spent:
        print_note("The messages of this day are used up: [delivery] daily")
    if not report.held_because and any(report.states.get(state) for state in ("planned", "deferred")):
        print_note(f"To go on, now or when they are due: dispatch work --once, or dispatch send {one.slug}")


def describe_round(
    outbound: "Outbound", one: "Round", report: "SendReport | None", *, became: str = "", because: str = ""
) -> dict[str, object]:
    """Describe what became of a round, for programs: ``send`` and ``work`` print the same.

    became: what it is without a report.
    """
    from dispatch.deliver import list_doubts

    if report:
        because = report.held_because or (report.lost_because if report.left else "")
        became = "held" if report.held_because else "unfinished" if report.left else "sent"
    return {
        "issue": one.slug,
        "became": became,
        "begun": one.begun.isoformat(),
        "readers": outbound.count_audience(one),
        "states": dict(report.states) if report else {},
        "in_doubt": list_doubts(outbound, one) if report else [],
        "because": because,
    }


@contextmanager
def answer_refusals(issue: str, *, as_json: bool) -> Iterator[None]:
    """Print what is refused within for programs, too, when they are to read the outcome; then it goes on its way."""
    try:
        yield
    except (DispatchError, click.UsageError) as error:
        if as_json:
            hints = [one.hint for one in error.faults if one.hint] if isinstance(error, DispatchError) else []
            because = str(error) if isinstance(error, DispatchError) else error.format_message()
            print_json({"issue": issue, "became": "refused", "because": because, "hints": hints})
        raise


def require_round(here: OpenPublication, name: str) -> "Round":
    """Find the newest round of an issue. Raises DeliveryError when it was never begun."""
    from dispatch.subscribers import rounds
    from dispatch.subscribers.database import DATABASE

    issue = here.read_issue(name)
    with DATABASE.open_connection(here.root, only_reads=True) as connection:
        found = next(iter(rounds.list_rounds(connection, issue=issue.id)), None)
    if found is None:
        raise DeliveryError("was not sent from here", address=issue.slug, hint=f"dispatch send {issue.slug}")
    return found


def require_name(slug: str, *, is_given: bool) -> None:
    """Ask for the name of the issue. Raises DeliveryError when another answer comes."""
    if is_given:
        return
    if not is_terminal():
        raise click.UsageError("There is no terminal to ask on: if you mean it, add --yes.")
    with redirect_stdout(sys.stderr):
        answer = click.prompt(f"Write “{slug}” to go on", err=True)
    if answer.strip() != slug:
        raise DeliveryError("another name was written: nothing was sent", address=slug)


def parse_time(written: str | None, publication: "Publication") -> datetime:
    """Parse when a round begins: now, a date, or a day of the week with a time in the publication's zone."""
    now = read_clock()
    if written is None:
        return now
    day, _, clock = written.strip().partition(" ")
    if day[:3].lower() not in _DAYS or not clock:
        moment = parse_moment(written, publication)
    else:
        here = now.astimezone(ZoneInfo(publication.timezone))
        date = here.date() + timedelta(days=(_DAYS.index(day[:3].lower()) - here.weekday()) % 7)
        moment = parse_moment(f"{date.isoformat()}T{clock.strip():0>5}", publication)
        moment = moment if moment > now else moment + timedelta(days=7)
    if moment <= now:
        raise click.BadParameter(f"{moment:%Y-%m-%d %H:%M} is past. Leave it out to send now.", param_hint="--at")
    return moment.replace(microsecond=0)
