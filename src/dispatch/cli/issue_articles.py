"""``dispatch issue`` move, remove and correct, and ``dispatch note``: what changes an issue's articles."""

from dataclasses import replace
from functools import partial
from typing import get_args

import click

from dispatch import compose, git, issues, ledger
from dispatch.cli.article_options import NameAndUrl, describe_byline, describe_doubt, make_authors, shorten_byline
from dispatch.cli.completion import complete_article, complete_author, complete_issue, complete_section
from dispatch.cli.context import (
    YES,
    NonEmptyText,
    OpenPublication,
    open_publication,
    print_note,
    print_result,
    read_clock,
    require_consent,
)
from dispatch.model import Article, Issue, Mended
from dispatch.text import quote_word


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument("article", shell_complete=complete_article)
@click.option(
    "--section", "-s", default="", help="Move it to the end of this section.", shell_complete=complete_section
)
@click.option("--before", "-b", default="", help="Move it before this article.", shell_complete=complete_article)
@click.option(
    "--to",
    default="",
    metavar="ISSUE",
    help="Move it, with its files, into this other issue.",
    shell_complete=complete_issue,
)
def move(issue: str, article: str, section: str, before: str, to: str) -> None:
    """Move ARTICLE (a key or a number) to another place in ISSUE, or into another issue.

    In the other issue it stands in the section of the same name, unless you say where. What is published stays.

    \b
    Examples:
      dispatch issue move defence 3 --before 1
      dispatch issue move defence a-more-powerful-nato --section Europe
      dispatch issue move defence 3 --to week-49
    """
    _require_place(section or before or to)
    with open_publication().lock_for_change() as here:
        one = here.read_issue(issue)
        ledger.read_records(here.publication)  # what cannot be read later is told before anything is changed
        if not to or (other := here.read_issue(to)).slug == one.slug:
            moved = compose.move_article(one, article, section=section, before=before)
            changed = issues.change_issue(here.publication, one, moved)
        else:
            found = compose.find_article(one, article)
            insert = partial(compose.place_article, section=section or compose.name_section(one, found), before=before)
            changed = issues.move_to_issue(here.publication, one, found, other, insert)
    show_change(here, changed)


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument("article", shell_complete=complete_article)
@click.argument("text")
def note(issue: str, article: str, text: str) -> None:
    """Set the editor's note of ARTICLE (a key or a number) in ISSUE to TEXT; an empty one takes it away.

    \b
    Examples:
      dispatch note defence 2 "Read it to the end."
      dispatch note defence 2 ""
    """
    with open_publication().lock_for_change() as here:
        one = here.read_issue(issue)
        new = replace(compose.find_article(one, article), note=text.strip())
        issues.change_issue(here.publication, one, compose.replace_article(one, new))
    print_result(f"{one.slug}/{new.key}")
    print_note(f"“{new.title}” has {'the note: ' + new.note if new.note else 'no note now'}")


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument("article", shell_complete=complete_article)
@click.option("--delete", is_flag=True, help="Delete its file as well. Asks, if git does not hold it as it is.")
@YES
def remove(issue: str, article: str, delete: bool, yes: bool) -> None:
    """Remove ARTICLE (a key or a number) from ISSUE. Its file stays, unless you add --delete.

    \b
    Examples:
      dispatch issue remove defence 3
      dispatch issue remove defence 3 --delete
    """
    now = open_publication()
    if delete and git.find_unheld_files(now.root, [compose.find_article(now.read_issue(issue), article).file]):
        require_consent("Delete its file, of which git has no copy?", is_given=yes)
    with now.lock_for_change() as here:
        one = here.read_issue(issue)
        gone = compose.find_article(one, article)
        changed = issues.change_issue(here.publication, one, compose.remove_article(one, article))
        if delete:
            issues.delete_article_file(here.publication, changed, gone)
    show_change(here, changed, gone)
    print_note(f"removed “{gone.title}”. Its file {'was deleted' if delete else 'is still there'}: {gone.file}")


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument(
    "words", metavar="[ARTICLE] TEXT", nargs=-1, required=True, type=NonEmptyText(), shell_complete=complete_article
)
@click.option("--mends", multiple=True, type=click.Choice(get_args(Mended)), help="What it corrects; repeatable.")
def correct(issue: str, words: tuple[str, ...], mends: tuple[Mended, ...]) -> None:
    """Add a correction to ARTICLE (a key or a number) in ISSUE; it is shown with the article from then on.

    Without an article, the correction is the issue's own.

    To change the byline, the date or the address of a published article, change it in its file and name it with
    --mends; each correction allows one such change.

    \b
    Examples:
      dispatch issue correct defence 2 "An earlier version named the wrong city."
      dispatch issue correct defence 2 "An earlier version misspelled the author's name." --mends authors
    """
    article, text = ("", *words)[-2:]
    if len(words) > 2 or (mends and not article):
        raise click.UsageError(
            "Give an issue, perhaps an article, and one text in quotes; --mends is about an article."
        )
    with open_publication().lock_for_change() as here:
        one = here.read_issue(issue)
        published = {record.id for record in ledger.read_records(here.publication)}
        changed = issues.change_issue(here.publication, one, compose.correct(one, article, text, read_clock(), mends))
    show_change(here, changed)
    if mends and (mended := compose.find_article(one, article)).id not in published:
        print_note(f"{mended.key} was never published, so it can be changed without --mends")


@click.command()
@click.argument("issue", shell_complete=complete_issue)
@click.argument("article", shell_complete=complete_article)
@click.option(
    "--author",
    "authors",
    type=NameAndUrl(),
    multiple=True,
    help="Who wrote it, and nobody else; repeatable.",
    shell_complete=complete_author,
)
@click.option("--choice", type=click.IntRange(1), default=None, help="The authors with this number.")
@click.option("--certain", is_flag=True, help="The byline is right as it is.")
@click.option("--none", "nobody", is_flag=True, help="Nobody is known to have written it.")
def credit(
    issue: str, article: str, authors: tuple[tuple[str, str], ...], choice: int | None, certain: bool, nobody: bool
) -> None:
    """Say who wrote ARTICLE (a key or a number) in ISSUE, where that is uncertain; without an option, see the choices.

    Of a published article readers have the byline: another one is a correction.

    \b
    Examples:
      dispatch issue credit defence 2
      dispatch issue credit defence 2 --choice 1
      dispatch issue credit defence 2 --author "Ann Lee=https://paper.example/ann"
    """
    if sum(map(bool, (authors, choice, certain, nobody))) > 1:
        raise click.UsageError("Say one thing: --author, --choice, --certain or --none.")
    with open_publication().lock_for_change() as here:
        one = here.read_issue(issue)
        old = compose.find_article(one, article)
        given = old.authors if certain else make_authors(authors, here.publication)
        new = compose.settle_credit(old, given, choice=choice or 0, publication=here.publication)
        if authors or choice or certain or nobody:
            issues.change_issue(here.publication, one, compose.replace_article(one, new))
            _report_credit(here, one, old, new)
        else:
            _show_choices(one.slug, old)


def _show_choices(slug: str, article: Article) -> None:
    """Show whom an editor may choose, and how."""
    lines = describe_doubt(article) if article.certainty != "certain" else [describe_byline(article).text]
    for line in lines:
        print_result(line)
    if article.certainty != "certain":
        is_any = bool(compose.list_choices(article))
        choice = '--choice 1, or --author "NAME=ADDRESS"' if is_any else '--author "NAME=ADDRESS", or --none'
        print_note(f"  to settle it: dispatch issue credit {slug} {quote_word(article.key)} {choice}")


def _report_credit(here: OpenPublication, issue: Issue, old: Article, new: Article) -> None:
    """Report who is credited now, and that readers have another byline."""
    print_result(f"{issue.slug}/{new.key}")
    print_note(f"“{new.title}” is by {shorten_byline(new.authors)}" if new.authors else f"“{new.title}” has no author")
    records = ledger.read_records(here.publication)
    is_known = any(record.id == new.id and record.authors for record in records)
    if is_known and old.authors != new.authors:
        print_note("readers have another byline, so say what was wrong, and publish it:")
        print_note(f'  dispatch issue correct {issue.slug} {quote_word(new.key)} "..." --mends authors')


def _require_place(place: str) -> None:
    if not place:
        raise click.UsageError("Say where: --section, --before or --to.")


def show_change(here: OpenPublication, changed: Issue, gone: Article | None = None) -> None:
    """Report what the issue now contains, and what check says of it if it is published."""
    if changed.status == "published" and gone:
        print_note(
            f"{changed.slug} is published: check will report that {gone.key} is gone (ids.vanished) until it is back"
        )
    elif changed.status == "published":
        from dispatch.locate import locate_findings
        from dispatch.publish import judge_issue
        from dispatch.report import write_hint, write_message

        errors = [
            one for one in judge_issue(here.read_issue(changed.slug), here.publication) if one.severity == "error"
        ]
        for one in locate_findings(errors, here.root):
            print_note(f"{one.place}: {write_message(one)} [{one.rule}]")
            print_note(f"  {write_hint(one)}")
        verdict = "check fails" if errors else "check passes"
        print_note(
            f"{changed.slug} is published, and {verdict}: dispatch {'check' if errors else 'publish'} {changed.slug}"
        )
    for place, article in enumerate(changed.articles, 1):
        print_note(f"{place:3}  {article.title}")
