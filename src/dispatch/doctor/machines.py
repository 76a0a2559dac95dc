"""What the store of subscribers, the mail server and the pages by which readers leave are like."""

import ipaddress
import secrets
import shutil
import smtplib
import socket
import ssl
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dispatch import tokens, trust
from dispatch.checks.sending import ServerFacts, StoreFacts, WayBackFacts
from dispatch.doctor.names import list_unnamed
from dispatch.errors import DispatchError, GatherError
from dispatch.fetch import Client, post_form
from dispatch.resolver import Resolver
from dispatch.smtp import Submission
from dispatch.subscribers.backup import MADE
from dispatch.subscribers.database import DATABASE, inspect_file
from dispatch.subscribers.deliveries import count_marks, read_meta
from dispatch.subscribers.high_water import name_place, read_marks
from dispatch.subscribers.rounds import count_at_large, measure_largest
from dispatch.subscribers.rows import to_moment

_SECONDS: Final = 20.0
_NOBODY: Final = bytes(8)  # the key of a subscriber that there is not
STORE: Final = DATABASE.file


def look_at_store(root: Path, now: datetime) -> StoreFacts | None:
    """Look at the file of the subscribers; None when there is none. Raises DeliveryError when it cannot be opened."""
    found = inspect_file(root)
    if found is None:
        return None
    damage, is_durable = found
    status = (root / STORE).stat()
    facts = StoreFacts(
        file=STORE.as_posix(),
        mode=-1 if sys.platform == "win32" else status.st_mode & 0o777,
        damage=damage,
        is_durable=is_durable,
        size=status.st_size,
        free=shutil.disk_usage(root).free,
    )
    return facts if damage else _look_into_store(root, facts, now)


def _look_into_store(root: Path, facts: StoreFacts, now: datetime) -> StoreFacts:
    """Look at what a whole store knows of itself."""
    with DATABASE.open_connection(root, only_reads=True) as connection:
        made, place = read_meta(connection, MADE), read_meta(connection, "host")
        return replace(
            facts,
            backup_days=(now - to_moment(int(made))).days if made else None,
            is_old_copy=read_marks(root) > count_marks(connection),
            is_moved=place not in ("", name_place(root)),
        )


def look_at_rounds(root: Path) -> tuple[int, int]:
    """Count who gets issues at one of the largest providers, and measure the largest message that waits, in bytes."""
    if not DATABASE.is_begun(root):
        return 0, 0
    with DATABASE.open_connection(root, only_reads=True) as connection:
        return count_at_large(connection), measure_largest(connection)


def look_at_server(server: Submission, resolver: Resolver | None, now: datetime) -> tuple[ServerFacts, tuple[str, ...]]:
    """Connect to the mail server, encrypt and log in, send nothing; return what it is like, and its own addresses.

    Of a server on this machine no address is known from which mail leaves.
    """
    try:
        session = server.open_session()
    except DispatchError as error:
        return ServerFacts(name=server.name, fault=error.what), ()
    except (OSError, smtplib.SMTPException) as error:
        return ServerFacts(name=server.name, fault=_explain(error)), ()
    try:
        sock = session.sock
        address = str(sock.getpeername()[0]).partition("%")[0] if sock else ""
        is_local = ipaddress.ip_address(address).is_loopback if address else False
        features = session.esmtp_features
        size = features.get("size", "").split(" ")[0]
        addresses = () if is_local else (address,)
        facts = ServerFacts(
            name=server.name,
            tls=(sock.version() or "") if isinstance(sock, ssl.SSLSocket) else "",
            days_left=_count_days(sock, now) if isinstance(sock, ssl.SSLSocket) else None,
            is_pipelining="pipelining" in features,
            most_bytes=int(size) if size.isascii() and size.isdigit() else 0,
            is_local=is_local,
            unnamed=list_unnamed(addresses, resolver) if resolver else (),
        )
    finally:
        _say_goodbye(session)
    return facts, addresses


def look_at_way_back(pages: str, keys: Sequence[bytes], now: datetime, *, user_agent: str) -> WayBackFacts:
    """Ask the pages by which readers leave whether they are this store's, and let nobody leave by one click."""
    nonce = secrets.token_hex(16)
    try:
        answer = Client(user_agent=user_agent, allow_private=True, seconds=_SECONDS).get(f"{pages}here?nonce={nonce}")
    except GatherError as error:
        return WayBackFacts(url=pages, state="silent", detail=error.what)
    signature = answer.document.body.decode("ascii", "replace").strip()
    if answer.status != 200:
        return WayBackFacts(url=pages, state="silent", detail=f"status {answer.status}")
    return WayBackFacts(
        url=pages,
        state="ours" if tokens.is_signed(nonce, signature, "here", keys) else "foreign",
        drift=_measure_drift(answer.date, now),
        days_left=_count_page_days(pages, now),
        refusal=_try_one_click(pages, keys, user_agent),
    )


def _try_one_click(pages: str, keys: Sequence[bytes], user_agent: str) -> str:
    """Leave as mail programs do (RFC 8058), for a reader that there is not; return what was wrong with the answer."""
    token = tokens.write_token(tokens.ReaderToken(subscriber=_NOBODY), "leave", keys)
    click = [("List-Unsubscribe", "One-Click")]
    try:
        reply = post_form(
            f"{pages}leave/{token}", click, user_agent=user_agent, allow_private=True, seconds=_SECONDS, pauses=()
        )
    except GatherError as error:
        return error.what
    if reply.hops:
        return "it is led elsewhere"
    return "" if reply.status == 200 else f"status {reply.status}"


def _count_page_days(pages: str, now: datetime) -> int | None:
    """Count for how many days the certificate of the pages is valid; None where there is none."""
    parts = urlsplit(pages)
    if parts.scheme != "https" or not parts.hostname:
        return None
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), timeout=_SECONDS) as line,
            trust.prepare_tls()().wrap_socket(line, server_hostname=parts.hostname) as sock,
        ):
            return _count_days(sock, now)
    except OSError:
        return None


def _measure_drift(date: str, now: datetime) -> int | None:
    try:
        return int((parsedate_to_datetime(date) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _count_days(sock: ssl.SSLSocket, now: datetime) -> int | None:
    certificate = sock.getpeercert() or {}
    ends = certificate.get("notAfter")
    if not isinstance(ends, str):
        return None
    return (datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) - now).days


def _explain(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answers {error.smtp_code}"
    if isinstance(error, socket.gaierror):
        return "there is no host of that name"
    return str(getattr(error, "strerror", "") or error or "no answer").lower()


def _say_goodbye(session: smtplib.SMTP) -> None:
    try:
        session.quit()
    except (OSError, smtplib.SMTPException):
        session.close()
