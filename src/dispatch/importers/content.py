"""A post's text, through the doors: sanitised, with the pictures that the archive holds, and a word on what is lost."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape

from dispatch import html, links
from dispatch.archives.pictures import MemberPlace, Pictures
from dispatch.html.tokens import ATTRIBUTES
from dispatch.model import Article, Image
from dispatch.readers import markdown

# What sanitising drops with all that is in it and a reader of the old page would have seen.
_EMBED = re.compile(r"<(iframe|embed|object|video|audio|form|svg|math|canvas|script)\b([^<>]{0,2000})", re.IGNORECASE)
_WHERE = re.compile(r"""\b(?:src|data|href|action)\s*=\s*["']?([^"'\s<>]{1,300})""", re.IGNORECASE)
_INLINE = re.compile(r"""<img\b[^<>]{0,500}?src\s*=\s*["']?data:""", re.IGNORECASE)
# What systems fill in or expand, and nobody fills in any more.
_CODES = re.compile(
    r"\{\{[<%]\s*[\w/][^{}]{0,200}[>%]\}\}|\{%[^{}%]{1,200}%\}|\{\{[^{}]{1,100}\}\}|%%[a-z_]{3,30}%%"
    r"|\*\|[A-Z0-9_:]{2,60}\|\*|\[/?(?:gallery|embed|audio|video|playlist|caption|contact-form-7|youtube)\b[^\[\]]{0,300}\]"
)
_MOST_NAMED = 3
# Where an address stands in Markdown: a link's or a picture's destination, a definition's, an attribute's.
_DESTINATION = re.compile(
    r"""(?P<before>\]\(\s{0,9}|^ {0,3}\[[^\[\]\n]{1,200}\]:\s{0,9}|(?:src|href)\s{0,3}=\s{0,3}["']?)(?P<bracket><?)"""
    r"""(?P<address>(?<=<)[^<>\n]{1,2000}|[^\s<>"'()]{1,2000}(?:\([^\s<>"'()]{0,500}\)[^\s<>"'()]{0,500})?)""",
    re.MULTILINE,
)
_WITHIN = re.compile(r"\[([^\[\]\n]{0,500})\]\((#[^\s()]{0,500})(?:\s[^()\n]{0,200})?\)")
_EMPTY = re.compile(rf"<(div|figure|p|span){ATTRIBUTES}>\s*</\1>")
_HEADING = re.compile(rf"<(h[1-6]){ATTRIBUTES}>.*?</\1>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An article with its text, what its text shows, and what could not be placed."""

    article: Article
    pictures: Mapping[str, bytes]
    notes: tuple[str, ...]


def of_html(article: Article, written: str, place: MemberPlace) -> Body:
    """The article with its body from HTML as a system kept it. Raises GatherError as ``html.sanitise`` does."""
    found = Pictures(place)
    content = _tidy(html.readdressed(html.sanitise(written), found.placed), article.title)
    return _whole(replace(article, content=content), written, found)


def of_markdown(article: Article, written: str, place: MemberPlace) -> Body:
    """The article with its body as Markdown; only the addresses of what was placed change in it.

    Raises GatherError as ``markdown.to_html`` does.
    """
    found = Pictures(place)
    content = markdown.to_html(written)
    html.readdressed(content, found.placed)
    if found.changed:
        written = _with(written, found.changed)
        content = markdown.to_html(written)
    return _whole(replace(article, markdown=written, content=content), written, found)


def _whole(article: Article, written: str, found: Pictures) -> Body:
    """The article with the pictures of its head as well, and the notes."""
    image, authors = article.image, article.authors
    if image:
        article = replace(article, image=replace(image, url=found.placed(image.url)))
        article = article if _stands(article.image, found) else replace(article, image=None)
    article = replace(
        article, authors=tuple(replace(author, avatar=_portrait(author.avatar, found)) for author in authors)
    )
    notes = (*_lost(written, article), *found.notes, *_unplaced(article, found))
    return Body(article=article, pictures=found.files, notes=notes)


def _tidy(content: str, title: str) -> str:
    """Content without the empty boxes that embeds have left, and without a first heading that says the title again."""
    while (shorter := _EMPTY.sub("", content)) != content:
        content = shorter
    first = _HEADING.search(content)
    if first and html.text(first[0]) == title and not html.text(content[: first.start()]):
        content = content[: first.start()] + content[first.end() :]
    return content.strip()


def _stands(image: Image | None, found: Pictures) -> bool:
    return image is not None and (links.is_web(image.url) or image.url in found.files)


def _portrait(address: str, found: Pictures) -> str:
    placed = found.placed(address) if address else ""
    return placed if links.is_web(placed) or placed in found.files else ""


def _lost(written: str, article: Article) -> Iterator[str]:
    """What of a text is gone, or stands there as it never should."""
    embeds = []
    for match in _EMBED.finditer(written):
        where = _WHERE.search(match[2])
        embeds.append(f"{match[1].lower()} {html.clean(where[1])}" if where else match[1].lower())
    if embeds:
        yield f"left out: {_some(embeds)}"
    if count := len(_INLINE.findall(written)):
        yield (
            f"left out: {count} pictures that stand in the text itself"
            if count > 1
            else "left out: a picture that stands in the text itself"
        )
    codes = list(dict.fromkeys(" ".join(code.split()) for code in _CODES.findall(html.text(article.content))))
    if codes:
        yield f"stands there as text: {_some(codes)}"


def _unplaced(article: Article, found: Pictures) -> Iterator[str]:
    """Addresses that lead nowhere now, and those that stayed relative: nobody knows to what."""
    relative: dict[str, None] = {}

    def seen(address: str) -> str:
        if not (links.is_absolute(address) or address in found.files or address in found.lost):
            relative[address] = None
        return address

    html.readdressed(article.content, seen)
    if found.lost:
        yield f"pictures that are not in the archive: {_some(list(found.lost))}"
    if found.within:
        yield f"links to places within it are plain text now: {_some(list(found.within))}"
    if relative:
        yield f"relative addresses, and nobody says to what (--site): {_some(list(relative))}"


def _some(things: list[str]) -> str:
    more = f" and {len(things) - _MOST_NAMED} more" if len(things) > _MOST_NAMED else ""
    return ", ".join(things[:_MOST_NAMED]) + more


def _with(written: str, changed: Mapping[str, str]) -> str:
    """Markdown with addresses changed where they stand as one: in a link, a definition or an attribute.

    A link whose address becomes empty is its words alone.
    """

    def unlinked(match: re.Match[str]) -> str:
        return match[1] if changed.get(match[2]) == "" else match[0]

    def renamed(match: re.Match[str]) -> str:
        old = match["address"]
        return match["before"] + match["bracket"] + (changed.get(old) or changed.get(unescape(old)) or old)

    return _DESTINATION.sub(renamed, _WITHIN.sub(unlinked, written))
