"""Decide whom to credit when a page's witnesses disagree, and how certain that is.

A witness is a list of people that one kind of markup names. A *sure* one is made to name authors (structured data,
citation metas, microformats, author boxes); a *guess* often names somebody else (a byline's text, ``rel=author``,
``meta name=author``). trafilatura is no witness: it reads the same markup, and would confirm its mistakes.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from dispatch.identity import fold_spelling, is_name_inverted
from dispatch.model import Author, Certainty
from dispatch.readers import people
from dispatch.readers.limits import MOST_AUTHORS

Statement = Sequence[Author]  # whom a witness names


def choose_authors(
    sure: Sequence[Statement],
    guesses: Sequence[Statement],
    houses: Collection[str] = (),
) -> tuple[list[Author], Certainty]:
    """Choose the people that most witnesses support, a sure one before a guess, and return how certain that is.

    certain: nobody contradicts, and each is named by a sure witness or by two guesses, and by more than a login.
    likely: nobody contradicts, or several agree against others.
    unknown: each witness names others; the choice is shown to the editor only.

    houses: names of the site and its publisher; like every staff and agency, they are credited only where no person is
    named, and never certain.
    """
    # Each name is compared with all others. One more than is taken, so that it is said.
    sure, guesses = ([witness[: MOST_AUTHORS + 1] for witness in kind] for kind in (sure, guesses))
    sure, guesses = _prefer_people(sure, guesses, houses)
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
    # A house is often named for want of a person.
    vouched = not any(people.is_house(author.name, houses) for author in shown) and all(
        any(_is_author_named(witness, author, named) for witness in sure)
        or sum(_is_author_named(witness, author, named) for witness in guesses) > 1
        for author in named
    )
    return shown, people.limit_certainty(shown, "certain" if vouched else "likely")


def _prefer_people(
    sure: Sequence[Statement], guesses: Sequence[Statement], houses: Collection[str]
) -> tuple[list[Statement], list[Statement]]:
    """Leave out the houses where any witness names a person."""

    def list_people(witness: Statement) -> Statement:
        if all(people.is_house(author.name, houses) for author in witness):
            return ()
        return [one for one in witness if not people.is_same_house(one.name, houses)]

    kept = [[list_people(one) for one in kind] for kind in (sure, guesses)]
    if not any(map(any, kept)):
        kept = [list(sure), list(guesses)]
    return [one for one in kept[0] if one], [one for one in kept[1] if one]


def _agrees_with(named: Statement, other: Statement) -> bool:
    """Whether a witness names nobody but these people; either side may write all names in one."""
    return all(
        any(_is_same_person(person, author) for author in named) or _has_joined_names(person, named) for person in other
    ) or (len(named) == 1 and _has_joined_names(named[0], other))


def _is_same_person(one: Author, other: Author) -> bool:
    """Whether two names are likely one person's, of whom one witness may say the first name only."""
    return (
        people.are_names_alike(one.name, other.name)
        or people.is_part_of_name(one.name, other.name)
        or people.is_part_of_name(other.name, one.name)
    )


def _is_author_named(witness: Statement, author: Author, named: Statement) -> bool:
    """Whether a witness names this author, alone or together with all the others."""
    return any(
        _is_same_person(person, author) or _has_joined_names(person, named) for person in witness
    ) or _has_joined_names(author, witness)


def _has_joined_names(person: Author, named: Iterable[Author]) -> bool:
    return people.is_joined_name(person.name, [author.name for author in named])


def _use_fullest_name(author: Author, everyone: Iterable[Author]) -> Author:
    """Give the author the fullest spelling of the name: no login, no first name only, initials with full stops."""
    forms = [other.name for other in everyone if _is_same_person(other, author)]

    def rate_form(form: str) -> tuple[bool, int, bool, int]:
        is_plain = not (people.is_login(form) or is_name_inverted(form))
        return is_plain, len(fold_spelling(form)), not form.isupper(), form.count(".")

    return replace(author, name=max([author.name, *forms], key=rate_form))
