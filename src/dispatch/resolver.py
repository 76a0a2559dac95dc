"""Ask name servers: what ``doctor`` has to know of a domain. The only user of dnspython."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Final, Literal

import dns.exception
import dns.rdatatype
import dns.resolver
import dns.reversename
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from dispatch.errors import DeliveryError

SECONDS: Final = 5.0

Kind = Literal["A", "AAAA", "MX", "PTR", "TXT"]


class UnansweredError(OSError):
    """No name server answers about a name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Resolver:
    """Asks the name server of this machine, or another; what was asked once is remembered."""

    server: Annotated[str, "the IP address of a name server, with a port behind it if it is not 53; or empty"] = ""
    seconds: Annotated[float, "for a name, all tries and servers included"] = SECONDS
    _known: dict[tuple[str, Kind], tuple[str, ...]] = field(default_factory=dict)
    _silent: set[str] = field(default_factory=set)

    @cached_property
    def _resolver(self) -> dns.resolver.Resolver:
        try:
            found = dns.resolver.Resolver(configure=not self.server)
            if self.server:
                host, port = _split_server(self.server)
                found.nameservers, found.port = [host], port
        except (ValueError, dns.exception.DNSException) as error:
            hint = "Name one: --dns 192.0.2.53, or --dns 127.0.0.1:5353."
            raise DeliveryError("there is no name server", address=self.server, hint=hint) from error
        found.lifetime = self.seconds
        return found

    def look_up(self, name: str, kind: Kind) -> tuple[str, ...]:
        """Look up a name: addresses, texts, the hosts of MX by preference, or names; empty when there is nothing.

        Raises UnansweredError when nobody answers.
        """
        key = name.lower().rstrip("."), kind
        if key not in self._known:
            self._known[key] = self._query_server(*key)
        return self._known[key]

    def look_up_names(self, address: str) -> tuple[str, ...]:
        """Look up the names of an IP address. Raises UnansweredError when nobody answers."""
        return self.look_up(dns.reversename.from_address(address).to_text(), "PTR")

    def _query_server(self, name: str, kind: Kind) -> tuple[str, ...]:
        if name in self._silent:
            raise UnansweredError(name)
        try:
            answer = self._resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.exception.SyntaxError, dns.name.LabelTooLong):
            return ()
        except (dns.name.EmptyLabel, dns.name.NameTooLong, UnicodeError):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            self._silent.add(name)
            raise UnansweredError(name) from error
        if kind == "MX":
            hosts = sorted((one for one in answer if isinstance(one, MX)), key=lambda one: one.preference)
            return tuple(one.exchange.to_text().rstrip(".") for one in hosts)
        if kind == "TXT":
            return tuple(b"".join(one.strings).decode("utf-8", "replace") for one in answer if isinstance(one, TXT))
        return tuple(one.to_text().rstrip(".") for one in answer)


def _split_server(written: str) -> tuple[str, int]:
    """Split an address and a port. Raises ValueError."""
    if written.startswith("["):
        host, _, port = written[1:].partition("]")
        return host, int(port.removeprefix(":") or 53)
    host, _, port = written.partition(":") if written.count(":") == 1 else (written, "", "")
    return host, int(port or 53)
