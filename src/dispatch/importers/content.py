"""Give a post its text: sanitised, with the pictures that the export holds, and a note on what is lost."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape

from dispatch import commonmark, html, links
from dispatch.html.tokens import ATTRIBUTES, HEADING
from dispatch.importers.pictures import PostPictures, PostPlace
from dispatch.importers.posts import Post
from dispatch.model import Article, Fault, Source
from dispatch.readers import markdown_dialects

# What sanitising drops with all that is in it and a reader of the old page would have seen.
_LOST = re.compile(r"<(form|svg|math|canvas|script)\b([^<>]{0,2000})", re.IGNORECASE)
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


def name_old_site(url: str) -> Source:
    """Make the source of an article that had this address: its site, which lets it be shown in full; empty for none."""
    if not url:
        return Source()
    return Source(title=links.parse_host(url), url="/".join(url.split("/", 3)[:3]) + "/", syndicate="full")


def list_former(place: PostPlace, *addresses: str) -> tuple[str, ...]:
    """List the addresses that a post had, whole: a path is one of the old site, and left out when nobody knows it."""
    found = (links.resolve_address(place.site, one) for one in addresses if one)
    return tuple(dict.fromkeys(url for url in found if links.is_web_address(url)))


def pick_web_address(written: str) -> str:
    """Return the address when it is one of the web, else nothing."""
    return written if links.is_web_address(written) else ""


def pick_canonical(written: str, place: PostPlace) -> str:
    """Return the address of the original, where a post says that it is at another site; else nothing."""
    host = links.parse_host(pick_web_address(written))
    return written if host and host != links.parse_host(place.site) else ""


def describe_audience(audience: str, everybody: str = "public") -> str:
    """Say why a post stays a draft that not everybody could read; empty when everybody could."""
    return f"not everybody could read it there ({audience})" if audience not in ("", everybody) else ""


def fill_html(post: Post, written: str, place: PostPlace) -> Post:
    """Give a post its body from HTML as a system kept it. Raises GatherError as ``html.sanitise`` does."""
    content = html.sanitise_html(written)
    found = PostPictures(place, content)
    content = _tidy_content(html.rewrite_addresses(content, found.place_address), post.article.title)
    return _complete_post(post, replace(post.article, content=content), written, found)


def fill_markdown(post: Post, written: str, place: PostPlace) -> Post:
    """Give a post its body as Markdown: of a dialect what it shows, and the addresses of what was placed.

    Raises GatherError as ``commonmark.to_html`` does.
    """
    faults: list[Fault] = []
    written = markdown_dialects.convert_dialects(written, faults)
    post = replace(post, notes=(*post.notes, *(fault.what for fault in faults)))
    content = commonmark.to_html(written)
    found = PostPictures(place, content)
    html.rewrite_addresses(content, found.place_address)
    if found.changed:
        written = _change_addresses(written, found.changed)
        content = commonmark.to_html(written)
    return _complete_post(post, replace(post.article, markdown=written, content=content), written, found)


def _complete_post(post: Post, article: Article, written: str, found: PostPictures) -> Post:
    """Return the post with its article, the pictures of the article's head as well, and the notes."""
    picture = found.place_picture(article.image.url) if article.image else ""
    authors = (replace(author, avatar=found.place_picture(author.avatar)) for author in article.authors)
    article = replace(
        article,
        image=replace(article.image, url=picture) if article.image and picture else None,
        authors=tuple(authors),
    )
    notes = (*post.notes, *_list_lost(written, article), *found.notes, *_list_unplaced(found))
    return replace(post, article=article, notes=notes, pictures=found.files)


def _tidy_content(content: str, title: str) -> str:
    """Take out the empty boxes that embeds have left, and a first heading that says the title again."""
    while (shorter := _EMPTY.sub("", content)) != content:
        content = shorter
    first = HEADING.search(content)
    if first and html.to_plain_text(first[0]) == title and not html.to_plain_text(content[: first.start()]):
        content = content[: first.start()] + content[first.end() :]
    return content.strip()


def _list_lost(written: str, article: Article) -> Iterator[str]:
    """Say what of a text is gone, and which codes are shown as they are written."""
    if embeds := html.list_embeds(article.content):
        yield f"shown as a link: {_name_some(embeds)}"
    lost = []
    for match in _LOST.finditer(written):
        where = _WHERE.search(match[2])
        lost.append(f"{match[1].lower()} {html.remove_illegal_characters(where[1])}" if where else match[1].lower())
    if lost:
        yield f"not imported: {_name_some(lost)}"
    if count := len(_INLINE.findall(written)):
        yield f"not imported: {count} picture{'s' * (count > 1)} written into the text itself"
    codes = list(dict.fromkeys(" ".join(code.split()) for code in _CODES.findall(html.to_plain_text(article.content))))
    if codes:
        yield f"kept as text: {_name_some(codes)}"


def _list_unplaced(found: PostPictures) -> Iterator[str]:
    """Name the addresses that lead nowhere now, and those that stayed relative: nobody knows to what."""
    if found.lost:
        yield f"pictures that are not in the export: {_name_some(list(found.lost))}"
    if found.within:
        yield f"links to places within the text, now plain text: {_name_some(list(found.within))}"
    if found.relative:
        yield f"relative addresses; give the old site's address with --site: {_name_some(list(found.relative))}"


def _name_some(things: list[str]) -> str:
    more = f" and {len(things) - _MOST_NAMED} more" if len(things) > _MOST_NAMED else ""
    return ", ".join(things[:_MOST_NAMED]) + more


def _change_addresses(written: str, changed: Mapping[str, str]) -> str:
    """Change addresses in Markdown where they stand as one: in a link, a definition or an attribute.

    A link whose address becomes empty is its words alone.
    """

    def drop_link(match: re.Match[str]) -> str:
        return match[1] if changed.get(match[2]) == "" else match[0]

    def change_address(match: re.Match[str]) -> str:
        old = match["address"]
        return match["before"] + match["bracket"] + (changed.get(old) or changed.get(unescape(old)) or old)

    return _DESTINATION.sub(change_address, _WITHIN.sub(drop_link, written))
