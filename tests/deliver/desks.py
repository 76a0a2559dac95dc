"""A publication with subscribers, ready to be sent from."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nouns
from dispatch import config, deliver, subscribers
from dispatch.deliver import Outbound, SendReport
from dispatch.model import DeliverySettings, DeliveryState, Issue, ListedPerson, Publication
from dispatch.smtp import Timeouts, parse_submission
from dispatch.subscribers import deliveries

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
ISSUE = nouns.issue(nouns.article(1), slug="bridges")
QUICK = Timeouts(connect=5, reply=5, after_text=5, between=(0.01, 0.02, 0.05))


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def make_wire(root: Path, people: int, **delivery: object) -> Publication:
    """The Wire, with so many subscribers."""
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="W <desk@wire.example>")
    wire = config.load(root)
    settings = DeliverySettings(**({"bounces": "bounces@wire.example"} | delivery))  # type: ignore[arg-type]
    wire = replace(wire, delivery=settings)
    with subscribers.open_store(wire) as store:
        listed = (ListedPerson(line=n, email=f"reader-{n}@paper.example", state="active") for n in range(1, people + 1))
        store.import_people(listed, NOW, how="test", words="They said so")
    return wire


@contextmanager
def open_desk(
    wire: Publication, clock: Callable[[], datetime] = lambda: NOW, *, takes_over: bool = False
) -> Iterator[Outbound]:
    with deliver.open_outbound(wire, clock, command="dispatch send", takes_over=takes_over) as outbound:
        yield outbound


def send(
    wire: Publication,
    url: str,
    *,
    issue: Issue = ISSUE,
    clock: Callable[[], datetime] = lambda: NOW,
    stop: threading.Event | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
    timeouts: Timeouts = QUICK,
) -> SendReport:
    """Send an issue, or go on with it."""
    with open_desk(wire, clock) as outbound:
        found = outbound.find_round(issue) or outbound.begin_round(
            issue, outbound.prepare_message(issue, clock()), clock()
        )
        server = replace(parse_submission(url, ""), timeouts=timeouts)
        return outbound.send_round(found, server, stop or threading.Event(), on_progress)


def states(wire: Publication) -> dict[DeliveryState, int]:
    with open_desk(wire) as outbound:
        return deliveries.count_states(outbound.connection, 1)


def addresses_in(wire: Publication, state: DeliveryState) -> list[str]:
    with open_desk(wire) as outbound:
        return [one.email for one in deliveries.list_deliveries(outbound.connection, 1, state=state)]


LATER = timedelta(days=1)
