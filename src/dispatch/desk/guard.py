"""Who may come in: a browser on this machine that was given the address, and asks for it by this machine's name.

A page on the web can make a browser ask 127.0.0.1, and by DNS rebinding even read the answer; it has neither the token
nor the right Host. The token comes with the first address and stays as a cookie that other sites cannot use. What
changes something needs a second token besides, which only a script of the page itself can read and send along.
"""

import secrets

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_READING = frozenset({"GET", "HEAD"})
NAMES = ("127.0.0.1", "localhost")
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": PAGE,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """An application behind a door. hand: the token of requests that change something."""

    def __init__(self, app: ASGIApp, token: str, hand: str) -> None:
        self._app = app
        self._token = token
        self._hand = hand

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request in, or says why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        name = f"preview-{scope['server'][1]}"  # browsers keep cookies by host, whatever the port
        brought = _is_same(request.query_params.get("token", ""), self._token)
        is_known = _is_same(request.cookies.get(name, ""), self._token)
        cookie = f"{name}={self._token}; Path=/; HttpOnly; SameSite=Strict" if brought else ""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {key for key, _ in message["headers"]}
                ours = {**HEADERS, **({"set-cookie": cookie} if cookie else {})}
                missing = [(key.encode(), value.encode()) for key, value in ours.items() if key.encode() not in said]
                message = {**message, "headers": [*message["headers"], *missing]}
            await send(message)

        refused = _refuse_request(request)
        if not refused and not (is_known or brought):
            refused = PlainTextResponse("This address is complete only with its token: see the terminal.\n", 403)
        is_read = request.method in _READING
        if not refused and not is_read and not _is_same(request.headers.get("x-desk-token", ""), self._hand):
            refused = PlainTextResponse("The page is older than the desk: load it anew.\n", 403)
        await (refused or self._app)(scope, receive, with_headers)


def _refuse_request(request: Request) -> PlainTextResponse | None:
    """What is wrong with how a request was made, whoever makes it."""
    host = request.headers.get("host", "")
    if host not in {f"{name}:{request.scope['server'][1]}" for name in NAMES}:
        return PlainTextResponse("Nothing of that name is here.\n", 421)
    if request.method not in _READING and request.headers.get("origin") != f"http://{host}":
        return PlainTextResponse("Another page asked for that.\n", 403)
    return None


def _is_same(given: str, token: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())
