"""``dispatch issue``: new, list, show, edit, move, remove, correct."""

import os
from typing import get_args

import click

from dispatch import compose, files, html, issues, ledger
from dispatch.cli.context import (
    NonEmptyText,
    OpenPublication,
    fit_line,
    open_publication,
    parse_moment,
    print_json,
    print_note,
    print_result,
    read_clock,
)
from dispatch.errors import DispatchError, IssueError
from dispatch.model import Article, Issue, Mended


@click.group()
def issue() -> None:
    """Start, show and edit issues.

    An issue's name may be shortened as long as it is unambiguous; an article is named by its key or its number.

    \b
    Examples:
      dispatch issue new "Who pays for defence"
      dispatch issue show
      dispatch issue move defence 3 --before 1
    """


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
        earlier = issues.read_all_issues(here.publication)
        draft = compose.draft_issue(
            here.publication, title, parse_moment(date, here.publication), slug=slug, earlier=earlier
        )
        draft = replace(draft, preheader=preheader, number=draft.number if number is None else number)
        added: list[Article] = []
        if from_inbox:
            with here.open_inbox() as box:
                draft, added = compose.add_from_inbox(draft, box.list_arrivals(), here.publication, limit=limit or 20)
        issues.create_issue(here.publication, draft)
    print_result(f"issues/{draft.slug}/issue.md")
    if from_inbox:
        print_note(f"added {len(added)} articles from the inbox")
    print_note(f"Next: {'dispatch issue show' if added else 'dispatch add story.txt --issue'} {draft.slug}")


@issue.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_(as_json: bool) -> None:
    """List all issues, the newest first.

    \b
    Examples:
      dispatch issue list
      dispatch issue list --json
    """
    here = open_publication()
    from dispatch.publish.listings import sort_newest_first

    everything = sort_newest_first(issues.read_all_issues(here.publication))
    if as_json:
        print_json([_issue_to_data(one) for one in everything], indent=2)
        return
    for one in everything:
        count = sum(1 for _ in one.articles)
        number = f"No. {one.number}" if one.number else ""
        state = "withdrawn" if one.withdrawn else one.status
        print_result(
            fit_line(f"{one.slug:24}  {one.date:%Y-%m-%d}  {number:8}  {state:9}  {count:3} articles  {one.title}")
        )
    if not everything:
        print_note('No issues yet. Create one: dispatch issue new "Its title"')


@issue.command()
@click.argument("issue", required=False)
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
        sections = [
            {"title": part.title, "articles": list(map(_article_to_data, part.articles))} for part in one.sections
        ]
        print_json(_issue_to_data(one) | {"sections": sections, "strays": list(strays)}, indent=2)
        return
    print_result(f"{one.title}")
    number = f"No. {one.number} · " if one.number else ""
    print_result(
        f"{number}{one.date:%Y-%m-%d} · {'withdrawn' if one.withdrawn else one.status} · issues/{one.slug}/issue.md"
    )
    place = 0
    for section in one.sections:
        print_result("")
        print_result(section.title or "(no section)")
        if not section.articles:
            print_result("     (no articles yet)")
        for article in section.articles:
            place += 1
            print_result(f"{place:3}  {article.title}")
            print_result(f"     {article.key} · {_summarise_article(article)}")
    for stray in strays:
        print_note("")
        print_note(f"{stray} is listed in no section, so no edition shows it")


@issue.command()
@click.argument("issue", required=False)
@click.argument("article", required=False)
def edit(issue: str | None, article: str | None) -> None:
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
    path = issues.find_path(here.publication, one, compose.find_article(one, article) if article else None)
    root = here.publication.root
    old = files.read_file(path, within=root, error=IssueError)
    copy = files.make_own_folder(root, error=IssueError) / f"edit-{os.getpid()}-{path.name}"
    files.write_file(copy, old, within=root, error=IssueError)
    try:
        click.edit(filename=str(copy))
        if (new := files.read_file(copy, within=root, error=IssueError)) != old:
            with here.lock_for_change():
                files.replace_file(path, old, new, within=root, error=IssueError)
    except (click.ClickException, DispatchError):
        print_note(f"Your version is in {files.format_path(copy, root)}")
        raise
    files.delete_file(copy, within=root, error=IssueError)
    here.read_issue(one.slug)


@issue.command()
@click.argument("issue")
@click.argument("article")
@click.option("--section", "-s", default="", help="Move it to the end of this section.")
@click.option("--before", "-b", default="", help="Move it before this article.")
def move(issue: str, article: str, section: str, before: str) -> None:
    """Move ARTICLE (a key or a number) to another place in ISSUE.

    \b
    Examples:
      dispatch issue move defence 3 --before 1
      dispatch issue move defence a-more-powerful-nato --section Europe
    """
    if not (section or before):
        raise click.UsageError("Say where: --section or --before.")
    with open_publication().lock_for_change() as here:
        one = here.read_issue(issue)
        changed = issues.change_issue(
            here.publication, one, compose.move_article(one, article, section=section, before=before)
        )
    _show_change(here, changed)


@issue.command()
@click.argument("issue")
@click.argument("article")
@click.option("--delete", is_flag=True, help="Delete its file as well.")
def remove(issue: str, article: str, delete: bool) -> None:
    """Remove ARTICLE (a key or a number) from ISSUE. Its file stays, unless you add --delete.

    \b
    Examples:
      dispatch issue remove defence 3
      dispatch issue remove defence 3 --delete
    """
    with open_publication().lock_for_change() as here:
        one = here.read_issue(issue)
        gone = compose.find_article(one, article)
        changed = issues.change_issue(here.publication, one, compose.remove_article(one, article))
        if delete:
            issues.delete_article_file(here.publication, changed, gone)
    _show_change(here, changed, gone)
    print_note(f"removed “{gone.title}”. Its file {'was deleted' if delete else 'is still there'}: {gone.file}")


@issue.command()
@click.argument("issue")
@click.argument("article")
@click.argument("text", type=NonEmptyText())
@click.option("--mends", multiple=True, type=click.Choice(get_args(Mended)), help="What it corrects; repeatable.")
def correct(issue: str, article: str, text: str, mends: tuple[Mended, ...]) -> None:
    """Add a correction to ARTICLE (a key or a number) in ISSUE; it is shown with the article from then on.

    To change the byline, the date or the address of a published article, change it in its file and name it with
    --mends; each correction allows one such change.

    \b
    Examples:
      dispatch issue correct defence 2 "An earlier version named the wrong city."
      dispatch issue correct defence 2 "An earlier version misspelled the author's name." --mends authors
    """
    with open_publication().lock_for_change() as here:
        one = here.read_issue(issue)
        mended = compose.find_article(one, article)
        changed = issues.change_issue(
            here.publication, one, compose.correct_article(one, article, text, read_clock(), mends)
        )
    _show_change(here, changed)
    if mends and mended.id not in {record.id for record in ledger.read_records(here.publication)}:
        print_note(f"{mended.key} was never published, so it can be changed without --mends")


def _show_change(here: OpenPublication, changed: Issue, gone: Article | None = None) -> None:
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


def _summarise_article(article: Article) -> str:
    """Summarise an article on one line: authors, source, date, length."""
    names = ", ".join(author.name for author in article.authors)
    by = f"by {names}" if names else "no author found"
    source = f"in {article.source.title}" if article.source.title else ""
    date = f"{article.published:%Y-%m-%d}" if article.published else "no date"
    if article.withdrawn:
        return f"{by} · withdrawn on {article.withdrawn.date:%Y-%m-%d}"
    words = f"{html.count_words(html.to_plain_text(article.content))} words"
    return " · ".join(part for part in (by, source, date, str(article.source.syndicate), words) if part)


def _issue_to_data(one: Issue) -> dict[str, object]:
    return {
        "slug": one.slug,
        "id": one.id,
        "number": one.number,
        "title": one.title,
        "date": one.date.isoformat(),
        "status": one.status,
        "withdrawn": one.withdrawn.date.isoformat() if one.withdrawn else None,
        "articles": sum(1 for _ in one.articles),
    }


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
