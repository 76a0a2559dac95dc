"""``dispatch withdraw``."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import click

from dispatch import compose, derived, git, issues, ledger
from dispatch.cli.completion import complete_article, complete_issue
from dispatch.cli.context import (
    YES,
    OpenPublication,
    open_publication,
    parse_moment,
    print_next,
    print_note,
    print_result,
    require_consent,
)
from dispatch.errors import IssueError
from dispatch.model import Article, Fault, Issue, Place, Publication, Withdrawal
from dispatch.text import quote_word


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument("article", required=False, shell_complete=complete_article)
@click.option("--because", default="", help="The reason, in a sentence for your readers.")
@click.option("--date", help="The date of the withdrawal. Default: now.")
@click.option("--dry-run", is_flag=True, help="Show what would be removed, and change nothing.")
@click.option("--without-copy", is_flag=True, help="Remove the text even if git does not hold it.")
@YES
def withdraw(
    issue: str, article: str | None, because: str, date: str | None, dry_run: bool, without_copy: bool, yes: bool
) -> None:
    """Withdraw ARTICLE (a key or a number) in ISSUE or, without ARTICLE, the whole ISSUE.

    Title, authors, source and id stay, with a notice that gives the date and the reason. The text and everything else
    that was shown is removed from the files, which git must hold as they are. With the next dispatch publish, readers
    get the notice under the same id, which is never used again. What nobody has yet: dispatch unpublish.

    A withdrawal without a reason can be given one later, in the same way; it then has the date of the reason.

    \b
    Examples:
      dispatch withdraw defence 2 --because "The figures were invented."
      dispatch withdraw defence a-more-powerful-nato --dry-run
      dispatch withdraw defence --because "It was sent by mistake."
    """
    here = open_publication()
    old = here.read_issue(issue)
    what = compose.find_article(old, article) if article else old
    if left := _plan_withdrawal(here, old, what, because, date):
        _write_withdrawal(here, old, left, what, is_dry=dry_run, without_copy=without_copy, is_sure=yes)


def _plan_withdrawal(
    here: OpenPublication, old: Issue, what: Issue | Article, because: str, date: str | None
) -> Issue | None:
    """Return what is left of an issue after the withdrawal; None when that was made before. Raises IssueError."""
    one = old
    _require_published(here.publication, one, what)
    if what.withdrawn and because and not what.withdrawn.text:
        one = _undo_withdrawal(one, what)
    elif what.withdrawn and because and because != what.withdrawn.text:
        file = what.file if isinstance(what, Article) else f"issues/{old.slug}/issue.md"
        raise IssueError(
            f"“{what.title}” was withdrawn on {what.withdrawn.date:%Y-%m-%d}, and readers have another reason",
            subject=file,
            hint=f"To give this one, change text below withdrawn in {file}, and publish.",
        )
    elif what.withdrawn:
        print_note(f"“{what.title}” was already withdrawn on {what.withdrawn.date:%Y-%m-%d}: nothing changed")
        return None
    said = Withdrawal(date=parse_moment(date, here.publication), text=" ".join(because.split()))
    if date and said.date <= (last := _find_last_change(one, what)):
        raise click.BadParameter(
            f"readers have “{what.title}” as of {last:%Y-%m-%d %H:%M}, and would not see an earlier change. "
            "Give a later date, or leave it out.",
            param_hint="--date",
        )
    return compose.withdraw(one, what.key if isinstance(what, Article) else "", said)


def _write_withdrawal(
    here: OpenPublication,
    old: Issue,
    left: Issue,
    what: Issue | Article,
    *,
    is_dry: bool,
    without_copy: bool,
    is_sure: bool,
) -> None:
    """Write the withdrawal, if it is meant; report what is removed, and what is left to do. Raises IssueError."""
    paths = _list_changed_paths(old, left)
    if not is_dry:
        guarded = () if without_copy or what.withdrawn else paths  # what was withdrawn before has no text any more
        _require_copies(here, guarded)
        unpublish = f"If nobody has the issue yet, take it back without a notice: dispatch unpublish {old.slug}"
        question = f"Withdraw “{what.title}” for good, and remove its text from {', '.join(paths)}?"
        require_consent(question, unpublish, is_given=is_sure)
        with here.lock_for_change() as now_here:
            _require_copies(now_here, guarded)  # somebody may have written into them meanwhile
            issues.change_issue(now_here.publication, old, left)
    would = "Would withdraw" if is_dry else "Withdrew"
    print_note(f"{would} “{what.title}”. Its text {'would be' if is_dry else 'was'} removed from:")
    for path in paths:
        print_result(path)
    shown, still_shown = (issues.read_pictures(here.publication, one) for one in (old, left))
    for name in sorted(shown.keys() - still_shown.keys()):
        print_note(f"Nothing shows issues/{old.slug}/{name} any more: delete it if it must go too")
    if not is_dry:
        is_in_git = any(git.has_tracked(here.root, path) for path in paths)
        print_note(
            f"The text is still in {'the history of git, and in ' if is_in_git else ''}every email that was sent"
        )
        print_next("dispatch publish")


def _require_copies(here: OpenPublication, paths: Sequence[str]) -> None:
    """Raise IssueError when the last commit does not hold these files as they are now."""
    what = "git does not hold this file as it is now, and nothing else keeps the text that is removed"
    hint = "Commit it first: git init, git add --all, git commit. Or keep a copy, and add --without-copy."
    if unheld := git.find_unheld_files(here.root, paths):
        raise IssueError(*(Fault(what=what, place=Place(file=path), hint=hint) for path in unheld))


def _require_published(publication: Publication, one: Issue, what: Issue | Article) -> None:
    """Require that the article or issue was published. Raises IssueError."""
    if what.id in {record.id for record in ledger.read_records(publication)}:
        return
    hint = (
        f"dispatch issue remove {one.slug} {quote_word(what.key)}"
        if isinstance(what, Article)
        else f"delete issues/{one.slug}/"
    )
    raise IssueError(f"“{what.title}” was never published, so there is nothing to withdraw", hint=hint)


def _undo_withdrawal(one: Issue, what: Issue | Article) -> Issue:
    """Undo a withdrawal without a reason, so that it can be repeated with one; what had a reason keeps it."""

    def is_meant(article: Article) -> bool:
        return article.id == what.id or (isinstance(what, Issue) and article.withdrawn == what.withdrawn)

    undone = one.change_articles(lambda article: replace(article, withdrawn=None) if is_meant(article) else article)
    return replace(undone, withdrawn=None if isinstance(what, Issue) else one.withdrawn)


def _find_last_change(one: Issue, what: Issue | Article) -> datetime:
    """Find the moment that readers know as that of its last change."""
    return derived.find_last_change(what, one) if isinstance(what, Article) else derived.find_latest_moment(one)[0]


def _list_changed_paths(old: Issue, left: Issue) -> list[str]:
    """List the files that a withdrawal changes."""
    before = {article.id: article for article in old.articles}
    changed = [article.file for article in left.articles if before[article.id] != article]
    return [*([f"issues/{old.slug}/issue.md"] if left.withdrawn else []), *changed]
