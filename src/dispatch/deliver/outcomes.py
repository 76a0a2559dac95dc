"""What a server's answer means for a message: accepted, tried again later, refused for good, or in doubt. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from dispatch.smtp import ServerReply
from dispatch.subscribers.deliveries import DuePerson, Result

WAITS: Final[Sequence[int]] = (5, 15, 30, 60, 120, 240)  # minutes until the next attempt; then the last again
MOST_ATTEMPTS: Final = 22  # about 72 hours
_POLICY = re.compile(r"\d{3}[ -][45]\.7\.\d+|53[0458] ")
_FULL = {552, 422, 452}


def judge_outcome(outcome: ServerReply, person: DuePerson, now: datetime) -> Result:
    """Judge what a server said of a message."""
    if outcome.is_accepted:
        return Result(subscriber=person.number, state="accepted", reply=outcome.reply)
    if outcome.code == 0 and outcome.step == "text":
        return Result(subscriber=person.number, state="unknown", reply=outcome.reply)
    if outcome.code >= 500 and outcome.code not in _FULL and not is_policy(outcome):
        return Result(subscriber=person.number, state="failed", reply=outcome.reply)
    if person.attempts + 1 >= MOST_ATTEMPTS:
        return Result(subscriber=person.number, state="expired", reply=outcome.reply)
    wait = WAITS[min(person.attempts, len(WAITS) - 1)]
    spread = 0.8 + person.key[0] / 255 * 0.4  # not all at once
    later = now + timedelta(minutes=wait * spread)
    return Result(subscriber=person.number, state="deferred", reply=outcome.reply, not_before=later)


def is_policy(outcome: ServerReply) -> bool:
    """Whether a server refuses the sender, and not this reader: all that follow would be refused as well."""
    return bool(_POLICY.match(outcome.reply))
