"""Send one message to one mail server over SMTP (RFC 5321)."""

import ipaddress
import smtplib
import socket
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import getaddresses
from typing import Annotated

from dispatch.errors import DeliveryError

PATIENCE = 10.0  # seconds for each step of the conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server."""

    host: Annotated[str, "its name or its address"]
    port: int

    @property
    def name(self) -> str:
        """How messages name it: host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def send_message(self, message: bytes) -> None:
        """Send a finished message, from the address in its From to that in its To.

        Raises DeliveryError, with the server's own words when it does not take it.
        """
        sender, recipient = _read_envelope(message)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=PATIENCE) as session:
                session.sendmail(sender, [recipient], message)
        except smtplib.SMTPRecipientsRefused as cause:
            raise self._make_refusal(*cause.recipients[recipient]) from cause
        except smtplib.SMTPResponseException as cause:
            raise self._make_refusal(cause.smtp_code, cause.smtp_error) from cause
        except (OSError, smtplib.SMTPException) as cause:
            raise DeliveryError(
                f"cannot be reached: {describe_failure(cause)}",
                address=self.name,
                hint="Start a mail server there, or name another.",
            ) from cause

    def _make_refusal(self, code: int, said: bytes | str) -> DeliveryError:
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return DeliveryError(f"rejected the message: {code} {' '.join(words.split())}", address=self.name)


def describe_failure(cause: Exception) -> str:
    """Describe why a server could not be reached, in words for people."""
    return (getattr(cause, "strerror", "") or str(cause) or "no answer").lower()


def parse_local_server(written: str) -> MailServer:
    """Parse HOST:PORT into a mail server, which must be on this machine: loopback addresses only.

    Raises DeliveryError.
    """
    host, _, port = written.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise DeliveryError("is not a mail server", address=written, hint="Write it as 127.0.0.1:1025")
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as cause:
        raise DeliveryError("there is no host of that name", address=host) from cause
    addresses = [str(entry[4][0]) for entry in found]
    if not all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for address in addresses):
        raise DeliveryError(
            "is not on this machine", address=written, hint="A preview sends only to a server here: 127.0.0.1:1025"
        )
    return MailServer(host=addresses[0], port=int(port))  # the address that was looked at, not the name again


def _read_envelope(message: bytes) -> tuple[str, str]:
    """Read the addresses in From and To. Raises DeliveryError unless there is exactly one in each."""
    read = message_from_bytes(message, policy=policy.default)
    found = []
    for name in ("From", "To"):
        addresses = [
            address for _, address in getaddresses([str(value) for value in read.get_all(name, [])]) if address
        ]
        if len(addresses) != 1:
            raise DeliveryError(f"has {len(addresses)} addresses in {name}, not one", address="the message")
        found.append(addresses[0])
    return found[0], found[1]
