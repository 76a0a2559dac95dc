"""The site's pages are judged like editions: lists by their headline and byline, whole articles by everything."""

import re

import pytest

import sites
from checks.editing import Edit, swap, without
from checks.judging import judge
from dispatch import render
from dispatch.checks import RULES
from dispatch.model import Contents, Publication

BY = sites.publication()
PAGES = sites.pages(sites.weeks(), BY)
LISTS = {
    "front": "",
    "author": "authors/jerry-jackson/",
    "source": "sources/the-margin/",
    "section": "sections/europe/",
    "tag": "tags/bridges/",
}
WHOLE = {"issue": "issues/week-3/", "article": "issues/week-3/lead/"}
JERRY = "https://paper.example/jerry-jackson?view=posts&all=1"
LEAD = "https://margin.example/lead?week=3&x=1"


def judged(path: str, edit: Edit | None = None, by: Publication = BY, page: Contents | None = None) -> set[str]:
    """The rules that speak of a page whose body is edited."""
    page = page or PAGES[path]
    made = render.render_edition(page, by, "web").body.decode()
    head, start, body = made.partition("<body")
    edited = (edit or str)(body)
    assert edit is None or edited != body, "nothing was altered"
    return {finding.rule for finding in judge("web", (head + start + edited).encode(), page, by)}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_passes(path: str) -> None:
    assert judged(path) == set()


@pytest.mark.parametrize("code", ["ar", "de", "en-US", "es", "fr", "hi"])
def test_every_page_passes_in_every_language(code: str) -> None:
    by = sites.translated(code)
    for path, page in sites.pages(sites.weeks(), by).items():
        assert judged(path, by=by, page=page) == set(), path


# What is altered in what a reader sees, and the rule that must speak of it.
LOSSES: dict[str, tuple[Edit, str]] = {
    "an author": (swap("Ada Lane", "", 1), "attribution.author"),
    "an author misspelt": (swap("Jerry Jackson</b></a> and", "Jerry Jacksen</b></a> and", 1), "attribution.author"),
    "an author's link": (swap(JERRY, "https://t.example/", 1), "attribution.author-link"),
    "the order": (
        lambda text: (
            text.replace("Jerry Jackson</b>", "#</b>", 1)
            .replace("Ada Lane</b>", "Jerry Jackson</b>", 1)
            .replace("#</b>", "Ada Lane</b>", 1)
        ),
        "attribution.order",
    ),
    "a credit": (swap("Tove Quist", "", 1), "attribution.credit"),
    "the source": (swap(">The Margin<", "><", 1), "attribution.source"),
    "the whole byline": (without(r'<p class="byline">.*?</p>'), "attribution.author"),
    "somebody else in the byline": (
        swap("Ada Lane</b></a> in", "Ada Lane</b></a> and Eve in", 1),
        "attribution.false-credit",
    ),
    "the curator": (swap(' class="byline">By', ' class="byline">By The curator and', 1), "attribution.false-credit"),
    "the headline": (swap("What was said in week 3", "What was said", 1), "attribution.title"),
    "the headline's link": (
        swap(f'u-url" href="{LEAD}"'.replace("&", "&amp;"), 'u-url" href="https://t.example/"', 1),
        "attribution.read-more",
    ),
    "one letter of it": (swap("week=3&x=1", "week=3&x=2", 1), "attribution.read-more"),
    "an article": (without(r'<article class="h-entry[^>]*>.*?</article>'), "attribution.article"),
    "an article twice": (lambda text: text.replace('lead">', 'more">', 1), "attribution.article"),
    "an embedded page": (swap("</main>", '<iframe src="https://t.example/"></iframe></main>', 1), "web.forbidden"),
    "a script": (swap("</main>", "<script>1</script></main>", 1), "web.forbidden"),
    "a way out of the site": (swap("</main>", '<a href="../../../../../x/">Out</a></main>', 1), "links.relative"),
    "a way from the host's top": (swap("</main>", '<a href="/x/">Top</a></main>', 1), "links.relative"),
}


@pytest.mark.parametrize("kind", [*LISTS, *WHOLE])
@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_altered_is_named(loss: str, kind: str) -> None:
    edit, rule = LOSSES[loss]
    if loss == "an article twice" and kind != "front":
        edit = swap(' id="lead"', ' id="x"', 1) if kind in WHOLE else swap(' id="week', ' id="x-week', 1)
    assert rule in RULES
    assert rule in judged((LISTS | WHOLE)[kind], edit)


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (swap("One sentence here.", "One sentence", 1), "attribution.body"),
        (swap("What story 1 is about", "What story", 1), "attribution.dek"),
        (swap("The line to remember", "The line", 1), "attribution.note"),
        (swap(">CC BY 4.0<", "><", 1), "attribution.licence"),
        (swap("week-1/line.png", "week-1/other.png", 1), "attribution.picture"),
        (swap('"./issues/week-1/line.png', '"./week-1/line.png', 1), "attribution.picture"),
        (swap('"./issues/week-1/line.png', '"../issues/week-1/line.png', 1), "links.relative"),
        (swap('"./issues/week-1/line.png', '"/issues/week-1/line.png', 1), "links.relative"),
        (swap('"./issues/week-1/line.png', '"https://wire.example/issues/week-1/line.png', 1), ""),
        (
            swap(
                "</article>",
                "<p>Closing words with a link. " + "More of it, and more again. " * 30 + "</p></article>",
                1,
            ),
            "",
        ),
    ],
)
def test_the_front_page_leads_as_a_mail_does(edit: Edit, rule: str) -> None:
    """The beginning of its lead, its dek, note, licence and picture are there; the end of its text is not asked for."""
    found = judged("", edit)
    assert rule in found if rule else found == set()


@pytest.mark.parametrize(
    ("path", "edit", "rule"),
    [
        ("authors/jerry-jackson/", without(r"<h1.*?</h1>"), "attribution.author"),
        ("authors/jerry-jackson/", swap("Jerry covers the alliance.", "", 1), "attribution.biography"),
        ("authors/jerry-jackson/", without(r'<p class="read">.*?</p>'), "attribution.author-link"),
        ("sources/paper/", without(r"<h1.*?</h1>"), "attribution.source"),
        ("sources/paper/", without(r'<p class="read">.*?</p>'), "attribution.source"),
        ("sources/paper/", swap('"https://paper.example/feed.xml"', '"https://t.example/"', 1), "attribution.source"),
    ],
)
def test_a_page_about_somebody_says_who_and_leads_to_them(path: str, edit: Edit, rule: str) -> None:
    assert rule in judged(path, edit)


def test_a_list_shows_no_text_of_an_article() -> None:
    text = b"Paragraph 1 of story 2 is here."
    assert text in render.render_edition(PAGES["issues/week-3/"], BY, "web").body
    assert not any(text in render.render_edition(PAGES[path], BY, "web").body for path in LISTS.values())


@pytest.mark.parametrize(
    "said",
    [
        'By Eve Stone · <a href="{}">Week 3</a>',
        '<a href="{}">Week 3</a> by Eve Stone',
        '<a href="{}">Eve Stone</a>',
        'Von Eve · <a href="{}">Week 3</a>',
    ],
)
def test_nobody_is_credited_among_the_sites_own_ways(said: str) -> None:
    for kind, path in (("author", LISTS["author"]), ("issue", WHOLE["issue"])):
        up = "../" * path.count("/")
        way = said.format(f"{up}issues/week-3/#lead" if kind == "author" else f"{up}authors/ada-lane/")
        edit: Edit = lambda text, way=way: re.sub(r'(<p class="ways"[^>]*>).*?</p>', rf"\1{way}</p>", text, count=1)  # noqa: E731
        if kind == "issue" and ">Week 3<" in said:
            continue
        assert "attribution.false-credit" in judged(path, edit), kind


@pytest.mark.parametrize(
    ("script", "path", "passes"),
    [
        ('<script type="application/ld+json">{"@type":"Thing"}</script>', "", True),
        ('<script type="application/ld+json">{"@type":"Thing"}</script>', "issues/week-3/lead/", True),
        ('<script type="application/ld+json">{"@type":"NewsArticle","author":[]}</script>', "", True),
        ('<script type="application/ld+json">{"@type":}</script>', "", False),
        ('<script type="application/ld+json">[' + "[" * 100_000 + "</script>", "", False),
        ('<script type="application/ld+json">"words"</script>', "", False),
        ('<script type="application/ld+json" src="https://t.example/x.js"></script>', "", False),
        ('<script type="application/json">{}</script>', "", False),
        ('<script type="text/javascript">{}</script>', "", False),
        ("<script>{}</script>", "", False),
        ('<script type="module" src="search.js"></script>', "search/", True),
        ('<script type="module" src="search.js"></script>', "", False),
        ('<script type="module" src="https://t.example/search.js"></script>', "search/", False),
        ('<script type="module" src="search.js">alert(1)</script>', "search/", False),
        ('<script src="search.js"></script>', "search/", False),
    ],
)
def test_a_script_is_data_or_the_sites_own_search(script: str, path: str, passes: bool) -> None:
    found = judged(path, swap("</main>", f"{script}</main>", 1))
    assert found == (set() if passes else {"web.forbidden"})


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        ("", '"name":"Ada Lane"', '"name":"The curator"', "attribution.author"),
        ("lead/", '"name":"Ada Lane"', '"name":"The curator"', "attribution.author"),
        ("", '"Ada Lane","url":"https://people.example/ada"', '"Ada Lane"', "attribution.author-link"),
        ("", '"isBasedOn":"https://margin', '"isBasedOn":"https://t', "attribution.read-more"),
        ("lead/", '"isBasedOn":"https://margin', '"isBasedOn":"https://t', "attribution.read-more"),
        ("lead/", 'rel="canonical" href="https://margin', 'rel="canonical" href="https://t', "attribution.read-more"),
        ("our-own/", 'rel="canonical" href="https://wire', 'rel="canonical" href="https://t', "attribution.read-more"),
        ("", '"headline":"What was said', '"headline":"What was not said', "attribution.title"),
        ("", '"hasPart":[', '"hasPart":[{},', "attribution.article"),
    ],
)
def test_machines_are_told_the_truth(path: str, old: str, new: str, rule: str) -> None:
    page = PAGES[f"issues/week-3/{path}"]
    body = render.render_edition(page, BY, "web").body.decode()
    assert old in body
    assert rule in {finding.rule for finding in judge("web", body.replace(old, new, 1).encode(), page, BY)}


def test_the_data_in_the_head_must_be_data() -> None:
    page = PAGES["issues/week-3/"]
    body = render.render_edition(page, BY, "web").body.replace(b'{"@context"', b'{"@context" ;alert(1);', 1)
    assert [finding.rule for finding in judge("web", body, page, BY)] == ["web.forbidden"]
