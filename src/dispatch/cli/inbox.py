"""``dispatch inbox``: list, show, dismiss, restore."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import get_args

import click

from dispatch import derived, html, serialise
from dispatch.cli.article_options import describe_doubt
from dispatch.cli.completion import complete_author, complete_source
from dispatch.cli.context import (
    NO_SOURCES,
    OpenPublication,
    open_publication,
    parse_moment,
    print_json,
    print_next,
    print_note,
    print_result,
)
from dispatch.cli.inbox_keys import decide_entries, print_listing
from dispatch.cli.inbox_numbers import NumberRange, choose_numbers, format_ranges
from dispatch.cli.other_words import AnsweringGroup
from dispatch.inbox import InboxOrder, InboxQuery
from dispatch.model import Arrival
from dispatch.text import escape_words

SCREEN = 20
EXCERPT = 60  # words


@click.group(cls=AnsweringGroup, invoke_without_command=True)
@click.option(
    "--search", default="", help='Search title, authors, source, tags and text: words, "a phrase", or prefix*.'
)
@click.option("--source", default="", help="Only from the source with this key.", shell_complete=complete_source)
@click.option("--since", help="Only what arrived on this day or later.")
@click.option(
    "--author", default="", help="Only by an author with this name, or a part of it.", shell_complete=complete_author
)
@click.option("--tag", default="", help="Only with this tag.")
@click.option("--limit", type=click.IntRange(0), default=SCREEN, show_default=True, help="Show at most this many.")
@click.option("--all", "everything", is_flag=True, help="Include used and dismissed articles.")
@click.option("--used", is_flag=True, help="Only those that an issue uses.")
@click.option(
    "--order", type=click.Choice(get_args(InboxOrder)), default="arrived", show_default=True, help="Their order."
)
@click.option("--interactive", "-i", is_flag=True, help="Decide on each with one key: add, dismiss, skip, undo.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of articles.")
@click.pass_context
def inbox(
    ctx: click.Context,
    search: str,
    source: str,
    since: str | None,
    author: str,
    tag: str,
    limit: int,
    everything: bool,
    used: bool,
    order: InboxOrder,
    interactive: bool,
    as_json: bool,
) -> None:
    """List gathered articles that no issue uses yet, the newest first.

    Each article keeps its number: dispatch add 12 adds article 12 to the newest draft.

    \b
    Examples:
      dispatch inbox
      dispatch inbox --search 'harbour "night ferry" port*' --since 2026-11-20
      dispatch inbox --source paper --author "Ada Quay" --json
      dispatch inbox --interactive --order source
      dispatch inbox show 12
    """
    if ctx.invoked_subcommand:
        return
    here = open_publication()
    key = _require_source_key(here, source)
    day = parse_moment(since, here.publication) if since else None
    wish = InboxQuery(search=search, source=key, author=author, tag=tag, since=day, everything=everything, used=used)
    if interactive:
        decide_entries(here, replace(wish, order=order))
    else:
        _list_arrivals(here, replace(wish, order=order), limit, as_json=as_json)


def _list_arrivals(here: OpenPublication, wish: InboxQuery, limit: int, *, as_json: bool) -> None:
    """Print the arrivals that match, and how to see more of them."""
    is_all = replace(wish, order="arrived") == InboxQuery()
    with here.open_inbox(only_reads=True) as box:
        arrivals = box.list_arrivals(wish, limit=limit + 1)
        shown = _print_listings(islice(arrivals, limit), as_json=as_json)
        is_more = next(arrivals, None) is not None
        of = f" of {box.count_waiting():,}" if is_more and is_all else ""
    if is_more:
        print_note(f"{shown}{of} shown. For more: --limit {max(shown, SCREEN) * 5}")
    elif not shown:
        way = "Nothing new. To fetch from your sources: dispatch gather" if here.publication.sources else NO_SOURCES
        print_note(way if is_all else "No article matches.")


@inbox.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def show(number: int, as_json: bool) -> None:
    """Show everything about the article with this NUMBER.

    \b
    Examples:
      dispatch inbox show 12
      dispatch inbox show 12 --json
    """
    here = open_publication()
    with here.open_inbox(only_reads=True) as box:
        arrival = box.find_arrival(number)
        places = box.list_uses(number)
    if as_json:
        print_json(_arrival_to_data(arrival) | {"used_in": places})
        return
    for line in (*_format_arrival(arrival, here.publication.language), *(f"used in {place}" for place in places)):
        print_result(line)
    if not places:
        print_next(f"dispatch add {number}")


@inbox.command()
@click.argument("numbers", type=NumberRange(), nargs=-1)
@click.option("--search", default="", help="Only those with these words, as in dispatch inbox --search.")
@click.option("--source", default="", help="Only those from the source with this key.", shell_complete=complete_source)
@click.option("--before", help="Only those that arrived before this day.")
@click.option("--rest", is_flag=True, help="All that no issue uses yet.")
def dismiss(numbers: tuple[range, ...], search: str, source: str, before: str | None, rest: bool) -> None:
    """Dismiss the articles with these NUMBERS, or those that the options name, so that they are not listed again.

    Of a range such as 1-40, those that wait are dismissed; options narrow it.

    \b
    Examples:
      dispatch inbox dismiss 4 7 12-30
      dispatch inbox dismiss --search sponsored --source paper
      dispatch inbox dismiss --before 2026-11-20
      dispatch inbox dismiss --rest
    """
    if not (numbers or search or source or before or rest):
        raise click.UsageError("Say which: numbers, --search, --source, --before or --rest.")
    with open_publication().lock_for_change() as here, here.open_inbox() as box:
        day = parse_moment(before, here.publication) if before else None
        wish = InboxQuery(search=search, source=_require_source_key(here, source), before=day)
        waiting = {arrival.number for arrival in box.list_arrivals(wish)}
        chosen = choose_numbers(waiting, numbers, alone=wish == InboxQuery()) if numbers else sorted(waiting)
        box.dismiss(chosen)
    undo = f". To undo: dispatch inbox restore {' '.join(format_ranges(chosen))}" if chosen else ""
    print_note(f"dismissed {len(chosen)}{undo}")


@inbox.command()
@click.argument("numbers", type=NumberRange(), nargs=-1, required=True)
def restore(numbers: tuple[range, ...]) -> None:
    """Restore dismissed articles. Of a range such as 1-40, those that were dismissed.

    \b
    Examples:
      dispatch inbox restore 4
      dispatch inbox restore 12-30
    """
    with open_publication().lock_for_change() as here, here.open_inbox() as box:
        everything = box.list_arrivals(InboxQuery(everything=True))
        dismissed = {arrival.number for arrival in everything if arrival.state == "dismissed"}
        chosen = choose_numbers(dismissed, numbers, alone=True)
        box.restore(chosen)
    print_note(f"restored {len(chosen)}")


def _print_listings(arrivals: Iterable[Arrival], *, as_json: bool) -> int:
    """Print each arrival as it comes, as an entry or as an item of a JSON array; return how many there were."""
    shown = 0
    for shown, arrival in enumerate(arrivals, 1):
        if as_json:
            print_result(f"{'[' if shown == 1 else ','}{json.dumps(_arrival_to_data(arrival))}")
        else:
            print_listing(arrival)
    if as_json:
        print_result("]" if shown else "[]")
    return shown


def _require_source_key(here: OpenPublication, key: str) -> str:
    """Return the key of a source; a wrong one is answered with the nearest."""
    from dispatch import from_mapping

    keys = [source.key for source in here.publication.sources]
    if key and key not in keys:
        raise click.BadParameter(
            f"there is no source “{key}” in dispatch.toml{from_mapping.suggest_nearest(key, keys)}"
        )
    return key


def _arrival_to_data(arrival: Arrival) -> dict[str, object]:
    """Convert an arrival to an object with all keys of its article, and what the inbox knows of it."""
    said = serialise.to_mapping(arrival, whole=True)
    article = serialise.to_mapping(arrival.article, whole=True)
    return article | {key: value for key, value in said.items() if key not in ("article", "source")}


def _format_arrival(arrival: Arrival, language: str) -> Iterator[str]:
    """Format everything that an editor wants to know of an arrival."""
    article = arrival.article
    yield f"{arrival.number}  {escape_words(article.title or '(no title)')}"
    if article.dek:
        yield escape_words(article.dek)
    for author in article.authors:
        yield escape_words(f"by {author.name} ({article.certainty}) {author.url}")
    if article.certainty != "certain":
        yield from describe_doubt(article)
        yield 'to settle it, with dispatch add: --choice 1, or --author "NAME=ADDRESS"'
    for credit in article.credits:
        yield escape_words(f"{credit.role}: {credit.name} {credit.url}")
    yield escape_words(f"in {article.source.title or arrival.source} {article.source.url}")
    day, how = derived.find_day(article), "published" if article.published else "updated"
    dated = f"{how} {day:%Y-%m-%d %H:%M %z}" if day else "no date"
    yield f"{dated}, arrived {arrival.arrived:%Y-%m-%d %H:%M %z}, {arrival.state}"
    if article.tags:
        yield escape_words(f"tags: {', '.join(article.tags)}")
    if article.license:
        yield escape_words(f"licence: {article.license}")
    if article.terms and article.terms.line:
        yield escape_words(f"its publisher requires: {html.to_plain_text(article.terms.line)}")
    yield article.url
    yield from (f"also at {address}" for address in arrival.also_at)
    yield from (escape_words(f"changed: {change}") for change in arrival.changes)
    content = article.content or html.escape_html(article.summary)
    begun = html.cut_excerpt(content, EXCERPT, article.language or language, article.dek)
    if excerpt := html.to_plain_text(begun).strip():
        yield ""
        yield from map(escape_words, excerpt.splitlines())
