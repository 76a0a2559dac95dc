"""Addresses that lead nowhere, go round, or come again."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dispatch import identity, links
from dispatch.checks import page, ways
from dispatch.checks.case import Case
from dispatch.checks.page import Page
from dispatch.checks.parts import Part
from dispatch.checks.passage import fold
from dispatch.checks.rules import called, file, finding, short
from dispatch.model import Article, Finding, Issue

# fmt: off
SHORTENERS = frozenset({
    "bit.ly", "bitly.com", "buff.ly", "cutt.ly", "dlvr.it", "fb.me", "flip.it", "goo.gl", "is.gd", "j.mp", "lnkd.in",
    "ow.ly", "rb.gy", "rebrand.ly", "shorturl.at", "snip.ly", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "trib.al",
    "v.gd", "zpr.io",
})
# fmt: on


class Address(NamedTuple):
    """An address, where it stands and what it is there for."""

    url: str
    where: str
    what: str
    picture: bool = False


def check(case: Case) -> Iterator[Finding]:
    """Judges the addresses of the issue, and then those that only its editions have."""
    known = list(addresses(case.issue))
    page = f"{case.publication.url}/issues/{case.issue.slug}/"
    places = {"content", *(article.key for article in case.issue.articles)}
    for where, url in case.astray:
        yield finding("links.relative", where, f"A link is relative, and leads nowhere from here: {short(url)}")
    is_whole = case.issue.place is None or case.issue.place.kind == "issue"
    for address in known:
        if (
            is_whole
            and address.url.startswith(f"{page}#")
            and (place := address.url.removeprefix(page))[1:] not in places
        ):
            what = f"{_begun(address.what)} leads to a place that is not there: {short(place)}"
            yield finding("links.fragment", address.where, what)
        yield from _one(address, {}, web=False)
        if why := case.states.get(address.url, ""):
            yield finding(
                "links.dead", address.where, f"{_begun(address.what)} does not answer: {why}: {short(address.url)}"
            )
    yield from _repeated(case)
    told = {address.url for address in known}
    for edition, part in case.parts:
        yield from _edition(part, told, web=edition.format == "web")
        yield from _lost(case.issue, part)


def addresses(issue: Issue) -> Iterator[Address]:
    """Every address that an issue holds, in the order in which they are read."""
    yield from _within(issue.intro, file(issue), "a link of the introduction")
    for section in issue.sections:
        yield from _within(section.intro, file(issue), f"a link of the section “{short(section.title)}”")
        for article in section.articles:
            yield from _of(article, file(issue, article))


def _of(article: Article, where: str) -> Iterator[Address]:
    yield Address(article.url, where, "the article's address")
    for author in article.authors:
        if author.url:
            yield Address(author.url, where, f"the address of {short(author.name)}")
    for credit in article.credits:
        if credit.url:
            yield Address(credit.url, where, f"the address of {short(credit.name)}")
    if article.source.url:
        yield Address(article.source.url, where, "the source's address")
    if article.image:
        yield Address(article.image.url, where, "the picture's address", picture=True)
    for enclosure in article.enclosures:
        yield Address(enclosure.url, where, "the enclosure's address")
    yield from _within(article.content, where, "a link of the text")


def _within(html: str, where: str, what: str) -> Iterator[Address]:
    for line in page.content(html):
        for link in line.links:
            yield Address(link.url, where, f"{what}, “{short(link.text, 30)}”," if link.text else what)


def _one(address: Address, ids: Mapping[str, object], *, web: bool) -> Iterator[Finding]:
    url, where, what = address.url, address.where, address.what
    scheme = url.partition(":")[0].lower()
    if not url.strip():
        yield finding("links.empty", where, f"{_begun(what)} is empty")
    elif url.startswith("#"):
        if not (web and url[1:] in ids):
            yield finding("links.fragment", where, f"{_begun(what)} leads to a place that is not there: {short(url)}")
    elif url.startswith("//") or not links.is_absolute(url):
        yield finding("links.relative", where, f"{_begun(what)} is relative, and leads nowhere in a mail: {short(url)}")
    elif scheme not in links.SCHEMES or (address.picture and scheme not in {"http", "https"}):
        yield finding("links.scheme", where, f"{_begun(what)} begins with {scheme}: {short(url)}")
    elif scheme in {"http", "https"} and not links.is_web(url):
        yield finding("links.scheme", where, f"{_begun(what)} names no host: {short(url)}")
    elif address.picture and scheme == "http":
        yield finding("links.insecure-picture", where, f"{_begun(what)} is not https: {short(url)}")
    elif links.host(url).removeprefix("www.") in SHORTENERS:
        yield finding("links.shortened", where, f"{_begun(what)} hides where it leads: {short(url)}")


def _begun(what: str) -> str:
    return what[:1].upper() + what[1:]


def _repeated(case: Case) -> Iterator[Finding]:
    known: dict[str, list[tuple[Article, str]]] = {}
    for issue in case.earlier:
        for article in issue.articles:
            place = f"in “{short(issue.title)}”"
            known.setdefault(identity.fold_address(article), []).append((article, place))
    for article in case.issue.articles:
        alike = known.setdefault(identity.fold_address(article), [])
        before = next((place for other, place in alike if identity.is_same_article(article, other)), "")
        if before:
            what = f"{called(article)} was sent {before}: {short(article.url)}"
            yield finding("links.repeated", file(case.issue, article), what)
        alike.insert(0, (article, "before in this issue"))


def _edition(part: Part, told: set[str], *, web: bool) -> Iterator[Finding]:
    """The links that the edition has and the issue does not: the templates' own."""
    ids = {tag.attributes["id"]: tag for tag in part.page.tags if "id" in tag.attributes} if part.page else {}
    for url, what, picture in dict.fromkeys(_links(part)):
        if url not in told and (picture or not ways.stays(url, part.place)):
            yield from _one(Address(url, part.where, what, picture), ids, web=web)


def _links(part: Part) -> Iterator[tuple[str, str, bool]]:
    if part.page:
        yield from _seen(part.page)
        return
    for article, entry in part.entries:
        for line in entry.lines if entry else ():
            yield from ((link.url, f"a link of {called(article)}", False) for link in line.links)


def _seen(whole: Page) -> Iterator[tuple[str, str, bool]]:
    for line in whole.lines:
        yield from ((link.url, f"the link “{short(link.text, 30)}”", False) for link in line.links)
    yield from ((picture.url, "a picture", True) for picture in whole.pictures)


def _lost(issue: Issue, part: Part) -> Iterator[Finding]:
    """The links of the issue's own words: mail, text and page show those; feeds hold articles only."""
    if part.kind in {"feed", "gathered"}:
        return
    there = {link.url for line in part.page.lines for link in line.links} if part.page else None
    text = fold(part.text)
    for html in (issue.intro, *(section.intro for section in issue.sections)):
        for link in (link for line in page.content(html) for link in line.links):
            if (link.url not in there) if there is not None else (fold(link.url) not in text):
                what = f"The introduction's link “{short(link.text, 30)}” to {short(link.url)} is lost"
                yield finding("links.lost", part.where, what)
