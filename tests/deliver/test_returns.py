"""A round, and what comes back of it: each message knows whose it was, however it comes back."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path

import pytest

from commands import run_dispatch
from deliver.desks import ISSUE, NOW, addresses_in, make_wire, open_desk, send, states
from dispatch import bounces, subscribers
from dispatch.model import Publication
from mail_sink import MailSink, Step, mail_sink
from postgres_server import on_both
from returned import bounce, complaint

pytestmark = on_both


def state(wire: Publication, number: int) -> str:
    with subscribers.open_store(wire) as store:
        return store.require(f"reader-{number}@paper.example").state


def find_taken(sink: MailSink, number: int) -> tuple[str, str]:
    """The sender in the envelope and the header of one message, as the server got them."""
    taken = next(one for one in sink.taken if one.recipient == f"reader-{number}@paper.example")
    return taken.sender, taken.octets.partition(b"\r\n\r\n")[0].decode()


def take(wire: Publication, body: bytes, recipient: str = "") -> subscribers.ReportOutcome:
    with subscribers.open_store(wire) as store:
        return store.take_likeliest(bounces.read_mail(body, NOW, recipient=recipient), NOW)[0]


def test_what_comes_back_of_a_round_finds_whose_it_was(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 8)
    with mail_sink() as sink:
        send(wire, sink.url)
    # To the sender of the envelope, as each mail server writes it.
    assert take(wire, bounce(to=find_taken(sink, 1)[0])).state == "suppressed"
    assert take(wire, bounce(to="bounces@wire.example"), find_taken(sink, 2)[0].upper()).state == "suppressed"
    # By the header of the message that came back, where the address was lost.
    assert take(wire, bounce(to="bounces@wire.example", original=find_taken(sink, 3)[1])).state == "suppressed"
    assert take(wire, complaint(original=find_taken(sink, 4)[1])).state == "suppressed"
    full = bounce(to=find_taken(sink, 5)[0], status="5.2.2", words="smtp; 552 5.2.2 Mailbox full")
    assert take(wire, full).state is None
    assert [state(wire, number) for number in range(1, 9)] == [*["suppressed"] * 4, *["active"] * 4]
    assert states(wire) == {"bounced": 4, "complained": 1, "accepted": 3}
    with mail_sink() as again:
        assert send(wire, again.url).states == {"bounced": 4, "complained": 1, "accepted": 3}
        assert again.taken == []  # what has come back is not sent again


def report_of_postmark(message: Message) -> object:
    assert (message["X-PM-TrackLinks"], message["X-PM-TrackOpens"]) == ("None", "false")
    token = message["X-PM-Metadata-dispatch"]
    return {"RecordType": "Bounce", "Type": "HardBounce", "ID": 1, "Metadata": {"dispatch": token}}


def report_of_mailgun(message: Message) -> object:
    assert message["X-Mailgun-Track"] == "no"
    event = {"event": "failed", "severity": "permanent", "delivery-status": {"code": 550, "message": "No such user"}}
    return {"event-data": {**event, "user-variables": json.loads(message["X-Mailgun-Variables"])}}


@pytest.mark.parametrize(("service", "report"), [("postmark", report_of_postmark), ("mailgun", report_of_mailgun)])
def test_what_a_service_reports_has_its_own_header_and_nothing_is_counted(
    tmp_path: Path, service: str, report: Callable[[Message], object]
) -> None:
    wire = make_wire(tmp_path, 2, service=service)
    with mail_sink() as sink:
        send(wire, sink.url)
    event = report(message_from_bytes(sink.taken[0].octets))
    with subscribers.open_store(wire) as store:
        for found in bounces.SERVICES[service](json.dumps(event).encode(), NOW):
            assert store.take_report(found, NOW).state == "suppressed"
    assert [state(wire, number) for number in (1, 2)].count("suppressed") == 1


def test_the_numbers_of_each_issue(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 8)
    second = replace(ISSUE, id="tag:wire.example,2026:second", slug="second")

    def refuse(at: Step, recipient: str, _count: int) -> bytes | str:
        return b"550 5.1.1 No such user" if at == "RCPT" and recipient.startswith("reader-8@") else ""

    assert run_dispatch(tmp_path, "deliveries", "--report").stderr == "Nothing was sent from here yet.\n"
    with mail_sink(fault=refuse) as sink:
        send(wire, sink.url)
        take(wire, bounce(to=find_taken(sink, 1)[0]))
        take(wire, complaint(original=find_taken(sink, 2)[1]))
        with subscribers.open_store(wire) as store:
            for number, day in ((3, 1), (4, 6), (5, 8), (6, 15)):
                store.remove(f"reader-{number}@paper.example", NOW + timedelta(days=day))
            store.add("new@paper.example", NOW + timedelta(days=2), words="At the fair")
        with open_desk(wire, lambda: NOW + timedelta(days=7)) as outbound:
            octets = outbound.prepare_message(second, NOW + timedelta(days=7))
            outbound.begin_round(second, octets, NOW + timedelta(days=7))
    ran = run_dispatch(tmp_path, "deliveries", "--report")
    first = "7 accepted, 1 failed, 1 came back, 1 called spam, 2 left within a week, 8 new since the issue before"
    assert [" ".join(line.split()) for line in ran.stdout.splitlines()] == [
        "second 2026-12-05 08:00 1 new since the issue before",
        f"bridges 2026-11-28 08:00 {first}",
    ]
    found = [
        json.loads(line) for line in run_dispatch(tmp_path, "deliveries", "--report", "--json").stdout.splitlines()
    ]
    assert found[1] == {
        "slug": "bridges",
        "begun": "2026-11-28T08:00:00+00:00",
        "accepted": 7,
        "failed": 1,
        "unknown": 0,
        "bounced": 1,
        "complained": 1,
        "left": 2,
        "new": 8,
    }


def test_who_writes_to_the_address_to_leave_has_left(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 2)
    file = tmp_path / "dispatch.toml"
    file.write_text(file.read_text("utf-8") + '\n[delivery]\nbounces = "bounces@wire.example"\n', "utf-8")
    with mail_sink() as sink:
        send(wire, sink.url)
    header = str(message_from_bytes(sink.taken[0].octets, policy=policy.default)["List-Unsubscribe"])
    address = header.partition("mailto:")[2].partition("?")[0]
    (tmp_path / "leave.eml").write_text(f"From: x@paper.example\nTo: {address}\nSubject: unsubscribe\n\n")
    assert "left: subscriber" in run_dispatch(tmp_path, "bounces", "leave.eml").stdout
    assert states(wire) == {"accepted": 2}


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        (b"550 5.1.1 No such user", "suppressed"),
        (b"550-5.1.1 The email account that you tried to reach\r\n550 5.1.1 does not exist", "suppressed"),
        (b"550 Requested action not taken", "active"),
        (b"554 5.6.0 Content", "active"),
    ],
)
def test_a_server_that_says_nobody_is_there_is_believed_at_once(tmp_path: Path, reply: bytes, wanted: str) -> None:
    def refuse(at: Step, recipient: str, _count: int) -> bytes | str:
        return reply if at == "RCPT" and recipient.startswith("reader-4@") else ""

    wire = make_wire(tmp_path, 10)
    with mail_sink(fault=refuse) as sink:
        assert send(wire, sink.url).states == {"failed": 1, "accepted": 9}
        assert state(wire, 4) == wanted
        send(wire, sink.url)
    assert addresses_in(wire, "failed") == ["reader-4@paper.example"]
    with subscribers.open_store(wire) as store:
        consents = store.list_consents(store.require("reader-4@paper.example"))
    assert [one.how for one in consents[1:]] == (["hard 5.1.1 (reply)"] if wanted == "suppressed" else [])


def test_a_full_mailbox_in_five_issues_suppresses(tmp_path: Path) -> None:
    wire = make_wire(tmp_path, 2)
    for number in range(1, 6):
        assert state(wire, 1) == "active"
        with mail_sink() as sink:
            send(wire, sink.url, issue=replace(ISSUE, id=f"tag:wire.example,2026:{number}", slug=f"issue-{number}"))
        full = bounce(to=find_taken(sink, 1)[0], status="5.2.2", words="smtp; 552 5.2.2 Mailbox full")
        take(wire, full)
    assert (state(wire, 1), state(wire, 2)) == ("suppressed", "active")
