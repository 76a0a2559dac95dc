"""A feed of 50 entries served to a hundred readers at once, beside nginx with the same headers.

The same load generator (wrk) asks both in turns: for the feed as it is, packed, and with today's ETag. nginx has
docs/hosting/nginx.conf, one process as dispatch serve has, and the packed file made before.
"""

import gzip
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sample
from benchmarks.measure import Row, Turn, in_turns
from dispatch import render

TOGETHER, SECONDS, TURNS, ENTRIES = 100, 2, 7, 50
HOSTING = sample.CHECKOUT / "docs" / "hosting"
NEEDED = {"nginx": "nginx-light", "wrk": "wrk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that listens."""

    pid: int
    address: str


def rows() -> Iterator[Row]:
    """What an answer costs in CPU, and what time it takes when they are asked for as fast as they come."""
    if missing := [package for program, package in NEEDED.items() if not shutil.which(program)]:
        print(f"Serving is not measured: apt-get install {' '.join(missing)}", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        public = folder / "public"
        public.mkdir()
        feed = render.render_edition(sample.issue(ENTRIES), sample.publication(), "rss").body
        (public / "feed.xml").write_bytes(feed)
        (public / "feed.xml.gz").write_bytes(gzip.compress(feed, 6, mtime=0))
        with ours(public) as one, nginx(public, folder) as other:
            for work, packed, unchanged in (
                (f"a feed of {len(feed) // 1000} KB served", False, False),
                (f"a feed of {len(feed) // 1000} KB served, gzip", True, False),
                ("a feed served, unchanged (304)", True, True),
            ):
                for elapsed in (False, True):
                    turns = [asked(server, packed, unchanged, elapsed=elapsed) for server in (one, other)]
                    yield in_turns(work + ", elapsed" * elapsed, "nginx", turns[0], turns[1], turns=TURNS)


def asked(server: Server, packed: bool, unchanged: bool, *, elapsed: bool) -> Turn:
    """Asks for the feed as fast as it comes; what one answer took."""
    fields = {"Accept-Encoding": "gzip"} if packed else {}
    with urllib.request.urlopen(urllib.request.Request(server.address, headers=fields)) as answer:
        assert answer.headers.get("content-encoding") == fields.get("Accept-Encoding")
        if unchanged:
            fields["If-None-Match"] = answer.headers["etag"]
    headers = [word for name, value in fields.items() for word in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{TOGETHER}", f"-d{SECONDS}s", *headers, server.address]

    def turn() -> float:
        before = cpu(server.pid)
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        count, seconds = re.search(r"(\d+) requests in ([\d.]+)s", said).groups()  # type: ignore[union-attr] # always there
        assert "Non-2xx" not in said, said
        return (float(seconds) if elapsed else cpu(server.pid) - before) / int(count)

    return turn


def cpu(pid: int) -> float:
    """The seconds of CPU time that a process has taken (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def ours(public: Path) -> Iterator[Server]:
    """``dispatch serve``."""
    command = (sys.executable, "-m", "dispatch", "serve", "--port", "0", "--output", str(public))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        address = process.stderr.readline().split(" at ")[1].split()[0]
        yield Server(pid=process.pid, address=f"{address}feed.xml")
        process.terminate()


@contextmanager
def nginx(public: Path, folder: Path) -> Iterator[Server]:
    """The file of our guide, in one process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    site = (HOSTING / "nginx.conf").read_text("utf-8").replace("/srv/wire/public", str(public))
    site = site.replace("/etc/nginx/", f"{folder}/").replace("listen [::]:80;", "")
    site = site.replace("listen 80;", f"listen 127.0.0.1:{port};")
    for name in ("wire.moved", "wire.below", "wire.gone"):
        (folder / name).touch()
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; events {{ }}\n"
        f"http {{ access_log off; sendfile on; keepalive_requests 1000000; {temporary}\n{site} }}"
    )
    command = ("nginx", "-p", str(folder), "-e", f"{folder}/error", "-c", "nginx.conf")
    with subprocess.Popen(command) as process:
        time.sleep(0.5)
        yield Server(pid=process.pid, address=f"http://127.0.0.1:{port}/feed.xml")
        process.terminate()
