"""What is due: mails to single readers first, then rounds, those that were begun earlier before those of today."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from dispatch.deliver.notices import send_notices
from dispatch.deliver.rounds import Outbound
from dispatch.deliver.sending import SendReport
from dispatch.deliver.way_back import require_way_back
from dispatch.errors import DeliveryError
from dispatch.model import Round
from dispatch.smtp import Submission
from dispatch.subscribers import rounds
from dispatch.subscribers.retention import forget_outdated

LATE: Final = timedelta(hours=1)
"""How late a round may begin by itself; after a longer sleep somebody decides."""


@dataclass(frozen=True, kw_only=True)
class DueReport:
    """What was done about a round."""

    round: Round
    report: Annotated[SendReport | None, "what became of it; None when it is too late, and held, or when it waits"] = (
        None
    )
    waits_because: Annotated[str, "why nothing of it is sent until the way to leave answers; empty when it does"] = ""


def send_due(outbound: Outbound, server: Submission, stop: threading.Event) -> Iterator[DueReport | int]:
    """Send all that is due: yields how many single mails were taken, then what was done about each round.

    What is older than it need be is forgotten before. A round whose readers could not leave waits, and no other for it.
    """
    forget_outdated(outbound.connection, outbound.clock())
    if taken := send_notices(outbound, server, stop):
        yield taken
    now = outbound.clock()
    for one in reversed(rounds.list_rounds(outbound.connection)):
        if one.state != "begun" or one.not_before > now or stop.is_set():
            continue
        if one.audience == rounds.UNPLANNED and now - one.not_before > LATE:
            rounds.hold_round(outbound.connection, one.number)
            yield DueReport(round=one)
        elif rounds.is_due(outbound.connection, one.number, now, resends=outbound.resends):
            try:
                require_way_back(outbound.publication, outbound.keys)
            except DeliveryError as error:
                yield DueReport(round=one, waits_because=str(error))
            else:
                yield DueReport(round=one, report=outbound.send_round(one, server, stop))
