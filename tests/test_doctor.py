"""``dispatch doctor`` against a set-up that is right and one that is not: names, a mail server and pages of our own."""

import base64
import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Session

import nouns
from commands import run_dispatch
from dispatch import config, issues, locks, subscribers
from dispatch.doctor import look_at_domain, look_at_store
from dispatch.doctor.machines import look_at_way_back
from dispatch.doctor.names import list_unnamed, read_signatures
from dispatch.resolver import Resolver
from dispatch.tokens import sign_text
from loopback import Page, web
from mail_sink import mail_sink
from name_server import Zone, serve_names
from patience import PATIENCE
from rsa_keys import make_key
from signing_up import signing
from test_bounces import NOW

KEY = base64.b64encode(make_key(2048, seed=3).public).decode()
RIGHT: Zone = {
    ("wire.example", "MX"): ["10 mx.wire.example."],
    ("wire.example", "TXT"): ["v=spf1 include:_spf.mail.example -all", "another=text"],
    ("_dmarc.wire.example", "TXT"): ["v=DMARC1; p=quarantine; rua=mailto:desk@wire.example"],
    ("_spf.mail.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 ~all"],
    ("mx.wire.example", "A"): ["192.0.2.1"],
    ("s1._domainkey.wire.example", "TXT"): [f"v=DKIM1; k=rsa; p={KEY}"],
    ("1.2.0.192.in-addr.arpa", "PTR"): ["mx.wire.example."],
    ("2.2.0.192.in-addr.arpa", "PTR"): ["mx.wire.example."],
}
WRONG: Zone = {
    ("wire.example", "MX"): ["0 ."],
    ("wire.example", "TXT"): ["v=spf1 " + " ".join(f"include:s{n}.mail.example" for n in range(11)) + " -all"],
    ("_dmarc.wire.example", "TXT"): ["v=DMARC1; p=maybe"],
    ("s1._domainkey.wire.example", "TXT"): ["v=DKIM1; p="],
}
MESSAGE = """\
DKIM-Signature: v=1; a=rsa-sha256; d=wire.example; s=s1; c=relaxed/relaxed;
 h=From:To:Subject:List-Unsubscribe:List-Unsubscribe-Post; bh=x; b=y
From: The Wire <desk@wire.example>

The text
"""


class Sink:
    """Says what it can."""

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, _envelope: object, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if server.data_size_limit > 1000 else responses


@contextmanager
def serve_mail(*, is_able: bool = True) -> Iterator[int]:
    """A mail server on this machine, which says what it can."""

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    size = 30_000_000 if is_able else 1000
    line = Controller(Sink(), hostname="127.0.0.1", port=port, ready_timeout=PATIENCE, data_size_limit=size)
    line.start()
    try:
        yield port
    finally:
        line.stop()


def set_up(root: Path, port: int, more: str = "") -> None:
    file = root / "dispatch.toml"
    settings = f'[delivery]\nsmtp = "smtp://127.0.0.1:{port}"\nbounces = "bounces@wire.example"\n{more}'
    text = file.read_text("utf-8").replace("[email]\n", '[email]\npostal_address = "1 Quay"\nwhy = "You signed up."\n')
    file.write_text(f"{text}\n{settings}", "utf-8")


def test_a_right_set_up_has_nothing_wrong(tmp_path: Path) -> None:
    with signing(tmp_path / "wire") as desk, serve_mail() as port, serve_names(RIGHT) as names:
        root = desk.publication.root
        desk.confirm("ann@paper.example")
        set_up(root, port)
        (tmp_path / "message.eml").write_text(MESSAGE)
        run_dispatch(root, "subscriber", "backup", str(tmp_path / "copy.sqlite"))
        ran = run_dispatch(root, "doctor", "--dns", names, "--received", str(tmp_path / "message.eml"), "--json")
        found = json.loads(ran.stdout)
        # The clock of the server that shows the pages is uvicorn's own.
        assert [one["message"] for one in found] == []
        assert f"asking 127.0.0.1:{port}" in ran.stderr
        assert "asking name servers about wire.example" in ran.stderr


def test_a_wrong_set_up_is_told_of(tmp_path: Path) -> None:
    with signing(tmp_path / "wire") as desk, serve_mail(is_able=False) as port, serve_names(WRONG) as names:
        root = desk.publication.root
        set_up(root, port)
        issues.create_issue(config.load(root), nouns.issue(nouns.article(1), slug="bridges"))
        (root / ".dispatch" / "subscribers.sqlite").chmod(0o644)
        (root / ".dispatch" / "keys").write_text("ab" * 32)  # of another store
        message = MESSAGE.replace(":List-Unsubscribe-Post", "")
        (tmp_path / "message.eml").write_text(message)
        ran = run_dispatch(
            root, "doctor", "--dns", names, "--received", str(tmp_path / "message.eml"), "--json", code=1
        )
    rules = {(one["rule"], one["subject"]) for one in json.loads(ran.stdout)}
    assert rules == {
        ("sending.store", "file"),
        ("sending.backup", "file"),
        ("sending.server", "size"),
        ("sending.pipelining", "address"),
        ("sending.way-out", "data"),
        ("sending.mx", "name"),
        ("sending.spf", "size"),
        ("sending.dmarc", "text"),
        ("sending.dkim", "line"),
        ("sending.dkim", "key"),
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
    return tmp_path


def test_offline_nothing_is_asked(root: Path) -> None:
    ran = run_dispatch(root, "doctor", "--offline", code=1)
    assert "There is no mail server  [sending.server]" in ran.stdout
    assert ran.stderr == "looked at the settings and the store\n"
    assert not (root / ".dispatch" / "subscribers.sqlite").exists()


def test_a_test_message_goes_where_one_says(root: Path) -> None:
    with mail_sink() as sink, serve_names(RIGHT) as names:
        set_up(root, int(sink.url.rpartition(":")[2]))
        ran = run_dispatch(root, "doctor", "--dns", names, "--to", "ann@paper.example", "--json")
        assert "ann@paper.example: 250 2.0.0 Ok" in ran.stderr
        assert json.loads(ran.stdout) == []
        one = sink.taken[0]
        assert (one.sender, one.recipient) == ("bounces@wire.example", "ann@paper.example")
        message = message_from_bytes(one.octets, policy=policy.default)
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "dispatch doctor --received" in message.get_content()
        sink.fault = lambda at, _recipient, _count: b"550 5.1.1 Nobody" if at == "RCPT" else ""
        assert "was not taken: 550 5.1.1" in run_dispatch(
            root, "doctor", "--dns", names, "--to", "no@paper.example", code=1
        ).stderr  # fmt: skip
        assert "is not an address" in run_dispatch(root, "doctor", "--dns", names, "--to", "ann", code=1).stderr
    assert len(sink.taken) == 1


def test_what_is_not_there_is_named(root: Path) -> None:
    with serve_names({}, silent=frozenset({"wire.example"})) as names:
        set_up(root, 9)
        ran = run_dispatch(root, "doctor", "--dns", names, code=1)
    assert "The server 127.0.0.1:9 cannot be used: connection refused" in ran.stdout
    assert "No name server answers about wire.example" in ran.stdout
    assert "There is no DMARC record at wire.example" in ran.stdout
    assert "there is no name server" in run_dispatch(root, "doctor", "--dns", "nonsense", code=1).stderr


def test_a_password_that_is_wrong_or_missing_is_told_of(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_mail() as port, serve_names(RIGHT) as names:
        set_up(root, port)
        file = root / "dispatch.toml"
        file.write_text(file.read_text("utf-8").replace("smtp://", "smtp://desk@"), "utf-8")
        assert "wants the password of desk" in run_dispatch(root, "doctor", "--dns", names, code=1).stdout
        monkeypatch.setenv("DISPATCH_SMTP_PASSWORD", "secret words")
        ran = run_dispatch(root, "doctor", "--dns", names, code=1)
    assert "knows no users" in ran.stdout
    assert "secret words" not in ran.output


def test_a_damaged_store_is_told_of(root: Path) -> None:
    with subscribers.open_store(config.load(root)) as store:
        for number in range(200):
            store.add(f"reader-{number}@paper.example", NOW, words="x" * 500)
    path = root / ".dispatch" / "subscribers.sqlite"
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    body = bytearray(path.read_bytes())
    body[20_000:24_000] = b"\xff" * 4000
    path.write_bytes(body)
    found = look_at_store(root, NOW)
    assert found
    assert found.damage
    path.write_bytes(b"no database" * 1000)
    assert "not a database" in look_at_store(root, NOW).damage
    assert "sending.store" in run_dispatch(root, "doctor", "--offline", code=1).stdout


def test_what_name_servers_say() -> None:
    with serve_names(RIGHT) as names:
        resolver = Resolver(names)
        facts = look_at_domain("wire.example", resolver, servers=("192.0.2.9",), is_sender=True)
        assert (facts.takes_mail, facts.spf_records, facts.spf_look_ups) == (True, 1, 1)
        assert (facts.spf_verdict, facts.dmarc_policy, facts.unanswered) == ("pass", "quarantine", ())
        # A domain below has the policy of the one above, and no record of its own.
        below = look_at_domain("news.wire.example", resolver, servers=(), is_sender=True)
        assert (below.takes_mail, below.spf_records, below.dmarc_records) == (False, 0, 1)
        # The second has a name that leads to the first only, the third has none.
        assert list_unnamed(("192.0.2.1", "192.0.2.2", "192.0.2.3"), resolver) == ("192.0.2.2", "192.0.2.3")
        signature = read_signatures(MESSAGE.encode(), resolver)[0]
        assert (signature.domain, signature.selector, signature.bits) == ("wire.example", "s1", 2048)
        assert read_signatures(b"From: x\n\n", resolver) == ()
        assert read_signatures(b"DKIM-Signature: v=1; d=" + b"x" * 300 + b".example; s=a..b\n\n", resolver)[0].bits == 0


def test_a_name_that_is_silent_is_not_one_that_is_missing() -> None:
    with serve_names(RIGHT, silent=frozenset({"wire.example", "s1._domainkey.wire.example"})) as names:
        resolver = Resolver(names, seconds=0.5)
        facts = look_at_domain("wire.example", resolver, servers=(), is_sender=True)
        assert (facts.takes_mail, facts.spf_records, facts.unanswered) == (None, None, ("wire.example",))
        assert read_signatures(MESSAGE.encode(), resolver)[0].bits is None


KEYS = (b"k" * 32,)


@pytest.mark.parametrize(
    ("page", "refusal"),
    [
        ("You have left.", ""),
        (("", {}, 405), "status 405"),
        (("", {"location": "/"}, 303), "status 303"),
        (("", {"location": "/subscription/other"}, 307), "it is led elsewhere"),
    ],
)
def test_who_leaves_by_one_click_is_led_nowhere(page: Page, refusal: str) -> None:
    with web() as site:
        pages = site.url("/subscription/")

        def answer(handler: BaseHTTPRequestHandler) -> None:
            nonce = handler.path.rpartition("=")[2]
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.write(f"{sign_text(nonce, 'here', KEYS)}\n".encode())
            handler.close_connection = True

        class Pages(dict[str, Page]):
            def get(self, path: str, _default: object = None) -> Page | None:  # type: ignore[override]
                return answer if "/here?" in path else page if "/leave/" in path else "Elsewhere"

        site.pages = Pages()
        facts = look_at_way_back(pages, KEYS, NOW, user_agent="dispatch-tests")
        assert (facts.state, facts.refusal) == ("ours", refusal)
        assert site.posted[0][2] == b"List-Unsubscribe=One-Click"


def test_who_sends_now_is_named(root: Path) -> None:
    with locks.hold_lock(root, "delivery", command="dispatch work on mx1 since 08:12 UTC"):
        said = run_dispatch(root, "doctor", "--offline", code=1).stderr
    assert "sending now: dispatch work on mx1 since 08:12 UTC (process" in said
    assert "sending now" not in run_dispatch(root, "doctor", "--offline", code=1).stderr


def test_names_that_are_wrong_stop_what_goes_to_thousands_at_large_providers(root: Path) -> None:
    issues.create_issue(config.load(root), nouns.issue(nouns.article(1), slug="bridges"))
    run_dispatch(root, "publish", "bridges", "--yes")
    rows = [f"reader-{n}@{('gmail.com', 'yahoo.fr', 'Outlook.com')[n % 3]}" for n in range(5001)]
    (root / "list.csv").write_text("\n".join(rows))
    run_dispatch(root, "subscriber", "import", "list.csv", "--confirmed", "They said so", "--state", "active")
    words = ("send", "bridges", "--untested", "--dry-run", "--dns")
    with mail_sink() as sink:
        set_up(root, int(sink.url.rpartition(":")[2]))
        with serve_names(WRONG) as names:
            refused = run_dispatch(root, *words, names, code=1)
            assert "5001 readers are at Gmail, Yahoo or Outlook" in refused.stderr
            assert "[sending.spf]" in refused.stdout
            run_dispatch(root, "subscriber", "remove", rows[0])
            run_dispatch(root, *words, names)  # 5,000 are few enough
            run_dispatch(root, "subscriber", "add", rows[0], "--confirmed", "Again")
        with serve_names(RIGHT) as names:
            run_dispatch(root, *words, names)
