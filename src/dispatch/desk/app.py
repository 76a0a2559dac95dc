"""The application (ASGI): the page, its frames, and what it asks for."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dispatch.checks import page as pages
from dispatch.checks.email import CLIP
from dispatch.checks.entries import Feed
from dispatch.desk import reader
from dispatch.desk import simulate as looks
from dispatch.desk.guard import Guard
from dispatch.desk.newsroom import Newsroom
from dispatch.desk.watching import changes
from dispatch.errors import DispatchError, IssueError
from dispatch.model import Fault, Place
from dispatch.report import write_hint, write_message
from dispatch.server import media

ASSETS = Path(__file__).parent / "page"
PULSE = 15  # seconds between two signs of life on a stream
MOST = 4096  # bytes of what is posted


class Preview:
    """The application. Everything that it shows is asked of the newsroom, and only when somebody looks.

    root: the publication's folder, which is watched. mail: the mail server that takes test messages, as host:port.
    idle: seconds after which it leaves when no page is open; 0 for never.
    """

    def __init__(self, newsroom: Newsroom, *, root: Path, mail: str, first: str = "", idle: float = 0) -> None:
        self.token = secrets.token_urlsafe(24)
        self.leave: Callable[[], None] = lambda: None
        self._newsroom = newsroom
        self._root = root
        self._mail = mail
        self._first = first
        self._idle = idle
        self._version = 0
        self._news = asyncio.Event()
        self._ended = False
        self._open = 0
        self._app = Guard(
            Starlette(
                routes=[
                    Route("/", self._asset),
                    *(Route(f"/{file.name}", self._asset) for file in ASSETS.iterdir() if file.suffix != ".html"),
                    Route("/changes", self._stream),
                    Route("/frame/{look}/{slug}/{path:path}", self._frame),
                    Route("/entry/{look}/{slug}/{number:int}/{path:path}", self._entry),
                    Route("/feed/{slug}/{path:path}", self._feed),
                    Route("/mailbox/{slug}", self._mailbox),
                    Route("/stops/{slug}", self._stops),
                    Route("/weights/{slug}", self._weights),
                    Route("/findings/{slug}", self._findings),
                    Route("/send/{slug}", self._send, methods=["POST"]),
                ],
                lifespan=self._lifespan,
                exception_handlers={DispatchError: self._told},
            ),
            self.token,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await self._app(scope, receive, send)

    def end(self) -> None:
        """Ends every stream."""
        self._ended = True
        self._news.set()

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._wait())]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _follow(self) -> None:
        async for changed in changes(self._root):
            await run_in_threadpool(self._newsroom.changed, changed)
            self._version += 1
            news, self._news = self._news, asyncio.Event()
            news.set()

    async def _wait(self) -> None:
        """Leaves when nobody has looked for a while."""
        clock = asyncio.get_running_loop().time
        since = clock()
        while self._idle:
            await asyncio.sleep(min(1, self._idle / 4))
            since = clock() if self._open else since
            if clock() - since > self._idle:
                self.leave()

    async def _asset(self, request: Request) -> Response:
        name = request.url.path.removeprefix("/") or "preview.html"
        return Response((ASSETS / name).read_bytes(), media_type=media.by_name(name))

    async def _stream(self, _: Request) -> Response:
        """Server-sent events (HTML, “EventSource”): the overview now, and again with every change."""
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[str]:
        self._open += 1
        try:
            seen = -1
            yield "retry: 500\n\n"
            while not self._ended:
                news = self._news
                if seen != self._version:
                    seen = self._version
                    yield f"data: {json.dumps(await run_in_threadpool(self._overview))}\n\n"
                    continue
                try:
                    await asyncio.wait_for(news.wait(), PULSE)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._open -= 1

    def _overview(self) -> dict[str, object]:
        overview = self._newsroom.overview()
        return {
            "version": self._version,
            "title": overview.title,
            "url": overview.url,
            "sender": overview.sender,
            "mail": self._mail,
            "first": self._first,
            "issues": [{**asdict(issue), "date": issue.date.date().isoformat()} for issue in overview.issues],
            "faults": self._show_faults(overview.faults),
        }

    async def _frame(self, request: Request) -> Response:
        """A file of the public folder, through glasses."""
        slug, path = request.path_params["slug"], request.path_params["path"]
        look, here = _look(request), f"/frame/{request.path_params['look']}/{slug}/"
        if path.endswith("/") or not path:
            path += "index.html"
        body = await run_in_threadpool(self._newsroom.file, slug, path)
        if body is None and not path.endswith(".html"):
            return PlainTextResponse("There is no such file in the site.\n", 404)
        status = 404 if body is None else 200
        if body is None:
            path = "404.html"
            body = await run_in_threadpool(self._newsroom.file, slug, path) or b""
        kind = media.by_content(path, body)
        url = self._newsroom.overview().url
        if kind in media.PAGES:
            follows = PurePosixPath(path).name != "email.html"
            body = looks.page(body.decode(), look, url=url, here=here, follows=follows).encode()
        elif kind.startswith("text/css"):
            body = looks.sheet(body.decode(), look).encode()
        elif "xml" in kind:
            body = looks.feed(body, url=url, here=here)
        return Response(body, status, {"content-security-policy": looks.policy(look)}, kind)

    async def _entry(self, request: Request) -> Response:
        """The body of one entry of a feed."""
        slug, look = request.path_params["slug"], _look(request)
        said = reader.entry(await self._read(request), request.path_params["number"])
        here = f"/frame/{request.path_params['look']}/{slug}/"
        body = looks.page(
            said.content or said.summary, look, url=self._newsroom.overview().url, here=here, follows=False
        )
        page = reader.page(said, body, looks.scheme(look))
        return Response(page, media_type=media.HTML, headers={"content-security-policy": looks.policy(look)})

    async def _feed(self, request: Request) -> Response:
        return JSONResponse(reader.listed(await self._read(request)))

    async def _read(self, request: Request) -> Feed:
        slug, path = request.path_params["slug"], request.path_params["path"]
        body = await run_in_threadpool(self._newsroom.file, slug, path)
        if body is None:
            raise IssueError("there is no such feed in the site", address=path)
        return reader.read(path, body)

    async def _mailbox(self, request: Request) -> Response:
        """What a mailbox shows beside the subject: the words that stand first in the mail."""
        slug = request.path_params["slug"]
        body = await run_in_threadpool(self._newsroom.file, slug, f"issues/{slug}/email.html") or b""
        opening = await run_in_threadpool(lambda: pages.read(body.decode()).opening)
        return JSONResponse({"opening": " ".join(opening.split())})

    async def _stops(self, request: Request) -> Response:
        found = await run_in_threadpool(self._newsroom.stops, request.path_params["slug"])
        return JSONResponse([asdict(stop) for stop in found])

    async def _weights(self, request: Request) -> Response:
        octets, weights = await run_in_threadpool(self._newsroom.weights, request.path_params["slug"])
        return JSONResponse({"octets": octets, "most": CLIP, "articles": [asdict(weight) for weight in weights]})

    async def _findings(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        found = await run_in_threadpool(self._newsroom.findings, slug)
        return JSONResponse(
            [
                {"rule": one.rule, "severity": one.severity}
                | self._show(one.place, write_message(one), write_hint(one))
                for one in found
            ]
        )

    async def _send(self, request: Request) -> Response:
        """Send a test message; asked by the page alone (see the guard)."""
        to = _posted(await _body(request))
        taken = await run_in_threadpool(self._newsroom.send, request.path_params["slug"], to)
        return JSONResponse({"taken": taken})

    async def _told(self, _: Request, error: Exception) -> Response:
        """What a person can mend, as the page shows it."""
        assert isinstance(error, DispatchError)  # noqa: S101 - the table of handlers says so
        return JSONResponse({"faults": self._show_faults(error.faults)}, status_code=422)

    def _show(self, place: Place, what: str, hint: str) -> dict[str, object]:
        """What is wrong, as the page shows it, with the file and the line for a link into an editor."""
        file = f"{(self._root / place.file).as_posix()}:{place.line or 1}" if place.file else ""
        where = str(replace(place, file="", address="", line=0, key=""))
        return {"path": place.file, "line": place.line or 1, "file": file, "where": where, "what": what, "hint": hint}

    def _show_faults(self, faults: Iterable[Fault]) -> list[dict[str, object]]:
        return [self._show_fault(fault) for fault in faults]

    def _show_fault(self, fault: Fault) -> dict[str, object]:
        """A fault: the page leads to its file and names everything else of its place."""
        what = str(replace(fault, place=replace(fault.place, file="", line=0)))
        return self._show(replace(fault.place, address="", edition=""), what, fault.hint)


def _look(request: Request) -> frozenset[str]:
    look = frozenset(request.path_params["look"].split("+"))
    if not look <= looks.LOOKS:
        raise IssueError("there are no such glasses", address=request.path_params["look"])
    return look


async def _body(request: Request) -> bytes:
    """What was posted, within bounds."""
    body = b""
    with suppress(ClientDisconnect):
        async for part in request.stream():
            body += part
            if len(body) > MOST:
                raise IssueError("is too long", address="what was sent")
    return body


def _posted(body: bytes) -> str:
    """The address that a test message goes to."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    to = said.get("to") if isinstance(said, Mapping) else None
    if not isinstance(to, str) or not to.strip():
        raise IssueError("Write an address to send it to.")
    return to.strip()
