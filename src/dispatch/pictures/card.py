"""Draw the picture that other sites show with a link, where an issue has none: its title and the publication's name.

In the colours of the theme. The font has Latin, Greek and Cyrillic letters; in any other script the card has the lines
of the icon instead of words, so that what is drawn never depends on the fonts of a machine.
"""

import re
from collections.abc import Sequence
from importlib.resources import as_file, files
from io import BytesIO
from typing import TYPE_CHECKING

from dispatch.formats.metadata import CARD_HEIGHT, CARD_WIDTH
from dispatch.model import Colours, Publication
from dispatch.pictures.icon import draw_lines

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_MARGIN, _TOP = 80, 110
_WIDTH = CARD_WIDTH - 2 * _MARGIN
_SIZES = (92, 80, 70, 62, 54)  # of the title, whose lines have this height together:
_HEIGHT = 390
_LEADING = 1.2
_NAME_SIZES = (40, 32, 26)
_SHADES = 16  # between a letter and the paper
# Latin with its extensions, Greek, Cyrillic, punctuation and currencies: what is in Open Sans.
_DRAWN = re.compile(
    r"[\x20-\x7e\xa0-\u0233\u0384-\u03ce\u0400-\u0513\u1e00-\u1eff\u2010-\u2044\u20a0-\u20bf\u2116\u2122]*"
)


def draw_card(publication: Publication, title: str) -> bytes:
    """Draw the card of an issue, or of the publication itself, as a PNG."""
    from PIL import Image, ImageChops, ImageDraw  # slow to import, and most commands draw nothing

    words, name = (" ".join(text.split()) for text in (title, publication.title))
    layers = [Image.new("L", (CARD_WIDTH, CARD_HEIGHT)) for _ in range(2)]
    draws = [ImageDraw.Draw(layer) for layer in layers]
    if _DRAWN.fullmatch(words):
        lines, font, size = _fit_lines(words, _SIZES)
        for number, line in enumerate(lines):
            draws[0].text((_MARGIN, _TOP + number * size * _LEADING), line, fill=255, font=font)
    else:
        draw_lines(draws[0], (_MARGIN, _TOP, CARD_WIDTH - _MARGIN, CARD_HEIGHT - 200), 255)
    if _DRAWN.fullmatch(name) and name != words:
        lines, font, _ = _fit_lines(name, _NAME_SIZES)
        draws[1].text((_MARGIN, CARD_HEIGHT - 70), lines[0], fill=255, font=font, anchor="ls")
    # A palette instead of colours, which takes a fifth of the time: how much of a letter is in a pixel, for each layer.
    shades = [n * _SHADES // 256 for n in range(256)]
    ink, soft = layers[0].point(shades), layers[1].point([shade and shade + _SHADES for shade in shades])
    picture = ImageChops.add(ink, soft)
    ImageDraw.Draw(picture).rectangle((0, 0, CARD_WIDTH, 24), fill=2 * _SHADES)
    picture.putpalette(_list_colours(publication.theme.light))
    made = BytesIO()
    picture.save(made, "png")
    return made.getvalue()


def _list_colours(colours: Colours) -> list[int]:
    """List the palette: the shades from the paper to the ink, those to the soft colour, the accent."""
    paper, ink, soft, accent = (
        [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
        for colour in (colours.paper, colours.ink, colours.soft, colours.accent)
    )
    last = _SHADES - 1
    mixed = [
        (back * (last - shade) + front * shade) // last
        for colour in (ink, soft)
        for shade in range(_SHADES)
        for back, front in zip(paper, colour, strict=True)
    ]
    return [*mixed, *accent]


def _fit_lines(words: str, sizes: Sequence[int]) -> "tuple[list[str], FreeTypeFont, int]":
    """Break words into lines in the largest size in which they fit; what fits in none is cut."""
    for size in sizes:
        font = _load_font(size)
        lines = _break_lines(words, font)
        most = 1 if sizes is _NAME_SIZES else int(_HEIGHT // (size * _LEADING))
        if len(lines) <= most and max(map(font.getlength, lines)) <= _WIDTH:
            return lines, font, size
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [_cut_line(line, font) for line in lines], font, size


def _cut_line(line: str, font: "FreeTypeFont") -> str:
    while font.getlength(line) > _WIDTH:
        line = f"{line[:-2].rstrip()}…"
    return line


def _break_lines(words: str, font: "FreeTypeFont") -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > _WIDTH:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _load_font(size: int) -> "FreeTypeFont":
    from PIL import ImageFont

    with as_file(files("ttf_opensans") / "ttf" / "OpenSans-Bold.ttf") as path:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
