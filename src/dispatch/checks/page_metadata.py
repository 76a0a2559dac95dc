"""What a page tells machines, in its head: search engines show it to people, so it credits as the page itself does.

A page need not say any of it; what it says must be right.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from dispatch import identity
from dispatch.checks.html_page import Page, Tag
from dispatch.checks.read_back import Part
from dispatch.checks.rules import finding, headline
from dispatch.checks.text_lines import fold
from dispatch.model import Article, Finding, Publication

Thing = Mapping[str, object]
# The names of <meta> elements that say who wrote the page.
_META_NAMES = frozenset({"author", "article:author", "dc.creator", "dcterms.creator"})


def judge(part: Part, publication: Publication) -> Iterator[Finding]:
    """Whether the data of a page (JSON-LD) and its canonical address lead to the right people and originals."""
    if part.page is None:
        return
    articles = [article for article, _ in part.entries]
    alone = articles[0] if part.place and part.place.kind == "article" and articles else None
    yield from _metas(alone, part.page)
    if part.kind not in {"page", "list"}:
        return
    for tag in part.page.named("link"):
        if alone and tag.attributes.get("rel") == "canonical":
            yield from _canonical(alone, tag, publication)
    for thing in _things(part.page.named("script")):
        if thing.get("@type") == "NewsArticle" and alone:
            yield from _article(alone, thing)
        elif thing.get("@type") == "PublicationIssue" and "hasPart" in thing and not _is_told(part):
            yield from _issue(articles, thing)


def judge_marks(article: Article, part: Part) -> Iterator[Finding]:
    """Whether the marks of a page around an article's byline (rel=author, p-author) name its authors, if it has any."""
    if part.page and part.kind in {"page", "list"}:
        marks = [mark for mark in part.page.authors if mark.anchor == article.key]
        if marks:
            yield from _people(article, [(mark.name, mark.url) for mark in marks])


def _metas(alone: Article | None, page: Page) -> Iterator[Finding]:
    """Whom the head names as author of the whole: of an article that stands alone its own, otherwise nobody."""
    people = alone.authors if alone else ()
    own = {*(fold(author.name) for author in people), ", ".join(fold(author.name) for author in people)}
    urls = {author.url for author in people}
    named = [tag.attributes.get("content", "") for tag in page.named("meta") if _META_NAMES & _meta_names(tag)]
    named += [tag.attributes.get("href", "") for tag in page.named("link") if tag.attributes.get("rel") == "author"]
    named += [mark.url or mark.name for mark in page.authors if not mark.anchor]
    for who in named:
        if fold(who) not in own and who not in urls:
            name = headline(alone) if alone else ""
            yield finding("attribution.false-credit", "meta", headline=name, found=who)


def _meta_names(tag: Tag) -> set[str]:
    return {tag.attributes.get(key, "").strip().lower() for key in ("name", "property")}


def _things(scripts: Iterator[Tag]) -> Iterator[Thing]:
    for tag in scripts:
        try:
            thing = json.loads(tag.text)
        except (ValueError, RecursionError):  # told by its own rule
            continue
        if isinstance(thing, dict):
            yield thing


def _is_told(part: Part) -> bool:
    """Whether people see other articles too, which has its own rule."""
    return bool(part.strangers) or any(entry is None for _, entry in part.entries)


def _canonical(article: Article, tag: Tag, publication: Publication) -> Iterator[Finding]:
    url = tag.attributes.get("href", "")
    is_here = (article.own or article.withdrawn) and identity.is_within(url, publication)
    if url != article.url and not is_here:
        yield finding("attribution.read-more", "data", headline=headline(article), found=url, wanted=article.url)


def _issue(articles: Sequence[Article], thing: Thing) -> Iterator[Finding]:
    parts = thing["hasPart"]
    shown = [article for article in articles if not article.withdrawn]
    if not isinstance(parts, list) or len(parts) != len(shown):
        yield finding("attribution.article", "data")
        return
    for article, one in zip(shown, parts, strict=True):
        if isinstance(one, dict):
            yield from _article(article, one)


def _article(article: Article, thing: Thing) -> Iterator[Finding]:
    name = headline(article)
    title = _text(thing.get("headline"))
    if fold(title) != fold(article.title):
        yield finding("attribution.title", "data", headline=name, found=title)
    people = thing.get("author", [])
    people = people if isinstance(people, list) else [people]
    named = [(_text(one.get("name")), _text(one.get("url"))) for one in people if isinstance(one, dict)]
    yield from _people(article, named)
    if (original := thing.get("isBasedOn")) is not None and original != article.url:
        yield finding("attribution.read-more", "data", headline=name, found=_text(original), wanted=article.url)


def _people(article: Article, named: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """Whether these are the article's authors, in order, each with their own address."""
    name = headline(article)
    if [fold(who) for who, _ in named] != [fold(author.name) for author in article.authors]:
        yield finding("attribution.author", "data", headline=name, found=tuple(who for who, _ in named))
        return
    for author, (_, url) in zip(article.authors, named, strict=True):
        if url != author.url:
            who = author.name
            yield finding("attribution.author-link", "data", headline=name, name=who, found=url, wanted=author.url)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
