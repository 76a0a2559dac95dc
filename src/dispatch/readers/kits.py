"""Read a kit: a text as a house hands it out to be published again, with byline, original, licence and line.

What it says becomes data, and leaves the body. It is found in pages, fragments, entries of feeds, Markdown and text;
the houses and the words are in ``kits.toml``. A page that was fetched from the very house that it names is that house's
own, and no kit.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from typing import Annotated, Final, NamedTuple

from selectolax.lexbor import LexborNode

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Credit, Document, Source, Terms
from dispatch.readers import html_tree, kit_bylines, kit_leaves, kit_licences, kit_lines, people
from dispatch.readers.kit_lines import HOUSES, WORDS, House, KitParagraph, NamedHouse

_MOST_NEAR: Final = 60  # paragraphs from either end
_LONG: Final = 100  # characters of a paragraph of the text itself
_MOST_TEXT: Final = 2  # such paragraphs before or after a line
_MOST_BESIDE: Final = 3  # paragraphs between a line and a byline below the text
_LEFT_OVER: Final = re.compile(r"(?:<(h[1-6])>[^<]*</\1>|<hr />)\Z")  # above what was taken
_COUNTS: Final = re.compile(WORDS["counters"]["words"], re.IGNORECASE)
_BASED_ON: Final = re.compile(r'"isBasedOn"\s*:\s*(?:\{[^{}]{0,500}?"(?:@id|url)"\s*:\s*)?"(https?:[^"\\]+)"')
_BOX: Final = re.compile(r"<textarea\b.*?</textarea>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What a kit says of its text."""

    url: Annotated[str, "the address of the original; empty where none is given"] = ""
    source: Source = field(default_factory=Source)
    authors: tuple[Author, ...] = ()
    is_sure: Annotated[bool, "whether the people of the byline can be told from the houses"] = True
    credits: tuple[Credit, ...] = ()
    published: datetime | None = None
    license: str = ""
    terms: Terms = field(default_factory=Terms)


class Told(NamedTuple):
    """What markup tells beside the paragraphs of a kit."""

    written: Annotated[str, "the document as it was written, in which a house leaves its mark"] = ""
    syndicated: Annotated[str, "the address of the original in metadata that is made to name it"] = ""
    others: Annotated[Sequence[str], "the same, in metadata that may mean another text as well"] = ()
    canonical: Annotated[str, "the page's address as it gives it, which may be that of a copy"] = ""
    counters: Annotated[Sequence[str], "the addresses of the pictures that count readers"] = ()
    title: str = ""
    is_marked: Annotated[bool, "whether a paragraph is marked as a line"] = False


def read_kit(
    paragraphs: Sequence[KitParagraph], told: Told, *, own: Collection[str] = (), names: Collection[str] = ()
) -> tuple[Kit | None, frozenset[int]]:
    """Read a kit off the paragraphs of a document; return it, and the numbers of the paragraphs that it consists of.

    own: where the document was fetched from, or what is published there. names: what that site is called.
    """
    row, ours = _find_row(told.written), {links.find_site(one) for one in own} - {""}
    told = told._replace(syndicated="" if links.find_site(told.syndicated) in ours else told.syndicated)
    above, below = _find_ends([one.text for one in paragraphs])
    found = {
        number: house
        for number in sorted({*above, *below})
        if (house := kit_lines.find_named_house(paragraphs[number], told.title))
    }
    tail: Collection[int] = ()  # addresses that plain text repeats below its last line
    last = next((n for n, one in reversed([*enumerate(paragraphs)]) if not links.is_web_address(one.text.strip())), -1)
    if not found and last >= 0 and (bare := kit_lines.find_bare_house(paragraphs[last])):
        found, tail = {last: bare}, range(last + 1, len(paragraphs))
    if not (found or row or told.syndicated):
        return None, frozenset()
    houses = {house.name for house in found.values()}
    row = row or next((one for one in HOUSES if one.get("name") in houses), row)
    house = next(iter(found.values()), NamedHouse(row.get("name", ""), ""))
    numbers = sorted({*found, *_find_neighbours(paragraphs, row, found)} - {*tail})
    lines = [paragraphs[number] for number in numbers]
    of_house = [paragraphs[number] for number in numbers if found.get(number, house).name == house.name]
    is_theirs = links.find_site(told.canonical) == links.find_site(house.url)
    is_theirs = is_theirs or people.is_same_house(house.name or "-", [links.parse_host(told.canonical)])
    named = (told.syndicated, *told.others, told.canonical if is_theirs else "")
    url = kit_lines.find_original(of_house, house, told.title) or next(filter(links.is_web_address, named), "")
    url = "" if kit_lines.is_front_page(url) else url
    site = links.find_site(url or house.url)
    theirs = [one for one in told.counters if links.find_site(one) == site or re.search(row.get("mark", "(?!)"), one)]
    counter = next(iter(theirs or ([] if ours else told.counters)), "")
    is_ours = {links.find_site(one) for one in (url, house.url, "" if site else counter)} & ours
    if is_ours or people.is_same_house(house.name or "-", [*names, *map(links.parse_host, own)]):
        if url not in own or not kit_licences.find_licence(lines):
            return None, frozenset()
        given, taken = read_kit(paragraphs, Told(title=told.title))  # where it stands, and whose it is, is known
        return given and replace(given, url="", source=Source()), taken
    host = links.parse_host(url or house.url or counter).removeprefix("www.")
    marker = row.get("links", "")
    places = [*above, *(one for one in below if marker or any(abs(one - other) <= _MOST_BESIDE for other in numbers))]
    byline = kit_bylines.find_byline(paragraphs, places, numbers, marker, [house.name, host])
    licence = kit_licences.find_licence(lines)
    licence = row.get("licence", licence) if licence in {"", "Creative Commons"} else licence
    # A tool that many houses use counts at the house itself.
    origin = re.match(r"https?://[^/?#]+", url or house.url or ("" if row.get("name") else counter))
    front = house.url if kit_lines.is_front_page(house.url) else origin[0] if origin else ""
    kit = Kit(
        url=url,
        source=Source(title=house.name or byline.house, url=front),
        authors=byline.authors,
        is_sure=byline.is_sure,
        credits=byline.credits,
        published=byline.published,
        license=licence,
        terms=Terms(
            line="<br />".join(dict.fromkeys(one.html for one in lines if not kit_licences.is_licence_label(one))),
            counter=counter,
            no_derivatives=kit_licences.is_fixed(licence, lines),
        ),
    )
    return kit, frozenset({*numbers, *tail, *byline.numbers})


def _find_row(written: str) -> House:
    """Find the house that has left its mark in a document."""
    return next((one for one in HOUSES if re.search(one["mark"], written, re.IGNORECASE)), {})


def _find_ends(texts: Sequence[str]) -> tuple[range, range]:
    """Find the paragraphs that stand above the text of a document or below it, or hardly within it."""
    long = [number for number, text in enumerate(texts) if len(text) >= _LONG]
    first = long[_MOST_TEXT] + 1 if len(long) > _MOST_TEXT else len(texts)
    last = long[-1 - _MOST_TEXT] if len(long) > _MOST_TEXT else 0
    return range(min(first, _MOST_NEAR)), range(max(last, len(texts) - _MOST_NEAR), len(texts))


def _find_near(texts: Sequence[str], told: Told) -> frozenset[int]:
    """Find the paragraphs that may be part of a kit; none where nothing says that there is one."""
    near = frozenset(number for end in _find_ends(texts) for number in end)
    is_marked = bool(told.is_marked or told.syndicated or _find_row(told.written))
    return near if is_marked or any(kit_lines.may_name_house(texts[number]) for number in near) else frozenset()


def _find_neighbours(paragraphs: Sequence[KitParagraph], row: House, found: Collection[int]) -> Iterator[int]:
    """Find the other paragraphs that must stand with a text: beside its line, or those that the house is known for."""
    line = rf"[\W_]*(?:{row.get('line', '(?!)')})"
    for number, one in enumerate(paragraphs):
        is_beside = any(0 < abs(number - other) <= 2 for other in found)
        goes_with = is_beside and (kit_lines.is_way_to_original(one) or kit_lines.is_licence_line(one))
        if one.html and (goes_with or re.match(line, one.text, re.IGNORECASE)):
            yield number


def apply_kit(article: Article, kit: Kit | None, *, is_feed: bool = False) -> Article:
    """Give an article what its kit says of it, over what was read otherwise.

    is_feed: it is an entry, which is handed out to be shown elsewhere, so that its licence says what may be done.
    """
    if kit is None:
        is_bound = kit_licences.is_fixed(kit_licences.name_licence(article.license), ())
        return replace(article, terms=Terms(no_derivatives=True)) if is_feed and is_bound else article
    authors = tuple(one for one in article.authors if not people.is_same_house(one.name, [kit.source.title]))
    source, site = kit.source, links.find_site(kit.source.url)
    if not source.title:
        host = links.parse_host(source.url).removeprefix("www.")
        is_known = article.source.title and links.find_site(article.source.url) == site
        source = article.source if is_known or not site else replace(source, title=host)
    return replace(
        article,
        url=kit.url or article.url,
        source=source,
        authors=people.merge_authors(kit.authors, article.authors) or authors,
        credits=tuple(dict.fromkeys((*article.credits, *kit.credits))),
        certainty=("certain" if kit.is_sure else "likely")
        if kit.authors
        else article.certainty
        if authors
        else "unknown",
        witnesses=() if kit.authors else article.witnesses,
        published=kit.published or article.published,
        date_certainty="certain" if kit.published else article.date_certainty,
        license=kit.license or article.license,
        terms=kit.terms,
        content=_LEFT_OVER.sub("", _LEFT_OVER.sub("", article.content).rstrip()),
    )


def take_kit(
    root: LexborNode, base: str, *, own: Collection[str] = (), names: Collection[str] = (), others: Collection[int] = ()
) -> Kit | None:
    """Take the kit off a document's elements, which are then without its paragraphs and its counter.

    others: the ids of elements that belong to other articles. Raises GatherError as ``html.sanitise_html`` does.
    """
    leaves = list(kit_leaves.split_leaves(root, others))
    texts = [" ".join("".join(node.text(deep=True) for node in leaf).split()) for leaf in leaves]
    told = _read_markup(root, base)
    near = _find_near(texts, told)
    if not near:
        return None
    pictures = _find_counters(root)
    counters = [html_tree.get_attribute(one, "src") for one in pictures]
    told = told._replace(counters=sorted(counters, key=lambda url: not _COUNTS.search(url)))
    paragraphs = [
        kit_lines.read_paragraph(kit_leaves.write_leaf(leaf), base, html_tree.get_attribute(leaf[0], "class"))
        if number in near and len(text) <= kit_lines.LONGEST
        else KitParagraph("", text, (), ())
        for number, (leaf, text) in enumerate(zip(leaves, texts, strict=True))
    ]
    kit, numbers = read_kit(paragraphs, told, own=own, names=names)
    if kit is not None:
        for node in (*pictures, *(node for number in numbers for node in leaves[number])):
            node.decompose()
    return kit


def take_kit_from_html(written: str, base: str, *, own: Collection[str] = ()) -> tuple[str, Kit | None]:
    """Take the kit off foreign HTML, such as a feed's entry; return the rest of it, and the kit."""
    document = Document(url=base, media_type="text/html", charset="utf-8", body=written.encode("utf-8", "replace"))
    try:
        body = html_tree.parse_page(document).body
        kit = take_kit(body, base, own=own) if body is not None else None
    except GatherError:  # then it is too large to be read as a text, too
        return written, None
    return ((body.inner_html or "") if kit and body is not None else written), kit


def take_kit_from_paragraphs(
    written: Sequence[str], document: str, title: str
) -> tuple[Kit | None, frozenset[int], list[str]]:
    """Read a kit off paragraphs as HTML; return it, their numbers that are part of it, and the addresses that count."""
    texts = [html.to_plain_text(html.sanitise_html(one)) for one in written]
    if not _find_near(texts, Told(document)):
        return None, frozenset(), []
    pictures = map(unescape, re.findall(r'<img\b[^<>]*?\bsrc="([^"<>]*)"', "\n".join(written)))
    counters = [url for url in pictures if links.is_tracker(url) or _COUNTS.search(url)]
    paragraphs = [kit_lines.read_paragraph(one, "") for one in written]
    kit, numbers = read_kit(paragraphs, Told(document, counters=counters, title=title))
    return kit, numbers, counters if kit else []


def _read_markup(root: LexborNode, base: str) -> Told:
    syndicated, original = (
        html_tree.get_address(root.css_first(f'meta[name="{name}-source" i][content]'), base, "content")
        for name in ("syndication", "original")
    )
    written = _BOX.sub("", root.html or "")  # a house's own page has a kit in a box
    based = _BASED_ON.search(written.replace("\\/", "/"))
    canonical = html_tree.get_address(root.css_first("link[rel~=canonical][href], a[rel~=canonical][href]"), base)
    return Told(
        written=written,
        syndicated=syndicated if links.is_web_address(syndicated) else "",
        others=(based[1] if based else "", original),
        canonical=canonical,
        title=html_tree.find_first_text(root, "h1"),
        is_marked=root.css_first("a[rel~=canonical][href], p.republished a[href]") is not None,
    )


def _find_counters(root: LexborNode) -> list[LexborNode]:
    """Find the pictures that are there to count readers: what sanitising takes for such."""
    pictures = (one for one in root.css("img[src]") if links.is_web_address(html_tree.get_attribute(one, "src")))
    return [one for one in pictures if not html.sanitise_html(one.html or "")]
