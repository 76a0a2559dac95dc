"""``dispatch render``."""

from pathlib import Path

import click

from dispatch import derived, files, ledger, locks
from dispatch import render as stage
from dispatch.cli.completion import complete_issue
from dispatch.cli.context import open_publication, print_note, print_result
from dispatch.errors import DeliveryError
from dispatch.formats import FORMATS
from dispatch.mail_services import load_services
from dispatch.model import Edition, Publication
from dispatch.text import quote_word


@click.command()
@click.argument("issue", required=False, shell_complete=complete_issue)
@click.option(
    "--format", "-f", "formats", multiple=True, type=click.Choice(list(FORMATS)), help="Only this format; repeatable."
)
@click.option("--output", "-o", help="A folder, a file, or - for standard output. Default: out/<issue>/.")
@click.option("--to", default="", help="Recipient of the whole message (eml). Default: the sender.")
@click.option(
    "--service", default="", help="The mail service that it is pasted into.", type=click.Choice(["", *load_services()])
)
def render(issue: str | None, formats: tuple[str, ...], output: str | None, to: str, service: str | None) -> None:
    """Render ISSUE (default: the newest) in every format.

    \b
    Examples:
      dispatch render
      dispatch render defence
      dispatch render defence --format email --output - > newsletter.html
      dispatch render --format eml --to ann@example.org --output newsletter.eml
      dispatch render --format rss --format atom
      dispatch render defence --format email --service listmonk
    """
    here = open_publication()
    read = here.read_issue(issue)
    read = ledger.set_entry_moments(read, ledger.find_entry_moments([read], ledger.read_records(here.publication)))
    _tell_of_one_click(here.publication, to)
    chosen = formats or (load_services()[service].formats if service else _choose_formats(here.publication))
    editions = [stage.render_edition(read, here.publication, name, to=to, service=service or "") for name in chosen]
    if output == "-":
        if len(editions) > 1:
            raise click.UsageError("Standard output can hold one format only: add --format.")
        click.echo(editions[0].body, nl=False)
        return
    _write_editions(_plan_paths(editions, output, Path("out", read.slug), here.publication.root), read.slug)


def _choose_formats(publication: Publication) -> tuple[str, ...]:
    """Choose every format that can be rendered; a whole message needs a sender."""
    if publication.email.sender:
        return tuple(FORMATS)
    print_note("no eml: a message needs a sender; set from under [email] in dispatch.toml")
    return tuple(name for name in FORMATS if name != "eml")


def _tell_of_one_click(publication: Publication, to: str) -> None:
    """Say that a reader cannot leave with one click, where the address to unsubscribe is everybody's."""
    if to and publication.email.unsubscribe and not derived.has_one_click(publication):
        print_note("no one-click unsubscribe: write {email} where an https address in unsubscribe tells who leaves")


def _plan_paths(editions: list[Edition], output: str | None, usual: Path, root: Path) -> list[tuple[Edition, Path]]:
    """Plan where each edition goes: a single one to a file, if the output is or looks like one; else into a folder."""
    given = files.place_output(Path(output) if output else root / usual, within=root, error=DeliveryError)
    is_file = given.exists() or (given.suffix and not str(output).endswith("/"))
    if output and is_file and not given.is_dir() and len(editions) == 1:
        return [(editions[0], given)]
    if given.exists() and not given.is_dir():
        raise DeliveryError(
            "is a file, and can hold one format only", address=str(given), hint="Add --format, or name a folder."
        )
    return [(edition, given / edition.path) for edition in editions]


def _write_editions(planned: list[tuple[Edition, Path]], slug: str) -> None:
    """Write each edition to its path, and print that; then their sizes, and how to look at the issue."""
    locks.clear_leftovers({path.parent for _, path in planned})
    for edition, path in planned:
        files.write_file(path, edition.body, within=path.parent, error=DeliveryError)
        print_result(_shorten_path(path))
    sizes = (f"{edition.format} {max(len(edition.body) / 1000, 1):,.0f} kB" for edition, _ in planned)
    print_note(f"{', '.join(sizes)}. To look at it: dispatch preview {quote_word(slug)}")


def _shorten_path(path: Path) -> str:
    """Return the path relative to the working directory, when it is below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
