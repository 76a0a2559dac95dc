"""Mail and page in Chromium: axe-core in light and dark, every width, right to left, no pictures, no style."""

import base64
import re
from collections.abc import Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser, Page, Route

import nouns
from formats import reading
from judges.cases import CASES

pytestmark = pytest.mark.needs("chromium")

AXE = nouns.ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (320, 360, 480, 640, 768, 1024)
# A picture of one point, for every picture that is asked for.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

# Every case as page, and all but the collection as mail.
EDITIONS = [(case, name) for case in CASES for name in nouns.PAGES]
everything = pytest.mark.parametrize(("case", "format"), EDITIONS)


@cache
def markup(case: str, format: str) -> str:  # noqa: A002
    issue, publication = CASES[case]()
    return nouns.body(format, issue, publication).decode()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page without a way out of the machine."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()

    def answer(route: Route) -> None:
        if route.request.resource_type == "image":
            route.fulfill(body=PNG, content_type="image/png")
        else:
            route.abort()

    page.route(re.compile("^https?:"), answer)
    yield page
    context.close()


def show(page: Page, markup: str, width: int = 640) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(markup, wait_until="load")


@pytest.mark.needs("npm:axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@everything
def test_axe_finds_nothing(page: Page, case: str, format: str, scheme: str) -> None:  # noqa: A002
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    show(page, markup(case, format))
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    page.emulate_media(color_scheme="light")
    assert [(one["id"], one["help"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


@everything
def test_nothing_is_wider_than_the_screen(page: Page, case: str, format: str) -> None:  # noqa: A002
    show(page, markup(case, format))
    wide = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if (taken := page.evaluate("document.scrollingElement.scrollWidth")) > width:
            wide[width] = taken
    assert wide == {}


@pytest.mark.parametrize("case", CASES)
def test_a_mail_without_its_style_sheet_is_no_wider_than_a_phone(page: Page, case: str) -> None:
    """As Gmail shows mail from other mailboxes."""
    bare = re.sub("<style.*?</style>", "", markup(case, "email"), flags=re.DOTALL)
    show(page, bare, 360)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


# The words in the cells of an editor's or an author's table that stand on more than one line.
CUT_WORDS = r"""() => {
  const cut = [];
  for (const cell of document.querySelectorAll('.prose td, .prose th')) {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      for (const word of texts.currentNode.data.matchAll(/\S{2,24}/g)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, word.index);
        range.setEnd(texts.currentNode, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(one => one.top)).size > 1) cut.push(word[0]);
      }
    }
  }
  return cut;
}"""


@pytest.mark.parametrize("format", nouns.PAGES)
def test_no_word_of_a_table_is_cut_on_a_phone(page: Page, format: str) -> None:  # noqa: A002
    show(page, markup("letter-words", format), 360)
    assert page.locator(".prose th").count() > 3
    assert page.evaluate(CUT_WORDS) == []


@pytest.mark.parametrize("width", [360, 640])
@pytest.mark.parametrize("format", nouns.PAGES)
def test_a_thumb_hits_every_way_to_an_article(page: Page, format: str, width: int) -> None:  # noqa: A002
    show(page, markup("sample", format), width)
    heights = page.eval_on_selector_all(".read a", "links => links.map(link => link.getBoundingClientRect().height)")
    assert len(heights) == 6
    assert min(heights) >= 44


@pytest.mark.parametrize("format", nouns.PAGES)
def test_dark_has_no_light_place(page: Page, format: str) -> None:  # noqa: A002
    """Every background is dark and every text light, whatever axe makes of pictures and gradients."""
    page.emulate_media(color_scheme="dark")
    show(page, markup("plain", format))
    colours = page.evaluate(
        """() => [...document.body.querySelectorAll('*'), document.body].map(element => {
             const style = getComputedStyle(element);
             const text = [...element.childNodes].some(node => node.nodeType == 3 && node.data.trim());
             return [element.outerHTML.slice(0, 80), style.backgroundColor, text ? style.color : ''];
           })"""
    )
    page.emulate_media(color_scheme="light")

    def brightness(colour: str) -> float:
        red, green, blue, *alpha = (float(number) for number in re.findall(r"[\d.]+", colour))
        return (0.0 if alpha == [0] else (red + green + blue) / 765) if alpha else (red + green + blue) / 765

    for element, background, text in colours:
        assert brightness(background) < 0.2, element
        assert not text or "display:none" in element or brightness(text) > 0.4, element


LEFT = "element => element.getBoundingClientRect().left"


@pytest.mark.parametrize("width", [360, 640])
def test_right_to_left_mirrors_the_mail(page: Page, width: int) -> None:
    show(page, markup("arabic", "email"), width)
    (top,) = page.eval_on_selector_all(
        ".top",
        "bars => bars.map(bar => [...bar.querySelectorAll('td')].map(cell => cell.getBoundingClientRect().left))",
    )
    assert top[0] > top[1]
    thumb = page.eval_on_selector(".thumb img", LEFT)
    # On a phone the words stand beside the picture, and go on under it.
    headline = page.eval_on_selector(
        ".card h3 a", "link => Math.min(...[...link.getClientRects()].map(line => line.left))"
    )
    assert thumb < headline
    edges = page.eval_on_selector(
        ".note", "note => [getComputedStyle(note).borderLeftWidth, getComputedStyle(note).borderRightWidth]"
    )
    assert edges == ["0px", "3px"]
    aligned = page.eval_on_selector_all("h1, h2, .prose p", "all => all.map(one => getComputedStyle(one).textAlign)")
    assert set(aligned) <= {"right", "start"}


def test_right_to_left_mirrors_the_page(page: Page) -> None:
    show(page, markup("arabic", "web"))
    picture = page.eval_on_selector("article:not(.lead) .picture", LEFT)
    headline = page.eval_on_selector("article:not(.lead) h2", "heading => heading.getBoundingClientRect().right")
    assert picture < 320 < headline
    edges = page.eval_on_selector(
        ".note", "note => [getComputedStyle(note).borderLeftWidth, getComputedStyle(note).borderRightWidth]"
    )
    assert edges == ["0px", "3px"]


def test_a_name_in_another_script_bends_nothing_beside_it(page: Page) -> None:
    """The date stands left of the last name in a right-to-left byline, also when that name is Latin."""
    show(page, markup("arabic", "web"), 1024)
    places = page.evaluate(
        """() => {
             const lines = [...document.querySelectorAll('.byline')];
             const byline = lines.find(line => line.textContent.includes('Index Card'));
             const name = byline.querySelector('a:last-of-type');
             const range = document.createRange();
             range.selectNodeContents(byline.lastChild);
             return [range.getBoundingClientRect().right, name.getBoundingClientRect().left];
           }"""
    )
    assert places[0] <= places[1] + 1


@pytest.mark.parametrize("format", nouns.PAGES)
def test_the_page_does_nothing_but_show(browser: Browser, format: str) -> None:  # noqa: A002
    """No script runs, nothing but pictures is fetched, and the page's own policy lets its own style through."""
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.resource_type))
    page.on("console", lambda message: said.append(message.text))
    page.route(re.compile("^https?:"), lambda route: route.fulfill(body=PNG, content_type="image/png"))
    page.set_content(markup("plain", format), wait_until="load")
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.close()
    assert set(asked) <= {"image"}
    assert said == []
    assert colour == "rgb(243, 240, 234)"


@everything
def test_without_any_style_the_order_tells_the_story(case: str, format: str) -> None:  # noqa: A002
    issue, publication = CASES[case]()
    bare = re.sub(r"<style.*?</style>| style=\"[^\"]*\"| class=\"[^\"]*\"", "", markup(case, format), flags=re.DOTALL)
    words = reading.words(reading.document(bare.partition("<body")[2].partition(">")[2]).root)
    place = words.index(" ".join(issue.title.split()))
    for section in issue.sections:
        if section.articles and section.title:
            place = words.index(" ".join(section.title.split()), place)
        for article in section.articles:
            for text in (article.title, article.dek, *(author.name for author in article.authors), article.note):
                place = words.index(" ".join(text.split()), place)
    assert publication.title.split()[0] in words


def test_the_mail_makes_sense_with_pictures_off() -> None:
    """Every picture says in words what it shows or is marked as decoration, and nothing is said by a picture alone."""
    for case in CASES:
        for node in reading.nodes(reading.document(markup(case, "email")).root):
            if node.name == "img":
                assert node.attrs.get("alt") is not None
                assert (node.attrs.get("src") or "").startswith("http")
                assert (node.attrs.get("width") or node.attrs.get("height") or "").isdigit()
