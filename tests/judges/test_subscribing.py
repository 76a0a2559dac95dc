"""Chromium signs up, confirms by the link in the mail, changes its mind and leaves; axe-core looks at every page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import nouns
from dispatch import model, templates
from dispatch.formats.form_page import MAIL, FormPage
from dispatch.formats.numbers_page import NumberRow, render_numbers_page
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Link, Publication
from judges.test_markup import complaints, complaints_of_mjml, score_mail
from signing_up import BEGIN, Signing, signing

pytestmark = pytest.mark.needs("chromium")

AXE = nouns.ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
ANN = "ann@paper.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Signing]:
    with signing(tmp_path / "wire", settings='privacy = "https://wire.example/privacy/"') as desk:
        yield desk


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def sign_up(desk: Signing, page: Page) -> None:
    page.goto(f"{desk.publication.url}/subscription/")
    desk.advance()
    page.get_by_label("Your email address").fill(ANN)
    page.get_by_role("button", name="Subscribe").click()
    assert page.get_by_role("heading").inner_text() == "Look into your mail"
    assert page.url == f"{desk.publication.url}/subscription/sent/"


def test_the_link_in_the_mail_confirms_at_once_in_the_same_browser(desk: Signing, page: Page) -> None:
    sign_up(desk, page)
    page.goto(desk.publication.url + desk.link("confirm", "confirm"))
    assert page.get_by_role("heading").inner_text() == "You are subscribed"
    assert desk.state(ANN) == "active"


def test_another_browser_asks_and_leaves_and_comes_back(desk: Signing, page: Page, browser: Browser) -> None:
    sign_up(desk, page)
    other = browser.new_page()
    other.goto(desk.publication.url + desk.link("confirm", "confirm"))
    assert desk.state(ANN) == "pending"
    other.get_by_role("button", name="Yes, subscribe").click()
    assert desk.state(ANN) == "active"
    other.goto(desk.publication.url + desk.link("welcome", "leave"))
    other.get_by_role("button", name="Unsubscribe").click()
    assert (other.get_by_role("heading").inner_text(), desk.state(ANN)) == ("You have left", "left")
    other.get_by_role("button", name="Stay subscribed").click()
    assert desk.state(ANN) == "active"
    other.close()


def test_somebody_changes_and_erases_their_data(desk: Signing, page: Page) -> None:
    desk.confirm(ANN)
    page.goto(f"{desk.publication.url}/subscription/leave/")
    page.get_by_label("Your email address").fill(ANN)
    page.get_by_role("button", name="Send the links").click()
    page.goto(desk.publication.url + desk.link("preferences", "preferences"))
    page.get_by_label("Your name").fill("Ann <b>Lee")
    page.get_by_label("Your language").select_option("de")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("It is saved.").is_visible()
    assert page.get_by_label("Your name").input_value() == "Ann <b>Lee"
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert ANN in download.value.path().read_text("utf-8")
    page.get_by_role("button", name="Erase").click()
    page.get_by_role("button", name="Erase").click()
    assert page.get_by_role("heading").inner_text() == "Nothing is known of you any more"
    assert desk.state(ANN) == ""


def test_a_form_on_a_static_page_needs_one_more_click(desk: Signing, page: Page) -> None:
    address = f"{desk.publication.url}/subscription/"
    page.set_content(f'<form method="post" action="{address}"><input name="email"><button>Go</button></form>')
    page.locator("input").fill(ANN)
    page.get_by_role("button").click()
    assert page.get_by_label("Your email address").input_value() == ANN
    desk.advance()
    page.get_by_role("button", name="Subscribe").click()
    assert page.get_by_role("heading").inner_text() == "Look into your mail"


@pytest.mark.needs("npm:axe-core")
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1024, "light")])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    tmp_path: Path, browser: Browser, width: int, scheme: str, language: str
) -> None:
    with signing(tmp_path / "wire", language=language) as desk:
        desk.confirm(ANN)
        desk.sign_up("a-very-long-address-of-somebody-with-a-long-name@harbour-and-bridges.example")
        desk.post("/subscription/preferences/ask", {"email": ANN})
        paths = [desk.leave_path(ANN), desk.link("preferences", "preferences"), desk.link("confirm", "confirm")]
        paths += [
            f"/subscription/{name}" for name in ("", "sent/", "found/", "welcome/", "leave/", "confirm/x", "leave/x")
        ]
        context = browser.new_context(viewport={"width": width, "height": 700}, bypass_csp=True)
        page = context.new_page()
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for path in paths:
            page.goto(desk.publication.url + path)
            page.evaluate(AXE.read_text("utf-8"))
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert [(path, one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width, path
        context.close()


@pytest.mark.needs("npm:axe-core")
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (800, "light"), (1100, "light")])
def test_the_report_is_read_on_any_screen(tmp_path: Path, browser: Browser, width: int, scheme: str) -> None:
    counts = dict.fromkeys(("accepted", "failed", "bounced", "left"), 1012345)
    rows = [NumberRow("a-long-name-of-an-issue-about-bridges", BEGIN, counts), NumberRow("bridges", BEGIN, counts)]
    heads = {"accepted": "accepted", "failed": "failed", "bounced": "came back", "left": "left within a week"}
    file = tmp_path / "report.html"
    file.write_text(render_numbers_page(rows, heads, nouns.publication(), BEGIN), "utf-8")
    context = browser.new_context(viewport={"width": width, "height": 700})
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(file.as_uri())
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.get_by_role("cell", name="1,012,345").count() == 8
    context.close()


@pytest.mark.needs("node", "npm:html-validate")
def test_html_validate_finds_nothing(desk: Signing, tmp_path: Path) -> None:
    desk.confirm(ANN)
    desk.post("/subscription/preferences/ask", {"email": ANN})
    folder = tmp_path / "pages"
    folder.mkdir()
    paths = [desk.leave_path(ANN), desk.link("preferences", "preferences"), desk.link("confirm", "confirm")]
    paths += [f"/subscription/{name}" for name in ("", "sent/", "found/", "welcome/", "leave/", "leave/x")]
    for number, path in enumerate(paths):
        (folder / f"{number}.html").write_text(desk.ask(path).text, "utf-8")
    assert complaints(folder) == []


@pytest.mark.needs("node", "npm:mjml")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_mjml_itself_accepts_the_mails(sample: Publication, language: str) -> None:
    publication = replace(sample, language=language)
    page = model.Page(kind="page", path="subscription/", id="x", title="x", date=BEGIN)
    links = (Link(title="On", path="https://a.example/"),)
    shown = FormPage(heading="A & B", words=("One.",), links=links, notes=("x",))
    values = {"framed": False, **TemplateContext(page, publication).template_values, "shown": shown}
    skeleton = templates.compile_templates(publication.templates).render_skeleton(MAIL, values)
    assert complaints_of_mjml(skeleton.text) == []


@pytest.mark.needs("spamassassin")
def test_spamassassin_finds_nothing(desk: Signing, tmp_path: Path) -> None:
    desk.confirm(ANN)
    desk.post("/subscription/preferences/ask", {"email": ANN})
    found = {mail["Subject"]: score_mail(mail.as_bytes(), tmp_path) for mail in desk.notices()}
    assert {subject: faults for subject, faults in found.items() if faults} == {}
