"""Draws the terminals that README and the documentation show: what stands in a ``console`` fence of a page.

These fences are run by ``tests/test_docs.py``, so what a terminal shows is what the commands print. ``make pictures``
draws them anew; a test fails if they are out of date.
"""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
COLUMNS = 96
SCENES = {  # the picture, with the page and the first command of its fence
    "terminal-first-newsletter": ("README.md", "dispatch init"),
    "terminal-lost-name": ("docs/guides/credit.md", "dispatch check names --edition"),
}
FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINE, LETTER, EDGE = 19, 7.83, 16  # pixels
STYLE = (
    "text{font:13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;white-space:pre;"
    "fill:#d5d8dc}.typed{fill:#fff;font-weight:600}.prompt{fill:#7bc47f}.bad{fill:#ff8a80}"
)


def main() -> None:
    """Draw all of them."""
    for name in SCENES:
        (HERE / f"{name}.svg").write_text(draw(name), "utf-8")
        print(f"docs/pictures/{name}.svg")


def draw(name: str) -> str:
    """The picture as SVG."""
    page, first = SCENES[name]
    fences = FENCE.findall((CHECKOUT / page).read_text("utf-8"))
    body = next(fence for fence in fences if fence.startswith(f"$ {first}"))
    rows = [row for line in body.splitlines() for row in wrap(line)]
    width, height = round(COLUMNS * LETTER + 2 * EDGE), len(rows) * LINE + 2 * EDGE
    texts = "\n".join(text for number, (kind, row) in enumerate(rows) for text in write(number, kind, row))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<style>{STYLE}</style><rect width="{width}" height="{height}" rx="8" fill="#1d2127"/>\n{texts}\n</svg>\n'
    )


def wrap(line: str) -> Iterator[tuple[str, str]]:
    """The rows of a line, each with what it is."""
    kind = "typed" if line.startswith("$ ") else "bad" if re.match(r"\s*(error:|Error:|\d+ error)", line) else ""
    for row in textwrap.wrap(line, COLUMNS, drop_whitespace=False, break_on_hyphens=False) or [""]:
        yield kind, row


def write(number: int, kind: str, row: str) -> Iterator[str]:
    """The elements of a row."""
    down = EDGE + number * LINE + 14
    prompt = kind == "typed" and row.startswith("$ ")
    if prompt:
        yield f'<text class="prompt" x="{EDGE}" y="{down}">$</text>'
    across = EDGE + (2 * LETTER if prompt else 0)
    if row:
        yield f'<text class="{kind}" x="{across:g}" y="{down}">{escape(row[2:] if prompt else row)}</text>'


if __name__ == "__main__":
    main()
