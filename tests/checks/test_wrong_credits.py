"""Nobody stands in a byline who had no part in the article, and nobody with a part that was not theirs."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

import nouns
from checks.editing import Edit, altered, swap
from checks.judging import judge
from dispatch import config, issues
from dispatch.formats import FORMATS
from dispatch.model import Author, Contents, Correction, Credit, Issue, Publication, Source
from formats.test_golden import CASES

ALL = tuple(FORMATS)
HTML = ("email", "web", "rss", "atom", "json")
TEXT = ("text",)
STORY = nouns.rich(1, source=nouns.article().source)
ISSUE = nouns.issue(STORY, nouns.article(2))


def told(format: str, body: bytes, issue: Contents = ISSUE, by: Publication | None = None) -> set[str]:  # noqa: A002
    return {one.rule for one in judge(format, body, issue, by)}


LINKED = '<a href="https://m.example"><b>Mallory</b></a>'
CLAIMS: dict[str, tuple[Edit, str, tuple[str, ...]]] = {
    "before the first": (swap("By <", "By Mallory Fake and <", 1), "attribution.false-credit", HTML),
    "before the first in text": (swap("By Ada", "By Mallory Fake and Ada", 1), "attribution.false-credit", TEXT),
    "one short name": (swap("By <", "By Al, <", 1), "attribution.false-credit", HTML),
    "in small letters": (swap("By Ada", "By mallory, Ada", 1), "attribution.false-credit", TEXT),
    "linked": (lambda text: text.replace("By <", f"By {LINKED}, <", 1), "attribution.false-credit", HTML),
    "a link without words": (
        lambda text: text.replace("By <", 'By <a href="https://m.example/"> </a><', 1),
        "attribution.false-credit",
        HTML,
    ),
    "an address in text": (
        lambda text: text.replace("https://people.example/ada\n", "https://people.example/ada\nhttps://m.example\n", 1),
        "attribution.false-credit",
        TEXT,
    ),
    "behind the last": (swap(" in <", " with Mallory Fake in <", 1), "attribution.false-credit", HTML),
    "behind the last in text": (swap(" in The Paper", ", Mallory in The Paper", 1), "attribution.false-credit", TEXT),
    "behind the source": (swap(", translated", ", told by Mallory, translated", 1), "attribution.false-credit", ALL),
    "behind the date": (
        lambda text: re.sub("13(?:\u00a0|&nbsp;)February", "Mallory Fake, 13 February", text),
        "attribution.false-credit",
        ALL,
    ),
    "a line of its own": (
        lambda text: text.replace(
            '<p class="byline' if '<p class="byline' in text else "<p>By",
            '<p>By Mallory</p><p class="byline' if '<p class="byline' in text else "<p>By Mallory</p><p>By",
            1,
        ),
        "attribution.false-credit",
        ("web", "rss", "atom", "json"),
    ),
    "a line of its own in text": (swap("By Ada", "By Mallory\n\nBy Ada", 1), "attribution.false-credit", TEXT),
    "the photographer among the authors": (swap("By Ada", "By Phil Moss, Ada", 1), "attribution.false-credit", TEXT),
    "a part left out": (swap("translated by", "and", 1), "attribution.credit", ALL),
    "a part become a comma": (swap("translated by ", ", ", 1), "attribution.credit", ALL),
    "another part": (swap("translated by", "edited by", 1), "attribution.credit", ALL),
    "parts exchanged": (
        lambda text: (
            text.replace("translated by", "\0", 1).replace("photo by", "translated by", 1).replace("\0", "photo by")
        ),
        "attribution.credit",
        ALL,
    ),
    "an author made an editor": (swap("By <", "Edited by <", 1), "attribution.author", HTML),
    "an author made an editor in text": (swap("By Ada", "Edited by Ada", 1), "attribution.author", TEXT),
}


@pytest.mark.parametrize(
    ("name", "format"),
    [(name, format) for name, (_, _, formats) in CLAIMS.items() for format in formats],  # noqa: A001
)
def test_a_false_claim_is_named(name: str, format: str) -> None:  # noqa: A002
    edit, rule, _ = CLAIMS[name]
    whole = nouns.body(format, nouns.issue(STORY))
    broken = altered(format, whole, edit)
    assert altered(format, whole, lambda text: text) != broken, "nothing was altered"
    assert rule in told(format, broken, nouns.issue(STORY))


@pytest.mark.parametrize("format", ALL)
def test_somebody_where_nobody_is_known(format: str) -> None:  # noqa: A002
    nobody = nouns.issue(replace(STORY, authors=(), credits=()))
    somebody = nouns.issue(replace(STORY, authors=(Author(name="Mallory"),), credits=()))
    assert told(format, nouns.body(format, nobody), nobody) == set()
    assert "attribution.false-credit" in told(format, nouns.body(format, somebody), nobody)


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize("editor", ["The curator", " The  curator\n"])
def test_whoever_puts_the_issue_together_is_called_so(format: str, editor: str) -> None:  # noqa: A002
    nobody = nouns.issue(replace(STORY, authors=(), credits=()))
    curated = nouns.body(format, nouns.issue(replace(STORY, authors=(Author(name="The curator"),), credits=())))
    found = judge(format, curated, nobody, nouns.publication(editor=editor))
    assert ("attribution.false-credit", "editor") in {(one.rule, one.subject) for one in found}


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize("name", ["The  curator", "The \u200ecurator", "The curator’s garden"])
def test_whoever_puts_the_issue_together_may_be_an_author_however_that_is_spaced(format: str, name: str) -> None:  # noqa: A002
    issue = nouns.issue(replace(STORY, authors=(Author(name=name),)))
    assert told(format, nouns.body(format, issue), issue) == set()


@pytest.mark.parametrize("format", ALL)
def test_an_author_or_a_credit_more(format: str) -> None:  # noqa: A002
    for more in (
        replace(STORY, authors=(*STORY.authors, Author(name="Mallory"))),
        replace(STORY, credits=(*STORY.credits, Credit(role="editor", name="Mallory"))),
        replace(STORY, authors=(*STORY.authors, Author(name="Phil Moss")), credits=STORY.credits),
    ):
        issue = nouns.issue(more, nouns.article(2))
        assert "attribution.false-credit" in told(format, nouns.body(format, issue))


PEOPLE = (Author(name="Ada Lane", url="https://people.example/ada"), Author(name="Inés"), Author(name="محمد علي"))
CREDITS = (
    Credit(role="translator", name="Tove Quist", url="https://people.example/tove"),
    Credit(role="translator", name="Iris"),
    Credit(role="photographer", name="Phil Moss"),
    Credit(role="submitted by", name="Ada Lane"),
    Credit(role="Faktencheck", name="山田太郎"),
)


@pytest.mark.parametrize(
    "language", ["en-US", "de", "fr", "es", "ar", "hi", "he", "ja", "zh", "th", "pt-BR", "ko", "fa"]
)
def test_no_false_alarm_in_any_language_and_none_missed(language: str) -> None:
    by = nouns.publication(language=language)
    story = replace(STORY, authors=PEOPLE, credits=CREDITS)
    issue = nouns.issue(story)
    changes: tuple[Callable[[], Issue], ...] = (
        lambda: nouns.issue(replace(story, authors=(*PEOPLE, Author(name="佐藤花子")))),
        lambda: nouns.issue(replace(story, credits=(replace(CREDITS[0], role="editor"), *CREDITS[1:]))),
    )
    for format in ALL:  # noqa: A001
        assert told(format, nouns.body(format, issue, by), issue, by) == set()
        for change in changes:
            assert told(format, nouns.body(format, change(), by), issue, by)


@pytest.mark.parametrize("case", CASES)
def test_no_false_alarm_in_the_golden_editions(case: str) -> None:
    issue, by = CASES[case]()
    for format in ALL:  # noqa: A001
        assert {rule for rule in told(format, nouns.body(format, issue, by), issue, by) if rule[:5] == "attri"} == set()


@pytest.mark.parametrize("folder", [".", "tests/data/arabic", "tests/data/deutsch", "tests/data/hindi"])
def test_no_false_alarm_in_the_samples(folder: str) -> None:
    by = config.load(nouns.ROOT / folder)
    for issue in issues.read_all_issues(by):
        for format in ALL:  # noqa: A001
            assert told(format, nouns.body(format, issue, by), issue, by) == set()


def test_names_that_look_like_words_of_a_byline() -> None:
    story = replace(
        STORY,
        authors=(Author(name="By"), Author(name="via"), Author(name="and")),
        credits=(Credit(role="via", name="by and by"), Credit(role="editor", name="via")),
        source=Source(title="In", url="https://in.example/", syndicate="full"),
    )
    issue = nouns.issue(story)
    for format in ALL:  # noqa: A001
        assert told(format, nouns.body(format, issue), issue) == set()


HERS = Author(name="Ann Leigh", url="https://people.example/bo")
SAID = "It is by Ann Leigh, whose page is https://people.example/bo"


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize(
    ("note", "texts"),
    [
        ("", [SAID]),
        ("", [f"{SAID}\u00a0(hers)"]),
        ("", [f"{SAID}\u200f"]),
        ("", [f"{SAID}, and not https://people.example/ann\u00a0, which is another's"]),
        ("", ["By Ann Leigh", f"Wrong before. {SAID}. By Ann Leigh, then."]),
        ("It is by Ann Leigh", [SAID]),
    ],
)
def test_what_is_said_in_a_correction_is_no_byline(note: str, texts: list[str], format: str) -> None:  # noqa: A002
    corrections = tuple(Correction(date=nouns.DATE, text=text, mends=("authors",)) for text in texts)
    issue = nouns.issue(nouns.article(1, authors=(HERS,), note=note, corrections=corrections))
    assert told(format, nouns.body(format, issue), issue) == set()


@pytest.mark.parametrize("name", ["Ada Lane", "Ada  Lane", "Ada\u00a0Lane", "Ada Lane \u200f"])
@pytest.mark.parametrize("format", ALL)
def test_an_author_who_is_credited_with_another_part(format: str, name: str) -> None:  # noqa: A002
    issue = nouns.issue(nouns.article(1, authors=(Author(name=name),), source=Source()))
    body = altered(format, nouns.body(format, issue), lambda text: re.sub("By(?= |$)", "Translated by", text, count=1))
    found = {(one.subject, one.get_value("name"), one.get_value("found")) for one in judge(format, body, issue)}
    assert ("role", name, "translated by") in found
