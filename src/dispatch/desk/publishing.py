"""Publish an issue from the desk, and say before what that would change, and for whom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

from dispatch import locks
from dispatch.desk.editing import COMMAND, Editing
from dispatch.desk.workspace import Workspace
from dispatch.errors import DeliveryError, IssueError
from dispatch.model import Fault, Publication
from dispatch.publish import SiteUpdate, list_doubts, publish_site
from dispatch.smtp import ServerReply, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingPlan:
    """What publishing would do."""

    update: SiteUpdate
    doubts: Annotated[tuple[Fault, ...], "why it may not be meant"]
    readers: Annotated[int | None, "how many subscribers have agreed to get it by mail; None where no list is kept"]
    sends: Annotated[bool, "whether dispatch sends the mail itself: [delivery] names a server"]
    testers: Annotated[tuple[str, ...], "who gets a test of it"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Publishes what the desk edits. Everything raises DispatchError."""

    root: Path
    workspace: Workspace
    editing: Editing
    now: Annotated[Callable[[], datetime], "the moment, which only a command may ask for"]
    find_server: Annotated[Callable[[Publication], Submission], "the mail server of [delivery], with its password"]

    def plan_issue(self, slug: str) -> PublishingPlan:
        """Say what would change if an issue was published now, and what speaks against it."""
        doubts = tuple(list_doubts(self.workspace.load_issue(slug), self.now()))
        update = publish_site(self.root, issue=slug, dry=True)
        publication = self.workspace.publication
        settings = publication.delivery
        return PublishingPlan(
            update=update,
            doubts=doubts,
            readers=_count_readers(publication),
            sends=bool(settings.smtp),
            testers=settings.test,
        )

    def publish_issue(self, slug: str) -> SiteUpdate:
        """Publish an issue; what was changed before cannot be taken back from then on."""
        self.workspace.require_issue(slug)
        update = publish_site(self.root, issue=slug, lock=partial(locks.hold_lock, self.root, command=COMMAND))
        if not update.stopped:
            self.editing.forget_changes()
        self.workspace.reload([self.root / "issues" / slug / "issue.md"])
        return update

    def send_to_testers(self, slug: str) -> list[tuple[str, ServerReply]]:
        """Send the very message that readers would get to those who test it; return what the server said of each."""
        from dispatch import deliver

        issue, publication = self.workspace.load_issue(slug), self.workspace.publication
        if issue.status != "published" or issue.withdrawn:
            raise IssueError("is not published: readers could not open its page", subject=f"issues/{slug}/issue.md")
        addresses = publication.delivery.test
        if not addresses:
            raise DeliveryError(
                "names no address for tests", hint='Write test = ["ann@wire.example"] under [delivery].'
            )
        server = self.find_server(publication)
        with deliver.open_outbound(publication, self.now, command=COMMAND) as outbound:
            octets = deliver.prepare_proven(outbound, issue, self.now())
            replies = outbound.send_to_testers(issue, octets, addresses, server)
        return list(zip(addresses, replies, strict=True))


def _count_readers(publication: Publication) -> int | None:
    """Count who gets the newsletter by mail; None where no list is kept here, which none is made for."""
    from dispatch import subscribers
    from dispatch.subscribers.database import DATABASE

    if not DATABASE.is_begun(publication.root):
        return None
    with subscribers.open_store(publication) as store:
        return sum(1 for _ in store.list_subscribers(state="active"))
