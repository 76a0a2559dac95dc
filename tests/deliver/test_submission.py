"""The way into a mail server: encrypted from the first byte on, or by STARTTLS, and with a password."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from dispatch.errors import DeliveryError
from dispatch.smtp import Conversation, finish_text, parse_submission
from dispatch.smtp import Envelope as Ours
from loopback import free_port
from patience import PATIENCE

WORDS = b"From: a@wire.example\r\nTo: ann@paper.example\r\nSubject: Words\r\n\r\nSome.\r\n"
LONG = WORDS + b"A line of many, which no connection takes at once.\r\n" * 60_000


class Kept:
    """What a server has taken, whether after STARTTLS, and from whom."""

    def __init__(self) -> None:
        self.taken: list[tuple[object, bool, object]] = []

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append((envelope.content, session.ssl is not None, session.auth_data))
        return "250 2.0.0 Ok: queued"


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that nobody has signed."""
    made, key = tmp_path / "both.pem", tmp_path / "key.pem"
    words = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=mail.wire.example")
    subprocess.run(["openssl", *words, "-keyout", key, "-out", made], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


@contextmanager
def serve(kept: Kept, **settings: object) -> Iterator[int]:
    port = free_port()
    running = Controller(kept, hostname="127.0.0.1", port=port, ready_timeout=PATIENCE, **settings)  # type: ignore[arg-type]
    running.start()
    try:
        yield port
    finally:
        running.stop()


def let_in(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
    assert isinstance(data, LoginPassword)
    is_right = data.login == b"ann@wire" and data.password == b"s3cret \xc3\xa9"
    return AuthResult(success=is_right, handled=False, auth_data=data.login)


def send_one(url: str, password: str = "", words: bytes = WORDS) -> str:
    """Send a message as a round does; return the reply."""
    server = parse_submission(url, password)
    session = server.open_session()
    talk = Conversation(session, server.timeouts)
    _, opened = talk.take_turn(None, Ours("a@wire.example", "ann@paper.example", len(words)))
    assert opened
    assert opened.code == 354
    sent, _ = talk.take_turn(finish_text(words), None)
    talk.say_goodbye()
    assert sent
    return sent.reply


@pytest.mark.needs("openssl")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_it_is_encrypted_from_the_first_byte_on(host: str, certificate: ssl.SSLContext) -> None:
    kept = Kept()
    with serve(kept, ssl_context=certificate) as port:
        assert send_one(f"smtps://{host}:{port}") == "250 2.0.0 Ok: queued"
    assert kept.taken == [(WORDS, False, None)]


@pytest.mark.needs("openssl")
def test_a_long_message_is_encrypted_in_pieces(certificate: ssl.SSLContext) -> None:
    kept = Kept()
    with serve(kept, ssl_context=certificate) as port:
        assert send_one(f"smtps://127.0.0.1:{port}", words=LONG) == "250 2.0.0 Ok: queued"
    assert kept.taken == [(LONG, False, None)]


@pytest.mark.needs("openssl")
def test_a_password_goes_out_encrypted_alone(certificate: ssl.SSLContext) -> None:
    kept = Kept()
    with serve(kept, tls_context=certificate, authenticator=let_in, auth_required=True) as port:
        assert send_one(f"smtp://ann%40wire@127.0.0.1:{port}", "s3cret é") == "250 2.0.0 Ok: queued"
        with pytest.raises(DeliveryError, match="does not let ann@wire in: 535"):
            send_one(f"smtp://ann%40wire@127.0.0.1:{port}", "wrong")
        with pytest.raises(DeliveryError, match="wants the password of ann@wire"):
            send_one(f"smtp://ann%40wire@127.0.0.1:{port}")
    assert kept.taken == [(WORDS, True, b"ann@wire")]


@pytest.mark.needs("openssl")
def test_elsewhere_a_certificate_must_be_that_server_s(
    certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is this machine's, and the name that of a server elsewhere."""
    with serve(Kept(), ssl_context=certificate) as port:
        real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda _, *more, **rest: real("127.0.0.1", *more, **rest))
        with pytest.raises(ssl.SSLCertVerificationError):
            send_one(f"smtps://mail.wire.example:{port}")
