"""A form to an address, for those who take one: hubs. Tried again with patience, and never led elsewhere by a GET."""

import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final
from urllib.parse import urlencode

from dispatch import links
from dispatch.errors import GatherError
from dispatch.fetch import addresses, connection
from dispatch.fetch.client import MOST_REDIRECTS, MOST_SECONDS, told
from dispatch.fetch.headers import as_text, retry_after

PAUSES: Final = (1.0, 3.0, 9.0)  # seconds before another try
LONGEST_PAUSE: Final = 60.0  # who asks for more is asked another day

# The two that keep method and body (RFC 9110, sections 15.4.8 and 15.4.9); any other would turn POST into GET.
_REDIRECTS = frozenset({307, 308})
_MOST_WORDS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered to a form."""

    status: int
    reason: str
    words: str = ""  # the first line of the body, at most 200 characters
    wait: int = 0  # for how many seconds not to ask again: Retry-After

    @property
    def is_taken(self) -> bool:
        """Whether the form was accepted."""
        return 200 <= self.status < 300

    @property
    def is_passing(self) -> bool:
        """Whether another try may help: too many at once, or a fault of the server (RFC 9110, 15.6; RFC 6585, 4)."""
        return self.status == 429 or self.status >= 500


def post(
    address: str,
    fields: Sequence[tuple[str, str]],
    *,
    user_agent: str,
    allow_private: bool = False,
    seconds: float = MOST_SECONDS,
    pauses: Sequence[float] = PAUSES,
) -> Reply:
    """What an address answers to a form of these fields, tried again after each pause where that may help.

    ``seconds`` is the time for each try. Raises GatherError when no answer comes; a refusal is an answer.
    """
    form = urlencode(fields).encode()
    headers = {"User-Agent": user_agent, "Accept": "*/*"}
    tls = ssl.create_default_context()
    with told(address, seconds):
        for pause in (*pauses, None):
            reply: Reply | None = None
            try:
                reply = _follow(address, form, headers, tls, time.monotonic() + seconds, allow_private=allow_private)
            except (OSError, HTTPException) as error:
                if pause is None or isinstance(error, ssl.SSLCertVerificationError):
                    raise
            if pause is None or (reply and not reply.is_passing) or (reply and reply.wait > LONGEST_PAUSE):
                break
            time.sleep(max(pause, reply.wait if reply else 0))
    assert reply is not None  # noqa: S101 - the last try has answered or raised
    return reply


def _follow(
    address: str,
    form: bytes,
    headers: Mapping[str, str],
    tls: ssl.SSLContext,
    deadline: float,
    *,
    allow_private: bool,
) -> Reply:
    url = address
    for _hop in range(MOST_REDIRECTS + 1):
        target = addresses.target(url)
        endpoints = addresses.endpoints(target.host, target.port, allow_private=allow_private)
        with connection.answer(target, endpoints, headers, deadline, tls, form=form) as response:
            location = as_text(response.headers.get("location", "").strip())
            if response.status not in _REDIRECTS or not location:
                return Reply(
                    status=response.status,
                    reason=response.reason[:100],
                    words=_first_line(response.read(_MOST_WORDS)),
                    wait=retry_after(response.headers),
                )
        url = links.resolve(url, location)
        if not links.is_web(url):
            raise GatherError(f"it redirects to {url[:200]}, which is neither http nor https", reason="bad-redirect")
    raise GatherError(
        f"more than {MOST_REDIRECTS} redirects", hint="Use the address that they end at.", reason="too-many-redirects"
    )


def _first_line(body: bytes) -> str:
    lines = (" ".join(line.split()) for line in body.decode("utf-8", "replace").splitlines())
    return next(filter(None, lines), "")[:200]
