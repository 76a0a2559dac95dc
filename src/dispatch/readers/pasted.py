"""Open what was pasted for a document: a clipboard's file, the box from which a house lets its HTML be copied."""

import re
from dataclasses import replace
from html import unescape
from typing import Final

from selectolax.lexbor import LexborNode

from dispatch.errors import GatherError
from dispatch.model import Document
from dispatch.readers import charset, html_tree

# What Windows writes before HTML on the clipboard (“HTML Clipboard Format”), and round what was copied.
_CLIPBOARD: Final = re.compile(r"Version:\d\.\d\n(?:[A-Za-z]{1,40}:.{0,2000}\n){2,12}\s{0,9}<")
_SOURCE: Final = re.compile(r"^SourceURL:(https?://\S+)", re.MULTILINE)
_BOX: Final = re.compile(r"<(?:textarea|pre|code)\b", re.IGNORECASE)
_IS_HTML: Final = re.compile(r"</(?:p|h[1-6]|div|figure|em|span)>", re.IGNORECASE)


def unwrap_paste(document: Document) -> Document:
    """Return the document within a clipboard's file or a box with HTML; any other comes back as it is."""
    start = charset.decode_start(document)
    if _CLIPBOARD.match(start):
        text = charset.decode_document(document)
        source = _SOURCE.search(start)
        copied = text.partition("<!--StartFragment-->")[2].partition("<!--EndFragment-->")[0]
        written = copied or text[text.index("<") :]
        document = _make_document(document, written, document.url or (source[1] if source else ""))
    if _BOX.search(charset.decode_start(document)) or b"<textarea" in document.body:
        return _open_box(document)
    return document


def _open_box(document: Document) -> Document:
    """Return the document that a box holds as text, where it is all, or nearly all, that there is."""
    if document.media_type not in {"", "text/html", "text/plain", "application/xhtml+xml"}:
        return document
    try:
        body = html_tree.parse_page(document).body
    except GatherError:  # the reader says so
        return document
    if body is None:
        return document
    for box in html_tree.select_all(body, "textarea" if document.url else "textarea, pre, code"):
        written = _read_box(box)
        outside = len(body.text(deep=True).strip()) - len(box.text(deep=True).strip())
        if _IS_HTML.search(written) and outside <= (len(written) // 2 if box.tag == "textarea" else 0):
            return _make_document(document, written, document.url)
    return document


def _read_box(box: LexborNode) -> str:
    """Read the HTML that a box shows; some systems escape it twice."""
    written = box.text(deep=True)
    return unescape(written) if "&lt;" in written and not _IS_HTML.search(written) else written


def _make_document(document: Document, written: str, url: str) -> Document:
    return replace(document, url=url, media_type="text/html", charset="utf-8", body=written.encode())
