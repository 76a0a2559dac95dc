"""What comes back of a newsletter: who it is about, what it says, and what becomes of them."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import returned
from commands import run_dispatch
from dispatch import bounces, config, subscribers, tokens
from dispatch.bounces.status import judge_reply
from dispatch.model import DeliveryReport, Publication, ReportKind
from dispatch.subscribers import database
from returned import ORIGINAL, TOKEN, VERP, bounce, complaint
from thorough import scale

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def read(body: str | bytes, recipient: str = "") -> DeliveryReport | None:
    """What it is most likely."""
    found = bounces.read_mail(body.encode() if isinstance(body, str) else body, NOW, recipient=recipient)
    return next(iter(found), None)


@pytest.mark.parametrize(
    ("body", "source", "kind", "status"),
    [
        (bounce(), "dsn", "hard", "5.1.1"),
        (bounce(status="5.0.0", words="smtp; 550 5.1.10 RecipientNotFound"), "dsn", "hard", "5.0.0"),
        (bounce(status="5.4.4", words="X-Postfix; Host or domain name not found"), "dsn", "hard", "5.4.4"),
        (bounce(status="5.4.1", words="smtp; 550 5.4.1 Recipient address rejected: Access denied"), "dsn", "hard", ""),
        (bounce(status="5.2.2", words="smtp; 552 5.2.2 Mailbox full"), "dsn", "soft", "5.2.2"),
        (bounce(status="5.7.1", words="smtp; 550 5.7.1 Message blocked by policy"), "dsn", "soft", "5.7.1"),
        # Some servers say that nobody is there when they mean the sender, the load or the room.
        (bounce(words="smtp; 550 5.7.1 IP address blacklisted by recipient"), "dsn", "soft", "5.1.1"),
        (bounce(words="smtp; 552 5.2.2 Over quota"), "dsn", "soft", "5.1.1"),
        (
            bounce(status="5.2.1", words="smtp; 550-5.2.1 receiving mail at a rate that prevents more"),
            "dsn",
            "soft",
            "",
        ),
        (bounce(status="5.1.8", words="smtp; 553 5.1.8 Sender domain does not exist"), "dsn", "soft", "5.1.8"),
        (bounce(status="4.4.7", words="smtp; 450 4.2.1 try later"), "dsn", "soft", "4.4.7"),
        (bounce(action="delayed", status="4.4.1", words="smtp; Connection timed out"), "dsn", "delayed", "4.4.1"),
        (bounce(action="delivered", status="2.0.0", words="smtp; 250 2.0.0 Ok"), "dsn", "delivered", "2.0.0"),
        (bounce(action="Fehler", status="5.1.1"), "dsn", "hard", "5.1.1"),
        (returned.EXIM, "mail", "hard", "5.1.1"),
        (returned.QMAIL, "mail", "hard", "5.1.1"),
        (returned.DRAGONFLY, "mail", "delayed", "4.2.2"),
        (returned.WORDS_ALONE, "mail", "hard", "5.0.0"),
        (complaint(head=f"X-Original-To: {VERP}\n"), "arf", "complaint", ""),
        (complaint(original=ORIGINAL.replace("bounces@", f"bounces+{TOKEN}@")), "arf", "complaint", ""),
        (returned.JMRP, "arf", "complaint", ""),
    ],
)
def test_what_comes_back_says_what_it_means(body: str | bytes, source: str, kind: str, status: str) -> None:
    found = read(body)
    assert found
    assert (found.source, found.kind, found.token) == (source, kind, TOKEN)
    assert found.status == status or not status


@pytest.mark.parametrize(
    "body",
    [
        returned.HOLIDAY,
        returned.PERSON,
        complaint("not-spam", head=f"X-Original-To: {VERP}\n"),
        complaint("auth-failure", head=f"X-Original-To: {VERP}\n"),
        "",
        "\n\n\n",
        b"\xff\xfe\x00",
        "Content-Type: multipart/mixed; boundary=x\n\n" + "--x\nContent-Type: text/plain\n\n5.1.1\n" * 500,
    ],
)
def test_other_mail_is_no_report(body: str | bytes) -> None:
    assert read(body) is None


def test_whom_a_report_is_about_is_where_a_mail_server_puts_it() -> None:
    without = bounce(to="bounces@wire.example")
    assert read(without).token == ""
    assert read(without, f"<{VERP.upper()}>").token == TOKEN.upper()
    assert read(b"Delivered-To: " + VERP.encode() + b"\n" + without).token == TOKEN
    returned_header = ORIGINAL.replace("Return-Path: <bounces@wire.example>", f"X-Dispatch: {TOKEN}")
    assert read(bounce(to="bounces@wire.example", original=returned_header)).token == TOKEN
    assert read(bounce(to=f"bounces+{TOKEN}a@wire.example")).token == ""


def test_a_mail_to_leave_is_a_wish_to_leave() -> None:
    mail = f"From: ann@paper.example\nTo: <bounces+{TOKEN}@wire.example>\nSubject: unsubscribe\n\n"
    assert read(mail).kind == "left"
    assert read("Return-Path: <>\n" + mail) is None  # a mail server's, about somebody's mail to that address
    assert read("Auto-Submitted: auto-replied\n" + mail) is None
    assert read(mail.replace("bounces+", "bounces-")) is None


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        (250, "2.0.0 Ok", "delivered"),
        (550, "5.1.1 unknown", "hard"),
        (550, "No such user here", "hard"),
        (550, "<user@quota.example> user unknown", "hard"),
        (550, "rejected", "soft"),
        (554, "5.7.1 spam", "soft"),
        (552, "mailbox full", "soft"),
        (421, "4.7.0 try again", "soft"),
        (450, "4.1.1 user unknown", "soft"),
    ],
)
def test_a_reply_says_whether_an_address_is_gone(code: int, words: str, kind: ReportKind) -> None:
    assert judge_reply(code, words) == kind


PARTS = [bounce(), complaint(), returned.EXIM.encode(), returned.QMAIL.encode(), returned.JMRP]


@given(st.sampled_from(PARTS), st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=12)), max_size=8))
@settings(max_examples=scale(500), deadline=None)
def test_no_mail_breaks_the_reading(body: bytes, changes: list[tuple[int, bytes]]) -> None:
    for place, octets in changes:
        body = body[:place] + octets + body[place + len(octets) :]
    found = read(body)
    assert found is None or len(found.detail) <= 300


# What a report does.


class Wire:
    """A publication with one reader, who was sent eight issues."""

    def __init__(self, root: Path) -> None:
        config.create_publication(root, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
        self.publication: Publication = config.load(root)
        self.root = root
        with subscribers.open_store(self.publication) as store:
            store.add("ann@paper.example", NOW, words="At the fair")
        with self.database() as file:
            self.key: bytes = file.execute("SELECT key FROM subscriber").fetchone()[0]
            for number in range(1, 9):
                file.execute(
                    "INSERT INTO round VALUES (?, '', ?, ?, '', x'', 0, 0, 1, 'ended', 1)",
                    (number, f"tag:{number}", f"issue-{number}"),
                )
                file.execute("INSERT INTO delivery (round, subscriber, state) VALUES (?, 1, 'accepted')", (number,))
            file.commit()
        self.keys = database.read_keys(root)

    def database(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.root / ".dispatch" / "subscribers.sqlite"))

    def verp(self, issue: int = 1, purpose: tokens.Purpose = "bounce") -> str:
        about = issue if purpose == "bounce" else 0
        token = tokens.ReaderToken(subscriber=self.key, about=about)
        return tokens.write_mailbox_token(token, purpose, self.keys)

    def take(self, body: bytes, recipient: str) -> subscribers.ReportOutcome:
        with subscribers.open_store(self.publication) as store:
            return store.take_likeliest(bounces.read_mail(body, NOW, recipient=recipient), NOW)[0]

    def bounce(self, issue: int, **facts: str) -> subscribers.ReportOutcome:
        return self.take(bounce(to="bounces@wire.example", **facts), f"bounces+{self.verp(issue)}@wire.example")

    def soft(self, issue: int) -> subscribers.ReportOutcome:
        return self.bounce(issue, status="5.2.2", words="smtp; 552 5.2.2 Mailbox full")

    @property
    def state(self) -> str:
        with subscribers.open_store(self.publication) as store:
            return store.require("ann@paper.example").state

    def deliveries(self) -> list[str]:
        with self.database() as file:
            return [state for (state,) in file.execute("SELECT state FROM delivery ORDER BY round")]


@pytest.fixture
def wire(tmp_path: Path) -> Wire:
    return Wire(tmp_path)


def test_a_hard_bounce_suppresses_at_once_and_counts_once(wire: Wire) -> None:
    assert wire.bounce(3).state == "suppressed"
    assert wire.bounce(3).became == "known"
    assert wire.state == "suppressed"
    assert wire.deliveries() == [*["accepted"] * 2, "bounced", *["accepted"] * 5]
    with subscribers.open_store(wire.publication) as store:
        assert [one.reason for one in store.list_suppressions()] == ["bounced"]
        how = store.list_consents(store.require("ann@paper.example"))[-1].how
    assert how == "hard 5.1.1 (dsn)"


def test_suppression_survives_erasing_and_importing(wire: Wire) -> None:
    wire.bounce(1)
    run_dispatch(wire.root, "subscriber", "forget", "ann@paper.example", "--yes")
    (wire.root / "list.csv").write_text("Ann@Paper.example\n")
    ran = run_dispatch(wire.root, "subscriber", "import", "list.csv", "--confirmed", "At the fair")
    assert ran.stdout == "added 0, known 0, suppressed 1\n"
    # What comes back of somebody erased touches nobody.
    assert wire.bounce(2).became == "foreign"


def test_five_issues_in_a_row_suppress_and_one_that_arrived_begins_anew(wire: Wire) -> None:
    assert [wire.soft(issue).state for issue in (1, 2, 3, 3, 5, 6, 7)] == [None] * 7
    assert wire.state == "active"  # issue 4 arrived
    assert wire.soft(8).state is None
    assert wire.soft(4).state is None  # late: issues 1 to 4
    assert wire.bounce(8, status="5.3.0", words="smtp; 554 5.3.0 not now").state == "suppressed"


def test_an_issue_that_was_not_sent_ends_no_row(wire: Wire) -> None:
    with wire.database() as file:
        file.execute("UPDATE delivery SET state = 'suppressed' WHERE round = 3")
        file.commit()
    assert [wire.soft(issue).state for issue in (1, 2, 4, 5, 6)] == [None, None, None, None, "suppressed"]


def test_what_is_delayed_or_delivered_changes_nobody(wire: Wire) -> None:
    wire.bounce(1, action="delayed", status="4.4.1", words="smtp; Connection timed out")
    wire.bounce(2, action="delivered", status="2.0.0", words="smtp; 250 Ok")
    assert wire.state == "active"
    assert wire.deliveries()[:3] == ["accepted", "delivered", "accepted"]


def test_a_complaint_leaves_and_suppresses(wire: Wire) -> None:
    token = tokens.write_token(tokens.ReaderToken(subscriber=wire.key), "leave", wire.keys)
    body = complaint(original=ORIGINAL.replace("/leave/x", f"/leave/{token}"))
    assert wire.take(body, "").state == "suppressed"
    with subscribers.open_store(wire.publication) as store:
        assert [one.reason for one in store.list_suppressions()] == ["complained"]


def test_who_leaves_by_mail_has_left(wire: Wire) -> None:
    mail = b"From: ann@paper.example\nSubject: unsubscribe\n\n"
    assert wire.take(mail, f"bounces+{wire.verp(1)}@wire.example").became == "foreign"  # a token of another purpose
    assert wire.state == "active"
    # Even who writes as a mail server does.
    words = b"From: ann@paper.example\nSubject: unsubscribe\n\nI was told: 550 5.1.1 user unknown\n"
    assert wire.take(words, f"bounces+{wire.verp(0, 'leave')}@wire.example").state == "left"
    assert wire.state == "left"


def test_a_link_in_a_mail_says_of_nobody_that_they_bounced(wire: Wire) -> None:
    assert wire.take(bounce(to="x@wire.example"), f"bounces+{wire.verp(0, 'leave')}@wire.example").became == "foreign"
    assert wire.state == "active"


def test_without_a_token_of_ours_nobody_is_touched(wire: Wire) -> None:
    before = wire.deliveries()
    assert wire.take(bounce(), "").became == "foreign"  # its token nobody has signed
    assert wire.take(bounce(to="ann@paper.example"), "ann@paper.example").became == "foreign"
    other = wire.verp()[:-3] + "aaa"
    assert wire.take(bounce(to=f"bounces+{other}@wire.example"), "").became == "foreign"
    assert (wire.state, wire.deliveries()) == ("active", before)
    with wire.database() as file:
        assert file.execute("SELECT count(*) FROM report").fetchone() == (0,)


# The command.


def pipe(wire: Wire, body: bytes, *words: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-m", "dispatch", "bounces", "-", *words], cwd=wire.root, input=body, capture_output=True
    )
    return ran.returncode, ran.stdout.decode()


def test_a_mail_server_pipes_a_bounce_in(wire: Wire) -> None:
    words = "--recipient", f"bounces+{wire.verp(2)}@wire.example"
    body = bounce(to="bounces@wire.example") + b"x" * 3_000_000
    assert pipe(wire, body, *words) == (0, "hard 5.1.1: subscriber 1 is suppressed\n")
    assert pipe(wire, body, *words) == (0, "hard 5.1.1: subscriber 1 was known\n")
    assert pipe(wire, returned.PERSON.encode()) == (0, "")
    assert pipe(wire, b"") == (0, "")


def test_what_cannot_be_recorded_is_brought_again(wire: Wire) -> None:
    words = "--recipient", f"bounces+{wire.verp(2)}@wire.example"
    (wire.root / "dispatch.toml").rename(wire.root / "aside")
    assert pipe(wire, bounce(), *words)[0] == 75
    (wire.root / "aside").rename(wire.root / "dispatch.toml")
    (wire.root / ".dispatch" / "subscribers.sqlite").rename(wire.root / "kept")
    (wire.root / ".dispatch" / "subscribers.sqlite").write_text("damaged" * 1000)
    assert pipe(wire, bounce(), *words)[0] == 75
    (wire.root / "kept").replace(wire.root / ".dispatch" / "subscribers.sqlite")
    assert pipe(wire, bounce(to="b@wire.example"), *words)[0] == 0


def test_a_busy_store_is_named(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.databases.PATIENCE", 0.1)
    with wire.database() as file:
        file.execute("BEGIN IMMEDIATE")
        (wire.root / "one.eml").write_bytes(bounce(to=f"bounces+{wire.verp(2)}@wire.example"))
        assert "in use by another dispatch" in run_dispatch(wire.root, "bounces", "one.eml", code=1).stderr
    assert wire.state == "active"


def test_a_maildir_is_read_once(wire: Wire) -> None:
    new, cur = wire.root / "mail" / "new", wire.root / "mail" / "cur"
    new.mkdir(parents=True)
    cur.mkdir()
    (new / "1.host").write_bytes(bounce(to=f"bounces+{wire.verp(2)}@wire.example"))
    (new / "2.host").write_text(returned.PERSON)
    ran = run_dispatch(wire.root, "bounces", "mail")
    assert ran.stderr.endswith("2 messages, 1 with a new report\n")
    assert sorted(path.name for path in cur.iterdir()) == ["1.host:2,S", "2.host:2,"]
    assert run_dispatch(wire.root, "bounces", "mail").stderr == "0 messages, 0 with a new report\n"


def test_an_mbox_holds_several(wire: Wire) -> None:
    mails = [bounce(to=f"bounces+{wire.verp(issue)}@wire.example") for issue in (1, 2)]
    (wire.root / "box").write_bytes(b"\n".join(b"From MAILER-DAEMON Sat Nov 28\n" + one for one in mails))
    found = [json.loads(line) for line in run_dispatch(wire.root, "bounces", "box", "--json").stdout.splitlines()]
    assert [(one["became"], one["state"]) for one in found] == [("taken", "suppressed"), ("taken", None)]
    assert "ann" not in str(found)  # people are numbers here: this may end in a log


def test_a_name_that_is_not_there_says_so(wire: Wire) -> None:
    assert "nothing.eml: cannot be read" in run_dispatch(wire.root, "bounces", "nothing.eml", code=1).stderr
    (wire.root / "empty").mkdir()
    assert "Name a Maildir" in run_dispatch(wire.root, "bounces", "empty", code=1).stderr
