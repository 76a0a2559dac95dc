"""``dispatch publish``."""

import sys
from dataclasses import replace

import click

from dispatch import compose, issues, ledger
from dispatch import publish as stage
from dispatch.cli.check import judged, report
from dispatch.cli.desk import Desk, desk, say, tell
from dispatch.model import Issue
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
    from pathlib import Path

    here = desk()
    if issue:
        one = here.issue(issue)
        findings = judged(here, one)
        report(findings, "human")
        if any(finding.severity == "error" or strict for finding in findings):
            say(f"{one.slug} is not published.")
            sys.exit(1)
        _release(here, one)
    folder = Path(output) if output else here.publication.root / "public"
    public = _public(here)
    folder.mkdir(parents=True, exist_ok=True)
    changed = stage.write(folder, public)
    for path in changed:
        tell(path)
    say(f"{len(changed)} of {len(public)} files changed in {folder.name}/")


def _release(here: Desk, one: Issue) -> None:
    """Marks the issue published, and remembers it. The ledger first: what it has forgotten could change unseen."""
    ledger.remember(here.publication, one)
    issues.write(here.publication, replace(one, status="published"))


def _public(here: Desk) -> dict[str, bytes]:
    """The whole public folder: every published issue, the feeds of articles and of issues, the list of issues."""
    publication = here.publication
    released = [one for one in issues.read_all(publication) if one.status == "published"]
    public: dict[str, bytes] = {}
    for one in released:
        public |= stage.place(one, [edition(one, publication, name) for name in stage.PUBLIC])
        public |= {f"issues/{one.slug}/{name}": body for name, body in issues.pictures(publication, one).items()}
    archive = compose.archive(released, publication)
    for collection in (compose.latest(released, publication), archive):
        public |= stage.place(collection, [edition(collection, publication, name) for name in stage.FEEDS])
    return public | dict(stage.place(archive, [edition(archive, publication, "web")]))
