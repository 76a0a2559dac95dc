"""The rows of the subscribers' file: each function is part of somebody's transaction."""

import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from dispatch.databases import SqlConnection
from dispatch.errors import DeliveryError
from dispatch.mail_addresses import fold_mailbox, parse_mailbox
from dispatch.model import Consent, ConsentKind, NoticeKind, Subscriber, SubscriberState, SuppressionReason

ConsentValues: TypeAlias = tuple[int, ConsentKind, str, int, int, str]  # at, what, how, words, batch, ip
LIST = ""  # there is one list of subscribers yet
FORM = "the form at "  # with what begins how somebody came who signed up on a page

_PERSON = "SELECT number, email, state, since, name, language FROM subscriber WHERE list = ? AND same = ?"


def parse_address(email: str) -> str:
    """Parse a mail address that somebody has typed. Raises DeliveryError."""
    try:
        return parse_mailbox(email)
    except ValueError as error:
        raise DeliveryError(f"“{email}” is no mail address: {error}") from error


def find_person(connection: SqlConnection, email: str) -> Subscriber | None:
    """Find who has an address. Raises DeliveryError when it is none."""
    row = connection.execute(_PERSON, (LIST, fold_mailbox(parse_address(email)))).fetchone()
    return make_person(connection, row) if row else None


def make_person(connection: SqlConnection, row: tuple[int, str, SubscriberState, int, str, str]) -> Subscriber:
    """Make a subscriber of number, email, state, since, name, language."""
    number, email, state, since, name, language = row
    tags = connection.execute("SELECT tag FROM tag WHERE subscriber = ? ORDER BY tag", (number,))
    return Subscriber(
        number=number,
        email=email,
        state=state,
        since=to_moment(since),
        name=name,
        language=language,
        tags=tuple(tag for (tag,) in tags),
    )


def insert_person(
    connection: SqlConnection,
    email: str,
    name: str,
    state: SubscriberState,
    language: str,
    since: datetime,
    *,
    same: str = "",
) -> int:
    """Insert somebody with an address that was parsed; return the number. same: the folded address, if it is known."""
    same = same or fold_mailbox(email)
    values = (secrets.token_bytes(8), LIST, email, same, name, state, language, to_seconds(since))
    return insert_row(
        connection,
        "INSERT INTO subscriber (key, list, email, same, name, state, language, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *values,
    )


def insert_row(connection: SqlConnection, statement: str, *values: object) -> int:
    """Insert a row, and return the number that it was given."""
    number: int = connection.execute(f"{statement} RETURNING number", values).fetchone()[0]
    return number


def set_state(
    connection: SqlConnection, number: int, state: SubscriberState, now: datetime, how: str, batch: int = 0
) -> None:
    """Let somebody leave, or be suppressed, and record it."""
    connection.execute("UPDATE subscriber SET state = ? WHERE number = ?", (state, number))
    record_consent(connection, number, now, "left" if state == "left" else "suppressed", how, "", batch)


def record_consent(
    connection: SqlConnection,
    number: int,
    now: datetime,
    what: ConsentKind,
    how: str,
    words: str,
    batch: int = 0,
    ip: str = "",
) -> None:
    """Record what somebody said or did; the same words are kept once."""
    insert_consent(connection, number, (to_seconds(now), what, how, find_words(connection, words), batch, ip))


def insert_consent(connection: SqlConnection, number: int, values: ConsentValues) -> None:
    """Insert what somebody said or did, whose words are kept already."""
    connection.execute(
        "INSERT INTO consent (subscriber, at, what, how, words, batch, ip) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, *values),
    )


def find_words(connection: SqlConnection, words: str) -> int:
    """Find the number of words that somebody agreed to; 0 for none. New ones are kept."""
    if not words:
        return 0
    known = connection.execute("SELECT number FROM words WHERE text = ?", (words,)).fetchone()
    return known[0] if known else insert_row(connection, "INSERT INTO words (text) VALUES (?)", words)


def has_suppressions(connection: SqlConnection) -> bool:
    """Whether any address must not be written to."""
    return connection.execute("SELECT 1 FROM suppression LIMIT 1").fetchone() is not None


def add_tags(connection: SqlConnection, number: int, tags: Sequence[str]) -> None:
    """Give somebody words of the publication's own."""
    for one in tags:
        connection.execute("INSERT INTO tag VALUES (?, ?) ON CONFLICT DO NOTHING", (number, one))


def delete_people(connection: SqlConnection, numbers: Iterable[int]) -> None:
    """Delete all that is known of people."""
    for number in numbers:
        connection.execute("DELETE FROM tag WHERE subscriber = ?", (number,))
        connection.execute("DELETE FROM consent WHERE subscriber = ?", (number,))
        connection.execute("DELETE FROM notice WHERE subscriber = ?", (number,))
        # What became of messages stays countable, without a word that could name anybody; what is due is not sent.
        connection.execute(
            "UPDATE delivery SET reply = '', state = CASE WHEN state IN ('planned', 'deferred') THEN 'cancelled'"
            " ELSE state END"
            " WHERE subscriber = ?",
            (number,),
        )
        connection.execute("UPDATE report SET detail = '' WHERE subscriber = ?", (number,))
        connection.execute("DELETE FROM subscriber WHERE number = ?", (number,))


def keep_proof(connection: SqlConnection, person: Subscriber, now: datetime, key: bytes) -> None:
    """Keep how somebody agreed who is about to be erased, by a digest of the address alone."""
    connection.execute(
        "INSERT INTO proof (digest, erased, at, what, how, words)"
        " SELECT ?, ?, at, what, how, words FROM consent WHERE subscriber = ?",
        (digest_address(fold_mailbox(person.email), key), to_seconds(now), person.number),
    )


def list_proofs(connection: SqlConnection, same: str, key: bytes) -> list[Consent]:
    """List how whoever had a folded address had agreed, of those who were erased."""
    found = connection.execute(
        "SELECT at, what, how, coalesce(text, '') FROM proof LEFT JOIN words ON words.number = proof.words"
        " WHERE digest = ? ORDER BY at",
        (digest_address(same, key),),
    )
    return [Consent(at=to_moment(at), what=what, how=how, words=words) for at, what, how, words in found]


def find_last_accepted(connection: SqlConnection, number: int) -> datetime | None:
    """Find when a server last took an issue for somebody; None when none did."""
    found: tuple[int] = connection.execute(
        "SELECT coalesce(max(at), 0) FROM (SELECT at FROM delivery WHERE subscriber = ?"
        " AND state IN ('accepted', 'delivered') UNION ALL SELECT reached FROM subscriber WHERE number = ?) AS every",
        (number, number),
    ).fetchone()
    return to_moment(found[0]) if found[0] else None


def add_notice(
    connection: SqlConnection, kind: NoticeKind, email: str, message: bytes, now: datetime, *, subscriber: int = 0
) -> int:
    """Put a finished message in the way to one reader, in the transaction that causes it; return its number.

    It is sent as it is, but for its Date, which is the moment of sending.
    """
    values = (kind, subscriber, email, message, to_seconds(now), "planned")
    return insert_row(
        connection,
        "INSERT INTO notice (kind, subscriber, email, message, made, state) VALUES (?, ?, ?, ?, ?, ?)",
        *values,
    )


def find_person_key(connection: SqlConnection, number: int) -> bytes:
    """Find the key by which others know a subscriber: what tokens are made of."""
    found: tuple[bytes] = connection.execute("SELECT key FROM subscriber WHERE number = ?", (number,)).fetchone()
    return found[0]


def find_person_by_number(connection: SqlConnection, number: int) -> Subscriber | None:
    """Find the subscriber of a delivery; None when they were erased."""
    row = connection.execute(
        "SELECT number, email, state, since, name, language FROM subscriber WHERE number = ?", (number,)
    ).fetchone()
    return make_person(connection, row) if row else None


def find_person_by_key(connection: SqlConnection, key: bytes) -> Subscriber | None:
    """Find the subscriber of a token; None when they were erased."""
    row = connection.execute(
        "SELECT number, email, state, since, name, language FROM subscriber WHERE key = ?", (key,)
    ).fetchone()
    return make_person(connection, row) if row else None


def add_suppression(connection: SqlConnection, same: str, reason: SuppressionReason, now: datetime, key: bytes) -> bool:
    """Suppress a folded address, and return whether it was not suppressed before."""
    row = (digest_address(same, key), reason, to_seconds(now))
    new = "INSERT INTO suppression VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    return bool(connection.execute(new, row).rowcount)


def find_suppression(connection: SqlConnection, same: str, key: bytes) -> SuppressionReason | None:
    """Find why a folded address must not be written to; None when it may."""
    found: tuple[SuppressionReason] | None = connection.execute(
        "SELECT reason FROM suppression WHERE digest = ?", (digest_address(same, key),)
    ).fetchone()
    return found[0] if found else None


def digest_address(same: str, key: bytes) -> bytes:
    """Digest a folded address with the publication's key (HMAC-SHA256, the first 16 bytes)."""
    return hmac.digest(key, b"suppression\0" + same.encode(), "sha256")[:16]


def to_seconds(moment: datetime) -> int:
    """Convert a moment to what the file holds."""
    return int(moment.timestamp())


def to_moment(seconds: int) -> datetime:
    """Convert what the file holds to a moment, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
