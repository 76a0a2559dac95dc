"""``dispatch send`` and what belongs to it, as an editor uses them, with a mail server on loopback."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

import nouns
from commands import run_dispatch
from dispatch import config, issues, subscribers
from dispatch.deliver.notices import set_date
from dispatch.subscribers import database, deliveries, rounds, rows
from dispatch.subscribers.database import DATABASE
from loopback import web
from mail_sink import DROP, MailSink, mail_sink

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as found:
        yield found


@pytest.fixture
def wire(tmp_path: Path, sink: MailSink) -> Path:
    """A publication with an issue that is published, and twelve subscribers."""
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
    with (tmp_path / "dispatch.toml").open("a") as file:
        file.write(
            f'\n[delivery]\nsmtp = "{sink.url}"\nbounces = "bounces@wire.example"\ntest = ["desk@wire.example"]\n'
            "connections = 2\n"
        )
    issues.create_issue(config.load(tmp_path), nouns.issue(nouns.article(1), slug="bridges", title="Who pays"))
    run_dispatch(tmp_path, "publish", "bridges", "--yes")
    (tmp_path / "list.csv").write_text("".join(f"reader-{n}@paper.example\n" for n in range(1, 13)))
    run_dispatch(tmp_path, "subscriber", "import", "list.csv", "--confirmed", "They said so", "--state", "active")
    return tmp_path


def test_an_editor_tests_and_sends(wire: Path, sink: MailSink) -> None:
    refused = run_dispatch(wire, "send", "bridges", "--yes", code=1)
    assert "was not sent as a test, as it is now" in refused.stderr
    tested = run_dispatch(wire, "send", "bridges", "--test")
    assert tested.stdout == "desk@wire.example: 250 2.0.0 Ok: queued as 00000001\n"
    said = run_dispatch(wire, "send", "bridges", "--dry-run")
    assert "“Who pays” to 12 readers of The Wire, from W <desk@wire.example>, by 127.0.0.1" in said.stderr
    assert "if you mean it, add --yes" in run_dispatch(wire, "send", "bridges", code=2).stderr
    assert len(sink.taken) == 1
    sent = run_dispatch(wire, "send", "bridges", "--yes", "--json")
    assert json.loads(sent.stdout) == {"issue": "bridges", "states": {"accepted": 12}, "in_doubt": []}
    assert sorted(sink.recipients()[1:]) == sorted(f"reader-{n}@paper.example" for n in range(1, 13))
    test, one = (message_from_bytes(found.octets, policy=policy.default) for found in sink.taken[:2])
    assert str(test["Subject"]) == str(one["Subject"]) == "Who pays"
    assert "12 accepted" in run_dispatch(wire, "deliveries").stdout
    assert run_dispatch(wire, "deliveries", "bridges", "--json").stdout.count("accepted") == 12
    run_dispatch(wire, "send", "bridges", "--yes")
    assert len(sink.taken) == 13


def test_what_is_edited_after_the_test_is_tested_again_and_after_the_start_refused(wire: Path, sink: MailSink) -> None:
    run_dispatch(wire, "send", "bridges", "--test", "ann@paper.example")
    file = wire / "issues" / "bridges" / "issue.md"
    file.write_text(file.read_text().replace("title: Who pays", "title: Who pays\nsubject: Other words"))
    assert "was not sent as a test" in run_dispatch(wire, "send", "bridges", "--yes", code=1).stderr
    sink.fault = lambda at, to, _n: b"451 4.3.0 Later" if at == "text" and to.startswith("reader-1@") else ""
    left = run_dispatch(wire, "send", "bridges", "--yes", "--untested", code=1)
    assert "11 accepted, 1 to be tried again" in left.stderr
    file.write_text(file.read_text().replace("Other words", "Yet others"))
    assert "was edited since its round began" in run_dispatch(wire, "send", "bridges", "--yes", code=1).stderr


def test_a_draft_and_a_broken_issue_are_not_sent(wire: Path) -> None:
    issues.create_issue(config.load(wire), nouns.issue(nouns.article(2), slug="draft", title="Draft", status="draft"))
    assert "is not published" in run_dispatch(wire, "send", "draft", "--yes", "--untested", code=1).stderr
    article = next((wire / "issues" / "bridges").glob("story-1*"))
    article.write_text(article.read_text().replace("Ada 1", "Somebody else", 1))
    done = run_dispatch(wire, "send", "bridges", "--yes", "--untested", code=1)
    assert "is not sent" in done.stderr


def test_without_a_server_or_readers_it_says_what_to_do(wire: Path) -> None:
    path = wire / "dispatch.toml"
    before = path.read_text()
    path.write_text(before.partition("[delivery]")[0])
    assert "names no mail server" in run_dispatch(wire, "send", "bridges", code=1).stderr
    assert "names no mail server" in run_dispatch(wire, "work", "--once", code=1).stderr
    path.write_text(before.replace('bounces = "bounces@wire.example"', ""))
    assert "says nowhere how to leave" in run_dispatch(wire, "send", "bridges", "--test", code=1).stderr
    path.write_text(before)
    for n in range(1, 13):
        run_dispatch(wire, "subscriber", "remove", f"reader-{n}@paper.example")
    assert "there is nobody to send to" in run_dispatch(wire, "send", "bridges", "--untested", "--yes", code=1).stderr


def test_an_address_in_doubt_is_named_and_settled(wire: Path, sink: MailSink, tmp_path: Path) -> None:
    lost = {"reader-3@paper.example", "reader-7@paper.example", "reader-9@paper.example"}
    sink.fault = lambda at, to, _n: DROP if at == "accepted" and to in lost else ""
    done = run_dispatch(wire, "send", "bridges", "--yes", "--untested", code=1)
    assert "9 accepted, 3 in doubt" in done.stderr
    assert {line.partition(": ")[2] for line in done.stderr.splitlines() if line.startswith("In doubt")} == lost
    taken = {one.recipient: str(message_from_bytes(one.octets)["Message-ID"]) for one in sink.taken}
    log = tmp_path / "mail.log"
    log.write_text(
        "Nov 28 mx postfix/smtpd[1]: 14E872B43C9: client=localhost[127.0.0.1]\n"
        f"Nov 28 mx postfix/cleanup[2]: 14E872B43C9: message-id={taken['reader-3@paper.example']}\n"
        "Nov 28 mx postfix/qmgr[3]: 14E872B43C9: from=<b@wire.example>, size=900, nrcpt=1 (queue active)\n"
        f"Nov 28 mx postfix/cleanup[2]: 24E872B43C9: message-id={taken['reader-7@paper.example']}\n"
    )
    settled = run_dispatch(wire, "settle", "bridges", "--log", str(log))
    assert settled.stdout == "reader-3@paper.example: accepted (queue id 14E872B43C9)\n"
    run_dispatch(wire, "settle", "bridges", "--as", "accepted", "reader-7@paper.example")
    run_dispatch(wire, "settle", "bridges", "--as", "planned", "reader-9@paper.example")
    assert (
        "is not in doubt"
        in run_dispatch(wire, "settle", "bridges", "--as", "accepted", "reader-1@paper.example", code=1).stderr
    )
    sink.fault = lambda _at, _to, _n: ""
    run_dispatch(wire, "work", "--once")
    assert sink.recipients().count("reader-9@paper.example") == 2  # somebody has said so
    assert len(sink.taken) == 13


def test_a_round_is_planned_held_and_resumed(wire: Path, sink: MailSink) -> None:
    later = datetime.now(UTC) + timedelta(days=2)
    run_dispatch(wire, "send", "bridges", "--yes", "--untested", "--at", f"{later:%Y-%m-%dT%H:%M}")
    run_dispatch(wire, "work", "--once")
    assert "It is planned for" in run_dispatch(wire, "send", "bridges", "--yes").stderr
    assert not sink.taken
    run_dispatch(wire, "hold", "bridges")
    assert "its round is held" in run_dispatch(wire, "send", "bridges", "--yes", code=1).stderr
    with DATABASE.open_connection(wire) as connection:
        connection.execute("UPDATE round SET not_before = not_before - 172900")
    run_dispatch(wire, "work", "--once")
    assert not sink.taken
    run_dispatch(wire, "resume", "bridges")
    run_dispatch(wire, "subscriber", "add", "new@paper.example", "--confirmed", "By phone")
    run_dispatch(wire, "work", "--once")
    assert len(sink.taken) == 13  # who has come meanwhile is among them
    assert "its round is ended" in run_dispatch(wire, "hold", "bridges", "--for-good", code=1).stderr


def test_a_round_that_is_late_is_held(wire: Path, sink: MailSink) -> None:
    later = datetime.now(UTC) + timedelta(days=2)
    run_dispatch(wire, "send", "bridges", "--yes", "--untested", "--at", f"{later:%Y-%m-%dT%H:%M}")
    with DATABASE.open_connection(wire) as connection:
        connection.execute("UPDATE round SET not_before = not_before - 4 * 86400")
    assert "should have begun more than an hour ago" in run_dispatch(wire, "work", "--once", code=1).stderr
    assert not sink.taken


@pytest.mark.parametrize(("at", "is_wrong"), [("Fri 08:00", False), ("sunday 23:59", False), ("soon", True)])
def test_a_time_is_read(wire: Path, at: str, is_wrong: bool) -> None:
    done = run_dispatch(wire, "send", "bridges", "--yes", "--untested", "--at", at, code=2 if is_wrong else 0)
    assert (f"{at.split()[-1]} UTC (+0000)" in done.stderr) != is_wrong


def test_the_way_to_leave_must_lead_to_this_store(wire: Path, sink: MailSink) -> None:
    with web() as pages:
        base = pages.url("").replace("http://", "https://")
        (wire / "dispatch.toml").write_text(
            (wire / "dispatch.toml").read_text() + f'\n[subscribe]\nurl = "{base}"\nconsent = "I want it"\n'
        )
        refused = run_dispatch(wire, "send", "bridges", "--yes", "--untested", code=1)
        assert "does not answer" in refused.stderr
        assert not sink.taken


def put_notice(root: Path, email: str, number: int = 0) -> None:
    with subscribers.open_store(config.load(root)), DATABASE.open_connection(root) as connection:
        message = (
            b"From: desk@wire.example\r\nTo: x\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\nSubject: Yes?\r\n\r\nHi\r\n"
        )
        with DATABASE.begin_transaction(connection):
            rows.add_notice(connection, "confirm", email, message, NOW, subscriber=number)


def test_mails_to_single_readers_go_first_and_once(wire: Path, sink: MailSink) -> None:
    for n in range(3):
        put_notice(wire, f"new-{n}@paper.example")
    sink.fault = lambda at, to, n: (
        b"450 4.2.0 Later" if at == "RCPT" and to.startswith("new-1@") else DROP if at == "accepted" and n == 1 else ""
    )
    run_dispatch(wire, "work", "--once")
    assert sink.recipients() == ["new-0@paper.example", "new-2@paper.example"]
    run_dispatch(wire, "work", "--once")
    assert len(sink.taken) == 2
    with DATABASE.open_connection(wire) as connection:
        found = connection.execute("SELECT state, length(message) > 0 FROM notice ORDER BY number").fetchall()
        assert found == [("unknown", 0), ("deferred", 1), ("accepted", 0)]
        connection.execute("UPDATE notice SET not_before = 0")
    sink.fault = lambda _at, _to, _n: ""
    run_dispatch(wire, "work", "--once")
    assert sink.recipients()[2:] == ["new-1@paper.example"]
    read = message_from_bytes(sink.taken[0].octets, policy=policy.default)
    assert len(read.get_all("Date", [])) == 1
    assert "1970" not in str(read["Date"])


def test_a_date_is_set_whether_there_was_one_or_not() -> None:
    for head in (b"Subject: x", b"Date: old\r\nSubject: x", b"Subject: x\r\nDate: old,\r\n folded"):
        made = set_date(head + b"\r\n\r\nDate: in the text\r\n", NOW)
        assert made == b"Date: Sat, 28 Nov 2026 08:00:00 +0000\r\nSubject: x\r\n\r\nDate: in the text\r\n"


def test_nothing_of_an_erased_reader_is_left_in_a_round(wire: Path, sink: MailSink) -> None:
    sink.fault = lambda at, to, _n: b"451 4.3.0 reader-5 later" if at == "text" and to.startswith("reader-5@") else ""
    run_dispatch(wire, "send", "bridges", "--yes", "--untested", code=1)
    run_dispatch(wire, "subscriber", "forget", "reader-5@paper.example", "--yes")
    with DATABASE.open_connection(wire) as connection:
        one = rounds.list_rounds(connection)[0]
        assert deliveries.count_states(connection, one.number) == {"accepted": 11, "cancelled": 1}
    held = b"".join(file.read_bytes() for file in (wire / ".dispatch").glob("subscribers.sqlite*"))
    assert b"reader-5" not in held
    assert database.read_keys(wire)
