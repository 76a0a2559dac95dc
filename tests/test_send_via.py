"""``dispatch send --via``: handed over as a draft, once, whatever fails in between."""

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import nouns
from api_server import ApiServer, Asked, HungUpError, api_server
from buttondown_api import Buttondown, Email
from commands import run_dispatch
from dispatch import config, fetch, issues, locks
from dispatch.deliver import LOCK, hand_over
from dispatch.deliver.handing_over import make_service_mail
from dispatch.deliver.listmonk import Listmonk as ListmonkAdapter
from dispatch.errors import DeliveryError
from listmonk_api import Campaign, Listmonk

KEY = "dispatch:s3cret"
TITLE = 'Who pays {{ .Subscriber.Email }} and {{ "x" }}'


@pytest.fixture
def listmonk() -> Listmonk:
    return Listmonk()


@pytest.fixture
def server(listmonk: Listmonk) -> Iterator[ApiServer]:
    with api_server(listmonk) as found:
        yield found


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication with an issue that is published."""
    root = tmp_path_factory.mktemp("published") / "wire"
    root.mkdir()
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
    issues.create_issue(config.load(root), nouns.issue(nouns.article(1), slug="bridges", title=TITLE))
    run_dispatch(root, "publish", "bridges", "--yes")
    return root


@pytest.fixture
def wire(tmp_path: Path, published: Path, server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That publication, and a listmonk that has its list."""
    root = shutil.copytree(published, tmp_path / "wire", symlinks=True)
    with (root / "dispatch.toml").open("a") as file:
        file.write(
            f'\n[delivery]\ntest = ["desk@wire.example"]\n[delivery.listmonk]\nurl = "{server.url}"\nlists = [1]\n'
        )
    monkeypatch.setenv("DISPATCH_SERVICE_KEY", KEY)
    return root


def send(wire: Path, *words: str, code: int = 0) -> str:
    done = run_dispatch(wire, "send", "bridges", "--via", "listmonk", *words, code=code)
    assert "s3cret" not in done.output
    return done.output


def read_lock(wire: Path) -> list[list[str]]:
    lines = (line.split("\t") for line in (wire / "dispatch.lock").read_text().splitlines())
    return [line for line in lines if len(line) > 1 and line[1] in ("round", "sent")]


def only(listmonk: Listmonk) -> Campaign:
    (found,) = listmonk.campaigns.values()
    return found


def test_an_issue_becomes_a_draft_without_anything_of_listmonk_s_own(
    wire: Path, listmonk: Listmonk, server: ApiServer
) -> None:
    said = send(wire)
    one = only(listmonk)
    assert f"draft: {server.url}/admin/campaigns/1\n" in said
    assert "Next: dispatch send bridges --via listmonk --test" in said
    assert (one["status"], one["content_type"], one["from_email"]) == ("draft", "html", "W <desk@wire.example>")
    assert one["lists"] == [{"id": 1, "name": "The Wire"}]
    assert one["body"].startswith("<!DOCTYPE html>")
    assert one["body"].count("{{ UnsubscribeURL }}") == one["altbody"].count("{{ UnsubscribeURL }}") == 1
    assert nouns.article(1).title in one["body"]
    assert nouns.article(1).title in one["altbody"]
    assert "{{ .Subscriber" not in one["subject"] + one["body"] + one["altbody"]
    assert listmonk.templates[one["template_id"] - 1]["body"] == '{{ template "content" . }}'
    names = [name for header in one["headers"] for name in header]
    assert {"List-Id", "List-Archive"} <= {*names}
    assert "List-Unsubscribe" not in names
    ((_, kind, address, *_rest),) = read_lock(wire)
    assert (kind, address) == ("round", f"{server.url}/admin/campaigns/1")
    assert all(asked.headers["authorization"] == f"token {KEY}" for asked in server.asked)
    assert not any("s3cret" in path.read_text(errors="replace") for path in wire.rglob("*") if path.is_file())


def test_a_second_time_it_is_the_same_draft(wire: Path, listmonk: Listmonk, server: ApiServer) -> None:
    send(wire)
    only(listmonk)["tags"].append("mine")
    file = wire / "issues" / "bridges" / "issue.md"
    file.write_text(file.read_text().replace("---\n", "---\nsubject: Other words\n", 1))
    send(wire)
    one = only(listmonk)
    assert one["subject"] == "Other words"
    assert "mine" in one["tags"]
    assert len(listmonk.templates) == 2
    assert len(read_lock(wire)) == 1
    assert server.names().count("POST /api/campaigns") == 1


def test_a_test_goes_to_the_desk_and_says_what_comes_next(wire: Path, listmonk: Listmonk) -> None:
    said = send(wire, "--test")
    ((addresses, tested),) = listmonk.tests
    assert addresses == ["desk@wire.example"]
    assert tested["body"] == only(listmonk)["body"]
    assert tested["altbody"] == only(listmonk)["altbody"]
    assert "Next: dispatch check bridges --received message.eml --service listmonk" in said
    assert only(listmonk)["status"] == "draft"


def test_it_is_scheduled_in_the_zone_of_the_publication_and_taken_back(wire: Path, listmonk: Listmonk) -> None:
    toml = wire / "dispatch.toml"
    toml.write_text(toml.read_text().replace('timezone = "UTC"', 'timezone = "Europe/Berlin"'))
    assert "if you mean it, add --yes" in send(wire, "--at", "2099-06-01T08:00", code=2)
    assert not listmonk.campaigns
    said = send(wire, "--at", "2099-06-01T08:00", "--yes")
    assert "Monday 01 June 08:00 Europe/Berlin (+0200)" in said
    assert (only(listmonk)["status"], only(listmonk)["send_at"]) == ("scheduled", "2099-06-01T06:00:00+00:00")
    send(wire)
    assert (only(listmonk)["status"], only(listmonk)["send_at"]) == ("draft", None)
    assert "not both" in send(wire, "--at", "2099-06-01T08:00", "--test", code=2)


@pytest.mark.parametrize("status", ["running", "paused"])
def test_what_has_begun_there_is_not_touched_and_never_sent_again(
    wire: Path, listmonk: Listmonk, server: ApiServer, status: str
) -> None:
    send(wire)
    only(listmonk)["status"] = status
    before = dict(only(listmonk))
    assert "is sent already, or on its way" in send(wire, code=1)
    assert only(listmonk) == before
    assert [line[1] for line in read_lock(wire)] == ["round", "sent"]
    asked = len(server.asked)
    assert f"by {server.url}/admin/campaigns/1" in send(wire, code=1)
    assert len(server.asked) == asked  # dispatch.lock is enough
    send(wire, "--take-over")
    assert len(listmonk.campaigns) == 2


def test_what_was_handed_over_is_not_sent_from_here_and_the_other_way_round(wire: Path, server: ApiServer) -> None:
    toml = wire / "dispatch.toml"
    toml.write_text(
        toml.read_text().replace(
            "[delivery]\n", '[delivery]\nsmtp = "smtp://127.0.0.1:1"\nbounces = "b@wire.example"\n'
        )
    )
    (wire / "list.csv").write_text("ann@paper.example\n")
    run_dispatch(wire, "subscriber", "import", "list.csv", "--confirmed", "They said so", "--state", "active")
    send(wire)
    done = run_dispatch(wire, "send", "bridges", "--yes", "--untested", code=1)
    assert f"was handed over to {server.url}/admin/campaigns/1" in done.stderr
    lock = wire / "dispatch.lock"
    lock.write_text(lock.read_text().replace(f"{server.url}/admin/campaigns/1", "c0ffee00c0ffee00"))
    assert "from another store" in send(wire, code=1)


def test_what_check_refuses_is_not_handed_over(wire: Path, server: ApiServer) -> None:
    article = next((wire / "issues" / "bridges").glob("story-1*"))
    article.write_text(article.read_text().replace("Ada 1", "Somebody else", 1))
    assert "is not sent" in send(wire, code=1)
    assert not server.asked
    issues.create_issue(config.load(wire), nouns.issue(nouns.article(2), slug="draft", title="Draft", status="draft"))
    done = run_dispatch(wire, "send", "draft", "--via", "listmonk", code=1)
    assert "is not published" in done.stderr


def test_a_dry_run_asks_nobody(wire: Path, server: ApiServer) -> None:
    assert "to listmonk" in send(wire, "--dry-run")
    assert not server.asked
    assert not read_lock(wire)


def test_one_at_a_time_hands_over(wire: Path, server: ApiServer) -> None:
    with locks.hold_lock(wire, LOCK, command="dispatch send bridges"):
        assert "dispatch send bridges" in send(wire, code=75)
    assert not server.asked


def fail_at(name: str, how: object, times: int = 1) -> object:
    """A fault at a request of this name, so many times."""
    left = [times]

    def fault(asked: Asked) -> object:
        if asked.name != name or not left[0]:
            return None
        left[0] -= 1
        if isinstance(how, Exception):
            raise how
        return how

    return fault


GARBAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<!doctype"
AWAY = b"HTTP/1.1 307 x\r\nLocation: http://127.0.0.2:1/login\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("at", "how", "words"),
    [
        ("GET /api/templates", HungUpError(), "is not HTTP"),
        ("GET /api/templates", GARBAGE, "does not answer as a service does"),
        ("GET /api/templates", (200, []), "does not answer as listmonk does"),
        ("GET /api/campaigns", AWAY, "leads elsewhere (307)"),
        ("GET /api/campaigns", b"SSH-2.0-OpenSSH\r\n", "is not HTTP"),
        ("GET /api/campaigns", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", "ended before it was complete"),
        ("POST /api/campaigns", (500, {"message": "Error creating campaign: no space"}), "answers 500: Error creating"),
        ("POST /api/campaigns", (403, {"message": f"no {KEY}, no token s3cret"}), "refuses the key: no ..."),
    ],
)
def test_the_second_run_carries_on_where_the_first_one_failed(
    wire: Path, listmonk: Listmonk, server: ApiServer, at: str, how: object, words: str
) -> None:
    server.before = fail_at(at, how)  # type: ignore[assignment]
    said = send(wire, code=1)
    assert words in said
    assert "Traceback" not in said
    send(wire)
    assert len(listmonk.campaigns) == 1
    assert len(read_lock(wire)) == 1


@pytest.mark.parametrize("how", [HungUpError(), GARBAGE, (502, {"message": "Bad gateway"})])
def test_a_draft_whose_making_was_not_answered_is_found_again(
    wire: Path, listmonk: Listmonk, server: ApiServer, how: object
) -> None:
    server.after = fail_at("POST /api/campaigns", how)  # type: ignore[assignment]
    said = send(wire, code=1)
    assert how is GARBAGE or "makes no second draft" in said
    assert len(listmonk.campaigns) == 1
    assert not read_lock(wire)
    send(wire)
    assert len(listmonk.campaigns) == 1
    assert len(read_lock(wire)) == 1


def test_a_copy_that_was_sent_by_hand_counts_as_sent(wire: Path, listmonk: Listmonk, server: ApiServer) -> None:
    server.after = fail_at("POST /api/campaigns", HungUpError())  # type: ignore[assignment]
    send(wire, code=1)
    listmonk.campaigns[7] = {**only(listmonk), "id": 7, "status": "finished"}
    assert "admin/campaigns/7" in send(wire, code=1)


def test_a_draft_that_was_deleted_is_not_made_again_by_itself(wire: Path, listmonk: Listmonk) -> None:
    send(wire)
    listmonk.campaigns.clear()
    assert "is not at" in send(wire, code=1)
    send(wire, "--take-over")
    assert len(listmonk.campaigns) == 1


def test_a_test_that_is_refused_leaves_a_draft_and_says_why(wire: Path, listmonk: Listmonk) -> None:
    said = send(wire, "--test", "nobody@wire.example", code=1)
    assert "No known subscribers to test." in said
    assert "whoever gets a test must be a subscriber" in said
    assert len(read_lock(wire)) == 1
    listmonk.subscribers.add("nobody@wire.example")
    send(wire, "--test", "nobody@wire.example")
    assert len(listmonk.campaigns) == len(listmonk.tests) == 1


def test_a_list_that_there_is_not_and_rights_that_are_missing(wire: Path, listmonk: Listmonk) -> None:
    listmonk.rights -= {"templates:manage"}
    said = send(wire, code=1)
    assert "permission denied: templates:manage" in said
    listmonk.templates.append({"id": 2, "name": "Bare", "type": "campaign", "body": ' {{template "content" .}}\n'})
    toml = wire / "dispatch.toml"
    toml.write_text(toml.read_text().replace("lists = [1]", "lists = [1, 9]"))
    assert "has no list 9" in send(wire, code=1)
    toml.write_text(toml.read_text().replace("lists = [1, 9]", "lists = [1]"))
    send(wire)
    assert only(listmonk)["template_id"] == 2


def test_words_that_are_rewritten_on_the_way_are_told(wire: Path, listmonk: Listmonk, server: ApiServer) -> None:
    def rewrite(asked: Asked) -> object:
        if asked.name != "POST /api/campaigns":
            return None
        return 200, {
            "data": {**only(listmonk), "body": only(listmonk)["body"].replace(nouns.article(1).title, "Other words")}
        }

    server.after = rewrite  # type: ignore[assignment]
    assert "has kept another body than it was given" in send(wire, code=1)


def test_a_key_comes_from_the_environment_alone(wire: Path, server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run_dispatch(wire, "send", "bridges", "--via", "listmonk", "--service-key", "a:b", code=2)
    assert "from the environment alone" in done.stderr
    for key in ("", "justatoken", "a:b c"):
        monkeypatch.setenv("DISPATCH_SERVICE_KEY", key)
        assert "wants a key" in run_dispatch(wire, "send", "bridges", "--via", "listmonk", code=1).stderr
    monkeypatch.setenv("DISPATCH_SERVICE_KEY", "dispatch:wrong")
    assert "invalid API credentials" in run_dispatch(wire, "send", "bridges", "--via", "listmonk", code=1).stderr
    assert {asked.name for asked in server.asked} == {"GET /api/campaigns"}


def test_a_service_elsewhere_is_asked_over_tls_alone(wire: Path) -> None:
    toml = wire / "dispatch.toml"
    url = config.load(wire).delivery.listmonk
    assert url
    toml.write_text(toml.read_text().replace(url.url, "http://10.255.255.1:9000"))
    assert "is not encrypted" in send(wire, code=1)
    toml.write_text(toml.read_text().partition("[delivery.listmonk]")[0])
    assert "does not say where listmonk is" in send(wire, code=1)


def test_a_server_that_never_answers_is_given_up(wire: Path, server: ApiServer) -> None:
    over = threading.Event()

    def hang(_: Asked) -> None:
        over.wait(30)
        raise HungUpError

    server.before = hang  # type: ignore[assignment]
    publication = config.load(wire)
    account = fetch.Account(url=server.url, authorization=f"token {KEY}", user_agent="x", seconds=0.2)
    issue = issues.read_issue(publication, "bridges")
    mail = make_service_mail(issue, publication, "listmonk")
    adapter = ListmonkAdapter(account=account, lists=(1,))
    with pytest.raises(DeliveryError, match=r"no complete answer within 0\.2 seconds"):
        hand_over(adapter, mail, issue, publication, datetime.now(UTC))
    over.set()


def test_json_says_where_it_is(wire: Path, server: ApiServer) -> None:
    done = run_dispatch(wire, "send", "bridges", "--via", "listmonk", "--json")
    drafted = {"issue": "bridges", "service": "listmonk", "became": "drafted", "because": ""}
    assert json.loads(done.stdout) == {**drafted, "address": f"{server.url}/admin/campaigns/1"}
    server.before = lambda _: (403, {"message": "invalid API credentials"})
    refused = run_dispatch(wire, "send", "bridges", "--via", "listmonk", "--json", code=1)
    found = json.loads(refused.stdout)
    assert (found["issue"], found["became"]) == ("bridges", "refused")
    assert "invalid API credentials" in found["because"]


@pytest.fixture
def buttondown(wire: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Buttondown, ApiServer]]:
    """A Buttondown that has the list instead."""
    keeper = Buttondown()
    with api_server(keeper) as found:
        toml = wire / "dispatch.toml"
        toml.write_text(f'{toml.read_text()}[delivery.buttondown]\nurl = "{found.url}/v1"\n')
        monkeypatch.setenv("DISPATCH_SERVICE_KEY", keeper.key)
        yield keeper, found


def send_buttondown(wire: Path, *words: str, code: int = 0) -> str:
    done = run_dispatch(wire, "send", "bridges", "--via", "buttondown", *words, code=code)
    assert "s3cret" not in done.output
    return done.output


def only_email(keeper: Buttondown) -> Email:
    (found,) = keeper.emails.values()
    return found


def test_buttondown_gets_the_words_as_a_draft_and_is_never_told_to_send(
    wire: Path, buttondown: tuple[Buttondown, ApiServer]
) -> None:
    keeper, server = buttondown
    said = send_buttondown(wire)
    one = only_email(keeper)
    assert f"draft: https://buttondown.com/emails/{one['id']}\n" in said
    assert "Buttondown would read “{{ .Subscriber.Email }}” in the subject as its own language" in said
    assert (one["status"], one["subject"]) == ("draft", TITLE)
    assert one["body"].startswith("<!-- buttondown-editor-mode: plaintext --><div")
    assert nouns.article(1).title in one["body"]
    assert one["body"].count("{{ unsubscribe_url }}") == 1
    assert "{{ ." not in one["body"]
    send_buttondown(wire, "--test")
    ((addresses, tested),) = keeper.tests
    assert (addresses, tested["body"]) == (["desk@wire.example"], one["body"])
    sent = [
        asked.payload for asked in server.asked if asked.method in ("POST", "PATCH") and "send-draft" not in asked.path
    ]
    assert all(isinstance(payload, dict) and payload["status"] == "draft" for payload in sent)
    assert server.names().count("POST /v1/emails") == 1
    assert [line[1:3] for line in read_lock(wire)] == [["round", f"https://buttondown.com/emails/{one['id']}"]]


def test_buttondown_schedules_and_takes_back_and_what_has_begun_stays(
    wire: Path, buttondown: tuple[Buttondown, ApiServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, _ = buttondown
    send_buttondown(wire, "--at", "2099-06-01T08:00", "--yes")
    assert (only_email(keeper)["status"], only_email(keeper)["publish_date"]) == (
        "scheduled",
        "2099-06-01T08:00:00+00:00",
    )
    send_buttondown(wire)
    assert (only_email(keeper)["status"], only_email(keeper)["publish_date"]) == ("draft", None)
    only_email(keeper)["status"] = "about_to_send"
    assert "is sent already, or on its way" in send_buttondown(wire, code=1)
    monkeypatch.setenv("DISPATCH_SERVICE_KEY", KEY)
    assert "by https://buttondown.com/emails/" in send(wire, code=1)  # by listmonk neither


@pytest.mark.parametrize(
    ("at", "how", "words"),
    [
        ("POST /v1/emails", (422, {"detail": [{"loc": ["body"], "msg": "no"}]}), "answers 422"),
        ("POST /v1/emails", (429, {"detail": "Too many requests b1-s3cret"}), "answers 429: Too many requests ..."),
        ("GET /v1/emails", (403, {"detail": "This key may not."}), "refuses the key: This key may not."),
        ("GET /v1/emails", GARBAGE, "does not answer as a service does"),
        ("POST /v1/emails", (201, {"id": "../../keys"}), "does not answer as Buttondown does"),
    ],
)
def test_buttondown_refuses_and_the_second_run_carries_on(
    wire: Path, buttondown: tuple[Buttondown, ApiServer], at: str, how: object, words: str
) -> None:
    keeper, server = buttondown
    server.before = fail_at(at, how)  # type: ignore[assignment]
    assert words in send_buttondown(wire, code=1)
    server.after = fail_at("POST /v1/emails", HungUpError())  # type: ignore[assignment]
    send_buttondown(wire, code=1)
    send_buttondown(wire)
    assert len(keeper.emails) == len(read_lock(wire)) == 1


def test_a_draft_that_was_deleted_at_buttondown_and_a_key_of_another_service(
    wire: Path, buttondown: tuple[Buttondown, ApiServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, server = buttondown
    send_buttondown(wire)
    only_email(keeper)["status"] = "deleted"
    assert "is not at https://buttondown.com/emails/" in send_buttondown(wire, code=1)
    send_buttondown(wire, "--take-over")
    assert len(keeper.emails) == 2
    asked = len(server.asked)
    monkeypatch.setenv("DISPATCH_SERVICE_KEY", KEY)
    assert "wants a key" in send_buttondown(wire, code=1)
    assert len(server.asked) == asked
