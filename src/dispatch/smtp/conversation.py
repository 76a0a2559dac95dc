"""Many messages over one connection: the text of one and the envelope of the next in one turn, where the server can.

Only the loop is ours; ``smtplib`` has connected, encrypted and authenticated. With PIPELINING (RFC 2920) a message
takes one turn, without it four. Between the answer to DATA and the first byte of the text, whoever sends writes down
that the message is on its way: one turn has ended, the next has not begun.
"""

import smtplib
import socket
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from dispatch.smtp.submission import Timeouts, close_abruptly

_LONGEST_REPLY = 500  # characters that are kept


class Envelope(NamedTuple):
    """From whom and to whom, and how large the message is."""

    sender: str
    recipient: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerReply:
    """What the server said of one message."""

    code: Annotated[int, "of the reply; 0 when the connection was lost"]
    reply: Annotated[str, "code and words, in one line"]
    step: Annotated[str, "MAIL, RCPT, DATA, or text for the message itself"]

    @property
    def is_accepted(self) -> bool:
        """Whether the server has taken the message over."""
        return self.step == "text" and 200 <= self.code < 300


class Conversation:
    """One connection to a mail server, on which messages go out."""

    def __init__(self, session: smtplib.SMTP, timeouts: Timeouts) -> None:
        """Take over a connection that is ready for MAIL."""
        assert session.sock is not None  # noqa: S101 - it is connected
        self._session = session
        self._socket: socket.socket = session.sock
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # nothing waits for an acknowledgement
        self._timeouts = timeouts
        self.is_pipelined = session.has_extn("pipelining")
        self._has_size = session.has_extn("size")

    def take_turn(self, text: bytes | None, envelope: Envelope | None) -> tuple[ServerReply | None, ServerReply | None]:
        """Send a text whose envelope is open, and open the next envelope; return what became of both.

        The first outcome is the text's: code 0 when nobody knows. The second is that of the envelope: 354 when its text
        may follow, code 0 when the connection was lost before that.
        """
        commands = self._write_commands(envelope) if envelope else []
        sent = None
        try:
            if self.is_pipelined:
                self._socket.settimeout(self._timeouts.after_text if text is not None else self._timeouts.reply)
                self._socket.sendall((_finish_text(text) if text is not None else b"") + b"".join(commands))
            elif text is not None:
                self._socket.settimeout(self._timeouts.after_text)
                self._socket.sendall(_finish_text(text))
        except OSError as error:
            return (_make_loss("text", error) if text is not None else None), (
                _make_loss("MAIL", error) if envelope else None
            )
        if text is not None:
            sent = self._read_outcome("text")
            if sent.code in (0, 421):
                return sent, _make_loss("MAIL") if envelope else None
        return sent, self._open_envelope(commands) if envelope else None

    def _write_commands(self, envelope: Envelope) -> list[bytes]:
        size = f" SIZE={envelope.size}" if self._has_size else ""
        lines = (f"MAIL FROM:<{envelope.sender}>{size}", f"RCPT TO:<{envelope.recipient}>", "DATA")
        return [f"{line}\r\n".encode("ascii") for line in lines]

    def _open_envelope(self, commands: list[bytes]) -> ServerReply:
        """Read the answers to an envelope, or ask one by one; 354 when the text may follow."""
        refused: ServerReply | None = None
        self._socket.settimeout(self._timeouts.reply)
        for step, command in zip(("MAIL", "RCPT", "DATA"), commands, strict=True):
            if not self.is_pipelined:
                if refused:
                    break
                try:
                    self._socket.sendall(command)
                except OSError as error:
                    return _make_loss(step, error)
            outcome = self._read_outcome(step)
            if outcome.code in (0, 421):
                return refused or outcome
            if refused is None and not (outcome.code == 354 if step == "DATA" else 200 <= outcome.code < 300):
                refused = outcome
            elif refused and outcome.code == 354:  # no recipient, and it waits for a text all the same (RFC 2920, 3.1)
                return self._end_empty_text(refused)
        if refused:
            return self._reset_server(refused)
        return outcome

    def _end_empty_text(self, refused: ServerReply) -> ServerReply:
        try:
            self._socket.sendall(b".\r\n")
        except OSError:
            return refused
        self._read_outcome("text")
        return refused

    def _reset_server(self, refused: ServerReply) -> ServerReply:
        """Forget what was refused, so that the next envelope begins anew."""
        try:
            self._socket.sendall(b"RSET\r\n")
        except OSError:
            return refused
        self._read_outcome("RSET")
        return refused

    def _read_outcome(self, step: str) -> ServerReply:
        try:
            code, words = self._session.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return _make_loss(step, error)
        if code < 200:  # no reply of SMTP: what else it says cannot be trusted
            return _make_loss(step)
        said = " ".join(words.decode("utf-8", "replace").split())
        return ServerReply(code=code, reply=f"{code} {said}"[:_LONGEST_REPLY], step=step)

    def say_goodbye(self) -> None:
        """Say goodbye; only when no envelope is open."""
        self._socket.settimeout(self._timeouts.connect)
        try:
            self._session.quit()
        except (OSError, smtplib.SMTPException):
            self.hang_up()

    def hang_up(self) -> None:
        """Close the connection at once: a text that was not begun is none for the server."""
        close_abruptly(self._session)


def _make_loss(step: str, error: Exception | None = None) -> ServerReply:
    why = "no answer" if isinstance(error, TimeoutError) else "the connection was lost"
    where = "after the text" if step == "text" else "before the text"
    return ServerReply(code=0, reply=f"{why} {where}", step=step)


def _finish_text(text: bytes) -> bytes:
    """Double the dots at the beginning of lines, and end the text (RFC 5321, section 4.5.2)."""
    stuffed = text.replace(b"\r\n.", b"\r\n..")
    stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")
