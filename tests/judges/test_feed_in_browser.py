"""A feed opened in Chromium is a page that says what it is, and every headline and name in it can be read."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route

import nouns
from dispatch import colours, html, model, render
from dispatch.formats import site_files
from dispatch.language import Language
from judges.cases import FEEDS
from serving import served
from test_html import HOSTILE

pytestmark = pytest.mark.needs("chromium")

CASES = ["subscribed", "archived", "archive"]
SEEN = """() => [...document.querySelectorAll('*')].filter(one => one.checkVisibility() && !one.children.length)
  .map(one => one.textContent.trim()).filter(Boolean)"""
every_feed = pytest.mark.parametrize(("case", "format"), [(case, name) for case in CASES for name in ("rss", "atom")])


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def show(page: Page, case: str, format: str, language: str = "en") -> None:  # noqa: A002
    """The feed at its own address, with the style sheet where it asks for it."""
    issue, publication = FEEDS[case]()
    publication = nouns.publication(language=language, feeds=publication.feeds)
    assert isinstance(issue, model.Page)
    address = f"https://wire.example/{issue.feed}.xml"

    def answer(route: Route) -> None:
        if route.request.url == address:
            # As application/rss+xml and application/atom+xml, Chromium shows bare text.
            route.fulfill(body=nouns.body(format, issue, publication), content_type="application/xml")
        elif route.request.url == "https://wire.example/feed.css":
            route.fulfill(body=site_files.render_feed_style_sheet(publication), content_type="text/css; charset=utf-8")
        else:
            route.abort()

    page.unroute_all()
    page.route(re.compile("^https?:"), answer)
    page.goto(address)


@every_feed
def test_headlines_names_and_addresses_are_seen_and_markup_is_not(page: Page, case: str, format: str) -> None:  # noqa: A002
    show(page, case, format)
    seen = page.evaluate(SEEN)
    issue, _ = FEEDS[case]()
    for article in issue.articles:
        assert article.title in seen
        assert (", ".join(author.name for author in article.authors) or article.source.title) in seen
    assert not [text for text in seen if "<p>" in text or text.startswith("tag:")]
    said = page.evaluate(
        "getComputedStyle(document.querySelector('channel') || document.documentElement, '::before').content"
    )
    assert str(Language.from_code("en").format_message("page.feed_here")) in said


@pytest.mark.parametrize("width", [320, 768, 1280])
@every_feed
def test_nothing_is_wider_than_the_screen(page: Page, case: str, format: str, width: int) -> None:  # noqa: A002
    page.set_viewport_size({"width": width, "height": 800})
    show(page, case, format)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@every_feed
def test_every_word_has_contrast(page: Page, case: str, format: str, scheme: str) -> None:  # noqa: A002
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    show(page, case, format)
    pairs = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(one => one.checkVisibility() && !one.children.length)
          .map(one => {
            let ground = one;
            while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
            return [getComputedStyle(one).color, getComputedStyle(ground).backgroundColor];
          })"""
    )
    page.emulate_media(color_scheme="light")
    assert pairs
    assert min(colours.measure_contrast(*map(hexadecimal, pair)) for pair in pairs) >= 4.5


def hexadecimal(colour: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


def test_an_arabic_feed_runs_from_right_to_left(page: Page) -> None:
    show(page, "subscribed", "rss", "ar")
    assert page.evaluate("getComputedStyle(document.documentElement).direction") == "rtl"
    said = page.evaluate("getComputedStyle(document.querySelector('channel'), '::before').content")
    assert str(Language.from_code("ar").format_message("page.feed_here")) in said


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_what_dispatch_serves_is_shown_with_its_style(browser: Browser, tmp_path: Path, format: str) -> None:  # noqa: A002
    issue, publication = FEEDS["archived"]()
    made = render.render_edition(issue, publication, format)
    (tmp_path / "archive").mkdir()
    (tmp_path / made.path).write_bytes(made.body)
    (tmp_path / "feed.css").write_bytes(site_files.render_feed_style_sheet(publication))
    page = browser.new_page()
    with served(tmp_path) as server:
        page.goto(server.url(made.path))
        assert page.evaluate("getComputedStyle(document.querySelector('item, entry')).display") == "flex"
    page.close()


def test_no_description_runs_anything_in_a_page_that_is_made_of_it(browser: Browser) -> None:
    """The simplest reader: a page into which it puts what is HTML in the feed, as it stands."""
    deks = [" ".join(html.remove_illegal_characters(text).split()) for text in HOSTILE]
    bodies = [nouns.body("rss", nouns.issue(*(nouns.article(n, dek=dek) for n, dek in enumerate(deks))))]
    bodies += [nouns.body("rss", nouns.issue(), nouns.publication(description=dek)) for dek in deks]
    found = [element.text or "" for body in bodies for element in ElementTree.fromstring(body).iter("description")]
    page = browser.new_page()
    page.route(re.compile("^https?:"), lambda route: route.abort())
    ran: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    for description, text in zip(found, [nouns.publication().description, *deks, *deks], strict=True):
        page.set_content(f"<body>{description}</body>", wait_until="load")
        assert page.evaluate("[document.body.childElementCount, document.body.textContent.trim()]") == [0, text]
    page.close()
    assert ran == []
