"""Draws the pictures of the sample issues: ``python docs/pictures/draw.py``. Needs nothing but Python.

A picture is a stack of layers. A layer says of the point (x, y) which colour it has and how much of the point it
covers. Shapes are known by their distance from a point, so edges are smooth without drawing anything twice.
"""

import math
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

Colour = tuple[float, float, float]
Layer = Callable[[float, float], tuple[Colour, float]]

ISSUES = Path(__file__).parents[2] / "issues"


def colour(text: str) -> Colour:
    """The colour written ``#rrggbb``."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """So much of the other colour in the one."""
    return (
        one[0] + (other[0] - one[0]) * share,
        one[1] + (other[1] - one[1]) * share,
        one[2] + (other[2] - one[2]) * share,
    )


def covered(distance: float) -> float:
    """How much of a point lies inside a shape whose edge is so far away; negative is inside."""
    return min(max(0.5 - distance, 0.0), 1.0)


def sky(height: float, *stops: str) -> Layer:
    """Colours from the top to the horizon, at even steps."""
    colours = [colour(stop) for stop in stops]

    def layer(_x: float, y: float) -> tuple[Colour, float]:
        place = min(y / height, 0.9999) * (len(colours) - 1)
        return mix(colours[int(place)], colours[int(place) + 1], place % 1), 1.0

    return layer


def disc(x0: float, y0: float, radius: float, fill: str) -> Layer:
    """A sun, a moon, a lamp."""
    paint = colour(fill)
    return lambda x, y: (paint, covered(math.hypot(x - x0, y - y0) - radius))


def land(fill: str, ground: Callable[[float], float]) -> Layer:
    """Everything below a line."""
    paint = colour(fill)
    return lambda x, y: (paint, covered(ground(x) - y))


def box(left: float, top: float, right: float, bottom: float, fill: str, taper: float = 0.0) -> Layer:
    """An upright box; ``taper`` narrows it on both sides towards its top."""
    paint = colour(fill)

    def layer(x: float, y: float) -> tuple[Colour, float]:
        inset = taper * min(max((bottom - y) / (bottom - top), 0.0), 1.0)
        return paint, covered(max(left + inset - x, x - right + inset, top - y, y - bottom))

    return layer


def wire(left: tuple[float, float], right: tuple[float, float], sag: float, width: float, fill: str) -> Layer:
    """A wire that hangs between two points."""
    paint = colour(fill)

    def layer(x: float, y: float) -> tuple[Colour, float]:
        along = (x - left[0]) / (right[0] - left[0])
        if not 0 <= along <= 1:
            return paint, 0.0
        hangs = left[1] + (right[1] - left[1]) * along + 4 * sag * along * (1 - along)
        return paint, covered(abs(y - hangs) - width / 2)

    return layer


def beam(x0: float, y0: float, reach: float, spread: float, fill: str, light: float) -> Layer:
    """Light that leaves a lamp to the left, and fades."""
    paint = colour(fill)

    def layer(x: float, y: float) -> tuple[Colour, float]:
        away = x0 - x
        if not 0 < away < reach:
            return paint, 0.0
        return paint, covered(abs(y - y0 + away * 0.16) - away * spread) * light * (1 - away / reach)

    return layer


def dusk() -> list[Layer]:
    """1200 x 600: a telegraph line over low hills."""
    ink = "#23282a"

    def near(x: float) -> float:
        return 505 - 26 * math.sin(x / 210 + 0.5) - 12 * math.sin(x / 97)

    layers = [
        sky(470, "#2f4858", "#5d5f66", "#a4725f", "#cf8d68", "#dcb08a"),
        disc(860, 372, 70, "#f5dcbc"),
        land("#4a5156", lambda x: 420 - 34 * math.sin(x / 240 + 4.1) - 10 * math.sin(x / 75)),
        land("#363f44", lambda x: 462 - 30 * math.sin(x / 300 + 2.2) + 9 * math.sin(x / 120)),
    ]
    # From pole to pole everything grows: the line comes towards us.
    poles = [(-60.0, 0.62), (110.0, 0.7), (310.0, 0.82), (560.0, 1.0), (880.0, 1.26), (1300.0, 1.6)]
    arms = []
    for x, size in poles:
        foot, top = near(x) + 6, near(x) - 190 * size
        layers.append(box(x - 4.5 * size, top, x + 4.5 * size, foot, ink, taper=1.5 * size))
        for drop, reach in ((16, 34), (44, 26)):
            at = top + drop * size
            layers.append(box(x - reach * size, at, x + reach * size, at + 5 * size, ink))
            arms.append([(x - reach * size, at, size), (x + reach * size, at, size)])
    for one, other in zip(arms, arms[2:], strict=False):
        for (x0, y0, size), (x1, y1, _) in zip(one, other, strict=True):
            layers.append(wire((x0, y0), (x1, y1), 15 * size, 1.6 * size, ink))
    layers.append(land(ink, near))
    return layers


def night() -> list[Layer]:
    """240 x 180: a lighthouse on its headland."""

    def headland(x: float) -> float:
        return 140 - 30 / (1 + math.exp((150 - x) / 14)) + 2 * math.sin(x / 13)

    return [
        sky(132, "#3f3d5c", "#56587a", "#7f8aa8", "#a9b4c2"),
        beam(182, 51, 178, 0.09, "#f5dcbc", 0.75),
        land("#46546a", lambda x: 126 + 1.2 * math.sin(x / 19)),
        land("#39435a", lambda x: 146 + 1.5 * math.sin(x / 23 + 1)),
        box(171, 60, 193, 116, "#ece2d2", taper=4),
        box(172.9, 78, 191.1, 90, "#8d4a3d", taper=0.9),
        box(173, 57, 191, 60, "#23282a"),
        box(176, 45, 188, 57, "#f9e6c4"),
        box(174, 38, 190, 45, "#23282a", taper=6),
        land("#262b30", headland),
    ]


def drawers() -> list[Layer]:
    """900 x 450: nine card drawers, one of them open."""
    layers = [sky(450, "#7b4f34", "#6a4029", "#53301f")]
    places = sorted(((row, column) for row in range(3) for column in range(3)), key=lambda place: place == (1, 1))
    for row, column in places:  # the open one last: it hangs over its neighbour
        left, top = 22 + 290 * column, 18 + 142 * row
        is_open = (row, column) == (1, 1)
        if is_open:  # the dark behind it, and the cards that stand there
            layers.append(box(left, top, left + 276, top + 130, "#2a1710"))
            layers += [
                box(left + 18 + 4 * card, top + 6 + 3 * card, left + 258 - 4 * card, top + 60, fill)
                for card, fill in enumerate(("#d9c9a8", "#efe3c8", "#cdbb96", "#f5ecd8"))
            ]
            left, top = left - 8, top + 20
        right, bottom = left + (292 if is_open else 276), top + (134 if is_open else 130)
        layers += [
            box(left, top, right, bottom, "#3a2015"),
            box(left + 3, top + 3, right - 3, bottom - 5, "#a8714a" if is_open else "#8f5c3b"),
            box(left + 12, top + 12, right - 12, bottom - 14, "#96623f" if is_open else "#82522f"),
        ]
        middle = (left + right) / 2
        layers += [
            box(middle - 62, top + 22, middle + 62, top + 62, "#5b4320"),
            box(middle - 60, top + 20, middle + 60, top + 60, "#c9a04e"),
            box(middle - 53, top + 26, middle + 53, top + 54, "#f5ecd8"),
            box(middle - 40, top + 35, middle + 24 - 11 * row + 9 * column, top + 38, "#5f5b53"),
            box(middle - 40, top + 43, middle + 2 + 13 * row - 7 * column, top + 46, "#a9a398"),
            disc(middle, top + 91, 14, "#3a2015"),
            disc(middle, top + 88, 13, "#b98a3a"),
            disc(middle - 4, top + 84, 4, "#f0d9a0"),
        ]
    return layers


def paint(width: int, height: int, layers: Sequence[Layer]) -> bytes:
    """The picture as PNG: eight bits a channel, every row as its difference from the point at the left (filter 1)."""
    rows = []
    for y in range(height):
        row = bytearray()
        for x in range(width):
            seen: Colour = (0.0, 0.0, 0.0)
            for layer in layers:
                fill, share = layer(x + 0.5, y + 0.5)
                if share:
                    seen = mix(seen, fill, share)
            row += bytes(round(channel) for channel in seen)
        rows.append(b"\x01" + bytes((row[i] - (row[i - 3] if i > 2 else 0)) & 0xFF for i in range(len(row))))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


if __name__ == "__main__":
    (ISSUES / "names-and-addresses" / "telegraph-line.png").write_bytes(paint(1200, 600, dusk()))
    (ISSUES / "names-and-addresses" / "lighthouse.png").write_bytes(paint(240, 180, night()))
    (ISSUES / "what-the-drawer-remembers" / "card-drawers.png").write_bytes(paint(900, 450, drawers()))
