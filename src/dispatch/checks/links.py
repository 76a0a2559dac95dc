"""Addresses that lead nowhere, go round, or come again."""

from collections.abc import Container, Iterator
from typing import NamedTuple

from dispatch import derived, identity, links
from dispatch.checks.check_input import CheckInput
from dispatch.checks.html_page import HtmlPage, read_content
from dispatch.checks.read_back import Rendition
from dispatch.checks.rules import find_place, list_facts, make_finding, name_article
from dispatch.checks.text_lines import fold_spaces, stays_within_site
from dispatch.model import Article, Contents, Fault, Finding, Place, Subject

# fmt: off
SHORTENERS = frozenset({
    "bit.ly", "bitly.com", "buff.ly", "cutt.ly", "dlvr.it", "fb.me", "flip.it", "goo.gl", "is.gd", "j.mp", "lnkd.in",
    "ow.ly", "rb.gy", "rebrand.ly", "shorturl.at", "snip.ly", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "trib.al",
    "v.gd", "zpr.io",
})
# fmt: on


class FoundAddress(NamedTuple):
    """An address, what it belongs to, its place, and the facts that tell it from others at that place."""

    url: str
    subject: Subject
    place: Place
    facts: tuple[tuple[str, str], ...] = ()

    def as_finding(self, rule: str, **values: str) -> Finding:
        """Make a finding of the rule about this address."""
        return make_finding(rule, self.subject, self.place, **dict(self.facts), url=self.url, **values)


def check(case: CheckInput) -> Iterator[Finding]:
    """Judge the addresses of the issue, and then those that only its editions have."""
    known = list(list_addresses(case.issue))
    page = f"{case.publication.url}/issues/{case.issue.slug}/"
    anchors = {"content", *(article.key for article in case.issue.articles)}
    for where, url in case.astray:
        yield make_finding("links.relative", "link", Place(file=where), url=url)
    is_whole = case.issue.as_page is None or case.issue.as_page.kind == "issue"
    for address in known:
        if is_whole and address.url.startswith(f"{page}#") and address.url.removeprefix(f"{page}#") not in anchors:
            yield address.as_finding("links.fragment")
        yield from _check_address(address)
        if fault := case.states.get(address.url):
            silent = "links.unanswered" if _is_temporary(fault) else "links.dead"
            rule = "links.taken-over" if fault.reason == "taken-over" else silent
            yield address.as_finding(rule, **list_facts(fault))
    yield from _find_repeated(case)
    judged = {address.url for address in known}
    for _, part in case.renditions:
        yield from _check_edition(part, judged)
        yield from find_lost_links(case.issue, part)


def _is_temporary(fault: Fault) -> bool:
    """Whether another try may help: too many at once, or a fault of the server (RFC 9110, 15.6; RFC 6585, 4)."""
    return fault.reason == "http-status" and (fault.detail == "429" or fault.detail.startswith("5"))


def list_addresses(issue: Contents) -> Iterator[FoundAddress]:
    """List every address that an issue holds, in the order in which they are read."""
    yield from _list_within(issue.intro, find_place(issue))
    for number, section in enumerate(issue.sections, 1):
        yield from _list_within(section.intro, find_place(issue, key=f"sections[{number}].intro"))
        for article in section.articles:
            yield from _list_of_article(issue, article)


def find_addresses(article: Article) -> Iterator[str]:
    """Find every address that an article holds."""
    yield from (article.url, article.source.url, derived.find_licence(article).url)
    yield from (author.url for author in article.authors)
    yield from (credit.url for credit in article.credits)
    yield from (file.url for file in article.enclosures)
    for html in (article.content, article.terms.line if article.terms else ""):
        yield from (address.url for address in _list_within(html, Place()))


def _list_of_article(issue: Contents, article: Article) -> Iterator[FoundAddress]:
    def find_key(key: str) -> Place:
        return find_place(issue, article, key)

    yield FoundAddress(article.url, "article", find_key("url"))
    people = [(f"authors[{number}].url", one.name, one.url) for number, one in enumerate(article.authors, 1)]
    people += [(f"credits[{number}].url", one.name, one.url) for number, one in enumerate(article.credits, 1)]
    for key, name, url in people:
        if url:
            yield FoundAddress(url, "name", find_key(key), (("name", name),))
    if article.source.url:
        yield FoundAddress(article.source.url, "source", find_key("source.url"))
    for number, author in enumerate(article.authors, 1):
        if author.avatar:
            yield FoundAddress(author.avatar, "picture", find_key(f"authors[{number}].avatar"))
    if article.image:
        yield FoundAddress(article.image.url, "picture", find_key("image.url"))
    for number, enclosure in enumerate(article.enclosures, 1):
        yield FoundAddress(enclosure.url, "file", find_key(f"enclosures[{number}].url"))
    yield from _list_within(article.content, find_key(""))
    yield from _list_within(article.terms.line if article.terms else "", find_key("terms.line"))


def _list_within(html: str, place: Place) -> Iterator[FoundAddress]:
    page = read_content(html)
    within = {f"#{tag.attributes['id']}" for tag in page.tags if "id" in tag.attributes}
    for link in (link for line in page.lines for link in line.links if link.url not in within):
        yield FoundAddress(link.url, "link", place, (("text", link.text),))


def _check_address(address: FoundAddress, ids: Container[str] = ()) -> Iterator[Finding]:
    """Report what is wrong with an address; ids: the places within the page itself that it may lead to."""
    url, is_picture, is_file = address.url, address.subject == "picture", address.subject in {"picture", "file"}
    scheme = url.partition(":")[0].lower()
    if not url.strip():
        yield address.as_finding("links.empty")
    elif url.startswith("#"):
        if url[1:] not in ids:
            yield address.as_finding("links.fragment")
    elif url.startswith("//") or not links.is_absolute(url):
        yield address.as_finding("links.relative")
    elif scheme not in links.SCHEMES or (is_file and scheme not in {"http", "https"}):
        yield address.as_finding("links.scheme", scheme=scheme)
    elif scheme in {"http", "https"} and not links.is_web_address(url):
        yield address.as_finding("links.scheme")
    elif is_picture and scheme == "http":
        yield make_finding("links.insecure-picture", "picture", address.place, url=url)
    elif links.parse_host(url).removeprefix("www.") in SHORTENERS:
        yield address.as_finding("links.shortened")


def _find_repeated(case: CheckInput) -> Iterator[Finding]:
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
            yield make_finding(
                "links.repeated", "article", place, headline=name_article(article), issue=before[0], url=article.url
            )
        alike.insert(0, (article, ""))


def _check_edition(part: Rendition, known: set[str]) -> Iterator[Finding]:
    """Report wrong links that are the templates' own, not the issue's. Within a mail none leads anywhere."""
    tags = part.page.tags if part.page and part.kind != "mail" else ()
    ids = {tag.attributes["id"] for tag in tags if "id" in tag.attributes}
    for address in _list_shown(part):
        if address.url not in known and (
            address.subject == "picture" or not stays_within_site(address.url, part.place)
        ):
            yield from _check_address(address, ids)


def _list_shown(part: Rendition) -> Iterator[FoundAddress]:
    if part.page:
        yield from _list_seen(part, part.page)
        return
    for article, entry in part.entries:
        place = part.find_article(article)
        for line in entry.lines if entry else ():
            yield from (FoundAddress(link.url, "link", place, (("text", link.text),)) for link in line.links)


def _list_seen(part: Rendition, whole: HtmlPage) -> Iterator[FoundAddress]:
    for line in whole.lines:
        yield from (FoundAddress(link.url, "link", part.at, (("text", link.text),)) for link in line.links)
    yield from (FoundAddress(picture.url, "picture", part.at) for picture in whole.pictures)


def find_lost_links(issue: Contents, part: Rendition) -> Iterator[Finding]:
    """Report lost links of the issue's own words: mail, text and page show those; feeds hold articles only."""
    if part.kind in {"feed", "gathered"}:
        return
    there = [link for line in part.page.lines for link in line.links] if part.page else []
    urls = {link.url for link in there}
    text = fold_spaces(part.text)
    for html in (issue.intro, *(section.intro for section in issue.sections)):
        for link in (link for line in read_content(html).lines for link in line.links):
            if (link.url not in urls) if part.page else (fold_spaces(link.url) not in text):
                found = next((other.url for other in there if other.text and other.text == link.text), "")
                yield make_finding("links.lost", "link", part.at, text=link.text, found=found, wanted=link.url)
