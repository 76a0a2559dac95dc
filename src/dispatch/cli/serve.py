"""``dispatch serve``."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click

from dispatch.cli.context import open_publication, print_error, print_note, read_clock
from dispatch.cli.delivery import PASSWORD, make_key_option, make_server
from dispatch.errors import DispatchError

if TYPE_CHECKING:
    from dispatch.model import Link, Publication
    from dispatch.serve.site import PublicSite
    from dispatch.serve.subscriptions import SubscriptionSite
    from dispatch.smtp import Submission

# Seconds: between two looks at what waits, after something went wrong, and for what is on its way at the end.
_EVERY, _PAUSE, _GOODBYE = 1.0, 30.0, 30.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 is every one.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--output", "-o", type=click.Path(file_okay=False), help="The public folder. Default: public/.")
@click.option("--below", help="The path of the host under which it stands. Default: that of the publication’s url.")
@click.option("--subscriptions", is_flag=True, help="Answer the pages to sign up, confirm and leave, too.")
@click.option("--log", is_flag=True, help="Print a line for every request.")
@PASSWORD
@make_key_option("--mailgun-key", "DISPATCH_MAILGUN_KEY")
def serve(
    host: str,
    port: int,
    output: str | None,
    below: str | None,
    subscriptions: bool,
    log: bool,
    password: str,
    mailgun_key: str,
) -> None:
    """Serve the public folder as the web should see it: media types, ETags, compression, security headers.

    What is published meanwhile is served at once. With --subscriptions it answers the pages of subscriptions, too, and
    sends the mails that come of them. Ctrl-C ends it.

    \b
    Examples:
      dispatch serve
      dispatch serve --output /srv/www/wire --port 8080 --log
      dispatch serve --subscriptions
    """
    from dispatch.serve.run import run_server  # only this command waits for a server's libraries

    folder, path = (Path(output), "") if output else _find_public_folder()
    place = f"{(path if below is None else below).strip('/')}/".lstrip("/")
    what = f"{folder.name}/" if folder.is_dir() else "subscriptions"
    with _open_site(folder, place, password if subscriptions else None, mailgun_key) as site:
        run_server(
            site, host=host, port=port, log=print_note if log else None,
            ready=lambda address: print_note(f"Serving {what} at {address}{place} until Ctrl-C"),
        )  # fmt: skip


def _find_public_folder() -> tuple[Path, str]:
    """Find the public folder of the publication here, and the path of its address."""
    publication = open_publication().publication
    return publication.root / "public", unquote(urlsplit(publication.url).path)


@contextmanager
def _open_site(
    folder: Path, below: str, password: str | None, mailgun_key: str
) -> "Iterator[PublicSite | SubscriptionSite]":
    """Open what is served; password: of the mail server, when the pages of subscriptions are, too.

    Raises DeliveryError when there is no public folder, or nothing that readers could agree to.
    """
    from dispatch.serve.site import PublicSite

    if password is None:
        yield PublicSite(folder, below=below, warn=print_note)
        return
    from dispatch.serve.subscriptions import build_subscription_site

    publication = open_publication().publication
    site = PublicSite(folder, below=below, warn=print_note) if folder.is_dir() else None
    found = build_subscription_site(
        publication,
        site,
        now=read_clock,
        warn=print_note,
        find_latest=lambda: _find_latest(publication),
        fetch=lambda url: _fetch_directly(publication, url),
        mailgun_key=mailgun_key,
    )
    print_note(f"Readers sign up at {found.answers.pages.address}")
    with _send_beside(publication, password):
        yield found


@contextmanager
def _send_beside(publication: "Publication", password: str) -> "Iterator[None]":
    """Send the mails that the pages cause, from a thread, as long as this lasts. Raises DeliveryError."""
    if not publication.delivery.smtp:
        print_note("No mail goes out from here: [delivery] names no smtp. dispatch work sends what waits.")
        yield
        return
    server, stop = make_server(publication, password), threading.Event()
    thread = threading.Thread(target=_send_notices, args=(publication, server, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_GOODBYE)


def _send_notices(publication: "Publication", server: "Submission", stop: threading.Event) -> None:
    """Send what waits, look again a moment later, and longer after something went wrong; forget what is old."""
    from dispatch import deliver
    from dispatch.subscribers.retention import forget_outdated

    pause = _EVERY
    while not stop.wait(pause):
        pause = _EVERY
        try:
            with deliver.open_for_notices(publication, read_clock) as outbound:
                while not stop.wait(_EVERY):
                    forget_outdated(outbound.connection, read_clock())
                    if deliver.has_notices(outbound):
                        deliver.send_notices(outbound, server, stop)
        except DispatchError as error:
            print_error(error)
            pause = _PAUSE


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
