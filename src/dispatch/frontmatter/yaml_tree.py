"""Parse YAML into a tree of texts that know their places. The only user of PyYAML.

Nothing is resolved: a scalar is the text that a person sees, so that ``no``, ``007`` and ``2026-11-22`` come through as
they are (they are parsed later, by their key's own type). Aliases, anchors, tags and duplicate keys are refused: nobody
needs them here, and they are how a small file becomes a large one or says two things at once.
"""

from typing import NamedTuple

import yaml

from dispatch.deferred import defer_pattern

DEPTH = 32

# Not printable in YAML 1.1 (section 5.1), or a byte order mark within the text, which nobody can see.
_UNPRINTABLE = defer_pattern("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class YamlError(ValueError):
    """The text is not YAML, or holds what a front matter may not; ``line`` counts from 1 within the text."""

    def __init__(self, line: int, what: str, *, first: int = 0) -> None:
        """Make an error; of what occurs twice, ``first`` is the earlier line."""
        super().__init__(what)
        self.line = line
        self.what = what
        self.first = first


class Scalar(NamedTuple):
    """A text. ``value`` is None for an absent value; ``style`` is '' (plain), a quotation mark, | or >."""

    value: str | None
    start: int
    end: int
    line: int
    style: str


class Items(NamedTuple):
    """A list, in brackets (``flow``) or with dashes."""

    items: "list[Node]"
    start: int
    end: int
    line: int
    flow: bool


class Pairs(NamedTuple):
    """A mapping, in braces (``flow``) or with a key on each line."""

    pairs: "list[tuple[Scalar, Node]]"
    start: int
    end: int
    line: int
    flow: bool


Node = Scalar | Items | Pairs
Data = str | None | list["Data"] | dict[str, "Data"]


def parse_yaml(text: str) -> Node | None:
    """Parse the one document of a YAML text; None when there are only comments. Raises YamlError."""
    if not text.replace("\n", "").isprintable() and (found := _UNPRINTABLE.search(text)):
        raise YamlError(
            text.count("\n", 0, found.start()) + 1, f"the character U+{ord(found[0]):04X} is not allowed here"
        )
    try:
        return _build_tree(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.problem, error.context) if part)
        raise YamlError(mark.line + 1 if mark else 1, f"is not YAML: {what}") from error
    except yaml.YAMLError as error:
        raise YamlError(1, f"is not YAML: {error}") from error


def _build_tree(text: str) -> Node | None:
    """Build the tree from events with a stack of our own, so that too deep nesting is counted and crashes nothing."""
    root: Node | None = None
    documents = 0
    open_: list[tuple[list[Node], yaml.CollectionStartEvent]] = []
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        start, end, line = _find_span(event)
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            _refuse_anchors_and_tags(event, line)
            value = event.value if event.value or event.style else None
            node = Scalar(value, start, end, line, event.style or "")
        elif isinstance(event, yaml.CollectionStartEvent):
            _refuse_anchors_and_tags(event, line)
            open_.append(([], event))
            if len(open_) > DEPTH:
                raise YamlError(line, f"is nested more than {DEPTH} levels deep")
            continue
        elif isinstance(event, yaml.CollectionEndEvent):
            children, begun = open_.pop()
            start, _, line = _find_span(begun)
            flow = bool(begun.flow_style)
            if isinstance(begun, yaml.SequenceStartEvent):
                node = Items(children, start, end, line, flow)
            else:
                node = Pairs(_pair_children(children), start, end, line, flow)
        elif isinstance(event, yaml.AliasEvent):
            raise YamlError(line, "aliases are not allowed: write the value out")
        else:
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise YamlError(line, "a second document begins here")
            continue
        if open_:
            open_[-1][0].append(node)
        else:
            root = node
    return None if isinstance(root, Scalar) and root.value is None else root


def _find_span(event: yaml.Event) -> tuple[int, int, int]:
    """Return where an event begins and ends, and its line from 1: the parser marks every event."""
    return event.start_mark.index, event.end_mark.index, event.start_mark.line + 1  # type: ignore[union-attr]


def _refuse_anchors_and_tags(event: yaml.NodeEvent, line: int) -> None:
    """Refuse anchors and tags."""
    if event.anchor is not None:
        raise YamlError(line, "anchors are not allowed: put a value that begins with & in quotation marks")
    if event.tag is not None:  # type: ignore[attr-defined]  # every node but an alias has one
        raise YamlError(line, "tags are not allowed: put a value that begins with ! in quotation marks")


def _pair_children(children: list[Node]) -> list[tuple[Scalar, Node]]:
    """Pair children that are key and value in turn; every key must be a text that occurs once."""
    pairs: list[tuple[Scalar, Node]] = []
    seen: dict[str, int] = {}
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Scalar) or key.value is None:
            raise YamlError(key.line, "a key must be a text")
        if key.value in seen:
            raise YamlError(key.line, f"the key “{key.value}” occurs twice", first=seen[key.value])
        seen[key.value] = key.line
        pairs.append((key, value))
    return pairs


def to_data(node: Node) -> Data:
    """Convert the tree to plain data, without places."""
    match node:
        case Scalar():
            return node.value
        case Items():
            return [to_data(item) for item in node.items]
        case Pairs():
            return to_data_mapping(node)


def to_data_mapping(node: Pairs) -> dict[str, Data]:
    """Convert a mapping to plain data, without places."""
    return {key.value or "": to_data(value) for key, value in node.pairs}


def find_lines(node: Node, path: str = "") -> dict[str, int]:
    """Find the line of every key and item by its path, as ``sections[1].articles[2]``: numbers count from 1."""
    found: dict[str, int] = {}
    if isinstance(node, Pairs):
        for key, value in node.pairs:
            at = f"{path}.{key.value}" if path else key.value or ""
            found[at] = key.line
            found |= find_lines(value, at)
    elif isinstance(node, Items):
        for number, item in enumerate(node.items, 1):
            at = f"{path}[{number}]"
            found[at] = item.line
            found |= find_lines(item, at)
    return found
