"""A message that is rendered once and filled for each reader: what differs between two readers are slots in it.

All slots but the header To have a fixed length, and hold only what quoted-printable leaves as it is, so that no line
of the message moves: a filled message has the very bytes of one that is rendered for its reader. In a body, a line may
end within a slot.

    octets = render.render_prepared(issue, publication, begun=now, values=make_slots(issue.id, keys))
    PreparedMessage(octets, issue.id, publication, keys).fill_slots(recipient, round_number)
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

from dispatch import derived, tokens
from dispatch.formats import eml
from dispatch.mail_addresses import is_plain
from dispatch.model import Contents, Publication
from dispatch.tokens import ReaderToken

_LENGTHS = {"leave": tokens.LENGTH, "mailbox": tokens.MAILBOX_LENGTH, "id": 32, "reference": tokens.MAILBOX_LENGTH}
_SOFT_BREAK = b"(?:=\r\n)?"
_TO = re.compile(rb"^To:(?:[^\r]|\r\n[ \t])*\r\n", re.MULTILINE)
_DATE = re.compile(rb"^Date:[^\r]*\r\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a message is filled for."""

    email: Annotated[str, "the address as it was typed"]
    key: Annotated[bytes, "what tokens are made of, eight bytes"]
    name: str = ""


class _Piece(NamedTuple):
    """A part of a slot between two places where a line may end."""

    slot: str
    start: int
    end: int


def make_slots(issue_id: str, keys: Sequence[bytes]) -> dict[str, str]:
    """Make the texts that stand in the slots of an issue: nobody else can know them, and so write them elsewhere."""
    secret = tokens.sign_text(issue_id, "slot", keys)
    return {name: hashlib.sha512(f"{secret}{name}".encode()).hexdigest()[:length] for name, length in _LENGTHS.items()}


def make_values(issue_id: str, recipient: Recipient, keys: Sequence[bytes], round_number: int) -> dict[str, str]:
    """Make what stands in the slots of a message for one reader."""
    leave = ReaderToken(subscriber=recipient.key)
    bounce = ReaderToken(subscriber=recipient.key, about=round_number % 65_536)
    return {
        "leave": tokens.write_token(leave, "leave", keys),
        "mailbox": tokens.write_mailbox_token(leave, "leave", keys),
        "id": derive_message_id(issue_id, recipient.key),
        "reference": tokens.write_mailbox_token(bounce, "bounce", keys),
    }


def derive_message_id(issue_id: str, key: bytes) -> str:
    """Derive what stands before the @ in the Message-ID of an issue for one reader: the same however often it goes."""
    return hashlib.sha256(issue_id.encode() + b"\0" + key).hexdigest()[:32]


def render_message(
    issue: Contents, publication: Publication, to: str, *, begun: datetime, values: Mapping[str, str]
) -> bytes:
    """Render the message with these values in its slots, to be handed over. Raises RenderError."""
    named = derived.name_reader(publication, values["leave"], values["mailbox"])
    handing_over = eml.HandingOver(date=begun, message_id=values["id"], reference=values["reference"])
    return eml.build_message(issue, named, to, handing_over)


def digest_message(octets: bytes) -> str:
    """Digest a prepared message: the same for the same issue and settings, whenever it was prepared."""
    return hashlib.sha256(_DATE.sub(b"", octets, count=1)).hexdigest()[:32]


class PreparedMessage:
    """A message with slots, ready to be filled as often as there are readers."""

    def __init__(self, octets: bytes, issue_id: str, publication: Publication, keys: Sequence[bytes]) -> None:
        """Find the slots.

        octets: what ``render_message`` has made with the slots of the issue (``make_slots``) as values.
        """
        self._issue_id = issue_id
        self._publication = publication
        self._keys = tuple(keys)
        to, slots = _find_recipient(octets), make_slots(issue_id, keys)
        self._before = _split_octets(octets[: to.start()], slots)
        self._after = _split_octets(octets[to.end() :], slots)

    def fill_slots(self, recipient: Recipient, round_number: int) -> bytes:
        """Fill the message for one reader: what ``render_message`` would make. Raises RenderError."""
        return self.fill_values(recipient, self.make_values(recipient, round_number))

    def make_values(self, recipient: Recipient, round_number: int) -> dict[str, str]:
        """Make what stands in the slots for one reader."""
        return make_values(self._issue_id, recipient, self._keys, round_number)

    def fill_values(self, recipient: Recipient, values: Mapping[str, str]) -> bytes:
        """Fill the message with what was made for this reader. Raises RenderError."""
        written = {name: value.encode("ascii") for name, value in values.items()}
        to = eml.format_recipient(format_mailbox(recipient), self._publication)
        return b"".join([*_fill_pieces(self._before, written), to, *_fill_pieces(self._after, written)])

    def find_mailbox(self, recipient: Recipient) -> str:
        """Find the form of a reader's address that every server takes. Raises RenderError."""
        if is_plain(recipient.email):
            return recipient.email
        return eml.parse_address(recipient.email, self._publication).addr_spec


def format_mailbox(recipient: Recipient) -> str:
    """Write a reader's address with the name, as the header To takes it."""
    name = eml.clean_header(recipient.name).replace("<", "").replace(">", "").strip()
    return f"{name} <{recipient.email}>" if name else recipient.email


def _find_recipient(octets: bytes) -> re.Match[bytes]:
    found = _TO.search(octets)
    assert found is not None  # noqa: S101 - every message that is built has one
    return found


def _split_octets(octets: bytes, slots: Mapping[str, str]) -> list[bytes | _Piece]:
    """Split octets into what stays and the pieces of slots, whose lines may end within them."""
    pattern = b"|".join(
        b"(?P<%s>%s)" % (name.encode(), _SOFT_BREAK.join(re.escape(sign.encode()) for sign in text))
        for name, text in slots.items()
    )
    found: list[bytes | _Piece] = []
    begin = 0
    for match in re.finditer(pattern, octets):
        found.append(octets[begin : match.start()])
        slot, at = match.lastgroup or "", 0
        for number, part in enumerate(match[0].split(b"=\r\n")):
            found += [b"=\r\n"] if number else []
            found.append(_Piece(slot, at, at + len(part)))
            at += len(part)
        begin = match.end()
    return [*found, octets[begin:]]


def _fill_pieces(pieces: Sequence[bytes | _Piece], values: Mapping[str, bytes]) -> list[bytes]:
    return [piece if isinstance(piece, bytes) else values[piece.slot][piece.start : piece.end] for piece in pieces]
