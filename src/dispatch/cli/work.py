"""``dispatch work``."""

import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from dispatch.cli.context import OpenPublication, open_publication, print_error, print_note
from dispatch.cli.delivery import PASSWORD, make_server, print_outcome, stop_on_signals
from dispatch.cli.send import open_for_sending
from dispatch.errors import DispatchError, LockedError

if TYPE_CHECKING:
    from dispatch.smtp import Submission

_EVERY = 15.0  # seconds between two looks at what is due


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, and end: for cron and systemd timers.")
@PASSWORD
def work(once: bool, password: str) -> None:
    """Send what is due: confirmations, rounds whose time has come, messages that a server has put off.

    A round that should have begun more than an hour ago is held, and never sent by itself. Ctrl-C or SIGTERM finishes
    what has begun. With --once, exits with 1 when something failed.

    \b
    Examples:
      dispatch work --once
      dispatch work
    """
    here = open_publication()
    server = make_server(here.publication, password)
    with stop_on_signals() as stop:
        is_done = _look_once(here, server, stop)
        while not once and not stop.wait(_EVERY):
            with suppress(LockedError):  # somebody sends by hand
                is_done = _look_once(OpenPublication(here.folder), server, stop)
    sys.exit(0 if is_done else 1)


def _look_once(here: OpenPublication, server: "Submission", stop: threading.Event) -> bool:
    """Send what is due now; return whether nothing went wrong. Raises LockedError when another process sends."""
    from dispatch.deliver import DueReport, send_due

    is_done = True
    try:
        with open_for_sending(here) as outbound:
            for found in send_due(outbound, server, stop):
                if not isinstance(found, DueReport):
                    print_note(f"{found} {'mail' if found == 1 else 'mails'} to single readers")
                elif found.report is None:
                    print_note(f"{found.round.slug} should have begun more than an hour ago: it is held")
                    print_note(f"To send it all the same: dispatch resume {found.round.slug}")
                    is_done = False
                else:
                    print_note(found.round.slug)
                    print_outcome(outbound, found.round, found.report)
                    is_done = is_done and not (found.report.held_because or found.report.lost_because)
    except LockedError:
        raise
    except DispatchError as error:
        print_error(error)
        is_done = False
    return is_done
