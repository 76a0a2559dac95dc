"""Send a round: connections that talk to the server, and the ledger that all of them wait for."""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from dispatch.databases import SqlConnection
from dispatch.deliver.budget import Budget
from dispatch.deliver.connection import Connection, GoAhead, Letter, Step
from dispatch.deliver.event_loop import EventLoop
from dispatch.deliver.outcomes import is_policy, judge_outcome
from dispatch.errors import DeliveryError
from dispatch.formats.prepared import PreparedMessage, Recipient
from dispatch.model import DeliveryState, Publication
from dispatch.smtp import Envelope, ServerReply, Submission, describe_failure, finish_text
from dispatch.subscribers import deliveries, portions, rounds
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.deliveries import DuePerson
from dispatch.subscribers.high_water import HighWater

_BREAKER = 3  # refusals of the sender in a row, after which the round is held


@dataclass(kw_only=True)
class SendReport:
    """What became of a round, as far as it is."""

    states: Annotated[Mapping[DeliveryState, int], "how many messages are in each state"] = field(default_factory=dict)
    in_doubt: Annotated[int, "messages that an earlier sender has left without an outcome"] = 0
    held_because: Annotated[str, "what the server said when the round was held; empty when it was not"] = ""
    lost_because: Annotated[str, "why the server could not be used; empty when it could"] = ""
    is_spent: Annotated[bool, "whether the messages of this day are used up"] = False

    @property
    def left(self) -> int:
        """How many messages are not settled: planned, deferred, or in doubt."""
        return sum(self.states.get(one, 0) for one in ("planned", "deferred", "sending", "unknown"))


@dataclass(frozen=True, kw_only=True)
class Sender:
    """All that the sending of a round needs."""

    publication: Publication
    connection: SqlConnection
    keys: Annotated[tuple[bytes, ...], "of tokens, the oldest first"]
    server: Submission
    high_water: HighWater
    clock: Callable[[], datetime]
    stop: Annotated[threading.Event, "set to begin no other message"]
    on_progress: Callable[[int], None] = lambda _: None

    def send_due(self, number: int, octets: bytes, issue: str, write_sender: Callable[[str], str]) -> SendReport:
        """Send what is due in a round. Raises DeliveryError when the store cannot be written.

        From then on nothing more goes out.

        octets: the prepared message of the issue with that id. write_sender: writes the address to which a message
        returns that cannot be delivered, from its reference.
        """
        settings = self.publication.delivery
        resends = settings.unknown == "resend"
        epoch, lost = rounds.take_up_round(self.connection, number, self.clock(), resends=resends)
        budget = Budget(settings.rate, DATABASE.find_reserve(self.connection))

        finished = finish_text(octets)  # once: no slot begins with a dot
        message = PreparedMessage(finished, issue, self.publication, self.keys)
        more = len(finished) - len(octets)

        def write_letter(person: DuePerson) -> Letter:
            recipient = Recipient(email=person.email, key=person.key, name=person.name)
            values = message.make_values(recipient, number)
            text = message.fill_values(recipient, values)
            sender, mailbox = write_sender(values["reference"]), message.find_mailbox(recipient)
            return Letter(person, Envelope(sender, mailbox, len(text) - more), text)

        desk = _Ledger(self, number, epoch)
        try:
            EventLoop(desk.write_down, self.stop).run_all(
                Connection(self.server, budget, write_letter, self.stop, desk.lose_server).send_all()
                for _ in range(min(settings.connections, 32))
            )
        finally:
            self.high_water.wait_for_disk()
        portions.release_portions(self.connection, number, epoch)
        report = SendReport(
            in_doubt=lost,
            held_because=desk.held_because,
            lost_because=desk.lost_because,
            is_spent=desk.is_spent,
        )
        report.states = deliveries.count_states(self.connection, number)
        return report


class _Ledger:
    """What all connections wait for: their steps, written in one transaction, and whom they send to next."""

    def __init__(self, sender: Sender, number: int, epoch: int) -> None:
        self._sender = sender
        self._number = number
        self._epoch = epoch
        self._people: deque[DuePerson] = deque()
        self._first = -1  # of the portion that they are of
        self._is_over = False  # whether no other portion is due
        self._marks = deliveries.count_marks(sender.connection)
        self._extended = sender.clock()
        self._refusals = 0
        self._done = 0
        self.is_spent = False
        self.held_because = ""
        self.lost_because = ""

    def lose_server(self, error: Exception) -> None:
        """Remember why a connection has given up; when the server lets nobody in, begin nothing more."""
        self.lost_because = self.lost_because or _explain_loss(error, self._sender.server)
        if isinstance(error, DeliveryError):
            self._sender.stop.set()

    def write_down(self, steps: Sequence[Step]) -> list[GoAhead]:
        """Write steps down, and answer each. Raises DeliveryError when the store cannot be written."""
        sender, now = self._sender, self._sender.clock()
        results = [judge_outcome(outcome, person, now) for one in steps for person, outcome in one.outcomes]
        marks = [one.opened.number for one in steps if one.opened]
        if now - self._extended > portions.LEASE / 6:
            portions.extend_leases(sender.connection, self._number, self._epoch, now)
            self._extended = now
        made: list[bool] = []
        if results or marks:
            made = deliveries.commit_steps(sender.connection, self._number, self._epoch, results, marks, now)
            if any(made):
                self._marks += sum(made)
                sender.high_water.write_marks(self._marks)
        for one in steps:
            if one.returned:
                self._people.appendleft(one.returned)
            for _, outcome in one.outcomes:
                self._watch_refusals(outcome)
        if not all(made):
            self._look_for_reason()
        self._done += len(results)
        sender.on_progress(self._done)
        is_marked = iter(made)
        return [
            GoAhead(
                is_marked=next(is_marked) if one.opened else False, next=self._give_out() if one.wants_next else None
            )
            for one in steps
        ]

    def _give_out(self) -> DuePerson | None:
        if self._sender.stop.is_set():
            return None
        if not self._people and not self._is_over:
            self._take_portion()
        return self._people.popleft() if self._people else None

    def _take_portion(self) -> None:
        sender, daily = self._sender, self._sender.publication.delivery.daily
        found = portions.take_portion(
            sender.connection, self._number, self._epoch, after=self._first, daily=daily, now=sender.clock()
        )
        self._is_over = found is None or found.is_spent
        if found:
            self._people.extend(found.people)
            self._first = found.first
            self.is_spent = found.is_spent

    def _look_for_reason(self) -> None:
        """Stop when the round is held; leave to others the portion that they have taken up; else a reader has left."""
        if not rounds.is_begun(self._sender.connection, self._number):
            self._sender.stop.set()
        elif not portions.has_portion(self._sender.connection, self._number, self._epoch, self._first):
            self._people.clear()

    def _watch_refusals(self, outcome: ServerReply) -> None:
        """Hold the round when the server refuses the sender again and again."""
        self._refusals = self._refusals + 1 if is_policy(outcome) else 0 if outcome.is_accepted else self._refusals
        if self._refusals >= _BREAKER and not self.held_because:
            self.held_because = outcome.reply
            rounds.hold_round(self._sender.connection, self._number)
            self._sender.stop.set()


def _explain_loss(error: Exception, server: Submission) -> str:
    if isinstance(error, DeliveryError):
        return str(error)
    reason = describe_failure(error)
    return f"{server.name}: cannot be reached: {reason}"
