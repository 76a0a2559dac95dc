"""Publishes: checks an issue, builds the site, puts it in place and remembers what was published.

What a command that has nothing to do does not need is imported where it is used.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from dispatch import files, locks
from dispatch.errors import DeliveryError, DispatchError, IssueError
from dispatch.frozen import dataclass
from dispatch.publish import cache, stamps
from dispatch.publish.release import FileChange, Release, is_private, open_release

if TYPE_CHECKING:
    from dispatch.model import Edition, Fault, Finding, Issue, Page, Publication, Status
    from dispatch.publish.build import ReleaseBuild
    from dispatch.publish.issue_index import IssueIndex

Lock = Callable[[str], AbstractContextManager[None]]
Progress = Callable[["Iterator[Page]", int], "Iterable[Page]"]

_EDITED = ("issues", "templates", "pages")
_PATIENCE = 30.0  # seconds that a picture may take


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteUpdate:
    """What came of publishing."""

    folder: Annotated[Path, "the public folder"]
    issue: Annotated[str, "the slug of the issue that was to be published; empty without one"] = ""
    stopped: Annotated[bool, "whether findings stopped it, and nothing was published"] = False
    findings: Annotated["tuple[Finding, ...]", "what check found, each with its line"] = ()
    faults: Annotated["tuple[Fault, ...]", "what is wrong and stopped nothing: a draft, a picture"] = ()
    changes: Annotated[tuple[FileChange, ...], "the files that changed, in the order in which they were written"] = ()
    left: Annotated[tuple[str, ...], "files that the site does not have any more and somebody changed: they stay"] = ()
    count: Annotated[int, "how many files the site has"] = 0
    is_private: Annotated[bool, "nobody but the owner can read what was written: no server of another user"] = False
    latest: Annotated[tuple[datetime, str] | None, "the latest moment that its feeds tell, and the file of it"] = None


def publish_site(
    start: Path,
    folder: Path | None = None,
    *,
    issue: str = "",
    status: "Status" = "published",
    dry: bool = False,
    strict: bool = False,
    allow_private: bool = False,
    lock: Lock | None = None,
    progress: Progress = lambda pages, _: pages,
) -> SiteUpdate:
    """Write what changed into the public folder, and publish an issue with it. Whatever fails, nothing is changed.

    start: the publication's folder, or one in it. folder: the public one, by default ``public``. issue: the issue to
    publish, whose name may be shortened. status: what becomes of it; unless published, it is taken out of the site and
    the ledger, as if it never had been. dry: write nothing. strict: let warnings stop it too. allow_private: fetch
    copies of pictures from one's own network too. lock: holds one of the publication's locks, by its name, instead of
    ``locks.hold_lock``. progress: is given the pages while they are made and their number, and yields them.

    Raises DispatchError; what check finds is in the result and not raised.
    """
    root = files.find_publication(start)
    folder = _refuse_edited(folder or root / "public", root)
    lock = (lambda _: nullcontext()) if dry else lock or partial(locks.hold_lock, root, command="dispatch publish")
    if not issue:
        with lock(locks.SITE), cache.open_cache(root, folder, dry=dry) as opened:
            if opened.is_complete(stamps.digest_inputs(stamps.read_stamps(root))):
                return SiteUpdate(folder=folder, count=len(opened.files()))
    slug, faults = _prepare(root, issue, wants_copies=not dry, allow_private=allow_private)
    with (
        lock(locks.SITE),
        cache.open_cache(root, folder, dry=dry) as opened,
        open_release(folder, opened, dry=dry) as release,
    ):
        return _publish(root, slug, release, faults, lock, progress, status=status, is_strict=strict)


def judge_issue(
    issue: "Issue",
    publication: "Publication",
    *,
    states: "Mapping[str, Fault | None] | None" = None,
    everything: "Sequence[Issue] | None" = None,
    is_whole: bool = True,
) -> "list[Finding]":
    """Find what is wrong with an issue, its files and all its editions, rendered for this.

    states: what came of asking the addresses of ``check.addresses``. everything: all issues, where they have been read
    before. is_whole: none of these is missing because it cannot be read, so that what the ledger remembers must be
    among them. Raises IssueError and RenderError.
    """
    from dispatch import check, issues, ledger
    from dispatch.publish.issue_index import read_unchanged
    from dispatch.publish.republishing import judge_kits

    if everything is None:
        everything = issues.read_all_issues(publication, with_texts=False, known=read_unchanged(publication))
    found = check.findings(
        issue,
        render_formats(issue, publication),
        publication,
        published=ledger.read_records(publication) if is_whole else (),
        current=ledger.make_records(everything, publication) if is_whole else None,
        others=tuple(other for other in everything if other.slug != issue.slug),
        states=states,
        missing=issues.find_missing_files(publication, issue),
        astray=issues.find_broken_links(publication, issue),
        strays=tuple(issues.list_strays(publication, issue.slug)),
        names=issues.list_names(publication, issue.slug),
        first_headings=issues.find_first_headings(publication, issue.slug),
        unmerged=issues.find_unmerged(publication, issue.slug),
        folders=issues.list_other_folders(publication),
    )
    return list(dict.fromkeys([*found, *judge_kits(issue, publication)]))


def render_formats(issue: "Issue", publication: "Publication") -> "list[Edition]":
    """Render an issue in every format; as a whole message (eml) only when there is a sender."""
    from dispatch import render
    from dispatch.formats import FORMATS

    names = [name for name in FORMATS if name != "eml" or publication.email.sender]
    return [render.render_edition(issue, publication, name) for name in names]


def _refuse_edited(folder: Path, root: Path) -> Path:
    """Return the public folder as an absolute path.

    Raises DeliveryError when it holds files that people edit, or lies in the publication and is a link.
    """
    whole = files.place_output(folder, within=root, error=DeliveryError)
    real = whole.resolve()
    if root.resolve().is_relative_to(real) or any(real.is_relative_to((root / name).resolve()) for name in _EDITED):
        raise DeliveryError("holds the files of the publication", address=str(folder), hint="Name a folder of its own.")
    return whole


def _prepare(root: Path, name: str, *, wants_copies: bool, allow_private: bool) -> "tuple[str, list[Fault]]":
    """Find the slug of an issue, and fetch the pictures that pages show and the publication keeps no copy of yet.

    Returns why some of these could not be fetched too. Nothing is locked meanwhile. Raises ConfigError and IssueError.
    """
    from dispatch import config, issues

    publication = config.load(root)
    slug = issues.find_slug(publication, name) if name else ""
    if not wants_copies or publication.site.images != "copy":
        return slug, []
    from dispatch import derived, fetch
    from dispatch.gather import download_pictures

    agent = derived.make_user_agent(publication)
    client = fetch.Client(user_agent=agent, allow_private=allow_private, seconds=_PATIENCE)
    shown = [one for one in issues.read_all_issues(publication) if one.status == "published" or one.slug == slug]
    results = download_pictures(publication, shown, client)
    return slug, [fault for one in results if isinstance(one, DispatchError) for fault in one.faults]


def _publish(
    root: Path,
    slug: str,
    release: Release,
    copy_faults: "Sequence[Fault]",
    lock: Lock,
    progress: Progress,
    *,
    status: "Status",
    is_strict: bool,
) -> SiteUpdate:
    """Build, check and settle everything that changed, and give the issue of that slug its status with it.

    It is built without the publication's lock, so that others go on meanwhile; what they changed is noticed.
    """
    from dispatch import config, derived, issues, ledger
    from dispatch.locate import locate_findings
    from dispatch.publish.build import ReleaseBuild
    from dispatch.publish.issue_index import IssueIndex

    before = stamps.read_stamps(root)
    publication = config.load(root)
    one = issues.read_issue(publication, slug) if slug else None
    index = IssueIndex(
        publication=publication, cache=release.cache, records=ledger.read_records(publication), publishing=slug
    )
    every = [cached.issue for cached in index.issues.values()]
    shown = one if status == "published" else None
    findings = judge_issue(shown, publication, everything=every) if shown else _judge_folders(publication)
    update = SiteUpdate(folder=release.folder, issue=slug if status == "published" else "")
    if not any(finding.severity == "error" for finding in findings):
        released = _find_released(index, one)
        if one and status != "published":
            released.remove(one.slug)
            index.drop_issue(one.slug, released)
        build = ReleaseBuild(index=index, released=released)
        for _ in progress(build.build(release), len(build.site.pages)):
            pass
        findings += build.findings + build.find_lost()
        faults = (*copy_faults, *index.faults)
        latest = max(map(derived.find_latest_moment, build.site.issues), default=None)
        update = replace(update, faults=faults, latest=latest)
    update = replace(update, findings=tuple(locate_findings(dict.fromkeys(findings), root)))
    if any(is_strict or finding.severity == "error" for finding in findings):
        return replace(update, stopped=True)
    if release.dry:
        release.find_unwanted()
    else:
        with lock(locks.LOCK):
            _settle(build, one, status, release, before, has_copies=not copy_faults)
    changes, left = tuple(release.changes), tuple(release.left)
    return replace(update, changes=changes, left=left, count=release.count, is_private=is_private(release))


def _settle(
    build: "ReleaseBuild",
    one: "Issue | None",
    status: "Status",
    release: Release,
    before: Mapping[str, str],
    *,
    has_copies: bool,
) -> None:
    """Write the issue's status, record what the site shows, and put its files in place. Raises IssueError."""
    from dispatch import issues, ledger
    from dispatch.publish.topics import record_topics

    publication = build.site.publication
    now = stamps.read_stamps(publication.root)
    _refuse_changed(before, now, build.released)
    # Nobody has any of it before the release is settled: an issue that is not published after all is in no ledger.
    if one:
        issues.change_issue(publication, one, replace(one, status=status))
    names = record_topics(build.site.pages)
    ledger.record_issues(publication, *build.site.issues, names=names, known=build.site.records)
    # What changed elsewhere, or since, was not looked at: the next publish has to.
    ours = {"dispatch.lock", *([f"issues/{one.slug}/issue.md"] if one else ())}
    seen = {path: stamp for path, stamp in stamps.read_stamps(publication.root).items() if path in ours}
    release.settle(stamps.digest_inputs(now | seen) if has_copies and now == before else "")


def _refuse_changed(before: Mapping[str, str], now: Mapping[str, str], slugs: Sequence[str]) -> None:
    """Raise IssueError when a file from which the site was made has changed since: it was built without the lock."""
    ours = (*(f"issues/{slug}/" for slug in slugs), "templates/", "dispatch.toml", "authors.toml", "dispatch.lock")
    for path in sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path)):
        if path.startswith(ours):
            raise IssueError(
                "was changed while the site was built: nothing is published",
                subject=path,
                hint="Run the command again: it checks and publishes what the file says now.",
            )


def _judge_folders(publication: "Publication") -> "list[Finding]":
    """Find the folders below ``issues`` that are no issues, when no issue is judged with them."""
    from dispatch import issues
    from dispatch.checks.editorial import judge_folders

    found = judge_folders(issues.list_other_folders(publication))
    return [one for one in found if one.rule not in publication.check]


def _find_released(index: "IssueIndex", one: "Issue | None") -> list[str]:
    """List the slugs of what is public, and of the issue that is about to be.

    Raises IssueError when a published issue has become a draft, or shares its id with another.
    """
    remembered = {record.id for record in index.records}
    owners = {cached.issue.id: slug for slug, cached in index.issues.items() if cached.issue.status == "published"}
    released = []
    for slug, cached in index.issues.items():
        if (owner := owners.get(cached.issue.id, slug)) != slug:
            raise IssueError(
                f"has the id of issues/{owner}/issue.md",
                subject=f"issues/{slug}/issue.md",
                hint="Delete the lines id: of the copy and of its articles; they get ids of their own.",
            )
        if cached.issue.status == "published" or (one and cached.issue.id == one.id):
            released.append(slug)
        elif cached.issue.id in remembered:
            raise IssueError(
                f"was published, and is {'a draft' if cached.issue.status == 'draft' else cached.issue.status} now",
                subject=f"issues/{slug}/issue.md",
                hint=f"Put back status: published; or, if nobody has it yet: dispatch unpublish {slug}",
            )
    return released
