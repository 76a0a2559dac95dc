"""The octets of one connection to a mail server, sent and read as far as that goes without waiting."""

import selectors
import smtplib
import socket
import ssl
from typing import NamedTuple

_LONGEST_REPLY = 500  # characters that are kept
_MOST_READ = 65_536  # octets at once, and without a reply
_LONGEST = 8_192  # octets of a reply; more is none
_LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class WireReply(NamedTuple):
    """A reply of the server: its code, 0 for what is none; and code and words in one line."""

    code: int
    words: str


class Wire:
    """The socket of a session, which never waits."""

    def __init__(self, session: smtplib.SMTP) -> None:
        """Take over a socket that is connected, encrypted and authenticated."""
        assert session.sock is not None  # noqa: S101 - it is connected
        self._socket: socket.socket = session.sock
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # nothing waits for an acknowledgement
        self._socket.setblocking(False)
        self._outgoing: memoryview | None = None
        self._incoming = bytearray()
        self.error: Exception | None = None  # after which nothing will come any more

    def fileno(self) -> int:
        """Return the number of the socket, to wait for it."""
        return self._socket.fileno()

    @property
    def awaited_events(self) -> int:
        """What is waited for, as selectors have it."""
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self._outgoing else 0)

    def send_octets(self, octets: bytes) -> None:
        """Send as much as the connection takes at once; ``exchange_octets`` sends the rest."""
        try:
            sent = self._socket.send(octets)
            self._outgoing = memoryview(octets)[sent:] if sent < len(octets) else None
        except _LATER:
            self._outgoing = memoryview(octets)
        except OSError as error:
            self.error = error

    def exchange_octets(self) -> None:
        """Send what waits, then read what has come."""
        try:
            while self._outgoing:
                self._outgoing = self._outgoing[self._socket.send(self._outgoing) :] or None
            self._read_waiting()
        except _LATER:
            pass
        except OSError as error:
            self.error = error

    def _read_waiting(self) -> None:
        """Read what has come. Raises OSError when nothing will come any more."""
        pending = getattr(self._socket, "pending", None)  # of TLS: what was decrypted wakes nobody
        while True:
            octets = self._socket.recv(_MOST_READ)
            self._incoming += octets
            if not octets or len(self._incoming) > _MOST_READ:
                raise ConnectionError
            if not (pending and pending()):
                return

    def parse_reply(self) -> WireReply | None:
        """Parse the next reply when all is sent and all of it is there (RFC 5321, section 4.2.1)."""
        words, begin = "", 0
        while not self._outgoing and (end := self._incoming.find(b"\n", begin)) >= 0:
            line = self._incoming[begin:end].decode("utf-8", "replace")
            words = f"{words} {line[4:]}" if words else f"{line[:3]} {line[4:]}"
            begin = end + 1
            if line[3:4] != "-":
                break
        else:
            return None
        del self._incoming[:begin]
        is_code = begin <= _LONGEST and "2" <= line[:1] <= "5" and line[:3].isdecimal() and line[:3].isascii()
        return WireReply(int(line[:3]) if is_code else 0, " ".join(words.split())[:_LONGEST_REPLY])

    def make_blocking(self, patience: float) -> None:
        """Let the socket wait, at most so many seconds: for ``smtplib``, which knows no other way."""
        self._socket.settimeout(patience)
