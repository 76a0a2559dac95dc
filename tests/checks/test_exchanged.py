"""What is exchanged is no less wrong than what is replaced: everything is there, and belongs to somebody else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

import nouns
from checks.editing import Edit, altered
from checks.judging import judge
from dispatch.formats import FORMATS
from dispatch.model import Article, Author, Credit, Finding, Issue, Source

ALL = tuple(FORMATS)
ADA = Author(name="Ada Lane", url="https://people.example/ada")
JON = Author(name="Jón Þór", url="https://people.example/jon")
TOVE = Credit(role="translator", name="Tove Quist", url="https://people.example/tove")
UMA = Credit(role="translator", name="Uma Ray", url="https://people.example/uma")
PHIL = Credit(role="photographer", name="Phil Moss", url="https://people.example/phil")
STORY = nouns.article(1, authors=(ADA, JON), credits=(TOVE, UMA, PHIL))
OTHER = nouns.article(2, authors=(Author(name="Bo Zhang", url="https://people.example/bo"),), note="A note of its own.")
Change = Callable[[Article], Article]
Fact = tuple[str, str]


def people(*authors: Author) -> Change:
    return lambda article: replace(article, authors=authors)


def credited(*credits: Credit) -> Change:  # noqa: A002
    return lambda article: replace(article, credits=credits)


# What the renderer was given instead of STORY; the fact that is due where names have their links, and the one of plain
# text, where addresses have no words: there their order tells whose they are.
EXCHANGED: dict[str, tuple[Change, Fact, Fact]] = {
    "two authors": (people(JON, ADA), ("attribution.order", "name"), ("attribution.order", "name")),
    "two authors' names": (
        people(replace(ADA, name=JON.name), replace(JON, name=ADA.name)),
        ("attribution.order", "name"),
        ("attribution.order", "name"),
    ),
    "two authors' addresses": (
        people(replace(ADA, url=JON.url), replace(JON, url=ADA.url)),
        ("attribution.author-link", "link"),
        ("attribution.order", "link"),
    ),
    "an author and a translator": (
        lambda it: replace(it, authors=(ADA, Author(name=TOVE.name, url=TOVE.url)), credits=(
            replace(TOVE, name=JON.name, url=JON.url), UMA, PHIL,
        )),
        ("attribution.credit", "name"),
        ("attribution.credit", "name"),
    ),
    "the second translator and the photographer": (
        credited(TOVE, replace(UMA, name=PHIL.name, url=PHIL.url), replace(PHIL, name=UMA.name, url=UMA.url)),
        ("attribution.credit", "role"),
        ("attribution.credit", "role"),
    ),
    "the second translator under another role": (
        credited(TOVE, replace(UMA, role="photographer"), PHIL),
        ("attribution.credit", "role"),
        ("attribution.credit", "role"),
    ),
    "the source and an author": (
        lambda it: replace(it, authors=(ADA, Author(name="The Paper", url=it.source.url)), source=replace(
            it.source, title=JON.name, url=JON.url,
        )),
        ("attribution.author", "role"),
        ("attribution.author", "role"),
    ),
    "two credits' addresses": (
        credited(replace(TOVE, url=UMA.url), replace(UMA, url=TOVE.url), PHIL),
        ("attribution.credit", "link"),
        ("attribution.order", "link"),
    ),
    "an author's and a credit's address": (
        lambda it: replace(it, authors=(ADA, replace(JON, url=PHIL.url)), credits=(
            TOVE, UMA, replace(PHIL, url=JON.url),
        )),
        ("attribution.author-link", "link"),
        ("attribution.order", "link"),
    ),
    "the source's and a credit's address": (
        lambda it: replace(it, source=replace(it.source, url=UMA.url), credits=(
            TOVE, replace(UMA, url=it.source.url), PHIL,
        )),
        ("attribution.source", "link"),
        ("attribution.order", "link"),
    ),
    "an author's and the source's address": (
        lambda it: replace(it, authors=(ADA, replace(JON, url=it.source.url)), source=replace(it.source, url=JON.url)),
        ("attribution.author-link", "link"),
        ("attribution.order", "link"),
    ),
}  # fmt: skip
# Each half of each edition in which it can be told: a message has two.
DUE = [
    (name, format, half, linked if half == "html" or (format not in {"text", "eml"}) else written)
    for name, (_, linked, written) in EXCHANGED.items()
    for format in ALL  # noqa: A001
    for half in (("text", "html") if format == "eml" else ("",))
]


def told(format: str, wrong: Article, *, right: Article = STORY) -> list[Finding]:  # noqa: A002
    """What is said of one article when another was rendered."""
    found = judge(format, nouns.body(format, nouns.issue(OTHER, wrong)), nouns.issue(OTHER, right))
    return [one for one in found if one.place.article == right.key]


@pytest.mark.parametrize(("name", "format", "half", "fact"), DUE)
def test_what_is_exchanged_is_told_in_every_half(name: str, format: str, half: str, fact: Fact) -> None:  # noqa: A002
    found = told(format, EXCHANGED[name][0](STORY))
    assert fact in {(one.rule, one.subject) for one in found if one.place.half == half}


# Names that hold the words of bylines: what is right stays so, and what is exchanged is told.
PAIRS = [
    (Author(name="Eve Black", url="https://people.example/eve"), "The Gazette"),
    (Author(name="By Lane", url="https://people.example/by"), "In Between"),
    (Author(name="محمد علي", url="https://people.example/ali"), "By"),
    (Author(name="山田太郎", url="https://people.example/taro"), "in"),
]


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "ar", "hi"])
@pytest.mark.parametrize(("author", "title"), PAIRS)
@pytest.mark.parametrize("format", ALL)
def test_the_only_author_and_the_source_are_exchanged(format: str, author: Author, title: str, language: str) -> None:  # noqa: A002
    by = nouns.publication(language=language)
    source = replace(STORY.source, title=title, url="https://gazette.example")
    right = replace(STORY, authors=(author,), source=source)
    turned = replace(source, title=author.name, url=author.url)
    wrong = nouns.issue(replace(right, authors=(Author(name=title, url=source.url),), source=turned))
    assert judge(format, nouns.body(format, nouns.issue(right), by), nouns.issue(right), by) == []
    found = judge(format, nouns.body(format, wrong, by), nouns.issue(right), by)
    halves = {"text", "html"} if format == "eml" else {""}
    told_ = {one.place.half for one in found if (one.rule, one.subject) == ("attribution.order", "source")}
    assert told_ == halves


@pytest.mark.parametrize("half", ["text", "eml"])
def test_addresses_that_several_share_are_exchanged_in_text(half: str) -> None:
    shared = replace(STORY, credits=(replace(TOVE, url=ADA.url), UMA))
    assert told(half, shared, right=shared) == []
    wrong = replace(shared, credits=(replace(TOVE, url=UMA.url), replace(UMA, url=ADA.url)))
    facts = {(one.rule, one.subject) for one in told(half, wrong, right=shared) if one.place.half != "html"}
    assert ("attribution.order", "link") in facts


def swapped(one: str, other: str) -> Edit:
    return lambda text: text.replace(one, "\0").replace(other, one).replace("\0", other)


@pytest.mark.parametrize("format", nouns.FEEDS)
@pytest.mark.parametrize("inside", [True, False])
def test_the_names_of_an_item_are_exchanged_in_its_elements_or_in_its_body(format: str, inside: bool) -> None:  # noqa: A002
    issue = nouns.issue(OTHER, STORY)
    edit = swapped(ADA.name, JON.name)
    same: Edit = lambda text: text  # noqa: E731
    whole = nouns.body(format, issue)
    broken = altered(format, whole, edit, elements=same) if inside else altered(format, whole, same, elements=edit)
    found = {(one.rule, one.subject) for one in judge(format, broken, issue)}
    assert ("attribution.order", "name" if inside else "element") in found


@pytest.mark.parametrize("format", ["atom", "json"])
def test_the_addresses_of_an_item_are_exchanged_in_its_elements(format: str) -> None:  # noqa: A002
    issue = nouns.issue(OTHER, STORY)
    edit = swapped(ADA.url, JON.url)
    found = judge(format, altered(format, nouns.body(format, issue), lambda text: text, elements=edit), issue)
    assert {
        (one.rule, one.subject, one.get_value("name"), one.get_value("found"), one.get_value("wanted")) for one in found
    } == {
        ("attribution.author-link", "element", ADA.name, JON.url, ADA.url),
        ("attribution.author-link", "element", JON.name, ADA.url, JON.url),
    }


@pytest.mark.parametrize("format", ALL)
def test_two_articles_exchange_their_people(format: str) -> None:  # noqa: A002
    right = nouns.issue(OTHER, STORY)
    wrong = nouns.issue(
        replace(OTHER, authors=STORY.authors, credits=STORY.credits), replace(STORY, authors=OTHER.authors, credits=())
    )
    found = judge(format, nouns.body(format, wrong), right)
    named = {(one.place.article, one.get_value("name")) for one in found if one.rule == "attribution.author"}
    assert named >= {("story-1", ADA.name), ("story-1", JON.name), ("story-2", "Bo Zhang")}


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize("field", ["url", "note", "dek"])
def test_two_articles_exchange_a_field(format: str, field: str) -> None:  # noqa: A002
    one = replace(STORY, note="Another note.")
    right, wrong = nouns.issue(OTHER, one), exchange(OTHER, one, field)
    rule = {"url": "attribution.read-more"}.get(field, f"attribution.{field}")
    found = judge(format, nouns.body(format, wrong), right)
    assert {found_.place.article for found_ in found if found_.rule == rule} >= {"story-1", "story-2"}


def exchange(one: Article, other: Article, field: str) -> Issue:
    """The issue of both, each with the other's value."""
    values = {article.key: {field: getattr(article, field)} for article in (one, other)}
    return nouns.issue(replace(one, **values[other.key]), replace(other, **values[one.key]))


# A name within a name: who is lost, in a byline that has the same letters or words in somebody else's name.
WITHIN: dict[str, tuple[Article, Change, Fact]] = {
    "Ann in Annabel": (
        replace(STORY, authors=(Author(name="Annabel"), Author(name="Ann"))),
        people(Author(name="Annabel")),
        ("attribution.author", "name"),
    ),
    "Ann before Annabel": (
        replace(STORY, authors=(Author(name="Ann"), Author(name="Annabel"))),
        people(Author(name="Annabel")),
        ("attribution.author", "name"),
    ),
    "Ann in the words of the text": (
        replace(STORY, authors=(Author(name="Ann"),), content="<p>Annabel met Ann.</p>"),
        people(Author(name="Annabel")),
        ("attribution.author", "name"),
    ),
    "a translator called like half an author": (
        replace(STORY, authors=(Author(name="Ann Lee"),), credits=(Credit(role="translator", name="Ann"),)),
        credited(),
        ("attribution.credit", "name"),
    ),
    "a translator called like half the source": (
        replace(STORY, credits=(Credit(role="translator", name="Ann"),), source=Source(title="Ann and others")),
        credited(),
        ("attribution.credit", "name"),
    ),
    "a source called like half an author": (
        replace(STORY, authors=(Author(name="Ann Lee"),), source=Source(title="Ann")),
        lambda it: replace(it, source=replace(it.source, title="")),
        ("attribution.source", "name"),
    ),
    "one of two credits of the same name's parts": (
        replace(STORY, credits=(Credit(role="translator", name="Ann Lee"), Credit(role="editor", name="Ann"))),
        credited(Credit(role="translator", name="Ann Lee")),
        ("attribution.credit", "name"),
    ),
}


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize("name", WITHIN)
def test_a_name_within_a_name_does_not_stand_for_it(name: str, format: str) -> None:  # noqa: A002
    right, change, fact = WITHIN[name]
    assert told(format, right, right=right) == []
    found = told(format, change(right), right=right)
    halves = {"text", "html"} if format == "eml" else {""}
    assert {one.place.half for one in found if (one.rule, one.subject) == fact} == halves


WIDE = replace(
    STORY,
    authors=(Author(name="Ada  Lane"), Author(name="J\u00f3n\u00a0\u00de\u00f3r \u200f")),
    credits=(Credit(role="translator", name="Tove  Quist"), Credit(role="photographer", name="Phil\u200f Moss")),
    source=replace(STORY.source, title="The  Paper"),
)
GIVEN = {*(author.name for author in WIDE.authors), *(credit.name for credit in WIDE.credits), WIDE.source.title}


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize(
    "change",
    [
        lambda it: replace(it, authors=(), credits=(), source=replace(it.source, title="")),
        lambda it: replace(it, authors=it.authors[::-1]),
        lambda it: replace(it, credits=tuple(replace(one, role="editor") for one in it.credits)),
    ],
    ids=["people", "order", "roles"],
)
def test_what_is_missing_is_handed_over_as_it_was_given(change: Change, format: str) -> None:  # noqa: A002
    assert told(format, WIDE, right=WIDE) == []
    found = [one for one in told(format, change(WIDE), right=WIDE) if one.rule.startswith("attribution.")]
    handed = {value for one in found for value in (one.get_value("name"), one.get_value("wanted")) if value}
    names = {name for value in handed for name in (value if isinstance(value, tuple) else [value])}
    assert names & GIVEN
    assert names <= GIVEN | {WIDE.source.url}


@pytest.mark.parametrize("format", nouns.FEEDS)
def test_an_item_whose_elements_lack_a_name_within_another(format: str) -> None:  # noqa: A002
    both = replace(STORY, authors=(Author(name="Annabel"), Author(name="Ann")))
    issue = nouns.issue(both)
    edit: Edit = lambda text: {"Annabel, Ann": "Annabel", "Ann": "Annabella"}.get(text, text)  # noqa: E731
    found = judge(format, altered(format, nouns.body(format, issue), lambda text: text, elements=edit), issue)
    assert ("attribution.author", "element", "Ann") in {(one.rule, one.subject, one.get_value("name")) for one in found}
