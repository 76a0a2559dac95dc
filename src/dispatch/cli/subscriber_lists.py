"""Lists of subscribers that come in and go out: ``dispatch subscriber import`` and ``export``."""

import csv
import io
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from dispatch import files, subscribers
from dispatch.cli.context import (
    open_publication,
    print_json,
    print_next,
    print_note,
    print_result,
    read_clock,
)
from dispatch.errors import DeliveryError, explain_refusal
from dispatch.model import Subscriber, SubscriberState
from dispatch.subscribers import ListReport, Store

STATES = click.Choice(["pending", "active", "left", "suppressed"])
_COLUMNS = ("email", "name", "state", "language", "tags", "since")


@click.command("import")
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


@click.command()
@click.option("--state", type=STATES, help="Only those in this state.")
@click.option("--tag", default="", help="Only those with this tag.")
@click.option("--output", default="-", help="The file to write. Default: standard output.")
def export(state: SubscriberState | None, tag: str, output: str) -> None:
    """Export subscribers as CSV, for another system or for a look at them.

    \b
    Examples:
      dispatch subscriber export --state active --output readers.csv
    """
    with open_store() as store, _open_private(output) as body:
        _write_csv(body, store.list_subscribers(state=state, tag=tag))
    if output != "-":
        print_result(output)


@contextmanager
def _open_private(output: str) -> Iterator[TextIO]:
    """Open standard output (-), or a file that nobody else may read and that is there when all of it is written.

    Raises DeliveryError.
    """
    if output == "-":
        body = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
        yield body
        body.detach()  # it flushes, and leaves standard output open
        return
    path = files.place_output(Path(output), within=Path.cwd(), error=DeliveryError)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as made:
            yield made
        part.replace(path)
    except OSError as error:
        raise explain_refusal(DeliveryError, error, "cannot be written", address=output) from error
    finally:
        part.unlink(missing_ok=True)


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


def to_row(person: Subscriber) -> dict[str, str]:
    """Show somebody as a row of a list, by column."""
    tags, since = ", ".join(person.tags), person.since.isoformat()
    values = (person.email, person.name, person.state, person.language, tags, since)
    return dict(zip(_COLUMNS, values, strict=True))


def _write_csv(into: TextIO, people: Iterable[Subscriber]) -> None:
    """Write people as CSV, with a head."""
    table = csv.writer(into, lineterminator="\n")
    table.writerow(_COLUMNS)
    for person in people:
        row = to_row(person) | {"name": _quote_formula(person.name), "tags": _quote_formula(", ".join(person.tags))}
        table.writerow(row.values())


def _quote_formula(cell: str) -> str:
    """Make a text of what a spreadsheet would take for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t"} else cell
