"""A publication that moves within one host: what leads on from the old place never leads in a circle."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from pathlib import Path

import httpx
import pytest

import nouns
from dispatch.formats import site_files
from dispatch.model import Publication
from patience import wait_until
from serving import served
from test_hosting import free_port

BASES = ["", "/news", "/news/wire", "/issues", "/authors/a", "/a/b", "/index.html"]
PAIRS = [*permutations(BASES, 2)]
PATHS = [
    *("index.html", "feed.atom", "style.css", "issues/week-1/index.html", "issues/week-1/feed.xml"),
    *("issues/week-1/our-own/index.html", "authors/index.html", "authors/a/index.html", "issues.json"),
]


def lay_out(folder: Path, now: Publication, path: str) -> None:
    """A host on which the site stands at a path, and what leads on from where it stood."""
    for name in PATHS:
        file = folder / path.strip("/") / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, "utf-8")
    (folder / "nginx.conf").touch()
    for name, body in site_files.render_redirects({}, (), now, PATHS).items():
        (folder / Path(name).name).write_bytes(body)


def follow(base: str, old: str, now: str) -> None:
    """Every old address that is no new one leads to its own in one step; every new one leads nowhere."""
    here = {f"{now}/{name.removesuffix('index.html')}" for name in PATHS}
    for name in PATHS:
        page = name.removesuffix("index.html")
        with httpx.Client(base_url=base, follow_redirects=False, timeout=60) as client:
            assert client.get(f"{now}/{page}").text == name, (old, now, page)
            if f"{old}/{page}" in here:
                continue
            answer = client.get(f"{old}/{page}")
            assert answer.status_code == 301, (old, now, page)
            assert answer.headers["location"].removeprefix(base) == f"{now}/{page}"
            lost = client.get(f"{now}/no-such-page/")
            assert lost.status_code == 404 or lost.headers["location"].count("no-such-page") == 1


@pytest.mark.parametrize(("old", "now"), PAIRS)
def test_no_line_leads_in_a_circle(tmp_path: Path, old: str, now: str) -> None:
    host = "https://wire.example"
    lay_out(tmp_path, nouns.publication(url=host + now, former_urls=(host + old,)), now)
    with served(tmp_path) as server:
        follow(server.url("").rstrip("/"), old, now)


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, str], str]]:
    """nginx with a host for each move, by the old and the new path."""
    folder = tmp_path_factory.mktemp("nginx")
    hosts = {pair: f"http://127.0.0.1:{free_port()}" for pair in PAIRS}
    blocks = []
    for number, ((old, now), host) in enumerate(hosts.items()):
        place = folder / str(number)
        place.mkdir()
        lay_out(place, nouns.publication(url=host + now, former_urls=(host + old,)), now)
        at = f"listen {host.removeprefix('http://')}; root {place}; index index.html; include {place}/nginx.conf;"
        blocks.append(f"server {{ {at} }}")
    with run_nginx(folder, "\n".join(blocks)):
        yield hosts


@contextmanager
def run_nginx(folder: Path, servers: str) -> Iterator[None]:
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error;\nevents {{ }}\n"
        f"{'user root;' if os.geteuid() == 0 else ''}\nhttp {{\naccess_log off;\n{temporary}\n{servers}\n}}\n"
    )
    command = ["nginx", "-p", str(folder), "-e", f"{folder}/error", "-c", "nginx.conf"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    with subprocess.Popen(command, text=True) as process:
        wait_until(lambda: (folder / "pid").exists() and bool((folder / "pid").read_text()))
        yield
        process.terminate()


@pytest.mark.needs("nginx")
@pytest.mark.parametrize(("old", "now"), PAIRS)
def test_no_rule_of_nginx_leads_in_a_circle(nginx: dict[tuple[str, str], str], old: str, now: str) -> None:
    follow(nginx[old, now], old, now)


def test_from_http_to_https_nothing_is_to_be_written() -> None:
    publication = nouns.publication(url="https://wire.example", former_urls=("http://wire.example",))
    assert site_files.render_redirects({}, (), publication, PATHS) == {}


def test_another_host_leads_whole() -> None:
    publication = nouns.publication(url="https://new.example/news", former_urls=("https://wire.example",))
    made = site_files.render_redirects({}, (), publication, PATHS)
    assert made["former/wire.example/_redirects"] == b"/* https://new.example/news/:splat 301\n"
