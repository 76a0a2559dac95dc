"""The whole message, ready to be sent: headers, plain text first, HTML last (RFC 5322, RFC 2046).

Python draws boundary, Message-ID and Date from clock and chance; here they come from the issue, so that the same issue
is the same message.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from dispatch import derived, links
from dispatch.errors import RenderError
from dispatch.formats import email, text
from dispatch.mail_addresses import find_ascii_form, is_plain
from dispatch.model import Contents, Publication

# Quoted-printable lines have at most 76 characters (RFC 2045, section 6.7), and so encoded words 75 (RFC 2047, 2).
SHORT = policy.SMTP.clone(max_line_length=76)
_WORDS = frozenset({"from", "reply-to", "subject", "to"})
_OWN = frozenset({"List-Id", "List-Archive", "Auto-Submitted", "X-Auto-Response-Suppress", "Reply-To"})
LONGEST_HEADER = 200
# What tells a service to count nothing; and what is in its events, which have no header of the mail.
_SERVICES: Mapping[str, Mapping[str, str]] = {
    "postmark": {"X-PM-Metadata-dispatch": "REFERENCE", "X-PM-TrackLinks": "None", "X-PM-TrackOpens": "false"},
    "mailgun": {"X-Mailgun-Variables": '{"dispatch": "REFERENCE"}', "X-Mailgun-Track": "no"},
}
_SHORT_MAILBOX = 60  # characters: no header with it is folded
_NO_LABEL = re.compile(r"[^a-z0-9-]+")


class _WirePolicy(EmailPolicy):
    """Folds headers that hold words; those that hold addresses stay whole.

    A long List-Unsubscribe must not be folded into RFC 2047 words: one-click would break.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        words, behind = str(value), ""
        if name.lower() != "subject" and (people := getattr(value, "addresses", ())):
            words, behind = people[0].display_name, f" <{people[0].addr_spec}>"
        if name.lower() not in _WORDS:
            return super().fold_binary(name, value)
        if words.isascii():
            return SHORT.fold_binary(name, value)
        # EmailPolicy loses spaces between two encoded words.
        encoded = Header(words, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")
        return f"{name}: {encoded}{behind and f'{self.linesep}{behind}'}\r\n".encode("ascii")


WIRE = _WirePolicy(linesep="\r\n", max_line_length=998)


def render(issue: Contents, publication: Publication) -> bytes:
    """Build the message to the sender. Raises RenderError."""
    return build_message(issue, publication, publication.email.sender)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingOver:
    """What a message has that is handed to a mail server now, for one reader, and not shown or pasted somewhere."""

    date: Annotated[datetime, "the moment at which its round began"]
    message_id: Annotated[str, "its own: what stands before the @, 32 characters"]
    reference: Annotated[str, "what comes back in reports: a token of the purpose bounce, for mailboxes"]


def build_message(issue: Contents, publication: Publication, to: str, handing_over: HandingOver | None = None) -> bytes:
    """Build the message to one address, as octets with CRLF. Raises RenderError.

    What is handed over is in quoted-printable, whatever its language: there a slot of fixed length can be found again.
    """
    made = EmailMessage(policy=WIRE)
    is_one_click = derived.has_one_click(publication)
    publication = derived.name_recipient(publication, parse_address(to, publication).addr_spec)
    headers = _build_headers(issue, publication, to)
    if handing_over:
        headers["Date"] = format_datetime(handing_over.date.astimezone(ZoneInfo(publication.timezone)))
        headers["Message-ID"] = f"<{handing_over.message_id}@{_find_site(publication)}>"
        headers["X-Dispatch"] = handing_over.reference
        own = _SERVICES.get(publication.delivery.service, {})
        headers |= {name: value.replace("REFERENCE", handing_over.reference) for name, value in own.items()}
    if is_one_click:
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for name, value in headers.items():
        made[name] = value
    seed = _derive_seed(issue)
    parts: list[Message[str, str] | str] = []
    for subtype, body in (("plain", text.render(issue, publication)), ("html", email.render(issue, publication))):
        part = EmailMessage(policy=SHORT)
        encoding = "quoted-printable" if handing_over else _choose_encoding(body.decode())
        part.set_content(body.decode(), subtype=subtype, charset="utf-8", cte=encoding)
        del part["MIME-Version"]
        parts.append(part)
    made["MIME-Version"] = "1.0"
    made["Content-Type"] = f'multipart/alternative; boundary="=_{seed}"'
    made.set_payload(parts)
    octets = made.as_bytes()
    refuse_other_headers(octets, {*headers, "MIME-Version", "Content-Type"})
    return octets


def _build_headers(issue: Contents, publication: Publication, to: str) -> dict[str, str | Address]:
    sender = parse_address(publication.email.sender, publication)
    site = _find_site(publication)
    mailing = publication.email
    headers: dict[str, str | Address] = {
        "From": sender,
        "To": parse_address(to, publication),
        "Subject": clean_header(issue.subject or issue.title),
        "Date": format_datetime(issue.date.astimezone(ZoneInfo(publication.timezone))),
        "Message-ID": f"<{_derive_seed(issue)}@{site}>",
        "List-Id": f"{_quote_phrase(publication.title)} <{_name_list(publication)}.{site}>".strip(),
        "List-Archive": f"<{links.encode_ascii(publication.url)}/>",
        # Nobody's absence is to be told to the sender (RFC 3834, section 5; MS-OXCMAIL, section 2.2.3.2.14).
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if mailing.reply_to:
        headers["Reply-To"] = parse_address(mailing.reply_to, publication)
    if mailing.unsubscribe:
        headers["List-Unsubscribe"] = ", ".join(f"<{links.encode_ascii(way)}>" for way in mailing.unsubscribe)
    return headers


def list_own_headers(issue: Contents, publication: Publication) -> dict[str, str]:
    """List the headers that a service leaves to whoever writes the mail, each on a line, in ASCII. Raises RenderError.

    One that keeps the list sets the others, and how to leave.
    """
    made = EmailMessage(policy=WIRE.clone(max_line_length=None))
    for name, value in _build_headers(issue, publication, publication.email.sender).items():
        made[name] = value
    lines = (line.partition(": ") for line in re.sub(r"\r\n[ \t]+", " ", made.as_bytes().decode("ascii")).split("\r\n"))
    return {name: value for name, _, value in lines if name in _OWN}


def format_recipient(to: str, publication: Publication) -> bytes:
    """Format the line of the header To, as ``build_message`` does. Raises RenderError."""
    if len(to) < _SHORT_MAILBOX and is_plain(to):  # what most are, a hundred times as fast
        return f"To: {to}\r\n".encode("ascii")
    head = EmailMessage(policy=WIRE)
    head["To"] = parse_address(to, publication)
    return head.as_bytes().removesuffix(b"\r\n")


def _find_site(publication: Publication) -> str:
    return links.parse_host(links.encode_ascii(publication.url))


def _derive_seed(issue: Contents) -> str:
    return hashlib.sha256(issue.id.encode()).hexdigest()[:32]


def parse_address(written: str, publication: Publication) -> Address:
    """Parse one address with its display name, which may hold what would else be syntax. Raises RenderError."""
    match = re.fullmatch(r"(?:([^<>]*)<([^<>]*)>|([^<>]*))", written.strip(), re.DOTALL)
    name, mailbox = (match[1] or "", match[2] or match[3] or "") if match else ("", "")
    try:
        valid = find_ascii_form(mailbox)
    except ValueError as error:
        raise RenderError(
            f"“{written}” is not an address: {error}" if written else "there is no sender",
            subject=str(publication.root / "dispatch.toml") if not written else "",
            hint='Write it as from = "The Wire <desk@wire.example>" under [email].',
        ) from error
    return Address(clean_header(_unquote_name(name.strip())), addr_spec=valid or mailbox)


def _unquote_name(name: str) -> str:
    """Remove the quotation marks that a display name may have been written in (RFC 5322, section 3.2.4)."""
    quoted = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', name, re.DOTALL)
    return re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else name


def clean_header(words: str) -> str:
    """Make a text safe for a header: no control characters, no encoded words, at most 200 characters."""
    words = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", words).replace("=?", "= ?")
    return words.strip()[:LONGEST_HEADER]


def _name_list(publication: Publication) -> str:
    """Name the list within its host's namespace (RFC 2919, section 3), by the folder that the publication is in."""
    folder = publication.url.partition("://")[2].partition("/")[2].rpartition("/")[2]
    return _NO_LABEL.sub("-", folder.lower()).strip("-") or "newsletter"


def _quote_phrase(phrase: str) -> str:
    """Quote the publication's name for List-Id (RFC 2919, section 2); empty when it is not ASCII."""
    phrase = clean_header(phrase).replace("\\", "").replace('"', "")
    return f'"{phrase}"' if phrase.isascii() else ""


def _choose_encoding(body: str) -> str:
    """Choose the shorter encoding: quoted-printable for mostly Latin text, base64 for the rest."""
    octets = body.encode()
    return "quoted-printable" if sum(octet > 126 for octet in octets) * 6 < len(octets) else "base64"


def refuse_other_headers(octets: bytes, intended: set[str]) -> None:
    """Read the headers back and refuse any that outside data has added. Raises RenderError."""
    names = message_from_bytes(octets, policy=policy.default).keys()
    if sorted(names) != sorted(intended):
        raise RenderError(
            f"a header would be injected: {', '.join(sorted(set(names) ^ intended)) or 'one stands twice'}",
            subject="dispatch.toml",
            hint="Look for line breaks in the title, the sender and the addresses.",
        )
