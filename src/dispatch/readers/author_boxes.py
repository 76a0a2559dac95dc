"""Find authors in the boxes that publishing systems put beside an article, with the address behind “View all posts”."""

import re
from collections.abc import Collection, Iterator
from typing import Annotated, NamedTuple

from selectolax.lexbor import LexborNode

from dispatch.errors import GatherError
from dispatch.model import Author, Document
from dispatch.readers import html_tree, people


class BoxSelectors(NamedTuple):
    """The CSS selectors of one system's box."""

    box: Annotated[str, "the whole box"]
    author: Annotated[str, "each author in it"]
    name: Annotated[str, "the author's name"]
    bio: Annotated[str, "the author's biography"]


BOXES = {
    "PublishPress Authors": BoxSelectors(
        ".pp-multiple-authors-boxes-wrapper",
        ".pp-multiple-authors-boxes-li, .ppma-author-box",
        ".pp-author-boxes-name, .multiple-authors-name",
        ".pp-author-boxes-description, .multiple-authors-description",
    ),
    "Molongui": BoxSelectors(".m-a-box", ".m-a-box-profile", ".m-a-box-name, .m-a-box-title", ".m-a-box-bio"),
    "Simple Author Box": BoxSelectors(
        ".saboxplugin-wrap", ".saboxplugin-wrap", ".saboxplugin-authorname", ".saboxplugin-desc"
    ),
    "Co-Authors Plus": BoxSelectors(
        ".wp-block-co-authors-plus-coauthors, .wp-block-cap-coauthors",
        ".wp-block-co-authors-plus-coauthor, .wp-block-co-authors-plus-layout, .cap-coauthor",
        ".wp-block-co-authors-plus-name, .wp-block-cap-display-name",
        ".wp-block-co-authors-plus-biography, .wp-block-cap-biography",
    ),
    "Ghost": BoxSelectors(
        ".gh-article-meta, .article-byline, .author-card",
        ".gh-article-meta, .article-byline, .author-card",
        ".gh-article-author-name, .author-name, .author-card-name",
        ".author-card-content p, .author-bio",
    ),
    "Substack": BoxSelectors(
        ".post-header .profile-hover-card-target", ".post-header .profile-hover-card-target", "a[href]", ".user-bio"
    ),
    "a theme's own": BoxSelectors(
        ".author-box, .author-bio, .about-author, .entry-author, .post-author",
        ".author-box, .author-bio, .about-author, .entry-author, .post-author",
        ".author-name, .author-title, .fn, [itemprop=name], [rel~=author]",
        ".author-description, .author-bio-text, .description, .bio, [itemprop=description], p",
    ),
}
SELECTOR = ", ".join(box.box for box in BOXES.values())

_ALL_POSTS = re.compile(
    r"(?:view|see|read|show)? ?(?:all|more) (?:of \S+ )?(?:posts|articles|stories)\b", re.IGNORECASE
)


def find_box_authors(root: LexborNode, base: str, others: Collection[int] = ()) -> Iterator[Author]:
    """Yield the authors that boxes name, with biography, portrait and the address that lists all their articles.

    others: the ids of elements that belong to other articles; boxes within them are left out.
    """
    for box in BOXES.values() if root.css_first(SELECTOR) else ():
        frames = [
            frame
            for frame in html_tree.select_all(root, box.box)
            if not any(node.mem_id in others for node in html_tree.find_ancestors(frame, root))
        ]
        # Nested boxes hold the same authors.
        for element in {
            node.mem_id: node for frame in frames for node in html_tree.select_all(frame, box.author)
        }.values():
            yield from _read_box(element, box, base)


def _read_box(element: LexborNode, box: BoxSelectors, base: str) -> Iterator[Author]:
    # The selectors are in order of preference: a theme's “author-title” may be a name or a job.
    named = next((node for name in box.name.split(", ") if (node := element.css_first(name)) is not None), None)
    if named is None:
        return
    linked = [link for link in html_tree.select_all(named, "a[href]") if html_tree.get_text(link)]
    if len(linked) > 1:
        for link in linked:
            yield from people.make_author(html_tree.get_text(link), url=html_tree.get_address(link, base))
        return
    bio = element.css_first(box.bio)
    while bio is not None and bio.tag == "p" and not html_tree.get_text(bio):  # it held a paragraph, which ended it
        bio = bio.next
    yield from people.make_author(
        html_tree.get_text(linked[0] if linked else named),
        url=_find_author_link(element, linked[0] if linked else named, base),
        bio=_strip_all_posts(html_tree.get_text(bio)) if bio is not None else "",
        avatar=html_tree.get_address(element.css_first("img"), base, "data-src", "data-lazy-src", "src"),
    )


def _find_author_link(element: LexborNode, named: LexborNode, base: str) -> str:
    """Find the link “View all posts”, else the name's own, else the one that is marked as the author's."""
    for link in html_tree.select_all(element, "a[href]"):
        if _ALL_POSTS.match(html_tree.get_text(link)) or _ALL_POSTS.match(html_tree.get_attribute(link, "title")):
            return html_tree.get_address(link, base)
    around = named.parent if named.parent is not None and named.parent.tag == "a" else None
    candidates = (named, around, element.css_first("a[rel~=author][href]"))
    return next((url for link in candidates if (url := html_tree.get_address(link, base))), "")


def _strip_all_posts(bio: str) -> str:
    match = _ALL_POSTS.search(bio)
    # The link ends the biography; if much text follows, it is part of a sentence.
    return bio[: match.start()].strip() if match and len(bio) - match.end() < 100 else bio


def take_boxes(written: str, base: str) -> tuple[str, list[Author]]:
    """Take the boxes off the HTML of a feed's entry, and return the rest of it and the authors that they name."""
    if not any(name in written for name in SELECTOR.replace(".", "").split(", ")):
        return written, []
    document = Document(url=base, media_type="text/html", charset="utf-8", body=written.encode("utf-8", "replace"))
    try:
        body = html_tree.parse_page(document).body
    except GatherError:  # then it is too large to be read as a text, too
        return written, []
    authors = list(find_box_authors(body, base)) if body is not None else []
    if body is None or not authors:
        return written, []
    while (frame := body.css_first(SELECTOR)) is not None:
        frame.decompose()
    return body.inner_html or "", authors
