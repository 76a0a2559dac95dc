"""Takes the pictures of mail and site that README and docs show: ``make pictures``. Needs Chromium.

Nothing is fetched: what stands at the publication's address comes from the files beside its articles.
"""

import base64
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import terminal
from PIL import Image
from playwright.sync_api import Browser, Route, sync_playwright

from dispatch import config, issues, render
from dispatch.formats import site_files
from dispatch.looks import load_look
from dispatch.model import Issue, Publication
from dispatch.publish.listings import strip_texts
from dispatch.publish.plan import fill_page, plan_pages

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
FONTS = HERE / "node_modules" / "@fontsource"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture."""

    name: str
    shown: str  # a format, for an issue alone; or the path of a page of the site: “/” for the front page
    width: int  # pixels
    height: int  # pixels; what is below is not in the picture
    scheme: Literal["light", "dark"] = "light"
    publication: Path = CHECKOUT
    issue: str = "names-and-addresses"  # the newest that there is
    look: str = ""  # instead of the publication's own


ARABIC = CHECKOUT / "tests" / "data" / "arabic"
LOOKS = ("ink", "signal", "plain")
DRAWER = "what-the-drawer-remembers"
SHOTS = (
    Shot(name="mail-light", shown="email", width=680, height=1180),
    Shot(name="mail-dark", shown="email", width=680, height=1180, scheme="dark"),
    Shot(name="mail-phone", shown="email", width=360, height=1180),
    Shot(name="mail-arabic", shown="email", width=680, height=1180, publication=ARABIC, issue="issue-7"),
    Shot(name="page-light", shown="web", width=1000, height=1180),
    Shot(name="page-dark", shown="web", width=1000, height=1180, scheme="dark"),
    Shot(name="front-light", shown="/", width=1000, height=1180, issue=DRAWER),
    Shot(name="front-dark", shown="/", width=1000, height=1180, scheme="dark", issue=DRAWER),
    Shot(name="front-phone", shown="/", width=360, height=1180, issue=DRAWER),
    Shot(name="front-arabic", shown="/", width=1000, height=1180, publication=ARABIC, issue="issue-7"),
    *(Shot(name=f"mail-{look}", shown="email", width=680, height=1180, look=look) for look in LOOKS),
    *(Shot(name=f"front-{look}", shown="/", width=1000, height=1180, issue=DRAWER, look=look) for look in LOOKS),
    # For README: four letters, each in another look.
    Shot(name="letter-paper", shown="email", width=640, height=1150, issue=DRAWER, look="paper"),
    Shot(name="letter-ink", shown="email", width=640, height=1150, look="ink"),
    Shot(
        name="letter-signal", shown="email", width=640, height=1150, publication=ARABIC, issue="issue-7", look="signal"
    ),
    Shot(name="letter-plain", shown="email", width=640, height=1150, issue="carried-across", look="plain"),
    Shot(name="author-light", shown="/authors/jonna-lindqvist/", width=1000, height=900, issue="carried-across"),
)


# No script runs in the preview's frames: the page around them puts the style there.
INTO_FRAMES = """css => [document, ...[...document.querySelectorAll("iframe")].map(frame => frame.contentDocument)]
  .forEach(page => page.head.append(Object.assign(page.createElement("style"), {textContent: css})))"""


def main() -> None:
    """All pictures, anew."""
    terminal.main()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        for shot in SHOTS:
            take(browser, shot)
            print(f"docs/pictures/{shot.name}.png")
        preview(browser)
        browser.close()


def take(browser: Browser, shot: Shot) -> None:
    """One picture of an issue, or of the site as it was when that issue was the newest."""
    publication = config.load(shot.publication)
    if shot.look:
        publication = replace(publication, theme=load_look(shot.look))
    issue = issues.read_issue(publication, shot.issue)
    files = pictures(publication, issue)
    if shot.shown.startswith("/"):
        files |= site(publication, issue)
        address = publication.url + shot.shown
    else:
        address = f"{publication.url}/issues/{issue.slug}/"
        files[address] = render.render_edition(issue, publication, shot.shown).body

    def serve(route: Route) -> None:
        body = files.get(route.request.url)
        if body is None:
            route.abort()
        else:
            kinds = {".css": "text/css", ".png": "image/png"}
            route.fulfill(body=body, content_type=kinds.get(Path(route.request.url).suffix, "text/html; charset=utf-8"))

    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.scheme,
        device_scale_factor=1 if shot.look else 2,
        bypass_csp=True,
    )
    context.route("**/*", serve)
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.add_style_tag(content="\n".join(faces()))
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(200)
    page.screenshot(path=HERE / f"{shot.name}.png")
    context.close()
    if shot.name.startswith("letter-"):
        with Image.open(HERE / f"{shot.name}.png") as picture:
            picture.quantize(128).save(HERE / f"{shot.name}.png", optimize=True)


def preview(browser: Browser) -> None:
    """The page of ``dispatch desk``: inbox and issue, a mail on a phone, and a feed in the dark."""
    sys.path.insert(0, str(CHECKOUT / "tests"))  # the morning's publication is that of the tests
    from morning import make_morning

    with TemporaryDirectory() as folder, serve_desk(CHECKOUT, "names-and-addresses") as address:
        shoot(browser, f"{address}#names-and-addresses/mail/phone", "preview", 1280)
        shoot(browser, f"{address}#names-and-addresses/feeds/dark", "preview-dark", 768, "dark")
        with serve_desk(make_morning(Path(folder))) as desk:
            shoot(browser, desk, "desk-inbox", 1280, keys=("1", "2", "1", "3", "j"))
            shoot(browser, f"{desk}#week-48/issue", "desk-issue", 1280, keys=("j", "j", "j"))
            shoot(browser, f"{desk}#week-48/issue", "desk-introduction", 1280, keys=("i",))


@contextmanager
def serve_desk(root: Path, *issue: str) -> Iterator[str]:
    """The desk of a publication, and the address that it prints."""
    command = [sys.executable, "-m", "dispatch", "desk", *issue, "--no-open"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def shoot(
    browser: Browser,
    address: str,
    name: str,
    width: int,
    scheme: Literal["light", "dark"] = "light",
    keys: Iterable[str] = (),
) -> None:
    """One picture of the desk, after some keys."""
    context = browser.new_context(
        viewport={"width": width, "height": 860}, color_scheme=scheme, device_scale_factor=2, bypass_csp=True
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-version]:not([data-busy])", timeout=10_000)
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(600)
    page.evaluate(INTO_FRAMES, "\n".join(faces()))
    page.wait_for_timeout(8_500 if keys else 500)  # what was told last has gone
    page.screenshot(path=HERE / f"{name}.png")
    context.close()
    print(f"docs/pictures/{name}.png")


def site(publication: Publication, newest: Issue) -> dict[str, bytes]:
    """The pages of the site by their address, as they were when that issue was the newest."""
    whole = {issue.slug: issue for issue in issues.read_all_issues(publication)}
    released = [strip_texts(issue) for issue in whole.values() if issue.date <= newest.date]
    made = {f"{publication.url}/style.css": site_files.render_style_sheet(publication)}
    for page in plan_pages(released, publication):
        if page.kind != "feed":
            shown = fill_page(page, whole[page.slug]) if page.slug else page
            made[f"{publication.url}/{page.path}"] = render.render_edition(shown, publication, "web").body
    return made


def pictures(publication: Publication, issue: Issue) -> dict[str, bytes]:
    """The files beside the articles, by the address at which an edition asks for them."""
    folder = f"{publication.url}/issues/{issue.slug}/"
    return {folder + name: body for name, body in issues.read_pictures(publication, issue).items()}


def faces() -> Iterator[str]:
    """The stand-ins under the names that the default look asks for."""
    for name, family, weights in (("gelasio", "Georgia", (400, 700)), ("inter", "Segoe UI", (400, 600))):
        for weight in weights:
            for style in ("normal", "italic"):
                file = FONTS / name / "files" / f"{name}-latin-{weight}-{style}.woff2"
                if file.is_file():
                    source = base64.b64encode(file.read_bytes()).decode()
                    yield (
                        f"@font-face {{ font-family: '{family}'; font-weight: {weight}; font-style: {style}; "
                        f"src: url(data:font/woff2;base64,{source}); }}"
                    )


if __name__ == "__main__":
    main()
