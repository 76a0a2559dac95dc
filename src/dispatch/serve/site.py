"""The public folder as an application (ASGI): Starlette's static files, under the ETags of their bytes.

A version is told by ETag alone. There is no Last-Modified: the time of a file says when it was copied, not when its
content changed, and a reader who believed it could miss an entry after a restore or a deployment.
"""

import hashlib
import os
import re
import stat
import zlib
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, Response
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Message, Receive, Scope, Send

from dispatch.errors import DeliveryError
from dispatch.serve import media
from dispatch.serve.paths import INDEX, find_name, parse_target, quote_path
from dispatch.serve.redirects import GONE, Redirect, RedirectTable, parse_redirects

NOT_FOUND = "404.html"
RULES = "_redirects"
MOVED = "It has moved.\n"
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
REPEATED = ("etag", "cache-control", "vary", "access-control-allow-origin", "access-control-expose-headers")

# In bytes. What is no longer than the first is sent from memory, so that headers and bytes are of one version, whatever
# is published meanwhile. Text from the second on is compressed, from the third on in a thread.
WHOLE = 1024 * 1024
WORTHWHILE = 256
SLOW = 16 * 1024

_REFUSES_GZIP = re.compile(rb"gzip\s*;\s*q=0(?:\.0{0,3})?\s*(?:,|$)", re.IGNORECASE)


class FileVersion(NamedTuple):
    """What is remembered of a file, so that its bytes are hashed once."""

    mark: tuple[int, ...]
    """What ``_mark`` returned."""
    media_type: str
    digest: str
    """SHA-256, in hexadecimal digits."""


class PublicSite(StaticFiles):
    """The application. What it serves is what the folder holds at that moment; a new publish needs no restart."""

    def __init__(self, folder: Path, *, below: str = "", warn: Callable[[str], None] = lambda _: None) -> None:
        """Serve a public folder, or a link to one that is moved to the next.

        below: the path of the host under which it stands, as https://wire.example/letters has one; empty for all of
        it. warn: told what is wrong with _redirects, a sentence each. Raises DeliveryError when there is no folder.
        """
        if not folder.is_dir():
            raise DeliveryError("there is no such folder", address=str(folder), hint="Make it: dispatch publish")
        # A link at the top is followed anew each time, one below never.
        self._folder = folder.absolute()
        super().__init__(directory=self._folder)
        self.below = f"{below.strip('/')}/".lstrip("/")
        self._warn = warn
        self._versions: dict[str, FileVersion] = {}
        self._redirects: tuple[tuple[int, ...], RedirectTable] = ((), RedirectTable())
        self._packed = GZipMiddleware(
            super().__call__, WORTHWHILE, 6, SLOW, exclude_content_types=media.INCOMPRESSIBLE
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, compressed where that is worth it, under the headers that every answer has."""

        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.update(media.SAFE)
                del headers["last-modified"]
            await send(message)

        # Who refuses gzip names it too, which is all that Starlette looks for.
        fields = [one for one in scope["headers"] if one[0] != b"accept-encoding" or not _REFUSES_GZIP.search(one[1])]
        await self._packed({**scope, "headers": fields}, receive, send_safe)

    def get_path(self, scope: Scope) -> str:
        """Return the path of the host that is asked for, without its first slash; a NUL for one that no file has."""
        path = parse_target(scope["raw_path"])
        return "\0" if path is None else path

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the answer for a path of the host. All that touches the disk happens in a thread."""
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT)
        if scope["method"] not in ("GET", "HEAD"):
            return _write_notice("This can only be read.\n", 405, {"allow": ALLOW})
        return await run_in_threadpool(self._respond, path, scope)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find the file at a path of the host, which for a folder and its slash is the folder's page."""
        if not path.startswith(self.below):
            return "", None
        path = path.removeprefix(self.below)
        name = find_name(self._folder, f"{path}{INDEX}" if not path or path.endswith("/") else path)
        # Starlette looks once more whether it leads out of the folder: by a junction, say.
        return (str(self._folder / name), super().lookup_path(name)[1]) if name else ("", None)

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with a file as this client asked for it: whole, in part, or not again (304). Raises OSError.

        status_code: another than 200 is a page that says so, and has no version.
        """
        request = Headers(scope=scope)
        with Path(full_path).open("rb") as file:
            stat_result = os.fstat(file.fileno())  # since it was looked up, another may have taken its name
            name = Path(full_path).relative_to(self._folder).as_posix()
            version = self._read_version(name, file, _mark(stat_result))
            headers = MutableHeaders(media.build_headers(name, version.media_type, version.digest))
            headers["content-type"] = media.choose_shown_type(version.media_type, request.get("sec-fetch-dest", ""))
            if status_code != 200:
                headers["cache-control"] = media.REVALIDATE
                return Response(file.read(), status_code, headers)
            headers["etag"] = f'"{version.digest[:32]}"'
            headers["accept-ranges"] = "bytes"
            is_known = self.is_not_modified(headers, request)
            is_text = media.is_compressible(version.media_type) and stat_result.st_size >= WORTHWHILE
            is_packed = is_text and "gzip" in request.get("accept-encoding", "")
            if is_packed:  # these are other bytes: the tag is of what they unpack to (RFC 9110, 8.8.3.3)
                headers["etag"] = f"W/{headers['etag']}"
            if is_known:
                if is_text:
                    headers.add_vary_header("Accept-Encoding")
                return Response(status_code=304, headers={name: headers[name] for name in REPEATED if name in headers})
            if "range" in request or stat_result.st_size > WHOLE:
                return FileResponse(full_path, headers=headers, stat_result=stat_result)
            body = file.read()
        if is_packed and (packed := _read_packed(Path(f"{full_path}.gz"), body)):
            body, headers["content-encoding"] = packed, "gzip"
            headers.add_vary_header("Accept-Encoding")
        return Response(body, headers=headers)

    def is_not_modified(self, response_headers: Headers, request_headers: Headers) -> bool:
        """Tell whether the client has this version, by its ETag: a date is no version."""
        return "if-none-match" in request_headers and super().is_not_modified(response_headers, request_headers)

    def _respond(self, path: str, scope: Scope) -> Response:
        """Answer GET and HEAD for a path of the host."""
        if redirect := self._read_redirects().find(path):
            return self._follow(redirect, path, scope)
        if answer := self._answer_file(path, scope):
            return answer
        folder = f"{path}/"
        if folder == self.below or self.lookup_path(folder)[1]:
            query = scope["query_string"].decode("ascii", "replace")
            return _write_notice(MOVED, 301, {"location": quote_path(folder) + (f"?{query}" if query else "")})
        page = self._answer_file(self.below + NOT_FOUND, scope, 404)
        return page or _write_notice("There is nothing here.\n", 404)

    def _follow(self, redirect: Redirect, path: str, scope: Scope) -> Response:
        """Lead on to where a page is now, or show what is left where it was."""
        if redirect.status != GONE:
            return _write_notice(MOVED, redirect.status, {"location": redirect.to})
        places = (parse_target(redirect.to.encode()) or "", path, f"{path}/")
        pages = (self._answer_file(place, scope, GONE) for place in places)
        return next(filter(None, pages), None) or _write_notice("Gone.\n", GONE)

    def _answer_file(self, path: str, scope: Scope, status: int = 200) -> Response | None:
        """Answer with the file at a path of the host; None where there is none, or none that can be read."""
        place, found = self.lookup_path(path)
        try:
            return self.file_response(place, found, scope, status) if found else None
        except OSError:
            return None

    def _read_version(self, name: str, file: BufferedReader, mark: tuple[int, ...]) -> FileVersion:
        """Find out the media type and the digest of an open file, if it is not the one that is remembered."""
        version = self._versions.get(name)
        if version is None or version.mark != mark:
            media_type = media.read_media_type(name, file.read(WHOLE))
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            version = self._versions[name] = FileVersion(mark, media_type, digest)
        return version

    def _read_redirects(self) -> RedirectTable:
        """Return what _redirects says. The file is read again when it is another one."""
        place = self._folder / RULES
        try:
            found = place.lstat()
            mark = _mark(found) if stat.S_ISREG(found.st_mode) else ()
            if mark == self._redirects[0]:
                return self._redirects[1]
            text = place.read_bytes().decode("utf-8", "replace") if mark else ""
        except OSError:
            mark, text = (), ""
        table, faults = parse_redirects(text)
        self._redirects = (mark, table)
        for fault in faults:
            self._warn(str(fault))
        return table


def _mark(found: os.stat_result) -> tuple[int, ...]:
    """Take from what the system says of a file that by which another one differs."""
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read_packed(place: Path, body: bytes) -> bytes | None:
    """Read a file that was compressed beside another one, if it holds exactly that one's bytes; it may be older.

    It is inflated to their length, and no further.
    """
    try:
        packed = place.read_bytes() if place.is_file() else b""
        inflater = zlib.decompressobj(wbits=31)
        is_same = inflater.decompress(packed, len(body) + 1) == body and inflater.eof and not inflater.unused_data
    except (OSError, zlib.error):
        return None
    return packed if is_same else None


def _write_notice(text: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """Answer with a few plain words."""
    return Response(
        text, status, {"content-type": media.TYPES["txt"], "cache-control": media.REVALIDATE, **(headers or {})}
    )
