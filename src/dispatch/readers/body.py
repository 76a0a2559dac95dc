"""Extract the body of an article from its page.

Where the page does not mark its body for sure, trafilatura says which blocks of text belong to it (``body_blocks``);
they are taken from the page itself, with its links, pictures, captions and embeds.
"""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dispatch import html
from dispatch.readers import author_boxes, body_blocks, html_tree

# Elements that hold the body and nothing else.
_SURE_MARKS = "[itemprop=articleBody], .e-content, .available-content .body"
# Elements that hold the body, and often what stands around it as well.
_LIKELY_MARKS = (
    ".entry-content, .gh-content, .post-content, .article-content, .article-body, .post-body, .story-body, "
    ".articleBody, .article__body, .article-text, .entry__content"
)
_CODE = "script, style, template, link, meta"
_AROUND = (
    "form, button, nav, aside, dialog, .sharedaddy, .jp-relatedposts, .share, .social-share, .post-navigation, "
    ".related-posts, .subscription-widget-wrap, .subscription-widget, .newsletter-signup, .screen-reader-text, "
    ".entry-meta, .entry-footer, .post-meta, .byline, .breadcrumbs, .comments-area, #comments, .molongui-clearfix, "
    "[hidden], [aria-hidden=true]"
)
_ENOUGH = 200
_ALL = 1_000


def extract_body(tree: LexborHTMLParser, base: str, *, title: str, dek: str) -> str:
    """Extract the body as content, without title, dek, author boxes and the rest of the page.

    The tree is used up. Raises GatherError as ``html.sanitise_html`` does, and when trafilatura cannot be loaded.
    """
    page = tree.body
    if page is None:
        return ""
    for node in page.css(_CODE):
        node.decompose()
    _remove_frames(page)
    body = _choose_body(page)
    for node in [*body.css("h1, h2"), *body.css("h2, h3, p, .subtitle, .dek")]:
        if html_tree.get_text(node) == (title if node.tag == "h1" else dek):
            node.decompose()
    return html.sanitise_html(body.inner_html or "", base)


def _remove_frames(page: LexborNode) -> None:
    """Remove what stands around an article, unless it holds most of the page: some pages are one large form."""
    most = len(page.text(deep=True)) / 2
    for frame in page.css(f"{author_boxes.SELECTOR}, {_AROUND}"):
        if len(frame.text(deep=True)) < most:
            frame.decompose()
        elif frame.tag in {"form", "dialog"}:
            frame.unwrap()


def _choose_body(page: LexborNode) -> LexborNode:
    """Choose the element that holds the body, and leave in it only what belongs to it.

    Of a short page all is taken, because a guess would lose its paragraphs.
    """
    if marked := _find_longest(page, _SURE_MARKS, _ENOUGH):
        return marked
    if len(html_tree.get_text(page)) < 2 * _ENOUGH:
        return _find_longest(page, f"{_SURE_MARKS}, {_LIKELY_MARKS}, article", 1) or page
    likely = _find_longest(page, _LIKELY_MARKS, _ALL)
    return (
        (likely and body_blocks.keep_blocks(likely))
        or body_blocks.keep_blocks(page)
        or likely
        or _find_longest(page, "article, main", 1)
        or page
    )


def _find_longest(page: LexborNode, marks: str, enough: int) -> LexborNode | None:
    """Find the longest of the marked elements that have at least ``enough`` characters."""
    found = ((len(html_tree.get_text(node)), node) for node in html_tree.select_all(page, marks))
    return max(((size, node) for size, node in found if size >= enough), key=lambda one: one[0], default=(0, None))[1]
