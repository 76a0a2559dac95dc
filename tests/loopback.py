"""Sites on loopback: one real server that is every host of 127.0.0.0/8, with pages of the test's own making."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A page: its body, or its body with headers and status, or whatever the handler shall do.
Page = bytes | str | tuple[bytes | str, dict[str, str], int] | Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """The server, its pages by path, and what it was asked for."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    posted: list[tuple[str, str, bytes]] = field(default_factory=list)  # path, media type, body
    agents: set[str] = field(default_factory=set)
    together: dict[str, int] = field(default_factory=dict)
    most_together: dict[str, int] = field(default_factory=dict)

    def url(self, path: str, host: int = 1) -> str:
        return f"http://127.0.{host // 250}.{host % 250}:{self.port}{path}"


@contextmanager
def web() -> Iterator[Web]:
    """A server for as long as the ``with`` lasts."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.headers["host"].partition(":")[0]
            with lock:
                site.asked.append(self.path)
                site.agents.add(self.headers["user-agent"])
                site.together[host] = site.together.get(host, 0) + 1
                site.most_together[host] = max(site.most_together.get(host, 0), site.together[host])
            page = site.pages.get(self.path)
            # Done before the answer is sent: the next request may come while this one still says goodbye.
            with lock:
                site.together[host] -= not callable(page)
            try:
                self.answer(page)
            except OSError:
                self.close_connection = True
            finally:
                with lock:
                    site.together[host] -= callable(page)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with lock:
                site.posted.append((self.path, self.headers["content-type"], body))
            self.do_GET()

        def answer(self, page: Page | None) -> None:
            if callable(page):
                page(self)
                return
            body, headers, status = page if isinstance(page, tuple) else (page or b"", {}, 404 if page is None else 200)
            body = body.encode() if isinstance(body, str) else body
            etag = headers.get("etag")
            if etag and self.headers["if-none-match"] == etag:
                status, body = 304, b""
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 200

        def verify_request(self, request: object, client_address: tuple[str, int]) -> bool:  # noqa: ARG002
            """Nobody but this machine: only a server on every address is every host of 127.0.0.0/8."""
            return client_address[0].startswith("127.")

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of those who hang up."""

    server = Server(("0.0.0.0", 0), Handler)
    site = Web(port=server.server_port)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def rss(*items: str, title: str = "The Paper", channel: str = "") -> str:
    """An RSS feed of these items."""
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{title}</title>{channel}{''.join(items)}</channel></rss>"
    )


def item(name: str, *, author: str = "", body: str = "", extra: str = "") -> str:
    """An item of an RSS feed."""
    creator = f"<dc:creator>{author}</dc:creator>" if author else ""
    return (
        f"<item><title>{name}</title><link>https://paper.example/{name}?a=1&amp;b=2</link>"
        f"<guid>https://paper.example/{name}</guid>{creator}<description>{body or 'Words of ' + name}</description>"
        f"{extra}</item>"
    )


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
