"""What comes in with a request from a stranger: a small form, the address that it came from, how much is too much."""

import ipaddress
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated
from urllib.parse import parse_qsl

from starlette.requests import Request

MOST_BYTES = 8 * 1024  # of a form
_MOST_FIELDS = 20
_MOST_NETWORKS = 10_000  # of which it is remembered how much they asked
_HOUR = timedelta(hours=1)


class FormError(Exception):
    """What was sent is no form that we have."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def read_form(request: Request) -> Mapping[str, str]:
    """Read a form of at most 8 KiB; of several fields of one name the first. Raises FormError."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise FormError(413)
    try:
        found = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise FormError(400) from error
    return dict(reversed(found))


def find_client(request: Request, proxies: Sequence[str]) -> str:
    """Find the network address that a request comes from; a proxy of ours is believed in whom it names last."""
    address = request.client.host if request.client else ""
    named = [one.strip() for line in request.headers.getlist("x-forwarded-for") for one in line.split(",")]
    while named and _is_within(address, proxies):
        address = named.pop()
    return address if _parse_network_address(address) else ""


def is_foreign(request: Request, origin: str) -> bool:
    """Whether a browser says that the form stands on a page of somebody else's (Fetch Metadata; RFC 6454).

    A page without a referrer sends ``Origin: null`` with its own forms, too.
    """
    said = request.headers.get("origin", "null")
    site = request.headers.get("sec-fetch-site", "same-origin")
    return site not in {"same-origin", "none"} or said not in {"null", origin}


@dataclass(kw_only=True)
class NetworkLimit:
    """How often a network may ask within an hour: a /24, or a /64 of IPv6. Nothing of it is written down."""

    most: Annotated[int, "within an hour"] = 10
    _asked: dict[str, deque[datetime]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def allows(self, address: str, now: datetime) -> bool:
        """Count a request, and return whether it is not too many. This machine itself is not limited."""
        parsed = _parse_network_address(address)
        if parsed is None or parsed.is_loopback:
            return True
        network = str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))
        with self._lock:
            asked = self._asked.pop(network, deque(maxlen=self.most + 1))
            self._asked[network] = asked  # the last to be forgotten
            if len(self._asked) > _MOST_NETWORKS:
                self._asked.pop(next(iter(self._asked)))
            asked.append(now)
            return sum(1 for moment in asked if now - moment < _HOUR) <= self.most


def _is_within(address: str, networks: Sequence[str]) -> bool:
    parsed = _parse_network_address(address)
    return parsed is not None and any(parsed in ipaddress.ip_network(one, strict=False) for one in networks)


def _parse_network_address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
