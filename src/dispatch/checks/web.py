"""Pages, besides their articles: nothing in them acts, and what they say of people to machines and readers is right.

Search engines show people what a page tells machines, so that credits as the page itself does. A page need not say any
of it; what it says must be right.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from dispatch import identity
from dispatch.checks.check_input import CheckInput
from dispatch.checks.html_page import HtmlPage, Tag
from dispatch.checks.read_back import Rendition, ShownArticle
from dispatch.checks.rules import add_headline, make_finding, name_article
from dispatch.checks.text_lines import fold_spaces, is_same_request, make_absolute
from dispatch.checks.vocabulary import load_vocabulary, lower_words
from dispatch.language import Language
from dispatch.model import Article, Finding, Page, PageKind, Publication

FORBIDDEN = ("applet", "base", "embed", "frame", "frameset", "iframe", "object", "portal", "script")
_ADDRESSES = frozenset({"action", "formaction", "href", "src", "xlink:href"})
_PASSED_OVER = re.compile("[\\0- ]+")
# The names of <meta> elements that say who wrote the page.
_META_NAMES = frozenset({"author", "article:author", "dc.creator", "dcterms.creator"})
# What may stand around the links: the messages in whose places the links are.
_AROUND = ("number", "page.see_also")
# The scripts of the site's own pages, as these lead to them.
_SCRIPTS: Mapping[PageKind, str] = {"search": "search.js", "republish": "../../../../republish.js"}
_ACTING = ("javascript:", "vbscript:", "data:text/")


Thing = Mapping[str, object]


def check(case: CheckInput) -> Iterator[Finding]:
    """Judge each page: what acts in it, and whether it shows the site's own copies of pictures."""
    for _, part in case.renditions:
        if part.kind in {"page", "list", "kit"} and part.page:
            own = _SCRIPTS.get(part.place.kind, "") if part.place else ""
            tags = (tag for tag in part.page.tags if not _is_own_script(tag, own))
            yield from (found.at_place(part.at) for tag in tags for found in _find_acting(tag))
            copies = case.issue.as_page.pictures if case.issue.as_page else {}
            shown = (tag.attributes.get("src", "") for tag in part.page.find_tags("img"))
            for url in dict.fromkeys(make_absolute(url, part.place, case.publication.url) for url in shown):
                if url in copies:
                    yield make_finding("web.copy", "picture", part.at, url=url)


def _find_acting(tag: Tag) -> Iterator[Finding]:
    if tag.name in FORBIDDEN and not _is_data(tag):
        yield make_finding("web.forbidden", "element", element=tag.name)
    if tag.name == "meta" and tag.attributes.get("http-equiv", "").lower() == "refresh":
        yield make_finding("web.forbidden", "meta")
    for name, value in tag.attributes.items():
        if name.startswith("on"):
            yield make_finding("web.forbidden", "script", element=tag.name, attribute=name)
        elif name in _ADDRESSES:
            # Browsers pass over controls and spaces within the scheme.
            address = _PASSED_OVER.sub("", value).lower()
            if address.startswith(_ACTING):
                scheme = address.partition(":")[0]
                yield make_finding("web.forbidden", "address", element=tag.name, scheme=scheme)


def _is_data(tag: Tag) -> bool:
    """Tell whether it holds what the page says of itself for machines (JSON-LD), which no browser runs."""
    if tag.name != "script" or dict(tag.attributes) != {"type": "application/ld+json"}:
        return False
    try:
        return isinstance(json.loads(tag.text), dict)
    except (ValueError, RecursionError):
        return False


def _is_own_script(tag: Tag, own: str) -> bool:
    """Tell whether it is the script at this address, the site's own for such a page."""
    is_script = bool(own) and tag.name == "script" and not tag.text
    return is_script and dict(tag.attributes) == {"type": "module", "src": own}


def check_metadata(part: Rendition, publication: Publication) -> Iterator[Finding]:
    """Report data of a page (JSON-LD) and canonical addresses that lead to wrong people and originals."""
    if part.page is None:
        return
    articles = [article for article, _ in part.entries]
    alone = articles[0] if part.place and part.place.kind in {"article", "republish"} and articles else None
    yield from _check_meta_names(alone, part.page)
    if part.kind not in {"page", "list", "kit"}:
        return
    for tag in part.page.find_tags("link"):
        if alone and tag.attributes.get("rel") == "canonical":
            yield from _check_canonical(alone, tag, publication)
    for thing in _read_things(part.page.find_tags("script")):
        if thing.get("@type") == "NewsArticle" and alone:
            yield from (add_headline(one, alone) for one in _check_article_data(alone, thing))
        elif thing.get("@type") == "PublicationIssue" and "hasPart" in thing and not _is_told(part):
            yield from _check_issue_data(articles, thing)


def check_author_marks(article: Article, part: Rendition) -> Iterator[Finding]:
    """Report marks around an article's byline (rel=author, p-author) that name others than its authors."""
    if part.page and part.kind in {"page", "list"}:
        marks = [mark for mark in part.page.authors if mark.anchor == article.key]
        if marks:
            yield from _compare_people(article, [(mark.name, mark.url) for mark in marks])


def _check_meta_names(alone: Article | None, page: HtmlPage) -> Iterator[Finding]:
    """Report whom the head wrongly names as author: an article that stands alone has its own, any other page nobody."""
    people = alone.authors if alone else ()
    names = [fold_spaces(author.name) for author in people]
    own = {*names, ", ".join(names)}
    urls = {author.url for author in people}
    named = [tag.attributes.get("content", "") for tag in page.find_tags("meta") if _META_NAMES & _list_meta_names(tag)]
    named += [tag.attributes.get("href", "") for tag in page.find_tags("link") if tag.attributes.get("rel") == "author"]
    named += [mark.url or mark.name for mark in page.authors if not mark.anchor]
    for who in named:
        if fold_spaces(who) not in own and not any(is_same_request(who, url) for url in urls):
            name = name_article(alone) if alone else ""
            yield make_finding("attribution.false-credit", "meta", headline=name, found=who)


def _list_meta_names(tag: Tag) -> set[str]:
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
    """Tell whether people see other articles too, which has its own rule."""
    return bool(part.strangers) or any(entry is None for _, entry in part.entries)


def _check_canonical(article: Article, tag: Tag, publication: Publication) -> Iterator[Finding]:
    url = tag.attributes.get("href", "")
    is_here = (article.own or article.withdrawn) and identity.is_site_address(url, publication)
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
    for article, part in zip(shown, parts, strict=True):
        if isinstance(part, dict):
            yield from (add_headline(one, article) for one in _check_article_data(article, part))


def _check_article_data(article: Article, thing: Thing) -> Iterator[Finding]:
    title = _as_text(thing.get("headline"))
    if fold_spaces(title) != fold_spaces(article.title):
        yield make_finding("attribution.title", "data", found=title)
    people = thing.get("author", [])
    people = people if isinstance(people, list) else [people]
    named = [(_as_text(one.get("name")), _as_text(one.get("url"))) for one in people if isinstance(one, dict)]
    yield from _compare_people(article, named)
    if (original := thing.get("isBasedOn")) is not None and not is_same_request(_as_text(original), article.url):
        yield make_finding("attribution.read-more", "data", found=_as_text(original), wanted=article.url)


def _compare_people(article: Article, named: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """Report people who are not the article's authors, in order, each with their own address."""
    if [fold_spaces(who) for who, _ in named] != [fold_spaces(author.name) for author in article.authors]:
        yield make_finding("attribution.author", "data", found=tuple(who for who, _ in named))
        return
    for author, (_, url) in zip(article.authors, named, strict=True):
        if not is_same_request(url, author.url):
            yield make_finding("attribution.author-link", "data", name=author.name, found=url, wanted=author.url)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else ""


def check_profile(part: Rendition) -> Iterator[Finding]:
    """Report what a page about an author or a source lacks: its name, and the links to where all their posts are."""
    place = part.place
    if place is None or part.page is None:
        return
    own = [line for line in part.page.lines if not line.anchor]
    there = {link.url for line in own for link in line.links}
    text = {line.text for line in own}
    if author := place.author:
        if fold_spaces(author.name) not in {line.text for line in own if line.heading == 1}:
            yield make_finding("attribution.author", "page", name=author.name)
        if author.url and author.url not in there:
            yield make_finding("attribution.author-link", "page", name=author.name, wanted=author.url)
        if author.bio and fold_spaces(author.bio) not in text:
            yield make_finding("attribution.biography", "page", name=author.name, wanted=author.bio)
    if source := place.source:
        if fold_spaces(source.title) not in {line.text for line in own if line.heading == 1}:
            yield make_finding("attribution.source", "page", name=source.title)
        for url in filter(None, (source.url, source.feed)):
            if url not in there:
                yield make_finding("attribution.source", "page", name=source.title, wanted=url)


def check_see_also(
    article: Article, entry: ShownArticle, place: Page | None, publication: Publication
) -> Iterator[Finding]:
    """Report whom the lines under an article that lead to other pages of the site credit without a right to it.

    A line that leads to those only is no byline, whatever they are called: the article's issue, authors, source, tags.
    Around its links stand an issue's number and date, and the language's own words for such a line.
    """
    if not entry.site_lines:
        return
    known = load_vocabulary(publication.language)
    free = {word for key in _AROUND for word in lower_words(known.patterns[key].partition("{")[0])}
    ways = place.related.get(article.id, ()) if place else ()
    language = Language.from_code(publication.language)
    dates = [language.format_date(way.date, publication.timezone) for way in ways if way.date]
    free |= {word for date in dates for word in lower_words(date)}
    titles = {fold_spaces(way.title) for way in ways} | {"¶"}
    for line in entry.site_lines:
        around = line.text
        for link in sorted(line.links, key=lambda link: link.start, reverse=True):
            around = f"{around[: link.start]} {around[link.end :]}"
            if link.text not in titles:
                yield make_finding("attribution.false-credit", "page", found=link.text)
        if left := [word for word in lower_words(around) if not word.isnumeric() and word not in free]:
            yield make_finding("attribution.false-credit", "text", found=" ".join(left))
