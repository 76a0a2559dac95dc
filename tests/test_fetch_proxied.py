"""Proxies of the environment, one that reads what is encrypted among them: real ones on loopback."""

import base64
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dispatch import fetch, trust
from dispatch.errors import GatherError
from dispatch.fetch import proxies
from dispatch.fetch.addresses import parse_target
from patience import PATIENCE

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@dataclass
class Seen:
    """A proxy that answers for whatever host it is asked for, and what it saw."""

    port: int
    lines: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refusal: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def proxy(tls: ssl.SSLContext | None = None) -> Iterator[Seen]:
    """A proxy; with a context, CONNECT leads to a host of its own making, which proves itself with that."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.note()
            if "/moved" in self.path:
                self.send_response(302)
                self.send_header("location", "http://10.0.0.1/inside")
            else:
                self.send_response(seen.refusal or 200)
            self.send_header("content-length", "12")
            self.end_headers()
            self.wfile.write(b"sealed words")

        def do_CONNECT(self) -> None:
            self.note()
            self.send_response(seen.refusal or 200)
            self.end_headers()
            self.close_connection = True
            if tls and not seen.refusal:
                try:
                    with tls.wrap_socket(self.connection, server_side=True) as inner:
                        seen.lines.append(inner.recv(9999).decode("ascii").partition("\r\n")[0])
                        inner.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\nsealed words")
                except OSError:  # who does not trust us hangs up
                    pass

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def note(self) -> None:
            seen.lines.append(self.requestline)
            seen.logins.append(self.headers.get("proxy-authorization", ""))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of those who hang up."""

    server = Server(("127.0.0.1", 0), Handler)
    seen = Seen(server.server_port)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def get(address: str, *, allow_private: bool = False) -> str:
    found = fetch.fetch_document(address, user_agent="dispatch-tests", allow_private=allow_private, seconds=20)
    return found.body.decode()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_the_proxy_of_the_environment_is_asked_for_the_whole_address(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy() as seen:
        monkeypatch.setenv(name, seen.address.replace("://", "://ann:s%40fe@"))
        assert get("http://paper.example/feed?a=1&b=2") == "sealed words"
    assert seen.lines == ["GET http://paper.example/feed?a=1&b=2 HTTP/1.1"]
    assert seen.logins == ["Basic " + base64.b64encode(b"ann:s@fe").decode()]


def test_a_form_goes_through_the_proxy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy() as seen:
        monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{seen.port}")  # as many write it
        reply = fetch.post_form("http://hub.example/", [("hub.mode", "publish")], user_agent="dispatch-tests")
    assert reply.is_accepted
    assert seen.lines == ["POST http://hub.example/ HTTP/1.1"]


@pytest.mark.parametrize("spared", ["*", "127.0.0.1", "paper.example,127.0.0.1"])
def test_no_proxy_is_asked_for_what_it_is_not_for(spared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy() as itself, proxy() as never:
        monkeypatch.setenv("HTTP_PROXY", never.address)
        monkeypatch.setenv("NO_PROXY", spared)
        assert get(f"{itself.address}/feed", allow_private=True) == "sealed words"
    assert (itself.lines, never.lines) == (["GET /feed HTTP/1.1"], [])


@pytest.mark.parametrize(
    "address",
    [
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://localhost/",
        "http://intranet/",
        "http://wiki.corp/",
        "https://a.local",
    ],
)
def test_one_s_own_network_is_not_asked_for_through_a_proxy_either(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy() as seen:
        monkeypatch.setenv("ALL_PROXY", seen.address)
        with pytest.raises(GatherError) as caught:
            get(address)
        with pytest.raises(GatherError, match="private network"):
            get("http://paper.example/moved")
        assert seen.lines == ["GET http://paper.example/moved HTTP/1.1"]
        assert get("http://intranet/", allow_private=True) == "sealed words"
        with pytest.raises(GatherError, match="private network"):
            get("http://169.254.169.254/", allow_private=True)  # a cloud's keys, by nobody's leave
    assert caught.value.faults[0].reason in {"private-network", "unknown-host"}


@pytest.mark.parametrize("address", ["https://paper.example/feed", "http://paper.example/feed"])
def test_a_proxy_that_is_of_no_use_is_named_without_its_password(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for given, what in (
        (f"http://ann:secret@127.0.0.1:{port}", f"the proxy 127.0.0.1:{port}: connection refused"),
        ("http://ann:secret@no-such-proxy.example:3128", "there is no host named no-such-proxy.example"),
        ("socks5://ann:secret@127.0.0.1:1080", "must be like http://proxy.example:3128"),
        ("http://ann:secret@127.0.0.1:port", "must be like http://proxy.example:3128"),
    ):
        monkeypatch.setenv("ALL_PROXY", given)
        with pytest.raises(GatherError) as caught:
            get(address)
        (fault,) = caught.value.faults
        assert what in fault.what
        assert fault.reason == "proxy"
        assert "NO_PROXY" in fault.hint
        assert "secret" not in f"{fault}{fault.hint}{fault.detail}"


def test_a_proxy_that_refuses_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy() as seen:
        seen.refusal = 407
        monkeypatch.setenv("ALL_PROXY", seen.address)
        with pytest.raises(GatherError, match=f"127.0.0.1:{seen.port}: it answered 407 Proxy Authentication Required"):
            get("https://paper.example/feed")
        with pytest.raises(GatherError, match="the server answered 407"):
            get("http://paper.example/feed")


def make_certificate(folder: Path, name: str, *signed: str) -> Path:
    """A key and a certificate in one file."""
    made = folder / f"{name}.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9999", "-subj", f"/CN={name}"),
            *("-keyout", str(folder / f"{name}.key"), "-out", str(made), *signed),
        ],
        check=True,
        capture_output=True,
    )
    made.write_text(made.read_text() + (folder / f"{name}.key").read_text())
    return made


PROGRAM = """
import sys
from dispatch import fetch
from dispatch.errors import GatherError
try:
    print(fetch.fetch_document(sys.argv[1], user_agent="dispatch-tests").body.decode())
except GatherError as error:
    print(error.what, "|", error.faults[0].hint)
"""


@pytest.mark.needs("openssl")
def test_a_proxy_that_reads_what_is_encrypted_is_believed_where_its_certificate_is(tmp_path: Path) -> None:
    office = make_certificate(tmp_path, "Office")
    signed = ("-CA", str(office), "-CAkey", str(office), "-addext", "subjectAltName=DNS:paper.example")
    leaf = make_certificate(tmp_path, "paper.example", *signed)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(leaf)
    with proxy(tls) as seen:

        def ask(address: str, trusted: Path | None) -> str:
            known = {"https_proxy": seen.address} | ({"SSL_CERT_FILE": str(trusted)} if trusted else {})
            command = [sys.executable, "-c", PROGRAM, address]
            return subprocess.run(command, env=known, capture_output=True, text=True, check=True).stdout

        assert ask("https://paper.example/feed", office) == "sealed words\n"
        assert seen.lines == ["CONNECT paper.example:443 HTTP/1.1", "GET /feed HTTP/1.1"]
        untrusted = ask("https://paper.example/feed", None)
        assert untrusted.startswith("its certificate cannot be trusted: ")
        assert "SSL_CERT_FILE" in untrusted
        other = ask("https://other.example/feed", office)  # the certificate of somebody else
        assert other.startswith("its certificate cannot be trusted: Hostname mismatch")
        assert "SSL_CERT_FILE" not in other
        assert "belongs to another host" in other


# As on macOS and Windows, as far as it can be had here: on Linux, truststore lets OpenSSL read the environment anew.
AS_ELSEWHERE = """
import os, sys, threading, urllib.request
from dispatch import fetch
from dispatch.errors import GatherError
sys.platform = sys.argv[1]
client = fetch.Client(user_agent="dispatch-tests", allow_private=True, seconds=60)
threading.Thread(target=client.get, args=[sys.argv[3]], daemon=True).start()
sys.stdin.readline()
for trusted in ("", sys.argv[2]):
    os.environ["SSL_CERT_FILE"] = trusted
    try:
        print(client.get("https://paper.example/feed").document.body.decode())
    except GatherError as error:
        print(error.what, "|", error.faults[0].hint)
"""


@pytest.mark.needs("openssl")
@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_where_the_system_verifies_each_connection_is_by_itself(platform: str, tmp_path: Path) -> None:
    office = make_certificate(tmp_path, "Office")
    signed = ("-CA", str(office), "-CAkey", str(office), "-addext", "subjectAltName=DNS:paper.example")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(make_certificate(tmp_path, "paper.example", *signed))
    with proxy(tls) as seen, socket.create_server(("127.0.0.1", 0)) as silent:
        never = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        command = [sys.executable, "-c", AS_ELSEWHERE, platform, str(office), never]
        known = {"https_proxy": seen.address, "no_proxy": "127.0.0.1"}
        with subprocess.Popen(
            command, env=known, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            silent.settimeout(PATIENCE)
            with silent.accept()[0] as handshake:
                handshake.recv(1)  # it waits for the rest of a handshake, for ever
                said, _ = process.communicate("on\n", timeout=PATIENCE)
    untrusted, words = said.splitlines()
    assert untrusted.startswith("its certificate cannot be trusted: ")
    assert "SSL_CERT_FILE" in untrusted
    assert words == "sealed words"


@pytest.mark.parametrize("platform", ["darwin", "win32", "linux"])
def test_certificates_that_the_environment_names_are_read_everywhere(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert trust.is_read_by_openssl(platform) == (platform == "linux")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing"))
    assert trust.is_read_by_openssl(platform) == (platform == "linux")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert trust.is_read_by_openssl(platform)


def test_a_system_without_certificates_has_certifis(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "1.pem").touch()
    assert not trust.has_roots(None, None)
    assert not trust.has_roots(None, str(tmp_path / "empty"))
    assert trust.has_roots(None, str(tmp_path / "full"))
    program = "import ssl\nfrom dispatch import trust\nprint(trust.prepare_tls()().cert_store_stats()['x509_ca'])"
    nowhere = {"SSL_CERT_FILE": str(tmp_path / "missing"), "SSL_CERT_DIR": str(tmp_path / "empty")}
    ran = subprocess.run([sys.executable, "-c", program], env=nowhere, capture_output=True, text=True, check=True)
    assert int(ran.stdout) > 50


def test_without_a_proxy_nothing_is_asked_of_one() -> None:
    assert proxies.find_proxy(parse_target("https://paper.example/")) is None
