"""The documentation site as it is built: its links, its words, its pages in Chromium at two widths, its search."""

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from selectolax.lexbor import LexborHTMLParser

from dispatch import __version__
from judges.test_browser import AXE
from patience import PATIENCE

CHECKOUT = Path(__file__).parents[2]
WORDS = Path(__file__).with_name("words.txt")
PAGES = sorted(
    page.relative_to(CHECKOUT / "docs").as_posix()
    for page in (CHECKOUT / "docs").rglob("*.md")
    if "node_modules" not in page.parts
)
FOUND = {
    "newsletter": "start/first-newsletter/",
    "subscribers": "guides/subscribers/",
    "unsubscribe": "start/send/",
    "schedule": "guides/publishing/",
    "upgrade": "start/install/",
    "backup": "start/folder/",
    "windows": "start/install/",
    "proxy": "help/troubleshooting/",
    "docker": "start/install/",
    "faq": "help/faq/",
}

pytestmark = pytest.mark.needs("python:zensical")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as ``make docs`` does."""
    folder = tmp_path_factory.mktemp("documents") / "site"
    ran = subprocess.run(
        [sys.executable, CHECKOUT / "docs" / "build.py", "--output", folder],
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the site."""
    contexts: list[BrowserContext] = []

    def go(path: str, width: int, scheme: str = "light") -> Page:
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,  # type: ignore[arg-type]
                permissions=["clipboard-read", "clipboard-write"],
            )
        )
        page = contexts[-1].new_page()
        page.goto(address + path)
        return page

    yield go
    for context in contexts:
        context.close()


def to_address(page: str) -> str:
    """The path of a page of ``docs/`` in the site."""
    return page.removesuffix("index.md") if page.endswith("index.md") else f"{page.removesuffix('.md')}/"


def test_every_link_and_anchor_of_the_site_leads_somewhere(site: Path) -> None:
    pages = {
        f"/{file.relative_to(site).as_posix().removesuffix('index.html')}": LexborHTMLParser(file.read_bytes())
        for file in site.rglob("*.html")
    }
    anchors = {path: {node.attributes["id"] for node in tree.css("[id]")} for path, tree in pages.items()}
    lost = set()
    for path, tree in pages.items():
        for node in tree.css("[href], [src]"):
            target = node.attributes.get("href") or node.attributes.get("src") or ""
            place, anchor = urldefrag(urljoin(path, target))
            if re.match(r"[a-z]+:|//", target) or path == "/404.html":
                continue
            if place in pages:
                if anchor and anchor not in anchors[place]:
                    lost.add((path, target))
            elif not (site / place.lstrip("/")).is_file():
                lost.add((path, target))
    assert lost == set()


def test_every_page_has_the_version_its_neighbours_and_a_line_in_the_overview(site: Path) -> None:
    overview = (site / "llms.txt").read_text("utf-8")
    for page in PAGES:
        address = to_address(page)
        text = (site / address / "index.html").read_text("utf-8")
        assert f"dispatch {__version__}," in text, page
        assert "md-footer__link" in text, page
        assert f"]({address or './'}): " in overview, page


@pytest.mark.needs("hunspell")
def test_every_word_is_spelled_as_a_dictionary_or_our_list_has_it(site: Path) -> None:
    """What is code or written LikeThis is left out; our list has names and the words of the trade."""
    words: dict[str, str] = {}
    for file in site.rglob("index.html"):
        article = LexborHTMLParser(file.read_bytes()).css_first("article")
        if article is None:
            continue
        for node in article.css("pre, code, .headerlink, kbd, .md-annotation, script, style, svg"):
            node.decompose()
        for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", article.text(separator=" ")):
            words.setdefault(re.sub(r"['’]s$", "", word).replace("’", "'"), file.relative_to(site).parent.as_posix())
    known = set(WORDS.read_text("utf-8").split())
    asked = "\n".join(word for word in words if word not in known and not re.search("[a-z][A-Z]", word))
    said = subprocess.run(
        ["hunspell", "-i", "utf-8", "-d", "en_GB", "-l"],
        input=asked, capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    assert {word: words[word] for word in said.stdout.split() if word in words} == {}


@pytest.mark.needs("chromium", "npm:axe-core")
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_accessible_and_no_wider_than_the_screen(opened: Callable[..., Page], page: str) -> None:
    for width, scheme in ((390, "light"), (1280, "dark")):
        shown = opened(to_address(page), width, scheme)
        assert shown.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), width
        shown.evaluate(AXE.read_text("utf-8"))
        found = shown.evaluate("axe.run('article', {resultTypes: ['violations']})")
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("word", FOUND)
def test_a_search_leads_to_the_right_page_first(opened: Callable[..., Page], word: str) -> None:
    page = opened("", 1280)
    page.wait_for_selector("dialog[aria-label=Search]", state="attached")
    page.locator(".md-search__button").click()
    page.locator("dialog[aria-label=Search] input").fill(word)
    expect(page.locator("a[href*='?h=']").first).to_have_attribute("href", re.compile(rf"^[^?]*:\d+/{FOUND[word]}\?"))


@pytest.mark.needs("chromium")
def test_the_button_copies_what_is_typed_and_nothing_else(opened: Callable[..., Page]) -> None:
    page = opened("start/first-newsletter/", 1280)
    page.locator("#create-an-issue + .highlight .md-code__button").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("dispatch issue new")
    assert copied.count("\n") == 0
