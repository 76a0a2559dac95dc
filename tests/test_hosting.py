"""The recipes of docs/hosting do what ``dispatch serve`` does: each is run as far as this machine can run it."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import click
import pytest
import yaml

from dispatch.cli import main
from dispatch.serve import media
from loopback import free_port
from patience import wait_until
from serving import Server, fill, served

CHECKOUT = Path(__file__).parents[1]
HOSTING = CHECKOUT / "docs" / "hosting"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = fill(tmp_path_factory.mktemp("hosted") / "public")
    shutil.copy(folder / "feed.xml", folder / ".git" / "feed.xml")
    (folder / "link.atom").symlink_to(folder.parent / "secret.txt")
    return folder


# nginx


@pytest.fixture(scope="module")
def nginx(public: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """nginx with the file as it stands, but for its folder, its port and its privileges."""
    folder = tmp_path_factory.mktemp("nginx")
    subprocess.run(["sh", HOSTING / "nginx.sh", public, folder], check=True)
    port = free_port()
    written = (HOSTING / "nginx.conf").read_text("utf-8")
    site = written.replace("/srv/wire/public", str(public)).replace("/etc/nginx/", f"{folder}/")
    site = site.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("    listen [::]:80;\n", "")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error;\nevents {{ }}\n"
        f"{'user root;' if os.geteuid() == 0 else ''}\nhttp {{\naccess_log off;\n{temporary}\n{site}\n}}\n"
    )
    command = ["nginx", "-p", str(folder), "-e", f"{folder}/error", "-c", "nginx.conf"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "[warn]" not in tried.stderr, tried.stderr
    with subprocess.Popen(command, text=True) as process:
        server = Server(port, process)
        wait_until(lambda: is_answering(server))
        yield server
        process.terminate()


def is_answering(server: Server) -> bool:
    with suppress(ConnectionError):
        server.connection().close()
        return True
    return False


@pytest.fixture(scope="module")
def ours(public: Path) -> Iterator[Server]:
    with served(public) as server:
        yield server


PATHS = [
    "", "index.html", "partners.xml", "partners.json",
    "feed.xml", "feed.atom", "feed.json", "sitemap.xml", "style.css", "robots.txt", "sources.opml",
    "drawing.svg", "unknown.thing", "empty.txt", "long.mp3", "search/", "search/pagefind/pagefind.js",
    "search/pagefind/pagefind-entry.json", "search/pagefind/index/en_4d6ef5d.pf_index", "issues/bridges/",
    "issues/bridges/email.html", "issues/bridges/toll/republish/",
    "issues/bridges/email.txt", "issues/bridges/91c0e2a47b3d5f68-640.webp",
    "issues/bridges/20261122.avif", "issues/bridges/2026112208301522-640.webp", ".well-known/security.txt",
    "authors/%D9%83%D8%A7%D8%AA%D8%A8%D8%A9/", "authors/%D9%83%D8%A7%D8%AA%D8%A8%D8%A9/feed.atom", "authors/%D9%83/",
    "authors/%D9%83%D8%A7%D8%AA%D8%A8%D8%A9", "authors/%D9%83/feed.atom",
    "withdrawn/", "issues/brigdes/", "issues/bridges", "for-good", "nothing", "issues/", ".env", ".git/config",
    ".well-known/.hidden", "issues/.draft/", "_redirects", "_headers", "link.txt", "linked/", "linked/index.html",
]  # fmt: skip


@pytest.mark.needs("nginx")
@pytest.mark.parametrize("path", PATHS)
def test_nginx_says_what_dispatch_serve_says(nginx: Server, ours: Server, path: str) -> None:
    one, other = (server.ask(f"/{path}") for server in (nginx, ours))
    status = 301 if one.status == 301 and other.status == 308 else other.status
    assert one.status == status
    if other.status < 300:
        assert one.body == other.body
    compared = ["content-type", "location"] if other.status < 400 else []
    compared += ["x-content-type-options", "referrer-policy", "content-security-policy"] if status != 301 else []
    if status == 200:
        compared += ["cache-control", "access-control-allow-origin", "cross-origin-resource-policy", "accept-ranges"]
        compared += ["cross-origin-opener-policy", "access-control-expose-headers", "last-modified", "content-length"]
    compared.remove("content-type") if status == 301 else None
    assert {name: one.headers.get(name) for name in compared} == {name: other.headers.get(name) for name in compared}


@pytest.mark.needs("nginx")
def test_nginx_knows_versions_by_their_etag(nginx: Server) -> None:
    feed = nginx.ask("/feed.xml")
    assert nginx.ask("/feed.xml", if_none_match=feed.etag).status == 304
    assert nginx.ask("/feed.xml", if_modified_since="Fri, 22 Nov 2030 08:00:00 GMT").status == 200
    assert nginx.ask("/feed.xml", range="bytes=0-4").body == feed.body[:5]
    packed = nginx.ask("/feed.xml", accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"].lower() == "accept-encoding, sec-fetch-dest"
    assert nginx.ask("/style.css", accept_encoding="gzip").headers["vary"].lower() == "accept-encoding"


OPENED = ["feed.xml", "feed.atom", "feed.json", "sitemap.xml", "", "nothing/feed.xml", ".git/feed.xml", "link.atom"]


@pytest.mark.needs("nginx")
@pytest.mark.parametrize("path", OPENED)
def test_nginx_calls_a_feed_that_is_opened_in_a_browser_what_browsers_style(
    nginx: Server, ours: Server, path: str
) -> None:
    for destination in ("document", "empty"):
        one, other = (server.ask(f"/{path}", sec_fetch_dest=destination) for server in (nginx, ours))
        assert one.status == other.status
        if one.status == 200:
            assert one.body == other.body
            named = {name: one.headers.get(name) for name in other.headers.keys() - {"server", "date", "etag", "vary"}}
            assert named == {name: other.headers[name] for name in named}
            assert ("sec-fetch-dest" in one.headers.get("vary", "")) is (
                "sec-fetch-dest" in other.headers.get("vary", "")
            )
    assert nginx.ask("/.opened/feed.xml").status == 404
    opened = nginx.ask("/feed.xml", sec_fetch_dest="document")
    assert opened.headers["content-type"] == media.XML
    assert nginx.ask("/feed.xml", sec_fetch_dest="document", if_none_match=opened.etag).status == 304


@pytest.mark.needs("nginx")
def test_nginx_leads_on_within_the_site_and_nowhere_else(nginx: Server) -> None:
    for path, place in (
        ("/issues/brigdes/", "/issues/bridges/"),
        ("/old/bridges/feed.xml?a=1", "/issues/bridges/feed.xml"),
        ("/old/%0d%0aset-cookie:%20a=b", "/issues/%0d%0aset-cookie:%20a=b"),
        ("/old/%E2%80%9C", "/issues/%E2%80%9C"),
    ):
        answer = nginx.ask(path)
        assert (answer.status, answer.headers["location"]) == (301, place)
        assert "set-cookie" not in answer.headers
    for path in ("/out", "/out2", "/out3", "/split", "/rewritten", "/all//evil.example", "/all/\\evil.example"):
        assert nginx.ask(path).status == 404


def test_the_lists_for_nginx_hold_nothing_but_plain_paths(tmp_path: Path) -> None:
    lines = ["/a /b 301", "/a /c 301", '/q /x";} 301', "/$d /x 301", "/e /$x 301", "/f/* /g/:splat 308!", "/h /h 410"]
    (tmp_path / "_redirects").write_text("\n".join([*lines, "# /i /j 301", "/k //l 301", "/m/* /n 301", "/o /p 200"]))
    for _ in range(2):
        subprocess.run(["sh", HOSTING / "nginx.sh", tmp_path, tmp_path], check=True)
        lists = {kind: (tmp_path / f"wire.{kind}").read_text() for kind in ("moved", "below", "gone")}
        below = '"~^/f/(?<wire_rest>([^/?\\x5c][^?]*)?)([?]|$)" "/g/$wire_rest";\n'
        assert lists == {"moved": '"/a" "/b";\n', "below": below, "gone": '"/h" 1;\n'}
    (tmp_path / "_redirects").unlink()
    subprocess.run(["sh", HOSTING / "nginx.sh", tmp_path, tmp_path], check=True)
    assert not (tmp_path / "wire.moved").read_text()


@pytest.mark.needs("nginx")
def test_nginx_shows_the_page_of_what_is_gone(nginx: Server, public: Path) -> None:
    gone = nginx.ask("/withdrawn/")
    assert (gone.status, gone.body) == (410, (public / "withdrawn" / "index.html").read_bytes())


def test_nginx_and_dispatch_know_the_same_types() -> None:
    block = re.search(r"    types \{\n(.*?)\n    \}", (HOSTING / "nginx.conf").read_text("utf-8"), flags=re.DOTALL)[1]
    types = {ending: line.split()[0] for line in block.splitlines() for ending in line.rstrip(";").split()[1:]}
    assert types == {ending: kind.partition(";")[0] for ending, kind in media.TYPES.items()}


# systemd


@pytest.mark.needs("systemd-analyze")
@pytest.mark.parametrize(
    ("name", "most"), [("dispatch.service", 15), ("dispatch-subscriptions.service", 20), ("dispatch-work.service", 20)]
)
def test_a_service_is_sound_and_may_do_nothing_else(tmp_path: Path, name: str, most: int) -> None:
    unit = tmp_path / name
    dispatch = Path(sys.executable).with_name("dispatch")
    unit.write_text((HOSTING / name).read_text("utf-8").replace("/opt/dispatch/bin/dispatch", str(dispatch)))
    judged = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert (judged.returncode, judged.stderr) == (0, "")
    scored = ["systemd-analyze", "security", "--offline=yes", f"--threshold={most}", "--no-pager", str(unit)]
    ran = subprocess.run(scored, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    parsed(re.search(r"^ExecStart=(.*)", unit.read_text(), flags=re.MULTILINE)[1])


# The container


def test_the_container_is_what_it_should_be() -> None:
    """It is read, not built: there is no registry at hand."""
    text = re.sub(r"\\\n", " ", (HOSTING / "Containerfile").read_text("utf-8"))
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT"}
    assert {word for word, _ in lines} <= known
    stages = [words for word, words in lines if word == "FROM"]
    assert re.fullmatch(r"\S+:3\.\d+-slim AS build", stages[0])
    assert stages[0].split()[0] == stages[1]
    for source in (source for word, words in lines if word == "COPY" for source in words.split()[:-1]):
        assert source in {"--from=build", "/opt/dispatch"} or (CHECKOUT / source).exists(), source
    last = dict(lines[lines.index(["FROM", stages[1]]) :])
    assert int(last["USER"].partition(":")[0]) > 0
    entry = json.loads(last["ENTRYPOINT"])
    parsed(shlex.join(entry))
    health = json.loads(re.search(r"CMD (\[.*\])", last["HEALTHCHECK"])[1])
    assert f":{entry[entry.index('--port') + 1]}/" in health[-1]
    assert last["EXPOSE"] == entry[entry.index("--port") + 1]


def test_the_health_check_tells_health_from_silence(ours: Server) -> None:
    """The very command, asked of another port."""
    health = json.loads(re.search(r"HEALTHCHECK .*CMD (\[.*\])", (HOSTING / "Containerfile").read_text("utf-8"))[1])
    for port, healthy in ((ours.port, True), (free_port(), False)):
        command = [sys.executable, *health[1:-1], health[-1].replace(":8000", f":{port}")]
        assert (subprocess.run(command, capture_output=True, check=False).returncode == 0) is healthy


# Hosts that are told by files


def test_the_headers_for_netlify_and_cloudflare_are_those_of_dispatch_serve(ours: Server) -> None:
    rules = headers_file((HOSTING / "_headers").read_text("utf-8"))
    assert len(rules) <= 100  # Cloudflare reads no more
    archive = [
        "archive/feed-1.xml",
        "archive/issues-2.json",
        "authors/ann/feed.atom",
        "sections/europe/archive/feed-3.json",
    ]
    for path in archive:
        assert applied(rules, path)["content-type"] == kind_of(path)
    for path in ["partners.xml", "partners.atom", "partners.json"]:
        assert applied(rules, path)["content-type"] == kind_of(path)
    for path in ["", "feed.xml", "feed.atom", "feed.json", "search/", "sources.opml", "404.html", "robots.txt"]:
        mine, theirs = ours.ask(f"/{path}").headers, applied(rules, path)
        assert theirs == {name: mine[name] for name in theirs}
        assert ("content-security-policy" in theirs) is path.endswith((".html", "/")) or not path
    page = applied(rules, "issues/bridges/email.html")["content-security-policy"]
    assert page == media.COPY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


def headers_file(text: str) -> list[tuple[str, dict[str, str]]]:
    rules: list[tuple[str, dict[str, str]]] = []
    for line in (line for line in text.splitlines() if line and not line.startswith("#")):
        if line.startswith("/"):
            rules.append((line, {}))
        else:
            name, _, value = line.strip().partition(": ")
            rules[-1][1][name.lower()] = value
    return rules


def applied(rules: list[tuple[str, dict[str, str]]], path: str) -> dict[str, str]:
    """What both hosts would send: every rule that fits. Of two with the same header they would send both."""
    found: dict[str, str] = {}
    for pattern, headers in rules:
        fits = re.sub(r":\w+", "[^/]+", re.escape(pattern).replace(r"\*", ".*").replace(r"\:", ":"))
        if re.fullmatch(fits, f"/{path}"):
            assert not found.keys() & headers.keys(), path
            found |= headers
    return found


def kind_of(path: str) -> str:
    kinds = {"xml": media.RSS, "atom": media.ATOM, "json": media.JSON_FEED}
    return kinds[path.rpartition(".")[2]]


AWS = """#!{python}
import json, sys
with open({log!r}, "a") as log:
    print(json.dumps(sys.argv[1:]), file=log)
"""


def test_the_upload_gives_every_file_its_type_and_forgets_none(ours: Server, public: Path, tmp_path: Path) -> None:
    """With a stand-in for ``aws``, whose filters are applied here as its manual says: the last that fits decides."""
    (tmp_path / "aws").write_text(AWS.format(python=sys.executable, log=str(tmp_path / "log")))
    (tmp_path / "aws").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["sh", str(HOSTING / "s3.sh"), str(public), "s3://wire.example", "--endpoint-url", "https://s3.example"]
    subprocess.run(command, env=environment, check=True)
    calls = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert all(call[:4] == ["s3", "sync", str(public), "s3://wire.example"] for call in calls)
    assert all(call[4:6] == ["--endpoint-url", "https://s3.example"] for call in calls)
    assert [call for call in calls if "--delete" in call] == calls[-1:]
    sent: dict[str, str] = {}
    for place in sorted(public.rglob("*")):
        path = place.relative_to(public).as_posix()
        if place.is_file() and not any(part.is_symlink() for part in (place, *place.parents)):
            kinds = [call[call.index("--content-type") + 1] for call in calls[:-1] if filtered(call, path)]
            assert len(kinds) <= 1, path
            if kinds or filtered(calls[-1], path):
                sent[path] = kinds[0] if kinds else "guessed"
    for path, kind in sent.items():
        answer = ours.ask(f"/{quote(path)}")
        assert answer.status in (200, 410), path
        assert kind in (answer.headers["content-type"], "guessed")
    guessed = {path for path, kind in sent.items() if kind == "guessed"}
    assert guessed == {"other.xml", "long.mp3", "unknown.thing", ".well-known/security.txt"}


def filtered(call: list[str], path: str) -> bool:
    taken = True
    for option, pattern in pairwise(call):
        if option in ("--include", "--exclude") and fnmatchcase(path, pattern):
            taken = option == "--include"
    return taken


def test_the_files_for_hosts_are_well_formed_and_their_commands_known() -> None:
    netlify = tomllib.loads((HOSTING / "netlify.toml").read_text("utf-8"))
    assert netlify["build"]["publish"] == "public"
    gitlab = yaml.safe_load((HOSTING / "gitlab-ci.yml").read_text("utf-8"))
    assert gitlab["pages"]["artifacts"]["paths"] == ["public"]
    scripts = [netlify["build"]["command"], *gitlab["pages"]["script"], *gitlab["check"]["script"]]
    commands = [line for script in scripts for line in re.findall(r"dispatch (?:publish|check)[^&\n]*", script)]
    assert len(commands) == 3
    for command in commands:
        parsed(command.strip())
    workflow = yaml.safe_load((HOSTING / "github-pages.yml").read_text("utf-8"))
    job = workflow["jobs"]["publish"]
    assert job["permissions"] == {"contents": "read", "id-token": "write", "pages": "write"}
    action = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))
    step = next(step for step in job["steps"] if "/dispatch@" in step.get("uses", ""))
    assert step["with"].keys() <= action["inputs"].keys()
    schedule = yaml.safe_load((HOSTING / "github-schedule.yml").read_text("utf-8"))["jobs"]["due"]
    assert schedule["permissions"] == {"actions": "write", "contents": "write"}
    assert [step["with"] for step in schedule["steps"] if "/dispatch@" in step.get("uses", "")] == [
        {"command": "publish", "due": "true"}
    ]
    assert "due" in action["inputs"]
    assert {"push", "workflow_dispatch"} == workflow[True].keys()  # YAML 1.1 reads the key on as true
    used = re.findall(r"steps\.dispatch\.outputs\.(\w+)", str(workflow))
    assert used
    assert set(used) <= action["outputs"].keys()


@pytest.mark.needs("gzip")
def test_what_gitlab_compresses_is_what_dispatch_would_take(public: Path, tmp_path: Path) -> None:
    script = yaml.safe_load((HOSTING / "gitlab-ci.yml").read_text("utf-8"))["pages"]["script"][-1]
    shutil.copytree(public, tmp_path / "public", symlinks=True, ignore=lambda _, names: {"pipe.txt"} & set(names))
    subprocess.run(["sh", "-c", script], cwd=tmp_path, check=True)
    with served(tmp_path / "public") as site:
        packed = site.ask("/", accept_encoding="gzip")
        assert packed.body == (tmp_path / "public" / "index.html.gz").read_bytes()


def parsed(line: str) -> None:
    """Fails when ``dispatch`` would not take these words."""
    name, *words = shlex.split(line)[1:]
    command = main.get_command(click.Context(main), name)
    assert command is not None
    command.make_context(name, words)
