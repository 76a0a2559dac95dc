"""Several workers send one round from one PostgreSQL: nobody twice, nobody lost, whatever becomes of a worker."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from commands import run_dispatch
from deliver.desks import ISSUE, NOW, make_wire, open_desk, send
from deliver.test_crashes import (
    CONNECTIONS,
    KILLS,
    Sender,
    make_publication,
    plan_kill,
    read_states,
    require_promises,
    send_to_the_end,
)
from dispatch import config, tokens
from dispatch.deliver.budget import Budget
from dispatch.errors import DeliveryError
from dispatch.model import Publication
from dispatch.subscribers import deliveries, portions, retention, rounds, rows
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.subscriptions import load_keys, open_subscriptions
from mail_sink import MailSink, Step, mail_sink
from patience import PATIENCE
from postgres_server import on_a_server, on_both

PEOPLE = 900  # two portions
BEGIN = ("send", "bridges", "--yes", "--untested")
GO_ON = ("work", "--once")


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as found:
        yield found


def end_leases() -> None:
    """Let the time pass in which a worker that lives would have said so."""
    with psycopg.connect(os.environ["DISPATCH_STORE"], autocommit=True) as connection:
        connection.execute("UPDATE portion SET lease = 1 WHERE lease > 0")


def count_senders() -> int:
    """How many workers have a portion."""
    with psycopg.connect(os.environ["DISPATCH_STORE"], autocommit=True) as connection:
        found = connection.execute("SELECT count(DISTINCT epoch) FROM portion WHERE lease > 0").fetchone()
    assert found
    return int(found[0])


def stop_outside_of_a_transaction(worker: Sender) -> None:
    """In one, PostgreSQL ends it after some seconds; see test_postgres.py."""

    def is_stopped() -> bool:
        worker.process.send_signal(signal.SIGSTOP)
        with psycopg.connect(os.environ["DISPATCH_STORE"], autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_stat_activity WHERE state LIKE '%in transaction%'").fetchone()
        if found:
            worker.process.send_signal(signal.SIGCONT)
        return not found

    wait_for(is_stopped)


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def slow_down(_at: Step, _to: str, _count: int) -> str:
    time.sleep(0.001)  # so that there is something left to do for whoever comes later
    return ""


@on_a_server
def test_two_workers_one_killed_and_one_stopped_past_its_lease(tmp_path: Path, sink: MailSink) -> None:
    wire = make_publication(tmp_path, sink, PEOPLE)
    sink.fault = slow_down
    killed = stopped = Sender(wire, *BEGIN)
    try:
        wait_for(lambda: len(sink.taken) > 20)
        stopped = Sender(wire, *GO_ON)
        wait_for(lambda: count_senders() == 2)
        killed.kill()
        assert killed.wait()[0] == -signal.SIGKILL
        counts = require_promises(wire, sink, 2 * CONNECTIONS)
        assert counts["sending"] > 0
        reached, go_on = threading.Event(), threading.Event()

        def pause(at: Step, to: str, count: int) -> str:
            if at == "text":  # its text is here, and it has read no answer
                reached.set()
                go_on.wait(PATIENCE)
            return slow_down(at, to, count)

        sink.fault = pause
        assert reached.wait(PATIENCE)
        stop_outside_of_a_transaction(stopped)
        go_on.set()
        end_leases()
        code, said = Sender(wire, *GO_ON).wait()
        assert code == 0, said
        before = require_promises(wire, sink, 2 * CONNECTIONS)
        assert before["unknown"] > 0
        assert before["planned"] == 0
        stopped.process.send_signal(signal.SIGCONT)
        code, said = stopped.wait()
        assert code == 0, said
        counts = send_to_the_end(wire, sink, CONNECTIONS, PEOPLE)
        # Of those that the stopped one had on their way, it knows what became of them.
        assert counts["unknown"] <= CONNECTIONS
        assert counts["unknown"] < before["unknown"]
        doubts = run_dispatch(wire, "deliveries", "bridges", "--state", "unknown").stdout
        assert doubts.count("@paper.example") == counts["unknown"]
    finally:
        for one in (killed, stopped):
            one.kill()


@pytest.mark.skipif("DISPATCH_KILLS" not in os.environ, reason="make crash: it takes minutes")
@on_a_server
def test_both_workers_killed_again_and_again(tmp_path: Path, sink: MailSink) -> None:
    people, killed = 600 + 20 * KILLS, 0
    wire, chance = make_publication(tmp_path, sink, people), random.Random(KILLS)
    words: tuple[str, ...] = BEGIN
    while killed < KILLS:
        end_leases()
        trigger, first = plan_kill(sink, chance), Sender(wire, *words)
        wait_for(lambda one=first: count_senders() > 0 or one.process.poll() is not None)  # type: ignore[misc]
        second = Sender(wire, *GO_ON)
        trigger += [first.kill, second.kill]
        words, codes = GO_ON, (first.wait()[0], second.wait()[0])
        if -signal.SIGKILL not in codes:
            break
        killed += 1
        require_promises(wire, sink, 2 * CONNECTIONS * killed)
    sink.fault = lambda _at, _to, _count: ""
    end_leases()
    counts = send_to_the_end(wire, sink, 2 * CONNECTIONS * killed, people)
    print(
        f"{killed} kills of two workers, {people} readers: {counts['accepted']} accepted, {counts['unknown']} in doubt "
        f"({counts['unknown'] / max(1, killed):.1f} a kill), 0 twice, 0 lost"
    )
    assert killed


@on_a_server
def test_who_leaves_while_two_workers_send_gets_nothing_after_the_answer(tmp_path: Path, sink: MailSink) -> None:
    wire = make_publication(tmp_path, sink, PEOPLE)
    publication, arrived, left = config.load(wire), dict[str, float](), dict[str, float]()

    def note(at: Step, to: str, count: int) -> str:
        if at == "text":
            arrived[to] = time.monotonic()
        return slow_down(at, to, count)

    sink.fault = note
    workers = [Sender(wire, *BEGIN)]
    wait_for(lambda: len(sink.taken) > 20)
    workers.append(Sender(wire, *GO_ON))
    wait_for(lambda: count_senders() == 2)
    keys = load_keys(publication)
    with open_subscriptions(publication, keys) as store:
        for number in range(0, PEOPLE, 20):
            email = f"reader-{number}@paper.example"
            person = rows.find_person(store.connection, email)
            assert person
            key = rows.find_person_key(store.connection, person.number)
            token = tokens.write_token(tokens.ReaderToken(subscriber=key), "leave", keys)
            store.leave(token, datetime.now(UTC))
            left[email] = time.monotonic()
    for worker in workers:
        code, said = worker.wait()
        assert code in (0, 1), said
    end_leases()
    code, said = Sender(wire, *GO_ON).wait()
    assert code == 0, said
    assert {email: arrived[email] - moment for email, moment in left.items() if arrived.get(email, 0) > moment} == {}
    states = read_states(wire)
    gone = {email for email, state in states.items() if state == "cancelled"}
    assert len(gone) > 5
    assert gone == left.keys() - arrived.keys()
    assert {email for email, state in states.items() if state == "accepted"} == arrived.keys()
    assert len(sink.taken) == len(arrived)


def plan(wire: Publication) -> int:
    with open_desk(wire) as outbound:
        number = outbound.begin_round(ISSUE, outbound.prepare_message(ISSUE, NOW), NOW).number
        with DATABASE.begin_transaction(outbound.connection):
            rounds.plan_audience(outbound.connection, number)
    return number


@on_both
def test_a_portion_has_one_sender_and_the_day_is_shared(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 501)  # in two portions
    number = plan(wire)
    with DATABASE.open_connection(wire.root) as one, DATABASE.open_connection(wire.root) as other:
        first = portions.take_portion(one, number, 1, after=-1, daily=500, now=NOW)
        second = portions.take_portion(other, number, 2, after=-1, daily=500, now=NOW)
        assert first
        assert second
        assert (len(first.people), first.is_spent) == (499, False)
        assert (len(second.people), second.is_spent) == (1, True)
        assert portions.take_portion(other, number, 3, after=-1, daily=0, now=NOW) is None
        person = first.people[0].number
        assert deliveries.commit_steps(other, number, 2, [], [person], NOW) == [False]
        assert deliveries.commit_steps(one, number, 1, [], [person], NOW) == [True]
        portions.release_portions(other, number, 2)
        third = portions.take_portion(other, number, 3, after=-1, daily=0, now=NOW)
        assert third
        assert len(third.people) == 2


@on_both
def test_a_portion_whose_sender_is_gone_is_taken_up_and_late_evidence_counts(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 2)
    number = plan(wire)
    with DATABASE.open_connection(wire.root) as one, DATABASE.open_connection(wire.root) as other:
        epoch, _ = rounds.take_up_round(one, number, NOW, resends=False)
        found = portions.take_portion(one, number, epoch, after=-1, daily=0, now=NOW)
        assert found
        sent, waiting = (person.number for person in found.people)
        deliveries.commit_steps(one, number, epoch, [], [sent], NOW)
        if DATABASE.is_shared:
            assert rounds.take_up_round(other, number, NOW + portions.LEASE, resends=False) == (epoch + 1, 0)
            portions.extend_leases(one, number, epoch, NOW + portions.LEASE)
            assert not rounds.is_due(other, number, NOW + 2 * portions.LEASE, resends=False)
        later = NOW + 3 * portions.LEASE
        assert rounds.is_due(other, number, later, resends=False)
        assert rounds.take_up_round(other, number, later, resends=False)[1] == 1
        assert deliveries.commit_steps(one, number, epoch, [], [waiting], later) == [False]
        result = deliveries.Result(subscriber=sent, state="accepted", reply="250 Ok")
        deliveries.commit_steps(one, number, epoch, [result], [], later)
        assert deliveries.count_states(other, number) == {"accepted": 1, "planned": 1}


@on_a_server
def test_the_rate_is_shared(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 0)
    with DATABASE.open_connection(wire.root) as one, DATABASE.open_connection(wire.root) as other:
        budgets = [Budget("10/s", DATABASE.find_reserve(connection), now=lambda: 0.0) for connection in (one, other)]
        moments = [budget.reserve_moment() for _ in range(20) for budget in budgets]
    seconds = [sum(second <= moment < second + 1 for moment in moments) for second in (0, 1, 2, 3)]
    assert max(seconds) <= 11
    assert 3.5 < max(moments) <= 4


@on_a_server
def test_an_issue_is_begun_once_and_counted_once(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 3)
    with open_desk(wire) as one, open_desk(wire) as other:
        assert one.find_round(ISSUE) is None
        assert other.find_round(ISSUE) is None
        octets = one.prepare_message(ISSUE, NOW)
        one.begin_round(ISSUE, octets, NOW)
        with pytest.raises(DeliveryError, match="was begun by somebody else just now"):
            other.begin_round(ISSUE, octets, NOW)
    with mail_sink() as sink:
        assert send(wire, sink.url).states == {"accepted": 3}
    with DATABASE.open_connection(wire.root) as connection:
        for _ in range(2):
            retention.count_round(connection, 1)
        assert deliveries.count_states(connection, 1) == {"accepted": 3}


@on_a_server
def test_single_mails_have_one_sender(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 0)
    with DATABASE.open_connection(wire.root) as one, DATABASE.open_connection(wire.root) as other:
        with DATABASE.hold_duty(one) as is_ours, DATABASE.hold_duty(other) as is_theirs:
            assert (is_ours, is_theirs) == (True, False)
        with DATABASE.hold_duty(other) as is_theirs:
            assert is_theirs
