"""``dispatch add``."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import click

from dispatch import compose, from_mapping, html, identity, links, pick
from dispatch.cli.article_options import (
    ArticleOptions,
    add_article_options,
    describe_terms,
    find_missing,
    make_overrides,
)
from dispatch.cli.completion import complete_issue, complete_section
from dispatch.cli.context import (
    OpenPublication,
    hold_later_interrupts,
    open_publication,
    print_error,
    print_note,
    print_result,
    read_clock,
)
from dispatch.cli.inbox_numbers import choose_numbers, parse_range
from dispatch.compose import Overrides
from dispatch.errors import DispatchError, GatherError, IssueError
from dispatch.model import Article, Fault, Issue, Publication
from dispatch.pick import Pick
from dispatch.text import quote_word

_READABLE = {".md", ".markdown", ".html", ".htm", ".txt", ".eml"}  # one of these is an article, if anything is wrong


@click.command()
@click.argument("locations", nargs=-1)
@click.option("--issue", "-i", help="The issue. Default: the newest draft.", shell_complete=complete_issue)
@click.option(
    "--section", "-s", default="", help="The section; created if it does not exist.", shell_complete=complete_section
)
@add_article_options
@click.option("--no-fetch", is_flag=True, help="Fetch nothing; without a file, add a link with a title.")
@click.option("--allow-private", is_flag=True, help="Allow addresses in private networks.")
def add(
    locations: tuple[str, ...],
    issue: str | None,
    section: str,
    no_fetch: bool,
    allow_private: bool,
    **spoken: Unpack[ArticleOptions],
) -> None:
    """Add the articles at LOCATIONS to an issue: text, Markdown, HTML and mail files, pages, feeds, or - for a pipe.

    A number means an article in the inbox, 12-18 those of them that wait; for a file of that name write ./12.

    Options override what was found. What could not be found is reported, with the option that supplies it.

    \b
    Examples:
      dispatch add story.txt --url https://paper.example/story --source "The Paper=https://paper.example"
      dispatch add story.txt --author "Jerry Jackson=https://paper.example/jerry-jackson" --syndicate excerpt
      dispatch add notes.md page.html https://site.example/post --issue defence
      dispatch add --title "A link worth a line" --url https://site.example/x --note "Read the end." --no-fetch
      cat letter.eml | dispatch add - --section Europe
      dispatch add 12 15 18-20 --section Europe
    """
    here = open_publication()
    places = _expand_ranges(here, locations) or ("",)
    is_link = no_fetch and not any(map(_is_file, places))
    words = make_overrides(spoken, here.publication, is_link=is_link)
    _require_fitting_options(places if locations else (), words, no_fetch=no_fetch)
    slug = _require_draft_slug(here, issue, locations)
    with hold_later_interrupts():
        groups, is_all = _read_locations(here, places, words, section, no_fetch=no_fetch, allow_private=allow_private)
        is_all = _write_groups(here, slug, groups, words) and is_all
    if not is_all:
        sys.exit(1)


def _require_draft_slug(here: OpenPublication, issue: str | None, locations: Sequence[str]) -> str:
    """Find the slug of the draft. Raises IssueError, or GatherError with what reads an export: that needs no draft."""
    try:
        return here.find_slug(issue, drafts=True)
    except IssueError as error:
        raise next(filter(None, map(_name_export, locations)), error) from error


def _expand_ranges(here: OpenPublication, locations: tuple[str, ...]) -> tuple[str, ...]:
    """Put the numbers that wait in the inbox in place of each range. Raises GatherError where none does."""
    ranges = {location: found for location in locations if len(found := parse_range(location)) > 1}
    if not ranges:
        return locations
    from dispatch.inbox import InboxQuery

    with here.open_inbox(only_reads=True) as box:
        waiting = {*box.list_numbers(InboxQuery())}
    numbers = {location: choose_numbers(waiting, [found], alone=False) for location, found in ranges.items()}
    if none := next((location for location, found in numbers.items() if not found), ""):
        raise GatherError("none of these waits in the inbox", address=none, hint="To see what does: dispatch inbox")
    return tuple(str(one) for location in locations for one in numbers.get(location, [location]))


def _require_fitting_options(locations: Sequence[str], words: Overrides, *, no_fetch: bool) -> None:
    """Require as many locations as the options speak of. Raises click.UsageError."""
    if len(locations) > 1 and words.single_article_field:
        raise click.UsageError(
            f"--{words.single_article_field} is for one article; there are {len(locations)} locations."
        )
    if not locations and not no_fetch:
        raise click.UsageError("Nothing to add: give a file, an address or -, or --title and --url with --no-fetch.")


def _read_locations(
    here: OpenPublication,
    locations: Sequence[str],
    words: Overrides,
    section: str,
    *,
    no_fetch: bool,
    allow_private: bool,
) -> tuple[list[Pick], bool]:
    """Read the articles at each location; return those that can be added, and whether these are all.

    What is wrong with one location is reported, and the others are read all the same; after Ctrl-C, no further one is.
    """
    groups: list[Pick] = []
    is_all = True
    for number, location in enumerate(locations):
        try:
            found, faults = _find_articles(here, location, words, no_fetch=no_fetch, allow_private=allow_private)
            articles = _override_articles(here, found.articles, words, location)
            if not no_fetch and any(one.length is None for article in articles for one in article.enclosures):
                from dispatch import gather

                articles = gather.measure_files(articles, user_agent=here.user_agent, allow_private=allow_private)
        except DispatchError as error:
            print_error(_name_export(location) or error)
            is_all = False
            continue
        except KeyboardInterrupt:
            print_note(f"interrupted: not added: {' '.join(locations[number:])}")
            return groups, False
        for fault in faults:
            print_note(str(fault))
        kept = [one for one in articles if one.title]
        groups.append(replace(found, articles=kept, section=section or found.section))
        is_left_out = any(fault.reason in {"too-large", "cut-off"} for fault in faults)
        is_all = is_all and not is_left_out and all(one.title for one in articles)
    return groups, is_all


def _name_export(location: str) -> DispatchError | None:
    """Say of a file that cannot be added which system gave it out, and what reads it; None where it is no export."""
    from dispatch import importers
    from dispatch.importers.export_files import open_export

    try:
        export = open_export(Path(location))
        title = importers.IMPORTERS[importers.find_importer(export)].title
    except GatherError:
        return None
    if len(export.names) == 1 and Path(location).suffix in _READABLE:
        return None
    return GatherError(
        f"this is an export ({title})", address=location, hint=f"Import it: dispatch import {quote_word(location)}"
    )


def _write_groups(here: OpenPublication, slug: str, groups: Sequence[Pick], words: Overrides) -> bool:
    """Write the articles of all locations under the publication's lock; report errors, and return whether none was."""
    if not groups:
        return True
    with here.lock_for_change() as now_here:
        failed = _put_groups(now_here, slug, groups, words)
    for error in failed:
        print_error(error)
    return not failed


def _find_articles(
    here: OpenPublication, location: str, words: Overrides, *, no_fetch: bool, allow_private: bool
) -> tuple[Pick, Sequence[Fault]]:
    """Return the articles at a location, and what of a feed's entries was mended or left out. Raises DispatchError."""
    if location.isascii() and location.isdecimal() and len(location) < 16:
        with here.open_inbox() as box:
            arrival = box.find_arrival(int(location))
        goes_to = compose.choose_section(arrival, here.publication)
        return Pick(articles=[arrival.article], section=goes_to, arrival=arrival), ()
    if no_fetch and not _is_file(location):
        return Pick(articles=[Article(url=location)]), ()
    from dispatch import gather

    faults: list[Fault] = []
    found = gather.gather_articles(
        location,
        user_agent=here.user_agent,
        base=words.article.url,
        zone=here.publication.timezone,
        allow_private=allow_private,
        stdin=sys.stdin.buffer.read() if location == "-" else None,
        now=read_clock(),
        title=words.article.title,
        faults=faults,
    )
    return Pick(articles=found), faults


def _is_file(location: str) -> bool:
    """Whether a location is on this machine, a pipe included, so that nothing is fetched to read it."""
    return bool(location) and not links.is_web_address(location)


def _override_articles(
    here: OpenPublication, found: Sequence[Article], words: Overrides, location: str
) -> list[Article]:
    """Apply the editor's options; warn of articles without a title, which cannot be added. Raises IssueError."""
    if len(found) > 1 and words.single_article_field:
        raise IssueError(
            f"has {len(found)} articles, but --{words.single_article_field} is for one article", address=location
        )
    is_own = not links.is_web_address(location)
    known = [identity.register_article(one, here.publication, is_own=is_own) for one in found]
    for note in (note for _, notes in known for note in notes):
        print_note(note)
    articles = compose.apply_overrides([one for one, _ in known], words)
    for article in articles:
        if not article.title:
            place = article.url if len(articles) > 1 and article.url else location or article.url
            print_error(IssueError("no title found", address=place, hint='Give it: --title "Its headline"'))
    return articles


def _put_groups(here: OpenPublication, slug: str, groups: Sequence[Pick], words: Overrides) -> list[IssueError]:
    """Write articles into the issue, and report each; return why some could not be written.

    Raises DispatchError, and has then written nothing.
    """
    sections = [one.title for one in here.read_issue(slug).sections]
    done = pick.add_to_issue(here.publication, slug, groups)
    for title in (one.title for one in done.issue.sections if sections and one.title not in sections):
        print_note(f"“{title}” is a new section{from_mapping.suggest_nearest(title, sections)}")
    for article in done.passed:
        print_note(f"“{article.title}” is already in {slug}")
    for article in done.added:
        _say_added(done.issue, article, words, here.publication, is_back=article in done.back)
    if done.added and done.issue.status == "published":
        print_note(f"{slug} is published. To publish the change: dispatch publish {slug}")
    return done.failed


def _say_added(issue: Issue, article: Article, words: Overrides, publication: Publication, *, is_back: bool) -> None:
    """Report that an article is in the issue now, and what could not be found out about it."""
    print_result(f"{issue.slug}/{article.key}")
    if is_back:
        print_note(f"“{article.title}” is back in {issue.slug}, as it is in {article.file}")
        return
    names = ", ".join(author.name for author in article.authors)
    print_note(f"added “{article.title}”{f' by {names}' if names else ''} to {issue.slug}")
    if twin := compose.find_twin(issue, article):
        print_note(f"  {twin.key} has the same title, but another text or address")
    if embeds := html.list_embeds(article.content):
        print_note(f"  shown as a link: {', '.join(embeds)}")
    for asked in describe_terms(article, publication):
        print_note(f"  {asked}")
    settle = f"dispatch issue credit {issue.slug} {quote_word(article.key)}"
    lacks = list(find_missing(article, words, publication, settle=settle))
    for lack in lacks:
        print_note(f"  {lack}")
    if lacks:
        print_note(f"  or edit {article.file}")
