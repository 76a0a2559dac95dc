"""dispatch.lock: what was published, so that nothing of it changes unseen.

A line an article and an issue, sorted, in git: id, kind, address, date and a digest of the authors, with tabs between
them. Others say more of the same id: ``page``, where an article stands alone, or is now that it does not any more;
``entered``, the moment at which feeds say that it was published (``find_entry_moments``), of an issue where that is
not its date;
``withdrawn``, which is never taken back; ``mended``, what a correction has answered for (in the address's place) and
which time that was (at the end), so that it answers for no other change. A line ``moved`` begins with an old address
of the site, or one where an article stood before it came here, and leads to the present one; it ends with ``feed``
where the feed of a list has its id from there. Lines ``author``, ``source``, ``section`` and ``tag`` say whose list
stands at an address, now and for ever, and end with the id of its oldest article. A line ``round`` says that an issue
is on its way to subscribers, ``sent`` that it went out: from which store, since when, and a digest of the message, or
as which draft of a mail service; no address of a reader, and no number of them. What would break a line stands as its
number, ``\\u0009``. ``init`` tells git to merge both sides of such a file (``merge=union``).
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import unquote

from dispatch import derived, files, identity, links
from dispatch.deferred import defer_pattern
from dispatch.errors import IssueError
from dispatch.ledger_lines import format_line, format_moment, parse_line
from dispatch.model import Article, Contents, Fault, Issue, Place, Publication, Record
from dispatch.text import refuse_merge_leftover

FILE = "dispatch.lock"

_HEAD = "# What was published: id, kind, address, date, authors. Made by dispatch publish.\n"
# No line can say which of two readers have: that is settled in the article's file, and published.
_MERGED = "two branches published it differently: take the file of their common ancestor from git, and publish again"
# A path that may become a folder of the site; what is no part of an old page's name is left out.
_OLD_PATH = defer_pattern(r"(?:[\w.~!$&'()*+,;=:@%-]{1,200}/){1,12}", re.ASCII)
_UNSAFE = defer_pattern(r"[\x00-\x1f\x7f\\:*]|(?:^|/)[. ]|//|[. ](?:/|$)")
_PAGES = ("issue", "page")
_LISTS = ("author", "source", "section", "tag")

_ROUNDS = ("round", "sent")

Shown = TypeVar("Shown", bound=Contents)


def read_records(publication: Publication) -> tuple[Record, ...]:
    """Read what was published, by id; nothing before the first time. Raises IssueError with every wrong line.

    The site's own addresses are those of today, wherever it was served then.
    """
    path = publication.root / FILE
    if not os.path.lexists(path):
        return ()
    text = files.read_text(path, within=publication.root, error=IssueError, most=files.MOST_BYTES)
    refuse_merge_leftover(text, file=FILE, error=IssueError, keep="the lines of both sides")
    found: dict[tuple[str, str], Record] = {}
    faults: list[Fault] = []

    def add_fault(number: int, what: str, hint: str = "take the file as it was from git") -> None:
        faults.append(Fault(what=what, place=Place(file=FILE, line=number), hint=hint))

    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            record = _move_record(parse_line(line.removesuffix("\r").split("\t")), publication)
        except ValueError as error:
            add_fault(number, str(error))
            continue
        if record.kind == "entered":  # two branches published it: readers of the first have it since then
            record = min(record, found.get(_make_key(record), record), key=lambda one: format_moment(one.published))
            found[_make_key(record)] = record
        elif record.kind in _LISTS:  # each branch has its oldest article
            known = found.get(_make_key(record), record)
            found[_make_key(record)] = min(record, known, key=lambda one: one.authors or "\uffff")
        elif found.setdefault(_make_key(record), record) != record:
            add_fault(number, f"another line says something else of {record.id}", _MERGED)
    if faults:
        raise IssueError(*faults)
    return tuple(found[key] for key in sorted(found))


def record_issues(
    publication: Publication, *issues: Issue, names: Iterable[Record] = (), known: Iterable[Record] | None = None
) -> bool:
    """Record issues and their articles as published; return whether that was news. Raises IssueError.

    Of their texts nothing is needed. A page that has another address than it had leaves a line that leads there.
    names: the addresses of the site's lists. known: what the ledger is to remember besides, by default all it does.
    """
    path = publication.root / FILE
    old = files.read_file(path, within=publication.root, error=IssueError) if os.path.lexists(path) else b""
    known = tuple(read_records(publication) if known is None else known)
    now = (*make_records(issues, publication), *_record_entries(issues, known), *names)
    left = _merge_records(known, now, publication.url)
    body = (_HEAD + "".join(sorted(map(format_line, left)))).encode("utf-8")
    return files.replace_file(path, old, body, within=publication.root, error=IssueError)


def record_round(publication: Publication, record: Record) -> None:
    """Record that an issue is on its way to subscribers, or went out. Raises IssueError."""
    path = publication.root / FILE
    old = files.read_file(path, within=publication.root, error=IssueError) if os.path.lexists(path) else b""
    known = {_make_key(one): one for one in read_records(publication)}
    if _make_key(record) in known:
        return
    body = (_HEAD + "".join(sorted(map(format_line, (*known.values(), record))))).encode("utf-8")
    files.replace_file(path, old, body, within=publication.root, error=IssueError)


def drop_issue(
    records: Sequence[Record], issue: Issue, rest: Iterable[Issue], publication: Publication
) -> tuple[Record, ...]:
    """Drop what is remembered of an issue alone: itself, all articles that it ever had, the ways to its pages.

    rest: the other published issues, of whose articles nothing is dropped. The site's lists stay.
    """
    kept = {id_ for other in rest for id_ in (other.id, *(article.id for article in other.articles))}
    own = {issue.id, *(article.id for article in issue.articles)}
    pages = (
        derived.build_issue_address(publication, issue.slug),
        *(one.url for one in records if one.kind == "issue" and one.id == issue.id),
    )

    def is_dropped(one: Record) -> bool:
        if one.kind in (*_LISTS, *_ROUNDS) or one.id in kept:
            return False
        return one.id in own or one.id.startswith(f"{issue.id}/") or one.url.startswith(pages)

    return tuple(one for one in records if not is_dropped(one))


def find_moved_pages(
    publication: Publication, *issues: Issue, names: Iterable[Record] = (), known: Iterable[Record] | None = None
) -> Mapping[str, str]:
    """Find the pages that have moved: by old path the present one, both below the publication's address.

    issues: what is about to be remembered as well. names, known: as for ``record_issues``. Raises IssueError.
    """
    within = f"{publication.url}/"
    known = read_records(publication) if known is None else known
    left = _merge_records(known, (*make_records(issues, publication), *names), publication.url)
    return {
        one.id.removeprefix(within): one.url.removeprefix(within)
        for one in left
        if one.kind == "moved" and one.id.startswith(within) and one.url.startswith(within)
    }


def find_entry_moments(issues: Iterable[Contents], known: Iterable[Record]) -> dict[str, datetime]:
    """Date the entry of each issue and each article into the publication, by id: as feeds say it, and in their order.

    An issue enters at its date, and its articles with it, each a second before the one above it, so that readers who
    sort keep the order. What would stand before something that is published already enters after the latest of that.
    What is known keeps the moment that it has, wherever it stands now. No clock is asked.
    """
    known = tuple(known)
    seen = {one.id for one in known if one.kind in ("article", "issue")}
    entered = {one.id: one.published for one in known if one.kind == "entered" and one.published}
    dates = [*entered.values(), *(one.published for one in known if one.kind == "issue" and one.published)]
    latest = max(dates, default=None)
    found: dict[str, datetime] = {}
    for issue in sorted(issues, key=lambda issue: (issue.date, issue.number or 0, issue.slug)):
        new = [one.id for one in issue.articles if one.id not in entered and one.id not in found]
        date = entered.get(issue.id, issue.date)
        if issue.id not in seen:
            if latest and issue.id not in entered and date - timedelta(seconds=max(0, len(new) - 1)) <= latest:
                date = latest + timedelta(seconds=max(1, len(new)))
            latest = max(latest or date, date)
        late = [id_ for id_ in new if issue.id in seen and id_ not in seen]
        first = latest + timedelta(seconds=len(late)) if latest else date
        latest = first if late else latest
        found.setdefault(issue.id, date)
        for begin, ids in ((date, [id_ for id_ in new if id_ not in late]), (first, late)):
            found |= {id_: begin - timedelta(seconds=place) for place, id_ in enumerate(ids)}
        found |= {one.id: entered[one.id] for one in issue.articles if one.id in entered}
    return found


def set_entry_moments(issue: Shown, entered: Mapping[str, datetime]) -> Shown:
    """Return an issue, or a page, whose articles know when they entered, as far as ``find_entry_moments`` says so."""

    def set_moment(article: Article) -> Article:
        moment = entered.get(article.id)
        return article if moment == article.entered else replace(article, entered=moment)

    return issue.change_articles(set_moment)


def _record_entries(issues: Sequence[Issue], known: Sequence[Record]) -> Iterable[Record]:
    """Record when each article entered, and each issue that did so later than its date says."""
    entered = find_entry_moments(issues, known)
    late = [one.id for one in issues if entered[one.id] != one.date]
    for id_ in (*late, *(article.id for issue in issues for article in issue.articles)):
        yield Record(id=id_, kind="entered", url="", published=entered[id_])


def make_records(issues: Iterable[Issue], publication: Publication) -> tuple[Record, ...]:
    """Make the records of these issues and their articles as they are now, those of drafts before all others."""
    drafts_first = sorted(issues, key=lambda issue: issue.status == "published")
    keys = {(author.name, author.url): key for key, author in publication.authors.items()}
    former = {who: publication.former_names[key] for who, key in keys.items() if key in publication.former_names}
    return tuple(record for issue in drafts_first for record in _make_issue_records(issue, publication, former))


def _make_issue_records(issue: Issue, publication: Publication, former: derived.FormerNames) -> Iterable[Record]:
    page = derived.build_issue_address(publication, issue.slug)
    yield Record(id=issue.id, kind="issue", url=page, published=issue.date)
    if issue.withdrawn:
        yield Record(id=issue.id, kind="withdrawn", url=page, published=issue.withdrawn.date)
    for article in issue.articles:
        yield Record(
            id=article.id,
            kind="article",
            url=article.url,
            published=article.published,
            authors=next(identity.digest_authors(article.authors, publication)),
            former_authors=derived.digest_former_bylines(article.authors, former, publication),
        )
        alone = derived.has_own_page(article.source)
        place = page + (f"{article.key}/" if alone else f"#{article.key}")
        yield Record(id=article.id, kind="page", url=place)
        for old in filter(None, (_find_old_page(url, publication) for url in article.former_urls)):
            yield Record(id=old, kind="moved", url=place)
        for what, times in derived.count_mends(article).items():
            for number in range(1, times + 1):
                yield Record(id=article.id, kind="mended", url=what, number=number)
        if article.withdrawn:
            yield Record(id=article.id, kind="withdrawn", url=article.url, published=article.withdrawn.date)


def _find_old_page(url: str, publication: Publication) -> str:
    """Find which page of the site an old address named, with a slash at its end; empty when no host redirects it."""
    now = links.encode_ascii(identity.move_address(url, publication)).rstrip("/") + "/"
    path = now.removeprefix(f"{publication.url}/")
    return now if path != now and _OLD_PATH.fullmatch(path) and not _UNSAFE.search(unquote(path)) else ""


def _merge_records(known: Iterable[Record], now: Sequence[Record], site: str) -> list[Record]:
    """Merge current records into the known ones; add a redirect for each page whose address changed.

    Ways are as short as can be: each leads to where the page is now. An address that is in use leads nowhere else.
    """
    found = {_make_key(record): record for record in known}
    left: dict[str, str] = {}
    for record in now:
        was = found.get(_make_key(record))
        if was is None and record.kind == "page" and "#" in record.url:
            continue  # it never stood alone
        if was and was.url != record.url and record.kind in _PAGES:
            left[was.url] = record.url
        found[_make_key(record)] = record
    # A list that goes on under another id, or at another address, has passed its address on.
    lists = {record.url: record for record in now if record.kind in _LISTS}
    passed = {record.id for record in now if record.kind == "moved"}
    used = {record.url for record in found.values() if record.kind in _PAGES} | lists.keys()
    ways = [Record(id=old, kind="moved", url=new) for old, new in left.items() if _is_site_page(old, site)]
    ways += [replace(one, url=left.get(one.url, one.url)) for one in found.values() if one.kind == "moved"]
    others = [
        record
        for record in found.values()
        if record.kind != "moved"
        and (record.kind not in _LISTS or (lists.get(record.url, record) == record and record.url not in passed))
    ]
    return [*others, *{one.id: one for one in ways if one.id not in used}.values()]


def _is_site_page(url: str, site: str) -> bool:
    """Whether an address is that of a whole page of the site."""
    return url.startswith(f"{site}/") and "#" not in url


def _make_key(record: Record) -> tuple[str, str]:
    """Make the key of which there is one line: an article and an issue share ids; two branches may give a list two
    addresses.

    Of one article any number of things may have been mended, each any number of times.
    """
    kind = "" if record.kind in ("article", "issue") else record.kind
    if kind == "mended":
        return record.id, f"{kind} {record.url} {record.number}"
    return record.id, f"{kind} {record.url}" if kind in (*_LISTS, *_ROUNDS) else kind


def _move_record(record: Record, publication: Publication) -> Record:
    """Return what was recorded while the publication had another address as if it had had the present one."""
    id_ = identity.move_address(record.id, publication) if record.kind == "moved" else record.id
    return replace(record, id=id_, url=identity.move_address(record.url, publication))
