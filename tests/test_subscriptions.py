"""Signing up, confirming, leaving and changing one's own data, over HTTP, with what strangers send there."""

import http.client
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands import run_dispatch
from dispatch import config, subscribers
from dispatch.model import Page, Publication
from dispatch.render import render_edition
from dispatch.serve.forms import NetworkLimit
from dispatch.subscribers import retention
from dispatch.subscribers.subscriptions import load_keys, open_subscriptions
from dispatch.tokens import sign_text
from mail_sink import mail_sink
from patience import PATIENCE, wait_until
from serving import serving
from signing_up import BEGIN, CONSENT, Signing, signing

ANN = "ann@paper.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Signing]:
    with signing(tmp_path / "wire") as desk:
        yield desk


def consents(desk: Signing, email: str) -> list[tuple[str, str]]:
    with subscribers.open_store(desk.publication) as store:
        return [(one.what, one.words) for one in store.list_consents(store.require(email))]


def test_somebody_signs_up_and_confirms_by_the_button(desk: Signing) -> None:
    answer = desk.sign_up(ANN)
    assert (answer.status, answer.headers["location"]) == (303, "/subscription/sent/")
    assert desk.state(ANN) == "pending"
    path = desk.link("confirm", "confirm")
    page = desk.ask(path)
    assert "a...n@paper.example" in page.text
    assert ANN not in page.text
    assert CONSENT in page.text
    assert desk.state(ANN) == "pending"
    answer = desk.post(path, {})
    assert (answer.status, answer.headers["location"]) == (303, "/subscription/welcome/")
    assert desk.ask("/subscription/welcome/").heading == "You are subscribed"
    assert desk.state(ANN) == "active"
    assert consents(desk, ANN) == [("asked", CONSENT), ("confirmed", CONSENT)]
    welcome = desk.notices("welcome")[0]
    assert welcome["To"] == ANN
    assert welcome["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert welcome["List-Unsubscribe"] == f"<http://127.0.0.1:{desk.port}{desk.leave_path(ANN)}>"


def test_the_browser_that_signed_up_confirms_by_opening_the_link(desk: Signing) -> None:
    cookie = desk.sign_up(ANN).cookie
    other = desk.sign_up("bo@paper.example").cookie
    with open_subscriptions(desk.publication, load_keys(desk.publication)) as store:
        paths = [f"/subscription/confirm/{token}" for token in re.findall("confirm/([A-Za-z0-9_-]{43})", bodies(desk))]
        assert store.find_confirmable(paths[0].rpartition("/")[2], desk.now)
    ann = paths[0]
    assert desk.ask(ann, cookie=other).status == 200
    assert desk.ask(ann, cookie=cookie.replace("=", "=0")).status == 200
    assert desk.ask(ann, "HEAD", cookie=cookie).status == 200
    assert desk.ask(ann, cookie=cookie, sec_purpose="prefetch").status == 200
    assert desk.state(ANN) == "pending"
    assert desk.ask(ann, cookie=cookie).status == 303
    assert desk.state(ANN) == "active"


def bodies(desk: Signing) -> str:
    parts = [mail.get_body(("plain",)) for mail in desk.notices()]
    return "\n".join(part.get_content() for part in parts if part)


def test_a_cookie_is_for_an_hour(desk: Signing) -> None:
    cookie = desk.sign_up(ANN).cookie
    desk.now += timedelta(hours=1)
    assert desk.ask(desk.link("confirm", "confirm"), cookie=cookie).status == 200
    assert desk.state(ANN) == "pending"


def test_programs_that_open_every_link_do_nothing(desk: Signing) -> None:
    desk.confirm(ANN)
    desk.sign_up("bo@paper.example")
    desk.post("/subscription/preferences/ask", {"email": ANN})
    before = (desk.state(ANN), desk.state("bo@paper.example"), consents(desk, ANN), len(desk.notices()))
    paths = set(re.findall(rf"http://127\.0\.0\.1:{desk.port}(/\S+)", bodies(desk)))
    assert len({path.split("/")[2] for path in paths if path.startswith("/subscription/")}) == 3
    for path in paths:
        for method in ("GET", "HEAD"):
            desk.ask(path, method)
    assert (desk.state(ANN), desk.state("bo@paper.example"), consents(desk, ANN), len(desk.notices())) == before


def test_one_click_leaves_and_stays_gone(desk: Signing) -> None:
    desk.confirm(ANN)
    path = desk.leave_path(ANN)
    assert desk.ask(path).heading == "Stop getting The Wire?"
    assert desk.ask(path, "HEAD").status == 200
    assert desk.state(ANN) == "active"
    for _ in range(2):
        answer = desk.post(path, {"List-Unsubscribe": "One-Click"}, origin="https://mail.example")
        assert (answer.status, answer.heading, answer.cookie) == (200, "You have left", "")
        assert desk.state(ANN) == "left"
    body = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    assert desk.ask(path, "POST", body, content_type="multipart/form-data; boundary=x").status == 200
    assert [what for what, _ in consents(desk, ANN)] == ["asked", "confirmed", "left"]
    desk.now += timedelta(days=3650)
    assert desk.post(path, {}).heading == "You have left"


def test_leaving_by_mistake_is_undone_for_a_day(desk: Signing) -> None:
    desk.confirm(ANN)
    path = desk.leave_path(ANN)
    assert 'name="undo"' in desk.post(path, {}).text
    assert desk.post(path, {"undo": "1"}).heading == "You are subscribed"
    assert desk.state(ANN) == "active"
    desk.post(path, {})
    desk.now += timedelta(days=1)
    assert 'name="undo"' not in desk.ask(path).text
    assert desk.post(path, {"undo": "1"}).heading == "You have left"
    assert desk.state(ANN) == "left"


def test_an_editor_who_removed_somebody_is_not_undone_by_a_link(desk: Signing) -> None:
    desk.confirm(ANN)
    with subscribers.open_store(desk.publication) as store:
        store.remove(ANN, desk.now)
    assert desk.post(desk.leave_path(ANN), {"undo": "1"}).heading == "You have left"
    assert desk.state(ANN) == "left"


def test_a_forged_token_and_one_of_somebody_erased_look_like_one_that_has_left(desk: Signing) -> None:
    desk.confirm(ANN)
    path = desk.leave_path(ANN)
    with subscribers.open_store(desk.publication) as store:
        store.forget(ANN, desk.now)
    forged = ["A" * 38, path.rpartition("/")[2][:-1] + "_", "x", "a" * 4000, "%00", "..%2f", "é".encode().hex()]
    pages = [desk.ask(path), desk.post(path, {}), *(desk.ask(f"/subscription/leave/{one}") for one in forged)]
    pages += [desk.post(f"/subscription/leave/{one}", {}) for one in forged if "%" not in one]
    assert {(page.status, page.heading) for page in pages if page.status == 200} == {(200, "You have left")}
    assert len({page.text for page in pages if page.status == 200}) == 1
    assert {page.status for page in pages} <= {200, 404}


@pytest.mark.parametrize("purpose", ["confirm", "preferences"])
def test_a_link_of_one_purpose_does_nothing_else(desk: Signing, purpose: str) -> None:
    desk.confirm(ANN)
    token = desk.leave_path(ANN).rpartition("/")[2]
    assert (
        desk.post(f"/subscription/{purpose}/{token}", {"erase_all": "1"}).heading == "This link does not work any more"
    )
    assert desk.state(ANN) == "active"


def test_an_old_confirmation_does_not_bring_back_who_has_left(desk: Signing) -> None:
    desk.confirm(ANN)
    old = desk.link("confirm", "confirm")
    assert desk.post(old, {}).status == 303  # as often as somebody likes, while subscribed
    desk.post(desk.leave_path(ANN), {})
    assert desk.post(old, {}).heading == "This link does not work any more"
    assert desk.state(ANN) == "left"
    desk.now += timedelta(days=2)
    desk.confirm(ANN)
    assert [what for what, _ in consents(desk, ANN)] == ["asked", "confirmed", "left", "asked", "confirmed"]


def test_a_confirmation_is_for_three_days(desk: Signing) -> None:
    desk.sign_up(ANN)
    desk.now += timedelta(hours=72)
    assert desk.post(desk.link("confirm", "confirm"), {}).heading == "This link does not work any more"
    assert desk.state(ANN) == "pending"


def test_a_suppressed_address_is_written_to_by_no_page(desk: Signing) -> None:
    desk.confirm(ANN)
    confirm = desk.link("confirm", "confirm")
    with subscribers.open_store(desk.publication) as store:
        store.suppress([ANN, "bo@paper.example"], desk.now)
    before = len(desk.notices())
    for email in (ANN, "bo@paper.example"):
        assert desk.sign_up(email).headers["location"] == "/subscription/sent/"
        assert desk.post("/subscription/preferences/ask", {"email": email}).status == 303
    assert desk.post(confirm, {}).heading == "This link does not work any more"
    desk.post(desk.leave_path(ANN), {"undo": "1"})
    assert (desk.state(ANN), len(desk.notices())) == ("suppressed", before)


def test_the_answer_is_the_same_for_every_address(desk: Signing) -> None:
    desk.confirm("active@paper.example")
    desk.sign_up("pending@paper.example")
    desk.confirm("left@paper.example")
    desk.post(desk.leave_path("left@paper.example"), {})
    with subscribers.open_store(desk.publication) as store:
        store.suppress(["listed@paper.example"], desk.now)
    seen = set()
    for name in ("active", "pending", "left", "listed", "new", "listed", "new"):
        answer = desk.sign_up(f"{name}@paper.example")
        kept = {key: value for key, value in answer.headers.items() if key not in ("date", "set-cookie")}
        shape = re.sub("[0-9a-f]{16,}|[0-9]{10}", "x", answer.headers["set-cookie"])
        seen.add((answer.status, json.dumps(kept), answer.text, shape))
        found = desk.post("/subscription/preferences/ask", {"email": f"{name}@paper.example"})
        assert (found.status, found.headers["location"]) == (303, "/subscription/found/")
    assert len(seen) == 1
    keys = [desk.sign_up("listed@paper.example").cookie.partition(".")[0] for _ in range(2)]
    assert keys[0] == keys[1]


def test_whoever_is_subscribed_gets_the_links_instead_of_another_confirmation(desk: Signing) -> None:
    desk.confirm(ANN)
    desk.sign_up(ANN)
    assert [mail["Subject"] for mail in desk.notices()][-1] == "Your subscription to The Wire"
    assert desk.state(ANN) == "active"


def test_a_second_mail_comes_after_a_day_and_three_a_month(desk: Signing) -> None:
    counts = []
    for hours in (0, 1, 24, 48, 72, 24 * 31):
        desk.now = BEGIN + timedelta(hours=hours)
        desk.sign_up(ANN)
        counts.append(len(desk.notices("confirm")))
    assert counts == [1, 1, 2, 3, 3, 4]


def test_a_form_that_was_not_fetched_asks_once_more(desk: Signing) -> None:
    proof = desk.proof()
    desk.now += timedelta(seconds=5)
    good = {"email": ANN, "homepage": "", "proof": proof}
    later = desk.now + timedelta(days=2)
    late = f"{int(later.timestamp())}.{sign_text(str(int(later.timestamp())), 'form', load_keys(desk.publication))}"
    for form in (
        {"email": ANN},  # a form on a static page
        good | {"homepage": "https://spam.example"},
        good | {"proof": desk.proof()},  # sent in no time
        good | {"proof": late},
        good | {"proof": proof[:-1] + "x"},
        good | {"proof": "\x00.é"},
        good | {"proof": "99999999999999999999." + "0" * 32},
    ):
        answer = desk.post("/subscription/", form)
        assert (answer.status, f'value="{ANN}"' in answer.text) == (200, True)
        assert "Is the address right?" in answer.text
    for fields in ({"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}):
        assert "Is the address right?" in desk.post("/subscription/", good, **fields).text
    assert desk.notices() == []
    own = {"origin": f"http://127.0.0.1:{desk.port}", "sec_fetch_site": "same-origin"}
    assert desk.post("/subscription/", good, **own).status == 303


@pytest.mark.parametrize(
    "email",
    ["", "ann", "ann@", "a@b@c", "ann@paper.example\r\nBcc: all@paper.example", "<ann@paper.example>", "x" * 300,
     "ann@paper.example, bo@paper.example", "jürgen@paper.example", "\x00@paper.example"],
)  # fmt: skip
def test_what_is_no_address_is_said_to_be_none(desk: Signing, email: str) -> None:
    answer = desk.sign_up(email)
    assert (answer.status, "No mail can be sent to this address" in answer.text) == (422, True)
    assert desk.notices() == []


def test_a_name_with_a_header_in_it_stays_a_name(desk: Signing) -> None:
    desk.confirm(ANN)
    desk.post("/subscription/preferences/ask", {"email": ANN})
    path = desk.link("preferences", "preferences")
    page = desk.post(
        path, {"save": "1", "name": 'Ann\r\nBcc: x@evil.example"><script>', "email": ANN, "language": "zz"}
    )
    assert "It is saved." in page.text
    assert "<script>" not in page.text
    with subscribers.open_store(desk.publication) as store:
        person = store.require(ANN)
    assert (person.name, person.language) == ('Ann Bcc: x@evil.example"><script>', "")
    desk.now += timedelta(days=2)
    desk.post("/subscription/preferences/ask", {"email": ANN})
    assert all("evil" not in str(mail) for mail in desk.notices())


def test_a_form_of_two_megabytes_is_refused(desk: Signing) -> None:
    for path in ("/subscription/", "/subscription/leave/" + "A" * 38):
        connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=PATIENCE)
        try:
            connection.putrequest("POST", path)
            connection.putheader("content-length", str(2 << 20))
            connection.endheaders()
            connection.send(b"email=" + b"a" * 20_000)
            assert connection.getresponse().status == 413
        finally:
            connection.close()
    many = "&".join(f"a{number}=1" for number in range(100)).encode()
    assert desk.ask("/subscription/", "POST", many).status == 400
    assert desk.ask("/subscription/", "POST", b"email=\xff\xfe").status in (200, 400)


def test_a_flood_from_one_network_ends_after_ten(tmp_path: Path) -> None:
    with signing(tmp_path / "wire", settings='proxies = ["127.0.0.1"]') as desk:
        found = [
            desk.sign_up(f"n{n}@paper.example", x_forwarded_for=f"198.51.100.7, 203.0.113.{n}").status
            for n in range(12)
        ]
        assert found == [303] * 10 + [429] * 2
        assert desk.sign_up(ANN, x_forwarded_for="198.51.100.7").status == 303
        assert "too many ask for mail; the last from 203.0.113.11" in desk.warned
        desk.now += timedelta(hours=1)
        assert desk.sign_up("late@paper.example", x_forwarded_for="203.0.113.1").status == 303


def test_nobody_who_is_no_proxy_is_believed(desk: Signing) -> None:
    for number in range(12):  # this machine itself is not limited, and may not name another one
        assert desk.sign_up(f"n{number}@paper.example", x_forwarded_for="203.0.113.1").status == 303


def test_all_strangers_together_cause_two_hundred_mails_an_hour(desk: Signing) -> None:
    with open_subscriptions(desk.publication, load_keys(desk.publication)) as store:
        for number in range(200):
            assert store.sign_up(f"n{number}@paper.example", desk.now, words=CONSENT, page="here")
        assert store.sign_up(ANN, desk.now, words=CONSENT, page="here") is None
    answer = desk.sign_up(ANN)
    assert (answer.status, "try again later" in answer.text) == (429, True)
    assert desk.state(ANN) == ""
    desk.now += timedelta(hours=1)
    assert desk.sign_up(ANN).status == 303


def test_a_network_is_remembered_for_no_longer_than_it_must() -> None:
    limit = NetworkLimit(most=1)
    for number in range(10_500):
        assert limit.allows(f"10.{number // 256}.{number % 256}.1", BEGIN)
    assert len(limit._asked) == 10_000
    assert not limit.allows("10.41.3.77", BEGIN)
    assert limit.allows("2001:db8::1", BEGIN)
    assert not limit.allows("2001:db8:0:0:ffff::1", BEGIN)
    assert limit.allows("2001:db8:0:1::1", BEGIN)
    assert limit.allows("", BEGIN)


def test_settings_are_seen_and_changed_by_a_mailed_link_for_an_hour(desk: Signing) -> None:
    desk.confirm(ANN)
    assert desk.ask("/subscription/leave/").heading == "Your subscription"
    assert desk.post("/subscription/preferences/ask", {"email": ANN}).headers["location"] == "/subscription/found/"
    path = desk.link("preferences", "preferences")
    assert ANN in desk.ask(path).text
    data = json.loads(desk.post(path, {"data": "1"}).text)
    assert (data["email"], data["state"], data["consents"][0]["words"]) == (ANN, "active", CONSENT)
    assert "It is saved." in desk.post(path, {"save": "1", "name": "Ann", "language": "de", "email": ANN}).text
    desk.now += timedelta(hours=1)
    assert desk.ask(path).heading == "This link does not work any more"


def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(desk: Signing) -> None:
    desk.confirm(ANN)
    sign_up = desk.link("confirm", "confirm")
    desk.post("/subscription/preferences/ask", {"email": ANN})
    path = desk.link("preferences", "preferences")
    new = "ann@harbour.example"
    assert "to the new address" in desk.post(path, {"save": "1", "email": new}).text
    assert desk.notices("move")[0]["To"] == new
    desk.post(sign_up, {})  # another link confirms no address
    assert (desk.state(ANN), desk.state(new)) == ("active", "")
    move = desk.link("move", "confirm")
    assert desk.ask(move).heading == "Your new address for The Wire"
    assert desk.state(new) == ""
    for _ in range(2):
        assert "a...n@harbour.example" in desk.post(move, {}).text
    assert (desk.state(ANN), desk.state(new)) == ("", "active")
    assert [mail["To"] for mail in desk.notices("goodbye")] == [ANN]


def test_nobody_takes_an_address_that_is_somebody_elses(desk: Signing) -> None:
    desk.confirm("bo@paper.example")
    desk.confirm(ANN)
    desk.post("/subscription/preferences/ask", {"email": ANN})
    path = desk.link("preferences", "preferences")
    desk.post(path, {"save": "1", "email": "bo@paper.example"})
    assert desk.post(desk.link("move", "confirm"), {}).heading == "This link does not work any more"
    assert (desk.state(ANN), desk.state("bo@paper.example")) == ("active", "active")


def test_who_is_erased_is_gone(desk: Signing) -> None:
    desk.confirm(ANN)
    desk.post("/subscription/preferences/ask", {"email": ANN})
    path = desk.link("preferences", "preferences")
    assert desk.post(path, {"erase": "1"}).heading == "Erase all that is known of you"
    assert desk.state(ANN) == "active"
    assert desk.post(path, {"erase_all": "1"}).heading == "Nothing is known of you any more"
    assert desk.state(ANN) == ""
    assert desk.sign_up(ANN).status == 303
    assert (desk.state(ANN), desk.notices()) == ("", [])


def test_an_address_is_kept_only_where_it_is_asked_for(tmp_path: Path) -> None:
    for settings_, kept in (("", ""), ("keep_ip = true", "127.0.0.1")):
        with signing(tmp_path / (kept or "none"), settings=settings_) as desk:
            desk.confirm(ANN)
            with open_subscriptions(desk.publication, load_keys(desk.publication)) as store:
                found = store.connection.execute("SELECT ip FROM consent WHERE what = 'confirmed'").fetchall()
            assert found == [(kept,)]


def test_every_answer_is_nobodys_to_keep_or_to_frame(desk: Signing) -> None:
    desk.confirm(ANN)
    for path in (
        "/subscription/",
        "/subscription/sent/",
        "/subscription/leave/",
        desk.leave_path(ANN),
        "/subscription/no",
    ):
        headers = desk.ask(path).headers
        assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert headers["x-robots-tag"] == "noindex"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script" not in headers["content-security-policy"]
    assert desk.ask("/subscription").headers["location"] == "/subscription/"
    assert desk.ask("/subscription/", "PUT").status == 405
    assert desk.ask("/elsewhere").status == 404
    assert desk.ask("/subscription/style.css").headers["content-type"] == "text/css; charset=utf-8"


def test_a_foreign_host_is_in_no_link(desk: Signing) -> None:
    proof = desk.proof()
    desk.now += timedelta(seconds=5)
    form = {"email": ANN, "proof": proof}
    answer = desk.post("/subscription/", form, host="evil.example", x_forwarded_host="evil.example")
    assert answer.headers["location"] == "/subscription/sent/"
    assert "evil" not in bodies(desk)


def test_the_store_says_which_it_is(desk: Signing) -> None:
    nonce = "0123456789abcdef" * 2
    said = desk.ask(f"/subscription/here?nonce={nonce}").text.strip()
    assert said == sign_text(nonce, "here", load_keys(desk.publication))
    for wrong in ("", "a" * 15, "a" * 65, "A" * 32, "g" * 32):
        assert desk.ask(f"/subscription/here?nonce={wrong}").status == 404


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "hi"])
def test_pages_and_mails_speak_the_publications_language(tmp_path: Path, language: str) -> None:
    with signing(tmp_path / "wire", language=language) as desk:
        desk.confirm(ANN)
        desk.post("/subscription/preferences/ask", {"email": ANN})
        pages = [desk.ask(path) for path in (desk.leave_path(ANN), desk.link("preferences", "preferences"))]
        pages += [
            desk.ask(f"/subscription/{path}") for path in ("", "sent/", "found/", "welcome/", "leave/", "confirm/x")
        ]
        assert all(f'<html lang="{language}"' in page.text for page in pages)
        headings = {page.heading for page in pages}
        assert len(headings) == 7
        assert ("Look into your mail" in headings) == (language == "en")
        for mail in desk.notices():
            assert "The Wire" in mail["Subject"]
            html = mail.get_body(("html",))
            assert html
            assert f'lang="{language}"' in html.get_content()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.binary(max_size=60), body=st.binary(max_size=200), method=st.sampled_from(["GET", "POST", "HEAD"]))
def test_nothing_that_is_sent_breaks_it(desk: Signing, path: bytes, body: bytes, method: str) -> None:
    target = "/subscription/" + "".join(
        f"%{one:02x}" if one < 33 or one > 126 or one in b"%?#" else chr(one) for one in path
    )
    answer = desk.ask(target, method, body if method == "POST" else None, cookie="__Host-subscription=" + path.hex())
    assert answer.status < 500
    assert desk.warned == []


def test_an_editor_asks_by_mail_whom_nobody_has_asked(desk: Signing) -> None:
    root = desk.publication.root
    added = run_dispatch(root, "subscriber", "add", ANN, "--name", "Ann\nBcc: x", "--tag", "press")
    assert f"{ANN} is pending, and asked" in added.stderr
    assert "asked within the last day" in run_dispatch(root, "subscriber", "add", ANN, code=1).stderr
    (root / "list.csv").write_text("email\nbo@paper.example\ncy@paper.example\n", "utf-8")
    run_dispatch(root, "subscriber", "import", "list.csv")
    run_dispatch(root, "suppression", "add", "cy@paper.example")
    assert "must not be written to" in run_dispatch(root, "subscriber", "add", "cy@paper.example", code=1).stderr
    asked = run_dispatch(root, "subscriber", "ask")
    assert (asked.stdout, "1 asked" in asked.stderr) == ("bo@paper.example\n", True)
    assert "0 asked" in run_dispatch(root, "subscriber", "ask", "bo@paper.example").stderr
    desk.now = datetime.now(UTC)  # the command has a clock of its own
    assert desk.post(desk.link("ask", "confirm"), {}).status == 303
    assert (desk.state(ANN), desk.state("bo@paper.example")) == ("pending", "active")
    assert consents(desk, "bo@paper.example")[-2:] == [("asked", CONSENT), ("confirmed", CONSENT)]
    assert "is subscribed already" in run_dispatch(root, "subscriber", "add", "bo@paper.example", code=1).stderr


def test_nobody_is_asked_where_nobody_could_answer(tmp_path: Path) -> None:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example")
    for words in (("subscriber", "add", ANN), ("subscriber", "ask"), ("serve", "--subscriptions", "-o", ".")):
        assert "consent" in run_dispatch(tmp_path, *words, code=1).stderr


def test_the_command_serves_them_beside_the_folder_and_logs_no_token(tmp_path: Path) -> None:
    file = config.create_publication(
        tmp_path, title="The Wire", url="https://wire.example/news", sender="The Wire <desk@wire.example>"
    )
    file.write_text(f'{file.read_text("utf-8")}\n[subscribe]\nconsent = "{CONSENT}"\n', "utf-8")
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "index.html").write_text("<!doctype html><title>The Wire</title>")
    command = (sys.executable, "-m", "dispatch", "serve", "--subscriptions", "--port", "0", "--log")
    with serving(*command, folder=tmp_path) as server:
        assert server.ask("/news/").body.startswith(b"<!doctype html><title>The Wire")
        form = server.ask("/news/subscription/")
        assert (form.status, b'action="/news/subscription/"' in form.body) == (200, True)
        assert server.ask("/news/subscription/leave/" + "S" * 38).status == 200
        assert server.ask("/subscription/").status == 404
        wait_until(lambda: any("/subscription/ 404" in line for line in server.log))
    assert "GET /news/subscription/leave/... 200" in "".join(server.log)
    assert "SSSS" not in "".join(server.log)


def test_the_form_on_the_site_leads_to_them(desk: Signing) -> None:
    pages = {kind: site_page(desk.publication, kind) for kind in ("front", "follow")}
    for page in pages.values():
        assert f'<form class="sign-up" method="post" action="http://127.0.0.1:{desk.port}/subscription/">' in page
        assert "form-action &#39;self&#39; https:" in page
        assert f'<a class="button" href="http://127.0.0.1:{desk.port}/subscription/">Subscribe</a>' in page


def site_page(publication: Publication, kind: Literal["front", "follow"]) -> str:
    path = "" if kind == "front" else "follow/"
    page = Page(kind=kind, path=path, id=f"{publication.url}/{path}", title="The Wire", date=BEGIN)
    return render_edition(page, publication, "web").body.decode()


def test_the_command_sends_what_its_pages_cause(tmp_path: Path) -> None:
    with mail_sink() as sink:
        file = config.create_publication(
            tmp_path, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>"
        )
        settings = f'[subscribe]\nconsent = "{CONSENT}"\nwelcome = "latest"\n[delivery]\nsmtp = "{sink.url}"\n'
        file.write_text(f"{file.read_text('utf-8')}\n{settings}bounces = 'bounces@wire.example'\n", "utf-8")
        publication = config.load(tmp_path)
        fetched = str(int(datetime.now(UTC).timestamp()) - 10)
        proof = f"{fetched}.{sign_text(fetched, 'form', load_keys(publication))}"
        command = (sys.executable, "-m", "dispatch", "serve", "--subscriptions", "--port", "0")
        with serving(*command, folder=tmp_path) as server:
            desk = Signing(publication, server.port)
            assert desk.post("/subscription/", {"email": ANN, "proof": proof}).status == 303
            wait_until(lambda: sink.recipients() == [ANN])
            asked = message_from_bytes(sink.taken[0].octets, policy=policy.default).get_body(("plain",))
            assert asked
            link = re.search(r"https://wire.example(/subscription/confirm/\S+)", asked.get_content())
            assert link
            assert desk.post(link[1], {}).status == 303
            wait_until(lambda: sink.recipients() == [ANN, ANN])
            assert server.ask("/").status == 404  # there is no public folder here
    welcome = message_from_bytes(sink.taken[1].octets, policy=policy.default)
    assert welcome["Subject"] == "Welcome to The Wire"
    assert re.fullmatch(r"bounces\+[a-z2-7]{45}@wire\.example", sink.taken[1].sender)
    assert desk.state(ANN) == "active"


def test_who_does_not_confirm_is_forgotten_after_a_month(desk: Signing) -> None:
    desk.sign_up(ANN)
    desk.confirm("bo@paper.example")
    root = desk.publication.root
    (root / "list.csv").write_text("email\ncy@paper.example\n", "utf-8")
    run_dispatch(root, "subscriber", "import", "list.csv")
    run_dispatch(root, "subscriber", "add", "di@paper.example")
    with open_subscriptions(desk.publication, load_keys(desk.publication)) as store:
        retention.forget_unconfirmed(store.connection, desk.now - timedelta(days=1))
        assert desk.state(ANN) == "pending"
        retention.forget_unconfirmed(store.connection, datetime.now(UTC) + timedelta(days=365))
    states = [desk.state(email) for email in (ANN, *(f"{name}@paper.example" for name in ("bo", "cy", "di")))]
    assert states == ["", "active", "pending", "pending"]
