"""Write every new post of an export as an issue, and publish those that may be."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated

from dispatch import issues, ledger
from dispatch.errors import IssueError
from dispatch.importers.issues import find_known, index_known, list_changes, make_issue
from dispatch.importers.posts import Post
from dispatch.importers.skipped import NotImported
from dispatch.model import Author, Finding, Issue, Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPost:
    """A post that became an issue."""

    post: Annotated[Post, "with notes of what an editor should know of the issue"]
    issue: Annotated[Issue, "the draft"]

    @property
    def is_public(self) -> bool:
        """Whether everybody could read it there, so that it may be published here."""
        return self.post.is_public and not self.post.held


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedImport:
    """What came of publishing an imported issue."""

    file: Annotated[str, "the file of the post"]
    slug: Annotated[str, "the issue's"]
    errors: Annotated[tuple[Finding, ...], "why it stays a draft: what check found"] = ()
    was_changed: Annotated[bool, "why it stays a draft: somebody changed it meanwhile"] = False


@dataclass(slots=True, kw_only=True)
class ImportRun:
    """An import into a publication."""

    publication: Publication
    now: Annotated[datetime, "the date of posts that have none"]
    authors: Annotated[tuple[Author, ...], "who wrote what names nobody, as the editor says"] = ()
    is_dry: Annotated[bool, "write nothing"] = False
    lock: Annotated[Callable[[], AbstractContextManager[object]], "holds the publication's lock"]
    _known: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _stamp: int = -1  # of the folder of the issues when it was last read

    def import_posts(self, found: Iterable[Post | NotImported]) -> Iterator[ImportedPost | NotImported]:
        """Write each post that is new as an issue. What is broken does not stop the rest. Raises LockedError."""
        self._known |= index_known((), ledger.read(self.publication))
        for post in found:
            if isinstance(post, NotImported):
                yield post
                continue
            with self._hold_lock():
                self._read_others()
                outcome = self._import_post(post)
                self._stamp = self._read_stamp()
            yield outcome

    def publish(
        self, public: Mapping[str, str], judge: Callable[[Issue], Sequence[Finding]]
    ) -> Iterator[PublishedImport]:
        """Publish the issues of these slugs, each with its post's file, in which ``judge`` finds no error."""
        if self.is_dry:
            yield from (PublishedImport(file=file, slug=slug) for slug, file in public.items())
            return
        for one in (one for one in issues.read_all(self.publication) if one.slug in public):
            outcome = PublishedImport(file=public[one.slug], slug=one.slug)
            errors = tuple(finding for finding in judge(one) if finding.severity == "error")
            if errors:
                yield replace(outcome, errors=errors)
                continue
            with self._hold_lock():
                if issues.read(self.publication, one.slug) != one:
                    outcome = replace(outcome, was_changed=True)
                else:
                    # The ledger first: what it has forgotten could change unseen.
                    ledger.remember(self.publication, one)
                    issues.change(self.publication, one, replace(one, status="published"))
            yield outcome

    def _import_post(self, post: Post) -> ImportedPost | NotImported:
        if (slug := find_known(post, self._known)) is not None:
            where = f"is already in issues/{slug}" if slug else "was published before, and is gone on purpose"
            return NotImported(file=post.file, reason=f"“{post.article.title}” {where}", state="skipped")
        if self.authors and not post.article.authors:
            post = replace(post, article=replace(post.article, authors=self.authors, certainty="certain"))
        one = make_issue(post, self.publication, self.now, self._taken)
        try:
            if not self.is_dry:
                issues.lay(self.publication, one, post.pictures)
                issues.create(self.publication, one)
        except IssueError as error:
            return NotImported(file=post.file, reason=str(error), state="failed")
        self._taken.add(one.slug)
        self._known |= index_known([one], ())
        return ImportedPost(post=replace(post, notes=(*list_changes(post, one), *post.notes)), issue=one)

    def _hold_lock(self) -> AbstractContextManager[object]:
        return nullcontext() if self.is_dry else self.lock()

    def _read_others(self) -> None:
        """Learn of issues that another command has made meanwhile."""
        if self._stamp != self._read_stamp():
            others = sorted({*issues.names(self.publication)} - self._taken)
            self._known |= index_known((issues.read(self.publication, slug) for slug in others), ())
            self._taken.update(others)

    def _read_stamp(self) -> int:
        """Read when the folder of the issues changed last: whenever an issue has come or gone."""
        folder = self.publication.root / "issues"
        return folder.stat().st_mtime_ns if folder.is_dir() else 0
