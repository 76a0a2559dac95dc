"""Send a round: connections that talk to the server, and one ledger that all of them wait for."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from dispatch.databases import SqlConnection
from dispatch.deliver.budget import Budget
from dispatch.deliver.connection import Connection, GoAhead, Letter, Step
from dispatch.deliver.outcomes import is_policy, judge_outcome
from dispatch.errors import DeliveryError
from dispatch.formats.prepared import PreparedMessage, Recipient
from dispatch.model import DeliveryState, Publication
from dispatch.smtp import Envelope, ServerReply, Submission, describe_failure
from dispatch.subscribers import deliveries, rounds
from dispatch.subscribers.deliveries import DuePerson
from dispatch.subscribers.high_water import HighWater

_MOST_AT_ONCE = 512  # steps in one transaction
_PAGE = 1000  # readers in memory
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


class _Waiting(NamedTuple):
    """A step that waits for the disk, and who is told."""

    step: Step
    answers: "queue.SimpleQueue[GoAhead]"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """All that the sending of a round needs."""

    publication: Publication
    connection: SqlConnection
    server: Submission
    high_water: HighWater
    clock: Callable[[], datetime]
    stop: Annotated[threading.Event, "set to begin no other message"]
    on_progress: Callable[[int], None] = lambda _: None

    def send_due(
        self, number: int, message: PreparedMessage, envelope_sender: Callable[[DuePerson], str]
    ) -> SendReport:
        """Send what is due in a round. Raises DeliveryError when the store cannot be written.

        From then on nothing more goes out.

        envelope_sender: the address to which a message that cannot be delivered returns.
        """
        settings = self.publication.delivery
        epoch, lost = rounds.take_up_round(self.connection, number, resends=settings.unknown == "resend")
        left_today = None
        if settings.daily:
            used = deliveries.count_recent(self.connection, self.clock() - timedelta(days=1))
            left_today = max(0, settings.daily - used)
        budget = Budget(settings.rate, left_today)

        def write_letter(person: DuePerson) -> Letter:
            recipient = Recipient(email=person.email, key=person.key, name=person.name)
            text = message.fill_slots(recipient, number)
            mailbox = message.find_mailbox(recipient)
            return Letter(person, Envelope(envelope_sender(person), mailbox, len(text)), text)

        desk = _Ledger(self, number, epoch)
        connections = min(settings.connections, 32)
        threads = [
            threading.Thread(
                target=desk.run_connection,
                args=(Connection(self.server, desk, budget, write_letter, self.stop),),
                daemon=True,  # they end with the round; whoever kills the process need not wait
            )
            for _ in range(connections)
        ]
        for thread in threads:
            thread.start()
        try:
            desk.write_all(connections)
        finally:
            self.high_water.wait_for_disk()
        report = SendReport(
            in_doubt=lost,
            held_because=desk.held_because,
            lost_because=desk.lost_because,
            is_spent=budget.is_spent,
        )
        report.states = deliveries.count_states(self.connection, number)
        return report


class _Ledger:
    """The one who writes: takes what all connections report, in one transaction, and answers them."""

    def __init__(self, sender: Sender, number: int, epoch: int) -> None:
        self._sender = sender
        self._number = number
        self._epoch = epoch
        self._waiting: queue.SimpleQueue[_Waiting | Exception | None] = queue.SimpleQueue()
        self._people: deque[DuePerson] = deque()
        self._after = 0
        self._is_read = False
        self._refusals = 0
        self._done = 0
        self.is_broken = False
        self.held_because = ""
        self.lost_because = ""

    # What connections call, in their threads.

    def hand_over(self, step: Step) -> GoAhead:
        """Hand over a step, and wait until it is on the disk."""
        answers: queue.SimpleQueue[GoAhead] = queue.SimpleQueue()
        self._waiting.put(_Waiting(step, answers))
        return answers.get()

    def lose_server(self, error: Exception) -> None:
        """Remember why a connection has given up; when the server lets nobody in, begin nothing more."""
        self.lost_because = self.lost_because or _explain_loss(error, self._sender.server)
        if isinstance(error, DeliveryError):
            self._sender.stop.set()

    def run_connection(self, connection: Connection) -> None:
        """Run a connection in its thread, and tell when it has ended."""
        try:
            connection.send_all()
        except Exception as error:  # noqa: BLE001 - it is raised again where the round is sent
            self._waiting.put(error)
        else:
            self._waiting.put(None)

    # What the sender's own thread does.

    def write_all(self, connections: int) -> None:
        """Write down what connections report until all have ended. Raises what has stopped one of them."""
        failure: Exception | None = None
        while connections:
            found = [self._waiting.get()]
            with suppress(queue.Empty):
                while len(found) < _MOST_AT_ONCE:
                    found.append(self._waiting.get_nowait())
            waiting = [one for one in found if isinstance(one, _Waiting)]
            connections -= len(found) - len(waiting)
            failure = next((one for one in found if isinstance(one, Exception)), failure)
            if failure:
                self._sender.stop.set()
            if waiting:
                try:
                    self._write_down(waiting)
                except Exception as error:  # noqa: BLE001 - the others are answered first: they would wait for ever
                    failure = failure or error
                    self.is_broken = True
                    self._sender.stop.set()
                    for one in waiting:
                        one.answers.put(GoAhead(is_marked=False, next=None))
        if failure:
            raise failure

    def _write_down(self, waiting: list[_Waiting]) -> None:
        if self.is_broken:
            raise DeliveryError("cannot be written")
        sender, now = self._sender, self._sender.clock()
        results = [judge_outcome(outcome, person, now) for one in waiting for person, outcome in one.step.outcomes]
        marks = [one.step.opened.number for one in waiting if one.step.opened]
        made: list[bool] = []
        if results or marks:
            made, total = deliveries.commit_steps(sender.connection, self._number, self._epoch, results, marks, now)
            if any(made):
                sender.high_water.write_marks(total)
        for one in waiting:
            if one.step.returned:
                self._people.appendleft(one.step.returned)
            for _, outcome in one.step.outcomes:
                self._watch_refusals(outcome)
        if not all(made) and not self._may_send():
            sender.stop.set()
        is_marked = iter(made)
        for one in waiting:
            marked = next(is_marked) if one.step.opened else False
            one.answers.put(GoAhead(is_marked=marked, next=self._give_out() if one.step.wants_next else None))
        self._done += len(results)
        sender.on_progress(self._done)

    def _give_out(self) -> DuePerson | None:
        if self._sender.stop.is_set():
            return None
        if not self._people and not self._is_read:
            now = self._sender.clock()
            page = deliveries.list_due(self._sender.connection, self._number, after=self._after, now=now, most=_PAGE)
            self._people.extend(page)
            self._after = page[-1].number if page else self._after
            self._is_read = len(page) < _PAGE
        return self._people.popleft() if self._people else None

    def _may_send(self) -> bool:
        return rounds.is_current(self._sender.connection, self._number, self._epoch)

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
