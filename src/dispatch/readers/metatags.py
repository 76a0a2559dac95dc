"""Read a page's head: OpenGraph, Dublin Core, citation and other ``meta`` elements, and links."""

from collections.abc import Iterable, Mapping

from selectolax.lexbor import LexborNode

from dispatch import links
from dispatch.model import Article, Author, Image, Source
from dispatch.readers import bylines, fields, html_tree, moments, people

_TITLE = ("og:title", "citation_title", "parsely-title", "dc.title", "twitter:title")
_SUMMARY = ("og:description", "description", "dc.description", "twitter:description")
_PUBLISHED = (
    "article:published_time",
    "citation_publication_date",
    "citation_date",
    "parsely-pub-date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "date",
)
_UPDATED = ("article:modified_time", "og:updated_time", "dcterms.modified")
_TAGS = ("article:tag", "og:article:tag", "og:tag", "parsely-tags", "sailthru.tags")
# Each has one element for each author. Scholarly and news systems fill them with care; the others often hold the
# site's name or a login.
_CAREFUL = ("citation_author", "parsely-author", "sailthru.author")
_CARELESS = ("author", "article:author", "og:article:author", "dc.creator", "dc:creator", "dcterms.creator")

Metas = Mapping[str, list[str]]


def read_head(root: LexborNode, base: str) -> Article:
    """Read an article from the head, without authors and body; see ``find_meta_authors``."""
    metas = _collect_metas(root)
    image = _find_meta(metas, ("og:image:secure_url", "og:image", "og:image:url", "twitter:image"))
    return Article(
        url=html_tree.get_address(root.css_first("link[rel~=canonical][href]"), base)
        or links.resolve_address(base, _find_meta(metas, ("og:url",))),
        title=fields.read_line(_find_meta(metas, _TITLE)),
        summary=fields.read_line(_find_meta(metas, _SUMMARY)),
        source=Source(title=_find_meta(metas, ("og:site_name", "citation_journal_title", "application-name"))),
        published=moments.parse_date(_find_meta(metas, _PUBLISHED)),
        updated=moments.parse_date(_find_meta(metas, _UPDATED)),
        language=html_tree.get_attribute(root.css_first("html[lang]"), "lang")
        or _find_meta(metas, ("og:locale", "content-language", "dc.language")).replace("_", "-"),
        tags=fields.read_tags(tag for name in _TAGS for written in metas.get(name, []) for tag in written.split(",")),
        image=Image(
            url=links.resolve_address(base, image),
            alt=_find_meta(metas, ("og:image:alt", "twitter:image:alt")) or None,
            width=fields.parse_pixels(_find_meta(metas, ("og:image:width",))),
            height=fields.parse_pixels(_find_meta(metas, ("og:image:height",))),
        )
        if image
        else None,
        license=html_tree.get_address(_find_license(root), base),
    )


def _find_license(root: LexborNode) -> LexborNode | None:
    """Find the link to the page's licence; one in a figure is that of a picture."""
    found = html_tree.select_all(root, "link[rel~=license][href], a[rel~=license][href]")
    return next(
        (one for one in found if all(outer.tag != "figure" for outer in html_tree.find_ancestors(one, root))), None
    )


def find_meta_authors(root: LexborNode) -> tuple[list[Author], list[Author]]:
    """Find whom careful elements name, and whom careless ones do, each from the first kind that names anybody."""
    metas = _collect_metas(root)
    labelled = [f"twitter:data{n}" for n in (1, 2) if bylines.is_author_label(_find_meta(metas, [f"twitter:label{n}"]))]
    return _parse_meta_authors(metas, _CAREFUL), [
        who for who in _parse_meta_authors(metas, [*_CARELESS, *labelled]) if not people.is_login(who.name)
    ]


def _parse_meta_authors(metas: Metas, names: Iterable[str]) -> list[Author]:
    kinds = ([author for written in metas.get(name, []) for author in people.make_author(written)] for name in names)
    return next(filter(None, kinds), [])


def _collect_metas(root: LexborNode) -> Metas:
    """Collect the values by name, lower case, in the page's order."""
    metas: dict[str, list[str]] = {}
    for meta in root.css("meta[content]"):
        name = html_tree.get_attribute(meta, "property") or html_tree.get_attribute(meta, "name")
        if value := html_tree.get_attribute(meta, "content"):
            metas.setdefault(name.lower(), []).append(value)
    return metas


def _find_meta(metas: Metas, names: Iterable[str]) -> str:
    return next((metas[name][0] for name in names if name in metas), "")
