"""``dispatch check``."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, cast

import click

from dispatch import files, publish
from dispatch.checks.rules import list_unreadable
from dispatch.cli.completion import complete_issue
from dispatch.cli.context import OUTPUT, OpenPublication, open_publication, print_note, write_result
from dispatch.errors import CheckError, DispatchError, explain_refusal
from dispatch.locate import locate_findings
from dispatch.mail_services import load_services
from dispatch.model import Edition, Fault, Finding, Issue
from dispatch.report import STYLES, Style
from dispatch.report import format_findings as written
from dispatch.text import find_utf16

# A line of a report on a terminal gets the colour of the word that it begins with.
_COLOURS = {"error": "red", "warning": "yellow"}


@click.command()
@click.argument("issue", required=False, shell_complete=complete_issue)
@click.option(
    "--report", "style", type=click.Choice(list(STYLES)), default="human", show_default=True, help="Output format."
)
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--online", is_flag=True, help="Check that every link answers, and leads to its article.")
@click.option("--allow-private", is_flag=True, help="With --online: allow addresses in private networks.")
@click.option(
    "--edition", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Check this rendered file."
)
@click.option(
    "--received",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check this message as a reader received it.",
)
@click.option(
    "--service", type=click.Choice(list(load_services())), help="Check what this mail service would change, or has."
)
@OUTPUT
def check(
    issue: str | None,
    style: str,
    strict: bool,
    online: bool,
    allow_private: bool,
    file: Path | None,
    received: Path | None,
    service: str | None,
    output: str,
) -> None:
    """Check every byline and link of ISSUE (default: the newest), in its files and in every edition.

    Every edition is read back with parsers that the renderers do not use. Exits with 1 if something is wrong.

    \b
    Examples:
      dispatch check
      dispatch check defence --strict --online
      dispatch check defence --report markdown --output findings.md
      dispatch check defence --edition out/defence/email.html
      dispatch check defence --received message.eml
      dispatch check defence --service listmonk
    """
    here = open_publication()
    try:
        options = _Options(online, allow_private, file, received, service or "")
        findings = _judge(here, issue, options)
    except DispatchError as error:
        if not all(fault.place.file for fault in error.faults):
            raise
        findings = list_unreadable(error.faults)
    print_report(locate_findings(findings, here.root), cast("Style", style), output)
    if any(strict or finding.severity == "error" for finding in findings):
        sys.exit(1)


def print_report(findings: Sequence[Finding], style: Style, output: str = "-") -> None:
    """Print the findings on standard output, with colours at a terminal; or write them to a file."""
    if output != "-":
        write_result(f"{written(findings, style)}\n", output)
        return
    for line in written(findings, style).split("\n"):
        word = line.strip().partition(":")[0]
        is_coloured = style == "human" and word in _COLOURS and sys.stdout.isatty()
        click.secho(line, fg=_COLOURS[word] if is_coloured else None)


class _Options(NamedTuple):
    """What is to be checked besides the issue, or instead of it."""

    online: bool
    allow_private: bool
    file: Path | None
    received: Path | None
    service: str


def _judge(here: OpenPublication, issue: str | None, options: _Options) -> list[Finding]:
    """Find what is wrong with the issue, or with the one file that is named. Raises DispatchError."""
    from dispatch import check as stage
    from dispatch import render

    one = here.read_issue(issue)
    if options.file:
        return stage.check_edition(
            stage.recognise_file(options.file.name, _read_bytes(options.file)), one, here.publication
        )
    if options.received:
        return stage.check_received(_read_message(options.received), one, here.publication, options.service)
    states = _ask_addresses(here, one, options.allow_private) if options.online else {}
    found = [
        *publish.judge_issue(one, here.publication, states=states),
        *publish.judge_private_lists(here.publication),
    ]
    if options.service:
        made = render.render_edition(one, here.publication, "email", service=options.service)
        found += stage.check_pasted(options.service, (made,), one, here.publication)
    return found


def _ask_addresses(here: OpenPublication, one: Issue, allow_private: bool) -> dict[str, Fault | None]:
    from dispatch import check as stage
    from dispatch import fetch, gather

    addresses = stage.list_addresses(one)
    print_note(f"checking {len(addresses)} links")
    foreign = [article for article in one.articles if not article.own]
    pages = gather.check_articles(foreign, user_agent=here.user_agent, allow_private=allow_private)
    others = [url for url in addresses if url not in pages]
    return pages | fetch.check_addresses(others, user_agent=here.user_agent, allow_private=allow_private)


def _read_message(file: Path) -> Edition:
    """Read a message as it was received. Raises CheckError when the file is none."""
    from dispatch.check import recognise_file

    message = recognise_file(file.name, _read_bytes(file))
    if message.format != "eml":
        raise CheckError("is not an email message", address=str(file), hint="Save the whole message as an .eml file.")
    return message


def _read_bytes(file: Path) -> bytes:
    try:
        body = files.read_bounded(file)
    except OSError as cause:
        raise explain_refusal(CheckError, cause, address=str(file)) from cause
    if find_utf16(body):
        raise CheckError("is UTF-16, and not as it was made", address=str(file), hint=files.SAVE_AS_UTF8)
    return body
