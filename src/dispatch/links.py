"""Addresses. One is an opaque string from the door to the ``href``: nothing here changes what a reader gets.

The results are for comparing, for a field that allows ASCII only, or for an address that was relative.
"""

import base64
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit

from dispatch.deferred import defer_pattern

SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_ALLOWED = defer_pattern(r"(?i:https?://[^/?#\s]|(?:mailto|tel):[^\s])[^\t\r\n]*")
_SCHEME = defer_pattern(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PARTS = defer_pattern(
    r"https?://(?P<user>[^/?#@]*@)?(?P<host>[^/?#@]*?)(?::(?P<port>\d*))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.IGNORECASE | re.DOTALL,
)
# Parameters that track where readers come from, and those that ask for a variant of a page.
_TRACKING = defer_pattern(
    r"(?:utm|pk|mtm|matomo|piwik|hsa)_.*|at_(?:medium|campaign|format|link_.*|custom\d|ptr_name|bbc_team)"
    r"|fb_(?:action_ids|action_types|ref|source)|(?:fb|g|d|msclk|y|ymc|tw|tt)clid|msclkid|gclsrc|[gw]braid|_openstat"
    r"|li_fat_id|igshid|igsh|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|hsctatracking|vero_(?:id|conv)|oly_(?:enc|anon)_id"
    r"|ref_(?:src|url)|__twitter_impression|wt[._]mc(?:_id)?|cmpid|guccounter|guce_referrer(?:_sig)?|smid|smtyp"
    r"|sr_share|soc_(?:src|trk)|trk|trkcampaign|spm|s_kwcid|xtor|_ga|_gl",
    re.IGNORECASE,
)
_VARIANT = defer_pattern(r"amp(?:=(?:1|true)?)?|output(?:type)?=amp|source=rss.*", re.IGNORECASE)
# What ends a path and says nothing, read from its end: from the front, it would be tried again at each slash.
_ENDING_BACKWARDS = defer_pattern(r"(?:(?:lmth\.)?pma[./]|/)++", re.IGNORECASE)
# A longer address can hold thousands of caches' addresses in one another, each a step of its own.
MOST_SIMPLIFIED = 10_000
_HOSTS = frozenset({"www", "m", "mobile", "amp"})
_AMP_CACHE = defer_pattern(r"https://(?:(?:[^/]+\.)?cdn\.ampproject\.org/[a-z]|google\.[a-z.]+/amp)/(?:s/)?(?=[^/]+\.)")
# Letters that IDNA 2003 replaced and browsers keep (UTS 46, “deviations”); the dots that divide a host.
_OWN_LETTERS = defer_pattern("[\u00df\u03c2\u200c\u200d]")
_DOTS = defer_pattern("[.\u3002\uff0e\uff61]")
_RESERVED = "!#$%&'()*+,/:;=?@[]"
# What stands before the path, and signs that no part of a URI may have (RFC 3986, section 2).
_BEGINNING = defer_pattern(
    r"(?:(?P<before>https?://(?:[^/?#\\@]*@)?)(?P<host>\[[^/?#\\\]]*\]|[^/?#\\:\[\]]*)(?P<port>[^/?#\\]*)|[a-z][a-z0-9+.-]*:)",
    re.IGNORECASE,
)
_NO_URI = defer_pattern(r"[\x00-\x20\"<>\[\\\]^`{|}\x7f]")
# The names of addresses in JSON Feed 1.1, its extensions and schema.org.
_ADDRESSES = frozenset({
    "avatar", "external_url", "feed_url", "home_page_url", "icon", "image", "isBasedOn", "license", "logo",
    "mainEntityOfPage", "next_url", "url",
})  # fmt: skip
# Whose pictures count readers, in feeds and in mail that is imported: hosts, with all below them, and how the path
# begins where they have other pictures as well.
# fmt: off
TRACKERS = frozenset({
    "2o7.net", "awstrack.me", "bat.bing.com", "chartbeat.net", "convertkit-mail.com", "convertkit-mail2.com",
    "counter.theconversation.com", "counter.theconversation.edu.au", "demdex.net", "doubleclick.net",
    "eotrx.substackcdn.com", "facebook.com/tr", "feedblitz.com/~", "feeds.feedburner.com", "feeds.wordpress.com",
    "feedsportal.com", "google-analytics.com", "google.com/recaptcha", "googlesyndication.com",
    "googletagmanager.com", "hits.guardian.co.uk", "hits.theguardian.com", "imrworldwide.com",
    "ioam.de", "ivwbox.de", "list-manage.com/track/", "mandrillapp.com/track/", "mathtag.com", "medium.com/_/stat",
    "met.vgwort.de", "omtrdc.net", "pheedo.com", "pixel.newscred.com", "pixel.parsely.com", "pixel.propublica.org",
    "pixel.wp.com", "px.ads.linkedin.com", "quantserve.com", "scorecardresearch.com", "sendgrid.net/wf/open",
    "sitemeter.com", "statcounter.com", "stats.wordpress.com", "t.co/i/adsct", "xiti.com",
})
# fmt: on
# Addresses of redirects that hold the one to which they lead: in a parameter, encoded in the path, in base64, or as
# Proofpoint writes it. Most come from mail programs, mail services and web searches.
_IN_QUERY = defer_pattern(
    r"https?://(?:(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?/url|lm?\.(?:facebook|instagram)\.com/(?:l\.php)?"
    r"|[\w-]{1,63}\.safelinks\.protection\.outlook\.com/[^?#]{0,99}|(?:www\.)?youtube\.com/redirect|slack-redir\.net/link"
    r"|(?:www\.)?vk\.com/away\.php|(?:www\.)?linkedin\.com/redir/redirect|out\.reddit\.com/\w*|t\.umblr\.com/redirect"
    r"|duckduckgo\.com/l/|medium\.com/r/?|linkprotect\.cudasvc\.com/url|steamcommunity\.com/linkfilter/"
    r")\?(?:[^#]*?&)?(?:q|u|url|to|z|uddg|a)=(?P<url>https?(?::|%3A)(?://|%2F%2F)[^&#]+)",
    re.IGNORECASE,
)
_IN_PATH = defer_pattern(
    r"https?://(?:[^/?#]+/C?L0|secure-web\.cisco\.com/[^/?#]+)/(?P<url>https?(?::|%3A)%2F%2F[^/?#]+)", re.IGNORECASE
)
_IN_BASE64 = defer_pattern(
    r"https?://(?:click\.convertkit-mail\d?\.com/(?:[^/?#]+/){2}|substack\.com/redirect/2/)(?P<url>[A-Za-z0-9_-]+)=*"
)
_IN_JSON = defer_pattern(rb'\{"e":"(?P<url>https?://[^"\\]+)"')
_BY_PROOFPOINT = defer_pattern(
    r"https?://urldefense\.(?:proofpoint\.com/v2/url\?u=(?P<url>https?-3A__[^&]+)|com/v3/__(?P<url3>https?:/[^*]+?)__;)"
)
# No host behind a user and password, or one that browsers and parsers take differently (URL Standard, section 4.4).
_PLAIN_HOST = defer_pattern(r"https?://[^/?#@\\%\s\x00-\x1f]+(?:[/?#]|$)", re.IGNORECASE)
_MOST_WRAPPED = 8  # redirects in one another
_ENCODED = defer_pattern(r"[A-Za-z0-9._~!#$&'()*+,/:;=?@\[\]-]*")  # nothing that could be encoded otherwise


def is_absolute(url: str) -> bool:
    """Whether an address has a scheme."""
    return bool(_SCHEME.match(url))


def is_allowed(url: str) -> bool:
    """Whether a text is an absolute address as files may hold it: http or https with a host, mailto or tel."""
    return bool(_ALLOWED.fullmatch(url)) and (not is_web_address(url) or bool(parse_host(url)))


def resolve_address(base: str, url: str) -> str:
    """Resolve an address as a browser on the page at ``base`` would follow it.

    An absolute one is returned byte for byte; ``//host`` is read as ``https://host``; only a relative one is joined
    (RFC 3986, section 5). Without a base, or with one that is no address, a relative one stays relative.
    """
    if url.startswith("//"):
        return "https:" + url
    if is_absolute(url) or not base:
        return url
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def is_web_address(url: str) -> bool:
    """Whether an address can be opened on the web: http or https, with a host."""
    return bool(re.match(r"https?://[^/?#\s]", url, re.IGNORECASE))


def is_file_address(url: str) -> bool:
    """Whether an address may be that of a picture or another file: on the web, or relative.

    What browsers drop from an address, and could hide a scheme behind, stands in none (URL Standard, section 4.4).
    """
    return not re.search(r"^ |[\x00-\x1f]", url) and (is_web_address(url) or not is_absolute(url))


def is_picture_address(url: str) -> bool:
    """Whether a picture at this address may be shown: it is on the web, and not there to count readers."""
    return is_web_address(url) and is_file_address(url) and not is_tracker(url)


def is_tracker(url: str) -> bool:
    """Whether a picture at this address is known to be there to count readers."""
    host, path = parse_host(url).rstrip("."), url.partition("://")[2].partition("/")[2]
    known = (name.partition("/") for name in TRACKERS)
    return any(f".{host}".endswith(f".{name}") and path.lstrip("/").startswith(begin) for name, _, begin in known)


def unwrap_redirect(url: str) -> str:
    """Return the address to which a redirect leads, where the redirect's own address holds it; else the same address.

    What a search engine, a mail program or a mail service has wrapped is decoded once, and returned byte for byte; not
    where programs would disagree about the host that it leads to.
    """
    undone = url
    for _ in range(_MOST_WRAPPED if len(url) <= MOST_SIMPLIFIED else 0):
        wrapped = _find_wrapped(undone)
        if not (_PLAIN_HOST.match(wrapped) and is_allowed(wrapped)):
            return undone
        undone = wrapped
    return url


def _find_wrapped(url: str) -> str:
    """Find the address within that of a redirect, decoded; empty when there is none."""
    try:
        if found := _IN_QUERY.match(url) or _IN_PATH.match(url):
            return unquote(found["url"], errors="strict")
        if found := _BY_PROOFPOINT.match(url):
            return found["url3"] or unquote(found["url"].replace("-", "%").replace("_", "/"), errors="strict")
        if found := _IN_BASE64.match(url):
            decoded = base64.urlsafe_b64decode(found["url"] + "==")
            named = _IN_JSON.match(decoded)
            return (named["url"] if named else decoded).decode()
    except ValueError:
        return ""
    return ""


def encode_ascii(url: str) -> str:
    """Encode an address in ASCII, for what only machines read; a browser asks for the same, and a URI stays as it is.

    The host is written in punycode (RFC 3490), everything else percent-encoded as UTF-8 where a URI cannot have it (RFC
    3986). Percent signs stay as they are. A backslash in a path is a slash, as in browsers (URL Standard, section 4.4).
    """
    match = _BEGINNING.match(url)
    beginning, rest = (match[0], url[match.end() :]) if match else ("", url)
    if url.isascii() and not _NO_URI.search(rest) and not _NO_URI.search(beginning.replace("[", "").replace("]", "")):
        return url
    if match and match["host"]:
        path = re.match(r"[^?#]*", rest)
        end = path.end() if path else 0
        beginning, rest = (
            match["before"] + _encode_host(match["host"]) + match["port"],
            rest[:end].replace("\\", "/") + rest[end:],
        )
    safe = "!#$%&'()*+,/:;=?@~-._"
    return quote(beginning, safe=f"{safe}[]") + quote(rest, safe=safe)


def encode_addresses(value: object, name: str = "") -> object:
    """Encode in ASCII the addresses in the values of JSON, which are under the names of ``_ADDRESSES``."""
    if isinstance(value, Mapping):
        return {key: encode_addresses(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [encode_addresses(each, name) for each in value]
    return encode_ascii(value) if name in _ADDRESSES and isinstance(value, str) and is_web_address(value) else value


def parse_host(url: str) -> str:
    """Return the host of an address in lower case; empty when there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def find_site(url: str) -> str:
    """Find the part of a host that its owner has registered, as far as the host alone tells: for comparing only."""
    host = parse_host(url)
    labels = host.split(".")
    is_second_level = len(labels[-1]) == 2 and len(labels[-2:][0]) < 4  # co.uk, com.br
    return host if labels[-1].isdecimal() else ".".join(labels[-3 if is_second_level else -2 :])


@lru_cache(maxsize=1 << 16)
def canonicalise_address(url: str) -> str:
    """Reduce an address to what all addresses of the same article share: for comparing only, never to be shown.

    Removed are: http or https, www., mobile and AMP variants, default port, trailing slash, tracking parameters and
    their order, and the fragment, unless it is a route in a program (``#!`` or ``#/``). An address that is not of the
    web, or longer than 10,000 characters, is returned as it is, except that half a surrogate pair becomes a question
    mark: the result can always be encoded and stored. Applied twice, it changes nothing more.
    """
    found = url.strip().encode("utf-8", "replace").decode("utf-8")
    while len(found) <= MOST_SIMPLIFIED and is_web_address(found) and (simpler := _simplify_address(found)) != found:
        found = simpler
    return found


def parse_place(url: str) -> str:
    """Return the fragment of an address that names a place on the page, and neither a text nor who sent the reader."""
    place = url.partition("#")[2].partition(":~:")[0]
    return "" if _is_tracking(place) else place


def _simplify_address(url: str) -> str:
    """Do one step of ``canonicalise_address``; every step but the first shortens an address, or leaves it as it is."""
    parts = _PARTS.fullmatch(url)
    if parts is None:
        return url
    labels = _encode_host(parts["host"]).lower().rstrip(".").split(".")
    labels = [label for label in labels[:-2] if label not in _HOSTS] + labels[-2:]
    port = f":{parts['port']}" if parts["port"] and parts["port"] not in ("80", "443") else ""
    path = _encode_part(parts["path"] or "")
    ending = _ENDING_BACKWARDS.match(path[::-1])
    path = path[: len(path) - (ending.end() if ending else 0)]
    queries = sorted(
        _encode_part(part) for part in (parts["query"] or "").split("&") if part and not _is_tracking(part)
    )
    query = f"?{'&'.join(queries)}" if queries else ""
    fragment = (parts["fragment"] or "").partition(":~:")[0]
    kept = f"#{_encode_part(fragment)}" if fragment.startswith(("!", "/")) else ""
    simple = f"https://{parts['user'] or ''}{'.'.join(labels)}{port}{path}{query}{kept}"
    return _AMP_CACHE.sub("https://", simple, count=1)


def _is_tracking(query: str) -> bool:
    return bool(_TRACKING.fullmatch(query.partition("=")[0]) or _VARIANT.fullmatch(query))


def _encode_host(host: str) -> str:
    """Encode a host in punycode where possible, as browsers do (UTS 46): ß and ς are letters of their own."""
    if host.isascii():
        return host.lower()
    small = "".join(map(str.lower, host))  # letter by letter: Σ at the end of a word is no ς
    try:
        if not _OWN_LETTERS.search(small):
            return host.encode("idna").decode("ascii")
        labels = _DOTS.split(unicodedata.normalize("NFKC", small))
        return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels)
    except UnicodeError:
        return host


def _encode_part(part: str) -> str:
    """Encode a part of an address in one way of several: what may stand unencoded does (RFC 3986, section 2.3)."""
    if _ENCODED.fullmatch(part):
        return part

    def decode_unreserved(found: re.Match[str]) -> str:
        sign = unquote(found[0])
        return sign if re.fullmatch(r"[A-Za-z0-9._~-]", sign) else found[0].upper()

    quoted = quote(part, safe="%" + _RESERVED + "-._~", errors="replace")
    return re.sub(r"%[0-9A-Fa-f]{2}", decode_unreserved, quoted)
