"""``dispatch author``: list, show, rename, merge."""

from collections.abc import Iterable, Iterator

import click

from dispatch import issues, ledger, registry
from dispatch.cli.article_options import NameAndUrl
from dispatch.cli.completion import complete_author
from dispatch.cli.context import (
    NonEmptyText,
    OpenPublication,
    open_publication,
    print_json,
    print_next,
    print_note,
    print_result,
)
from dispatch.cli.listing import count_articles, print_rows
from dispatch.cli.other_words import AnsweringGroup
from dispatch.identity import find_person, register_authors
from dispatch.model import Author, Person
from dispatch.publish import people
from dispatch.publish.topics import parse_author_id


@click.group(cls=AnsweringGroup)
def author() -> None:
    """Manage the people of authors.toml: what they are called, and who is who.

    Somebody is named by key, name, former name, mail or page address; who has no entry by name, or NAME=ADDRESS.

    \b
    Examples:
      dispatch author list
      dispatch author rename "Ann Lee" "Alex Lee"
    """


@author.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_(as_json: bool) -> None:
    """List everybody in authors.toml, and who else is named in an issue, with the number of their articles.

    \b
    Examples:
      dispatch author list
      dispatch author list --json
    """
    rows = list(_list_people(open_publication()))
    if as_json:
        print_json(rows, indent=2)
        return
    print_rows(
        (str(row["key"] or "-"), count_articles(row["articles"]), str(row["name"]), str(row["url"])) for row in rows
    )
    if not rows:
        print_note("Nobody yet.")


@author.command()
@click.argument("name", type=NameAndUrl(), shell_complete=complete_author)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def show(name: tuple[str, str], as_json: bool) -> None:
    """Show what is known of the person called NAME, and their articles.

    \b
    Examples:
      dispatch author show jerry-jackson
      dispatch author show "Ann Lee=https://ann.example" --json
    """
    here = open_publication()
    data = _describe_person(here, *people.find_person(here.publication, _make_author(name)))
    if as_json:
        print_json(data, indent=2)
        return
    for key, value in data.items():
        for one in value if isinstance(value, list) else [value]:
            print_result(f"{key}: {one}")


@author.command()
@click.argument("old", type=NameAndUrl(), shell_complete=complete_author)
@click.argument("new", type=NonEmptyText())
@click.option("--forget", is_flag=True, help="Keep no trace of the old name: no old address leads on.")
def rename(old: tuple[str, str], new: str, forget: bool) -> None:
    """Give the person OLD the name NEW in everything, published issues included, without a correction.

    authors.toml remembers the former name, so that it is understood wherever it still comes in; no reader sees it. A
    page whose address tells it moves, and the old address, which tells it too, leads on: without it, links and feeds
    of followers break. With --forget, that is so, and nothing but the history in git knows the name.

    \b
    Examples:
      dispatch author rename "Ann Lee" "Alex Lee"
      dispatch author rename "Ann Lee" "Alex Lee" --forget
    """
    if "@" in new:
        raise click.BadParameter(f"“{new}” has a mailbox, which everybody would see; write a name", param_hint="NEW")
    with open_publication().lock_for_change() as here:
        change = people.rename_person(here.publication, _make_author(old), new, forget=forget)
    if forget:
        people.forget_traces(open_publication().publication, change)
    _report_change(change)


@author.command()
@click.argument("gone", type=NameAndUrl(), shell_complete=complete_author)
@click.argument("kept", type=NameAndUrl(), shell_complete=complete_author)
def merge(gone: tuple[str, str], kept: tuple[str, str]) -> None:
    """Make the person GONE the same as KEPT, whose name and entry stay.

    \b
    Examples:
      dispatch author merge ann-lee-2 ann-lee
      dispatch author merge "A. Lee" "Ann Lee=https://ann.example"
    """
    with open_publication().lock_for_change() as here:
        change = people.merge_people(here.publication, _make_author(gone), _make_author(kept))
    _report_change(change)


def _make_author(said: tuple[str, str]) -> Author:
    return Author(name=said[0], url=said[1])


def _list_people(here: OpenPublication) -> Iterator[dict[str, object]]:
    """List everybody in authors.toml by key, then who has no entry by name, with the number of their articles."""
    counts: dict[tuple[str, str, str], int] = {}
    for key, one in here.publication.authors.items():
        counts[key, one.name, one.url] = 0
    for issue in issues.read_all_issues(here.publication, with_texts=False):
        for article in issue.articles:
            for one in register_authors(article.authors, here.publication):
                named = find_person(one, here.publication), one.name, one.url
                counts[named] = counts.get(named, 0) + 1
    for (key, name, url), count in sorted(counts.items(), key=lambda row: (not row[0][0], row[0])):
        yield {"key": key, "name": name, "url": url, "articles": count}


def _describe_person(here: OpenPublication, key: str, person: Person) -> dict[str, object]:
    """Describe a person: the entry's keys, the addresses of the page in the site, and the articles."""
    (known,) = register_authors([person.author], here.publication)

    def is_known(authors: Iterable[Author]) -> bool:
        return known in register_authors(authors, here.publication)

    every = [
        (issue, one) for issue in issues.read_all_issues(here.publication, with_texts=False) for one in issue.articles
    ]
    lists = [one for one in ledger.read_records(here.publication) if one.kind == "author"]
    return {
        "key": key,
        **registry.to_table(person),
        "pages": [one.url for one in lists if is_known([parse_author_id(one.id)])],
        "articles": [f"{issue.slug}/{one.key}" for issue, one in every if is_known(one.authors)],
    }


def _report_change(change: people.PersonChange) -> None:
    """Report what became of a person, what of it anybody can see, and what is to be done."""
    print_result(f"{registry.FILE}: [{change.key}] {change.name}")
    for file in change.files:
        print_note(f"changed {file}")
    for old, new in change.moved:
        print_note(f"{old} leads to {new}; whoever asks for the old address sees it. To drop it: --forget")
    for file in change.mentions:
        print_note(f"{file} still has the old name in it")
    print_next("dispatch publish")
