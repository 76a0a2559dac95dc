"""Makes the manual pages out of the commands' help: one of dispatch, and one for each command with what is below it.

``docs/generate.py`` writes them into ``docs/man``; the wheel puts them where ``man`` looks. The library for that,
click-man, writes a page for each subcommand, joins the lines of examples, and dates every page anew.
"""

import inspect
import re
from collections.abc import Iterable, Iterator

import click

from dispatch.cli import COMMANDS

ENVIRONMENT = (
    ("DISPATCH_WAIT", "as --wait"),
    ("NO_COLOR", "as --no-color"),
    ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "the proxy that is asked, and for which hosts none is"),
    ("SSL_CERT_FILE, SSL_CERT_DIR", "certificates that are believed"),
    ("EDITOR, VISUAL", "what opens a file that you edit"),
)
EXIT = (
    ("0", "done"),
    ("1", "it failed, or check found something"),
    ("2", "wrong usage, such as an unknown option"),
    ("75", "another command is changing the publication, and did not finish in time (--wait)"),
)


def make_pages(program: click.Group) -> dict[str, str]:
    """Make all pages, by the names of their files."""
    context = click.Context(program, info_name="dispatch")
    names = program.list_commands(context)
    pages = {"dispatch.1": "\n".join(write_overview(program, context, names)) + "\n"}
    for name in names:
        pages[f"dispatch-{name}.1"] = "\n".join(write_page(name, context)) + "\n"
    return pages


def write_overview(program: click.Group, context: click.Context, names: list[str]) -> Iterator[str]:
    """Write the page of dispatch itself."""
    words, _, first = inspect.cleandoc(program.help or "").partition("\n\n\b\n")
    yield from write_head("dispatch", words)
    yield from (".B dispatch", escape("[OPTIONS] COMMAND [ARGUMENT]..."), ".SH DESCRIPTION", *write_text(words))
    yield from (".SH COMMANDS", *write_rows((name, words) for name, (_, words) in COMMANDS.items()))
    yield from (".SH OPTIONS", *write_options(program, context))
    yield from (".SH ENVIRONMENT", *write_rows(ENVIRONMENT), ".SH EXIT STATUS", *write_rows(EXIT))
    yield from (".SH EXAMPLES", *write_block(first), ".SH SEE ALSO")
    yield escape(", ".join(f"dispatch-{name}(1)" for name in names))


def write_page(name: str, above: click.Context) -> Iterator[str]:
    """Write the page of a command, with a part for each command below it."""
    found, context = open_command(name, above)
    yield from write_head(f"dispatch-{name}", split_help(found)[0].partition("\n\n")[0])
    yield from write_usage(found, context)
    yield ".SH DESCRIPTION"
    yield from write_text(split_help(found)[0])
    if options := list(write_options(found, context)):
        yield from (".SH OPTIONS", *options)
    if isinstance(found, click.Group):
        yield ".SH COMMANDS"
        yield from write_below(found, context)
    if examples := split_help(found)[1]:
        yield from (".SH EXAMPLES", *write_block(examples))
    yield from (".SH SEE ALSO", escape("dispatch(1)"))


def write_below(group: click.Group, context: click.Context) -> Iterator[str]:
    """Write a part for each command below a group, and below those."""
    for name in group.list_commands(context):
        found, inner = open_command(name, context)
        words, examples = split_help(found)
        yield f".SS {escape(inner.command_path)}"
        yield from (*write_usage(found, inner), ".PP", *write_text(words), *write_options(found, inner))
        yield from (".PP", *write_block(examples)) if examples else ()
        if isinstance(found, click.Group):
            yield from write_below(found, inner)


def open_command(name: str, above: click.Context) -> tuple[click.Command, click.Context]:
    """Open a command of a group."""
    assert isinstance(above.command, click.Group)
    found = above.command.get_command(above, name)
    assert found
    return found, click.Context(found, parent=above, info_name=name)


def split_help(found: click.Command) -> tuple[str, str]:
    """Split what a command says of itself from its examples."""
    words, _, examples = inspect.cleandoc(found.help or "").partition("\b\nExamples:\n")
    return words.strip(), inspect.cleandoc(examples)


def write_head(name: str, words: str) -> Iterator[str]:
    """Write the title, the line that ``apropos`` searches, and the head of what follows."""
    yield f'.TH {escape(name.upper())} 1 "" dispatch "Commands of dispatch"'
    yield from (".SH NAME", f"{escape(name)} \\- {escape(' '.join(words.split()).rstrip('.'))}", ".SH SYNOPSIS")


def write_usage(found: click.Command, context: click.Context) -> Iterator[str]:
    """Write how a command is called."""
    yield f".B {escape(context.command_path)}"
    yield escape(" ".join(found.collect_usage_pieces(context)))


def write_options(found: click.Command, context: click.Context) -> Iterator[str]:
    """Write the options, each with what it means."""
    shown = [parameter for parameter in found.params if isinstance(parameter, click.Option)]
    yield from write_rows(record for option in shown if (record := option.get_help_record(context)))


def write_rows(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Write names, each with what it means."""
    for name, words in rows:
        yield from (".TP", f".B {escape(name)}", escape(" ".join(words.split())))


def write_text(text: str) -> Iterator[str]:
    """Write paragraphs; one that begins with a backspace keeps its lines."""
    for number, part in enumerate(re.split(r"\n{2,}", text)):
        yield from ((".PP",) if number else ())
        if part.startswith("\b\n"):
            yield from write_block(part.removeprefix("\b\n"))
        else:
            yield escape(" ".join(part.split()))


def write_block(text: str) -> Iterator[str]:
    """Write lines that stay as they are."""
    yield from (".nf", ".RS 4", *map(escape, inspect.cleandoc(text).splitlines()), ".RE", ".fi")


def escape(text: str) -> str:
    """Escape a line: what can be typed is ASCII, and no line is a request of roff's."""
    for sign, written in (("\\", "\\e"), ("-", "\\-"), ("'", "\\(aq"), ("`", "\\(ga"), ("^", "\\(ha"), ("~", "\\(ti")):
        text = text.replace(sign, written)
    text = "".join(sign if sign.isascii() else f"\\[u{ord(sign):04X}]" for sign in text)
    return "\\&" + text if text.startswith((".", "'")) else text
