"""A real Postfix between sender and readers: what it takes, each reader gets once, and its log settles doubts.

It runs from folders of its own, on loopback, and hands everything on to a server of the test.
"""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from commands import run_dispatch
from deliver.test_crashes import Sender, make_publication, read_states
from mail_sink import MailSink, mail_sink
from patience import PATIENCE

pytestmark = [
    pytest.mark.needs("postfix"),
    pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="Postfix is started by root"),
]

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = mx.wire.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:{onward}
smtpd_recipient_restrictions = permit_mynetworks, reject
alias_maps =
"""


@dataclass
class Postfix:
    """A running Postfix."""

    folder: Path
    port: int
    onward: MailSink

    @property
    def log(self) -> Path:
        return self.folder / "mail.log"

    def wait_for(self, count: int) -> list[str]:
        """The recipients of what was handed on, when there are so many."""
        end = time.monotonic() + PATIENCE
        while len(self.onward.recipients()) < count and time.monotonic() < end:
            time.sleep(0.05)
        return self.onward.recipients()


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


@pytest.fixture
def postfix() -> Iterator[Postfix]:
    with run_postfix() as found:
        yield found


@contextmanager
def run_postfix(main: str = "", services: str = "") -> Iterator[Postfix]:
    """A Postfix, with more lines in main.cf and master.cf."""
    folder, port = Path(tempfile.mkdtemp(prefix="postfix-")), find_free_port()
    folder.chmod(0o755)  # its processes are not root
    with mail_sink() as onward:
        (folder / "conf").mkdir()
        (folder / "spool").mkdir()
        (folder / "data").mkdir()
        shutil.chown(folder / "data", "postfix")
        (folder / "conf" / "main.cf").write_text(MAIN.format(folder=folder, onward=onward.port) + main)
        master = Path("/etc/postfix/master.cf").read_text()
        master = re.sub(r"^smtp(\s+inet\s+\S+\s+\S+\s+)\S+", rf"127.0.0.1:{port}\1n", master, flags=re.MULTILINE)
        master = re.sub(r"^(\w+\s+(?:unix|fifo)\s+\S+\s+\S+\s+)y", r"\1n", master, flags=re.MULTILINE)
        (folder / "conf" / "master.cf").write_text(master + services)
        command = ["postfix", "-c", str(folder / "conf")]
        ran = subprocess.run([*command, "start"], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        try:
            yield Postfix(folder, port, onward)
        finally:
            subprocess.run([*command, "stop"], capture_output=True, check=False)
            shutil.rmtree(folder, ignore_errors=True)


def test_each_reader_gets_one_message_through_postfix(postfix: Postfix, tmp_path: Path) -> None:
    wire = make_publication(tmp_path, MailSink(port=postfix.port), 200)
    code, said = Sender(wire, "send", "bridges", "--yes", "--untested").wait()
    assert code == 0, said
    assert "200 accepted" in said
    taken = Counter(postfix.wait_for(200))
    assert len(taken) == 200
    assert max(taken.values()) == 1
    log = postfix.log.read_text()
    assert "improper command pipelining" not in log
    assert log.count("(queue active)") == 200


def test_a_killed_sender_and_the_log_of_postfix(postfix: Postfix, tmp_path: Path) -> None:
    """What the log knows was accepted arrived, once; what it does not know never did."""
    wire = make_publication(tmp_path, MailSink(port=postfix.port), 200)
    words: tuple[str, ...] = ("send", "bridges", "--yes", "--untested")
    for kill_at in (20, 70, 120):
        sender = Sender(wire, *words)
        while len(postfix.onward.recipients()) < kill_at and sender.process.poll() is None:
            time.sleep(0.002)
        sender.kill()
        sender.wait()
        words = ("work", "--once")
    assert Sender(wire, *words).wait()[0] == 0
    states = read_states(wire)
    doubts = {email for email, state in states.items() if state == "unknown"}
    assert len(doubts) <= 3 * 4
    accepted = 200 - len(doubts)
    postfix.wait_for(accepted)
    time.sleep(1)  # what is in doubt may be on its way
    taken = Counter(postfix.onward.recipients())
    assert max(taken.values()) == 1
    assert {email for email, state in states.items() if state == "accepted"} <= taken.keys()
    run_dispatch(wire, "settle", "bridges", "--log", str(postfix.log))
    settled = read_states(wire)
    assert {email for email, state in settled.items() if state == "accepted"} == taken.keys()
    assert {email for email, state in settled.items() if state == "unknown"} == doubts - taken.keys()
