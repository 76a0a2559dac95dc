"""A mail server on loopback that takes everything, or fails just where a test wants it to."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

Step = Literal["connect", "EHLO", "MAIL", "RCPT", "DATA", "in text", "text", "accepted"]
DROP = b""  # instead of a reply: hang up
HANG = None  # instead of a reply: never answer


@dataclass(frozen=True)
class Taken:
    """A message that was accepted."""

    sender: str
    recipient: str
    octets: bytes


@dataclass
class MailSink:
    """The server, and what it has accepted.

    fault: asked at each step with the recipient (empty before RCPT) and how often the step was reached; it returns
    another reply, DROP or HANG, or "" for the usual.
    """

    port: int = 0
    extensions: tuple[str, ...] = ("PIPELINING", "SIZE 10000000", "8BITMIME")
    fault: Callable[[Step, str, int], bytes | str | None] = lambda _step, _recipient, _count: ""
    taken: list[Taken] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    counts: dict[Step, int] = field(default_factory=dict)
    connections: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def recipients(self) -> list[str]:
        with self.lock:
            return [one.recipient for one in self.taken]


class HungUpError(Exception):
    """The conversation is over."""


@contextmanager
def mail_sink(**values: object) -> Iterator[MailSink]:
    """A sink for as long as the ``with`` lasts."""
    sink = MailSink(**values)  # type: ignore[arg-type]

    class Handler(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self) -> None:
            with sink.lock:
                sink.connections += 1
            try:
                self.converse()
            except (HungUpError, OSError):
                self.connection.close()

        def reply(self, step: Step, usual: bytes, recipient: str = "") -> bytes:
            with sink.lock:
                sink.counts[step] = sink.counts.get(step, 0) + 1
                count = sink.counts[step]
            found = sink.fault(step, recipient, count)
            if found is HANG:
                sink.closing.wait(60)
                raise HungUpError
            if found == DROP and isinstance(found, bytes):
                self.connection.shutdown(socket.SHUT_RDWR)
                raise HungUpError
            said = found if isinstance(found, bytes) else usual
            if said:
                self.wfile.write(said + b"\r\n")
            return said

        def converse(self) -> None:
            self.reply("connect", b"220 sink.example ESMTP")
            sender = recipient = ""
            while line := self.rfile.readline():
                words = line.decode("ascii", "replace").strip()
                with sink.lock:
                    sink.commands.append(words)
                verb = words[:4].upper()
                if verb in ("EHLO", "HELO"):
                    lines = ["sink.example", *sink.extensions] if verb == "EHLO" else ["sink.example"]
                    marks = ["-"] * (len(lines) - 1) + [" "]
                    self.reply("EHLO", b"\r\n".join(f"250{m}{w}".encode() for m, w in zip(marks, lines, strict=True)))
                elif verb == "MAIL":
                    sender = recipient = ""
                    if self.reply("MAIL", b"250 2.1.0 Ok").startswith(b"2"):
                        sender = words.partition("<")[2].partition(">")[0]
                elif verb == "RCPT":
                    to = words.partition("<")[2].partition(">")[0]
                    if self.reply("RCPT", b"250 2.1.5 Ok", to).startswith(b"2"):
                        recipient = to
                elif verb == "DATA":
                    if not recipient:
                        self.wfile.write(b"554 5.5.1 No valid recipients\r\n")
                    elif self.reply("DATA", b"354 End with a dot", recipient).startswith(b"354"):
                        self.take(sender, recipient)
                    sender = recipient = ""
                elif verb == "RSET":
                    sender = recipient = ""
                    self.wfile.write(b"250 2.0.0 Ok\r\n")
                elif verb == "QUIT":
                    self.wfile.write(b"221 2.0.0 Bye\r\n")
                    return
                else:
                    self.wfile.write(b"502 5.5.2 Error\r\n")

        def take(self, sender: str, recipient: str) -> None:
            lines: list[bytes] = []
            while (line := self.rfile.readline()) != b".\r\n":
                if not line:
                    raise HungUpError
                lines.append(line[1:] if line.startswith(b".") else line)
                if len(lines) == 5:
                    self.reply("in text", b"", recipient)
            if not self.reply("text", b"", recipient):
                with sink.lock:
                    sink.taken.append(Taken(sender, recipient, b"".join(lines)))
                self.reply("accepted", b"250 2.0.0 Ok: queued as " + f"{len(sink.taken):08X}".encode(), recipient)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        request_queue_size = 100

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of those who hang up."""

    server = Server(("127.0.0.1", sink.port), Handler)
    sink.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield sink
    finally:
        sink.closing.set()
        server.shutdown()
        server.server_close()
