"""The mail server that a publication sends by: connected, encrypted, authenticated."""

import base64
import ipaddress
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import unquote, urlsplit

from dispatch.errors import DeliveryError
from dispatch.trust import TlsMaker, prepare_tls

_HINT = "Put the password into DISPATCH_SMTP_PASSWORD, or into the file that [delivery] password_file names."


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds that a server has for its answers; shorter ones make duplicates (RFC 5321, section 4.5.3.2)."""

    connect: float = 30.0
    reply: float = 300.0
    after_text: Annotated[float, "after the dot: the server may be delivering it already"] = 600.0
    between: Annotated[tuple[float, ...], "before each other try to connect; then it is given up"] = (0.5, 1, 2, 4, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A mail server, and how it is entered."""

    host: str
    port: int
    is_encrypted: Annotated[bool, "from the first byte on; else STARTTLS is asked for"]
    user: str = ""
    password: Annotated[str, "is in no message"] = ""
    timeouts: Timeouts = Timeouts()
    tls: Annotated[TlsMaker, "a round's connections share a context: to read the system's certificates takes 30 ms"] = (
        field(default_factory=prepare_tls)
    )

    @property
    def name(self) -> str:
        """How messages name it: host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def open_session(self) -> smtplib.SMTP:
        """Connect, encrypt and log in. Raises OSError or SMTPException where it may succeed later, else DeliveryError.

        Only a server on this machine may go without encryption.
        """
        patience = self.timeouts.connect
        if self.is_encrypted:
            context = self._choose_context(is_here=self.host == "localhost" or _is_loopback(self.host))
            session: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=patience, context=context)
        else:
            session = smtplib.SMTP(self.host, self.port, timeout=patience)
        try:
            self._log_in(session)
        except BaseException:
            close_abruptly(session)
            raise
        return session

    def _choose_context(self, *, is_here: bool) -> ssl.SSLContext:
        """Choose whom to trust: on this machine anybody, for a certificate of it is nobody's, and nothing leaves it."""
        if not is_here:
            return self.tls()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    def _log_in(self, session: smtplib.SMTP) -> None:
        session.ehlo_or_helo_if_needed()
        assert session.sock is not None  # noqa: S101 - it is connected
        is_here = _is_loopback(str(session.sock.getpeername()[0]))
        is_needed = not self.is_encrypted and (not is_here or (self.user and not session.has_extn("auth")))
        if is_needed and session.has_extn("starttls"):
            session.starttls(context=self._choose_context(is_here=is_here))
            session.ehlo()
        elif is_needed and not is_here:
            hint = "Use smtps://, or a server with STARTTLS: addresses and the password would be readable on the way."
            raise DeliveryError("offers no encryption", address=self.name, hint=hint)
        if self.user and not self.password:
            raise DeliveryError(f"wants the password of {self.user}", address=self.name, hint=_HINT)
        if self.user:
            try:
                _send_password(session, self.user, self.password)
            except smtplib.SMTPAuthenticationError as error:
                if error.smtp_code < 500:
                    raise
                what = f"does not let {self.user} in: {error.smtp_code}"
                raise DeliveryError(what, address=self.name, hint="See user and password.") from error
            except smtplib.SMTPNotSupportedError as error:
                raise DeliveryError("knows no users", address=self.name, hint="Leave out the user.") from error


def parse_submission(url: str, password: str) -> Submission:
    """Parse the setting smtp, whose form was looked at when it was read."""
    parts = urlsplit(url)
    is_encrypted = parts.scheme == "smtps"
    return Submission(
        host=parts.hostname or "",
        port=parts.port or (465 if is_encrypted else 587),
        is_encrypted=is_encrypted,
        user=unquote(parts.username or ""),
        password=password,
    )


def close_abruptly(session: smtplib.SMTP) -> None:
    """Close a connection without another word: what was begun in it is nothing for the server."""
    with suppress(OSError):
        if session.sock:
            session.sock.shutdown(socket.SHUT_RDWR)
    session.close()


def _send_password(session: smtplib.SMTP, user: str, password: str) -> None:
    """Log in. smtplib can write ASCII alone, and a user or a password is UTF-8 (RFC 4616, section 2)."""
    if f"{user}{password}".isascii():
        session.login(user, password)
        return
    said = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
    code, words = session.docmd("AUTH", f"PLAIN {said}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words)


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    return False
