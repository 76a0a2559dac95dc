"""Draw the icon of a publication: the first letter of its name in the colours of its theme, as on its pages."""

from io import BytesIO

from dispatch.model import Publication
from dispatch.slugs import make_slug

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
    for top in () if letter else (0.3, 0.5, 0.7):
        draw.rectangle((_SIZE * 0.15, _SIZE * top, _SIZE * 0.85, _SIZE * (top + 0.08)), fill=colours.ink)
    png, ico = BytesIO(), BytesIO()
    picture.save(png, "png", optimize=True)
    picture.save(ico, "ico", sizes=_SMALL)
    return dict(zip(ICONS, (png.getvalue(), ico.getvalue()), strict=True))
