"""Pictures of one's own by the way to them: a page shows them wherever its folder stands."""

import re

from dispatch.html.tokens import escape

_TAG = re.compile(r'<(?:img|source)(?:\s+[^\s"\'<>/=]+(?:="[^"]*")?)++\s*/?>')
_ATTRIBUTE = re.compile(r'(\s([^\s"\'<>/=]+)=")([^"]*)')
_STRAYS = re.compile(r"(?:^|/)(?:/|\.)|\\")
_CANDIDATE = re.compile(r"(?<![^\s])[^\s,]\S*")


def near(page: str, url: str, root: str) -> str:
    """A page whose pictures from below an address are shown from where the page itself stands.

    url: the address, without a slash at its end. root: the way there from the page, with one. Links and words stay, and
    so do addresses with a step that begins with a dot, which might leave the site or mean another one.
    """
    below = f"{escape(url)}/"

    def way(address: str) -> str:
        path = address.removeprefix(below)
        return address if path == address or _STRAYS.search(path) else root + path

    def shown(attribute: re.Match[str]) -> str:
        before, name, value = attribute.groups()
        if name == "src":
            return f"{before}{way(value)}"
        if name == "srcset":
            return before + _CANDIDATE.sub(lambda one: way(one[0]), value)
        return attribute[0]

    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(shown, tag[0]), page) if "<img" in page else page
