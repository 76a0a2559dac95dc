"""Evaluate who may send for a domain (SPF, RFC 7208). Pure: what name servers say is asked through a function."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

LookUp = Annotated[
    Callable[[str, Literal["A", "AAAA", "MX", "PTR", "TXT"]], tuple[str, ...]],
    "what there is of a name, empty when there is nothing; of MX the hosts; raises OSError when nobody answers",
]
Verdict = Literal["pass", "fail", "softfail", "neutral", "none"]

MOST_LOOK_UPS: Final = 10  # section 4.6.4: whoever needs more is refused
_VERDICTS: Final[dict[str, Verdict]] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_TERM: Final = re.compile(
    r"([-+~?]?)(all|include|a|mx|ptr|exists)(?::([^/\s]+))?(/\d{1,3})?(//\d{1,3})?", re.IGNORECASE
)
_IP: Final = re.compile(r"([-+~?]?)(ip4|ip6):([0-9a-fA-F:.]+(?:/\d+)?)", re.IGNORECASE)
_MODIFIER: Final = re.compile(r"([a-z][\w.-]*)=(.*)", re.IGNORECASE)


class SpfError(ValueError):
    """A record that no receiver can follow."""

    def __init__(self, term: str) -> None:
        super().__init__(term)
        self.term = term


@dataclass(kw_only=True)
class SpfCheck:
    """The evaluation of one domain for some addresses of a server."""

    look_up: LookUp
    servers: Annotated[tuple[str, ...], "its IP addresses"]
    count: Annotated[int, "how many terms had to be looked up"] = 0
    included: Annotated[set[str], "the domains whose records were read"] = field(default_factory=set)

    def list_records(self, domain: str) -> list[str]:
        """List the SPF records of a domain: there should be one."""
        records = self.look_up(domain, "TXT")
        return [one for one in records if one.lower() == "v=spf1" or one.lower().startswith("v=spf1 ")]

    def evaluate(self, domain: str) -> Verdict:
        """Evaluate a domain's record to its end, so that all look-ups count. Raises SpfError and OSError."""
        records = self.list_records(domain)
        if len(records) != 1 or domain in self.included:
            return "none"
        self.included.add(domain)
        verdict: Verdict | None = None
        redirect = ""
        for term in records[0].split()[1:]:
            if modifier := _MODIFIER.fullmatch(term):
                redirect = modifier[2] if modifier[1].lower() == "redirect" else redirect
                continue
            sign, is_match = self._match_term(term, domain)
            if verdict is None and is_match:
                verdict = _VERDICTS[sign or "+"]
        if redirect and verdict is None:
            self.count += 1
            return self.evaluate(redirect.lower().rstrip("."))
        return verdict or "neutral"

    def _match_term(self, term: str, domain: str) -> tuple[str, bool]:
        """Match one mechanism: its sign, and whether it is about the server. Raises SpfError and OSError."""
        if found := _IP.fullmatch(term):
            return found[1], self._is_within(term, [found[3]])
        found = _TERM.fullmatch(term)
        if not found or (found[2].lower() in ("include", "exists") and not found[3]):
            raise SpfError(term)
        kind, target = found[2].lower(), (found[3] or domain).lower().rstrip(".")
        self.count += kind != "all"
        if "%" in target or kind in ("ptr", "exists"):  # what depends on each message cannot be known here
            return found[1], False
        if kind == "all":
            return found[1], True
        if kind == "include":
            return found[1], self.evaluate(target) == "pass"
        hosts = self.look_up(target, "MX")[:10] if kind == "mx" else (target,)
        addresses = [one for host in hosts for one in self._look_up_host(host)]
        return found[1], self._is_within(term, [f"{one}{_choose_size(one, found[4], found[5])}" for one in addresses])

    def _look_up_host(self, host: str) -> Iterator[str]:
        yield from self.look_up(host, "A")
        yield from self.look_up(host, "AAAA")

    def _is_within(self, term: str, networks: list[str]) -> bool:
        try:
            known = [ipaddress.ip_network(one, strict=False) for one in networks]
        except ValueError as error:
            raise SpfError(term) from error
        return any(ipaddress.ip_address(server) in network for server in self.servers for network in known)


def _choose_size(address: str, of_four: str | None, of_six: str | None) -> str:
    return (of_six or "")[1:] if ":" in address else of_four or ""
