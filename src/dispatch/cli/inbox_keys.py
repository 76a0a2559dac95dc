"""``dispatch inbox --interactive``: one entry after the other, each decided with one key."""

from collections import Counter
from collections.abc import Callable

import click

from dispatch import html
from dispatch.cli.article_options import describe_byline, describe_day
from dispatch.cli.context import OpenPublication, is_terminal, print_error, print_note
from dispatch.cli.listing import Cell, mark_state, print_entry
from dispatch.errors import DispatchError
from dispatch.inbox import InboxQuery
from dispatch.model import Arrival
from dispatch.text import shorten_line

BEGINNING = 140  # characters of each text, made of so many of its markup:
MOST_READ = 2_000
KEYS = {"a": "add", "x": "dismiss", "s": "skip", "u": "undo", "q": "quit"}
DONE = {"a": "added", "x": "dismissed", "s": "skipped"}


def print_listing(arrival: Arrival) -> None:
    """Print an arrival as an entry of a list, with the first words of its text."""
    article = arrival.article
    source = article.source.title or arrival.source
    said = (
        describe_byline(article),
        f"in {source}" if source else "",
        describe_day(article) or Cell("no date", "draft"),
        Cell("changed", "draft") if arrival.changes else "",
        f"also at {len(arrival.also_at)} more" if arrival.also_at else "",
        mark_state("dismissed") if arrival.state == "dismissed" else "",
    )
    begun = html.to_plain_text((article.content or html.escape_html(article.summary))[:MOST_READ])
    words = Cell(shorten_line(" ".join(begun.split()), BEGINNING), "aside")
    print_entry(f"{arrival.number:5}", article.title or article.url, said, (words,))


def decide_entries(here: OpenPublication, wish: InboxQuery) -> None:
    """Show each entry that matches, and do what the key says that is pressed: the last can be undone, and so on.

    Raises click.UsageError where there is no terminal.
    """
    if not is_terminal():
        raise click.UsageError("--interactive needs a terminal. Without one: dispatch inbox dismiss, dispatch add.")
    with here.open_inbox(only_reads=True) as box:
        arrivals = list(box.list_arrivals(wish))
    done: list[tuple[str, Callable[[], None]]] = []
    while len(done) < len(arrivals):
        arrival = arrivals[len(done)]
        print_listing(arrival)
        if (key := _ask_key()) == "q":
            break
        try:
            if key == "u" and done:
                done.pop()[1]()
            elif key in DONE and (undo := _decide(here, arrival.number, key)):
                done.append((key, undo))
        except DispatchError as error:
            print_error(error)
    counts = Counter(key for key, _ in done)
    said = [f"{DONE[key]} {counts[key]}" for key in DONE if counts[key]]
    print_note(f"{', '.join(said) or 'nothing decided'}; {len(arrivals) - len(done)} left")


def _ask_key() -> str:
    """Ask for a key, and return it; the end of the input is q."""
    click.echo(f"{', '.join(f'{key} {what}' for key, what in KEYS.items())}? ", nl=False, err=True)
    try:
        key = click.getchar().lower()
    except (EOFError, KeyboardInterrupt):
        key = "q"
    print_note(KEYS.get(key, ""))
    return key


def _decide(here: OpenPublication, number: int, key: str) -> Callable[[], None] | None:
    """Add an entry to the newest draft, dismiss or skip it; return what undoes that, None when it was not done.

    Raises DispatchError.
    """
    if key == "a":
        return _add_entry(here, number)
    if key == "x":
        _dismiss_entry(here, number, is_dismissed=True)
        return lambda: _dismiss_entry(here, number, is_dismissed=False)
    return lambda: None


def _dismiss_entry(here: OpenPublication, number: int, *, is_dismissed: bool) -> None:
    with here.lock_for_change() as now, now.open_inbox() as box:
        (box.dismiss if is_dismissed else box.restore)([number])


def _add_entry(here: OpenPublication, number: int) -> Callable[[], None] | None:
    """Add an entry as ``dispatch add`` does."""
    from dispatch.cli.add import add

    slug = here.find_slug(None, drafts=True)
    old = here.read_issue(slug)
    root = click.get_current_context().find_root()
    try:
        with add.make_context("add", [str(number), "--issue", slug], parent=root) as context:
            add.invoke(context)
    except SystemExit:  # it has said why
        return None
    titles = {part.title for part in old.sections}
    kept = {article.key for article in old.articles}
    added = [article for article in here.read_issue(slug).articles if article.key not in kept]

    def remove_again() -> None:
        from dispatch import pick

        with here.lock_for_change() as now:
            pick.take_back(now.publication, slug, added, titles)

    return remove_again
