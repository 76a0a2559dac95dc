"""Make an issue of every post that is new, write it, and publish those that may be; or put all into one issue."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from dispatch import derived, html, issues, ledger, links
from dispatch.errors import IssueError
from dispatch.identity import is_ours, register_article, register_authors
from dispatch.importers.posts import Post
from dispatch.importers.skipped import NotImported
from dispatch.model import Article, Author, Finding, Issue, Publication, Record, Section, Source
from dispatch.slugs import find_unused, is_slug, make_key, make_slug

ALONE = "without --into and --into-inbox it becomes a draft of its own"
NOBODY = "no author found in the export"
PREHEADER = range(40, 131)  # characters that a mailbox has room for

_TAG = re.compile(r"tag:[^,]+,[\d-]+:(.*)", re.DOTALL)


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

    def _import_post(self, post: Post) -> ImportedPost | NotImported:
        title = post.article.title
        if (slug := find_known(post, self._known)) is not None:
            where = f"it is already in issues/{slug}" if slug else "it was published before, and is gone on purpose"
            return NotImported(file=post.file, title=title, reason=where, state="skipped")
        post = self.complete_post(post)
        try:
            one = self._add_to_issue(post) if self.into else self._make_issue(post)
        except IssueError as error:
            reason = "; ".join(words for fault in error.faults for words in (str(fault), fault.hint) if words)
            return NotImported(file=post.file, title=title, reason=reason, state="failed")
        if isinstance(one, ImportedPost):
            self._taken.add(one.issue.slug)
            self._known |= index_known([one.issue], ())
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
        notes = (*list_changes(post, article), *_list_new_places(post, one), *post.notes)
        return ImportedPost(post=replace(post, notes=notes), issue=one, article=article)

    def _add_to_issue(self, post: Post) -> ImportedPost | NotImported:
        """Add a post to the issue that gets all, in the section of its folder's name. Raises IssueError."""
        if why := post.objection:
            return NotImported(file=post.file, title=post.article.title, reason=f"{why}; {ALONE}")
        target = issues.read_issue(self.publication, self.into)
        with_it, added = self.add(target, make_article(post, self.publication, self.now), post.section)
        if not added:
            reason = f"it is already in issues/{self.into}"
            return NotImported(file=post.file, title=post.article.title, reason=reason, state="skipped")
        issues.prove_article(self.publication, self.into, added[0])
        if not self.is_dry:
            issues.add_files(self.publication, target, post.pictures)
            with_it = issues.change_issue(self.publication, target, with_it)
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


def make_article(post: Post, publication: Publication, now: datetime, slug: str = "") -> Article:
    """Make the article that a post becomes: its moments, its id and its addresses are those of the publication.

    An id that is no absolute IRI becomes a tag URI (RFC 4151) of the publication's host and the post's day, or the day
    of ``now``. What stood in the site, as it is or was, gets its page here, and the old address leads on. slug: of the
    issue that it will be in, if that is known.
    """
    article = _add_offset(post.article, publication.timezone)
    page = derived.build_issue_address(publication, slug)

    def resolve(address: str) -> str:
        return address and links.resolve_address(page, address)

    if article.url and is_ours(article.url, publication):
        former = tuple(dict.fromkeys((*article.former_urls, article.url)))
        article = replace(article, url="", source=Source(), former_urls=former)
    is_foreign = _shorten_language(article.language) != _shorten_language(publication.language)
    return replace(
        article,
        id=article.id and _mint_id(article.id, publication, article.published or article.updated or now),
        key=make_key(slug),
        own=is_ours(article.url, publication),
        content=html.rewrite_addresses(article.content, resolve),
        authors=register_authors(
            (replace(author, avatar=resolve(author.avatar)) for author in article.authors), publication
        ),
        language=article.language if is_foreign else "",
        image=article.image and replace(article.image, url=resolve(article.image.url)),
    )


def make_issue(post: Post, publication: Publication, now: datetime, taken: Collection[str]) -> Issue:
    """Make a draft with the post as its one article, which is one's own and shown in full.

    The slug stays when it is legal and not among ``taken``. The issue is dated as the post was, or ``now``. Numbers are
    not invented.
    """
    slug = find_unused(_pick_slug(post), {*taken, "issue"})  # issue.md is the issue's own file
    article = make_article(post, publication, now, slug)
    date = article.published or article.updated or now
    source = derived.resolve_source(article.source, publication, is_own=article.own)
    article = replace(
        article,
        file=derived.choose_article_file(slug, article.key, article),
        url=article.url or derived.build_article_address(publication, slug, article.key, source),
        source=source,
    )
    lines = (post.preheader, article.dek, article.summary)
    return Issue(
        id=derived.mint_id(publication, date, slug),
        slug=slug,
        title=article.title,
        date=date,
        preheader=next((line for line in lines if len(line) in PREHEADER), ""),
        sections=(Section(articles=(article,)),),
    )


def list_changes(post: Post, article: Article) -> Iterator[str]:
    """Say what an editor should know of the article that a post became."""
    if post.known_as:
        yield f"its author is known only as “{post.known_as}”"
    elif not article.authors:
        yield NOBODY
    if post.held:
        yield f"{post.held}; it stays a draft, whole"


def _list_new_places(post: Post, one: Issue) -> Iterator[str]:
    """Say what is new in the issue that a post became: its day, and its slug."""
    (article,) = one.articles
    if not article.published:
        yield f"it has no date; the issue is dated {one.date:%Y-%m-%d}"
    if post.slug and post.slug != one.slug:
        yield f"its slug “{post.slug}” became {one.slug}"


def index_known(present: Iterable[Issue], records: Iterable[Record]) -> dict[str, str]:
    """Map the ids of all articles that are or were in the publication to their issue's slug, empty where unknown.

    A tag URI counts without its host and day: neither a new address of the publication nor a post without a date, which
    has another day with each import, makes a second article of one.
    """
    gone = {_strip_tag(record.id): "" for record in records if record.kind in ("article", "issue")}
    return gone | {_strip_tag(article.id): issue.slug for issue in present for article in issue.articles}


def find_known(post: Post, known: Mapping[str, str]) -> str | None:
    """Find the slug of the issue that has a post, empty when it was published and is gone; None when it is new."""
    id_ = post.article.id
    return known.get(_strip_tag(id_) if _is_iri(id_) else _quote_id(id_))


def _mint_id(id_: str, publication: Publication, date: datetime) -> str:
    """Keep an id that is an absolute IRI, else make a tag URI of it."""
    return id_ if _is_iri(id_) else derived.mint_id(publication, date, _quote_id(id_))


def _is_iri(id_: str) -> bool:
    return links.is_absolute(id_) and not re.search(r"\s", id_)


def _quote_id(id_: str) -> str:
    return quote(html.remove_illegal_characters(id_))


def _strip_tag(id_: str) -> str:
    match = _TAG.fullmatch(id_)
    return match[1] if match else id_


def _pick_slug(post: Post) -> str:
    if is_slug(post.slug):
        return post.slug
    return make_slug(unquote(post.slug)) or make_slug(post.article.title) or "issue-1"


def _add_offset(article: Article, zone: str) -> Article:
    """Give the article's moments an offset: those that were written without one are of that zone."""

    def add_zone(moment: datetime | None) -> datetime | None:
        return moment.replace(tzinfo=ZoneInfo(zone)) if moment and moment.tzinfo is None else moment

    return replace(article, published=add_zone(article.published), updated=add_zone(article.updated))


def _shorten_language(language: str) -> str:
    return language.partition("-")[0].lower()
