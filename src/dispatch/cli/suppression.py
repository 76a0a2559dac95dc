"""``dispatch suppression``: addresses that must never be written to."""

from typing import TextIO

import click

from dispatch.cli.context import print_json, print_note, print_result, read_clock
from dispatch.cli.other_words import AnsweringGroup
from dispatch.cli.subscriber_lists import open_store
from dispatch.subscribers import read_listed


@click.group(cls=AnsweringGroup)
def suppression() -> None:
    """Manage the addresses that must never be written to. Only digests of them are kept.

    \b
    Examples:
      dispatch suppression add ann@paper.example
      dispatch suppression import bounces.csv
    """


@suppression.command()
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
def add(emails: tuple[str, ...]) -> None:
    """Make sure that nobody writes to EMAIL, now or after any import.

    \b
    Examples:
      dispatch suppression add ann@paper.example
    """
    with open_store() as store:
        print_note(f"suppressed {store.suppress(emails, read_clock())}")


@suppression.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
def import_(file: TextIO) -> None:
    """Suppress every address of FILE (- for standard input): one a line, or CSV with a column of addresses.

    \b
    Examples:
      dispatch suppression import bounces.csv
    """
    with open_store() as store:
        print_note(f"suppressed {store.suppress((one.email for one in read_listed(file)), read_clock())}")


@suppression.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_(as_json: bool) -> None:
    """List the suppressed addresses by their digests, the oldest first.

    \b
    Examples:
      dispatch suppression list --json
    """
    with open_store() as store:
        found = store.list_suppressions()
    if as_json:
        print_json([{"digest": one.digest, "reason": one.reason, "at": one.at.isoformat()} for one in found], indent=2)
        return
    for one in found:
        print_result(f"{one.at:%Y-%m-%d}  {one.reason:10}  {one.digest}")
    print_note(f"{len(found)} suppressed")


@suppression.command()
@click.argument("email")
def remove(email: str) -> None:
    """Allow EMAIL again, when whoever has it asks for it. They have to be added anew.

    \b
    Examples:
      dispatch suppression remove ann@paper.example
    """
    with open_store() as store:
        print_note("allowed again" if store.allow(email) else "it was not suppressed")
