"""Front matter: the YAML (between lines of ``---``) or TOML (``+++``) at the head of an article's or an issue's file.

People edit these files by hand, so reading takes every value as the text in the file, and an edit changes the text of
the changed keys only: comments, order, quotation marks, indentation, line ends and the body stay as they are. That is
why YAML is spliced here: ruamel.yaml and tomlkit were tried, and both lose text.

    parse_front_matter   text -> FrontMatter     yaml_tree.py  YAML as a tree of texts that know their places
    edit_front_matter    text, changes -> text   splice.py     new text spliced into the old
    format_front_matter  data, body -> text      dump.py       values as YAML that every tool reads as we do
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from dispatch.deferred import defer_pattern
from dispatch.errors import IssueError
from dispatch.frontmatter import dump, yaml_tree
from dispatch.frontmatter.dump import Value
from dispatch.frontmatter.splice import propose_drafts
from dispatch.frozen import dataclass
from dispatch.model import Place
from dispatch.text import refuse_merge_leftover
from dispatch.toml import find_lines, parse_toml

__all__ = [
    "LIMIT",
    "FrontMatter",
    "Value",
    "edit_front_matter",
    "format_front_matter",
    "parse_front_matter",
    "split_front_matter",
]

LIMIT = 64 * 1024  # bytes of front matter

_FIRST = 2  # the line of the file in which the front matter begins, below its fence

_FENCED = defer_pattern(
    r"(?P<head>\ufeff?(?P<fence>---|\+\+\+)[ \t]*\r?\n)"
    r"(?P<front>(?:.*\n)*?)"
    r"(?P<tail>(?P=fence)[ \t]*(?:\r?\n(?P<body>(?s:.*))|\Z))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The data at the head of a file, and the body below it."""

    data: Annotated[
        Mapping[str, object],
        "by key: from YAML texts, lists, mappings, and None for a key without a value; from TOML its own types",
    ]
    lines: Annotated[
        Mapping[str, int],
        "the line in the file, from 1, by path such as sections[1].articles[2], counted from 1; empty for TOML",
    ]
    body: Annotated[str, "the text after the closing line, unchanged"]


def split_front_matter(text: str) -> tuple[str, str, str]:
    """Split a file's text into front matter, its kind (``yaml``, ``toml`` or empty) and body."""
    if not (parts := _FENCED.match(text)):
        return "", "", text.removeprefix("\ufeff")
    return parts["front"], "yaml" if parts["fence"] == "---" else "toml", parts["body"] or ""


def parse_front_matter(text: str, *, file: str = "") -> FrontMatter:
    """Parse a file's front matter.

    Raises IssueError, with the line, on what is not YAML or TOML, on aliases, anchors, tags and duplicate keys, above
    64 KiB and below 32 levels.
    """
    front, kind, body = split_front_matter(text)
    keep = "one side, or in a list of articles the lines of both"
    refuse_merge_leftover(front, file=file, error=IssueError, first=_FIRST, keep=keep)
    if len(front.encode("utf-8", "surrogatepass")) > LIMIT:
        raise IssueError("the front matter is larger than 64 KiB", subject=file)
    if kind == "toml":
        try:
            data = parse_toml(front.replace("\r\n", "\n"), error=IssueError)
        except IssueError as error:
            raise error.within(Place(file=file, line=_FIRST)) from error
        lines = find_lines(front)
    else:
        root = _parse_tree(front, file)
        data = {**yaml_tree.to_data_mapping(root)} if root else {}
        lines = yaml_tree.find_lines(root) if root else {}
    return FrontMatter(data=data, lines={path: line and line + _FIRST - 1 for path, line in lines.items()}, body=body)


def edit_front_matter(text: str, changes: Mapping[str, Value], order: Sequence[str] = ()) -> str:
    """Change the values of some keys, and leave the rest of the text byte for byte as it was.

    changes: the new value by key; None removes the key. Within lists and mappings, what stays equal keeps its text too.
    order: the usual order of the keys; a new key is put after the nearest one before it that is there.

    Raises IssueError where the front matter cannot be read, or is TOML.
    """
    parts = _FENCED.match(text)
    if not parts:
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        new = {key: changes[key] for key in [*order, *changes] if changes.get(key) is not None}
        return mark + format_front_matter(new, text.removeprefix(mark)) if new else text
    if parts["fence"] == "+++":
        raise IssueError("dispatch cannot edit TOML front matter", hint="write it as YAML, between lines of ---")
    root = _parse_tree(parts["front"])
    old: dict[str, Value] = dict(yaml_tree.to_data_mapping(root)) if root else {}
    wanted = {key: value for key, value in (old | dict(changes)).items() if value is not None or key not in changes}
    for front in propose_drafts(parts["front"], root, wanted, order):
        result = parts["head"] + front + parts["tail"]
        if _reads_back_as(result, dump.to_texts(wanted), parts["tail"]):
            return result
    raise IssueError("the front matter cannot be edited safely", hint="edit the file by hand")


def format_front_matter(data: Mapping[str, Value], body: str = "") -> str:
    """Format a new file: the data in its order as YAML, then the body as it is."""
    return "\n".join(["---", *dump.dump_mapping(data), "---", body])


def _parse_tree(front: str, file: str = "") -> yaml_tree.Pairs | None:
    """Parse the YAML of a front matter; None when it is empty. Raises IssueError."""
    try:
        root = yaml_tree.parse_yaml(front)
    except yaml_tree.YamlError as error:
        place = _locate_line(file, error.line)
        if error.first:
            first = _locate_line(file, error.first).line
            hint = "make one of the two: after a merge, the lines of both branches are there"
            raise IssueError(f"{error.what}, first in line {first}", subject=place, hint=hint) from error
        raise IssueError(error.what, subject=place) from error
    if root is None or isinstance(root, yaml_tree.Pairs):
        return root
    raise IssueError("this line has no key, as in “title: The Wire”", subject=_locate_line(file, root.line))


def _locate_line(file: str, line: int) -> Place:
    """Convert a line of the front matter to a place in the file."""
    return Place(line=line).within(Place(file=file, line=_FIRST))


def _reads_back_as(text: str, wanted: yaml_tree.Data, tail: str) -> bool:
    """Whether a text, parsed again, holds what is wanted and ends as before: checked before anything is written."""
    parts = _FENCED.match(text)
    if not parts or parts["tail"] != tail:
        return False
    try:
        root = yaml_tree.parse_yaml(parts["front"])
    except yaml_tree.YamlError:
        return False
    return (yaml_tree.to_data(root) if root else {}) == wanted
