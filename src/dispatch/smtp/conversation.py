"""Many messages over one connection: the text of one and the envelope of the next in one turn, where the server can.

Only the loop is ours; ``smtplib`` has connected, encrypted and authenticated. With PIPELINING (RFC 2920) a message
takes one turn, without it four. Between the answer to DATA and the first byte of the text, whoever sends writes down
that the message is on its way: one turn has ended, the next has not begun.

A turn never waits by itself: ``begin_turn`` sends what the connection takes, and whoever has many connections calls
``advance_turn`` on those that can go on. Who has one calls ``take_turn``.
"""

import selectors
import smtplib
import time
from collections.abc import Generator
from typing import Annotated, NamedTuple

from dispatch.smtp.submission import Timeouts, close_abruptly
from dispatch.smtp.wire import Wire


class Envelope(NamedTuple):
    """From whom and to whom, and how large the message is."""

    sender: str
    recipient: str
    size: int


class ServerReply(NamedTuple):
    """What the server said of one message."""

    code: Annotated[int, "of the reply; 0 when the connection was lost"]
    reply: Annotated[str, "code and words, in one line"]
    step: Annotated[str, "MAIL, RCPT, DATA, or text for the message itself"]

    @property
    def is_accepted(self) -> bool:
        """Whether the server has taken the message over."""
        return self.step == "text" and 200 <= self.code < 300


class TurnReplies(NamedTuple):
    """What became of a turn."""

    sent: Annotated[ServerReply | None, "of the text: code 0 when nobody knows; None when there was none"]
    opened: Annotated[
        ServerReply | None,
        "of the envelope: 354 when its text may follow, code 0 when the connection was lost before that",
    ]


_Steps = Generator[str, ServerReply, TurnReplies]


class Conversation:
    """One connection to a mail server, on which messages go out."""

    def __init__(self, session: smtplib.SMTP, timeouts: Timeouts) -> None:
        """Take over a connection that is ready for MAIL."""
        self._session = session
        self._timeouts = timeouts
        self._wire = Wire(session)
        self._turn: _Steps | None = None
        self._step = ""  # what the next reply is about
        self.deadline = 0.0  # of time.monotonic(): when a turn that waits is lost
        self.is_pipelined = session.has_extn("pipelining")
        self._has_size = session.has_extn("size")

    def fileno(self) -> int:
        """Return the number of the socket, to wait for it."""
        return self._wire.fileno()

    @property
    def is_waiting(self) -> bool:
        """Whether a turn has begun that is not over."""
        return self._turn is not None

    @property
    def awaited_events(self) -> int:
        """What a turn that is not over waits for, as selectors have it."""
        return self._wire.awaited_events

    def take_turn(self, text: bytes | None, envelope: Envelope | None) -> TurnReplies:
        """Take a turn, and wait until it is over."""
        self.begin_turn(text, envelope)
        with selectors.DefaultSelector() as waiting:
            waiting.register(self, self.awaited_events)
            while (found := self.advance_turn()) is None:
                waiting.modify(self, self.awaited_events)
                waiting.select(max(0.0, self.deadline - time.monotonic()))
        return found

    def begin_turn(self, text: bytes | None, envelope: Envelope | None) -> None:
        """Send a text whose envelope is open, as ``finish_text`` makes it, and open the next envelope."""
        self._turn = self._converse(text, envelope)
        self._step = next(self._turn)

    def advance_turn(self) -> TurnReplies | None:
        """Go on with the turn as far as the server lets it; return what became of it when it is over."""
        assert self._turn is not None  # noqa: S101 - it was begun
        self._wire.exchange_octets()
        while reply := self._wire.parse_reply():
            said = ServerReply(reply.code, reply.words, self._step) if reply.code else _make_loss(self._step)
            if found := self._resume(said):
                return found
        if self._wire.error is None and time.monotonic() >= self.deadline:
            self._wire.error = TimeoutError()
        while self._wire.error:
            if found := self._resume(_make_loss(self._step, self._wire.error)):
                return found
        return None

    def _resume(self, reply: ServerReply) -> TurnReplies | None:
        assert self._turn is not None  # noqa: S101 - only within a turn
        try:
            self._step = self._turn.send(reply)
        except StopIteration as end:
            self._turn = None
            found: TurnReplies = end.value
            return found
        return None

    def _converse(self, text: bytes | None, envelope: Envelope | None) -> _Steps:
        """Say what a turn says; yields the step whose reply is awaited."""
        commands = self._write_commands(envelope) if envelope else []
        sent, limits = None, self._timeouts
        if self.is_pipelined:
            self._send((text or b"") + b"".join(commands), limits.reply if text is None else limits.after_text)
        elif text is not None:
            self._send(text, limits.after_text)
        if text is not None:
            sent = yield "text"
            if sent.code in (0, 421):
                return TurnReplies(sent, _make_loss("MAIL") if envelope else None)
            self.deadline = time.monotonic() + self._timeouts.reply
        return TurnReplies(sent, (yield from self._open_envelope(commands)) if envelope else None)

    def _write_commands(self, envelope: Envelope) -> list[bytes]:
        size = f" SIZE={envelope.size}" if self._has_size else ""
        lines = (f"MAIL FROM:<{envelope.sender}>{size}\r\n", f"RCPT TO:<{envelope.recipient}>\r\n")
        return [*(line.encode("ascii") for line in lines), b"DATA\r\n"]

    def _open_envelope(self, commands: list[bytes]) -> Generator[str, ServerReply, ServerReply]:
        """Read the answers to an envelope, or ask one by one; 354 when the text may follow."""
        refused: ServerReply | None = None
        for step, command in zip(("MAIL", "RCPT", "DATA"), commands, strict=True):
            if not self.is_pipelined:
                if refused:
                    break
                self._send(command, self._timeouts.reply)
            outcome = yield step
            if outcome.code in (0, 421):
                return refused or outcome
            if refused is None and not (outcome.code == 354 if step == "DATA" else 200 <= outcome.code < 300):
                refused = outcome
            elif refused and outcome.code == 354:  # no recipient, and it waits for a text all the same (RFC 2920, 3.1)
                self._send(b".\r\n", self._timeouts.reply)
                yield "text"
                return refused
        if refused:
            self._send(b"RSET\r\n", self._timeouts.reply)  # so that the next envelope begins anew
            yield "RSET"
            return refused
        return outcome

    def _send(self, octets: bytes, patience: float) -> None:
        """Send; patience: seconds for the reply."""
        self._wire.send_octets(octets)
        self.deadline = 0.0 if self._wire.error else time.monotonic() + patience

    def say_goodbye(self) -> None:
        """Say goodbye, and wait for the answer; only when no envelope is open."""
        self._wire.make_blocking(self._timeouts.connect)
        try:
            self._session.quit()
        except (OSError, smtplib.SMTPException):
            self.close()

    def close(self) -> None:
        """Close the connection at once: a text that was not begun is none for the server."""
        close_abruptly(self._session)


def _make_loss(step: str, error: Exception | None = None) -> ServerReply:
    why = "no answer" if isinstance(error, TimeoutError) else "the connection was lost"
    where = "after the text" if step == "text" else "before the text"
    return ServerReply(0, f"{why} {where}", step)


def finish_text(text: bytes) -> bytes:
    """Double the dots at the beginning of lines, and end the text (RFC 5321, section 4.5.2)."""
    stuffed = text.replace(b"\r\n.", b"\r\n..")
    stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")
