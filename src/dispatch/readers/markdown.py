"""Markdown (CommonMark 0.31, with tables and strikethrough): the one user of markdown-it.

Front matter as Jekyll, Hugo, Pelican and their kin write it is understood; see ``frontmatter``.
"""

import re
from functools import cache

from markdown_it import MarkdownIt

from dispatch import html
from dispatch.errors import GatherError

MOST_BYTES = html.MOST_BYTES
MOST_LEVELS = 100
MOST_BRACKETS = 10_000

_SPECIAL = re.compile(r"[\\`*_\[\]<|#~]|&(?=#?[A-Za-z0-9]+;)")
_AT_THE_START = re.compile(r"^(?:[>+=:-]|[0-9]{1,9}(?=[.)](?:\s|$)))")
# What Markdown would strip or fold: white space at either end of a line, and lines that hold nothing else.
_FRAGILE_SPACE = re.compile(r"^\s+|(?<!\s)\s+$")


def to_html(markdown: str, base: str = "") -> str:
    """Content from Markdown: sanitised HTML, relative addresses resolved against ``base``, all others untouched.

    Raises GatherError beyond 2 MiB, 100 levels of nesting or 10,000 brackets in one paragraph: there, parsing takes
    more than linear time.
    """
    _refuse_bombs(markdown)
    parser = _parser()
    tokens = parser.parse(markdown)
    if any(token.level >= MOST_LEVELS - 1 for token in tokens):
        raise GatherError("the Markdown is nested too deep", hint="Add it as plain text.")
    return html.sanitise(str(parser.renderer.render(tokens, parser.options, {})), base)


def escape(text: str) -> str:
    """Markdown that renders as exactly this plain text, line breaks included, whatever stands in it."""
    lines = re.split("\r\n?|[\n\x85]", text)
    escaped = "\n".join(_escape_line(line) for line in lines)
    # An empty line would end the paragraph.
    return re.sub(r"\n(?=\n)|^\n|\n\Z", "&#10;", escaped)


def _escape_line(line: str) -> str:
    line = _SPECIAL.sub(lambda match: "\\" + match[0], line)
    line = _AT_THE_START.sub(lambda match: match[0] + "\\" if match[0].isdigit() else "\\" + match[0], line)
    return _FRAGILE_SPACE.sub(lambda match: "".join(f"&#{ord(space)};" for space in match[0]), line)


def _refuse_bombs(markdown: str) -> None:
    if len(markdown.encode(errors="replace")) > MOST_BYTES:
        raise GatherError("the Markdown is larger than 2 MiB", hint="Add it with --syndicate link and --no-fetch.")
    if any(paragraph.count("[") > MOST_BRACKETS for paragraph in re.split(r"\n[ \t\r]*\n", markdown)):
        raise GatherError("a paragraph has more than 10,000 brackets", hint="Add it as an HTML page.")


@cache
def _parser() -> MarkdownIt:
    return _Parser("commonmark", {"html": True, "maxNesting": MOST_LEVELS}).enable(["table", "strikethrough"])


class _Parser(MarkdownIt):
    """CommonMark that leaves addresses alone: sanitising decides which of them stay."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002
        return True
