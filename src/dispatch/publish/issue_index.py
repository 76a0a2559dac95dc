"""Every issue of a publication as the site's build needs it: from the cache, and read only where a file changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Annotated

from dispatch import derived, issues, ledger, pictures, render, serialise
from dispatch.errors import IssueError
from dispatch.model import Fault, ImageCopy, Issue, PageKind, Publication, Record
from dispatch.publish.cache import BuildCache, read_cache
from dispatch.publish.changed_articles import read_anew
from dispatch.publish.listings import make_entry, strip_texts
from dispatch.publish.plan import plan_pages
from dispatch.publish.stamps import digest_program, make_digest
from dispatch.publish.topics import record_topics

_AT_HAND = 1_000_000  # characters of texts that are in memory while pages are made of them


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDigests:
    """Two digests of one article."""

    for_pages: Annotated[str, "changes with anything in it: what its page and its entries are made of"]
    for_lists: Annotated[str, "changes with what lists show of it"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedIssue:
    """An issue without its texts, and digests that say whether they have changed."""

    issue: Annotated[Issue, "without its texts"]
    digest: Annotated[str, "a digest of all of it"]
    articles: Annotated[tuple[ArticleDigests, ...], "of each article in order"]
    files: Annotated[tuple[str, ...], "the files beside its articles that it shows or links to"]
    copies: Annotated[tuple[ImageCopy, ...], "the pictures of which the site has copies"] = ()
    copy_files: Annotated[tuple[str, ...], "the files of those copies, by their paths in the public folder"] = ()


@dataclass(kw_only=True)
class IssueIndex:
    """The issues of a publication, drafts too, while one site is built."""

    publication: Publication
    cache: BuildCache
    records: tuple[Record, ...] = ()  # what the ledger remembers
    publishing: str = ""  # the slug of the draft that is about to be published
    faults: list[Fault] = field(default_factory=list)  # what is wrong and stops nothing
    _whole: dict[str, Issue] = field(default_factory=dict)
    _albums: dict[str, pictures.Album] = field(default_factory=dict)
    _templates: dict[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def issues(self) -> dict[str, CachedIssue]:
        """Every issue by its slug. What changed is read, and its entries are rendered.

        A draft that cannot be read is a fault that stops nothing. Raises IssueError for any other issue.
        """
        found: dict[str, CachedIssue] = {}
        for slug in issues.list_slugs(self.publication):
            try:
                found[slug] = self._find_issue(slug)
            except IssueError as error:
                if not self._is_unused_draft(slug):
                    raise
                self.faults.extend(error.faults)
        self.cache.forget_issues(slug for slug in self.cache.issue_slugs() if slug not in found)
        # The draft that is about to be published is shown already.
        shown = [one.issue for slug, one in found.items() if slug == self.publishing or one.issue.status == "published"]
        entered = ledger.find_entry_moments(shown, self.records)
        for issue in shown:
            self._upset_entry_moments(issue, entered)
        return found

    @cached_property
    def articles(self) -> dict[str, ArticleDigests]:
        """By the id of an article, or of an issue as an entry, its digests."""
        found: dict[str, ArticleDigests] = {}
        for cached in self.issues.values():
            found[cached.issue.id] = ArticleDigests(for_pages=cached.digest, for_lists=cached.digest)
            articles = zip(cached.issue.articles, cached.articles, strict=True)
            found |= {article.id: digests for article, digests in articles}
        return found

    @cached_property
    def settings(self) -> str:
        """A digest of what everything is made of: the settings, and the program itself."""
        paths = (self.publication.root / name for name in ("dispatch.toml", "authors.toml"))
        ways = repr([(page.slug, page.title, page.menu) for page in self.publication.pages])
        return make_digest(digest_program(), ways, *(self.cache.digest_file(path) for path in paths if path.is_file()))

    def drop_issue(self, slug: str, released: Iterable[str]) -> None:
        """Drop from the records what the ledger remembers of an issue, and the lists that only it has brought.

        released: the slugs of the issues that stay published.
        """
        one, rest = self.issues[slug].issue, [self.issues[other].issue for other in released]
        with_it, without = (
            {(record.kind, record.url) for record in record_topics(plan_pages(shown, self.publication, self.records))}
            for shown in ([*rest, one], rest)
        )
        left = ledger.drop_issue(self.records, one, rest, self.publication)
        self.records = tuple(record for record in left if (record.kind, record.url) not in with_it - without)

    def digest_templates(self, kind: PageKind, name: str) -> str:
        """Digest the templates that such a page is made with."""
        if (kind, name) not in self._templates:
            texts = render.list_templates(self.publication, name, kind)
            self._templates[kind, name] = make_digest(*(part for pair in texts.items() for part in pair))
        return self._templates[kind, name]

    def read(self, slug: str) -> Issue:
        """Read an issue with its texts. Raises IssueError."""
        if slug not in self._whole:
            self._whole[slug] = read_anew(self.publication, self.cache, slug, self.settings)
            while len(self._whole) > 1 and sum(map(_count_characters, self._whole.values())) > _AT_HAND:
                oldest = next(iter(self._whole))
                del self._whole[oldest]
                self._albums.pop(oldest, None)
        return self._whole[slug]

    def find_album(self, slug: str) -> pictures.Album:
        """Find the pictures of an issue, as the site shows them."""
        if slug not in self._albums:
            self._albums[slug] = pictures.make_album(self.publication, self.read(slug), is_public=self.cache.has_file)
        return self._albums[slug]

    def _is_unused_draft(self, slug: str) -> bool:
        """Whether an issue is a draft, or scheduled, that nobody wants to publish now and that never was published."""
        if slug == self.publishing:
            return False
        try:
            head = issues.read_head(self.publication, slug)
        except IssueError:  # whatever it says of itself, nobody has had it
            return derived.build_issue_address(self.publication, slug) not in {record.url for record in self.records}
        return head.status != "published" and head.id not in {record.id for record in self.records}

    def find_unchanged(self) -> dict[str, Issue]:
        """Return the issues without their texts, by slug, of which no file has changed since they were cached."""
        cached = ((slug, self.cache.find_issue(slug, self._digest_files(slug))) for slug in self.cache.issue_slugs())
        return {slug: one.issue for slug, one in cached if one}

    def _digest_files(self, slug: str) -> str:
        """Digest the files of an issue, and what else it is made of."""
        folder = self.cache.digest_folder(self.publication.root / "issues" / slug)
        return make_digest(self.settings, *(f"{path}\0{digest}" for path, digest in folder.items()))

    def _find_issue(self, slug: str) -> CachedIssue:
        made_of = self._digest_files(slug)
        cached = self.cache.find_issue(slug, made_of)
        if cached is None:
            cached = self._digest_issue(self.read(slug))
            self.cache.store_issue(slug, made_of, cached)
        return cached

    def _digest_issue(self, issue: Issue) -> CachedIssue:
        bare = strip_texts(issue)
        album = self.find_album(issue.slug)
        self.faults += album.faults
        return CachedIssue(
            issue=bare,
            articles=tuple(
                ArticleDigests(
                    for_pages=make_digest(serialise.to_json(whole)), for_lists=make_digest(serialise.to_json(part))
                )
                for whole, part in zip(issue.articles, bare.articles, strict=True)
            ),
            files=tuple(sorted(issues.read_pictures(self.publication, issue))),
            copies=tuple(album.copies.values()),
            copy_files=tuple(sorted(album.files)),
            digest=make_digest(serialise.to_json(replace(issue, status="published"))),
        )

    def _upset_entry_moments(self, issue: Issue, entered: Mapping[str, datetime]) -> None:
        """Render the entries of an issue's articles, and of the issue as one, when what they are made of changed."""
        moments = (entered[id_].isoformat() for id_ in (issue.id, *(one.id for one in issue.articles)))
        made_of = make_digest(self.digest_templates("feed", "rss"), *moments)
        if not self.cache.has_entries(issue.slug, made_of):
            whole = ledger.set_entry_moments(self.read(issue.slug), entered)
            entry = make_entry(whole, self.publication, entered[issue.id])
            entries = render.render_entries(whole, self.publication, [*whole.articles, entry])
            self.cache.store_entries(issue.slug, made_of, entries)


def read_unchanged(publication: Publication) -> dict[str, Issue]:
    """Read what the last publish has cached: each issue of which no file has changed, without its texts, by slug."""
    with read_cache(publication.root) as cache:
        return IssueIndex(publication=publication, cache=cache).find_unchanged() if cache else {}


def _count_characters(issue: Issue) -> int:
    """Count the characters of an issue's texts, as they are written and as they are shown."""
    return sum(len(article.content) + len(article.markdown) for article in issue.articles)
