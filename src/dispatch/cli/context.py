"""What every command needs from the desk it works at: the publication, an issue by its name, the time, safe words."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from dispatch import files, locks
from dispatch.errors import DeliveryError, DispatchError, IssueError
from dispatch.text import escape_line, format_json

if TYPE_CHECKING:
    from dispatch.inbox import Inbox
    from dispatch.model import Issue, Publication, Status


NO_SOURCES = "No sources yet. Add one: dispatch source add ADDRESS"
YES = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
OUTPUT = click.option(
    "--output", "-o", metavar="FILE", default="-", help="Write this file, in UTF-8. Default: standard output."
)


class NonEmptyText(click.ParamType[str, str]):
    """A text that says something."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as it is."""
        if not value.strip():
            self.fail("it is empty", param, ctx)
        return value


@dataclass(frozen=True)
class OpenPublication:
    """The publication around the working directory, read when it is first asked for."""

    folder: Path

    @property
    def root(self) -> Path:
        """The publication's folder. Raises ConfigError."""
        return files.find_publication(self.folder)

    @cached_property
    def publication(self) -> "Publication":
        """The publication. Raises ConfigError with all faults of its files."""
        from dispatch import config

        return config.load(self.root)

    @property
    def user_agent(self) -> str:
        """How dispatch introduces itself to other people's servers."""
        from dispatch import derived

        return derived.make_user_agent(self.publication)

    def read_issue(self, name: str | None, *, drafts: bool = False) -> "Issue":
        """The issue of that name, which may be shortened; without a name the newest, or the newest draft.

        Raises IssueError, with the nearest name.
        """
        from dispatch import issues

        return issues.read_issue(self.publication, self.find_slug(name, drafts=drafts))

    def find_slug(self, name: str | None, *, drafts: bool = False) -> str:
        """The slug of the issue that ``issue`` would read. Raises IssueError, with the nearest name."""
        from dispatch import issues

        return issues.find_slug(self.publication, name) if name else self._find_newest("draft" if drafts else None)

    @contextmanager
    def lock_for_change(self) -> Iterator["OpenPublication"]:
        """Hold the publication's lock for reading, changing and writing; gives a desk that has read nothing yet.

        What is slow comes before: nobody else can change the publication meanwhile, and Ctrl-C is not heard, so that
        no change of several files ends in the middle. Raises LockedError.
        """
        with self.hold_lock(locks.LOCK), hold_interrupts():
            yield OpenPublication(self.folder)

    @contextmanager
    def hold_lock(self, name: str) -> Iterator[None]:
        """Hold one of the publication's locks, and say whom this command waits for. Raises LockedError."""
        context = click.get_current_context()
        patience: int = context.find_root().params["wait"]

        def say_whom(holder: str) -> None:
            print_note(f"waiting for {holder}")

        with locks.hold_lock(self.root, name, command=context.command_path, patience=patience, on_wait=say_whom):
            yield

    @contextmanager
    def open_inbox(self, *, only_reads: bool = False) -> Iterator["Inbox"]:
        """The inbox, which knows what the issues and the ledger have used. Raises GatherError and IssueError."""
        from dispatch import pick

        with pick.open_with_uses(self.publication, only_reads=only_reads) as box:
            yield box

    def _find_newest(self, status: "Status | None") -> str:
        from dispatch import issues

        found = issues.find_newest(self.publication, status)
        if found is None:
            what = "no draft" if status else "no issue"
            raise IssueError(f"there is {what} yet", hint='Start one: dispatch issue new "Its title"')
        return found


def open_publication() -> OpenPublication:
    """Open the publication at or above the working directory."""
    return OpenPublication(Path.cwd())


@contextmanager
def hold_interrupts() -> Iterator[Callable[[], bool]]:
    """Hold back Ctrl-C, however often it is pressed, and give a function that says whether it was.

    For what must be finished, or ends by itself within a moment; in the main thread only.
    """
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def hold_later_interrupts() -> Iterator[None]:
    """Let the first Ctrl-C raise KeyboardInterrupt, and hear none after it: what answers the first is not interrupted.

    For a command that then ends within a moment, which its process does not outlive; in the main thread only.
    """

    def raise_first(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, raise_first)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is raise_first:
            signal.signal(signal.SIGINT, before)


def read_clock() -> datetime:
    """The present moment in whole seconds, UTC. Only commands may ask for it."""
    return datetime.now(UTC).replace(microsecond=0)


def parse_moment(written: str | None, publication: "Publication") -> datetime:
    """A date or time as written on the command line (ISO 8601), in the publication's time zone; without one, now.

    Raises click.BadParameter.
    """
    zone = ZoneInfo(publication.timezone)
    if written is None:
        return read_clock().astimezone(zone)
    try:
        read = datetime.fromisoformat(written)
    except ValueError as error:
        raise click.BadParameter(f"“{written}” is no date; write 2026-11-22 or 2026-11-22T08:00") from error
    return read if read.tzinfo else read.replace(tzinfo=zone)


def ask_for_value(
    what: str, option: str, default: str | None = None, *, try_value: Callable[[str], object] = str
) -> str:
    """Ask for a value on a terminal, again while ``try_value`` raises a DispatchError, which is shown.

    Raises click.UsageError where there is no terminal, naming the option that gives it.
    """
    if not is_terminal():
        raise click.UsageError(f"Missing option {option}, and no terminal to ask on.")
    with redirect_stdout(sys.stderr):  # readline writes its part of a prompt there: standard output is for results
        while True:
            answer: str = click.prompt(what, default=default, show_default=bool(default), err=True)
            try:
                try_value(answer)
            except DispatchError as error:
                print_error(error)
            else:
                return answer


def require_consent(question: str, *reasons: str, is_given: bool) -> None:
    """Ask a question on a terminal, below the reasons for it; is_given: ``--yes`` has answered it before.

    Exits with 1 when the answer is no. Raises click.UsageError where there is no terminal.
    """
    if is_given:
        return
    for reason in reasons:
        print_note(reason)
    if not is_terminal():
        raise click.UsageError(f"{escape_line(question)} There is no terminal to ask on: if you mean it, add --yes.")
    with redirect_stdout(sys.stderr):
        is_meant = click.confirm(escape_line(question), err=True)
    if not is_meant:
        print_note("Nothing was changed.")
        sys.exit(1)


def is_terminal() -> bool:
    """Whether somebody can read a question, and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def print_note(words: str) -> None:
    """Talk, for people: a line on standard error, made safe. Nothing in it can begin another line."""
    click.echo(escape_line(words), err=True)


def print_next(*commands: str) -> None:
    """Say what comes next, each command on a line, so that it works where it is pasted: not every shell has ``&&``."""
    for number, command in enumerate(commands):
        print_note(f"{'Then' if number else 'Next'}: {command}")


def print_result(result: str) -> None:
    """A result: a line on standard output, made safe. Nothing in it can begin another line."""
    click.echo(escape_line(result))


def write_result(text: str, output: str) -> None:
    """Write a text that is a whole file: on standard output (``-``), or to the path, which is printed. Always UTF-8.

    Raises DeliveryError.
    """
    body = text.encode("utf-8")
    if output == "-":
        click.echo(body, nl=False)
        return
    path = files.place_output(Path(output), within=Path.cwd(), error=DeliveryError)
    files.write_file(path, body, within=path.parent, error=DeliveryError)
    print_result(output)


def print_json(value: object, indent: int | None = None) -> None:
    """A result for programs: on standard output, in ASCII, so that nothing in it acts on a terminal."""
    click.echo(format_json(value, indent))


def print_error(error: DispatchError) -> None:
    """Says what went wrong with one of several things, and goes on."""
    from dispatch.cli import show_error

    show_error(error)
