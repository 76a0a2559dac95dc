"""Proves that no byline and no link is lost: runs CHECKS over an issue and its finished editions.

Pure: what the disk, the ledger and the network say is handed in.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from dispatch import derived
from dispatch.checks import CHECKS, RULES, links
from dispatch.checks import received as reception
from dispatch.checks.check_input import CheckInput, recognise_edition
from dispatch.formats import FORMATS
from dispatch.model import Contents, Edition, Fault, Finding, Issue, Publication, Record
from dispatch.tokens import LENGTH, MAILBOX_LENGTH

_LEAVE = re.compile(rb"^List-Unsubscribe:((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_WAY = re.compile("<([^<>]*)>")


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
    names: tuple[str, ...] = (),
    first_headings: tuple[tuple[str, int], ...] = (),
    unmerged: tuple[tuple[str, int], ...] = (),
    folders: tuple[tuple[str, bool], ...] = (),
) -> list[Finding]:
    """Find everything that is wrong with an issue and its editions, errors first.

    What else is known is handed in; each keyword is explained at the field of CheckInput that has its name.
    """
    case = CheckInput(
        issue=_name_sources(issue, publication),
        publication=publication,
        editions=tuple(map(_as_read_back, editions)),
        published=published,
        current=current,
        others=others,
        states=states or {},
        missing=missing,
        astray=astray,
        strays=strays,
        names=names,
        first_headings=first_headings,
        unmerged=unmerged,
        folders=folders,
    )
    found = [one for check in CHECKS.values() for one in check(case)]
    if any(one.rule == "ids.duplicate" and not one.place.edition for one in found):
        # Two articles of one id are one for whoever reads an edition: what is missing there says nothing else.
        found = [one for one in found if not one.place.edition]
    return _sort_findings(found, publication)


def check_edition(edition: Edition, issue: Contents, publication: Publication) -> list[Finding]:
    """Find what is wrong with one finished edition, whoever made it; the issue itself is taken as right."""
    named = _name_reader(edition, publication)
    return [one for one in findings(issue, (edition,), named) if one.place.edition == edition.path]


def check_received(message: Edition, issue: Contents, publication: Publication, service: str = "") -> list[Finding]:
    """Find what a mail service did to a message: parts, names, and each link of each article.

    service: the name of the service that the issue was pasted into, where it was.
    """
    case = CheckInput(
        issue=_name_sources(issue, publication), publication=_name_reader(message, publication), editions=(message,)
    )
    return _sort_findings(reception.check(case, service), publication)


def check_pasted(service: str, editions: Iterable[Edition], issue: Contents, publication: Publication) -> list[Finding]:
    """Find what a mail service would change of an issue whose editions were rendered for it."""
    case = CheckInput(issue=_name_sources(issue, publication), publication=publication, editions=tuple(editions))
    return _sort_findings(reception.check_pasted(case, service), publication)


def recognise_file(path: str, body: bytes) -> Edition:
    """Take a finished file for an edition of the format that it looks like. Raises CheckError when that is none."""
    return recognise_edition(path, body)


def list_addresses(issue: Issue) -> list[str]:
    """List every web address of an issue once, in the order in which they are read: what ``--online`` asks."""
    all_of_them = (address.url for address in links.list_addresses(issue))
    return list(dict.fromkeys(url for url in all_of_them if url.lower().startswith(("http://", "https://"))))


def _name_sources(issue: Contents, publication: Publication) -> Contents:
    return issue.change_articles(lambda one: derived.name_source(one, publication))


def _name_reader(edition: Edition, publication: Publication) -> Publication:
    """Expect in a message that was filled for one reader the ways to leave that its own header says."""
    header = _LEAVE.search(edition.body) if edition.format == "eml" else None
    ways = tuple(_WAY.findall(header[1].decode("ascii", "replace"))) if header else ()
    leave = f"{derived.find_subscription_pages(publication)}leave/"
    _, _, domain = publication.delivery.bounces.rpartition("@")
    ours = [re.escape(leave) + rf"[\w-]{{{LENGTH}}}"] if leave != "leave/" else []
    mailto = rf"mailto:leave\+[a-z2-7]{{{MAILBOX_LENGTH}}}@{re.escape(domain)}\?subject=unsubscribe"
    ours += [mailto] if domain else []
    if len(ways) != len(ours) or not ours or not all(map(re.fullmatch, ours, ways)):
        return publication
    return replace(publication, email=replace(publication.email, unsubscribe=ways))


def _as_read_back(edition: Edition) -> Edition:
    """Name the format as which an edition is read back: the checks know no renderer and ask no table of theirs."""
    row = FORMATS.get(edition.format)
    return replace(edition, format=row.like) if row and row.like else edition


def _sort_findings(found: Iterable[Finding], publication: Publication) -> list[Finding]:
    """Sort findings: errors first, then in the order of the tables; each once, without what is switched off."""
    order = {rule: place for place, rule in enumerate(RULES)}
    left = dict.fromkeys(one for one in found if one.rule not in publication.check)
    return sorted(left, key=lambda one: (one.severity != "error", order[one.rule]))
