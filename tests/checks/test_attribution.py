"""Whatever is taken from a finished edition, or altered in it, the check names it; what is whole passes."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nouns
from checks.editing import HALVES, Edit, altered, last, swap, without
from checks.judging import judge
from dispatch import check, html, render
from dispatch.formats import FORMATS
from dispatch.model import Article, Author, Credit, Edition, Finding, FindingValue, Image, Issue, Place, Source
from nouns import FEEDS
from thorough import scale

ALL = tuple(FORMATS)
HTML = ("email", "eml", "web")
SHORT = ("email", "text", "eml")  # show an excerpt at most
ROOMY = ("rss", "atom", "json", "web")

STORY = nouns.rich(1, title="A more “powerful” alliance & its price", source=nouns.article().source)
ISSUE = nouns.issue(nouns.article(7), STORY, nouns.article(8))
URL = STORY.url


def judged(format: str, body: bytes, issue: Issue = ISSUE) -> list[Finding]:  # noqa: A002
    return judge(format, body, issue)


def rules(found: list[Finding]) -> set[str]:
    return {one.rule for one in found if one.place.article == "story-1"}


@pytest.mark.parametrize("format", ALL)
def test_a_whole_edition_passes(format: str) -> None:  # noqa: A002
    assert judged(format, nouns.body(format, ISSUE)) == []


def within(edit: Edit) -> Edit:
    """An edit of STORY only, in documents that hold several articles."""

    def edited(text: str) -> str:
        title = text.find("A more", max(0, text.find("<body")))  # a page's head is for machines
        if "story-7?" not in text:  # one entry of a feed
            return edit(text) if title >= 0 else text
        begin = max(text.rfind("<article id", 0, title), text.rfind('<article class="h', 0, title))
        begin = next((at for at in (begin, text.rfind('<div class="item', 0, title)) if at >= 0), title)
        end = text.find("Story 8", begin)
        return text[:begin] + edit(text[begin:end]) + text[end:]

    return edited


# What is altered in what a reader sees, and the rule that must speak of it.
LOSSES: dict[str, tuple[Edit, str, tuple[str, ...]]] = {
    "first author": (swap("Ada Lane", "", 1), "attribution.author", ALL),
    "first author misspelt": (swap("Ada Lane", "Ada Laine", 1), "attribution.author", ALL),
    "author in small letters": (swap("Ada Lane", "ada lane", 1), "attribution.author", ALL),
    "second author": (swap("Jón Þór", "", 1), "attribution.author", ALL),
    "second author decomposed": (swap("Jón Þór", "Jo\u0301n Þór", 1), "attribution.author", ALL),
    "author without a link": (swap("The staff", "", 1), "attribution.author", ALL),
    "author's link": (swap("https://people.example/ada", "https://t.example/x", 1), "attribution.author-link", ALL),
    "author's link, one letter": (swap("people.example/ada", "people.example/adA", 1), "attribution.author-link", ALL),
    "author's link unlinked": (
        without(r' href="https://people\.example/ada"|https://people\.example/ada\r?\n'),
        "attribution.author-link",
        ALL,
    ),
    "second author's link": (
        swap("https://people.example/jon", "https://a.example", 1),
        "attribution.author-link",
        ALL,
    ),
    "credit": (swap("Quist", "", 1), "attribution.credit", ALL),
    "credit's link": (swap("https://people.example/tove", "https://a.example/", 1), "attribution.credit", ALL),
    "credit without a link": (swap("Phil Moss", "", 1), "attribution.credit", ALL),
    "source": (swap("The Paper", "The Pape", 1), "attribution.source", ALL),
    "source's link": (
        swap('"https://paper.example/"', '"https://paper.example"', 1),
        "attribution.source",
        HTML + FEEDS,
    ),
    "source's address": (
        swap("https://paper.example/\n", "https://paper.example\n", 1),
        "attribution.source",
        ("text",),
    ),
    "read-more escaped twice": (last(URL, URL.replace("&", "&amp;amp;")), "attribution.read-more", ALL),
    "read-more with a tail": (last(URL, f"{URL}&utm_source=wire"), "attribution.read-more", ALL),
    "read-more shortened": (last(URL, "https://bit.ly/x"), "attribution.read-more", ALL),
    "read-more lost": (last(URL, ""), "attribution.read-more", ALL),
    "headline's link": (swap(URL, "https://a.example/", 1), "attribution.read-more", HTML),
    "headline": (swap(STORY.title, "Another title", 1), "attribution.title", HTML),
    "dek": (swap(STORY.dek, "", 1), "attribution.dek", ALL),
    "dek's last word": (swap("story 1 is about", "story 1 is", 1), "attribution.dek", ALL),
    "biography": (swap("Ada writes.", "", 1), "attribution.biography", ROOMY),
    "second biography": (swap("Jón writes too.", "Jón writes.", 1), "attribution.biography", ROOMY),
    "heading": (without("<h[34]>Second heading</h[34]>"), "attribution.heading", ROOMY),
    "heading's words": (swap("First heading", "Heading", 1), "attribution.heading", ROOMY),
    "heading made a paragraph": (
        lambda text: text.replace("<h3>First heading</h3>", "<p>First heading</p>"),
        "attribution.heading",
        ROOMY,
    ),
    "last paragraph": (without("<p>Closing.*?</p>"), "attribution.body", ROOMY),
    "a word of the text": (swap("Closing words", "Closing", 1), "attribution.body", ROOMY),
    "link in the text": (
        swap("https://else.example/?a=1&b=2", "https://else.example/?a=1", 1),
        "attribution.body-link",
        ROOMY,
    ),
    "picture": (
        swap("https://wire.example/picture-1.png", "https://t.example/p.png"),
        "attribution.picture",
        (*HTML, *FEEDS),
    ),
    "picture's words": (swap(' alt="A telegraph line"', ' alt=""'), "attribution.picture", (*HTML, *FEEDS)),
    "the editor's note": (swap(STORY.note, "", 1), "attribution.note", ALL),
    "a word of the note": (swap("remember is", "forget is", 1), "attribution.note", ALL),
    "licence": (swap("CC BY 4.0", "", 1), "attribution.licence", ALL),
    "the licence's link": (swap("creativecommons.org/licenses/by/", "else.example/", 1), "attribution.licence", ALL),
    "correction": (swap("named the wrong city", "was wrong", 1), "attribution.correction", ROOMY),
    "the curator credited": (swap("By <", "By The curator, <", 1), "attribution.false-credit", (*HTML, *FEEDS)),
    "the curator credited in text": (swap("By Ada", "By The curator, Ada", 1), "attribution.false-credit", ("text",)),
    "two authors exchanged": (
        lambda text: text.replace("Ada Lane", "\0", 1).replace("Jón Þór", "Ada Lane", 1).replace("\0", "Jón Þór", 1),
        "attribution.order",
        ALL,
    ),
    "byline hidden": (
        swap('<p class="byline"', '<p style="display: none" class="byline"'),
        "attribution.author",
        ("web",),
    ),
    "byline commented out": (
        lambda text: text.replace('<p class="byline"', '<!--<p class="byline"', 1).replace(
            "2025</p>", "2025</p>-->", 1
        ),
        "attribution.author",
        ("web",),
    ),
}


@pytest.mark.parametrize(
    ("name", "format"),
    [(name, format) for name, (_, _, formats) in LOSSES.items() for format in formats],  # noqa: A001
)
def test_what_is_altered_is_named(name: str, format: str) -> None:  # noqa: A002
    edit, rule, _ = LOSSES[name]
    whole = nouns.body(format, ISSUE)
    halves = ("text/plain", "text/html") if format == "eml" else ("",)
    if format == "eml" and ("text" not in LOSSES[name][2]):
        halves = ("text/html",)
    for half in halves:
        broken = altered(format, whole, within(edit), half=half)
        assert altered(format, whole, lambda text: text, half=half) != broken, "nothing was altered"
        found = judged(format, broken)
        assert rule in rules(found)
        (own,) = (article for article in ISSUE.articles if article.key == "story-1")
        place = Place(file=own.file, edition="edition", half=HALVES[half], article="story-1")
        assert {one.place for one in found if one.rule == rule} == {place}


@pytest.mark.parametrize("name", [name for name, (_, _, formats) in LOSSES.items() if set(FEEDS) <= set(formats)])
def test_what_is_altered_in_one_feed_is_named_there_though_the_others_are_whole(name: str) -> None:
    edit, rule, _ = LOSSES[name]
    whole = {one: nouns.body(one, ISSUE) for one in FEEDS}
    for broken in FEEDS:
        bodies = whole | {broken: altered(broken, whole[broken], within(edit))}
        editions = [Edition(format=one, media_type="", path=one, body=body) for one, body in bodies.items()]
        found = check.findings(ISSUE, editions, nouns.publication())
        assert {one.place.edition for one in found if one.rule == rule} == {broken}


@pytest.mark.parametrize("format", ROOMY)
def test_a_heading_that_is_lost_is_no_lost_text(format: str) -> None:  # noqa: A002
    broken = altered(format, nouns.body(format, ISSUE), within(without("<h[34]>Second heading</h[34]>")))
    assert rules(judged(format, broken)) == {"attribution.heading"}


# What is altered in the elements of a feed's item while its body stays whole.
ELEMENTS: dict[str, tuple[Edit, str, tuple[str, ...]]] = {
    "title": (swap(STORY.title, "Another"), "attribution.title", FEEDS),
    "an author": (swap("Jón Þór", "Jon"), "attribution.author", FEEDS),
    "author's address": (
        swap("https://people.example/ada", "https://a.example/"),
        "attribution.author-link",
        ("atom", "json"),
    ),
    "link": (swap(URL, f"{URL}&z=3"), "attribution.read-more", FEEDS),
    "link, escaped twice": (swap(URL, URL.replace("&", "&amp;")), "attribution.read-more", FEEDS),
    "order": (swap("Ada Lane, Jón Þór", "Jón Þór, Ada Lane"), "attribution.order", ("rss", "atom")),
    "someone else": (swap("The staff", "The staff, The curator"), "attribution.false-credit", ("rss",)),
    "source": (swap("The Paper", "A Paper"), "attribution.source", ("rss",)),
    "source's address": (swap("https://paper.example/", "https://other.example/"), "attribution.source", ("rss",)),
    "picture": (swap("picture-1.png", "picture.png"), "attribution.picture", ("json",)),
    "id": (swap(STORY.id, f"{STORY.id}x"), "attribution.article", FEEDS),
}


@pytest.mark.parametrize(
    ("name", "format"),
    [(name, format) for name, (_, _, formats) in ELEMENTS.items() for format in formats],  # noqa: A001
)
def test_the_elements_are_judged_by_themselves(name: str, format: str) -> None:  # noqa: A002
    edit, rule, _ = ELEMENTS[name]
    broken = altered(format, nouns.body(format, ISSUE), lambda text: text, elements=edit)
    assert rule in rules(judged(format, broken))


ANN, BO, CY = (Author(name=name, url=f"https://{name.lower()}.example/") for name in ("Ann", "Bo", "Cy"))
WANTED = ("Bo", "Cy", "Ann")


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ((BO, CY, ANN), []),
        ((replace(BO, name=" Bo\n"), CY, replace(ANN, name="\u200eAnn")), []),
        ((CY, ANN, BO), [("attribution.order", {"found": ("Cy", "Ann", "Bo"), "wanted": WANTED})]),
        (
            (CY, replace(ANN, name=" Ann"), BO),
            [("attribution.order", {"found": ("Cy", " Ann", "Bo"), "wanted": WANTED})],
        ),
        (
            (CY, replace(ANN, name=" Ann"), Author(name="Mallory"), BO),
            [("attribution.false-credit", {"found": ("Cy", " Ann", "Mallory", "Bo"), "wanted": WANTED})],
        ),
        (
            (BO, CY, ANN, BO),
            [("attribution.false-credit", {"found": (*WANTED, "Bo"), "wanted": WANTED})],
        ),
        ((BO, ANN), [("attribution.author", {"name": "Cy"})]),
        (
            (BO, replace(CY, url=BO.url), ANN),
            [("attribution.author-link", {"name": "Cy", "found": BO.url, "wanted": CY.url})],
        ),
        ((BO, replace(CY, url=""), ANN), [("attribution.author-link", {"name": "Cy", "wanted": CY.url})]),
    ],
    ids=["all", "spaces", "turned", "turned, spaces", "and a stranger", "twice", "lost", "another link", "no link"],
)
def test_what_the_authors_elements_say(
    authors: tuple[Author, ...], expected: list[tuple[str, dict[str, FindingValue]]]
) -> None:
    story = nouns.article(1, authors=(BO, CY, ANN), key="story-1")
    feed = json.loads(nouns.body("json", nouns.issue(story)))
    feed["items"][0]["authors"] = [{"name": author.name, "url": author.url} for author in authors]
    found = judged("json", json.dumps(feed).encode(), nouns.issue(story))
    facts = [(one.rule, one.subject, dict(one.values)) for one in found]
    assert facts == [(rule, "element", {"headline": "Story 1", **values}) for rule, values in expected]


# What the renderer was given instead of what it should have been given.
GIVEN: dict[str, tuple[Callable[[Article], Article], str, tuple[str, ...]]] = {
    "no authors": (lambda it: replace(it, authors=()), "attribution.author", ALL),
    "authors turned round": (lambda it: replace(it, authors=it.authors[::-1]), "attribution.order", ALL),
    "an author more": (
        lambda it: replace(it, authors=(*it.authors, Author(name="Mallory"))),
        "attribution.false-credit",
        FEEDS,
    ),
    "other addresses": (
        lambda it: replace(it, authors=tuple(replace(a, url="https://x.example/") for a in it.authors)),
        "attribution.author-link",
        ALL,
    ),
    "no credits": (lambda it: replace(it, credits=()), "attribution.credit", ALL),
    "another source": (lambda it: replace(it, source=replace(it.source, title="P")), "attribution.source", ALL),
    "another source's address": (
        lambda it: replace(it, source=replace(it.source, url="https://p.example")),
        "attribution.source",
        ALL,
    ),
    "another address": (lambda it: replace(it, url=f"{it.url}#x"), "attribution.read-more", ALL),
    "another title": (lambda it: replace(it, title="Other"), "attribution.title", (*FEEDS, "web", "email")),
    "no dek": (lambda it: replace(it, dek=""), "attribution.dek", ALL),
    "other words": (lambda it: replace(it, content="<p>Else.</p>"), "attribution.body", ROOMY),
    "no biography": (
        lambda it: replace(it, authors=tuple(replace(a, bio="") for a in it.authors)),
        "attribution.biography",
        ROOMY,
    ),
}


@pytest.mark.parametrize(
    ("name", "format"),
    [(name, format) for name, (_, _, formats) in GIVEN.items() for format in formats],  # noqa: A001
)
def test_an_edition_of_something_else_is_caught(name: str, format: str) -> None:  # noqa: A002
    change, rule, _ = GIVEN[name]
    wrong = nouns.issue(nouns.article(7), change(STORY), nouns.article(8))
    assert rule in rules(judged(format, nouns.body(format, wrong)))


@pytest.mark.parametrize("format", ALL)
def test_articles_that_are_lost_added_or_moved(format: str) -> None:  # noqa: A002
    one, two, three = ISSUE.articles

    def told(*articles: Article) -> list[tuple[str, str]]:
        found = judged(format, nouns.body(format, nouns.issue(*articles)))
        return [(one.rule, one.place.article) for one in found if one.rule == "attribution.article"]

    assert ("attribution.article", "story-1") in told(one, three)
    assert judged(format, nouns.body(format, nouns.issue(three, two, one))) != []
    if format != "text":
        assert told(one, two, three, nouns.article(9)) == [("attribution.article", "")]
        twice = nouns.body(format, nouns.issue(one, two, three, one))
        assert {"attribution.article", "ids.duplicate"} & {found.rule for found in judged(format, twice)}
    if format in {"email", "eml"}:  # among the others, too
        assert set(told(one, two, one, three)) == {("attribution.article", "")}
    if format in {*FEEDS, "web"}:
        assert told(three, two, one) == [("attribution.article", "")]


@pytest.mark.parametrize("format", ["email", "eml"])
def test_the_introduction_may_have_headings_that_lead_somewhere(format: str) -> None:  # noqa: A002
    heading = '<h2><a href="https://met.example/a">Who met in Brussels</a></h2><p>The ministers.</p>'
    issue = nouns.issue(*ISSUE.articles, intro=heading)
    assert judged(format, nouns.body(format, issue), issue) == []


@pytest.mark.parametrize("format", ["text", "eml"])
@pytest.mark.parametrize("written", ["  {}  ", "{}\n\N{NO-BREAK SPACE}"])
def test_an_address_in_text_may_have_space_around_it(format: str, written: str) -> None:  # noqa: A002
    url = STORY.authors[0].url
    broken = altered(format, nouns.body(format, ISSUE), swap(f"{url}\n", f"{written.format(url)}\n"), half="text/plain")
    assert judged(format, broken) == []


@pytest.mark.parametrize("host", ["xn--bcher-kva.example", "XN--BCHER-KVA.example"])
def test_punycode_may_be_written_in_letters_of_any_size(host: str) -> None:
    story = nouns.article(1, url="https://bücher.example/1")
    whole = nouns.body("rss", nouns.issue(story))
    broken = whole.replace(b"<link>https://xn--bcher-kva.example", f"<link>https://{host}".encode())
    assert f"<link>https://{host}/1</link>".encode() in broken
    assert rules(judged("rss", broken, nouns.issue(story))) == set()


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize(
    ("allowed", "shown"),
    [("link", "full"), ("link", "excerpt"), ("excerpt", "full"), ("full", "excerpt"), ("excerpt", "link")],
)
def test_as_much_is_shown_as_the_source_allows(format: str, allowed: str, shown: str) -> None:  # noqa: A002
    def story(syndicate: str) -> Article:
        words = nouns.article().content * 5
        source = Source(title="P", url="https://p.example/", syndicate=syndicate)  # type: ignore[arg-type]
        return nouns.article(1, dek="", content=words, source=source)

    found = rules(judged(format, nouns.body(format, nouns.issue(story(shown))), nouns.issue(story(allowed))))
    if allowed != "link" and format in SHORT:
        assert not found  # mail and text show an excerpt of both, or less where the layout is small
    elif allowed == "full" or shown == "link":
        assert "attribution.body" in found
    else:
        assert "attribution.policy" in found


@pytest.mark.parametrize(("size", "rules_broken"), [(39, set()), (40, {"attribution.policy"})])
def test_a_short_line_says_nothing_about_how_much_is_shown(size: int, rules_broken: set[str]) -> None:
    line = "x" * size
    story = nouns.article(1, content=f"<p>{line}</p>", source=Source(title="P", syndicate="link"))
    shown = altered("rss", nouns.body("rss", nouns.issue(story)), lambda text: f"{text}<p>{line}</p>")
    assert rules(judged("rss", shown, nouns.issue(story))) == rules_broken


@pytest.mark.parametrize("field", ["dek", "summary", "note", "authors"])
def test_words_of_the_text_that_are_said_elsewhere_as_well_may_stand_there(field: str) -> None:
    line = "The boats came in early, and nobody was there to meet them."
    values = {field: (Author(name="Ada", bio=line),) if field == "authors" else line}
    story = nouns.article(1, content=f"<p>{line}</p>", source=Source(title="P", syndicate="link"), **values)
    shown = altered("rss", nouns.body("rss", nouns.issue(story)), lambda text: f"{text}<p>{line}</p>")
    assert rules(judged("rss", shown, nouns.issue(story))) == set()


@pytest.mark.parametrize("format", SHORT)
def test_mail_and_text_never_show_all(format: str) -> None:  # noqa: A002
    story = nouns.article(1, dek="", content=nouns.article().content * 3)
    whole = nouns.body(format, nouns.issue(story))
    paragraphs = html.to_plain_text(story.content)
    markup = story.content

    def edit(text: str) -> str:
        begin = "<p>Paragraph 1" if "<p>Paragraph 1" in text else "Paragraph 1"
        at = text.index(begin)
        return text[:at] + (markup if begin[0] == "<" else f"{paragraphs}\n\n") + text[at:]

    if format == "email":
        edit_mail = whole.decode()
        at = edit_mail.index("Paragraph 1 of")
        at = edit_mail.rindex("<p", 0, at)
        broken = (edit_mail[:at] + markup + edit_mail[at:]).encode()
    else:
        broken = altered(format, whole, edit, half="text/plain")
    assert "attribution.policy" in rules(judged(format, broken, nouns.issue(story)))


def test_a_name_in_text_or_biography_is_no_credit() -> None:
    story = nouns.article(
        1,
        dek="Ada Lane on bridges",
        note="Ada Lane at her best.",
        content="<p>Ada Lane says: build.</p><p>By Ada Lane, our reporter.</p>",
        authors=(Author(name="Ada Lane", url="https://people.example/ada", bio="Ada Lane writes."),),
    )
    issue = nouns.issue(story)
    for format in ALL:  # noqa: A001
        whole = nouns.body(format, issue)
        assert judged(format, whole, issue) == []
        assert "attribution.author" in rules(
            judged(format, nouns.body(format, nouns.issue(replace(story, authors=()))), issue)
        )


def test_nobody_is_credited_where_nobody_is_known() -> None:
    issue = nouns.issue(nouns.article(1, authors=()), nouns.article(2, authors=(), source=Source(syndicate="full")))
    for format in ALL:  # noqa: A001
        assert judged(format, nouns.body(format, issue), issue) == []
    rss = nouns.body("rss", issue).replace(b"<guid", b"<dc:creator>The curator</dc:creator><guid")
    assert {one.rule for one in judged("rss", rss, issue)} == {"attribution.false-credit"}


@pytest.mark.parametrize(
    ("format", "old", "new"),
    [
        ("rss", b"<language>", b"<managingEditor>desk@wire.example (The curator)</managingEditor><language>"),
        ("rss", b"<language>", b"<dc:creator>The curator</dc:creator><language>"),
        ("atom", b"<entry", b"<author><name>The curator</name></author><entry"),
        ("json", b'"items"', b'"authors": [{"name": "The curator"}], "items"'),
    ],
)
def test_a_feed_as_a_whole_has_no_author(format: str, old: bytes, new: bytes) -> None:  # noqa: A002
    broken = nouns.body(format, ISSUE).replace(old, new, 1)
    assert broken != nouns.body(format, ISSUE)
    told = [one.get_value("name") for one in judged(format, broken) if one.subject == "feed"]
    assert told == ["desk@wire.example (The curator)" if b"managing" in new else "The curator"]


@pytest.mark.parametrize("element", ["managingEditor", "dc:creator"])
def test_whom_a_feed_as_a_whole_credits_is_named_without_the_space_around(element: str) -> None:
    editor = f"<{element}>\n  The curator\n</{element}>"
    broken = nouns.body("rss", ISSUE).replace(b"<language>", f"{editor}<language>".encode(), 1)
    found = [one for one in judged("rss", broken) if one.rule == "attribution.false-credit"]
    assert [(one.subject, one.get_value("name")) for one in found] == [("feed", "The curator")]


@pytest.mark.parametrize(("format", "end"), [("rss", b"</item>"), ("atom", b"</entry>")])
@pytest.mark.parametrize("element", ["dc:creator", "dc:contributor"])
def test_whom_an_item_credits_is_named_without_the_space_around(format: str, end: bytes, element: str) -> None:  # noqa: A002
    stranger = f'<{element} xmlns:dc="http://purl.org/dc/elements/1.1/">\n  Mallory\n</{element}>'.encode()
    issue = nouns.issue(STORY)
    broken = nouns.body(format, issue).replace(end, stranger + end, 1)
    (found,) = (
        one.get_value("found") for one in judged(format, broken, issue) if one.rule == "attribution.false-credit"
    )
    assert isinstance(found, tuple)
    assert found[-1] == "Mallory"


@pytest.mark.parametrize("format", FEEDS[:2])
def test_an_author_in_the_words_of_atom_is_read_by_name(format: str) -> None:  # noqa: A002
    person = b'<author xmlns="http://www.w3.org/2005/Atom">\n  <name>Mallory</name>\n</author>'
    end = {"rss": b"</item>", "atom": b"</entry>"}[format]
    broken = nouns.body(format, ISSUE).replace(end, person + end, 1)
    found = [one.get_value("found") for one in judged(format, broken) if one.rule == "attribution.false-credit"]
    assert [names[-1] for names in found if isinstance(names, tuple)] == ["Mallory"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("\n  Ada 7\n", []), ("\u200eAda 7", []), ("Mallory", [("attribution.false-credit", ("Mallory",))])],
    ids=["spaces", "turned", "a stranger"],
)
def test_who_contributed_to_an_item_of_rss_is_among_its_authors(name: str, expected: list[tuple[str, object]]) -> None:
    issue = nouns.issue(nouns.article(7))
    more = f"<dc:contributor>{name}</dc:contributor></item>"
    body = nouns.body("rss", issue).replace(b"</item>", more.encode())
    assert [
        (one.rule, one.get_value("found"))
        for one in judged("rss", body, issue)
        if one.subject == "element" and one.rule.startswith("attribution.")
    ] == expected


@pytest.mark.parametrize("format", ALL)
def test_what_cannot_be_read_back_is_said(format: str) -> None:  # noqa: A002
    found = judged(format, b"\xff<not this")
    assert found
    assert {"attribution.readable", "attribution.article"} & {one.rule for one in found}


def test_a_message_whose_text_is_in_no_known_character_set_is_not_judged_further() -> None:
    broken = nouns.body("eml", ISSUE).replace(b'charset="utf-8"', b'charset="x-none"')
    assert [(one.rule, one.get_value("reason")) for one in judged("eml", broken)] == [
        ("attribution.readable", "not-a-message")
    ]


letters = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"))
words = st.text(letters, min_size=1, max_size=40).filter(
    lambda text: text.split() and html.remove_illegal_characters(text) == text
)


@settings(max_examples=scale(60))
@given(title=words, dek=words, name=words, other=words, source=words, tail=words, note=words)
def test_no_false_alarm_whatever_the_words(
    title: str, dek: str, name: str, other: str, source: str, tail: str, note: str
) -> None:
    tail = tail.strip()  # the door takes the space around an address away
    story = nouns.article(
        1,
        title=title,
        dek=dek,
        note=note,
        url=f"https://paper.example/{tail}",
        authors=(Author(name=name, url=f"https://a.example/{tail}", bio=dek), Author(name=other)),
        credits=(Credit(role="editor", name=source, url=f"https://c.example/{tail}"),),
        source=Source(title=source, url=f"https://s.example/{tail}", syndicate="full"),
    )
    issue = nouns.issue(story)
    for format in ALL:  # noqa: A001
        assert judged(format, nouns.body(format, issue), issue) == []


@settings(max_examples=scale(80))
@given(data=st.data())
def test_no_damage_breaks_the_check(data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(ALL))  # noqa: A001
    body = bytearray(nouns.body(format, ISSUE))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
    judged(format, bytes(body))


WAYS = {
    "the picture": (
        r'(<a [^>]*href=")[^"]*("[^>]*><img [^>]*src="https://img\.example/2)',
        r"\1https://else.example/\2",
    ),
    "read, in other words": (
        r'(<a [^>]*href=")[^"]*("[^>]*>)Read in <bdi>The Paper</bdi>',
        r"\1https://else.example/\2Go on",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in_a_mail_leads_to_the_article_whatever_the_layout(way: str) -> None:
    pictures = [Image(url=f"https://img.example/{n}.jpg", alt="A", width=1200, height=800) for n in range(4)]
    issue = nouns.issue(*(nouns.article(n, image=pictures[n]) for n in range(1, 4)))
    sent = render.render_edition(issue, nouns.publication(), "email")
    assert check.check_edition(sent, issue, nouns.publication()) == []
    changed, times = re.subn(*WAYS[way], sent.body.decode(), flags=re.DOTALL)
    assert times
    found = check.check_edition(replace(sent, body=changed.encode()), issue, nouns.publication())
    assert {(one.rule, one.subject, dict(one.values)["found"]) for one in found} == {
        ("attribution.read-more", "link", "https://else.example/")
    }
