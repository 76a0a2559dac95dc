"""Shorten a mail that would be cut off: whole excerpts first, then the editor's notes; never a name or a link."""

from bisect import bisect_left
from collections.abc import Callable, Container
from dataclasses import replace
from functools import cache
from typing import Annotated, NamedTuple

from dispatch.formats import email
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Article, Contents, Publication

BUDGET = 92_000
"""Bytes of HTML: Gmail cuts off at 102,400, and mail services add their own."""

_FIXED = 2000  # bytes that an article takes at most besides its own words and addresses


class FittedMail(NamedTuple):
    """An issue as its mail has room for it."""

    issue: Contents
    excerpts: Annotated[tuple[str, ...], "the ids of the articles without their excerpts"]
    notes: Annotated[tuple[str, ...], "the ids of the articles without the editor's notes"]
    mail: Annotated[bytes, "the mail, where it had to be rendered for this; else empty"] = b""


def fit_mail(
    issue: Contents, publication: Publication, render: Callable[[Contents, Publication], bytes] = email.render
) -> FittedMail:
    """Leave out excerpts, and then notes, of the last articles first, as few as it takes. Raises RenderError.

    render: makes the mail, or what a mail service takes for one.
    """
    if not _may_be_large(issue, publication):
        return FittedMail(issue, (), ())
    card = TemplateContext(issue, publication).make_card
    last = [*issue.articles][::-1]
    begun = [article.id for article in last if card(article).excerpt]
    noted = [article.id for article in last if article.note]

    @cache
    def shorten(steps: int) -> FittedMail:
        excerpts, notes = tuple(begun[:steps]), tuple(noted[: max(0, steps - len(begun))])
        short = issue.change_articles(lambda one: _shorten_article(one, excerpts, notes))
        return FittedMail(short, excerpts, notes, render(short, publication))

    def has_room(steps: int) -> bool:
        return len(shorten(steps).mail) <= BUDGET

    return shorten(0 if has_room(0) else bisect_left(range(len(begun) + len(noted)), True, lo=1, key=has_room))


def _shorten_article(article: Article, excerpts: Container[str], notes: Container[str]) -> Article:
    short = replace(article, content="", summary="") if article.id in excerpts else article
    return replace(short, note="") if article.id in notes else short


def _may_be_large(issue: Contents, publication: Publication) -> bool:
    """Tell from its words whether a mail may come near the budget; most do not, and need not be rendered twice."""
    size = len(issue.intro) + sum(len(section.intro) for section in issue.sections)
    for one in issue.articles:
        words = one.source.excerpt_words or publication.syndicate.words
        addresses = 3 * len(one.url) + sum(len(author.url) for author in one.authors)
        size += _FIXED + addresses + len(one.note) + len(one.dek) + min(len(one.content), words * 20)
    return size * 2 > BUDGET
