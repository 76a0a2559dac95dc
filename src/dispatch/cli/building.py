"""The site, from the issues to its files: what ``publish`` chains, page by page, each only when it has to be made."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from dispatch import compose, files, issues, ledger, nouns, pictures, render, searching
from dispatch import publish as stage
from dispatch.check import findings as findings_of
from dispatch.errors import IssueError
from dispatch.formats import site_files
from dispatch.model import Copy, Edition, Fault, Finding, Issue, Publication, Record, SitePlace
from dispatch.model.kept import Digests, Kept
from dispatch.readers import opml
from dispatch.recipes import Recipes, digest, program

_AT_HAND = 1_000_000  # characters of texts that are kept while pages are made of them


def around(pages: Sequence[Issue], released: Iterable[Issue], publication: Publication) -> Iterator[tuple[str, bytes]]:
    """What a site has besides its pages and feeds, each when it is its turn; the issues need not have their texts."""
    yield "style.css", site_files.render_style_sheet(publication)
    yield "icon.svg", site_files.render_icon(publication)
    yield from site_files.search_files(publication).items()
    yield "feed.css", site_files.render_feed_style_sheet(publication)
    yield "sources.opml", opml.public(publication)
    yield "404.html", site_files.render_not_found(publication)
    yield "sitemap.xml", site_files.render_sitemap(pages, publication)
    yield "robots.txt", site_files.render_robots(publication)
    yield from site_files.render_redirects(
        ledger.moved(publication, *released), compose.gone(pages), publication
    ).items()


@dataclass
class Building:
    """The site of a publication while it is built."""

    publication: Publication
    recipes: Recipes
    published: tuple[Record, ...] = ()  # what the ledger remembers
    publishing: str = ""  # the slug of the draft that is about to be published
    released: Sequence[str] = ()  # the slugs of the issues that the site shows
    findings: list[Finding] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)  # what is told, and stops nothing
    _whole: dict[str, Issue] = field(default_factory=dict)
    _albums: dict[str, pictures.Album] = field(default_factory=dict)
    _texts: dict[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def kept(self) -> dict[str, Kept]:
        """Every issue without its texts, drafts too. What changed is read, and its entries are made.

        A draft that cannot be read is a fault that stops nothing. Raises IssueError for any other issue.
        """
        found: dict[str, Kept] = {}
        for slug in issues.names(self.publication):
            try:
                found[slug] = self._kept(slug)
            except IssueError as error:
                if not self._is_mere_draft(slug):
                    raise
                self.faults.extend(error.faults)
        self.recipes.forget(slug for slug in self.recipes.slugs() if slug not in found)
        return found

    def _is_mere_draft(self, slug: str) -> bool:
        """Whether an issue is a draft that nobody wants to publish now and that never was."""
        head = issues.head(self.publication, slug)
        remembered = {record.id for record in self.published}
        return head.status == "draft" and slug != self.publishing and head.id not in remembered

    @cached_property
    def pages(self) -> list[Issue]:
        """The plan of the site."""
        planned = compose.pages(self.issues, self.publication, self.published)
        return [self._pictured(page) for page in planned]

    @property
    def issues(self) -> list[Issue]:
        """The issues that the site shows, without their texts."""
        return [self.kept[slug].issue for slug in self.released]

    def build(self, release: stage.Release) -> Iterator[Issue]:
        """Get ready what has to be made, and judge it; yields each page when it is done. Raises DispatchError.

        First comes what pages need, then what other pages lead to: that is the order in which it will be settled.
        """
        for slug in self.released:
            for name in self.kept[slug].files:
                self._beside(slug, name, release)
            for path in self.kept[slug].served:
                if not release.keep(path, ""):
                    release.put(path, "", self._album(slug).files[path]())
        for path, body in around(self.pages, self.issues, self.publication):
            release.put(path, "", body)
        for page in self.pages:
            place = page.place or SitePlace(kind="front")
            names = {"feed": stage.FEEDS, "issue": stage.PUBLIC}.get(place.kind, ("web",))
            made = {name: self._made_of(page, place, name) for name in names}
            due = [name for name, of in made.items() if not release.keep(render.path(place, name), of)]
            if due:
                self._make(page, place, {name: made[name] for name in due}, release)
            yield page
        if self.publication.site.search and release.dry:
            release.spare(searching.FOLDER)  # the index is made of finished files, and there are none
        elif self.publication.site.search:
            self._index(release)

    def _index(self, release: stage.Release) -> None:
        """The index of the search, when one of the pages that are found has changed."""
        found = [page.place for page in self.pages if page.place and page.place.kind in {"issue", "article"}]
        paths = [render.path(place, "web") for place in found]
        made_of = digest(program(), *paths, *(digest(release.where(path).read_bytes()) for path in paths))
        if not release.keep_all(searching.FOLDER, made_of):
            for path, body in searching.index({path: release.where(path) for path in paths}).items():
                release.put(path, made_of, body)

    def lost(self) -> list[Finding]:
        """What the ledger remembers and the issues, drafts too, do not say any more."""
        every = [kept.issue for kept in self.kept.values()]
        if not every:
            return []
        current = ledger.records(every, self.publication)
        found = findings_of(
            every[0], (), self.publication, published=self.published, current=current, others=tuple(every[1:])
        )
        return [finding for finding in found if finding.severity == "error" and finding.rule.startswith("ids.")]

    def _kept(self, slug: str) -> Kept:
        is_due = "published" if slug == self.publishing else ""  # with its entries, though it is a draft yet
        made_of = digest(self._general, self._entry_templates, self.recipes.folder(self._folder(slug)), is_due)
        kept = self.recipes.issue(slug, made_of)
        if kept is None:
            issue = self._read(slug)
            light = compose.light(issue)
            album = self._album(slug)
            self.faults += album.faults
            kept = Kept(
                issue=light,
                articles=tuple(
                    Digests(whole=digest(nouns.text(whole)), light=digest(nouns.text(part)))
                    for whole, part in zip(issue.articles, light.articles, strict=True)
                ),
                files=tuple(sorted(issues.pictures(self.publication, issue))),
                shown=tuple(album.copies.values()),
                served=tuple(sorted(album.files)),
                whole=digest(nouns.text(replace(issue, status="published"))),
            )
            self.recipes.keep(slug, made_of, kept, self._entries(issue) if is_due or issue.status != "draft" else {})
        return kept

    def _entries(self, issue: Issue) -> dict[str, dict[str, bytes]]:
        """The finished entries of an issue's articles, and of the issue as one."""
        articles = [*issue.articles, compose.as_article(issue, self.publication)]
        return render.entries(issue, self.publication, articles)

    def _album(self, slug: str) -> pictures.Album:
        """The pictures of an issue, as the site shows them."""
        if slug not in self._albums:
            there = self.recipes.folder_has
            self._albums[slug] = pictures.of(self.publication, self._read(slug), is_public=there)
        return self._albums[slug]

    def _pictured(self, page: Issue) -> Issue:
        """The page with the copies of the pictures that it shows."""
        if page.place is None or not self._copies:
            return page
        if page.slug:
            shown = {copy.address: copy for copy in self.kept[page.slug].shown}
        else:
            avatar = page.place.author.avatar if page.place.author else ""
            shown = {avatar: self._copies[avatar]} if avatar in self._copies else {}
        return replace(page, place=replace(page.place, pictures=shown))

    @cached_property
    def _copies(self) -> dict[str, Copy]:
        """By its address, every picture of which the site has a copy."""
        return {copy.address: copy for slug in self.released for copy in self.kept[slug].shown}

    def _make(self, page: Issue, place: SitePlace, made_of: dict[str, str], release: stage.Release) -> None:
        """Render and judge one page in some formats, and get it ready."""
        shown = self._filled(page, place)
        editions = [self._edition(shown, name) for name in made_of]
        changed = [edition for edition in editions if release.put(edition.path, made_of[edition.format], edition.body)]
        if changed:
            is_issue = place.kind == "issue"
            found = findings_of(
                shown,
                changed,
                self.publication,
                missing=issues.missing(self.publication, shown) if is_issue else (),
                astray=issues.astray(self.publication, shown) if is_issue else (),
            )
            self.findings += (finding for finding in found if finding.severity == "error")

    def _edition(self, page: Issue, name: str) -> Edition:
        if name not in stage.FEEDS:
            return render.edition(page, self.publication, name)
        entries = self.recipes.entries(name, (article.id for article in page.articles), page.slug)
        return render.feed(page, self.publication, name, entries)

    def _filled(self, page: Issue, place: SitePlace) -> Issue:
        if page.slug and place.kind in {"front", "issue", "article"}:
            return compose.filled(page, self._read(page.slug))
        return page

    def _read(self, slug: str) -> Issue:
        """An issue with its texts."""
        if slug not in self._whole:
            self._whole[slug] = issues.read(self.publication, slug)
            while len(self._whole) > 1 and sum(map(_length, self._whole.values())) > _AT_HAND:
                old = next(iter(self._whole))
                del self._whole[old]
                self._albums.pop(old, None)
        return self._whole[slug]

    def _made_of(self, page: Issue, place: SitePlace, name: str) -> str:
        """A digest of all that a page is made of: its place, its articles or its issue, its templates, the settings."""
        parts = [
            *(self._general, self._templates(place, name), name, repr(place)),
            *(page.id, page.title, page.date.isoformat(), str(page.number)),
        ]
        if place.kind in {"front", "issue"} and page.slug:
            parts.append(self.kept[page.slug].whole)
        else:
            whole = place.kind in {"article", "feed"}
            digests = (self._digests[article.id] for article in page.articles)
            parts += (one.whole if whole else one.light for one in digests)
        return digest(*parts)

    @cached_property
    def _digests(self) -> dict[str, Digests]:
        """By the id of an article, or of an issue as an entry."""
        found: dict[str, Digests] = {}
        for kept in self.kept.values():
            found[kept.issue.id] = Digests(whole=kept.whole, light=kept.whole)
            found |= {article.id: own for article, own in zip(kept.issue.articles, kept.articles, strict=True)}
        return found

    @cached_property
    def _general(self) -> str:
        """What everything is made of: the settings, and the program itself."""
        root = self.publication.root
        settings = (root / name for name in ("dispatch.toml", "authors.toml"))
        return digest(program(), *(self.recipes.digest(path) for path in settings if path.is_file()))

    @cached_property
    def _entry_templates(self) -> str:
        return self._templates(SitePlace(kind="feed"), "rss")

    def _templates(self, place: SitePlace, name: str) -> str:
        """A digest of the templates that such a page is made with."""
        if (place.kind, name) not in self._texts:
            texts = render.templates(self.publication, name, place)
            self._texts[place.kind, name] = digest(*(part for pair in texts.items() for part in pair))
        return self._texts[place.kind, name]

    def _folder(self, slug: str) -> Path:
        return self.publication.root / "issues" / slug

    def _beside(self, slug: str, name: str, release: stage.Release) -> None:
        """A file beside an article, into the public folder."""
        path = self._folder(slug) / name
        made_of = self.recipes.digest(path)
        if not release.keep(f"issues/{slug}/{name}", made_of):
            release.put(
                f"issues/{slug}/{name}", made_of, files.read(path, within=self.publication.root, error=IssueError)
            )


def _length(issue: Issue) -> int:
    """How many characters the texts of an issue have, as they are written and as they are shown."""
    return sum(len(article.content) + len(article.markdown) for article in issue.articles)
