"""One request and its answer over a connection to a checked address, with an end to everything.

A server can drip its answer byte by byte, so that no single read is ever slow. Here every read has only the time that
is left of the whole.
"""

import io
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPResponse

from dispatch.errors import GatherError
from dispatch.fetch.addresses import Endpoint, Target

_PIECE = 1 << 16
_INFLATED_PIECE = 1 << 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@contextmanager
def open_response(
    target: Target,
    endpoints: Sequence[Endpoint],
    headers: Mapping[str, str],
    deadline: float,
    tls: ssl.SSLContext,
    *,
    form: bytes | None = None,
) -> Iterator[HTTPResponse]:
    """Send GET, or POST with a form, to the first endpoint that connects; yield the response, its body unread.

    deadline: on the clock of ``time.monotonic``. Raises OSError (TimeoutError at the deadline) and HTTPException.
    """
    method = "GET" if form is None else "POST"
    lines = [f"{method} {target.path} HTTP/1.1", f"Host: {target.host_header}", *map(": ".join, headers.items())]
    if form is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
    if any(_CONTROL.search(line) for line in lines):
        raise GatherError("the request would hold control characters", hint="Check the address.", reason="bad-address")
    request = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1", "replace")
    with _connect_to_first(target, endpoints, deadline, tls) as connection:
        connection.settimeout(_require_time_left(deadline))
        connection.sendall(request + (form or b""))
        response = HTTPResponse(connection, method=method)
        response.fp.close()
        response.fp = io.BufferedReader(_DeadlineStream(connection, deadline), _PIECE)
        with response:
            response.begin()
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


def _connect_to_first(
    target: Target, endpoints: Sequence[Endpoint], deadline: float, tls: ssl.SSLContext
) -> socket.socket:
    """Connect to the first endpoint that accepts. The name is only told to TLS, which verifies it."""
    failure: OSError = OSError(f"{target.host} has no address")
    for endpoint in endpoints:
        connection = socket.socket(endpoint.family, socket.SOCK_STREAM)
        try:
            connection.settimeout(_require_time_left(deadline))
            connection.connect(endpoint.address)
            if not target.is_secure:
                return connection
            connection.settimeout(_require_time_left(deadline))
            return tls.wrap_socket(connection, server_hostname=target.host)
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
    raise failure


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
