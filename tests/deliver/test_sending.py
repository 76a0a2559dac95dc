"""A round over a real conversation: each gets one message, and what went wrong is known of each."""

import gc
import sqlite3
import sys
import threading
from collections import Counter
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from deliver.desks import ISSUE, LATER, NOW, QUICK, Clock, addresses_in, make_wire, open_desk, send, states
from dispatch import config, ledger, subscribers
from dispatch.errors import DeliveryError, LockedError
from dispatch.formats.prepared import PreparedMessage
from mail_sink import DROP, HANG, Step, mail_sink
from postgres_server import on_a_file, on_both

pytestmark = on_both


@pytest.mark.parametrize("extensions", [("PIPELINING", "SIZE 1000000"), ()])
@pytest.mark.parametrize("connections", [1, 5])
def test_each_gets_one_message_of_their_own(tmp_path: Path, extensions: tuple[str, ...], connections: int) -> None:
    wire = make_wire(tmp_path, 230, connections=connections)
    with mail_sink(extensions=extensions) as sink:
        report = send(wire, sink.url)
    assert report.states == {"accepted": 230}
    assert report.left == 0
    assert sorted(sink.recipients()) == sorted(f"reader-{n}@paper.example" for n in range(1, 231))
    read = [message_from_bytes(one.octets, policy=policy.default) for one in sink.taken]
    assert all(str(m["To"]) == one.recipient for m, one in zip(read, sink.taken, strict=True))
    assert len({str(m["Message-ID"]) for m in read}) == 230
    assert len({one.sender for one in sink.taken}) == 230
    assert all(one.sender == f"bounces+{m['X-Dispatch']}@wire.example" for m, one in zip(read, sink.taken, strict=True))
    kinds = [one.kind for one in ledger.read_records(wire) if one.id == ISSUE.id]
    assert kinds == ["round", "sent"]


def test_a_second_time_sends_nothing(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 3)
    with mail_sink() as sink:
        send(wire, sink.url)
        assert send(wire, sink.url).states == {"accepted": 3}
        assert len(sink.taken) == 3


REFUSALS = {
    b"550 5.1.1 No such user": {"failed": 1, "accepted": 9},
    b"450 4.2.0 Greylisted": {"deferred": 1, "accepted": 9},
    b"552 5.2.2 Mailbox full": {"deferred": 1, "accepted": 9},
}


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
@pytest.mark.parametrize("step", ["RCPT", "DATA", "text"])
@pytest.mark.parametrize("reply", REFUSALS)
def test_what_the_server_refuses_is_known_and_the_others_go_out(
    tmp_path: Path, extensions: tuple[str, ...], step: Step, reply: bytes
) -> None:
    def refuse(at: Step, recipient: str, _count: int) -> bytes | str:
        return reply if at == step and recipient.startswith("reader-4@") else ""

    wire, clock = make_wire(tmp_path, 10, connections=2), Clock()
    with mail_sink(extensions=extensions, fault=refuse) as sink:
        report = send(wire, sink.url, clock=clock)
        assert report.states == REFUSALS[reply]
        assert Counter(sink.recipients()).most_common(1)[0][1] == 1
        clock.now += LATER
        sink.fault = lambda _at, _recipient, _count: ""
        report = send(wire, sink.url, clock=clock)
    assert report.states == ({"accepted": 10} if "deferred" in REFUSALS[reply] else REFUSALS[reply])
    assert Counter(sink.recipients()).most_common(1)[0][1] == 1


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
@pytest.mark.parametrize(
    ("step", "in_doubt"),
    [("connect", 0), ("EHLO", 0), ("MAIL", 0), ("RCPT", 0), ("DATA", 0), ("in text", 1), ("text", 1), ("accepted", 1)],
)
def test_a_lost_connection_leaves_at_most_one_in_doubt_and_nobody_twice(
    tmp_path: Path, extensions: tuple[str, ...], step: Step, in_doubt: int
) -> None:
    wire = make_wire(tmp_path, 20, connections=1)
    with mail_sink(extensions=extensions, fault=lambda at, _to, n: DROP if at == step and n == 2 else "") as sink:
        sink.fault = lambda at, _to, n: DROP if at == step and n == (1 if step in ("connect", "EHLO") else 7) else ""
        report = send(wire, sink.url)
        taken = Counter(sink.recipients())
        assert report.states == ({"accepted": 20 - in_doubt} | ({"unknown": 1} if in_doubt else {}))
        assert max(taken.values()) == 1
        doubted = addresses_in(wire, "unknown")
        assert {f"reader-{n}@paper.example" for n in range(1, 21)} == {*taken, *doubted}
        assert (doubted == ["reader-7@paper.example"]) == bool(in_doubt)
        assert send(wire, sink.url).states == report.states  # what is in doubt is not sent again by itself


def test_a_server_that_hangs_after_the_text_leaves_one_in_doubt(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 3, connections=1)

    def hang(at: Step, to: str, _count: int) -> bytes | str | None:
        return HANG if at == "text" and to.startswith("reader-2@") else ""

    with mail_sink(fault=hang) as sink:
        report = send(wire, sink.url, timeouts=replace(QUICK, after_text=0.5))
    assert report.states == {"accepted": 2, "unknown": 1}
    assert addresses_in(wire, "unknown") == ["reader-2@paper.example"]


def test_who_leaves_during_a_round_gets_nothing_more(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 50, connections=1)
    gone = {f"reader-{n}@paper.example" for n in range(30, 36)}

    def leave(done: int) -> None:
        if done == 10:
            with subscribers.open_store(wire) as store:
                for one in sorted(gone - {"reader-35@paper.example"}):
                    store.remove(one, NOW)
                store.suppress(["reader-35@paper.example"], NOW)

    with mail_sink() as sink:
        report = send(wire, sink.url, on_progress=leave)
    assert report.states == {"accepted": 44, "cancelled": 5, "suppressed": 1}
    assert not gone & set(sink.recipients())
    assert len(sink.taken) == 44


def test_what_is_stopped_goes_on_later(tmp_path: Path) -> None:
    wire, stop = make_wire(tmp_path, 60, connections=3), threading.Event()
    with mail_sink() as sink:
        report = send(wire, sink.url, stop=stop, on_progress=lambda done: stop.set() if done >= 20 else None)
        assert report.states["accepted"] + report.states["planned"] == 60
        assert 0 < report.states["planned"] <= 40
        assert send(wire, sink.url).states == {"accepted": 60}
        assert len(set(sink.recipients())) == len(sink.taken) == 60


def test_a_server_that_refuses_the_sender_holds_the_round(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 40, connections=2)
    with mail_sink(fault=lambda at, _to, n: b"550 5.7.1 Not from you" if at == "text" and n > 5 else "") as sink:
        report = send(wire, sink.url)
        assert report.held_because == "550 5.7.1 Not from you"
        assert report.states["accepted"] == 5
        # Three in a row stop it. One that is told before the last accepted one does not count; each of the two
        # connections may report in the same moment, and have another one on its way.
        assert report.states["deferred"] <= 1 + (3 - 1) + 2 + 2
        assert report.states["planned"] >= 28


def test_a_server_that_is_not_there_costs_nobody_a_message(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 5, connections=2)
    with mail_sink() as sink:
        port = sink.port
    report = send(wire, f"smtp://127.0.0.1:{port}")
    assert "cannot be reached" in report.lost_because
    assert report.states == {"planned": 5}
    with mail_sink(port=port) as sink:
        assert send(wire, sink.url).states == {"accepted": 5}


def test_rate_and_daily_cap_are_kept(tmp_path: Path) -> None:
    wire, clock = make_wire(tmp_path, 12, connections=3, rate="100/s", daily=5), Clock()
    with mail_sink() as sink:
        report = send(wire, sink.url, clock=clock)
        assert (report.states, report.is_spent) == ({"accepted": 5, "planned": 7}, True)
        report = send(wire, sink.url, clock=clock)
        assert (report.states, report.lost_because) == ({"accepted": 5, "planned": 7}, "")
        clock.now += LATER + LATER
        assert send(wire, sink.url, clock=clock).states == {"accepted": 10, "planned": 2}


@on_a_file
def test_two_senders_are_one_too_many(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 1)
    with open_desk(wire), pytest.raises(LockedError, match="dispatch send on"), open_desk(wire):
        pass


@on_a_file
def test_an_old_copy_of_the_store_is_refused(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 30, connections=1)
    store = tmp_path / ".dispatch" / "subscribers.sqlite"
    with mail_sink() as sink:
        stop = threading.Event()
        send(wire, sink.url, stop=stop, on_progress=lambda done: stop.set() if done >= 10 else None)
        with closing(sqlite3.connect(store)) as one, closing(sqlite3.connect(tmp_path / "copy")) as other:
            one.backup(other)
        send(wire, sink.url)
        store.write_bytes((tmp_path / "copy").read_bytes())
        store.with_name("subscribers.sqlite-wal").unlink(missing_ok=True)
        with pytest.raises(DeliveryError, match="an old copy was put back"):
            send(wire, sink.url)
        assert len(sink.taken) == 30


@on_a_file
def test_another_store_does_not_send_what_this_one_has_begun(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 3)
    with mail_sink() as sink:
        send(wire, sink.url)
        for name in ("subscribers.sqlite", "high-water"):
            (tmp_path / ".dispatch" / name).unlink()
        with subscribers.open_store(wire) as store:
            store.add("ann@paper.example", NOW, words="x")
        with pytest.raises(DeliveryError, match="was sent on 2026-11-28"):
            send(wire, sink.url)


@on_a_file
def test_a_moved_folder_is_refused_until_somebody_means_it(tmp_path: Path) -> None:
    make_wire(tmp_path / "one", 1)
    with open_desk(make_wire(tmp_path / "two", 1)):
        pass
    (tmp_path / "two").rename(tmp_path / "three")
    moved = config.load(tmp_path / "three")
    with pytest.raises(DeliveryError, match="in another folder"), open_desk(moved):
        pass
    with open_desk(moved, takes_over=True):
        pass
    with open_desk(moved):
        pass


def test_states_are_counted(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 2)
    with mail_sink() as sink:
        send(wire, sink.url)
    assert states(wire) == {"accepted": 2}


def test_what_is_in_doubt_is_sent_again_where_somebody_prefers_that(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 10, connections=1, unknown="resend")
    with mail_sink(fault=lambda at, _to, n: DROP if at == "accepted" and n == 4 else "") as sink:
        assert send(wire, sink.url).states == {"accepted": 9, "unknown": 1}
        assert send(wire, sink.url).states == {"accepted": 10}
        taken = Counter(sink.recipients())
        assert taken.pop("reader-4@paper.example") == 2
        assert set(taken.values()) == {1}
        twice = [one.octets for one in sink.taken if one.recipient == "reader-4@paper.example"]
        assert twice[0] == twice[1]  # one Message-ID: most mailboxes show it once
        assert send(wire, sink.url).states == {"accepted": 10}


@on_a_file
@pytest.mark.filterwarnings("error")
def test_a_connection_is_closed_whatever_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what nobody expects: here of a message that cannot be made."""
    wire = make_wire(tmp_path, 3, connections=1)
    told: list[sys.UnraisableHookArgs] = []

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(PreparedMessage, "fill_values", fail)
    with monkeypatch.context() as patched, mail_sink() as sink:
        patched.setattr(sys, "unraisablehook", told.append)
        with pytest.raises(ZeroDivisionError):
            send(wire, sink.url)
        gc.collect()
        assert [str(one.exc_value) for one in told] == []
