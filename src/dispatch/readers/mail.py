"""Read a message (RFC 5322, MIME): a newsletter, a forward, an article that somebody sent. The one reader of email.

Its HTML is preferred to its text. Its headers are heard with doubt: who sent it may be a service, a colleague or
the paper. No mailbox is kept.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import Final

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Article, Document, Fault, Source
from dispatch.readers import charset, contacts, html_tree, mail_frame, moments, newsletter, office, page, people, text

MEDIA_TYPES = frozenset({"message/rfc822", "message/global", "multipart/related", "application/x-mimearchive"})

MOST_PARTS: Final = 200
MOST_INNER: Final = 5  # messages in one another
_HEADER: Final = re.compile(rb"(?:From [^\n]{1,200}\n)?(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){3}")
# Only programs write these; a person who pastes a message leaves them out.
_BY_PROGRAMS: Final = re.compile(
    rb"^(?:Received|Return-Path|Message-ID|MIME-Version|Content-Type|DKIM-Signature|Delivered-To|X-[\w-]+):",
    re.MULTILINE | re.IGNORECASE,
)
# Where one message stands, before where its list does (RFC 5064, RFC 2369).
_ADDRESSES: Final = ("Archived-At", "List-Post", "List-Archive")
_UNDECODED: Final = re.compile(
    r"=\?[^?\s]{1,40}\?[bBqQ]?[^\s]{0,200}"
)  # an encoded word that is cut off, or in no known way
_HOUSE: Final = re.compile(r" (?:from|at|@|via|\||·|–|—|-) ")


def accepts(document: Document) -> bool:
    """Whether this is a message: declared as one, or beginning with headers that only programs write."""
    if document.media_type in MEDIA_TYPES:
        return True
    start = document.body[:65_536].replace(b"\r\n", b"\n").lstrip()
    head = start.partition(b"\n\n")[0] + b"\n"
    return document.media_type in {"", "text/plain"} and bool(_HEADER.match(head)) and bool(_BY_PROGRAMS.search(head))


def read(document: Document, faults: list[Fault] | None = None) -> list[Article]:
    """Read the article of a message; of one that holds others, as a forward or a digest does, the article of each.

    Raises GatherError beyond 200 parts, and as the readers of HTML and of text do.
    """
    body = document.body.lower()
    # A part without headers has no more than where it begins; so has a line of hyphens in a text.
    starts = sum(body.count(end + b"--") for end in (b"\n", b"\r")) if b"boundary" in body else 0
    if body.count(b"content-type:") > MOST_PARTS or starts > 10 * MOST_PARTS:
        raise GatherError(
            f"the message has more than {MOST_PARTS} parts", hint="Save its text as a file, and add that."
        )
    message = message_from_bytes(document.body.lstrip(), policy=policy.compat32)
    if archived := _find_archived_page(message, document):
        return office.read(archived, faults) if office.accepts(archived) else page.read(archived, faults)
    return [article for one in _find_messages(message, MOST_INNER) for article in _read_halves(one, document, faults)]


def _find_archived_page(message: Message, whole: Document) -> Document | None:
    """Find the page that a browser saved as one file (MHTML, RFC 2557): HTML that says where it was, sent to nobody."""
    if message.get_content_type() != "multipart/related" or message["To"] or message["Received"]:
        return None
    for part in message.walk():
        payload = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(payload, bytes) and (part["Content-Location"] or message["Snapshot-Content-Location"]):
            url = _read_header(part, "Content-Location") or _read_header(message, "Snapshot-Content-Location")
            found_at = whole.url or (url if links.is_web_address(url) else "")
            named = str(part.get_param("charset") or "")
            return replace(whole, url=found_at, media_type="text/html", charset=named, body=payload)
    return None


def _find_messages(message: Message, most: int) -> Iterator[Message]:
    """Find the messages that were forwarded whole, else this one."""
    inner = list(_find_inner(message)) if most else []
    yield from (found for one in inner for found in _find_messages(one, most - 1))
    if not inner:
        yield message


def _find_inner(message: Message) -> Iterator[Message]:
    for part in _list_parts(message):
        if part.get_content_type() == "message/rfc822":
            yield from _list_parts(part)
        elif part.is_multipart():
            yield from _find_inner(part)


def _list_parts(message: Message) -> list[Message]:
    # Asked of a text, get_payload decodes it, and fails where its encoding has no name that a name can be.
    parts = message.get_payload() if message.is_multipart() else ()
    return [part for part in parts if isinstance(part, Message)]


def _read_halves(message: Message, whole: Document, faults: list[Fault] | None) -> Iterator[Article]:
    given = _read_headers(message)
    parts = [part for part in message.walk() if not part.is_multipart() and not part.get_filename()]
    halves = {kind: _join_parts(parts, kind, whole) for kind in ("text/html", "text/plain")}
    if halves["text/html"].body:
        is_reply = mail_frame.is_reply(_read_header(message, "Subject"))
        article = newsletter.read_letter(html_tree.parse_page(halves["text/html"]), given, whole.url, is_reply=is_reply)
        if article.content:
            yield article
            return
    sent = given.published.isoformat() if given.published else ""
    written = f"Date: {sent}\nSubject: {given.title}\n\n{charset.decode_document(halves['text/plain'])}"
    plain = replace(halves["text/plain"], received=given.published, body=written.encode())
    for article in text.read(plain, faults):
        day = article.published or given.published
        yield newsletter.credit_sender(replace(article, url=article.url or given.url, published=day), given)


def _join_parts(parts: Iterable[Message], kind: str, whole: Document) -> Document:
    """Join the parts of a kind to one document in UTF-8; mail programs cut a text at each picture in it."""
    written = []
    for part in parts:
        payload = part.get_payload(decode=True) if part.get_content_type() == kind else None
        if isinstance(payload, bytes):
            named = str(part.get_param("charset") or "")
            written.append(charset.decode_document(replace(whole, media_type=kind, charset=named, body=payload)))
    return replace(whole, media_type=kind, charset="utf-8", body="\n".join(written).encode())


def _read_headers(message: Message) -> Article:
    """Read what the headers say: subject, day, sender, the list as its source, and where it stands on the web."""
    sender = _read_header(message, "From")
    name, house = _split_sender(mail_frame.clean_sender(sender))
    mailbox = next((one for _, one in people.split_mailboxes(sender)), "")
    listed, bracket, _ = _read_header(message, "List-Id").partition("<")
    is_named = bool(bracket) and not re.search(r"\d", listed)  # Mailchimp numbers its lists
    url = next(filter(None, (_find_web_address(message, name) for name in _ADDRESSES)), "")
    return Article(
        title=mail_frame.strip_subject(_read_header(message, "Subject")),
        authors=contacts.make_sender(name, mailbox),
        certainty="unknown",
        source=Source(title=(listed.strip(' "') if is_named else "") or house),
        published=moments.parse_date(_read_header(message, "Date")),
        url=url,
        language=_read_header(message, "Content-Language").partition(",")[0].strip(),
    )


def _split_sender(sender: str) -> tuple[str, str]:
    """Split “Ada Example from The Slow Letter” into a name and a house; without one, all of it is the name."""
    name, *house = _HOUSE.split(sender, maxsplit=1)
    return (name, house[0].strip()) if house and name else (sender, "")


def _find_web_address(message: Message, name: str) -> str:
    """Find the address of one article in a header; a list's front page or archive is none."""
    match = re.search(r"<(https?://[^<>\s]+)>", _read_header(message, name)) or re.match(
        r"(https?://\S+)$", _read_header(message, name)
    )
    url = match[1] if match else ""
    return url if re.match(r"https?://[^/?#]+/(?!archives?/?$)[^?#]", url) else ""


def _read_header(message: Message, name: str) -> str:
    """Return a header decoded (RFC 2047), on one line; empty when there is none."""
    try:
        pieces = decode_header(message.get(name, ""))
    except (HeaderParseError, ValueError):
        return ""
    decoded = (
        charset.decode_document(Document(url="", media_type="text/plain", charset=named or "", body=piece))
        if isinstance(piece, bytes)
        else piece
        for piece, named in pieces
    )
    return " ".join(_UNDECODED.sub("", html.remove_illegal_characters("".join(decoded))).split())
