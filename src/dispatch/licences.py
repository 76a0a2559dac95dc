"""Which licences let everybody publish a text again, where their words stand, and what they ask for. Pure.

The licences and public domain marks of Creative Commons: https://creativecommons.org/licenses/list.en.
"""

import re
from typing import Annotated, Final, Literal, NamedTuple

Demand = Literal["credit", "noncommercial", "no_derivatives", "share_alike"]

_DEMANDS: Final[dict[str, Demand]] = {
    "by": "credit",
    "nc": "noncommercial",
    "nd": "no_derivatives",
    "sa": "share_alike",
}
_SITE: Final = "https://creativecommons.org"
_ADDRESS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)"
    r"/(?P<kind>zero|mark|by(?:-nc)?(?:-nd|-sa)?)/(?P<version>[1-4]\.[05])(?:/(?P<place>[a-z]{2,3}))?"
    r"(?:/(?:(?:deed|legalcode)(?:\.[a-z-]{2,7})?)?)?"
)
_NAME = re.compile(
    r"cc[ -]?(?P<kind>0|zero|pdm|by(?:[ -]nc)?(?:[ -](?:nd|sa))?)"
    r"(?:[ -](?P<version>[1-4]\.[05]))?(?:[ -](?P<place>[a-z]{2,3}))?"
)
_PUBLIC_DOMAIN: Final = {"zero": "CC0", "mark": "CC-PDM"}
_ALIASES: Final = {"0": "zero", "pdm": "mark"}


class Licence(NamedTuple):
    """A licence under which everybody may publish a text again."""

    name: Annotated[str, "its short name, for example CC-BY-ND-4.0"]
    url: Annotated[str, "where its words stand"]
    demands: Annotated[tuple[Demand, ...], "what it asks of whoever does"] = ()


def find_free_licence(text: str) -> Licence | None:
    """Find the licence of that name (CC BY 4.0, CC-BY-ND-4.0, public domain) or address; None for any other.

    A licence of which the version is not said is none: its words could not be named.
    """
    folded = " ".join(text.split()).lower()
    if folded == "public domain":
        folded = "cc-pdm-1.0"
    found = _ADDRESS.fullmatch(folded) or _NAME.fullmatch(folded)
    if found is None:
        return None
    kind, version, place = found["kind"].replace(" ", "-"), found["version"], found["place"]
    kind = _ALIASES.get(kind, kind)
    if kind in _PUBLIC_DOMAIN:
        return Licence(f"{_PUBLIC_DOMAIN[kind]}-1.0", f"{_SITE}/publicdomain/{kind}/1.0/")
    if version is None:
        return None
    url = f"{_SITE}/licenses/{kind}/{version}/" + (f"{place}/" if place else "")
    name = "-".join(filter(None, ("CC", kind.upper(), version, (place or "").upper())))
    return Licence(name, url, tuple(_DEMANDS[part] for part in kind.split("-")))
