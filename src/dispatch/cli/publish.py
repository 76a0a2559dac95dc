"""``dispatch publish``."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from dispatch import files, recipes
from dispatch import publish as stage
from dispatch.cli.desk import Desk, desk, say, tell, tell_json, warn
from dispatch.errors import DeliveryError, DispatchError, IssueError

if TYPE_CHECKING:
    from dispatch.cli.building import Building
    from dispatch.model import Finding, Issue, Record

_MARKS: Mapping[Literal["new", "changed", "removed"], str] = {"new": "+", "changed": "~", "removed": "-"}

_EDITED = ("issues", "templates")

_PATIENCE = 30.0  # seconds that a picture may take


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """How the result is wanted."""

    dry: bool
    as_json: bool
    strict: bool
    allow_private: bool


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
    here = desk()
    root = here.root
    folder = _apart(Path(output) if output else root / "public", root)
    wish = _Wish(dry=dry, as_json=as_json, strict=strict, allow_private=allow_private)
    if issue is None and _is_current(here, folder, wish):
        return
    slug = here.slug(issue) if issue else ""
    has_copies = dry or _copied(here, slug, allow_private=allow_private)
    with _alone(here, dry=dry), recipes.opened(root, folder, dry=dry) as kept:
        with stage.release(folder, kept, dry=dry) as release:
            _publish(Desk(here.folder), slug, release, wish, has_copies=has_copies)
        _report(release.changes, release.left, release.count, folder, wish)


def _is_current(here: Desk, folder: Path, wish: _Wish) -> bool:
    """Whether the public folder is what the files make of it, which is then reported. Nothing is loaded for that."""
    with _alone(here, dry=wish.dry), recipes.opened(here.root, folder, dry=wish.dry) as kept:
        if not kept.is_whole(recipes.inputs(recipes.stamps(here.root))):
            return False
        _report([], [], len(kept.ours()), folder, wish)
        return True


def _alone(here: Desk, *, dry: bool) -> AbstractContextManager[None]:
    """Hold the lock of whoever builds the public folder; a dry run, which writes nothing, needs none."""
    return nullcontext() if dry else here.locked(files.SITE)


def _apart(folder: Path, root: Path) -> Path:
    """The public folder, absolute. Raises DeliveryError when its files would lie among those that people edit."""
    real = folder.resolve()
    if root.resolve().is_relative_to(real) or any(real.is_relative_to((root / name).resolve()) for name in _EDITED):
        raise DeliveryError("holds the files of the publication", address=str(folder), hint="Name a folder of its own.")
    return folder.absolute()


def _publish(here: Desk, slug: str, release: stage.Release, wish: _Wish, *, has_copies: bool) -> None:
    """Make, judge and settle everything that changed, and publish the issue of that slug with it.

    It is built without the publication's lock, so that others go on meanwhile; what they changed is noticed.
    """
    from dispatch import compose, issues, ledger
    from dispatch.cli.building import Building

    before = recipes.stamps(here.root)
    publication = here.publication
    one = issues.read(publication, slug) if slug else None
    published = ledger.read(publication)
    building = Building(publication=publication, recipes=release.recipes, published=published, publishing=slug)
    findings = _judged(here, one, building) if one else []
    if any(finding.severity == "error" for finding in findings):
        _stop_at(findings, one, wish, publication.root)
    for folder in issues.misnamed(publication):
        say(f"issues/{folder} is no issue: the name of its folder must be made of a-z, 0-9 and hyphens.")
    building.released = _released(building, published, one)
    if building.faults:
        warn(DispatchError(*building.faults))
    pages = building.pages
    with click.progressbar(
        building.build(release), length=len(pages), label="Publishing", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        for _ in progress:
            pass
    findings += building.findings + building.lost()
    _stop_at(findings, one, wish, publication.root)
    if wish.dry:
        release.unwanted()
        return
    with here.changing():
        now = recipes.stamps(here.root)
        _refuse_changed(before, now, building.released)
        # Nobody has any of it before the release is settled: an issue that is not published after all is in no ledger.
        if one:
            issues.change(publication, one, replace(one, status="published"))
        ledger.remember(publication, *building.issues, names=compose.names(pages))
        # What changed elsewhere, or since, was not looked at: the next publish has to.
        ours = {"dispatch.lock", f"issues/{slug}/issue.md"}
        seen = {path: stamp for path, stamp in recipes.stamps(here.root).items() if path in ours}
        release.settle(recipes.inputs(now | seen) if has_copies and now == before else "")


def _refuse_changed(before: Mapping[str, str], now: Mapping[str, str], slugs: Sequence[str]) -> None:
    """Raises IssueError when a file from which the site was made is another by now: it was built without the lock."""
    ours = (*(f"issues/{slug}/" for slug in slugs), "templates/", "dispatch.toml", "authors.toml", "dispatch.lock")
    for path in sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path)):
        if path.startswith(ours):
            raise IssueError(
                "was changed while the site was built: nothing is published",
                subject=path,
                hint="Run the command again: it judges and publishes what the file says now.",
            )


def _copied(here: Desk, slug: str, *, allow_private: bool) -> bool:
    """Fetch the pictures that pages show and nobody kept yet, where copies are wanted; whether all are there."""
    if here.publication.site.images != "copy":
        return True
    from dispatch import fetch, issues
    from dispatch.gather import copies

    wanted = [one for one in issues.read_all(here.publication) if one.status == "published" or one.slug == slug]
    client = fetch.Client(user_agent=here.user_agent, allow_private=allow_private, seconds=_PATIENCE)
    faults = [one for one in copies(here.publication, wanted, client) if isinstance(one, DispatchError)]
    for fault in faults:
        warn(fault)
    return not faults


def _judged(here: Desk, one: "Issue", building: "Building") -> "list[Finding]":
    from dispatch.cli.check import judged

    return judged(here, one, everything=[kept.issue for kept in building.kept.values()])


def _stop_at(findings: "Sequence[Finding]", one: "Issue | None", wish: _Wish, root: Path) -> None:
    """Report, and go no further when something is wrong."""
    from dispatch.cli.check import report
    from dispatch.cli.lines import locate
    from dispatch.report import as_data

    found = locate(dict.fromkeys(findings), root)
    if (found or one) and not wish.as_json:
        report(found, "human")
    if any(finding.severity == "error" or wish.strict for finding in found):
        if wish.as_json:
            told = [as_data(finding) for finding in found]
            tell_json({"dry_run": wish.dry, "files": 0, "changes": [], "left": [], "findings": told})
        say(f"{one.slug if one else 'The public folder'} is not published.")
        sys.exit(1)


def _released(building: "Building", published: "Sequence[Record]", one: "Issue | None") -> list[str]:
    """What is public now, and the one that is about to be. Raises IssueError when one has left without a word."""
    remembered = {record.id for record in published}
    owners = {kept.issue.id: slug for slug, kept in building.kept.items() if kept.issue.status == "published"}
    released = []
    for slug, kept in building.kept.items():
        if (owner := owners.get(kept.issue.id, slug)) != slug:
            raise IssueError(
                f"has the id of issues/{owner}/issue.md",
                subject=f"issues/{slug}/issue.md",
                hint="Delete the lines id: of the copy and of its articles; they get ids of their own.",
            )
        if kept.issue.status == "published" or (one and kept.issue.id == one.id):
            released.append(slug)
        elif kept.issue.id in remembered:
            raise IssueError(
                "was published, and is a draft now",
                subject=f"issues/{slug}/issue.md",
                hint=f"Put back status: published, or publish it again: dispatch publish {slug}",
            )
    return released


def _report(changes: Sequence[stage.Change], left: Sequence[str], count: int, folder: Path, wish: _Wish) -> None:
    """What changed, a line each, or as JSON."""
    if wish.as_json:
        said = [{"path": change.path, "what": change.effect} for change in changes]
        tell_json({"dry_run": wish.dry, "files": count, "changes": said, "left": list(left), "findings": []})
        return
    for change in changes:
        tell(f"{_MARKS[change.effect]} {change.path}" if wish.dry or change.effect == "removed" else change.path)
    for path in left:
        say(f"{folder.name}/{path} is not wanted any more, but somebody changed it: delete it if you do not need it.")
    verb = "would change" if wish.dry else "changed"
    removed = sum(change.effect == "removed" for change in changes)
    gone = f", {removed} removed" if removed else ""
    say(f"{len(changes) - removed} of {count} files {verb} in {folder.name}/{gone}")
