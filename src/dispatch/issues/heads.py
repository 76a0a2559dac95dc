"""Which issues there are, and what the front matter of each says: all that lists, names and numbers need.

No article is read here, and nothing that reads one is imported: with hundreds of issues that is what a command costs.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from dispatch import derived, files, from_mapping
from dispatch.errors import IssueError, explain_refusal
from dispatch.frozen import dataclass
from dispatch.issues.folder import SUFFIXES, IssueFile, IssueFolder
from dispatch.leftovers import find_leftover
from dispatch.model import Contents, Fault, Publication, Status
from dispatch.slugs import is_slug

C = TypeVar("C", bound=Contents)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueHead(Contents):
    """What the front matter of an issue says: it has no articles, and no introduction."""

    keys: Annotated[tuple[str, ...], "the articles that it lists, by key"] = ()


def list_slugs(publication: Publication) -> list[str]:
    """List the slugs of all issues, sorted: the folders in issues/ that hold an issue.md."""
    return [path.name for path in _list_inside(publication) if is_slug(path.name) and _has_issue(path)]


def list_other_folders(publication: Publication) -> tuple[tuple[str, bool], ...]:
    """List the folders in issues/ that are no issues, by path, and whether each holds an issue.md all the same."""
    others = (path for path in _list_inside(publication) if not (is_slug(path.name) and _has_issue(path)))
    return tuple((f"issues/{path.name}", _has_issue(path)) for path in others if path.is_dir() and path.name[0] != ".")


def read_head(publication: Publication, slug: str) -> IssueHead:
    """Read what the front matter of an issue says. Raises IssueError."""
    faults: list[Fault] = []
    head = _read_head(IssueFolder(publication=publication, slug=slug, faults=faults))
    if head is None:
        raise IssueError(*faults)
    return head


def read_heads(publication: Publication) -> tuple[list[IssueHead], list[Fault]]:
    """Read the head of every issue as ``read_head`` does, the newest first, and the faults of those that have any."""
    faults: list[Fault] = []
    folders = (IssueFolder(publication=publication, slug=slug, faults=faults) for slug in list_slugs(publication))
    return sort_newest_first(head for folder in folders if (head := _read_head(folder))), faults


def sort_newest_first(issues: Iterable[C]) -> list[C]:
    """Sort issues by date and then by number, the newest first."""
    return sorted(issues, key=lambda issue: (issue.date, issue.number or 0, issue.slug), reverse=True)


def find_slug(publication: Publication, name: str) -> str:
    """Find the slug that a name, or its unambiguous beginning, means. Raises IssueError with the nearest."""
    slugs = list_slugs(publication)
    begun = [slug for slug in slugs if slug.startswith(name)] if name else []
    if name in slugs or len(begun) == 1:
        return name if name in slugs else begun[0]
    if begun:
        raise IssueError(f"“{name}” could be {' or '.join(begun)}", hint="write more of its name")
    hint = "dispatch issue list shows them all" if slugs else "make one with: dispatch issue new TITLE"
    raise IssueError(f"there is no issue “{name}”{from_mapping.suggest_nearest(name, slugs)}", hint=hint)


def find_newest(publication: Publication, status: Status | None = None) -> str | None:
    """Find the slug of the newest issue (of that status): the latest date, then the highest number; None without any.

    Raises IssueError with the faults of every issue.md.
    """
    heads, faults = read_heads(publication)
    if faults:
        raise IssueError(*faults)
    return next((head.slug for head in heads if status in (None, head.status)), None)


def find_due(publication: Publication, now: datetime) -> tuple[list[str], list[Fault]]:
    """Find the slugs of the scheduled issues whose date has come, the earliest first.

    Returns the faults of each issue.md that cannot be read too: nobody knows whether that issue is due.
    """
    heads, faults = read_heads(publication)
    return [head.slug for head in reversed(heads) if head.status == "scheduled" and head.date <= now], faults


def list_strays(publication: Publication, slug: str) -> list[str]:
    """List the article files that no section of the issue lists, by path, without leftovers. Raises IssueError."""
    folder = IssueFolder(publication=publication, slug=slug)
    file = folder.read_file(folder.path / "issue.md")
    if file is None:
        raise IssueError(*folder.faults)
    listed = {"issue", *_list_keys(file.front.data.get("sections"))}
    return sorted(
        files.format_path(path, publication.root)
        for path in folder.path.iterdir()
        if path.suffix in SUFFIXES and path.stem not in listed and path.name[0] != "." and not find_leftover(path.name)
    )


def list_article_addresses(publication: Publication, slug: str) -> list[tuple[str, str]]:
    """List the id and the address of every article that an issue lists, as their front matter has them.

    An article that cannot be read is left out, for check to report. Raises IssueError when issue.md cannot be read.
    """
    folder = IssueFolder(publication=publication, slug=slug)
    head = _read_head(folder)
    if head is None:
        raise IssueError(*folder.faults)
    found = []
    for key in head.keys:
        file = next((file for path in folder.find_files(key) if (file := folder.read_file(path))), None)
        if file is not None:
            id_, url = (str(file.front.data.get(name) or "").strip() for name in ("id", "url"))
            minted = derived.mint_id(publication, head.date, f"{slug}/{key}")
            found.append((id_ or minted, f"https:{url}" if url.startswith("//") else url))
    return found


def read_heading(
    cls: type[C], folder: IssueFolder, file: IssueFile, given: dict[str, object], sections: from_mapping.Special
) -> C | None:
    """Read issue.md, its sections as ``sections`` does; None after a fault, which the folder then has.

    given: what does not come from the front matter.
    """
    data = {key: value for key, value in file.front.data.items() if key != "id" or value is not None}
    given = {"slug": folder.slug, "intro": "", **given} | ({} if "id" in data else {"id": ""})
    reading = start_reading(folder, file)
    issue = from_mapping.read_noun(cls, data, reading, given=given, special={"sections": sections})
    return issue and replace(issue, id=issue.id or derived.mint_id(folder.publication, issue.date, folder.slug))


def start_reading(
    folder: IssueFolder, file: IssueFile, lines: Mapping[str, int] | None = None
) -> from_mapping.FileReading:
    """Start to read a file's front matter; its faults are the folder's. lines: of each key, other than the file has."""
    return from_mapping.FileReading(
        file=file.name,
        zone=ZoneInfo(folder.publication.timezone),
        lines=file.front.lines if lines is None else lines,
        faults=folder.faults,
    )


def _read_head(folder: IssueFolder) -> IssueHead | None:
    file = folder.read_file(folder.path / "issue.md")
    if file is None:
        return None
    keys = tuple(_list_keys(file.front.data.get("sections")))
    return read_heading(IssueHead, folder, file, {"keys": keys}, lambda *_: ())


def _list_keys(sections: object) -> list[str]:
    """List the keys in the sections of an issue.md, whatever somebody has written there."""
    found = []
    for section in sections if isinstance(sections, list) else [sections]:
        keys = section.get("articles") if isinstance(section, dict) else None
        found += [str(key) for key in (keys if isinstance(keys, list) else [keys]) if key is not None]
    return found


def _has_issue(folder: Path) -> bool:
    """Whether there is an issue.md, whatever that is."""
    return os.path.lexists(folder / "issue.md")


def _list_inside(publication: Publication) -> list[Path]:
    """List what stands in issues/, sorted. Raises IssueError when issues/ is a link, or cannot be read."""
    folder = files.resolve_inside(publication.root / "issues", within=publication.root, error=IssueError)
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as cause:
        raise explain_refusal(IssueError, cause, subject="issues") from cause
