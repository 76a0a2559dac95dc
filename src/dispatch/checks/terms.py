"""What a publisher asks of whoever publishes a text again, and whether somebody has said whose a text is.

The required line stands verbatim, the counter stays out of mail and feeds, the words stay as they are.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import escape

from dispatch import first_house, identity, links
from dispatch.checks import body, byline
from dispatch.checks.check_input import CheckInput
from dispatch.checks.html_page import read_content
from dispatch.checks.read_back import Rendition, ShownArticle
from dispatch.checks.rules import find_place, make_finding, name_article
from dispatch.checks.text_lines import Line, LineLink, find_missing, join_lines, split_words
from dispatch.model import Article, Contents, Finding, Publication, Terms

_ALIKE = 0.5  # of its words: such a line is the required one, changed


def check(case: CheckInput) -> Iterator[Finding]:
    """Judge what is said in the files, and the pictures that count readers in each edition."""
    shown = [article for article in case.issue.articles if not article.withdrawn]
    for article in shown if case.issue.as_page is None else ():
        yield from _check_article(case.issue, article, case.publication)
    counted = [article for article in shown if article.terms and article.terms.counter]
    for edition, part in case.renditions if counted else ():
        text = part.text or edition.body.decode("utf-8", "replace")
        for article in counted:
            yield from _check_counter(article, text, part, case.publication)


def take_line(article: Article, entry: ShownArticle) -> tuple[ShownArticle, list[Finding]]:
    """Take the required line out of an article as it is shown, and report what is lost of it or changed in it.

    What names a house and leads to it is then neither read as a byline nor as the way to the article.
    """
    wanted = join_lines(read_content(article.terms.line if article.terms else "").lines)
    if not wanted.text:
        return entry, []
    at, found = _find_line(wanted, entry)
    return replace(entry, lines=(*entry.lines[:at], *entry.lines[at + 1 :])) if at >= 0 else entry, found


def _find_line(wanted: Line, entry: ShownArticle) -> tuple[int, list[Finding]]:
    """Find the number of the required line, -1 when it is not there, and what is wrong with it."""
    alike = [(_measure_likeness(wanted, line, entry), i) for i, line in enumerate(entry.lines)]
    share, at = max(alike, default=(0.0, -1))
    if share < _ALIKE:
        return -1, [make_finding("terms.line", "text", wanted=wanted.text)]
    line = entry.lines[at]
    if share == 2 or (entry.raw and byline.spell_out(line, entry) == byline.spell_out(wanted, entry)):
        return at, []
    if line.text != wanted.text:
        return at, [make_finding("terms.line", "text", found=line.text, wanted=wanted.text)]
    return at, list(_compare_links(wanted, line, plain=bool(entry.raw)))


def _measure_likeness(wanted: Line, line: Line, entry: ShownArticle) -> float:
    """Measure how much of the required line's words a line has: 2 when it is the same, links and all."""
    if line.text == wanted.text or byline.spell_out(line, entry) == byline.spell_out(wanted, entry):
        same = [(one.url, one.text) for one in line.links] == [(one.url, one.text) for one in wanted.links]
        return 2 if same else 1.5
    words = set(split_words(wanted.text))
    return len(words & set(split_words(line.text))) / max(len(words), len(set(split_words(line.text))), 1)


def _compare_links(wanted: Line, line: Line, *, plain: bool) -> Iterator[Finding]:
    """Report the links that the line has no more, and what it has instead or besides; in plain text none has words."""

    def list_links(links: Iterable[LineLink]) -> list[str]:
        return [one.url if plain else f"{one.url}\0{one.text}" for one in links]

    lost = find_missing(list_links(wanted.links), list_links(line.links))
    for right in (one for one in wanted.links if list_links([one])[0] in lost):
        found = next((one.url for one in line.links if one.text == right.text and one.url != right.url), "")
        yield make_finding("terms.line", "link", text=right.text, found=found, wanted=right.url)
    for url in [] if lost else find_missing(list_links(line.links), list_links(wanted.links)):
        yield make_finding("terms.line", "link", found=url.partition("\0")[0])


def digest_words(content: str) -> str:
    """Digest the words of an article's text: its letters and digits, whatever is around them."""
    text = join_lines(read_content(content).lines).text
    return hashlib.sha256("".join(filter(str.isalnum, text)).encode()).hexdigest()[:16]


def find_first_house(article: Article, publication: Publication) -> str:
    """Find the address of the house with which an article that is taken as our own first stood, as its text says.

    Empty when it says nothing of the kind, and when somebody has said whose it is.
    """
    if not article.own or article.confirmed_own or article.source.title or "<a " not in article.content:
        return ""
    lines = [
        (line.text, [(link.start, link.end, link.url) for link in line.links])
        for line in read_content(article.content).lines
    ]
    return first_house.find_first_house(lines, publication)


def is_counted(article: Article, publication: Publication) -> bool:
    """Whether the article's page loads the picture by which its publisher counts readers: with the whole text only."""
    is_whole = body.find_policy(article, "page", publication) == "full" and bool(article.content)
    return is_whole and publication.syndicate.counters == "site"


def _check_article(issue: Contents, article: Article, publication: Publication) -> Iterator[Finding]:
    name, terms = name_article(article), article.terms or Terms()
    if terms.counter and not is_counted(article, publication):
        place, host = find_place(issue, article, "terms.counter"), links.parse_host(terms.counter)
        is_allowed = publication.syndicate.counters == "site"
        yield make_finding(
            "terms.counter",
            "excerpt" if is_allowed else "picture",
            place,
            headline=name,
            host=host,
            found=terms.counter,
        )
    if terms.no_derivatives:
        place, licence = find_place(issue, article, "terms"), article.license or article.source.license
        if body.find_policy(article, "page", publication) == "excerpt":
            yield make_finding("terms.changed", "excerpt", place, headline=name, wanted=licence)
        if terms.digest and terms.digest != digest_words(article.content):
            yield make_finding("terms.changed", "text", place, headline=name, wanted=licence)
    rule, place = "editorial.ownership", find_place(issue, article, "own")
    if house := find_first_house(article, publication):
        yield make_finding(rule, "link", place, headline=name, host=links.parse_host(house), found=house)
    elif _is_gathered(article, publication):
        found = article.source.feed or article.source.url
        yield make_finding(rule, "source", place, headline=name, name=article.source.title, found=found)


def _is_gathered(article: Article, publication: Publication) -> bool:
    """Tell whether an article without authors and without an address elsewhere came from a source that is not ours."""
    there = [url for url in (article.source.feed, article.source.url) if url]
    is_foreign = bool(there) and not any(identity.is_site_address(f"{url}/", publication) for url in there)
    return article.own and not article.confirmed_own and not article.authors and is_foreign


def _check_counter(article: Article, text: str, part: Rendition, publication: Publication) -> Iterator[Finding]:
    """Report the counter of an article where it stands and must not, or must and does not."""
    asked = article.terms.counter if article.terms else ""
    forms = "|".join(re.escape(form) for form in (asked, escape(asked), escape(escape(asked))))
    is_there = bool(re.search(rf"(?:{forms})(?![^\s\"'<>&\\)])", text))
    is_due = bool(part.place and part.place.kind == "article") and is_counted(article, publication)
    if is_there != is_due:
        place, name = part.find_article(article), name_article(article)
        yield make_finding("terms.pixel", "picture" if is_there else "page", place, headline=name, url=asked)
