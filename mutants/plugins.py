"""What pytest is given: to record which test executes which line, and to run chosen tests in a chosen order."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import Phase, settings

# A change is found by one example; the smallest is not looked for.
settings.register_profile(
    "mutants", derandomize=True, deadline=None, database=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


class Quick:
    """Hypothesis the same at each run, and without shrinking."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Choose how hypothesis looks."""
        settings.load_profile("mutants")


class Recorder(Quick):
    """Records the lines that each test executes, as contexts of coverage.

    What is made once for several tests, by a fixture or a function that remembers, has a context of its own, and it is
    written down which tests use it.
    """

    def __init__(self, tree: Path, into: Path) -> None:
        self.into = into
        data = str(into.with_suffix(".sqlite"))
        self.coverage = Coverage(data_file=data, include=[f"{tree}/src/dispatch/*"], config_file=False)
        self.coverage.set_option("run:disable_warnings", ["no-data-collected", "module-not-measured"])
        self.context = ""
        self.spawning: set[str] = set()
        self.uses: dict[str, set[str]] = {}  # by test, or by what is shared: what it uses that is shared
        self.seconds: dict[str, float] = {}
        self.left_out: set[str] = set()  # failed or skipped as it is
        sys.addaudithook(self._hear)

    def _hear(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event == "subprocess.Popen":
            self.spawning.add(self.context)

    @contextmanager
    def _within(self, context: str) -> Iterator[None]:
        before, self.context = self.context, context
        self.coverage.switch_context(context)
        try:
            yield
        finally:
            self.context = before
            self.coverage.switch_context(before)

    def pytest_sessionstart(self) -> None:
        """Begin, before a test is imported."""
        self.coverage.erase()
        self.coverage.start()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Find the functions of the test files that remember."""
        for module in {item.module for item in session.items if isinstance(item, pytest.Function)}:
            for name, value in list(vars(module).items()):
                if callable(value) and hasattr(value, "cache_clear"):
                    setattr(module, name, self._shared(f"{module.__name__}.{name}", value))

    def _shared(self, name: str, function: Callable[..., object]) -> Callable[..., object]:
        def shared(*given: object, **named: object) -> object:
            self.uses.setdefault(self.context, set()).add(name)
            with self._within(name):
                return function(*given, **named)

        return shared

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Record a test."""
        self.uses[item.nodeid] = set(getattr(item, "fixturenames", ()))
        with self._within(item.nodeid):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
        """Record what is made once for several tests."""
        if fixturedef.scope == "function":
            return (yield)
        with self._within(fixturedef.argname):
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember how long it took, and whether it passed."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration
        if report.outcome != "passed":
            self.left_out.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Write it all down."""
        self.coverage.stop()
        self.coverage.save()
        found = {
            "seconds": {name: seconds for name, seconds in self.seconds.items() if name not in self.left_out},
            "uses": {name: sorted(used) for name, used in self.uses.items()},
            "spawning": sorted(self.spawning),
        }
        self.into.write_text(json.dumps(found), encoding="utf-8")


class Chosen(Quick):
    """Runs these tests alone, in this order, and writes down which of them, or which file of them, failed."""

    def __init__(self, tests: Sequence[str], into: Path) -> None:
        self.tests = tests
        self.into = into

    def _write(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed:
            self.into.write_text(report.nodeid, encoding="utf-8")

    pytest_runtest_logreport = pytest_collectreport = _write

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Choose."""
        known = {item.nodeid: item for item in items}
        items[:] = [known[name] for name in self.tests if name in known]
