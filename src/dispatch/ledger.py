"""dispatch.lock: what was published, so that nothing of it changes unseen.

A line an id, sorted, in git: id, kind, address, date and a digest of the authors, with tabs between them. What would
break a line stands as its number, ``\\u0009``. ``init`` tells git to merge both sides of such a file (``merge=union``).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import get_args, get_type_hints

from dispatch import files, terms
from dispatch.errors import IssueError
from dispatch.model import Author, Issue, Publication, Record

FILE = "dispatch.lock"

_HEAD = "# What was published: id, kind, address, date, authors. Made by dispatch publish.\n"
_NONE = "-"  # no date, no authors: an empty field at a line's end would be lost to editors
_BREAKING = re.compile("^[#<=>-]|[\\\\\x00-\x1f\x7f\x85\u2028\u2029\ufeff\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
_KINDS = get_args(get_type_hints(Record)["kind"])


def read(publication: Publication) -> tuple[Record, ...]:
    """What was published, by id; nothing before the first time. Raises IssueError with every line that is wrong."""
    path = publication.root / FILE
    if not path.exists():
        return ()
    text = files.text(path, within=publication.root, error=IssueError)
    if marked := re.search(r"^(?:<{7}|={7}|>{7})", text, re.MULTILINE):
        place = f"{FILE}:{text.count(chr(10), 0, marked.start()) + 1}"
        raise IssueError("an unfinished merge", subject=place, hint="keep the lines of both sides")
    found: dict[str, Record] = {}
    faults: list[str] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            record = _record(line.removesuffix("\r").split("\t"))
        except ValueError as error:
            faults.append(f"{FILE}:{number}: {error}")
            continue
        if found.setdefault(record.id, record) != record:
            faults.append(f"{FILE}:{number}: another line says something else of {record.id}")
    if faults:
        raise IssueError("\n".join(faults), hint="take the file as it was from git")
    return tuple(found[id_] for id_ in sorted(found))


def remember(publication: Publication, issue: Issue) -> bool:
    """Write down an issue and its articles as published; whether that was news. Raises IssueError."""
    known = {record.id: record for record in (*read(publication), *records([issue], publication))}
    lines = sorted(_line(record) for record in known.values())
    body = (_HEAD + "".join(lines)).encode("utf-8")
    return files.write(publication.root / FILE, body, within=publication.root, error=IssueError)


def records(issues: Iterable[Issue], publication: Publication) -> tuple[Record, ...]:
    """What the ledger would remember of these issues and their articles as they are now."""
    return tuple(record for issue in issues for record in _records(issue, publication))


def _records(issue: Issue, publication: Publication) -> Iterable[Record]:
    page = terms.page(publication, issue.slug)
    yield Record(id=issue.id, kind="issue", url=page, published=issue.date, authors="")
    for article in issue.articles:
        yield Record(
            id=article.id,
            kind="article",
            url=article.url,
            published=article.published,
            authors=_digest(article.authors),
        )


def _digest(authors: Sequence[Author]) -> str:
    """Sixteen digits that change with any author's name or address, or with their order; empty without authors."""
    said = json.dumps([[author.name, author.url] for author in authors])
    return hashlib.sha256(said.encode("ascii")).hexdigest()[:16] if authors else ""


def _line(record: Record) -> str:
    """A record as its line."""
    date = record.published.astimezone(UTC).isoformat().replace("+00:00", "Z") if record.published else ""
    fields = (record.id, record.kind, record.url, date, record.authors)
    return "\t".join(_BREAKING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", part) or _NONE for part in fields) + "\n"


def _record(fields: Sequence[str]) -> Record:
    """A line's record. Raises ValueError."""
    if len(fields) != 5:
        raise ValueError(f"must have 5 parts with tabs between them, not {len(fields)}")
    id_, kind, url, date, authors = ("" if part == _NONE else _ESCAPED.sub(_sign, part) for part in fields)
    if kind not in _KINDS:
        raise ValueError(f"the second part must be {' or '.join(_KINDS)}, not “{kind}”")
    published = datetime.fromisoformat(date) if date else None
    return Record(id=id_, kind="issue" if kind == "issue" else "article", url=url, published=published, authors=authors)


def _sign(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 16))
