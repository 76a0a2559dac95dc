"""The body of a letter as a mail service keeps it: HTML with what the service itself puts in and around it."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dispatch import html
from dispatch.model import Document
from dispatch.readers import elements, page

_LAYOUT = re.compile(r'<(/?)(?:table|tbody|thead|tfoot|tr|td)\b(?:"[^"]*"|[^"<>])*>')


def trimmed(written: str, without: str) -> str:
    """HTML without the elements by a selector; not sanitised. Raises GatherError as ``page.parse`` does."""
    body = _parsed(written).body
    if body is None:
        return ""
    for node in body.css(without):
        node.decompose()
    return body.inner_html or ""


def blocks(written: str, wanted: str, without: str) -> str:
    """What stands in the elements by the selector ``wanted``, one after another; not sanitised.

    Where there is none it is all of the body. The tables in which mail is laid out are no tables: their cells become
    blocks. Raises GatherError as ``page.parse`` does.
    """
    body = _parsed(written).body
    if body is None:
        return ""
    for node in body.css(without):
        node.decompose()
    chosen = {node.mem_id: node for node in body.css(wanted)}
    outer = [node for node in chosen.values() if not any(n.mem_id in chosen for n in elements.around(node, body))]
    return "\n".join(f"<div>{_flat(node)}</div>" for node in outer or [body])


def title(written: str) -> str:
    """What a page says in its ``title``."""
    root = _parsed(written).root
    return elements.first(root, "title") if root is not None else ""


def hidden(written: str, selector: str) -> str:
    """The text of the first element by a selector, without the white space that pads it."""
    root = _parsed(written).root
    padding = dict.fromkeys(map(ord, "\u034f\u200b\u200c\u200d\ufeff\u00ad"))
    return " ".join(elements.first(root, selector).translate(padding).split()) if root is not None else ""


def _parsed(written: str) -> LexborHTMLParser:
    return page.parse(Document(url="", media_type="text/html", charset="utf-8", body=html.clean(written).encode()))


def _flat(node: LexborNode) -> str:
    """What stands in an element, with a block for each cell of its tables, unless they have headings."""
    inner = node.inner_html or ""
    return inner if node.css_first("th") is not None else _LAYOUT.sub(r"<\1div>", inner)
