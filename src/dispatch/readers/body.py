"""Extract the body of an article from its page."""

import logging

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dispatch import html
from dispatch.errors import GatherError
from dispatch.readers import author_boxes, html_tree

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


def extract_body(tree: LexborHTMLParser, base: str, *, title: str, dek: str) -> str:
    """Extract the body as content, without title, dek, author boxes and the rest of the page.

    Where the page does not mark its body, trafilatura guesses it. The tree is used up. Raises GatherError as
    ``html.sanitise_html`` does, and when trafilatura cannot be loaded.
    """
    root = tree.root
    if root is None:
        return ""
    whole = tree.html or ""
    for frame in root.css(f"{author_boxes.SELECTOR}, {_AROUND}"):
        frame.decompose()
    body = _find_marked_body(root, _ENOUGH) or _choose_longer(
        _find_marked_body(root, 1), _find_likeliest_body(root, whole)
    )
    if body is None:
        return ""
    for node in [*body.css("h1, h2"), *body.css("h2, h3, p, .subtitle, .dek")]:
        if html_tree.get_text(node) == (title if node.tag == "h1" else dek):
            node.decompose()
    return html.sanitise_html(body.inner_html or "", base)


def _choose_longer(marked: LexborNode | None, guessed: LexborNode | None) -> LexborNode | None:
    """Choose the marked body, even a short one, unless the guess is so much longer that the mark must mean a teaser."""
    if marked is None or guessed is None:
        return marked or guessed
    return guessed if len(html_tree.get_text(guessed)) > 3 * len(html_tree.get_text(marked)) else marked


def _find_marked_body(root: LexborNode, enough: int) -> LexborNode | None:
    """Find the element that is marked as the body and has at least ``enough`` characters."""
    for mark in _MARKS:
        found = [node for node in html_tree.select_all(root, mark) if len(html_tree.get_text(node)) >= enough]
        if found:
            return max(found, key=lambda node: len(html_tree.get_text(node)))
    return None


def _find_likeliest_body(root: LexborNode, page: str) -> LexborNode | None:
    """Find the likeliest body; of a short page take all of it, because a guess loses its paragraphs."""
    whole = root.css_first("body")
    return whole if whole is not None and len(html_tree.get_text(whole)) < 2 * _ENOUGH else _guess_body(page)


def _guess_body(page: str) -> LexborNode | None:
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
    return body if body is not None and html_tree.get_text(body) else None
