"""``dispatch withdraw``."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

import click

from dispatch import compose, issues, ledger, terms
from dispatch.cli.context import Desk, desk, moment, say, tell
from dispatch.errors import IssueError
from dispatch.model import Article, Issue, Publication, Withdrawal


@click.command()
@click.argument("issue")
@click.argument("article", required=False)
@click.option("--because", default="", help="Why, in a sentence for your readers.")
@click.option("--date", help="When. Default: now.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
def withdraw(issue: str, article: str | None, because: str, date: str | None, dry_run: bool) -> None:
    """Take back ARTICLE, a key or a number, in ISSUE; or, without it, the whole ISSUE.

    Title, authors, source and id stay, and a notice with the date and the reason. The text goes out of the files, with
    everything else that was shown of it; what is in git stays in git. Readers get the notice, under the same id, with
    the next dispatch publish. The id is never used again.

    What was withdrawn without a reason may be given one later, in the same way; its date is then that of the reason.

    \b
    Examples:
      dispatch withdraw defence 2 --because "The figures were invented."
      dispatch withdraw defence a-more-powerful-nato --dry-run
      dispatch withdraw defence --because "It was sent by mistake."
    """
    with desk().changing() if not dry_run else nullcontext(desk()) as here:
        _withdraw(here, here.issue(issue), article, because, date, dry_run=dry_run)


def _withdraw(here: Desk, old: Issue, article: str | None, because: str, date: str | None, *, dry_run: bool) -> None:
    """Write the withdrawal; says what goes, and what is left to do. Raises IssueError."""
    one = old
    what = compose.named(one, article) if article else one
    _published(here.publication, one, what)
    if what.withdrawn and because and not what.withdrawn.text:
        one = _unsaid(one, what)
    elif what.withdrawn:
        say(f"“{what.title}” was withdrawn on {what.withdrawn.date:%Y-%m-%d} already: nothing is changed")
        return
    said = Withdrawal(date=moment(date, here.publication), text=" ".join(because.split()))
    if date and said.date <= (last := _last(one, what)):
        raise click.BadParameter(
            f"readers have “{what.title}” as of {last:%Y-%m-%d %H:%M}, and would not see what is dated before. "
            "Give a later date, or leave it out: now.",
            param_hint="--date",
        )
    left = compose.withdraw(one, article or "", said)
    shown = sorted(set(issues.pictures(here.publication, one)) - set(issues.pictures(here.publication, left)))
    paths = list(_paths(here, one, left))
    if not dry_run:
        issues.change(here.publication, old, left)
    say(
        f"{'Would withdraw' if dry_run else 'Withdrew'} “{what.title}”: its text {'goes' if dry_run else 'went'} out of"
    )
    for path in paths:
        tell(path)
    for name in shown:
        say(f"Nothing shows issues/{one.slug}/{name} any more: delete it, if it must go too")
    if not dry_run:
        say("What is in git stays in git, and what was sent by mail stays in the mailboxes")
        say("Next: dispatch publish")


def _published(publication: Publication, one: Issue, what: Issue | Article) -> None:
    """Raises IssueError when no reader can have it."""
    if what.id in {record.id for record in ledger.read(publication)}:
        return
    hint = f"dispatch issue remove {one.slug} {what.key}" if isinstance(what, Article) else f"delete issues/{one.slug}/"
    raise IssueError(f"“{what.title}” was never published, so there is nothing to take back", hint=hint)


def _unsaid(one: Issue, what: Issue | Article) -> Issue:
    """The issue as though it had not been withdrawn, to be withdrawn with a reason; what had one keeps it."""

    def is_meant(article: Article) -> bool:
        return article.id == what.id or (isinstance(what, Issue) and article.withdrawn == what.withdrawn)

    sections = (
        replace(
            section,
            articles=tuple(
                replace(article, withdrawn=None) if is_meant(article) else article for article in section.articles
            ),
        )
        for section in one.sections
    )
    return replace(one, sections=tuple(sections), withdrawn=None if isinstance(what, Issue) else one.withdrawn)


def _last(one: Issue, what: Issue | Article) -> datetime:
    """The moment that readers know as that of its last change."""
    if isinstance(what, Article):
        return terms.changed(what, one)
    return max([one.date, *(terms.changed(article, one) for article in one.articles)])


def _paths(here: Desk, one: Issue, left: Issue) -> Iterator[str]:
    """The files that a withdrawal changes."""
    before = {article.id: article for article in one.articles}
    root = here.publication.root
    if left.withdrawn:
        yield issues.path(here.publication, one).relative_to(root).as_posix()
    for article in left.articles:
        if before[article.id] != article:
            yield issues.path(here.publication, one, article).relative_to(root).as_posix()
