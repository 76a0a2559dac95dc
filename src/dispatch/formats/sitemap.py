"""What search engines ask for: ``sitemap.xml`` (sitemaps.org, protocol 0.9) and ``robots.txt`` (RFC 9309)."""

from collections.abc import Iterable

from lxml import etree

from dispatch import links
from dispatch.formats.feed import utc
from dispatch.model import Page, Publication

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MOST = 50_000  # addresses; the protocol allows no more


def render(pages: Iterable[Page], publication: Publication) -> bytes:
    """The addresses of all pages with the moments of their last change, the front page first.

    Not among them: pages of articles that first stood elsewhere, whose canonical address is there, and the search.
    """
    root = etree.Element("urlset", {"xmlns": _NAMESPACE})
    shown = [page for page in pages if page.kind not in {"feed", "search"}]
    for page in sorted(shown, key=lambda page: page.path)[:_MOST]:
        first = next(page.articles, None)
        if page.withdrawn:
            continue
        if page.kind == "article" and not (first and first.own and not first.withdrawn):
            continue
        address = etree.SubElement(root, "url")
        etree.SubElement(address, "loc").text = links.ascii_form(f"{publication.url}/{page.path}")
        etree.SubElement(address, "lastmod").text = utc(page.date).isoformat().replace("+00:00", "Z")
    octets: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return octets


def robots(publication: Publication) -> bytes:
    """Everybody may read everything, and here is the list of it."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {links.ascii_form(publication.url)}/sitemap.xml\n".encode()
