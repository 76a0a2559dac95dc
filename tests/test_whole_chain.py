"""From the form to the mailbox and out again: readers sign up, confirm, are sent an issue, and leave by it."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import nouns
from commands import run_dispatch
from dispatch import issues
from mail_sink import MailSink, Step, mail_sink
from signing_up import Signing, signing

READERS = [f"reader-{number}@paper.example" for number in range(1, 9)]


def read_mail(octets: bytes) -> EmailMessage:
    return message_from_bytes(octets, policy=policy.default)


def write_settings(sink: MailSink) -> str:
    return f'[delivery]\nsmtp = "{sink.url}"\nconnections = 1\n[check]\n"sending.way-out" = {{ off = "a test" }}\n'


def test_readers_sign_up_get_an_issue_and_leave(tmp_path: Path) -> None:
    with mail_sink() as sink, signing(tmp_path / "wire", settings=write_settings(sink)) as desk:
        root = desk.publication.root
        for email in READERS:
            assert desk.sign_up(email).status == 303
        run_dispatch(root, "work", "--once")
        assert sorted(sink.recipients()) == READERS
        for one in sink.taken[:7]:
            assert desk.post(find_link(desk, read_mail(one.octets), "confirm"), {}).status == 303
        run_dispatch(root, "work", "--once")  # welcomes
        assert len(sink.taken) == 15
        issues.create_issue(desk.publication, nouns.issue(nouns.article(1), slug="bridges", title="Who pays"))
        run_dispatch(root, "publish", "bridges", "--yes")
        active = sorted(email for email in READERS if desk.state(email) == "active")
        assert len(active) == 7

        # The last of them leaves while the third is being sent to.
        def leave(step: Step, recipient: str, _count: int) -> str:
            if step == "text" and recipient == active[2]:
                assert desk.post(desk.leave_path(active[6]), {"List-Unsubscribe": "One-Click"}).status == 200
            return ""

        sink.fault = leave
        run_dispatch(root, "send", "bridges", "--untested", "--yes")
        sent = {one.recipient: read_mail(one.octets) for one in sink.taken[15:]}
        assert sorted(sent) == active[:6]
        for email, mail in sent.items():
            address = re.search(r"<http://127\.0\.0\.1:\d+(/[^>]+)>", mail["List-Unsubscribe"])
            assert address
            assert address[1] == desk.leave_path(email) == find_link(desk, mail, "leave")
        assert desk.post(find_link(desk, sent[active[0]], "leave"), {}).heading == "You have left"
        assert [desk.state(email) for email in active] == ["left", *["active"] * 5, "left"]
        public = (root / "public" / "issues" / "bridges" / "email.html").read_text("utf-8")
        assert f'href="http://127.0.0.1:{desk.port}/subscription/leave/"' in public


def find_link(desk: Signing, mail: EmailMessage, what: str) -> str:
    body = mail.get_body(("plain",))
    assert body
    found = re.search(rf"http://127\.0\.0\.1:{desk.port}(/subscription/{what}/\S+)", body.get_content())
    assert found
    return found[1]
