"""Measure how well two colours, as #rrggbb, can be told apart, and lighten one until it can be."""

from colorsys import hls_to_rgb, rgb_to_hls


def measure_contrast(one: str, other: str) -> float:
    """Compute the contrast ratio of two colours, from 1 to 21 (WCAG 2.2, “contrast ratio”); text needs 4.5."""
    dark, light = sorted((_measure_luminance(one), _measure_luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lighten_colour(colour: str, on: str, *, wanted: float) -> str:
    """Lighten a colour, its hue kept, until its contrast with the dark colour ``on`` is ``wanted``; at most white."""
    hue, lightness, saturation = rgb_to_hls(*_split_channels(colour))
    while measure_contrast(colour, on) < wanted and lightness < 1:
        lightness = min(1.0, lightness + 0.01)
        colour = "#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue, lightness, saturation))
    return colour


def _split_channels(colour: str) -> tuple[float, float, float]:
    """Split a colour into red, green and blue, each from 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _measure_luminance(colour: str) -> float:
    """Compute how bright a colour looks, from 0 to 1 (WCAG 2.2, “relative luminance”)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _split_channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
