"""Read a page's head: OpenGraph, Dublin Core, citation and other ``meta`` elements, and links."""

from collections.abc import Iterable, Mapping

from selectolax.lexbor import LexborNode

from dispatch import links
from dispatch.model import Article, Author, Image, Source
from dispatch.readers import elements, entries, people

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
# Each has one element for each author. Scholarly and news systems fill them with care; the others often hold the
# site's name or a login.
_CAREFUL = ("citation_author", "parsely-author", "sailthru.author")
_CARELESS = ("author", "article:author", "og:article:author", "dc.creator", "dc:creator", "dcterms.creator")

Metas = Mapping[str, list[str]]


def article(root: LexborNode, base: str) -> Article:
    """Read an article from the head, without authors and body; see ``find_meta_authors``."""
    metas = _metas(root)
    image = _first(metas, ("og:image:secure_url", "og:image", "og:image:url", "twitter:image"))
    return Article(
        url=elements.address(root.css_first("link[rel~=canonical][href]"), base)
        or links.resolve(base, _first(metas, ("og:url",))),
        title=entries.plain(_first(metas, _TITLE)),
        summary=entries.plain(_first(metas, _SUMMARY)),
        source=Source(title=_first(metas, ("og:site_name", "citation_journal_title", "application-name"))),
        published=entries.moment(_first(metas, _PUBLISHED)),
        updated=entries.moment(_first(metas, _UPDATED)),
        language=elements.attribute(root.css_first("html[lang]"), "lang")
        or _first(metas, ("og:locale", "content-language", "dc.language")).replace("_", "-"),
        tags=entries.tags(metas.get("article:tag", [])),
        image=Image(
            url=links.resolve(base, image),
            alt=_first(metas, ("og:image:alt", "twitter:image:alt")) or None,
            width=entries.pixels(_first(metas, ("og:image:width",))),
            height=entries.pixels(_first(metas, ("og:image:height",))),
        )
        if image
        else None,
        license=elements.address(root.css_first("link[rel~=license][href], a[rel~=license][href]"), base),
    )


def authors(root: LexborNode) -> tuple[list[Author], list[Author]]:
    """Find whom careful elements name, and whom careless ones do, each from the first kind that names anybody."""
    metas = _metas(root)
    return _people(metas, _CAREFUL), [who for who in _people(metas, _CARELESS) if not people.is_login(who.name)]


def _people(metas: Metas, names: Iterable[str]) -> list[Author]:
    kinds = ([author for written in metas.get(name, []) for author in people.author(written)] for name in names)
    return next(filter(None, kinds), [])


def _metas(root: LexborNode) -> Metas:
    """Collect the values by name, lower case, in the page's order."""
    metas: dict[str, list[str]] = {}
    for meta in root.css("meta[content]"):
        name = elements.attribute(meta, "property") or elements.attribute(meta, "name")
        if value := elements.attribute(meta, "content"):
            metas.setdefault(name.lower(), []).append(value)
    return metas


def _first(metas: Metas, names: Iterable[str]) -> str:
    return next((metas[name][0] for name in names if name in metas), "")
