"""The way to a host: to its checked addresses, or through the proxy that the environment names.

The variables are HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in small letters too; without any, the settings of
macOS or Windows count. Whoever asks through a proxy cannot choose the address that is connected to: what is known here
of a host is checked as ever, and the proxy has the last word.
"""

from base64 import b64encode
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Annotated, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from dispatch.errors import GatherError
from dispatch.fetch import addresses

_LOOKUP: Final = 2.0  # seconds that a name may take which the proxy will look up again
# Names that lead into one's own network (RFC 6761, 6762 with appendix G, 8375, and what ICANN has set apart).
_LOCAL: Final = ("localhost", "local", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa")


class Proxy(NamedTuple):
    """A proxy that speaks HTTP."""

    host: str
    port: int
    credentials: Annotated[str, "of Proxy-Authorization (RFC 9110, section 11.7.2); empty without any"]

    def __str__(self) -> str:
        """The proxy without its password."""
        return f"{self.host}:{self.port}"


class Route(NamedTuple):
    """What is connected to."""

    endpoints: Sequence[addresses.Endpoint]
    proxy: Annotated[Proxy | None, "whose endpoints these are; None for those of the host itself"] = None


def find_route(target: addresses.Target, *, allow_private: bool) -> Route:
    """Find the way to a host. Raises GatherError as ``addresses.resolve_endpoints`` does, and for an unusable proxy."""
    proxy = find_proxy(target)
    if proxy is None:
        return Route(addresses.resolve_endpoints(target.host, target.port, allow_private=allow_private))
    _refuse_private(target, allow_private=allow_private)
    try:
        return Route(addresses.resolve_endpoints(proxy.host, proxy.port, allow_private=True), proxy)
    except GatherError as error:
        raise make_proxy_error(proxy, error.what) from error


def find_proxy(target: addresses.Target) -> Proxy | None:
    """Find the proxy for a host; None when it is asked directly. Raises GatherError for a proxy of another kind."""
    from urllib import request  # what is fetched without it is quicker without it

    known = request.getproxies()
    address = known.get("https" if target.is_secure else "http") or known.get("all")
    if not address or request.proxy_bypass(target.host_header):
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    try:
        if parts.scheme == "http" and parts.hostname:
            return Proxy(parts.hostname, parts.port or 80, _encode_credentials(parts.username, parts.password))
    except ValueError:  # no port
        pass
    raise GatherError(
        "the proxy of the environment cannot be used: it must be like http://proxy.example:3128",
        hint="Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; NO_PROXY=* asks every host directly.",
        reason="proxy",
    )


def make_proxy_error(proxy: Proxy, what: str) -> GatherError:
    """Make the error of a proxy that is of no use."""
    hint = "See HTTPS_PROXY and HTTP_PROXY in the environment; NO_PROXY names hosts to be asked directly."
    return GatherError(f"the proxy {proxy}: {what}", hint=hint, reason="proxy", detail=what)


def _encode_credentials(name: str | None, password: str | None) -> str:
    if name is None:
        return ""
    return "Basic " + b64encode(f"{unquote(name)}:{unquote(password or '')}".encode()).decode("ascii")


def _refuse_private(target: addresses.Target, *, allow_private: bool) -> None:
    """Raise GatherError for a host that is known here to be in a private network, or sounds like it."""
    answer: SimpleQueue[GatherError | None] = SimpleQueue()

    def look_up() -> None:
        try:
            addresses.resolve_endpoints(target.host, target.port, allow_private=allow_private)
        except GatherError as error:
            answer.put(error)
        else:
            answer.put(None)

    Thread(target=look_up, name="lookup", daemon=True).start()
    try:
        error = answer.get(timeout=_LOOKUP)
    except Empty:
        error = None
    is_local = "." not in target.host.strip(".") or target.host.rstrip(".").endswith(tuple(f".{end}" for end in _LOCAL))
    if error and (error.faults[0].reason != "unknown-host" or (is_local and not allow_private)):
        raise error
