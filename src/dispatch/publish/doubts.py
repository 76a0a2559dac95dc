"""Why an issue may not be meant to be published at this moment."""

from datetime import datetime

from dispatch import derived
from dispatch.model import Fault, Issue, Place


def list_doubts(one: Issue, now: datetime) -> list[Fault]:
    """List why an issue may not be meant to be published at this moment: it is empty, or dated ahead."""
    found = []
    if not any(one.articles):
        found.append(Fault(what="has no articles", place=Place(file=f"issues/{one.slug}/issue.md")))
    if derived.is_ahead(one, now):
        latest, file = derived.find_latest_moment(one)
        what = f"is dated {latest:%Y-%m-%d %H:%M}, {(latest - now).days} days ahead, and the feeds would say so"
        at = latest.isoformat(timespec="minutes")
        hint = f"If that is a mistake, correct it; if not, let it wait: dispatch publish {one.slug} --at {at}"
        found.append(Fault(what=what, place=Place(file=file), hint=hint))
    return found
