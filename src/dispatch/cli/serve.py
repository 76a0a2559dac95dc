"""``dispatch serve``."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click

from dispatch.cli.context import open_publication, print_note
from dispatch.errors import DispatchError

if TYPE_CHECKING:
    from dispatch.model import Link, Publication
    from dispatch.serve.site import PublicSite
    from dispatch.serve.subscriptions import SubscriptionSite


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


def _add_subscriptions(site: "PublicSite") -> "SubscriptionSite":
    """Put the pages of subscriptions before the public folder. Raises DeliveryError when there is no consent to ask."""
    from dispatch.cli.context import read_clock
    from dispatch.serve.subscriptions import build_subscription_site

    publication = open_publication().publication
    found = build_subscription_site(
        publication,
        site,
        now=read_clock,
        warn=print_note,
        find_latest=lambda: _find_latest(publication),
        fetch=lambda url: _fetch_directly(publication, url),
    )
    print_note(f"Readers sign up at {found.answers.pages.address}")
    return found


def _fetch_directly(publication: "Publication", url: str) -> bytes:
    """Fetch an address that leads nowhere else. Raises DispatchError."""
    from dispatch import derived, fetch
    from dispatch.errors import GatherError

    found = fetch.Client(user_agent=derived.make_user_agent(publication)).get(url).require_document()
    if found.url != url:
        raise GatherError("it leads elsewhere", address=url, reason="bad-redirect")
    return found.body


def _find_latest(publication: "Publication") -> "Link | None":
    """Find the newest issue that was published; none while an issue cannot be read."""
    from dispatch import derived, issues
    from dispatch.model import Link

    try:
        slug = issues.find_newest(publication, "published")
    except DispatchError:
        return None
    return Link(title=slug, path=derived.build_issue_address(publication, slug)) if slug else None
