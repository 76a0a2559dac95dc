"""Read a page's own elements: microformats (h-entry, hAtom), microdata, and what a reader sees near the headline."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice

from selectolax.lexbor import LexborNode

from dispatch import html
from dispatch.model import Article, Author
from dispatch.readers import bylines, html_tree, marked_names, moments, people

ENTRY = ".h-entry, .hentry, [itemtype*='schema.org/'][itemtype$='Article'], [itemtype$='schema.org/BlogPosting']"
TITLE = ".p-name, .entry-title, [itemprop=headline]"
_DEK = (
    "[itemprop=alternativeHeadline], .p-summary, .dek, .standfirst, .subtitle, .entry-subtitle, .article-subtitle, "
    ".article-dek, .article__dek, .article-excerpt, .gh-article-excerpt, .post-subtitle"
)
_PUBLISHED = ".dt-published, [itemprop=datePublished], time.published, time.entry-date, time[pubdate], time.post-date"
_UPDATED = ".dt-updated, [itemprop=dateModified], time.updated"
_CARDS = ".p-author.h-card, .p-author .h-card, .author.vcard, .vcard.author, [itemprop=author][itemscope]"
_CARD_NAME = ".p-name, .fn, [itemprop=name]"
_NAMES = "a[rel~=author], .p-author:not(.h-card), [itemprop=author]:not([itemscope])"
_BYLINE = (
    ".byline, .by-line, .byline-names, .post-byline, .author-byline, .article-byline, [class*=Byline], [class*=byline]"
)
# What says in any of its attributes that a name stands in it, or leads to a page about its author.
_WORDS = "author byline by-line autor auteur writer forfatter skribent redakteur contributor penulis yazar escritor"
_PAGES = (
    "author authors autor autores autoren auteur auteurs people person staff profile profil profiles writers writer"
)
_PAGES += " contributors contributor by team our-team journalist reporter reporters redakteur bio"
_LINKS = [f"a[href*='/{word}/']" for word in _PAGES.split(" ")]
_SAYS_AUTHOR = ", ".join(
    [f"[{name}*={word} i]" for name in ("class", "id", "data-testid", "data-qa") for word in _WORDS.split(" ")]
    + ["[rel~=author]", "[itemprop~=author]", "address", *_LINKS]
)
_ABOUT_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:related|comments?|commentlist|recommend\w*|sidebar|popular|trending|teasers?|newsletter|promo|carousel"
    r"|latest|recirc\w*|read-?more|more-?(?:stories|from|posts|articles)|respond|menu|nav(?:bar|igation)?|cards?-?grid|footer|widget)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"(?:image|img|avatar|photo|pic|desc|description|bio|social|twitter|email|role|job|position|count|follow|icon)(?:$|[\s_-])",
    re.IGNORECASE,
)
_INLINE = frozenset({"a", "b", "em", "font", "i", "small", "span", "strong", "u"})
_UNREAD = frozenset({"script", "style", "noscript", "template", "select"})
_NEAR = 1_500  # characters of text between the headline and what is said of it
_MOST_NAMES = 12  # more are those of other articles
_MOST_MARKED = 400
_LONGEST_LINE = 200
# Somebody else's work: a quotation, a picture, a comment, an entry that this one answers or lists.
_OTHERS_WORK = (
    "blockquote, figure, .h-cite, [itemscope]:not([itemprop=author]):not([itemtype$=Page]), .h-entry, .hentry"
)


def read_microformats(root: LexborNode, base: str) -> Article:
    """Read an article from the elements, without a body; ``root`` holds this article and no other.

    Its authors are those of machine-readable cards; see ``find_hinted_authors`` for weaker evidence.
    """
    return Article(
        title=html_tree.find_first_text(root, TITLE),
        dek=html_tree.find_first_text(root, _DEK),
        authors=people.merge_authors(_parse_cards(root, base), ()),
        published=_find_date(root, _PUBLISHED),
        updated=_find_date(root, _UPDATED),
    )


def find_hinted_authors(root: LexborNode, base: str) -> list[Author]:
    """Find people who are linked as authors or named in a byline: weak evidence, a single witness."""
    named = [author for node in _select_own(root, _NAMES) for author in _parse_card(node, node, base)]
    lines = [author for line in _select_own(root, _BYLINE) for author in _parse_seen(line, base, is_marked=True)]
    # “By Ada and Bo”, of whom only Ada is linked, says more than the link.
    whole = [author for author in lines if all(person.name in author.name for person in named)]
    return list(people.merge_authors(whole if len(whole) == 1 else [*named, *lines], named))


def find_seen_authors(root: LexborNode, base: str, others: Collection[int]) -> list[Author]:
    """Find whom a reader sees named as the author: what stands nearest to the headline.

    Heard are elements that say “author” in whichever language, links to an author's page, and lines such as “By Ann
    Lee”. others: the ids of elements that hold other articles.
    """
    places, texts, start = _measure_places(root)
    marked = {node.mem_id: node for node in islice(root.css(_SAYS_AUTHOR), _MOST_MARKED)}
    lines = {block.mem_id: block for block in map(_find_block, texts)}
    others = {*others, *(node.mem_id for node in root.css(_OTHERS_WORK) if node.css_first("h1") is None)}
    found: list[tuple[int, LexborNode, list[Author]]] = []
    for node in (marked | lines).values():
        distance = places.get(node.mem_id, -1) - start
        is_near = -_NEAR // 4 < distance < _NEAR
        if node.mem_id not in places or _is_others_work(node, root, others, is_near=is_near):
            continue
        if named := list(_parse_seen(node, base, is_marked=node.mem_id in marked)):
            found.append((distance if distance >= 0 else _NEAR - distance, node, named))
    found.sort(key=lambda one: one[0])
    return _gather_neighbours(found)


def _gather_neighbours(found: list[tuple[int, LexborNode, list[Author]]]) -> list[Author]:
    """Gather the authors of the nearest element and of those that stand beside it and say it in the same way."""
    if not found:
        return []
    last, first, named = found[0]
    for distance, node, more in found[1:]:
        is_alike = (node.tag, node.attributes.get("class")) == (first.tag, first.attributes.get("class"))
        if is_alike and distance - last < _LONGEST_LINE:
            named, last = [*named, *more], distance
        elif distance - last < _LONGEST_LINE and _is_more(named, more):
            named = more
    authors = people.merge_authors(named, [author for _, _, more in found for author in more])
    return list(authors) if len(authors) <= _MOST_NAMES else []


def _is_more(named: list[Author], more: list[Author]) -> bool:
    """Whether others name the same and somebody else, or a name that is longer."""
    known = {author.name for author in more}
    return len(more) > len(named) and all(author.name in known for author in named)


def _parse_seen(node: LexborNode, base: str, *, is_marked: bool) -> Iterator[Author]:
    """Parse whom an element names; one that is not marked must say so with a word such as “By”."""
    text = _join_pieces(node)
    if not text:
        return
    linked = {
        shown: html_tree.get_address(link, base)
        for link in ([node] if node.tag == "a" else node.css("a[href]"))
        if (shown := people.clean_name(html_tree.get_text(link)))
    }
    names: Sequence[str] = ()
    if not is_marked:
        line = bylines.parse_byline(text)
        names = line.names if line and line.cue and line.role == "author" else ()
    elif not _NOT_A_NAME.search(node.attributes.get("class") or ""):
        # Behind “by”, a link is a name even in small letters: “bell hooks”.
        by = [shown for shown in linked if re.search(rf"\b[Bb]y:? {re.escape(shown)}(?!\w)", text)]
        names = marked_names.list_names(text) or by
    for name in names:
        parts = [shown for shown in linked if shown in name]
        for one in parts if people.is_joined_name(name, parts) else [name]:
            yield from people.make_author(one, url=linked.get(one, ""))


def _join_pieces(node: LexborNode) -> str:
    """Join the texts of an element with bars, but with spaces behind “By” or an “and”; empty when they are too long."""
    pieces: list[str] = []
    is_read = True
    for inner in node.traverse(include_text=True):
        if inner.tag != "-text":
            is_read = inner.tag not in _UNREAD
        elif is_read and (text := " ".join((inner.text_content or "").split())):
            pieces.append(text)
            if sum(map(len, pieces)) > _LONGEST_LINE:
                return ""
    return html.remove_illegal_characters(marked_names.join_pieces(pieces))


def _is_others_work(node: LexborNode, root: LexborNode, others: Collection[int], *, is_near: bool) -> bool:
    """Whether an element stands in a list of other articles, a comment, a quotation, a menu."""
    if node.tag == "a" and not (is_near and 0 < len(_join_pieces(_find_block(node))) < _LONGEST_LINE * 3 // 4):
        return True  # a link far away, or in running text
    for around in (node, *html_tree.find_ancestors(node, root)):
        if around.mem_id in others or around.tag in {"blockquote", "figure", "figcaption", "footer"}:
            return True
        if _ABOUT_OTHERS.search(f"{around.attributes.get('class') or ''} {around.attributes.get('id') or ''}"):
            return around.tag not in {"body", "html", "main", "article"}
    return False


def _measure_places(root: LexborNode) -> tuple[dict[int, int], list[LexborNode], int]:
    """Measure how many characters of text stand before each element; list the texts near the headline; its place."""
    places: dict[int, int] = {}
    texts: list[tuple[int, LexborNode]] = []
    place, start, is_read = 0, -1, True
    for node in root.traverse(include_text=True):
        if node.tag == "-text":
            length = len((node.text_content or "").strip())
            if is_read and length:
                place += length
                if length < _LONGEST_LINE:
                    texts.append((place, node))
        else:
            is_read = node.tag not in _UNREAD
            places[node.mem_id] = place
            if start < 0 and node.tag == "h1":
                start = place
    start = max(start, 0)
    return places, [node for place, node in texts if -_NEAR // 8 < place - start < _NEAR // 2], start


def _find_block(text: LexborNode) -> LexborNode:
    """Find the block that a text stands in, through the elements within its line."""
    node = text.parent or text
    while node.tag in _INLINE and node.parent is not None:
        node = node.parent
    return node


def _parse_cards(root: LexborNode, base: str) -> Iterator[Author]:
    for card in _select_own(root, _CARDS):
        nested = [scope for scope in card.css("[itemscope]") if scope.mem_id != card.mem_id]
        inner = {node.mem_id for scope in nested for node in scope.traverse()}
        found = {html_tree.get_value(name): name for name in card.css(_CARD_NAME) if name.mem_id not in inner}
        several = [name for shown, name in found.items() if bylines.is_name_like(shown)]
        one = next(iter(found.values()), None) or card.css_first("a[href]") or card
        for name in several if len(several) > 1 else [one]:
            yield from _parse_card(card, name, base)


def _select_own(root: LexborNode, selector: str) -> Iterator[LexborNode]:
    """Select elements, except those within somebody else's work."""
    others = {node.mem_id for node in root.css(_OTHERS_WORK)} - {root.mem_id}
    for node in html_tree.select_all(root, selector):
        if not any(around.mem_id in others for around in html_tree.find_ancestors(node, root)):
            yield node


def _parse_card(card: LexborNode, name: LexborNode, base: str) -> Iterator[Author]:
    link = card.css_first("a.u-url[href], a.url[href], a[itemprop=url][href], a[rel~=author][href]") or name
    bio = card.css_first(".p-note, .note, [itemprop=description]")
    yield from people.make_author(
        html_tree.get_value(name) if name.tag == "meta" else html_tree.get_text(name),
        url=html_tree.get_address(link, base) or html_tree.get_address(card.css_first("a[href]"), base),
        bio=html_tree.get_text(bio) if bio is not None else "",
        avatar=html_tree.get_address(card.css_first("img"), base, "data-src", "src"),
    )


def _find_date(root: LexborNode, selector: str) -> datetime | None:
    return next(
        (
            found
            for node in html_tree.select_all(root, selector)
            if (found := moments.parse_date(html_tree.get_value(node)))
        ),
        None,
    )
