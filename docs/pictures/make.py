"""Takes the pictures of the mail and of the page that README and docs show: ``make pictures``. Needs Chromium.

Nothing is fetched: what the mail shows at the publication's address comes from the files beside its articles.
"""

import base64
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Route, sync_playwright

from dispatch import config, issues, render
from dispatch.model import Issue, Publication

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
FONTS = HERE / "node_modules" / "@fontsource"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture."""

    name: str
    format: str  # email or web
    width: int  # pixels
    height: int  # pixels; what is below is not in the picture
    scheme: Literal["light", "dark"] = "light"
    publication: Path = CHECKOUT


ARABIC = CHECKOUT / "tests" / "data" / "arabic"
SHOTS = (
    Shot(name="mail-light", format="email", width=680, height=1180),
    Shot(name="mail-dark", format="email", width=680, height=1180, scheme="dark"),
    Shot(name="mail-phone", format="email", width=360, height=1180),
    Shot(name="mail-arabic", format="email", width=680, height=1180, publication=ARABIC),
    Shot(name="page-light", format="web", width=1000, height=1180),
    Shot(name="page-dark", format="web", width=1000, height=1180, scheme="dark"),
)


def main() -> None:
    """All pictures, anew."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        for shot in SHOTS:
            take(browser, shot)
            print(f"docs/pictures/{shot.name}.png")
        browser.close()


def take(browser: Browser, shot: Shot) -> None:
    """One picture of the newest issue of its publication."""
    publication = config.load(shot.publication)
    issue = issues.read(publication, issues.newest(publication) or "")
    made = render.edition(issue, publication, shot.format).body
    files = pictures(publication, issue)

    def serve(route: Route) -> None:
        body = files.get(route.request.url)
        if body is None:
            route.abort()
        else:
            route.fulfill(body=body)

    size = {"width": shot.width, "height": shot.height}
    context = browser.new_context(viewport=size, color_scheme=shot.scheme, device_scale_factor=2, bypass_csp=True)  # type: ignore[arg-type]
    context.route("**/*", serve)
    page = context.new_page()
    page.set_content(made.decode(), wait_until="networkidle")
    page.add_style_tag(content="\n".join(faces()))
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(200)
    page.screenshot(path=HERE / f"{shot.name}.png")
    context.close()


def pictures(publication: Publication, issue: Issue) -> dict[str, bytes]:
    """The files beside the articles, by the address at which an edition asks for them."""
    folder = f"{publication.url}/issues/{issue.slug}/"
    return {folder + name: body for name, body in issues.pictures(publication, issue).items()}


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
