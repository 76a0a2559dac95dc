"""Whatever the tests of the formats render is published too, and the check has nothing against it in any format."""

from dataclasses import replace

import pytest

import nouns
from addresses import PERSONAL
from checks.judging import judge
from dispatch.formats import FORMATS
from dispatch.model import Author, Credit, Issue, Source, Syndicate
from formats.test_addresses import ARTICLES
from formats.test_policy import story

ALL = tuple(FORMATS)
in_every_format = pytest.mark.parametrize("format", ALL)
NASTY = "<b>&amp; \"quoted\" 'text'</b> {{7*7}} {% raw %} xq0qx \\u{a0} =?utf-8?q?x?= ]]> --> \u202ex"
ADA = Author(name="Ada Lane", url="https://people.example/ada", bio="Ada Lane writes.")

NAMES = (
    "Ann",
    "Annabel",
    "Annabel Lee Ann",
    "O’Neill-Þór, Jr.",
    "李小龍",
    "李",
    "أحمد",
    "वि",
    "X Æ A-12",
    "2026",
    "By",
    "and",
    "(c)",
    "The Paper",
    "\n--boundary--\n",
    "Licence: CC0",
    NASTY,
)
LICENCES = (
    "CC-BY-4.0",
    "CC0",
    "(c) 2026 Ada Lane",
    "© Ada Lane, all rights reserved",
    "By Ada Lane",
    "By Ada Lane and Mallory",
    "Ada Lane",
    "The Paper",
    "Tove Quist",
    "By",
    "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY: https://creativecommons.org/licenses/by/4.0/?a=1&b=2#" + "long/" * 30,
    "https://people.example/ada",
    "First line\n\nsecond line",
    NASTY,
)
WORDS = (
    "Ada Lane at her best",
    "By Ada Lane",
    "By Mallory",
    "Ada Lane writes at https://people.example/ada",
    "See what Tove Quist says of it: https://people.example/tove?" + "x=1&" * 30,
    "  More  spaces than one,\n a line that goes on, and\u00a0no break ",
    NASTY,
)


def told(format: str, issue: Issue) -> list[tuple[str, str, object]]:  # noqa: A002
    """What is wrong with the issue in that format; that so many articles make too long a mail is right."""
    found = judge(format, nouns.body(format, issue), issue)
    return [(one.rule, one.place.article, one.values) for one in found if not one.rule.startswith("email.size")]


@in_every_format
def test_every_address(format: str) -> None:  # noqa: A002
    assert len(ARTICLES) == len(PERSONAL)
    assert told(format, nouns.issue(*ARTICLES.values())) == []


@in_every_format
@pytest.mark.parametrize("field", ["authors", "credits", "source", "all"])
def test_every_name(format: str, field: str) -> None:  # noqa: A002
    def given(name: str, n: int) -> dict[str, object]:
        url = f"https://people.example/{n}"
        values: dict[str, object] = {
            "authors": (ADA, Author(name=name, url=url if n % 2 else "")),
            "credits": (Credit(role="translator", name=name, url="" if n % 2 else url), Credit(role=name, name="Ed")),
            "source": Source(title=name, url=f"{url}/source" if n % 2 else "", syndicate="full"),
        }
        return values if field == "all" else {field: values[field]}

    articles = (nouns.article(n, **given(name, n)) for n, name in enumerate(NAMES, 1))
    assert told(format, nouns.issue(*articles)) == []


@in_every_format
@pytest.mark.parametrize("title", ["", "  ", "\u00a0", "\u200f \u202a"])
def test_a_source_without_a_name_that_anybody_sees(format: str, title: str) -> None:  # noqa: A002
    source = Source(title=title, url="https://people.example/source", syndicate="full")
    assert told(format, nouns.issue(nouns.article(1, source=source))) == []


@in_every_format
@pytest.mark.parametrize("whose", ["article", "source"])
def test_every_licence(format: str, whose: str) -> None:  # noqa: A002
    credit = Credit(role="translator", name="Tove Quist", url="https://people.example/tove")
    articles = [nouns.article(n, authors=(ADA,), credits=(credit,)) for n, _ in enumerate(LICENCES, 1)]
    for n, licence in enumerate(LICENCES):
        one = articles[n]
        source = replace(one.source, license=licence)
        articles[n] = replace(one, license=licence) if whose == "article" else replace(one, source=source)
    assert told(format, nouns.issue(*articles)) == []


@in_every_format
@pytest.mark.parametrize("end", ["\u00a0", "\u3000", "%20", "?"])
def test_a_link_whose_address_ends_in_a_sign_that_a_text_would_lose(format: str, end: str) -> None:  # noqa: A002
    content = f'<p>Words with a <a href="https://else.example/a{end}">link</a>, and <a href="https://b.example/">more</a>.</p>'
    assert told(format, nouns.issue(nouns.article(1, content=content))) == []


@in_every_format
def test_every_note_dek_and_correction(format: str) -> None:  # noqa: A002
    correction = nouns.rich(1).corrections[0]
    articles = [
        nouns.article(
            n, authors=(ADA,), dek=words, note=words, corrections=(replace(correction, text=words),), key=f"story-{n}"
        )
        for n, words in enumerate(WORDS, 1)
    ]
    assert told(format, nouns.issue(*articles)) == []


@in_every_format
def test_every_policy(format: str) -> None:  # noqa: A002
    policies: tuple[Syndicate, ...] = ("link", "excerpt", "full")
    articles = [
        story(policy, id=f"tag:wire.example,2025:{policy}", key=policy, title=f"A {policy}") for policy in policies
    ]
    assert told(format, nouns.issue(*articles)) == []
