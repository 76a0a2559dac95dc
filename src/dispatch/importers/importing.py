"""Make an issue of every post that is new, write it, and publish those that may be; or put all into one issue."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated

from dispatch import derived, issues, ledger
from dispatch.errors import IssueError
from dispatch.identity import register_article
from dispatch.importers.drafts import (
    find_known,
    index_known,
    list_changes,
    list_new_places,
    make_article,
    make_issue,
    strip_tag,
)
from dispatch.importers.posts import Post
from dispatch.importers.skipped import NotImported
from dispatch.model import Article, Author, Finding, Issue, Publication

ALONE = "without --into and --into-inbox it becomes a draft of its own"
LEAST_AT_ONCE = 25  # posts that are written together into one issue
MOST_WAITING = 256 << 20  # bytes of pictures until then


# Adds an article to an issue, in a section, as ``compose.add_articles`` does: nothing when it is there.
AddArticle = Callable[[Issue, Article, str], tuple[Issue, list[Article]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPost:
    """A post that became an issue, or an article of one."""

    post: Annotated[Post, "with notes of what an editor should know of it"]
    issue: Annotated[Issue, "the draft"]
    article: Annotated[Article, "the article in it"]

    @property
    def is_public(self) -> bool:
        """Whether everybody could read it there, so that it may be published here; it is known when it was."""
        return not self.post.objection and bool(self.article.published)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedImport:
    """What came of publishing an imported issue."""

    file: Annotated[str, "the file of the post"]
    slug: Annotated[str, "the issue's"]
    errors: Annotated[tuple[Finding, ...], "why it stays a draft: what check found"] = ()
    was_changed: Annotated[bool, "why it stays a draft: somebody changed it meanwhile"] = False
    is_ahead: Annotated[bool, "why it stays a draft: it is dated more than a day ahead"] = False


@dataclass(slots=True, kw_only=True)
class ImportRun:
    """An import into a publication."""

    publication: Publication
    now: Annotated[datetime, "the date of posts that have none"]
    authors: Annotated[tuple[Author, ...], "who wrote what names nobody, as the editor says"] = ()
    is_dry: Annotated[bool, "write nothing"] = False
    into: Annotated[str, "the slug of the issue that gets all; empty for an issue each"] = ""
    add: Annotated[AddArticle, "adds an article to that issue, in a section"]
    lock: Annotated[Callable[[], AbstractContextManager[object]], "holds the publication's lock"]
    _known: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _stamp: int = -1  # of the folder of the issues when it was last read

    def import_posts(self, found: Iterable[Post | NotImported]) -> Iterator[ImportedPost | NotImported]:
        """Write each post that is new as an issue. What is broken does not stop the rest. Raises LockedError."""
        self._known |= index_known((), ledger.read_records(self.publication))
        if self.into:
            yield from self._join_posts(found)
            return
        for post in found:
            if isinstance(post, NotImported):
                yield post
                continue
            with self._hold_lock():
                self._read_others()
                outcome = self._import_post(post)
                self._stamp = self._read_stamp()
            yield outcome

    def _join_posts(self, found: Iterable[Post | NotImported]) -> Iterator[ImportedPost | NotImported]:
        """Add the posts to the issue that gets all, each time twice as many at once: each write reads all of it."""
        waiting: list[Post] = []
        room, most = MOST_WAITING, LEAST_AT_ONCE
        for post in found:
            if isinstance(post, NotImported):
                yield post
                continue
            waiting.append(post)
            room -= sum(map(len, post.pictures.values()))
            if len(waiting) >= most or room < 0:
                yield from self._add_to_issue(waiting)
                waiting, room, most = [], MOST_WAITING, 2 * most
        yield from self._add_to_issue(waiting)

    def publish(
        self, public: Mapping[str, str], judge: Callable[[Issue], Sequence[Finding]]
    ) -> Iterator[PublishedImport]:
        """Publish the issues of these slugs, each with its post's file, in which ``judge`` finds no error."""
        if self.is_dry:
            yield from (PublishedImport(file=file, slug=slug) for slug, file in public.items())
            return
        every = issues.read_all_issues(self.publication)
        # The oldest first: that is the order in which feeds have them.
        for one in sorted((one for one in every if one.slug in public), key=lambda one: (one.date, one.slug)):
            outcome = PublishedImport(file=public[one.slug], slug=one.slug)
            errors = tuple(finding for finding in judge(one) if finding.severity == "error")
            if errors or derived.is_ahead(one, self.now):
                yield replace(outcome, errors=errors, is_ahead=not errors)
                continue
            with self._hold_lock():
                if issues.read_issue(self.publication, one.slug) != one:
                    outcome = replace(outcome, was_changed=True)
                else:
                    # The ledger first: what it has forgotten could change unseen.
                    ledger.record_issues(self.publication, one)
                    issues.change_issue(self.publication, one, replace(one, status="published"))
            yield outcome

    def _import_post(self, post: Post, target: Issue | None = None) -> ImportedPost | NotImported:
        title = post.article.title
        if (slug := find_known(post, self._known)) is not None:
            where = f"it is already in issues/{slug}" if slug else "it was published before, and is gone on purpose"
            return NotImported(file=post.file, title=title, reason=where, state="skipped")
        post = self.complete_post(post)
        try:
            one = self._join_post(post, target) if target else self._make_issue(post)
        except IssueError as error:
            return _report_failed(post, error)
        if isinstance(one, ImportedPost):
            self._taken.add(one.issue.slug)
            self._known[strip_tag(one.article.id)] = one.issue.slug
        return one

    def complete_post(self, post: Post) -> Post:
        """Complete a post with what authors.toml knows of its people, and the editor of one who names nobody."""
        article, notes = register_article(post.article, self.publication)
        if self.authors and not article.authors:
            article = replace(article, authors=self.authors, certainty="certain")
        return replace(post, article=article, notes=(*post.notes, *notes))

    def _make_issue(self, post: Post) -> ImportedPost:
        """Make an issue of a post, and write it. Raises IssueError."""
        one = make_issue(post, self.publication, self.now, self._taken)
        (article,) = one.articles
        if not self.is_dry:
            issues.add_files(self.publication, one, post.pictures)
            issues.create_issue(self.publication, one)
        notes = (*list_changes(post, article), *list_new_places(post, one), *post.notes)
        return ImportedPost(post=replace(post, notes=notes), issue=one, article=article)

    def _add_to_issue(self, posts: Sequence[Post]) -> list[ImportedPost | NotImported]:
        """Add posts to the issue that gets all, and write it once."""
        with self._hold_lock():
            self._read_others()
            growing = old = issues.read_issue(self.publication, self.into)
            outcomes: list[ImportedPost | NotImported] = []
            for post in posts:
                outcomes.append(outcome := self._import_post(post, growing))
                growing = outcome.issue if isinstance(outcome, ImportedPost) else growing
            try:
                if not self.is_dry:
                    issues.change_issue(self.publication, old, growing)
            except IssueError as error:
                return [_report_failed(one.post, error) if isinstance(one, ImportedPost) else one for one in outcomes]
            self._stamp = self._read_stamp()
        return outcomes

    def _join_post(self, post: Post, target: Issue) -> ImportedPost | NotImported:
        """Add a post to an issue, in the section of its folder's name; its files are written. Raises IssueError."""
        if why := post.objection:
            return NotImported(file=post.file, title=post.article.title, reason=f"{why}; {ALONE}")
        with_it, added = self.add(target, make_article(post, self.publication, self.now), post.section)
        if not added:
            reason = f"it is already in issues/{self.into}"
            return NotImported(file=post.file, title=post.article.title, reason=reason, state="skipped")
        issues.prove_article(self.publication, self.into, added[0])
        if not self.is_dry:
            issues.add_files(self.publication, target, post.pictures)
        notes = (*list_changes(post, added[0]), *post.notes)
        return ImportedPost(post=replace(post, notes=notes), issue=with_it, article=added[0])

    def _hold_lock(self) -> AbstractContextManager[object]:
        return nullcontext() if self.is_dry else self.lock()

    def _read_others(self) -> None:
        """Learn of issues that another command has made meanwhile."""
        if self._stamp != self._read_stamp():
            others = sorted({*issues.list_slugs(self.publication)} - self._taken)
            self._known |= index_known((issues.read_issue(self.publication, slug) for slug in others), ())
            self._taken.update(others)

    def _read_stamp(self) -> int:
        """Read when the folder of the issues changed last: whenever an issue has come or gone."""
        folder = self.publication.root / "issues"
        return folder.stat().st_mtime_ns if folder.is_dir() else 0


def _report_failed(post: Post, error: IssueError) -> NotImported:
    reason = "; ".join(words for fault in error.faults for words in (str(fault), fault.hint) if words)
    return NotImported(file=post.file, title=post.article.title, reason=reason, state="failed")
