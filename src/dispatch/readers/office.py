"""Read HTML as word processors and note programs save it: Word, Google Docs, LibreOffice, Notion; and Medium's export.

Such a file knows no site and no author but who owned the program; its title, dek and byline stand in its first lines.
"""

import re
from dataclasses import replace
from typing import Final

from selectolax.lexbor import LexborNode

from dispatch import html
from dispatch.model import Article, Document, Fault
from dispatch.readers import charset, frontmatter_aliases, html_blocks, html_tree, opening, page

_MARK: Final = re.compile(
    r"urn:schemas-microsoft-com:office:word|class=[\"']?Mso|content=[\"'](?:Microsoft Word|LibreOffice|OpenOffice)"
    r"|docs-internal-guid|google\.com/url\?q=|class=[\"'][^\"']*\bdoc-content|id=[\"']ftnt|p-canonical"
    r"|Cocoa HTML Writer|class=[\"']page (?:sans|serif|mono)[\"']"
)
# Remarks and deleted words are private.
_PRIVATE: Final = (
    "script, style, del, [style*='mso-element:comment'], .msocomanchor, .MsoCommentReference, .MsoCommentText, "
    ".MsoHeader, .MsoFooter, [class^=comment-], div[title=header], div[title=footer]"
)
_REMARK: Final = re.compile(r"#?_?(?:cmnt|msocom|msoanchor)")
_PROPERTIES: Final = "table.properties"


def accepts(document: Document) -> bool:
    """Whether it is HTML with the marks of such a program, and without metadata of an article on the web."""
    if not page.accepts(document):
        return False
    text = charset.decode_document(document)
    is_page = re.search(r"application/ld\+json|article:published_time|og:type", text)
    return not is_page and bool(_MARK.search(text))


def read(document: Document, _faults: list[Fault] | None = None) -> list[Article]:
    """Read the one article of a document. Raises GatherError as ``html_tree.parse_page`` and sanitising do."""
    tree = html_tree.parse_page(document)
    root, body = tree.root, tree.body
    if root is None or body is None:
        return []
    named = html_tree.find_first_text(root, "title")
    _remove_private(body)
    _name_anchors(body)
    article = _read_properties(body, document)
    if (canonical := body.css_first("a.p-canonical[href]")) is not None:  # Medium has the rest in an h-entry
        (article,) = page.read(document)
        article = replace(article, url=html_tree.get_address(canonical, ""), dek="")
    blocks = html_blocks.split_blocks(body.css_first(".e-content") or body)
    language = html_tree.get_attribute(root.css_first("html[lang], body[lang]"), "lang")
    article, blocks = opening.take_opening(replace(article, language=language), blocks)
    content = html.sanitise_html(html_blocks.join_blocks(html_blocks.strip_contacts(blocks)), document.url)
    return [replace(article, title=article.title or named, content=content)] if blocks or article.title else []


def _remove_private(body: LexborNode) -> None:
    """Remove remarks, deleted words, and what a page on paper repeats."""
    for link in body.css("a[href]"):
        if _REMARK.match(html_tree.get_attribute(link, "href")):
            # The mark in the text, or the remark itself, which begins with the way back.
            box = "div" if "_ref" in html_tree.get_attribute(link, "href") else "sup"
            next((one for one in html_tree.find_ancestors(link, body) if one.tag == box), link).decompose()
    html_tree.remove_all(body, _PRIVATE)
    body.unwrap_tags(["ins"])  # who added it is private too


def _name_anchors(body: LexborNode) -> None:
    """Give the targets of notes an id: Word and LibreOffice name them in the way of HTML 4."""
    for anchor in body.css("a[name]"):
        if "id" not in anchor.attributes:
            anchor.attrs["id"] = html_tree.get_attribute(anchor, "name")


def _read_properties(body: LexborNode, document: Document) -> Article:
    """Read the table of properties that Notion puts below a title, and remove it."""
    table = body.css_first(_PROPERTIES)
    if table is None:
        return Article(certainty="unknown")
    rows = ((row.css_first("th"), row.css_first("td")) for row in html_tree.select_all(table, "tr"))
    data: dict[str, object] = {
        re.sub("[ -]", "_", html_tree.get_text(key).lower()): html_tree.get_text(value).lstrip("@")
        for key, value in rows
        if key is not None and value is not None
    }
    table.decompose()
    return frontmatter_aliases.build_article(data, document)
