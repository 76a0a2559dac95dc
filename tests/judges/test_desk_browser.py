"""The desk in Chromium: by keyboard alone, for everybody, with thousands of entries, and nothing in an article acts."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import nouns
from desking import fill_inbox, make_entry, make_publication, make_week
from dispatch import config, issues
from dispatch.model import Issue
from loopback import web
from patience import wait_until
from previewing import previewing

pytestmark = pytest.mark.needs("chromium")

AXE = nouns.ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
HOSTILE = """<p>Words.</p><script>top.acted = 1</script><img src=x onerror="top.acted = 1">
<form action="/do/dismiss" method="post"><button>Go</button></form><iframe srcdoc="<script>top.acted=1</script>">
</iframe><a href="javascript:top.acted=1">Leads</a><svg onload="top.acted=1"></svg>
<meta http-equiv=refresh content="0;url=/do/undo"><base href="https://wire.example/">
<a href="/do/undo" target=_top>Undo</a>"""


@contextmanager
def opened(browser: Browser, root: Path, *, width: int = 1280, scheme: str = "light") -> Iterator[Page]:
    """The desk as it opens; nothing leaves this machine, and what the console says is an error."""
    meant = re.compile("status of 4|^Blocked |Content Security Policy|sandboxed")
    with previewing(root, command="desk") as running:
        context = browser.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if not meant.search(message.text) else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        context.route(re.compile("^https:"), lambda route: route.fulfill(body="", content_type="image/png"))
        page.goto(running.address)
        ready(page)
        yield page
        context.close()
        assert said == []


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_publication(tmp_path)
    fill_inbox(tmp_path, 40)
    return tmp_path


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-version]:not([data-busy])")


def read(root: Path) -> Issue:
    return issues.read_issue(config.load(root), "week-48")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_keys_decide_and_one_takes_back(browser: Browser, root: Path) -> None:
    with opened(browser, root) as page:
        expect(page.locator(".found")).to_have_text("40 articles")
        expect(page.locator(".row.chosen")).to_contain_text("0")
        first = page.locator(".row.chosen b").inner_text()
        press(page, "2")
        expect(page.locator("#told")).to_contain_text("Added to Europe of Week 48.")
        press(page, "x", "j", "j", "X")
        expect(page.locator(".found")).to_have_text("36 articles")
        expect(page.locator("#told")).to_contain_text("Dismissed 2.")
        press(page, "u", "u", "u")
        expect(page.locator(".found")).to_have_text("40 articles")
        expect(page.locator(".row.chosen b")).to_have_text(first)
        assert not list(read(root).articles)
        press(page, "Space", "Space", "1")
        expect(page.locator("#told")).to_contain_text("Added 2 to Harbour")
        assert len(read(root).sections[0].articles) == 2


def test_search_source_note_and_new_issue(browser: Browser, root: Path) -> None:
    with opened(browser, root) as page:
        press(page, "/")
        page.keyboard.type("story 16")
        expect(page.locator(".found")).to_have_text("1 article, 40 wait in all")
        press(page, "Enter", "n")
        page.keyboard.type("Read it.")
        press(page, "Enter")
        expect(page.locator(".found")).to_contain_text("No articles")
        expect(page.locator("#told")).to_contain_text("Added")
        assert [one.note for one in read(root).articles] == ["Read it."]
        press(page, "/", "Escape", "s")
        expect(page.locator(".found")).to_have_text(re.compile(r"^1\d articles, 39 wait in all$"))
        press(page, "s")
        expect(page.locator(".found")).to_have_text("39 articles")
        press(page, "N")
        page.keyboard.type("Week 49")
        press(page, "Enter")
        expect(page.locator("#issue")).to_have_value("week-49")
        ready(page)
        press(page, "3")
        expect(page.locator("#told")).to_contain_text("Culture of Week 49")


def test_ten_thousand_entries_are_a_page_of_thirty(browser: Browser, tmp_path: Path) -> None:
    make_publication(tmp_path)
    fill_inbox(tmp_path, 10_000)
    with opened(browser, tmp_path) as page:
        expect(page.locator(".found")).to_have_text("10,000 articles")
        press(page, "End")
        expect(page.locator(".row.chosen")).to_have_attribute("aria-posinset", "10000")
        expect(page.locator(".row.chosen b")).to_contain_text("9999")
        assert page.locator(".row").count() < 30
        press(page, "k", "X")
        expect(page.locator(".found")).to_have_text("2 articles")
        press(page, "u")
        expect(page.locator(".found")).to_have_text("10,000 articles")


def test_an_issue_is_edited_in_place_by_keys_and_dragged(browser: Browser, root: Path) -> None:
    with opened(browser, root) as page:
        press(page, "1", "1", "2")
        expect(page.locator("#told")).to_contain_text("Europe")
        one, two, three = [article.key for article in read(root).articles]
        press(page, "e")
        expect(page.locator(".outline .item")).to_have_count(3)
        press(page, "n")
        page.keyboard.type("My own words.")
        press(page, "Tab")
        expect(page.locator("#told")).to_contain_text("Saved.")
        assert [article.note for article in read(root).articles] == ["My own words.", "", ""]
        press(page, "Escape", "J")
        expect(page.locator("#told")).to_contain_text("Moved.")
        assert [article.key for article in read(root).articles] == [two, one, three]
        press(page, "4")
        expect(page.locator("#told")).to_contain_text("Moved to Brief.")
        assert [article.key for article in read(root).sections[3].articles] == [one]
        item = page.locator(f".item[data-key={three}]")
        item.drag_to(page.locator(f".item[data-key={two}]"))
        expect(page.locator("#told")).to_contain_text("Moved.")
        assert [article.key for article in read(root).articles] == [three, two, one]
        press(page, "u", "u", "u", "u")
        expect(page.locator(".outline .item").first).to_have_attribute("data-key", one)
        expect(page.locator("#told")).to_have_text("Undone.")


def test_the_issue_and_its_sections_are_edited_by_keys(browser: Browser, root: Path) -> None:
    file = root / "issues" / "week-48" / "issue.md"
    before = file.read_text("utf-8")
    with opened(browser, root) as page:
        press(page, "e")
        expect(page.locator(".outline .whole")).to_be_visible()
        press(page, "i", "Tab")
        intro = page.get_by_role("textbox", name="Introduction, in Markdown")
        expect(intro).to_be_focused()
        expect(intro).to_have_value("What the week left on the quay.")
        press(page, "Control+A")
        page.keyboard.type("The *tide*.\n\nAnd <script>top.acted = 1</script> more.")
        press(page, "Control+Enter")
        expect(page.locator("#told")).to_contain_text("Saved.")
        assert file.read_text("utf-8").endswith("\n---\nThe *tide*.\n\nAnd <script>top.acted = 1</script> more.\n")
        press(page, "ArrowDown", "ArrowDown", "Enter")
        expect(page.locator("#field-title")).to_be_focused()
        expect(page.locator("#field-title")).to_have_value("Europe")
        press(page, "Tab")
        page.keyboard.type("From the continent.")
        press(page, "Tab", "Tab")
        expect(page.locator("#field-two_columns")).to_be_focused()
        press(page, "ArrowDown", "Tab")
        page.keyboard.type("The Bank")
        press(page, "Tab")
        expect(page.locator("#told")).to_contain_text("Saved.")
        wait_until(lambda: read(root).sections[1].sponsor is not None)
        section = read(root).sections[1]
        assert (section.intro, section.two_columns) == ("<p>From the continent.</p>", True)
        press(page, "Escape", "v")
        inner = page.frame_locator("#stage iframe:not(.coming)")
        expect(inner.locator("body")).to_contain_text("The tide.")
        assert page.evaluate("typeof acted") == "undefined"
        press(page, "e")
        expect(page.locator(".outline .whole")).to_be_visible()
        press(page, "u", "u", "u", "u")
        wait_until(lambda: file.read_text("utf-8") == before)


def test_two_hands_what_a_colleague_wrote_stays_and_is_told(browser: Browser, root: Path) -> None:
    with opened(browser, root) as page:
        press(page, "1")
        expect(page.locator("#told")).to_contain_text("Harbour")
        (article,) = read(root).articles
        file = root / article.file
        press(page, "e")
        headline = page.locator("#field-title")
        headline.fill("Mine")  # it is being written, and not yet sent
        file.write_text(file.read_text("utf-8").replace(article.title, "A colleague’s headline"), "utf-8")
        expect(page.locator(".outline .item b")).to_have_text("A colleague’s headline")
        expect(headline).to_have_value("Mine")
        press(page, "Tab")
        expect(page.locator("#wrong-title")).to_contain_text("somebody else changed it meanwhile")
        expect(page.locator("#wrong-title")).to_contain_text("A colleague’s headline")
        assert next(read(root).articles).title == "A colleague’s headline"
        headline.fill("Mine, and meant")
        press(page, "Tab")
        expect(page.locator(".outline .item b")).to_have_text("Mine, and meant")


def test_a_finding_leads_to_its_place_and_offers_what_mends_it(browser: Browser, root: Path) -> None:
    undated = make_entry(70, published=None, title="Undated", certainty="likely")
    fill_inbox(root, 0, ("paper0", [undated]))
    with opened(browser, root) as page:
        press(page, "/")
        page.keyboard.type("undated")
        expect(page.locator(".found")).to_contain_text("1 article")
        press(page, "Enter", "1")
        expect(page.locator("#told")).to_contain_text("Harbour")
        press(page, "f")
        certainty = page.locator(".finding", has_text="editorial.certainty")
        certainty.get_by_role("button", name="It is Ada Quay").click()
        expect(page.locator(".finding", has_text="editorial.certainty")).to_have_count(0)
        dated = page.locator(".finding", has_text="editorial.date")
        dated.get_by_role("link", name="Edit the article").click()
        expect(page.locator("#field-published")).to_be_focused()
        page.keyboard.type("2026-11-20")
        press(page, "Tab")
        expect(page.locator("#told")).to_contain_text("Saved.")
        (article,) = read(root).articles
        assert article.certainty == "certain"
        assert f"{article.published:%Y-%m-%d}" == "2026-11-20"


def test_nothing_in_an_article_acts(browser: Browser, root: Path) -> None:
    """Not even where it came past the door of the sanitiser, as from a file of the issue that somebody else wrote."""
    fill_inbox(
        root, 0, ("paper0", [make_entry(0, title="Hostile <b>x</b>", content=HOSTILE, url="https://paper0.example/h")])
    )
    with opened(browser, root) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
        press(page, "/")
        page.keyboard.type("hostile")
        expect(page.locator(".found")).to_contain_text("1 article")
        expect(page.locator(".reading h2")).to_have_text("Hostile <b>x</b>")
        inner = page.frame_locator(".reading iframe:not(.coming)")
        expect(inner.locator("body")).to_contain_text("Words.")
        for link in inner.locator("a, button").all():
            link.click(force=True, no_wait_after=True)
        assert page.evaluate("typeof acted") == "undefined"
        assert page.url.partition("#")[2].startswith("week-48/inbox") or "#" not in page.url
        assert not [one for one in asked if one.startswith("POST")]
        expect(page.locator(".found")).to_contain_text("1 article")


@pytest.mark.needs("npm:axe-core")
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "dark"), (1280, "light"), (1600, "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Browser, root: Path, width: int, scheme: str
) -> None:
    with opened(browser, root, width=width, scheme=scheme) as page:
        judge(page, "inbox", width)
        press(page, "Enter")
        expect(page.locator(".reading h2")).to_be_visible()
        judge(page, "reading", width)
        press(page, "Escape", "3", "?")
        judge(page, "keys", width)
        press(page, "Escape", "e")
        expect(page.locator(".outline .item")).to_have_count(1)
        judge(page, "issue", width)
        press(page, "Enter")
        judge(page, "editor", width)
        press(page, "Escape", "i")
        expect(page.locator("#field-intro")).to_be_visible()
        judge(page, "the issue itself", width)
        press(page, "Escape", "ArrowDown", "Enter")
        expect(page.locator("#field-two_columns")).to_be_visible()
        judge(page, "section", width)
        press(page, "Escape", "p")
        expect(page.get_by_role("dialog").get_by_role("button", name="Publish")).to_be_visible()
        judge(page, "publish", width)


def judge(page: Page, what: str, width: int) -> None:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == [], what
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width, what


def test_a_screen_reader_hears_the_list_and_what_becomes_of_it(browser: Browser, root: Path) -> None:
    with opened(browser, root) as page:
        rows = page.get_by_role("listbox", name="Articles in the inbox")
        expect(rows).to_be_focused()
        assert rows.get_attribute("aria-activedescendant") == page.locator(".row.chosen").get_attribute("id")
        expect(rows.get_by_role("option", selected=True)).to_have_attribute("aria-setsize", "40")
        for name in ("Add", "Dismiss", "Undo"):
            expect(
                page.get_by_role("group", name="What becomes of it").get_by_role("button", name=name)
            ).to_be_visible()
        expect(page.get_by_role("search")).to_be_visible()
        press(page, "x")
        expect(page.get_by_role("status").filter(has_text="Dismissed 1.")).to_be_visible()


def test_what_is_written_from_the_right_is_shown_so(browser: Browser, root: Path) -> None:
    arabic = make_entry(
        0, title="الميناء والمدينة", content="<p>الميناء قديم.</p>", language="ar", url="https://paper0.example/ar"
    )
    fill_inbox(root, 0, ("paper0", [arabic]))
    with opened(browser, root) as page:
        press(page, "/")
        page.keyboard.type("الميناء")
        expect(page.locator(".reading h2")).to_have_text("الميناء والمدينة")
        expect(page.locator(".reading h2")).to_have_css("direction", "rtl")
        inner = page.frame_locator(".reading iframe:not(.coming)")
        expect(inner.locator("body")).to_have_css("direction", "rtl")


# A week's work


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Path]:
    with web() as site:
        yield make_week(tmp_path, site)


class Counted:
    """A keyboard whose keys are counted, each character that is typed as well."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, *keys: str) -> None:
        self.count += len(keys)
        press(self.page, *keys)

    def type(self, words: str) -> None:
        self.count += len(words)
        self.page.keyboard.type(words)


def test_a_curators_week_takes_at_most_300_keystrokes(browser: Browser, week: Path) -> None:
    """Every one of 230 is looked at; fifteen go into four sections, two with notes, two of unsettled credit."""
    root = week
    words = [sys.executable, "-m", "dispatch", "gather"]
    ran = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    with opened(browser, root, width=1400) as page:
        expect(page.locator(".found")).to_have_text("230 articles")
        keys = Counted(page)
        doubtful = others = 0
        for place in range(230):
            if doubtful < 2:
                page.wait_for_selector(".row.chosen b")
            if doubtful < 2 and page.evaluate("document.querySelector('.row.chosen .doubt') !== null"):
                doubtful += 1
                keys.press(f"{place % 4 + 1}")
            elif place % 15 == 5 and others < 13:
                others += 1
                keys.press(f"{place % 4 + 1}")
            elif place < 229:
                keys.press("j")
        keys.press("X", "x")
        expect(page.locator(".found")).to_have_text("No articles")
        expect(page.locator("#told")).to_contain_text("Dismissed 1.")
        chosen = list(read(root).articles)
        assert len(chosen) == 15
        assert all(part.articles for part in read(root).sections)
        keys.press("e")
        expect(page.locator(".outline .item")).to_have_count(15)
        for at, article in enumerate(page.locator(".outline .item").all()):
            key = article.get_attribute("data-key") or ""
            if at:
                keys.press("j")
            expect(page.locator(f".pick[data-chosen='{key}']")).to_be_focused()
            if at in {1, 4}:
                keys.press("n")
                keys.type("Read it all.")
                keys.press("Control+Enter")
                expect(page.locator(f".item[data-key='{key}']")).to_contain_text("note")
            if article.locator(".doubt").count():
                keys.press("c")
                expect(article.locator(".doubt")).to_have_count(0)
        keys.press("p")
        expect(page.get_by_role("dialog").get_by_role("button", name="Publish")).to_be_focused()
        keys.press("Enter")
        expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Published:")
    issue = read(root)
    assert issue.status == "published"
    assert [article.certainty for article in issue.articles] == ["certain"] * 15
    assert sum(bool(article.note) for article in issue.articles) == 2
    assert (root / "public" / "issues" / "week-48" / "email.html").is_file()
    print("keystrokes:", keys.count)
    assert keys.count <= 300


def test_what_is_refused_is_told_and_comes_back_into_the_list(browser: Browser, root: Path) -> None:
    fill_inbox(root, 0, ("paper0", [make_entry(71, title="", content="", url="https://paper0.example/nameless")]))
    with opened(browser, root) as page:
        press(page, "/")
        page.keyboard.type("paper0")
        press(page, "Enter", "End")
        expect(page.locator(".row.chosen b")).to_have_text("https://paper0.example/nameless")
        press(page, "1")
        expect(page.locator("#faults")).to_contain_text("This could not be done")
        expect(page.locator("#faults")).to_contain_text("no title found")
        expect(page.locator(".row", has_text="nameless")).to_be_visible()
        assert not list(read(root).articles)


def test_what_may_not_be_meant_is_not_one_enter_away(browser: Browser, root: Path) -> None:
    with opened(browser, root) as page:
        press(page, "e")
        expect(page.locator(".outline .whole")).to_be_visible()
        press(page, "p")
        box = page.get_by_role("dialog")
        expect(box).to_contain_text("It has no articles.")
        expect(box.get_by_role("button", name="Close")).to_be_focused()
        press(page, "Enter")
        expect(box).to_have_count(0)
        assert read(root).status == "draft"
        assert not (root / "public").exists()
