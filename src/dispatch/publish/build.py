"""Builds the site, page by page: for the preview, and for a release each only when it has to be made anew."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from dispatch import check, derived, files, issues, ledger, pictures, render, search_index
from dispatch.child import limit_function
from dispatch.errors import IssueError
from dispatch.formats import FEEDS, PUBLIC, site_files
from dispatch.formats.metadata import CARD
from dispatch.formats.web import SEARCHED
from dispatch.model import Article, Edition, Finding, ImageCopy, Issue, Page, Publication, Record
from dispatch.publish.issue_index import IssueIndex
from dispatch.publish.plan import fill_page, find_withdrawn_pages, plan_pages
from dispatch.publish.release import Release
from dispatch.publish.republishing import fill_kit_page, make_kit
from dispatch.publish.stamps import digest_program, make_digest
from dispatch.publish.topics import record_topics
from dispatch.readers import opml

WITH_TEXTS = ("front", "issue", "article")  # the kinds of pages that show an issue's texts


@dataclass(frozen=True, kw_only=True)
class SiteBuilder:
    """Build the site of these issues; what reads and caches is passed in."""

    publication: Publication
    issues: Sequence[Issue]  # those that the site shows, without their texts
    records: tuple[Record, ...]  # what the ledger remembers
    read: Callable[[str], Issue]  # returns an issue with its texts, by slug
    find_entries: Callable[[Page, str], Mapping[str, bytes]]  # returns a feed's finished entries in a format, by id
    copies: Mapping[str, Sequence[ImageCopy]] = field(default_factory=dict)  # of pictures, by the slug of their issue

    @cached_property
    def pages(self) -> list[Page]:
        """Every page and feed, in the order in which they are put in place."""
        planned = plan_pages(self.issues, self.publication, self.records)
        return [self._with_copies(page) for page in planned]

    @cached_property
    def files(self) -> dict[str, tuple[Page, str]]:
        """By path, the page or feed of each file, and the format that it is rendered in."""
        return {path: (page, name) for page in self.pages for path, name in _list_files(page).items()}

    @cached_property
    def cards(self) -> dict[str, str]:
        """By path, the title on each picture that other sites show with a link: the publication's, and each issue's."""
        shown = (issue for issue in self.issues if not issue.withdrawn)
        return {CARD: self.publication.title, **{f"issues/{one.slug}/{CARD}": one.title for one in shown}}

    def render_assets(self) -> Iterator[tuple[str, bytes]]:
        """Render what a site has besides its pages and feeds, as path and bytes: styles, the sitemap, redirects."""
        publication = self.publication
        made = {
            "style.css": limit_function(site_files.render_style_sheet)(publication),
            "icon.svg": limit_function(site_files.render_icon)(publication),
            **site_files.list_scripts(publication, frozenset(page.kind for page in self.pages)),
            "feed.css": limit_function(site_files.render_feed_style_sheet)(publication),
            "sources.opml": opml.format_public_opml(publication),
            "404.html": limit_function(site_files.render_not_found)(publication),
            "sitemap.xml": site_files.render_sitemap(self.pages, publication),
            "robots.txt": site_files.render_robots(publication),
        }
        yield from made.items()
        names = record_topics(self.pages)
        moved = ledger.find_moved_pages(publication, *self.issues, names=names, known=self.records)
        gone = tuple(find_withdrawn_pages(self.pages))
        paths = (*self.files, *made, *pictures.ICONS)
        yield from limit_function(site_files.render_redirects)(moved, gone, publication, paths).items()
        yield from self._render_former_feeds(moved)

    def _render_former_feeds(self, moved: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
        """Render the feed of each list where it was before as well, for servers that know no redirects."""
        for page in (page for page in self.pages if page.kind == "feed" and page.path and not page.live_feed):
            for old in sorted(old for old, new in moved.items() if new == page.path):
                there = replace(page, feed=f"{old}feed")
                yield from ((render.choose_path(there, name), self.render(page, name).body) for name in FEEDS)

    def fill(self, page: Page) -> Page:
        """Return a page with the texts that it shows."""
        if page.kind == "republish":
            return fill_kit_page(page, self.read(page.slug), self.publication)
        if page.is_kit:
            return page.change_articles(self._make_kit)
        if page.slug and page.kind in WITH_TEXTS:
            return fill_page(page, self.read(page.slug))
        return page

    def render(self, page: Page, name: str, shown: Page | None = None) -> Edition:
        """Render a page or a feed in one of its formats; ``shown``: the same page, filled. Raises RenderError."""
        shown = shown or self.fill(page)
        if name in FEEDS and not page.is_kit:
            entries = self.find_entries(page, name)

            def shorten(id_: str) -> bytes:
                return self._render_excerpt(id_).get(name, entries)[id_]

            return render.render_feed(shown, self.publication, name, entries, shorten)
        return render.render_edition(shown, self.publication, name)

    def _render_excerpt(self, id_: str) -> Mapping[str, Mapping[str, bytes]]:
        """Render the entry of an article with an excerpt, by format and id; none of an issue, which has excerpts."""
        owners = (one for one in self.issues if any(article.id == id_ for article in one.articles))
        for issue in owners:
            entered = {one.id: one.entered for page in self.pages for one in page.articles if one.entered}
            whole = ledger.set_entry_moments(self.read(issue.slug), entered)
            short = [derived.limit_text(one) for one in whole.articles if one.id == id_]
            return render.render_entries(whole, self.publication, short)
        return {}

    def _with_copies(self, page: Page) -> Page:
        """The page with the copies of the pictures that it shows."""
        if not self._copies_by_address:
            return page
        known = self._copies_by_address
        images = [page.author.avatar if page.author else "", *(link.image.url for link in page.lists if link.image)]
        shown = {copy.address: copy for copy in self.copies.get(page.slug, ())}
        return replace(page, pictures=shown | {url: known[url] for url in images if url in known})

    def _make_kit(self, entry: Article) -> Article:
        """The whole article of a line of the feed for those who publish it again, which keeps the dates of that."""
        whole = self.read(self._slugs[entry.id])
        article = next(one for one in whole.articles if one.id == entry.id)
        kit = make_kit(article, whole, self.publication)
        return replace(kit, updated=entry.updated)

    @cached_property
    def _slugs(self) -> dict[str, str]:
        return {article.id: issue.slug for issue in self.issues for article in issue.articles}

    @cached_property
    def _copies_by_address(self) -> dict[str, ImageCopy]:
        return {copy.address: copy for copies in self.copies.values() for copy in copies}


@dataclass(kw_only=True)
class ReleaseBuild:
    """One build of a site. ``findings`` fills with the errors of what is made anew."""

    index: IssueIndex
    released: Sequence[str]  # the slugs of the issues that the site shows
    findings: list[Finding] = field(default_factory=list)

    @cached_property
    def site(self) -> SiteBuilder:
        """The site of the released issues."""
        shown = {slug: self.index.issues[slug] for slug in self.released}
        return SiteBuilder(
            publication=self.index.publication,
            issues=[cached.issue for cached in shown.values()],
            records=self.index.records,
            read=self.index.read,
            find_entries=self._find_entries,
            copies={slug: cached.copies for slug, cached in shown.items()},
        )

    def build(self, release: Release) -> Iterator[Page]:
        """Stage what has to be made, and check it; yields each page when it is done. Raises DeliveryError.

        First comes what pages need, then what other pages link to: the order in which the release is settled.
        """
        for slug in self.released:
            self._stage_pictures(slug, release)
        for path, body in self.site.render_assets():
            release.stage_file(path, "", body)
        self._stage_drawn(release)
        for path, file in issues.find_publication_files(self.site.publication).items():
            self._stage_copy(path, file, release)
        for page in self.site.pages:
            made = {path: (name, self._digest_page(page, name)) for path, name in _list_files(page).items()}
            due = dict(made_of for path, made_of in made.items() if not release.keep_file(path, made_of[1]))
            if due:
                self._make_page(page, due, release)
            yield page
        if self.site.publication.site.search and release.dry:
            release.leave_folder(search_index.FOLDER)  # the index is made of finished files, and there are none
        elif self.site.publication.site.search:
            self._index_search(release)

    def _stage_drawn(self, release: Release) -> None:
        """Stage the icons and the cards, where what they show has changed: drawing takes longer than most publishes."""
        publication, made_of = self.site.publication, self.index.settings
        due = [path for path in pictures.ICONS if not release.keep_file(path, made_of)]
        made = pictures.draw_icons(publication) if due else {}
        for path in due:
            release.stage_file(path, made_of, made[path])
        for path, title in self.site.cards.items():
            made_of = make_digest(self.index.settings, title)
            if not release.keep_file(path, made_of):
                release.stage_file(path, made_of, pictures.draw_card(publication, title))

    def find_lost(self) -> list[Finding]:
        """Find what the ledger remembers and the issues, drafts too, do not say any more."""
        every = sorted(
            (cached.issue for cached in self.index.issues.values()), key=lambda issue: issue.status != "published"
        )
        publication = self.index.publication
        found = check.findings(
            every[0] if every else self.site.fill(self.site.pages[0]),  # all of them may be gone
            (),
            publication,
            published=self.index.records,
            current=ledger.make_records(every, publication),
            others=tuple(every[1:]),
        )
        return [finding for finding in found if finding.severity == "error" and finding.rule.startswith("ids.")]

    def _make_page(self, page: Page, made_of: Mapping[str, str], release: Release) -> None:
        """Render and check one page in some formats, by the digest of what each is made of, and stage it."""
        shown = self.site.fill(page)
        editions = [self.site.render(page, name, shown) for name in made_of]
        changed = [one for one in editions if release.stage_file(one.path, made_of[one.format], one.body)]
        if not changed:
            return
        publication = self.index.publication
        whole = self.index.read(page.slug) if page.kind == "issue" else None
        found = check.findings(
            shown,
            changed,
            publication,
            missing=issues.find_missing_files(publication, whole) if whole else (),
            astray=issues.find_broken_links(publication, whole) if whole else (),
            unmerged=issues.find_unmerged(publication, page.slug) if whole else (),
        )
        self.findings += (one for one in found if one.severity == "error" or one.rule == "feed.shortened")

    def _digest_page(self, page: Page, name: str) -> str:
        """Digest all that a page is made of: its place, its articles or its issue, its templates, the settings."""
        words = page.intro if page.kind == "page" else ""
        place = replace(page, status="published", sections=(), intro=words, corrections=(), withdrawn=None)
        parts = [self.index.settings, self.index.digest_templates(page.kind, name), name, repr(place)]
        if page.kind in {"front", "issue"} and page.slug:
            parts.append(self.index.issues[page.slug].digest)
        else:
            whole = page.kind in {"article", "republish", "feed"}
            digests = (self.index.articles[article.id] for article in page.articles)
            parts += (one.for_pages if whole else one.for_lists for one in digests)
        if name in FEEDS:
            parts += (repr((article.entered, article.published, article.updated)) for article in page.articles)
        return make_digest(*parts)

    def _find_entries(self, page: Page, name: str) -> dict[str, bytes]:
        return self.index.cache.find_entries(name, (article.id for article in page.articles), page.slug)

    def _stage_pictures(self, slug: str, release: Release) -> None:
        """Stage the files beside an issue's articles, and the copies of other people's pictures."""
        root, cached = self.index.publication.root, self.index.issues[slug]
        for name in cached.files:
            self._stage_copy(f"issues/{slug}/{name}", root / "issues" / slug / name, release)
        for path in cached.copy_files:
            if not release.keep_file(path, ""):
                release.stage_file(path, "", self.index.find_album(slug).files[path]())

    def _stage_copy(self, path: str, file: Path, release: Release) -> None:
        """Stage a file of the publication as it is."""
        made_of = self.index.cache.digest_file(file)
        if not release.keep_file(path, made_of):
            body = files.read_file(file, within=self.index.publication.root, error=IssueError)
            release.stage_file(path, made_of, body)

    def _index_search(self, release: Release) -> None:
        """Stage the index of the search, when one of the pages that it finds has changed."""
        found = (render.choose_path(page, "web") for page in self.site.pages if page.kind in SEARCHED)
        pages = {path: release.find_file(path) for path in found}
        bodies = (make_digest(file.read_bytes()) for file in pages.values())
        made_of = make_digest(digest_program(), *pages, *bodies)
        if not release.keep_folder(search_index.FOLDER, made_of):
            for path, body in search_index.build_index(pages).items():
                release.stage_file(path, made_of, body)


def _list_files(page: Page) -> dict[str, str]:
    """List the files of a page or feed: by path in the public folder, the format that each is rendered in."""
    names = {"feed": FEEDS, "issue": PUBLIC}.get(page.kind, ("web",))
    return {render.choose_path(page, name): name for name in names}
