"""What is forgotten, and when: the numbers stay, and so does what the next decision needs."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

import nouns
from commands import run_dispatch
from deliver.desks import NOW, Clock, make_wire, open_desk, send
from dispatch import bounces, subscribers
from dispatch.deliver import send_due
from dispatch.model import Issue, Publication
from dispatch.smtp import parse_submission
from dispatch.subscribers import numbers
from dispatch.subscribers.retention import forget_outdated
from mail_sink import MailSink, mail_sink
from postgres_server import on_both
from returned import bounce

DAY = timedelta(days=1)


def make_issue(number: int) -> Issue:
    return nouns.issue(nouns.article(number), id=f"tag:wire.example,2026:{number}", slug=f"issue-{number}")


def count_rows(wire: Publication, table: str) -> int:
    with open_desk(wire) as outbound:
        found: int = outbound.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return found


def forget(wire: Publication, now: datetime) -> bool:
    with open_desk(wire) as outbound:
        return forget_outdated(outbound.connection, now)


def report(wire: Publication) -> list[numbers.IssueNumbers]:
    with open_desk(wire) as outbound:
        return numbers.list_numbers(outbound.connection)


def come_back(wire: Publication, sink: MailSink, number: int, now: datetime, status: str = "5.1.1") -> str | None:
    """What becomes of a reader whose last message comes back."""
    taken = [one for one in sink.taken if one.recipient == f"reader-{number}@paper.example"][-1]
    words = "smtp; 550 5.1.1 no such user" if status == "5.1.1" else "smtp; 552 5.2.2 Mailbox full"
    found = bounces.read_mail(bounce(to=taken.sender, status=status, words=words), now)
    with subscribers.open_store(wire) as store:
        return store.take_likeliest(found, now)[0].state


@on_both
def test_old_deliveries_become_counts_and_the_report_stays_as_it_was(tmp_path: Path) -> None:
    wire, clock = make_wire(tmp_path, 9), Clock()
    with mail_sink() as sink:
        sink.fault = lambda at, who, _count: b"550 5.1.1 no" if (at, who) == ("RCPT", "reader-9@paper.example") else ""
        send(wire, sink.url, issue=make_issue(1))
        assert come_back(wire, sink, 1, NOW) == "suppressed"
        with subscribers.open_store(wire) as store:
            store.remove("reader-2@paper.example", NOW + DAY)
            store.forget("reader-3@paper.example", NOW + DAY)
        clock.now += 60 * DAY
        send(wire, sink.url, issue=make_issue(2), clock=clock)
    before = report(wire)
    assert (before[1].accepted, before[1].failed, before[1].bounced, before[1].left) == (8, 1, 1, 1)
    listed = run_dispatch(wire.root, "deliveries").output
    assert count_rows(wire, "delivery") == 9 + 5
    forget(wire, NOW + 90 * DAY)
    assert count_rows(wire, "delivery") == 9 + 5  # somebody's state changed within these days
    forget(wire, NOW + 92 * DAY)
    assert count_rows(wire, "delivery") == 5
    assert report(wire) == before
    assert run_dispatch(wire.root, "deliveries").output == listed
    # Of a reader, when the last issue was accepted is known as before; of one who got no other, too.
    with subscribers.open_store(wire) as store:
        people = {one.email[7]: store.find_last_accepted(one) for one in store.list_subscribers()}
    assert people == {"1": None, "2": NOW, "9": None, **dict.fromkeys("45678", clock.now)}
    forget(wire, NOW + 200 * DAY)
    assert count_rows(wire, "delivery") == 0
    assert report(wire) == before
    with subscribers.open_store(wire) as store:
        assert store.find_last_accepted(store.require("reader-4@paper.example")) == clock.now


def test_it_is_done_by_who_sends_once_a_day_and_again_it_finds_nothing(tmp_path: Path) -> None:
    wire, clock = make_wire(tmp_path, 3), Clock()
    with mail_sink() as sink:
        send(wire, sink.url)
        clock.now += 100 * DAY
        with open_desk(wire, clock) as outbound:
            assert list(send_due(outbound, parse_submission(sink.url, ""), Event())) == []
            assert not forget_outdated(outbound.connection, clock.now + timedelta(hours=23))
            assert forget_outdated(outbound.connection, clock.now + DAY)
    assert count_rows(wire, "delivery") == 0
    assert [one.accepted for one in report(wire)] == [3]


def test_a_round_that_is_not_over_is_kept(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 3)
    with mail_sink() as sink:
        sink.fault = lambda at, _who, _count: b"451 later" if at == "RCPT" else ""
        send(wire, sink.url)
    forget(wire, NOW + 400 * DAY)
    assert count_rows(wire, "delivery") == 3


@on_both
@pytest.mark.parametrize("arrives", [False, True])
def test_five_issues_in_a_row_count_although_their_deliveries_are_gone(tmp_path: Path, arrives: bool) -> None:
    """A newsletter every ten weeks still finds out who cannot be reached; an issue that arrived begins anew."""
    wire, clock = make_wire(tmp_path, 1), Clock()
    outcomes = []
    with mail_sink() as sink:
        for number in range(1, 7 if arrives else 6):
            send(wire, sink.url, issue=make_issue(number), clock=clock)
            if not (arrives and number == 2):
                outcomes.append(come_back(wire, sink, 1, clock.now, "5.2.2"))
            clock.now += 68 * DAY
            forget(wire, clock.now + 25 * DAY)
    assert count_rows(wire, "delivery") == 0
    assert outcomes[-1] == (None if arrives else "suppressed")
    assert outcomes[:-1] == [None] * (len(outcomes) - 1)


def test_reports_are_kept_for_a_year_and_proofs_for_three(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 2)
    with mail_sink() as sink:
        send(wire, sink.url)
        come_back(wire, sink, 1, NOW)
    with subscribers.open_store(wire) as store:
        store.forget("reader-2@paper.example", NOW)
    forget(wire, NOW + 364 * DAY)
    assert count_rows(wire, "report") == 1
    forget(wire, NOW + 366 * DAY)
    assert count_rows(wire, "report") == 0
    shown = json.loads(run_dispatch(wire.root, "subscriber", "show", "Reader-2@Paper.example", "--json").stdout)
    assert shown["state"] == "erased"
    assert [(one["what"], one["words"]) for one in shown["consents"]] == [("imported", "They said so")]
    assert b"reader-2" not in (wire.root / ".dispatch" / "subscribers.sqlite").read_bytes()
    forget(wire, NOW + (3 * 365 + 1) * DAY)
    assert "there is no subscriber" in run_dispatch(
        wire.root, "subscriber", "show", "reader-2@paper.example", code=1
    ).stderr  # fmt: skip
