"""Where an address leads: host, port and path, and whether its IP addresses are of the public internet."""

import ipaddress
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, NamedTuple

from dispatch import links
from dispatch.errors import GatherError, explain_refusal


class SpecialNetwork(NamedTuple):
    """A network that is not of the public internet."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network
    name: Annotated[str, "as the registry has it"]
    is_closed: Annotated[bool, "nothing is ever fetched from it, with leave or without"]


# What one machine alone reaches, and where clouds give out their keys to whoever asks.
_CLOSED: Final = {
    "169.254.0.0/16": "Link Local",
    "fe80::/10": "Link-Local Unicast",
    "100.100.100.200/32": "Alibaba Cloud's metadata",
    "fd00:100::100:200/128": "Alibaba Cloud's metadata",
    "168.63.129.16/32": "Azure's WireServer",
    "192.0.0.192/32": "Oracle Cloud's metadata",
    "fd00:c1::a9fe:a9fe/128": "Oracle Cloud's metadata",
    "fd00:ec2::/32": "AWS's metadata",
    "fd20:ce::254/128": "Google Cloud's metadata",
    "fd00:a9fe:a9fe::1/128": "Linode's metadata",
    "fd00:42::42/128": "Scaleway's metadata",
}
# IANA's registries of special-purpose addresses (RFC 6890, RFC 8190), as of November 2026, without the networks that
# they call globally reachable, and with what other RFCs set apart. What is reachable within 192.0.0.0/24 and 2001::/23
# are relays: no page is there. The interpreter's own table differs from version to version.
_SPECIAL: Final = {
    "0.0.0.0/8": "This network",
    "10.0.0.0/8": "Private-Use",
    "100.64.0.0/10": "Shared Address Space",
    "127.0.0.0/8": "Loopback",
    "172.16.0.0/12": "Private-Use",
    "192.0.0.0/24": "IETF Protocol Assignments",
    "192.0.2.0/24": "Documentation",
    "192.88.99.0/24": "Deprecated (6to4 Relay Anycast)",
    "192.168.0.0/16": "Private-Use",
    "198.18.0.0/15": "Benchmarking",
    "198.51.100.0/24": "Documentation",
    "203.0.113.0/24": "Documentation",
    "224.0.0.0/4": "Multicast",
    "240.0.0.0/4": "Reserved",
    "::1/128": "Loopback Address",
    "::/96": "IPv4-compatible Address",
    "::ffff:0:0:0/96": "IPv4-translated Address",
    "64:ff9b:1::/48": "IPv4-IPv6 Translat.",
    "100::/64": "Discard-Only Address Block",
    "100:0:0:1::/64": "Dummy IPv6 Prefix",
    "2001::/23": "IETF Protocol Assignments",
    "2001:db8::/32": "Documentation",
    "3fff::/20": "Documentation",
    "5f00::/16": "Segment Routing (SRv6) SIDs",
    "fc00::/7": "Unique-Local",
    "ff00::/8": "Multicast",
}
_NETWORKS: Final = tuple(
    SpecialNetwork(ipaddress.ip_network(network), name, is_closed)
    for table, is_closed in ((_CLOSED, True), (_SPECIAL, False))
    for network, name in table.items()
)
# Of IPv6, only this is assigned to the public internet; what else an IPv4 address stands in for is judged by that one.
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_UNASSIGNED: Final = SpecialNetwork(ipaddress.IPv6Network("::/0"), "not Global Unicast", is_closed=False)

# IPv6 networks with an IPv4 address inside, and which octets it is.
_LAST: Final = (12, 13, 14, 15)
_EMBEDDING: Final = tuple(
    (ipaddress.IPv6Network(network), octets, mask)
    for network, octets, mask in (
        ("::/96", _LAST, 0),  # compatible (RFC 4291, 2.5.5.1)
        ("::ffff:0:0/96", _LAST, 0),  # mapped (RFC 4291, 2.5.5.2)
        ("::ffff:0:0:0/96", _LAST, 0),  # translated (RFC 2765, 2.1)
        ("64:ff9b::/96", _LAST, 0),  # NAT64 (RFC 6052, 2.1)
        ("64:ff9b:1::/48", _LAST, 0),  # NAT64 of one's own (RFC 8215), in each layout (RFC 6052, 2.2)
        ("64:ff9b:1::/48", (6, 7, 9, 10), 0),
        ("64:ff9b:1::/48", (7, 9, 10, 11), 0),
        ("64:ff9b:1::/48", (9, 10, 11, 12), 0),
        ("2002::/16", (2, 3, 4, 5), 0),  # 6to4 (RFC 3056, 2)
        ("2001::/32", (4, 5, 6, 7), 0),  # Teredo: the server, and the client behind it, inverted (RFC 4380, 4)
        ("2001::/32", _LAST, 0xFF),
    )
)
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
    Nothing allows link-local addresses and those of a cloud's metadata.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        if isinstance(error, OSError) and not isinstance(error, socket.gaierror):
            raise explain_refusal(GatherError, error, f"{host} cannot be looked up") from error
        raise GatherError(
            f"there is no host named {host}", hint="Check the address.", reason="unknown-host", detail=host
        ) from error
    for address in dict.fromkeys(str(address[0]) for *_, address in found):
        special = find_special_network(address)
        if special and (special.is_closed or not allow_private):
            raise GatherError(
                f"{host} is in a private network ({address}, {special.name})",
                hint="Nothing is fetched from there, whatever is allowed: it holds this machine's secrets."
                if special.is_closed
                else "If that network is your own, give this address itself, and add --allow-private.",
                reason="private-network",
            )
    return list(dict.fromkeys(Endpoint(family, address) for family, *_, address in found))


def find_special_network(address: str) -> SpecialNetwork | None:
    """Find the special network of an IP address, or of one that is embedded in it; None on the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    embedded = tuple(_iterate_embedded(ip)) if isinstance(ip, ipaddress.IPv6Address) else ()
    found = (one for one in _NETWORKS if any(inner in one.network for inner in (ip, *embedded)))
    is_unassigned = ip.version == 6 and not embedded and ip not in _UNICAST
    return next(found, _UNASSIGNED if is_unassigned else None)


def _iterate_embedded(ip: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    for network, octets, mask in _EMBEDDING:
        if ip in network:
            yield ipaddress.IPv4Address(bytes(ip.packed[octet] ^ mask for octet in octets))
