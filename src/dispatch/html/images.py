"""Show a page's pictures from our own copies, in several widths and formats, and by addresses relative to the page."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from dispatch.html.tokens import ATTRIBUTES, escape_html, find_image_addresses, read_attributes, split_tokens
from dispatch.model import ImageCopy

# How wide a picture in the text is shown; a browser chooses by it before it knows the style sheet.
MEASURE = "(max-width: 480px) calc(100vw - 40px), (max-width: 724px) calc(100vw - 64px), 660px"

_PICTURE_TAG = re.compile(r'<(?:img|source)(?:\s+[^\s"\'<>/=]+(?:="[^"]*")?)++\s*/?>')
_ANY_ATTRIBUTE = re.compile(r'(\s([^\s"\'<>/=]+)=")([^"]*)')
_STRAYS = re.compile(r"(?:^|/)(?:/|\.)|\\")
_IMAGE = re.compile(rf"<img{ATTRIBUTES} ?/?>")
_EMPTY = re.compile(rf"<(a|p){ATTRIBUTES}>\s*</\1>")
_CANDIDATE = re.compile(r"(?<![^\s])[^\s,]\S*")


def use_image_copies(content: str, copies: Mapping[str, ImageCopy], *, first: str = "") -> str:
    """Show each picture in the content that has a copy from that copy, as the pages of the site do.

    first: the address of the first picture on the page, which a browser fetches at once. The result is HTML and XML
    alike, but no longer content: do this last.
    """

    def replace_image(source: str) -> str:
        said = read_attributes(source)
        copy = copies.get(said.get("src", ""))
        return format_picture(copy, said, sizes=MEASURE, waits=said["src"] != first) if copy else source

    if not copies or "<img " not in content:
        return content
    return "".join(replace_image(one.source) if one.tag == "img" else one.source for one in split_tokens(content))


def crop_copy(copy: ImageCopy) -> ImageCopy:
    """Take of a copy what is cropped to three by two, where it has that."""
    if not copy.thumbs:
        return copy
    last = copy.thumbs[-1]
    return replace(copy, url=last.url, width=last.width, height=max(1, round(last.width / 1.5)), variants=copy.thumbs)


def format_picture(copy: ImageCopy, attributes: Mapping[str, str], *, sizes: str, waits: bool, kind: str = "") -> str:
    """Format a copy as a ``picture`` element (HTML, section 4.8.4).

    attributes: those of the ``img`` besides its address, such as ``alt``; width and height are the copy's.
    sizes: how wide it is shown.
    waits: whether it is fetched only when it comes near the window.
    kind: a class.
    """
    *others, (_, known) = _group_by_media_type(copy, sizes)
    own = {
        "src": copy.url,
        **known,
        "width": str(copy.width),
        "height": str(copy.height),
        **({name: value for name, value in attributes.items() if name not in {"src", "width", "height"}}),
        **({"loading": "lazy"} if waits else {}),
        "decoding": "async",
    }
    sources = "".join(f"<source{_format_attributes({'type': name, **form})} />" for name, form in others)
    whole = _format_attributes({"class": kind} if kind else {})
    return f"<picture{whole}>{sources}<img{_format_attributes(own)} /></picture>"


def make_images_relative(page: str, url: str, root: str) -> str:
    """Make the site's own image addresses relative, so that a page works under any host or path.

    url: the site's address, without a slash at its end.
    root: the way to the site's folder from the page, with a slash.

    Links and words stay, and so do addresses with a step that begins with a dot: they might leave the site or mean
    another file.
    """
    below = f"{escape_html(url)}/"

    def shorten_address(address: str) -> str:
        path = address.removeprefix(below)
        return address if path == address or _STRAYS.search(path) else root + path

    def rewrite_attribute(attribute: re.Match[str]) -> str:
        before, name, value = attribute.groups()
        if name == "src":
            return f"{before}{shorten_address(value)}"
        if name == "srcset":
            return before + _CANDIDATE.sub(lambda one: shorten_address(one[0]), value)
        return attribute[0]

    return _PICTURE_TAG.sub(lambda tag: _ANY_ATTRIBUTE.sub(rewrite_attribute, tag[0]), page) if "<img" in page else page


def _group_by_media_type(copy: ImageCopy, sizes: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Group a copy's variants by media type, the best first, with the attributes that a browser chooses by."""
    for media_type, variants in groupby(copy.variants, attrgetter("media_type")):
        widths = ", ".join(f"{one.url} {one.width}w" for one in variants)
        yield media_type, {"srcset": widths, "sizes": sizes} if "," in widths else {}


def _format_attributes(attributes: Mapping[str, str]) -> str:
    """Format attributes as they stand in a tag, escaped."""
    return "".join(f' {name}="{escape_html(value)}"' for name, value in attributes.items())


def drop_images(content: str, is_wanted: Callable[[str], bool]) -> str:
    """Drop the pictures that are not wanted: a figure with one of them whole, and the links and paragraphs left empty.

    is_wanted: is given the address of each picture.
    """

    def keep_wanted(part: str) -> str:
        return part if all(map(is_wanted, find_image_addresses(part))) else ""

    if keep_wanted(content):
        return content
    kept: list[str] = []
    figure: list[str] = []
    depth = 0
    for token in split_tokens(content):
        depth += (token.tag == "figure") * (-1 if token.end else 1)
        (figure if depth or token.tag == "figure" else kept).append(token.source)
        if figure and not depth:
            kept.append(keep_wanted("".join(figure)))
            figure = []
    left = _IMAGE.sub(lambda image: keep_wanted(image[0]), "".join(kept))
    return _EMPTY.sub("", _EMPTY.sub("", left))
