"""Read the table ``[theme]``: one of the looks of ``looks.toml``, and what a publication says otherwise.

What of a look is no setting, sizes and rules above all, is its *style*: templates read it by name.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from dispatch import colours, from_mapping
from dispatch.model import Theme
from dispatch.shipped import load_table

_GENERIC: Final = ("serif", "sans-serif", "monospace", "system-ui", "ui-serif", "ui-sans-serif", "cursive", "fantasy")


def read_theme(value: object, path: str, reading: from_mapping.FileReading) -> Theme:
    """Read the table; a missing key is as the look has it. Faults are added to ``reading``; ValueError for no table.

    The accent of dark mode is a lighter one of the publication's own, when it says none. Fonts that end in none that
    every device has are followed by the look's.
    """
    if not isinstance(value, Mapping):
        raise ValueError("must be a table")  # noqa: TRY004 - a fault of the file
    look = value.get("look")
    begun = load_look(look) if isinstance(look, str) and look in load_looks() else Theme()
    theme = from_mapping.read_noun(Theme, value, reading, path=path, defaults=begun) or begun
    dark = value.get("dark")
    if theme.light.accent != begun.light.accent and "accent" not in (dark if isinstance(dark, Mapping) else ()):
        accent = colours.lighten_colour(theme.light.accent, theme.dark.paper, wanted=6.5)
        theme = replace(theme, dark=replace(theme.dark, accent=accent))
    return replace(
        theme,
        serif=_end_fonts(theme.serif, begun.serif),
        sans=_end_fonts(theme.sans, begun.sans),
        headline=theme.headline and _end_fonts(theme.headline, begun.serif),
    )


@cache
def load_looks() -> Mapping[str, Mapping[str, object]]:
    """Load the table of looks, by name."""
    return load_table("looks.toml")


@cache
def load_look(name: str) -> Theme:
    """Load a look as the theme of a publication that says nothing else."""
    table = {key: value for key, value in load_looks()[name].items() if key != "style"}
    reading = from_mapping.FileReading(file="looks.toml")
    return from_mapping.read_noun(Theme, {**table, "look": name}, reading) or Theme()


def load_style(name: str) -> object:
    """Load what of a look is no setting, by name."""
    return load_looks()[name]["style"]


def _end_fonts(fonts: str, fallback: str) -> str:
    """End a list of fonts with those of another, unless it ends with a kind of font."""
    return fonts if fonts.rpartition(",")[2].strip() in _GENERIC else f"{fonts}, {fallback}"
