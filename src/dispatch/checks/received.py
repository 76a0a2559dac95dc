"""What a mail service would make of an issue that is pasted into it, and what it did to a message, link by link.

What the rules for editions say of a message holds here too; only what they say of links is said in this check's own
words: a name whose link was rewritten has not lost its credit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dispatch import links
from dispatch.checks import attribution
from dispatch.checks.check_input import CheckInput
from dispatch.checks.email import CLIP, tell_shortened
from dispatch.checks.html_page import read_content
from dispatch.checks.links import find_addresses, find_lost_links, list_addresses
from dispatch.checks.read_back import Rendition, ShownArticle
from dispatch.checks.rules import CONFIG, find_edition_place, find_place, make_finding, name_article
from dispatch.mail_services import MailService, load_services
from dispatch.model import Article, Contents, Finding, Half, Place, Subject

# Which facts are about one link, and what that link belongs to. That links stand in another order is none of them:
# then somebody leads to somebody else.
_LINKS: Mapping[tuple[str, Subject], Subject] = {
    ("attribution.author-link", "link"): "name",
    ("attribution.body-link", "link"): "text",
    ("attribution.credit", "link"): "name",
    ("attribution.read-more", "link"): "article",
    ("attribution.read-more", "title"): "article",
    ("attribution.source", "link"): "source",
    ("links.lost", "link"): "text",
    ("terms.line", "link"): "text",
}
_HALVES: Mapping[Half, str] = {"text": "text/plain", "html": "text/html"}


def check(case: CheckInput, service: str = "") -> Iterator[Finding]:
    """Judge the one message that there is: parts, names, and each link of each article.

    Of a plain text that the mail service has made by itself, nothing is known but that the addresses must be in it.
    """
    parts = [part for _, part in case.renditions]
    own_text = bool(service) and load_services()[service].text is None
    for edition in case.editions:
        for half, media_type in _HALVES.items():
            if not any(part.at.half == half for part in parts):
                place = find_edition_place(case.issue, edition, half)
                yield make_finding("received.part", "part", place, wanted=media_type)
    shown = {part.find_article(article): (article, entry) for part in parts for article, entry in part.entries}
    for found in attribution.check(case):
        if not (own_text and found.place.half == "text"):
            yield _reword_finding(found, *shown.get(found.place, ()))
    for part in parts:
        if own_text and part.at.half == "text":
            yield from _find_missing_addresses(part)
            continue
        yield from (_reword_finding(found) for found in find_lost_links(case.issue, part))
        yield from _find_pixels(part, case)


def _find_missing_addresses(part: Rendition) -> Iterator[Finding]:
    """Report the addresses of people, source and article that are nowhere in a text."""
    for article, _ in part.entries:
        for subject, name, url in _list_wanted(article):
            if url not in part.text:
                place, headline = part.find_article(article), name_article(article)
                yield make_finding("received.missing", subject, place, headline=headline, name=name, wanted=url)


def _list_wanted(article: Article) -> Iterator[tuple[Subject, str, str]]:
    for author in article.authors:
        yield "name", author.name, author.url
    yield "source", article.source.title, article.source.url
    yield "article", "", article.url


def _reword_finding(found: Finding, article: Article | None = None, entry: ShownArticle | None = None) -> Finding:
    """Say a fact about a link in this check's own words; any other stays as it is."""
    subject = _LINKS.get((found.rule, found.subject))
    if subject is None:
        return found
    values = dict(found.values)
    url = str(values.get("found", "")) or (_find_foreign(article, entry) if article and entry else "")
    host = links.parse_host(url)
    service = next((one for one in load_services().values() if host and one.counts_clicks(url)), None)
    return make_finding(
        "received.rewritten" if host else "received.missing",
        subject,
        found.place,
        headline=values.get("headline", ""),
        name=values.get("name", ""),
        text=values.get("text", ""),
        host=host,
        found=url if host else "",
        wanted=values.get("wanted", ""),
        service=service.title if service else "",
        setting=service.setting if service else "",
    )


def _find_foreign(article: Article, entry: ShownArticle) -> str:
    """Find an address of a host to which nothing was sent; empty when there is none. Links of plain text lack words."""
    sent = {links.parse_host(url) for url in find_addresses(article)}
    there = (link.url for line in entry.lines for link in line.links if not link.text)
    return min((url for url in there if links.parse_host(url) not in sent | {""}), default="")


def _find_pixels(part: Rendition, case: CheckInput) -> Iterator[Finding]:
    own = {article.image.url for article in case.issue.articles if article.image}
    for picture in part.page.pictures if part.page else ():
        counts = links.is_tracker(picture.url) or {picture.width, picture.height} & {"0", "1"}
        if picture.url not in own and counts:
            yield make_finding(
                "received.pixel", "picture", part.at, host=links.parse_host(picture.url), found=picture.url
            )


def check_pasted(case: CheckInput, name: str) -> Iterator[Finding]:
    """Judge an issue whose editions were rendered for the service of this name."""
    service = load_services()[name]
    values = {"service": service.title, "key": name}
    for address in list_addresses(case.issue):
        for one in _judge_tags(service, address.url, address.subject, address.place):
            yield replace(one, values=(*address.facts, *values.items(), *one.values, ("url", address.url)))
    for subject, place, headline, text in _list_texts(case.issue):
        for one in _judge_tags(service, text, subject, place):
            facts = {"headline": headline, **values, "written": service.escape_text(text) if subject == "title" else ""}
            known = tuple((key, value) for key, value in facts.items() if value and value != text)
            yield replace(one, values=(*known, *one.values))
    mailing = case.publication.email
    if mailing.unsubscribe:
        yield make_finding("service.unsubscribe", "link", Place(file=CONFIG, key="email.unsubscribe"), **values)
    if service.framed and case.issue.preheader:
        yield make_finding("service.frame", "text", find_place(case.issue, key="preheader"), **values)
    if service.framed and mailing.postal_address and not service.unsubscribe:
        yield make_finding("service.frame", "address", Place(file=CONFIG, key="email.postal_address"), **values)
    for edition in case.editions:
        yield from tell_shortened(edition, case)
        if edition.format == "email" and (size := len(edition.body)) >= CLIP:
            yield make_finding("service.size", "size", find_place(case.issue), **values, size=size, limit=CLIP)
    yield from attribution.check(case)
    for _, part in case.renditions:
        yield from find_lost_links(case.issue, part)


def _judge_tags(service: MailService, text: str, subject: Subject, place: Place) -> Iterator[Finding]:
    for tag in dict.fromkeys(service.find_filled(text)):
        yield make_finding("service.filled", subject, place, tag=tag)
        text = text.replace(tag, "")
    for tag in dict.fromkeys(service.find_tags(text)):
        yield make_finding("service.language", subject, place, tag=tag)


def _list_texts(issue: Contents) -> Iterator[tuple[Subject, Place, str, str]]:
    """List the words of an issue: the title, which is the subject of the mail, and every other text with its place."""
    yield "title", find_place(issue, key="subject" if issue.subject else "title"), "", issue.subject or issue.title
    yield "text", find_place(issue), "", _read_words(issue.intro)
    for number, section in enumerate(issue.sections, 1):
        place = find_place(issue, key=f"sections[{number}]")
        yield "text", place, "", f"{section.title} {_read_words(section.intro)}"
        for article in section.articles:
            for key, text in _list_article_texts(article):
                yield "text", find_place(issue, article, key), article.title, text


def _list_article_texts(article: Article) -> Iterator[tuple[str, str]]:
    yield from (("title", article.title), ("dek", article.dek), ("note", article.note))
    yield from ((f"authors[{number}].name", one.name) for number, one in enumerate(article.authors, 1))
    yield from ((f"credits[{number}].name", one.name) for number, one in enumerate(article.credits, 1))
    yield from (("source.title", article.source.title), ("", _read_words(article.content)))


def _read_words(html: str) -> str:
    return "\n".join(line.text for line in read_content(html).lines)
