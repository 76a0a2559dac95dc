"""The real ``dispatch preview`` in a process of its own, over a publication of the test's own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from patience import PATIENCE

ROOT = Path(__file__).parent.parent
DRAFT = """\
---
title: Tides
date: 2026-11-25
preheader: Two towns, one harbour, and the question of who writes down when the water came
sections:
- title: Names
  articles: [harbour, mole]
---
What the water leaves.
"""
ARTICLES = {
    "harbour.md": """\
---
title: The harbour & the town
authors:
- name: Ann Lee
  url: https://paper.example/ann?a=1&b=2
url: https://paper.example/harbour?x=1&copy=2
source: {title: The Paper, url: https://paper.example}
published: 2026-11-20
image: {url: harbour.png, alt: Boats, width: 120, height: 90}
---
The harbour is as old as the town. [Its book](https://paper.example/book) says so.
""",
    "mole.md": """\
---
title: The mole
authors: [{name: Jón Þór}]
url: https://paper.example/mole
source: {title: The Paper, url: https://paper.example}
published: 2026-11-19
---
A wall of stones in the sea.
""",
}


@dataclass(frozen=True, kw_only=True)
class Running:
    """A preview that is listening."""

    address: str
    root: Path
    process: subprocess.Popen[str]

    @property
    def base(self) -> str:
        return self.address.partition("/?")[0]

    @property
    def token(self) -> str:
        return self.address.partition("token=")[2]

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """A browser that was given the address."""
        with httpx.Client(base_url=self.base, timeout=PATIENCE) as client:
            assert client.get(f"/?token={self.token}").status_code == 200
            yield client

    def hand(self, client: httpx.Client) -> dict[str, str]:
        """What the page itself sends along with a change."""
        with client.stream("GET", "/changes") as answer:
            return {"origin": self.base, "x-desk-token": Stream(answer.iter_lines()).next()["hand"]}

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


class Stream:
    """What /changes tells."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines

    def next(self) -> dict:
        return json.loads(next(line for line in self.lines if line.startswith("data: "))[6:])

    def until(self, holds: Callable[[dict], object]) -> dict:
        """The next that is so: a file that is being saved may be seen half-written first."""
        return next(said for said in iter(self.next, None) if holds(said))


@contextmanager
def following(running: Running) -> Iterator[Stream]:
    with running.client() as client, client.stream("GET", "/changes") as answer:
        yield Stream(answer.iter_lines())


def publication(folder: Path) -> Path:
    """The sample publication with a draft of its own: the newest issue."""
    for name in ("dispatch.toml", "authors.toml"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "issues", folder / "issues", dirs_exist_ok=True)
    draft = folder / "issues" / "tides"
    draft.mkdir()
    (draft / "issue.md").write_text(DRAFT, "utf-8")
    for name, text in ARTICLES.items():
        (draft / name).write_text(text, "utf-8")
    picture = next((ROOT / "issues" / "names-and-addresses").glob("*.png"))
    shutil.copy(picture, draft / "harbour.png")
    return folder


@contextmanager
def previewing(root: Path, *options: str, command: str = "preview") -> Iterator[Running]:
    """The command, from its start to its end."""
    words = [sys.executable, "-m", "dispatch", command, "--no-open", *options]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        words, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            address = process.stdout.readline().strip()
            assert address, process.communicate()[1]
            yield Running(address=address, root=root, process=process)
        finally:
            if process.poll() is None:
                process.kill()
