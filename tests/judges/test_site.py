"""The whole site in Chromium, as it is served and under its own policy: every kind of page, width and way in."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

import nouns
import sites
from dispatch import config, issues
from dispatch.model import Issue, Publication
from judges.cases import long_words
from judges.test_browser import AXE, PNG

Show = Callable[..., AbstractContextManager[tuple[Page, list[tuple[str, str]]]]]

pytestmark = pytest.mark.needs("chromium")

HOST = "https://wire.example"
KINDS = {
    "front": "",
    "issue": "issues/week-2/",
    "article": "issues/week-2/lead/",
    "republish": "issues/week-2/our-own/republish/",
    "author": "authors/jerry-jackson/",
    "source": "sources/paper/",
    "section": "sections/europe/",
    "tag": "tags/r-d/",
    "index": "authors/",
    "year": "archive/2025/",
    "follow": "follow/",
    "search": "search/",
    "not-found": "404.html",
}
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "json": "application/json",
}
WIDTHS = (320, 768, 1280)
Files = Mapping[str, bytes]
every_kind = pytest.mark.parametrize("kind", KINDS)


@cache
def english() -> Files:
    """Enough issues for pages of years."""
    return sites.files(sites.weeks(30), sites.publication())


@cache
def arabic() -> Files:
    by: Publication = config.load(nouns.ROOT / "tests" / "data" / "arabic")
    issue: Issue = issues.read_issue(by, "issue-7")
    made = sites.files([issue], by)
    return {path: octets.replace(by.url.encode(), HOST.encode()) for path, octets in made.items()}


@cache
def wide() -> Files:
    issue, by = long_words()
    assert isinstance(issue, Issue)
    return sites.files([issue], by)


@contextmanager
def opened(browser: Browser, files: Files, **options: object) -> Iterator[tuple[Page, list[tuple[str, str]]]]:
    """A browser that finds the site at its own address, and a list of what it asked for: kind and address."""
    context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
    asked: list[tuple[str, str]] = []

    def answer(route: Route) -> None:
        url = urlsplit(route.request.url)
        asked.append((route.request.resource_type, route.request.url))
        path = url.path[1:] + ("index.html" if url.path.endswith("/") else "")
        if f"{url.scheme}://{url.netloc}" == HOST and path in files:
            kind = TYPES.get(path.rpartition(".")[2], "application/octet-stream")
            route.fulfill(body=files[path], content_type=kind)
        elif route.request.resource_type == "image":
            route.fulfill(body=PNG, content_type="image/png")
        else:
            route.fulfill(status=404, body="")

    context.route("**/*", answer)
    page = context.new_page()
    yield page, asked
    context.close()


@pytest.fixture
def show(browser: Browser) -> Show:
    return lambda files, **options: opened(browser, files, **options)


@pytest.mark.needs("npm:axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@every_kind
def test_axe_finds_nothing(show: Show, kind: str, scheme: str) -> None:
    with show(english(), bypass_csp=True, color_scheme=scheme) as (page, _):
        page.goto(f"{HOST}/{KINDS[kind]}")
        assert violations(page) == []


@pytest.mark.needs("npm:axe-core")
def test_axe_finds_nothing_from_right_to_left(
    show: Show,
) -> None:
    with show(arabic(), bypass_csp=True) as (page, _):
        for path in arabic():
            if path.endswith("index.html"):
                page.goto(f"{HOST}/{path.removesuffix('index.html')}")
                assert violations(page) == [], path


def violations(page: Page) -> list[tuple[str, list[str]]]:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("site", [english, arabic, wide])
def test_nothing_is_wider_than_the_screen(show: Show, site: Callable[[], Files]) -> None:
    paths = [path for path in site() if path.endswith(".html") and not re.match(r"issues/week-([3-9]|\d\d)", path)]
    with show(site()) as (page, _):
        for path in paths:
            page.goto(f"{HOST}/{path.removesuffix('index.html')}")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.scrollingElement.scrollWidth") <= width, (path, width)


@every_kind
def test_nothing_is_asked_of_another_host_but_pictures(show: Show, kind: str) -> None:
    with show(english()) as (page, asked):
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{HOST}/{KINDS[kind]}", wait_until="networkidle")
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    elsewhere = {(what, url) for what, url in asked if not url.startswith(f"{HOST}/")}
    assert {what for what, _ in elsewhere} <= {"image"}
    own = {what for what, url in asked if url.startswith(f"{HOST}/") and url != f"{HOST}/icon.svg"}
    assert own <= {"document", "stylesheet", "image"} | ({"script"} if kind in {"search", "republish"} else set())
    assert said == []
    assert colour == "rgb(243, 240, 234)"  # its own style came through its own policy


BUTTONS = 8  # that a player may have, each a stop of its own
FOCUSED = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return {
    tag: one.tagName, href: one.getAttribute('href'),
    seen: style.opacity === '1' && box.width > 0 && box.left >= 0 && box.right <= innerWidth + 1,
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  };
}"""


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("site", [english, arabic])
def test_a_keyboard_reaches_everything_in_order_and_sees_where_it_is(
    show: Show,
    site: Callable[[], Files],
    width: int,
) -> None:
    paths = ["", *(path for path in KINDS.values() if f"{path}index.html" in site() and path)]
    with show(site(), viewport={"width": width, "height": 800}) as (page, _):
        for path in paths:
            page.goto(f"{HOST}/{path}")
            links = page.eval_on_selector_all(
                "a[href]:not([tabindex]), input, textarea, button",
                "all => all.filter(one => one.checkVisibility()).map(one => one.getAttribute('href'))",
            )
            reached: list[str] = []
            players = page.locator("audio, video").count()
            for _ in range(len(links) + players * BUTTONS):
                page.keyboard.press("Tab")
                focused = page.evaluate(FOCUSED)
                assert focused["seen"], (path, focused)
                assert focused["ring"], (path, focused)
                reached += [] if focused["tag"] in {"AUDIO", "VIDEO"} else [focused["href"]]
                if len(reached) == len(links):
                    break
            assert reached == links, path


def test_the_first_key_skips_to_the_content(
    show: Show,
) -> None:
    with show(english()) as (page, _):
        page.goto(f"{HOST}/issues/week-2/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@every_kind
def test_without_scripts_everything_is_there(show: Show, kind: str) -> None:
    words = {}
    for scripts in (True, False):
        with show(english(), java_script_enabled=scripts) as (page, _):
            page.goto(f"{HOST}/{KINDS[kind]}")
            words[scripts] = page.inner_text("body")
    if kind == "search":
        assert "needs JavaScript" in words[False]
        assert "Authors" in words[False].rpartition("needs JavaScript")[2]
    elif kind == "republish":
        buttons = {"Copy", "·", "HTML", "Plain", "text"}
        with_them, without = ([one for one in words[run].split() if one not in buttons] for run in (True, False))
        assert with_them == without
    else:
        assert words[True] == words[False]


@pytest.mark.parametrize("has_clipboard", [True, False])
@pytest.mark.parametrize("field", ["kit-html", "kit-text"])
def test_an_article_is_copied_with_the_keyboard(show: Show, field: str, has_clipboard: bool) -> None:
    with show(english(), permissions=["clipboard-read", "clipboard-write"]) as (page, _):
        page.goto(f"{HOST}/{KINDS['republish']}")
        if not has_clipboard:
            page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
        page.focus(f"[data-copies={field}]")
        page.keyboard.press("Enter")
        page.locator(f"[data-copies={field}] ~ [role=status]", has_text="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == page.input_value(f"#{field}")
        assert page.evaluate("document.activeElement.dataset.copies") == field


@every_kind
def test_dark_has_no_light_place(show: Show, kind: str) -> None:
    with show(english(), color_scheme="dark") as (page, _):
        page.goto(f"{HOST}/{KINDS[kind]}")
        grounds = page.eval_on_selector_all(
            "body, body *", "all => all.map(one => [one.tagName, getComputedStyle(one).backgroundColor])"
        )
    for name, ground in grounds:
        red, green, blue, *alpha = (float(number) for number in re.findall(r"[\d.]+", ground))
        # The button has the accent for its ground, and dark letters.
        assert name == "BUTTON" or alpha == [0] or red + green + blue < 160, (name, ground)


def test_right_to_left_mirrors_the_masthead_and_the_lines(
    show: Show,
) -> None:
    left = "element => element.getBoundingClientRect().left"
    with show(arabic(), viewport={"width": 1280, "height": 800}) as (page, _):
        page.goto(f"{HOST}/")
        assert page.eval_on_selector(".top li:last-child", left) < page.eval_on_selector(".top li", left)
        page.goto(f"{HOST}/authors/")
        assert page.eval_on_selector(".lines span", left) < page.eval_on_selector(".lines a", left)
        page.goto(f"{HOST}/issues/issue-7/")
        page.eval_on_selector(".mark", "mark => mark.focus()")
        heading = page.eval_on_selector(".head h2", "heading => heading.getBoundingClientRect().right")
        assert page.eval_on_selector(".mark", left) >= heading - 1


def test_the_mark_of_an_article_shows_itself_and_leads_to_it(
    show: Show,
) -> None:
    with show(english(), viewport={"width": 1280, "height": 800}) as (page, _):
        page.goto(f"{HOST}/issues/week-2/")
        assert page.eval_on_selector(".mark", "mark => getComputedStyle(mark).opacity") == "0"
        page.hover(".head h2")
        assert page.eval_on_selector(".mark", "mark => getComputedStyle(mark).opacity") == "1"
        page.mouse.move(0, 0)
        page.focus("#paper .mark")
        page.keyboard.press("Enter")
        assert page.url == f"{HOST}/issues/week-2/#paper"
        assert page.eval_on_selector("#paper", "article => Math.abs(article.getBoundingClientRect().top) < 40")


def test_paper_is_white_and_has_the_addresses(
    show: Show,
) -> None:
    with show(english(), color_scheme="dark") as (page, _):
        page.goto(f"{HOST}/issues/week-2/")
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert not page.is_visible(".top nav")
        after = page.eval_on_selector(".read a", "link => getComputedStyle(link, '::after').content")
    assert "https://margin.example/lead?week=2" in after


@pytest.mark.parametrize("width", [320, 768])
def test_a_thumb_hits_what_the_masthead_and_the_lists_lead_to(show: Show, width: int) -> None:
    with show(english(), viewport={"width": width, "height": 800}) as (page, _):
        page.goto(f"{HOST}/")
        heights = page.eval_on_selector_all(
            ".top li:not(.narrow) a, .cells h3 a, .line h2 a, .find button",
            "all => all.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().height)",
        )
        assert min(heights) >= 24  # WCAG 2.2, 2.5.8
        read = page.eval_on_selector_all(".read a", "all => all.map(one => one.getBoundingClientRect().height)")
        assert min(read) >= 44


def test_a_search_finds_articles_with_their_bylines_under_the_policy(show: Show, tmp_path: Path) -> None:
    for path, octets in english().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(octets)
    subprocess.run([sys.executable, "-m", "pagefind", "--site", str(tmp_path)], check=True, capture_output=True)
    index = {str(file.relative_to(tmp_path)): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    with show(index) as (page, asked):
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{HOST}/search/")
        page.fill("input[type=search]", "Jerry")
        page.wait_for_selector(".found li")
        assert re.fullmatch(r"Found: \d+\+", page.inner_text("[role=status]"))
        page.fill("input[type=search]", "week 30")
        page.locator(".found h2", has_text="<counts> 30").wait_for()
        headlines = page.eval_on_selector_all(".found h2 a", "all => all.map(one => [one.textContent, one.href])")
        bylines = page.eval_on_selector_all(".found .byline", "all => all.map(one => one.textContent)")
        authors = page.eval_on_selector_all(".found .byline a[rel=author]", "all => all.map(one => one.href)")
        assert ["What was said in week 30", f"{HOST}/issues/week-30/lead/"] in headlines
        assert ["Who pays & who <counts> 30", f"{HOST}/issues/week-30/#paper"] in headlines
        assert bylines
        assert all(byline.startswith(("By Jerry Jackson", "By The Wire's desk")) for byline in bylines)
        assert "https://paper.example/jerry-jackson?view=posts&all=1" in authors
        assert page.url == f"{HOST}/search/?q=week+30"
        page.fill("input[type=search]", "xyzzyx")
        page.locator("[role=status]", has_text="xyzzyx").wait_for()
        assert page.query_selector(".found li") is None
        assert said == []
        assert {url for _, url in asked if not url.startswith(HOST)} == set()


def test_a_search_that_cannot_be_loaded_leads_to_the_lists(
    show: Show,
) -> None:
    with show(english()) as (page, _):
        page.goto(f"{HOST}/search/?q=bridge")
        page.wait_for_selector("#without")
        assert "could not be loaded" in page.inner_text("#without")
        assert page.is_hidden("form")
