"""Run a command; and the commands as click knows them, so that a new one is tried or a test fails."""

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import click
from click.testing import CliRunner, Result

from dispatch.cli import main


def run_dispatch(root: Path, *words: str, code: int = 0) -> Result:
    """Run a command in a folder, where nobody can be asked; it ends with this code."""
    with chdir(root):
        result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def list_commands() -> list[str]:
    """Every command that does something, by its words."""
    return list(find_leaves(main, click.Context(main)))


def find_leaves(command: click.Command, context: click.Context, *names: str) -> Iterator[str]:
    """The commands below one, and itself if it does something alone."""
    if isinstance(command, click.Group):
        if command.invoke_without_command:
            yield " ".join(names)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found
            yield from find_leaves(found, context, *names, name)
    else:
        yield " ".join(names)


def find_command(words: str) -> click.Command:
    """The command of these words."""
    found: click.Command | None = main
    for word in words.split():
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), word)
    assert found
    return found
