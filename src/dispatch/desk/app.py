"""The application (ASGI): the page, its frames, and what it asks for."""

import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from html import escape
from pathlib import Path, PurePosixPath

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dispatch.checks.email import CLIP
from dispatch.checks.feed_items import Feed
from dispatch.desk import simulate
from dispatch.desk.answers import show_fault, show_place
from dispatch.desk.editing_routes import EditingRoutes
from dispatch.desk.guard import Guard
from dispatch.desk.reading_routes import ReadingRoutes
from dispatch.desk.updates import LiveUpdates
from dispatch.desk.workspace import Workspace
from dispatch.errors import DispatchError, IssueError
from dispatch.model import Contents, Finding, Publication
from dispatch.report import write_hint, write_message
from dispatch.serve import media
from dispatch.smtp import Submission

ASSETS = Path(__file__).parent / "page"


class Preview:
    """The application. Everything that it shows is asked of the workspace, and only when somebody looks.

    root: the publication's folder, which is watched. mail: the mail server that takes test messages, as host:port.
    now: the moment, which only a command may ask for. find_server: the mail server of [delivery], with its password.
    first, view: the issue and the view with which it opens. idle: seconds after which it leaves when no page is open;
    0 for never.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        root: Path,
        mail: str,
        now: Callable[[], datetime],
        find_server: Callable[[Publication], Submission],
        first: str = "",
        view: str = "mail",
        idle: float = 0,
    ) -> None:
        self.token = secrets.token_urlsafe(24)
        self._hand = secrets.token_urlsafe(24)
        self.updates = LiveUpdates(root, workspace.reload, self._show_overview, idle)
        self._workspace = workspace
        self._root = root
        self._mail = mail
        self._first = first
        self._view = view
        self._app = Guard(
            Starlette(
                routes=[
                    Route("/", self._send_asset),
                    *(Route(f"/{file.name}", self._send_asset) for file in ASSETS.iterdir() if file.suffix != ".html"),
                    Route("/changes", self._stream_changes),
                    Route("/frame/{look}/{slug}/{path:path}", self._show_frame),
                    Route("/entry/{look}/{slug}/{number:int}/{path:path}", self._show_entry),
                    Route("/feed/{slug}/{path:path}", self._list_entries),
                    Route("/mailbox/{slug}", self._show_mailbox),
                    Route("/stops/{slug}", self._list_pages),
                    Route("/weights/{slug}", self._list_sizes),
                    Route("/findings/{slug}", self._list_findings),
                    *ReadingRoutes(workspace).routes,
                    *EditingRoutes(workspace, root, now, find_server).routes,
                ],
                lifespan=self.updates.run,
                exception_handlers={DispatchError: self._show_error},
            ),
            self.token,
            self._hand,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._app(scope, receive, send)

    async def _send_asset(self, request: Request) -> Response:
        name = request.url.path.removeprefix("/") or "preview.html"
        return Response((ASSETS / name).read_bytes(), media_type=media.guess_media_type(name))

    async def _stream_changes(self, _: Request) -> Response:
        return StreamingResponse(self.updates.stream_events(), media_type="text/event-stream")

    def _show_overview(self) -> dict[str, object]:
        said = self._workspace.publication
        return {
            "title": said.title,
            "url": said.url,
            "sender": said.email.sender,
            "mail": self._mail,
            "first": self._first,
            "view": self._view,
            "hand": self._hand,
            "issues": [_show_issue(issue) for issue in self._workspace.list_issues()],
            "faults": [show_fault(self._root, fault) for fault in self._workspace.faults],
        }

    async def _show_frame(self, request: Request) -> Response:
        """A file of the public folder, in one view."""
        slug, path = request.path_params["slug"], request.path_params["path"]
        look, here = _parse_view(request), f"/frame/{request.path_params['look']}/{slug}/"
        if path.endswith("/") or not path:
            path += "index.html"
        body = await run_in_threadpool(self._workspace.render_file, slug, path)
        if body is None and not path.endswith(".html"):
            return PlainTextResponse("There is no such file in the site.\n", 404)
        status = 404 if body is None else 200
        if body is None:
            path = "404.html"
            body = await run_in_threadpool(self._workspace.render_file, slug, path) or b""
        kind = media.read_media_type(path, body)
        url = self._workspace.publication.url
        if kind in media.PAGES:
            follows = PurePosixPath(path).name != "email.html"
            body = simulate.show_page(body.decode(), look, url=url, here=here, follows=follows).encode()
        elif kind.startswith("text/css"):
            body = simulate.show_sheet(body.decode(), look).encode()
        elif "xml" in kind:
            body = simulate.show_feed(body, url=url, here=here)
        return Response(body, status, {"content-security-policy": simulate.make_policy(look)}, kind)

    async def _show_entry(self, request: Request) -> Response:
        """The body of one entry of a feed."""
        slug, look = request.path_params["slug"], _parse_view(request)
        said = simulate.find_entry(await self._read_feed(request), request.path_params["number"])
        here = f"/frame/{request.path_params['look']}/{slug}/"
        body = simulate.show_page(
            said.content or escape(said.summary), look, url=self._workspace.publication.url, here=here, follows=False
        )
        page = simulate.write_page(said.title, body, simulate.find_scheme(look))
        return Response(page, media_type=media.HTML, headers={"content-security-policy": simulate.make_policy(look)})

    async def _list_entries(self, request: Request) -> Response:
        return JSONResponse(simulate.list_headlines(await self._read_feed(request)))

    async def _read_feed(self, request: Request) -> Feed:
        slug, path = request.path_params["slug"], request.path_params["path"]
        body = await run_in_threadpool(self._workspace.render_file, slug, path)
        if body is None:
            raise IssueError("there is no such feed in the site", address=path)
        return simulate.read_feed(path, body)

    async def _show_mailbox(self, request: Request) -> Response:
        opening = await run_in_threadpool(self._workspace.read_opening, request.path_params["slug"])
        return JSONResponse({"opening": opening})

    async def _list_pages(self, request: Request) -> Response:
        pages = await run_in_threadpool(self._workspace.list_pages, request.path_params["slug"])
        paths = (page.feed if page.kind == "feed" else page.path for page in pages)
        found = zip(pages, paths, strict=True)
        return JSONResponse([{"kind": page.kind, "path": path, "title": page.title} for page, path in found])

    async def _list_sizes(self, request: Request) -> Response:
        octets, sizes = await run_in_threadpool(self._workspace.weigh_articles, request.path_params["slug"])
        return JSONResponse({"octets": octets, "most": CLIP, "articles": [asdict(size) for size in sizes]})

    async def _list_findings(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        found = await run_in_threadpool(self._workspace.check, slug)
        return JSONResponse([_show_finding(self._root, slug, one) for one in found])

    async def _show_error(self, _: Request, error: Exception) -> Response:
        """Answer with what a person can mend, as the page shows it."""
        assert isinstance(error, DispatchError)  # noqa: S101 - the table of handlers says so
        return JSONResponse({"faults": [show_fault(self._root, fault) for fault in error.faults]}, status_code=422)


def _show_finding(root: Path, slug: str, one: Finding) -> dict[str, object]:
    """Show a finding with the article of the issue that it is about, and with the facts that would mend it."""
    return {
        "rule": one.rule,
        "severity": one.severity,
        "key": PurePosixPath(one.place.file).stem if one.place.file.startswith(f"issues/{slug}/") else "",
        "field": one.place.key,
        "values": {name: value for name, value in one.values if isinstance(value, str)},
        **show_place(root, one.place, write_message(one), write_hint(one)),
    }


def _show_issue(issue: Contents) -> dict[str, object]:
    """Show an issue as the list of issues does."""
    names = ("slug", "title", "preheader", "number", "status")
    return {name: getattr(issue, name) for name in names} | {"date": issue.date.date().isoformat()}


def _parse_view(request: Request) -> frozenset[str]:
    look = frozenset(request.path_params["look"].split("+"))
    if not look <= simulate.VIEWS:
        raise IssueError("unknown view", address=request.path_params["look"])
    return look
