"""What an editor types all day, in publications of 100, 1,000 and 5,000 articles; each beside itself where less is."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import archive
from benchmarks.measure import Row, Turn, in_turns, process

SIZES = (100, 1_000, 5_000)
STARTS = ("add --help", "source list", "issue show", "issue list")


def rows() -> Iterator[Row]:
    """What starts; what grows with the publication; and the inbox of whoever has just cloned it."""
    with tempfile.TemporaryDirectory() as where:
        small, middle, large = (Path(where, str(size)) for size in SIZES)
        for folder, size in zip((small, middle, large), SIZES, strict=True):
            archive.ours(folder, size)
        for words in STARTS:
            yield in_turns(
                f"`{words}`", "`--version`", _run(small, words), _run(small, "--version"), turns=20, goal=2.5
            )
        for folder, size, goal in ((middle, SIZES[1], 1.2), (large, SIZES[2], 2.0)):
            for words in ("issue list", "issue new Next"):
                beside = _run(folder, words), _run(small, words)
                yield in_turns(f"`{words}` of {size:,}", "100 articles", *beside, turns=9, goal=goal)
        again = _run(large, "inbox")
        yield in_turns("the first `inbox` of 5,000", "the second", _afresh(large), again, turns=5, goal=5.0)
        yield from _after_a_clone(middle, small)


def _after_a_clone(middle: Path, small: Path) -> Iterator[Row]:
    """What reads other issues than its own: where nothing was published from, and where a publish has cached them."""
    for how, goal in (("", None), (", published", 1.2)):
        for folder in (middle, small) if goal else ():
            subprocess.run([sys.executable, "-m", "dispatch", "publish"], cwd=folder, check=True, capture_output=True)
        newest = _run(middle, "check no-50"), _run(small, "check no-5")
        yield in_turns(f"`check` of the newest of 1,000{how}", "100 articles", *newest, turns=7, goal=goal)
        changed = _review(middle, 50), _review(small, 5)
        yield in_turns(f"`review` of one changed issue of 1,000{how}", "100 articles", *changed, turns=5, goal=goal)


def _run(folder: Path, words: str) -> Turn:
    """A command, and nothing of it left for the next turn."""
    run = process(sys.executable, "-m", "dispatch", *words.split(), folder=folder)

    def turn() -> float:
        shutil.rmtree(folder / "issues" / "next", ignore_errors=True)
        return run()

    return turn


def _afresh(folder: Path) -> Turn:
    """The inbox where nothing is known of what the issues use."""
    run = process(sys.executable, "-m", "dispatch", "inbox", folder=folder)

    def turn() -> float:
        shutil.rmtree(folder / ".dispatch", ignore_errors=True)
        return run()

    return turn


def _review(folder: Path, number: int) -> Turn:
    """A review of one article's change since the last commit."""
    shutil.rmtree(folder / "issues" / "next", ignore_errors=True)
    git = ("git", "-c", "user.name=Ann", "-c", "user.email=ann@wire.example")
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--allow-empty", "--message", "All of it")):
        subprocess.run([*git, *words], cwd=folder, check=True)
    file = next((folder / "issues" / f"no-{number}").glob("story-*.md"))
    file.write_text(f"{file.read_text('utf-8')}\nAn edit.\n", encoding="utf-8")
    return process(sys.executable, "-m", "dispatch", "review", "--base", "HEAD", folder=folder)
