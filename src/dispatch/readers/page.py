"""Read an HTML page as an article, pieced together from several witnesses.

    json_ld            JSON-LD                              believed first
    microformats       h-entry, hAtom, microdata
    metatags           OpenGraph and other ``meta``
    author_boxes       whom the boxes below it are about    completes authors, or names them
    reconcile_authors  who is credited, after all of them
    body               the article itself

The address that a page gives as its own is the article's ``url``; ``gather`` knows when another was typed.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from selectolax.lexbor import LexborNode

from dispatch import identity, links
from dispatch.model import Article, Author, Certainty, Document, Image, Source
from dispatch.readers import (
    authorbox,
    body,
    charset,
    credit,
    elements,
    metatags,
    microformats,
    people,
    structured,
)

MEDIA_TYPES = frozenset({"text/html", "application/xhtml+xml"})

_UNSPECIFIC = frozenset({"", "text/plain", "application/octet-stream", "application/xml", "text/xml"})
_PAGE = re.compile(r"(?:<\?[^>]*>\s*)?<(?:!doctype\s+html|html|head|body|article|meta|title)\b", re.IGNORECASE)
_OTHERS = (
    "aside, nav, .related, .related-posts, .recent-posts, .post-list, .teaser, #comments, .comments-area, .comment"
)


def accepts(document: Document) -> bool:
    """Whether this is a page: declared as one, or beginning like one where nothing specific was declared."""
    if document.media_type in MEDIA_TYPES:
        return True
    return document.media_type in _UNSPECIFIC and bool(_PAGE.match(charset.start(document)))


def read(document: Document) -> list[Article]:
    """Read the one article of a page; none if it has neither a title nor a body.

    Raises GatherError when it has more elements than can be parsed in good time, or when its body is larger or nested
    deeper than ``html.sanitise_html`` allows.
    """
    tree = elements.parse(document)
    root = tree.root
    if root is None:
        return []
    base = elements.base_of(root, document.url)
    head = metatags.article(root, base)
    host = links.host(document.url or head.url)
    houses = {head.source.title, host, host.removeprefix("www.")} - {""}
    titles = {head.title, elements.first(root, "h1")} - {""}
    data = structured.article(root, base, urls=(document.url, head.url), titles=titles, houses=houses)
    boxed = list(authorbox.authors(root, base))
    entry, told = _entry(root)
    own_boxes = list(authorbox.authors(root, base, _others(root, entry)))
    for frame in root.css(f"{authorbox.SELECTOR}, {_OTHERS}"):
        frame.decompose()
    marks = microformats.article(entry, base)
    source = _source(data, head, document.url)
    hinted = microformats.hints(entry, base) or microformats.hints(root, base)
    named, certainty = _credited(root, (data, marks), own_boxes, hinted, {*houses, source.title}, told=told)
    addressed = [_as_boxed(author, boxed) for author in named]
    authors = people.complete(addressed, [*boxed, *data.authors, *marks.authors, *hinted])
    title = _title(root, (data.title, head.title, marks.title), source.title)
    dek = next((dek for dek in (marks.dek, data.dek) if dek != title), "")
    image = _image(root, head.image or data.image, base)
    content = body.content(tree, base, title=title, dek=dek)
    article = Article(
        url=head.url or data.url,
        title=title,
        dek=dek,
        summary=head.summary or data.summary,
        content=content,
        authors=authors,
        credits=tuple(
            credit for credit in data.credits if not any(identity.is_same_name(credit.name, a.name) for a in authors)
        ),
        certainty=certainty,
        source=source,
        published=data.published or marks.published or head.published,
        updated=data.updated or marks.updated or head.updated,
        language=head.language or data.language,
        tags=data.tags or head.tags,
        image=image,
        license=data.license or head.license,
    )
    return [article] if title or content else []


def _entry(root: LexborNode) -> tuple[LexborNode, bool]:
    """Find the element of the article if the page marks one, else the whole page; and return whether that is sure."""
    others = _ids(root, f"{authorbox.SELECTOR}, {_OTHERS}")
    for selector in (microformats.ENTRY, "article", "main"):
        found = [node for node in elements.every(root, selector) if not _within(node, root, others)]
        titled = [node for node in found if node.css_first("h1") is not None]
        if titled:
            entry = titled[0]
            for node in titled:
                # Of nested ones, the innermost.
                entry = node if _within(node, root, frozenset({entry.mem_id})) else entry
            return entry, all(_within(entry, root, frozenset({node.mem_id})) for node in titled)
        if found:
            return found[0], len(found) == 1
    return root, True


def _others(root: LexborNode, entry: LexborNode) -> frozenset[int]:
    """Find the elements that hold other articles than this one: lists, comments, other entries."""
    around = {entry.mem_id, *(node.mem_id for node in elements.around(entry, root))}
    return _ids(root, f"{_OTHERS}, {microformats.ENTRY}, article") - around


def _ids(root: LexborNode, selector: str) -> frozenset[int]:
    return frozenset(node.mem_id for node in root.css(selector))


def _within(node: LexborNode, root: LexborNode, others: frozenset[int]) -> bool:
    return any(outer.mem_id in others for outer in (node, *elements.around(node, root)))


def _source(data: Article, head: Article, found_at: str) -> Source:
    """Return the site: its own name and front page, else its host."""
    origin = re.match(r"https?://[^/?#]+", found_at or head.url or data.url)
    url = data.source.url or (origin[0] if origin else "")
    return Source(title=head.source.title or data.source.title or links.host(url).removeprefix("www."), url=url)


def _title(root: LexborNode, said: Iterable[str], site: str) -> str:
    """Choose the title that is complete, without the site's name."""
    known = [title for title in (*said, elements.first(root, "h1"), elements.first(root, "title")) if title]
    title = known[0] if known else ""
    stem = title.removesuffix("...").removesuffix("…").rstrip()
    if stem != title:
        title = max((other for other in known if other.startswith(stem)), key=len)
    return re.sub(rf"\s+[|–—·•:»-]\s+{re.escape(site)}$", "", title) if site else title


def _credited(
    root: LexborNode,
    said: tuple[Article, Article],
    boxed: list[Author],
    hinted: list[Author],
    houses: Collection[str],
    *,
    told: bool,
) -> tuple[list[Author], Certainty]:
    """Decide who wrote it, from all witnesses. told: whether the article's element was told from those of others."""
    data, marks = said
    careful, careless = metatags.authors(root)

    def persons(named: Iterable[Author]) -> list[Author]:
        return [author for author in named if not any(identity.is_same_name(author.name, house) for house in houses)]

    # If the markup may be about another article, even a sure witness only guesses.
    sure, guesses = [persons(careful)], [persons(hinted), persons(careless)]
    (sure if data.certainty == "certain" else guesses).insert(0, persons(data.authors))
    (sure if told else guesses).append(persons(marks.authors))
    named, certainty = credit.credited([*sure, persons(boxed)], guesses)
    # The site itself is the author only if nobody else is named, and if JSON-LD says so.
    return (named, certainty) if named or not data.authors else (list(data.authors), data.certainty)


def _as_boxed(author: Author, boxed: list[Author]) -> Author:
    """Give the author the address in the box: the one behind “View all posts”."""
    url = next((box.url for box in boxed if box.url and people.alike(box.name, author.name)), author.url)
    return replace(author, url=url)


def _image(root: LexborNode, image: Image | None, base: str) -> Image | None:
    """Complete the picture with the alternative text that the page has for it."""
    if image is None or not links.is_web(image.url):
        return None
    shown = (node for node in root.css("img[alt]") if elements.address(node, base, "data-src", "src") == image.url)
    alt = next((elements.attribute(node, "alt") for node in shown), None)
    return image if image.alt else replace(image, alt=alt)
