"""Read feeds: RSS, Atom and JSON Feed, each entry an article.

Links, ids and authors are taken from the document byte for byte, because readers of feeds that rewrite them lose credit
and break addresses.
"""

import re

from dispatch.errors import GatherError
from dispatch.model import Article, Document, Fault, Source
from dispatch.readers import atom, charset, jsonfeed, rss, xml

MEDIA_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})

_FORMATS = dict.fromkeys(("rss", "rdf:RDF", "RDF", "rdf"), rss.read_rss)
_FORMATS |= {"atom:feed": atom.read_atom, "atom:entry": atom.read_atom}
# Declarations and processing instructions, then the root.
_ROOT = re.compile(r"(?:\s*<[?!][^<]*>\s*){0,20}<(?:[\w-]{1,40}:)?(rss|feed|entry|RDF)[\s>]")
_PAGE = re.compile(r"<(?:html|!doctype\s+html|head|body)\b", re.IGNORECASE)
# What PHP says before a document, as HTML or as text.
_WARNING = re.compile(r"(?:<br ?/?>\s*+)?(?:<b>)?(?:PHP )?(?:Warning|Notice|Deprecated|Strict Standards)(?:</b>)?:\s")
_BEGINNING = re.compile(r"<\?xml\s|<!DOCTYPE\s|<(?:[\w-]{1,40}:)?(?:rss|feed|entry|RDF)[\s>]")
# JSON may escape its slashes; a feed that forgets to name its version has entries all the same.
# What makes an RSS feed WordPress's export (WXR), in any version of the format and however it is addressed.
_WORDPRESS = re.compile(
    r"""xmlns:[\w-]{1,40}\s?=\s?["'][^"'<>]{0,40}wordpress\.org/export/[\d.]{1,9}/?["']""", re.IGNORECASE
)
_HEAD = 20_000  # characters, in which its root stands
# What a feed of Blogger's never has, and its export does: of 2008 the entries that hold settings, since 2018 the kind.
_BLOGGER = re.compile(r"schemas\.google\.com/blogger/2008/kind#(?:settings|template)\b|<blogger:type>")
_JSON_FEED = re.compile(rb':(?:\\?/){2}jsonfeed\.org\\?/version\b|"content_(?:html|text)"\s*:')


def accepts(document: Document) -> bool:
    """Whether this is a feed: declared as one, or with the root of one, whatever a server says.

    Other XML that is no page is accepted too, because ``read`` explains best what is wrong with it.
    """
    start = charset.decode_start(document)
    if start.startswith("{"):
        return document.media_type == "application/feed+json" or bool(_JSON_FEED.search(document.body))
    start = _skip_warning(start)
    is_other_xml = start.startswith(("<?xml", "<!DOCTYPE")) and not _PAGE.search(start)
    return bool(_ROOT.match(start)) or document.media_type in MEDIA_TYPES or is_other_xml


def read(document: Document, _faults: list[Fault] | None = None) -> list[Article]:
    """Read the articles of a feed, in order. Raises GatherError as ``read_with_source`` does."""
    return read_with_source(document, [])[1]


def read_with_source(document: Document, faults: list[Fault]) -> tuple[Source, list[Article]]:
    """Read a feed as its source and its articles, in order; ``faults`` gets what was mended or left out.

    An article that was first published elsewhere, as in a planet, has a source of its own. Raises GatherError on what
    is not well-formed, on a DTD of its own, and beyond 5,000 entries.
    """
    text = _skip_warning(charset.decode_document(document))
    _refuse_export(text)
    if text.lstrip().startswith("{"):
        return jsonfeed.read_json_feed(text, document.url, faults)
    root = xml.parse_xml(text, faults)  # what is wrong may be in one entry among many
    if root.tag not in _FORMATS:
        raise GatherError(
            f"this is XML, but not a feed: its root is {root.tag}",
            hint="Give the address of an RSS, Atom or JSON feed.",
        )
    return _FORMATS[root.tag](root, document.url, faults)


def _refuse_export(text: str) -> None:
    """Raise GatherError where a whole site was exported as a feed: drafts and private posts stand in it, and logins."""
    if _WORDPRESS.search(text, 0, _HEAD):
        raise GatherError("this is WordPress's export, and no feed", hint="Import it: dispatch import FILE")
    if _BLOGGER.search(text):
        way_out = "No command reads it. Add the blog's own feed, as https://BLOG/feeds/posts/default"
        raise GatherError("this is Blogger's export, and no feed", hint=way_out)


def _skip_warning(text: str) -> str:
    """Skip what a program has said before the document that it made."""
    begins = _BEGINNING.search(text) if _WARNING.match(text.lstrip()) else None
    return text[begins.start() :] if begins else text
