"""One of the connections of a round: takes readers, opens their envelopes, sends their texts, reports what came.

It is a generator that yields what it waits for (``Request``) and decides nothing about the ledger: a text goes out only
after its step was answered, which says that its mark is on the disk.
"""

import smtplib
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypeAlias

from dispatch.deliver.budget import Budget
from dispatch.errors import DeliveryError, RenderError
from dispatch.smtp import Conversation, Envelope, ServerReply, Submission, TurnReplies
from dispatch.subscribers.deliveries import DuePerson

MESSAGES_EACH = 100  # over one connection; servers count
_AT_ONCE = 0.2  # seconds that a message may wait for its moment while another's outcome is not written down
_LOST = frozenset({0, 421})  # codes after which a server answers nothing more


class Letter(NamedTuple):
    """A message that is ready for one reader."""

    person: DuePerson
    envelope: Envelope
    text: Annotated[bytes, "as it goes out (``finish_text``)"]


class GoAhead(NamedTuple):
    """What a connection is told when it has reported."""

    is_marked: Annotated[bool, "whether the message that it opened may be sent"]
    next: Annotated[DuePerson | None, "who comes after that; None for nobody"]


@dataclass(slots=True, kw_only=True)
class Step:
    """What a connection reports: outcomes, the message that it would send now, and whom it gives back.

    Answered by a GoAhead when it is on the disk.
    """

    outcomes: tuple[tuple[DuePerson, ServerReply], ...] = ()
    opened: DuePerson | None = None
    returned: DuePerson | None = None
    wants_next: Annotated[bool, "whether somebody else is to be given out"] = True


class Pause(NamedTuple):
    """Some time; answered early when no message is to be begun any more, by whether that is so."""

    seconds: float


class Call(NamedTuple):
    """What would stop the other connections; answered by what it returns, or raises."""

    function: Callable[[], object]


Request: TypeAlias = Step | Conversation | Pause | Call  # a conversation: its turn, answered by TurnReplies
Work: TypeAlias = Generator[Request, Any, None]


class Connection:
    """One connection, made again when it is lost."""

    def __init__(
        self,
        server: Submission,
        budget: Budget,
        write: Callable[[DuePerson], Letter],
        stop: threading.Event,
        lose_server: Callable[[Exception], None],
    ) -> None:
        """Begin; ``send_all`` does the work.

        write: makes the message for a reader. stop: set when no message is to be begun any more. lose_server: told when
        the server cannot be used.
        """
        self._server = server
        self._budget = budget
        self._write = write
        self._stop = stop
        self._lose_server = lose_server
        self._next: DuePerson | None = None
        self._held: Letter | None = None  # whose moment is reserved already

    def send_all(self) -> Work:
        """Send until nobody is left."""
        self._next = (yield Step()).next
        failures, waits = 0, self._server.timeouts.between
        while self._next:
            failure: Exception
            try:
                talk = Conversation((yield Call(self._server.open_session)), self._server.timeouts)
            except DeliveryError as error:
                yield from self._give_up(error)
                return
            except (OSError, smtplib.SMTPException) as error:
                failure = error
            else:
                with closing(talk):
                    is_answered = yield from self._use_line(talk)
                if is_answered or not self._next:  # nobody was to be sent to
                    failures = 0
                    continue
                failure = DeliveryError("ends every conversation", address=self._server.name)
            if failures == len(waits) or (yield Pause(waits[failures])):
                yield from self._give_up(failure)
                return
            failures += 1
        if self._held:
            yield Step(returned=self._held.person)

    def _give_up(self, error: Exception) -> Work:
        returned, self._next = self._next, None
        self._lose_server(error)
        if returned:
            yield Step(returned=returned)

    def _use_line(self, talk: Conversation) -> Generator[Request, Any, bool]:
        """Send messages over one connection, and say goodbye; return whether the server answered any of them."""
        is_any = False
        going: Letter | None = None
        for number in range(MESSAGES_EACH + 1):
            letter = (yield from self._take_next(is_busy=going is not None)) if number < MESSAGES_EACH else None
            if going is None and letter is None:
                break
            talk.begin_turn(going.text if going else None, letter.envelope if letter else None)
            replies: TurnReplies = yield talk
            sent, opened = replies
            outcomes = [(going.person, sent)] if going and sent else []
            codes = [one.code for one in replies if one]
            is_lost = not _LOST.isdisjoint(codes)
            is_any = is_any or not _LOST.issuperset(codes)
            is_open = bool(opened and opened.code == 354)
            is_returned = letter is not None and (opened is None or opened.code in _LOST)
            if letter and opened and not is_open and not is_returned:
                outcomes.append((letter.person, opened))
            answer: GoAhead = yield Step(
                outcomes=tuple(outcomes),
                opened=letter.person if letter and is_open else None,
                returned=letter.person if letter and is_returned else None,
                wants_next=self._next is None and self._held is None,
            )
            self._next = self._next or answer.next
            if is_lost or (is_open and not answer.is_marked):
                return is_any  # and so hangs up
            going = letter if is_open else None
        yield Call(talk.say_goodbye)
        return is_any

    def _take_next(self, *, is_busy: bool) -> Generator[Request, Any, Letter | None]:
        """Take the next reader whose moment has come; while a text is going out, only one who need not wait."""
        while self._held or self._next:
            if self._held is None:
                assert self._next is not None  # noqa: S101 - the loop says so
                person, self._next = self._next, None
                letter = yield from self._write_letter(person)
                if letter is None:
                    continue
                self._held, self._due_in = letter, self._budget.reserve_moment()
            if self._due_in > _AT_ONCE:
                if is_busy:
                    return None
                if (yield Pause(self._due_in)):
                    self._next = (yield Step(returned=self._held.person)).next
                    self._held = None
                    continue
            letter, self._held = self._held, None
            return letter
        return None

    def _write_letter(self, person: DuePerson) -> Generator[Request, Any, Letter | None]:
        """Write the message for a reader; None when there cannot be one, which is reported."""
        try:
            return self._write(person)
        except RenderError as error:
            outcome = ServerReply(code=550, reply=f"not sent: {error.what}", step="MAIL")
            self._next = (yield Step(outcomes=((person, outcome),))).next
            return None
