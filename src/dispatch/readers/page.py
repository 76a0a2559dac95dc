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
from collections.abc import Collection, Sequence
from dataclasses import replace

from selectolax.lexbor import LexborNode

from dispatch import identity, links
from dispatch.model import Article, Author, Document, Fault, Image, Source, Witness, WitnessKind
from dispatch.readers import (
    author_boxes,
    body,
    charset,
    dates,
    html_tree,
    json_ld,
    kits,
    metatags,
    microformats,
    people,
    reconcile_authors,
    titles,
)

MEDIA_TYPES = frozenset({"text/html", "application/xhtml+xml"})

_UNSPECIFIC = frozenset({"", "text/plain", "application/octet-stream", "application/xml", "text/xml"})
_PAGE = re.compile(r"(?:<\?[^>]*>\s*)?<(?:!doctype\s+html|html|head|body|article|meta|title)\b", re.IGNORECASE)
# What was copied out of a page: blocks from the first sign to the last.
_FRAGMENT = re.compile(
    r"<(?:p|div|h[1-6]|section|main|header|figure|blockquote|[uo]l|table|span|em|link|script)\b[^<>]*>",
    re.IGNORECASE,
)
_WHOLE_PAGE = re.compile(rb"<(?:html|body)\b", re.IGNORECASE)
_OTHERS = (
    "aside, nav, .related, .related-posts, .recent-posts, .post-list, .teaser, #comments, .comments-area, .comment"
)


def accepts(document: Document) -> bool:
    """Whether this is a page: declared as one, or beginning like one where nothing specific was declared."""
    if document.media_type in MEDIA_TYPES:
        return True
    if document.media_type not in _UNSPECIFIC:
        return False
    start = charset.decode_start(document)
    is_fragment = _FRAGMENT.match(start) and document.body.rstrip().endswith(b">") and b"\n#" not in document.body
    return bool(_PAGE.match(start) or is_fragment)


_OWN_ADDRESS = 'meta[property="og:url"][content]'
_OWN_FEEDS = 'link[rel~=alternate][type="application/rss+xml"], link[rel~=alternate][type="application/atom+xml"]'


def read(document: Document, _faults: list[Fault] | None = None) -> list[Article]:
    """Read the one article of a page; none if it has neither a title nor a body.

    Raises GatherError when it has more elements than can be parsed in good time, or when its body is larger or nested
    deeper than ``html.sanitise_html`` allows.
    """
    tree = html_tree.parse_page(document)
    root = tree.root
    if root is None:
        return []
    head = metatags.read_head(root, html_tree.find_base(root, document.url))
    base = html_tree.find_base(root, document.url or head.url)
    # Of a copy that says where it first stood, and not where it stands, relative links lead nowhere that is known.
    is_copy = not document.url and _is_copy(root, head.url)
    theirs = "" if is_copy else base
    host = links.parse_host(document.url or head.url)
    houses = {head.source.title, host, host.removeprefix("www."), max(host.split(".")[:-1], key=len, default="")} - {""}
    known = {head.title, html_tree.find_first_text(root, "h1")} - {""}
    data, publishers = json_ld.read_json_ld(root, theirs, urls=(document.url, head.url), titles=known, houses=houses)
    boxed = list(author_boxes.find_box_authors(root, theirs))
    entry, told = _find_entry(root)
    others = _find_other_articles(root, entry)
    marked = html_tree.find_first_text(entry, microformats.TITLE)
    said = (data.title, head.title, html_tree.find_first_text(root, "title"))
    sites = houses | titles.find_site_names(root, houses)
    headline = titles.find_headline(root, entry, said, marked, sites)
    language, address = head.language or data.language, document.url or head.url
    told_day = data.published or head.published
    shown_day = None if told_day else dates.find_shown_day(root, headline, language, address)
    own_boxes = list(author_boxes.find_box_authors(root, theirs, others))
    own_asides = _find_own_asides(root, entry)
    fetched = document.name if links.is_web_address(document.name) else ""
    kit = kits.take_kit(
        root, base, own=[fetched], names=[head.source.title] if fetched else (), others=others - own_asides
    )
    theirs = "" if kit and not document.url else theirs
    seen = microformats.find_seen_authors(root, theirs, others - own_asides)
    html_tree.remove_all(root, f"{author_boxes.SELECTOR}, {_OTHERS}")
    marks = microformats.read_microformats(entry, theirs)
    source = _find_source(data, head, document.url)
    hinted = seen or microformats.find_hinted_authors(entry, theirs) or microformats.find_hinted_authors(root, theirs)
    houses |= {source.title, *publishers} - {""}
    careful, careless = metatags.find_meta_authors(root)
    # Where the markup may be about another article, even a sure witness only guesses.
    heard: list[tuple[WitnessKind, Sequence[Author], bool]] = [
        ("json-ld", data.authors, data.certainty == "certain"),
        ("citation", careful, True),
        ("microformat", marks.authors, told),
        ("box", own_boxes, True),
        ("byline", hinted, False),
        ("meta", careless, False),
    ]
    sure, guesses = ([named for _, named, is_sure in heard if is_sure is kind] for kind in (True, False))
    named, certainty = reconcile_authors.choose_authors(sure, guesses, houses)
    addressed = [_use_box_address(author, boxed) for author in named]
    # Of what another house has written, links that look like profiles lead to this site's lists.
    authors = people.merge_authors(addressed, [*boxed, *data.authors, *marks.authors, *([] if kit else hinted)])
    shown = titles.read_headline(headline, titles.fold_names(said, sites)) if headline else ""
    title = titles.choose_title(shown, (*said[:2], marked, *said[2:]), {source.title, *sites})
    title = title or html_tree.find_first_text(root, "h1")
    shown_dek = titles.find_dek(headline) if headline else ""
    dek = next((dek for dek in (marks.dek, data.dek, shown_dek) if dek and dek != title), "")
    told_day = told_day or marks.published
    day = (dates.Day(told_day, "certain") if told_day else shown_day) or dates.guess_day(tree.html or "", address)
    image = _describe_image(root, head.image or data.image, base)
    names = [author.name for author in authors]
    is_whole = kit is not None and not _WHOLE_PAGE.search(document.body)
    content = body.extract_body(tree, base, title=title, dek=dek, names=names, is_whole=is_whole)
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
        witnesses=tuple(
            Witness(
                kind=kind,
                names=tuple(author.name for author in said),
                urls=tuple(author.url for author in said) if any(author.url for author in said) else (),
                house=all(people.is_house(author.name, houses) for author in said),
            )
            for kind, said, _ in heard
            if said
        ),
        source=source,
        published=day and day.moment,
        date_certainty=day.certainty if day else "certain",
        updated=data.updated or marks.updated or head.updated,
        language=language,
        tags=data.tags or head.tags,
        image=image,
        license="" if kit else data.license or head.license,
    )
    return [kits.apply_kit(article, kit)] if title or content else []


def _is_copy(root: LexborNode, canonical: str) -> bool:
    """Whether a page's own addresses, where it names any, are all of another site than the canonical one."""
    named = [html_tree.get_address(one, "", "content") for one in html_tree.select_all(root, _OWN_ADDRESS)]
    named += [html_tree.get_address(one, "") for one in html_tree.select_all(root, _OWN_FEEDS)]
    sites = {links.find_site(url) for url in named if links.is_web_address(url)}
    return bool(sites) and links.find_site(canonical) not in sites


def _find_entry(root: LexborNode) -> tuple[LexborNode, bool]:
    """Find the element of the article if the page marks one, else the whole page; and return whether that is sure."""
    others = _select_ids(root, f"{author_boxes.SELECTOR}, {_OTHERS}")
    for selector in (microformats.ENTRY, "article", "main"):
        found = [node for node in html_tree.select_all(root, selector) if not _is_inside(node, root, others)]
        titled = [node for node in found if node.css_first("h1") is not None]
        if titled:
            entry = titled[0]
            for node in titled:
                # Of nested ones, the innermost.
                entry = node if _is_inside(node, root, frozenset({entry.mem_id})) else entry
            return entry, all(_is_inside(entry, root, frozenset({node.mem_id})) for node in titled)
        if found:
            return found[0], len(found) == 1
    return root, True


def _find_other_articles(root: LexborNode, entry: LexborNode) -> frozenset[int]:
    """Find the elements that hold other articles than this one: lists, comments, other entries."""
    around = {entry.mem_id, *(node.mem_id for node in html_tree.find_ancestors(entry, root))}
    return _select_ids(root, f"{_OTHERS}, {microformats.ENTRY}, article") - around


def _find_own_asides(root: LexborNode, entry: LexborNode) -> frozenset[int]:
    """Find the asides and menus that belong to the article: those within it, or beside its headline."""
    return frozenset(
        node.mem_id
        for node in root.css("aside, nav")
        if (around := node.parent) is not None
        and around.tag != "body"
        and (around.css_first("h1") is not None or (entry.tag == "article" and _is_inside(node, root, {entry.mem_id})))
    )


def _select_ids(root: LexborNode, selector: str) -> frozenset[int]:
    return frozenset(node.mem_id for node in root.css(selector))


def _is_inside(node: LexborNode, root: LexborNode, others: Collection[int]) -> bool:
    return any(outer.mem_id in others for outer in (node, *html_tree.find_ancestors(node, root)))


def _find_source(data: Article, head: Article, found_at: str) -> Source:
    """Return the site: its own name and front page, else its host."""
    origin = re.match(r"https?://[^/?#]+", found_at or head.url or data.url)
    url = data.source.url or (origin[0] if origin else "")
    return Source(title=head.source.title or data.source.title or links.parse_host(url).removeprefix("www."), url=url)


def _use_box_address(author: Author, boxed: list[Author]) -> Author:
    """Give the author the address in the box: the one behind “View all posts”."""
    url = next((box.url for box in boxed if box.url and people.are_names_alike(box.name, author.name)), author.url)
    return replace(author, url=url)


def _describe_image(root: LexborNode, image: Image | None, base: str) -> Image | None:
    """Complete the picture with the alternative text that the page has for it."""
    if image is None or not links.is_picture_address(image.url):
        return None
    shown = (node for node in root.css("img[alt]") if html_tree.get_address(node, base, "data-src", "src") == image.url)
    alt = next((html_tree.get_attribute(node, "alt") for node in shown), None)
    return image if image.alt else replace(image, alt=alt)
