"""The preview in Chromium: it follows the files in place, by keyboard alone, for everybody, and nothing in it acts."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

import nouns
from previewing import Running, previewing, publication

pytestmark = pytest.mark.needs("chromium")

AXE = nouns.ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = ("mail", "text", "page", "site", "feeds", "size", "findings")


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publication(tmp_path_factory.mktemp("letter"))


@pytest.fixture(scope="module")
def running(letter: Path) -> Iterator[Running]:
    with previewing(letter) as preview:
        yield preview


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    """The preview as it opens; nothing leaves this machine, and what the console says is an error."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, timezone_id="Europe/Berlin")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if not meant(message.text) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    context.route(re.compile("^https:"), lambda route: route.fulfill(body="<p>Elsewhere</p>", content_type="text/html"))
    page.goto(running.address)
    ready(page)
    yield page
    context.close()
    assert said == []


def meant(words: str) -> bool:
    """What Chromium says of an edition that cannot be made, and of pictures that are off."""
    return "status of 422" in words or "img-src 'none'" in words


def ready(page: Page) -> None:
    """When what is asked for is drawn."""
    page.wait_for_selector("html[data-version]:not([data-busy])")


def loaded(page: Page) -> None:
    """When every frame has all that it asks for."""
    for one in page.frames:
        one.wait_for_load_state("load")


def go(page: Page, view: str, slug: str = "tides", worn: str = "") -> None:
    page.evaluate("() => delete document.documentElement.dataset.version")
    before = page.evaluate("location.hash")
    page.evaluate("hash => location.hash = hash", f"#{slug}/{view}/{worn}")
    if page.evaluate("location.hash") == before:
        page.evaluate("dispatchEvent(new HashChangeEvent('hashchange'))")
    ready(page)


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe:not(.coming)")


def test_it_opens_with_the_mail_of_the_newest_issue_and_hides_the_token(page: Page) -> None:
    assert "token" not in page.url
    assert page.title() == "Tides · desk"
    expect(frame(page).locator("h1")).to_have_text("Tides")
    expect(page.locator(".letter .line")).to_contain_text("The Colophon")
    expect(page.locator(".letter .line")).to_contain_text("Two towns, one harbour")
    page.reload()
    ready(page)
    expect(frame(page).locator("h1")).to_have_text("Tides")


@pytest.mark.needs("npm:axe-core")
@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})
    for view in VIEWS:
        go(page, view)
        page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
        judge(page, view)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width, view
    page.keyboard.press("?")
    judge(page, "help")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    judge(page, "sending")
    page.keyboard.press("Escape")


def judge(page: Page, what: str) -> None:
    """axe-core, on the page itself; the editions have a test of their own."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == [], what


def test_it_repaints_in_place_where_the_reader_stands(page: Page, letter: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 500})
    go(page, "mail", worn="phone+dark")
    scroll = "document.querySelector('iframe:not(.coming)').contentWindow.scrollY"
    page.evaluate("document.querySelector('iframe:not(.coming)').contentWindow.scrollTo(0, 300)")
    assert page.evaluate(scroll) == 300
    article = letter / "issues" / "tides" / "mole.md"
    good = article.read_text("utf-8")
    article.write_text(good.replace("A wall of stones", "A longer wall of stones"), "utf-8")
    expect(frame(page).get_by_text("A longer wall of stones")).to_be_attached()
    assert page.evaluate(scroll) == 300
    assert page.url.endswith("#tides/mail/phone+dark")
    assert page.locator("iframe").count() == 1
    article.write_text(good, "utf-8")
    expect(frame(page).get_by_text("A longer wall of stones")).not_to_be_attached()


def test_a_half_written_file_is_told_above_what_could_last_be_read(page: Page, letter: Path) -> None:
    issue = letter / "issues" / "tides" / "issue.md"
    good = issue.read_text("utf-8")
    issue.write_text(good.replace("preheader:", "preheadr:"), "utf-8")
    banner = page.locator("#faults")
    expect(banner).to_contain_text("did you mean “preheader”?")
    link = banner.get_by_role("link", name="issues/tides/issue.md:4")
    assert link.get_attribute("href") == f"vscode://file{issue.resolve()}:4"
    expect(frame(page).locator("h1")).to_have_text("Tides")
    issue.write_text(good, "utf-8")
    expect(banner).to_be_hidden()


def test_a_template_that_breaks_leaves_the_last_page_standing(page: Page, letter: Path) -> None:
    go(page, "page")
    (letter / "templates").mkdir()
    (letter / "templates" / "web-article.html").write_text("{% if %}", "utf-8")
    expect(page.locator("#faults")).to_contain_text("web-article.html")
    expect(frame(page).locator("h1")).to_have_text("Tides")
    shutil.rmtree(letter / "templates")
    expect(page.locator("#faults")).to_be_hidden()


def test_the_keyboard_does_it_all(page: Page) -> None:
    page.keyboard.press("5")
    expect(page.locator("#view-feeds")).to_have_attribute("aria-current", "page")
    page.keyboard.press("1")
    page.keyboard.press("d")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    ready(page)
    paper = frame(page).locator(".paper")
    expect(paper).to_have_css("background-color", "rgb(25, 24, 22)")
    page.keyboard.press("d")
    ready(page)
    expect(paper).to_have_css("background-color", "rgb(255, 253, 249)")
    page.keyboard.press("]")
    expect(page.locator("#issue")).not_to_have_value("tides")
    page.keyboard.press("[")
    expect(page.locator("#issue")).to_have_value("tides")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#view-mail")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")


def test_the_keys_work_from_within_a_frame_and_can_be_switched_off(page: Page) -> None:
    frame(page).locator("a").first.focus()
    page.keyboard.press("6")
    expect(page.locator("#view-size")).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Keys are on").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("1")
    expect(page.locator("#view-size")).to_have_attribute("aria-current", "page")
    page.reload()
    ready(page)
    page.keyboard.press("1")
    expect(page.locator("#view-size")).to_have_attribute("aria-current", "page")


def test_everything_that_can_be_used_shows_where_the_focus_is(page: Page) -> None:
    for _ in range(16):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => {
                 const held = document.activeElement;
                 return held.matches("iframe, body") || getComputedStyle(held).outlineStyle;
               }"""
        )
        assert outline != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_without_pictures_none_is_asked_for(page: Page) -> None:
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(answer.request.resource_type))
    go(page, "mail", worn="bare")
    loaded(page)
    assert "image" not in asked
    with page.expect_response(lambda answer: answer.request.resource_type == "image"):
        go(page, "mail")


def test_own_pictures_are_shown_from_the_folder(page: Page) -> None:
    picture = frame(page).locator("img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 100


def test_links_within_the_site_are_followed_and_others_open_beside(page: Page) -> None:
    go(page, "page")
    frame(page).get_by_role("link", name="The Colophon").first.click()
    expect(page.locator(".path .soft")).to_have_text("https://colophon.example/")
    frame(page).get_by_role("link", name="Authors").first.click()
    expect(page.locator(".path .soft")).to_have_text("https://colophon.example/authors/")
    go(page, "mail")
    with page.context.expect_page() as opened:
        frame(page).get_by_role("link", name="Ann Lee").first.click()
    assert opened.value.url == "https://paper.example/ann?a=1&b=2"
    assert opened.value.evaluate("opener") is None
    expect(page.locator("#view-mail")).to_have_attribute("aria-current", "page")


def test_a_feed_is_read_as_in_a_reader(page: Page) -> None:
    go(page, "feeds")
    expect(page.locator(".entry h2")).to_have_text("The harbour & the town")
    page.get_by_role("button", name="The mole").click()
    expect(frame(page).get_by_text("A wall of stones in the sea.")).to_be_visible()
    page.get_by_role("button", name="JSON Feed").click()
    expect(page.locator(".path .soft")).to_have_text("https://colophon.example/feed.json")
    expect(page.locator(".entry h2")).to_have_text("The mole")
    expect(page.locator(".entry .top .soft")).to_have_text("Jón Þór · 24 November 2026")


def test_what_outlook_gets_is_as_wide_as_its_tables(page: Page) -> None:
    go(page, "mail", worn="outlook")
    assert frame(page).locator("table.paper-outlook").count() >= 1
    expect(frame(page).locator("h1")).to_be_visible()
    assert "96" not in frame(page).locator("body").inner_text()[:20]


def test_size_and_findings_name_the_articles(page: Page) -> None:
    go(page, "size")
    expect(page.locator("tbody tr").first).to_contain_text("The harbour & the town")
    expect(page.locator(".sheet h2")).to_contain_text("of what Gmail shows")
    go(page, "findings")
    expect(page.locator(".sheet h2")).to_be_visible()


def test_nothing_in_an_edition_runs(browser: Browser, tmp_path: Path) -> None:
    """Not even what a publication's own template puts there, of which no sanitiser knows."""
    root = publication(tmp_path)
    (root / "templates").mkdir()
    hostile = (
        "<script>top.acted = 1</script><img src=x onerror='top.acted = 1'>"
        "<form action='/send/tides' method=post><button>Go</button></form>"
    )
    (root / "templates" / "web-article.html").write_text(hostile, "utf-8")
    (root / "templates" / "entry.html").write_text(hostile, "utf-8")
    with previewing(root) as running:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
        page.goto(running.address)
        ready(page)
        for view in ("page", "feeds"):
            go(page, view)
            if (button := frame(page).get_by_role("button", name="Go").first).count():
                button.click()
            loaded(page)
        address = page.evaluate("document.querySelector('iframe').src")
        page.goto(address)  # on its own, too
        assert page.evaluate("typeof acted") == "undefined"
        assert not [one for one in asked if one.startswith("POST")]
        page.close()


def test_a_message_that_is_not_taken_is_told_in_the_dialog(page: Page) -> None:
    page.keyboard.press("t")
    page.get_by_label("To").fill("ann@example.org")
    page.keyboard.press("Enter")
    expect(page.locator("#sent")).to_contain_text("cannot be reached")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#sending")).to_be_hidden()
