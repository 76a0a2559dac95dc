"""The sender is killed wherever it is: nobody gets a message twice, nobody is lost in silence, doubt has a name.

A sender is a process of its own, and the mail server on loopback kills it at a step of the conversation, before or
after it has accepted the message. ``make crash`` kills it 200 times at random moments; here it is a few times.
"""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import nouns
from commands import run_dispatch
from dispatch import config, issues
from mail_sink import DROP, MailSink, Step, mail_sink

PEOPLE = 60
CONNECTIONS = 4
KILLS = int(os.environ.get("DISPATCH_KILLS", "6"))  # at random; make crash
CHECKPOINT = (str(Path(__file__).with_name("checkpoint_sender.py")),)  # another program, in the same hands
STEPS: tuple[Step, ...] = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "in text", "text", "accepted")


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as found:
        yield found


@pytest.fixture
def wire(tmp_path: Path, sink: MailSink) -> Path:
    return make_publication(tmp_path, sink, PEOPLE)


def make_publication(root: Path, sink: MailSink, people: int, url: str = "https://wire.example") -> Path:
    config.create_publication(root, title="The Wire", url=url, sender="W <desk@wire.example>")
    with (root / "dispatch.toml").open("a") as file:
        file.write(f'\n[delivery]\nsmtp = "{sink.url}"\nbounces = "b@wire.example"\nconnections = {CONNECTIONS}\n')
    issues.create_issue(config.load(root), nouns.issue(nouns.article(1), slug="bridges", title="Who pays"))
    run_dispatch(root, "publish", "bridges", "--yes")
    (root / "list.csv").write_text("".join(f"reader-{n}@paper.example\n" for n in range(people)))
    run_dispatch(root, "subscriber", "import", "list.csv", "--confirmed", "They said so", "--state", "active")
    return root


class Sender:
    """A process that sends; killed by whoever calls ``kill``."""

    def __init__(self, root: Path, *words: str, limit: int = 0, program: tuple[str, ...] = ("-m", "dispatch")) -> None:
        def set_limit() -> None:
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        self.process = subprocess.Popen(
            [sys.executable, *program, *words],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=set_limit,
        )

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)

    def wait(self) -> tuple[int, str]:
        _, said = self.process.communicate(timeout=120)
        return self.process.returncode, said


def read_states(root: Path) -> dict[str, str]:
    """The state of each message, by address."""
    found = run_dispatch(root, "deliveries", "bridges", "--json").stdout
    return {one["email"]: one["state"] for one in map(json.loads, found.splitlines())}


def require_promises(root: Path, sink: MailSink, most_doubt: int) -> Counter[str]:
    """What must hold at every moment, whatever senders there are, and however they end."""
    before, states, taken = sink.recipients(), read_states(root), Counter(sink.recipients())
    assert max(taken.values(), default=0) <= 1, "somebody got it twice"
    assert {email for email, state in states.items() if state == "accepted"} <= taken.keys(), "a false accept"
    on_the_way = {email for email, state in states.items() if state in ("sending", "unknown")}
    silent = [email for email in before if states[email] not in ("accepted", "sending", "unknown")]
    assert silent == [], "it arrived, and nobody knows"
    assert len(on_the_way) <= most_doubt
    return Counter(states.values())


def send_to_the_end(root: Path, sink: MailSink, most_doubt: int, people: int = PEOPLE) -> Counter[str]:
    """Go on until nothing is due, and look once more."""
    code, said = Sender(root, "work", "--once").wait()
    assert code == 0, said
    states, counts = read_states(root), require_promises(root, sink, most_doubt)
    assert counts["accepted"] + counts["unknown"] == people
    assert {email for email, state in states.items() if state == "unknown"} | set(sink.recipients()) == states.keys()
    return counts


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", [1, 23])
def test_killed_at_a_step_of_the_conversation(wire: Path, sink: MailSink, step: Step, number: int) -> None:
    senders: list[Sender] = []
    number = 3 if step in ("connect", "EHLO") and number > 1 else number

    def kill(at: Step, _to: str, count: int) -> bytes | str:
        if at == step and count == number:
            senders[0].kill()
            return DROP if step != "accepted" else b"250 2.0.0 Ok: queued as LATE"
        return ""

    sink.fault = kill
    senders.append(Sender(wire, "send", "bridges", "--yes", "--untested"))
    assert senders[0].wait()[0] == -signal.SIGKILL
    require_promises(wire, sink, CONNECTIONS)
    sink.fault = lambda _at, _to, _count: ""
    counts = send_to_the_end(wire, sink, CONNECTIONS)
    assert counts["unknown"] <= CONNECTIONS


def test_killed_again_and_again_at_random(tmp_path: Path, sink: MailSink) -> None:
    chance = random.Random(KILLS)
    people = PEOPLE + 20 * KILLS
    wire = make_publication(tmp_path, sink, people)
    words: tuple[str, ...] = ("send", "bridges", "--yes", "--untested")
    killed, slowest = 0, 0.0
    while killed < KILLS:
        trigger, sender = plan_kill(sink, chance), Sender(wire, *words)
        trigger.append(sender.kill)
        code, said = sender.wait()
        words = ("work", "--once")
        if code == 0:
            break
        assert code == -signal.SIGKILL, said
        killed += 1
        require_promises(wire, sink, CONNECTIONS * killed)
    sink.fault = lambda _at, _to, _count: ""
    begin = time.perf_counter()
    counts = send_to_the_end(wire, sink, CONNECTIONS * killed, people)
    slowest = time.perf_counter() - begin
    print(
        f"{killed} kills, {people} readers: {counts['accepted']} accepted, {counts['unknown']} in doubt "
        f"({counts['unknown'] / max(1, killed):.1f} a kill), 0 twice, 0 lost; the last run took {slowest:.1f} s"
    )
    assert killed >= KILLS // 2


@pytest.mark.parametrize("batch", [50, 1000])
def test_a_sender_with_a_checkpoint_loses_those_behind_it(tmp_path: Path, sink: MailSink, batch: int) -> None:
    """The same kills, and listmonk's algorithm: its batches are of 1,000. It shows that loss would be noticed here."""
    chance = random.Random(KILLS)
    people, killed, code = PEOPLE + 20 * KILLS, 0, -1
    words = (str(tmp_path / "store"), str(sink.port), str(people), str(batch), str(CONNECTIONS))
    while code and killed < KILLS:
        trigger = plan_kill(sink, chance)
        sender = Sender(tmp_path, *words, program=CHECKPOINT)
        trigger.append(sender.kill)
        code = sender.wait()[0]
        killed += bool(code)
    sink.fault = lambda _at, _to, _count: ""
    if code:
        sender = Sender(tmp_path, *words, program=CHECKPOINT)
        assert sender.wait()[0] == 0
    taken = Counter(sink.recipients())
    print(f"{killed} kills, {people} readers, batches of {batch}: {people - len(taken)} lost, nobody knows which")
    assert len(taken) < people


def test_a_sender_that_tries_again_sends_twice(tmp_path: Path, sink: MailSink) -> None:
    """A connection that is lost after the server has taken the message, as listmonk's pool handles it."""
    sink.fault = lambda at, _to, count: DROP if at == "accepted" and count % 25 == 0 else ""
    words = (str(tmp_path / "store"), str(sink.port), "200", "1000", str(CONNECTIONS))
    assert Sender(tmp_path, *words, program=CHECKPOINT).wait()[0] == 0
    taken = Counter(sink.recipients())
    twice = sum(count > 1 for count in taken.values())
    print(f"every 25th connection lost, {len(taken)} readers: {twice} twice")
    assert twice


def plan_kill(sink: MailSink, chance: random.Random) -> list[Callable[[], None]]:
    """Kill at a random step of a random message, a moment later; who is killed is put into the list."""
    step, wanted, later = chance.choice(STEPS[2:]), chance.randint(1, 40), chance.random() * 0.01
    who: list[Callable[[], None]] = []
    seen = Counter[str]()
    lock = threading.Lock()

    def kill(at: Step, _to: str, _count: int) -> str:
        with lock:
            seen[at] += 1
            is_now = at == step and seen[at] == wanted
        if is_now:
            time.sleep(later)
            for one in who:
                one()
        return ""

    sink.fault = kill
    return who


@pytest.mark.parametrize("room", [4, 40, 70, 100])
def test_a_store_that_may_not_grow_stops_the_round_and_loses_nothing(wire: Path, sink: MailSink, room: int) -> None:
    """RLIMIT_FSIZE stands for a full disk: in the middle of a round, a commit fails."""
    store = wire / ".dispatch" / "subscribers.sqlite"
    limit = store.stat().st_size + room * 1024
    code, said = Sender(wire, "send", "bridges", "--yes", "--untested", limit=limit).wait()
    if code:
        assert code == 1, said
        assert "Error: " in said
        assert "Traceback" not in said
        if not any(one.name == "subscribers.sqlite" for one in store.parent.iterdir()) or not sink.taken:
            code, said = Sender(wire, "send", "bridges", "--yes", "--untested").wait()
            assert code == 0, said
        require_promises(wire, sink, CONNECTIONS)
    send_to_the_end(wire, sink, CONNECTIONS)


def test_a_second_sender_waits_for_nobody(wire: Path, sink: MailSink) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def pause(at: Step, _to: str, count: int) -> str:
        if at == "text" and count == 5:
            reached.set()
            go_on.wait(60)
        return ""

    sink.fault = pause
    first = Sender(wire, "send", "bridges", "--yes", "--untested")
    assert reached.wait(60)
    second = Sender(wire, "--wait", "0", "work", "--once")
    code, said = second.wait()
    go_on.set()
    assert code == 75
    assert "dispatch send on " in said
    assert first.wait()[0] == 0
    assert len(sink.taken) == PEOPLE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_what_has_begun(wire: Path, sink: MailSink, number: signal.Signals) -> None:
    senders: list[Sender] = []

    def stop(at: Step, _to: str, count: int) -> str:
        if at == "text" and count == 10:
            senders[0].process.send_signal(number)
            time.sleep(0.05)
        return ""

    sink.fault = stop
    senders.append(Sender(wire, "send", "bridges", "--yes", "--untested"))
    code, said = senders[0].wait()
    assert code == 1
    assert "not sent yet" in said
    counts = require_promises(wire, sink, 0)
    assert counts["accepted"] + counts["planned"] == PEOPLE
    assert send_to_the_end(wire, sink, 0)["accepted"] == PEOPLE
