"""Identity: an id is minted once, and what was published stays as it was remembered.

A correction allows the changes that its data names; its text is never read. Each answers once, and what is spent is
counted: whatever is edited in a correction that readers have, its date or its text, does not make it a new one.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from dispatch import derived, identity
from dispatch.checks.check_input import CheckInput
from dispatch.checks.rules import CONFIG, LOCK, find_place, make_finding
from dispatch.model import Article, Finding, Mended, Place, Publication, Record, Subject

# RFC 3987, section 2.2: a scheme, a colon, something, and none of what no IRI may hold.
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"\\^`{|}]+')
_THINGS = ("article", "issue")
_PAGES = ("issue", "page")
# How many times each thing of each article, by its id, was mended.
Spent = Mapping[tuple[str, str], int]

# The rule of published things that a mended thing would break. A headline is promised to nobody.
_RULES: Mapping[Mended, str] = {"authors": "ids.authors", "date": "ids.date", "url": "ids.link"}


def check(case: CheckInput) -> Iterator[Finding]:
    """Judge the ids and keys of the issue, its anchors, and what the ledger remembers."""
    yield from _check_issue(case)
    for edition, part in case.renditions:
        if part.page and edition.format == "web":
            ids = Counter(tag.attributes["id"] for tag in part.page.tags if "id" in tag.attributes)
            for name in (name for name, times in ids.items() if times > 1):
                yield make_finding("ids.duplicate", "element", part.at, id=name)
    if case.current is not None:
        yield from _find_changes(case, case.current)


def _check_issue(case: CheckInput) -> Iterator[Finding]:
    issue = case.issue
    whose: dict[str, str] = {}
    for other in case.others:
        if issue.status == "published" and other.status != "published":
            continue  # what both have was copied there
        whose |= {other.id: _name_file(find_place(other))}
        whose |= {article.id: _name_file(find_place(other, article)) for article in other.articles}
    keys: set[str] = set()
    if issue.id in whose:
        yield make_finding("ids.duplicate", "id", find_place(issue, key="id"), id=issue.id, file=whose[issue.id])
    whose[issue.id] = _name_file(find_place(issue))
    if not _IRI.fullmatch(issue.id):
        yield make_finding("ids.absolute", "id", find_place(issue, key="id"), id=issue.id)
    for article in issue.articles:
        place = find_place(issue, article, "id")
        if not _IRI.fullmatch(article.id):
            yield make_finding("ids.absolute", "id", place, id=article.id)
        if article.id in whose:
            yield make_finding("ids.duplicate", "id", place, id=article.id, file=whose[article.id])
        whose.setdefault(article.id, _name_file(place))
        if article.key in keys:
            yield make_finding("ids.duplicate", "key", find_place(issue, article), found=article.key)
        keys.add(article.key)


def _name_file(place: Place) -> str:
    return place.file or place.edition


def _find_changes(case: CheckInput, current: tuple[Record, ...]) -> Iterator[Finding]:
    now = {record.id: record for record in current if record.kind in _THINGS}
    withdrawn = {record.id for record in current if record.kind == "withdrawn"}
    by_address = {(record.kind, record.url): record for record in now.values()}
    remembered = {record.id for record in case.published}
    spent = count_spent(case.published)
    where: dict[str, Place] = {}
    articles: dict[str, Article] = {}
    # What a draft has a copy of is the published one.
    for issue in sorted((*case.others, case.issue), key=lambda issue: issue.status == "published"):
        where[issue.id] = find_place(issue)
        where |= {article.id: find_place(issue, article) for article in issue.articles}
        articles |= {article.id: article for article in issue.articles}

    def find_keyed(id_: str, key: str) -> Place:
        return replace(where[id_], key=key) if id_ in where else Place(file=LOCK)

    for old in case.published:
        new = now.get(old.id)
        if old.kind == "withdrawn" and new and old.id not in withdrawn:
            when = old.published.date().isoformat() if old.published else ""
            yield make_finding("ids.withdrawn", "id", find_keyed(old.id, "id"), id=old.id, date=when)
        if old.kind not in _THINGS:
            continue
        if new is None:
            twin = by_address.get((old.kind, old.url))
            if twin and twin.id not in remembered:
                yield make_finding("ids.changed", "id", find_keyed(twin.id, "id"), found=twin.id, wanted=old.id)
            else:
                subject: Subject = "issue" if old.kind == "issue" else "article"
                yield make_finding("ids.vanished", subject, Place(file=LOCK), id=old.id, url=old.url)
            continue
        article = articles.get(old.id)
        answered = find_answered(article, spent) if article else frozenset[str]()
        missing = count_missing(article, spent) if article else {}
        if (
            article
            and old.authors != new.authors
            and old.authors in identity.digest_authors(article.authors, case.publication)
        ):
            new = replace(new, authors=old.authors)
        found = _compare_records(old, new, partial(find_keyed, old.id), case.publication, missing)
        yield from (one for one in found if one.rule not in answered)
    yield from _find_taken_places(case, current, where)


def count_spent(published: Iterable[Record]) -> Spent:
    """Count, among the records of dispatch.lock, the corrections that readers have: they have answered."""
    spent: Counter[tuple[str, str]] = Counter()
    for record in published:
        if record.kind == "mended":
            spent[record.id, record.url] = max(spent[record.id, record.url], record.number)
    return spent


def find_answered(article: Article, spent: Spent) -> frozenset[str]:
    """Find the rules that an article's corrections answer: a change of what they mend is said to readers with it.

    They answer when more of them mend a thing than ``spent``, as count_spent gives it, knows: one that was published
    has answered for what was published with it, and for nothing after that. What was taken away altogether, no
    correction answers.
    """
    there = {"authors": article.authors, "date": article.published, "url": article.url}
    times = derived.count_mends(article)
    return frozenset(
        rule for what, rule in _RULES.items() if there[what] and times[what] > spent.get((article.id, what), 0)
    )


def count_missing(article: Article, spent: Spent) -> Mapping[str, int]:
    """Count, by the rule that they answered, the corrections that were published and that the article has no more."""
    times = derived.count_mends(article)
    left = {rule: spent.get((article.id, what), 0) - times[what] for what, rule in _RULES.items()}
    return {rule: count for rule, count in left.items() if count > 0}


def _compare_records(
    old: Record, new: Record, place: Callable[[str], Place], publication: Publication, missing: Mapping[str, int]
) -> Iterator[Finding]:
    if old.url == identity.move_address(new.url, publication):  # an address of the site as it was, kept as it is
        new = replace(new, url=old.url)
    # A page may move within the site: the ledger leads from its old address to the new one.
    moves = identity.is_issue_address(old.url, publication) and identity.is_issue_address(new.url, publication)
    # An issue has no address of its own: it follows from that of the publication.
    is_issue = old.kind == "issue"
    if old.url != new.url and not moves and is_issue:
        yield make_finding("ids.link", "issue", Place(file=CONFIG, key="url"), found=new.url, wanted=old.url)
    elif old.url != new.url and not moves:
        count = missing.get("ids.link")
        yield make_finding("ids.link", "link", place("url"), found=new.url, wanted=old.url, mends="url", count=count)
    if old.published != new.published:
        wanted, found = (moment.isoformat() if moment else "" for moment in (old.published, new.published))
        if is_issue:
            yield make_finding("ids.date", "issue", place("date"), found=found, wanted=wanted)
        else:
            mends, count = "date" if found else "", missing.get("ids.date")
            where = place("published")
            yield make_finding("ids.date", "date", where, found=found, wanted=wanted, mends=mends, count=count)
    # Where nobody was named, a byline takes nothing from anybody; a person of authors.toml may have another name now.
    if old.authors and old.authors != new.authors and old.authors not in new.former_authors:
        mends, count = "authors" if new.authors else "", missing.get("ids.authors")
        yield make_finding("ids.authors", "name", place("authors"), mends=mends, count=count)


def _find_taken_places(case: CheckInput, current: tuple[Record, ...], where: Mapping[str, Place]) -> Iterator[Finding]:
    """Report pages that stand where another one stood that is elsewhere now: a link there leads to the wrong one."""
    present = {(record.id, record.kind): record.url for record in current if record.kind in _PAGES}
    owners = {record.url: record for record in case.published if record.kind in _PAGES}
    ways = {
        record.id: owners[record.url] for record in case.published if record.kind == "moved" and record.url in owners
    }
    for (id_, kind), url in present.items():
        owner = ways.get(url) or owners.get(url)
        if owner and owner.id != id_ and present.get((owner.id, owner.kind), url) != url:
            subject: Subject = "issue" if kind == "issue" else "article"
            yield make_finding("ids.link", subject, where.get(id_, Place(file=LOCK)), id=owner.id, url=url)
