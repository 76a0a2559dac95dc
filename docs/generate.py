"""Generates the parts of the reference that the code already contains: ``python docs/generate.py``.

``commands.md`` and the manual pages are generated from the commands' help, ``python.md`` from docstrings, and in
``files.md`` each table between two comments from the annotations of a type. A test fails when a page is out of date.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Literal, get_args, get_origin

import click
import man

import dispatch as library
from dispatch import from_mapping, model
from dispatch.cli import main as dispatch

REFERENCE = Path(__file__).parent / "reference"
MANUAL = Path(__file__).parent / "man"
HEAD = "# Commands\n\nEvery command with its options and examples; `dispatch COMMAND --help` prints the same.\n"
HEAD += "So does `man dispatch-COMMAND`, where pipx or pip has installed it.\n"
PYTHON = """# Python, name by name

Every type and function that the [Python library](library.md) promises, with what its docstring says. That page shows
how they are used together.
"""
TABLE = re.compile(r"(<!-- (?P<noun>\w+)(?: without (?P<without>[\w, ]+))? -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Writes all pages, or with ``--print NAME`` prints one."""
    pages = {"commands": commands, "files": files, "python": python}
    if sys.argv[1:2] == ["--print"]:
        print(pages[sys.argv[2]](), end="")
        return
    for name, written in pages.items():
        (REFERENCE / f"{name}.md").write_text(written(), encoding="utf-8")
    manual = man.make_pages(dispatch)
    for page in MANUAL.glob("*.1"):
        if page.name not in manual:
            page.unlink()
    MANUAL.mkdir(exist_ok=True)
    for name, text in manual.items():
        (MANUAL / name).write_text(text, encoding="utf-8")


def commands() -> str:
    """The page of commands."""
    context = click.Context(dispatch, info_name="dispatch")
    sections = [section for name in dispatch.list_commands(context) for section in command(name, context)]
    return "\n".join([HEAD, *general(context), *sections, *EXIT])


EXIT = (
    "## Exit codes\n",
    "| code | meaning |",
    "| --- | --- |",
    "| 0 | done |",
    "| 1 | it failed, or `check` found something |",
    "| 2 | wrong usage, such as an unknown option |",
    "| 75 | another command is changing the publication, and did not finish within `--wait` seconds; of "
    "`bounces`: bring it again later |",
    "",
)


def general(context: click.Context) -> Iterator[str]:
    """What every command takes."""
    yield "## `dispatch`\n"
    yield from options(dispatch, context)


def command(name: str, above: click.Context) -> Iterator[str]:
    """A command, and the commands below it."""
    group = above.command
    assert isinstance(group, click.Group)
    found = group.get_command(above, name)
    assert found is not None
    context = click.Context(found, parent=above, info_name=name)
    yield f"## `{context.command_path}`\n"
    usage = " ".join(found.collect_usage_pieces(context))
    words, _, examples = inspect.cleandoc(found.help or "").partition("\b\nExamples:\n")
    yield f"{' '.join(words.split())}\n"
    yield f"```text\n{context.command_path} {usage}\n```\n"
    if examples:
        yield f"```sh\n{inspect.cleandoc(examples)}\n```\n"
    yield from options(found, context)
    if isinstance(found, click.Group):
        for below in found.list_commands(context):
            yield from command(below, context)


def options(found: click.Command, context: click.Context) -> Iterator[str]:
    """A table of options."""
    shown = [parameter for parameter in found.params if isinstance(parameter, click.Option)]
    records = [record for parameter in shown if (record := parameter.get_help_record(context))]
    if records:
        yield "| option | meaning |"
        yield "| --- | --- |"
        yield from (f"| `{option.replace('|', ', ')}` | {cell(words)} |" for option, words in records)
        yield ""


def cell(text: str) -> str:
    """Text in a table."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def files() -> str:
    """The page of files, its tables made anew."""

    def table(match: re.Match[str]) -> str:
        without = set((match["without"] or "").split(", "))
        rows = "\n".join(keys(getattr(model, match["noun"]), without))
        return f"{match[1]}| key | what it takes | meaning |\n| --- | --- | --- |\n{rows}\n{match[4]}"

    return TABLE.sub(table, (REFERENCE / "files.md").read_text("utf-8"))


def keys(noun: type, without: set[str]) -> Iterator[str]:
    """A row for each key of a noun."""
    for column in from_mapping.list_columns(noun):
        if column.key and column.name not in without:
            needed = "; required" if column.is_required else said(column.default)
            yield f"| `{column.key}` | {takes(column.type)}{needed} | {cell(column.doc)} |"


def said(default: object) -> str:
    """A default, where it says something."""
    default = str(default).lower() if isinstance(default, bool) else default
    return f"; default `{default}`" if isinstance(default, str | int) and default != "" else ""


def python() -> str:
    """The page of the library's names."""
    guide = (REFERENCE / "library.md").read_text("utf-8")
    rows = re.findall(r"^\| (?:`([\w.]+)`)? ?\| (.*) \|$", guide.partition("| module |")[2], re.MULTILINE)
    written = [PYTHON, "## Functions\n"]
    module = ""
    for named, words in rows:
        module = named or module
        for name in re.findall(r"`([a-z_]+(?:\.[a-z_]+)?|[A-Z]\w+\.[a-z_]+)\b[^`]*`", words):
            written += explain_function(module, name)
    written.append("## Types\n")
    for name in sorted(name for name in library.__all__ if is_dataclass(getattr(library, name))):
        noun = getattr(library, name)
        written += [f"### `{name}`\n", prose(noun), "| field | type | meaning |", "| --- | --- | --- |"]
        written += [f"| `{column.name}` | {takes(column.type)} | {cell(column.doc)} |" for column in list_fields(noun)]
        written.append("")
    return "\n".join(written)


def list_fields(noun: type) -> Iterator[from_mapping.Column]:
    """The fields of a noun that say what they are."""
    yield from (column for column in from_mapping.list_columns(noun) if column.doc)


def explain_function(module: str, name: str) -> Iterator[str]:
    """A function with its parameters and what it does; nothing for what is none."""
    found: object = import_module(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if callable(found) and not isinstance(found, type):
        parameters = [
            parameter for parameter in inspect.signature(found).parameters.values() if parameter.name != "self"
        ]
        shown = ", ".join(f"{one.name}=..." if one.default is not one.empty else one.name for one in parameters)
        yield f"### `{module}.{name}`\n"
        yield f"```text\n{name.rpartition('.')[2]}({shown})\n```\n"
        yield prose(found)


def prose(thing: object) -> str:
    """A docstring as Markdown."""
    return cell((inspect.getdoc(thing) or "").replace("``", "`")) + "\n"


def takes(hint: object) -> str:
    """A type in words."""
    kind, marks = from_mapping.strip_annotation(hint)
    origin = get_origin(kind)
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(kind))
    if origin is tuple:
        return f"a list: {takes(get_args(kind)[0])}"
    if origin is not None:
        return "a table"
    if mark := next((mark for mark in marks if isinstance(mark, model.AddressMark)), None):
        return "an address, or the name of a file" if mark.file else "an address"
    words = {str: "text", int: "a number", bool: "`true` or `false`", datetime: "a date or a time"}
    return words.get(kind, "a table") if isinstance(kind, type) else "a table"


if __name__ == "__main__":
    main()
