"""Identity: an id is minted once, and what was published stays as it was remembered."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from dispatch import identity
from dispatch.checks import corrected
from dispatch.checks.case import Case
from dispatch.checks.rules import file, finding, short
from dispatch.model import Finding, Publication, Record

# RFC 3987, section 2.2: a scheme, a colon, something, and none of what no IRI may hold.
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"\\^`{|}]+')
LOCK = "dispatch.lock"
_THINGS = ("article", "issue")
_PAGES = ("issue", "page")


def check(case: Case) -> Iterator[Finding]:
    """Judges the ids and keys of the issue, its anchors, and what the ledger remembers."""
    yield from _of_issue(case)
    for edition, part in case.parts:
        if part.page and edition.format == "web":
            ids = Counter(tag.attributes["id"] for tag in part.page.tags if "id" in tag.attributes)
            for name in (name for name, times in ids.items() if times > 1):
                yield finding("ids.duplicate", part.where, f"Two places are called #{short(name)}: a link finds one")
    if case.current is not None:
        yield from _changed(case, case.current)


def _of_issue(case: Case) -> Iterator[Finding]:
    issue = case.issue
    whose: dict[str, str] = {}
    for other in case.earlier:
        whose |= {other.id: file(other)} | {article.id: file(other, article) for article in other.articles}
    keys: set[str] = set()
    if issue.id in whose:
        yield finding("ids.duplicate", file(issue), f"Its id is also that of {whose[issue.id]}: {short(issue.id)}")
    whose[issue.id] = file(issue)
    if not _IRI.fullmatch(issue.id):
        yield finding("ids.absolute", file(issue), f"Its id is no absolute IRI: “{short(issue.id)}”")
    for article in issue.articles:
        where = file(issue, article)
        if not _IRI.fullmatch(article.id):
            yield finding("ids.absolute", where, f"Its id is no absolute IRI: “{short(article.id)}”")
        if article.id in whose:
            yield finding("ids.duplicate", where, f"Its id is also that of {whose[article.id]}: {short(article.id)}")
        whose.setdefault(article.id, where)
        if article.key in keys:
            yield finding("ids.duplicate", where, f"Two articles have the key {short(article.key)}")
        keys.add(article.key)


def _changed(case: Case, current: tuple[Record, ...]) -> Iterator[Finding]:
    now = {record.id: record for record in current if record.kind in _THINGS}
    withdrawn = {record.id for record in current if record.kind == "withdrawn"}
    by_address = {(record.kind, record.url): record for record in now.values()}
    remembered = {record.id for record in case.published}
    where: dict[str, str] = {}
    answered: dict[str, frozenset[str]] = {}
    zone = case.publication.timezone
    for issue in (*case.earlier, case.issue):
        where |= {issue.id: file(issue)} | {article.id: file(issue, article) for article in issue.articles}
        for article in filter(lambda article: article.corrections, issue.articles):
            answered[article.id] = corrected.find_answered(article, issue, case.published, zone)
    for old in case.published:
        new = now.get(old.id)
        if old.kind == "withdrawn" and new and old.id not in withdrawn:
            when = f" on {old.published.date().isoformat()}" if old.published else ""
            what = f"Its id was withdrawn{when}, and is used again: {old.id}"
            yield finding("ids.withdrawn", where.get(old.id, LOCK), what)
        if old.kind not in _THINGS:
            continue
        if new is None:
            twin = by_address.get((old.kind, old.url))
            if twin and twin.id not in remembered:
                what = f"Its id was {old.id} and is {twin.id}: every reader would get it again"
                yield finding("ids.changed", where.get(twin.id, LOCK), what, f"Put back id: {old.id}")
            else:
                what = f"The {old.kind} {old.id} was published and is gone: {short(old.url)}"
                yield finding("ids.vanished", LOCK, what)
            continue
        found = _differences(old, new, where.get(old.id, LOCK), case.publication)
        yield from (one for one in found if one.rule not in answered.get(old.id, frozenset()))
    yield from _taken(case, current, where)


def _differences(old: Record, new: Record, where: str, publication: Publication) -> Iterator[Finding]:
    # A page may move within the site: the ledger leads from its old address to the new one.
    moves = identity.is_place(old.url, publication) and identity.is_place(new.url, publication)
    if old.url != new.url and not moves:
        what = f"Its address was published as {old.url} and is now {new.url}"
        hint = f"Put back url: {old.url} or, if that was wrong, name the new one with dispatch issue correct."
        yield finding("ids.link", where, what, hint)
    if old.published != new.published:
        was, is_ = (moment.isoformat() if moment else "unknown" for moment in (old.published, new.published))
        yield finding("ids.date", where, f"Its date was published as {was} and is now {is_}")
    # Where nobody was named, a byline takes nothing from anybody.
    if old.authors and old.authors != new.authors:
        yield finding(
            "ids.authors", where, "Its authors, their order or their addresses are not those that were published"
        )


def _taken(case: Case, current: tuple[Record, ...], where: Mapping[str, str]) -> Iterator[Finding]:
    """Which pages stand where another one stood that is elsewhere now: who follows a link there meets the wrong one."""
    present = {(record.id, record.kind): record.url for record in current if record.kind in _PAGES}
    owners = {record.url: record for record in case.published if record.kind in _PAGES}
    ways = {
        record.id: owners[record.url] for record in case.published if record.kind == "moved" and record.url in owners
    }
    for (id_, kind), url in present.items():
        owner = ways.get(url) or owners.get(url)
        if owner and owner.id != id_ and present.get((owner.id, owner.kind), url) != url:
            what = f"Its address was that of {owner.id}, which has moved: {url}"
            yield finding(
                "ids.link", where.get(id_, LOCK), what, f"Choose another {'slug' if kind == 'issue' else 'key'}"
            )
