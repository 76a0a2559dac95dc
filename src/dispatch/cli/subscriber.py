"""``dispatch subscriber``: who gets the newsletter."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

import click

from dispatch import subscribers
from dispatch.cli.context import (
    YES,
    NonEmptyText,
    open_publication,
    print_json,
    print_next,
    print_note,
    print_result,
    read_clock,
    require_consent,
    write_result,
)
from dispatch.cli.listing import mark_state, print_rows
from dispatch.cli.other_words import AnsweringGroup
from dispatch.model import Subscriber, SubscriberState
from dispatch.subscribers import ListReport, Store

STATES = click.Choice(["pending", "active", "left", "suppressed"])
_COLUMNS = ("email", "name", "state", "language", "tags", "since")


@click.group(cls=AnsweringGroup)
def subscriber() -> None:
    """Manage the people who get the newsletter by mail: import, list, export, erase.

    They are kept in .dispatch/subscribers.sqlite, on this machine only and never in git. Back that file up.

    \b
    Examples:
      dispatch subscriber import readers.csv --confirmed "Signed up at wire.example until November 2026"
      dispatch subscriber list --state active
      dispatch subscriber forget ann@paper.example
    """


@subscriber.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), required=False)
@click.option("--confirmed", "words", default="", help="How these people agreed to get mail: kept as their consent.")
@click.option("--state", type=STATES, help="What those are of whom the file says nothing. Default: pending.")
@click.option("--map", "mapped", multiple=True, metavar="COLUMN=FIELD", help="Which field a column is: email, name ...")
@click.option("--dry-run", "is_dry", is_flag=True, help="Say what would come of it, and write nothing.")
@click.option("--undo", "batch", type=click.IntRange(1), help="Remove those whom the import of this number added.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def import_(
    file: TextIO | None,
    words: str,
    state: SubscriberState | None,
    mapped: tuple[str, ...],
    is_dry: bool,
    batch: int | None,
    as_json: bool,
) -> None:
    """Import a list of subscribers from FILE (- for standard input): CSV from Substack, Ghost, Buttondown, Mailchimp,
    listmonk or your own.

    Nobody becomes more than they are here: who has left, or must not be written to, stays so, whatever the file says.
    Without --confirmed those who come in are pending, and get no mail.

    \b
    Examples:
      dispatch subscriber import readers.csv --dry-run
      dispatch subscriber import readers.csv --confirmed "Signed up at wire.example until November 2026"
      dispatch subscriber import readers.csv --map "Mailadresse=email"
      dispatch subscriber import --undo 3
    """
    if batch is not None:
        _undo_import(batch)
    elif file is not None:
        wish = state or ("active" if words else "pending")
        report = _import_list(file, _parse_mapped(mapped), words, wish, is_dry=is_dry)
        _print_outcome(report, is_dry=is_dry, as_json=as_json)
    else:
        raise click.UsageError("Name a FILE to import, or an import to --undo.")


@subscriber.command()
@click.argument("email")
@click.option("--name", default="", help="How they want to be called.")
@click.option("--tag", "tags", multiple=True, help="A word of your own, as often as wanted.")
@click.option("--confirmed", "words", type=NonEmptyText(), required=True, help="How they agreed, in words.")
def add(email: str, name: str, tags: tuple[str, ...], words: str) -> None:
    """Add the address EMAIL, of somebody who has agreed to get the newsletter.

    \b
    Examples:
      dispatch subscriber add ann@paper.example --name "Ann Lee" --confirmed "Asked for it at the fair, 20 November"
    """
    with open_store() as store:
        person = store.add(email, read_clock(), words=words, name=name, tags=tags)
    print_note(f"{person.email} is {person.state}")


@subscriber.command("list")
@click.option("--state", type=STATES, help="Only those in this state.")
@click.option("--tag", default="", help="Only those with this tag.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
def list_(state: SubscriberState | None, tag: str, as_json: bool) -> None:
    """List subscribers, in the order in which they came.

    \b
    Examples:
      dispatch subscriber list
      dispatch subscriber list --state left --json
    """
    with open_store() as store:
        people = list(store.list_subscribers(state=state, tag=tag))
    for person in people if as_json else ():
        print_json(_to_row(person))
    print_rows((mark_state(one.state), f"{one.since:%Y-%m-%d}", one.email, one.name) for one in people if not as_json)
    counts = Counter(person.state for person in people)
    print_note(", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nobody")


@subscriber.command()
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def show(email: str, as_json: bool) -> None:
    """Show all that is known of EMAIL: what to send to somebody who asks what you have about them.

    \b
    Examples:
      dispatch subscriber show ann@paper.example
      dispatch subscriber show ann@paper.example --json
    """
    with open_store() as store:
        person = store.require(email)
        consents = store.list_consents(person)
    if as_json:
        told = [{"at": one.at.isoformat(), "what": one.what, "how": one.how, "words": one.words} for one in consents]
        print_json(_to_row(person) | {"consents": told}, indent=2)
        return
    for name, value in _to_row(person).items():
        print_result(f"{name:9} {value}".rstrip())
    for one in consents:
        print_result(f"{one.at:%Y-%m-%d %H:%M}  {one.what}, by {one.how}{f': {one.words}' if one.words else ''}")


@subscriber.command()
@click.option("--state", type=STATES, help="Only those in this state.")
@click.option("--tag", default="", help="Only those with this tag.")
@click.option("--output", default="-", help="The file to write. Default: standard output.")
def export(state: SubscriberState | None, tag: str, output: str) -> None:
    """Export subscribers as CSV, for another system or for a look at them.

    \b
    Examples:
      dispatch subscriber export --state active --output readers.csv
    """
    body = io.StringIO()
    with open_store() as store:
        _write_csv(body, store.list_subscribers(state=state, tag=tag))
    write_result(body.getvalue(), output)


@subscriber.command()
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
def remove(emails: tuple[str, ...]) -> None:
    """Unsubscribe EMAIL: they get no more mail, and no import brings them back.

    \b
    Examples:
      dispatch subscriber remove ann@paper.example
    """
    with open_store() as store:
        for email in emails:
            person = store.remove(email, read_clock())
            print_note(f"{person.email} is {person.state}")


@subscriber.command()
@click.argument("email")
@YES
def forget(email: str, yes: bool) -> None:
    """Erase all that is known of EMAIL. It is never written to again, and no import brings it back.

    \b
    Examples:
      dispatch subscriber forget ann@paper.example --yes
    """
    require_consent(f"Erase {email}? This cannot be undone.", is_given=yes)
    with open_store() as store:
        was_known = store.forget(email, read_clock())
    print_note("erased" if was_known else "nothing was known of it; it is suppressed now")


@subscriber.command()
@click.argument("email")
@click.argument("tags", nargs=-1)
@click.option("--remove", "dropped", multiple=True, metavar="TAG", help="Take a tag away.")
def tag(email: str, tags: tuple[str, ...], dropped: tuple[str, ...]) -> None:
    """Give EMAIL some TAGS: words of your own, to choose people by.

    \b
    Examples:
      dispatch subscriber tag ann@paper.example press harbour
      dispatch subscriber tag ann@paper.example --remove press
    """
    with open_store() as store:
        person = store.tag(email, add=tags, drop=dropped)
    print_note(f"{person.email}: {', '.join(person.tags) or 'no tags'}")


@contextmanager
def open_store() -> Iterator[Store]:
    """Open the subscribers of the publication around the working directory. Raises DeliveryError."""
    with subscribers.open_store(open_publication().publication) as store:
        yield store


def _undo_import(batch: int) -> None:
    with open_store() as store:
        removed, left = store.undo_import(batch)
    print_note(f"removed {removed}" + (f"; {left} stay, of whom more is known by now" if left else ""))


def _import_list(
    file: TextIO, mapped: dict[str, str], words: str, otherwise: SubscriberState, *, is_dry: bool
) -> ListReport:
    with open_store() as store:
        return store.import_people(
            subscribers.read_listed(file, mapped=mapped),
            read_clock(),
            how=file.name,
            words=words,
            otherwise=otherwise,
            is_dry=is_dry,
            on_progress=_show_progress,
        )


def _parse_mapped(mapped: Iterable[str]) -> dict[str, str]:
    found = {}
    for one in mapped:
        column, equals, field = one.rpartition("=")
        if not equals or field not in subscribers.FIELDS:
            raise click.BadParameter(f"write COLUMN=FIELD; of {', '.join(subscribers.FIELDS)}", param_hint="--map")
        found[column] = field
    return found


def _show_progress(number: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{number:,} rows", nl=False, err=True)


def _print_outcome(report: ListReport, *, is_dry: bool, as_json: bool) -> None:
    """Print what became of a list; exit with 1 when rows were refused."""
    if as_json:
        print_json({**vars(report), "dry_run": is_dry}, indent=2)
    else:
        kept = [f"{count} stay {state}" for state, count in sorted(report.kept.items())]
        counts = [
            f"{'would add' if is_dry else 'added'} {report.added:,}",
            f"known {report.known:,}",
            *([f"{report.lowered:,} have left or cannot be written to, as the file says"] if report.lowered else []),
            *kept,
            *([f"suppressed {report.suppressed:,}"] if report.suppressed else []),
            *([f"refused {report.refused:,}"] if report.refused else []),
        ]
        print_result(", ".join(counts))
    for line, written, why in report.reasons:
        print_note(f"line {line}: “{written}”: {why}")
    if report.batch and report.added:
        print_note(f"To undo it: dispatch subscriber import --undo {report.batch}")
        print_next("dispatch subscriber list")
    if report.refused:
        sys.exit(1)


def _to_row(person: Subscriber) -> dict[str, str]:
    tags, since = ", ".join(person.tags), person.since.isoformat()
    values = (person.email, person.name, person.state, person.language, tags, since)
    return dict(zip(_COLUMNS, values, strict=True))


def _write_csv(into: TextIO, people: Iterable[Subscriber]) -> None:
    """Write people as CSV, with a head."""
    table = csv.writer(into, lineterminator="\n")
    table.writerow(_COLUMNS)
    for person in people:
        row = _to_row(person) | {"name": _quote_formula(person.name), "tags": _quote_formula(", ".join(person.tags))}
        table.writerow(row.values())


def _quote_formula(cell: str) -> str:
    """Make a text of what a spreadsheet would take for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t"} else cell
