"""Leaving while a round goes out: nothing begins after the answer, and the answer does not wait for a slow server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deliver.desks import NOW, make_wire, send, states
from dispatch.model import Publication
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.subscriptions import Subscriptions, load_keys
from dispatch.tokens import ReaderToken, write_token
from mail_sink import MailSink, mail_sink
from patience import PATIENCE


class SlowRound:
    """A round whose server stops within the text to the second of six readers, until it is let go on."""

    def __init__(self, wire: Publication, sink: MailSink) -> None:
        self.wire = wire
        self.reached, self.go_on = threading.Event(), threading.Event()
        sink.fault = self.pause
        self.sender = threading.Thread(target=send, args=(wire, sink.url))
        self.sender.start()

    def pause(self, at: str, to: str, _count: int) -> str:
        if at == "in text" and to.startswith("reader-2@"):
            self.reached.set()
            self.go_on.wait(PATIENCE)
        return ""

    def leave(self, number: int, *, patience: float = 0.01) -> str:
        """Leave as a reader; return the state of the message to that reader when it is answered."""
        keys = load_keys(self.wire)
        with DATABASE.open_connection(self.wire.root) as connection:
            token = write_token(ReaderToken(subscriber=rows.find_person_key(connection, number)), "leave", keys)
            left = Subscriptions(self.wire, connection, keys, patience=patience).leave(token, NOW)
            assert left
            assert left.state == "left"
            state = "SELECT state FROM delivery WHERE subscriber = ?"
            return str(connection.execute(state, (number,)).fetchone()[0])


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as found:
        yield found


@contextmanager
def slow_round(root: Path, sink: MailSink) -> Iterator[SlowRound]:
    found = SlowRound(make_wire(root, 6, connections=1), sink)
    try:
        assert found.reached.wait(PATIENCE)
        yield found
    finally:
        found.go_on.set()
        found.sender.join(PATIENCE)


def test_nothing_begins_after_it_was_answered(tmp_path: Path, sink: MailSink) -> None:
    with slow_round(tmp_path, sink) as found:
        assert found.leave(1) == "accepted"
        assert found.leave(5) == "planned"
    assert states(found.wire) == {"accepted": 5, "cancelled": 1}
    assert "reader-5@paper.example" not in sink.recipients()


def test_it_is_answered_though_the_server_is_slow(tmp_path: Path, sink: MailSink) -> None:
    with slow_round(tmp_path, sink) as found:
        assert found.leave(2) == "sending"
        assert not found.go_on.is_set()
    assert states(found.wire) == {"accepted": 6}


def test_it_waits_for_a_message_that_has_begun(tmp_path: Path, sink: MailSink) -> None:
    with slow_round(tmp_path, sink) as found:
        threading.Timer(0.1, found.go_on.set).start()
        assert found.leave(2, patience=PATIENCE) == "accepted"


def test_a_page_waits_a_second() -> None:
    assert Subscriptions.patience == 1.0
