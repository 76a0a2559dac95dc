"""``dispatch init``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from dispatch import config, git
from dispatch.cli.context import ask_for_value, is_terminal, print_next, print_note, print_result
from dispatch.errors import ConfigError, ReviewError
from dispatch.model import Place
from dispatch.text import quote_word

# The setting, and the option that gives it.
_OPTIONS: Final[Mapping[str, str]] = {
    **{key: f"--{key}" for key in ("title", "url", "language", "timezone")},
    "email.from": "--from",
}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--title", help="The publication's name.")
@click.option("--url", help="Its web address, for example https://wire.example.")
@click.option("--from", "sender", help='The sender of its mail, for example "The Wire <desk@wire.example>".')
@click.option("--language", default="en", show_default=True, help="Its language: en, de, fr, es, ar, hi, ...")
@click.option("--timezone", default="UTC", show_default=True, help="Its time zone, for example Europe/Berlin.")
def init(folder: Path, title: str | None, url: str | None, sender: str | None, language: str, timezone: str) -> None:
    """Create a publication in FOLDER, and a git repository if it is in none.

    On a terminal, asks for what is missing.

    \b
    Examples:
      dispatch init my-newsletter
      dispatch init my-newsletter --title "The Wire" --url https://wire.example --from "The Wire <desk@wire.example>"
      dispatch init . --title "Die Post" --url https://post.example --language de --timezone Europe/Berlin
    """
    title = title or ask_for_value("Title", "--title", try_value=lambda answer: _check(title=answer))
    url = url or ask_for_value(
        "Address", "--url", default="https://example.com", try_value=lambda answer: _check(url=answer)
    )
    if sender is None and is_terminal():
        ask = "Sender of its mail (empty: none yet)"
        sender = ask_for_value(ask, "--from", default="", try_value=lambda answer: _check(sender=answer))
    values = {"title": title, "url": url, "sender": sender or "", "language": language, "timezone": timezone}
    with _name_options():
        path = config.create_publication(folder, **values)
    print_result(str(path))
    _start_repository(folder)
    enter = [f"cd {quote_word(folder.as_posix())}"] if folder != Path() else []
    print_next(*enter, 'dispatch issue new "The title of your first issue"')


def _check(**values: str) -> None:
    """Raise ConfigError when one of these settings is wrong, of the option that gives it."""
    with _name_options():
        config.format_settings(**values)


@contextmanager
def _name_options() -> Iterator[None]:
    """Let a fault name the option that was given: there is no dispatch.toml yet."""
    try:
        yield
    except ConfigError as error:
        faults = (
            replace(fault, place=Place(address=_OPTIONS[fault.place.key])) if fault.place.key in _OPTIONS else fault
            for fault in error.faults
        )
        raise ConfigError(*faults) from error


def _start_repository(folder: Path) -> None:
    """Make the folder a git repository if it is in none; without git it is a publication all the same."""
    try:
        if git.make_repository(folder):
            print_note("made a git repository; .gitignore says what does not belong in it")
    except ReviewError as error:
        print_note(f"made no git repository: {error.what}; later: git init")
    for name, lines in config.find_missing_lines(folder).items():
        if lines:
            print_note(f"{name} stays as it was; add to it: {' and '.join(lines)}")
