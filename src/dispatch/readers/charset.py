"""Decode bytes to text (WHATWG Encoding Standard), and decide which declared character set to believe."""

import codecs
import re
from contextlib import suppress
from functools import lru_cache

from dispatch import html
from dispatch.deferred import defer_pattern
from dispatch.model import Document
from dispatch.text import find_utf16

# Python has codecs that are not character sets (zip, idna, unicode_escape): a document may name only these.
_KNOWN = defer_pattern(
    r"utf-?8|utf-?16(-?[lb]e)?|iso[-_]?8859-?\d{1,2}|windows-?\d{3,4}|cp\d{3,4}|latin-?1|(us-)?ascii|koi8-[ru]|macintosh"
    r"|shift[-_]jis|euc-(jp|kr)|iso-2022-jp|gbk|gb2312|gb18030|big5",
    re.IGNORECASE,
)
# What pages mean by these labels (Encoding Standard, section 4.2).
_MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "utf-16": "utf-16-le"}
_NARROW = defer_pattern("cp125|iso8859|koi8|mac")  # a byte for each character
_COMMENT = defer_pattern(r"<!--(?:.*?-->|.*)", re.DOTALL)
_INSIDE = defer_pattern(
    rb"""<\?xml[^>]{0,200}?encoding=["']([\w.:-]{1,40})|<meta[^>]{0,200}?charset=\s*["']?([\w.:-]{1,40})""",
    re.IGNORECASE,
)


def decode_document(document: Document) -> str:
    """Decode a document, without the characters that XML forbids and with ``\\n`` as line end.

    A byte order mark is believed first, then the character set declared outside, then an XML declaration or a ``meta``
    element, whichever the bytes can be; without any, the text is UTF-8 if it can be, else windows-1252. What cannot be
    decoded becomes U+FFFD.
    """
    return _decode(document.body, document.charset)


# Every reader is asked whether it accepts a document: for its beginning, and for all of it.
@lru_cache(maxsize=2)
def _decode(body: bytes, declared_outside: str) -> str:
    if body.startswith(codecs.BOM_UTF8):
        return _tidy_text(body.decode("utf-8", "replace"))
    if wide := find_utf16(body):
        return _tidy_text(body.decode(wide, "replace"))
    declared = [name for label in (declared_outside, _find_declared_charset(body)) if (name := _find_codec(label))]
    # Many say UTF-8 that are not, and the other way round: hardly anything else can be read as UTF-8.
    for name in (*(["utf-8"] if any(_NARROW.match(name) for name in declared) else []), *declared):
        with suppress(UnicodeDecodeError):
            return _tidy_text(body.decode(name))
    is_other = declared and declared[0] != "utf-8"
    return _tidy_text(body.decode(declared[0], "replace") if is_other else _decode_undeclared(body))


def _decode_undeclared(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        decoded = body.decode("utf-8", "replace")
    # A stray bad byte does not turn UTF-8 into windows-1252.
    strange = sum(not character.isascii() for character in decoded)
    return decoded if decoded.count("\N{REPLACEMENT CHARACTER}") * 2 < strange else body.decode("cp1252", "replace")


def decode_start(document: Document) -> str:
    """Decode the beginning of a document, without comments: enough to tell its kind."""
    return _COMMENT.sub("", _decode(document.body[:4096], document.charset)).lstrip()


def _tidy_text(decoded: str) -> str:
    return html.remove_illegal_characters(decoded.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def _find_declared_charset(body: bytes) -> str:
    start = body[:4096].lstrip()
    match = _INSIDE.search(start) if start.startswith(b"<") else None
    label = (match[1] or match[2]).decode("ascii", "replace") if match else ""
    # A declaration that can be read as ASCII is not in UTF-16 (HTML, section 13.2.3.2).
    return "utf-8" if label.lower().startswith("utf-16") else label


def _find_codec(label: str) -> str:
    if not _KNOWN.fullmatch(label.strip()):
        return ""
    try:
        name = codecs.lookup(label.strip()).name
    except LookupError:
        return ""
    return _MEANT.get(name, name)
