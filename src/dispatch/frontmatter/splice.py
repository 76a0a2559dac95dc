"""Splice new text into old front matter: what is equal keeps its text, comments and all.

Every key of a mapping and every item of a list owns the lines from its first character to the end of its last line; the
comments and empty lines before it are its gap. A collection is rewritten from these pieces: unchanged ones as they are
(moved ones take their gap along), changed ones with the change made inside, new ones dumped. Comments above something
removed stay: a person wrote them. A comment beside a list's item goes with it into another list.
"""

import operator
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Annotated, TypeGuard

from dispatch.deferred import defer_pattern
from dispatch.frontmatter import dump
from dispatch.frontmatter.dump import Value
from dispatch.frontmatter.yaml_tree import Data, Items, Node, Pairs, Scalar, to_data
from dispatch.frozen import dataclass

# The keys by which a changed mapping in a list is recognised.
_IDENTITY = ("id", "key", "title", "name", "url", "date")

_COMMENT = defer_pattern(r"[|>]?[-+0-9]*([ \t]+#[^\r\n]*)")
_BESIDE = defer_pattern(r"[ \t]+#[^\r\n]*")
_GAP = defer_pattern(r"(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*")


def propose_drafts(front: str, root: Pairs | None, wanted: Mapping[str, Value], order: Sequence[str]) -> Iterator[str]:
    """Yield texts for ``wanted``, from the one that keeps most to the one that keeps nothing; the caller tests them."""
    end = "\r\n" if "\r\n" in front else "\n"
    fresh = "".join(line + end for line in dump.dump_mapping(wanted))
    if root is None:
        yield front + fresh
    elif not root.flow:
        beside = _find_moved_comments(front, root, wanted)
        for fine in (True, False):
            draft = _Draft(front, end, fine, beside)
            yield front[: root.start] + draft.write_mapping(root, wanted, order) + front[draft.find_end(root) :]
    yield fresh


@dataclass(frozen=True, slots=True)
class _EntrySpan:
    """A key with its value, or an item, in the old text."""

    name: Annotated[str, "the key; empty for an item"]
    start: Annotated[int, "where it begins"]
    colon: Annotated[int, "where a value may begin"]
    node: Annotated[Node, "the value"]
    end: Annotated[int, "where its last line ends"]


@dataclass(frozen=True, slots=True)
class _Draft:
    """One attempt to write the new values into the old text."""

    text: Annotated[str, "the old front matter"]
    end: Annotated[str, "its line end"]
    fine: Annotated[bool, "whether to look into values; otherwise a changed key is rewritten whole"]
    beside: Annotated[Mapping[str, str], "the comment beside each line, such as - first, that may move to another list"]

    def write_mapping(self, node: Pairs, wanted: Mapping[str, Value], order: Sequence[str]) -> str:
        """Write a block mapping, from its first key to the end of its last line."""
        old = self._list_keys(node)
        here = {entry.name: index for index, entry in enumerate(old)}
        names = [entry.name for entry in old if entry.name in wanted]
        for name in (key for key in wanted if key not in here):
            before = order[: order.index(name)] if name in order else names
            place = next((names.index(key) + 1 for key in reversed(before) if key in names), 0)
            names.insert(place, name)
        pieces = [
            self._write_changed_entry(old[here[name]], wanted[name], self._find_column(node))
            if name in here
            else self._write_new_entry(f"{dump.dump_scalar(name)}:", wanted[name], self._find_column(node))
            for name in names
        ]
        return _join_pieces(self.text, old, [here.get(name) for name in names], pieces, self._find_column(node))

    def write_sequence(self, node: Items, wanted: Sequence[Value], *, is_spaced: bool = False) -> str:
        """Write a list with dashes, from the first dash to the end of its last line.

        is_spaced: whether an empty line stands before what is new in it, and after it.
        """
        old = self._list_items(node)
        places = _match_items([to_data(item) for item in node.items], [dump.to_texts(item) for item in wanted])
        column = self._find_column(node)
        pieces = [
            self._write_new_entry("-", value, column)
            if place is None
            else self._write_changed_entry(old[place], value, column)
            for place, value in zip(places, wanted, strict=True)
        ]
        apart = self.end * is_spaced
        text = _join_pieces(self.text, old, places, pieces, column, apart)
        is_open = places[-1] is None and not self.text[old[-1].end :].startswith(("\n", "\r\n"))
        return text + apart * is_open

    def find_end(self, node: Node) -> int:
        """Find the end of the last line of a value."""
        match node:
            case Pairs(pairs, flow=False) if pairs:
                return self.find_end(pairs[-1][1])
            case Items(items, flow=False) if items:
                return self.find_end(items[-1])
            case Scalar(style="|" | ">"):
                line = self.text.rfind("\n", 0, node.end) + 1
                if "+" in self.text[node.start : self._find_line_end(node.start)].partition("#")[0]:
                    return line
                return self._find_line_end(node.start + len(self.text[node.start : line].rstrip()))
            case _:
                return self._find_line_end(node.end)

    def _find_line_end(self, index: int) -> int:
        """Find the first character after the line."""
        return self.text.find("\n", index) + 1 or len(self.text)

    def _find_column(self, node: Node) -> int:
        """Count the characters before a node in its line."""
        return node.start - self.text.rfind("\n", 0, node.start) - 1

    def _list_keys(self, node: Pairs) -> list[_EntrySpan]:
        """List the entries of a block mapping."""
        return [
            # After “? key” there may be none; what is written then is found wrong by the caller.
            _EntrySpan(key.value or "", key.start, self.text.find(":", key.end) + 1, value, self.find_end(value))
            for key, value in node.pairs
        ]

    def _list_items(self, node: Items) -> list[_EntrySpan]:
        """List the entries of a block sequence: each begins at the first dash after the one before."""
        entries: list[_EntrySpan] = []
        at = node.start
        for item in node.items:
            gap = _GAP.match(self.text, at)
            at = gap.end() if gap else at
            entries.append(_EntrySpan("", at, at + 1, item, self.find_end(item)))
            at = entries[-1].end
        return entries

    def _write_new_entry(self, prefix: str, value: Value, column: int, comment: str = "") -> str:
        """Write a new entry, without the indentation of its first line."""
        lines = [line + self.beside.get(line.strip(), "") for line in dump.dump_entry(prefix, value, column)]
        lines[0] = lines[0][column:] + comment
        return "".join(line + self.end for line in lines)

    def _write_changed_entry(self, entry: _EntrySpan, value: Value, column: int) -> str:
        """Write an old entry with another value, changing as little of its text as possible."""
        node = entry.node
        if to_data(node) == dump.to_texts(value):
            return self.text[entry.start : entry.end]
        before, after = self.text[entry.start : node.start], self.text[node.end : entry.end]
        if self.fine and isinstance(value, Mapping) and value and isinstance(node, Pairs) and not node.flow:
            return before + self.write_mapping(node, value, list(value))
        if self.fine and _is_list(value) and value and isinstance(node, Items) and not node.flow:
            return before + self.write_sequence(node, value, is_spaced=entry.name in dump.SPACED)
        if self.fine and not isinstance(node, Scalar) and node.flow and (_is_list(value) or isinstance(value, Mapping)):
            return before + self._write_flow(node, value) + after
        if isinstance(node, Scalar) and node.style not in ("|", ">") and dump.is_line(value):
            return before + " " * (node.start == entry.colon) + dump.dump_scalar(value, node.style) + after
        beside = entry.colon if not isinstance(node, Scalar) and not node.flow else node.end
        comment = _COMMENT.match(
            self.text, node.start if isinstance(node, Scalar) and node.style in ("|", ">") else beside
        )
        prefix = self.text[entry.start : entry.colon]
        return self._write_new_entry(prefix, value, column, comment[1] if comment else "")

    def _write_flow(self, node: Node, value: Value) -> str:
        """Write a value within brackets; if its shape is the same, only the changed parts are rewritten."""
        if to_data(node) == dump.to_texts(value):
            return self.text[node.start : node.end]
        children: list[tuple[Node, Value]] = []
        if isinstance(node, Scalar):
            return (
                dump.dump_scalar(value, node.style) if node.style and isinstance(value, str) else dump.dump_flow(value)
            )
        if (
            isinstance(node, Pairs)
            and isinstance(value, Mapping)
            and {key.value for key, _ in node.pairs} == set(value)
        ):
            children = [(child, value[key.value or ""]) for key, child in node.pairs]
        elif isinstance(node, Items) and _is_list(value) and len(value) == len(node.items):
            children = list(zip(node.items, value, strict=True))
        if not children:
            return dump.dump_flow(value)
        text, at = "", node.start
        for child, item in children:
            text += self.text[at : child.start] + self._write_flow(child, item)
            at = child.end
        return text + self.text[at : node.end]


def _join_pieces(
    source: str,
    old: Sequence[_EntrySpan],
    places: Sequence[int | None],
    pieces: Sequence[str],
    column: int,
    apart: str = "",
) -> str:
    """Join the pieces in their new order, each after its gap; ``places`` gives the old entry of each, if any.

    apart: what stands before an entry that has no gap of its own, but for the first.
    """
    gaps, left = _collect_gaps(source, old, kept=set(places))
    text = ""
    for place, piece in zip(places, pieces, strict=True):
        gap = gaps[place] if place else apart + " " * column  # a new one has none, and the first had none
        text += (gap if text else gap.lstrip()) + piece
    return text + left


def _collect_gaps(text: str, old: Sequence[_EntrySpan], *, kept: Set[int | None]) -> tuple[dict[int, str], str]:
    """Collect the gap of each entry that is kept, with the comments above what is gone; and those after the last."""
    gaps: dict[int, str] = {}
    left = ""
    for index, entry in enumerate(old):
        gap = text[old[index - 1].end : entry.start] if index else ""
        if index in kept:
            gaps[index], left = left + gap, ""
        else:
            left += gap[: gap.rfind("\n") + 1] if gap.strip() else ""
    return gaps, left


def _find_moved_comments(front: str, root: Pairs, wanted: Mapping[str, Value]) -> dict[str, str]:
    """Find the comments beside list items that occur once in the old text and once in the new, by the item's line."""
    now = Counter(_find_item_texts(dump.to_texts(wanted)))
    found: dict[str, str] = {}
    for item in _find_item_scalars(root):
        comment = _BESIDE.match(front, item.end)
        if comment and item.value and now[item.value] == 1:
            found[f"- {dump.dump_scalar(item.value)}"] = comment[0]
    return found


def _find_item_scalars(node: Node) -> Iterator[Scalar]:
    """Yield the texts that are items of lists with dashes, at any depth."""
    match node:
        case Pairs(pairs):
            for _, value in pairs:
                yield from _find_item_scalars(value)
        case Items(items, flow=False):
            for item in items:
                yield from (
                    [item] if isinstance(item, Scalar) and item.style not in ("|", ">") else _find_item_scalars(item)
                )
        case _:
            return


def _find_item_texts(value: Data) -> Iterator[str]:
    """Yield the texts that are items of lists, at any depth."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
    for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from _find_item_texts(item)


def _is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    """Whether a value is a list; a text is not one."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def _match_items(old: Sequence[Data], new: Sequence[Data]) -> list[int | None]:
    """Match each new item to an old one: an equal one, else one of the same identity, else the one in its place."""
    free = dict.fromkeys(range(len(old)))
    found: list[int | None] = [None] * len(new)
    for same in (operator.eq, _is_same):
        for index, item in enumerate(new):
            place = next((place for place in free if same(old[place], item)), None) if found[index] is None else None
            if place is not None:
                found[index] = place
                del free[place]
    for index, item in enumerate(new):
        if found[index] is None and index in free and type(old[index]) is type(item):
            found[index] = index
    return found


def _is_same(old: Data, new: Data) -> bool:
    """Whether two mappings describe the same thing, although something in them changed."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return False
    key = next((key for key in _IDENTITY if key in old and key in new), None)
    return key is not None and old[key] == new[key]
