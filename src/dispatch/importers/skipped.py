"""What of an export is not imported, and why."""

import re
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from dispatch.errors import DispatchError, GatherError
from dispatch.importers.posts import Post

Row = Mapping[str, object]

_REASONS = (
    (
        r"(?:^|/)(?:email_list|subscribers?|members?|audience|lists/)[^/]*.*\.(?:csv|json)$",
        "subscribers are not imported",
    ),
    (
        r"\.(?:opens|delivers|clicks)\.csv$|(?:^|/)(?:reports?|events?)\b.*\.csv$",
        "who got or opened it is not imported",
    ),
    (r"(?:^|/)comments?[^/]*\.(?:csv|json|xml)$", "comments are not imported"),
    (r"\.(?:jpe?g|png|gif|webp|avif|svg|heic|tiff?)$", "no post shows this picture"),
    (r"\.zip$", "a zip within the export is not opened"),
)
_MOST_ALONE = 3
# Reasons that several systems have in common.
PAGE = "it is a page, not a post"
BIN = "it is in the bin"
EMPTY = "it has no text in the export"
UNTITLED = "it has no title"
SCHEDULED = "it was scheduled, and had not gone out"  # why a post stays a draft


@dataclass(frozen=True, slots=True, kw_only=True)
class NotImported:
    """Something in an export that did not become an issue."""

    file: Annotated[str, "the file, or the file and the post in it"]
    reason: Annotated[str, "why"]
    title: Annotated[str, "the post's title; empty where it is none, or has none"] = ""
    state: Annotated[
        Literal["skipped", "left", "failed"], "skipped: it is here already; left: it is no post; failed: it is broken"
    ] = "left"


def try_post(file: str, read: Callable[[], Post | NotImported]) -> Iterator[Post | NotImported]:
    """Read one post; when it is broken or has no text, say why, so that the others are still read."""
    try:
        found = read()
    except GatherError as error:
        yield from report_broken(file, error)
        return
    if isinstance(found, Post) and not found.article.title:
        found = NotImported(file=file, reason=UNTITLED)
    elif isinstance(found, Post) and not (found.article.content or found.article.image or found.is_link):
        heard = [f"it is a podcast without text ({one.url})" for one in found.article.enclosures] or [EMPTY]
        found = NotImported(file=file, reason="; ".join((*heard, *found.notes)), title=found.article.title)
    yield found


def try_rows(file: str, read: Callable[[], list[Row]]) -> Generator[NotImported, None, list[Row]]:
    """Read the rows of a table; when it is broken, say why, and return none."""
    try:
        return read()
    except GatherError as error:
        yield from report_broken(file, error)
        return []


def report_broken(file: str, error: DispatchError) -> Iterator[NotImported]:
    """Report each of the faults that keep a file from being read."""
    for fault in error.faults:
        yield NotImported(file=file, reason=fault.what, state="failed")


def count_comments(file: str, count: int) -> Iterator[NotImported]:
    """Report the comments in a file, where there are any."""
    if count:
        yield NotImported(file=f"{file}: comments", reason=f"not imported: {count:,}")


def list_unused(names: Iterable[str]) -> Iterator[NotImported]:
    """Report the files that belong to no post: a line each, or one for all of a folder that are alike."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in names:
        reason = next((why for pattern, why in _REASONS if re.search(pattern, name, re.IGNORECASE)), "not a post")
        alike[name.rpartition("/")[0].partition("/")[0], reason].append(name)
    for (folder, reason), found in sorted(alike.items()):
        if len(found) > _MOST_ALONE and folder:
            yield NotImported(file=f"{folder}/", reason=f"{len(found):,} files: {reason}")
        else:
            yield from (NotImported(file=name, reason=reason) for name in found)
