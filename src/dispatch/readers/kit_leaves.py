"""Split a document into its paragraphs, whatever elements they are: what a kit is may stand in any."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from dispatch.readers.kit_lines import WORDS

_UNREAD: Final = frozenset(WORDS["tags"]["unread"].split())
_INLINE: Final = frozenset(WORDS["tags"]["inline"].split())
_BLOCKS: Final = "p, div, section, article, ul, ol, table, blockquote, figure, h1, h2, h3, h4, h5, h6, pre, hr, address"


def split_leaves(root: LexborNode, others: Collection[int]) -> Iterator[list[LexborNode]]:
    """Split a document into its paragraphs: elements without another block in them, and what stands loose in a row."""
    # Not recursive: a page may be nested deeper than a program can call itself.
    waiting = [[root]]
    while waiting:
        run = waiting.pop()
        if not _is_inline(run[0]):
            node = run[0]
            if node.mem_id in others or node.tag in _UNREAD:
                continue
            runs = list(_group_inline(node.iter(include_text=True)))
            if len(runs) != 1 or node.mem_id == root.mem_id or not _is_inline(runs[0][0]):
                waiting += reversed(runs)
                continue
        if "".join(one.text(deep=True) for one in run).strip():
            yield run


def _group_inline(children: Iterable[LexborNode]) -> Iterator[list[LexborNode]]:
    """Group what stands in a row without a block between, which two line breaks divide; each block is a group."""
    run: list[LexborNode] = []
    for child in children:
        text = (child.text_content or "") if child.tag == "-text" else ""
        is_blank = not text.strip() and text.count("\n") > 1  # between paragraphs that have lost their elements
        is_second = (child.tag == "br" and bool(run) and run[-1].tag == "br") or is_blank
        if run and (is_second or not _is_inline(child)):
            yield run
            run = []
        if _is_inline(child):
            run.append(child)
        elif child.tag != "-comment":
            yield [child]
    if run:
        yield run


def _is_inline(node: LexborNode) -> bool:
    return node.tag == "-text" or (node.tag in _INLINE and node.css_first(_BLOCKS) is None)


def write_leaf(leaf: Sequence[LexborNode]) -> str:
    """Write a paragraph as HTML, without the element that it is."""
    return "".join((one.html or "") if _is_inline(one) else (one.inner_html or "") for one in leaf)
