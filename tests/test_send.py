"""``dispatch send`` and what belongs to it, as an editor uses them, with a mail server on loopback."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from lxml import html

import nouns
from commands import run_dispatch
from dispatch import config, issues, subscribers
from dispatch.deliver import open_outbound
from dispatch.deliver.notices import set_date
from dispatch.subscribers import database, deliveries, rounds, rows
from dispatch.subscribers.database import DATABASE
from dispatch.subscribers.subscriptions import load_keys
from dispatch.tokens import sign_text
from loopback import Page, web
from mail_sink import DROP, MailSink, mail_sink
from returned import bounce

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
    found = json.loads(sent.stdout)
    assert (found["became"], found["states"], found["in_doubt"]) == ("sent", {"accepted": 12}, [])
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


def test_work_reads_what_came_back_and_says_so_as_json(wire: Path, sink: MailSink) -> None:
    new = wire / "mail" / "new"
    new.mkdir(parents=True)
    (wire / "mail" / "cur").mkdir()
    with (wire / "dispatch.toml").open("a") as file:
        file.write('maildir = "mail"\n')
    run_dispatch(wire, "send", "bridges", "--yes", "--untested")
    body = bounce(to=sink.taken[0].sender)
    for name in ("1.host", "2.host:2,"):
        (new / name).write_bytes(body)  # the same report twice
    (new / "3.host").symlink_to("/etc/hostname")
    (new / "4.host").mkdir()
    (new / "5.host").write_bytes(bounce(to=sink.taken[1].sender))
    look = json.loads(run_dispatch(wire, "work", "--once", "--json", code=1).stdout)
    assert (look["returned"], look["reports"], look["set_aside"]) == (5, 2, ["3.host", "4.host"])
    assert [fault.partition(":")[0] for fault in look["faults"]] == ["3.host", "4.host"]
    assert list(new.iterdir()) == []
    assert sorted(one.name for one in (wire / "mail" / "cur").iterdir()) == ["1.host:2,S", "2.host:2,S", "5.host:2,S"]
    assert sorted(one.name for one in (wire / "mail" / "broken").iterdir()) == ["3.host", "4.host"]
    assert "10 accepted, 2 bounced" in run_dispatch(wire, "deliveries").stdout
    idle = json.loads(run_dispatch(wire, "work", "--once", "--json").stdout)
    assert idle == {"notices": 0, "returned": 0, "reports": 0, "set_aside": [], "rounds": [], "faults": []}
    (wire / "mail" / "new").rmdir()
    assert "Name a Maildir" in run_dispatch(wire, "work", "--once", code=1).stderr


def test_a_round_whose_readers_could_not_leave_waits_alone(wire: Path, sink: MailSink) -> None:
    """The pages answer for the first round, and not for the second, which goes out at the next look."""
    answers = iter([True, False, True])
    with web() as site:
        keys = load_keys(config.load(wire))

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200 if next(answers) else 410)
            handler.end_headers()
            handler.wfile.write(sign_text(handler.path.rpartition("=")[2], "here", keys).encode())
            handler.close_connection = True

        class Pages(dict[str, Page]):
            def get(self, _path: str, _default: object = None) -> Page | None:  # type: ignore[override]
                return answer

        site.pages = Pages()
        settings = (wire / "dispatch.toml").read_text().replace("https://wire.example", site.url(""))
        (wire / "dispatch.toml").write_text(f'{settings}\n[subscribe]\nconsent = "I want it."\n')
        with open_outbound(config.load(wire), lambda: datetime.now(UTC), command="dispatch send") as outbound:
            for slug in ("bridges", "tunnels"):
                one = nouns.issue(nouns.article(1), id=f"tag:wire.example,2026:{slug}/", slug=slug)
                outbound.begin_round(one, outbound.prepare_message(one, outbound.clock()), outbound.clock())
        look = json.loads(run_dispatch(wire, "work", "--once", "--json", code=1).stdout)
        assert [(one["issue"], one["became"]) for one in look["rounds"]] == [("bridges", "sent"), ("tunnels", "waits")]
        assert "answers with status 410" in look["rounds"][1]["because"]
        assert len(sink.taken) == 12
        look = json.loads(run_dispatch(wire, "work", "--once", "--json").stdout)
        assert [(one["issue"], one["became"]) for one in look["rounds"]] == [("tunnels", "sent")]
        assert len(sink.taken) == 24


def test_whatever_becomes_of_an_issue_programs_read_one_object(wire: Path) -> None:
    def send(*words: str, code: int = 0) -> dict[str, object]:
        found: dict[str, object] = json.loads(run_dispatch(wire, *words, "--json", code=code).stdout)
        assert found["issue"] == "bridges"
        return found

    refused = send("send", "bridges", "--yes", code=1)
    assert refused["became"] == "refused"
    assert "was not sent as a test" in str(refused["because"])
    assert refused["hints"] == ["dispatch send bridges --test; or add --untested"]
    tested = send("send", "bridges", "--test")
    assert (tested["became"], tested["replies"]) == (
        "tested",
        {"desk@wire.example": "250 2.0.0 Ok: queued as 00000001"},
    )
    assert send("send", "bridges", code=2)["became"] == "refused"  # nobody to ask
    said = send("send", "bridges", "--dry-run", "--at", "2099-01-01T08:00")
    assert (said["became"], said["readers"]) == ("said", 12)
    planned = send("send", "bridges", "--yes", "--untested", "--at", "2099-01-01T08:00")
    assert (planned["became"], planned["readers"], planned["begun"]) == ("planned", 12, "2099-01-01T08:00:00+00:00")
    assert send("hold", "bridges")["became"] == "held"
    assert send("resume", "bridges")["became"] == "going on"
    again = send("resume", "bridges", code=1)
    assert (again["became"], again["because"]) == ("refused", "bridges: its round is begun")
    assert send("hold", "bridges", "--for-good")["became"] == "cancelled"
    assert send("settle", "bridges", "--as", "accepted", "a@paper.example", code=1)["became"] == "refused"
    assert "cancelled" in str(send("send", "bridges", "--yes", code=1)["because"])


def test_what_check_refuses_is_one_object_too(wire: Path) -> None:
    file = wire / "issues" / "bridges" / "issue.md"
    file.write_text(file.read_text().replace("status: published", "status: draft"))
    ran = run_dispatch(wire, "send", "bridges", "--yes", "--json", code=1)
    assert json.loads(ran.stdout)["became"] == "refused"


def test_the_numbers_of_each_issue_are_a_page_without_an_address(wire: Path) -> None:
    assert "Nothing was sent" in run_dispatch(wire, "deliveries", "--report", "--output", "-").stdout
    run_dispatch(wire, "send", "bridges", "--yes", "--untested")
    run_dispatch(wire, "subscriber", "remove", "reader-1@paper.example")
    assert run_dispatch(wire, "deliveries", "--report", "--output", "report.html").stdout == "report.html\n"
    page = (wire / "report.html").read_text("utf-8")
    assert "@paper.example" not in page
    assert "<script" not in page
    rows = html.fromstring(page).findall(".//tbody/tr")
    cells = [" ".join("".join(map(str, cell.itertext())).split()) for cell in rows[0]]
    assert cells[0].startswith("bridges 20")
    assert cells[1:] == [
        *("Accepted 12", "Failed 0", "In doubt 0", "Came back 0", "Called spam 0"),
        *("Left within a week 1", "New since the issue before 12"),
    ]
    assert run_dispatch(wire, "deliveries", "bridges", "--output", "-").stdout.count("<tr ") == 2
