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
from dispatch.model import Fault, Publication
from dispatch.publish import SiteUpdate, list_doubts, publish_site


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingPlan:
    """What publishing would do."""

    update: SiteUpdate
    doubts: Annotated[tuple[Fault, ...], "why it may not be meant"]
    readers: Annotated[int | None, "how many subscribers have agreed to get it by mail; None where no list is kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Publishes what the desk edits. Everything raises DispatchError."""

    root: Path
    workspace: Workspace
    editing: Editing
    now: Annotated[Callable[[], datetime], "the moment, which only a command may ask for"]

    def plan_issue(self, slug: str) -> PublishingPlan:
        """Say what would change if an issue was published now, and what speaks against it."""
        doubts = tuple(list_doubts(self.workspace.load_issue(slug), self.now()))
        update = publish_site(self.root, issue=slug, dry=True)
        return PublishingPlan(update=update, doubts=doubts, readers=_count_readers(self.workspace.publication))

    def publish_issue(self, slug: str) -> SiteUpdate:
        """Publish an issue; what was changed before cannot be taken back from then on."""
        self.workspace.require_issue(slug)
        update = publish_site(self.root, issue=slug, lock=partial(locks.hold_lock, self.root, command=COMMAND))
        if not update.stopped:
            self.editing.forget_changes()
        self.workspace.reload([self.root / "issues" / slug / "issue.md"])
        return update


def _count_readers(publication: Publication) -> int | None:
    """Count who gets the newsletter by mail; None where no list is kept here, which none is made for."""
    from dispatch import subscribers
    from dispatch.subscribers.database import DATABASE

    if not DATABASE.is_begun(publication.root):
        return None
    with subscribers.open_store(publication) as store:
        return sum(1 for _ in store.list_subscribers(state="active"))
