"""Decide whom to credit when a page's witnesses disagree, and how certain that is.

A witness is a list of people that one kind of markup names. A *sure* one is made to name authors (structured data,
citation metas, microformats, author boxes); a *guess* often names somebody else (a byline's text, ``rel=author``,
``meta name=author``). trafilatura is no witness: it reads the same markup, and would confirm its mistakes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dispatch.identity import is_name_inverted
from dispatch.model import Author, Certainty
from dispatch.readers import people

Witness = Sequence[Author]


def choose_authors(sure: Sequence[Witness], guesses: Sequence[Witness]) -> tuple[list[Author], Certainty]:
    """Choose the people that most witnesses support, a sure one before a guess, and return how certain that is.

    certain: nobody contradicts, and each is named by a sure witness or by two guesses.
    likely: nobody contradicts, or several agree against others.
    unknown: each witness names others; the choice is shown to the editor only.
    """
    sure, guesses = [one for one in sure if one], [one for one in guesses if one]
    heard = [*sure, *guesses]
    if not heard:
        return [], "unknown"

    def weigh_witness(place: int) -> tuple[int, bool, int]:
        return sum(_agrees_with(heard[place], other) for other in heard), place < len(sure), len(heard[place])

    named = heard[max(range(len(heard)), key=weigh_witness)]
    support = [other for other in heard if _agrees_with(named, other)]
    everyone = [author for witness in heard for author in witness]
    shown = [_use_fullest_name(author, everyone) for author in named]
    if len(support) < len(heard):
        return shown, "likely" if len(support) > 1 else "unknown"
    vouched = all(
        any(_is_author_named(witness, author, named) for witness in sure)
        or sum(_is_author_named(witness, author, named) for witness in guesses) > 1
        for author in named
    )
    return shown, "certain" if vouched else "likely"


def _agrees_with(named: Witness, other: Witness) -> bool:
    """Whether a witness names nobody but these people; either side may write all names in one."""
    return all(
        any(people.are_names_alike(person.name, author.name) for author in named) or _has_joined_names(person, named)
        for person in other
    ) or (len(named) == 1 and _has_joined_names(named[0], other))


def _is_author_named(witness: Witness, author: Author, named: Witness) -> bool:
    """Whether a witness names this author, alone or together with all the others."""
    return any(
        people.are_names_alike(person.name, author.name) or _has_joined_names(person, named) for person in witness
    ) or _has_joined_names(author, witness)


def _has_joined_names(person: Author, named: Iterable[Author]) -> bool:
    return people.is_joined_name(person.name, [author.name for author in named])


def _use_fullest_name(author: Author, everyone: Iterable[Author]) -> Author:
    """Give the author the fullest spelling of the name: not inverted for an index, initials with full stops."""
    forms = [other.name for other in everyone if people.are_names_alike(other.name, author.name)]
    return replace(
        author, name=max([author.name, *forms], key=lambda form: (not is_name_inverted(form), form.count(".")))
    )
