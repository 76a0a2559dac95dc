"""``dispatch issue section``: add, rename, move, remove."""

from collections.abc import Callable

import click

from dispatch import compose, issues
from dispatch.cli.completion import complete_issue, complete_section
from dispatch.cli.context import NonEmptyText, open_publication, print_result
from dispatch.cli.issue_articles import show_change
from dispatch.cli.other_words import AnsweringGroup
from dispatch.model import Issue

BEFORE = click.option(
    "--before",
    "-b",
    default="",
    metavar="SECTION",
    help="Before this section. Default: at the end.",
    shell_complete=complete_section,
)


@click.group(cls=AnsweringGroup)
def section() -> None:
    """Add, rename, move and remove the sections of an issue.

    \b
    Examples:
      dispatch issue section add defence "Letters" --before Europe
      dispatch issue section remove defence Europe --into World
    """


@section.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument("title", type=NonEmptyText())
@BEFORE
def add(issue: str, title: str, before: str) -> None:
    """Add the section TITLE to ISSUE, without articles.

    \b
    Examples:
      dispatch issue section add defence "Letters" --before Europe
    """
    _change_sections(issue, lambda one: compose.add_section(one, title.strip(), before=before))


@section.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument("title", shell_complete=complete_section)
@click.argument("new", type=NonEmptyText())
def rename(issue: str, title: str, new: str) -> None:
    """Rename the section TITLE of ISSUE.

    \b
    Examples:
      dispatch issue section rename defence Europe "The continent"
    """
    _change_sections(issue, lambda one: compose.rename_section(one, title, new.strip()))


@section.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument("title", shell_complete=complete_section)
@BEFORE
def move(issue: str, title: str, before: str) -> None:
    """Move the section TITLE of ISSUE, with its articles.

    \b
    Examples:
      dispatch issue section move defence Letters
      dispatch issue section move defence Letters --before Europe
    """
    _change_sections(issue, lambda one: compose.move_section(one, title, before=before))


@section.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument("title", shell_complete=complete_section)
@click.option(
    "--into",
    default="",
    metavar="SECTION",
    help="The section that its articles go to, at the end.",
    shell_complete=complete_section,
)
def remove(issue: str, title: str, into: str) -> None:
    """Remove the section TITLE of ISSUE. Its articles go where --into says: none is lost.

    \b
    Examples:
      dispatch issue section remove defence Letters
      dispatch issue section remove defence Europe --into World
    """
    _change_sections(issue, lambda one: compose.remove_section(one, title, into=into))


def _change_sections(issue: str, change: Callable[[Issue], Issue]) -> None:
    """Change an issue under the lock, and list its sections with the number of their articles."""
    with open_publication().lock_for_change() as here:
        one = here.read_issue(issue)
        changed = issues.change_issue(here.publication, one, change(one))
    for part in changed.sections:
        print_result(f"{len(part.articles):3}  {part.title or '(no section)'}")
    if changed.status == "published":
        show_change(here, changed)
