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
@click.option("--because", default="", help="The reason, in a sentence for your readers.")
@click.option("--date", help="The date of the withdrawal. Default: now.")
@click.option("--dry-run", is_flag=True, help="Show what would be removed, and change nothing.")
def withdraw(issue: str, article: str | None, because: str, date: str | None, dry_run: bool) -> None:
    """Withdraw ARTICLE (a key or a number) in ISSUE or, without ARTICLE, the whole ISSUE.

    Title, authors, source and id stay, with a notice that gives the date and the reason. The text and everything else
    that was shown is removed from the files; git keeps its history. With the next dispatch publish, readers get the
    notice under the same id, which is never used again.

    A withdrawal without a reason can be given one later, in the same way; it then has the date of the reason.

    \b
    Examples:
      dispatch withdraw defence 2 --because "The figures were invented."
      dispatch withdraw defence a-more-powerful-nato --dry-run
      dispatch withdraw defence --because "It was sent by mistake."
    """
    with desk().changing() if not dry_run else nullcontext(desk()) as here:
        _withdraw(here, here.issue(issue), article, because, date, dry_run=dry_run)


def _withdraw(here: Desk, old: Issue, article: str | None, because: str, date: str | None, *, dry_run: bool) -> None:
    """Write the withdrawal; report what is removed, and what is left to do. Raises IssueError."""
    one = old
    what = compose.named(one, article) if article else one
    _published(here.publication, one, what)
    if what.withdrawn and because and not what.withdrawn.text:
        one = _unsaid(one, what)
    elif what.withdrawn:
        say(f"“{what.title}” was already withdrawn on {what.withdrawn.date:%Y-%m-%d}: nothing changed")
        return
    said = Withdrawal(date=moment(date, here.publication), text=" ".join(because.split()))
    if date and said.date <= (last := _last(one, what)):
        raise click.BadParameter(
            f"readers have “{what.title}” as of {last:%Y-%m-%d %H:%M}, and would not see an earlier change. "
            "Give a later date, or leave it out.",
            param_hint="--date",
        )
    left = compose.withdraw(one, article or "", said)
    shown = sorted(set(issues.pictures(here.publication, one)) - set(issues.pictures(here.publication, left)))
    paths = list(_paths(here, one, left))
    if not dry_run:
        issues.change(here.publication, old, left)
    would = "Would withdraw" if dry_run else "Withdrew"
    say(f"{would} “{what.title}”. Its text {'would be' if dry_run else 'was'} removed from:")
    for path in paths:
        tell(path)
    for name in shown:
        say(f"Nothing shows issues/{one.slug}/{name} any more: delete it if it must go too")
    if not dry_run:
        say("The text is still in the history of git, and in every email that was sent")
        say("Next: dispatch publish")


def _published(publication: Publication, one: Issue, what: Issue | Article) -> None:
    """Require that the article or issue was published. Raises IssueError."""
    if what.id in {record.id for record in ledger.read(publication)}:
        return
    hint = f"dispatch issue remove {one.slug} {what.key}" if isinstance(what, Article) else f"delete issues/{one.slug}/"
    raise IssueError(f"“{what.title}” was never published, so there is nothing to withdraw", hint=hint)


def _unsaid(one: Issue, what: Issue | Article) -> Issue:
    """Undo a withdrawal without a reason, so that it can be repeated with one; what had a reason keeps it."""

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
    """Find the moment that readers know as that of its last change."""
    if isinstance(what, Article):
        return terms.changed(what, one)
    return max([one.date, *(terms.changed(article, one) for article in one.articles)])


def _paths(here: Desk, one: Issue, left: Issue) -> Iterator[str]:
    """List the files that a withdrawal changes."""
    before = {article.id: article for article in one.articles}
    root = here.publication.root
    if left.withdrawn:
        yield issues.path(here.publication, one).relative_to(root).as_posix()
    for article in left.articles:
        if before[article.id] != article:
            yield issues.path(here.publication, one, article).relative_to(root).as_posix()
