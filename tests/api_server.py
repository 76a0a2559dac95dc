"""A server for a service's API on loopback: what it is asked, and how a test lets it fail."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    headers: dict[str, str]
    payload: object

    @property
    def name(self) -> str:
        """Method and path, without the query."""
        return f"{self.method} {self.path.partition('?')[0]}"


# What is answered: the status and the JSON, or raw bytes of a whole answer.
Answer = tuple[int, object] | bytes


class HungUpError(Exception):
    """The connection ends here, without an answer."""


@dataclass
class ApiServer:
    """What a service answers, and what it was asked."""

    answer: Callable[[Asked], Answer]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    # Before it does anything, and after: what to answer instead, or nothing.
    before: Callable[[Asked], Answer | None] = lambda _: None
    after: Callable[[Asked], Answer | None] = lambda _: None

    def names(self) -> list[str]:
        """What it was asked, in order."""
        return [one.name for one in self.asked]


@contextmanager
def api_server(answer: Callable[[Asked], Answer]) -> Iterator[ApiServer]:
    """A server for as long as the ``with`` lasts."""
    service = ApiServer(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, json.loads(body) if body else None)
            service.asked.append(asked)
            try:
                made = service.before(asked)
                if made is None:
                    made = service.answer(asked)
                    made = service.after(asked) or made
            except HungUpError:
                self.close_connection = True
                return
            if isinstance(made, bytes):
                self.wfile.write(made)
                self.close_connection = True
                return
            status, value = made
            written = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        do_POST = do_PUT = do_PATCH = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
