"""What stands in an edition and nobody sees is not there; and what is an article's own text is no credit."""

from dataclasses import replace
from typing import Literal

import pytest

import nouns
from checks.editing import altered
from checks.judging import judge
from dispatch.checks.html_page import is_hidden, is_tiny, read_page
from dispatch.formats import FORMATS
from dispatch.model import Article, Author, Credit, Finding, Source

ALL = tuple(FORMATS)
MARKUP = tuple(format for format in ALL if format != "text")  # noqa: A001
EVE = Author(name="Eve Black", url="https://people.example/eve")
PAIR = (Author(name="محمد علي", url="https://people.example/ali"), Author(name="Bo Zhang"))
STORY = nouns.article(1, authors=(EVE,), credits=(Credit(role="translator", name="Finn Ode"),))


def told(format: str, old: str, new: str, article: Article, half: str = "text/html") -> list[Finding]:  # noqa: A002
    """What is said when something is replaced in an edition of which nothing was said."""
    issue = nouns.issue(article)
    whole = nouns.body(format, issue)
    assert judge(format, whole, issue) == []
    changed: list[bool] = []

    def edit(text: str) -> str:
        changed.append(old in text)
        return text.replace(old, new, 1)

    broken = altered(format, whole, edit, half=half if format == "eml" else "")
    assert any(changed)
    return judge(format, broken, issue)


def bold(name: str, format: str) -> str:  # noqa: A002
    """A name as it stands in the HTML of a byline."""
    marks = ' class="p-author h-card"' if format == "web" and name == "Bo Zhang" else ""
    return f'<b dir="auto"{marks}>{name}</b>'


UNSEEN = [
    '<span style="font-size:0">{}</span>',
    '<span style="color:red; FONT-SIZE: 0.0em">{}</span>',
    '<span style="font:0/0 a">{}</span>',
    '<span style="font-size:1px">{}</span>',
    '<span style="display:inline-block;max-height:0;overflow:hidden">{}</span>',
    '<span style="height:0px;overflow-y:clip">{}</span>',
    '<span style="opacity:0">{}</span>',
    '<span style="opacity: .0 !important">{}</span>',
    '<span style="text-decoration:line-through">{}</span>',
    "<s>{}</s>",
    "<del>{}</del>",
    "<strike>{}</strike>",
    '<bdo dir="rtl">{}</bdo>',
    "<details>{}</details>",
    "<details><summary>More</summary>{}</details>",
    "\u202e{}\u202c",
]


@pytest.mark.parametrize("format", MARKUP)
@pytest.mark.parametrize("around", UNSEEN)
@pytest.mark.parametrize(("authors", "name"), [((EVE,), "Eve Black"), (PAIR, "Bo Zhang")])
def test_a_name_that_nobody_sees_is_not_named(format: str, around: str, authors: tuple[Author, ...], name: str) -> None:  # noqa: A002
    text = bold(name, format)
    found = told(format, text, around.format(text), replace(STORY, authors=authors))
    assert ("attribution.author", name) in {(one.rule, one.get_value("name")) for one in found}


@pytest.mark.parametrize("format", MARKUP)
@pytest.mark.parametrize(
    "around",
    [
        '<span style="font-size:0"><span style="font-size:14px">{}</span></span>',
        '<span style="font-size:0"><span style="font:600 15px/24px serif">{}</span></span>',
        '<span style="opacity:0.9;overflow:hidden">{}</span>',
        '<span style="min-height:0;line-height:0">{}</span>',
        "<ins>{}</ins>",
    ],
)
def test_a_name_that_is_seen_is_named(format: str, around: str) -> None:  # noqa: A002
    text = bold("Eve Black", format)
    found = told(format, text, around.format(text), STORY)
    assert [one for one in found if one.rule.startswith("attribution.")] == []


@pytest.mark.parametrize("format", ["text", "eml"])
@pytest.mark.parametrize("around", ["\u202e{}\u202c", "\u202d{}", "\u202eBy {}\n"])
@pytest.mark.parametrize("name", ["Eve Black", "Finn Ode"])
def test_a_name_in_plain_text_that_is_turned_around_is_not_named(format: str, around: str, name: str) -> None:  # noqa: A002
    found = told(format, name, around.format(name), STORY, half="text/plain")
    assert name in {one.get_value("name") for one in found if one.rule in {"attribution.author", "attribution.credit"}}


def test_a_name_may_hold_a_mark_that_turns_letters_around() -> None:
    odd = nouns.issue(replace(STORY, authors=(Author(name="Eve \u202eBlack\u202c"),)))
    for format in ALL:  # noqa: A001
        assert [one.rule for one in judge(format, nouns.body(format, odd), odd) if one.rule[:5] == "attri"] == []


@pytest.mark.parametrize(
    ("style", "hidden", "tiny"),
    [
        ("display:none", True, False),
        ("padding:0;opacity:0", True, False),
        ("opacity:0.5", False, False),
        ("max-height:0", False, False),
        ("max-height:0;overflow:hidden", True, False),
        ("max-height:0.5em;overflow:hidden", False, False),
        ("font-size:0px", False, True),
        ("font-size:0;font-size:12px", False, False),
        ("font-size:10px", False, False),
        ("line-height:0px", False, False),
    ],
)
def test_what_a_style_hides(style: str, hidden: bool, tiny: bool) -> None:
    assert (is_hidden(style), is_tiny(style, around=False)) == (hidden, tiny)


def test_a_size_that_is_relative_stays_as_small_as_what_is_around_it() -> None:
    assert is_tiny("font-size:2em", around=True)
    assert is_tiny("color:red", around=True)
    assert not is_tiny("font-size:medium", around=True)


LISTED = (
    "<ul><li>{}</li><li><a href='https://max.example/'>Max Roe</a></li><li>The Paper</li></ul><p>The boats came.</p>"
)


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize("authors", [(EVE,), PAIR, PAIR[1:]])
@pytest.mark.parametrize("syndicate", ["full", "excerpt"])
def test_a_list_of_people_that_a_text_begins_with_is_no_byline(
    format: str,  # noqa: A002
    authors: tuple[Author, ...],
    syndicate: Literal["link", "excerpt", "full"],
) -> None:
    source = replace(STORY.source, title="The Paper", syndicate=syndicate)
    content = LISTED.replace("'", '"').format(authors[0].name)
    issue = nouns.issue(replace(STORY, authors=authors, source=source, content=content))
    assert judge(format, nouns.body(format, issue), issue) == []


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize("title", ["The story", "الطريق إلى البحر", "Read “it”", "The  story"])
@pytest.mark.parametrize("url", [STORY.url, f" {STORY.url}"])
def test_a_text_may_have_a_link_that_is_called_like_the_way_to_the_article(
    format: str,  # noqa: A002
    language: str,
    title: str,
    url: str,
) -> None:
    by = nouns.publication(language=language)
    read = {"en": "Read “{}”", "de": "„{}“ lesen", "ar": "اقرأ «{}»"}[language].format(title)
    content = f'<p>The boats came in early.</p><p><a href="https://elsewhere.example/">{read}</a></p>'
    source = Source(title="The Paper", url="https://paper.example/", syndicate="full")
    issue = nouns.issue(replace(STORY, url=url, title=title, content=content, source=source))
    assert [one for one in judge(format, nouns.body(format, issue, by), issue, by) if one.rule[:5] == "attri"] == []


def test_a_link_around_several_lines_is_a_link_in_each() -> None:
    page = read_page('<a href="/a"><p>One</p><p><b>Two</b></p></a><p>Three</p>')
    links = [(line.text, [(link.url, link.text) for link in line.links]) for line in page.lines if line.text]
    assert links == [("One", [("/a", "One")]), ("Two", [("/a", "Two")]), ("Three", [])]


def test_a_mailbox_shows_the_words_that_stand_first_in_a_mail() -> None:
    mail = '<title>The Wire</title><style>p {}</style><div style="display:none">What  happened</div><p>By Ada</p>'
    assert read_page(mail).opening == "What happened"


def test_a_picture_may_be_any_of_those_that_stand_for_it() -> None:
    page = read_page(
        '<picture><source srcset="/a.avif, /b.avif 2x"><source srcset="/c.webp"><img src="/d.jpg"></picture>'
        '<img src="/e.jpg" srcset="/f.jpg 2x">'
    )
    assert [(picture.url, picture.instead) for picture in page.pictures] == [
        ("/d.jpg", ("/a.avif", "/b.avif", "/c.webp")),
        ("/e.jpg", ("/f.jpg",)),
    ]


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize("more", ["-NC-ND", " NC", "+", ", but not for you"])
@pytest.mark.parametrize("licence", ["CC BY 4.0", "© Ada & The Paper", "Public domain"])
def test_a_licence_that_goes_on_is_another_one(format: str, more: str, licence: str) -> None:  # noqa: A002
    right = replace(STORY, license=licence)
    wrong = nouns.issue(replace(STORY, license=licence + more))
    found = judge(format, nouns.body(format, wrong), nouns.issue(right))
    halves = {"text", "html"} if format == "eml" else {""}
    assert {one.place.half for one in found if (one.rule, one.subject) == ("attribution.licence", "text")} == halves
    assert judge(format, nouns.body(format, nouns.issue(right)), nouns.issue(right)) == []
