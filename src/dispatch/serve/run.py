"""The server around an application: uvicorn, with limits for slow and greedy clients."""

import asyncio
import errno
import re
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import cast
from urllib.parse import quote

import h11
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from dispatch.errors import DeliveryError

# Connections at once. One more is told to come again; each costs a file descriptor and some kilobytes.
TOGETHER = 4000
# Seconds. A connection that has had its answer is closed after the first; one on which nothing moves after the second.
IDLE = 15
STUCK = 20
# Seconds that answers on their way are given when the server stops.
GOODBYE = 3
# A request's line, and that and its fields together, in bytes; and how many fields.
LINE = 16 * 1024
HEAD = 32 * 1024
FIELDS = 100

# Where a request's head ends, and what in it another server could read otherwise: a line that ends in LF alone, and one
# that goes on in the next (RFC 9112, 2.2 and 5.2).
_END = re.compile(rb"\n\r?\n")
_AMBIGUOUS = re.compile(rb"(?<!\r)\n|\n[ \t]")

# What follows in the address of a subscription's page lets its reader leave, or more: no log has it.
_TOKEN = re.compile(r"(/subscription/[^/]+/).+")


def run_server(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    ready: Callable[[str], None],
    log: Callable[[str], None] | None = None,
    stuck: float = STUCK,
) -> None:
    """Serve an application until Ctrl-C or SIGTERM.

    port: 0 takes a free one. ready: told the address when connections are accepted.
    log: told of each answer in a line, which is safe to print only after ``text.safe``.
    stuck: in seconds; a connection on which nothing has moved from one look to the next, that much later, is closed.
    No proxy is believed, no header names the client. Raises DeliveryError when the address cannot be had.
    """
    with _open_port(host, port) as listening:
        _raise_file_limit()
        config = uvicorn.Config(
            _log_answers(app, log) if log else app,
            http=cast("type[asyncio.Protocol]", partial(_TimedConnection, stuck=stuck)),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=TOGETHER,
            timeout_keep_alive=IDLE,
        )
        # uvicorn stops at either and then raises it again, for whoever handled it before.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            ready(_write_address(listening))
            _Server(config).run([listening])
        except KeyboardInterrupt:
            return


def _open_port(host: str, port: int) -> socket.socket:
    """Listen on a port of this machine. Raises DeliveryError."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.create_server(address[:2], family=family, backlog=2048)
    except (OSError, UnicodeError) as cause:
        reason = (getattr(cause, "strerror", "") or str(cause)).lower()
        is_taken = isinstance(cause, OSError) and cause.errno == errno.EADDRINUSE
        hint = "Choose another one: --port 8001" if is_taken else ""
        raise DeliveryError(f"cannot be listened on: {reason}", address=f"{host}:{port}", hint=hint) from cause
    # Headers and body are two writes. asyncio sees to this only where it made the socket itself; it is inherited.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _write_address(listening: socket.socket) -> str:
    """Write the address under which a browser finds it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _raise_file_limit() -> None:
    """Ask for a file descriptor a connection: many systems let a program have 1,024 unless it asks for more."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = TOGETHER + 512
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):  # as many as there may be
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _log_answers(app: ASGIApp, log: Callable[[str], None]) -> ASGIApp:
    """Make an application write a line for each answer: method, path, status."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_logged(message: Message) -> None:
            if message["type"] == "http.response.start":
                path = _TOKEN.sub(r"\1...", quote(scope["raw_path"], safe="/%:"))
                log(f"{scope['method']} {path} {message['status']}")
            await send(message)

        await app(scope, receive, send_logged)

    return answer


class _Server(uvicorn.Server):
    """A server that hangs up on clients that still read a while after it was told to stop; uvicorn waits for ever."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(GOODBYE, self._hang_up)
        await super().shutdown(sockets)

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()


class _StrictParser(h11.Connection):
    """h11, which by itself limits a head only while it is incomplete, and takes what a proxy may read otherwise."""

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Parse the next event. Raises RemoteProtocolError, with the status that says why."""
        if self.their_state is h11.IDLE:
            self._refuse_head()
        event = super().next_event()
        if isinstance(event, h11.Request):
            names = {name for name, _ in event.headers}
            if {b"content-length", b"transfer-encoding"} <= names:  # a smuggled request, most likely (RFC 9112, 6.1)
                raise h11.RemoteProtocolError("Content-Length beside Transfer-Encoding")
        return event

    def _refuse_head(self) -> None:
        received, _ = self.trailing_data
        end = _END.search(received)
        head = received[: end.end()] if end else received
        if head.find(b"\n") > LINE or (len(head) > LINE and b"\n" not in head):
            raise h11.RemoteProtocolError("the request's line is too long", HTTPStatus.REQUEST_URI_TOO_LONG)
        if len(head) > HEAD or head.count(b"\n") > FIELDS + 2:  # the first line, and the empty one
            raise h11.RemoteProtocolError("too much head", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if _AMBIGUOUS.search(head):
            raise h11.RemoteProtocolError("a line has two meanings")


class _TimedConnection(H11Protocol):
    """A connection that is hung up on when nothing has moved on it for a while: no request came whole, no answer left.

    uvicorn waits for ever for the rest of a request that has begun, and for a client to take its answer.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        stuck: float,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn = _StrictParser(h11.SERVER, HEAD)
        self._stuck = stuck
        self._seen: tuple[object, ...] = ()
        self._taken = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._timer = self.loop.call_later(self._stuck, self._check_progress)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override] # the type of asyncio, not of uvicorn
        """Keep answering a client that has half-closed; uvicorn would drop the response."""
        if self.cycle is None or self.cycle.response_complete:
            return False
        self.cycle.keep_alive = False
        return True

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 # what uvicorn says of every refusal
        """Refuse what is no request, or none that is served, and hang up. uvicorn knows no other status than 400."""
        if self.cycle:
            self.cycle.disconnected = True  # else what is still being answered would answer too, and raise
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):  # else an answer has begun, and is cut off
            error = sys.exception()
            status = HTTPStatus(error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400)
            words = f"{status.phrase}.\n".encode()
            fields = {"content-type": "text/plain", "content-length": str(len(words)), "connection": "close"}
            head = h11.Response(status_code=status, reason=status.phrase, headers=list(fields.items()))
            for event in (head, h11.Data(data=words), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def resume_writing(self) -> None:
        self._taken += 1
        super().resume_writing()

    def _check_progress(self) -> None:
        """Hang up when nothing has moved since the last look."""
        seen = (self.cycle, self._taken, self.transport.get_write_buffer_size())
        if seen == self._seen:
            self.transport.abort()
            return
        self._seen = seen
        self._timer = self.loop.call_later(self._stuck, self._check_progress)
