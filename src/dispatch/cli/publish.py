"""``dispatch publish``."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from dispatch.cli.context import open_publication, print_error, print_json, print_note, print_result
from dispatch.errors import DispatchError
from dispatch.publish import publish_site

if TYPE_CHECKING:
    from dispatch.model import Page
    from dispatch.publish import SiteUpdate

_MARKS: Mapping[Literal["new", "changed", "removed"], str] = {"new": "+", "changed": "~", "removed": "-"}


@click.command()
@click.argument("issue", required=False)
@click.option("--output", "-o", type=click.Path(file_okay=False), help="The public folder. Default: public/.")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would change.")
@click.option("--json", "as_json", is_flag=True, help="Say what changed as JSON.")
@click.option("--strict", is_flag=True, help="Let warnings stop it too.")
@click.option("--allow-private", is_flag=True, help="Let copies of pictures come from your own network.")
def publish(issue: str | None, output: str | None, dry: bool, as_json: bool, strict: bool, allow_private: bool) -> None:
    """Check ISSUE, mark it published, and write the public folder; without ISSUE, write what changed.

    From then on dispatch.lock remembers its ids, links, dates and authors, and check fails when one of them changes.
    Whatever goes wrong, the public folder is what it was.

    \b
    Examples:
      dispatch publish defence
      dispatch publish --dry-run
      dispatch publish --output /srv/www/wire
    """
    here = open_publication()
    update = publish_site(
        here.root,
        Path(output) if output else None,
        issue=issue or "",
        dry=dry,
        strict=strict,
        allow_private=allow_private,
        lock=here.hold_lock,
        progress=_show_progress,
    )
    if update.faults:
        print_error(DispatchError(*update.faults))
    if as_json:
        print_json(_update_as_data(update, dry=dry))
    else:
        _report_update(update, dry=dry)
    if update.stopped:
        print_note(f"{update.issue or 'The public folder'} is not published.")
        sys.exit(1)


def _show_progress(pages: "Iterator[Page]", count: int) -> "Iterable[Page]":
    """Yield the pages, with a bar on a terminal."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(pages, length=count, label="Publishing", file=sys.stderr, hidden=hidden) as shown:
        yield from shown


def _update_as_data(update: "SiteUpdate", *, dry: bool) -> dict[str, object]:
    """Turn what came of publishing into what JSON can hold."""
    from dispatch.report import finding_to_data

    return {
        "dry_run": dry,
        "files": update.count,
        "changes": [{"path": change.path, "what": change.effect} for change in update.changes],
        "left": list(update.left),
        "findings": [finding_to_data(finding) for finding in update.findings],
    }


def _report_update(update: "SiteUpdate", *, dry: bool) -> None:
    """Print what check found and what changed, a line each."""
    if update.findings or update.issue:
        from dispatch.cli.check import print_report

        print_report(update.findings, "human")
    if update.stopped:
        return
    for change in update.changes:
        print_result(f"{_MARKS[change.effect]} {change.path}" if dry or change.effect == "removed" else change.path)
    folder = update.folder.name
    for path in update.left:
        print_note(f"{folder}/{path} is not wanted any more, but somebody changed it: delete it if you do not need it.")
    removed = sum(change.effect == "removed" for change in update.changes)
    gone = f", {removed} removed" if removed else ""
    verb = "would change" if dry else "changed"
    print_note(f"{len(update.changes) - removed} of {update.count} files {verb} in {folder}/{gone}")
