"""Takes pictures of the twelve newsletters of ``tests/letters.py``, to be looked at: mails and pages, in each look.

``python docs/pictures/contact_sheets.py out/letters --looks ink --widths 360 --without pictures`` Needs Chromium. Long
ones are laid in columns, several letters to a sheet.
"""

import argparse
import base64
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from make import CHECKOUT, QUIET, faces
from playwright.sync_api import Page, Route, sync_playwright

sys.path.insert(0, str(CHECKOUT / "tests"))

import letters
import nouns
from dispatch.model import Theme

LOOKS = get_args(get_args(Theme.__annotations__["look"])[0])
WITHOUT = ("nothing", "pictures", "style", "fit")
COLUMN = 1500  # pixels; what is longer goes on in the next column
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}"><rect width="100%" '
    'height="100%" fill="#7f9aa8"/><circle cx="50%" cy="50%" r="{2}" fill="#f2d7a7"/><path d="M0 {1}L{0} 0" '
    'stroke="#23414d" stroke-width="12"/><rect width="100%" height="100%" fill="none" stroke="#a3271b" '
    'stroke-width="24"/></svg>'
)


def main() -> None:
    """Take all pictures that are asked for."""
    asked = parse_arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        context = browser.new_context(bypass_csp=True, color_scheme="dark" if asked.dark else "light")
        page = context.new_page()
        page.route("**/*", lambda route: answer(route, shows=asked.without != "pictures"))
        for look in asked.looks:
            for width in asked.widths:
                shots = {name: take(page, name, look, width, asked) for name in asked.letters}
                for number, some in enumerate(group(shots, asked.sheet), 1):
                    name = f"{asked.format}-{look}-{width}{'-dark' * asked.dark}-{asked.without}-{number}.png"
                    lay(page, some, width, asked.folder / name)
                    print(asked.folder / name)
        browser.close()


def parse_arguments() -> argparse.Namespace:
    """Read what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--letters", nargs="*", choices=letters.LETTERS, default=[*letters.LETTERS])
    parser.add_argument("--looks", nargs="*", choices=LOOKS, default=LOOKS)
    parser.add_argument("--format", choices=["email", "web"], default="email")
    parser.add_argument("--widths", nargs="*", type=int, default=[360, 640])
    parser.add_argument("--without", choices=WITHOUT, default=WITHOUT[0])
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--sheet", type=int, default=4, help="columns to a sheet")
    return parser.parse_args()


def answer(route: Route, *, shows: bool) -> None:
    """Draw the picture whose name says how large it is."""
    size = re.search(r"/(\d+)x(\d+)-", route.request.url)
    if shows and size:
        wide, high = int(size[1]), int(size[2])
        route.fulfill(body=DRAWING.format(wide, high, min(wide, high) // 3), content_type="image/svg+xml")
    else:
        route.abort()


def take(page: Page, name: str, look: str, width: int, asked: argparse.Namespace) -> bytes:
    """Take a picture of a whole letter."""
    markup = nouns.body(asked.format, *letters.LETTERS[name](look)).decode()
    if asked.without == "style":
        markup = re.sub(r"<style.*?</style>", "", markup, flags=re.DOTALL)
    if asked.without == "fit":
        markup = re.sub(r"object-fit: ?[a-z]+;?", "", markup)
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(markup, wait_until="load")
    page.add_style_tag(content="\n".join(["/* fonts */", *faces()]))
    page.evaluate("document.fonts.ready")
    return page.screenshot(full_page=True)


def group(shots: dict[str, bytes], most: int) -> Iterator[dict[str, bytes]]:
    """Group pictures so that each sheet has at most so many columns, or one picture."""
    some: dict[str, bytes] = {}
    columns = 0
    for name, shot in shots.items():
        needed = -(-int.from_bytes(shot[20:24]) // COLUMN)
        if some and columns + needed > most:
            yield some
            some, columns = {}, 0
        some[name] = shot
        columns += needed
    yield some


def lay(page: Page, shots: dict[str, bytes], width: int, path: Path) -> None:
    """Lay pictures side by side, long ones in columns, and save that."""
    cells: list[str] = []
    for name, shot in shots.items():
        high = int.from_bytes(shot[20:24])
        source = base64.b64encode(shot).decode()
        cells += [
            f'<figure><figcaption>{name} {top}</figcaption><div style="width:{width}px;height:{min(COLUMN, high)}px;'
            f'background:url(data:image/png;base64,{source}) 0 -{top}px no-repeat"></div></figure>'
            for top in range(0, high, COLUMN)
        ]
    page.set_viewport_size({"width": (width + 12) * len(cells) + 12, "height": 200})
    page.set_content(
        "<style>body{margin:6px;background:#b8b;display:flex;font:13px sans-serif}figure{margin:6px}</style>"
        + "".join(cells)
    )
    page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    main()
