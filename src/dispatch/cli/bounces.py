"""``dispatch bounces``."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from dispatch import files
from dispatch.cli import show_error
from dispatch.cli.context import open_publication, print_json, print_note, print_result, read_clock
from dispatch.cli.subscriber_lists import open_store
from dispatch.errors import DeliveryError, DispatchError, explain_refusal
from dispatch.model import DeliveryReport
from dispatch.subscribers import ReportOutcome

_TRY_LATER: Final = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the message, and brings it again


@click.command()
@click.argument("source", metavar="FILE|MAILDIR|-", required=False)
@click.option(
    "--address",
    "service",
    type=click.Choice(["ses", "postmark", "mailgun"]),
    help="Print where this service posts its events.",
)
@click.option("--recipient", default="", help="The address that the message came to, as the mail server knows it.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each message.")
def bounces(source: str | None, service: str | None, recipient: str, as_json: bool) -> None:
    """Take in what came back of a newsletter: bounces, complaints, and mails of those who leave.

    Reads a message, an mbox, the new messages of a Maildir, or for - what a mail server pipes in. Whom a report is
    about is known by our own token in it alone: of any other message nothing comes, and that is no failure. When what
    was piped in cannot be recorded, it exits with 75, and the mail server tries again.

    \b
    Examples:
      dispatch bounces - --recipient "$ORIGINAL_RECIPIENT"
      dispatch bounces /var/mail/bounces/
      dispatch bounces returned.eml
      dispatch bounces --address ses
    """
    if service:
        print_result(_build_address(service))
    elif source == "-":
        _take_piped(recipient, as_json=as_json)
    elif source:
        outcomes = list(_take_all(source, recipient, as_json=as_json))
        count, taken = len(outcomes), sum(one.became == "taken" for one in outcomes)
        print_note(f"{count} message{'' if count == 1 else 's'}, {taken} with a new report")
    else:
        raise click.UsageError("Name a FILE, a MAILDIR or -, or a service whose --address is wanted.")


def _take_piped(recipient: str, *, as_json: bool) -> None:
    """Take in what a mail server pipes in; what cannot be recorded comes again."""
    try:
        list(_take_all("-", recipient, as_json=as_json))
    except DispatchError as error:
        show_error(error)
        sys.exit(_TRY_LATER)


def _build_address(service: str) -> str:
    """Build the address to which a mail service posts. Raises DeliveryError where dispatch serves no pages."""
    from dispatch import derived
    from dispatch.serve.service_reports import make_secret
    from dispatch.subscribers.subscriptions import load_keys

    publication = open_publication().publication
    pages = derived.find_subscription_pages(publication)
    if not pages:
        hint = "Write consent under [subscribe], and run dispatch serve --subscriptions: it takes them."
        raise DeliveryError("[subscribe] has no consent", subject="dispatch.toml", hint=hint)
    return f"{pages}reports/{service}/{make_secret(service, load_keys(publication))}"


def _take_all(source: str, recipient: str, *, as_json: bool) -> Iterator[ReportOutcome]:
    from dispatch.bounces import read_mail
    from dispatch.deliver.returned import take_maildir

    now = read_clock()
    with open_store() as store:
        if source != "-" and Path(source).is_dir():
            for one in take_maildir(store, Path(source), now):
                if one.outcome is None:
                    print_note(f"{one.name}: set aside: {one.fault}")
                else:
                    _print_outcome(one.outcome, one.report, as_json=as_json)
                    yield one.outcome
            return
        for body in _list_mails(source):
            outcome, report = store.take_likeliest(read_mail(body, now, recipient=recipient), now)
            _print_outcome(outcome, report, as_json=as_json)
            yield outcome


def _print_outcome(outcome: ReportOutcome, report: DeliveryReport | None, *, as_json: bool) -> None:
    """Print what became of a message; people are named by their numbers, for this may end in a log."""
    kind, status = (report.kind, report.status) if report else ("", "")
    if as_json:
        print_json(
            {
                "became": outcome.became,
                "kind": kind,
                "status": status,
                "subscriber": outcome.subscriber,
                "state": outcome.state,
            }
        )
    elif outcome.became != "foreign":
        after = f" is {outcome.state}" if outcome.state else " stays" if outcome.became == "taken" else " was known"
        print_result(f"{' '.join(filter(None, (kind, status)))}: subscriber {outcome.subscriber}{after}")


def _list_mails(source: str) -> Iterator[bytes]:
    """List the messages of a file or of standard input. Raises DeliveryError."""
    if source == "-":
        return _split_mbox(_read_piped())
    try:
        return _split_mbox(files.read_bounded(Path(source), files.MOST_BYTES))
    except OSError as error:
        refusal = explain_refusal(DeliveryError, error, "cannot be read", address=source)
        if Path(source).exists():
            raise refusal from error
        hint = "Name a message, an mbox or a Maildir."
        raise DeliveryError(refusal.what, address=source, hint=hint) from error


def _read_piped() -> bytes:
    """Read all of standard input, so that no mail server finds a closed pipe; keep as much as a report has."""
    from dispatch.deliver.returned import MOST_BYTES

    body = sys.stdin.buffer.read(MOST_BYTES)
    while sys.stdin.buffer.read(MOST_BYTES):
        pass
    return body


def _split_mbox(body: bytes) -> Iterator[bytes]:
    """Split an mbox (RFC 4155) into its messages; any other file is one."""
    is_mbox = body.startswith(b"From ")
    for part in body.replace(b"\r\n", b"\n").split(b"\n\nFrom ") if is_mbox else [body]:
        yield part.partition(b"\n")[2] if is_mbox else part
