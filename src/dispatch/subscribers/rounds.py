"""The rounds of the store: an issue on its way, and its audience."""

from datetime import datetime

from dispatch.databases import SqlConnection
from dispatch.model import Round, RoundState
from dispatch.subscribers import portions, rows
from dispatch.subscribers.database import DATABASE

# Gmail, Yahoo and Outlook, who refuse whoever sends them thousands and has no name (their rules of 2024 and 2025).
_LARGE = (
    *("gmail.com", "googlemail.com", "yahoo.%", "ymail.com", "aol.com"),
    *("outlook.%", "hotmail.%", "live.%", "msn.com"),
)
UNPLANNED = -1  # the audience of a round that has not begun


def begin_round(
    connection: SqlConnection,
    *,
    issue: str,
    slug: str,
    digest: str,
    message: bytes,
    begun: datetime,
) -> int:
    """Write down a round whose first message may go out at the moment ``begun``; part of a transaction.

    Its audience is who is active when it is first taken up (``plan_audience``).
    """
    moment = rows.to_seconds(begun)
    return rows.insert_row(
        connection,
        "INSERT INTO round (list, issue, slug, digest, message, begun, not_before, audience, state, epoch)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'begun', 0)",
        *(rows.LIST, issue, slug, digest, message, moment, moment, UNPLANNED),
    )


def plan_audience(connection: SqlConnection, number: int) -> int:
    """Plan a message to everybody who is active now, once; return how many. Part of a transaction."""
    known: tuple[int] = connection.execute("SELECT audience FROM round WHERE number = ?", (number,)).fetchone()
    if known[0] != UNPLANNED:
        return known[0]
    count: int = connection.execute(
        "INSERT INTO delivery (round, subscriber, state) SELECT ?, number, 'planned' FROM subscriber"
        " WHERE list = ? AND state = 'active'",
        (number, rows.LIST),
    ).rowcount
    connection.execute("UPDATE round SET audience = ? WHERE number = ?", (count, number))
    portions.make_portions(connection, number)
    return count


def count_active(connection: SqlConnection) -> int:
    """Count who would be planned now."""
    found: tuple[int] = connection.execute(
        "SELECT count(*) FROM subscriber WHERE list = ? AND state = 'active'", (rows.LIST,)
    ).fetchone()
    return found[0]


def count_at_large(connection: SqlConnection) -> int:
    """Count who would be planned now and has an address at one of the largest providers."""
    marks = " OR ".join(["same LIKE ?"] * len(_LARGE))
    found: tuple[int] = connection.execute(
        f"SELECT count(*) FROM subscriber WHERE list = ? AND state = 'active' AND ({marks})",  # noqa: S608 - marks only
        (rows.LIST, *(f"%@{domain}" for domain in _LARGE)),
    ).fetchone()
    return found[0]


def measure_largest(connection: SqlConnection) -> int:
    """Measure the largest message, in bytes, of which somebody waits; 0 for none."""
    found: tuple[int] = connection.execute(
        "SELECT coalesce(max(length(message)), 0) FROM round WHERE state IN ('begun', 'held')"
    ).fetchone()
    return found[0]


def take_up_round(connection: SqlConnection, number: int, now: datetime, *, resends: bool) -> tuple[int, int]:
    """Begin a turn of sending a round; return its epoch, and how many messages are in doubt from senders that are gone.

    resends: what is in doubt is planned again, and may arrive twice.
    """
    with DATABASE.begin_transaction(connection):
        plan_audience(connection, number)
        connection.execute("UPDATE round SET epoch = epoch + 1 WHERE number = ?", (number,))
        epoch: tuple[int] = connection.execute("SELECT epoch FROM round WHERE number = ?", (number,)).fetchone()
        lost = portions.take_back_portions(connection, number, epoch[0], now)
        if resends:
            connection.execute(
                "UPDATE delivery SET state = 'planned', not_before = 0 WHERE round = ? AND state = 'unknown'", (number,)
            )
    return epoch[0], lost


def list_rounds(connection: SqlConnection, *, issue: str = "") -> list[Round]:
    """List the rounds, or those of an issue, the newest first."""
    found = connection.execute(
        "SELECT number, issue, slug, digest, begun, audience, state, not_before FROM round"
        " WHERE ? IN ('', issue) ORDER BY number DESC",
        (issue,),
    )
    return [
        Round(
            number=number,
            issue=issue_id,
            slug=slug,
            digest=digest,
            begun=rows.to_moment(begun),
            audience=audience,
            state=state,
            not_before=rows.to_moment(not_before),
        )
        for number, issue_id, slug, digest, begun, audience, state, not_before in found
    ]


def read_message(connection: SqlConnection, number: int) -> bytes:
    """Read the prepared message of a round."""
    found: tuple[bytes] = connection.execute("SELECT message FROM round WHERE number = ?", (number,)).fetchone()
    return found[0]


def set_round_state(connection: SqlConnection, number: int, state: RoundState) -> None:
    """Hold a round, let it go on, end it, or cancel all of it that has not begun; part of a transaction."""
    connection.execute("UPDATE round SET state = ? WHERE number = ?", (state, number))
    if state == "cancelled":
        connection.execute(
            "UPDATE delivery SET state = 'cancelled' WHERE round = ? AND state IN ('planned', 'deferred')", (number,)
        )


def hold_round(connection: SqlConnection, number: int) -> None:
    """Hold a round: nothing more of it goes out until somebody resumes it."""
    with DATABASE.begin_transaction(connection):
        set_round_state(connection, number, "held")


def is_due(connection: SqlConnection, number: int, now: datetime, *, resends: bool) -> bool:
    """Whether anything of a round may go out now, or was on its way when its sender ended."""
    found = connection.execute(
        "SELECT 1 FROM round one WHERE number = ? AND (audience = ? OR (? AND EXISTS"
        " (SELECT 1 FROM delivery WHERE round = one.number AND state = 'unknown')))",
        (number, UNPLANNED, resends),
    ).fetchone()
    return found is not None or portions.is_any_due(connection, number, now)


def is_begun(connection: SqlConnection, number: int) -> bool:
    """Whether a round may be sent: it is not held, cancelled or over."""
    found = connection.execute("SELECT 1 FROM round WHERE number = ? AND state = 'begun'", (number,)).fetchone()
    return found is not None
