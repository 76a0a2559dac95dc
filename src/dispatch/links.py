"""Addresses. One is an opaque string from the door to the ``href``: nothing here changes what a reader gets.

What the functions return is for comparing, for a field that allows ASCII only, or for an address that was relative.
"""

import re
from urllib.parse import quote, urljoin, urlsplit

SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def is_absolute(url: str) -> bool:
    """Whether an address has a scheme of its own."""
    return bool(_SCHEME.match(url))


def resolve(base: str, url: str) -> str:
    """An address as a reader of the page at ``base`` would follow it.

    An absolute one comes back as it is, byte for byte; ``//host`` is read as ``https://host``; only what is relative
    is joined (RFC 3986, section 5). Without a base, what is relative stays so.
    """
    if url.startswith("//"):
        return "https:" + url
    if is_absolute(url) or not base:
        return url
    return urljoin(base, url)


def is_web(url: str) -> bool:
    """Whether an address can be opened on the web: http or https, with a host."""
    return bool(re.match(r"https?://[^/?#\s]", url, re.IGNORECASE))


def ascii_form(url: str) -> str:
    """The address in ASCII, for RSS's ``link`` (its validator's rule): equal to what was given after decoding.

    The host is written in punycode (RFC 3490), everything else percent-encoded as UTF-8 (RFC 3986, section 2.5).
    Percent signs that stand in the address stay as they are.
    """
    if url.isascii() and not re.search(r"[\x00-\x20\"<>\\^`{|}]", url):
        return url
    match = re.match(r"([A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?)([^/?#:\[\]]+)", url)
    if match and not match[2].isascii():
        try:
            host = match[2].encode("idna").decode("ascii")
        except UnicodeError:
            host = match[2]
        url = match[1] + host + url[match.end() :]
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~-._")


def host(url: str) -> str:
    """The host of an address, lower case; empty when there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
