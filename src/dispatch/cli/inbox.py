"""``dispatch inbox``: list, show, dismiss, restore."""

import json
from collections.abc import Iterator
from itertools import islice

import click

from dispatch import nouns
from dispatch.cli.context import Desk, desk, moment, say, tell, tell_json
from dispatch.inbox import Wish
from dispatch.model import Arrival

SCREEN = 20
EXCERPT = 60  # words


@click.group(invoke_without_command=True)
@click.option(
    "--search", default="", help='Search title, authors, source, tags and text: words, "a phrase", or prefix*.'
)
@click.option("--source", default="", help="Only from the source with this key.")
@click.option("--since", help="Only what arrived on this day or later.")
@click.option("--author", default="", help="Only by an author with this name, or a part of it.")
@click.option("--tag", default="", help="Only with this tag.")
@click.option("--limit", type=click.IntRange(0), default=SCREEN, show_default=True, help="Show at most this many.")
@click.option("--all", "everything", is_flag=True, help="Include used and dismissed articles.")
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
    as_json: bool,
) -> None:
    """List gathered articles that no issue uses yet, the newest first.

    Each article keeps its number: dispatch add 12 adds article 12 to the newest draft.

    \b
    Examples:
      dispatch inbox
      dispatch inbox --search 'harbour "night ferry" port*' --since 2026-11-20
      dispatch inbox --source paper --author "Ada Quay" --json
      dispatch inbox show 12
    """
    if ctx.invoked_subcommand:
        return
    here = desk()
    wish = Wish(
        search=search,
        source=_known(here, source),
        author=author,
        tag=tag,
        since=moment(since, here.publication) if since else None,
        everything=everything,
    )
    with here.inbox() as box:
        arrivals = box.arrivals(wish, limit=limit + 1)
        shown = 0
        for shown, arrival in enumerate(islice(arrivals, limit), 1):
            for line in () if as_json else _lines(arrival):
                tell(line)
            if as_json:
                tell(f"{'[' if shown == 1 else ','}{json.dumps(_table(arrival))}")
        if as_json:
            tell("]" if shown else "[]")
        is_more = next(arrivals, None) is not None
        of = f" of {box.waiting():,}" if is_more and wish == Wish() else ""
    if is_more:
        say(f"{shown}{of} shown. For more: --limit {max(shown, SCREEN) * 5}")
    elif not shown:
        say("Nothing new. To fetch from your sources: dispatch gather" if wish == Wish() else "No article matches.")


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
    here = desk()
    with here.inbox() as box:
        arrival = box.arrival(number)
        places = box.used_in(number)
    if as_json:
        tell_json(_table(arrival) | {"used_in": places})
        return
    for line in _whole(arrival, here.publication.language):
        tell(line)
    for place in places:
        tell(f"used in {place}")
    if not places:
        say(f"Next: dispatch add {number}")


@inbox.command()
@click.argument("numbers", type=click.IntRange(1), nargs=-1, required=True)
def dismiss(numbers: tuple[int, ...]) -> None:
    """Dismiss the articles with these NUMBERS, so that they are not listed again.

    \b
    Examples:
      dispatch inbox dismiss 4 7
    """
    with desk().changing() as here, here.inbox() as box:
        box.dismiss(numbers)
    say(f"dismissed {len(numbers)}. To undo: dispatch inbox restore {' '.join(map(str, numbers))}")


@inbox.command()
@click.argument("numbers", type=click.IntRange(1), nargs=-1, required=True)
def restore(numbers: tuple[int, ...]) -> None:
    """Restore dismissed articles.

    \b
    Examples:
      dispatch inbox restore 4
    """
    with desk().changing() as here, here.inbox() as box:
        box.restore(numbers)
    say(f"restored {len(numbers)}")


def _known(here: Desk, key: str) -> str:
    """Return the key of a source; a wrong one is answered with the nearest."""
    from dispatch import tables

    keys = [source.key for source in here.publication.sources]
    if key and key not in keys:
        raise click.BadParameter(f"there is no source “{key}” in dispatch.toml{tables.nearest(key, keys)}")
    return key


def _table(arrival: Arrival) -> dict[str, object]:
    """Convert an arrival to an object with all keys of its article, and what the inbox knows of it."""
    said = nouns.table(arrival, whole=True)
    article = nouns.table(arrival.article, whole=True)
    return article | {key: value for key, value in said.items() if key not in ("article", "source")}


def _lines(arrival: Arrival) -> Iterator[str]:
    """Format an arrival as two lines of a list."""
    article = arrival.article
    names = ", ".join(author.name for author in article.authors)
    said = [
        f"by {names}{'' if article.certainty == 'certain' else f' ({article.certainty})'}"
        if names
        else "no author found",
        f"in {article.source.title or arrival.source}" if article.source.title or arrival.source else "",
        f"{article.published:%Y-%m-%d}" if article.published else "no date",
        "changed" if arrival.changes else "",
        f"also at {len(arrival.also_at)} more" if arrival.also_at else "",
        "dismissed" if arrival.state == "dismissed" else "",
    ]
    yield f"{arrival.number:5}  {_one_line(article.title or article.url)}"
    yield f"{'':5}  {_one_line(' · '.join(part for part in said if part))}"


def _whole(arrival: Arrival, language: str) -> Iterator[str]:
    """Format everything that an editor wants to know of an arrival."""
    from dispatch import html

    article = arrival.article
    yield f"{arrival.number}  {_one_line(article.title or '(no title)')}"
    if article.dek:
        yield _one_line(article.dek)
    for author in article.authors:
        yield _one_line(f"by {author.name} ({article.certainty}) {author.url}")
    if not article.authors:
        yield "no author found"
    for credit in article.credits:
        yield _one_line(f"{credit.role}: {credit.name} {credit.url}")
    yield _one_line(f"in {article.source.title or arrival.source} {article.source.url}")
    published = f"published {article.published:%Y-%m-%d %H:%M %z}, " if article.published else "no date, "
    yield f"{published}arrived {arrival.arrived:%Y-%m-%d %H:%M %z}, {arrival.state}"
    if article.tags:
        yield _one_line(f"tags: {', '.join(article.tags)}")
    if article.license:
        yield _one_line(f"licence: {article.license}")
    yield article.url
    yield from (f"also at {address}" for address in arrival.also_at)
    yield from (_one_line(f"changed: {change}") for change in arrival.changes)
    content = article.content or html.escape(article.summary)
    if excerpt := html.text(html.excerpt(content, EXCERPT, article.language or language)).strip():
        yield ""
        yield from map(_one_line, excerpt.splitlines())


def _one_line(words: str) -> str:
    return " ".join(words.split())
