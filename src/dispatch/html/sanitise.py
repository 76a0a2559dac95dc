"""Sanitise foreign HTML, or refuse it. The one user of nh3."""

import re
from collections import Counter
from html import unescape
from itertools import pairwise
from urllib.parse import unquote

from dispatch import links
from dispatch.deferred import defer_pattern
from dispatch.errors import GatherError
from dispatch.html import embeds, formulas, tokens
from dispatch.html.tokens import ATTRIBUTES, BLOCKS, VOID

MOST_BYTES = 2 * 1024 * 1024
MOST_LEVELS = 256
MOST_REOPENED = 100_000
MOST_MOVES = 8

# fmt: off
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q",
    "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})
# Converted to div: their meaning as landmarks belongs to the page they came from, not to ours.
_AS_DIV = frozenset({
    "address", "article", "aside", "center", "details", "footer", "header", "hgroup", "main", "nav", "section",
    "summary",
})
_RAW = frozenset({
    "applet", "audio", "button", "canvas", "form", "iframe", "math", "noembed", "noframes", "noscript", "object",
    "plaintext", "script", "select", "style", "svg", "template", "textarea", "title", "video", "xmp",
})
# HTML lets these be opened again without being closed, so they add nothing to the depth (HTML, section 13.1.2.4).
_NEVER_NEST = VOID | {
    "col", "dd", "dt", "input", "li", "link", "meta", "option", "p", "source", "tbody", "td", "tfoot", "th", "thead",
    "tr",
}
_ITEMS = frozenset({"dd", "dt", "li"})
_SIDES = frozenset({"center", "left", "right"})
_LINE = frozenset({"a", "b", "br", "em", "i", "strong"})
# One of these that is left open is reopened in every block that follows (HTML, section 13.2.4.3).
_REOPENED = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})
# fmt: on
_ALLOWED: dict[str, set[str]] = {
    "*": {"dir", "id", "lang", "title"},
    "a": {"class", "href", "hreflang", "name"},
    "blockquote": {"cite"},
    "del": {"cite", "datetime"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start"},
    "q": {"cite"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
}

_ILLEGAL = defer_pattern("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A text without any of these comes out as it went in.
_MARKUP = defer_pattern("[<>&\r]")
_SPACES = defer_pattern(r"[ \t\n\r\f]+")
_ANY_TAG = defer_pattern(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_LOOSE = defer_pattern(
    r'<[a-z][a-z0-9]*(?: [^\s="<>/]+="[^"<]*")* [^\s="<>/]+="[^"<]*<[^"]*"(?: [^\s="<>/]+="[^"]*")*>'
)
_CHANGED = defer_pattern(rf"<(/?)({'|'.join(sorted(_AS_DIV | VOID | {'a'}))})({ATTRIBUTES})>")
# Letters in both cases: where case is ignored, or another position is looked at first, Python tries at each character.
_LINKED = defer_pattern(r"""[hH][rR][eE][fF]\s{0,9}=\s{0,9}["']?[^"'\s>#]{0,2000}#([^"'\s>]{1,200})""")
_PLACED = defer_pattern(
    r"""[iInN](?<![\w-].)(?:(?<=[iI])[dD]|(?<=[nN])[aA][mM][eE])\s{0,9}=\s{0,9}["']?([^"'\s>]{1,200})"""
)
_TINY = defer_pattern(r' (?:width|height)="\s*0*[01](?![\d%])')
_UNSEEN = defer_pattern(
    r"""<img\b[^<>]*\sstyle\s*=\s*["'](?:[^"'<>]*[;\s])?(?:max-)?(?:width|height)\s*:\s*[01]px[^<>]*>""", re.IGNORECASE
)
_PRE = defer_pattern(rf"(<pre{ATTRIBUTES}>)\n+")


def remove_illegal_characters(text: str) -> str:
    """Remove the characters that XML forbids (XML 1.0, section 2.2), lone surrogates among them."""
    return text if text.isprintable() else _ILLEGAL.sub("", text)


def sanitise_html(html: str, base: str = "") -> str:
    """Sanitise foreign HTML, and return it as content.

    An embed, such as a video, becomes a link; a picture that is loaded late is a picture, and a formula its TeX. An id
    stays where a link of the same text leads to it.
    Relative addresses are resolved against ``base``; without one they stay as they are. Absolute ones are not touched.
    Raises GatherError when the HTML is larger than 2 MiB or nested more than 256 levels deep: sanitising takes more
    than linear time there.
    """
    html = _UNSEEN.sub("", remove_illegal_characters(html))
    _refuse_html_bombs(html)
    if not _MARKUP.search(html):
        return html.strip()
    html = formulas.write_formulas(html)
    import nh3

    targets = _find_targets(html)
    placed: set[str] = set()
    home = links.resolve_address(base, "/") if _is_followed(base) else None

    def filter_attribute(_tag: str, attribute: str, value: str) -> str | None:
        if attribute in {"id", "name"}:
            fresh = value in targets and value not in placed
            placed.add(value)
            return value if fresh else None
        if attribute == "align":
            return value if value in _SIDES else None
        if attribute == "class":
            return embeds.MARK if embeds.MARK in value.split() else None
        if attribute not in {"href", "src", "cite"}:
            return value
        if attribute == "href" and (target := _find_local_target(value, base, targets)):
            return f"#{target}"
        # nh3 has already checked the scheme, but with illegal characters in it, which hid another one.
        written = remove_illegal_characters(value).strip("\t\n\r ")
        value = links.resolve_address(base, written)
        if attribute == "src" and links.is_tracker(value):
            return None
        value = links.unwrap_redirect(value) if attribute == "href" else value
        schemes = {"http", "https"} if attribute == "src" else links.SCHEMES
        if links.is_absolute(value) and value.partition(":")[0].lower() not in schemes:
            return None
        if home is None:  # relative to a host that can be none
            return value if value == written and links.is_absolute(value) else None
        return value if value == written or value.startswith(home) or _is_followed(value) else None

    tags = BLOCKS | _INLINE | _AS_DIV
    if embeds.is_worth_looking(html):
        wide = nh3.Cleaner(
            tags=set(tags | embeds.TAGS),
            clean_content_tags=set(_RAW - embeds.TAGS),
            attributes={
                name: _ALLOWED.get(name, set()) | embeds.LATE_ATTRIBUTES.get(name, set())
                for name in _ALLOWED.keys() | embeds.LATE_ATTRIBUTES.keys()
            },
            url_schemes=set(links.SCHEMES),
            link_rel=None,
        )
        html = remove_illegal_characters(embeds.replace_embeds(wide.clean(html), wide.clean))
    cleaner = nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=set(_RAW),
        attributes=_ALLOWED,
        attribute_filter=filter_attribute,
        url_schemes=set(links.SCHEMES),
        link_rel=None,
    )

    def clean(written: str) -> str:
        placed.clear()
        return _make_well_formed(cleaner.clean(written))

    content = clean(html)
    for _ in range(MOST_MOVES):
        if not _may_move(content) or content == (content := clean(content)):
            break
    return tokens.drop_unlinked_ids(tokens.lead_elsewhere(content, lambda url: links.resolve_address(base, url)))


def sanitise_line(html: str, base: str = "") -> str:
    """Sanitise a line that a publisher requires: words, emphasis, line breaks and absolute links, byte for byte.

    Blocks become spaces; relative addresses are resolved against ``base``, and a link that stays relative is plain
    text. The result is content, and comes out as it went in. Raises GatherError as ``sanitise_html`` does.
    """
    html = remove_illegal_characters(html)
    _refuse_html_bombs(html)
    import nh3

    def filter_address(_tag: str, _attribute: str, value: str) -> str | None:
        address = links.resolve_address(base, remove_illegal_characters(value).strip("\t\n\r "))
        return address if links.is_allowed(address) else None

    cleaner = nh3.Cleaner(
        tags=set(_LINE | BLOCKS),
        clean_content_tags=set(_RAW),
        attributes={"a": {"href"}},
        attribute_filter=filter_address,
        url_schemes=set(links.SCHEMES),
        link_rel=None,
    )
    line, words, is_linked = "", "", False
    for token in tokens.split_tokens(_make_well_formed(cleaner.clean(html))):
        if token.tag == "a" and not token.end:
            is_linked = " href=" in token.source
        if not token.tag or token.tag in BLOCKS:
            words += " " if token.tag else token.source
        elif token.tag != "a" or is_linked:
            line += _SPACES.sub(" ", words) + token.source
            words = ""
    return (line + _SPACES.sub(" ", words)).strip(" ")


def measure_nesting(html: str, most: int) -> tuple[int, int]:
    """Measure how deep elements nest, and how often a parser would reopen one that was left open.

    Counted without parsing, never too low up to ``most`` levels; tags within scripts count too.
    """
    left_open: Counter[str] = Counter()
    deepest = depth = reopened = reopens = 0
    for end, name in _ANY_TAG.findall(html):
        tag, change = name.lower(), -1 if end else 1
        reopened += 0 if end else reopens
        # An end tag closes only an open element, and a link closes the link before it.
        if tag not in _NEVER_NEST and 0 <= left_open[tag] + change <= (1 if tag == "a" else most + 1):
            left_open[tag] += change
            depth += change
            reopens += change if tag in _REOPENED else 0
            deepest = max(deepest, depth)
    return deepest, reopened


def _is_followed(address: str) -> bool:
    """Whether nh3 leaves a link to an address: it drops what names no host that could be one."""
    import nh3

    link = f'<a href="{tokens.escape_html(address)}"></a>'
    return nh3.clean(link, url_schemes=set(links.SCHEMES), link_rel=None) != "<a></a>"


def _find_targets(html: str) -> frozenset[str]:
    """Find the ids in foreign HTML that its links may lead to, as they are written; some may be in no element."""
    if "#" not in html:
        return frozenset()
    linked = {unquote(unescape(found)) for found in _LINKED.findall(html)}
    placed = _PLACED.findall(html) if linked else ()
    return frozenset(name for found in placed if unquote(name := unescape(found)) in linked)


def _find_local_target(url: str, base: str, targets: frozenset[str]) -> str:
    """Return the id in the same text that an address leads to; empty when it leads elsewhere."""
    page, mark, fragment = url.partition("#")
    if not mark or page not in {"", base.partition("#")[0]}:
        return ""
    return fragment if fragment in targets else next((one for one in targets if one == unquote(fragment)), "")


def _make_well_formed(cleaned: str) -> str:
    """Make what nh3 wrote well-formed for XML as well."""
    # References such as &#1; and &#13; have become characters: a parser reads a carriage return as a line break (HTML,
    # 13.2.3.5; XML, 2.11), and drops the one at the beginning of a pre.
    cleaned = remove_illegal_characters(cleaned).replace("\r\n", "\n").replace("\r", "\n")
    cleaned = _PRE.sub(r"\1", cleaned).replace("&nbsp;", "\N{NO-BREAK SPACE}")
    return _CHANGED.sub(_rewrite_tag, _LOOSE.sub(_escape_less_than, cleaned)).strip()


def _may_move(content: str) -> bool:
    """Whether a parser may read the content differently from how it was written (HTML, section 13.2.9).

    What may not stand in a table is moved before it; a heading ends where the next one begins, and so do a link and an
    item.
    """
    headings, anchors = re.findall("<(/?)h[1-6]", content), re.findall("<(/?)a[ >]", content)
    items = re.findall(r"<(/?(?:[dou]l|li|d[dt]))\b", content)
    return (
        "<table" in content
        or any(one == other for one, other in (*pairwise(headings), *pairwise(anchors)))
        or any(_ITEMS.issuperset(pair) for pair in pairwise(items))
    )


def _refuse_html_bombs(html: str) -> None:
    """Raise GatherError on HTML that is too large or too deep, before a parser builds it."""
    if len(html.encode()) > MOST_BYTES:
        raise GatherError("the text is larger than 2 MiB", hint="Add it with --syndicate link and --no-fetch.")
    if html.count("<") <= MOST_LEVELS:
        return
    deepest, reopened = measure_nesting(html, MOST_LEVELS)
    if deepest > MOST_LEVELS or reopened > MOST_REOPENED:
        raise GatherError("the text is nested more than 256 levels deep", hint="Add it as plain text.")


def _escape_less_than(tag: re.Match[str]) -> str:
    """Escape ``<`` in the attributes of a tag, where XML would begin another tag."""
    return "<" + tag[0][1:].replace("<", "&lt;")


def _rewrite_tag(tag: re.Match[str]) -> str:
    """Rewrite a tag: close a void one, turn a landmark into a plain block, drop a picture that nobody can see."""
    end, name, rest = tag.groups()
    said = tokens.read_attributes(rest)
    if name == "a":
        if "name" in said:
            said.setdefault("id", said.pop("name"))
            rest = "".join(f' {key}="{tokens.escape_html(value)}"' for key, value in said.items())
        return f"<{end}a{rest}>"
    if name in _AS_DIV:
        return f"<{end}div{rest}>"
    # A picture of one pixel is there to count readers, and one that is known to has lost its address.
    return "" if name == "img" and ("src" not in said or _TINY.search(rest)) else f"<{name}{rest} />"
