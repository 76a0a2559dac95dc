"""What became of each issue, in numbers: none of them from watching anybody read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from dispatch.databases import SqlConnection
from dispatch.subscribers import rounds, rows

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueNumbers:
    """How many of those who were sent an issue did what."""

    slug: Annotated[str, "the issue's folder when it was sent"]
    begun: datetime
    accepted: Annotated[int, "messages that the server has taken over, whatever came back of them"]
    failed: Annotated[int, "messages that it refused for good, or that were given up"]
    unknown: Annotated[int, "messages of which nobody knows whether they were taken"]
    bounced: Annotated[int, "messages that came back"]
    complained: Annotated[int, "messages that were called spam"]
    left: Annotated[int, "who left within a week, and before the next issue"]
    new: Annotated[int, "who came since the issue before"]


def list_numbers(connection: SqlConnection) -> list[IssueNumbers]:
    """List the numbers of each round, the newest first."""
    found = sorted(rounds.list_rounds(connection), key=lambda one: one.number)
    numbers = []
    for place, one in enumerate(found):
        before = rows.to_seconds(found[place - 1].begun) if place else -1
        after = found[place + 1].begun if place + 1 < len(found) else one.begun + WEEK
        states = dict(
            connection.execute("SELECT state, count(*) FROM delivery WHERE round = ? GROUP BY state", (one.number,))
        )
        (left,) = connection.execute(
            "SELECT count(DISTINCT consent.subscriber) FROM consent JOIN delivery ON delivery.round = ?"
            " AND delivery.subscriber = consent.subscriber WHERE what = 'left' AND consent.at >= ? AND consent.at < ?",
            (one.number, rows.to_seconds(one.begun), rows.to_seconds(min(after, one.begun + WEEK))),
        ).fetchone()
        (new,) = connection.execute(
            "SELECT count(*) FROM subscriber WHERE since > ? AND since <= ?", (before, rows.to_seconds(one.begun))
        ).fetchone()
        numbers.append(
            IssueNumbers(
                slug=one.slug,
                begun=one.begun,
                accepted=sum(states.get(state, 0) for state in ("accepted", "delivered", "bounced", "complained")),
                failed=states.get("failed", 0) + states.get("expired", 0),
                unknown=states.get("unknown", 0),
                bounced=states.get("bounced", 0),
                complained=states.get("complained", 0),
                left=left,
                new=new,
            )
        )
    return numbers[::-1]
