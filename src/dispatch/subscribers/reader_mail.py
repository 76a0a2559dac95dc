"""The mails that a page or a command causes: written in the transaction of what causes them, sent before all rounds."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from dispatch.databases import SqlConnection
from dispatch.derived import find_subscription_pages
from dispatch.formats.notices import NoticeWriter
from dispatch.formats.subscription_pages import SubscriptionPages
from dispatch.model import Link, NoticeKind, Publication, Subscriber
from dispatch.subscribers import rows
from dispatch.tokens import ReaderToken, write_token

CONFIRMS = timedelta(hours=72)
CHANGES = timedelta(hours=1)
_AGAIN = ((timedelta(days=1), 1), (timedelta(days=30), 3))  # mails of one kind to one reader
_HOURLY = 200  # mails that strangers can cause
_MOST_MOVES = 65_535  # a token has two bytes for the notice that it came with; 0 is none


@dataclass(frozen=True)
class ReaderMail:
    """Mails to single readers, each part of somebody's transaction."""

    publication: Publication
    connection: SqlConnection
    keys: Annotated[tuple[bytes, ...], "of tokens, the oldest first"]

    def is_flooded(self, now: datetime) -> bool:
        """Whether strangers have caused as many mails within the hour as they may."""
        since = rows.to_seconds(now - timedelta(hours=1))
        sent = "SELECT count(*) FROM notice WHERE kind IN ('confirm', 'preferences', 'move') AND made > ?"
        return bool(self.connection.execute(sent, (since,)).fetchone()[0] >= _HOURLY)

    def may_send(self, kind: NoticeKind, reader: Subscriber, now: datetime) -> bool:
        """Whether somebody may get another mail of a kind yet: one in 24 hours, three in 30 days."""
        sent = "SELECT count(*) FROM notice WHERE subscriber = ? AND kind = ? AND made > ?"
        return all(
            self.connection.execute(sent, (reader.number, kind, rows.to_seconds(now - span))).fetchone()[0] < most
            for span, most in _AGAIN
        )

    def send_confirmation(self, reader: Subscriber, now: datetime, kind: Literal["confirm", "ask"] = "confirm") -> None:
        """Ask somebody whether they want the newsletter; kind: whether it was they who asked for it, or an editor."""
        mail = self._make_writer(reader.email, now).write_confirmation(self._write_confirm_token(reader, now, 0))
        rows.add_notice(self.connection, kind, reader.email, mail, now, subscriber=reader.number)

    def send_welcome(self, reader: Subscriber, latest: Link | None, now: datetime) -> None:
        """Welcome somebody, with the newest issue."""
        mail = self._make_writer(reader.email, now).write_welcome(self.write_leave_token(reader), latest)
        rows.add_notice(self.connection, "welcome", reader.email, mail, now, subscriber=reader.number)

    def send_links(self, reader: Subscriber, now: datetime) -> None:
        """Send somebody the links to their own subscription, unless they have just got them."""
        if self.may_send("preferences", reader, now):
            token = ReaderToken(subscriber=self._find_reader_key(reader), expires=now + CHANGES)
            settings = write_token(token, "preferences", self.keys)
            mail = self._make_writer(reader.email, now).write_links(settings, self.write_leave_token(reader))
            rows.add_notice(self.connection, "preferences", reader.email, mail, now, subscriber=reader.number)

    def send_new_address(self, reader: Subscriber, address: str, now: datetime) -> None:
        """Ask whoever has a new address whether it is this reader's."""
        number = rows.add_notice(self.connection, "move", address, b"", now, subscriber=reader.number)
        token = self._write_confirm_token(reader, now, number % _MOST_MOVES + 1)
        mail = self._make_writer(address, now).write_new_address(token)
        self.connection.execute("UPDATE notice SET message = ? WHERE number = ?", (mail, number))

    def find_new_address(self, token: ReaderToken, now: datetime) -> str:
        """Find the address that a token is about, when it is about a new one; else nothing."""
        if not token.about:
            return ""
        values = (token.subscriber, _MOST_MOVES, token.about, rows.to_seconds(now - CONFIRMS))
        found: tuple[str] | None = self.connection.execute(
            "SELECT email FROM notice WHERE subscriber = (SELECT number FROM subscriber WHERE key = ?)"
            " AND kind = 'move' AND number % ? + 1 = ? AND made > ?",
            values,
        ).fetchone()
        return found[0] if found else ""

    def send_farewell(self, reader: Subscriber, now: datetime) -> None:
        """Tell the address that somebody had so far that there is another one."""
        mail = self._make_writer(reader.email, now).write_farewell()
        rows.add_notice(self.connection, "goodbye", reader.email, mail, now, subscriber=reader.number)

    def write_leave_token(self, reader: Subscriber) -> str:
        """Write the token of somebody's link to leave."""
        return write_token(ReaderToken(subscriber=self._find_reader_key(reader)), "leave", self.keys)

    def _write_confirm_token(self, reader: Subscriber, now: datetime, about: int) -> str:
        token = ReaderToken(subscriber=self._find_reader_key(reader), about=about, expires=now + CONFIRMS)
        return write_token(token, "confirm", self.keys)

    def _find_reader_key(self, reader: Subscriber) -> bytes:
        return rows.find_person_key(self.connection, reader.number)

    def _make_writer(self, to: str, now: datetime) -> NoticeWriter:
        pages = SubscriptionPages(self.publication, find_subscription_pages(self.publication))
        return NoticeWriter(pages=pages, to=to, now=now, name=secrets.token_hex(16))
