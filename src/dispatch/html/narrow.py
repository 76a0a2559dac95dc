"""Lay out an editor's words for mail: pictures as wide as their column, tables and code that scroll within it."""

from collections.abc import Mapping

from dispatch.html.tokens import escape_html, read_attributes, rewrite_attributes, split_tokens

_CELLS = frozenset({"td", "th"})


def fit_column(content: str, width: int) -> str:
    """Bound the pictures of content to a width in pixels, and set tables, and code in its own direction, apart.

    A cell keeps its alignment as a style, which mail programs know. What scrolls can be reached by the keyboard.
    """
    made: list[str] = []
    depth, is_head = 0, False
    for token in split_tokens(content):
        said = {} if token.end else read_attributes(token.source)
        tag = token.source
        if token.tag == "img":
            given = said.pop("width", "")
            said.pop("height", "")
            known = int(given) if given.isdecimal() and len(given) < 6 else width
            tag = _write_tag("img", {**said, "alt": said.get("alt", ""), "width": str(min(known, width))}, " /")
        elif token.tag == "pre" and not token.end:
            tag = _write_tag("pre", {**said, "dir": "ltr", "tabindex": "0"})
        elif token.tag in _CELLS and not token.end:
            side = said.pop("align", "")
            scope = {"scope": "col"} if token.tag == "th" and is_head else {}
            tag = _write_tag(token.tag, {**scope, **said, **({"style": f"text-align:{side}"} if side else {})})
        elif token.tag == "thead":
            is_head = not token.end
        if token.tag == "table":
            depth += -1 if token.end else 1
            tag = f"{tag}</div>" if token.end and not depth else tag
            tag = f'<div class="wide" tabindex="0">{tag}' if not token.end and depth == 1 else tag
        made.append(tag)
    return "".join(made)


def align_cells(content: str) -> str:
    """Say the alignment of cells with classes, ``align-right`` and the like: a page's policy allows no inline style."""
    if ' align="' not in content:
        return content
    return rewrite_attributes(content, lambda one: f' class="align-{one[2]}"' if one[1] == "align" else one[0])


def _write_tag(name: str, attributes: Mapping[str, str], end: str = "") -> str:
    said = "".join(f' {key}="{escape_html(value)}"' for key, value in attributes.items())
    return f"<{name}{said}{end}>"
