"""Tokens: what a link in a mail says of who it was sent to, and what nobody else can make.

28 bytes, 38 characters: a version, the number of the key that signed it, a number of two bytes, the subscriber's key of
eight bytes, and the first sixteen of an HMAC-SHA256 over the purpose and all of these. Every token of a purpose has the
same length, so that a message which was made once can be filled for each reader. What is shown or changed after a
confirmation ends at a moment, of four bytes. A purpose is signed, not written: a token that lets somebody leave does
nothing else.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

Purpose = Literal["leave", "confirm", "preferences", "bounce"]

LENGTH: Final = 38  # characters of a token for a link that does not end
MAILBOX_LENGTH: Final = 45  # characters of one in the local part of an address

_VERSION = 1
_SIGNATURE = 16  # bytes
_ENDING = frozenset({"confirm", "preferences"})  # purposes whose tokens end
_LINK = re.compile(r"[A-Za-z0-9_-]{38,43}")
_MAILBOX = re.compile(r"[a-z2-7]{45}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderToken:
    """What a token says."""

    subscriber: Annotated[bytes, "the key of the subscriber that it was made for, eight bytes"]
    about: Annotated[int, "0 to 65535: of a bounce the round, modulo 65536; else the list"] = 0
    expires: Annotated[datetime | None, "from when on it is nothing; None for never"] = None


def write_token(token: ReaderToken, purpose: Purpose, keys: Sequence[bytes]) -> str:
    """Write a token for an address of the web; it is signed with the last of the keys."""
    return _encode_link(_sign_token(token, purpose, keys))


def read_token(written: str, purpose: Purpose, keys: Sequence[bytes], now: datetime) -> ReaderToken | None:
    """Read a token from an address of the web; None when it is not ours, for something else, or has ended."""
    if not _LINK.fullmatch(written):
        return None
    try:
        octets = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except binascii.Error:
        return None
    return _verify_token(octets, purpose, keys, now) if _encode_link(octets) == written else None


def write_mailbox_token(token: ReaderToken, purpose: Purpose, keys: Sequence[bytes]) -> str:
    """Write a token for the local part of an address, whose case some servers change: lower-case base32."""
    return _encode_mailbox(_sign_token(token, purpose, keys))


def read_mailbox_token(written: str, purpose: Purpose, keys: Sequence[bytes], now: datetime) -> ReaderToken | None:
    """Read a token from the local part of an address, in whatever case; None when it is not ours."""
    written = written.lower()
    if not _MAILBOX.fullmatch(written):
        return None
    octets = base64.b32decode(written.upper() + "=" * (-len(written) % 8))
    return _verify_token(octets, purpose, keys, now) if _encode_mailbox(octets) == written else None


def sign_text(text: str, purpose: str, keys: Sequence[bytes]) -> str:
    """Sign a text, in 32 hexadecimal digits, with the first key: the same as long as the store is the same."""
    return hmac.digest(keys[0], f"text\0{purpose}\0{text}".encode(), "sha256")[:_SIGNATURE].hex()


def is_signed(text: str, signature: str, purpose: str, keys: Sequence[bytes]) -> bool:
    """Whether a signature is that of the text for this purpose; takes the same time wherever they differ."""
    return hmac.compare_digest(sign_text(text, purpose, keys).encode(), signature.encode())


def _sign_token(token: ReaderToken, purpose: Purpose, keys: Sequence[bytes]) -> bytes:
    if (token.expires is not None) != (purpose in _ENDING) or len(token.subscriber) != 8:
        raise ValueError(f"a token to {purpose} {'ends' if purpose in _ENDING else 'never ends'}")
    number = min(len(keys), 256) - 1
    body = bytes((_VERSION, number)) + token.about.to_bytes(2, "big") + token.subscriber
    if token.expires:
        body += int(token.expires.timestamp()).to_bytes(4, "big")
    return body + _make_signature(body, purpose, keys[number])


def _verify_token(octets: bytes, purpose: Purpose, keys: Sequence[bytes], now: datetime) -> ReaderToken | None:
    body, signature = octets[:-_SIGNATURE], octets[-_SIGNATURE:]
    if len(body) != (16 if purpose in _ENDING else 12) or body[0] != _VERSION or body[1] >= len(keys):
        return None
    if not hmac.compare_digest(_make_signature(body, purpose, keys[body[1]]), signature):
        return None
    expires = datetime.fromtimestamp(int.from_bytes(body[12:], "big"), UTC) if len(body) > 12 else None
    if expires and now >= expires:
        return None
    return ReaderToken(subscriber=body[4:12], about=int.from_bytes(body[2:4], "big"), expires=expires)


def _make_signature(body: bytes, purpose: str, key: bytes) -> bytes:
    return hmac.digest(key, f"token\0{purpose}\0".encode() + body, "sha256")[:_SIGNATURE]


def _encode_link(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def _encode_mailbox(octets: bytes) -> str:
    return base64.b32encode(octets).rstrip(b"=").decode("ascii").lower()
