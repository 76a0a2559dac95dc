"""The page from which an article is copied, read back: what it shows, and each of the texts that others copy."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dispatch.checks.html_page import read_content
from dispatch.checks.html_tree import walk_tree
from dispatch.checks.read_back import Rendition, ShownArticle, make_entry
from dispatch.checks.text_lines import Line, find_headlines, fold_spaces, read_paragraphs
from dispatch.model import Article

HTML, TEXT = "kit-html", "kit-text"  # the ids of the fields


def read_kits(shown: Rendition, html: str) -> Iterator[Rendition]:
    """Give a kit page's parts, of which the first was read as a page: what it shows, then what is copied from it.

    Of a field that is not there the article is missing. Raises CheckError when its text is nested too deep.
    """
    yield replace(shown, kind="kit", entries=tuple((one, entry and _lead(one, entry)) for one, entry in shown.entries))
    fields = dict(_find_fields(html))
    for field, half in ((HTML, "html"), (TEXT, "text")):
        read = _parse_html_kit if half == "html" else _parse_plain_kit
        yield Rendition(
            at=replace(shown.at, half="html" if half == "html" else "text"),
            kind="kit" if half == "html" else "copy",
            entries=tuple((one, read(one, fields[field]) if field in fields else None) for one, _ in shown.entries),
        )


def _find_fields(html: str) -> Iterator[tuple[str, str]]:
    """Find the fields of a page that hold text to be copied: their ids and what stands in them."""
    field, words = "", ""
    for name, attributes, text in walk_tree(html):
        if name == "textarea" and attributes is not None:
            field, words = attributes.get("id", ""), ""
        elif name == "textarea":
            yield field, words
        elif not name:
            words += text


def _parse_html_kit(article: Article, field: str) -> ShownArticle:
    inside = read_content(field)
    return _lead(article, make_entry(inside.lines, inside, 1))


def _parse_plain_kit(article: Article, field: str) -> ShownArticle | None:
    place = next(iter(find_headlines(field, [article.title])), None)
    if place is None:
        return None
    lines = field.split("\n")
    body = "\n".join(lines[place[1] :])
    title = " ".join(lines[place[0] : place[1]])
    return _lead(article, ShownArticle(title=title, lines=read_paragraphs(body), raw=body))


def _lead(article: Article, entry: ShownArticle) -> ShownArticle:
    """Put what is said of the authors behind all else, as in every other edition: it is no byline."""
    return replace(entry, lines=tuple(_move_biographies(article, entry.lines)))


def _move_biographies(article: Article, lines: Sequence[Line]) -> Sequence[Line]:
    said = {fold_spaces(f"{author.name} {author.bio}") for author in article.authors if author.bio}
    at = [number for number, line in enumerate(lines) if line.text in said]
    if not at:
        return lines
    begin, end = at[0] - bool(at[0] and lines[at[0] - 1].heading), at[-1] + 1
    return [*lines[:begin], *lines[end:], *lines[begin:end]]
