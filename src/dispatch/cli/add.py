"""``dispatch add``."""

import sys
from collections.abc import Iterator, Sequence
from typing import Unpack

import click

from dispatch import compose, issues
from dispatch.cli.article_options import Spoken, missing, particulars, said
from dispatch.cli.context import Desk, desk, say, tell, warn
from dispatch.compose import Said
from dispatch.errors import DispatchError, IssueError
from dispatch.model import Article, Issue

Group = tuple[Sequence[Article], str]  # the articles of one location, and their section


@click.command()
@click.argument("locations", nargs=-1)
@click.option("--issue", "-i", help="The issue. Default: the newest draft.")
@click.option("--section", "-s", default="", help="The section; created if it does not exist.")
@particulars
@click.option("--no-fetch", is_flag=True, help="Fetch nothing; add a link with a title.")
@click.option("--allow-private", is_flag=True, help="Allow addresses in private networks.")
def add(
    locations: tuple[str, ...],
    issue: str | None,
    section: str,
    no_fetch: bool,
    allow_private: bool,
    **spoken: Unpack[Spoken],
) -> None:
    """Add the articles at LOCATIONS to an issue: text, Markdown and HTML files, pages, feeds, or - for standard input.

    A number means an article in the inbox; for a file of that name write ./12.

    Options override what was found. What could not be found is reported, with the option that supplies it.

    \b
    Examples:
      dispatch add story.txt --url https://paper.example/story --source "The Paper=https://paper.example"
      dispatch add story.txt --author "Jerry Jackson=https://paper.example/jerry-jackson" --syndicate excerpt
      dispatch add notes.md page.html https://site.example/post --issue defence
      dispatch add --title "A link worth a line" --url https://site.example/x --note "Read the end." --no-fetch
      cat story.txt | dispatch add - --section Europe
      dispatch add 12 15 18 --section Europe
    """
    here = desk()
    words = said(spoken, here.publication, is_link=no_fetch)
    if len(locations) > 1 and words.alone:
        raise click.UsageError(f"--{words.alone} is for one article; there are {len(locations)} locations.")
    if not locations and not no_fetch:
        raise click.UsageError("Nothing to add: give a file, an address or -, or --title and --url with --no-fetch.")
    slug = here.slug(issue, drafts=True)
    failed = False
    groups: list[Group] = []
    for location in locations or ("",):
        try:
            found, place = _found(here, location, words, no_fetch=no_fetch, allow_private=allow_private)
            articles = _told(found, words, location)
            groups.append(([one for one in articles if one.title], section or place))
            failed = failed or not all(one.title for one in articles)
        except DispatchError as error:
            warn(error)
            failed = True
    if groups:
        with here.changing() as now_here:
            faults = list(_put_all(now_here, slug, groups, words))
        for fault in faults:
            warn(fault)
        failed = failed or bool(faults)
    if failed:
        sys.exit(1)


def _found(
    here: Desk, location: str, words: Said, *, no_fetch: bool, allow_private: bool
) -> tuple[Sequence[Article], str]:
    """Return the articles at a location, and their section where that is known. Raises DispatchError."""
    if location.isascii() and location.isdecimal() and len(location) < 16:
        with here.inbox() as box:
            arrival = box.arrival(int(location))
        return [arrival.article], compose.place(arrival, here.publication)
    if no_fetch:
        return [Article(url=location)], ""
    from dispatch import gather

    found = gather.articles(
        location,
        user_agent=here.user_agent,
        base=words.article.url,
        zone=here.publication.timezone,
        allow_private=allow_private,
        stdin=sys.stdin.buffer.read() if location == "-" else None,
    )
    return found, ""


def _told(found: Sequence[Article], words: Said, location: str) -> list[Article]:
    """Apply the editor's options; warn of articles without a title, which cannot be added. Raises IssueError."""
    if len(found) > 1 and words.alone:
        raise IssueError(f"has {len(found)} articles, but --{words.alone} is for one article", address=location)
    articles = compose.told(found, words)
    for article in articles:
        if not article.title:
            place = article.url if len(articles) > 1 and article.url else location or article.url
            warn(IssueError("no title found", address=place, hint='Give it: --title "Its headline"'))
    return articles


def _put_all(here: Desk, slug: str, groups: Sequence[Group], words: Said) -> Iterator[DispatchError]:
    """Write the articles of all locations into the issue; yield the errors of those that could not be written."""
    try:
        _put(here, slug, groups, words)
    except DispatchError as error:
        if len(groups) < 2:
            yield error
            return
        for group in groups:
            yield from _put_all(here, slug, [group], words)


def _put(here: Desk, slug: str, groups: Sequence[Group], words: Said) -> None:
    """Write articles into the issue, and report each. Raises IssueError, and has then written nothing."""
    target = changed = issues.read(here.publication, slug)
    unlisted = issues.unlisted(here.publication, target)
    added: list[Article] = []
    passed: list[Article] = []
    for articles, section in groups:
        changed, new, known = compose.add(changed, articles, here.publication, section=section, unlisted=unlisted)
        added += new
        passed += known
    changed = issues.change(here.publication, target, changed)
    for article in passed:
        say(f"“{article.title}” is already in {changed.slug}")
    for article in added:
        _say_added(changed, article, words, is_back=article in unlisted)
    if added and changed.status == "published":
        say(f"{changed.slug} is published. To publish the change: dispatch publish {changed.slug}")


def _say_added(issue: Issue, article: Article, words: Said, *, is_back: bool) -> None:
    """Report that an article is in the issue now, and what could not be found out about it."""
    tell(f"{issue.slug}/{article.key}")
    if is_back:
        say(f"“{article.title}” is back in {issue.slug}, as it is in {article.file}")
        return
    names = ", ".join(author.name for author in article.authors)
    say(f"added “{article.title}”{f' by {names}' if names else ''} to {issue.slug}")
    if twin := compose.twin(issue, article):
        say(f"  {twin.key} has the same title, but another text or address")
    lacks = list(missing(article, words, is_own=article.own))
    for lack in lacks:
        say(f"  {lack}")
    if lacks:
        say(f"  or edit {article.file}")
