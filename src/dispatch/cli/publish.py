"""``dispatch publish``."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from dispatch import compose, issues, ledger
from dispatch import publish as stage
from dispatch.check import findings as findings_of
from dispatch.cli.check import judged, report
from dispatch.cli.desk import Desk, desk, say, tell
from dispatch.errors import IssueError
from dispatch.model import Edition, Finding, Issue, Section
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
    findings = judged(here, one) if one else []
    made = _made(here, released)
    findings += _lost(here, made, folder)
    if one or findings:
        report(findings, "human")
    if any(finding.severity == "error" or strict for finding in findings):
        say(f"{one.slug if one else 'The public folder'} is not published.")
        sys.exit(1)
    public = {edition.path: edition.body for _, editions in made for edition in editions}
    for other in released:
        public |= {
            f"issues/{other.slug}/{name}": body for name, body in issues.pictures(here.publication, other).items()
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


def _made(here: Desk, released: list[Issue]) -> list[tuple[Issue, list[Edition]]]:
    """Every page and every feed of the site."""
    whole = {issue.slug: issue for issue in released}
    texts = {article.id: article for issue in released for article in issue.articles}
    texts |= {issue.id: compose.as_article(issue, here.publication) for issue in released}
    made = []
    for page in compose.pages([compose.light(issue) for issue in released], here.publication):
        kind = page.place.kind if page.place else "front"
        if page.slug:
            page = compose.filled(page, whole[page.slug])
        elif kind == "feed":
            entries = tuple(replace(texts[line.id], updated=line.updated or line.published) for line in page.articles)
            page = replace(page, sections=(Section(articles=entries),))
        formats = {"feed": stage.FEEDS, "issue": stage.PUBLIC}.get(kind, ("web",))
        made.append((page, [edition(page, here.publication, name) for name in formats]))
    return made


def _lost(here: Desk, made: list[tuple[Issue, list[Edition]]], folder: Path) -> list[Finding]:
    """What is wrong with what was published before: with the ledger, and with each edition whose bytes would change."""
    found: list[Finding] = []
    published = ledger.read(here.publication)
    current = ledger.records(issues.read_all(here.publication), here.publication)
    for page, editions in made:
        changed = [made for made in editions if not stage.stands(folder, made.path, made.body)]
        found += findings_of(page, changed, here.publication, published=published, current=current)
    return [finding for finding in dict.fromkeys(found) if finding.severity == "error"]
