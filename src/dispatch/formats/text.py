"""Plain text: the same articles, authors, credits, sources and addresses; each address bare and alone on its line."""

import re
import textwrap
import unicodedata
from collections.abc import Mapping
from itertools import groupby
from typing import Literal

from markupsafe import escape

from dispatch import derived, html
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Contents, Publication

COLUMNS = 72
# What a line begins with that goes on in the next as room, or as the mark of a quotation.
_MARK = re.compile(r"(?:> )*(?:- |\d+\. )?")

# What stands between such tags may run in another direction than the letter.
_FOREIGN = re.compile(r'(<(?:b dir="auto"|bdi)>)([^<]*)')
_OTHER = {"ltr": {"R", "AL"}, "rtl": {"L"}}


def render(issue: Contents, publication: Publication, more: Mapping[str, object] | None = None) -> bytes:
    """Render the issue as plain text in UTF-8, prose wrapped at 72 columns, addresses never. Raises RenderError.

    more: values for the template.
    """
    fragments = TemplateContext(issue, derived.name_recipient(publication, ""))
    direction = fragments.language.direction
    return fragments.render_template(
        "email.txt", {"prose": lambda content: wrap_prose(isolate_directions(content, direction)), **(more or {})}
    ).encode()


def isolate_directions(content: str, direction: Literal["ltr", "rtl"]) -> str:
    """Escape content, or plain text, and mark each name in it that runs in the other direction.

    Without them, which are the plain text's ``<bdi>``, such a name takes a number beside it along
    (Unicode, UAX 9: FSI and PDI).
    """

    def add_marks(match: re.Match[str]) -> str:
        runs = {unicodedata.bidirectional(sign) for sign in match[2]}
        return f"{match[1]}\u2068{match[2]}\u2069" if runs & _OTHER[direction] else match[0]

    return _FOREIGN.sub(add_marks, str(escape(content)))


def wrap_prose(content: str, direction: Literal["ltr", "rtl"] = "ltr") -> str:
    """Convert HTML to wrapped paragraphs, each followed by the addresses that it links to.

    A quotation has ``> `` before each line, a numbered list its numbers; code keeps its lines, and its direction among
    text that runs the other way (UAX 9: LRI and PDI).
    """
    blocks: list[str] = []
    for is_table, group in groupby(html.split_paragraphs(content), lambda paragraph: paragraph.cell[0]):
        run = list(group)
        blocks += [_format_table(run)] if is_table else [_wrap_paragraph(one, direction) for one in run]
    return "\n\n".join(blocks)


def _wrap_paragraph(paragraph: html.Paragraph, direction: Literal["ltr", "rtl"]) -> str:
    if paragraph.is_code:
        lines = [f"\u2066{line}\u2069" if direction == "rtl" and line else line for line in paragraph.text.split("\n")]
    else:
        lines = list(map(_wrap_line, paragraph.marked.split("\n")))
    return "\n".join([*lines, *paragraph.addresses])


def _wrap_line(line: str) -> str:
    mark = _MARK.match(line)
    hang = re.sub(r"[^> ]", " ", mark[0]) if mark else ""
    return textwrap.fill(line, COLUMNS, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)


def _format_table(cells: list[html.Paragraph]) -> str:
    """Write a table in columns; with bars between the cells where it is too wide for that."""
    grid: dict[int, dict[int, str]] = {}
    for one in cells:
        row = grid.setdefault(one.cell[1], {})
        row[one.cell[2]] = " ".join([*filter(None, [row.get(one.cell[2], "")]), *one.text.split()])
    # A row may lack the columns before one that it has.
    columns = sorted({column for row in grid.values() for column in row})
    widths = [max(len(row.get(column, "")) for row in grid.values()) for column in columns]
    if sum(widths) + 2 * len(widths) > COLUMNS:
        lines = [_wrap_line(" | ".join(row.values())) for row in grid.values()]
    else:
        rows = (
            [row.get(column, "").ljust(width) for column, width in zip(columns, widths, strict=True)]
            for row in grid.values()
        )
        lines = ["  ".join(row).rstrip() for row in rows]
    return "\n".join([*lines, *(address for one in cells for address in one.addresses)])
