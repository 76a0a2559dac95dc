"""Draw the icon of a publication: the first letter of its name in the colours of its theme, as on its pages."""

from io import BytesIO
from typing import TYPE_CHECKING

from dispatch.model import Publication
from dispatch.slugs import make_slug

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

ICONS = ("icon.png", "favicon.ico")  # for feeds, and for browsers: at the top of the public folder
_SIZE = 512
_SMALL = [(16, 16), (32, 32), (48, 48)]


def draw_icons(publication: Publication) -> dict[str, bytes]:
    """Draw the icons, by their paths in the public folder.

    Pillow's own font has Latin letters only; any other name is three lines of text, so that what is drawn never depends
    on the fonts of a machine.
    """
    from PIL import Image, ImageDraw, ImageFont  # slow to import, and most commands draw nothing

    colours = publication.theme.light
    picture = Image.new("RGB", (_SIZE, _SIZE), colours.paper)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, _SIZE, _SIZE // 8), fill=colours.accent)
    if letter := make_slug(publication.title)[:1].upper():
        font = ImageFont.load_default(_SIZE * 0.9)
        draw.text((_SIZE / 2, _SIZE * 0.88), letter, fill=colours.ink, font=font, anchor="ms")
    else:
        draw_lines(draw, (_SIZE * 0.15, _SIZE * 0.3, _SIZE * 0.85, _SIZE * 0.78), colours.ink)
    png, ico = BytesIO(), BytesIO()
    picture.save(png, "png", optimize=True)
    picture.save(ico, "ico", sizes=_SMALL)
    return dict(zip(ICONS, (png.getvalue(), ico.getvalue()), strict=True))


def draw_lines(draw: "ImageDraw", box: tuple[float, float, float, float], colour: str | int) -> None:
    """Draw three lines into a box, for words in letters that cannot be drawn."""
    left, top, right, bottom = box
    height = (bottom - top) / 6
    for number in (0, 2.5, 5):
        draw.rectangle((left, top + number * height, right, top + (number + 1) * height), fill=colour)
