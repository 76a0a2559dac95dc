"""``dispatch withdraw``."""

from collections.abc import Iterator

import click

from dispatch import compose, issues, ledger
from dispatch.cli.desk import Desk, desk, moment, say, tell
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

    \b
    Examples:
      dispatch withdraw defence 2 --because "The figures were invented."
      dispatch withdraw defence a-more-powerful-nato --dry-run
      dispatch withdraw defence --because "It was sent by mistake."
    """
    here = desk()
    one = here.issue(issue)
    what = compose.named(one, article) if article else one
    _published(here.publication, one, what)
    if what.withdrawn:
        say(f"“{what.title}” was withdrawn on {what.withdrawn.date:%Y-%m-%d} already: nothing is changed")
        return
    said = Withdrawal(date=moment(date, here.publication), text=" ".join(because.split()))
    left = compose.withdraw(one, article or "", said)
    shown = sorted(set(issues.pictures(here.publication, one)) - set(issues.pictures(here.publication, left)))
    paths = list(_paths(here, one, left))
    say(f"{'Would withdraw' if dry_run else 'Withdrawing'} “{what.title}”: its text goes out of")
    for path in paths:
        tell(path)
    if not dry_run:
        issues.write(here.publication, left)
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


def _paths(here: Desk, one: Issue, left: Issue) -> Iterator[str]:
    """The files that a withdrawal changes."""
    before = {article.id: article for article in one.articles}
    root = here.publication.root
    if left.withdrawn:
        yield issues.path(here.publication, one).relative_to(root).as_posix()
    for article in left.articles:
        if before[article.id] != article:
            yield issues.path(here.publication, one, article).relative_to(root).as_posix()
