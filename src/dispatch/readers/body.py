"""Extract the body of an article from its page.

Where the page does not mark its body for sure, trafilatura says which text belongs to it. The blocks are those of the
page itself that hold this text, with their links, pictures, captions and embeds.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dispatch import html, identity
from dispatch.errors import GatherError
from dispatch.readers import author_boxes, bylines, html_tree, people
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
_MOST_BEFORE = 16


# With more tags, trafilatura takes more than a second.
MOST_TAGS = 40_000
# So many characters, without spaces and signs, are the same block wherever they stand.
_TELLING = 25
_MOST_SKIPPED = 40
_LONGEST_CAPTION = 300

# fmt: off
_INLINE = frozenset({
    "-text", "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var",
})
# fmt: on
_EMBEDS = frozenset({"audio", "embed", "iframe", "object", "video"})
_PICTURES = _EMBEDS | {"img", "noscript", "picture"}
_UNREAD = _PICTURES | {"math", "select", "svg", "textarea"}
_KEPT = frozenset({"br", "hr", "wbr"})
_SIGNS = re.compile(r"[\W_]+")
_CAPTION = re.compile("caption|figure|image|photo|media|video|embed|tweet", re.IGNORECASE)


class _Run(NamedTuple):
    """The text between two ends of blocks."""

    nodes: Annotated[list[LexborNode], "its text nodes"]
    letters: Annotated[str, "its text without spaces and signs, in lower case"]


def extract_body(
    tree: LexborHTMLParser, base: str, *, title: str, dek: str, names: Sequence[str] = (), is_whole: bool = False
) -> str:
    """Extract the body as content, without title, dek, byline, author boxes and the rest of the page.

    names: the authors'; a line near the beginning that names nobody else is the byline.
    is_whole: there is nothing but the article.

    The tree is used up. Raises GatherError as ``html.sanitise_html`` does, and when trafilatura cannot be loaded.
    """
    page = tree.body
    if page is None:
        return ""
    html_tree.remove_all(page, _CODE)
    _remove_frames(page)
    body = page if is_whole else _choose_body(page)
    _remove_repeated(body, title=title, dek=dek, names=names)
    return html.lead_elsewhere(html.sanitise_html(body.inner_html or "", base))


def _remove_frames(page: LexborNode) -> None:
    """Remove what stands around an article, unless it holds most of the page: some pages are one large form."""
    most = _count_characters(page) / 2
    for frame in page.css(f"{author_boxes.SELECTOR}, {_AROUND}"):
        if _count_characters(frame) < most:
            frame.decompose()
        elif frame.tag in {"form", "dialog"}:
            frame.unwrap()


def _remove_repeated(body: LexborNode, *, title: str, dek: str, names: Sequence[str]) -> None:
    """Remove the title, the dek and the byline, which an article shows anyway."""
    repeated = {fold_text(text) for text in (dek, *names) if text}
    called = _keep_letters(title)
    for node in body.css("h1, h2"):
        letters = _keep_letters(html_tree.get_text(node))
        # One of them may have a kicker.
        ends = letters.endswith(called) or called.endswith(letters)
        if letters == called or (ends and min(len(letters), len(called)) >= _TELLING):
            node.decompose()
    longest = 2 * max(bylines.MOST_CHARACTERS, *map(len, (dek, *names)))
    for node in html_tree.select_all(body, "h2, h3, p, div, address")[:_MOST_BEFORE]:
        text = html_tree.get_text(node) if _count_characters(node) < longest else ""
        if fold_text(text) in repeated or (names and _is_byline(text, names)):
            node.decompose()


def _is_byline(text: str, names: Sequence[str]) -> bool:
    """Whether a line names authors, these and nobody else."""
    if people.is_joined_name(text, names):
        return True
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
    if _count_characters(page) < 2 * _ENOUGH:
        return _find_longest(page, f"{_SURE_MARKS}, {_LIKELY_MARKS}, article", 1) or page
    likely = _find_longest(page, _LIKELY_MARKS, _ALL)
    return (
        (likely and _keep_blocks(likely))
        or _keep_blocks(page)
        or likely
        or _find_longest(page, "article, main", 1)
        or page
    )


def _find_longest(page: LexborNode, marks: str, enough: int) -> LexborNode | None:
    """Find the longest of the marked elements that have at least ``enough`` characters."""
    found = ((_count_characters(node), node) for node in html_tree.select_all(page, marks))
    return max(((size, node) for size, node in found if size >= enough), key=lambda one: one[0], default=(0, None))[1]


def _count_characters(node: LexborNode) -> int:
    return len(" ".join(node.text(deep=True).split()))


def _keep_blocks(page: LexborNode) -> LexborNode | None:
    """Remove from an element what is not the article, and return the innermost element that holds all that is left.

    None, and nothing is removed, when trafilatura finds no article. Raises GatherError when it cannot be loaded.
    """
    told = _ask_trafilatura(f"<html><body>{page.html}</body></html>")
    kept = list(_find_told_runs(page, told)) if told else []
    if not kept:
        return None
    holding = _find_holders(page, kept)
    body = _find_innermost_holder(page, holding)
    last = kept[-1].nodes[-1]
    _remove_others(body, holding, after={last.mem_id, *(node.mem_id for node in html_tree.find_ancestors(last, body))})
    return body


def _ask_trafilatura(page: str) -> str:
    """Return the letters of the article's text; empty when none is found. Raises as ``_keep_blocks`` does."""
    if len(page) > html.MOST_BYTES or page.count("<") > MOST_TAGS:
        return ""
    try:
        # Hundreds of milliseconds to import, and not needed for what is no page.
        import trafilatura
    except ImportError as error:
        raise GatherError(
            f"the page does not mark its article, and the library that would find it cannot be loaded: {error}",
            hint="Install dispatch anew, or save the article's text as a file and add that.",
        ) from error
    # We report once what it does not find.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.bare_extraction(page, fast=True, include_comments=False, output_format="xml")
    except Exception:  # noqa: BLE001 - a guess that fails, in whichever of its parsers, is no guess
        return ""
    return "" if found is None or isinstance(found, dict) else _keep_letters("".join(map(str, found.body.itertext())))


def _keep_letters(text: str) -> str:
    return _SIGNS.sub("", text).lower()


def _find_told_runs(page: LexborNode, told: str) -> Iterator[_Run]:
    """Find the runs that stand in the text of the article: in its order, or anywhere if they are long."""
    reached = 0
    for run in _split_runs(page):
        size = len(run.letters)
        at = told.find(run.letters[:_TELLING], reached, reached + size + _MOST_SKIPPED if size < _TELLING else None)
        at = told.find(run.letters[:_TELLING]) if at < 0 and size >= _TELLING else at
        # trafilatura leaves out some of the words between, such as a day.
        if at >= 0 and told.find(run.letters[-_TELLING:], at, at + size) >= 0:
            reached = max(reached, at + size)
            yield run


def _split_runs(page: LexborNode) -> Iterator[_Run]:
    """Split a page into its runs of text, in order."""
    nodes: list[LexborNode] = []
    waiting: list[LexborNode | None] = [page]
    while waiting:
        node = waiting.pop()
        tag = node.tag if node is not None else None
        if node is not None and tag == "-text":
            nodes.append(node)
            continue
        if tag in _UNREAD:
            continue
        if tag not in _INLINE:
            if nodes and (letters := _keep_letters("".join(one.text_content or "" for one in nodes))):
                yield _Run(nodes, letters)
            nodes = []
        if node is not None:
            waiting += [] if tag in _INLINE else [None]
            waiting += reversed(list(node.iter(include_text=True)))


def _find_holders(page: LexborNode, kept: list[_Run]) -> set[int]:
    """Find the ids of all elements and texts that hold something of the runs."""
    holding: set[int] = set()
    for node in (node for run in kept for node in run.nodes):
        holding.add(node.mem_id)
        for outer in html_tree.find_ancestors(node, page):
            if outer.mem_id in holding:
                break
            holding.add(outer.mem_id)
    return holding


def _find_innermost_holder(page: LexborNode, holding: set[int]) -> LexborNode:
    """Find the innermost element around all blocks."""
    while len(inner := [child for child in page.iter(include_text=True) if child.mem_id in holding]) == 1 and (
        inner[0].tag in {"article", "body", "div", "main", "section"}
    ):
        page = inner[0]
    return page


def _remove_others(body: LexborNode, holding: set[int], after: set[int]) -> None:
    """Remove from the body what holds nothing of the article, but for pictures, embeds and the targets of its links.

    after: the ids of the last text and of what is around it; behind those, a picture belongs to something else.
    """
    links = (link for link in body.css("a[href^='#']") if link.mem_id in holding)
    targets = {html_tree.get_attribute(link, "href")[1:] for link in links} - {""}
    waiting = [body]
    removed = []
    while waiting:
        node = waiting.pop()
        ended = False
        for child in list(node.iter(include_text=True)):
            if child.mem_id in holding:
                waiting.append(child)
                ended = ended or (node.mem_id in after and child.mem_id in after)
            elif not _is_part(child, targets, ended=ended):
                removed.append(child)
    for node in removed:
        node.decompose()


def _is_part(node: LexborNode, targets: set[str], *, ended: bool) -> bool:
    """Whether an element is part of the article though none of its text was told. ended: all text stands before it."""
    if node.tag == "-text":
        return not (node.text_content or "").strip()
    if node.tag in _KEPT:
        return True
    if targets and any(html_tree.get_attribute(inner, "id") in targets for inner in node.css("[id]")):
        return True
    text = html_tree.get_text(node)
    media = {inner.tag for inner in node.css(", ".join(_PICTURES))}
    if not media:
        return node.tag in _INLINE and not text
    if ended and not media & _EMBEDS:
        return node.tag == "figure" and len(text) <= _LONGEST_CAPTION
    is_caption = node.tag == "figure" or bool(_CAPTION.search(html_tree.get_attribute(node, "class")))
    return not text or (is_caption and len(text) <= _LONGEST_CAPTION and node.css_first("h1, h2, h3, h4") is None)
