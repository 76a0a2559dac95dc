"""The newsroom of ``preview``: reads, plans, renders and checks, each when it is asked for and not before."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import TypeVar, cast

from dispatch import compose, config, issues, ledger, publish, render, smtp
from dispatch.cli.building import around
from dispatch.cli.check import judged
from dispatch.cli.desk import Desk
from dispatch.cli.lines import locate
from dispatch.errors import DeliveryError, DispatchError, IssueError, RenderError
from dispatch.formats import FORMATS, eml
from dispatch.model import Edition, Fault, Finding, Issue, Publication, SitePlace
from dispatch.server.preview import Listed, Overview, Stop, Weight

_LISTED = ("front", "issue", "index", "follow", "search", "year", "author", "source", "section", "tag", "feed")

Made = TypeVar("Made")


class Newsroom:
    """What ``dispatch.server.preview.Newsroom`` asks for.

    Where a file cannot be read, what was read before it was saved is shown still, beside what is wrong. Everything made
    is kept until a file changes. Raises ConfigError when the publication cannot be read at all.
    """

    def __init__(self, root: Path, mail: smtp.Server) -> None:
        self._root = root
        self._mail = mail
        self._publication = config.load(root)
        self._heads: dict[str, Issue] = {}
        self._whole: dict[str, Issue] = {}
        self._stale: set[str] = set()
        self._faults: dict[str, tuple[Fault, ...]] = {}  # by slug; those of the publication itself under none
        self._made: dict[Hashable, object] = {}
        self._lock = RLock()
        self._look()

    @property
    def publication(self) -> Publication:
        """The publication as it could last be read."""
        return self._publication

    @property
    def newest(self) -> str:
        """The slug of the newest issue; empty without any."""
        return next((issue.slug for issue in compose.newest_first(self._heads.values())), "")

    def changed(self, paths: Collection[Path]) -> None:
        """Reads again what was looked at before and has changed."""
        with self._lock:
            names = [path.relative_to(self._root).parts for path in paths if path.is_relative_to(self._root)]
            slugs = {parts[1] for parts in names if parts[0] == "issues" and len(parts) > 1}
            if any(parts[0] != "issues" for parts in names):
                before, self._publication = self._publication, self._reloaded()
                # Issues are read in the light of sources, authors, address and time zone, never of templates.
                if replace(before, templates={}) != replace(self._publication, templates={}):
                    slugs |= self._heads.keys()
            self._made.clear()
            self._stale |= slugs & self._whole.keys()
            self._look(slugs | (self._heads.keys() ^ set(issues.names(self._publication))))
            for slug in list(self._stale):
                self._read(slug)

    def overview(self) -> Overview:
        """What there is. Drafts first, for they are being written."""
        with self._lock:
            heads = compose.newest_first(self._heads.values())
            heads.sort(key=lambda issue: issue.status != "draft")
            return Overview(
                title=self._publication.title,
                url=self._publication.url,
                language=self._publication.language,
                sender=self._publication.email.sender,
                issues=tuple(
                    Listed(
                        slug=one.slug,
                        title=one.title,
                        preheader=one.preheader,
                        number=one.number,
                        date=one.date,
                        status=one.status,
                    )
                    for one in heads
                ),
                faults=tuple(dict.fromkeys(fault for faults in self._faults.values() for fault in faults)),
            )

    def stops(self, slug: str) -> list[Stop]:
        """The pages and the feeds, the general ones first; articles are found on their issue's page."""
        places = [(page.title, page.place) for page in self._plan(slug) if page.place]
        found = [
            Stop(kind=place.kind, path=place.feed if place.kind == "feed" else place.path, title=title)
            for title, place in places
            if place.kind in _LISTED
        ]
        return sorted(found, key=lambda stop: _LISTED.index(stop.kind))

    def file(self, slug: str, path: str) -> bytes | None:
        """A file of the public folder, made when it is first asked for."""
        with self._lock:
            return self._once(("file", slug, path), lambda: self._file(slug, path))

    def weights(self, slug: str) -> tuple[int, list[Weight]]:
        """The mail's bytes, and what each article adds: the mail is rendered without it. The heaviest first."""
        with self._lock:
            issue = self._issue(slug)
            octets = len(self._edition(issue, "email").body)
            found = [
                Weight(
                    key=article.key,
                    title=article.title,
                    octets=octets - len(self._edition(_without(issue, article.id), "email").body),
                )
                for article in issue.articles
            ]
            return octets, sorted(found, key=lambda weight: -weight.octets)

    def findings(self, slug: str) -> list[Finding]:
        """What ``dispatch check`` would say. Nobody who looks at a page waits for it."""
        with self._lock:
            one = self._issue(slug)
            everything = [self._issue(other) for other in self._heads if self._is_readable(other)]
        is_whole = len(everything) == len(self._heads)
        return locate(judged(Desk(self._root), one, everything=everything, is_whole=is_whole), self._root)

    def send(self, slug: str, to: str) -> str:
        """The whole message, made out to that address, to the mail server on this machine."""
        with self._lock:
            issue, publication = self._issue(slug), self._publication
        if not publication.email.sender:
            raise RenderError("there is no sender", subject="dispatch.toml", hint="Write from = under [email].")
        try:
            eml.address(to, publication)
        except RenderError as error:
            raise DeliveryError("that is no address", hint="Write one as ann@example.org.") from error
        message = render.edition(issue, publication, "eml", to=to)
        self._mail.send(message.body)
        return self._mail.name

    def _file(self, slug: str, path: str) -> bytes | None:
        if path in self._letters(slug):
            return self._edition(self._issue(slug), self._letters(slug)[path]).body
        found = self._files(slug).get(path)
        if found is None:
            released = [self._issue(other) for other in self._public(slug)]
            others = around(self._plan(slug), released, self._publication)
            return self._picture(slug, path) or next((body for name, body in others if name == path), None)
        page, name = found
        if name in publish.FEEDS:
            entries = {article.id: self._entry(slug, article.id, name) for article in page.articles}
            return render.feed(page, self._publication, name, entries).body
        if page.slug and page.place and page.place.kind in {"front", "issue", "article"}:
            page = compose.filled(page, self._issue(page.slug))
        return self._edition(page, name).body

    def _letters(self, slug: str) -> dict[str, str]:
        """The mail and its text, with their formats: they are the same wherever the issue stands, and need no plan."""
        return {f"issues/{slug}/{FORMATS[name].path}": name for name in publish.PUBLIC if name in {"email", "text"}}

    def _picture(self, slug: str, path: str) -> bytes | None:
        """A file beside the articles of an issue that is public."""
        folder, _, rest = path.partition("/")
        owner, _, name = rest.partition("/")
        if folder != "issues" or owner not in self._public(slug):
            return None
        shown = self._once(("pictures", owner), lambda: issues.pictures(self._publication, self._issue(owner)))
        return shown.get(name)

    def _files(self, slug: str) -> dict[str, tuple[Issue, str]]:
        """Every page and every feed by its path, with the format that it is rendered in."""

        def make() -> dict[str, tuple[Issue, str]]:
            found = {}
            for page in self._plan(slug):
                place = page.place or SitePlace(kind="front")
                for name in {"feed": publish.FEEDS, "issue": publish.PUBLIC}.get(place.kind, ("web",)):
                    found[render.path(place, name)] = page, name
            return found

        return self._once(("files", slug), make)

    def _plan(self, slug: str) -> list[Issue]:
        """The site with this issue, published or not."""
        with self._lock:
            shown = self._public(slug)
            return self._once(
                ("plan", *sorted(shown)),
                lambda: compose.pages(
                    [compose.light(self._issue(other)) for other in shown],
                    self._publication,
                    ledger.read(self._publication),
                ),
            )

    def _public(self, slug: str) -> list[str]:
        self._head(slug)
        published = [other for other, head in self._heads.items() if head.status == "published" and other != slug]
        # An issue that cannot be read and never could be is not shown; the banner says why.
        return [slug, *(other for other in published if self._is_readable(other))]

    def _is_readable(self, slug: str) -> bool:
        try:
            self._issue(slug)
        except IssueError:
            return False
        return True

    def _entry(self, slug: str, id_: str, name: str) -> bytes:
        """The finished bytes of one entry."""

        def owners() -> dict[str, str]:
            """The slug of the issue that an entry is made of; of several, the first that had it."""
            found: dict[str, str] = {}
            for issue in compose.newest_first(self._issue(other) for other in self._public(slug)):
                found |= dict.fromkeys((issue.id, *(article.id for article in issue.articles)), issue.slug)
            return found

        def entries(owner: str) -> dict[str, dict[str, bytes]]:
            issue = self._issue(owner)
            digest = compose.as_article(issue, self._publication)
            return render.entries(issue, self._publication, [*issue.articles, digest])

        owner = self._once(("owners", slug), owners)[id_]
        return self._once(("entries", owner), lambda: entries(owner))[name][id_]

    def _edition(self, page: Issue, name: str) -> Edition:
        return render.edition(page, self._publication, name)

    def _issue(self, slug: str) -> Issue:
        """The issue of that slug as it could last be read. Raises IssueError when it never could."""
        with self._lock:
            self._head(slug)
            if slug not in self._whole:
                self._read(slug)
            if slug not in self._whole:
                raise IssueError(*self._faults[slug])
            return self._whole[slug]

    def _head(self, slug: str) -> Issue:
        if slug not in self._heads:
            raise IssueError(*self._faults.get(slug, (f"there is no issue “{slug}”",)))
        return self._heads[slug]

    def _read(self, slug: str) -> None:
        """Reads an issue; where that fails, what was read before stays."""
        self._stale.discard(slug)
        try:
            self._whole[slug] = issues.read(self._publication, slug)
            self._faults.pop(slug, None)
        except IssueError as error:
            self._faults[slug] = error.faults

    def _look(self, slugs: Collection[str] | None = None) -> None:
        """Reads the heads of these issues, or of all."""
        there = issues.names(self._publication)
        for slug in there if slugs is None else slugs:
            self._faults.pop(slug, None)
            if slug not in there:
                self._heads.pop(slug, None)
                self._whole.pop(slug, None)
                self._stale.discard(slug)
                continue
            try:
                self._heads[slug] = issues.head(self._publication, slug)
            except IssueError as error:
                self._faults[slug] = error.faults

    def _reloaded(self) -> Publication:
        try:
            publication = config.load(self._root)
        except DispatchError as error:
            self._faults[""] = error.faults
            return self._publication
        self._faults.pop("", None)
        return publication

    def _once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made before, or is made now."""
        if key not in self._made:
            self._made[key] = make()
        return cast("Made", self._made[key])


def _without(issue: Issue, id_: str) -> Issue:
    """The issue without one article."""
    sections = (
        replace(section, articles=tuple(article for article in section.articles if article.id != id_))
        for section in issue.sections
    )
    return replace(issue, sections=tuple(sections))
