"""``dispatch serve``."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click

from dispatch.cli.context import open_publication, print_note
from dispatch.errors import DeliveryError, DispatchError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from dispatch.model import Link, Publication


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 is every one.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--output", "-o", type=click.Path(file_okay=False), help="The public folder. Default: public/.")
@click.option("--below", help="The path of the host under which it stands. Default: that of the publication’s url.")
@click.option("--subscriptions", is_flag=True, help="Answer the pages to sign up, confirm and leave, too.")
@click.option("--log", is_flag=True, help="Print a line for every request.")
def serve(host: str, port: int, output: str | None, below: str | None, subscriptions: bool, log: bool) -> None:
    """Serve the public folder as the web should see it: media types, ETags, compression, security headers.

    What is published meanwhile is served at once. Ctrl-C ends it.

    \b
    Examples:
      dispatch serve
      dispatch serve --output /srv/www/wire --port 8080 --log
      dispatch serve --subscriptions
    """
    # Only this command waits for a server's libraries.
    from dispatch.serve.run import run_server
    from dispatch.serve.site import PublicSite

    folder, path = (Path(output), "") if output else _find_public_folder()
    site = PublicSite(folder, below=path if below is None else below, warn=print_note)
    run_server(
        _add_subscriptions(site) if subscriptions else site,
        host=host,
        port=port,
        ready=lambda address: print_note(f"Serving {folder.name}/ at {address}{site.below} until Ctrl-C"),
        log=print_note if log else None,
    )


def _find_public_folder() -> tuple[Path, str]:
    """Find the public folder of the publication here, and the path of its address."""
    publication = open_publication().publication
    return publication.root / "public", unquote(urlsplit(publication.url).path)


def _add_subscriptions(site: "ASGIApp") -> "ASGIApp":
    """Put the pages of subscriptions before the public folder. Raises DeliveryError when there is no consent to ask."""
    from dispatch import derived
    from dispatch.cli.context import read_clock
    from dispatch.formats.subscription_pages import SubscriptionPages
    from dispatch.serve.forms import NetworkLimit
    from dispatch.serve.subscription_answers import SubscriptionAnswers
    from dispatch.serve.subscriptions import SubscriptionSite
    from dispatch.subscribers.subscriptions import load_keys, open_subscriptions

    publication = open_publication().publication
    address = derived.find_subscription_pages(publication)
    if not address or not publication.email.sender:
        what = "[subscribe] has no consent" if not address else "[email] has no from"
        hint = 'Write what readers agree to: consent = "I want The Wire by mail, about weekly."'
        raise DeliveryError(what, subject="dispatch.toml", hint="" if address else hint)
    keys = load_keys(publication)
    answers = SubscriptionAnswers(
        pages=SubscriptionPages(publication, address),
        keys=keys,
        limit=NetworkLimit(),
        warn=print_note,
        find_latest=lambda: _find_latest(publication),
    )
    print_note(f"Readers sign up at {address}")
    return SubscriptionSite(
        answers=answers, open_store=lambda: open_subscriptions(publication, keys), now=read_clock, site=site
    )


def _find_latest(publication: "Publication") -> "Link | None":
    """Find the newest issue that was published; none while an issue cannot be read."""
    from dispatch import derived, issues
    from dispatch.model import Link

    try:
        slug = issues.find_newest(publication, "published")
    except DispatchError:
        return None
    return Link(title=slug, path=derived.build_issue_address(publication, slug)) if slug else None
