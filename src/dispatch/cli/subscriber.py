"""``dispatch subscriber``: who gets the newsletter."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from dispatch.cli.context import (
    YES,
    open_publication,
    print_json,
    print_note,
    print_result,
    read_clock,
    require_consent,
)
from dispatch.cli.listing import mark_state, print_rows
from dispatch.cli.other_words import AnsweringGroup
from dispatch.cli.subscriber_asking import add, ask
from dispatch.cli.subscriber_lists import STATES, export, import_, open_store, to_row
from dispatch.errors import DeliveryError
from dispatch.model import Consent, Subscriber, SubscriberState
from dispatch.subscribers import Store


@click.group(cls=AnsweringGroup)
def subscriber() -> None:
    """Manage the people who get the newsletter by mail: import, list, export, erase.

    They are kept in .dispatch/subscribers.sqlite, on this machine only and never in git. Back that file up.

    \b
    Examples:
      dispatch subscriber import readers.csv --confirmed "Signed up at wire.example until November 2026"
      dispatch subscriber list --state active
      dispatch subscriber forget ann@paper.example
    """


subscriber.add_command(add)
subscriber.add_command(ask)
subscriber.add_command(import_)
subscriber.add_command(export)


@subscriber.command("list")
@click.option("--state", type=STATES, help="Only those in this state.")
@click.option("--tag", default="", help="Only those with this tag.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
def list_(state: SubscriberState | None, tag: str, as_json: bool) -> None:
    """List subscribers, in the order in which they came.

    \b
    Examples:
      dispatch subscriber list
      dispatch subscriber list --state left --json
    """
    counts = Counter[SubscriberState]()
    with open_store() as store:
        people = _count_states(store.list_subscribers(state=state, tag=tag), counts)
        for person in people if as_json else ():
            print_json(to_row(person))
        print_rows((mark_state(one.state), f"{one.since:%Y-%m-%d}", one.email, one.name) for one in people)
    print_note(", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nobody")


def _count_states(people: Iterable[Subscriber], counts: Counter[SubscriberState]) -> Iterator[Subscriber]:
    """Count people by their state while they pass: a million are not held at once."""
    for person in people:
        counts[person.state] += 1
        yield person


@subscriber.command()
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def show(email: str, as_json: bool) -> None:
    """Show all that is known of EMAIL: what to send to somebody who asks what you have about them.

    \b
    Examples:
      dispatch subscriber show ann@paper.example
      dispatch subscriber show ann@paper.example --json
    """
    with open_store() as store:
        known, consents = _describe(store, email)
    if as_json:
        told = [{"at": one.at.isoformat(), "what": one.what, "how": one.how, "words": one.words} for one in consents]
        print_json(known | {"consents": told}, indent=2)
        return
    for name, value in known.items():
        print_result(f"{name.replace('_', ' '):13} {value}".rstrip())
    for one in consents:
        print_result(f"{one.at:%Y-%m-%d %H:%M}  {one.what}, by {one.how}{f': {one.words}' if one.words else ''}")


def _describe(store: Store, email: str) -> tuple[dict[str, str], list[Consent]]:
    """Describe whoever has an address, or had it and was erased. Raises DeliveryError when there never was anybody."""
    try:
        person = store.require(email)
    except DeliveryError:
        if proofs := store.list_proofs(email):
            return {"email": email, "state": "erased"}, proofs
        raise
    reached = store.find_last_accepted(person)
    return to_row(person) | ({"last_accepted": reached.isoformat()} if reached else {}), store.list_consents(person)


@subscriber.command()
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
def remove(emails: tuple[str, ...]) -> None:
    """Unsubscribe EMAIL: they get no more mail, and no import brings them back.

    \b
    Examples:
      dispatch subscriber remove ann@paper.example
    """
    with open_store() as store:
        for email in emails:
            person = store.remove(email, read_clock())
            print_note(f"{person.email} is {person.state}")


@subscriber.command()
@click.argument("email")
@YES
def forget(email: str, yes: bool) -> None:
    """Erase all that is known of EMAIL. It is never written to again, and no import brings it back.

    \b
    Examples:
      dispatch subscriber forget ann@paper.example --yes
    """
    require_consent(f"Erase {email}? This cannot be undone.", is_given=yes)
    with open_store() as store:
        was_known = store.forget(email, read_clock())
    print_note("erased" if was_known else "nothing was known of it; it is suppressed now")


@subscriber.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy all subscribers into a new FILE, and the secret keys into one beside it, whoever else is at work.

    Never overwrites a file, and writes none where git or the website would take it up. To put a copy back, see the
    guide: what was sent since then is not known to it, and it refuses to send until you say that this is meant.

    \b
    Examples:
      dispatch subscriber backup /mnt/backup/wire-2026-11-28.sqlite
    """
    from dispatch.subscribers.backup import write_backup

    keys = write_backup(open_publication().publication, file, read_clock())
    print_result(str(file))
    print_result(str(file.with_name(keys.name)))


@subscriber.command()
@click.argument("address", metavar="POSTGRESQL-URL", envvar="DISPATCH_STORE")
@YES
def move(address: str, yes: bool) -> None:
    """Move all subscribers to an empty PostgreSQL database, so that several machines can send and serve.

    Reads back what it has written and compares it, table by table. The file stays, and refuses from then on. Without
    POSTGRESQL-URL, it is the database that DISPATCH_STORE names in the environment: other users of this machine can see
    a password that is typed here.

    \b
    Examples:
      DISPATCH_STORE=postgresql://wire@db.wire.example/wire dispatch subscriber move
    """
    from dispatch.subscribers.moving import move_store

    here = open_publication()
    require_consent("Move all subscribers to PostgreSQL? The file is not used any more then.", is_given=yes)
    counts = move_store(here.root, address)
    for table, count in counts.items():
        print_result(f"{table}: {count}")
    print_note("All of it is there. Every machine needs DISPATCH_STORE in its environment, and .dispatch/keys")


@subscriber.command()
@click.argument("email")
@click.argument("tags", nargs=-1)
@click.option("--remove", "dropped", multiple=True, metavar="TAG", help="Take a tag away.")
def tag(email: str, tags: tuple[str, ...], dropped: tuple[str, ...]) -> None:
    """Give EMAIL some TAGS: words of your own, to choose people by.

    \b
    Examples:
      dispatch subscriber tag ann@paper.example press harbour
      dispatch subscriber tag ann@paper.example --remove press
    """
    with open_store() as store:
        person = store.tag(email, add=tags, drop=dropped)
    print_note(f"{person.email}: {', '.join(person.tags) or 'no tags'}")
