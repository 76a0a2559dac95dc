"""``dispatch issue``: new, list, show, edit; what changes an issue's articles is in issue_articles."""

import itertools
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from dispatch import compose, files, html, issues
from dispatch.cli.article_options import describe_byline, describe_day
from dispatch.cli.completion import complete_article, complete_issue
from dispatch.cli.context import (
    NonEmptyText,
    OpenPublication,
    open_publication,
    parse_moment,
    print_error,
    print_json,
    print_next,
    print_note,
    print_result,
)
from dispatch.cli.issue_articles import correct, credit, move, remove
from dispatch.cli.issue_section import section
from dispatch.cli.listing import Cell, count_articles, mark_state, print_entry, print_rows
from dispatch.cli.other_words import AnsweringGroup
from dispatch.errors import DispatchError, IssueError, explain_refusal
from dispatch.model import Article, Contents, Issue
from dispatch.text import quote_word


@click.group(cls=AnsweringGroup)
def issue() -> None:
    """Start, show and edit issues.

    An issue's name may be shortened as long as it is unambiguous; an article is named by its key or its number.

    \b
    Examples:
      dispatch issue new "Who pays for defence"
      dispatch issue show
      dispatch issue move defence 3 --before 1
    """


issue.add_command(move)
issue.add_command(remove)
issue.add_command(correct)
issue.add_command(credit)
issue.add_command(section)


@issue.command()
@click.argument("title", type=NonEmptyText())
@click.option("--slug", default="", help="The name of its folder. Default: made from the title.")
@click.option("--date", help="Its date. Default: now.")
@click.option("--number", type=click.IntRange(0), help="Its number. Default: the next.")
@click.option(
    "--preheader", default="", help="The preview text that mailboxes show after the subject, 40 to 130 characters."
)
@click.option("--from-inbox", is_flag=True, help="Add the newest articles in the inbox that no issue uses yet.")
@click.option("--limit", type=click.IntRange(1), help="With --from-inbox: add at most this many. Default: 20.")
def new(
    title: str,
    slug: str,
    date: str | None,
    number: int | None,
    preheader: str,
    from_inbox: bool,
    limit: int | None,
) -> None:
    """Create an issue with TITLE.

    An article of the inbox that no file can hold stays there: it is named, and the exit code is 1.

    \b
    Examples:
      dispatch issue new "Who pays for defence"
      dispatch issue new "Who pays for defence" --slug defence --date 2026-11-22 --number 7
      dispatch issue new "Week 48" --slug week-48 --from-inbox --limit 12
    """
    from dataclasses import replace

    if limit and not from_inbox:
        raise click.UsageError("--limit needs --from-inbox.")
    with open_publication().lock_for_change() as here:
        earlier, _ = issues.read_heads(here.publication)
        draft = compose.draft_issue(
            here.publication, title, parse_moment(date, here.publication), slug=slug, earlier=earlier
        )
        draft = replace(draft, preheader=preheader, number=draft.number if number is None else number)
        added: list[Article] = []
        failed: list[IssueError] = []
        if from_inbox:
            prove = partial(issues.prove_article, here.publication)
            with here.open_inbox() as box:
                draft, added, failed = compose.add_from_inbox(
                    draft, box.list_arrivals(), here.publication, limit=limit or 20, prove=prove
                )
        issues.create_issue(here.publication, draft)
    print_result(f"issues/{draft.slug}/issue.md")
    for error in failed:
        print_error(error)
    if from_inbox:
        print_note(f"added {count_articles(len(added))} from the inbox")
    print_next(f"{'dispatch issue show' if added else 'dispatch add story.txt --issue'} {quote_word(draft.slug)}")
    if failed:
        sys.exit(1)


@issue.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_(as_json: bool) -> None:
    """List all issues, the newest first, and tell what is no issue, or has the number of another.

    \b
    Examples:
      dispatch issue list
      dispatch issue list --json
    """
    here = open_publication()
    everything, faults = issues.read_heads(here.publication)
    if as_json:
        print_json([_issue_to_data(one, len(one.keys)) for one in everything], indent=2)
    else:
        print_rows(map(_summarise_issue, everything))
    _tell_oddities(here, everything)
    if faults:
        raise IssueError(*faults)
    if not everything:
        print_note('No issues yet. Create one: dispatch issue new "Its title"')


@issue.command()
@click.argument("issue", required=False, shell_complete=complete_issue)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def show(issue: str | None, as_json: bool) -> None:
    """Show the sections and articles of ISSUE (default: the newest).

    \b
    Examples:
      dispatch issue show
      dispatch issue show defence --json
    """
    here = open_publication()
    one = here.read_issue(issue)
    strays = issues.list_strays(here.publication, one.slug)
    if as_json:
        said = _issue_to_data(one, sum(1 for _ in one.articles))
        print_json(said | {"sections": _sections_to_data(one), "strays": list(strays)}, indent=2)
        return
    _print_contents(one)
    for stray in strays:
        print_note("")
        print_note(f"{stray} is listed in no section, so no edition shows it")


@issue.command()
@click.argument("issue", required=False, shell_complete=complete_issue)
@click.argument("article", required=False, shell_complete=complete_article)
@click.option("--editor", envvar=["VISUAL", "EDITOR"], hidden=True)
def edit(issue: str | None, article: str | None, editor: str | None) -> None:
    """Open ISSUE, or one of its articles, in your editor, and report mistakes when you close it.

    You edit a copy, which replaces the file when you close the editor. If somebody else has changed the file in the
    meantime, their version stays, and you are told where yours is.

    \b
    Examples:
      dispatch issue edit
      dispatch issue edit defence
      dispatch issue edit defence a-more-powerful-nato
    """
    here = open_publication()
    one = here.read_issue(issue)
    found = compose.find_article(one, article) if article else None
    _edit_file(here, issues.find_path(here.publication, one, found), editor)
    here.read_issue(one.slug)


def _edit_file(here: OpenPublication, path: Path, editor: str | None) -> None:
    """Edit a copy of a file, which replaces it unless somebody else has changed it meanwhile. Raises IssueError."""
    root = here.publication.root
    if not (editor or sys.stdin.isatty()):
        hint = f"Edit {files.format_path(path, root)} itself, or name a program: EDITOR=nano dispatch issue edit …"
        raise IssueError("there is no terminal for an editor, and EDITOR names none", hint=hint)
    old = files.read_file(path, within=root, error=IssueError)
    copy = files.make_own_folder(root, error=IssueError) / f"edit-{os.getpid()}-{path.name}"
    files.write_file(copy, old, within=root, error=IssueError)
    try:
        click.edit(filename=str(copy), editor=editor)
        if (new := files.read_file(copy, within=root, error=IssueError)) != old:
            with here.lock_for_change():
                files.replace_file(path, old, new, within=root, error=IssueError)
    except (click.ClickException, DispatchError) as error:
        print_note(f"Your version is in {files.format_path(copy, root)}")
        if isinstance(error, click.ClickException) and isinstance(error.__cause__, OSError):
            raise explain_refusal(IssueError, error.__cause__, "the editor cannot be started") from error
        raise
    files.delete_file(copy, within=root, error=IssueError)


def _tell_oddities(here: OpenPublication, everything: Sequence[Contents]) -> None:
    """Tell which issues have the number of an older one, and which folders are no issues."""
    numbers = [one.number for one in everything if one.number]
    folders = issues.list_other_folders(here.publication)
    if len(set(numbers)) == len(numbers) and not folders:
        return  # what judges them is not worth loading
    from dispatch.checks.editorial import find_shared_number, judge_folders
    from dispatch.report import write_hint, write_message

    shared = (find_shared_number(one, everything[number:]) for number, one in enumerate(everything, 1))
    for found in itertools.chain(*shared, judge_folders(folders)):
        print_note(f"{found.place.file}: {write_message(found)}. {write_hint(found)}")


def _summarise_issue(one: "issues.IssueHead") -> tuple[str | Cell, ...]:
    """Summarise an issue in a row of a list."""
    number = f"No. {one.number}" if one.number else ""
    counted = count_articles(len(one.keys)).rjust(12)
    state = mark_state("withdrawn" if one.withdrawn else one.status)
    return one.slug, f"{one.date:%Y-%m-%d}", number, state, counted, one.title


def _print_contents(one: Issue) -> None:
    """Print an issue with its sections, and its articles with their numbers."""
    number = f"No. {one.number}" if one.number else ""
    state = mark_state("withdrawn" if one.withdrawn else one.status)
    print_entry("", one.title, (number, f"{one.date:%Y-%m-%d}", state, f"issues/{one.slug}/issue.md"))
    places = itertools.count(1)
    for part in one.sections:
        print_result("")
        print_entry("", part.title or "(no section)")
        if not part.articles:
            print_result("     (no articles yet)")
        for article in part.articles:
            print_entry(f"{next(places):3}", article.title, (article.key, *_summarise_article(article)))


def _summarise_article(article: Article) -> Iterator[Cell | str]:
    """Summarise an article: authors, and how sure that is, source, date, length."""
    yield describe_byline(article)
    if article.withdrawn:
        yield Cell(f"withdrawn on {article.withdrawn.date:%Y-%m-%d}", "wrong")
        return
    yield f"in {article.source.title}" if article.source.title else ""
    yield describe_day(article) or Cell("no date", "draft")
    yield str(article.source.syndicate)
    yield f"{html.count_words(html.to_plain_text(article.content))} words"


def _issue_to_data(one: Contents, articles: int) -> dict[str, object]:
    return {
        "slug": one.slug,
        "id": one.id,
        "number": one.number,
        "title": one.title,
        "date": one.date.isoformat(),
        "status": one.status,
        "withdrawn": one.withdrawn.date.isoformat() if one.withdrawn else None,
        "articles": articles,
    }


def _sections_to_data(one: Issue) -> list[dict[str, object]]:
    return [{"title": part.title, "articles": list(map(_article_to_data, part.articles))} for part in one.sections]


def _article_to_data(article: Article) -> dict[str, object]:
    return {
        "key": article.key,
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "dek": article.dek,
        "authors": [{"name": author.name, "url": author.url} for author in article.authors],
        "credits": [{"role": credit.role, "name": credit.name, "url": credit.url} for credit in article.credits],
        "certainty": article.certainty,
        "source": {"title": article.source.title, "url": article.source.url},
        "syndicate": article.source.syndicate,
        "published": article.published.isoformat() if article.published else None,
        "withdrawn": article.withdrawn.date.isoformat() if article.withdrawn else None,
        "words": html.count_words(html.to_plain_text(article.content)),
    }
