"""Draws growth.svg: what a site costs as its archive grows, measured here and now beside Hugo (several minutes).

``python docs/pictures/growth.py`` from the top of the checkout, after ``make bench`` has installed the peers.
"""

import math
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from benchmarks import archive, site  # noqa: E402
from benchmarks.measure import process  # noqa: E402

COUNTS = (1000, 2000, 5000, 10000)
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 400, 70, 30, 210, 50

STYLE = """
  text { font: 13px -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; fill: #1b1a18; }
  .soft { fill: #5f5b53; } .line { stroke: #ddd7cb; } path { fill: none; stroke-width: 2.5; }
  @media (prefers-color-scheme: dark) { text { fill: #ece8df; } .soft { fill: #a9a398; } .line { stroke: #3a3732; } }
"""
COLOURS = ("#a3271b", "#5f5b53", "#2f6f8f")

Series = tuple[str, list[float]]


def measured() -> tuple[list[Series], list[float]]:
    """Seconds of CPU time for each number of articles, by what was done; and dispatch's memory in megabytes."""
    ours = list(site.growth(COUNTS))
    theirs = []
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            archive.hugo(Path(folder), count)
            theirs.append(process(site.hugo(), "--quiet", folder=Path(folder))())
    series = [
        ("from nothing, every edition proved", [clean for _, clean, _, _ in ours]),
        ("Hugo, from nothing", theirs),
        ("one article changed", [changed for _, _, changed, _ in ours]),
    ]
    return series, [memory for _, _, _, memory in ours]


def drawn(series: list[Series], memory: list[float]) -> str:
    """Both axes are logarithmic: a straight line that rises as steeply as the grid's diagonal is linear growth."""
    seconds = [value for _, values in series for value in values]
    low, high = 10 ** math.floor(math.log10(min(seconds))), 10 ** math.ceil(math.log10(max(seconds)))

    def x(count: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(count / COUNTS[0]) / math.log(COUNTS[-1] / COUNTS[0])

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - math.log(value / low) / math.log(high / low))

    parts = []
    value = low
    while value <= high:
        parts.append(f'<line class="line" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" />')
        parts.append(f'<text class="soft" x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g} s</text>')
        value *= 10
    for count, megabytes in zip(COUNTS, memory, strict=True):
        parts.append(f'<text class="soft" x="{x(count):.1f}" y="{HEIGHT - 28}" text-anchor="middle">{count:,}</text>')
        label = f"{megabytes:.0f} MB"
        parts.append(f'<text class="soft" x="{x(count):.1f}" y="{HEIGHT - 10}" text-anchor="middle">{label}</text>')
    for (name, values), colour in zip(series, COLOURS, strict=True):
        points = " L ".join(f"{x(count):.1f} {y(value):.1f}" for count, value in zip(COUNTS, values, strict=True))
        parts.append(f'<path d="M {points}" stroke="{colour}" />')
        end = f"{values[-1]:.1f} s" if values[-1] < 10 else f"{values[-1]:.0f} s"
        at = y(values[-1])
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{at:.1f}">{name}</text>')
        parts.append(f'<text class="soft" x="{WIDTH - RIGHT + 8}" y="{at + 16:.1f}">{end}</text>')
    body = "\n".join(parts)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
    label = "CPU time of a build and memory at the highest, for archives of 1,000 to 10,000 articles"
    return f'{head} aria-label="{label}">\n<style>{STYLE}</style>\n{body}\n</svg>\n'


if __name__ == "__main__":
    (HERE / "growth.svg").write_text(drawn(*measured()), encoding="utf-8")
