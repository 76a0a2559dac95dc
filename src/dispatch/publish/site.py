"""The pages and feeds of a site, each rendered when it is asked for: what ``publish`` and the preview build with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from dispatch import ledger, render
from dispatch.formats import FEEDS, PUBLIC, feed_style, redirects, search, sitemap, web
from dispatch.model import Copy, Edition, Issue, Page, Publication, Record
from dispatch.publish.plan import fill_page, find_withdrawn_pages, plan_pages
from dispatch.readers import opml

WITH_TEXTS = ("front", "issue", "article")  # the kinds of pages that show an issue's texts


@dataclass(frozen=True, kw_only=True)
class SiteBuilder:
    """The site of some issues. It reads and keeps nothing itself."""

    publication: Publication
    issues: Sequence[Issue]  # those that the site shows, without their texts
    records: tuple[Record, ...]  # what the ledger remembers
    read: Callable[[str], Issue]  # returns an issue with its texts, by slug
    find_entries: Callable[[Page, str], Mapping[str, bytes]]  # returns a feed's finished entries in a format, by id
    copies: Mapping[str, Sequence[Copy]] = field(default_factory=dict)  # of pictures, by the slug of their issue

    @cached_property
    def pages(self) -> list[Page]:
        """Every page and feed, in the order in which they are put in place."""
        planned = plan_pages(self.issues, self.publication, self.records)
        return [self._with_copies(page) for page in planned]

    @cached_property
    def files(self) -> dict[str, tuple[Page, str]]:
        """By path, the page or feed of each file, and the format that it is rendered in."""
        return {path: (page, name) for page in self.pages for path, name in list_files(page).items()}

    def render_assets(self) -> Iterator[tuple[str, bytes]]:
        """Render what a site has besides its pages and feeds, as path and bytes: styles, the sitemap, redirects."""
        publication = self.publication
        yield "style.css", web.style(publication)
        yield "icon.svg", web.icon(publication)
        yield from search.assets(publication).items()
        yield "feed.css", feed_style.render(publication)
        yield "sources.opml", opml.public(publication)
        yield "404.html", web.not_found(publication)
        yield "sitemap.xml", sitemap.render(self.pages, publication)
        yield "robots.txt", sitemap.robots(publication)
        moved = ledger.moved(publication, *self.issues)
        yield from redirects.files(moved, find_withdrawn_pages(self.pages), publication).items()

    def fill(self, page: Page) -> Page:
        """Return a page with the texts that it shows."""
        if page.slug and page.kind in WITH_TEXTS:
            return fill_page(page, self.read(page.slug))
        return page

    def render(self, page: Page, name: str) -> Edition:
        """Render a page or a feed in one of its formats. Raises RenderError."""
        shown = self.fill(page)
        if name in FEEDS:
            return render.feed(shown, self.publication, name, self.find_entries(page, name))
        return render.edition(shown, self.publication, name)

    def _with_copies(self, page: Page) -> Page:
        """The page with the copies of the pictures that it shows."""
        if not self._copies_by_address:
            return page
        if page.slug:
            shown = {copy.address: copy for copy in self.copies.get(page.slug, ())}
        else:
            avatar = page.author.avatar if page.author else ""
            copy = self._copies_by_address.get(avatar)
            shown = {avatar: copy} if copy else {}
        return replace(page, pictures=shown)

    @cached_property
    def _copies_by_address(self) -> dict[str, Copy]:
        return {copy.address: copy for copies in self.copies.values() for copy in copies}


def list_files(page: Page) -> dict[str, str]:
    """List the files of a page or feed: by path in the public folder, the format that each is rendered in."""
    names = {"feed": FEEDS, "issue": PUBLIC}.get(page.kind, ("web",))
    return {render.path(page, name): name for name in names}
