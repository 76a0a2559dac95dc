"""Runs tests on a copy of the tree with one change in it, each time in a process of its own."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, as_completed, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from typing import Literal, TypeVar

import pytest

from mutants.changes import Change
from mutants.plugins import Chosen, Recorder
from mutants.witnesses import Test

T = TypeVar("T")

# The most specific tests are tried first, for most changes die of one of them.
FIRST = 60
# So many seconds of tests are tried on a change; one that needs more to be noticed counts as alive.
ENOUGH_SECONDS = 60
# What a change may take: a multiple of what its tests take without it, and so many seconds of the processor at least.
TIMES = 4
LEAST_SECONDS = 30

Fate = Literal["killed", "killed by time", "alive"]

OPTIONS = ["-q", "--tb=no", "--no-header", "--no-summary", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts="]
# What every process needs is loaded before it is forked.
OPTIONS += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a change, how many tests execute it, which of them noticed it first, and how long that took."""

    change: Change
    fate: Fate
    tests: int
    noticed_by: str
    seconds: float

    def __str__(self) -> str:
        by = f" by {self.noticed_by}" if self.noticed_by else ""
        return f"{self.change}: {self.fate}{by}, of {self.tests} tests, {self.seconds:.0f} s"


@dataclass(frozen=True, slots=True)
class Tree:
    """A copy of the working tree, in which changes are made."""

    folder: Path

    def record(self, test_file: str, into: Path) -> str:
        """Record what the tests of a file execute. Raises RuntimeError when its tests cannot be run."""
        into.parent.mkdir(parents=True, exist_ok=True)
        draft = into.with_suffix(".draft")
        _fork(lambda: self.run([test_file], [Recorder(self.folder, draft)]), cpu=3600)
        if not draft.is_file():
            raise RuntimeError(f"{test_file} cannot be run")
        draft.rename(into)
        return test_file

    def judge(self, change: Change, tests: Sequence[Test]) -> Verdict:
        """Make a change, run the tests that execute it until one fails, and take it back."""
        start = time.monotonic()
        self._noticed.unlink(missing_ok=True)
        path = self.folder / "src" / "dispatch" / change.file
        source = path.read_bytes()
        compiled = list((path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"))
        try:
            for file in compiled:
                file.unlink()
            path.write_bytes(change.apply(source))
            fate: Fate = "alive"
            tried = take_specific(tests)
            for some in (tried[:FIRST], tried[FIRST:]):
                if some and fate == "alive":
                    fate = self._try(some)
            by = self._noticed.read_text("utf-8") if self._noticed.is_file() else ""
            seconds = time.monotonic() - start
            return Verdict(change=change, fate=fate, tests=len(tests), noticed_by=by, seconds=seconds)
        finally:
            path.write_bytes(source)

    @property
    def _noticed(self) -> Path:
        """What the test that failed is written to."""
        return self.folder.with_name(f"{self.folder.name}-noticed")

    def run(self, what: Sequence[str], plugins: Sequence[object] = ()) -> int:
        """Run pytest in the copy, in this process."""
        os.chdir(self.folder)
        sys.path[:0] = [str(self.folder / "src"), str(self.folder / "tests")]
        os.environ |= {"PYTHONPATH": str(self.folder / "src"), "TMPDIR": str(self.folder.parent)}
        if plugins:
            # A change has the same size and the same second as what it replaces, and would be taken for it.
            sys.dont_write_bytecode = True
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        temporary = self.folder.with_name(f"{self.folder.name}-temporary")
        return int(pytest.main([*OPTIONS, f"--basetemp={temporary}", *what], plugins=plugins))

    def _try(self, tests: Sequence[Test]) -> Fate:
        files = sorted({test.file for test in tests}, key=lambda file: [test.file for test in tests].index(file))
        order = sorted(tests, key=lambda test: files.index(test.file))
        seconds = LEAST_SECONDS + TIMES * sum(test.seconds for test in tests)
        code = _fork(
            lambda: self.run(["-x", *files], [Chosen([test.name for test in order], self._noticed)]), cpu=seconds
        )
        if code is None:
            return "killed by time"
        # Where no test is left, they were made of what was left out.
        return "alive" if code in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED} else "killed"


def take_specific(tests: Sequence[Test]) -> list[Test]:
    """Take the first tests, up to ENOUGH_SECONDS of what they take without a change."""
    totals = accumulate(test.seconds for test in tests)
    return [test for test, total in zip(tests, totals, strict=True) if total <= ENOUGH_SECONDS] or list(tests[:1])


def copy_tree(folder: Path) -> Tree:
    """Copy the working tree, what is not committed too, and compile it."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if Path(name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, folder / name, follow_symlinks=False)
    if (modules := Path("tests", "node_modules")).is_dir():
        (folder / modules).symlink_to(modules.resolve())
    tree = Tree(folder)
    _fork(lambda: tree.run(["--collect-only", "-qq"]), cpu=600)
    return tree


def share(work: Callable[..., T], jobs: Iterable[tuple[object, ...]], trees: Sequence[Tree]) -> Iterator[T]:
    """Do each job with one of the trees, as many at once as there are; the results as they come."""
    free = list(trees)
    running: dict[Future[T], Tree] = {}
    with ProcessPoolExecutor(len(trees), get_context("fork")) as pool:
        for job in jobs:
            if not free:
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    free.append(running.pop(done))
                    yield done.result()
            tree = free.pop()
            running[pool.submit(work, tree, *job)] = tree
        for future in as_completed(running):
            yield future.result()


def _fork(work: Callable[[], int], *, cpu: float) -> int | None:
    """The exit code of a process that does this; None when it took longer by the processor's clock, or hangs.

    It hangs when it takes ten times as long by the clock on the wall, on a busy machine as many times more.
    """

    def begin() -> None:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (int(cpu), int(cpu) + 5))
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        os._exit(work())

    process = get_context("fork").Process(target=begin)
    process.start()
    process.join(cpu * 10 * max(1, os.getloadavg()[0] / (os.cpu_count() or 1)))
    with suppress(ProcessLookupError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
    return None if process.exitcode in {-signal.SIGXCPU, -signal.SIGKILL} else process.exitcode
