"""Where an address leads: host, port and path, and whether its IP addresses are of the public internet."""

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from dispatch import links
from dispatch.errors import GatherError

# IPv6 addresses with an IPv4 address inside, and how far its bits are shifted (RFC 4291, 6052, 3056).
_WITH_IPV4_INSIDE = (
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)
_UNICAST = ipaddress.IPv6Network("2000::/3")
_PARTS = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]{1,253})(?::(?P<port>\d{0,5}))?(?P<path>[/?][^#]*)?(?:#.*)?",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An http or https address, taken apart for asking."""

    is_secure: bool
    host: Annotated[str, "a name in ASCII, or an IP address without brackets"]
    port: int
    path: Annotated[str, "with the query, in ASCII"]

    @property
    def host_header(self) -> str:
        """Host and port as the header ``Host`` has them (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The address of its front page, without a slash at the end."""
        return f"http{'s' if self.is_secure else ''}://{self.host_header}"


class Endpoint(NamedTuple):
    """One of the IP addresses of a host, as a socket takes it."""

    family: socket.AddressFamily
    address: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]


def parse_target(address: str) -> Target:
    """Parse an address for fetching it. Raises GatherError when it is not a web address, or holds a password."""
    if re.match(r"https?://[^/?#]*@", address, re.IGNORECASE):
        raise GatherError(
            "an address with a user name in it cannot be fetched",
            hint="Remove the part before the @.",
            reason="bad-address",
        )
    parts = _PARTS.fullmatch(links.encode_ascii(address))
    if parts is None:
        raise GatherError(
            "this is not an address that can be fetched",
            hint="Write it like https://paper.example/feed.",
            reason="bad-address",
        )
    is_secure = parts["scheme"].lower() == "https"
    path = parts["path"] or "/"
    return Target(
        is_secure=is_secure,
        host=parts["host"].strip("[]").lower(),
        port=int(parts["port"] or (443 if is_secure else 80)),
        path=path if path.startswith("/") else f"/{path}",
    )


def resolve_endpoints(host: str, port: int, *, allow_private: bool) -> list[Endpoint]:
    """Resolve a host to its IP addresses and check every one, so that connecting needs no second lookup.

    Raises GatherError when there is none, and when one of them is not of the public internet, unless that is allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        raise GatherError(
            f"there is no host named {host}", hint="Check the address.", reason="unknown-host", detail=host
        ) from error
    private = [] if allow_private else [str(address[0]) for *_, address in found if not is_public(str(address[0]))]
    if private:
        raise GatherError(
            f"{host} is in a private network ({private[0]})",
            hint="If that network is your own, add --allow-private.",
            reason="private-network",
        )
    return list(dict.fromkeys(Endpoint(family, address) for family, *_, address in found))


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, also when another address is embedded in it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast
    for network, shift in _WITH_IPV4_INSIDE:
        if ip in network:
            return is_public(str(ipaddress.IPv4Address(int(ip) >> shift & 0xFFFFFFFF)))
    return ip in _UNICAST and ip.is_global
