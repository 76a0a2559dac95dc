"""What a mail service would make of an issue that is pasted into it; of what came of that, ``received`` tells."""

from collections.abc import Iterator
from dataclasses import replace

from dispatch.checks import attribution
from dispatch.checks.check_input import CheckInput
from dispatch.checks.email import CLIP
from dispatch.checks.html_page import read_content
from dispatch.checks.links import find_lost_links, list_addresses
from dispatch.checks.rules import CONFIG, find_place, make_finding
from dispatch.mail_services import MailService, load_services
from dispatch.model import Article, Contents, Finding, Place, Subject


def check(case: CheckInput, name: str) -> Iterator[Finding]:
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
        if edition.format == "email" and (size := len(edition.body)) >= CLIP:
            yield make_finding("service.size", "size", find_place(case.issue), **values, size=size, limit=CLIP)
    yield from attribution.check(case)
    for _, part in case.renditions:
        yield from find_lost_links(case.issue, part)


def _judge_tags(service: MailService, text: str, subject: Subject, place: Place) -> Iterator[Finding]:
    for tag in dict.fromkeys(service.find_filled(text)):
        yield make_finding("service.filled", subject, place, text=tag)
        text = text.replace(tag, "")
    for tag in dict.fromkeys(service.find_tags(text)):
        yield make_finding("service.language", subject, place, text=tag)


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
