"""The public folder as an application (ASGI): static files, as RFC 9110 would have them served.

A version is told by ETag alone. There is no Last-Modified: the time of a file says when it was copied, not when its
content changed, and a reader who believed it could miss an entry after a restore or a deployment.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dispatch.errors import DeliveryError
from dispatch.serve import codings, conditions, copies, media, paths, redirects
from dispatch.serve.copies import Copy, Mark
from dispatch.serve.redirects import Redirects, Rule

NOT_FOUND = "404.html"
ALLOW = "GET, HEAD, OPTIONS"
# A reader in a browser asks first whether it may send its ETag (Fetch, "CORS preflight").
PREFLIGHT = {
    "allow": ALLOW,
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "if-none-match, if-range, range",
    "access-control-max-age": "86400",
}
# Of what a 200 would have said, a 304 repeats these (RFC 9110, 15.4.5), and who may read it.
REPEATED = ("cache-control", "vary", "access-control-allow-origin", "access-control-expose-headers")

# The folder is listed again at most once in a second, and for at most a tenth of the time.
PATIENCE = 1.0
SHARE = 10
# A file that is replaced each time that it is looked at is given up.
ATTEMPTS = 4
RULES = "_redirects"


class Public:
    """The application. What it serves is what the folder holds at that moment; a new publish needs no restart.

    folder: the public folder, or a link to it that is moved to the next one.
    below: the path of the host under which it stands, as https://wire.example/letters has one; empty for all of it.
    warn: told what is wrong with _redirects, a sentence each.
    """

    def __init__(self, folder: Path, *, below: str = "", warn: Callable[[str], None] = lambda _: None) -> None:
        if not folder.is_dir():
            raise DeliveryError("there is no such folder", address=str(folder), hint="Make it: dispatch publish")
        # A link at the top is followed anew each time, one below never.
        self._folder = folder.absolute()
        self.below = f"{below.strip('/')}/".lstrip("/")
        self._warn = warn
        self._manifest = paths.listed(self._folder)
        self._shelf = copies.Shelf()
        self._next_look = 0.0
        self._listing = asyncio.Lock()
        self._making: dict[tuple[str, str], asyncio.Task[Copy | None]] = {}
        self._rules = Redirects()
        self._rules_mark: Mark | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            raise RuntimeError(f"{scope['type']} is not spoken here")
        response = await self._response(scope["method"], scope["raw_path"], scope["query_string"], Headers(scope=scope))
        await response(scope, receive, send)

    async def _response(self, method: str, target: bytes, query: bytes, fields: Headers) -> Response:
        if method == "OPTIONS":
            return Response(status_code=204, headers={**media.SAFE, **PREFLIGHT})
        if method not in ("GET", "HEAD"):
            return _words("This can only be read.\n", 405, {"allow": ALLOW})
        whole = paths.asked(target)
        if whole is None:
            return await self._page(NOT_FOUND, 404, method, fields)
        if rule := self._became(whole):
            if rule.status != redirects.GONE:
                return _moved(rule.to, rule.status)
            page = self._known(paths.asked(rule.to.encode()) or "", whole, f"{whole}/")
            return await self._page(page, redirects.GONE, method, fields)
        path = self._within(whole)
        name = await self._find(path) if path is not None else None
        if name and (response := await self._file(name, method, fields)):
            return response
        if place := self._folder_page(whole):
            return _moved(place + (f"?{query.decode('ascii')}" if query else ""), 301)
        return await self._page(NOT_FOUND, 404, method, fields)

    async def _file(self, name: str, method: str, fields: Headers) -> Response | None:
        """A file as this client asked for it; None when it has gone."""
        for _ in range(ATTEMPTS):
            copy = await self._copy(name, _coding(name, fields))
            if copy is None:
                await self._look_again()
                return None
            if response := await self._answer(name, copy, method, fields):
                return response
        return _words("This is being replaced again and again. Come back.\n", 503, {"retry-after": "1"})

    def _folder_page(self, whole: str) -> str | None:
        """The address of a folder that was asked for without its slash."""
        if f"{whole}/" == self.below:
            return paths.address(self.below)
        path = self._within(whole)
        folder = self._manifest.folder(path) if path else None
        return paths.address(self.below + folder) if folder else None

    def _within(self, whole: str) -> str | None:
        """A path of the host as one of the folder; None when the folder stands elsewhere."""
        return whole.removeprefix(self.below) if whole.startswith(self.below) else None

    def _known(self, *wholes: str) -> str | None:
        """The file at the first of these paths of the host that has one."""
        known = (path for path in map(self._within, wholes) if path is not None)
        return next(filter(None, map(self._manifest.find, known)), None)

    async def _answer(self, name: str, copy: Copy, method: str, fields: Headers) -> Response | None:
        """A copy as this client asked for it: whole, in part, or not again; None when the file is another one now."""
        if conditions.refuses(_joined(fields, "if-match"), copy.etag):
            return _words("This is another version.\n", 412, {"etag": copy.etag})
        head = {**copy.headers, "etag": copy.etag, "accept-ranges": "bytes"}
        head["content-type"] = media.opened(head["content-type"], fields.get("sec-fetch-dest", ""))
        if conditions.has(_joined(fields, "if-none-match"), copy.etag):
            kept = {field: value for field, value in copy.headers.items() if field in REPEATED}
            return Response(status_code=304, headers={**media.SAFE, **kept, "etag": copy.etag})
        asked, if_range = (fields.get(name, "") if method == "GET" else "" for name in ("range", "if-range"))
        part = conditions.part(asked, if_range, copy.etag, copy.size)
        status = 200 if part is None else 206
        if part is None:
            part = range(copy.size)
        elif not part:
            return _words("There are no such bytes.\n", 416, {"content-range": f"bytes */{copy.size}"})
        else:
            head["content-range"] = f"bytes {part.start}-{part.stop - 1}/{copy.size}"
        head["content-length"] = str(len(part))
        if method == "HEAD":
            return Response(status_code=status, headers=head)
        if copy.body is not None:
            return Response(copy.body[part.start : part.stop], status, head)
        opened = await asyncio.to_thread(copies.opened_file, self._folder, name)
        if opened is None or opened[1] != copy.mark:
            if opened:
                opened[0].close()
            return None
        return _Sent(opened[0], part, status, head)

    async def _page(self, name: str | None, status: int, method: str, fields: Headers) -> Response:
        """A page that says that there is nothing, with that status; plain words where there is no such page."""
        copy = await self._copy(name, _coding(name, fields)) if name and self._manifest.find(name) else None
        if copy is None or copy.body is None:
            return _words("Gone.\n" if status == redirects.GONE else "There is nothing here.\n", status)
        head = {**copy.headers, "cache-control": media.REVALIDATE, "content-length": str(copy.size)}
        return Response(copy.body if method == "GET" else b"", status, head)

    async def _find(self, path: str) -> str | None:
        """The file that is served at a path; for one that is not known the folder is listed again, if that is due."""
        name = self._manifest.find(path)
        if name is None and self._manifest.folder(path) is None:
            await self._look_again()
            name = self._manifest.find(path)
        return name

    async def _look_again(self) -> None:
        loop = asyncio.get_running_loop()
        async with self._listing:
            begun = loop.time()
            if begun < self._next_look:
                return
            self._manifest = await asyncio.to_thread(paths.listed, self._folder)
            took = loop.time() - begun
            self._next_look = begun + max(PATIENCE, took * SHARE)

    async def _copy(self, name: str, coding: str) -> Copy | None:
        """A file in a coding: from the shelf while it is the same file, else made anew, once for all who wait."""
        copy = self._shelf.take(name, coding)
        if copy and copy.mark == copies.mark(self._folder, name):
            return copy
        making = self._making.get((name, coding))
        if making is None:
            making = self._making[name, coding] = asyncio.create_task(self._made(name, coding))
            making.add_done_callback(lambda _: self._making.pop((name, coding)))
        # One who hangs up does not end it for the others.
        return await asyncio.shield(making)

    async def _made(self, name: str, coding: str) -> Copy | None:
        beside = bool(coding) and name + codings.CODINGS[coding] in self._manifest.precompressed
        for _ in range(ATTEMPTS):
            copy = await asyncio.to_thread(copies.made, self._folder, name, coding, precompressed=beside)
            # What changed while it was read may be half of each.
            if copy is None or copy.mark == copies.mark(self._folder, name):
                break
        if copy:
            self._shelf.put(name, coding, copy)
        else:
            self._shelf.drop(name, coding)
        return copy

    def _became(self, path: str) -> Rule | None:
        """What _redirects says of a path. The file is read again when it is another one."""
        mark = copies.mark(self._folder, RULES)
        if mark != self._rules_mark:
            self._rules_mark = mark
            self._rules, faults = redirects.read(_text(self._folder) if mark else "")
            for fault in faults:
                self._warn(str(fault))
        return self._rules.find(path)


class _Sent(Response):
    """A part of an open file. Whoever hangs up is sent no more; a file that has been cut ends the connection."""

    def __init__(self, file: BinaryIO, part: range, status: int, headers: dict[str, str]) -> None:
        super().__init__(None, status, headers)
        self._file = file
        self._part = part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        leaving = asyncio.create_task(_left(receive))
        left = len(self._part)
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await asyncio.to_thread(self._file.seek, self._part.start)
            while left and not leaving.done():
                chunk = await asyncio.to_thread(self._file.read, min(left, copies.CHUNK))
                if not chunk:
                    return
                left -= len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
        finally:
            leaving.cancel()
            self._file.close()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _coding(name: str | None, fields: Headers) -> str:
    return codings.chosen(_joined(fields, "accept-encoding")) if name and media.is_compressible(name) else ""


def _joined(fields: Headers, name: str) -> str:
    """All lines of a field as one (RFC 9110, 5.3)."""
    return ", ".join(fields.getlist(name))


def _text(folder: Path) -> str:
    opened = copies.opened_file(folder, RULES)
    if opened is None:
        return ""
    with opened[0] as file:
        return file.read(copies.WHOLE).decode("utf-8", "replace")


def _moved(to: str, status: int) -> Response:
    return _words("It has moved.\n", status, {"location": to})


def _words(text: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """A few plain words."""
    fields = {**media.SAFE, "content-type": media.TYPES["txt"], "cache-control": media.REVALIDATE}
    return Response(text, status, {**fields, **(headers or {})})
