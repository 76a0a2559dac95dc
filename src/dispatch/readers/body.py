"""The article itself, without the page around it."""

import logging
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dispatch import html
from dispatch.readers import authorbox, elements

# How pages mark the body of an article, the surest mark first.
_MARKS = (
    "[itemprop=articleBody]",
    ".e-content",
    ".available-content .body",
    ".entry-content, .gh-content, .post-content, .article-content, .article-body, .post-body, .story-body",
    "article",
)
_AROUND = (
    "script, style, noscript, template, form, button, nav, aside, dialog, .sharedaddy, .jp-relatedposts, .share, "
    ".social-share, .post-navigation, .related-posts, .subscription-widget-wrap, .subscription-widget, "
    ".newsletter-signup, .screen-reader-text, .entry-meta, .entry-footer, .post-meta, .byline, .breadcrumbs, "
    ".comments-area, #comments, .molongui-clearfix, [hidden], [aria-hidden=true]"
)
_ENOUGH = 200
# Beyond, trafilatura takes more than a second.
MOST_TAGS = 40_000


def content(tree: LexborHTMLParser, base: str, *, title: str, dek: str) -> str:
    """The body as content. Title, dek, author boxes and what else stands around it are no part of it.

    Where the page does not mark it, it is guessed by trafilatura. The tree is used up. Raises GatherError as
    ``html.sanitise`` does.
    """
    root = tree.root
    if root is None:
        return ""
    whole = tree.html or ""
    for frame in root.css(f"{authorbox.SELECTOR}, {_AROUND}"):
        frame.decompose()
    marked = _marked(root, _ENOUGH)
    if marked is None and (guessed := html.sanitise(_guess(whole), base)):
        return guessed
    marked = marked or _marked(root, 1)
    if marked is None:
        return ""
    for node in [*marked.css("h1, h2"), *marked.css("h2, h3, p, .subtitle, .dek")]:
        if elements.text(node) == (title if node.tag == "h1" else dek):
            node.decompose()
    return html.sanitise(marked.inner_html or "", base)


def _marked(root: LexborNode, enough: int) -> LexborNode | None:
    """The element that is marked as the body, with at least so many characters in it."""
    for mark in _MARKS:
        found = [node for node in elements.every(root, mark) if len(elements.text(node)) >= enough]
        if found:
            return max(found, key=lambda node: len(elements.text(node)))
    return None


def _guess(page: str) -> str:
    """What is most likely the body."""
    # Hundreds of milliseconds to import, and seldom needed.
    import trafilatura

    if len(page) > html.MOST_BYTES or page.count("<") > MOST_TAGS:
        return ""
    # What it does not find is said by us, once.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = trafilatura.extract(
        page, output_format="html", include_links=True, include_images=True, include_comments=False, include_tables=True
    )
    body = LexborHTMLParser(found or "").body
    return re.sub(r"^<body>|</body>$", "", body.html or "") if body is not None else ""
