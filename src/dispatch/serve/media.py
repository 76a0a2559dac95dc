"""Media types, and the headers that belong to them. The same on every machine: the system's own table is not asked."""

import re
from pathlib import PurePosixPath

_UTF8 = "; charset=utf-8"
RSS = f"application/rss+xml{_UTF8}"
ATOM = f"application/atom+xml{_UTF8}"
JSON_FEED = "application/feed+json"
HTML = f"text/html{_UTF8}"
XML = f"application/xml{_UTF8}"
SVG = f"image/svg+xml{_UTF8}"
UNKNOWN = "application/octet-stream"

TYPES = {
    "html": HTML, "htm": HTML, "xhtml": f"application/xhtml+xml{_UTF8}",
    "css": f"text/css{_UTF8}", "js": f"text/javascript{_UTF8}", "mjs": f"text/javascript{_UTF8}",
    "wasm": "application/wasm", "map": "application/json", "webmanifest": "application/manifest+json",
    "rss": RSS, "atom": ATOM, "xml": XML, "xsl": XML, "opml": f"text/x-opml{_UTF8}",
    "json": "application/json",
    "txt": f"text/plain{_UTF8}", "md": f"text/markdown{_UTF8}", "csv": f"text/csv{_UTF8}",
    "ics": f"text/calendar{_UTF8}", "vcf": f"text/vcard{_UTF8}", "asc": "application/pgp-keys",
    "svg": SVG, "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "avif": "image/avif", "ico": "image/vnd.microsoft.icon",
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg",
    "flac": "audio/flac", "wav": "audio/wav", "mp4": "video/mp4", "webm": "video/webm", "vtt": f"text/vtt{_UTF8}",
    "woff": "font/woff", "woff2": "font/woff2", "otf": "font/otf", "ttf": "font/ttf",
    "pdf": "application/pdf", "epub": "application/epub+zip", "zip": "application/zip", "gz": "application/gzip",
}  # fmt: skip

# What a reader in a browser fetches from another host, and what other people's pages may show.
FEEDS = (RSS, ATOM, JSON_FEED)
STYLED = (RSS, ATOM)
PAGES = (HTML, TYPES["xhtml"])

_COMPRESSIBLE = re.compile(r"text/|.*[+/](?:xml|json|javascript)\b|application/wasm|font/[ot]tf")

# The first element, after declarations, comments and a document type; groups that match are never tried again.
_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->|<![^>]*>)*+<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)
_ROOTS = {b"rss": RSS, b"feed": ATOM}
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https://jsonfeed\.org/version/')

# Nothing from elsewhere, no script. Three pages need more: the search and the page that an article is copied from their
# scripts, the mail as a page its own styles.
_BASE = "base-uri 'none'; form-action 'self' https:; frame-ancestors 'none'"
POLICY = f"default-src 'none'; img-src 'self' https:; media-src 'self' https:; style-src 'self'; {_BASE}"
SEARCH = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "
    f"img-src 'self' https:; media-src 'self' https:; style-src 'self'; {_BASE}"
)
COPY = (
    f"default-src 'none'; script-src 'self'; img-src 'self' https:; media-src 'self' https:; style-src 'self'; {_BASE}"
)
MAIL = f"default-src 'none'; img-src 'self' https:; style-src 'unsafe-inline'; {_BASE}"
DRAWING = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"

# For every answer.
SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "strict-origin-when-cross-origin"}

# Everything is asked for anew each time, which costs a 304, unless its name would change with its bytes.
REVALIDATE = "no-cache"
PICTURE = "max-age=3600"
FOREVER = "max-age=31536000, immutable"

# Named by what is in them: Pagefind's fragment/en_4d6ef5d.pf_fragment, and our pictures, 91c0e2a47b3d5f68-640.webp.
# Digits alone may be a date.
_FINGERPRINTED = re.compile(r"[a-z-]+_[0-9a-f]{6,}\.pf_[a-z]+|(?=[0-9]*[a-f])[0-9a-f]{16,}-[0-9]+c?\.[a-z]+")


def guess_media_type(name: str) -> str:
    """Return the media type as far as a file's name tells it."""
    return TYPES.get(PurePosixPath(name).suffix[1:].lower(), UNKNOWN)


def read_media_type(name: str, body: bytes) -> str:
    """Return the media type of a file with that content, or one that begins like that: feeds are told apart."""
    media = guess_media_type(name)
    if media == XML and (root := _ROOT.match(body)):
        return _ROOTS.get(root[1], XML)
    if media == TYPES["json"] and _JSON_FEED.search(body):
        return JSON_FEED
    return media


def is_compressible(media: str) -> bool:
    """Tell whether a media type is text, or packs like it."""
    return bool(_COMPRESSIBLE.match(media))


INCOMPRESSIBLE = tuple(media for media in (*TYPES.values(), UNKNOWN) if not is_compressible(media))


def build_headers(name: str, media: str, digest: str) -> dict[str, str]:
    """Write the headers that belong to a file with its media type and the digest of its bytes, in hexadecimal digits.

    Whoever compresses it adds Accept-Encoding to Vary.
    """
    return {
        "content-type": media,
        "cache-control": _limit_caching(name, media, digest),
        **({"vary": "sec-fetch-dest"} if media in STYLED else {}),
        **_write_policy(name, media),
        **_allow_sharing(media),
    }


def choose_shown_type(media: str, destination: str) -> str:
    """Choose the media type under which a browser shows what somebody opens in it.

    destination: Sec-Fetch-Dest (W3C Fetch Metadata), which feed readers do not send. Chromium shows what is called RSS
    or Atom as bare text, and only what is called XML with the style sheet that it names.
    """
    return XML if destination == "document" and media in STYLED else media


def _limit_caching(name: str, media: str, digest: str) -> str:
    """Say how long a client may keep it. A name holds a digest when it is that of these bytes: 20261122 is a date."""
    stem = PurePosixPath(name).name
    if _FINGERPRINTED.fullmatch(stem) or any(digest.startswith(part) for part in re.findall("[0-9a-f]{8,}", stem)):
        return FOREVER
    return PICTURE if media.startswith(("image/", "font/")) else REVALIDATE


def _write_policy(name: str, media: str) -> dict[str, str]:
    """Say what a browser may do that shows it as a page. Feeds are shown too, with a stylesheet."""
    if media == SVG:
        policy = DRAWING
    elif media in PAGES and name.startswith("search/"):
        policy = SEARCH
    elif media in PAGES and PurePosixPath(name).match("issues/*/*/republish/*"):
        policy = COPY
    elif media in PAGES and PurePosixPath(name).name == "email.html":
        policy = MAIL
    elif media in PAGES or "xml" in media:
        policy = POLICY
    else:
        return {}
    return {"content-security-policy": policy}


def _allow_sharing(media: str) -> dict[str, str]:
    """Keep pages and their scripts to this site; let everybody show feeds, pictures and recordings."""
    if media in PAGES:
        return {"cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin"}
    if "javascript" in media or media == TYPES["wasm"]:
        return {"cross-origin-resource-policy": "same-origin"}
    return {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "etag, content-range",
        "cross-origin-resource-policy": "cross-origin",
    }
