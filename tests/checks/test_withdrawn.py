"""What was withdrawn says so with everybody’s names and shows nothing else; the check sees each fault."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

import nouns
from checks.editing import Edit, altered, swap
from checks.judging import judge
from dispatch import check, derived, render
from dispatch.formats import FORMATS
from dispatch.model import Article, Finding, Issue, PageKind, Withdrawal
from nouns import DATE, FEEDS

ALL = tuple(FORMATS)
HTML = ("email", "eml", "web")
EXACT = (*FEEDS, "web")  # where an article has an end

SAID = Withdrawal(date=DATE + timedelta(days=650), text="The figures <were> invented & sold.")
STORY = nouns.rich(1, title="A more “powerful” alliance & its price", source=nouns.article().source)
GONE = derived.withdraw_article(STORY, SAID)
ISSUE = nouns.issue(nouns.article(7), GONE, nouns.article(8))
WHOLE = derived.withdraw_issue(nouns.issue(nouns.article(7), STORY), SAID)


def judged(format: str, body: bytes, issue: Issue = ISSUE, language: str = "en") -> list[Finding]:  # noqa: A002
    return judge(format, body, issue, nouns.publication(language=language))


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize("language", ["en", "en-US", "de", "fr", "es", "ar", "hi"])
@pytest.mark.parametrize("issue", [ISSUE, WHOLE], ids=["an article", "the issue"])
def test_a_tombstone_passes_in_every_language(format: str, language: str, issue: Issue) -> None:  # noqa: A002
    by = nouns.publication(language=language)
    assert judged(format, nouns.body(format, issue, by), issue, language) == []


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize(
    "article",
    [
        replace(GONE, withdrawn=replace(SAID, text="")),
        replace(GONE, withdrawn=replace(SAID, text="First.\n\nSee https://wire.example/why?a=1&b=2")),
        replace(GONE, withdrawn=replace(SAID, text="See this: " + "https://wire.example/" + "why" * 30)),
        replace(GONE, withdrawn=replace(SAID, text="<b>&amp; {{7*7}} xq0qx ]]> --> \u202e’")),
        replace(GONE, title="Withdrawn: <b>&amp;", authors=()),
        replace(GONE, authors=(), credits=()),
        replace(GONE, authors=(), credits=(), source=replace(GONE.source, title="", url="")),
        replace(GONE, source=replace(GONE.source, syndicate="link")),
        replace(GONE, published=None, own=True, url="https://wire.example/issues/defence/#story-1"),
    ],
    ids=[
        "no reason",
        "an address",
        "a long address",
        "code",
        "a title of code",
        "nobody",
        "nothing known",
        "link",
        "own",
    ],
)
def test_whatever_is_known_of_it_a_tombstone_passes(format: str, article: Article) -> None:  # noqa: A002
    issue = nouns.issue(nouns.article(7), article)
    assert judged(format, nouns.body(format, issue), issue) == []


@pytest.mark.parametrize("format", ALL)
def test_nothing_of_the_text_is_left(format: str) -> None:  # noqa: A002
    body = nouns.body(format, ISSUE)
    gone = (
        STORY.dek,
        STORY.note,
        "Closing words",
        "One sentence",
        "picture-1.png",
        "1.mp3",
        "wrong city",
        "Ada writes",
    )
    assert not [words for words in gone if words.encode() in body]
    assert nouns.body(format, ISSUE) != nouns.body(format, nouns.issue(nouns.article(7), STORY, nouns.article(8)))


def in_front(words: str) -> Edit:
    """These words as a paragraph of their own before the notice, in HTML and in text."""

    def edited(text: str) -> str:
        if "<p" in text:
            return re.sub("(<p[^>]*>(?:<strong>)?)Withdrawn on", rf"<p>{words}</p>\1Withdrawn on", text)
        return text.replace("Withdrawn on", f"{words}\n\nWithdrawn on")

    return edited


FAULTS: dict[str, tuple[Edit, str, tuple[str, ...]]] = {
    "the notice": (swap("Withdrawn on 26 November 2026.", "", 9), "attribution.withdrawn", ALL),
    "another day": (swap("26 November 2026", "27 November 2026", 9), "attribution.withdrawn", ALL),
    "the reason": (swap("invented", "mistaken", 9), "attribution.withdrawn", ALL),
    "an author": (swap("Jón Þór", ""), "attribution.author", ALL),
    "an author's link": (swap("https://people.example/jon", "https://a.example/"), "attribution.author-link", ALL),
    "a credit": (swap("Quist", ""), "attribution.credit", ALL),
    "the source": (swap("The Paper", "The Pape", 9), "attribution.source", ALL),
    "its dek": (in_front("What story 1 is about"), "attribution.withdrawn", ALL),
    "its text": (in_front("One sentence here. And another one."), "attribution.withdrawn", ALL),
    "its picture": (
        swap("<p><strong>Withdrawn", '<p><img src="https://wire.example/p.png" alt="" /></p><p><strong>Withdrawn'),
        "attribution.withdrawn",
        FEEDS,
    ),
    "its picture on the page": (
        swap('<p class="correction">Withdrawn', '<img src="https://wire.example/p.png" alt="" /><p>Withdrawn'),
        "attribution.withdrawn",
        ("web",),
    ),
    "the way to it": (
        lambda text: text.replace(
            f">Withdrawn: {STORY.title.replace('&', '&amp;')}<",
            f'><a href="https://paper.example/story-1?x=1&amp;y=2">Withdrawn: {STORY.title.replace("&", "&amp;")}</a><',
        ),
        "attribution.withdrawn",
        ("web",),
    ),
}
CASES = [(what, format) for what, (_, _, formats) in FAULTS.items() for format in formats]  # noqa: A001


# And in the elements of a feed's entry.
ELEMENTS: dict[str, tuple[Edit, str, tuple[str, ...]]] = {
    "the word before the title": (swap("Withdrawn: ", ""), "attribution.title", FEEDS),
    "an author": (swap("Jón Þór", "Jon"), "attribution.author", FEEDS),
    "the source": (swap("The Paper", "A Paper"), "attribution.source", ("rss",)),
    "the summary": (swap("Withdrawn on", "What story 1 is about."), "attribution.withdrawn", FEEDS),
}


@pytest.mark.parametrize(
    ("what", "format"),
    [(what, format) for what, (_, _, formats) in ELEMENTS.items() for format in formats],  # noqa: A001
)
def test_the_elements_of_an_entry_are_judged_too(what: str, format: str) -> None:  # noqa: A002
    edit, rule, _ = ELEMENTS[what]
    found = altered(format, nouns.body(format, ISSUE), lambda text: text, elements=edit)
    assert rule in {one.rule for one in judged(format, found) if one.place.article == "story-1"}


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize(
    "values",
    [
        {"authors": (replace(STORY.authors[0], url=STORY.url),)},
        {"credits": (replace(STORY.credits[0], url=STORY.url),)},
        {"source": replace(STORY.source, url=STORY.url)},
    ],
    ids=["an author", "a credit", "the source"],
)
def test_whose_own_address_is_that_of_the_article_is_still_linked(format: str, values: dict[str, object]) -> None:  # noqa: A002
    issue = nouns.issue(nouns.article(7), replace(GONE, **values))  # type: ignore[arg-type]
    assert judged(format, nouns.body(format, issue), issue) == []


@pytest.mark.parametrize("format", [*HTML, "text"])
def test_an_issue_that_was_withdrawn_says_so(format: str) -> None:  # noqa: A002
    """Every article does; here the one notice that is the issue's own is taken away, the first."""
    body = altered(format, nouns.body(format, WHOLE), lambda text: text.replace("Withdrawn on", "Taken back on", 1))
    assert "attribution.withdrawn" not in {one.rule for one in judged(format, nouns.body(format, WHOLE), WHOLE)}
    unlike = replace(WHOLE, withdrawn=replace(SAID, text="Another reason."))
    assert "attribution.withdrawn" in {one.rule for one in judged(format, body, unlike)}


@pytest.mark.parametrize(
    ("kind", "path", "says_so"),
    [
        ("article", "issues/defence/story-1/", True),
        ("section", "sections/europe/", False),
        ("author", "authors/ada-lane/", False),
    ],
)
def test_a_page_is_called_withdrawn_where_it_is_the_articles_own(kind: PageKind, path: str, says_so: bool) -> None:
    """Not where others may be listed with it."""
    page = nouns.page(nouns.issue(GONE), kind, title="Europe & more", path=path)
    head = nouns.body("web", page).decode().partition("</title>")[0]
    assert ("<title>Withdrawn: Europe &amp; more" in head) == says_so
    assert "Europe &amp; more" in head


@pytest.mark.parametrize(("what", "format"), CASES)
def test_what_is_lost_or_left_is_told(what: str, format: str) -> None:  # noqa: A002
    edit, rule, _ = FAULTS[what]
    found = altered(format, nouns.body(format, ISSUE), edit)
    assert rule in {one.rule for one in judged(format, found) if one.place.article == "story-1"}


@pytest.mark.parametrize("format", ["rss", "atom", "json", "web"])
def test_a_line_that_a_publication_adds_to_its_templates_blocks_no_withdrawal(format: str) -> None:  # noqa: A002
    def judge_with(line: str) -> tuple[bytes, set[str]]:
        words = "<p>Write to <b>us</b> &amp; to her, the desk &c.</p>" + line
        own = {name: nouns.TEMPLATES[name] + words for name in ("entry.html", "entry-withdrawn.html")}
        own |= {"withdrawn.html": nouns.TEMPLATES["withdrawn.html"].replace("</article>", f"{words}</article>")}
        by = nouns.publication(templates=nouns.TEMPLATES | own, own_templates=frozenset(own))
        issue = nouns.issue(nouns.article(7), GONE)
        edition = render.render_edition(issue, by, format)
        return edition.body, {one.rule for one in check.findings(issue, [edition], by) if one.severity == "error"}

    body, found = judge_with("")
    assert body.count(b"the desk") >= 1
    assert found == set()
    assert "attribution.withdrawn" in judge_with("<p>{{ article.id }}</p>")[1]
