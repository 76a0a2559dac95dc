"""Settle an uncertain credit: who may have written an article, and the editor's word on it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Annotated, NamedTuple

from dispatch.errors import IssueError
from dispatch.identity import fold_spelling, is_same_name, register_authors
from dispatch.model import Article, Author, Publication, WitnessKind


class CreditChoice(NamedTuple):
    """People who may have written an article, and which kinds of markup of its page name just them."""

    authors: Annotated[tuple[Author, ...], "in order"]
    kinds: Annotated[tuple[WitnessKind, ...], "those that name just these"]


def list_choices(article: Article) -> list[CreditChoice]:
    """List whom an editor may choose: those whom the article names now, then those whom each kind of markup names.

    A staff, a desk or a job (“Staff Writer”) is nobody to choose.
    """
    from dispatch.readers.people import is_house

    is_person = any(not is_house(one.name) for one in article.authors)
    choices = [CreditChoice(article.authors, ())] if is_person else []
    for witness in article.witnesses:
        named = tuple(
            _complete_author(Author(name=name, url=url), article.authors)
            for name, url in zip_longest(witness.names, witness.urls[: len(witness.names)], fillvalue="")
            if not witness.house
        )
        names = [fold_spelling(one.name) for one in named]
        alike = (n for n, one in enumerate(choices) if [fold_spelling(each.name) for each in one.authors] == names)
        if (at := next(alike, None)) is not None:
            choices[at] = choices[at]._replace(kinds=(*choices[at].kinds, witness.kind))
        elif named:
            choices.append(CreditChoice(named, (witness.kind,)))
    return choices


def settle_credit(
    article: Article, authors: Iterable[Author], *, choice: int = 0, publication: Publication | None = None
) -> Article:
    """Return the article as written by these authors for certain, or by those of a choice, by its number from 1.

    Nobody else is credited. Who was found under the same name keeps address, biography and picture unless others are
    given; of authors.toml, its people. Raises IssueError when there is no such choice.
    """
    if choice:
        choices = list_choices(article)
        if choice > len(choices):
            hint = f"There are {len(choices)}." if choices else 'Nobody was found: --author "NAME=ADDRESS".'
            raise IssueError(f"there is no choice {choice}", address=article.title, hint=hint)
        authors = choices[choice - 1].authors
    said = tuple(_complete_author(one, article.authors) for one in authors)
    said = register_authors(said, publication) if publication else said
    return replace(article, authors=said, certainty="certain", witnesses=())


def _complete_author(given: Author, found: Sequence[Author]) -> Author:
    """Complete an author with what is known of somebody found under the same name."""
    known = next((one for one in found if is_same_name(one.name, given.name)), given)
    values = {name: getattr(given, name) or getattr(known, name) for name in ("url", "email", "bio", "avatar")}
    return replace(given, **values)
