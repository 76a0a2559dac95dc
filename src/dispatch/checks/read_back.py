"""Finished editions, read back: what each shows of each article. Nothing here is shared with the renderers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email import headerregistry, message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from functools import lru_cache
from typing import Annotated, Literal

from dispatch import derived
from dispatch.checks import feed_items, text_lines
from dispatch.checks.feed_items import FeedItem
from dispatch.checks.html_page import HtmlPage, read_content, read_page
from dispatch.checks.mail_lines import split_mail
from dispatch.checks.rules import find_edition_place
from dispatch.checks.text_lines import Line, LineLink, Picture, find_headlines, fold_spaces, read_paragraphs
from dispatch.errors import CheckError
from dispatch.model import Article, Contents, Edition, ImageCopy, Page, Place

Kind = Literal["feed", "gathered", "page", "list", "mail", "plain", "kit", "copy"]
# Pages that lead to articles and show none of them whole.
_LISTS = frozenset({"front", "author", "source", "section", "tag"})
_HEADERS = headerregistry.HeaderRegistry()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArticle:
    """One article as an edition shows it."""

    title: str
    lines: Annotated[tuple[Line, ...], "everything under the headline"]
    headline: Annotated[tuple[LineLink, ...], "the links of the headline"] = ()
    pictures: tuple[Picture, ...] = ()
    item: Annotated[FeedItem | None, "in feeds"] = None
    site_lines: Annotated[tuple[Line, ...], "the lines that lead to other pages of the site, and nowhere else"] = ()
    raw: Annotated[str, "in plain text: everything under the headline, as it is written"] = ""

    @property
    def text(self) -> str:
        """All words under the headline."""
        return fold_spaces(self.raw) or " ".join(line.text for line in self.lines).lstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """What one reader sees: a feed, a page, one half of a message."""

    at: Annotated[Place, "the edition, which half of a message, and the issue's file"]
    kind: Annotated[
        Kind,
        "list: a page where the headline alone leads to the article; gathered: a feed of finished entries; kit and "
        "copy: a whole article as HTML and as plain text, for those who publish it again",
    ]
    entries: Annotated[
        tuple[tuple[Article, ShownArticle | None], ...], "the issue's articles and how each is shown, if it is"
    ]
    strangers: Annotated[tuple[str, ...], "what it shows besides and the issue does not hold"] = ()
    in_order: bool = True
    credited: Annotated[tuple[str, ...], "whom a feed as a whole credits"] = ()
    page: Annotated[HtmlPage | None, "of page and mail"] = None
    place: Annotated[Page | None, "of a page: where it stands in the site"] = None
    text: Annotated[str, "the part as it is written"] = ""

    def find_article(self, article: Article) -> Place:
        """Place a finding about one of its articles: here, and in the file that the article is written in."""
        return replace(self.at, file=article.file, article=article.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePart:
    """What one kind of mail program shows of a message."""

    media_type: str
    charset: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message: its headers as they are decoded, and its text parts in order."""

    headers: Annotated[tuple[tuple[str, str], ...], "names in lower case, with their values"]
    media_type: str
    halves: tuple[MessagePart, ...]

    def find_header(self, name: str) -> list[str]:
        """Give the values of a header, however often it stands there."""
        return [value for key, value in self.headers if key == name.lower()]


def read_edition(edition: Edition, issue: Contents, site: str) -> tuple[Rendition, ...]:
    """Read the parts of an edition; site: the publication's address. Raises CheckError when it cannot be read back."""
    short, bare = edition.shortened, edition.without_notes
    articles = tuple(derived.limit_text(one) if one.id in short else one for one in issue.articles)
    articles = tuple(replace(one, note="") if one.id in bare else one for one in articles)
    at = find_edition_place(issue, edition)
    if edition.format == "eml":
        return tuple(_read_message(at, edition, issue, articles))
    text = _decode_text(edition.body) if edition.format not in {"rss", "atom"} else ""
    match edition.format:
        case "rss" | "atom" | "json":
            return (_read_feed(at, edition, articles, issue.as_page),)
        case "web":
            return (_read_page(at, text, articles, issue.as_page, site),)
        case "email":
            return (_read_mail(at, text, issue, articles),)
        case "text":
            return (_read_text(at, text, articles),)
    raise CheckError(f"“{edition.format}” is no format", reason="unknown-format", detail=edition.format)


def _decode_text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise CheckError("it is not UTF-8", reason="not-utf-8") from error


@lru_cache(maxsize=1)
def read_message(octets: bytes) -> Message:
    """Read a message (RFC 5322, RFC 2045). Raises CheckError when a part cannot be decoded."""
    try:
        parsed = message_from_bytes(octets, policy=policy.default.clone(header_factory=_parse_header))
        if not isinstance(parsed, EmailMessage):
            raise CheckError("it is not a message", reason="not-a-message")
        headers = tuple((name.lower(), str(value)) for name, value in parsed.items())
        return Message(headers=headers, media_type=parsed.get_content_type(), halves=tuple(_read_parts(parsed)))
    except (MessageError, LookupError, ValueError) as error:
        raise CheckError(f"it cannot be read as a message: {error}", reason="not-a-message") from error


def _parse_header(name: str, text: str) -> str:
    """Parse a header; as it is written where Python's parser fails, or takes too long: the square of its length."""
    try:
        return _HEADERS(name, text) if len(text) < 1000 else text
    except (AttributeError, LookupError, MessageError, RecursionError, TypeError, ValueError):
        return text


def _read_parts(parsed: EmailMessage) -> Iterator[MessagePart]:
    for part in parsed.walk():
        if part.get_content_type() in {"text/plain", "text/html"} and isinstance(part, EmailMessage):
            content = part.get_content()
            charset = part.get_content_charset() or "us-ascii"
            yield MessagePart(media_type=part.get_content_type(), charset=charset, text=str(content))


def _read_message(at: Place, edition: Edition, issue: Contents, articles: Sequence[Article]) -> Iterator[Rendition]:
    for half in read_message(edition.body).halves:
        if half.media_type == "text/html":
            yield _read_mail(replace(at, half="html"), half.text, issue, articles)
        else:
            yield _read_text(replace(at, half="text"), half.text, articles)


def _read_feed(at: Place, edition: Edition, articles: Sequence[Article], place: Page | None) -> Rendition:
    """Read a feed. Of one that is gathered from finished entries only the elements are read.

    Its bodies were read where they were made: in the feed of their own issue, with the same bytes.
    """
    is_gathered = place is not None and place.kind == "feed" and not place.is_kit
    item = _keep_elements if is_gathered else _read_item
    feed = feed_items.FEED_READERS[edition.format](edition.body)
    numbers = {item.id: number for number, item in reversed(list(enumerate(feed.entries)))}
    shown = [(article, numbers.get(article.id)) for article in articles]
    known = {number for _, number in shown}
    order = [number for _, number in shown if number is not None]
    return Rendition(
        at=at,
        kind="gathered" if is_gathered else "feed",
        entries=tuple((article, None if n is None else item(feed.entries[n])) for article, n in shown),
        strangers=tuple(item.title or item.id for number, item in enumerate(feed.entries) if number not in known),
        in_order=order == sorted(order),
        credited=feed.credited,
    )


def _keep_elements(item: FeedItem) -> ShownArticle:
    return ShownArticle(title=item.title, lines=(), item=item)


def _read_item(item: FeedItem) -> ShownArticle:
    inside = read_content(item.content)
    return ShownArticle(title=item.title, lines=inside.lines, pictures=inside.pictures, item=item)


def _read_html(html: str, place: Page | None = None, site: str = "") -> HtmlPage:
    """Read HTML, its pictures under the addresses that the curator gave."""
    whole = read_page(html.replace("\r\n", "\n"))
    found = (_place_picture(picture, place, site) for picture in whole.pictures)
    return replace(whole, pictures=tuple(find_originals(found, place.pictures if place else {})))


def _place_picture(picture: Picture, place: Page | None, site: str) -> Picture:
    """Give a picture whole addresses, as a browser takes those that are relative to the page."""
    instead = tuple(text_lines.make_absolute(url, place, site) for url in picture.instead)
    return replace(picture, url=text_lines.make_absolute(picture.url, place, site), instead=instead)


def _read_page(at: Place, html: str, articles: Sequence[Article], place: Page | None, site: str) -> Rendition:
    """Read a page: an article is the <article> whose id is its key."""
    whole = _read_html(html, place, site)
    rank = 1 if place and place.kind == "article" else 2

    def read_entry(key: str) -> ShownArticle:
        inner = tuple(line for line in anchored[key] if not line.heading and text_lines.is_internal(line, place))
        shown = make_entry([line for line in anchored[key] if line not in inner], whole, rank)
        pictures = tuple(picture for picture in whole.pictures if picture.anchor == key)
        return replace(shown, pictures=pictures, site_lines=inner)

    anchored: dict[str, list[Line]] = {}
    for line in whole.lines:
        if line.anchor:
            anchored.setdefault(line.anchor, []).append(line)
    anchors = list(anchored)
    shown = [(article, anchors.index(article.key) if article.key in anchors else None) for article in articles]
    order = [number for _, number in shown if number is not None]
    keys = {article.key for article in articles}
    return Rendition(
        at=at,
        kind="list" if place and place.kind in _LISTS else "page",
        entries=tuple((article, None if number is None else read_entry(article.key)) for article, number in shown),
        strangers=tuple(read_entry(key).title for key in anchors if key not in keys),
        in_order=order == sorted(order),
        page=whole,
        place=place,
    )


def make_entry(lines: Sequence[Line], whole: HtmlPage, rank: int = 2) -> ShownArticle:
    """Make an article of its lines: its headline is the first heading of that rank."""
    at = next((i for i, line in enumerate(lines) if line.heading == rank), None)
    if at is None:
        return ShownArticle(title="", lines=tuple(lines), pictures=whole.pictures)
    head = lines[at]
    rest = (*lines[:at], *lines[at + 1 :])
    return ShownArticle(title=head.text, headline=head.links, lines=rest, pictures=whole.pictures)


def _read_mail(at: Place, html: str, issue: Contents, articles: Sequence[Article]) -> Rendition:
    """Read a mail: an article goes from its headline to the next one's, to a heading above it, or to the foot."""
    whole = _read_html(html)
    lines = whole.lines
    intros = {
        line.text for section in issue.sections[1:] if not section.title for line in read_content(section.intro).lines
    }
    split = split_mail(lines, [(fold_spaces(article.title), article.url) for article in articles], intros)
    return Rendition(
        at=at,
        kind="mail",
        strangers=split.strangers,
        entries=tuple(
            (article, make_entry(lines[slice(*part)], whole, split.rank) if part else None)
            for article, part in zip(articles, split.parts, strict=True)
        ),
        page=whole,
        text=html,
    )


def _read_text(at: Place, text: str, articles: Sequence[Article]) -> Rendition:
    """Read plain text: an article goes from its headline to the next one's."""
    text = text.replace("\r\n", "\n")
    places = find_headlines(text, [article.title for article in articles])
    lines = text.split("\n")
    begins = [place[0] for place in places if place]
    shown: list[tuple[Article, ShownArticle | None]] = []
    for article, place in zip(articles, places, strict=True):
        if place is None:
            shown.append((article, None))
            continue
        end = next((begin for begin in begins if begin > place[0]), len(lines))
        body = "\n".join(lines[place[1] : end])
        title = " ".join(lines[place[0] : place[1]])
        shown.append((article, ShownArticle(title=title, lines=read_paragraphs(body), raw=body)))
    return Rendition(at=at, kind="plain", entries=tuple(shown), text=text)


def find_originals(pictures: Iterable[Picture], copies: Mapping[str, ImageCopy]) -> Iterator[Picture]:
    """Give each picture the address that the curator gave, when all that a browser may show there is its copy.

    Otherwise under the address of what is shown and is none: then the article is without its picture. Two addresses of
    the same picture have the same copy, which stands for both.
    """
    addresses: dict[str, list[str]] = {}
    for address, copy in copies.items():
        for url in (copy.url, *(one.url for one in copy.thumbs[-1:])):
            addresses.setdefault(url, []).append(address)
    for picture in pictures:
        known = addresses.get(picture.url, [])
        forms = (copies[address].thumbs + copies[address].variants for address in known)
        right = {picture.url, *(one.url for some in forms for one in some)}
        shown = [url for url in picture.instead if url not in right][:1] or known or [picture.url]
        yield from (replace(picture, url=url) for url in shown)
