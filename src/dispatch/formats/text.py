"""Plain text: the same articles, authors, credits, sources and addresses; each address bare and alone on its line."""

import textwrap

from markupsafe import escape

from dispatch import html
from dispatch.formats.fragments import Fragments
from dispatch.model import Issue, Publication

COLUMNS = 72


def render(issue: Issue, publication: Publication) -> bytes:
    """The issue as plain text in UTF-8, prose wrapped at 72 columns, addresses never. Raises RenderError."""
    text = Fragments(issue, publication).render("email.txt", {"prose": prose})
    return text.encode()


def prose(content: str) -> str:
    """HTML as wrapped paragraphs, each followed by the addresses that it links to; plain text is escaped first."""
    return "\n\n".join(
        "\n".join([*map(_wrapped, paragraph.text.splitlines()), *paragraph.addresses])
        for paragraph in html.paragraphs(str(escape(content)))
    )


def _wrapped(line: str) -> str:
    hang = "  " if line.startswith("- ") else ""
    return textwrap.fill(line, COLUMNS, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
