"""Convert Markdown (CommonMark 0.31, with tables, strikethrough and footnotes). The one user of markdown-it."""

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token as Token
from mdit_py_plugins.footnote import footnote_plugin

from dispatch import html
from dispatch.deferred import defer_pattern
from dispatch.errors import GatherError
from dispatch.model import Place

MOST_BYTES = html.MOST_BYTES
MOST_LEVELS = 100
MOST_BRACKETS = 10_000

_SPECIAL = defer_pattern(r"[\\`*_\[\]<|#~]|&(?=#?[A-Za-z0-9]+;)")
_AT_THE_START = defer_pattern(r"^(?:[>+=:-]|[0-9]{1,9}(?=[.)](?:\s|$)))")
# White space that Markdown would strip or fold: at either end of a line, or all of it.
_FRAGILE_SPACE = defer_pattern(r"^\s+|(?<!\s)\s+$")


def to_html(markdown: str, base: str = "") -> str:
    """Convert Markdown to content: sanitised HTML, relative addresses resolved against ``base``, others untouched.

    Raises GatherError beyond 2 MiB, 100 levels of nesting or 10,000 brackets in one paragraph, or as much work in
    several: parsing takes time in the square of the brackets in a paragraph.
    """
    return html.sanitise_html(render_tokens(parse_markdown(markdown)), base)


def find_first_headings(markdown: str) -> list[int]:
    """Find the lines, from 0, in which headings of the first level begin. Raises GatherError."""
    return [
        one.map[0] for one in parse_markdown(markdown) if one.type == "heading_open" and one.tag == "h1" and one.map
    ]


def blank_code(markdown: str) -> str:
    """Empty the lines of code blocks. Raises GatherError as ``to_html`` does."""
    lines = markdown.split("\n")
    for block in parse_markdown(markdown.replace("\r", " ")):  # alone it would be a line end to the parser only
        if block.type in {"fence", "code_block"} and block.map:
            lines[slice(*block.map)] = [""] * (block.map[1] - block.map[0])
    return "\n".join(lines)


def escape_markdown(text: str) -> str:
    """Escape a plain text so that Markdown renders exactly it, line breaks included."""
    lines = re.split("\r\n?|[\n\x85]", text)
    escaped = "\n".join(_escape_line(line) for line in lines)
    # An empty line would end the paragraph.
    return re.sub(r"\n(?=\n)|^\n|\n\Z", "&#10;", escaped)


def parse_markdown(markdown: str) -> Sequence[Token]:
    """Parse Markdown into the tokens of markdown-it. Raises GatherError as ``to_html`` does."""
    _refuse_markdown_bombs(markdown)
    tokens = _make_parser().parse(markdown)
    deep = next((token for token in tokens if token.level >= MOST_LEVELS - 1), None)
    if deep:
        place = Place(line=deep.map[0] + 1 if deep.map else 0)
        raise GatherError("the Markdown is nested too deep", subject=place, hint="Add it as plain text.")
    return tokens


def render_tokens(tokens: Sequence[Token]) -> str:
    """Render tokens as the HTML that they say, which nobody has sanitised."""
    for token in tokens:
        if token.type in {"td_open", "th_open"} and (style := token.attrs.pop("style", "")):
            token.attrs["align"] = str(style).partition(":")[2]  # styles do not come through sanitising
    return str(_make_parser().renderer.render(tokens, _make_parser().options, {}))


def _escape_line(line: str) -> str:
    line = _SPECIAL.sub(lambda match: "\\" + match[0], line)
    line = _AT_THE_START.sub(lambda match: match[0] + "\\" if match[0].isdigit() else "\\" + match[0], line)
    return _FRAGILE_SPACE.sub(lambda match: "".join(f"&#{ord(space)};" for space in match[0]), line)


def _refuse_markdown_bombs(markdown: str) -> None:
    if len(markdown.encode(errors="replace")) > MOST_BYTES:
        raise GatherError("the Markdown is larger than 2 MiB", hint="Add it with --syndicate link and --no-fetch.")
    line, work = 1, 0
    for paragraph in re.split(r"(\n[ \t\r]*\n)", markdown):
        work += paragraph.count("[") ** 2
        if work > MOST_BRACKETS**2:
            blank = len(paragraph) - len(paragraph.lstrip())
            place = Place(line=line + paragraph.count("\n", 0, blank))
            what = "a paragraph has more than 10,000 brackets, or many have nearly as many"
            raise GatherError(what, subject=place, hint="Add it as an HTML page.")
        line += paragraph.count("\n")


@cache
def _make_parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": True, "maxNesting": MOST_LEVELS}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin)
    # The plugin would show the second mark of a note as [1:1].
    parser.add_render_rule("footnote_caption", lambda _self, tokens, at, *_: f"[{tokens[at].meta['id'] + 1}]")
    return parser


class _Parser(MarkdownIt):
    """CommonMark that leaves addresses alone: sanitising decides which of them stay."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002
        return True
