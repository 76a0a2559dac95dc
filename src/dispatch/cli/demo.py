"""``dispatch demo``."""

from pathlib import Path

import click

from dispatch import config, publish
from dispatch.cli.context import print_note, print_result


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("dispatch-demo"))
@click.option("--open/--no-open", "opens", default=None, help="Open it in a browser. Default: yes on a terminal.")
def demo(folder: Path, opens: bool | None) -> None:
    """Make a sample publication in FOLDER (default: dispatch-demo), publish it, and preview it in the browser.

    Everybody in it is invented. Look around, change a file, watch the preview follow; then delete the folder. Nothing
    leaves this machine, and git is not needed. FOLDER must be new or empty. Press Ctrl-C to stop.

    \b
    Examples:
      dispatch demo
      dispatch demo try-it --no-open
    """
    from dispatch.cli.preview import run_preview

    config.create_sample(folder)
    site = publish.publish_site(folder).folder
    print_note("The site, as readers would get it:")
    print_result(f"{site.resolve().as_uri()}/index.html")
    print_note("What is being written, in a preview:")
    run_preview(folder, None, opens=opens)
