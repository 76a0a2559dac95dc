"""A message as it was delivered: what a mail service did to it, link by link."""

from collections.abc import Iterator
from typing import NamedTuple

from dispatch import links
from dispatch.checks import attribution
from dispatch.checks.case import Case
from dispatch.checks.entries import Entry
from dispatch.checks.parts import Part
from dispatch.checks.passage import Link, fold
from dispatch.checks.rules import called, finding, short
from dispatch.model import Article, Finding

# What is told link by link here need not be told by the rules for editions.
_LINKS = {"attribution.author-link", "attribution.read-more", "attribution.body-link"}
_HALVES = ("text/plain", "text/html")


class Sent(NamedTuple):
    """A link as it was sent: what it is, its words, its address."""

    what: str
    words: str
    url: str


def check(case: Case) -> Iterator[Finding]:
    """Judges the one message that the case holds: parts, names, and each link of each article."""
    parts = [part for _, part in case.parts]
    for edition in case.editions:
        for half in _HALVES:
            if not any(part.where.endswith(f"({half})") for part in parts):
                yield finding("received.part", edition.path, f"Its {half} part is missing")
    yield from _attribution(case)
    for part in parts:
        for article, entry in part.entries:
            for sent in _sent(article) if entry else ():
                yield from _compare(part, article, entry, sent)
        yield from _pixels(part, case)


def _attribution(case: Case) -> Iterator[Finding]:
    """Names, words and order. A name whose link only was rewritten has not lost its credit."""
    for found in attribution.check(case):
        about_a_link = found.rule in _LINKS or (
            found.rule in {"attribution.source", "attribution.credit", "attribution.order"}
            and any(words in found.what for words in (" leads to ", " the link to ", " the address "))
        )
        if not about_a_link:
            yield found


def _sent(article: Article) -> Iterator[Sent]:
    yield Sent("the way to the article", fold(article.title), article.url)
    people = [(author.name, author.url) for author in article.authors]
    people += [(credit.name, credit.url) for credit in article.credits]
    for name, url in people:
        if url:
            yield Sent(f"the link of {short(name)}", fold(name), url)
    if article.source.title and article.source.url:
        yield Sent("the link of its source", fold(article.source.title), article.source.url)


def _compare(part: Part, article: Article, entry: Entry | None, sent: Sent) -> Iterator[Finding]:
    if entry is None:
        return
    there = [*entry.headline, *(link for line in entry.lines for link in line.links)]
    url = sent.url.strip() if entry.raw else sent.url
    same = [link for link in there if _named(link, sent)]
    changed = [link.url for link in same if link.url != url]
    if not changed and any(link.url == url for link in there):
        return
    where = f"{part.where}#{article.key}"
    host = links.host(changed[0]) if changed else _foreign(article, there)
    if host:
        yield finding(
            "received.rewritten", where, f"{called(article)}: {sent.what} now goes to {host}: {short(sent.url)}"
        )
    else:
        yield finding("received.missing", where, f"{called(article)}: {sent.what} is lost: {short(sent.url)}")


def _named(link: Link, sent: Sent) -> bool:
    """Whether a link has the words that were sent. In plain text no link has words."""
    if not sent.words or not link.text:
        return False
    return link.text == sent.words or (sent.what == "the way to the article" and sent.words in link.text)


def _foreign(article: Article, there: list[Link]) -> str:
    """The host of an address that nobody sent, where links have no words."""
    sent = {links.host(one.url) for one in _sent(article)}
    own = {links.host(link.url) for link in there if not link.text} - sent - {""}
    return min(own, default="")


def _pixels(part: Part, case: Case) -> Iterator[Finding]:
    own = {article.image.url for article in case.issue.articles if article.image}
    for picture in part.page.pictures if part.page else ():
        if picture.url not in own and {picture.width, picture.height} & {"0", "1"}:
            what = f"A picture that nobody sees asks {links.host(picture.url)} when the mail is opened"
            yield finding("received.pixel", part.where, what)
