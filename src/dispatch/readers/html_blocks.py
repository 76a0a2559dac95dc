"""Flatten HTML that was laid out for mail or paper into its blocks: paragraphs, headings, lists, tables, pictures.

Boxes and tables that only lay out become what stands in them; text that stands loose in a box becomes paragraphs, which
two line breaks divide.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from itertools import islice
from typing import Annotated, Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dispatch import html, links
from dispatch.readers import contacts, html_tree

_WHOLE: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote", "figure", "hr"}
)
_BOXES: Final = frozenset(
    {"body", "div", "section", "article", "main", "header", "footer", "aside", "nav", "center", "address", "form"}
    | {"table", "tbody", "thead", "tfoot", "tr", "td", "th", "li", "dd", "dt", "details", "summary", "hgroup"}
)
_UNREAD: Final = frozenset({"script", "style", "head", "title", "meta", "link", "template", "xml", "base", "-comment"})
_HAS_BLOCK: Final = "p, h1, h2, h3, h4, h5, h6, ul, ol, pre, blockquote, figure, div, table"
_PARAGRAPH: Final = re.compile(r"(?:<br\s*/?>\s*){2,}", re.IGNORECASE)
_COMMENT: Final = re.compile(r"<!--.{0,100}?-->")
# What Word writes before an item of a list, with the space behind it.
_MARKER: Final = re.compile(
    r"(?:\s|<span[^<>]*>)*([·•§▪o–-]|\(?[\da-zA-Z]{1,3}[.)])(?:\s|&nbsp;|</?span[^<>]*>)+", re.IGNORECASE
)
_SENTENCE: Final = re.compile(r"(?<=[.!?。])\s|\n")
_LINE_END: Final = re.compile(r"<br[^<>]*>|</(?:tr|div|p)>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")
_MOST_OUTER: Final = 4


class Block(NamedTuple):
    """A paragraph, heading, list, table or picture of a document, on its own."""

    tag: Annotated[str, "the element's name; li for an item of a list that is none in the markup"]
    html: Annotated[str, "the element, not sanitised"]
    text: Annotated[str, "its plain text, on one line"]
    classes: Annotated[str, "its classes, and those of the boxes in which it stands"]
    links: Annotated[Mapping[str, str], "the addresses in it, by their words"]

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture in it."""
        return "<img" in self.html


def split_blocks(root: LexborNode) -> list[Block]:
    """Split an element into its blocks, in order, without empty ones."""
    blocks: list[Block] = []
    for block in _walk_blocks(root):
        if (
            "caption" in block.classes
            and block.tag == "p"
            and blocks
            and blocks[-1].has_picture
            and not blocks[-1].text
        ):
            picture = blocks.pop()
            inner, said = (re.sub(r"^<p[^<>]*>|</p>$", "", one.html) for one in (picture, block))
            told = f"<figure>{inner}<figcaption>{said}</figcaption></figure>"
            blocks.append(Block("figure", told, block.text, block.classes, {**picture.links, **block.links}))
        elif block.text or block.has_picture or block.tag == "hr":
            blocks.append(block)
    return blocks


def join_blocks(blocks: Iterable[Block]) -> str:
    """Join blocks to HTML; items of a list that was none become one."""
    joined = "\n".join(
        f"<{_find_list(block)}>{block.html}</{_find_list(block)}>" if block.tag == "li" else block.html
        for block in blocks
    )
    return re.sub(r"</(ul|ol)>\n<\1>(?=<li>)", "", joined)


def split_lines(block: Block) -> list[str]:
    """Split a block into its lines, as plain text; the rows of a table are lines. At least one."""
    written = _TAG.sub("", _LINE_END.sub("\n", block.html.replace("</th>", " ")))
    return [line for one in written.split("\n") if (line := " ".join(unescape(one).split()))] or [""]


def strip_contacts(blocks: Sequence[Block]) -> list[Block]:
    """Strip what is for editors: whom they may ask, mailboxes and telephone numbers; see ``contacts``."""
    texts = ["\n".join(split_lines(block)) for block in blocks]
    left = contacts.strip_contacts(texts)[::-1]
    kept: list[Block] = []
    for block, text in zip(blocks, texts, strict=True):
        if not text or left[-1:] == [text]:
            kept.append(block)
            del left[len(left) - bool(text) :]
        elif left and all(sentence in text for sentence in _SENTENCE.split(left[-1])):
            rest = left.pop()
            kept.append(block._replace(tag="p", html=f"<p>{html.escape_html(rest)}</p>", text=rest))
    return kept


def _find_list(block: Block) -> str:
    return "ol" if "numbered" in block.classes else "ul"


def _walk_blocks(root: LexborNode) -> Iterator[Block]:
    loose: list[str] = []
    outer = root
    # Not recursive: a page may be nested deeper than a program can call itself. None ends a box.
    waiting: list[LexborNode | None] = [root]
    while waiting:
        node = waiting.pop()
        if node is None:
            yield from _make_paragraphs(loose, outer)
        elif node.tag == "-text":
            loose.append(html.escape_html(node.text_content or ""))
        elif node.tag in _UNREAD:
            continue
        elif (node.tag in _WHOLE and node.attributes.get("type") != "cite") or (
            node.tag == "table" and _is_data_table(node)
        ):
            yield from _make_paragraphs(loose, outer)
            yield _make_block(node)
        elif node.mem_id == root.mem_id or node.tag in _BOXES or (node.tag != "a" and node.css_first(_HAS_BLOCK)):
            yield from _make_paragraphs(loose, outer)
            outer = node
            waiting += [None, *reversed(list(node.iter(include_text=True)))]
        else:
            loose.append(node.html or "")
    yield from _make_paragraphs(loose, outer)


def _make_paragraphs(loose: list[str], outer: LexborNode) -> Iterator[Block]:
    """Make paragraphs of the text that stands loose in a box, and empty the list."""
    written = "".join(loose)
    loose.clear()
    for piece in _PARAGRAPH.split(written):
        if piece.strip():
            body = LexborHTMLParser(f"<p>{piece}</p>").body
            node = body.css_first("p") if body is not None else None
            if node is not None:
                yield _make_block(node)._replace(classes=_list_classes(outer))


def _make_block(node: LexborNode) -> Block:
    classes = _list_classes(node)
    tag, written = node.tag or "", node.html or ""
    if tag == "p" and "MsoListParagraph" in classes:
        inner = _COMMENT.sub("", node.inner_html or "")
        marker = _MARKER.match(inner)
        tag, written = "li", f"<li>{inner[marker.end() :] if marker else inner}</li>"
        classes += " numbered" * bool(marker and marker[1].strip("(.)").isalnum() and marker[1] != "o")
    addresses = {
        html_tree.get_text(link): links.unwrap_redirect(html_tree.get_address(link, ""))
        for link in html_tree.select_all(node, "a[href]")
    }
    return Block(tag, written, html_tree.get_text(node), classes, addresses)


def _list_classes(node: LexborNode) -> str:
    outer = islice(html_tree.find_ancestors(node, node), _MOST_OUTER)
    return " ".join(filter(None, (html_tree.get_attribute(one, "class") for one in (node, *outer))))


def _is_data_table(table: LexborNode) -> bool:
    """Whether a table holds data, and does not lay out a message."""
    if html_tree.get_attribute(table, "role") in {"presentation", "none"} or table.css_first("td table, td p img"):
        return False
    if table.css_first("th, caption") is not None:
        return True
    rows = [[html_tree.get_text(cell) for cell in row.css("td")] for row in html_tree.select_all(table, "tr")]
    is_grid = len(rows) > 1 and len({len(row) for row in rows}) == 1 and len(rows[0]) > 1
    return is_grid and table.css_first("img") is None and all(0 < len(text) < 100 for row in rows for text in row)
