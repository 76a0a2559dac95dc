"""One request and its answer over a connection to a checked address, with an end to everything.

A server can drip its answer byte by byte, so that no single read is ever slow. Here every read has only the time that
is left of the whole.
"""

import io
import re
import socket
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPResponse

from dispatch.errors import GatherError
from dispatch.fetch.addresses import Endpoint, Target
from dispatch.fetch.proxies import Proxy, Route, make_proxy_error
from dispatch.trust import TlsMaker

_PIECE = 1 << 16
_INFLATED_PIECE = 1 << 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@contextmanager
def open_response(
    target: Target,
    route: Route,
    headers: Mapping[str, str],
    deadline: float,
    tls: TlsMaker,
    *,
    method: str = "GET",
    body: bytes | None = None,
) -> Iterator[HTTPResponse]:
    """Send a request to the first endpoint that connects; yield the response, its body unread.

    A proxy is asked for the whole address, or for a tunnel to the host (RFC 9110, sections 7.1 and 9.3.6).

    deadline: on the clock of ``time.monotonic``. Raises OSError (TimeoutError at the deadline) and HTTPException.
    """
    asked = f"{target.origin}{target.path}" if route.proxy and not target.is_secure else target.path
    lines = [f"{method} {asked} HTTP/1.1", f"Host: {target.host_header}", *map(": ".join, headers.items())]
    if route.proxy and route.proxy.credentials and not target.is_secure:
        lines.append(f"Proxy-Authorization: {route.proxy.credentials}")
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    if any(_CONTROL.search(line) for line in lines):
        raise GatherError("the request would hold control characters", hint="Check the address.", reason="bad-address")
    request = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1", "replace")
    with (
        _connect_to_first(target, route, deadline, tls) as connection,
        _send_request(connection, method, request + (body or b""), deadline) as response,
    ):
        yield response


def iterate_body(response: HTTPResponse) -> Iterator[bytes]:
    """Read the body piece by piece, gzip inflated (RFC 1952), with never more than a piece in memory.

    Raises GatherError on other encodings, for none was asked for, and on an answer that ends too early.
    """
    encoding = ", ".join(response.headers.get_all("content-encoding", [])).strip().lower()
    if encoding in {"", "identity"}:
        yield from _iterate_raw(response)
    elif encoding in {"gzip", "x-gzip"}:
        yield from _inflate_gzip(_iterate_raw(response))
    else:
        raise GatherError(
            f"the server sent it compressed as {encoding[:40]!r}, which was not asked for", reason="bad-encoding"
        )


def _iterate_raw(response: HTTPResponse) -> Iterator[bytes]:
    while piece := response.read(_PIECE):
        yield piece
    if response.length:  # what of the announced length never came
        raise _make_cut_off_error()


def _inflate_gzip(compressed: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        for piece in compressed:
            while piece and not inflater.eof:
                yield inflater.decompress(piece, _INFLATED_PIECE)
                piece = inflater.unconsumed_tail
    except zlib.error as error:
        raise GatherError("what the server sent as gzip is not gzip", reason="bad-encoding") from error
    if not inflater.eof:
        raise _make_cut_off_error()


def _make_cut_off_error() -> GatherError:
    return GatherError("the answer ended before it was complete", hint="Try again later.", reason="cut-off")


@contextmanager
def _send_request(connection: socket.socket, method: str, request: bytes, deadline: float) -> Iterator[HTTPResponse]:
    connection.settimeout(_require_time_left(deadline))
    connection.sendall(request)
    response = HTTPResponse(connection, method=method)
    response.fp.close()
    response.fp = io.BufferedReader(_DeadlineStream(connection, deadline), _PIECE)
    with response:
        response.begin()
        yield response


def _connect_to_first(target: Target, route: Route, deadline: float, tls: TlsMaker) -> socket.socket:
    """Connect to the first endpoint that accepts. The name is only told to TLS, which verifies it."""
    failure: OSError = OSError(f"{target.host} has no address")
    for endpoint in route.endpoints:
        connection = socket.socket(endpoint.family, socket.SOCK_STREAM)
        try:
            connection.settimeout(_require_time_left(deadline))
            _open_connection(connection, endpoint, route.proxy)
            if not target.is_secure:
                return connection
            if route.proxy:
                _open_tunnel(connection, target, route.proxy, deadline)
            connection.settimeout(_require_time_left(deadline))
            return tls().wrap_socket(connection, server_hostname=target.host)
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
    raise failure


def _open_connection(connection: socket.socket, endpoint: Endpoint, proxy: Proxy | None) -> None:
    try:
        connection.connect(endpoint.address)
    except OSError as error:
        if proxy is None:
            raise
        raise make_proxy_error(proxy, (error.strerror or str(error) or "no answer").lower()) from error


def _open_tunnel(connection: socket.socket, target: Target, proxy: Proxy, deadline: float) -> None:
    """Let a proxy connect to a host. Raises GatherError when it does not."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    lines = [f"CONNECT {host}:{target.port} HTTP/1.1", f"Host: {host}:{target.port}"]
    lines += [f"Proxy-Authorization: {proxy.credentials}"] if proxy.credentials else []
    with _send_request(connection, "CONNECT", "\r\n".join([*lines, "", ""]).encode("ascii"), deadline) as response:
        if response.status != HTTPStatus.OK:
            raise make_proxy_error(proxy, f"it answered {response.status} {response.reason[:100]}".strip())


def _require_time_left(deadline: float) -> float:
    """Return the seconds that are left. Raises TimeoutError when there are none."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class _DeadlineStream(io.RawIOBase):
    """What comes over a connection, until the deadline."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's WriteableBuffer is private
        self._connection.settimeout(_require_time_left(self._deadline))
        return self._connection.recv_into(buffer)
