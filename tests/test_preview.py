"""The preview: who may come in, what is shown, what follows the files, and that nothing is written."""

import asyncio
import hashlib
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dispatch.checks.html_page import read_page
from dispatch.cli import main
from dispatch.desk import Workspace, outlook, simulate
from dispatch.desk.updates import watch_files
from dispatch.smtp import MailServer, parse_local_server
from loopback import free_port
from patience import PATIENCE, processor_seconds, wait_until
from previewing import Running, following, previewing, publication

URL = "https://colophon.example"
NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A preview that no test writes under."""
    with previewing(publication(tmp_path_factory.mktemp("letter"))) as preview:
        yield preview


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    return publication(tmp_path)


# Who may come in


def test_the_first_line_is_the_address_and_the_token_becomes_a_cookie(running: Running) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{32}", running.address)
    with httpx.Client(base_url=running.base) as client:
        assert client.get("/").status_code == 403
        assert client.get("/preview.js").status_code == 403
        answer = client.get(f"/?token={running.token}")
        assert answer.status_code == 200
        name, *attributes = answer.headers["set-cookie"].split("; ")
        assert name == f"preview-{running.port}={running.token}"
        assert {"HttpOnly", "SameSite=Strict"} <= set(attributes)
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/preview.css", "/changes", "/frame/light/tides/", "/findings/tides"])
@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_without_the_token_nothing_is_shown(running: Running, path: str, token: str) -> None:
    answer = httpx.get(running.base + path, params={"token": token}, cookies={f"preview-{running.port}": "wrong"})
    assert answer.status_code == 403
    assert "Tides" not in answer.text


@pytest.mark.parametrize(
    "host", ["wire.example", "127.0.0.1", "127.0.0.1:1", "localhost.example:{port}", "[::1]:{port}"]
)
def test_a_foreign_host_is_refused_even_with_the_token(running: Running, host: str) -> None:
    """DNS rebinding: the browser believes that it speaks to wire.example."""
    headers = {"host": host.format(port=running.port)}
    assert httpx.get(running.address, headers=headers).status_code == 421


def test_this_machine_may_be_called_localhost(running: Running) -> None:
    assert httpx.get(f"http://localhost:{running.port}/?token={running.token}").status_code == 200


@pytest.mark.parametrize("origin", [None, "null", "https://wire.example", "http://127.0.0.1:1"])
def test_another_page_cannot_send_a_message(running: Running, origin: str | None) -> None:
    with running.client() as client:
        headers = {"origin": origin} if origin else {}
        assert client.post("/send/tides", json={"to": "ann@example.org"}, headers=headers).status_code == 403


def test_it_listens_on_this_machine_alone(running: Running) -> None:
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", running.port), timeout=PATIENCE):
        pass


def test_every_answer_says_what_a_browser_may_do(running: Running) -> None:
    with running.client() as client:
        answer = client.get("/")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        frame = client.get("/frame/light/tides/issues/tides/email.html")
        assert "script-src" not in frame.headers["content-security-policy"]
        assert "allow-scripts" not in frame.headers["content-security-policy"]
        for one in (answer, frame, client.get("/preview.js"), client.get("/nothing")):
            assert one.headers["x-content-type-options"] == "nosniff"
            assert one.headers["cache-control"] == "no-store"
            assert "access-control-allow-origin" not in one.headers
        assert "<script>" not in answer.text
        assert not re.search(r" on\w+=| style=", answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/frame/light/../../dispatch.toml",
        "/frame/light/tides/..%2f..%2fdispatch.toml",
        "/frame/light/tides/issues/tides/..%2f..%2f..%2fdispatch.toml",
        "/..%2fapp.py",
    ],
)
def test_no_path_leads_out_of_the_site(running: Running, path: str) -> None:
    with running.client() as client:
        answer = client.get(path)
        assert answer.status_code in {403, 404, 422}
        assert "[email]" not in answer.text
        assert "import" not in answer.text


# What is shown


def test_every_file_of_the_public_folder_is_shown_as_it_will_be(letter: Path) -> None:
    """The draft as if it were published: the words of every page, and every other byte."""
    with previewing(letter) as running, running.client() as client:
        shown: dict[str, bytes] = {}
        ran = subprocess.run(
            [sys.executable, "-m", "dispatch", "publish", "tides"],
            cwd=letter,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        public = {
            path.relative_to(letter / "public").as_posix(): path.read_bytes()
            for path in (letter / "public").rglob("*")
            if path.is_file()
        }
        assert {"index.html", "issues/tides/email.html", "issues/tides/harbour.png", "feed.xml", "style.css"} <= set(
            public
        )
        for path, body in public.items():
            answer = client.get(f"/frame/light/tides/{path}")
            assert answer.status_code == 200, path
            shown[path] = answer.content
            if path.endswith(".html"):
                ours, theirs = read_page(answer.text), read_page(body.decode())
                assert [line.text for line in ours.lines] == [line.text for line in theirs.lines], path
            elif not path.endswith((".css", ".xml", ".atom")):
                assert answer.content == body, path
            else:
                assert answer.content.replace(b"/frame/light/tides/", f"{URL}/".encode())[-400:] == body[-400:], path
        mail = shown["issues/tides/email.html"].decode()
        assert 'src="/frame/light/tides/issues/tides/harbour.png"' in mail
        assert 'href="https://paper.example/harbour?x=1&amp;copy=2"' in mail


def test_a_page_that_is_not_there_is_the_sites_own(running: Running) -> None:
    with running.client() as client:
        answer = client.get("/frame/light/tides/nowhere/")
        assert answer.status_code == 404
        assert "colophon" in answer.text.lower()
        assert client.get("/frame/light/tides/nothing.png").status_code == 404
        assert client.get("/frame/light/no-such-issue/").status_code == 422
        assert client.get("/frame/rose/tides/").status_code == 422


@pytest.mark.parametrize("ending", ["xml", "atom", "json"])
def test_a_feed_is_listed_as_a_reader_lists_it(running: Running, ending: str) -> None:
    with running.client() as client:
        entries = client.get(f"/feed/tides/issues/tides/feed.{ending}").json()
        assert [entry["title"] for entry in entries] == ["The harbour & the town", "The mole"]
        assert [entry["names"] for entry in entries] == [["Ann Lee"], ["Jón Þór"]]
        assert entries[0]["url"] == "https://paper.example/harbour?x=1&copy=2"
        assert entries[0]["date"]
        body = client.get(f"/entry/dark/tides/0/issues/tides/feed.{ending}")
        assert "The harbour is as old as the town." in body.text
        assert "color-scheme: dark" in body.text
        assert client.get(f"/entry/light/tides/9/issues/tides/feed.{ending}").status_code == 422


@pytest.mark.parametrize("ending", ["xml", "atom", "json"])
def test_an_entry_without_a_body_shows_its_summary_as_text(letter: Path, ending: str) -> None:
    honest = "How <img src=x onerror=alert(1)> is written"
    article = letter / "issues" / "tides" / "mole.md"
    article.write_text(article.read_text("utf-8").replace("title: The mole\n", f"title: The mole\ndek: {honest}\n"))
    (letter / "templates").mkdir()
    (letter / "templates" / "entry.html").write_text("")
    with previewing(letter) as preview, preview.client() as client:
        entries = client.get(f"/feed/tides/issues/tides/feed.{ending}").json()
        assert entries[1]["summary"] == honest
        page = read_page(client.get(f"/entry/light/tides/1/issues/tides/feed.{ending}").text)
        assert [line.text for line in page.lines] == [honest]
        assert not list(page.find_tags("img"))


def test_each_article_weighs_what_the_mail_would_lose_without_it(running: Running) -> None:
    with running.client() as client:
        said = client.get("/weights/tides").json()
        mail = client.get("/frame/light/tides/issues/tides/email.html")
    workspace = Workspace(running.root, MailServer(host="127.0.0.1", port=1), lambda: NOW)
    assert said["octets"] == len(workspace.render_file("tides", "issues/tides/email.html") or b"")
    assert said["most"] == 102_400
    assert [one["key"] for one in said["articles"]] == ["harbour", "mole"]  # the heaviest first: it has a picture
    assert 0 < sum(one["octets"] for one in said["articles"]) < said["octets"] <= len(mail.content) + 4000


def test_what_a_mailbox_shows_is_what_the_check_reads(running: Running) -> None:
    with running.client() as client:
        opening = client.get("/mailbox/tides").json()["opening"]
    assert opening.startswith("Two towns, one harbour, and the question of who writes down when the water came")


def test_the_findings_are_those_of_the_check_and_each_leads_to_its_line(letter: Path) -> None:
    article = letter / "issues" / "tides" / "mole.md"
    article.write_text(article.read_text("utf-8").replace("[{name: Jón Þór}]", "[]"))
    issue = letter / "issues" / "tides" / "issue.md"
    words = issue.read_text("utf-8").replace("What the water leaves", "What TK leaves")
    issue.write_text(re.sub("preheader: .*", "preheader: Short", words), "utf-8")
    with previewing(letter) as running, running.client() as client:
        found = {one["rule"]: one for one in client.get("/findings/tides").json()}
    assert found["email.preheader"]["path"] == "issues/tides/issue.md"
    assert found["email.preheader"]["line"] == 4
    assert found["editorial.author"]["path"] == "issues/tides/mole.md"
    assert found["editorial.author"]["line"] == 3
    assert found["editorial.placeholder"]["line"] == 9
    assert found["editorial.author"]["file"] == f"{article.resolve()}:3"
    assert all(one["hint"] for one in found.values())


# Following the files


def test_it_follows_a_saved_file_and_keeps_what_it_has_while_one_is_broken(letter: Path) -> None:
    article = letter / "issues" / "tides" / "mole.md"
    good = article.read_text("utf-8")
    mail = "/frame/light/tides/issues/tides/email.html"
    with previewing(letter) as running, following(running) as stream, running.client() as client:
        first = stream.next()
        assert first["first"] == "tides"
        assert first["issues"][0]["slug"] == "tides"
        assert first["faults"] == []
        assert "The mole" in client.get(mail).text
        article.write_text(good.replace("title: The mole", "title: The long mole"), "utf-8")
        wait_until(lambda: "The long mole" in client.get(mail).text)
        assert stream.next()["version"] > first["version"]
        assert "The long mole" in client.get(mail).text
        article.write_text(good.replace("published: 2026-11-19", "publisht: 2026-11-19\nauthors: [nobody]"), "utf-8")
        (broken,) = stream.until(lambda said: any(one["line"] == 7 for one in said["faults"]))["faults"]
        assert broken["path"] == "issues/tides/mole.md"
        assert broken["line"] == 7
        assert "authors" in broken["what"]
        assert broken["file"] == f"{article.as_posix()}:7"
        assert "The long mole" in client.get(mail).text
        article.write_text(good.replace("title: The mole", "title: Mended"), "utf-8")
        stream.until(lambda said: said["faults"] == [])
        wait_until(lambda: "Mended" in client.get(mail).text)
        assert "Mended" in client.get(mail).text


def test_it_follows_settings_templates_and_whole_folders(letter: Path) -> None:
    settings = letter / "dispatch.toml"
    good = settings.read_text("utf-8")
    page = "/frame/light/tides/issues/tides/"
    with previewing(letter) as running, following(running) as stream, running.client() as client:
        stream.next()
        assert client.get(page).status_code == 200
        settings.write_text(good.replace('title = "The Colophon"', 'title = "The Endpaper"'), "utf-8")
        stream.until(lambda said: said["title"] == "The Endpaper")
        assert "The Endpaper" in client.get(page).text
        settings.write_text(good + "\n[theme]\naccent = 7\n", "utf-8")
        faults = stream.until(lambda said: said["faults"] and said["title"] == "The Endpaper")["faults"]
        assert faults[0]["path"] == "dispatch.toml"
        assert faults[0]["what"].startswith("theme.accent: ")
        assert client.get(page).status_code == 200
        settings.write_text(good, "utf-8")
        stream.until(lambda said: said["faults"] == [])
        (letter / "templates").mkdir()
        (letter / "templates" / "web.css").write_text("body { color: {{ nothing }} }", "utf-8")
        wait_until(lambda: client.get("/frame/light/tides/style.css").status_code == 422)
        assert "nothing" in client.get("/frame/light/tides/style.css").json()["faults"][0]["what"]
        (letter / "templates" / "web.css").write_text("body { color: teal }", "utf-8")
        wait_until(lambda: "teal" in client.get("/frame/light/tides/style.css").text)
        shutil.copytree(letter / "issues" / "tides", letter / "issues" / "tides-two")
        wait_until(lambda: "tides-two" in slugs(running))
        shutil.rmtree(letter / "issues" / "tides-two")
        wait_until(lambda: "tides-two" not in slugs(running))


def slugs(running: Running) -> set[str]:
    with following(running) as stream:
        return {issue["slug"] for issue in stream.next()["issues"]}


def test_what_editors_put_beside_a_file_is_no_change(letter: Path) -> None:
    tides = letter / "issues" / "tides"
    seen: list[Path] = []

    async def follow() -> None:
        async for paths in watch_files(letter):
            seen.extend(paths)

    async def touch_until_seen(path: Path) -> None:
        while path not in seen:
            path.touch()
            await asyncio.sleep(0.02)

    async def edit() -> None:
        following = asyncio.create_task(follow())
        await touch_until_seen(tides / "issue.md")
        for path in (tides / ".mole.md.swp", tides / "mole.md~", tides / "#mole.md#", letter / "elsewhere.txt"):
            path.write_text("x")
        await touch_until_seen(tides / "mole.md")
        following.cancel()

    # In a thread of its own: a browser under test has its loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(edit())).result(PATIENCE)
    assert set(seen) == {tides / "issue.md", tides / "mole.md"}


def test_an_issue_that_cannot_be_read_stops_no_other(letter: Path) -> None:
    (letter / "issues" / "tides" / "issue.md").write_text("---\ntitle: [\n---\n")
    with previewing(letter, "names") as running, following(running) as stream, running.client() as client:
        said = stream.next()
        assert said["first"] == "names-and-addresses"
        assert [fault["path"] for fault in said["faults"]] == ["issues/tides/issue.md"]
        assert client.get("/frame/light/names-and-addresses/").status_code == 200
        assert client.get("/frame/light/tides/").status_code == 422


# Nothing is written


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in folder.rglob("*")
    }


def test_it_writes_nothing(letter: Path) -> None:
    before = digests(letter)
    with previewing(letter) as running:
        with following(running) as stream, running.client() as client:
            stream.next()
            for path in (
                "frame/dark/tides/",
                "frame/outlook/tides/issues/tides/email.html",
                "findings/tides",
                "weights/tides",
                "stops/tides",
                "feed/tides/feed.xml",
                "mailbox/tides",
            ):
                assert client.get(f"/{path}").status_code == 200, path
        running.end()
    assert digests(letter) == before


# Its end


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_and_well_while_somebody_looks(running: Running, letter: Path, how) -> None:
    with previewing(letter) as running, following(running) as stream:
        stream.next()
        assert running.end(how) == 0
        assert "Traceback" not in running.process.stderr.read()


def test_it_ends_when_nobody_looks_any_more(letter: Path) -> None:
    with previewing(letter, "--idle", "0.05") as running:
        with following(running) as stream:
            stream.next()
            with pytest.raises(subprocess.TimeoutExpired):
                running.process.wait(4)
        assert running.process.wait(PATIENCE) == 0


def test_a_port_that_is_taken_is_told(letter: Path, running: Running) -> None:
    command = [sys.executable, "-m", "dispatch", "preview", "--no-open", "--port", str(running.port)]
    ran = subprocess.run(command, cwd=letter, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "in use" in ran.stderr
    assert "--port" in ran.stderr


# A test message


class Inbox:
    """A mail server's memory. It knows nobody called nobody."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802, ARG002
        if address.startswith("nobody@"):
            return "550 There is no mailbox \x1b[31mof that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802, ARG002
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 Message accepted"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    found = Inbox()
    server = Controller(found, hostname="127.0.0.1", port=free_port(), ready_timeout=PATIENCE)
    server.start()
    yield found, f"127.0.0.1:{server.port}"
    server.stop()


def post(running: Running, to: object) -> httpx.Response:
    with running.client() as client:
        return client.post("/send/tides", json={"to": to}, headers=running.hand(client))


def test_a_test_message_is_the_whole_message_made_out_to_one_address(letter: Path, inbox: tuple[Inbox, str]) -> None:
    found, server = inbox
    with previewing(letter, "--smtp", server) as running:
        answer = post(running, "ann@example.org")
        assert answer.json() == {"taken": server}
        ((sender, to, message),) = found.taken
        rendered = CliRunner()
        assert (sender, to) == ("desk@colophon.example", ["ann@example.org"])
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(letter)
            made = rendered.invoke(main, ["render", "tides", "-f", "eml", "--to", "ann@example.org", "-o", "-"])
        assert message.rstrip() == made.stdout_bytes.rstrip()


def test_what_is_no_address_is_told_and_nothing_is_sent(letter: Path, inbox: tuple[Inbox, str]) -> None:
    found, server = inbox
    several = "a@b.example, c@d.example"
    with previewing(letter, "--smtp", server) as running:
        for to in ("", "nobody", "ann@", several, "ann@example.org\r\nBcc: x@y.example", 7, None, "x" * 5000):
            answer = post(running, to)
            assert answer.status_code == 422, to
            (fault,) = answer.json()["faults"]
            assert "from =" not in fault["hint"]
    assert found.taken == []


def test_what_the_server_says_is_passed_on(letter: Path, inbox: tuple[Inbox, str]) -> None:
    _, server = inbox
    with previewing(letter, "--smtp", server) as running:
        (fault,) = post(running, "nobody@example.org").json()["faults"]
    assert "550" in fault["what"]
    assert "no mailbox" in fault["what"]


def test_a_server_that_is_not_there_is_told(letter: Path) -> None:
    with previewing(letter, "--smtp", f"127.0.0.1:{free_port()}") as running:
        (fault,) = post(running, "ann@example.org").json()["faults"]
    assert fault["what"].startswith("127.0.0.1:")  # no file of the publication: the place is said
    assert fault["path"] == fault["file"] == ""


@pytest.mark.parametrize("server", ["10.0.0.1:25", "192.0.2.1:1025", "[2001:db8::1]:25"])
def test_a_preview_sends_to_no_other_machine(letter: Path, warm: Path, server: str) -> None:
    command = [str(warm / "dispatch"), "preview", "--no-open", "--smtp", server]
    ran = subprocess.run(command, cwd=letter, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert ran.returncode == 1
    assert "not on this machine" in ran.stderr


@pytest.mark.parametrize(
    "server", ["", "1025", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:70000"]
)
def test_what_is_no_server_is_told(letter: Path, warm: Path, server: str) -> None:
    command = [str(warm / "dispatch"), "preview", "--no-open", "--smtp", server]
    ran = subprocess.run(command, cwd=letter, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert ran.returncode == 1
    assert "is not a mail server" in ran.stderr


def test_the_address_that_was_looked_at_is_the_one_that_is_asked() -> None:
    assert parse_local_server("localhost:1025").host in {"127.0.0.1", "::1"}
    assert parse_local_server("[::1]:25") == MailServer(host="::1", port=25)
    assert MailServer(host="::1", port=25).name == "[::1]:25"


# Through glasses


def through(html: str, *worn: str, follows: bool = True) -> str:
    return simulate.show_page(html, worn, url=URL, here="/here/", follows=follows)


@pytest.mark.parametrize(
    ("before", "worn", "after"),
    [
        (
            "<style>@media (prefers-color-scheme: dark) { a { } }</style>",
            "dark",
            "<style>@media (min-width: 0) { a { } }</style>",
        ),
        ("<style>@media (prefers-color-scheme:dark){}</style>", "light", "<style>@media (max-width: 0){}</style>"),
        (
            "<style>@media screen and (prefers-color-scheme: light){}</style>",
            "dark",
            "<style>@media screen and (max-width: 0){}</style>",
        ),
        ("<style>@media print{}</style>", "light", "<style>@media print{}</style>"),
        ("<style>@media print{} @media screen{}</style>", "print", "<style>@media all{} @media speech{}</style>"),
        ("<style>:root{color-scheme:light dark}</style>", "dark", "<style>:root{color-scheme:dark}</style>"),
        ('<meta name="color-scheme" content="light dark">', "light", '<meta name="color-scheme" content="light">'),
        (
            '<source media="(prefers-color-scheme: dark)" srcset="a 1x">',
            "dark",
            '<source media="(min-width: 0)" srcset="a 1x">',
        ),
        (f'<img src="{URL}/issues/a/b.png">', "light", '<img src="/here/issues/a/b.png">'),
        (f"<img src='{URL}/b.png?a=1&amp;b=2'>", "light", '<img src="/here/b.png?a=1&amp;b=2">'),
        (
            f'<img srcset="{URL}/a.webp 320w, {URL}/b.webp 640w">',
            "light",
            '<img srcset="/here/a.webp 320w, /here/b.webp 640w">',
        ),
        ('<img src="https://elsewhere.example/b.png">', "light", '<img src="https://elsewhere.example/b.png">'),
        (f'<img src="{URL}.evil.example/b.png">', "light", f'<img src="{URL}.evil.example/b.png">'),
        ('<link rel="stylesheet" href="/style.css">', "light", '<link rel="stylesheet" href="/here/style.css">'),
        (f'<a href="{URL}/authors/">x</a>', "light", '<a href="/here/authors/">x</a>'),
        (f'<a href="{URL}">x</a>', "light", '<a href="/here/">x</a>'),
        ('<a href="../b/#c">x</a>', "light", '<a href="../b/#c">x</a>'),
        (
            '<a href="https://a.example/">x</a>',
            "light",
            '<a target="_blank" rel="noopener" href="https://a.example/">x</a>',
        ),
        (f'<p>&lt;img src="{URL}/b.png"&gt; {URL}/</p>', "light", f'<p>&lt;img src="{URL}/b.png"&gt; {URL}/</p>'),
        (f'<!-- <img src="{URL}/b.png"> -->', "light", f'<!-- <img src="{URL}/b.png"> -->'),
    ],
)
def test_glasses_change_what_they_must_and_nothing_else(before: str, worn: str, after: str) -> None:
    assert through(before, worn) == after


def test_links_of_a_mail_keep_their_address() -> None:
    link = f'<a href="{URL}/issues/a/?x=1&amp;copy=2">x</a>'
    assert f'href="{URL}/issues/a/?x=1&amp;copy=2"' in through(link, "light", follows=False)
    assert 'target="_blank"' in through(link, "light", follows=False)


def test_a_policy_that_names_a_style_by_digest_names_it_still() -> None:
    css = "a { } @media (prefers-color-scheme: dark) { a { } }"
    page = f'<meta content="style-src {simulate._digest_style(css)}"><style>{css}</style>'
    seen = through(page, "dark")
    inside = re.search("<style>(.*)</style>", seen)
    assert inside
    assert simulate._digest_style(inside[1]) in seen
    assert simulate._digest_style(css) not in seen


def test_without_pictures_none_may_be_fetched() -> None:
    assert "img-src 'none'" in simulate.make_policy({"bare"})
    assert "img-src 'self' https:" in simulate.make_policy({"light"})


@given(st.text(), st.sampled_from(["light", "dark", "print", "bare", "outlook"]))
def test_glasses_break_at_nothing_and_leave_plain_text_alone(text, worn) -> None:
    seen = through(text, worn)
    if "<" not in text:
        assert seen == text


@pytest.mark.parametrize(
    "begin", ["<a ", "<style>", "<!--", "<!--[if mso]>", "@media", "<style>@media{", '<a b="', "<xml>"]
)
def test_glasses_are_quick_whatever_they_look_at(begin: str) -> None:
    with processor_seconds(30):
        through(begin * (100_000 // len(begin)), "outlook", "dark")


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ("mso", True),
        ("!mso", False),
        ("mso | IE", True),
        ("IE", False),
        ("gte mso 9", True),
        ("lte mso 11", False),
        ("mso 16", True),
        ("mso 12", False),
        ("(gte mso 9)|(IE)", True),
        ("(mso)&(IE)", False),
        ("!(mso)", False),
        ("!IE", True),
        ("gt mso 15", True),
        ("lt mso 16", False),
        ("true", True),
        ("", False),
        ("mso mso", False),
        ("(mso", True),
        ("mso 1.2.3", False),
        ("*", False),
    ],
)
def test_conditions_are_read_as_outlook_reads_them(condition: str, truth: bool) -> None:
    assert outlook.is_true(condition) is truth


def test_outlook_gets_its_own_parts_and_none_of_the_others() -> None:
    mail = "<!--[if mso]><table><![endif]--><!--[if !mso]><!--><video><!--<![endif]--><p>Words</p><!-- kept -->"
    assert outlook.resolve_comments(mail) == "<table><p>Words</p><!-- kept -->"
    assert (
        outlook.drop_media_queries("a { } @media (max-width: 480px) { b { } c { } } d { } @media {") == "a { }  d { } "
    )
    assert through("<style>a { } @media x { b { } }</style>@media { }", "outlook") == "<style>a { } </style>@media { }"
