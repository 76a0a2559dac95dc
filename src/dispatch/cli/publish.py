"""``dispatch publish``, now, at a time or when it is due; and ``dispatch unpublish``."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from dispatch.cli.completion import complete_issue
from dispatch.cli.context import (
    YES,
    OpenPublication,
    open_publication,
    parse_moment,
    print_error,
    print_json,
    print_next,
    print_note,
    print_result,
    read_clock,
    require_consent,
)
from dispatch.errors import DispatchError, IssueError, LockedError
from dispatch.publish import list_doubts, publish_site
from dispatch.text import quote_word

if TYPE_CHECKING:
    from dispatch.model import Issue, Page
    from dispatch.publish import SiteUpdate

_MARKS: Mapping[Literal["new", "changed", "removed"], str] = {"new": "+", "changed": "~", "removed": "-"}


@click.command()
@click.argument("issue", required=False, shell_complete=complete_issue)
@click.option("--at", metavar="TIME", help="Schedule ISSUE: dispatch publish --due publishes it from then on.")
@click.option("--due", is_flag=True, help="Publish the scheduled issues whose time has come, for cron and CI.")
@click.option("--output", "-o", type=click.Path(file_okay=False), help="The public folder. Default: public/.")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would change.")
@click.option("--verbose", "-v", "in_full", is_flag=True, help="Name every file that changed.")
@click.option("--json", "as_json", is_flag=True, help="Say what changed as JSON; with --due, a line for each issue.")
@click.option("--strict", is_flag=True, help="Let warnings stop it too.")
@click.option("--allow-private", is_flag=True, help="Let copies of pictures come from your own network.")
@YES
def publish(
    issue: str | None,
    at: str | None,
    due: bool,
    output: str | None,
    dry: bool,
    in_full: bool,
    as_json: bool,
    strict: bool,
    allow_private: bool,
    yes: bool,
) -> None:
    """Check ISSUE, mark it published, and write the public folder; without ISSUE, write what changed.

    From then on dispatch.lock remembers its ids, links, dates and authors, and check fails when one of them changes.
    Whatever goes wrong, the public folder is what it was. You are asked before an issue without articles is published,
    or one with a date more than a day ahead.

    \b
    Examples:
      dispatch publish defence
      dispatch publish defence --at 2026-12-01T08:00
      dispatch publish --due
      dispatch publish --dry-run
      dispatch publish -v
      dispatch publish --output /srv/www/wire
    """
    if (at or due) and (bool(issue) is due or (at and due)):
        raise click.UsageError("Write dispatch publish ISSUE --at TIME, or dispatch publish --due.")
    here = open_publication()
    if issue and at:
        _schedule(here, issue, at, is_dry=dry, is_strict=strict, is_sure=yes)
        return
    if issue and not dry and (one := here.read_issue(issue)).status != "published":
        _require_no_doubt(one, read_clock(), is_sure=yes)
    run = partial(publish_site, here.root, Path(output) if output else None, strict=strict, allow_private=allow_private)
    publish_one = partial(_publish_one, here, run, is_dry=dry, as_json=as_json, in_full=in_full, is_named=bool(issue))
    if not (_publish_due(here, publish_one, is_sure=yes) if due else publish_one(issue or "")):
        sys.exit(1)


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@click.option("--output", "-o", type=click.Path(file_okay=False), help="The public folder. Default: public/.")
@YES
def unpublish(issue: str, output: str | None, yes: bool) -> None:
    """Take back ISSUE, published by mistake, while nobody has it: it is a draft again, and no notice tells of it.

    The public folder and dispatch.lock are as if it had never been published. Whether you have uploaded the folder, or
    sent the mail, dispatch cannot know: it asks. It refuses when a branch of a remote has the issue in dispatch.lock,
    or a hub was told of it: what readers have can only be withdrawn, with dispatch withdraw.

    \b
    Examples:
      dispatch unpublish defence
      dispatch unpublish defence --yes
    """
    here = open_publication()
    one = here.read_issue(issue)
    if one.status == "scheduled":
        _write_issue(here, one, replace(one, status="draft"))
    else:
        _require_unseen(here, one)
        reason = "No branch of a remote has it, and no hub was told. Whether it was uploaded or sent, only you know."
        require_consent(f"Is it certain that nobody has “{one.title}” yet?", reason, is_given=yes)
        run = partial(publish_site, here.root, Path(output) if output else None, status="draft")
        if not _publish_one(here, run, one.slug):
            sys.exit(1)
    print_note(f"{one.slug} is a draft again.")


def _publish_one(
    here: OpenPublication,
    run: "Callable[..., SiteUpdate]",
    slug: str,
    *,
    is_dry: bool = False,
    as_json: bool = False,
    in_full: bool = False,
    is_named: bool = False,
) -> bool:
    """Publish an issue, or without one what changed, and report; return whether it was done. Raises DispatchError."""
    update = run(issue=slug, dry=is_dry, lock=here.hold_lock, progress=_show_progress)
    if update.faults:
        print_error(DispatchError(*update.faults))
    if as_json:
        print_json(_update_as_data(update, dry=is_dry))
    else:
        _report_update(update, dry=is_dry, in_full=in_full or is_dry)
    if update.latest and update.latest[0] > read_clock():
        print_note(f"{update.latest[1]} is dated {update.latest[0]:%Y-%m-%d %H:%M}, and the feeds say so already")
    if update.stopped:
        print_note(f"{update.issue or 'The public folder'} is not published.")
    elif is_named and not (is_dry or as_json):
        _print_ways_on("" if update.folder == here.root / "public" else str(update.folder))
    elif update.changes and not (slug or is_dry or as_json):
        _print_first_step(here)
    return not update.stopped


def _print_ways_on(folder: str) -> None:
    """Say how to look at what was published, in a folder or the usual one, and how to bring it to its readers."""
    print_note(f"To look at it: dispatch serve{f' --output {quote_word(folder)}' if folder else ''}")
    print_note("To put it online: dispatch help online")
    print_note("To send it: dispatch help send")


def _print_first_step(here: OpenPublication) -> None:
    """Say which draft to publish where none has ever been: a draft is in no site."""
    from dispatch import issues, ledger

    if not ledger.read_records(here.publication) and (draft := issues.find_newest(here.publication, "draft")):
        print_note("No issue is published yet, so the site has none.")
        print_next(f"dispatch publish {quote_word(draft)}")


def _publish_due(here: OpenPublication, publish_one: Callable[[str], bool], *, is_sure: bool) -> bool:
    """Publish what is due, the earliest first; return whether all of it was. What fails does not stop the others."""
    from dispatch import issues

    now = read_clock()
    due, faults = issues.find_due(here.publication, now)
    outcomes = []
    if faults:
        print_error(IssueError(*faults))
        outcomes.append(False)
    for slug in due:
        try:
            if not is_sure and (doubts := list_doubts(here.read_issue(slug), now)):
                raise IssueError(*doubts)
            outcomes.append(publish_one(slug))
        except LockedError:
            raise
        except DispatchError as error:
            print_error(error)
            outcomes.append(False)
    if not due:
        print_note("Nothing is due.")
    return all(outcomes)


def _schedule(here: OpenPublication, name: str, at: str, *, is_dry: bool, is_strict: bool, is_sure: bool) -> None:
    """Check an issue, and give it the date at which it is due. Raises IssueError; exits with 1 when check stops it."""
    from dispatch.cli.check import print_report
    from dispatch.locate import locate_findings
    from dispatch.publish import judge_issue

    moment = parse_moment(at, here.publication)
    if moment <= read_clock():
        raise click.BadParameter(f"{moment:%Y-%m-%d %H:%M} is past. Leave it out to publish now.", param_hint="--at")
    one = here.read_issue(name)
    if one.status == "published":
        raise IssueError("is published already", subject=f"issues/{one.slug}/issue.md")
    planned = replace(one, date=moment, status="scheduled")
    findings = locate_findings(judge_issue(planned, here.publication), here.root)
    print_report(findings, "human")
    if any(is_strict or finding.severity == "error" for finding in findings):
        print_note(f"{one.slug} is not scheduled.")
        sys.exit(1)
    if not is_dry:
        _require_no_doubt(planned, moment, is_sure=is_sure)
        _write_issue(here, one, planned)
    print_note(f"{one.slug} {'would be' if is_dry else 'is'} due at {moment:%Y-%m-%d %H:%M %Z}: dispatch publish --due")


def _write_issue(here: OpenPublication, old: "Issue", new: "Issue") -> None:
    from dispatch import issues

    with here.lock_for_change() as now_here:
        issues.change_issue(now_here.publication, old, new)
    print_result(f"issues/{new.slug}/issue.md")


def _require_no_doubt(one: "Issue", now: datetime, *, is_sure: bool) -> None:
    """Ask whether to publish an issue about which there is a doubt."""
    if doubts := list_doubts(one, now):
        reasons = (f"{doubt}. {doubt.hint}".strip() for doubt in doubts)
        require_consent(f"Publish “{one.title}” all the same?", *reasons, is_given=is_sure)


def _require_unseen(here: OpenPublication, one: "Issue") -> None:
    """Raise IssueError when an issue was never published, or is known to have gone out."""
    from dispatch import git, ledger, websub

    records = ledger.read_records(here.publication)
    own = {one.id, *(article.id for article in one.articles)}
    if one.id not in {record.id for record in records}:
        raise IssueError(f"“{one.title}” was never published", subject=f"issues/{one.slug}/issue.md")
    if any(record.kind == "withdrawn" and record.id in own for record in records):
        what = "was withdrawn, and its notice published"
    elif branches := git.find_branches(here.root, ledger.FILE, f"\n{one.id}\t".encode()):
        what = f"is out: {branches[0]} has it in {ledger.FILE}"
    elif one.id in websub.load_pinged_issues(here.root):
        what = "is out: a hub was told of it"
    else:
        return
    hint = f"Withdraw it, and a notice takes its place: dispatch withdraw {one.slug} --because REASON"
    raise IssueError(f"“{one.title}” {what}", subject=f"issues/{one.slug}/issue.md", hint=hint)


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


def _report_update(update: "SiteUpdate", *, dry: bool, in_full: bool) -> None:
    """Print what check found, a line each, and how much changed; where it is asked for, each file too."""
    if update.findings or update.issue:
        from dispatch.cli.check import print_report

        print_report(update.findings, "human")
    if update.stopped:
        return
    for change in update.changes if in_full else ():
        print_result(f"{_MARKS[change.effect]} {change.path}" if dry or change.effect == "removed" else change.path)
    folder = update.folder.name
    for path in update.left:
        print_note(f"{folder}/{path} is not wanted any more, but somebody changed it: delete it if you do not need it.")
    removed = sum(change.effect == "removed" for change in update.changes)
    gone = f", {removed} removed" if removed else ""
    verb = "would change" if dry else "changed"
    print_note(f"{len(update.changes) - removed} of {update.count} files {verb} in {folder}/{gone}")
    if update.changes and update.is_private:
        print_note(f"Only you can read {folder}/, by your umask. For a server of another user: chmod -R a+rX {folder}")
