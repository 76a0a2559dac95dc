"""``dispatch source``: add, import, export, list, test, remove."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import click

from dispatch import identity, sources
from dispatch.cli.article_options import NameAndUrl, describe_day
from dispatch.cli.completion import complete_section, complete_source
from dispatch.cli.context import (
    NO_SOURCES,
    OUTPUT,
    OpenPublication,
    open_publication,
    print_json,
    print_next,
    print_note,
    print_result,
    read_clock,
    write_result,
)
from dispatch.cli.listing import Cell, print_entry
from dispatch.cli.other_words import AnsweringGroup
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Publication, Source, Syndicate, Visit

if TYPE_CHECKING:
    from dispatch.gather import GatherResult

Kind = Literal["", "feed", "page"]


@click.group(cls=AnsweringGroup)
def source() -> None:
    """Manage sources: feeds, sites with feeds, and pages without.

    \b
    Examples:
      dispatch source add https://paper.example --syndicate excerpt
      dispatch source import subscriptions.opml
      dispatch source list
    """


@source.command()
@click.argument("address")
@click.option("--title", default="", help="Its name. Default: the one it gives itself.")
@click.option("--section", "-s", default="", help="The section for its articles.", shell_complete=complete_section)
@click.option(
    "--syndicate", type=click.Choice(["link", "excerpt", "full"]), help="How much of each article may be shown."
)
@click.option("--words", type=click.IntRange(1), help="Approximate length of an excerpt.")
@click.option("--license", "terms", default="", help="The licence under which its articles may be shown.")
@click.option("--tag", "tags", multiple=True, help="A tag for all its articles; repeatable.")
@click.option("--author", type=NameAndUrl(), help="Its author, if it has only one and does not name them.")
@click.option("--kind", type=click.Choice(["feed", "page"]), help="What is at the address. Default: find out.")
@click.option("--complete", is_flag=True, help="Read the page of each article, if the feed has excerpts only.")
@click.option(
    "--dismiss", multiple=True, help="Dismiss articles with this title or address; * matches anything; repeatable."
)
@click.option("--key", default="", help="A short name for it. Default: made from the title.")
@click.option("--allow-private", is_flag=True, help="Allow addresses in private networks.")
@click.option("--no-fetch", is_flag=True, help="Fetch nothing: ADDRESS is a feed or, with --kind page, a page.")
def add(
    address: str,
    title: str,
    section: str,
    syndicate: Syndicate | None,
    words: int | None,
    terms: str,
    tags: tuple[str, ...],
    author: tuple[str, str] | None,
    kind: Kind | None,
    complete: bool,
    dismiss: tuple[str, ...],
    key: str,
    allow_private: bool,
    no_fetch: bool,
) -> None:
    """Add the source at ADDRESS to dispatch.toml: a feed, a site with a feed, or a page without one.

    \b
    Examples:
      dispatch source add https://paper.example --syndicate excerpt --section Europe
      dispatch source add https://blog.example/feed --author "Ann Lee=https://blog.example/ann"
      dispatch source add https://notes.example --kind page --dismiss "Links of the week*"
    """
    here = open_publication()
    found = _find_source_at(here, address, kind, allow_private=allow_private, no_fetch=no_fetch)
    found = replace(
        found,
        key=key,
        title=title or found.title,
        section=section,
        syndicate=syndicate,
        excerpt_words=words,
        license=terms,
        tags=tags,
        author=Author(name=author[0], url=author[1]) if author else None,
        dismiss=dismiss,
        complete=complete,
        allow_private=allow_private,
    )
    with here.lock_for_change() as now_here:
        added, passed = sources.add_sources(now_here.publication, [found])
    for known in passed:
        print_note(f"{known.key} already has this address: nothing added")
    for new in added:
        print_result(new.key)
        print_note(f"added “{new.title or new.key}”, {'the feed ' + new.feed if new.feed else 'the page ' + new.url}")
        print_next("dispatch gather")


@source.command("import")
@click.argument("file")
@click.option("--allow-private", is_flag=True, help="Allow addresses in private networks.")
def import_(file: str, allow_private: bool) -> None:
    """Add the feeds and links in an OPML FILE: a file, an address, or - for standard input.

    Its folders become sections of every new issue, in their order; its links become pages.

    \b
    Examples:
      dispatch source import subscriptions.opml
    """
    here = open_publication()
    found = _read_list(here, file, allow_private=allow_private)
    with here.lock_for_change() as now_here:
        added, passed, sections = sources.add_list(now_here.publication, found)
    for new in added:
        print_result(new.key)
    said = [f"added {_format_count(len(added), 'source')}", f"already there: {len(passed)}" if passed else ""]
    print_note("; ".join(filter(None, [*said, f"new sections: {', '.join(sections)}" if sections else ""])))


@source.command()
@OUTPUT
def export(output: str) -> None:
    """Write all sources as OPML 2.0, sections as folders.

    \b
    Examples:
      dispatch source export --output subscriptions.opml
    """
    from dispatch.readers import opml

    write_result(opml.format_opml((named := open_publication().publication).title, named.sources), output)


@source.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_(as_json: bool) -> None:
    """List all sources: when each last answered, and why it has failed since.

    \b
    Examples:
      dispatch source list
    """
    from dispatch import inbox

    publication = open_publication().publication
    with inbox.open_inbox(publication, only_reads=True) as box:
        visits = box.read_visits()
    if as_json:
        print_json([_source_to_data(one, visits.get(one.key)) for one in publication.sources])
    elif not publication.sources:
        print_note(NO_SOURCES)
    for one in () if as_json else publication.sources:
        visit = _describe_visit(visits.get(one.key), read_clock())
        print_entry("", one.key or "(no key)", (one.title, one.feed or one.url), (visit,), indent=4)


@source.command()
@click.argument("name", metavar="KEY|ADDRESS", shell_complete=complete_source)
@click.option("--allow-private", is_flag=True, help="Let addresses lead into your own network.")
def test(name: str, allow_private: bool) -> None:
    """Fetch a source, by its key or address, and show its articles. Nothing is stored.

    \b
    Examples:
      dispatch source test paper
      dispatch source test https://paper.example
    """
    from dispatch import gather

    here = open_publication()
    chosen, zone = _choose_source(here, name, allow_private=allow_private), here.publication.timezone
    for result in gather.gather_sources(
        [chosen], {}, user_agent=here.user_agent, now=read_clock(), zone=zone, allow_private=allow_private
    ):
        _print_articles(result, here.publication)


@source.command()
@click.argument("key", shell_complete=complete_source)
def remove(key: str) -> None:
    """Remove the source with this KEY from dispatch.toml, and print its lines. What was gathered from it stays.

    \b
    Examples:
      dispatch source remove paper
    """
    with open_publication().lock_for_change() as here:
        removed = sources.remove_source(here.publication, key)
    for line in sources.insert_sources("", [removed]).splitlines()[1:]:
        print_result(line)
    print_note(f"removed “{removed.title or removed.key}”. To undo: put these lines back into dispatch.toml")


def _read_list(here: OpenPublication, file: str, *, allow_private: bool) -> list[Source]:
    """Read the sources in an OPML file, at an address or on standard input. Raises GatherError when there are none."""
    from dispatch import fetch
    from dispatch.readers import opml

    stdin = sys.stdin.buffer.read() if file == "-" else None
    document = fetch.fetch_document(file, user_agent=here.user_agent, allow_private=allow_private, stdin=stdin)
    found = opml.parse_opml(document)
    if not found:
        raise GatherError("this list has neither feeds nor links", address=document.name)
    return found


def _choose_source(here: OpenPublication, name: str, *, allow_private: bool) -> Source:
    """Choose the source of that key or at that address. Raises ConfigError and GatherError."""
    from dispatch import links

    if not links.is_web_address(name):
        return sources.find_source(here.publication, name)
    return replace(_find_source_at(here, name, None, allow_private=allow_private, no_fetch=False), key="test")


def _print_articles(result: "GatherResult", publication: Publication) -> None:
    """Print what a source holds. Raises the GatherError for which it failed."""
    if result.error:
        raise result.error
    source = result.source
    print_note(f"{source.title}: {_format_count(len(result.entries), 'article')} at {source.feed or source.url}")
    if result.visit.moved_to:
        print_note(f"It has moved permanently to {result.visit.moved_to}")
    articles = (identity.register_article(one, publication, is_own=False)[0] for one in result.entries)
    for line in (line for article in articles for line in _format_article(article)):
        print_result(line)
    for told in (*map(str, result.faults), *(f"could not read: {one}" for one in result.missed)):
        print_note(told)


def _find_source_at(
    here: OpenPublication, address: str, kind: Kind | None, *, allow_private: bool, no_fetch: bool
) -> Source:
    """Return the source at an address, as discovered or as the options say."""
    from dispatch import gather, links

    if not links.is_web_address(address):
        hint = f"Write it like https://{address}" if "." in address and "/" not in address.partition(".")[0] else ""
        hint = f"Import a list: dispatch source import {address}" if address.endswith((".opml", ".xml")) else hint
        raise GatherError("a source must be an http or https address", address=address, hint=hint)
    if no_fetch:
        return Source(kind="page", url=address) if kind == "page" else Source(kind="feed", feed=address)
    found = gather.discover_source(address, user_agent=here.user_agent, allow_private=allow_private)
    if kind == "page":
        return Source(kind="page", url=address, title=found.title)
    if kind == "feed" and found.kind != "feed":
        raise GatherError("no feed found here", address=address, hint="Without --kind feed, the page itself is read.")
    return found


def _format_article(article: Article) -> Iterator[str]:
    """Format an article of a source, with the certainty of its authors."""
    names = ", ".join(f"{one.name} ({one.url})" if one.url else one.name for one in article.authors)
    by = f"by {names} [{article.certainty}]" if names else "no author found"
    yield "  ".join(part for part in (describe_day(article), article.title or article.url) if part)
    yield f"    {by}"
    yield f"    {article.url}"


def _describe_visit(visit: Visit | None, at: datetime) -> Cell:
    """Summarise what is known of a source."""
    if visit is None or visit.asked is None:
        return Cell("never gathered", "draft")
    moved = f"; it has moved to {visit.moved_to}" if visit.moved_to else ""
    worked = f"{visit.succeeded:%Y-%m-%d %H:%M}" if visit.succeeded else "never"
    if visit.error:
        worked += f" ({(at - visit.succeeded).days} days ago)" if visit.succeeded else ""
        times = _format_count(visit.failures, "time")
        return Cell(f"failed {times} in a row, last worked {worked}: {visit.error}{moved}", "wrong")
    return Cell(f"worked {worked}{moved}")


def _source_to_data(source: Source, visit: Visit | None) -> dict[str, object]:
    from dispatch import serialise

    return serialise.to_mapping(source) | {"visit": serialise.to_mapping(visit) if visit else None}


def _format_count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
