"""Shows an edition as a reader sees it whose screen is dark, who prints, who has pictures off, who reads feeds. Pure.

A frame cannot be told to prefer dark. So what the edition says for the dark is made to hold always, or never, and
nothing else is changed but addresses: the publication's own pictures, styles and pages come from the preview. A feed is
read back from its finished bytes, with the parsers of the check.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from html import escape, unescape

from dispatch.checks.feed_items import FEED_READERS, Feed, FeedItem
from dispatch.desk import outlook
from dispatch.errors import CheckError
from dispatch.model import Place

FORMATS: Mapping[str, str] = {"xml": "rss", "atom": "atom", "json": "json"}
VIEWS = frozenset({"light", "dark", "print", "bare", "outlook"})

_FRAME = (
    "default-src 'none'; img-src {pictures}; style-src 'self' 'unsafe-inline'; font-src 'self' https: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_STYLE = re.compile(r"(<style\b[^>]*+(?:>|\Z))(.*?)(</style>|\Z)", re.DOTALL | re.IGNORECASE)
# A comment and a style are stepped over whole: what looks like a tag in them is none. What has no end goes on to the
# end of the page.
_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)|<style\b.*?(?:</style>|\Z)|"""
    r"""<(?P<name>a|area|img|link|meta|source)\b(?:[^>"']++|"[^"]*+"|'[^']*+')*+(?:>|["'].*\Z|\Z)""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""(?P<before>\s(?P<name>[\w:-]+)\s*=\s*)(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")
_PREFERS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_SCHEME = re.compile(r"(?<![\w-])(color-schemes?\s*:\s*)(?:light\s+dark|dark\s+light)", re.IGNORECASE)
_MEDIA = re.compile(r"(@media\b)([^{;@]*+)(?=\{)", re.IGNORECASE)
_SHEET = re.compile(rb'(<\?xml-stylesheet\b[^>]*?\bhref=")([^"]*)(")')


def make_policy(look: Collection[str]) -> str:
    """What a frame may do (CSP level 3): show, and nothing else. Without pictures it may not even fetch them."""
    return _FRAME.format(pictures="'none'" if "bare" in look else "'self' https: http: data:")


def show_page(html: str, look: Collection[str], *, url: str, here: str, follows: bool) -> str:
    """Show a page or a mail as a reader sees it.

    url: the publication's address; what is below it comes from the path ``here``, which ends in a slash.
    follows: whether links to the publication's own pages lead there too. All others open beside the preview.
    """
    if "outlook" in look:
        html = outlook.resolve_comments(html)
    html = _rewrite_styles(html, look)

    def local(address: str) -> str:
        return _find_local(address, url, here)

    def tag(found: re.Match[str]) -> str:
        match (found["name"] or "").lower():
            case "a" | "area":
                return _rewrite_link(found[0], local if follows else str)
            case "img" | "source" | "link":
                return _rewrite_attributes(
                    found[0],
                    {"src": local, "href": local, "srcset": _rewrite_srcset(local), "media": _rewrite_query(look)},
                )
            case "meta":
                return (
                    _rewrite_attributes(found[0], {"content": _rewrite_scheme(look)})
                    if "color-scheme" in found[0]
                    else found[0]
                )
        return found[0]

    return _TAG.sub(tag, html)


def show_sheet(css: str, look: Collection[str]) -> str:
    """Show a style sheet as a reader sees it."""
    if "outlook" in look:
        css = outlook.drop_media_queries(css)
    css = _MEDIA.sub(lambda rule: rule[1] + _rewrite_query(look)(rule[2]), css)
    return _SCHEME.sub(lambda said: said[1] + find_scheme(look), css)


def find_scheme(look: Collection[str]) -> str:
    """Return light or dark, the scheme of this view; nobody prints in the dark."""
    return "dark" if "dark" in look and "print" not in look else "light"


def show_feed(xml: bytes, *, url: str, here: str) -> bytes:
    """A feed as a browser shows it: its style sheet comes from the preview."""
    return _SHEET.sub(
        lambda sheet: sheet[1] + _find_local(sheet[2].decode(), url, here).encode() + sheet[3], xml, count=1
    )


def read_feed(path: str, body: bytes) -> Feed:
    """The feed in a file. Raises CheckError."""
    format_ = FORMATS.get(path.rpartition(".")[2])
    if format_ is None:
        raise CheckError("is no feed", subject=Place(edition=path))
    return FEED_READERS[format_](body)


def list_headlines(feed: Feed) -> list[dict[str, object]]:
    """The entries as a list of headlines."""
    return [
        {
            "title": said.title,
            "names": [who for who, _ in said.authors],
            "source": said.source[0] if said.source else "",
            "url": said.url,
            "date": said.published or said.updated,
            "summary": said.summary,
        }
        for said in feed.entries
    ]


def find_entry(feed: Feed, number: int) -> FeedItem:
    """One entry, counted from 0. Raises CheckError."""
    if not 0 <= number < len(feed.entries):
        raise CheckError("has no such entry")
    return feed.entries[number]


def write_page(title: str, body: str, scheme: str, language: str = "") -> str:
    """A text as a page; a reader gives it no more style than this. The scheme is light or dark."""
    lang = f' lang="{escape(language)}" dir="auto"' if language else ""
    return (
        f'<!doctype html><html{lang} style="color-scheme: {scheme}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<link rel="stylesheet" href="/reader.css"></head>'
        f"<body>{body}</body></html>"
    )


def _rewrite_query(look: Collection[str]) -> Callable[[str], str]:
    """A media query that holds when it would for this reader."""
    wanted = find_scheme(look)

    def rewritten(query: str) -> str:
        query = _PREFERS.sub(lambda asked: "(min-width: 0)" if asked[1].lower() == wanted else "(max-width: 0)", query)
        if "print" in look:
            query = re.sub(r"\bscreen\b", "speech", re.sub(r"\bprint\b", "all", query, flags=re.IGNORECASE))
        return query

    return rewritten


def _rewrite_scheme(look: Collection[str]) -> Callable[[str], str]:
    return lambda said: find_scheme(look) if said.split() in (["light", "dark"], ["dark", "light"]) else said


def _rewrite_styles(html: str, look: Collection[str]) -> str:
    """Change the page's own style sheets too; a policy that names them by their digest still does."""
    digests: dict[str, str] = {}

    def rewritten(style: re.Match[str]) -> str:
        css = show_sheet(style[2], look)
        digests[_digest_style(style[2])] = _digest_style(css)
        return style[1] + css + style[3]

    html = _STYLE.sub(rewritten, html)
    for before, after in digests.items():
        html = html.replace(before, after)
    return html


def _digest_style(css: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()}'"


def _rewrite_link(tag: str, local: Callable[[str], str]) -> str:
    """A link: within the frame where it leads to the publication, else beside the preview."""
    tag = _rewrite_attributes(tag, {"href": local})
    address = next((unescape(_find_value(found)) for found in _ATTRIBUTE.finditer(tag) if found["name"] == "href"), "")
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", address) and " target=" not in tag:
        return re.sub(r"^<\w+", lambda begun: f'{begun[0]} target="_blank" rel="noopener"', tag)
    return tag


def _rewrite_attributes(tag: str, changes: dict[str, Callable[[str], str]]) -> str:
    """A tag with other values in some of its attributes."""

    def rewritten(found: re.Match[str]) -> str:
        change = changes.get(found["name"].lower())
        before = unescape(_find_value(found))
        after = change(before) if change else before
        return found[0] if after == before else f'{found["before"]}"{escape(after)}"'

    return _ATTRIBUTE.sub(rewritten, tag)


def _find_value(found: re.Match[str]) -> str:
    return found["double"] if found["double"] is not None else found["single"]


def _rewrite_srcset(local: Callable[[str], str]) -> Callable[[str], str]:
    """Each address of a srcset (HTML, “srcset attributes”)."""
    return lambda value: re.sub(r"(^|,\s*)([^\s,]\S*)", lambda one: one[1] + local(one[2]), value)


def _find_local(address: str, url: str, here: str) -> str:
    """An address of the publication's own as the preview has it; any other as it is."""
    origin = "/".join(url.split("/", 3)[:3])
    whole = origin + address if address.startswith("/") and not address.startswith("//") else address
    if whole == url or whole.startswith((f"{url}/", f"{url}#", f"{url}?")):
        return here + whole[len(url) :].removeprefix("/")
    return address
