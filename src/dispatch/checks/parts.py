"""Finished editions, read back: what each shows of each article. Nothing here is shared with the renderers."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from dispatch import model
from dispatch.checks import entries, message, page, plain, ways
from dispatch.checks.copies import meant
from dispatch.checks.entries import Entry, Said
from dispatch.checks.page import Page
from dispatch.checks.passage import Line, Picture, fold
from dispatch.checks.rules import find_edition_place
from dispatch.errors import CheckError
from dispatch.model import Article, Contents, Edition, Place

Kind = Literal["feed", "gathered", "page", "list", "mail", "plain"]
# Pages that lead to articles and show none of them whole.
_LISTS = frozenset({"front", "author", "source", "section", "tag"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one reader sees: a feed, a page, one half of a message."""

    at: Annotated[Place, "the edition, which half of a message, and the issue's file"]
    kind: Annotated[
        Kind, "list: a page where the headline alone leads to the article; gathered: a feed of finished entries"
    ]
    entries: Annotated[tuple[tuple[Article, Entry | None], ...], "the issue's articles and how each is shown, if it is"]
    strangers: Annotated[tuple[str, ...], "what it shows besides and the issue does not hold"] = ()
    in_order: bool = True
    credited: Annotated[tuple[str, ...], "whom a feed as a whole credits"] = ()
    page: Annotated[Page | None, "of page and mail"] = None
    place: Annotated[model.Page | None, "of a page: where it stands in the site"] = None
    text: Annotated[str, "the part as it is written"] = ""

    def find_article(self, article: Article) -> Place:
        """Where one of its articles stands: here, and in the file that the article is written in."""
        return replace(self.at, file=article.file, article=article.key)


def read(edition: Edition, issue: Contents, site: str) -> tuple[Part, ...]:
    """The parts of an edition; site: the publication's address. Raises CheckError when it cannot be read back."""
    articles = tuple(issue.articles)
    at = find_edition_place(issue, edition)
    if edition.format == "eml":
        return tuple(_message(at, edition, articles))
    text = _decoded(edition.body) if edition.format not in {"rss", "atom"} else ""
    match edition.format:
        case "rss" | "atom" | "json":
            return (_feed(at, edition, articles, issue.as_page),)
        case "web":
            return (_page(at, text, articles, issue.as_page, site),)
        case "email":
            return (mail(at, text, articles),)
        case "text":
            return (written(at, text, articles),)
    raise CheckError(f"“{edition.format}” is no format", reason="unknown-format", detail=edition.format)


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise CheckError("it is not UTF-8", reason="not-utf-8") from error


def _message(at: Place, edition: Edition, articles: Sequence[Article]) -> Iterator[Part]:
    read_back = message.read(edition.body)
    for half in read_back.halves:
        if half.media_type == "text/html":
            yield mail(replace(at, half="html"), half.text, articles)
        else:
            yield written(replace(at, half="text"), half.text, articles)


def _feed(at: Place, edition: Edition, articles: Sequence[Article], place: model.Page | None) -> Part:
    """A feed. Of one that is gathered from finished entries the elements are read; the bodies were, where they were
    made: in the feed of their own issue, with the same bytes.
    """
    is_gathered = place is not None and place.kind == "feed"
    item = _elements if is_gathered else _item
    feed = entries.READ[edition.format](edition.body)
    numbers = {said.id: number for number, said in reversed(list(enumerate(feed.entries)))}
    shown = [(article, numbers.get(article.id)) for article in articles]
    known = {number for _, number in shown}
    order = [number for _, number in shown if number is not None]
    return Part(
        at=at,
        kind="gathered" if is_gathered else "feed",
        entries=tuple((article, None if n is None else item(feed.entries[n])) for article, n in shown),
        strangers=tuple(said.title or said.id for number, said in enumerate(feed.entries) if number not in known),
        in_order=order == sorted(order),
        credited=feed.credited,
    )


def _elements(said: Said) -> Entry:
    return Entry(title=said.title, lines=(), said=said)


def _item(said: Said) -> Entry:
    inside = page.body(said.content)
    return Entry(title=said.title, lines=inside.lines, pictures=inside.pictures, said=said)


def _read(html: str, place: model.Page | None = None, site: str = "") -> Page:
    """HTML, its pictures under the addresses that the curator gave."""
    whole = page.read(html)
    found = (_placed(picture, place, site) for picture in whole.pictures)
    return replace(whole, pictures=tuple(meant(found, place.pictures if place else {})))


def _placed(picture: Picture, place: model.Page | None, site: str) -> Picture:
    """A picture under whole addresses, as a browser takes those that are relative to the page."""
    instead = tuple(ways.whole(url, place, site) for url in picture.instead)
    return replace(picture, url=ways.whole(picture.url, place, site), instead=instead)


def _page(at: Place, html: str, articles: Sequence[Article], place: model.Page | None, site: str) -> Part:
    """A page: an article is the <article> whose id is its key."""
    whole = _read(html, place, site)
    rank = 1 if place and place.kind == "article" else 2

    def of(key: str) -> Entry:
        lines: dict[bool, list[Line]] = {True: [], False: []}
        for line in anchored[key]:
            lines[not line.heading and ways.is_one(line, place)].append(line)
        return replace(_under(lines[False], whole, rank), ways=tuple(lines[True]))

    anchored: dict[str, list[Line]] = {}
    for line in whole.lines:
        if line.anchor:
            anchored.setdefault(line.anchor, []).append(line)
    anchors = list(anchored)
    shown = [(article, anchors.index(article.key) if article.key in anchors else None) for article in articles]
    order = [number for _, number in shown if number is not None]
    keys = {article.key for article in articles}
    return Part(
        at=at,
        kind="list" if place and place.kind in _LISTS else "page",
        entries=tuple((article, None if number is None else of(article.key)) for article, number in shown),
        strangers=tuple(of(key).title for key in anchors if key not in keys),
        in_order=order == sorted(order),
        page=whole,
        place=place,
    )


def _under(lines: Sequence[Line], whole: Page, rank: int = 2) -> Entry:
    """An article from its lines: its headline is the first heading of that rank."""
    at = next((i for i, line in enumerate(lines) if line.heading == rank), None)
    if at is None:
        return Entry(title="", lines=tuple(lines), pictures=whole.pictures)
    head = lines[at]
    rest = (*lines[:at], *lines[at + 1 :])
    return Entry(title=head.text, headline=head.links, lines=rest, pictures=whole.pictures)


def mail(at: Place, html: str, articles: Sequence[Article]) -> Part:
    """A mail: an article goes from its headline, a heading of rank 2, to the next one's."""
    whole = _read(html)
    heads = [i for i, line in enumerate(whole.lines) if line.heading == 2]
    if len(heads) == len(articles):
        places: list[int | None] = list(heads)
    else:  # Something else is a heading too, or one is gone: then the words decide.
        places = []
        for article in articles:
            after = max((place for place in places if place is not None), default=-1)
            words = fold(article.title)
            places.append(next((i for i in heads if i > after and whole.lines[i].text == words), None))
    found = {place for place in places if place is not None}
    ends = sorted(found | {len(whole.lines)})
    titles = {fold(article.title) for article in articles}
    others = [(i, whole.lines[i]) for i in heads if i not in found and whole.lines[i].links]
    return Part(
        at=at,
        kind="mail",
        # The introduction may have headings, too; an article is one that is called like one, or stands behind them.
        strangers=tuple(line.text for i, line in others if line.text in titles or i > max(found, default=-1)),
        entries=tuple(
            (article, None if n is None else _under(whole.lines[n : next(end for end in ends if end > n)], whole))
            for article, n in zip(articles, places, strict=True)
        ),
        page=whole,
        text=html,
    )


def written(at: Place, text: str, articles: Sequence[Article]) -> Part:
    """Plain text: an article goes from its headline to the next one's."""
    text = text.replace("\r\n", "\n")
    places = plain.headlines(text, [article.title for article in articles])
    lines = text.split("\n")
    begins = sorted(place[0] for place in places if place)
    shown: list[tuple[Article, Entry | None]] = []
    for article, place in zip(articles, places, strict=True):
        if place is None:
            shown.append((article, None))
            continue
        end = next((begin for begin in begins if begin > place[0]), len(lines))
        body = "\n".join(lines[place[1] : end])
        title = " ".join(lines[place[0] : place[1]])
        shown.append((article, Entry(title=title, lines=plain.paragraphs(body), raw=body)))
    return Part(at=at, kind="plain", entries=tuple(shown), text=text)


def recognise(path: str, body: bytes) -> Edition:
    """A finished file as an edition of the format that it looks like. Raises CheckError when it looks like none."""
    start = body[:2000].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    return Edition(format=_looks(path, start, body), media_type="", path=path, body=body)


def _looks(path: str, start: str, body: bytes) -> str:
    root = re.search(r"<([A-Za-z][\w:.-]*)", re.sub(r"<[!?][^>]*>", "", start))
    match root[1].lower() if root and start.startswith("<") else "":
        case "rss":
            return "rss"
        case "feed":
            return "atom"
        case "html":
            return "web" if re.search(rb"<article[^>]* id=", body) else "email"
    if start.startswith("{"):
        try:
            if isinstance(json.loads(body), dict):
                return "json"
        except (ValueError, RecursionError) as error:
            what = f"it begins like JSON and is none: {error}"
            raise CheckError(what, subject=Place(edition=path), reason="not-json") from error
    if re.match(r"(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\n)*){3}", start) and "\nsubject:" in f"\n{start.lower()}":
        return "eml"
    if start.startswith("<"):
        hint = "Name a file that dispatch render wrote."
        what = "it is neither a feed, a mail nor a page"
        raise CheckError(what, subject=Place(edition=path), hint=hint, reason="unknown-format")
    return "text"
