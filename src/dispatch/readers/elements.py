"""What a page's elements say: the few questions that every witness asks of them."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from dispatch import html, links

MOST_MATCHES = 50

# Read aloud, never seen: “Author archives” and the like inside of a name's link.
_UNSEEN = ".screen-reader-text, .visually-hidden, .sr-only, script, style"


def every(root: LexborNode, selector: str) -> list[LexborNode]:
    """The elements by a selector, in the page's order: no more than any honest page has of what is asked for."""
    # An element that several selectors of a list match is found by each of them.
    return list({node.mem_id: node for node in root.css(selector)}.values())[:MOST_MATCHES]


def around(node: LexborNode, root: LexborNode) -> Iterator[LexborNode]:
    """The elements that an element stands in, up to ``root`` and without it, the nearest first."""
    while (parent := node.parent) is not None and parent.mem_id != root.mem_id:
        yield parent
        node = parent


def text(node: LexborNode) -> str:
    """The text of an element in one line, without what is only read aloud."""
    unseen = {inner.mem_id for hidden in node.css(_UNSEEN) for inner in hidden.traverse(include_text=True)}
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
    return " ".join(html.clean("".join(pieces)).split())


def first(root: LexborNode, selector: str) -> str:
    """The text of the first element that has any."""
    return next((found for node in every(root, selector) if (found := text(node))), "")


def attribute(node: LexborNode | None, name: str) -> str:
    """The value of an attribute, without white space around it; empty when there is none."""
    return html.clean(node.attributes.get(name) or "").strip("\t\n\r\f ") if node is not None else ""


def address(node: LexborNode | None, base: str, *names: str) -> str:
    """The first address among these attributes, resolved when it is relative. A ``data:`` address is a placeholder."""
    values = (attribute(node, name) for name in names or ("href",))
    return next((links.resolve(base, value) for value in values if value and not value.startswith("data:")), "")


def value(node: LexborNode) -> str:
    """What an element says to machines, else to people: ``content``, ``datetime``, then its text."""
    return attribute(node, "content") or attribute(node, "datetime") or text(node)
