"""What the pages of the preview show: reads, plans, renders and checks, each when it is asked for and not before."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Annotated

from dispatch import files, issues, render, smtp
from dispatch.checks.html_page import read_page
from dispatch.desk.draft_sites import DraftSites
from dispatch.desk.entries import InboxEntries
from dispatch.desk.live_files import LiveFiles
from dispatch.errors import DeliveryError, IssueError, RenderError
from dispatch.formats import eml
from dispatch.inbox import FOLDER
from dispatch.issues import IssueHead, sort_newest_first
from dispatch.locate import locate_findings
from dispatch.model import Fault, Finding, Issue, Page, Publication
from dispatch.publish import judge_issue

_LISTED = (
    *("front", "issue", "index", "follow", "search", "archive", "year", "page"),
    *("author", "source", "section", "tag", "feed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSize:
    """What an article adds to the mail."""

    key: str
    title: str
    octets: Annotated[int, "how much smaller the mail would be without it"]


class Workspace:
    """The publication as its files say it now, and its site as if an issue were published.

    An issue is named by its slug. What was made is kept until a file changes. The methods may take a while, are called
    from several threads, and raise DispatchError. Raises ConfigError when the publication cannot be read at all.
    """

    def __init__(self, root: Path, mail: smtp.MailServer, now: Callable[[], datetime]) -> None:
        self._mail = mail
        self._files = LiveFiles(root)
        self._sites = DraftSites(self._files)
        self.inbox = InboxEntries(self._files, now)
        self._lock = RLock()

    @property
    def publication(self) -> Publication:
        """The publication as it could last be read."""
        return self._files.publication

    @property
    def newest(self) -> str:
        """The slug of the newest issue; empty without any."""
        return next((issue.slug for issue in sort_newest_first(self._files.heads.values())), "")

    @property
    def newest_draft(self) -> str:
        """The slug of the newest draft, which is being written; without one, of the newest issue."""
        return next((issue.slug for issue in self.list_issues()), "")

    def reload(self, paths: Collection[Path]) -> bool:
        """Read again what has changed in these files; return whether that may be seen. Raises nothing."""
        root = self.publication.root
        others = [path for path in paths if not path.is_relative_to(root / files.OWN)]
        if paths and not others and not self.inbox.has_changed():
            return False
        self.inbox.forget_uses()
        others = [path for path in others if not path.is_relative_to(root / FOLDER)]
        if others or not paths:
            with self._lock:
                self._sites.forget()
                self._files.reload(others)
        return True

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What cannot be read in the files; what was read before is shown meanwhile."""
        with self._lock:
            return self._files.faults

    def list_issues(self) -> list[IssueHead]:
        """List what the front matter of each issue says: drafts first, for they are being written; then the newest."""
        with self._lock:
            heads = sort_newest_first(self._files.heads.values())
            return sorted(heads, key=lambda issue: issue.status == "published")

    def require_issue(self, slug: str) -> None:
        """Raise IssueError when there is no issue of that slug."""
        with self._lock:
            self._files.require(slug)

    def load_issue(self, slug: str) -> Issue:
        """Return an issue as it could last be read."""
        with self._lock:
            return self._files.read(slug)

    def read_introductions(self, slug: str) -> tuple[str, tuple[str, ...]]:
        """Read the introduction of an issue, and that of each of its sections, in Markdown as issue.md has them.

        There are none while it cannot be read.
        """
        try:
            return issues.read_introductions(self.publication, slug)
        except IssueError:
            return "", ()

    def list_pages(self, slug: str) -> list[Page]:
        """List the pages and the feeds, the general ones first; articles are found on their issue's page."""
        with self._lock:
            pages = self._sites.find_site(slug).pages
        return sorted((page for page in pages if page.kind in _LISTED), key=lambda page: _LISTED.index(page.kind))

    def render_file(self, slug: str, path: str) -> bytes | None:
        """Render a file of the public folder; None when there is none at that path."""
        with self._lock:
            return self._sites.render_file(slug, path)

    def read_opening(self, slug: str) -> str:
        """Return the words that stand first in the mail, which a mailbox shows beside the subject."""
        body = self.render_file(slug, f"issues/{slug}/email.html") or b""
        return " ".join(read_page(body.decode()).opening.split())

    def weigh_articles(self, slug: str) -> tuple[int, list[ArticleSize]]:
        """Count the bytes of the mail's HTML, and what each article adds: the mail is rendered without it.

        The heaviest article comes first.
        """
        with self._lock:
            issue = self._files.read(slug)

            def count_bytes(without: str = "") -> int:
                shown = issue.change_articles(lambda one: one if one.id != without else None) if without else issue
                return len(render.render_edition(shown, self.publication, "email").body)

            octets = count_bytes()
            found = [
                ArticleSize(key=article.key, title=article.title, octets=octets - count_bytes(article.id))
                for article in issue.articles
            ]
            return octets, sorted(found, key=lambda size: -size.octets)

    def check(self, slug: str) -> list[Finding]:
        """Find what ``dispatch check`` would, each with its line. Nobody who looks at a page waits for it."""
        with self._lock:
            one, publication = self._files.read(slug), self.publication
            everything = [self._files.read(other) for other in self._files.heads if self._files.is_readable(other)]
            is_whole = len(everything) == len(self._files.heads)
        return locate_findings(
            judge_issue(one, publication, everything=everything, is_whole=is_whole), publication.root
        )

    def send_test(self, slug: str, to: str) -> str:
        """Send the whole message to one address by the mail server on this machine; returns where it was taken."""
        with self._lock:
            issue, publication = self._files.read(slug), self.publication
        if not publication.email.sender:
            raise RenderError("there is no sender", subject="dispatch.toml", hint="Write from = under [email].")
        try:
            eml.parse_address(to, publication)
        except RenderError as error:
            raise DeliveryError("that is no address", hint="Write one as ann@example.org.") from error
        message = render.render_edition(issue, publication, "eml", to=to)
        self._mail.send_message(message.body)
        return self._mail.name
