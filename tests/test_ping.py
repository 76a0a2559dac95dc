"""A hub is told of what changed, once; what it refuses is said and told again next time."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from click.testing import CliRunner, Result

import nouns
from commands import run_dispatch
from dispatch import config, fetch, issues
from dispatch.cli import main
from dispatch.errors import GatherError
from loopback import Web, web

SITE = "https://wire.example"
FORMATS = ("atom", "json", "xml")
ARTICLES = [f"{SITE}/feed.{ending}" for ending in FORMATS]
ISSUES = [f"{SITE}/issues.{ending}" for ending in ("atom", "json", "xml")]
AGENT = "dispatch-tests/1 (+https://wire.example)"
Ping = Callable[..., Result]


@pytest.fixture
def hub() -> Iterator[Web]:
    with web() as site:
        site.pages["/hub"] = ("", {}, 204)
        yield site


@pytest.fixture
def letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hub: Web) -> Path:
    """A published publication with a hub, one article to a feed, and a feed for each author."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url=SITE, sender="The Wire <desk@wire.example>")
    settings = root / "dispatch.toml"
    feeds = f'\n[feeds]\nentries = 1\neach = ["author"]\nhub = "{hub.url("/hub")}"\n'
    settings.write_text(settings.read_text("utf-8") + feeds, "utf-8")
    monkeypatch.chdir(root)
    publish(root, 1)
    return root


def publish(root: Path, number: int) -> None:
    article = nouns.article(number, image=None)
    values = {"id": f"tag:wire.example,2026:{number}", "slug": f"issue-{number}", "number": number}
    issue = nouns.issue(article, **values)
    issues.create_issue(config.load(root), issue)
    result = CliRunner().invoke(main, ["publish", f"issue-{number}"])
    assert result.exit_code == 0, result.output


@pytest.fixture
def ping(letter: Path) -> Ping:  # noqa: ARG001
    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, ["ping", "--allow-private", *arguments])
        assert result.exit_code == code, result.output
        return result

    return run


def author(number: int) -> list[str]:
    return [f"{SITE}/authors/ada-{number}/feed.{ending}" for ending in FORMATS]


def told(hub: Web) -> list[str]:
    """The topics that the hub was told of since it was asked last."""
    forms = [dict(parse_qsl(body.decode(), strict_parsing=True)) for _, _, body in hub.posted]
    assert {media for _, media, _ in hub.posted} <= {"application/x-www-form-urlencoded"}
    assert all(form.keys() == {"hub.mode", "hub.url", "hub.topic"} for form in forms)
    assert all(form["hub.mode"] == "publish" and form["hub.url"] == form["hub.topic"] for form in forms)
    hub.posted.clear()
    return [form["hub.topic"] for form in forms]


def test_the_hub_is_told_of_every_feed_and_then_of_what_changed(letter: Path, ping: Ping, hub: Web) -> None:
    assert ping().stdout.split() == [*author(1), *ARTICLES, *ISSUES]
    assert told(hub) == [*author(1), *ARTICLES, *ISSUES]
    assert "No feed has changed" in ping().stderr
    assert told(hub) == []
    publish(letter, 2)
    ping()
    # Neither the first author's feed, nor an issue's own, nor the archived ones.
    assert told(hub) == [*author(2), *ARTICLES, *ISSUES]
    ping("--all")
    assert len(told(hub)) == 12


def test_the_hub_is_told_of_every_feed_that_has_the_article_again_once_it_is_corrected(
    letter: Path, ping: Ping, hub: Web
) -> None:
    publish(letter, 2)
    ping()
    told(hub)
    run_dispatch(letter, "issue", "correct", "issue-1", "1", "It was Tuesday.")
    run_dispatch(letter, "publish")
    for path in (f"{stem}.{ending}" for stem in ("feed", "issues", "authors/ada-1/feed") for ending in FORMATS):
        assert "It was Tuesday." in (letter / "public" / path).read_text("utf-8"), path
    ping()
    assert told(hub) == [*author(1), *ARTICLES, *ISSUES]


def test_the_feeds_name_the_hub_and_the_address_that_it_is_told(letter: Path) -> None:
    for path in ("feed.xml", "issues.atom", "authors/ada-1/feed.json"):
        text = (letter / "public" / path).read_text("utf-8")
        assert f"{SITE}/{path}" in text
        assert "/hub" in text
    assert "/hub" not in (letter / "public" / "issues" / "issue-1" / "feed.xml").read_text("utf-8")


def test_what_the_hub_refuses_is_said_and_told_again(ping: Ping, hub: Web) -> None:
    hub.pages["/hub"] = ("\n  no \x1b[31msuch\x1b[0m topic here\nsecond line", {}, 404)
    ran = ping(code=1)
    assert f"{ARTICLES[0]}: the hub refused: 404 Not Found: no" in ran.stderr
    assert "\x1b" not in ran.stderr
    assert "second line" not in ran.stderr
    assert "Notified the hub of 0 of 9 feeds" in ran.stderr
    assert len(told(hub)) == 9
    hub.pages["/hub"] = ("", {}, 202)
    assert len(ping().stdout.split()) == len(told(hub)) == 9


def test_one_that_is_refused_stops_no_other(ping: Ping, hub: Web) -> None:
    def choosy(request: BaseHTTPRequestHandler) -> None:
        refused = b"feed.json" in hub.posted[-1][2]
        request.send_response(400 if refused else 204)
        request.send_header("content-length", "0")
        request.end_headers()

    hub.pages["/hub"] = choosy
    said = json.loads(ping("--json", code=1).stdout)
    assert said["hub"] == hub.url("/hub")
    assert [one["topic"] for one in said["refused"]] == [author(1)[1], ARTICLES[1]]
    assert {one["status"] for one in said["refused"]} == {400}
    assert len(said["told"]) == 7
    told(hub)
    ping(code=1)
    assert told(hub) == [author(1)[1], ARTICLES[1]]


def test_another_hub_is_told_of_everything(ping: Ping, hub: Web) -> None:
    ping()
    told(hub)
    hub.pages["/other"] = ("", {}, 200)
    ping("--hub", hub.url("/other"))
    assert {path for path, _, _ in hub.posted} == {"/other"}
    assert len(told(hub)) == 9


def test_a_damaged_record_costs_the_hub_a_look(letter: Path, ping: Ping, hub: Web) -> None:
    for record in ("", "[]", '{"x": 1}', "\x00"):
        (letter / ".dispatch" / "hubs.json").write_text(record)
        ping()
        assert len(told(hub)) == 9


def test_a_hub_in_a_private_network_is_asked_with_leave_only(letter: Path, hub: Web) -> None:  # noqa: ARG001
    ran = CliRunner().invoke(main, ["ping"])
    assert ran.exit_code == 1
    assert "private network" in ran.stderr
    assert not hub.posted


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--hub", "ftp://hub.example/"], "not the address of a hub"),
        (["--output", "nowhere"], "dispatch publish first"),
    ],
)
def test_what_cannot_be_is_said(ping: Ping, arguments: list[str], words: str) -> None:
    assert words in ping(*arguments, code=1).stderr


def test_without_a_hub(letter: Path, ping: Ping) -> None:
    settings = letter / "dispatch.toml"
    settings.write_text(settings.read_text("utf-8").replace("hub =", "# hub ="), "utf-8")
    assert "hub = “https" in ping(code=1).stderr.replace('"', "“")


# The form


FIELDS = [("hub.mode", "publish"), ("hub.url", "https://wire.example/feed?a=1&b=ü")]


def post(address: str, **values: object) -> fetch.Reply:
    given = {"user_agent": AGENT, "allow_private": True, "pauses": (0.01, 0.02, 0.03), "seconds": 2.0}
    return fetch.post_form(address, FIELDS, **(given | values))  # type: ignore[arg-type]


def test_a_form_is_sent_as_the_web_does(hub: Web) -> None:
    assert post(hub.url("/hub")) == fetch.Reply(status=204, reason="No Content")
    ((path, media, body),) = hub.posted
    assert (path, media) == ("/hub", "application/x-www-form-urlencoded")
    assert body == b"hub.mode=publish&hub.url=https%3A%2F%2Fwire.example%2Ffeed%3Fa%3D1%26b%3D%C3%BC"
    assert hub.agents == {AGENT}


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_passes_is_tried_again(hub: Web, status: int) -> None:
    def later(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status if len(hub.posted) < 3 else 204)
        request.send_header("content-length", "0")
        request.end_headers()

    hub.pages["/hub"] = later
    assert post(hub.url("/hub")).is_accepted
    assert len(hub.posted) == 3


def test_what_does_not_pass_is_answered_in_the_end(hub: Web) -> None:
    hub.pages["/hub"] = ("full", {}, 503)
    assert post(hub.url("/hub")) == fetch.Reply(status=503, reason="Service Unavailable", words="full")
    assert len(hub.posted) == 4


def test_a_refusal_is_not_tried_again(hub: Web) -> None:
    hub.pages["/hub"] = ("no", {}, 400)
    assert post(hub.url("/hub")).status == 400
    assert len(hub.posted) == 1


def test_retry_after_is_respected_within_reason(hub: Web) -> None:
    hub.pages["/hub"] = ("", {"retry-after": "1"}, 429)
    assert post(hub.url("/hub"), pauses=(0.01,)).wait == 1
    assert len(hub.posted) == 2
    hub.posted.clear()
    hub.pages["/hub"] = ("", {"retry-after": "86400"}, 503)
    assert post(hub.url("/hub")).wait == 86400
    assert len(hub.posted) == 1


def test_a_hub_that_hangs_up_is_tried_again(hub: Web) -> None:
    def hang_up(request: BaseHTTPRequestHandler) -> None:
        if len(hub.posted) < 2:
            request.close_connection = True
            return
        request.send_response(204)
        request.send_header("content-length", "0")
        request.end_headers()

    hub.pages["/hub"] = hang_up
    assert post(hub.url("/hub")).is_accepted


def test_nobody_at_home(hub: Web) -> None:
    hub.pages.clear()
    with pytest.raises(GatherError, match="refused"):
        post("http://127.0.0.1:1/hub", pauses=(0.01,))


@pytest.mark.parametrize("status", [307, 308])
def test_only_a_redirect_that_keeps_the_form_is_followed(hub: Web, status: int) -> None:
    hub.pages["/moved"] = ("", {"location": "/hub"}, status)
    assert post(hub.url("/moved")).is_accepted
    assert [(path, body) for path, _, body in hub.posted][1] == ("/hub", hub.posted[0][2])


@pytest.mark.parametrize("status", [301, 302, 303])
def test_any_other_is_an_answer(hub: Web, status: int) -> None:
    hub.pages["/moved"] = ("", {"location": "/hub"}, status)
    assert post(hub.url("/moved")).status == status
    assert len(hub.posted) == 1


def test_redirects_are_checked_like_the_address(hub: Web) -> None:
    hub.pages["/moved"] = ("", {"location": "ftp://elsewhere.example/"}, 307)
    with pytest.raises(GatherError, match="neither http nor https"):
        post(hub.url("/moved"))
    hub.pages["/round"] = ("", {"location": "/round"}, 307)
    with pytest.raises(GatherError, match="more than 5 redirects"):
        post(hub.url("/round"))
    with pytest.raises(GatherError, match="private network"):
        post(hub.url("/hub"), allow_private=False)


def test_a_long_answer_is_cut_and_a_strange_one_is_text(hub: Web) -> None:
    hub.pages["/hub"] = (b"\n\t " + b"\xff" * 100_000, {}, 400)
    reply = post(hub.url("/hub"))
    assert reply.words == "\ufffd" * 200
