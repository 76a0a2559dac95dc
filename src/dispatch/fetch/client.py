"""The one HTTP client: honest, patient, and not to be led anywhere.

It may be shared by many threads. Each host is asked for two addresses at a time; every redirect is checked like the
address itself; all of it is bounded in size, time and hops.
"""

import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from http.client import HTTPException, HTTPResponse
from threading import BoundedSemaphore
from typing import Final, NamedTuple

from dispatch import links
from dispatch.errors import GatherError
from dispatch.fetch import addresses, connection, robots
from dispatch.fetch.headers import as_text, kind, validator, wait
from dispatch.fetch.turns import Hosts
from dispatch.model import Document, Place

MOST_BYTES: Final = 15 * 1024 * 1024
MOST_SECONDS: Final = 30.0
MOST_REDIRECTS: Final = 5

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_PASSING = frozenset({502, 503, 504})
_LARGE = 1 << 20  # bytes
_MOST_LARGE = 4
_PAUSES = (0.5, 1.0)  # seconds before another try
_ACCEPT = (
    "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said, after redirects."""

    status: int
    reason: str
    document: Document  # its body is empty unless the status is 200
    etag: str = ""  # the validator (RFC 9110, section 8.8.3)
    modified: str = ""  # Last-Modified, as it stood
    wait: int = 0  # for how many seconds not to ask again: Retry-After, else Cache-Control's max-age; at most a day
    moved_to: str = ""  # where it is from now on, when nothing but permanent redirects led there

    @property
    def is_unchanged(self) -> bool:
        """Whether it is as it was when the validators were given."""
        return self.status == 304

    def whole(self) -> Document:
        """The document. Raises GatherError when that is not what was answered."""
        if self.status == 200:
            return self.document
        gone = self.status == 410
        raise GatherError(
            f"the server answered {self.status} {self.reason}".strip(),
            address=self.document.name,
            reason="http-status",
            detail=str(self.status),
            hint="It is gone for good." if gone else "Check the address, or save the page and add the file with --url.",
        )


class _Hop(NamedTuple):
    """One answer on the way."""

    status: int
    next: str  # where it redirects to; empty when it does not
    answer: Answer


class Client:
    """Asks for addresses, and remembers what hosts ask for while it lives.

    user_agent: who asks, with a way to reach them. allow_private: let every address lead into one's own network.
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
        self._hosts = Hosts()
        self._large = BoundedSemaphore(_MOST_LARGE)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def get(
        self,
        address: str,
        *,
        etag: str = "",
        modified: str = "",
        allow_private: bool = False,
        is_page: bool = False,
        whole: bool = True,
    ) -> Answer:
        """What an address answers: with validators of an earlier answer, perhaps that nothing has changed.

        is_page: robots.txt may say no. whole: read the body too. Raises GatherError when no answer comes, or more than
        15 MiB, or not in time; what the server refuses or cannot find is an answer.
        """
        allow_private = allow_private or self._allow_private
        validators = {"If-None-Match": validator(etag), "If-Modified-Since": validator(modified)}
        headers = self._headers | {name: value for name, value in validators.items() if value}
        with told(address, self._seconds):
            if self._is_robot:
                self._ask_leave(address, is_page=is_page, allow_private=allow_private)
            return self._follow(address, headers, allow_private=allow_private, whole=whole)

    def _ask_leave(self, address: str, *, is_page: bool, allow_private: bool) -> None:
        target = addresses.target(address)
        host = self._hosts[target.host]
        if not host.is_asked_again() and not is_page:
            return
        rules = host.rules(target.origin, lambda: self._rules(target.origin, allow_private=allow_private))
        if is_page and not rules.allow(target.path):
            raise GatherError(
                "its robots.txt asks robots not to read this page",
                hint="Add it yourself: dispatch add",
                reason="robots",
            )

    def _rules(self, origin: str, *, allow_private: bool) -> robots.Rules:
        """An unreachable robots.txt forbids everything, one that is not there nothing (RFC 9309, section 2.3.1)."""
        try:
            answer = self._follow(f"{origin}/robots.txt", self._headers, allow_private=allow_private, whole=True)
        except (GatherError, HTTPException, OSError, ValueError):
            return robots.NOTHING
        if answer.status == 200:
            return robots.rules(answer.document.body[: robots.MOST_BYTES].decode("utf-8", "replace"))
        return robots.NOTHING if answer.status >= 500 else robots.Rules()

    def _follow(self, address: str, headers: dict[str, str], *, allow_private: bool, whole: bool) -> Answer:
        url, is_permanent, left = address, True, self._seconds
        for _hop in range(MOST_REDIRECTS + 1):
            hop, left = self._try(url, address, headers, left, allow_private=allow_private, whole=whole)
            if not hop.next:
                moved = url if is_permanent and url != address and hop.status in {200, 304} else ""
                return replace(hop.answer, moved_to=moved)
            is_permanent &= hop.status in _PERMANENT
            url = hop.next
            if not links.is_web(url):
                raise GatherError(
                    f"it redirects to {url[:200]}, which is neither http nor https", reason="bad-redirect"
                )
        raise GatherError(
            f"more than {MOST_REDIRECTS} redirects",
            hint="Open it in a browser and add the address that it ends at.",
            reason="too-many-redirects",
        )

    def _try(
        self, url: str, name: str, headers: dict[str, str], left: float, *, allow_private: bool, whole: bool
    ) -> tuple[_Hop, float]:
        """One hop, tried again where a second try may help; and how many seconds are left after it."""
        target = addresses.target(url)
        for pause in (*_PAUSES, 0.0):
            with self._hosts[target.host].turn():
                begun = time.monotonic()
                hop: _Hop | ConnectionResetError
                try:
                    hop = self._ask(target, url, name, headers, begun + left, allow_private=allow_private, whole=whole)
                except ConnectionResetError as error:
                    hop = error
                left -= time.monotonic() - begun
            passes = isinstance(hop, ConnectionResetError) or (hop.status in _PASSING and not hop.answer.wait)
            if not (passes and 0 < pause < left):
                break
            time.sleep(pause)
            left -= pause
        if isinstance(hop, ConnectionResetError):
            raise hop
        return hop, left

    def _ask(
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
        endpoints = addresses.endpoints(target.host, target.port, allow_private=allow_private)
        with connection.answer(target, endpoints, headers, deadline, self._tls) as response:
            location = response.headers.get("location", "").strip()
            redirects = response.status in _REDIRECTS and location
            body = self._body(response, deadline) if response.status == 200 and whole else b""
            return _Hop(
                status=response.status,
                next=links.resolve(url, as_text(location)) if redirects else "",
                answer=_answer(response, url, name, body),
            )

    def _body(self, response: HTTPResponse, deadline: float) -> bytes:
        """The body, of which only a few that are large are in memory at the same time."""
        body: list[bytes] = []
        size = 0
        with ExitStack() as stack:
            for piece in connection.pieces(response):
                if size <= _LARGE < size + len(piece):
                    if not self._large.acquire(timeout=max(deadline - time.monotonic(), 0)):
                        raise TimeoutError
                    stack.callback(self._large.release)
                body.append(piece)
                size += len(piece)
                refuse_more(size)
            return b"".join(body)


@contextmanager
def told(address: str, seconds: float) -> Iterator[None]:
    """Whatever goes wrong is told as a GatherError about the address."""
    try:
        yield
    except GatherError as error:
        raise error.within(Place(address=address)) from error
    except TimeoutError as error:
        raise GatherError(
            f"no complete answer within {seconds:g} seconds", address=address, hint="Try again later.", reason="timeout"
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise GatherError(
            f"its certificate cannot be trusted: {error.verify_message}",
            address=address,
            reason="bad-certificate",
            detail=error.verify_message,
        ) from error
    except HTTPException as error:
        raise GatherError(
            f"the server's answer is not HTTP: {f'{error!s:.200}' or type(error).__name__}",
            address=address,
            reason="not-http",
        ) from error
    except OSError as error:
        raise GatherError(
            error.strerror or str(error) or type(error).__name__,
            address=address,
            hint="Try again later.",
            reason="network",
            detail=error.strerror or "",
        ) from error
    except ValueError as error:
        raise GatherError(f"{error!s:.200}" or type(error).__name__, address=address, reason="bad-address") from error


def refuse_more(size: int) -> None:
    """Raises GatherError when this is more than anybody sends who means well."""
    if size > MOST_BYTES:
        raise GatherError(
            "this is larger than 15 MiB",
            hint="Is it the right one? A part of it can be added alone.",
            reason="too-large",
        )


def _answer(response: HTTPResponse, url: str, name: str, body: bytes) -> Answer:
    headers = response.headers
    media_type, charset = kind(headers)
    return Answer(
        status=response.status,
        reason=response.reason[:100],
        document=Document(url=url, media_type=media_type, charset=charset, body=body, name=name),
        etag=validator(headers.get("etag", "")),
        modified=validator(headers.get("last-modified", "")),
        wait=wait(headers),
    )
