"""Find authors in the boxes that publishing systems put beside an article, with the address behind “View all posts”."""

import re
from collections.abc import Collection, Iterator
from typing import Annotated, NamedTuple

from selectolax.lexbor import LexborNode

from dispatch.model import Author
from dispatch.readers import elements, people


class Box(NamedTuple):
    """The CSS selectors of one system's box."""

    box: Annotated[str, "the whole box"]
    author: Annotated[str, "each author in it"]
    name: Annotated[str, "the author's name"]
    bio: Annotated[str, "the author's biography"]


BOXES = {
    "PublishPress Authors": Box(
        ".pp-multiple-authors-boxes-wrapper",
        ".pp-multiple-authors-boxes-li, .ppma-author-box",
        ".pp-author-boxes-name, .multiple-authors-name",
        ".pp-author-boxes-description, .multiple-authors-description",
    ),
    "Molongui": Box(".m-a-box", ".m-a-box-profile", ".m-a-box-name, .m-a-box-title", ".m-a-box-bio"),
    "Simple Author Box": Box(".saboxplugin-wrap", ".saboxplugin-wrap", ".saboxplugin-authorname", ".saboxplugin-desc"),
    "Co-Authors Plus": Box(
        ".wp-block-co-authors-plus-coauthors, .wp-block-cap-coauthors",
        ".wp-block-co-authors-plus-coauthor, .wp-block-co-authors-plus-layout, .cap-coauthor",
        ".wp-block-co-authors-plus-name, .wp-block-cap-display-name",
        ".wp-block-co-authors-plus-biography, .wp-block-cap-biography",
    ),
    "Ghost": Box(
        ".gh-article-meta, .article-byline, .author-card",
        ".gh-article-meta, .article-byline, .author-card",
        ".gh-article-author-name, .author-name, .author-card-name",
        ".author-card-content p, .author-bio",
    ),
    "Substack": Box(
        ".post-header .profile-hover-card-target", ".post-header .profile-hover-card-target", "a[href]", ".user-bio"
    ),
    "a theme's own": Box(
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


def authors(root: LexborNode, base: str, others: Collection[int] = ()) -> Iterator[Author]:
    """Yield the authors that boxes name, with biography, portrait and the address that lists all their articles.

    others: the ids of elements that belong to other articles; boxes within them are left out.
    """
    for box in BOXES.values():
        frames = [
            frame
            for frame in elements.every(root, box.box)
            if not any(node.mem_id in others for node in elements.around(frame, root))
        ]
        # Nested boxes hold the same authors.
        for element in {node.mem_id: node for frame in frames for node in elements.every(frame, box.author)}.values():
            yield from _authors(element, box, base)


def _authors(element: LexborNode, box: Box, base: str) -> Iterator[Author]:
    # The selectors are in order of preference: a theme's “author-title” may be a name or a job.
    named = next((node for name in box.name.split(", ") if (node := element.css_first(name)) is not None), None)
    if named is None:
        return
    linked = [link for link in elements.every(named, "a[href]") if elements.text(link)]
    if len(linked) > 1:
        for link in linked:
            yield from people.author(elements.text(link), url=elements.address(link, base))
        return
    bio = element.css_first(box.bio)
    yield from people.author(
        elements.text(linked[0] if linked else named),
        url=_url(element, linked[0] if linked else named, base),
        bio=_without_link(elements.text(bio)) if bio is not None else "",
        avatar=elements.address(element.css_first("img"), base, "data-src", "data-lazy-src", "src"),
    )


def _url(element: LexborNode, named: LexborNode, base: str) -> str:
    """Find the link “View all posts”, else the name's own, else the one that is marked as the author's."""
    for link in elements.every(element, "a[href]"):
        if _ALL_POSTS.match(elements.text(link)) or _ALL_POSTS.match(elements.attribute(link, "title")):
            return elements.address(link, base)
    around = named.parent if named.parent is not None and named.parent.tag == "a" else None
    candidates = (named, around, element.css_first("a[rel~=author][href]"))
    return next((url for link in candidates if (url := elements.address(link, base))), "")


def _without_link(bio: str) -> str:
    match = _ALL_POSTS.search(bio)
    # The link ends the biography; if much text follows, it is part of a sentence.
    return bio[: match.start()].strip() if match and len(bio) - match.end() < 100 else bio
