"""What became of each issue, in numbers: none of them from watching anybody read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from dispatch.databases import SqlConnection
from dispatch.subscribers import deliveries, rounds, rows

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
        states = deliveries.count_states(connection, one.number)
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
                left=count_left(connection, one.number),
                new=new,
            )
        )
    return numbers[::-1]


def count_left(connection: SqlConnection, number: int) -> int:
    """Count who left within a week of a round, and before the next one."""
    found: tuple[int] = connection.execute(
        "SELECT coalesce(sum(count), 0) FROM (SELECT count(DISTINCT consent.subscriber) AS count FROM round one"
        " JOIN delivery ON delivery.round = one.number JOIN consent ON consent.subscriber = delivery.subscriber"
        " WHERE one.number = ? AND what = 'left' AND consent.at >= one.begun AND consent.at < one.begun + ?"
        " AND consent.at < coalesce((SELECT begun FROM round WHERE number > one.number ORDER BY number LIMIT 1),"
        " one.begun + ?) UNION ALL SELECT count FROM tally WHERE round = ? AND what = 'left') AS every",
        (number, int(WEEK.total_seconds()), int(WEEK.total_seconds()), number),
    ).fetchone()
    return int(found[0])
