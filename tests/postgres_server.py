"""A PostgreSQL server of the tests' own, and for each test an empty store in it."""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_SETTINGS = "-c fsync={fsync} -c listen_addresses= -c unix_socket_directories={folder} -c max_connections=60"


def find_programs() -> Path | None:
    """The folder with initdb and pg_ctl, which Debian keeps off the path."""
    found = shutil.which("initdb")
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(found).parent if found else newest[-1].parent if newest else None


class Server:
    """A server that runs, on a socket alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)

    def make_url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def empty_store(self) -> str:
        """A database without a table, which is quicker than another database; return its address."""
        self.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return self.make_url("postgres")

    def copy_database(self) -> str:
        """A copy of the store, as a dump that was restored elsewhere; return its address."""
        name = f"copy_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE postgres", "template1")
        return self.make_url(name)

    def run(self, statement: str, name: str = "postgres") -> list[tuple[object, ...]]:
        import psycopg

        with psycopg.connect(self.make_url(name), autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []


@contextmanager
def run_server(*, fsync: bool = False) -> Iterator[Server]:
    """Run a server; its programs refuse to run as root."""
    programs = find_programs()
    assert programs
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if user:
        shutil.chown(folder, user)

    def run(name: str, *words: str) -> None:
        subprocess.run([programs / name, *words], user=user, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    data = folder / "data"
    settings = _SETTINGS.format(fsync="on" if fsync else "off", folder=folder)
    try:
        run(
            "initdb",
            "--auth=trust",
            "--no-sync",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            f"{data}",
        )
        run("pg_ctl", "start", "-w", "-D", f"{data}", "-l", f"{folder}/log", "-o", settings)
        yield Server(folder)
    finally:
        run("pg_ctl", "stop", "-m", "immediate", "-D", f"{data}")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """The server of this process."""
    with run_server() as server:
        yield server


SERVER = pytest.param("postgresql", marks=pytest.mark.needs("postgresql:"))


@pytest.fixture(params=["sqlite", SERVER])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the subscribers are in this test: it runs once with each."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres_server")
        monkeypatch.setenv("DISPATCH_STORE", server.empty_store())
    return str(request.param)


on_both = pytest.mark.usefixtures("store")
"""A test, or all of a module, that holds for both databases."""

on_a_file = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
"""One of those that is about the file."""


def on_a_server(test: Callable[..., None]) -> Callable[..., None]:
    """One that is about PostgreSQL."""
    chosen: Callable[..., None] = pytest.mark.parametrize("store", [SERVER], indirect=True)(on_both(test))
    return chosen
