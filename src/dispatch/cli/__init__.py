"""The command line: parses, chains the stages, echoes.

A command's module is imported when the command is called, so that ``--help`` and ``--version`` cost what click costs.
"""

import codecs
import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from io import TextIOWrapper

import click
from click.shell_completion import BashComplete, FishComplete, add_completion_class

from dispatch import __version__
from dispatch.cli.other_words import AnsweringGroup, explain_option
from dispatch.errors import DispatchError, explain_refusal
from dispatch.text import escape_line, escape_words

# name: (module, what --help says of it)
COMMANDS = {
    "init": ("init", "Create a publication in a new folder."),
    "desk": ("preview", "Choose, edit, see and publish in the browser."),
    "demo": ("demo", "Make a sample publication, publish it and preview it."),
    "source": ("source", "Manage sources: feeds, sites and pages."),
    "gather": ("gather", "Fetch new articles from every source into the inbox."),
    "inbox": ("inbox", "List gathered articles; dismiss those you do not want."),
    "author": ("author", "Manage people: give one another name, make one of two."),
    "issue": ("issue", "Create, show and edit issues."),
    "note": ("issue_articles", "Write what you say of an article; it is shown with it."),
    "add": ("add", "Add articles to an issue: files, pages, feeds, or a link."),
    "import": ("import_", "Import a Substack, Ghost, WordPress, ... export, one issue per post."),
    "check": ("check", "Check every byline and link, in every edition."),
    "review": ("review", "Summarise what a pull request changes, broken bylines first."),
    "render": ("render", "Render an issue as feeds, email, text and a web page."),
    "preview": ("preview", "Preview an issue in the browser while you write."),
    "publish": ("publish", "Check an issue, mark it as published, build the site."),
    "unpublish": ("publish", "Take back an issue that nobody has yet."),
    "ping": ("ping", "Notify the WebSub hub of changed feeds."),
    "subscriber": ("subscriber", "Manage who gets the newsletter by mail."),
    "suppression": ("suppression", "Manage addresses that must never be written to."),
    "doctor": ("doctor", "Find what keeps your mails from arriving."),
    "bounces": ("bounces", "Take in what came back: bounces and complaints."),
    "send": ("send", "Send a published issue to its subscribers, or to the desk as a test."),
    "deliveries": ("deliveries", "Show what became of what was sent."),
    "settle": ("deliveries", "Settle messages of which nobody knows whether they arrived."),
    "hold": ("deliveries", "Hold the round of an issue: nothing more of it goes out."),
    "resume": ("deliveries", "Let a round go on that is held."),
    "work": ("work", "Send what is due: confirmations, planned rounds, what was put off."),
    "withdraw": ("withdraw", "Withdraw an article or an issue; a notice replaces it."),
    "serve": ("serve", "Serve the public folder over HTTP."),
    "help": ("help_", "Explain a word, or a command."),
    "template": ("template", "Copy templates to change them; see what changed in the default ones."),
    "schema": ("schema", "Print the JSON Schema of dispatch.toml or authors.toml."),
}

# What consoles without typographic characters have for them (code page 437, ASCII).
_PLAIN = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "—": "-", "·": "-", "\u00a0": " "}


@add_completion_class
class QuotingBashComplete(BashComplete):
    """Bash inserts a word as it is given: a space in it would begin another."""

    source_template = BashComplete.source_template.replace(
        "COMPREPLY+=($value)",
        """[[ ${COMP_WORDS[COMP_CWORD]} == [\\"\\']* ]] || value=$(printf %%q "$value"); COMPREPLY+=("$value")""",
    )


@add_completion_class
class WholeFishComplete(FishComplete):
    """Fish would be given a word up to its first comma."""

    source_template = FishComplete.source_template.replace('string split ","', 'string split --max 1 ","')


class Commands(AnsweringGroup):
    """A group whose commands are imported when they are called, and which shows every error once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = COMMANDS[cmd_name][0]
        found = import_module(f"dispatch.cli.{module}")
        command = getattr(found, cmd_name, None) or getattr(
            found, module
        )  # import and help are no names for a function
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """Parses the options that stand before the command; from then on no output fails for its encoding."""
        codecs.register_error("plain", _write_plainly)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                with suppress(OSError):  # one that was replaced below it by another that cannot be sought in
                    stream.reconfigure(errors="plain")
        with _escape_usage_errors():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command; what it raises on purpose, or the system refuses, is shown here and nowhere else."""
        try:
            with _escape_usage_errors():
                return super().invoke(ctx)
        except (DispatchError, OSError) as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever read what it printed has gone: click ends in silence
            if ctx.params.get("debug"):
                from traceback import format_exception

                for line in "".join(format_exception(error)).splitlines():
                    click.echo(escape_line(line), err=True)
            if isinstance(error, OSError):
                error = explain_refusal(DispatchError, error, address=str(error.filename or ""))
            show_error(error)
            ctx.exit(error.exit_code)


def _write_plainly(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding cannot hold: typography by ASCII's, all else by a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


@contextmanager
def _escape_usage_errors() -> Iterator[None]:
    """Make safe what click says of wrong words, which it quotes as they are."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.NoSuchOption as error:
        raise click.UsageError(escape_words(explain_option(error)), error.ctx) from error
    except click.ClickException as error:
        words = escape_words(error.format_message())
        if isinstance(error, click.UsageError):
            raise click.UsageError(words, error.ctx) from error
        raise click.ClickException(words) from error


def show_error(error: DispatchError) -> None:
    """Print each fault on standard error, a line each, with its hint; a hint that several in a row share, once."""
    from itertools import groupby

    for hint, faults in groupby(error.faults, key=lambda fault: fault.hint):
        for fault in faults:
            click.echo(f"{click.style('Error:', fg='red', bold=True)} {escape_words(str(fault))}", err=True)
        if hint:
            click.echo(f"{click.style('Hint:', bold=True)} {escape_words(hint)}", err=True)


@click.group(
    name="dispatch",
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Each command has examples: dispatch add --help",
)
@click.version_option(__version__, prog_name="dispatch", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option("--no-color", is_flag=True, help="Print without colours; so does NO_COLOR in the environment.")
@click.option(
    "--wait",
    type=click.IntRange(0, 86_400),
    metavar="SECONDS",
    default=10,
    show_default=True,
    envvar="DISPATCH_WAIT",
    show_envvar=True,
    help="How long to wait for another command that is changing the publication.",
)
@click.option("--colourless", envvar="NO_COLOR", hidden=True)
@click.pass_context
def main(ctx: click.Context, debug: bool, no_color: bool, wait: int, colourless: str | None) -> None:  # noqa: ARG001 - debug and wait are read from the context
    """Publish a newsletter as RSS, Atom, JSON Feed, email, text and web pages, with every author credited.

    \b
    dispatch init my-newsletter --title "The Wire" --url https://wire.example --from "The Wire <desk@wire.example>"
    cd my-newsletter
    dispatch issue new "Who pays for defence"
    dispatch add story.txt --url https://paper.example/story --author "Jerry Jackson=https://paper.example/jackson"
    dispatch check
    dispatch publish who-pays-for-defence
    """
    if no_color or colourless:
        ctx.color = False
