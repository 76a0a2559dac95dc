"""Proves that no byline and no link is lost: runs CHECKS over an issue and its finished editions.

Pure: what the disk, the ledger and the network say is handed in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dispatch.checks import CHECKS, RULES, links, parts
from dispatch.checks import received as reception
from dispatch.checks.case import Case
from dispatch.formats import FORMATS
from dispatch.model import Contents, Edition, Fault, Finding, Issue, Publication, Record


def findings(
    issue: Contents,
    editions: Iterable[Edition],
    publication: Publication,
    *,
    published: tuple[Record, ...] = (),
    current: tuple[Record, ...] | None = None,
    others: tuple[Issue, ...] = (),
    states: Mapping[str, Fault | None] | None = None,
    missing: tuple[tuple[str, str], ...] = (),
    astray: tuple[tuple[str, str], ...] = (),
    strays: tuple[str, ...] = (),
) -> list[Finding]:
    """Everything that is wrong with an issue and its editions, errors first.

    published: what dispatch.lock remembers; current: what it would remember of all issues as they are now, None when
    nobody looked. others: the other issues, of whatever date. states: what came of asking an address (see
    ``addresses``): None when it answers, else why not. missing: pictures that are named and not there, as file that
    names it and name; astray: links that were written relative and lead nowhere, likewise. strays: article files that
    no section lists.
    """
    case = Case(
        issue=issue,
        publication=publication,
        editions=tuple(map(_as_read_back, editions)),
        published=published,
        current=current,
        others=others,
        states=states or {},
        missing=missing,
        astray=astray,
        strays=strays,
    )
    return _sorted((found for check in CHECKS.values() for found in check(case)), publication)


def judge(edition: Edition, issue: Contents, publication: Publication) -> list[Finding]:
    """What is wrong with one finished edition, whoever made it; the issue itself is taken as right."""
    return [one for one in findings(issue, (edition,), publication) if one.place.edition == edition.path]


def received(message: Edition, issue: Contents, publication: Publication) -> list[Finding]:
    """What a mail service did to a message: parts, names, and each link of each article."""
    return _sorted(reception.check(Case(issue=issue, publication=publication, editions=(message,))), publication)


def edition_of(path: str, body: bytes) -> Edition:
    """A finished file as an edition of the format that it looks like. Raises CheckError when it looks like none."""
    return parts.recognise(path, body)


def addresses(issue: Issue) -> list[str]:
    """Every web address of an issue, once, in the order in which they are read: what ``--online`` asks."""
    all_of_them = (address.url for address in links.addresses(issue))
    return list(dict.fromkeys(url for url in all_of_them if url.lower().startswith(("http://", "https://"))))


def _as_read_back(edition: Edition) -> Edition:
    """The edition under the format as which it is read back: the checks know no renderer and ask no table of theirs."""
    row = FORMATS.get(edition.format)
    return replace(edition, format=row.like) if row and row.like else edition


def _sorted(found: Iterable[Finding], publication: Publication) -> list[Finding]:
    """Errors first, then by rule and place in the order of the tables; without what is switched off, each once."""
    order = {rule: place for place, rule in enumerate(RULES)}
    left = dict.fromkeys(one for one in found if one.rule not in publication.check)
    return sorted(left, key=lambda one: (one.severity != "error", order[one.rule]))
