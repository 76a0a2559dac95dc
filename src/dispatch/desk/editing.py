"""What an editor changes at the desk: by the functions that the commands use, under the lock that they hold.

Every change can be taken back as long as nobody has changed the same since.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from dispatch import compose, files, identity, issues, locks, pick
from dispatch.desk.fields import EditTarget
from dispatch.desk.workspace import Workspace
from dispatch.errors import IssueError
from dispatch.model import Article, Fault, Issue, Place, Publication
from dispatch.pick import Pick

ChangeKind = Literal["dismissed", "restored", "added", "removed", "moved", "edited", "credited", "created"]
COMMAND = "dispatch desk"
MOST_UNDONE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoableChange:
    """What was done, and how it is taken back."""

    kind: ChangeKind
    count: Annotated[int, "of how many articles"]
    slug: Annotated[str, "the issue that it is in; empty for the inbox alone"]
    undo: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a change."""

    kind: ChangeKind
    count: int
    keys: Annotated[tuple[str, ...], "the articles that were added, or the issue that was created"] = ()
    faults: Annotated[tuple[Fault, ...], "what of it could not be done"] = ()


class Editing:
    """Changes inbox and issues, and takes changes back, the last one first. Everything raises DispatchError.

    now: the moment, which only a command may ask for.
    """

    def __init__(self, root: Path, workspace: Workspace, now: Callable[[], datetime]) -> None:
        self._root = root
        self._workspace = workspace
        self._now = now
        self._done: list[UndoableChange] = []

    @property
    def last(self) -> UndoableChange | None:
        """What ``take_back`` would take back."""
        return self._done[-1] if self._done else None

    def take_back(self) -> Outcome:
        """Take back the last change. One that cannot be taken back is forgotten, and its reason raised."""
        if not self._done:
            raise IssueError("there is nothing to take back")
        change = self._done.pop()
        with self._change_files(change.slug or None):
            change.undo()
        return Outcome(kind=change.kind, count=change.count)

    def set_dismissed(self, numbers: Sequence[int], *, is_dismissed: bool) -> Outcome:
        """Dismiss articles of the inbox, or restore them; those that were so already are left alone."""

        def set_all(chosen: Sequence[int], value: bool) -> None:
            with pick.open_with_uses(self._workspace.publication) as box:
                (box.dismiss if value else box.restore)(chosen)

        with self._change_files():
            with pick.open_with_uses(self._workspace.publication) as box:
                chosen = box.list_dismissed(numbers, is_dismissed=not is_dismissed)
            set_all(chosen, is_dismissed)
        kind: ChangeKind = "dismissed" if is_dismissed else "restored"
        return self._record(kind, "", lambda: set_all(chosen, not is_dismissed), count=len(chosen))

    def add_entries(self, slug: str, numbers: Sequence[int], *, section: str, note: str) -> Outcome:
        """Add articles of the inbox to an issue, at the end of a section or of their source's own."""
        with self._change_files(slug) as publication:
            with pick.open_with_uses(publication) as box:
                arrivals = [box.find_arrival(number) for number in numbers]
            titles = {part.title for part in issues.read_issue(publication, slug).sections}
            done = pick.add_to_issue(
                publication,
                slug,
                [
                    Pick(
                        articles=[_prepare(one.article, publication, note)],
                        section=section or compose.choose_section(one, publication),
                        arrival=one,
                    )
                    for one in arrivals
                ],
            )
        new = [article for article in done.added if article not in done.back]
        keys = tuple(article.key for article in done.added)
        known = (Fault(what="is in the issue already", place=Place(address=one.title)) for one in done.passed)
        faults = (*(fault for error in done.failed for fault in error.faults), *known)
        if not done.added:
            raise IssueError(*faults)
        undo = partial(pick.take_back, self._workspace.publication, slug, new, titles)
        return replace(self._record("added", slug, undo, count=len(keys)), keys=keys, faults=faults)

    def change_issue(
        self,
        slug: str,
        kind: ChangeKind,
        change: Callable[[Issue, Publication], Issue],
        restore: Callable[[Issue, Publication], Issue] = lambda issue, _: issue,
    ) -> Outcome:
        """Change an issue as its files are now, and nothing else in them.

        restore: makes of the issue that was read what is written to take the change back, after others have written.
        """
        with self._change_files(slug) as publication:
            old, before = issues.read_issue(publication, slug), self._read_files(slug)
            issues.change_issue(publication, old, change(old, publication))
            new, after = issues.read_issue(publication, slug), self._read_files(slug)

        def undo() -> None:
            if self._read_files(slug) != after:  # somebody has written since: what they wrote stays
                issues.change_issue(self._workspace.publication, new, restore(old, self._workspace.publication))
                return
            for path in (path for path in before if before[path] != after.get(path)):
                files.replace_file(path, after.get(path, b""), before[path], within=self._root, error=IssueError)

        return self._record(kind, slug, undo)

    def edit_field(self, slug: str, target: EditTarget, name: str, *, was: str, text: str) -> Outcome:
        """Write a field of an article, of a section or of the issue itself.

        was: the text that the editor saw. Raises IssueError where it is another by now: nothing is overwritten.
        """

        def edit(issue: Issue, publication: Publication) -> Issue:
            now = target.read(issue, name)
            if name == "intro":
                now = target.choose_introduction(issue, *issues.read_introductions(publication, slug))
            if now != was:
                raise IssueError(
                    "somebody else changed it meanwhile: nothing is written",
                    subject=Place(file=target.find_file(issue), key=name),
                    hint=f"It says “{now}” now. Write yours again if you mean it.",
                )
            return target.write(issue, name, text.strip(), publication)

        return self.change_issue(slug, "edited", edit, lambda issue, said: target.write(issue, name, was, said))

    def create_issue(self, title: str) -> Outcome:
        """Create an issue of that title, dated now. Raises IssueError without a title."""
        if not title.strip():
            raise IssueError("a title cannot be empty", hint="Write what the issue is called.")
        with self._change_files() as publication:
            earlier, _ = issues.read_heads(publication)
            moment = self._now().astimezone(ZoneInfo(publication.timezone))
            draft = compose.draft_issue(publication, title.strip(), moment, earlier=earlier)
            issues.create_issue(publication, draft)
        return Outcome(kind="created", count=1, keys=(draft.slug,))

    def forget_changes(self) -> None:
        """Take nothing back from now on: what readers have is corrected or withdrawn, not undone."""
        self._done.clear()

    def _read_files(self, slug: str) -> dict[Path, bytes]:
        folder = self._root / "issues" / slug
        return {path: path.read_bytes() for path in folder.iterdir() if path.suffix in {".md", ".html"}}

    @contextmanager
    def _change_files(self, slug: str | None = None) -> Iterator[Publication]:
        """Hold the publication's lock, and read again what was changed in an issue, whatever came of it.

        slug: the issue, which must be there: what a page sends is no path.
        """
        if slug is not None:
            self._workspace.require_issue(slug)
        try:
            with locks.hold_lock(self._root, command=COMMAND):
                yield self._workspace.publication
        finally:
            self._workspace.reload([self._root / "issues" / slug / "issue.md"] if slug else [])

    def _record(self, kind: ChangeKind, slug: str, undo: Callable[[], object], *, count: int = 1) -> Outcome:
        self._done.append(UndoableChange(kind=kind, count=count, slug=slug, undo=undo))
        del self._done[:-MOST_UNDONE]
        return Outcome(kind=kind, count=count)


def _prepare(article: Article, publication: Publication, note: str) -> Article:
    """Make an article of the inbox ready for an issue, as ``dispatch add`` does."""
    if not article.title:
        raise IssueError("no title found", address=article.url, hint='Add it with dispatch add --title "…".')
    registered, _ = identity.register_article(article, publication)
    return replace(registered, note=note.strip() or registered.note)
