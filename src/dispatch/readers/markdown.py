"""Read an article in Markdown, with the title, byline and day that it begins with.

Front matter as Jekyll, Hugo, Pelican and the like write it is understood; see ``frontmatter_aliases``.
"""

import re
from dataclasses import replace
from itertools import pairwise, takewhile

from dispatch import frontmatter, html
from dispatch.commonmark import Token, parse_markdown, render_tokens, to_html
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Document, Fault, Place
from dispatch.readers import charset, credit_lines, frontmatter_aliases, kits, markdown_dialects, opening

MEDIA_TYPES = frozenset({"text/markdown", "text/x-markdown"})

_MOST_ABOUT = 3  # paragraphs of a biography

_EMPHASISED = re.compile(r"([*_]{1,3})(?=\S)[^*_]+(?<=\S)\1")


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
        parse_markdown(body)
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


def _looks_like_markdown(text: str) -> bool:
    start = text.lstrip("\n")
    return (
        bool(frontmatter.split_front_matter(text)[1])
        or start.startswith("# ")
        or bool(re.search(r"\]\((?:https?:|/|<)", text))
    )


def _extract_title(body: str, given: str) -> tuple[str, str]:
    """Return the title, and the body without the heading that repeats it."""
    tokens = parse_markdown(body)
    for block, inline in pairwise(tokens):
        if block.type == "heading_open" and block.tag == "h1" and block.level == 0:
            title = _render_plain(inline)
            return (given or title, _remove_block(body, block)) if not given or title == given else (given, body)
    return given, body


def _take_opening(article: Article, body: str) -> tuple[frontmatter_aliases.Data, Article, str]:
    """Take properties off the start of a body, and what completes the article; return both, and the rest."""
    properties: frontmatter_aliases.Data = {}
    for _ in range(opening.MOST_LINES):
        blocks = [(token, inline) for token, inline in pairwise(parse_markdown(body)) if inline.type == "inline"]
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
    tokens = parse_markdown(body)
    blocks = [(block, inline) for block, inline in pairwise(tokens) if block.map and inline.type == "inline"]
    blocks += [(block, block) for block in tokens if block.type == "html_block"]
    blocks.sort(key=lambda one: one[0].map or [])
    rendered = [(block, render_tokens([inline])) for block, inline in blocks if block.type != "heading_open"]
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
        for token, inline in pairwise(parse_markdown(body))
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
    return " ".join(html.to_plain_text(html.sanitise_html(render_tokens([inline]))).split())


def _remove_block(body: str, block: Token) -> str:
    start, end = block.map or (0, 0)
    lines = body.split("\n")
    return "\n".join(lines[:start] + lines[end:])
