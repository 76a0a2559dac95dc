"""Fetching, against a real server on loopback."""

import gzip
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import fetch
from dispatch.errors import GatherError
from dispatch.model import Document, Fault, Place
from patience import PATIENCE

AGENT = "dispatch-tests/1 (+https://wire.example)"


HUNG_UP = threading.Event()  # whether the client has had enough of what drips


def drip(send: Callable[[bytes], object]) -> None:
    """Send byte by byte until the client hangs up."""
    with suppress(OSError):
        for _ in range(int(PATIENCE / 0.1)):
            send(b".")
            time.sleep(0.1)
        return
    HUNG_UP.set()


class Site(BaseHTTPRequestHandler):
    """Well-behaved and ill-behaved pages."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        page = getattr(self, "page_" + self.path.strip("/").partition("?")[0].partition("/")[0].replace("-", "_"), None)
        (page or self.missing)()

    def reply(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def missing(self) -> None:
        self.reply(b"nothing here", 404)

    def page_plain(self) -> None:
        self.reply(b"caf\xe9", content_type="Text/Plain; charset=ISO-8859-1")

    def page_echo(self) -> None:
        lines = [self.path, self.headers["host"], self.headers["user-agent"], self.headers["accept-encoding"]]
        self.reply("\n".join(lines).encode(), content_type="text/plain")

    def page_gzip(self) -> None:
        self.reply(gzip.compress(b"whole" * 1000), content_encoding="gzip")

    def page_cut(self) -> None:
        self.reply(gzip.compress(bytes(range(256)) * 100)[:-30], content_encoding="gzip")

    def page_short(self) -> None:
        self.reply(b"half", content_length="100", connection="close")
        self.close_connection = True

    def page_no_gzip(self) -> None:
        self.reply(b"not gzip at all", content_encoding="gzip")

    def page_bomb(self) -> None:
        self.reply(gzip.compress(bytes(200_000_000), 9), content_encoding="gzip")

    def page_stacked(self) -> None:
        self.reply(gzip.compress(gzip.compress(b"x")), content_encoding="gzip, gzip")

    def page_brotli(self) -> None:
        self.reply(b"\x0b\x02\x80", content_encoding="br")

    def page_large(self) -> None:
        self.reply(b"x" * (fetch.MOST_BYTES + 1))

    def page_loop(self) -> None:
        self.reply(status=302, location="/loop")

    def page_hop(self) -> None:
        left = int(self.path.rpartition("/")[2])
        self.reply(status=302, location=f"/hop/{left - 1}" if left else "/plain?a=1&copy=2#frag")

    def page_to_file(self) -> None:
        self.reply(status=302, location="file:///etc/passwd")

    def page_to_unicode(self) -> None:
        self.reply(status=302, location="/plain?q=é".encode().decode("latin-1"))

    def page_slow(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        drip(self.wfile.write)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def get(url: str, *, allow_private: bool = True, seconds: float = 30) -> Document:
    return fetch.fetch_document(url, user_agent=AGENT, allow_private=allow_private, seconds=seconds)


def refusal(url: str, *, allow_private: bool = True, seconds: float = 30) -> Fault:
    with pytest.raises(GatherError) as caught:
        get(url, allow_private=allow_private, seconds=seconds)
    (fault,) = caught.value.faults
    assert fault.place == Place(address=url)
    return fault


def test_what_the_server_says_of_it_comes_along(site: str) -> None:
    assert get(site + "/plain") == Document(
        url=site + "/plain", media_type="text/plain", charset="iso-8859-1", body=b"caf\xe9", name=site + "/plain"
    )


def test_the_request_is_honest_and_asks_for_gzip_only(site: str) -> None:
    path, host, agent, encodings = get(site + "/echo?a=1&copy=2&u=%20+%253A").body.decode().split("\n")
    assert path == "/echo?a=1&copy=2&u=%20+%253A"
    assert "http://" + host == site
    assert agent == AGENT
    assert encodings == "gzip"


def test_a_host_name_is_kept_although_its_address_is_connected_to(site: str) -> None:
    named = site.replace("127.0.0.1", "localhost")
    assert get(named + "/echo").body.decode().split("\n")[1] == named.removeprefix("http://")


def test_gzip_is_inflated(site: str) -> None:
    assert get(site + "/gzip").body == b"whole" * 1000


def test_five_redirects_are_followed_and_the_last_address_is_told_as_it_was_given(site: str) -> None:
    document = get(site + "/hop/4")
    assert document.url == site + "/plain?a=1&copy=2#frag"
    assert document.name == site + "/hop/4"
    assert get(site + "/to-unicode").url == site + "/plain?q=é"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nowhere", "404"),
        ("/cut", "ended before it was complete"),
        ("/short", "ended before it was complete"),
        ("/no-gzip", "not gzip"),
        ("/bomb", "larger than 15 MiB"),
        ("/large", "larger than 15 MiB"),
        ("/stacked", "compressed"),
        ("/brotli", "compressed"),
        ("/loop", "more than 5 redirects"),
        ("/hop/5", "more than 5 redirects"),
        ("/to-file", "neither http nor https"),
    ],
)
def test_what_cannot_be_had_is_said(site: str, path: str, message: str) -> None:
    assert message in refusal(site + path).what


def test_a_slow_server_does_not_hold_us(site: str) -> None:
    HUNG_UP.clear()
    assert "within 0.5 seconds" in refusal(site + "/slow", seconds=0.5).what
    assert HUNG_UP.wait(PATIENCE)


def test_a_server_that_drips_its_headers_does_not_hold_us() -> None:
    class Drip(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"HTTP/1.1 200 OK\r\nx: ")
            drip(self.request.sendall)

    HUNG_UP.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drip) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert "within 2 seconds" in refusal(f"http://127.0.0.1:{server.server_address[1]}/", seconds=2).what
        assert HUNG_UP.wait(PATIENCE)
        server.shutdown()


def test_a_private_network_is_refused_unless_it_is_allowed(site: str) -> None:
    for url in (site, site.replace("127.0.0.1", "localhost"), site.replace("127.0.0.1", "2130706433")):
        refused = refusal(url + "/plain", allow_private=False)
        assert "private network" in refused.what
        assert "--allow-private" in refused.hint


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a00:1::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "64:ff9b:1::1",
        "fec0::1",
        "4000::1",
    ],
)
def test_addresses_that_are_not_of_the_internet(address: str) -> None:
    assert not fetch.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "8.8.8.8",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_addresses_of_the_internet(address: str) -> None:
    assert fetch.is_public(address)


def test_no_one_answers() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        assert refusal(f"http://127.0.0.1:{reserved.getsockname()[1]}/").what


def test_names_that_nobody_has() -> None:
    assert "there is no host" in refusal("https://nowhere.invalid/a").what


@pytest.mark.parametrize(
    "location", ["ftp://wire.example/a", "file:///etc/passwd", "javascript:alert(1)", "gopher://x"]
)
def test_other_schemes_are_refused(location: str) -> None:
    assert "only http and https" in refusal(location).what


def test_each_address_says_whether_it_answers(site: str) -> None:
    asked = [f"{site}/plain", f"{site}/missing-page", f"{site}/loop", f"{site}/large", "mailto:ann@example.org"]
    states = fetch.check_addresses(asked, user_agent="dispatch/test", allow_private=True)
    found = {url.removeprefix(site): fault and (fault.reason, fault.detail) for url, fault in states.items()}
    assert found == {
        "/plain": None,
        "/large": None,
        "/missing-page": ("http-status", "404"),
        "/loop": ("too-many-redirects", ""),
    }
    (private,) = fetch.check_addresses([f"{site}/plain"], user_agent="dispatch/test").values()
    assert private is not None
    assert private.reason == "private-network"


def test_a_file_has_its_type_from_its_name(tmp_path: Path) -> None:
    for name, media_type in {"a.md": "text/markdown", "b.HTML": "text/html", "c": "", "d.txt": "text/plain"}.items():
        path = tmp_path / name
        path.write_bytes(b"\xff\x00")
        assert get(str(path)) == Document(url="", media_type=media_type, charset="", body=b"\xff\x00", name=str(path))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert refusal(str(tmp_path / "none.txt")).what == "No such file or directory"
    assert refusal(str(tmp_path)).what == "is a directory"
    assert "https://" in refusal("wire.example/a").hint
    assert refusal("a\0b").what
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(fetch.MOST_BYTES + 1)
    with pytest.raises(GatherError, match="larger than 15 MiB"):
        get(str(large))


def test_standard_input_is_handed_in() -> None:
    found = fetch.fetch_document("-", user_agent=AGENT, stdin=b"words")
    assert (found.body, found.url, found.name) == (b"words", "", "standard input")


@given(st.text(min_size=1).filter(lambda text: text != "-"))
def test_no_location_breaks_it(location: str) -> None:
    with pytest.raises(GatherError):
        get("http://[" + location)
    with pytest.raises(GatherError):
        get("/nowhere/" + location.replace("/", ""))
