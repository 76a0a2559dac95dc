"""Read a publication as a Version, and make a Review of two."""

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from dispatch import config, git, identity, issues, ledger
from dispatch.checks.editorial import judge_folders
from dispatch.errors import CheckError, ConfigError, IssueError, RenderError, ReviewError
from dispatch.model import Article, Author, Fault, Finding, Issue, Publication
from dispatch.review.changes import Change, Review, Version
from dispatch.review.issues import compare_versions
from dispatch.review.settings import LOCK, pick_shown

# Reads issues of a publication without their texts, those that it can at once, by slug.
ReadKnown = Callable[[Publication], Mapping[str, Issue]]


def read_version(
    root: Path,
    later: Publication | None = None,
    *,
    same: Set[str] = frozenset(),
    known: Version | None = None,
    read_known: ReadKnown = lambda _: {},
) -> Version:
    """Read the publication in a folder; what of it cannot be read is among the version's faults, and not raised.

    later: the publication as it became. Where it has moved, its issues and the ledger are read as if it had been there.
    same: the slugs of issues that are the same in another version: they are read without their texts, or are not even
    in the folder, but taken from ``known``, which is that version; likewise the ledger, by its name. read_known: gives
    issues without their texts that need not be read, by slug.
    """
    if not os.path.lexists(root / config.FILE):
        return Version(publication=None)
    try:
        publication = config.load(root)
    except ConfigError as error:
        return Version(publication=None, faults={config.FILE: error.faults})
    shown = publication
    if later and publication.url in later.former_urls:
        publication = replace(publication, url=later.url, former_urls=later.former_urls)
    read: list[Issue] = []
    files: dict[str, dict[str, str]] = {}
    faults: dict[str, tuple[Fault, ...]] = {}
    try:
        slugs = issues.list_slugs(publication)
    except IssueError as error:
        return Version(publication=publication, faults={"issues": error.faults})
    ready = {one.slug: one for one in known.issues} if known else read_known(publication) if same else {}
    for slug in sorted({*slugs, *same} - {ledger.FILE}):
        if known and slug in same & known.faults.keys():
            faults[slug] = known.faults[slug]
            continue
        try:
            if slug in same:
                read.append(ready.get(slug) or issues.read_issue(publication, slug, with_texts=False))
                continue
            one = issues.read_issue(publication, slug)
            bodies = issues.read_pictures(publication, one)
        except IssueError as error:
            faults[slug] = error.faults
            continue
        read.append(one)
        files[slug] = {name: hashlib.sha256(bodies[name]).hexdigest() for name in sorted(bodies)}
    try:
        remembered = known.ledger if known and ledger.FILE in same else ledger.read_records(publication)
    except IssueError as error:
        remembered = ()
        faults[ledger.FILE] = error.faults
    return Version(
        publication=shown,
        issues=tuple(read),
        ledger=remembered,
        files=files,
        faults=faults,
        folders=issues.list_other_folders(publication),
    )


def read_versions(root: Path, commit: str, read_known: ReadKnown = lambda _: {}) -> tuple[Version, Version]:
    """Read the publication as it was at a commit, and as it is; see ``read_version``. Raises ReviewError.

    An issue of which no file is another is read once, and without its texts, unless the publication is another.
    """
    blobs = git.list_blobs(root, commit)
    try:
        with TemporaryDirectory(prefix="dispatch-") as folder:
            past = Path(folder).resolve()
            git.restore_files(root, (one for one in blobs if not _name_issue(one.path)), past)
            same = _find_same(blobs, past, root)
            changed = (one for one in blobs if _name_issue(one.path) and _name_issue(one.path) not in same)
            git.restore_files(root, changed, past)
            now = read_version(root, same=same, read_known=read_known)
            return read_version(past, now.publication, same=same, known=now), now
    except OSError as cause:
        full = "Make room for temporary files, or name" if cause.errno in {errno.ENOSPC, errno.EDQUOT} else "Name"
        hint = f"{full} another folder for them in TMPDIR."
        raise ReviewError(f"the past cannot be restored: {cause.strerror}", address=str(root), hint=hint) from cause


def _name_issue(path: str) -> str:
    """Name the folder below ``issues`` in which a file of the publication lies; empty for any other file."""
    parts = path.split("/")
    return parts[1] if parts[0] == "issues" and len(parts) > 2 else ""


def _find_same(blobs: Iterable[git.Blob], past: Path, root: Path) -> frozenset[str]:
    """Find the slugs of the issues whose files are the same, and the ledger; none where the publications are others."""
    try:
        was, now = config.load(past), config.load(root)
        slugs = issues.list_slugs(now)
    except (ConfigError, IssueError):
        return frozenset()
    if replace(was, root=now.root) != now:
        return frozenset()
    held: dict[str, list[git.Blob]] = {}
    for one in blobs:
        held.setdefault(_name_issue(one.path) or one.path, []).append(one)
    same = (slug for slug in slugs if slug in held and _is_same_folder(root, slug, held[slug]))
    lock = (one.path for one in held.get(ledger.FILE, ()) if git.is_as_held(root / one.path, one))
    return frozenset({*same, *lock})


def _is_same_folder(root: Path, slug: str, held: Sequence[git.Blob]) -> bool:
    """Whether an issue's folder holds these files, by names and bytes, and no others; links are none."""
    found = (Path(where, name) for where, _, names in os.walk(root / "issues" / slug) for name in names)
    names = {path.relative_to(root).as_posix() for path in found}
    return names == {one.path for one in held} and all(git.is_as_held(root / one.path, one) for one in held)


def make_review(
    old: Version,
    new: Version,
    *,
    base: str,
    commit: str,
    judge: Callable[[Issue], Sequence[Finding]],
    judge_files: Callable[[Issue, Publication], Sequence[Finding]],
) -> Review:
    """Compare two versions, and check the issues that change.

    judge: what check says of an issue and its editions. judge_files: what it says of its files alone.
    """
    shown = new if new.publication is None else replace(new, publication=_remember_forgotten(old, new, new.publication))
    changes = list(compare_versions(_use_present_names(old, shown.publication), shown))
    findings = list(judge_folders(folder for folder in new.folders if folder not in old.folders))
    for issue in _find_affected(old, new):
        try:
            found = judge(issue)
        except (RenderError, CheckError) as error:  # a template of the pull request's
            where = f"issues/{issue.slug}"
            changes.append(Change(weight="stop", kind="file", where=where, what=f"Cannot be rendered: {error}"))
            continue
        known: set[Finding] = set()
        if old.publication:  # warnings that the change did not bring: of the issue as it was, and of the publication
            was = old.find_issue(issue.slug)
            warned = [one for one in judge_files(was or issue, old.publication) if one.severity == "warning"]
            known = {one for one in warned if was or one.place.file == config.FILE}
        findings += (finding for finding in found if finding not in known and finding.rule != "files.folder")
    return Review(base=base, commit=commit, changes=tuple(changes), findings=tuple(_drop_repeated(findings, changes)))


def _remember_forgotten(old: Version, new: Version, now: Publication) -> Publication:
    """Return the publication with the former names that ``author rename --forget`` keeps no trace of.

    Somebody has one if in every byline with their name, which is new in all, the same other name stood before, which
    now is nowhere, and authors.toml had an entry of that name that is gone, and the ledger went along. Who reads the
    review is told that a name changed, and not which. Where an editor has put one person in place of another, the
    ledger knows the first.
    """
    was = {article.id: article.authors for issue in old.issues for article in issue.articles}
    before = {author.name for authors in was.values() for author in authors}
    after = {author.name for issue in new.issues for article in issue.articles for author in article.authors}
    entries = old.publication.authors if old.publication else {}
    published = {record.id: record.authors for record in new.ledger if record.kind == "article"}
    found: dict[str, set[str]] = {}
    for article in (article for issue in new.issues for article in issue.articles):
        for then, author in zip(was.get(article.id, ()), article.authors, strict=False):
            key = identity.find_person(author, now)
            is_known = published.get(article.id, "") in {"", *identity.digest_authors(article.authors, now)}
            is_same = any(_is_former_entry(one, then.name, key, now) for one in entries.items())
            if author.name not in before:
                found.setdefault(key if is_known and is_same else "", set()).add(then.name)
    told = found.pop("", set())
    names = {key: next(iter(one)) for key, one in found.items() if len(one) == 1 and not one & (after | told)}
    former = {key: (*now.former_names.get(key, ()), name) for key, name in names.items()}
    for key, name in names.items():
        former[key] += tuple(each for each, one in entries.items() if one.name == name and each not in now.authors)
    return replace(now, former_names={**now.former_names, **former})


def _is_former_entry(entry: tuple[str, Author], name: str, key: str, now: Publication) -> bool:
    """Whether an entry that authors.toml had under this name is gone, and may be that of the key now."""
    was, one = entry
    return one.name == name and (was == key or was not in now.authors)


def _use_present_names(old: Version, now: Publication | None) -> Version:
    """Return the old version with the present names of people, so that a former one is told to nobody."""
    if now is None or not now.former_names:
        return old

    def rename_authors(article: Article) -> Article:
        authors = dict.fromkeys(identity.replace_former_name(author, now) for author in article.authors)
        credits_ = tuple(identity.replace_former_credit(credit, now) for credit in article.credits)
        return replace(article, authors=tuple(authors), credits=credits_)

    return replace(old, issues=tuple(issue.change_articles(rename_authors) for issue in old.issues))


def _find_affected(old: Version, new: Version) -> list[Issue]:
    """Find the issues of which some edition may become another: what check should look at."""
    if new.publication is None:
        return []
    everything = pick_shown(old.publication) != pick_shown(new.publication)
    return [
        issue
        for issue in new.issues
        if everything or issue != old.find_issue(issue.slug) or old.files.get(issue.slug) != new.files.get(issue.slug)
    ]


def _drop_repeated(findings: Iterable[Finding], changes: Iterable[Change]) -> Iterator[Finding]:
    """Drop the findings that say of an id, a date or a byline what a change has said already."""
    files = {change.where for change in changes if change.weight == "stop"}
    for one in dict.fromkeys(findings):
        if not (one.rule.startswith("ids.") and (one.place.file in files or (files and one.place.file == LOCK))):
            yield one
