"""The API of a service at which somebody has an account: JSON there and JSON back, with a secret.

Unlike an address of the web it is asked once: nobody knows whether a request that has no answer was obeyed, and who
asks again may do it twice. No redirect is followed, for the secret is for this host alone.
"""

import ipaddress
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from dispatch import trust
from dispatch.errors import GatherError
from dispatch.fetch import addresses, connection, proxies
from dispatch.fetch.answers import explain_fetch_errors, refuse_too_large
from dispatch.fetch.client import MOST_SECONDS

_MOST_WORDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where a service is, and who asks there."""

    url: Annotated[str, "where its API begins, without a slash at the end"]
    authorization: Annotated[str, "the header Authorization; is in no message"] = field(repr=False)
    user_agent: str
    seconds: Annotated[float, "how long a request may take"] = MOST_SECONDS

    def send_request(self, method: str, path: str, payload: object = None) -> "ApiReply":
        """Send a request, its payload as JSON unless that is None. Raises GatherError when no answer comes in time.

        Nothing goes out unencrypted, but to this machine.
        """
        address = self.url + path
        body = None if payload is None else json.dumps(payload, ensure_ascii=False).encode()
        headers = {"User-Agent": self.user_agent, "Accept": "application/json", "Authorization": self.authorization}
        headers |= {} if body is None else {"Content-Type": "application/json"}
        deadline, tls = time.monotonic() + self.seconds, trust.prepare_tls()
        with explain_fetch_errors(self.url, self.seconds):
            target = addresses.parse_target(address)
            route = proxies.find_route(target, allow_private=True)
            if not target.is_secure and not _stays_here(route):
                raise GatherError("is not encrypted: the key would be readable on the way", hint="Write https://.")
            with connection.open_response(target, route, headers, deadline, tls, method=method, body=body) as response:
                read = bytearray()
                for piece in connection.iterate_body(response):
                    read += piece
                    refuse_too_large(len(read))
                return ApiReply(status=response.status, value=_parse_json(bytes(read)), secret=self.authorization)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiReply:
    """What a service has answered."""

    status: int
    value: Annotated[object, "the JSON; None when it was none"]
    secret: Annotated[str, "what ``find_explanation`` leaves out"] = field(repr=False)

    @property
    def is_accepted(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300

    def find_explanation(self, *keys: str) -> str:
        """Return what the service says of it, under the first of these keys: a line without the secret, or nothing."""
        said = self.value if isinstance(self.value, Mapping) else {}
        words = next((str(said[key]) for key in keys if said.get(key)), "")
        for part in (self.secret, self.secret.partition(" ")[2], self.secret.rpartition(":")[2]):
            words = words.replace(part, "...") if part else words
        return " ".join(words.split())[:_MOST_WORDS]


def _stays_here(route: proxies.Route) -> bool:
    here = (ipaddress.ip_address(str(one.address[0]).partition("%")[0]).is_loopback for one in route.endpoints)
    return route.proxy is None and all(here)


def _parse_json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
