"""A message, read back with Python's email parser."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from typing import Annotated

from dispatch.errors import CheckError


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePart:
    """What one kind of mail program shows of a message."""

    media_type: str
    charset: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message: its headers as they are decoded, and its text parts in order."""

    headers: Annotated[tuple[tuple[str, str], ...], "names in lower case, with their values"]
    media_type: str
    halves: tuple[MessagePart, ...]

    def find_header(self, name: str) -> list[str]:
        """The values of a header, however often it stands there."""
        return [value for key, value in self.headers if key == name.lower()]


def read_message(octets: bytes) -> Message:
    """The message (RFC 5322, RFC 2045). Raises CheckError when a part cannot be decoded."""
    try:
        parsed = message_from_bytes(octets, policy=policy.default)
        if not isinstance(parsed, EmailMessage):
            raise CheckError("it is not a message", reason="not-a-message")
        headers = tuple((name.lower(), str(value)) for name, value in parsed.items())
        return Message(headers=headers, media_type=parsed.get_content_type(), halves=tuple(_read_parts(parsed)))
    except (MessageError, LookupError, ValueError) as error:
        raise CheckError(f"it cannot be read as a message: {error}", reason="not-a-message") from error


def _read_parts(parsed: EmailMessage) -> Iterator[MessagePart]:
    for part in parsed.walk():
        if part.get_content_type() in {"text/plain", "text/html"} and isinstance(part, EmailMessage):
            content = part.get_content()
            charset = part.get_content_charset() or "us-ascii"
            yield MessagePart(media_type=part.get_content_type(), charset=charset, text=str(content))
