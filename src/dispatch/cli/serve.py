"""``dispatch serve``."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from dispatch.cli.context import desk, say


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 is every one.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--output", "-o", type=click.Path(file_okay=False), help="The public folder. Default: public/.")
@click.option("--below", help="The path of the host under which it stands. Default: that of the publication’s url.")
@click.option("--log", is_flag=True, help="Print a line for every request.")
def serve(host: str, port: int, output: str | None, below: str | None, log: bool) -> None:
    """Serve the public folder as the web should see it: media types, ETags, compression, security headers.

    What is published meanwhile is served at once. Ctrl-C ends it.

    \b
    Examples:
      dispatch serve
      dispatch serve --output /srv/www/wire --port 8080 --log
    """
    # Only this command waits for a server's libraries.
    from dispatch.server.public import Public
    from dispatch.server.run import run

    folder, path = (Path(output), "") if output else _of_publication()
    app = Public(folder, below=path if below is None else below, warn=say)
    run(
        app,
        host=host,
        port=port,
        ready=lambda address: say(f"Serving {folder.name}/ at {address}{app.below} until Ctrl-C"),
        log=say if log else None,
    )


def _of_publication() -> tuple[Path, str]:
    """The public folder of the publication here, and the path of its address."""
    publication = desk().publication
    return publication.root / "public", unquote(urlsplit(publication.url).path)
