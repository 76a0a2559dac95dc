"""Run the connections of a round in one thread: whoever can go on does, then all that they report is written at once.

While the disk takes one transaction, the servers answer; so the next one has many steps. No message waits for a thread.
"""

import queue
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from dispatch.deliver.connection import Call, GoAhead, Pause, Request, Step, Work
from dispatch.smtp import Conversation

_MOST_AT_ONCE = 512  # steps in one transaction
_SELDOM = 10.0  # seconds after which it writes that it lives
_SHARE = 0.1  # of the time that a transaction takes, to wait for more steps
_OFTEN = 0.1  # seconds: so often it is looked whether somebody has waited long enough


class EventLoop:
    """The connections, and what each of them waits for."""

    def __init__(self, write: Callable[[Sequence[Step]], Sequence[GoAhead]], stop: threading.Event) -> None:
        """Begin.

        write: writes steps down, and answers each, when they are on the disk. stop: set when no message is to be begun
        any more.
        """
        self._write = write
        self._stop = stop
        self._failure: Exception | None = None
        self._is_broken = False  # whether nothing can be written down any more
        self._running = 0
        self._steps: list[tuple[Work, Step]] = []
        self._talks: dict[Work, Conversation] = {}  # whose socket is watched
        self._pauses: dict[Work, float] = {}
        self._returned: queue.SimpleQueue[tuple[Work, object]] = queue.SimpleQueue()
        self._looked = 0.0
        self._written = time.monotonic()
        self._disk_seconds = 0.0  # that the last transaction took

    def run_all(self, works: Iterable[Work]) -> None:
        """Run all until they have ended. Raises what has stopped one of them, or the ledger."""
        self._wake, self._waking = socket.socketpair()
        with self._wake, self._waking, selectors.DefaultSelector() as self._selector:
            self._selector.register(self._waking, selectors.EVENT_READ)
            for work in works:
                self._running += 1
                self._resume(work)
            while self._running:
                self._look_around(self._choose_patience())
                if self._steps:
                    self._gather_steps()
                    self._write_steps()
                elif time.monotonic() - self._written > _SELDOM:
                    self._write_steps()
        if self._failure:
            raise self._failure

    def _resume(self, work: Work, answer: object = None) -> None:
        """Let a connection go on with what it has waited for, until it waits again."""
        try:
            request = work.throw(answer) if isinstance(answer, Exception) else work.send(answer)
        except StopIteration:
            self._running -= 1
            self._unwatch(work)
        except Exception as error:  # noqa: BLE001 - it is raised again when the others have ended
            self._running -= 1
            self._unwatch(work)
            self._fail(error)
        else:
            self._await(work, request)

    def _await(self, work: Work, request: Request) -> None:
        if isinstance(request, Step):
            self._steps.append((work, request))
        elif isinstance(request, Conversation):
            if self._talks.get(work) is not request:
                self._talks[work] = request
                self._selector.register(request, request.awaited_events, work)
            elif request.awaited_events != selectors.EVENT_READ:
                self._selector.modify(request, request.awaited_events, work)
        else:
            self._unwatch(work)
            if isinstance(request, Pause):
                self._pauses[work] = time.monotonic() + request.seconds
            else:
                threading.Thread(target=self._call, args=(work, request), daemon=True).start()

    def _unwatch(self, work: Work) -> None:
        if talk := self._talks.pop(work, None):
            self._selector.unregister(talk)

    def _call(self, work: Work, request: Call) -> None:
        """Call what would stop the others, in a thread of its own."""
        try:
            found: object = request.function()
        except Exception as error:  # noqa: BLE001 - it is raised where the connection waits
            found = error
        self._returned.put((work, found))
        with suppress(OSError):  # another call has woken the loop meanwhile, which has taken this one, too, and ended
            self._wake.send(b"\0")

    def _choose_patience(self) -> float:
        soonest = min(self._pauses.values(), default=float("inf")) - time.monotonic()
        return min(max(soonest, 0.0), _OFTEN)

    def _gather_steps(self) -> None:
        """Wait a moment for those whose servers are about to answer, so that they are in the same transaction."""
        until = time.monotonic() + self._disk_seconds * _SHARE
        while any(talk.is_waiting for talk in self._talks.values()):
            patience = until - time.monotonic()
            if patience <= 0:
                return
            self._look_around(patience)

    def _look_around(self, patience: float) -> None:
        """Wait at most so long for anything to go on, and let it."""
        for key, _ in self._selector.select(patience):
            if key.data is None:
                self._waking.recv(1_000)
                while not self._returned.empty():
                    self._resume(*self._returned.get())
            else:
                self._go_on(key.data)
        now = time.monotonic()
        for work in [one for one, moment in self._pauses.items() if moment <= now or self._stop.is_set()]:
            del self._pauses[work]
            self._resume(work, self._stop.is_set())
        if now - self._looked > _OFTEN:
            self._looked = now
            for work in [one for one, talk in self._talks.items() if talk.is_waiting and talk.deadline <= now]:
                self._go_on(work)

    def _go_on(self, work: Work) -> None:
        """Go on with a turn whose server has said something, or can be written to, or has not answered in time."""
        talk = self._talks[work]
        if not talk.is_waiting:  # a server that speaks, or hangs up, unasked: the next turn finds out
            self._unwatch(work)
            return
        events = talk.awaited_events
        if found := talk.advance_turn():
            self._resume(work, found)
        elif talk.awaited_events != events:
            self._selector.modify(talk, talk.awaited_events, work)

    def _write_steps(self) -> None:
        """Write down what is reported, and let those go on who have reported it."""
        self._written = time.monotonic()
        steps, self._steps = self._steps[:_MOST_AT_ONCE], self._steps[_MOST_AT_ONCE:]
        answers: Sequence[GoAhead] = [GoAhead(is_marked=False, next=None)] * len(steps)
        if not self._is_broken:
            begin = time.monotonic()
            try:
                answers = self._write([step for _, step in steps])
            except Exception as error:  # noqa: BLE001 - it is raised again when all have hung up
                self._is_broken = True
                self._fail(error)
            self._disk_seconds = time.monotonic() - begin
        for (work, _), answer in zip(steps, answers, strict=True):
            self._resume(work, answer)

    def _fail(self, error: Exception) -> None:
        self._failure = self._failure or error
        self._stop.set()
