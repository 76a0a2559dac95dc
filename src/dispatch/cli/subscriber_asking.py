"""``dispatch subscriber add`` and ``ask``: people who have agreed, and people who are asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from dispatch.cli.context import NonEmptyText, open_publication, print_note, print_result, read_clock
from dispatch.cli.subscriber_lists import open_store

if TYPE_CHECKING:
    from dispatch.subscribers.subscriptions import Subscriptions

_SENT_BY = "dispatch work --once, or dispatch serve --subscriptions"


@click.command()
@click.argument("email")
@click.option("--name", default="", help="How they want to be called.")
@click.option("--tag", "tags", multiple=True, help="A word of your own, as often as wanted.")
@click.option("--confirmed", "words", type=NonEmptyText(), help="How they agreed, in words.")
def add(email: str, name: str, tags: tuple[str, ...], words: str | None) -> None:
    """Add the address EMAIL, of somebody who has agreed to get the newsletter; else they are asked by mail.

    \b
    Examples:
      dispatch subscriber add ann@paper.example --name "Ann Lee" --confirmed "Asked for it at the fair, 20 November"
      dispatch subscriber add bo@paper.example
    """
    if words is None:
        _add_asked(email, name, tags)
        return
    with open_store() as store:
        person = store.add(email, read_clock(), words=words, name=name, tags=tags)
    print_note(f"{person.email} is {person.state}")


@click.command()
@click.argument("emails", metavar="[EMAIL]...", nargs=-1)
def ask(emails: tuple[str, ...]) -> None:
    """Ask EMAIL by mail whether they want the newsletter, or everybody who is pending; once a day, three times a month.

    \b
    Examples:
      dispatch subscriber ask
      dispatch subscriber ask ann@paper.example
    """
    from dispatch.subscribers.asking import ask_pending

    with _open_subscriptions() as found:
        asked = list(ask_pending(found, emails, read_clock()))
    for person in asked:
        print_result(person.email)
    print_note(f"{len(asked)} asked" + (f"; the mail goes out with: {_SENT_BY}" if asked else ""))


def _add_asked(email: str, name: str, tags: tuple[str, ...]) -> None:
    from dispatch.subscribers.asking import ask_person

    with _open_subscriptions() as found:
        person = ask_person(found, email, read_clock(), name=name, tags=tags)
    print_note(f"{person.email} is {person.state}, and asked; the mail goes out with: {_SENT_BY}")


@contextmanager
def _open_subscriptions() -> "Iterator[Subscriptions]":
    """The subscribers, and the mails to them. Raises DeliveryError where nobody could confirm."""
    from dispatch.subscribers.asking import require_pages
    from dispatch.subscribers.subscriptions import load_keys, open_subscriptions

    publication = open_publication().publication
    require_pages(publication)
    with open_subscriptions(publication, load_keys(publication)) as found:
        yield found
