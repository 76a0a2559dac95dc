"""Make of what content cannot hold something that it can: of an embed a link, of a lazy picture a picture."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import unquote

from dispatch import links
from dispatch.deferred import defer_pattern
from dispatch.html.tokens import ATTRIBUTES, escape_html, read_attributes

EMBEDS = frozenset({"audio", "embed", "iframe", "object", "video"})
TAGS = EMBEDS | {"noscript", "picture", "source"}
MARK = "embed"
"""The class of a link that stands where an embed stood."""

# Where scripts look for the address of a picture that is to be loaded late, the surest first.
_LATE = ("data-src", "data-lazy-src", "data-original", "data-orig-file", "data-url")
_LATE_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_SHOWN = ("alt", "title", "width", "height", "lang", "dir")
LATE_ATTRIBUTES = {
    **{
        name: {"src", "data", "data-src", "data-lazy-src", "title", "aria-label", "width", "height", "class"}
        for name in EMBEDS
    },
    "img": {*_LATE, *_LATE_SETS},
    "source": {"src", "srcset", "data-srcset"},
}

_WORTH = defer_pattern(rf"<(?:{'|'.join(sorted(TAGS))})\b", re.IGNORECASE)
_LATE_NAME = defer_pattern(r"\b(?:data-[a-z]|srcset)")
_TAG = defer_pattern(rf"<(/?)(a|h[1-6]|img|p|{'|'.join(sorted(TAGS))})({ATTRIBUTES})>")
_SHOWS = defer_pattern(rf"<(?:img|{'|'.join(sorted(EMBEDS))}){ATTRIBUTES}>")
_LINK = defer_pattern(rf'<a(?=[^<>]*? class="{MARK}"){ATTRIBUTES}>([^<]*)</a>')
_PLACEHOLDER = defer_pattern(
    r"(?:blank|grey|lazy|loader|loading|pixel|placeholder|spacer|transparent)[^/]*$", re.IGNORECASE
)
_CANDIDATE = defer_pattern(r"(?<![^\s,])([^\s,]\S*[^\s,])(?:\s+(\d{1,5})w)?")
_BUTTON = defer_pattern(
    r"//(?:[\w-]+\.)*(?:facebook\.com/(?:v[\d.]+/)?plugins/(?:like|share|follow|page|fan)"
    r"|platform\.twitter\.com/widgets/(?:tweet|follow)_button|apis\.google\.com/.*plusone)"
)
# Whose frames hold advertising, and what marks one.
_AD_HOST = defer_pattern(
    r"(?:^|\.)(?:doubleclick\.net|google(?:syndication|adservices|tagservices|tagmanager)\.com|adnxs\.com|adsrvr\.org|adform\.net"
    r"|amazon-adsystem\.com|taboola\.com|outbrain\.com|criteo\.(?:com|net)|teads\.tv|pubmatic\.com|openx\.net|rubiconproject\.com"
    r"|smartadserver\.com|casalemedia\.com|media\.net|revcontent\.com|mgid\.com|zergnet\.com|plista\.com|adition\.com"
    r"|yieldlove\.com|moatads\.com|buysellads\.com|carbonads\.(?:com|net)|2mdn\.net|adsafeprotected\.com)$"
    r"|^(?:ads?|adserver|adsrv|banners?|pagead\d?)\d*\.[^.]+\.[^.]|\badserver\b"
)
_AD_CLASS = defer_pattern(
    r"(?:^|[\s_-])(?:ads?|advert(?:isement|ising)?|adsbygoogle|adsense|adslot|adunit|google_ads\w*|anzeige|werbung)(?:$|[\s_-])",
    re.IGNORECASE,
)
_AD_TITLE = defer_pattern(
    r"(?:advertisement|3rd party ad content|anzeige|werbung|publicidad|publicité|ad)", re.IGNORECASE
)
_TINY = defer_pattern(r"0*[01](?:px)?")
# What players call themselves, whatever they play.
_NAMELESS = frozenset({"youtube video player", "vimeo video player", "video player", "embedded content", "iframe"})
_WIDEST = 1_600
_LONGEST = 200


def is_worth_looking(html: str) -> bool:
    """Whether foreign HTML may hold an embed or a lazy picture."""
    small = html.lower()
    return bool(_WORTH.search(html) or (("data-" in small or "srcset" in small) and _LATE_NAME.search(small)))


def list_embeds(content: str) -> list[str]:
    """List the texts of the links that stand where embeds stood, in order."""
    return [" ".join(unescape(text).split()) for text in _LINK.findall(content)]


def replace_embeds(cleaned: str, clean: Callable[[str], str]) -> str:
    """Replace embeds by links, and give lazy pictures their addresses; sanitise the result.

    cleaned: HTML as ``clean`` writes it, with ``TAGS`` and ``LATE_ATTRIBUTES`` besides those of content; what stands in
    ``iframe`` and ``noscript`` is as foreign as it was.
    """
    return "".join(_replace_tags(cleaned, clean))


def _replace_tags(cleaned: str, clean: Callable[[str], str]) -> Iterator[str]:
    at = lines = 0
    shown = source = ""
    while tag := _TAG.search(cleaned, at):
        yield cleaned[at : tag.start()]
        at = tag.end()
        end, name, rest = tag.groups()
        said = read_attributes(rest)
        if name not in TAGS and name != "img":
            lines = max(0, lines + (-1 if end else 1))
            yield tag[0]
        elif name == "img":
            said["src"] = _choose_address(said, source)
            yield _format_image(said) if said["src"] != shown else ""
            shown = said["src"]
        elif name in {"picture", "source"}:
            source = "" if name == "picture" else source or _choose_address(said, "")
        elif not end:
            closing = cleaned.find(f"</{name}>", at)
            inner, at = (cleaned[at:closing], closing) if closing >= 0 and name != "embed" else ("", at)
            if name == "noscript":
                # It repeats what a script is to show: a picture is shown once.
                inside = "".join(_replace_tags("".join(_SHOWS.findall(clean(inner))), clean))
                yield inside if not shown or f'src="{escape_html(shown)}"' not in inside else ""
                continue
            url = _find_address(said) or next(
                (
                    url
                    for one in _SHOWS.findall(inner.replace("<source", "<embed"))
                    if (url := _find_address(read_attributes(one)))
                ),
                "",
            )
            if url and url != shown and not _is_unseen(said, url):
                link = f'<a class="{MARK}" href="{escape_html(url)}">{escape_html(_name_embed(said, url, name))}</a>'
                yield f" {link} " if lines else f"<p>{link}</p>"
                shown = url
    yield cleaned[at:]


def _find_address(said: dict[str, str]) -> str:
    """Find the address of an embed."""
    named = (said.get(name, "").strip() for name in ("data-src", "data-lazy-src", "src", "data"))
    return next((url for url in named if url and links.is_file_address(url)), "")


def _is_unseen(said: dict[str, str], url: str) -> bool:
    """Whether an embed counts readers, so that nobody can see it, is a button to share the page, or advertising."""
    is_ad = (
        _AD_HOST.search(links.parse_host(url))
        or _AD_CLASS.search(f"{said.get('class', '')} {said.get('id', '')}")
        or _AD_TITLE.fullmatch((said.get("title") or said.get("aria-label") or "").strip())
    )
    return bool(is_ad or links.is_tracker(url) or _BUTTON.search(url)) or any(
        _TINY.fullmatch(said.get(side, "")) for side in ("width", "height")
    )


def _name_embed(said: dict[str, str], url: str, name: str) -> str:
    """Name an embed: by its title, else by its file, or its place on the web."""
    title = " ".join((said.get("title") or said.get("aria-label") or "").split())
    title = "" if title.lower() in _NAMELESS else title
    path = re.sub(r"^(?:https?:)?//(?:www\.)?", "", url.partition("?")[0].rstrip("/"))
    place = path if name == "iframe" else path.rpartition("/")[2]
    return (title or unquote(place) or url)[:_LONGEST]


def _choose_address(said: dict[str, str], source: str) -> str:
    """Choose the address of a picture: the one that a script would show, else its own."""
    own = said.get("src", "").strip()
    named = (said.get(name, "").strip() for name in _LATE)
    late = next((url for url in named if url and links.is_file_address(url) and url[0] != "{"), "")
    sets = (said.get(name, "") for name in _LATE_SETS)
    offered = next((url for written in sets if (url := _choose_candidate(written))), "") or source
    return late or (own if own and not _PLACEHOLDER.search(own) else offered or own)


def _choose_candidate(srcset: str) -> str:
    """Choose the widest picture of a srcset up to 1600 pixels, else the first (HTML, section 4.8.4.2.1)."""
    found = [(int(width or 0), url) for url, width in _CANDIDATE.findall(srcset) if links.is_file_address(url)]
    fitting = [one for one in found if one[0] <= _WIDEST]
    return max(fitting, key=lambda one: one[0])[1] if fitting else found[0][1] if found else ""


def _format_image(said: dict[str, str]) -> str:
    own = "".join(f' {name}="{escape_html(said[name])}"' for name in ("src", *_SHOWN) if said.get(name) or name in said)
    return f"<img{own}>"
