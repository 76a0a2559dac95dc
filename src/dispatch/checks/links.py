"""Addresses that lead nowhere, go round, or come again."""

from collections.abc import Container, Iterator
from typing import NamedTuple

from dispatch import identity, links
from dispatch.checks import page, ways
from dispatch.checks.case import Case
from dispatch.checks.page import Page
from dispatch.checks.parts import Part
from dispatch.checks.passage import fold
from dispatch.checks.rules import facts_of, find_place, finding, headline
from dispatch.model import Article, Contents, Finding, Place, Subject

# fmt: off
SHORTENERS = frozenset({
    "bit.ly", "bitly.com", "buff.ly", "cutt.ly", "dlvr.it", "fb.me", "flip.it", "goo.gl", "is.gd", "j.mp", "lnkd.in",
    "ow.ly", "rb.gy", "rebrand.ly", "shorturl.at", "snip.ly", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "trib.al",
    "v.gd", "zpr.io",
})
# fmt: on


class Address(NamedTuple):
    """An address, what it is there for, where it stands, and what tells it from others there."""

    url: str
    subject: Subject
    place: Place
    facts: tuple[tuple[str, str], ...] = ()

    def as_finding(self, rule: str, **values: str) -> Finding:
        """Make a finding of the rule about this address."""
        return finding(rule, self.subject, self.place, **dict(self.facts), url=self.url, **values)


def check(case: Case) -> Iterator[Finding]:
    """Judges the addresses of the issue, and then those that only its editions have."""
    known = list(addresses(case.issue))
    page = f"{case.publication.url}/issues/{case.issue.slug}/"
    anchors = {"content", *(article.key for article in case.issue.articles)}
    for where, url in case.astray:
        yield finding("links.relative", "link", Place(file=where), url=url)
    is_whole = case.issue.as_page is None or case.issue.as_page.kind == "issue"
    for address in known:
        if is_whole and address.url.startswith(f"{page}#") and address.url.removeprefix(f"{page}#") not in anchors:
            yield address.as_finding("links.fragment")
        yield from _one(address)
        if why := case.states.get(address.url):
            yield address.as_finding("links.dead", **facts_of(why))
    yield from _repeated(case)
    judged = {address.url for address in known}
    for _, part in case.parts:
        yield from _edition(part, judged)
        yield from find_lost(case.issue, part)


def addresses(issue: Contents) -> Iterator[Address]:
    """Every address that an issue holds, in the order in which they are read."""
    yield from _within(issue.intro, find_place(issue))
    for number, section in enumerate(issue.sections, 1):
        yield from _within(section.intro, find_place(issue, key=f"sections[{number}].intro"))
        for article in section.articles:
            yield from _of(issue, article)


def find_addresses(article: Article) -> Iterator[str]:
    """Every address that an article holds."""
    yield from (article.url, article.source.url)
    yield from (author.url for author in article.authors)
    yield from (credit.url for credit in article.credits)
    yield from (link.url for line in page.content(article.content) for link in line.links)


def _of(issue: Contents, article: Article) -> Iterator[Address]:
    def place(key: str) -> Place:
        return find_place(issue, article, key)

    yield Address(article.url, "article", place("url"))
    people = [(f"authors[{number}].url", one.name, one.url) for number, one in enumerate(article.authors, 1)]
    people += [(f"credits[{number}].url", one.name, one.url) for number, one in enumerate(article.credits, 1)]
    for key, name, url in people:
        if url:
            yield Address(url, "name", place(key), (("name", name),))
    if article.source.url:
        yield Address(article.source.url, "source", place("source.url"))
    if article.image:
        yield Address(article.image.url, "picture", place("image.url"))
    for number, enclosure in enumerate(article.enclosures, 1):
        yield Address(enclosure.url, "file", place(f"enclosures[{number}].url"))
    yield from _within(article.content, place(""))


def _within(html: str, place: Place) -> Iterator[Address]:
    for line in page.content(html):
        for link in line.links:
            yield Address(link.url, "link", place, (("text", link.text),))


def _one(address: Address, ids: Container[str] = ()) -> Iterator[Finding]:
    """What is wrong with an address; ids: the places within the page itself that it may lead to."""
    url, is_picture = address.url, address.subject == "picture"
    scheme = url.partition(":")[0].lower()
    if not url.strip():
        yield address.as_finding("links.empty")
    elif url.startswith("#"):
        if url[1:] not in ids:
            yield address.as_finding("links.fragment")
    elif url.startswith("//") or not links.is_absolute(url):
        yield address.as_finding("links.relative")
    elif scheme not in links.SCHEMES or (is_picture and scheme not in {"http", "https"}):
        yield address.as_finding("links.scheme", scheme=scheme)
    elif scheme in {"http", "https"} and not links.is_web(url):
        yield address.as_finding("links.scheme")
    elif is_picture and scheme == "http":
        yield finding("links.insecure-picture", "picture", address.place, url=url)
    elif links.host(url).removeprefix("www.") in SHORTENERS:
        yield address.as_finding("links.shortened")


def _repeated(case: Case) -> Iterator[Finding]:
    known: dict[str, list[tuple[Article, str]]] = {}
    for issue in (other for other in case.others if other.date <= case.issue.date):
        for article in issue.articles:
            title = issue.title or issue.slug
            known.setdefault(identity.fold_article_address(article), []).append((article, title))
    for article in case.issue.articles:
        alike = known.setdefault(identity.fold_article_address(article), [])
        before = [title for other, title in alike if identity.is_same_article(article, other)]
        if before:
            place = find_place(case.issue, article, "url")
            yield finding(
                "links.repeated", "article", place, headline=headline(article), issue=before[0], url=article.url
            )
        alike.insert(0, (article, ""))


def _edition(part: Part, known: set[str]) -> Iterator[Finding]:
    """The links that the edition has and the issue does not: the templates' own. Within a mail none leads anywhere."""
    tags = part.page.tags if part.page and part.kind != "mail" else ()
    ids = {tag.attributes["id"] for tag in tags if "id" in tag.attributes}
    for address in _links(part):
        if address.url not in known and (address.subject == "picture" or not ways.stays(address.url, part.place)):
            yield from _one(address, ids)


def _links(part: Part) -> Iterator[Address]:
    if part.page:
        yield from _seen(part, part.page)
        return
    for article, entry in part.entries:
        place = part.find_article(article)
        for line in entry.lines if entry else ():
            yield from (Address(link.url, "link", place, (("text", link.text),)) for link in line.links)


def _seen(part: Part, whole: Page) -> Iterator[Address]:
    for line in whole.lines:
        yield from (Address(link.url, "link", part.at, (("text", link.text),)) for link in line.links)
    yield from (Address(picture.url, "picture", part.at) for picture in whole.pictures)


def find_lost(issue: Contents, part: Part) -> Iterator[Finding]:
    """The links of the issue's own words: mail, text and page show those; feeds hold articles only."""
    if part.kind in {"feed", "gathered"}:
        return
    there = [link for line in part.page.lines for link in line.links] if part.page else []
    urls = {link.url for link in there}
    text = fold(part.text)
    for html in (issue.intro, *(section.intro for section in issue.sections)):
        for link in (link for line in page.content(html) for link in line.links):
            if (link.url not in urls) if part.page else (fold(link.url) not in text):
                found = next((other.url for other in there if other.text and other.text == link.text), "")
                yield finding("links.lost", "link", part.at, text=link.text, found=found, wanted=link.url)
