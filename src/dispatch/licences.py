"""Know the licences of texts, by their SPDX id, their name in words or their address. Pure.

Only what is known for certain gets an address: a licence without its version is named as it is, and leads nowhere.
Sources: the SPDX licence list; creativecommons.org, of whose addresses the name is a part.
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Annotated

from dispatch import links
from dispatch.deferred import defer_pattern
from dispatch.frozen import dataclass

_CC = "https://creativecommons.org"
_ADDRESS = defer_pattern(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses/(?P<terms>by[a-z-]*)|publicdomain/(?P<public>zero|mark))"
    r"/(?P<version>\d\.\d)(?:/(?P<port>[a-z]{2,4}))?(?:/(?:deed|legalcode)[\w.-]*)?/?",
    re.ASCII | re.IGNORECASE,
)
_NAME = defer_pattern(
    r"cc (?P<terms>by(?: (?:nc|nd|sa))*)(?: (?P<version>\d\.\d))?(?: (?P<port>[a-z]{2,4}))?", re.ASCII
)
_WORDS = (
    (r"\([^()]*\)|\b(?:the|licen[cs]e|international|unported|generic|version)\b|\bv(?=\d)|[\s_,/–-]", " "),
    (r"\bcreative +commons\b", "cc"),
    (r"\battribution\b", "by"),
    (r"\bnon *commercial\b", "nc"),
    (r"\bno *deriv(?:ative)?s(?: +works)?\b", "nd"),
    (r"\bshare *alike\b", "sa"),
    (r"\bcc(?=by\b)", "cc "),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence as it is shown, and what it allows; what is not known allows nothing."""

    name: Annotated[str, "its usual name, for example CC BY-SA 4.0; what was given when it is not known"]
    url: Annotated[str, "its address; empty when it is not known"] = ""
    may_republish: Annotated[bool, "whether others may publish the text again, at least without payment"] = False
    no_derivatives: Annotated[bool, "whether they may do so only unchanged"] = False


def _make_free(name: str, url: str = "") -> Licence:
    return Licence(name=name, url=url, may_republish=True)


_ZERO = _make_free("CC0 1.0", f"{_CC}/publicdomain/zero/1.0/")
_MARK = _make_free("Public Domain Mark 1.0", f"{_CC}/publicdomain/mark/1.0/")
_OGL = _make_free(
    "Open Government Licence 3.0", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
)
_OUVERTE = _make_free("Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/")
_OTHERS = {  # by the name in small letters, with spaces only
    "cc0": _ZERO,
    "cc0 1.0": _ZERO,
    "cc zero": _ZERO,
    "cc zero 1.0": _ZERO,
    "cc0 1.0 universal": _ZERO,
    "cc pdm 1.0": _MARK,
    "public domain mark 1.0": _MARK,
    "public domain": _make_free("Public domain"),
    "ogl uk 3.0": _OGL,
    "open government 3.0": _OGL,
    "etalab 2.0": _OUVERTE,
    "ouverte 2.0": _OUVERTE,
    "dl de by 2.0": _make_free("dl-de/by-2-0", "https://www.govdata.de/dl-de/by-2-0"),
    "dl de zero 2.0": _make_free("dl-de/zero-2-0", "https://www.govdata.de/dl-de/zero-2-0"),
    "gfdl 1.3": _make_free("GFDL 1.3", "https://www.gnu.org/licenses/fdl-1.3.html"),
}


@lru_cache(maxsize=1024)
def find_licence(text: str) -> Licence:
    """Find the licence that an SPDX id, a name or an address means; one that is not known has the text as its name.

    An address that was given stays, byte for byte.
    """
    if links.is_web_address(text):
        return _find_by_address(text)
    folded = text.lower()
    for words, instead in _WORDS:
        folded = re.sub(words, instead, folded)
    folded = " ".join(folded.split())
    if named := _NAME.fullmatch(folded):
        return _find_creative_commons(named) or Licence(name=text)
    return _OTHERS.get(folded) or Licence(name=text)


def _find_by_address(url: str) -> Licence:
    known: Licence | None
    if found := _ADDRESS.fullmatch(url):
        known = {"zero": _ZERO, "mark": _MARK}.get((found["public"] or "").lower()) or _find_creative_commons(found)
    else:
        known = next(
            (one for one in _OTHERS.values() if one.url and _fold_address(one.url) == _fold_address(url)), None
        )
    return replace(known, url=url) if known else Licence(name=url, url=url)


def _find_creative_commons(found: re.Match[str]) -> Licence | None:
    """Find the Creative Commons licence with these terms; None when there is no such licence."""
    terms = set(re.split(r"[ -]", found["terms"].lower()))
    if not terms <= {"by", "nc", "nd", "sa"} or {"nd", "sa"} <= terms:
        return None
    name = "-".join(one for one in ("by", "nc", "nd", "sa") if one in terms)
    version, port = found["version"] or "", (found["port"] or "").lower()
    if port and version in ("", "4.0"):
        return None
    path = "/".join(filter(None, (name, version, port)))
    return Licence(
        name=" ".join(filter(None, ("CC", name.upper(), version, port.upper()))),
        url=f"{_CC}/licenses/{path}/" if version else "",
        may_republish=True,
        no_derivatives="nd" in terms,
    )


def _fold_address(url: str) -> str:
    return url.partition("://")[2].lower().removesuffix("/")
