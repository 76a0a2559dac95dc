"""What a page tells machines, in its head: search engines show it to people, so it credits as the page itself does.

A page need not say any of it; what it says must be right.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from dispatch import identity
from dispatch.checks.html_page import Page, Tag
from dispatch.checks.read_back import Rendition
from dispatch.checks.rules import make_finding, name_article
from dispatch.checks.text_lines import fold_spaces
from dispatch.model import Article, Finding, Publication

Thing = Mapping[str, object]
# The names of <meta> elements that say who wrote the page.
_META_NAMES = frozenset({"author", "article:author", "dc.creator", "dcterms.creator"})


def check_metadata(part: Rendition, publication: Publication) -> Iterator[Finding]:
    """Whether the data of a page (JSON-LD) and its canonical address lead to the right people and originals."""
    if part.page is None:
        return
    articles = [article for article, _ in part.entries]
    alone = articles[0] if part.place and part.place.kind == "article" and articles else None
    yield from _check_meta_names(alone, part.page)
    if part.kind not in {"page", "list"}:
        return
    for tag in part.page.find_tags("link"):
        if alone and tag.attributes.get("rel") == "canonical":
            yield from _check_canonical(alone, tag, publication)
    for thing in _read_things(part.page.find_tags("script")):
        if thing.get("@type") == "NewsArticle" and alone:
            yield from _check_article_data(alone, thing)
        elif thing.get("@type") == "PublicationIssue" and "hasPart" in thing and not _is_told(part):
            yield from _check_issue_data(articles, thing)


def check_author_marks(article: Article, part: Rendition) -> Iterator[Finding]:
    """Whether the marks of a page around an article's byline (rel=author, p-author) name its authors, if it has any."""
    if part.page and part.kind in {"page", "list"}:
        marks = [mark for mark in part.page.authors if mark.anchor == article.key]
        if marks:
            yield from _compare_people(article, [(mark.name, mark.url) for mark in marks])


def _check_meta_names(alone: Article | None, page: Page) -> Iterator[Finding]:
    """Whom the head names as author of the whole: of an article that stands alone its own, otherwise nobody."""
    people = alone.authors if alone else ()
    own = {*(fold_spaces(author.name) for author in people), ", ".join(fold_spaces(author.name) for author in people)}
    urls = {author.url for author in people}
    named = [tag.attributes.get("content", "") for tag in page.find_tags("meta") if _META_NAMES & _meta_names(tag)]
    named += [tag.attributes.get("href", "") for tag in page.find_tags("link") if tag.attributes.get("rel") == "author"]
    named += [mark.url or mark.name for mark in page.authors if not mark.anchor]
    for who in named:
        if fold_spaces(who) not in own and who not in urls:
            name = name_article(alone) if alone else ""
            yield make_finding("attribution.false-credit", "meta", headline=name, found=who)


def _meta_names(tag: Tag) -> set[str]:
    return {tag.attributes.get(key, "").strip().lower() for key in ("name", "property")}


def _read_things(scripts: Iterator[Tag]) -> Iterator[Thing]:
    for tag in scripts:
        try:
            thing = json.loads(tag.text)
        except (ValueError, RecursionError):  # told by its own rule
            continue
        if isinstance(thing, dict):
            yield thing


def _is_told(part: Rendition) -> bool:
    """Whether people see other articles too, which has its own rule."""
    return bool(part.strangers) or any(entry is None for _, entry in part.entries)


def _check_canonical(article: Article, tag: Tag, publication: Publication) -> Iterator[Finding]:
    url = tag.attributes.get("href", "")
    is_here = (article.own or article.withdrawn) and identity.is_within(url, publication)
    if url != article.url and not is_here:
        yield make_finding(
            "attribution.read-more", "data", headline=name_article(article), found=url, wanted=article.url
        )


def _check_issue_data(articles: Sequence[Article], thing: Thing) -> Iterator[Finding]:
    parts = thing["hasPart"]
    shown = [article for article in articles if not article.withdrawn]
    if not isinstance(parts, list) or len(parts) != len(shown):
        yield make_finding("attribution.article", "data")
        return
    for article, one in zip(shown, parts, strict=True):
        if isinstance(one, dict):
            yield from _check_article_data(article, one)


def _check_article_data(article: Article, thing: Thing) -> Iterator[Finding]:
    name = name_article(article)
    title = _as_text(thing.get("headline"))
    if fold_spaces(title) != fold_spaces(article.title):
        yield make_finding("attribution.title", "data", headline=name, found=title)
    people = thing.get("author", [])
    people = people if isinstance(people, list) else [people]
    named = [(_as_text(one.get("name")), _as_text(one.get("url"))) for one in people if isinstance(one, dict)]
    yield from _compare_people(article, named)
    if (original := thing.get("isBasedOn")) is not None and original != article.url:
        yield make_finding("attribution.read-more", "data", headline=name, found=_as_text(original), wanted=article.url)


def _compare_people(article: Article, named: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """Whether these are the article's authors, in order, each with their own address."""
    name = name_article(article)
    if [fold_spaces(who) for who, _ in named] != [fold_spaces(author.name) for author in article.authors]:
        yield make_finding("attribution.author", "data", headline=name, found=tuple(who for who, _ in named))
        return
    for author, (_, url) in zip(article.authors, named, strict=True):
        if url != author.url:
            who = author.name
            yield make_finding("attribution.author-link", "data", headline=name, name=who, found=url, wanted=author.url)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else ""
