"""Fetching, against a real server on loopback."""

import gzip
import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import fetch
from dispatch.errors import GatherError
from dispatch.fetch.addresses import find_special_network
from dispatch.model import Document, Fault, Place
from loopback import web
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
    assert "within 2 seconds" in refusal(site + "/slow", seconds=2).what
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


# IANA's two registries of special-purpose addresses, as of November 2026: whether they call a network reachable, by our
# own reading for those that they call "N/A". What they call reachable within 192.0.0.0/24 and 2001::/23 is left out.
REGISTRY = """
0.0.0.0/8 no          0.0.0.0/32 no         10.0.0.0/8 no         100.64.0.0/10 no      127.0.0.0/8 no
169.254.0.0/16 no     172.16.0.0/12 no      192.0.0.0/24 no       192.0.0.0/29 no       192.0.0.8/32 no
192.0.0.170/32 no     192.0.0.171/32 no     192.0.2.0/24 no       192.31.196.0/24 yes   192.52.193.0/24 yes
192.88.99.0/24 no     192.88.99.2/32 no     192.168.0.0/16 no     192.175.48.0/24 yes   198.18.0.0/15 no
198.51.100.0/24 no    203.0.113.0/24 no     240.0.0.0/4 no        255.255.255.255/32 no 224.0.0.0/4 no
::1/128 no            ::/128 no             64:ff9b:1::/48 no     100::/64 no           100:0:0:1::/64 no
2001::/23 no          2001::/32 no          2001:2::/48 no        2001:10::/28 no       2001:db8::/32 no
2620:4f:8000::/48 yes 3fff::/20 no          5f00::/16 no          fc00::/7 no           fe80::/10 no
fec0::/10 no          ff00::/8 no           ::/96 no              ::ffff:0:0:0/96 no    4000::/3 no
8.0.0.0/8 yes         2606:4700::/32 yes    192.0.1.0/24 yes      192.88.98.0/24 yes    3ffe::/16 yes
"""


@pytest.mark.parametrize(("network", "reachable"), re.findall(r"(\S+) (yes|no)", REGISTRY))
def test_a_network_is_of_the_internet_when_the_registry_says_so(network: str, reachable: str) -> None:
    whole = ip_network(network)
    for address in (whole[0], whole[-1], whole[whole.num_addresses // 2]):
        assert (find_special_network(str(address)) is None) == (reachable == "yes"), address


# How an IPv4 address stands in an IPv6 one; {0:02x} is its first octet, {4:02x} the first one inverted.
EMBEDDED = {
    "mapped": "::ffff:{0:02x}{1:02x}:{2:02x}{3:02x}",
    "NAT64": "64:ff9b::{0:02x}{1:02x}:{2:02x}{3:02x}",
    "6to4": "2002:{0:02x}{1:02x}:{2:02x}{3:02x}::1",
    "compatible": "::{0:02x}{1:02x}:{2:02x}{3:02x}",
    "translated": "::ffff:0:{0:02x}{1:02x}:{2:02x}{3:02x}",
    "Teredo's server": "2001:0:{0:02x}{1:02x}:{2:02x}{3:02x}::f7f7:f7f7",
    "Teredo's client": "2001:0:808:808::{4:02x}{5:02x}:{6:02x}{7:02x}",
    "NAT64 of one's own, /96": "64:ff9b:1:808:8:800:{0:02x}{1:02x}:{2:02x}{3:02x}",
    "NAT64 of one's own, /64": "64:ff9b:1:808:{0:x}:{1:02x}{2:02x}:{3:02x}00:0",
    "NAT64 of one's own, /56": "64:ff9b:1:8{0:02x}:{1:x}:{2:02x}{3:02x}::",
    "NAT64 of one's own, /48": "64:ff9b:1:{0:02x}{1:02x}:{2:x}:{3:02x}00::",
}


@pytest.mark.parametrize("form", EMBEDDED)
def test_an_address_inside_another_is_judged(form: str) -> None:
    def embed(address: str) -> str:
        octets = ip_address(address).packed
        return EMBEDDED[form].format(*octets, *(octet ^ 0xFF for octet in octets))

    is_public = form in {"mapped", "NAT64", "6to4"}
    assert (find_special_network(embed("93.184.216.34")) is None) == is_public
    for address in ("127.0.0.1", "10.0.0.1", "192.0.0.1", "224.0.0.1"):
        assert find_special_network(embed(address)), address
    for address in ("169.254.169.254", "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"):
        special = find_special_network(embed(address))
        assert special
        assert special.is_closed, address


CLOSED = """169.254.169.254 169.254.170.2 169.254.42.42 fe80::1 fe80::a9fe:a9fe fe80::1%eth0 febf::1 100.100.100.200
fd00:100::100:200 168.63.129.16 192.0.0.192 fd00:c1::a9fe:a9fe fd00:ec2::254 fd00:ec2::23 fd20:ce::254
fd00:a9fe:a9fe::1 fd00:42::42"""


@pytest.mark.parametrize("address", CLOSED.split())
def test_link_local_and_the_keys_of_a_cloud_are_never_fetched(address: str) -> None:
    url = f"http://[{address}]/latest/meta-data/" if ":" in address else f"http://{address}/latest/meta-data/"
    special = find_special_network(address)
    assert special
    assert special.is_closed
    if "%" not in address:  # no address of the web has a zone
        refused = refusal(url, allow_private=True)
        assert (refused.reason, special.name in refused.what) == ("private-network", True)
        assert "--allow-private" not in refused.hint


def test_leave_for_a_private_host_is_for_that_host() -> None:
    """A redirect within it is followed, one to another private host is not, and neither is one by way of it."""
    with web() as pages:
        here, there = pages.url("", host=1), pages.url("", host=2)
        pages.pages |= {
            "/a": "words",
            "/same": (b"", {"location": f"{here}/a"}, 302),
            "/other": (b"", {"location": f"{there}/a"}, 302),
            "/back": (b"", {"location": f"{there}/other-way"}, 302),
        }
        assert get(f"{here}/same").body == b"words"
        assert get(f"{there}/a").body == b"words"
        asked = len(pages.asked)
        for path in ("/other", "/back"):
            refused = refusal(f"{here}{path}")
            assert (refused.reason, "--allow-private" in refused.hint) == ("private-network", True)
        states = fetch.check_addresses([f"{here}/other", f"{here}/same"], user_agent=AGENT, allow_private=True)
        assert [fault and fault.reason for fault in states.values()] == ["private-network", None]
        pages.pages["/form"] = (b"", {"location": f"{there}/a"}, 307)
        with pytest.raises(GatherError, match="private network"):
            fetch.post_form(f"{here}/form", [("a", "b")], user_agent=AGENT, allow_private=True)
        assert sorted(pages.asked[asked:]) == ["/a", "/back", "/form", "/other", "/other", "/same"]  # two at a time


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
    assert refusal(str(tmp_path / "none.txt")).what == "no such file or directory"
    assert refusal(str(tmp_path)).what == "is a folder, and not a file"
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
