"""Read Markdown (CommonMark 0.31, with tables, strikethrough and footnotes). The one user of markdown-it.

Front matter as Jekyll, Hugo, Pelican and the like write it is understood; see ``frontmatter_aliases``.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise, takewhile

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from dispatch import frontmatter, html
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Document, Fault, Place
from dispatch.readers import charset, credit_lines, frontmatter_aliases, kits, markdown_dialects, opening

MEDIA_TYPES = frozenset({"text/markdown", "text/x-markdown"})

MOST_BYTES = html.MOST_BYTES
MOST_LEVELS = 100
MOST_BRACKETS = 10_000
_MOST_ABOUT = 3  # paragraphs of a biography

_EMPHASISED = re.compile(r"([*_]{1,3})(?=\S)[^*_]+(?<=\S)\1")
_SPECIAL = re.compile(r"[\\`*_\[\]<|#~]|&(?=#?[A-Za-z0-9]+;)")
_AT_THE_START = re.compile(r"^(?:[>+=:-]|[0-9]{1,9}(?=[.)](?:\s|$)))")
# White space that Markdown would strip or fold: at either end of a line, or all of it.
_FRAGILE_SPACE = re.compile(r"^\s+|(?<!\s)\s+$")


def accepts(document: Document) -> bool:
    """Whether this is Markdown: declared as such, or recognised by front matter, a first heading or a link."""
    if document.media_type in MEDIA_TYPES:
        return True
    return (
        document.media_type in {"", "text/plain"}
        and b"\0" not in document.body
        and _looks_like_markdown(charset.decode_document(document))
    )


def read(document: Document, faults: list[Fault] | None = None) -> list[Article]:
    """Read the one article of a Markdown text; ``faults`` gets what of a dialect was left out.

    The first heading of rank 1 is the title, and leaves the body; so do the properties, the dek, the byline and the day
    below it. Front matter is believed before these. Raises GatherError on broken front matter and beyond the bounds of
    ``to_html``.
    """
    text = charset.decode_document(document)
    data, body = frontmatter_aliases.parse_keys(text, document)
    try:
        _parse_markdown(body)
    except GatherError as error:
        raise error.within(Place(line=text.count("\n", 0, len(text) - len(body)) + 1)) from error
    article = frontmatter_aliases.build_article(data, document)
    body = markdown_dialects.convert_dialects(body, [] if faults is None else faults)
    tags, body = markdown_dialects.take_tag_lines(body)
    title, body = _extract_title(body, article.title)
    kit, body = _take_kit(title, body)
    properties, opened, body = _take_opening(replace(article, title=title, authors=(), credits=()), body)
    if properties:
        article = frontmatter_aliases.build_article({**properties, **data}, document)
    authors, body = _take_bio(article.authors or opened.authors, body)
    body = body.strip("\n")
    found = replace(
        article,
        title=title,
        dek=article.dek or opened.dek,
        authors=authors,
        certainty=article.certainty if article.authors else opened.certainty if opened.authors else "unknown",
        credits=tuple(dict.fromkeys((*article.credits, *opened.credits))),
        published=article.published or opened.published,
        source=article.source if article.source.title or article.source.url else opened.source,
        tags=tuple(dict.fromkeys((*article.tags, *tags))),
        markdown=body,
        content=to_html(body, document.url),
    )
    return [kits.apply_kit(found, kit and replace(kit, url=article.url or kit.url))]


def to_html(markdown: str, base: str = "") -> str:
    """Convert Markdown to content: sanitised HTML, relative addresses resolved against ``base``, others untouched.

    Raises GatherError beyond 2 MiB, 100 levels of nesting or 10,000 brackets in one paragraph, or as much work in
    several: parsing takes time in the square of the brackets in a paragraph.
    """
    return html.sanitise_html(_render_tokens(_parse_markdown(markdown)), base)


def find_first_headings(markdown: str) -> list[int]:
    """Find the lines, from 0, in which headings of the first level begin. Raises GatherError."""
    return [
        one.map[0] for one in _parse_markdown(markdown) if one.type == "heading_open" and one.tag == "h1" and one.map
    ]


def blank_code(markdown: str) -> str:
    """Empty the lines of code blocks. Raises GatherError as ``to_html`` does."""
    lines = markdown.split("\n")
    for block in _parse_markdown(markdown.replace("\r", " ")):  # alone it would be a line end to the parser only
        if block.type in {"fence", "code_block"} and block.map:
            lines[slice(*block.map)] = [""] * (block.map[1] - block.map[0])
    return "\n".join(lines)


def escape_markdown(text: str) -> str:
    """Escape a plain text so that Markdown renders exactly it, line breaks included."""
    lines = re.split("\r\n?|[\n\x85]", text)
    escaped = "\n".join(_escape_line(line) for line in lines)
    # An empty line would end the paragraph.
    return re.sub(r"\n(?=\n)|^\n|\n\Z", "&#10;", escaped)


def _looks_like_markdown(text: str) -> bool:
    start = text.lstrip("\n")
    return (
        bool(frontmatter.split_front_matter(text)[1])
        or start.startswith("# ")
        or bool(re.search(r"\]\((?:https?:|/|<)", text))
    )


def _parse_markdown(markdown: str) -> Sequence[Token]:
    _refuse_markdown_bombs(markdown)
    tokens = _make_parser().parse(markdown)
    deep = next((token for token in tokens if token.level >= MOST_LEVELS - 1), None)
    if deep:
        place = Place(line=deep.map[0] + 1 if deep.map else 0)
        raise GatherError("the Markdown is nested too deep", subject=place, hint="Add it as plain text.")
    return tokens


def _render_tokens(tokens: Sequence[Token]) -> str:
    for token in tokens:
        if token.type in {"td_open", "th_open"} and (style := token.attrs.pop("style", "")):
            token.attrs["align"] = str(style).partition(":")[2]  # styles do not come through sanitising
    return str(_make_parser().renderer.render(tokens, _make_parser().options, {}))


def _extract_title(body: str, given: str) -> tuple[str, str]:
    """Return the title, and the body without the heading that repeats it."""
    tokens = _parse_markdown(body)
    for block, inline in pairwise(tokens):
        if block.type == "heading_open" and block.tag == "h1" and block.level == 0:
            title = _render_plain(inline)
            return (given or title, _remove_block(body, block)) if not given or title == given else (given, body)
    return given, body


def _take_opening(article: Article, body: str) -> tuple[frontmatter_aliases.Data, Article, str]:
    """Take properties off the start of a body, and what completes the article; return both, and the rest."""
    properties: frontmatter_aliases.Data = {}
    for _ in range(opening.MOST_LINES):
        blocks = [(token, inline) for token, inline in pairwise(_parse_markdown(body)) if inline.type == "inline"]
        blocks = [(token, inline) for token, inline in blocks if token.level == 0][:2]
        if not blocks or body.split("\n")[: (blocks[0][0].map or (0,))[0]] != [""] * (blocks[0][0].map or (0,))[0]:
            break
        (block, inline), *others = blocks
        if not properties and (properties := frontmatter_aliases.parse_properties(inline.content)):
            body = _remove_block(body, block)
            continue
        found = opening.read_opening_line(article, _read_line(block, inline), [_render_plain(one) for _, one in others])
        if found is None:
            break
        article, body = found, _remove_block(body, block)
    return properties, article, body


def _take_kit(title: str, body: str) -> "tuple[kits.Kit | None, str]":
    """Take the paragraphs of a kit and its counter off a body; return the kit, and the rest."""
    tokens = _parse_markdown(body)
    blocks = [(block, inline) for block, inline in pairwise(tokens) if block.map and inline.type == "inline"]
    blocks += [(block, block) for block in tokens if block.type == "html_block"]
    blocks.sort(key=lambda one: one[0].map or [])
    rendered = [(block, _render_tokens([inline])) for block, inline in blocks if block.type != "heading_open"]
    kit, numbers, counters = kits.take_kit_from_paragraphs([written for _, written in rendered], body, title)
    for number in sorted(numbers, reverse=True):
        body = _remove_block(body, rendered[number][0])
    for counter in counters:
        body = re.sub(rf"!\[[^\[\]]*\]\({re.escape(counter)}[^()]*\)|<img\b[^<>]*{re.escape(counter)}[^<>]*>", "", body)
    return kit, body


def _take_bio(authors: tuple[Author, ...], body: str) -> tuple[tuple[Author, ...], str]:
    """Take the biography of the only author off the end: below “About the author”, or emphasised below a rule."""
    if len(authors) != 1 or authors[0].bio:
        return authors, body
    (author,) = authors
    blocks = [
        (token, _render_plain(inline) if inline.type == "inline" else "", inline.content)
        for token, inline in pairwise(_parse_markdown(body))
        if token.level == 0 and token.nesting >= 0 and token.map
    ]
    for number, (token, heading, _) in list(enumerate(blocks))[: -_MOST_ABOUT - 2 : -1]:
        below = blocks[number + 1 :]
        texts = [text for one, text, _ in below if one.type == "paragraph_open"]
        is_headed = token.type == "heading_open" and credit_lines.is_author_heading(heading, author.name)
        is_note = token.type == "hr" and len(below) == 1 and _EMPHASISED.fullmatch(below[0][2].strip())
        is_named = author.name in " ".join(texts) if is_headed else credit_lines.find_bio(author.name, texts)
        if number and texts and len(texts) == len(below) and (is_headed or is_note) and is_named:
            kept = body.split("\n")[: (token.map or (0,))[0]]
            return (replace(author, bio=" ".join(texts)),), "\n".join(kept)
    return authors, body


def _read_line(block: Token, inline: Token) -> opening.OpeningLine:
    links: dict[str, str] = {}
    for number, child in enumerate(inline.children or ()):
        if child.type == "link_open" and inline.children:
            words = (one.content for one in inline.children[number:] if one.type in {"text", "link_close"})
            links["".join(takewhile(bool, words))] = str(child.attrs["href"])
    is_emphasised = _EMPHASISED.fullmatch(inline.content.strip())
    return opening.OpeningLine(
        text=_render_plain(inline), is_set_off=block.type == "paragraph_open" and bool(is_emphasised), links=links
    )


def _render_plain(inline: Token) -> str:
    return " ".join(html.to_plain_text(html.sanitise_html(_render_tokens([inline]))).split())


def _remove_block(body: str, block: Token) -> str:
    start, end = block.map or (0, 0)
    lines = body.split("\n")
    return "\n".join(lines[:start] + lines[end:])


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
