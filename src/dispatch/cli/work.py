"""``dispatch work``."""

import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click

from dispatch.cli.context import OpenPublication, open_publication, print_error, print_json, print_note, read_clock
from dispatch.cli.delivery import PASSWORD, describe_round, make_server, print_outcome, stop_on_signals
from dispatch.cli.send import open_for_sending
from dispatch.errors import DispatchError, LockedError

if TYPE_CHECKING:
    from dispatch.deliver import DueReport, Outbound
    from dispatch.smtp import Submission

_EVERY = 15.0  # seconds between two looks at what is due


@dataclass
class _Look:
    """What one look has found and done; printed as it is."""

    notices: Annotated[int, "mails to single readers that were taken"] = 0
    returned: Annotated[int, "messages that came back"] = 0
    reports: Annotated[int, "of these, those that said something new"] = 0
    set_aside: Annotated[list[str], "files of the Maildir that cannot be read"] = field(default_factory=list)
    rounds: list[dict[str, object]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_idle(self) -> bool:
        """Whether there was nothing to do."""
        return self == _Look()


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, and end: for cron and systemd timers.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each look that found something to do.")
@PASSWORD
def work(once: bool, as_json: bool, password: str) -> None:
    """Send what is due: confirmations, rounds whose time has come, messages that a server has put off.

    Before, it reads what has come back into the Maildir of [delivery], and forgets what is old. A round that should
    have begun more than an hour ago is held, and never sent by itself. Ctrl-C or SIGTERM finishes what has begun. With
    --once, exits with 1 when something failed.

    \b
    Examples:
      dispatch work --once
      dispatch work --once --json
      dispatch work
    """
    here = open_publication()
    server = make_server(here.publication, password)
    with stop_on_signals() as stop:
        look = _look_once(here, server, stop)
        _print_look(look, as_json=as_json, is_once=once)
        while not once and not stop.wait(_EVERY):
            with suppress(LockedError):  # somebody sends by hand
                look = _look_once(OpenPublication(here.folder), server, stop)
                _print_look(look, as_json=as_json, is_once=once)
    sys.exit(1 if look.faults else 0)


def _print_look(look: _Look, *, as_json: bool, is_once: bool) -> None:
    if as_json and (is_once or not look.is_idle):
        print_json(asdict(look))


def _look_once(here: OpenPublication, server: "Submission", stop: threading.Event) -> _Look:
    """Do what is due now. Raises LockedError when another process sends."""
    from dispatch.deliver import send_due

    look = _Look()
    try:
        with open_for_sending(here) as outbound:
            _take_returned(outbound, look)
            for found in send_due(outbound, server, stop):
                if isinstance(found, int):
                    look.notices = found
                    print_note(f"{found} {'mail' if found == 1 else 'mails'} to single readers")
                else:
                    _note_round(outbound, found, look)
    except LockedError:
        raise
    except DispatchError as error:
        print_error(error)
        look.faults.append(str(error))
    return look


def _take_returned(outbound: "Outbound", look: _Look) -> None:
    """Read what has come back into the Maildir, if there is one; a fault of it keeps nothing else from being done."""
    from dispatch.deliver.returned import take_maildir
    from dispatch.subscribers import Store

    folder = outbound.publication.delivery.maildir
    if not folder:
        return
    store = Store(outbound.publication, outbound.connection)
    try:
        for one in take_maildir(store, outbound.publication.root / Path(folder), read_clock()):
            look.returned += 1
            if one.outcome is None:
                look.set_aside.append(one.name)
                look.faults.append(f"{one.name}: {one.fault}")
                print_note(f"{one.name}: set aside: {one.fault}")
            else:
                look.reports += one.outcome.became == "taken"
    except DispatchError as error:
        print_error(error)
        look.faults.append(str(error))
    if look.returned:
        print_note(f"{look.returned} came back, {look.reports} with a new report")


def _note_round(outbound: "Outbound", found: "DueReport", look: _Look) -> None:
    """Note and say what was done about a round."""
    slug, report = found.round.slug, found.report
    print_note(slug)
    if report is None:
        why = found.waits_because or "it should have begun more than an hour ago"
        print_note(f"it waits: {why}" if found.waits_because else f"{why}: it is held")
        if not found.waits_because:
            print_note(f"To send it all the same: dispatch resume {slug}")
    else:
        print_outcome(outbound, found.round, report)
        why = report.held_because or report.lost_because
    became = "waits" if found.waits_because else "held" if report is None else ""
    look.rounds.append(describe_round(outbound, found.round, report, became=became, because=why))
    if why:
        look.faults.append(f"{slug}: {why}")
