"""``dispatch review``."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from dispatch import config, git, publish
from dispatch.cli.context import OUTPUT, open_publication, write_result
from dispatch.report import finding_to_data
from dispatch.text import escape_line, format_json

if TYPE_CHECKING:
    from dispatch import review as stage


@click.command()
@click.option("--base", envvar="GITHUB_BASE_REF", metavar="REF", help="Compare with where this branch left REF.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@OUTPUT
def review(base: str | None, as_json: bool, output: str) -> None:
    """Summarise in Markdown what a pull request changes: broken bylines and links first, then issue by issue.

    The files as they are now, committed or not, are compared with the commit at which the branch left REF: by default
    origin's main branch, in a workflow of GitHub the pull request's. Exits with 1 when a published byline, link, date
    or id is broken, a file cannot be read, or check fails for an issue that changes.

    \b
    Examples:
      dispatch review
      dispatch review --base origin/main
      dispatch review --output comment.md
    """
    made = _review_changes(base or "")
    write_result(_format_review(made, as_json=as_json), output)
    if made.verdict == "stop":
        sys.exit(1)


def _review_changes(base: str) -> "stage.Review":
    from dispatch import check
    from dispatch import review as stage

    here = open_publication()
    root = config.find_publication(here.folder)
    commit = git.find_base(root, base)
    before, after = stage.read_versions(root, commit, publish.read_unchanged)
    return stage.make_review(
        before,
        after,
        base=base or "the main branch",
        commit=commit,
        judge=lambda issue: publish.judge_issue(
            issue, here.publication, everything=after.issues, is_whole=not after.faults
        ),
        judge_files=lambda issue, publication: check.findings(
            issue, (), publication, others=tuple(other for other in before.issues if other.slug != issue.slug)
        ),
    )


def _format_review(made: "stage.Review", *, as_json: bool) -> str:
    from dispatch import review as stage

    if as_json:
        findings = [finding_to_data(finding) for finding in made.findings]
        return format_json({"verdict": made.verdict, **asdict(made), "findings": findings}, indent=2) + "\n"
    return "".join(f"{escape_line(line)}\n" for line in stage.write_markdown(made).split("\n"))
