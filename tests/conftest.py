"""What several tests share: the sample publication, the judges that are programs, and golden files.

A test that needs a program says so with a mark. Where the program is missing it is skipped, aloud; in CI it fails::

    @pytest.mark.needs("chromium")              a command on the path
    @pytest.mark.needs("node", "npm:mjml")      and a package of tests/package.json (make judges)
    @pytest.mark.needs("python:zensical")       a module that the tests do not need otherwise (make .venv/docs)
    @pytest.mark.needs("postgresql:")           the programs of a PostgreSQL server, wherever they are
"""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright

from dispatch import config, issues
from dispatch.model import Issue, Publication
from patience import PATIENCE
from postgres_server import find_programs
from postgres_server import postgres_server as postgres_server
from postgres_server import store as store
from thorough import THOROUGH, scale
from warm import warm_dispatch

HERE = Path(__file__).parent
CHECKOUT = HERE.parent
NODE_MODULES = HERE / "node_modules"

# Chromium as root and without any traffic of its own.
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew; the diff is the review")


def pytest_configure(config: pytest.Config) -> None:
    # CI judges a commit by what everybody can repeat; at the desk each run looks at less, and somewhere new.
    health = [HealthCheck.too_slow]
    settings.register_profile(
        "dispatch",
        deadline=None,
        print_blob=True,
        suppress_health_check=health,
        max_examples=scale(100),
        derandomize=THOROUGH,
    )
    settings.load_profile("dispatch")
    # Whoever has a proxy in front of this machine has none in front of the tests' own sites.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    os.environ["NO_PROXY"] = "*"
    # Nothing is slow for a browser on a busy machine: it comes, or it hangs.
    expect.set_options(timeout=PATIENCE * 1000)
    config.addinivalue_line(
        "markers", "needs(*programs): a command, npm:package, python:module, postgresql:; missing, it is skipped"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for program in mark.args:
            need(program)


def need(program: str) -> None:
    """Go on if the program is there; else skip, or in CI fail."""
    kind, _, package = program.partition(":")
    there = {
        "npm": lambda: (NODE_MODULES / package / "package.json").is_file(),
        "python": lambda: find_spec(package) is not None,
        "postgresql": lambda: find_programs() is not None,
    }.get(kind, lambda: shutil.which(program))
    if there():
        return
    hint = {"npm": "make judges", "python": "make .venv/docs"}.get(kind, "see tests/apt.txt")
    reason = f"{program} is not installed ({hint})"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def sample() -> Publication:
    """The publication of this repository."""
    return config.load(CHECKOUT)


@pytest.fixture(scope="session")
def sample_issue(sample: Publication) -> Issue:
    """Its first issue."""
    return issues.read_issue(sample, "names-and-addresses")


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a program dispatch that is loaded once, for tests that run it often."""
    with warm_dispatch(tmp_path_factory.mktemp("warm")) as folder:
        yield folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window. A test that takes it is marked needs("chromium")."""
    need("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        yield chromium
        chromium.close()
