"""TLS: the name proves itself, although its checked address is connected to."""

import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

PROGRAM = """
import sys
from dispatch import fetch
from dispatch.errors import GatherError
try:
    print(fetch.fetch_document(sys.argv[1], user_agent="dispatch-tests", allow_private=True).body.decode())
except GatherError as error:
    print(error.what)
"""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """For ``localhost`` alone, signed by itself."""
    made = tmp_path / "both.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9999", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", str(tmp_path / "key.pem"), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    return made


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"sealed words")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of those who do not trust us."""

    server = Server(("127.0.0.1", 0), Page)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.needs("openssl")
@pytest.mark.parametrize(
    ("host", "trusted", "said"),
    [
        ("localhost", True, "sealed words"),
        ("127.0.0.1", True, "its certificate cannot be trusted: IP address mismatch"),
        ("localhost", False, "its certificate cannot be trusted: self-signed certificate"),
    ],
)
def test_a_certificate_is_the_names_and_trusted(
    host: str, trusted: bool, said: str, port: int, certificate: Path
) -> None:
    environment = {"SSL_CERT_FILE": str(certificate) if trusted else "", "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, f"https://{host}:{port}/"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith(said)
