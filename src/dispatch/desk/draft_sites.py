"""The site as it would be if an issue were published, each file made when it is first asked for."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar, cast

from dispatch import files, issues, ledger, pictures, render
from dispatch.desk.live_files import LiveFiles
from dispatch.errors import IssueError
from dispatch.formats import FORMATS
from dispatch.issues import sort_newest_first
from dispatch.publish.build import SiteBuilder
from dispatch.publish.listings import make_entry, strip_texts

Made = TypeVar("Made")


class DraftSites:
    """A site for each issue: it with those that are public. What was made is kept until it is to be forgotten."""

    def __init__(self, files: LiveFiles) -> None:
        self._files = files
        self._made: dict[Hashable, object] = {}

    def forget(self) -> None:
        """Make everything anew from now on: a file has changed."""
        self._made.clear()

    def find_site(self, slug: str) -> SiteBuilder:
        """Plan the site with an issue, published or not. Raises IssueError."""

        def plan() -> SiteBuilder:
            said = self._files.publication
            return SiteBuilder(
                publication=replace(said, syndicate=replace(said.syndicate, counters="none")),  # no reader looks at it
                issues=[strip_texts(self._files.read(other)) for other in shown],
                records=ledger.read_records(self._files.publication),
                read=self._files.read,
                find_entries=lambda page, name: {one.id: self._find_entry(slug, one.id, name) for one in page.articles},
            )

        shown = self._list_shown(slug)
        return self._make_once(("site", *sorted(shown)), plan)

    def render_file(self, slug: str, path: str) -> bytes | None:
        """Render a file of the public folder; None when there is none at that path. Raises IssueError, RenderError."""
        return self._make_once(("file", slug, path), lambda: self._render_file(slug, path))

    def _render_file(self, slug: str, path: str) -> bytes | None:
        # The mail is the same wherever the issue stands, and needs no plan of the site.
        for name in ("email", "text"):
            if path == f"issues/{slug}/{FORMATS[name].path}":
                return render.render_edition(self._files.read(slug), self._files.publication, name).body
        site = self.find_site(slug)
        if path in site.files:
            return site.render(*site.files[path]).body
        if path in pictures.ICONS:
            return pictures.draw_icons(site.publication)[path]
        if path in site.cards:
            return pictures.draw_card(site.publication, site.cards[path])
        assets = (body for name, body in site.render_assets() if name == path)
        return self._find_picture(slug, path) or next(assets, None)

    def _find_picture(self, slug: str, path: str) -> bytes | None:
        """Find a file beside the articles of an issue that the site shows, or beside dispatch.toml."""
        if own := issues.find_publication_files(self._files.publication).get(path):
            return files.read_file(own, within=self._files.publication.root, error=IssueError)
        folder, _, rest = path.partition("/")
        owner, _, name = rest.partition("/")
        if folder != "issues" or owner not in self._list_shown(slug):
            return None

        return self._make_once(
            ("pictures", owner), lambda: issues.read_pictures(self._files.publication, self._files.read(owner))
        ).get(name)

    def _list_shown(self, slug: str) -> list[str]:
        """List the slugs of this issue and of those that are public."""
        self._files.require(slug)
        heads = self._files.heads.items()
        published = [other for other, head in heads if head.status == "published" and other != slug]
        # An issue that cannot be read and never could be is not shown; the banner says why.
        return [slug, *(other for other in published if self._files.is_readable(other))]

    def _find_entry(self, slug: str, id_: str, name: str) -> bytes:
        """Return the finished bytes of one entry, rendered with the entries of its issue."""

        def find_owners() -> dict[str, str]:
            """Find the slug of the issue that each entry is made of; of several, the first that had it."""
            found: dict[str, str] = {}
            for issue in sort_newest_first(self._files.read(other) for other in self._list_shown(slug)):
                found |= dict.fromkeys((issue.id, *(article.id for article in issue.articles)), issue.slug)
            return found

        def render_entries() -> dict[str, dict[str, bytes]]:
            shown = [self._files.read(other) for other in self._list_shown(slug)]
            entered = ledger.find_entry_moments(shown, ledger.read_records(self._files.publication))
            issue, publication = ledger.set_entry_moments(self._files.read(owner), entered), self._files.publication
            entry = make_entry(issue, publication, entered[issue.id])
            return render.render_entries(issue, publication, [*issue.articles, entry])

        owner = self._make_once(("owners", slug), find_owners)[id_]
        return self._make_once(("entries", owner), render_entries)[name][id_]

    def _make_once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made before, or make it now."""
        if key not in self._made:
            self._made[key] = make()
        return cast("Made", self._made[key])
