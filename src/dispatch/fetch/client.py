"""The one HTTP client: honest, patient, and not to be led anywhere.

It may be shared by many threads. Each host is asked for two addresses at a time; every redirect is checked like the
address itself; all of it is bounded in size, time and hops.
"""

import ssl
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from http.client import HTTPException, HTTPResponse
from threading import BoundedSemaphore
from typing import Annotated, Final, NamedTuple
from urllib.parse import urlencode

from dispatch import links, trust
from dispatch.errors import GatherError
from dispatch.fetch import addresses, connection, politeness, proxies
from dispatch.fetch.answers import (
    Answer,
    Reply,
    clean_validator,
    decode_header,
    explain_fetch_errors,
    find_wait_seconds,
    parse_content_type,
    parse_length,
    parse_retry_after,
    refuse_too_large,
)
from dispatch.model import Document

MOST_SECONDS: Final = 30.0
MOST_REDIRECTS: Final = 5
PAUSES: Final = (1.0, 3.0, 9.0)  # seconds before another try of a form
LONGEST_PAUSE: Final = 60.0  # who asks for more is asked another day

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
# The two that keep method and body (RFC 9110, sections 15.4.8 and 15.4.9); any other would turn POST into GET.
_KEEPING_METHOD = frozenset({307, 308})
_PASSING = frozenset({502, 503, 504})
_LARGE, _MOST_LARGE = 1 << 20, 4  # bytes, and how many bodies at a time may have more
_PAUSES = (0.5, 1.0)  # seconds before another try
_MOST_WORDS = 2000  # bytes of a body of which the first line is shown
_ACCEPT = (
    "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
)


class _Hop(NamedTuple):
    """One answer on the way."""

    next: Annotated[str, "where it redirects to; empty when it does not"]
    answer: Answer


class Client:
    """Asks for addresses, and remembers what hosts ask for while it lives.

    user_agent: who asks, with a way to reach them. allow_private: let every address lead into one's own network, with
    its redirects within the same host. No redirect to another host does.
    seconds: how long an address may take, all redirects and tries included, but not the waiting for its host's turn.
    is_robot: nobody waits for a single answer: robots.txt is read where pages or several addresses are asked for.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private: bool = False,
        seconds: float = MOST_SECONDS,
        is_robot: bool = False,
    ) -> None:
        self._headers = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip"}
        self._allow_private = allow_private
        self._seconds = seconds
        self._is_robot = is_robot
        self._hosts = politeness.TurnsByHost()
        self._large = BoundedSemaphore(_MOST_LARGE)
        self._make_tls_context = trust.prepare_tls()

    def get(
        self,
        address: str,
        *,
        etag: str = "",
        modified: str = "",
        private_hosts: Collection[str] = (),
        is_page: bool = False,
        whole: bool = True,
    ) -> Answer:
        """Fetch an address; with validators of an earlier answer, the answer may be that nothing has changed.

        private_hosts: hosts that may be in one's own network. is_page: robots.txt may say no. whole: read the body too.
        Raises GatherError when no answer comes, or more than 15 MiB, or not in time; what the server refuses or cannot
        find is an answer.
        """
        allow_private = self._allow_private or links.parse_host(address) in private_hosts
        validators = {"If-None-Match": clean_validator(etag), "If-Modified-Since": clean_validator(modified)}
        headers = self._headers | {name: value for name, value in validators.items() if value}
        with explain_fetch_errors(address, self._seconds):
            if self._is_robot:
                self._ask_permission(address, is_page=is_page, allow_private=allow_private)
            return self._follow_redirects(address, headers, allow_private=allow_private, whole=whole)

    def _ask_permission(self, address: str, *, is_page: bool, allow_private: bool) -> None:
        target = addresses.parse_target(address)
        host = self._hosts[target.host]
        if not host.note_repeated_request() and not is_page:
            return
        read = partial(self._fetch_robots_rules, target.origin, allow_private=allow_private)
        rules = host.recall_rules(target.origin, read)
        if is_page and not rules.allows_path(target.path):
            raise GatherError(
                "its robots.txt forbids robots to read this page",
                hint="Add it yourself: dispatch add",
                reason="robots",
            )

    def _fetch_robots_rules(self, origin: str, *, allow_private: bool) -> politeness.RobotsRules:
        """Fetch robots.txt: unreachable, it forbids everything; missing, nothing (RFC 9309, 2.3.1).

        Raises GatherError in a private network.
        """
        place = f"{origin}/robots.txt"
        try:
            answer = self._follow_redirects(place, self._headers, allow_private=allow_private, whole=True)
        except (GatherError, HTTPException, OSError, ValueError) as error:
            if isinstance(error, GatherError) and error.faults[0].reason == "private-network":
                raise
            return politeness.NOTHING
        if answer.status == 200:
            return politeness.parse_robots(answer.document.body[: politeness.MOST_BYTES].decode("utf-8", "replace"))
        return politeness.NOTHING if answer.status >= 500 else politeness.RobotsRules()

    def _follow_redirects(self, address: str, headers: dict[str, str], *, allow_private: bool, whole: bool) -> Answer:
        url, is_permanent, left = address, True, self._seconds
        home = addresses.parse_target(address).host
        for _hop in range(MOST_REDIRECTS + 1):
            target = addresses.parse_target(url)
            allow_private &= target.host == home  # leave is given for what was asked for, not for where others lead
            ask = partial(self._request_hop, target, url, address, headers, allow_private=allow_private, whole=whole)
            hop, left = self._try_hop(target.host, ask, left)
            if not hop.next:
                moved = url if is_permanent and url != address and hop.answer.status in {200, 304} else ""
                return replace(hop.answer, moved_to=moved)
            is_permanent &= hop.answer.status in _PERMANENT
            url = hop.next
        raise GatherError(
            f"more than {MOST_REDIRECTS} redirects",
            hint="Open it in a browser and add the address that it ends at.",
            reason="too-many-redirects",
        )

    def _try_hop(self, host: str, ask: Callable[[float], _Hop], left: float) -> tuple[_Hop, float]:
        """Request one hop, again where another try may help; return it and the seconds that are left."""
        for pause in (*_PAUSES, 0.0):
            with self._hosts[host].take_turn():
                begun = time.monotonic()
                hop: _Hop | ConnectionResetError
                try:
                    hop = ask(begun + left)
                except ConnectionResetError as error:
                    hop = error
                left -= time.monotonic() - begun
            passes = isinstance(hop, ConnectionResetError) or (hop.answer.status in _PASSING and not hop.answer.wait)
            if not (passes and 0 < pause < left):
                break
            time.sleep(pause)
            left -= pause
        if isinstance(hop, ConnectionResetError):
            raise hop
        return hop, left

    def _request_hop(
        self,
        target: addresses.Target,
        url: str,
        name: str,
        headers: dict[str, str],
        deadline: float,
        *,
        allow_private: bool,
        whole: bool,
    ) -> _Hop:
        route = proxies.find_route(target, allow_private=allow_private)
        with connection.open_response(target, route, headers, deadline, self._make_tls_context) as response:
            location = response.headers.get("location", "").strip()
            redirects = response.status in _REDIRECTS and location
            body = self._read_body(response, deadline) if response.status == 200 and whole else b""
            return _Hop(
                next=_resolve_redirect(url, decode_header(location)) if redirects else "",
                answer=_build_answer(response, url, name, body),
            )

    def _read_body(self, response: HTTPResponse, deadline: float) -> bytes:
        """Read the body; only a few large ones are in memory at the same time."""
        body, size = list[bytes](), 0
        with ExitStack() as stack:
            for piece in connection.iterate_body(response):
                if size <= _LARGE < size + len(piece):
                    if not self._large.acquire(timeout=max(deadline - time.monotonic(), 0)):
                        raise TimeoutError
                    stack.callback(self._large.release)
                body.append(piece)
                size += len(piece)
                refuse_too_large(size)
            return b"".join(body)


def post_form(
    address: str,
    fields: Sequence[tuple[str, str]],
    *,
    user_agent: str,
    allow_private: bool = False,
    seconds: float = MOST_SECONDS,
    pauses: Sequence[float] = PAUSES,
) -> Reply:
    """Send a form of these fields to an address, and again after each pause where that may help.

    ``seconds`` is the time for each try. Raises GatherError when no answer comes; a refusal is an answer.
    """
    form = urlencode(fields).encode()
    headers = {"User-Agent": user_agent, "Accept": "*/*", "Content-Type": "application/x-www-form-urlencoded"}
    tls = trust.prepare_tls()
    with explain_fetch_errors(address, seconds):
        for pause in (*pauses, None):
            reply: Reply | None = None
            try:
                reply = _post_once(address, form, headers, tls, time.monotonic() + seconds, allow_private=allow_private)
            except (OSError, HTTPException) as error:
                if pause is None or isinstance(error, ssl.SSLCertVerificationError):
                    raise
            if pause is None or (reply and not reply.is_temporary) or (reply and reply.wait > LONGEST_PAUSE):
                break
            time.sleep(max(pause, reply.wait if reply else 0))
    assert reply is not None  # noqa: S101 - the last try has answered or raised
    return reply


def _build_answer(response: HTTPResponse, url: str, name: str, body: bytes) -> Answer:
    headers, (media_type, charset) = response.headers, parse_content_type(response.headers)
    return Answer(
        status=response.status,
        reason=response.reason[:100],
        document=Document(url=url, media_type=media_type, charset=charset, body=body, name=name),
        etag=clean_validator(headers.get("etag", "")),
        modified=clean_validator(headers.get("last-modified", "")),
        wait=find_wait_seconds(headers),
        date=clean_validator(headers.get("date", "")),
        length=parse_length(headers),
    )


def _post_once(
    address: str,
    form: bytes,
    headers: Mapping[str, str],
    tls: trust.TlsMaker,
    deadline: float,
    *,
    allow_private: bool,
) -> Reply:
    url, home = address, addresses.parse_target(address).host
    for hop in range(MOST_REDIRECTS + 1):
        target = addresses.parse_target(url)
        allow_private &= target.host == home
        route = proxies.find_route(target, allow_private=allow_private)
        with connection.open_response(target, route, headers, deadline, tls, method="POST", body=form) as response:
            location = decode_header(response.headers.get("location", "").strip())
            if response.status not in _KEEPING_METHOD or not location:
                return Reply(
                    status=response.status,
                    reason=response.reason[:100],
                    words=_take_first_line(response.read(_MOST_WORDS)),
                    wait=parse_retry_after(response.headers),
                    hops=hop,
                )
        url = _resolve_redirect(url, location)
    raise GatherError(
        f"more than {MOST_REDIRECTS} redirects", hint="Use the address that they end at.", reason="too-many-redirects"
    )


def _resolve_redirect(url: str, location: str) -> str:
    """Resolve where an address redirects to. Raises GatherError when that is no address of the web."""
    url = links.resolve_address(url, location)
    if not links.is_web_address(url):
        raise GatherError(f"it redirects to {url[:200]}, which is neither http nor https", reason="bad-redirect")
    return url


def _take_first_line(body: bytes) -> str:
    lines = (" ".join(line.split()) for line in body.decode("utf-8", "replace").splitlines())
    return next(filter(None, lines), "")[:200]
