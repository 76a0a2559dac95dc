"""The files of a publication as they could last be read, read again when they change."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from dispatch import config, issues
from dispatch.errors import DispatchError, IssueError
from dispatch.model import Fault, Issue, Publication


class LiveFiles:
    """The publication and its issues. Where a file cannot be read, what was read before it was saved stays.

    Raises ConfigError when the publication cannot be read at all.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.publication: Publication = config.load(root)
        self.heads: dict[str, issues.IssueHead] = {}  # what the front matter of each issue says
        self._whole: dict[str, Issue] = {}
        self._stale: set[str] = set()
        self._faults: dict[str, tuple[Fault, ...]] = {}  # by slug; those of the publication itself under none
        self._read_heads(self._list_slugs())

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What cannot be read now, each fault once."""
        return tuple(dict.fromkeys(fault for faults in self._faults.values() for fault in faults))

    def reload(self, paths: Collection[Path]) -> None:
        """Read what was read before and is in one of these files."""
        names = [path.relative_to(self._root).parts for path in paths if path.is_relative_to(self._root)]
        slugs = {parts[1] for parts in names if parts[0] == "issues" and len(parts) > 1}
        if any(parts[0] != "issues" for parts in names):
            before = self.publication
            self._reload_publication()
            # Reading an issue takes sources, authors, address and time zone, never templates.
            if _drop_templates(before) != _drop_templates(self.publication):
                slugs |= self.heads.keys()
        self._stale |= slugs & self._whole.keys()
        self._read_heads(slugs | (self.heads.keys() ^ set(self._list_slugs())))
        for slug in list(self._stale):
            self._read_issue(slug)

    def read(self, slug: str) -> Issue:
        """Return an issue with its texts, as it could last be read. Raises IssueError when it never could."""
        self.require(slug)
        if slug not in self._whole:
            self._read_issue(slug)
        if slug not in self._whole:
            raise IssueError(*self._faults[slug])
        return self._whole[slug]

    def require(self, slug: str) -> None:
        """Raise IssueError when there is no issue of that slug."""
        if slug not in self.heads:
            raise IssueError(*self._faults.get(slug, (f"there is no issue “{slug}”",)))

    def is_readable(self, slug: str) -> bool:
        """Whether an issue can be read, or could be before it was saved."""
        try:
            self.read(slug)
        except IssueError:
            return False
        return True

    def _list_slugs(self) -> list[str]:
        """List the slugs of all issues; none, and a fault, while ``issues`` is no folder that can be read."""
        self._faults.pop("issues/", None)
        try:
            return issues.list_slugs(self.publication)
        except IssueError as error:
            self._faults["issues/"] = error.faults
            return []

    def _read_issue(self, slug: str) -> None:
        self._stale.discard(slug)
        try:
            self._whole[slug] = issues.read_issue(self.publication, slug)
            self._faults.pop(slug, None)
        except IssueError as error:
            self._faults[slug] = error.faults

    def _read_heads(self, slugs: Collection[str]) -> None:
        there = self._list_slugs()
        for slug in slugs:
            self._faults.pop(slug, None)
            if slug not in there:
                self.heads.pop(slug, None)
                self._whole.pop(slug, None)
                self._stale.discard(slug)
                continue
            try:
                self.heads[slug] = issues.read_head(self.publication, slug)
            except IssueError as error:
                self._faults[slug] = error.faults

    def _reload_publication(self) -> None:
        try:
            self.publication = config.load(self._root)
        except DispatchError as error:
            self._faults[""] = error.faults
        else:
            self._faults.pop("", None)


def _drop_templates(publication: Publication) -> Publication:
    return replace(publication, templates={}, own_templates=frozenset())
