"""The pages of subscriptions on a free port, under a clock that the test sets; a client; the mails that they cause."""

import http.client
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlencode

import uvicorn

from dispatch import config, subscribers
from dispatch.errors import GatherError
from dispatch.model import Link, Publication
from dispatch.serve.forms import NetworkLimit
from dispatch.serve.subscriptions import build_subscription_site
from dispatch.subscribers.subscriptions import load_keys, open_subscriptions
from patience import PATIENCE

CONSENT = "I want The Wire by mail, about weekly. I can leave at any time."
MAILGUN_KEY = "key-0123456789"
BEGIN = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text)
        return found[1] if found else ""

    @property
    def cookie(self) -> str:
        return (self.headers["set-cookie"] or "").partition(";")[0]


@dataclass
class Signing:
    """The server, and what somebody does there."""

    publication: Publication
    port: int
    now: datetime = BEGIN
    warned: list[str] = field(default_factory=list)
    elsewhere: dict[str, bytes] = field(default_factory=dict)
    """What there is at addresses that the server fetches."""
    fetched: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        if url not in self.elsewhere:
            raise GatherError("the server answered 404", address=url)
        return self.elsewhere[url]

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **fields: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            names = {name.replace("_", "-"): value for name, value in fields.items()}
            connection.request(method, path, body, names)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read().decode())
        finally:
            connection.close()

    def post(self, path: str, form: dict[str, str], **fields: str) -> Reply:
        fields.setdefault("content_type", "application/x-www-form-urlencoded")
        return self.ask(path, "POST", urlencode(form).encode(), **fields)

    def sign_up(self, email: str, **fields: str) -> Reply:
        """As a person does: the form is fetched, and sent a while later."""
        proof = self.proof()
        self.advance()
        return self.post("/subscription/", {"email": email, "homepage": "", "proof": proof}, **fields)

    def advance(self) -> None:
        """Let as much time go by as a person takes to write an address."""
        self.now += timedelta(seconds=5)

    def proof(self) -> str:
        found = re.search('name="proof" value="([^"]+)"', self.ask("/subscription/").text)
        assert found
        return found[1]

    def notices(self, kind: str = "") -> list[EmailMessage]:
        """The mails that were caused, the oldest first."""
        with open_subscriptions(self.publication, load_keys(self.publication)) as store:
            found = store.connection.execute("SELECT kind, message FROM notice ORDER BY number").fetchall()
        return [message_from_bytes(body, policy=policy.default) for one, body in found if kind in ("", one)]

    def link(self, kind: str, what: str) -> str:
        """The path of the link in the last mail of a kind."""
        body = self.notices(kind)[-1].get_body(("plain",))
        assert body
        found = re.search(rf"http://127.0.0.1:{self.port}(/subscription/{what}/\S+)", body.get_content())
        assert found, body.get_content()
        return found[1]

    def state(self, email: str) -> str:
        with subscribers.open_store(self.publication) as store:
            return next((one.state for one in store.list_subscribers() if one.email == email), "")

    def confirm(self, email: str) -> None:
        """Somebody is subscribed."""
        assert self.sign_up(email).status == 303
        assert self.post(self.link("confirm", "confirm"), {}).status == 303
        assert self.state(email) == "active"

    def leave_path(self, email: str) -> str:
        with open_subscriptions(self.publication, load_keys(self.publication)) as store:
            person = subscribers.Store(self.publication, store.connection).require(email)
            return f"/subscription/leave/{store.mail.write_leave_token(person)}"


@contextmanager
def signing(folder: Path, *, language: str = "en", settings: str = "", most: int = 10) -> Iterator[Signing]:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    file = config.create_publication(
        folder, title="The Wire", url=url, sender="The Wire <desk@wire.example>", language=language
    )
    text = f'\n[subscribe]\nconsent = "{CONSENT}"\nwelcome = "latest"\n{settings}\n'
    file.write_text(file.read_text("utf-8") + text, "utf-8")
    publication = config.load(folder)
    desk = Signing(publication, port)
    app = build_subscription_site(
        publication,
        None,
        now=lambda: desk.now,
        warn=desk.warned.append,
        find_latest=lambda: Link(title="bridges", path=f"{url}/issues/bridges/"),
        fetch=desk.fetch,
        mailgun_key=MAILGUN_KEY,
        limit=NetworkLimit(most=most),
        pace=0,
    )
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none", proxy_headers=False))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
