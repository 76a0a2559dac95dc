"""``dispatch desk``, and ``dispatch preview``: the same page, opened where an issue is seen."""

import sys
from pathlib import Path

import click

from dispatch import issues
from dispatch.cli.completion import complete_issue
from dispatch.cli.context import open_publication, print_note, print_result, read_clock
from dispatch.cli.delivery import PASSWORD, make_server

ISSUE = click.argument("issue", required=False, shell_complete=complete_issue)
PORT = click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any free port.")
OPENS = click.option(
    "--open/--no-open", "opens", default=None, help="Open it in a browser. Default: yes on a terminal."
)
MAIL = click.option(
    "--smtp", "mail", default="127.0.0.1:1025", show_default=True, help="The mail server for test messages."
)
IDLE = click.option(
    "--idle", type=click.FloatRange(0), default=0, help="Stop after this many minutes without an open page."
)


@click.command()
@ISSUE
@PORT
@OPENS
@MAIL
@IDLE
@PASSWORD
def desk(issue: str | None, port: int, opens: bool | None, mail: str, idle: float, password: str) -> None:
    """Choose from the inbox, edit ISSUE (default: the newest draft), see it and publish it, in the browser.

    Prints the address of a page on this machine; its token keeps others out. What you decide there is written into the
    files at once, as the commands would, and can be taken back with one key. Press Ctrl-C to stop.

    \b
    Examples:
      dispatch desk
      dispatch desk defence --port 8000 --no-open
    """
    run_preview(
        open_publication().root, issue, port=port, opens=opens, mail=mail, idle=idle, password=password, view="inbox"
    )


@click.command()
@ISSUE
@PORT
@OPENS
@MAIL
@IDLE
@PASSWORD
def preview(issue: str | None, port: int, opens: bool | None, mail: str, idle: float, password: str) -> None:
    """Preview ISSUE (default: the newest) as each reader will see it, while you write.

    Prints the address of a page on this machine; its token keeps others out. The page follows every change to the
    files. It is the page of dispatch desk, opened at the mail. Press Ctrl-C to stop.

    \b
    Examples:
      dispatch preview
      dispatch preview defence --port 8000 --no-open
      dispatch preview --smtp 127.0.0.1:2525
    """
    run_preview(open_publication().root, issue, port=port, opens=opens, mail=mail, idle=idle, password=password)


def run_preview(
    root: Path,
    issue: str | None,
    *,
    port: int = 0,
    opens: bool | None = None,
    mail: str = "127.0.0.1:1025",
    idle: float = 0,
    view: str = "mail",
    password: str = "",
) -> None:
    """Show an issue of the publication in a folder in a view, as the options of the command say, until Ctrl-C."""
    from dispatch import smtp
    from dispatch.desk import Preview, Workspace, serve_preview  # and with it nearly everything

    workspace = Workspace(root, smtp.parse_local_server(mail), read_clock)
    newest = workspace.newest if view == "mail" else workspace.newest_draft
    first = issues.find_slug(workspace.publication, issue) if issue else newest

    def show_address(address: str) -> None:
        print_result(address)
        sys.stdout.flush()
        print_note("Press Ctrl-C to stop it.")
        if opens or (opens is None and sys.stdout.isatty()):
            _open_browser(address)

    preview = Preview(
        workspace,
        root=root,
        mail=mail,
        now=read_clock,
        find_server=lambda publication: make_server(publication, password),
        first=first,
        view=view,
        idle=idle * 60,
    )
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
