"""A round to subscribers beside the barest smtplib loops, which keep no ledger; and the store beside the barest rows.

The mail server is a process of its own, whose time is not counted. ``PEOPLE`` in the environment is how many
subscribers the store has (default 50,000; docs/reference/scale.md was measured with 1,000,000).
"""

import csv
import os
import smtplib
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks import sample
from benchmarks.gather import AND_ITS_MEMORY, elapsed
from benchmarks.measure import Row, Turn, in_turns, within
from dispatch import config, deliver, issues, subscribers
from dispatch.formats import prepared
from dispatch.formats.prepared import PreparedMessage, Recipient
from dispatch.model import DeliverySettings, Issue, ListedPerson, Publication
from dispatch.smtp import parse_submission
from dispatch.subscribers import rounds
from dispatch.subscribers.columns import read_listed
from dispatch.subscribers.database import DATABASE

PEOPLE = int(os.environ.get("PEOPLE", "50000"))
MESSAGES, CONNECTIONS, TURNS = 2_000, 16, 5
FILLER = b"A ferry left the harbour at noon.\r\n" * 40
NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
SINK = (sys.executable, str(sample.CHECKOUT / "benchmarks" / "peers" / "sink.py"))
GOALS = {10: 0.85, 96: 0.5}  # by the size of a message in KB


def rows() -> Iterator[Row]:
    """What a message costs, then what subscribers cost."""
    with serve_sink() as port:
        for size in GOALS:
            yield from _send_rows(size, port)
        yield _fill_row()
        with tempfile.TemporaryDirectory() as folder:
            yield from _store_rows(Path(folder))
            yield _memory_row(Path(folder), port)


def _send_rows(size: int, port: int) -> Iterator[Row]:
    """CPU and wall of a message."""
    with tempfile.TemporaryDirectory() as folder:
        wire, first = make_wire(Path(folder), MESSAGES), sample.issue(1)
        rest = [replace(first, id=f"{first.id}:{number}") for number in range(4 * (TURNS + 1))]  # a round for each turn
        with deliver.open_outbound(wire, lambda: NOW, command="benchmark") as outbound:

            def prepare(issue: Issue) -> bytes:
                octets = outbound.prepare_message(issue, NOW) + FILLER * size
                return octets[: size * 1_000]  # what it says makes no difference here

            waiting = [(issue, prepare(issue)) for issue in rest]

            def ours() -> None:
                server = parse_submission(f"smtp://127.0.0.1:{port}", "")
                begun = outbound.begin_round(*waiting.pop(), NOW)
                report = outbound.send_round(begun, server, threading.Event())
                assert report.states == {"accepted": MESSAGES}, report

            text, work = outbound.fill_sample(first, prepare(first)).body, f"a message of {size} KB sent"
            for seconds, how in ((within, ""), (elapsed, ", elapsed")):
                for connections in (CONNECTIONS, 1):
                    bare = _each(seconds(partial(send_bare, port, text, connections)))
                    peer = f"smtplib without a ledger, {connections} connection{'s' if connections > 1 else ''}"
                    goal = None if how else GOALS[size]
                    yield in_turns(work + how, peer, _each(seconds(ours)), bare, turns=TURNS, goal=goal)


def _fill_row() -> Row:
    """The text of a message for one reader."""
    with tempfile.TemporaryDirectory() as folder:
        wire, issue = make_wire(Path(folder), 0), sample.issue(40)
        with deliver.open_outbound(wire, lambda: NOW, command="benchmark") as outbound:
            octets, values = outbound.prepare_message(issue, NOW), prepared.make_slots(issue.id, outbound.keys)
            message = PreparedMessage(octets, issue.id, wire, outbound.keys)
        ann = Recipient(email="ann@paper.example", key=bytes(8))
        ours = within(lambda: message.fill_slots(ann, 1), 2_000)
        theirs = within(lambda: prepared.render_message(issue, wire, ann.email, begun=NOW, values=values))
        work = f"a text of {len(octets) // 1_000} KB filled"
        return in_turns(work, "rendered anew", ours, theirs, turns=TURNS, goal=0.005)


def _each(turn: Turn) -> Turn:
    return lambda: turn() / MESSAGES


def send_bare(port: int, text: bytes, connections: int) -> None:
    """Send as many messages by as many plain loops, each in a thread."""

    def loop() -> None:
        with smtplib.SMTP("127.0.0.1", port) as session:
            for number in range(MESSAGES // connections):
                session.sendmail("desk@wire.example", [f"reader-{number}@paper.example"], text)

    threads = [threading.Thread(target=loop) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _store_rows(folder: Path) -> Iterator[Row]:
    """A list of subscribers imported, once and again, and all of them planned."""
    listed = folder / "list.csv"
    with listed.open("w", encoding="utf-8") as file:
        file.write("email,name,created_at\n")
        file.writelines(f"reader-{n}@paper-{n % 500}.example,Ann Lee {n},2024-05-06 07:08:09\n" for n in range(PEOPLE))
    wire, numbers = make_wire(folder / "wire", 0), count()

    def import_all(root: Path) -> None:
        with subscribers.open_store(config.load(root)) as store, listed.open(encoding="utf-8", newline="") as lines:
            store.import_people(read_listed(lines), NOW, how="list.csv", words="They said so", otherwise="active")

    def import_new() -> None:
        import_all(make_wire(folder / f"wire-{next(numbers)}", 0).root)

    def bare() -> None:
        insert_bare(listed, folder / f"bare-{next(numbers)}.sqlite")

    peer = "csv, and one table with an index"
    yield in_turns(f"{PEOPLE:,} subscribers imported", peer, within(import_new), within(bare), turns=3)
    again, once = within(lambda: import_all(wire.root)), within(bare)
    yield in_turns(f"{PEOPLE:,} subscribers imported again", peer, again, once, turns=3)
    with DATABASE.open_connection(wire.root) as connection:

        def freeze() -> None:
            with DATABASE.begin_transaction(connection):
                made = rounds.begin_round(connection, issue="x", slug="x", digest="", message=b"", begun=NOW)
                assert rounds.plan_audience(connection, made) == PEOPLE

        yield in_turns(f"{PEOPLE:,} deliveries planned", peer, within(freeze), once, turns=3)


def insert_bare(listed: Path, path: Path) -> None:
    """Put the rows of a list into a table, and nothing else."""
    with listed.open(encoding="utf-8", newline="") as lines, sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE subscriber (email TEXT UNIQUE, name TEXT, since TEXT)")
        connection.executemany("INSERT INTO subscriber VALUES (?, ?, ?)", csv.reader(lines))
    connection.close()


def _memory_row(folder: Path, port: int) -> Row:
    """The most memory that ``dispatch send`` takes, in thousands of MB, with all subscribers and with a tenth."""
    turns = []
    for people in (PEOPLE, PEOPLE // 10):
        wire = make_wire(folder / f"send-{people}", people)
        with (wire.root / "dispatch.toml").open("a") as file:
            settings = f'smtp = "smtp://127.0.0.1:{port}"\nbounces = "b@wire.example"\ndaily = {MESSAGES}\n'
            file.write(f"\n[delivery]\nconnections = {CONNECTIONS}\n{settings}")
        turns.append(measure_memory(wire))
    return in_turns(f"`dispatch send` to {PEOPLE:,}, memory in MB", f"to {PEOPLE // 10:,}", *turns, turns=2)


def measure_memory(wire: Publication) -> Turn:
    """A new issue sent by a process of its own; the cap of a day ends it before most have theirs."""
    numbers = count()

    def turn() -> float:
        number = next(numbers)
        one = replace(sample.issue(1), id=f"tag:wire.example,2026:{number}", slug=f"ferries-{number}", date=NOW)
        section = replace(one.sections[0], articles=(sample.article(number),))
        issues.create_issue(config.load(wire.root), replace(one, status="published", sections=(section,)))
        with DATABASE.open_connection(wire.root) as connection, DATABASE.begin_transaction(connection):
            connection.execute("UPDATE delivery SET at = 0")
        command = (sys.executable, "-c", AND_ITS_MEMORY, "send", one.slug, "--yes", "--untested")
        said = subprocess.run(command, cwd=wire.root, check=False, capture_output=True, text=True)
        assert " accepted" in said.stderr, said.stderr
        kilobytes = next(line.split()[1] for line in said.stdout.splitlines() if line.startswith("VmHWM:"))
        return int(kilobytes) / 1024 / 1000

    return turn


def make_wire(root: Path, people: int) -> Publication:
    """A publication with so many subscribers."""
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
    settings = DeliverySettings(bounces="bounces@wire.example", connections=CONNECTIONS)
    wire = replace(config.load(root), delivery=settings)
    with subscribers.open_store(wire) as store:
        listed = (ListedPerson(line=n, email=f"reader-{n}@paper.example", state="active") for n in range(people))
        store.import_people(listed, NOW, how="benchmark", words="They said so")
    return wire


@contextmanager
def serve_sink() -> Iterator[int]:
    """Serve a mail server that takes everything; yields its port."""
    with subprocess.Popen(SINK, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
