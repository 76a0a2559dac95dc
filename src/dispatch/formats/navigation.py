"""Where a page stands in the site, and the ways from it to the others: masthead, foot, the list that it is in."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from dispatch import derived
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Link, PageKind


@dataclass(frozen=True)
class Navigation(TemplateContext):
    """The ways from one page of the site to the others."""

    lost: bool = False
    """Whether it stands in the place of any page that is not there."""

    @property
    def kind(self) -> PageKind:
        """What the page is; a page that is rendered alone is an issue's."""
        return self.site_page.kind if self.site_page else "issue"

    @cached_property
    def path_to_root(self) -> str:
        """The way from the page to the front page, with a slash at its end; empty when this is it."""
        if self.site_page is None:
            return f"{self.publication.url}/"
        if self.lost:  # it is shown at every depth
            return f"{urlsplit(self.publication.url).path}/"
        return "../" * self.site_page.path.count("/")

    def build_relative_url(self, path: str) -> str:
        """The way from the page to what stands at a path below the publication's address."""
        return self.path_to_root + path or "./"

    def name_index(self, folder: str) -> str:
        """The words for a list of lists: authors/, sources/, sections/ or tags/."""
        return self.language.format_message(f"page.{folder.partition('/')[0]}")

    @property
    def parent_list(self) -> Link | None:
        """What stands over the heading of a list: the list that it is in."""
        folder = self.site_page.path.partition("/")[0] + "/" if self.site_page else ""
        kinds = {"author", "source", "section", "tag", "year"}
        return Link(title=self.name_index(folder), path=folder) if self.kind in kinds else None

    def list_navigation(self) -> Iterator[Link]:
        """The pages that the masthead leads to."""
        if self.site_page:
            say = self.language.format_message
            yield Link(title=say("page.latest"), path="")
            yield Link(title=say("page.archive"), path="archive/")
            yield from self._list_own_pages("top")
            if not derived.find_subscribe_page(self.publication):
                yield Link(title=say("follow"), path="follow/")
            if self.publication.site.search:
                yield Link(title=say("page.search"), path="search/")

    def list_facets(self) -> Iterator[Link]:
        """The pages that the foot leads to: the lists of topics, authors, sources and sections, and how to follow."""
        if self.site_page:
            yield from (Link(title=self.name_index(folder), path=folder) for folder in self.site_page.indexes)
            yield Link(title=self.language.format_message("follow"), path="follow/")
            yield from self._list_own_pages("foot")

    def _list_own_pages(self, menu: str) -> Iterator[Link]:
        pages = (page for page in self.publication.pages if page.menu == menu)
        return (Link(title=page.title, path=f"{page.slug}/") for page in pages)
