"""Merge what a command changed in an issue into the issue as its files are now. Pure.

A command reads an issue, changes it and writes it. What a person, or another command, wrote into the files meanwhile
stays; where both changed the same key to something else, nothing is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TypeVar

from dispatch.errors import IssueError
from dispatch.model import Article, Fault, Issue, Place, Section

Noun = TypeVar("Noun", Issue, Article)
Outline = Sequence[tuple[Section, tuple[str, ...]]]

_NOT_COMPARED = frozenset({"sections", "file", "own"})


def merge_changes(old: Issue, new: Issue, now: Issue) -> Issue:
    """Make the changes that lead from ``old`` to ``new`` in ``now``, and leave everything else as it is there.

    Articles are told by their ids. Which articles stand in which section counts as one key. Raises IssueError, with
    the file and the keys, where somebody else changed the same to something else.
    """
    if now == old:
        return new
    file = f"issues/{now.slug}/issue.md"
    outline = _merge_outlines(file, *map(_make_outline, (old, new, now)))
    articles = _merge_articles(*({article.id: article for article in issue.articles} for issue in (old, new, now)))
    sections = (replace(section, articles=tuple(articles[id_] for id_ in ids)) for section, ids in outline)
    return replace(_merge_fields(file, old, new, now), sections=tuple(sections))


def _make_outline(issue: Issue) -> Outline:
    """Return the sections without their articles, and the ids of these."""
    return [
        (replace(section, articles=()), tuple(article.id for article in section.articles)) for section in issue.sections
    ]


def _merge_outlines(file: str, old: Outline, new: Outline, now: Outline) -> Outline:
    if new == old:
        return now
    if now not in (old, new):
        raise _make_clash_error(file, "sections")
    return new


def _merge_articles(
    old: Mapping[str, Article], new: Mapping[str, Article], now: Mapping[str, Article]
) -> dict[str, Article]:
    merged = {**now}
    for id_, article in new.items():
        was, there = old.get(id_), now.get(id_)
        if was and there:
            merged[id_] = _merge_fields(there.file, was, article, there)
        elif there and there != article:
            raise _make_clash_error(there.file, "id")
        elif not was:
            merged[id_] = article
        elif was != article:
            raise _make_clash_error(was.file, "sections")
    return merged


def _merge_fields(file: str, old: Noun, new: Noun, now: Noun) -> Noun:
    """Make the changes of one noun's own fields."""
    changed = {
        field.name: getattr(new, field.name)
        for field in fields(old)
        if field.name not in _NOT_COMPARED and getattr(new, field.name) != getattr(old, field.name)
    }
    clashes = [key for key, value in changed.items() if getattr(now, key) not in (getattr(old, key), value)]
    if clashes:
        raise _make_clash_error(file, *clashes)
    return replace(now, **changed)


def _make_clash_error(file: str, *keys: str) -> IssueError:
    what = "somebody else changed it while this command ran: nothing is written"
    hint = "Look at the file, and run the command again."
    return IssueError(*(Fault(what=what, place=Place(file=file, key=key), hint=hint) for key in keys))
