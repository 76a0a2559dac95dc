"""Extract the body of an article from its page."""

import logging

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dispatch import html
from dispatch.errors import GatherError
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
# With more tags, trafilatura takes more than a second.
MOST_TAGS = 40_000


def content(tree: LexborHTMLParser, base: str, *, title: str, dek: str) -> str:
    """Extract the body as content, without title, dek, author boxes and the rest of the page.

    Where the page does not mark its body, trafilatura guesses it. The tree is used up. Raises GatherError as
    ``html.sanitise_html`` does, and when trafilatura cannot be loaded.
    """
    root = tree.root
    if root is None:
        return ""
    whole = tree.html or ""
    for frame in root.css(f"{authorbox.SELECTOR}, {_AROUND}"):
        frame.decompose()
    body = _marked(root, _ENOUGH) or _longer(_marked(root, 1), _likeliest(root, whole))
    if body is None:
        return ""
    for node in [*body.css("h1, h2"), *body.css("h2, h3, p, .subtitle, .dek")]:
        if elements.text(node) == (title if node.tag == "h1" else dek):
            node.decompose()
    return html.sanitise(body.inner_html or "", base)


def _longer(marked: LexborNode | None, guessed: LexborNode | None) -> LexborNode | None:
    """Choose the marked body, even a short one, unless the guess is so much longer that the mark must mean a teaser."""
    if marked is None or guessed is None:
        return marked or guessed
    return guessed if len(elements.text(guessed)) > 3 * len(elements.text(marked)) else marked


def _marked(root: LexborNode, enough: int) -> LexborNode | None:
    """Find the element that is marked as the body and has at least ``enough`` characters."""
    for mark in _MARKS:
        found = [node for node in elements.every(root, mark) if len(elements.text(node)) >= enough]
        if found:
            return max(found, key=lambda node: len(elements.text(node)))
    return None


def _likeliest(root: LexborNode, page: str) -> LexborNode | None:
    """Find the likeliest body; of a short page take all of it, because a guess loses its paragraphs."""
    whole = root.css_first("body")
    return whole if whole is not None and len(elements.text(whole)) < 2 * _ENOUGH else _guess(page)


def _guess(page: str) -> LexborNode | None:
    """Guess the body with trafilatura; None when that fails. Raises GatherError when it cannot be loaded."""
    if len(page) > html.MOST_BYTES or page.count("<") > MOST_TAGS:
        return None
    try:
        # Hundreds of milliseconds to import, and seldom needed.
        import trafilatura
    except ImportError as error:
        raise GatherError(
            f"the page does not mark its article, and the library that would find it cannot be loaded: {error}",
            hint="Install dispatch anew, or save the article's text as a file and add that.",
        ) from error
    # We report once what it does not find.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.extract(
            page,
            output_format="html",
            include_links=True,
            include_images=True,
            include_comments=False,
            include_tables=True,
        )
    except Exception:  # noqa: BLE001 - a guess that fails, in whichever of its parsers, is no guess
        return None
    body = LexborHTMLParser(found or "").body
    return body if body is not None and elements.text(body) else None
