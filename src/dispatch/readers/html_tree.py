"""Parse HTML pages, bounded, and ask the few questions that every witness has of their elements.

The HTML of a message as a mail service exports it is read here too, without the layout and the parts that the service
adds.
"""

import re
from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dispatch import html, links
from dispatch.errors import GatherError
from dispatch.model import Document
from dispatch.readers import charset

Element = LexborNode  # so that an importer can say what it is given
MOST_MATCHES = 50
MOST_CHARACTERS = 5 * 1024 * 1024
MOST_ELEMENTS = 50_000
MOST_WORDS = 20_000  # within tags longer than LONG_TAG characters
LONG_TAG = 5_000
MOST_LEVELS = 2_000  # counting what scripts hold as well; parsing takes 3 ms there, and 3 s at 50,000

_TAG = re.compile(r"""<[A-Za-z](?:[^"'>]++|"[^"]*"|'[^']*')*+""")
# An attribute as everybody writes it, and a tag that has no others: a drawn path has thousands of figures in one.
_ATTRIBUTE = r"""[^\s"'=<>/]++(?:="[^"]*+"|='[^']*+'|=[^\s"'=<>`]++)?+"""
_PLAIN_TAG = re.compile(rf"<[A-Za-z][^\s\"'=<>/]*+(?:\s++{_ATTRIBUTE})*+[\s/]*+")
# Where an attribute may end in another tag; not at each quote, because what looks like a long tag is often a script.
_ENDS = (re.compile(r"\s+"), re.compile("/"), re.compile(r"""["'](?=[^\s"'=<>/]+=)"""))
_LAYOUT = re.compile(r'<(/?)(?:table|tbody|thead|tfoot|tr|td)\b(?:"[^"]*"|[^"<>])*>')

# What mail services fill up a preview with.
PADDING: Mapping[int, None] = dict.fromkeys(map(ord, "\u034f\u200b\u200c\u200d\u2007\ufeff\u00ad\u200e"))

# Read aloud, never seen: “Author archives” and the like inside a name's link.
UNSEEN = ".screen-reader-text, .visually-hidden, .sr-only, script, style"


def parse_page(document: Document) -> LexborHTMLParser:
    """Parse a page. Raises GatherError when it has more elements than can be parsed in good time."""
    text = charset.decode_document(document)
    _refuse_page_bombs(text)
    return LexborHTMLParser(html.write_formulas(text))


def find_base(root: LexborNode, found_at: str) -> str:
    """Find what relative addresses are relative to; a page that was saved to a file says where it came from."""
    canonical = get_address(root.css_first("link[rel~=canonical][href]"), "")
    found_at = found_at or (canonical if links.is_web_address(canonical) else "")
    return get_address(root.css_first("base[href]"), found_at) or found_at


def select_all(root: LexborNode, selector: str) -> list[LexborNode]:
    """Select elements, in the page's order: at most 50, more than any honest page has of what is asked for."""
    # An element that several selectors of a list match is found by each of them.
    return list({node.mem_id: node for node in root.css(selector)}.values())[:MOST_MATCHES]


def find_ancestors(node: LexborNode, root: LexborNode) -> Iterator[LexborNode]:
    """Yield the ancestors of an element, nearest first, up to ``root`` and without it."""
    while (parent := node.parent) is not None and parent.mem_id != root.mem_id:
        yield parent
        node = parent


def get_text(node: LexborNode, without: str = UNSEEN) -> str:
    """Return the text of an element on one line, without what is only read aloud, or another selection."""
    unseen = {inner.mem_id for hidden in node.css(without) for inner in hidden.traverse(include_text=True)}
    if node.mem_id in unseen:
        return ""
    pieces = []
    for inner in node.traverse(include_text=True):
        if inner.mem_id in unseen:
            continue
        if inner.tag == "-text":
            pieces.append(inner.text_content or "")
        elif inner.tag in {"br", "p", "div", "li"}:
            pieces.append(" ")
    return " ".join(html.remove_illegal_characters("".join(pieces)).split())


def find_first_text(root: LexborNode, selector: str) -> str:
    """Return the text of the first selected element that has any."""
    return next((found for node in select_all(root, selector) if (found := get_text(node))), "")


def find_list_heading(node: LexborNode, root: LexborNode) -> str:
    """Find the heading beside the innermost list in which an element stands; empty without one."""
    lists = (above.parent for above in find_ancestors(node, root) if above.tag == "dl")
    return next((get_text(one) for above in lists if above for one in above.iter() if one.tag == "h3"), "")


def get_attribute(node: LexborNode | None, name: str) -> str:
    """Return the value of an attribute, stripped; empty when there is none."""
    return (
        html.remove_illegal_characters(node.attributes.get(name) or "").strip("\t\n\r\f ") if node is not None else ""
    )


def get_address(node: LexborNode | None, base: str, *names: str) -> str:
    """Return the first address among these attributes, resolved; a ``data:`` address is a placeholder and skipped."""
    values = (get_attribute(node, name) for name in names or ("href",))
    return next((links.resolve_address(base, value) for value in values if value and not value.startswith("data:")), "")


def get_value(node: LexborNode) -> str:
    """Return what an element tells machines, else people: ``content``, ``datetime``, then its text."""
    return get_attribute(node, "content") or get_attribute(node, "datetime") or get_text(node)


def remove_all(within: LexborNode, selector: str) -> None:
    """Remove the selected elements. The page itself and its body stay, whatever is said of them."""
    for node in within.css(selector):
        if node.tag not in {"html", "body"}:
            node.decompose()


def remove_elements(written: str, without: str) -> str:
    """Remove the selected elements from HTML; not sanitised. Raises GatherError as ``parse_page`` does."""
    body = parse_fragment(written).body
    if body is None:
        return ""
    remove_all(body, without)
    return body.inner_html or ""


def extract_blocks(written: str, wanted: str, without: str) -> str:
    """Extract the contents of the elements selected by ``wanted``, one after another; not sanitised.

    If there are none, all of the body. Tables that lay out mail become blocks, cell by cell. Raises GatherError as
    ``parse_page`` does.
    """
    body = parse_fragment(written).body
    if body is None:
        return ""
    remove_all(body, without)
    chosen = {node.mem_id: node for node in body.css(wanted)}
    outer = [node for node in chosen.values() if not any(n.mem_id in chosen for n in find_ancestors(node, body))]
    return "\n".join(f"<div>{_flatten_tables(node)}</div>" for node in outer or [body])


def get_page_title(written: str) -> str:
    """Return the text of a page's ``title``."""
    root = parse_fragment(written).root
    return find_first_text(root, "title") if root is not None else ""


def get_hidden_text(written: str, selector: str) -> str:
    """Return the text of the first selected element, without the invisible characters that pad it."""
    root = parse_fragment(written).root
    return " ".join(find_first_text(root, selector).translate(PADDING).split()) if root is not None else ""


def parse_fragment(written: str) -> LexborHTMLParser:
    """Parse a piece of HTML. Raises GatherError as ``parse_page`` does."""
    return parse_page(
        Document(url="", media_type="text/html", charset="utf-8", body=html.remove_illegal_characters(written).encode())
    )


def _flatten_tables(node: LexborNode) -> str:
    """Return an element's contents with a block instead of each table cell, unless the table has headings."""
    inner = node.inner_html or ""
    return inner if node.css_first("th") is not None else _LAYOUT.sub(r"<\1div>", inner)


def _refuse_page_bombs(text: str) -> None:
    """Raise GatherError on a page whose parsing would take more than linear time: too deep, or tags too long."""
    tags = _TAG.findall(text)
    words = sum(_count_attributes(tag) for tag in tags if len(tag) > LONG_TAG)
    deepest = html.measure_nesting(text, MOST_LEVELS)[0] if text.count("<") > MOST_LEVELS else 0
    if len(text) > MOST_CHARACTERS or len(tags) > MOST_ELEMENTS or words > MOST_WORDS or deepest > MOST_LEVELS:
        raise GatherError("the page is too large or has too many elements", hint="Add it as plain text.")


def _count_attributes(tag: str) -> int:
    """Count the attributes of a tag; of one that is not written plainly, all pieces: a parser may read any as one."""
    if _PLAIN_TAG.fullmatch(tag):
        return len(re.findall(rf"\s{_ATTRIBUTE}", tag))
    return max(len(end.findall(tag)) for end in _ENDS)
