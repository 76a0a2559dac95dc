"""Plain text: the same articles, authors, credits, sources and addresses; each address bare and alone on its line."""

import re
import textwrap
import unicodedata
from collections.abc import Mapping
from typing import Literal

from markupsafe import escape

from dispatch import derived, html
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Contents, Publication

COLUMNS = 72

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


def wrap_prose(content: str) -> str:
    """Convert HTML to wrapped paragraphs, each followed by the addresses that it links to."""
    return "\n\n".join(
        "\n".join([*map(_wrap_line, paragraph.text.splitlines()), *paragraph.addresses])
        for paragraph in html.split_paragraphs(content)
    )


def _wrap_line(line: str) -> str:
    hang = "  " if line.startswith("- ") else ""
    return textwrap.fill(line, COLUMNS, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
