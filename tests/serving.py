"""``dispatch serve`` as a process of its own on a free port, a client that hides nothing, and a folder to serve."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from patience import PATIENCE

SECRET = b"nobody may read this"
RSS = (
    b'<?xml version="1.0"?>\n<?xml-stylesheet href="feed.css" type="text/css"?>\n<!-- <feed> -->\n<rss version="2.0"/>'
)
LONG = bytes(range(256)) * 40_000  # longer than what is kept in memory


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def etag(self) -> str:
        return self.headers["etag"]


class Server:
    """``dispatch serve``, on a free port, for as long as the ``with`` lasts."""

    def __init__(self, port: int, process: subprocess.Popen[str]) -> None:
        self.port = port
        self.process = process
        self.log: list[str] = []  # a line for each answer, with --log

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def ask(self, target: str, method: str = "GET", **fields: str) -> Answer:
        """One request; the target is sent as it is, the names of fields with - for _."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in fields.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            body = response.read()
            names = {name.lower() for name in response.headers}
            headers = {name: ", ".join(response.headers.get_all(name, [])) for name in names}
            bodiless = method == "HEAD" or response.status in (204, 304) or "transfer-encoding" in headers
            assert bodiless or int(headers["content-length"]) == len(body)
            return Answer(response.status, headers, body)
        finally:
            connection.close()

    def raw(self, request: bytes) -> bytes:
        """What comes back for these bytes until the server hangs up, or says nothing for a while."""
        with self.connection() as client:
            client.sendall(request)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(65536), b""))

    def connection(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)


@contextmanager
def serving(*command: str, folder: Path | None = None) -> Iterator[Server]:
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = process.stderr.readline()
        while (address := re.search(r"http://127\.0\.0\.1:(\d+)/", said)) is None and said:
            said = process.stderr.readline()
        assert address, said + process.stderr.read()
        server = Server(int(address[1]), process)
        threading.Thread(target=server.log.extend, args=(process.stderr,), daemon=True).start()
        try:
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            try:
                assert process.wait(timeout=PATIENCE) == 0
            finally:
                process.kill()


def served(folder: Path, *options: str) -> AbstractContextManager[Server]:
    """The command, for that folder."""
    return serving(sys.executable, "-m", "dispatch", "serve", "--port", "0", "--output", str(folder), *options)


def fill(folder: Path) -> Path:
    """A public folder with all that is served, and all that must not be."""
    files = {
        "index.html": b"<!doctype html><title>The Wire</title>" + b"<p>words</p>" * 100,
        "404.html": b"<!doctype html><title>Nothing here</title>",
        "feed.xml": RSS + b" " * 300,
        "partners.xml": RSS + b" " * 300,
        "partners.json": json.dumps({"version": "https://jsonfeed.org/version/1.1"}).encode(),
        "feed.atom": b'<feed xmlns="http://www.w3.org/2005/Atom"/>',
        "other.xml": b'\xef\xbb\xbf<a:feed xmlns:a="http://www.w3.org/2005/Atom"/>',
        "sitemap.xml": b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>',
        "feed.json": json.dumps({"version": "https://jsonfeed.org/version/1.1"}, indent=2).encode(),
        "search/pagefind/pagefind-entry.json": b'{"version":"1.4.0"}',
        "search/pagefind/index/en_4d6ef5d.pf_index": b"\x1f\x8b\x00",
        "search/pagefind/wasm.en.pagefind": b"\x00asm",
        "search/pagefind/pagefind.js": b"export {}",
        "search/index.html": b"<!doctype html><title>Search</title>",
        "issues/bridges/index.html": b"<!doctype html><title>Bridges</title>",
        "issues/bridges/toll/republish/index.html": b"<!doctype html><title>Copy</title>",
        "authors/كاتبة/index.html": b"<!doctype html><title>A writer</title>",
        "authors/كاتبة/feed.atom": b'<feed xmlns="http://www.w3.org/2005/Atom"/>',
        "issues/bridges/email.html": b"<!doctype html><title>Mail</title>",
        "issues/bridges/email.txt": "Grüße\n".encode(),
        "issues/bridges/91c0e2a47b3d5f68-640.webp": b"RIFF",
        "issues/bridges/20261122.avif": b"avif",
        "issues/bridges/2026112208301522-640.webp": b"RIFF",
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "sources.opml": b"<opml version='2.0'/>",
        "style.css": b"body { color: black }" * 50,
        "robots.txt": b"User-agent: *\n",
        "unknown.thing": b"?",
        "empty.txt": b"",
        "long.mp3": LONG,
        ".well-known/security.txt": b"Contact: mailto:desk@wire.example\n",
        # Never served:
        ".env": SECRET,
        ".git/config": SECRET,
        ".well-known/.hidden": SECRET,
        "issues/.draft/index.html": SECRET,
        "issues/bridges/.index.html.3f2a": SECRET,
        "_headers": SECRET,
        "../secret.txt": SECRET,
        "../private/index.html": SECRET,
    }
    for name, body in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
    (folder / "_redirects").write_bytes(
        b"# what has moved\n"
        b"/issues/brigdes/ /issues/bridges/ 301 # a slip\n"
        b"/authors/%D9%83/ /authors/%D9%83%D8%A7%D8%AA%D8%A8%D8%A9/ 301\n"
        b"/authors/%D9%83/* /authors/%D9%83%D8%A7%D8%AA%D8%A8%D8%A9/:splat 301\n"
        b"/here /elsewhere?a=1#b 302\n"
        b"/for-good /there/ 308!\n"
        b"/old/* /issues/:splat 301\n"
        b"/all/* /:splat 301\n"
        b"/withdrawn/ /withdrawn/ 410\n"
        b"/nothing-left / 410\n"
        b"/out //evil.example/ 301\n"
        b"/out2 /\\evil.example/ 301\n"
        b"/out3 https://evil.example/ 301\n"
        b"/split /a\rset-cookie:a=b 301\n"
        b"/rewritten /index.html 200\n"
    )
    (folder / "withdrawn").mkdir()
    (folder / "withdrawn" / "index.html").write_bytes(b"<!doctype html><title>Withdrawn</title>")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "linked").symlink_to(folder.parent / "private")
    os.mkfifo(folder / "pipe.txt")
    return folder
