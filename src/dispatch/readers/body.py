"""Extract the body of an article from its page.

Where the page does not mark its body for sure, trafilatura says which blocks of text belong to it (``body_blocks``);
they are taken from the page itself, with its links, pictures, captions and embeds.
"""

from collections.abc import Collection

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dispatch import html, identity
from dispatch.readers import author_boxes, body_blocks, bylines, html_tree
from dispatch.text import fold_text

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
_MOST_BEFORE = 8


def extract_body(tree: LexborHTMLParser, base: str, *, title: str, dek: str, names: Collection[str] = ()) -> str:
    """Extract the body as content, without title, dek, byline, author boxes and the rest of the page.

    names: the authors'; a line near the beginning that names nobody else is the byline.

    The tree is used up. Raises GatherError as ``html.sanitise_html`` does, and when trafilatura cannot be loaded.
    """
    page = tree.body
    if page is None:
        return ""
    for node in page.css(_CODE):
        node.decompose()
    _remove_frames(page)
    body = _choose_body(page)
    _remove_repeated(body, title=title, dek=dek, names=names)
    return html.lead_elsewhere(html.sanitise_html(body.inner_html or "", base))


def _remove_frames(page: LexborNode) -> None:
    """Remove what stands around an article, unless it holds most of the page: some pages are one large form."""
    most = len(page.text(deep=True)) / 2
    for frame in page.css(f"{author_boxes.SELECTOR}, {_AROUND}"):
        if len(frame.text(deep=True)) < most:
            frame.decompose()
        elif frame.tag in {"form", "dialog"}:
            frame.unwrap()


def _remove_repeated(body: LexborNode, *, title: str, dek: str, names: Collection[str]) -> None:
    """Remove the title, the dek and the byline, which an article shows anyway."""
    repeated = {fold_text(text) for text in (dek, *names) if text}
    for node in body.css("h1"):
        if fold_text(html_tree.get_text(node)) == fold_text(title):
            node.decompose()
    for node in html_tree.select_all(body, "h2, h3, p, .subtitle, .dek, .author, address")[:_MOST_BEFORE]:
        text = html_tree.get_text(node)
        if fold_text(text) in repeated or (names and _is_byline(text, names)):
            node.decompose()


def _is_byline(text: str, names: Collection[str]) -> bool:
    """Whether a line names authors, these and nobody else."""
    found = bylines.parse_byline(text) if len(text) <= bylines.MOST_CHARACTERS else None
    return bool(found and found.names) and all(
        any(identity.is_same_name(name, other) for other in names) for name in (found.names if found else ())
    )


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
