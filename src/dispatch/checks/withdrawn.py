"""What was withdrawn: an edition says so, with everybody's names, and shows nothing else of it.

What the article held is not known any more, so nothing is looked for: whatever stands there that is neither its byline
nor the notice is too much. In mail and text, where nothing marks the end of an article, only the lines before the
notice are sure to be its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from html import unescape

from dispatch.checks.byline import check_lines, spell_out
from dispatch.checks.read_back import Rendition, ShownArticle
from dispatch.checks.rules import make_finding
from dispatch.checks.text_lines import Line, fold_spaces
from dispatch.checks.vocabulary import list_date_words, load_vocabulary, lower_words
from dispatch.checks.wrong_credits import is_byline
from dispatch.language import Language
from dispatch.model import Article, Contents, Finding, Publication, Withdrawal

RULE = "attribution.withdrawn"

_MARKUP = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{#[^{}]*#\}|<[^<>]*>")


def mark_titles(issue: Contents, publication: Publication) -> Contents:
    """Give an issue the titles that its editions must have: what was withdrawn says so in its headline."""
    pattern = load_vocabulary(publication.language).patterns["withdrawn_title"]
    sections = tuple(
        replace(
            section,
            articles=tuple(
                replace(article, title=pattern.replace("{title}", article.title)) if article.withdrawn else article
                for article in section.articles
            ),
        )
        for section in issue.sections
    )
    return replace(issue, sections=sections)


def check_withdrawn(
    article: Article, withdrawal: Withdrawal, entry: ShownArticle, part: Rendition, publication: Publication
) -> Iterator[Finding]:
    """Report what is wrong with a withdrawn article as one part shows it."""
    notice = _write_notice(withdrawal, publication)
    at = next((i for i, line in enumerate(entry.lines) if spell_out(line, entry) == notice), None)
    if at is None:
        yield make_finding(RULE, "notice", wanted=notice)
        at = len(entry.lines)
    yield from check_lines(article, entry.lines[:at], publication, plain=bool(entry.raw))
    yield from _find_too_much(article, entry, part, at, publication)
    if entry.item and fold_spaces(entry.item.summary) != notice:
        yield make_finding(RULE, "element", found=entry.item.summary, wanted=notice)


def check_notice(issue: Contents, part: Rendition, publication: Publication) -> Iterator[Finding]:
    """Report a part that shows a withdrawn issue and does not say so; in its feed each article does."""
    if issue.withdrawn and part.kind != "feed":
        lines = part.page.lines if part.page else ()
        notice = _write_notice(issue.withdrawn, publication)
        if not (notice in fold_spaces(part.text) or any(line.text == notice for line in lines)):
            yield make_finding(RULE, "issue", wanted=notice)


def _find_too_much(
    article: Article, entry: ShownArticle, part: Rendition, at: int, publication: Publication
) -> Iterator[Finding]:
    """Report what is neither byline nor notice."""
    known = load_vocabulary(publication.language)
    dates = list_date_words(article, publication)
    rest: Sequence[Line] = entry.lines[at + 1 :]
    own = _list_template_words(publication)
    for line in (*entry.lines[:at], *(rest if part.kind in {"feed", "page"} else ())):
        said = reduce(lambda text, words: text.replace(words, " "), own, line.text)
        if not (is_byline(article, line, known) or dates.issuperset(lower_words(said))):
            yield make_finding(RULE, "text", found=line.text)
    people = (author.url for author in article.authors)
    urls = {*people, *(credit.url for credit in article.credits), article.source.url}
    links = [*entry.headline, *(link for line in entry.lines for link in line.links)]
    if article.url not in urls and any(link.url == article.url for link in links):
        yield make_finding(RULE, "link", found=article.url)
    for picture in entry.pictures:
        if part.kind == "feed" or picture.anchor == article.key:
            yield make_finding(RULE, "picture", found=picture.url)


def _list_template_words(publication: Publication) -> list[str]:
    """List what stands in the publication's own templates as text, the longest first: no words of an article's."""
    texts = (_MARKUP.split(publication.templates.get(name, "")) for name in publication.own_templates)
    found = {fold_spaces(unescape(one)) for text in texts for one in text}
    return sorted(found - {""}, key=len, reverse=True)


def _write_notice(withdrawal: Withdrawal, publication: Publication) -> str:
    date = Language.from_code(publication.language).format_date(withdrawal.date, publication.timezone)
    notice = load_vocabulary(publication.language).patterns["withdrawn"].replace("{date}", date)
    return fold_spaces(f"{notice} {withdrawal.text}")
