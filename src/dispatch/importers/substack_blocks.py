"""Show the blocks of a Substack post that its export keeps as data: galleries, embeds, quoted notes, names, buttons.

A block is an element with ``data-attrs``, JSON of what a script shows there. The layouts are those of the fixtures of
@tryghost/mg-substack.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Final

from dispatch.html import escape_html
from dispatch.importers.tabular import Row, pick_table, pick_tables, pick_text
from dispatch.readers import html_tree
from dispatch.readers.html_tree import Element

# What asks readers to subscribe, share and comment there.
_AROUND: Final = (
    ".subscription-widget-wrap, .subscription-widget-wrap-editor, .subscription-widget, .subscribe-widget, "
    ".community-chat, .paywall-jump, .image-link-expand, .directMessage, .install-substack-app-embed, "
    ".sponsorship-campaign-embed, label.hide-text, .file-embed-button-wide, [href^='%%']"
)
_BUTTONS: Final = "p.button-wrapper, .captioned-button-wrap"
_ASKS: Final = re.compile(
    r"%%|/subscribe\b|[?&](?:action=(?:share|subscribe)|gift=true|donate=true)|/comments?\b|/leaderboard\b|/chat\b"
    r"|^https://(?:open\.)?substack\.com/(?:refer|app|chat)\b"
)
# What is in the export by its number alone.
_KEPT_THERE: Final = {
    ".poll-embed": "a poll",
    ".recipe-embed": "a recipe",
    ".native-video-embed": "a video that Substack keeps",
    ".native-audio-embed": "a recording that Substack keeps",
}
# Of each block the addresses, the name and the people, by the keys that hold them.
_LINKS: Final[Mapping[str, tuple[str, ...]]] = {
    ".embedded-post-wrap": ("url", "title", "publication_name"),
    ".digest-post-embed": ("canonical_url", "title", "publication_name"),
    ".embedded-publication-wrap": ("url", "name", "author_name"),
    ".polymarket-embed": ("fullEmbedUrl", "eventSlug", "profileName"),
    ".tiktok-wrap": ("url", "title", "author"),
    ".instagram": ("instagram_id", "title", "author_name"),
    ".youtube-wrap": ("videoId", "title", "author"),
    ".vimeo-wrap": ("videoId", "title", "author"),
    ".soundcloud-wrap": ("targetUrl", "title", "author_name"),
    ".bandcamp-wrap": ("url", "title", "author"),
    ".spotify-wrap": ("url", "title", "subtitle"),
    ".apple-podcast-container": ("url", "title", "podcastTitle"),
}
_SITES: Final = {
    ".instagram": "https://www.instagram.com/p/",
    ".youtube-wrap": "https://www.youtube.com/watch?v=",
    ".vimeo-wrap": "https://vimeo.com/",
}
# Of each quoted note the table that holds it, the words, the people and the address.
_QUOTES: Final[Mapping[str, tuple[str, ...]]] = {
    ".twitter-embed, .tweet": ("", "full_text", "name", "username"),
    ".comment": ("comment", "body", "name", "handle"),
    ".community-post": ("communityPost", "body", "name", "handle"),
    ".bluesky-wrap": ("", "text", "authorName", "authorHandle"),
}
_WORDS: Final = {
    ".mention-wrap": "name",
    ".cashtag-wrap": "symbol",
    ".latex-rendered": "persistentExpression",
}


def show_blocks(written: str) -> tuple[str, list[str]]:
    """Return a post's HTML with its blocks as a reader saw them, and what cannot be shown; not sanitised.

    Raises GatherError as ``html_tree.parse_fragment`` does.
    """
    body = html_tree.parse_fragment(written).body
    if body is None:
        return "", []
    for node in body.css(_AROUND):
        node.decompose()
    for node in body.css(_BUTTONS):
        _show_button(node)
    lost = [what for selector, what in _KEPT_THERE.items() for _ in _take_all(body, selector)]
    for selector, words in _WORDS.items():
        for node, data in _find_blocks(body, selector):
            node.inner_html = escape_html(pick_text(data, words))
    for node, data in _find_blocks(body, ".image-gallery-embed"):
        node.inner_html = _format_gallery(pick_table(data.get("gallery")) or data)
    for selector, keys in _QUOTES.items():
        for node, data in _find_blocks(body, selector):
            node.inner_html = _format_quote(data, *keys) or node.inner_html or ""
    for selector, keys in _LINKS.items():
        for node, data in _find_blocks(body, selector):
            if node.css_first("iframe") is None or selector == ".tiktok-wrap":
                node.inner_html = _format_link(data, _SITES.get(selector, ""), *keys) or node.inner_html or ""
    for node in body.css(".file-embed-wrapper"):
        link, name = (
            node.css_first("a.file-embed-button, a[href]"),
            html_tree.find_first_text(node, ".file-embed-details-h1"),
        )
        node.inner_html = _format_line(html_tree.get_attribute(link, "href"), name)
    for node in body.css(".footnote"):
        _join_footnote(node)
    return body.inner_html or "", [f"not imported: {what}" for what in dict.fromkeys(lost)]


def _take_all(body: Element, selector: str) -> Iterator[Element]:
    for node in body.css(selector):
        node.decompose()
        yield node


def _find_blocks(body: Element, selector: str) -> Iterator[tuple[Element, Row]]:
    """Find the blocks of a kind with their data; what is no JSON, or has none, stays as it is."""
    for node in body.css(selector):
        written = html_tree.get_attribute(node, "data-attrs")
        for text in (written, unescape(written)):  # some are escaped twice
            try:
                data: object = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(data, dict):
                yield node, data
                break


def _show_button(node: Element) -> None:
    """Keep a button that leads elsewhere, with the words around it, as a link."""
    link = node.css_first("a[href]")
    address = html_tree.get_attribute(link, "href")
    if not address or _ASKS.search(address):
        node.decompose()


def _format_gallery(gallery: Row) -> str:
    """Format the pictures of a gallery, or the one that shows them all, and what is said below them."""
    pictures = pick_tables(gallery.get("images")) or [pick_table(gallery.get("staticGalleryImage"))]
    alt, caption = escape_html(pick_text(gallery, "alt")), escape_html(pick_text(gallery, "caption"))
    shown = "".join(f'<img src="{escape_html(pick_text(one, "src", "url"))}" alt="{alt}">' for one in pictures)
    return f"<figure>{shown}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"


def _format_quote(data: Row, table: str, words: str, *people: str) -> str:
    """Format a note that is quoted, with who wrote it."""
    said = pick_table(data.get(table)) if table else data
    lines = "<br>".join(map(escape_html, unescape(pick_text(said, words)).splitlines()))
    names = " · ".join(one for one in (pick_text(said, key) for key in people) if one)
    source = _format_line(pick_text(data, "url"), names)
    return f"<blockquote>{f'<p>{lines}</p>' if lines else ''}{source}</blockquote>" if lines or source else ""


def _format_link(data: Row, site: str, address: str, title: str, *people: str) -> str:
    """Format a link to what was embedded, with its name and who made it."""
    written = pick_text(data, address)
    bylines = (pick_tables(data.get(key)) for key in ("publishedBylines", "bylines"))
    names = [pick_text(one, "name") for tables in bylines for one in tables]
    makers = dict.fromkeys(one for one in (*names, *(pick_text(data, key) for key in people)) if one)
    return _format_line(f"{site}{written}" if written else "", pick_text(data, title), makers)


def _format_line(address: str, words: str, makers: Iterable[str] = ()) -> str:
    told = "".join(f", {escape_html(one)}" for one in makers)
    name = escape_html(words or address)
    return f'<p><a href="{escape_html(address)}">{name}</a>{told}</p>' if address else ""


def _join_footnote(node: Element) -> None:
    """Put a footnote's number, which leads back to the text, before its first words."""
    number, first = node.css_first("a.footnote-number"), node.css_first(".footnote-content p")
    if number is not None and first is not None:
        first.inner_html = f"{number.html} {first.inner_html}"
        number.decompose()
