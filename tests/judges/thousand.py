"""A newsletter of a thousand readers, from the import to the report, by hand: python tests/judges/thousand.py

A new user imports 1,000 people; one more signs up and confirms in Chromium; a test goes out, then the issue, through a
real Postfix. Ten readers leave, five of them by one click while the round is going on; twenty addresses are dead, and
what comes back reaches the store through the pipe of Postfix. Needs root, Postfix and Chromium.
"""

import json
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402 - of the tests' own folder

import nouns  # noqa: E402
from dispatch import config, issues  # noqa: E402
from judges.test_postfix import Postfix, find_free_port, run_postfix  # noqa: E402
from test_send_and_leave import find_leave_link, post_leave, served  # noqa: E402

PEOPLE, DEAD = 1000, 20
DISPATCH = Path(sys.executable).with_name("dispatch")
ANN = "ann@paper.example"
# Mail to the publication's own domain goes to dispatch, as the guide says. Postfix runs no pipe as root, and whoever it
# runs as may not see our Python: a socket leads to this script, which runs the command and hands its code back.
MAIN = "relay_domains = wire.example\ntransport_maps = inline:{ {wire.example = dispatch:} }\nrecipient_delimiter = +\n"
PIPE = (
    "dispatch unix - n n - 4 pipe flags=R user=nobody null_sender= argv=/usr/bin/python3 %s %s ${original_recipient}\n"
)
RELAY = """\
import socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect(sys.argv[1])
    line.sendall(sys.argv[2].encode() + b"\\n" + sys.stdin.buffer.read())
    line.shutdown(socket.SHUT_WR)
    sys.exit(int(line.recv(10) or b"75"))
"""


@contextmanager
def relay_bounces(folder: Path, wire: Path) -> Iterator[str]:
    """What Postfix pipes into dispatch bounces; gives the line of master.cf."""
    (folder / "relay.py").write_text(RELAY)
    address = folder / "bounces.socket"

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            recipient, _, body = self.rfile.read().partition(b"\n")
            words = [str(DISPATCH), "bounces", "-", "--recipient", recipient.decode()]
            ran = subprocess.run(words, cwd=wire, input=body, capture_output=True, check=False)
            self.wfile.write(str(ran.returncode).encode())

    with socketserver.ThreadingUnixStreamServer(str(address), Handler) as server:
        address.chmod(0o777)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield PIPE % (folder / "relay.py", address)
        server.shutdown()


def run(wire: Path, *words: str) -> str:
    """Run a command as a user does, and say how long it took."""
    begun = time.monotonic()
    ran = subprocess.run([DISPATCH, *words], cwd=wire, capture_output=True, text=True, check=False)
    said = " | ".join((ran.stdout[:300] + ran.stderr).strip().splitlines()[-3:])
    print(f"{time.monotonic() - begun:6.1f} s  dispatch {' '.join(words)[:60]:60}  {ran.returncode}  {said[:220]}")
    return ran.stdout


def wait_for(what: str, ask: Callable[[], int], count: int, seconds: float = 120) -> None:
    """Wait until there are so many; raise AssertionError when there never are."""
    begun = time.monotonic()
    while (found := ask()) < count:
        assert time.monotonic() - begun < seconds, f"{what}: {found} of {count}"
        time.sleep(0.1)
    print(f"{time.monotonic() - begun:6.1f} s  {what}: {found}")


def make_wire(folder: Path, port: int, mail: int) -> Path:
    """The Wire, with a published issue and a list to import."""
    wire = folder / "wire"
    url = f"http://127.0.0.1:{port}"
    config.create_publication(wire, title="The Wire", url=url, sender="The Wire <desk@wire.example>")
    with (wire / "dispatch.toml").open("a") as file:
        file.write(
            f'\n[delivery]\nsmtp = "smtp://127.0.0.1:{mail}"\nbounces = "bounces@wire.example"\n'
            'test = ["desk@paper.example"]\n\n[subscribe]\nconsent = "I want The Wire by mail, about weekly."\n'
        )
    issues.create_issue(config.load(wire), nouns.issue(nouns.article(1), slug="bridges", title="Who pays for bridges"))
    rows = "".join(f"reader-{n}@paper.example,Reader {n}\n" for n in range(PEOPLE))
    (wire / "readers.csv").write_text(f"email,name\n{rows}")
    return wire


def sign_up(browser: Browser, url: str, postfix: Postfix) -> None:
    """Sign up as Ann, and open the link of the mail in the same browser."""
    page = browser.new_context().new_page()
    page.goto(f"{url}/subscription/")
    page.get_by_label("Your email address").fill(ANN)
    page.wait_for_timeout(2500)  # nobody writes an address faster
    page.get_by_role("button", name="Subscribe").click()
    print(f"          Ann reads: {page.get_by_role('heading').inner_text()}")
    wait_for("mails to Ann", lambda: postfix.onward.recipients().count(ANN), 1)
    body = message_from_bytes(postfix.onward.taken[-1].octets, policy=policy.default).get_body(("plain",))
    assert body
    link = re.search(r"http\S+/subscription/confirm/\S+", body.get_content())
    assert link
    page.goto(link[0])
    if page.get_by_role("button").count():
        page.get_by_role("button").first.click()
    print(f"          Ann reads: {page.get_by_role('heading').inner_text()}")


def find_link(postfix: Postfix, number: int) -> str:
    """The link by which a reader leaves: whoever got the issue as this one."""
    taken = [one for one in postfix.onward.taken if one.recipient.startswith("reader-")]
    return find_leave_link(taken[number].octets)


def count_readers(postfix: Postfix) -> int:
    """How many readers have the issue."""
    return len({to for to in postfix.onward.recipients() if to.startswith("reader-")}) + 1


@contextmanager
def open_folder():
    """A folder that other users may enter."""
    folder = Path(tempfile.mkdtemp(prefix="thousand-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def send_and_leave(wire: Path, postfix: Postfix, browser: Browser) -> None:
    """Send the issue, while five leave by one click; then five more by the page."""
    with subprocess.Popen([DISPATCH, "send", "bridges", "--yes", "--json"], cwd=wire, stdout=subprocess.PIPE) as sender:
        begun = time.monotonic()
        for number in range(5):
            wait_for("arrived", lambda: count_readers(postfix), 20 * (number + 1))
            assert post_leave(find_link(postfix, number)) == 200
        print(
            f"          five have left by one click, and the sender {'goes on' if sender.poll() is None else 'is done'}"
        )
        said = json.loads(sender.communicate()[0])
    print(f"{time.monotonic() - begun:6.1f} s  dispatch send bridges: {said['became']} {said['states']}")
    page = browser.new_context().new_page()
    for number in range(10, 15):
        page.goto(find_link(postfix, number))
        page.get_by_role("button", name="Unsubscribe").click()
    print(f"          the last of five reads: {page.get_by_role('heading').inner_text()}")


def main() -> None:
    """Do all of it, and compare the report."""
    port = find_free_port()
    with (
        open_folder() as folder,
        relay_bounces(folder, folder / "wire") as pipe,
        run_postfix(MAIN, pipe) as postfix,
        sync_playwright() as playwright,
    ):
        wire = make_wire(folder, port, postfix.port)
        dead = {f"reader-{n}@paper.example" for n in range(PEOPLE - DEAD, PEOPLE)}
        postfix.onward.fault = lambda at, to, _n: b"550 5.1.1 No such user" if at == "RCPT" and to in dead else ""
        run(wire, "publish", "bridges", "--yes")
        run(wire, "subscriber", "import", "readers.csv", "--confirmed", "Signed up at the fair")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with served(wire, port):
            sign_up(browser, f"http://127.0.0.1:{port}", postfix)
            run(wire, "send", "bridges", "--test")
            run(wire, "send", "bridges", "--dry-run")
            send_and_leave(wire, postfix, browser)
            wait_for("arrived", lambda: count_readers(postfix), PEOPLE + 1 - DEAD)
            wait_for("came back", lambda: read_report(wire)["bounced"], DEAD)
        twice = [to for to, count in Counter(postfix.onward.recipients()).items() if count > 1 and to != ANN]
        print(f"          twice: {twice}")
        run(wire, "deliveries", "--report")
        run(wire, "deliveries", "--report", "--output", "report.html")
        run(wire, "subscriber", "list", "--state", "left")
        report = read_report(wire)
        print(report)
        assert not twice
        assert (report["accepted"], report["bounced"], report["left"], report["new"]) == (1001, DEAD, 10, 1001)
        browser.close()


def read_report(wire: Path) -> dict[str, int]:
    """The numbers of the issue."""
    ran = subprocess.run([DISPATCH, "deliveries", "--report", "--json"], cwd=wire, capture_output=True, check=True)
    found: dict[str, int] = json.loads(ran.stdout)
    return found


if __name__ == "__main__":
    main()
