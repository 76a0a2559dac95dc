"""The sender and the pages on one store: two processes, one file, and readers who leave meanwhile."""

import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from commands import run_dispatch
from deliver.test_crashes import Sender, make_publication, read_states
from dispatch import tokens
from dispatch.subscribers import rows
from dispatch.subscribers.database import DATABASE, read_keys
from mail_sink import MailSink, mail_sink
from patience import PATIENCE

PEOPLE = 80


@contextmanager
def served(root: Path, port: int) -> Iterator[None]:
    """The pages of a publication, as long as the ``with`` lasts."""
    command = [sys.executable, "-m", "dispatch", "serve", "--subscriptions", "--port", str(port)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                with socket.socket() as one:
                    if one.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield
        finally:
            process.terminate()


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


def make_wire(root: Path, sink: MailSink, port: int) -> Path:
    make_publication(root, sink, PEOPLE, f"http://127.0.0.1:{port}")
    with (root / "dispatch.toml").open("a") as file:
        file.write('\n[subscribe]\nconsent = "I want The Wire by mail."\n')
    return root


def find_leave_link(octets: bytes) -> str:
    header = str(message_from_bytes(octets, policy=policy.default)["List-Unsubscribe"])
    link = re.search("<(http[^>]+)>", header)
    assert link
    return link[1]


def post_leave(link: str) -> int:
    with urllib.request.urlopen(link, data=b"List-Unsubscribe=One-Click", timeout=PATIENCE) as answer:
        return int(answer.status)


def test_who_leaves_by_one_click_during_a_round_gets_nothing_more_and_the_store_stays_whole(tmp_path: Path) -> None:
    port, gone, links, lock = find_free_port(), set[str](), list[str](), threading.Lock()
    with mail_sink() as sink:
        wire = make_wire(tmp_path, sink, port)

        def leave(at: str, _to: str, count: int) -> str:
            """As the tenth to the fourteenth message arrives, readers of the end leave by links that they have."""
            if at == "text" and 10 <= count < 15:
                with lock:
                    link, email = links.pop(), f"reader-{PEOPLE - 15 + count}@paper.example"
                assert post_leave(link) == 200
                gone.add(email)
            return ""

        with served(wire, port):
            run_dispatch(wire, "send", "bridges", "--test", "desk@wire.example")
            with DATABASE.open_connection(wire) as connection:
                for number in range(PEOPLE - 1, PEOPLE - 6, -1):
                    person = rows.find_person(connection, f"reader-{number}@paper.example")
                    assert person
                    key = rows.find_person_key(connection, person.number)
                    token = tokens.write_token(tokens.ReaderToken(subscriber=key), "leave", read_keys(wire))
                    links.append(f"http://127.0.0.1:{port}/subscription/leave/{token}")
            sink.fault = leave
            code, said = Sender(wire, "send", "bridges", "--yes").wait()
            assert code == 0, said
            assert len(gone) == 5
            states = read_states(wire)
            assert {email for email, state in states.items() if state == "cancelled"} == gone
            taken = sink.recipients()[1:]
            assert not gone & set(taken)
            assert len(taken) == len(set(taken)) == PEOPLE - 5
            for one in sink.taken[1:6]:
                assert post_leave(find_leave_link(one.octets)) == 200
            left = run_dispatch(wire, "subscriber", "list", "--state", "left").stdout
            assert left.count("\n") == 10
        with DATABASE.open_connection(wire) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("is_other", [True, False])
def test_a_list_that_people_leave_elsewhere_is_not_sent_to(tmp_path: Path, is_other: bool) -> None:
    port = find_free_port()
    with mail_sink() as sink:
        wire = make_wire(tmp_path / "one", sink, port)
        other = make_wire(tmp_path / "two", sink, port)
        with served(other if is_other else wire, port):
            done = run_dispatch(wire, "send", "bridges", "--yes", "--untested", code=1 if is_other else 0)
        assert ("is not served from this store" in done.stderr) == is_other
        assert len(sink.taken) == (0 if is_other else PEOPLE)
