"""Keep the places within a text that its own links lead to, such as footnotes, wherever the text is shown."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

from dispatch.html.tokens import escape_html, rewrite_addresses, split_tokens

_LINKED = re.compile(r"""href\s{0,9}=\s{0,9}["']?[^"'\s>#]{0,2000}#([^"'\s>]{1,200})""", re.IGNORECASE)
_PLACED = re.compile(r"""(?<![\w-])(?:id|name)\s{0,9}=\s{0,9}["']?([^"'\s>]{1,200})""", re.IGNORECASE)
_ID = re.compile(r' id="([^"]*)"')
_LOCAL = re.compile(r' href="#([^"]+)"')


def find_targets(html: str) -> frozenset[str]:
    """Find the ids in foreign HTML that its links may lead to, as they are written; some may be in no element."""
    if "#" not in html:
        return frozenset()
    linked = {_fold_id(found) for found in _LINKED.findall(html)}
    return frozenset(name for found in _PLACED.findall(html) if _fold_id(name := unescape(found)) in linked)


def find_local_target(url: str, base: str, targets: frozenset[str]) -> str:
    """Return the id in the same text that an address leads to; empty when it leads elsewhere."""
    page, mark, fragment = url.partition("#")
    if not mark or page not in {"", base.partition("#")[0]}:
        return ""
    return fragment if fragment in targets else next((one for one in targets if one == unquote(fragment)), "")


def find_ids(content: str) -> frozenset[str]:
    """Find the ids of the places within content."""
    return frozenset(map(unescape, _ID.findall(content)))


def lead_elsewhere(content: str, resolve: Callable[[str], str] = lambda _: "") -> str:
    """Lead the links to places that the content does not have to where ``resolve`` says; else they are plain text."""
    if ' href="#' not in content:
        return content
    there = find_ids(content)
    return rewrite_addresses(
        content, lambda url: resolve(url) if url[:1] == "#" and url[1:] and url[1:] not in there else url
    )


def place_fragments(content: str, address: str, prefix: str, *, keep: bool = True) -> str:
    """Lead links within an article to ``address`` and its places, whose ids begin with ``prefix`` there.

    address: of the page where the text stands, without a fragment; empty for the page that is being made.
    keep: whether those places are in this text; an excerpt has none.
    """
    if ' id="' not in content and ' href="#' not in content:
        return content
    begin = escape_html(f"{address}#{prefix}")
    new = rf' id="{escape_html(prefix)}\1"' if keep else ""
    return "".join(
        _LOCAL.sub(lambda link: f' href="{begin}{link[1]}"', _ID.sub(new, token.source)) if token.tag else token.source
        for token in split_tokens(content)
    )


def _fold_id(written: str) -> str:
    return unquote(unescape(written))
