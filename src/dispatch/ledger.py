"""dispatch.lock: what was published, so that nothing of it changes unseen.

A line an article and an issue, sorted, in git: id, kind, address, date and a digest of the authors, with tabs between
them. Others say more of the same id: ``page``, where an article stands alone, or is now that it does not any more;
``entered``, its place in the order of publication where its issue's date does not say it (``find_entry_moments``);
``withdrawn``, which is never taken back; ``mended``, what a correction has answered for (in the address's place) and
which time that was (at the end), so that it answers for no other change. A line ``moved`` begins with an old address
of the site, or one where an article stood before it came here, and leads to the present one. Lines ``author``,
``source``, ``section`` and ``tag`` say whose list stands at an address, now and for ever. What would break a line
stands as its number, ``\\u0009``. ``init`` tells git to merge both sides of
such a file (``merge=union``).
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from urllib.parse import unquote

from dispatch import derived, files, identity, links
from dispatch.errors import IssueError
from dispatch.model import Contents, Fault, Issue, Kind, Place, Publication, Record
from dispatch.text import refuse_merge_leftover

FILE = "dispatch.lock"

_HEAD = "# What was published: id, kind, address, date, authors. Made by dispatch publish.\n"
# No line can say which of two readers have: that is settled in the article's file, and published.
_MERGED = "two branches published it differently: take the file of their common ancestor from git, and publish again"
_NONE = "-"  # no date, no authors: an empty field at a line's end would be lost to editors
_BREAKING = re.compile("^[#<=>-]|[\\\\\x00-\x1f\x7f\x85\u2028\u2029\ufeff\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
# A path that may become a folder of the site; what is no part of an old page's name is left out.
_OLD_PATH = re.compile(r"(?:[\w.~!$&'()*+,;=:@%-]{1,200}/){1,12}", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:*]|(?:^|/)[. ]|//|[. ](?:/|$)")
_KINDS: tuple[Kind, ...] = get_args(Kind)
_PAGES = ("issue", "page")
_LISTS = ("author", "source", "section", "tag")


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
            record = _move_record(_parse_line(line.removesuffix("\r").split("\t")), publication)
        except ValueError as error:
            add_fault(number, str(error))
            continue
        if record.kind == "entered":  # two branches published it: readers of the first have it since then
            record = min(record, found.get(_make_key(record), record), key=lambda one: _format_moment(one.published))
            found[_make_key(record)] = record
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
    now = (*make_records(issues, publication), *_record_late(issues, known), *names)
    left = _merge_records(known, now, publication.url)
    body = (_HEAD + "".join(sorted(map(_format_line, left)))).encode("utf-8")
    return files.replace_file(path, old, body, within=publication.root, error=IssueError)


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
        if one.kind in _LISTS or one.id in kept:
            return False
        return one.id in own or one.id.startswith(f"{issue.id}/") or one.url.startswith(pages)

    return tuple(one for one in records if not is_dropped(one))


def find_moved_pages(
    publication: Publication, *issues: Issue, known: Iterable[Record] | None = None
) -> Mapping[str, str]:
    """Find the pages that have moved: by old path the present one, both below the publication's address.

    issues: what is about to be remembered as well. known: as for ``record_issues``. Raises IssueError.
    """
    within = f"{publication.url}/"
    known = read_records(publication) if known is None else known
    left = _merge_records(known, make_records(issues, publication), publication.url)
    return {
        one.id.removeprefix(within): one.url.removeprefix(within)
        for one in left
        if one.kind == "moved" and one.id.startswith(within) and one.url.startswith(within)
    }


def find_entry_moments(issues: Iterable[Contents], known: Iterable[Record]) -> dict[str, datetime]:
    """Date the entry of each issue and each article into the publication, by id: the order of publication, for ever.

    That is its issue's date; or, when something later had been published by then, a second after the latest of that.
    What is known keeps the moment that it has. No clock is asked.
    """
    known = tuple(known)
    seen = {one.id for one in known if one.kind in ("article", "issue")}
    late = {one.id: one.published for one in known if one.kind == "entered" and one.published}
    dates = [*late.values(), *(one.published for one in known if one.kind == "issue" and one.published)]
    found: dict[str, datetime] = {}
    for issue in sorted(issues, key=lambda issue: (issue.date, issue.number or 0, issue.slug)):
        for id_ in (issue.id, *(article.id for article in issue.articles)):
            moment = late.get(id_) or found.get(issue.id, issue.date)
            if dates and id_ not in seen and (id_ == issue.id or issue.id in seen):
                latest = max(dates)
                moment = moment if moment > latest else latest + timedelta(seconds=1)
                dates.append(moment)
            found.setdefault(id_, moment)
    return found


def _record_late(issues: Sequence[Issue], known: Sequence[Record]) -> Iterable[Record]:
    """Record what entered later than its issue says: nothing else says so."""
    entered = find_entry_moments(issues, known)
    for issue in issues:
        if entered[issue.id] != issue.date:
            yield Record(id=issue.id, kind="entered", url="", published=entered[issue.id])
        for article in issue.articles:
            if entered[article.id] != entered[issue.id]:
                yield Record(id=article.id, kind="entered", url="", published=entered[article.id])


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
        authors = derived.digest_byline(article.authors)
        known = derived.digest_former_bylines(article.authors, former)
        yield Record(
            id=article.id,
            kind="article",
            url=article.url,
            published=article.published,
            authors=authors,
            former_authors=known,
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
    used = {record.url for record in found.values() if record.kind in _PAGES}
    ways = {old: new for old, new in left.items() if _is_site_page(old, site)}
    ways |= {record.id: left.get(record.url, record.url) for record in found.values() if record.kind == "moved"}
    # A list that goes on under another id has passed its address on.
    lists = {(record.kind, record.url): record for record in now if record.kind in _LISTS}
    others = [
        record
        for record in found.values()
        if record.kind != "moved" and lists.get((record.kind, record.url), record) == record
    ]
    return [*others, *(Record(id=old, kind="moved", url=new) for old, new in ways.items() if old not in used)]


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
    return record.id, f"{kind} {record.url}" if kind in _LISTS else kind


def _format_line(record: Record) -> str:
    """Format a record as its line."""
    last = str(record.number) if record.kind == "mended" else record.authors
    fields = (record.id, record.kind, record.url, _format_moment(record.published), last)
    return "\t".join(_BREAKING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", part) or _NONE for part in fields) + "\n"


def _format_moment(moment: datetime | None) -> str:
    """Format a moment for a line, in UTC; empty without one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""


def _parse_line(fields: Sequence[str]) -> Record:
    """Parse a line's fields into a record. Raises ValueError."""
    if len(fields) != 5:
        raise ValueError(f"must have 5 parts with tabs between them, not {len(fields)}")
    id_, kind, url, date, last = map(_unescape_part, fields)
    known = next((known for known in _KINDS if known == kind), None)
    if known is None:
        raise ValueError(f"the second part must be {', '.join(_KINDS[:-1])} or {_KINDS[-1]}, not “{kind}”")
    published = datetime.fromisoformat(date) if date else None
    if known != "mended":
        return Record(id=id_, kind=known, url=url, published=published, authors=last)
    if not (last.isascii() and last.isdecimal()):
        raise ValueError(f"must end with the number of a correction, not “{last}”")
    return Record(id=id_, kind=known, url=url, published=published, number=int(last))


def _move_record(record: Record, publication: Publication) -> Record:
    """Return what was recorded while the publication had another address as if it had had the present one."""
    id_ = identity.move_address(record.id, publication) if record.kind == "moved" else record.id
    return replace(record, id=id_, url=identity.move_address(record.url, publication))


def _unescape_part(part: str) -> str:
    return "" if part == _NONE else _ESCAPED.sub(lambda one: chr(int(one[1], 16)), part) if "\\" in part else part
