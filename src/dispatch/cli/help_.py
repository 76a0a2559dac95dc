"""``dispatch help``: the words of the documents, and the help of a command."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from shutil import get_terminal_size

import click

from dispatch.cli.context import print_result
from dispatch.cli.other_words import INSTEAD
from dispatch.shipped import find_shipped

_SECTION = re.compile(r"^## +(\S.*)\n+((?:(?!## ).*\n?)*)", re.MULTILINE)
# To another page of the documents: an example of a link has a colon.
_LINK = re.compile(r"\[([^][]+)]\([^():]+\)")


@click.command()
@click.argument("words", metavar="[WORD]", nargs=-1)
@click.pass_context
def help_(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Explain WORD: a word of newsletters, or a command. Without one, list the commands, and the words.

    \b
    Examples:
      dispatch help byline
      dispatch help issue new
    """
    glossary = read_glossary()
    answer = list(explain_words(ctx.find_root(), " ".join(words), glossary))
    if not answer:
        near = get_close_matches(" ".join(words).lower(), [one.lower() for one in glossary], n=1)
        hint = f" Did you mean: dispatch help {near[0]}" if near else " To list the words: dispatch help"
        raise click.UsageError(f"There is no word or command “{' '.join(words)}”.{hint}", ctx)
    for line in "\n\n".join(answer).splitlines():
        print_result(line)


def read_glossary() -> Mapping[str, str]:
    """Read what the words mean, each in plain text on one line, out of the page of the documents."""
    text = find_shipped("words.md", checkout="docs/help/words.md").read_text("utf-8")
    plain = _LINK.sub(r"“\1” in the documents", text).replace("`", "")
    return {word: " ".join(meaning.split()) for word, meaning in _SECTION.findall(plain)}


def explain_words(root: click.Context, words: str, glossary: Mapping[str, str]) -> Sequence[str]:
    """Explain a word and the command of that name, as texts as wide as the terminal; nothing when it is neither."""
    width = min(get_terminal_size().columns, 100)
    if not words:
        listed = ", ".join(glossary)
        return root.get_help(), click.wrap_text(f"Words: {listed}. For one: dispatch help byline", width)
    found = [meaning for word, meaning in glossary.items() if words.lower() in {word.lower(), f"{word.lower()}s"}]
    if instead := "" if found else INSTEAD.get(words.lower(), ""):
        found.append(f"For that: {instead}")
    command, context = root.command, root
    for word in words.split():
        below = command.get_command(context, word) if isinstance(command, click.Group) else None
        if below is None:
            return [click.wrap_text(text, width) for text in found]
        command, context = below, click.Context(below, parent=context, info_name=word)
    return [*(click.wrap_text(text, width) for text in found), command.get_help(context)]
