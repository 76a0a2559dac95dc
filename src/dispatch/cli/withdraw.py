"""``dispatch withdraw``."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

import click

from dispatch import compose, derived, issues, ledger
from dispatch.cli.context import OpenPublication, open_publication, parse_moment, print_note, print_result
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
    with open_publication().lock_for_change() if not dry_run else nullcontext(open_publication()) as here:
        _write_withdrawal(here, here.read_issue(issue), article, because, date, dry_run=dry_run)


def _write_withdrawal(
    here: OpenPublication, old: Issue, article: str | None, because: str, date: str | None, *, dry_run: bool
) -> None:
    """Write the withdrawal; report what is removed, and what is left to do. Raises IssueError."""
    one = old
    what = compose.find_article(one, article) if article else one
    _require_published(here.publication, one, what)
    if what.withdrawn and because and not what.withdrawn.text:
        one = _undo_withdrawal(one, what)
    elif what.withdrawn:
        print_note(f"“{what.title}” was already withdrawn on {what.withdrawn.date:%Y-%m-%d}: nothing changed")
        return
    said = Withdrawal(date=parse_moment(date, here.publication), text=" ".join(because.split()))
    if date and said.date <= (last := _find_last_change(one, what)):
        raise click.BadParameter(
            f"readers have “{what.title}” as of {last:%Y-%m-%d %H:%M}, and would not see an earlier change. "
            "Give a later date, or leave it out.",
            param_hint="--date",
        )
    left = compose.withdraw(one, article or "", said)
    shown = sorted(set(issues.read_pictures(here.publication, one)) - set(issues.read_pictures(here.publication, left)))
    paths = list(_list_changed_paths(here, one, left))
    if not dry_run:
        issues.change_issue(here.publication, old, left)
    would = "Would withdraw" if dry_run else "Withdrew"
    print_note(f"{would} “{what.title}”. Its text {'would be' if dry_run else 'was'} removed from:")
    for path in paths:
        print_result(path)
    for name in shown:
        print_note(f"Nothing shows issues/{one.slug}/{name} any more: delete it if it must go too")
    if not dry_run:
        print_note("The text is still in the history of git, and in every email that was sent")
        print_note("Next: dispatch publish")


def _require_published(publication: Publication, one: Issue, what: Issue | Article) -> None:
    """Require that the article or issue was published. Raises IssueError."""
    if what.id in {record.id for record in ledger.read_records(publication)}:
        return
    hint = f"dispatch issue remove {one.slug} {what.key}" if isinstance(what, Article) else f"delete issues/{one.slug}/"
    raise IssueError(f"“{what.title}” was never published, so there is nothing to withdraw", hint=hint)


def _undo_withdrawal(one: Issue, what: Issue | Article) -> Issue:
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


def _find_last_change(one: Issue, what: Issue | Article) -> datetime:
    """Find the moment that readers know as that of its last change."""
    if isinstance(what, Article):
        return derived.find_last_change(what, one)
    return max([one.date, *(derived.find_last_change(article, one) for article in one.articles)])


def _list_changed_paths(here: OpenPublication, one: Issue, left: Issue) -> Iterator[str]:
    """List the files that a withdrawal changes."""
    before = {article.id: article for article in one.articles}
    root = here.publication.root
    if left.withdrawn:
        yield issues.find_path(here.publication, one).relative_to(root).as_posix()
    for article in left.articles:
        if before[article.id] != article:
            yield issues.find_path(here.publication, one, article).relative_to(root).as_posix()
