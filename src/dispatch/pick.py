"""Pick articles out of the inbox, or from anywhere, into an issue: what ``dispatch add`` and the desk have in common.

Under the publication's lock, which the caller holds.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

from dispatch import compose, issues
from dispatch.errors import IssueError
from dispatch.frozen import dataclass
from dispatch.model import Arrival, Article, Issue, Publication

if TYPE_CHECKING:
    from dispatch.inbox import Inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Articles that are to come into an issue together."""

    articles: Sequence[Article]
    section: Annotated[str, "where they go; where their source's articles go when empty"] = ""
    arrival: Annotated[Arrival | None, "where they come from the inbox"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PickResult:
    """What became of what was picked."""

    issue: Annotated[Issue, "as its files hold it now"]
    added: list[Article] = field(default_factory=list)
    back: Annotated[list[Article], "of these, those whose files stood there and were in no section"] = field(
        default_factory=list
    )
    passed: Annotated[list[Article], "those that the issue had already"] = field(default_factory=list)
    failed: Annotated[list[IssueError], "why some could not be written"] = field(default_factory=list)


@contextmanager
def open_with_uses(publication: Publication, *, only_reads: bool = False) -> Iterator["Inbox"]:
    """Open the inbox, which learns what the issues and the ledger have used. Raises GatherError and IssueError."""
    from dispatch import inbox

    with inbox.open_inbox(publication, used=partial(_list_used, publication), only_reads=only_reads) as box:
        yield box


def add_to_issue(publication: Publication, slug: str, picks: Sequence[Pick]) -> PickResult:
    """Write articles into the issue. Raises DispatchError, and has then written nothing."""
    target = changed = issues.read_issue(publication, slug)
    unlisted = issues.read_unlisted(publication, target)
    result = PickResult(issue=target)
    for pick, article in ((one, article) for one in picks for article in one.articles):
        with_it, new, known = compose.add_articles(
            changed,
            [article],
            publication,
            section=pick.section,
            unlisted=unlisted,
            shared=pick.arrival.shared if pick.arrival else _is_shared(pick, article),
        )
        try:
            for one in (one for one in new if one not in unlisted):
                issues.prove_article(publication, slug, one)
        except IssueError as error:
            result.failed.append(compose.explain_arrival(error, pick.arrival) if pick.arrival else error)
            continue
        changed = with_it
        result.added.extend(new)
        result.back.extend(one for one in new if one in unlisted)
        result.passed.extend(known)
    changed = issues.change_issue(publication, target, changed)
    return replace(result, issue=changed)


def take_back(publication: Publication, slug: str, gone: Sequence[Article], sections: Collection[str]) -> None:
    """Take articles out of an issue again and delete their files, unless somebody has changed these meanwhile.

    sections: the titles of those that were there before; of others, an empty one goes as well. Raises IssueError.
    """
    one = issues.read_issue(publication, slug)
    keys = {article.key for article in gone}
    rest = one.change_articles(lambda article: article if article.key not in keys else None)
    stay = (part for part in rest.sections if part.articles or part.title in sections)
    changed = issues.change_issue(publication, one, replace(rest, sections=tuple(stay)))
    for article in gone:
        issues.delete_article_file(publication, changed, article)


def _list_used(publication: Publication, slug: str) -> list[tuple[str, str]]:
    """List the ids and addresses of an issue's articles; without a slug, of all that the ledger remembers."""
    from dispatch import ledger

    if slug:
        return issues.list_article_addresses(publication, slug)
    return [(record.id, record.url) for record in ledger.read_records(publication) if record.kind == "article"]


def _is_shared(pick: Pick, article: Article) -> bool:
    """Whether a feed gives an article's address to another one, too."""
    return any(one.url == article.url and one.title != article.title for one in pick.articles)
