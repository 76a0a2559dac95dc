"""Pictures on the pages of the site: from copies in several widths and forms, by addresses relative to the page."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import groupby
from operator import attrgetter

from dispatch.html.tokens import escape, tokens
from dispatch.model import Copy

# How wide a picture in the text is shown; a browser chooses by it before it knows the style sheet.
MEASURE = "(max-width: 480px) calc(100vw - 40px), (max-width: 724px) calc(100vw - 64px), 660px"

_ATTRIBUTE = re.compile(r' ([^\s="<>/]+)="([^"]*)"')
_PICTURE_TAG = re.compile(r'<(?:img|source)(?:\s+[^\s"\'<>/=]+(?:="[^"]*")?)++\s*/?>')
_ANY_ATTRIBUTE = re.compile(r'(\s([^\s"\'<>/=]+)=")([^"]*)')
_STRAYS = re.compile(r"(?:^|/)(?:/|\.)|\\")
_CANDIDATE = re.compile(r"(?<![^\s])[^\s,]\S*")


def with_copies(content: str, copies: Mapping[str, Copy], *, first: str = "") -> str:
    """Content as it stands on a page of the site: each picture that has a copy is shown from that.

    first: the address of the picture that the page begins with, which a browser fetches at once. The result is HTML
    and XML alike, but no content any more: do this last.
    """

    def shown(source: str) -> str:
        said = {name: unescape(value) for name, value in _ATTRIBUTE.findall(source)}
        copy = copies.get(said.get("src", ""))
        return picture(copy, said, sizes=MEASURE, waits=said["src"] != first) if copy else source

    if not copies or "<img " not in content:
        return content
    return "".join(shown(one.source) if one.tag == "img" else one.source for one in tokens(content))


def picture(copy: Copy, attributes: Mapping[str, str], *, sizes: str, waits: bool, kind: str = "") -> str:
    """A copy as HTML (HTML, section 4.8.4).

    attributes: what is said of the picture besides its address, such as its words; width and height are the copy's.
    sizes: how wide it is shown. waits: whether it is fetched when it comes near to the window. kind: a class.
    """
    *others, (_, known) = _forms(copy, sizes)
    own = {
        "src": copy.url,
        **known,
        "width": str(copy.width),
        "height": str(copy.height),
        **({name: value for name, value in attributes.items() if name not in {"src", "width", "height"}}),
        **({"loading": "lazy"} if waits else {}),
        "decoding": "async",
    }
    sources = "".join(f"<source{_written({'type': name, **form})} />" for name, form in others)
    return f"<picture{_written({'class': kind} if kind else {})}>{sources}<img{_written(own)} /></picture>"


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

    return _PICTURE_TAG.sub(lambda tag: _ANY_ATTRIBUTE.sub(shown, tag[0]), page) if "<img" in page else page


def _forms(copy: Copy, sizes: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The forms of a copy by their media types, the best first, with what a browser chooses by."""
    for media_type, variants in groupby(copy.variants, attrgetter("media_type")):
        widths = ", ".join(f"{one.url} {one.width}w" for one in variants)
        yield media_type, {"srcset": widths, "sizes": sizes} if "," in widths else {}


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
