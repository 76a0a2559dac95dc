"""What a mail server says, however it comes: in pieces, in many lines, or as nothing that SMTP knows."""

import select
import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deliver.desks import make_wire, send
from dispatch.smtp.wire import Wire, WireReply
from dispatch.subscribers import deliveries
from dispatch.subscribers.database import DATABASE
from mail_sink import mail_sink
from patience import PATIENCE


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    """Our end of a connection, and the server's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        session = smtplib.SMTP()
        session.sock = socket.create_connection(server.getsockname())
        far, _ = server.accept()
        with session.sock, far:
            far.settimeout(PATIENCE)
            yield Wire(session), far


def test_a_reply_in_pieces_is_read_when_it_is_whole(ends: tuple[Wire, socket.socket]) -> None:
    wire, far = ends
    replies: list[WireReply] = []
    for piece in (b"25", b"0-2.1.0 Ok\r", b"\n250 ", b"more\r\n354 Go\r\n25"):
        far.send(piece)
        assert select.select([wire], [], [], PATIENCE)[0]
        wire.exchange_octets()
        replies += iter(wire.parse_reply, None)
    assert replies == [WireReply(250, "250 2.1.0 Ok more"), WireReply(354, "354 Go")]


def test_what_the_connection_does_not_take_at_once_is_sent_later(ends: tuple[Wire, socket.socket]) -> None:
    wire, far = ends
    octets = bytes(range(256)) * 80_000
    wire.send_octets(octets)
    assert wire.parse_reply() is None
    received = bytearray()
    while len(received) < len(octets):
        received += far.recv(1 << 20)
        wire.exchange_octets()
    assert received == octets
    assert wire.error is None


REPLIES = {
    b"250-2.0.0 Ok:\r\n250 queued   as 1": ("accepted", "250 2.0.0 Ok: queued as 1"),
    b"250": ("accepted", "250"),
    b"Hello": ("unknown", "the connection was lost after the text"),
    b"150 2.0.0 Ok": ("unknown", "the connection was lost after the text"),
    b"\xd9\xa2\xd9\xa5\xd9\xa0 Ok": ("unknown", "the connection was lost after the text"),
    b"2" * 20_000: ("unknown", "the connection was lost after the text"),
}


@pytest.mark.parametrize("reply", REPLIES, ids=range(len(REPLIES)))
def test_what_is_no_reply_is_no_outcome(tmp_path: Path, reply: bytes) -> None:
    wire = make_wire(tmp_path, 2, connections=1)
    with mail_sink(fault=lambda at, _to, count: reply if at == "accepted" and count == 1 else "") as sink:
        send(wire, sink.url)
    with DATABASE.open_connection(tmp_path) as connection:
        first, second = deliveries.list_deliveries(connection, 1)
    assert (first.state, first.reply) == REPLIES[reply]
    assert second.state == "accepted"
