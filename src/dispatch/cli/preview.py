"""``dispatch preview``."""

import sys
from pathlib import Path

import click

from dispatch import issues, smtp
from dispatch.cli.completion import complete_issue
from dispatch.cli.context import open_publication, print_note, print_result
from dispatch.desk import Preview, Workspace, serve_preview


@click.command()
@click.argument("issue", required=False, shell_complete=complete_issue)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any free port.")
@click.option("--open/--no-open", "opens", default=None, help="Open it in a browser. Default: yes on a terminal.")
@click.option("--smtp", "mail", default="127.0.0.1:1025", show_default=True, help="The mail server for test messages.")
@click.option("--idle", type=click.FloatRange(0), default=0, help="Stop after this many minutes without an open page.")
def preview(issue: str | None, port: int, opens: bool | None, mail: str, idle: float) -> None:
    """Preview ISSUE (default: the newest) as each reader will see it, while you write.

    Prints the address of a page on this machine; its token keeps others out. The page follows every change to the
    files. Nothing is written. Press Ctrl-C to stop.

    \b
    Examples:
      dispatch preview
      dispatch preview defence --port 8000 --no-open
      dispatch preview --smtp 127.0.0.1:2525
    """
    run_preview(open_publication().root, issue, port=port, opens=opens, mail=mail, idle=idle)


def run_preview(
    root: Path,
    issue: str | None,
    *,
    port: int = 0,
    opens: bool | None = None,
    mail: str = "127.0.0.1:1025",
    idle: float = 0,
) -> None:
    """Preview an issue of the publication in a folder, as the options of the command say, until Ctrl-C."""
    workspace = Workspace(root, smtp.parse_local_server(mail))
    first = issues.find_slug(workspace.publication, issue) if issue else workspace.newest

    def show_address(address: str) -> None:
        print_result(address)
        sys.stdout.flush()
        print_note("Press Ctrl-C to stop the preview.")
        if opens or (opens is None and sys.stdout.isatty()):
            _open_browser(address)

    preview = Preview(workspace, root=root, mail=mail, first=first, idle=idle * 60)
    preview.updates.tell = print_note
    serve_preview(preview, port=port, ready=show_address)


def _open_browser(address: str) -> None:
    """Show a page in the browser, unless the only one at hand would take the terminal."""
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if browser.name not in {"www-browser", "links", "elinks", "lynx", "w3m"}:
        browser.open(address)
