"""``dispatch review``."""

import hashlib
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from dispatch import config, git, issues, ledger
from dispatch import review as stage
from dispatch.check import findings as findings_of
from dispatch.cli.context import Desk, desk, tell, tell_json
from dispatch.errors import CheckError, ConfigError, IssueError, RenderError
from dispatch.model import Fault, Finding, Issue, Publication
from dispatch.publish import judge_issue
from dispatch.report import as_data
from dispatch.review import Change, Review, Version


@click.command()
@click.option("--base", envvar="GITHUB_BASE_REF", metavar="REF", help="Compare with where this branch left REF.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def review(base: str | None, as_json: bool) -> None:
    """Say in Markdown what a pull request changes: broken bylines and links first, then issue by issue.

    The files as they are now, committed or not, are compared with the commit at which the branch left REF: by default
    origin's main branch, in a workflow of GitHub the pull request's. Exits with 1 when a published byline, link, date
    or id is broken, a file cannot be read, or check fails for an issue that changes.

    \b
    Examples:
      dispatch review
      dispatch review --base origin/main
      dispatch review > comment.md
    """
    here = desk()
    root = config.find(here.folder)
    commit = git.base(root, base or "")
    with TemporaryDirectory(prefix="dispatch-") as folder:
        git.restore(root, commit, Path(folder))
        before = version(Path(folder).resolve())
    after = version(root)
    changes = stage.compare(before, after)
    findings: list[Finding] = []
    for slug in stage.affected(before, after):
        told = judge(here, slug, after)
        if isinstance(told, Change):
            changes = (*changes, told)
        else:
            known = warnings(slug, before, after)
            findings += (one for one in told if one not in known)
    made = Review(
        base=base or "the main branch", commit=commit, changes=changes, findings=stage.left(findings, changes)
    )
    if as_json:
        tell_json(_data(made), indent=2)
    else:
        for line in stage.markdown(made).split("\n"):
            tell(line)
    if made.verdict == "stop":
        sys.exit(1)


def _data(made: Review) -> dict[str, object]:
    """A review as what JSON can hold."""
    return {"verdict": made.verdict, **asdict(made), "findings": [as_data(finding) for finding in made.findings]}


def version(root: Path) -> Version:
    """The publication in a folder, with what of it cannot be read told, not raised."""
    if not (root / config.FILE).is_file():
        return Version(publication=None)
    try:
        publication = config.load(root)
    except ConfigError as error:
        return Version(publication=None, faults={config.FILE: error.faults})
    read: list[Issue] = []
    files: dict[str, dict[str, str]] = {}
    faults: dict[str, tuple[Fault, ...]] = {}
    for slug in issues.names(publication):
        try:
            one = issues.read(publication, slug)
            files[slug] = digests(publication, one)
            read.append(one)
        except IssueError as error:
            faults[slug] = error.faults
    try:
        remembered = ledger.read(publication)
    except IssueError as error:
        remembered = ()
        faults[ledger.FILE] = error.faults
    return Version(publication=publication, issues=tuple(read), ledger=remembered, files=files, faults=faults)


def digests(publication: Publication, one: Issue) -> dict[str, str]:
    """The files that an issue shows or links to, each with a digest of its bytes. Raises IssueError."""
    bodies = issues.pictures(publication, one)
    return {name: hashlib.sha256(body).hexdigest() for name, body in bodies.items()}


def warnings(slug: str, before: Version, after: Version) -> set[Finding]:
    """What could be warned of without this change: of the issue as it was, and of the publication."""
    if before.publication is None:
        return set()
    was = next((issue for issue in before.issues if issue.slug == slug), None)
    one = was or next(issue for issue in after.issues if issue.slug == slug)
    found = findings_of(one, (), before.publication)
    return {told for told in found if told.severity == "warning" and (was or told.place.file == config.FILE)}


def judge(here: Desk, slug: str, now: Version) -> list[Finding] | Change:
    """What check says of an issue; or that it cannot be rendered, by a template of the pull request's."""
    one = next(issue for issue in now.issues if issue.slug == slug)
    try:
        return judge_issue(one, here.publication, everything=now.issues, is_whole=not now.faults)
    except (RenderError, CheckError) as error:
        return Change(weight="stop", kind="file", where=f"issues/{slug}", what=f"Cannot be rendered: {error}")
