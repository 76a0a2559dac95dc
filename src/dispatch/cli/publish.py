"""``dispatch publish``."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from dispatch import compose, issues, ledger
from dispatch import publish as stage
from dispatch.check import findings as findings_of
from dispatch.cli.check import judged, report
from dispatch.cli.desk import Desk, desk, say, tell
from dispatch.errors import IssueError
from dispatch.model import Edition, Finding, Issue
from dispatch.render import edition


@click.command()
@click.argument("issue", required=False)
@click.option("--output", "-o", type=click.Path(file_okay=False), help="The public folder. Default: public/.")
@click.option("--strict", is_flag=True, help="Let warnings stop it too.")
def publish(issue: str | None, output: str | None, strict: bool) -> None:
    """Check ISSUE, mark it published, and write the public folder; without ISSUE, write the folder anew.

    From then on dispatch.lock remembers its ids, links, dates and authors, and check fails when one of them changes.

    \b
    Examples:
      dispatch publish defence
      dispatch publish
      dispatch publish --output /srv/www/wire
    """
    here = desk()
    one = here.issue(issue) if issue else None
    folder = Path(output) if output else here.publication.root / "public"
    released = _released(here, one)
    editions = {other.slug: [edition(other, here.publication, name) for name in stage.PUBLIC] for other in released}
    findings = judged(here, one) if one else []
    findings += _lost(here, [other for other in released if other != one], editions, folder)
    feeds = [
        (every, [edition(every, here.publication, name) for name in stage.FEEDS])
        for every in (compose.latest(released, here.publication), compose.archive(released, here.publication))
    ]
    findings += [
        finding
        for every, made in feeds
        for finding in findings_of(every, made, here.publication)
        if finding.severity == "error"
    ]
    if one or findings:
        report(findings, "human")
    if any(finding.severity == "error" or strict for finding in findings):
        say(f"{one.slug if one else 'The public folder'} is not published.")
        sys.exit(1)
    public = _public(here, released, editions) | {
        path: body for every, made in feeds for path, body in stage.place(every, made)
    }
    if one:
        # The ledger first: what it has forgotten could change unseen.
        ledger.remember(here.publication, one)
        issues.write(here.publication, replace(one, status="published"))
    folder.mkdir(parents=True, exist_ok=True)
    changed = stage.write(folder, public)
    for path in changed:
        tell(path)
    say(f"{len(changed)} of {len(public)} files changed in {folder.name}/")


def _released(here: Desk, one: Issue | None) -> list[Issue]:
    """What is public now, and the one that is about to be. Raises IssueError when one has left without a word."""
    every = issues.read_all(here.publication)
    released = [other for other in every if other.status == "published" and not (one and other.id == one.id)]
    remembered = {record.id for record in ledger.read(here.publication)}
    for other in every:
        if other.id in remembered and other.status == "draft" and not (one and other.id == one.id):
            raise IssueError(
                "was published, and is a draft now",
                subject=f"issues/{other.slug}/issue.md",
                hint=f"Put back status: published, or publish it again: dispatch publish {other.slug}",
            )
    return [*released, one] if one else released


def _lost(here: Desk, others: list[Issue], editions: Mapping[str, Sequence[Edition]], folder: Path) -> list[Finding]:
    """What is wrong with what was published before: with the ledger, and with each edition whose bytes would change."""
    found: list[Finding] = []
    published = ledger.read(here.publication)
    current = ledger.records(issues.read_all(here.publication), here.publication)
    for other in others:
        changed = [
            made
            for made in editions[other.slug]
            for path, body in stage.place(other, [made])
            if not stage.stands(folder, path, body)
        ]
        found += findings_of(other, changed, here.publication, published=published, current=current)
    return [finding for finding in dict.fromkeys(found) if finding.severity == "error"]


def _public(here: Desk, released: list[Issue], editions: Mapping[str, Sequence[Edition]]) -> dict[str, bytes]:
    """Every published issue with its pictures, and the page that lists them; by their place in the public folder."""
    publication = here.publication
    public: dict[str, bytes] = {}
    for one in released:
        public |= stage.place(one, editions[one.slug])
        public |= {f"issues/{one.slug}/{name}": body for name, body in issues.pictures(publication, one).items()}
    archive = compose.archive(released, publication)
    return public | dict(stage.place(archive, [edition(archive, publication, "web")]))
