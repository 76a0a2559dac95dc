"""``dispatch ping``."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from dispatch import config, ledger, links, websub
from dispatch.cli.context import OpenPublication, open_publication, print_error, print_json, print_note, print_result
from dispatch.errors import ConfigError, DeliveryError
from dispatch.fetch import Reply, post_form


@click.command()
@click.option("--hub", help="The hub's address. Default: hub under [feeds] in dispatch.toml.")
@click.option("--output", "-o", type=click.Path(file_okay=False), help="The public folder. Default: public/.")
@click.option("--all", "everything", is_flag=True, help="Notify it of every feed, changed or not.")
@click.option("--allow-private", is_flag=True, help="Allow a hub in a private network.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def ping(hub: str | None, output: str | None, everything: bool, allow_private: bool, as_json: bool) -> None:
    """Notify the WebSub hub of the feeds that changed since the last ping. Run it after the upload.

    The hub then fetches them and pushes what is new to everybody who subscribed through it.

    \b
    Examples:
      dispatch ping
      dispatch ping --hub https://hub.example/
    """
    here = open_publication()
    root = config.find_publication(here.folder)
    address = _require_hub(hub or here.publication.feeds.hub)
    now = websub.find_topics(Path(output) if output else root / "public", here.publication)
    if not now:
        raise DeliveryError("there is no feed in the public folder", hint="Run dispatch publish first.")
    before = {} if everything else websub.load_pinged_topics(root, address)
    changed = {topic: digest for topic, digest in now.items() if before.get(topic) != digest}
    fresh, refused = _ping_topics(here, address, changed, allow_private=allow_private, as_json=as_json)
    _print_report(address, list(fresh), refused, as_json)


def _ping_topics(
    here: OpenPublication, hub: str, topics: Mapping[str, str], *, allow_private: bool, as_json: bool
) -> tuple[dict[str, str], dict[str, Reply]]:
    """Notify the hub of each topic; return the topics that it took, with their digests, and those that it refused.

    What it took is saved, also when it stops answering in between.
    """
    fresh: dict[str, str] = {}
    refused: dict[str, Reply] = {}
    try:
        for topic, reply in _tell_hub(hub, list(topics), here.user_agent, allow_private):
            if reply.is_accepted:
                fresh[topic] = topics[topic]
                if not as_json:
                    print_result(topic)
            else:
                refused[topic] = reply
                if not as_json:
                    print_error(_make_refusal_error(topic, reply))
    finally:
        if fresh:
            with here.lock_for_change():
                published = (one.id for one in ledger.read_records(here.publication) if one.kind == "issue")
                websub.save_pinged_topics(here.root, hub, fresh, published)
    return fresh, refused


def _require_hub(hub: str) -> str:
    if not hub:
        raise ConfigError(
            "no hub is set",
            subject="dispatch.toml",
            hint='Write hub = "https://…" under [feeds] and publish, so that the feeds name it; or use --hub.',
        )
    if not links.is_web_address(hub):
        raise ConfigError("this is not the address of a hub", address=hub, hint="Write it whole: https://hub.example/.")
    return hub


def _tell_hub(hub: str, topics: list[str], user_agent: str, allow_private: bool) -> Iterator[tuple[str, Reply]]:
    """Notify the hub of each topic, and yield the topic with the hub's answer.

    How a publisher tells a hub is left open by WebSub (section 6). Hubs took over the form of PubSubHubbub 0.3, which
    names the topic ``hub.url``; some want it as ``hub.topic``. So both are said.
    """
    for topic in topics:
        fields = (("hub.mode", "publish"), ("hub.url", topic), ("hub.topic", topic))
        yield topic, post_form(hub, fields, user_agent=user_agent, allow_private=allow_private)


def _make_refusal_error(topic: str, reply: Reply) -> DeliveryError:
    answer = f"{reply.status} {reply.reason}".strip() + (f": {reply.words}" if reply.words else "")
    hint = f"Try again in {reply.wait} seconds." if reply.wait else "Is it the right hub, and is the feed public?"
    return DeliveryError(f"the hub refused: {answer}", address=topic, hint=hint)


def _print_report(hub: str, told: list[str], refused: Mapping[str, Reply], as_json: bool) -> None:
    if as_json:
        answers = [{"topic": topic, "status": reply.status, "answer": reply.words} for topic, reply in refused.items()]
        print_json({"hub": hub, "told": told, "refused": answers}, indent=2)
    elif refused:
        print_note(f"Notified the hub of {len(told)} of {len(told) + len(refused)} feeds.")
    else:
        print_note(
            f"Notified the hub of {_format_feed_count(len(told))}."
            if told
            else "No feed has changed since the last ping."
        )
    if refused:
        sys.exit(1)


def _format_feed_count(number: int) -> str:
    return "1 feed" if number == 1 else f"{number} feeds"
