"""What a publisher asks for, from the door to the file and back; and what an editor is told of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nouns
from commands import run_dispatch
from dispatch import config, html, identity, issues, serialise
from dispatch.errors import IssueError
from dispatch.gather import enrich, gather_articles
from dispatch.model import Article, Issue, Publication, Source, SyndicationSettings, Terms
from dispatch.pictures import list_missing
from dispatch.review import articles as review
from dispatch.review.fields import Promise
from thorough import scale

LINE = '<em>First published by <a href="https://mill.example/?a=1&amp;b=2#c">The Mill</a>.</em> &lt;3'
COUNTER = "https://count.mill.example/p.gif?id=7&by=2"
TERMS = Terms(line=LINE, counter=COUNTER, no_derivatives=True)
SALT = f"""---
id: tag:mill.example,2026:salt   # theirs
url: https://mill.example/salt?issue=4
title: Salt
source: {{title: The Mill, url: "https://mill.example/"}}
published: 2026-11-02
terms:
  line: >-
    {LINE}
  counter: '{COUNTER}'   # nobody loads it
  no_derivatives: true
syndicate: full
---
Salt makes ice melt. ![It counts]({COUNTER})
"""


@pytest.fixture
def by(tmp_path: Path) -> Publication:
    (tmp_path / "dispatch.toml").write_text('title = "The Wire"\nurl = "https://wire.example"\ntimezone = "UTC"\n')
    folder = tmp_path / "issues" / "defence"
    folder.mkdir(parents=True)
    (folder / "issue.md").write_text("---\ntitle: D\ndate: 2026-11-22\nsections:\n  - articles: [salt]\n---\n")
    (folder / "salt.md").write_text(SALT)
    return config.load(tmp_path)


def read(by: Publication) -> tuple[Issue, Article]:
    issue = issues.read_issue(by, "defence")
    return issue, next(issue.articles)


def test_terms_are_read_as_they_are_written_and_stay_byte_for_byte(by: Publication) -> None:
    issue, salt = read(by)
    assert salt.terms == TERMS
    file = by.root / salt.file
    issues.change_issue(by, issue, issue.change_articles(lambda one: replace(one, note="N.")))
    assert file.read_text() == SALT.replace("syndicate: full\n", "note: N.\nsyndicate: full\n")
    issue, salt = read(by)
    changed = replace(TERMS, counter="https://other.example/p.gif")
    issues.change_issue(by, issue, issue.change_articles(lambda one: replace(one, terms=changed)))
    assert read(by)[1].terms == changed
    assert f"{LINE}\n" in file.read_text()


def test_a_new_file_has_the_terms_and_what_is_said_of_its_owner(by: Publication) -> None:
    issue, salt = read(by)
    new = replace(salt, key="more", id="tag:a.example,2026:more", confirmed_own=True, file="")
    issues.change_issue(by, issue, replace(issue, sections=(replace(issue.sections[0], articles=(salt, new)),)))
    written = (by.root / "issues/defence/more.md").read_text()
    assert "\nown: true\n" in written
    assert "\n  no_derivatives: true\n" in written
    _, more = read(by)[0].articles
    assert (more.terms, more.confirmed_own) == (TERMS, True)


def test_the_picture_that_counts_stands_in_no_text(by: Publication) -> None:
    file = by.root / "issues/defence/salt.md"
    file.write_text(SALT.replace("syndicate:", f"image: {{url: '{COUNTER}'}}\nsyndicate:"))
    issue, salt = read(by)
    assert "<img" not in salt.content
    assert salt.image is None
    copying = replace(by, site=replace(by.site, images="copy"), syndicate=SyndicationSettings(counters="site"))
    assert list_missing(copying, issue) == []


def test_a_withdrawn_article_asks_for_nothing(by: Publication) -> None:
    file = by.root / "issues/defence/salt.md"
    file.write_text(SALT.replace("syndicate:", "withdrawn: {date: 2026-12-01}\nsyndicate:"))
    assert read(by)[1].terms is None


@pytest.mark.parametrize(
    ("terms", "key"),
    [
        ("words", "terms"),
        ("{line: '<a href=\"/about\">About</a>'}", "terms"),
        ("{line: '<a href=\"javascript:x()\">About</a>'}", "terms"),
        ("{counter: pixel.gif}", "terms"),
        ("{counter: 'javascript:x()'}", "terms.counter"),
        ("{lines: x}", "terms.lines"),
    ],
)
def test_what_no_terms_are(by: Publication, terms: str, key: str) -> None:
    (by.root / "issues/defence/salt.md").write_text(f"---\ntitle: Salt\nterms: {terms}\n---\n")
    with pytest.raises(IssueError) as caught:
        read(by)
    assert [fault.place.key for fault in caught.value.faults] == [key]


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ('<p class="x">A <span style="color:red">b</span> <img src="https://a.example/p.gif">c</p>', "A b c"),
        ("<p>One</p><p>two<br>three</p>", "One two<br />three"),
        (
            '<a href="https://a.example/?a=1&b=%20" onclick="x()">a</a>',
            '<a href="https://a.example/?a=1&amp;b=%20">a</a>',
        ),
        ("<i>a</i> <strong>b</strong><script>x()</script><u>c</u>", "<i>a</i> <strong>b</strong>c"),
        ('<h2>A</h2><a name="x">b</a> <a href="/rel">c</a>', "A b c"),
    ],
)
def test_a_line_is_words_emphasis_and_whole_links(written: str, line: str) -> None:
    assert html.sanitise_line(written) == line


pieces = st.lists(
    st.sampled_from(["<p>", "</p>", "<em>", "</em>", "<a href='https://a.example/?a&b'>", "</a>", "<br>", " ", "&amp;"])
    | st.text(max_size=6)
)


@settings(max_examples=scale(100), deadline=None)
@given(pieces=pieces)
def test_a_line_comes_out_as_it_went_in(pieces: list[str]) -> None:
    line = html.sanitise_line("".join(pieces))
    assert html.sanitise_line(line) == line
    assert html.sanitise_html(line).split() == line.split()


def test_an_inbox_and_a_page_keep_the_terms() -> None:
    article = nouns.article(1, terms=TERMS)
    assert serialise.from_json(Article, serialise.to_json(article)).terms == TERMS
    assert enrich.enrich_from_page(nouns.article(1), article).terms == TERMS


def add(by: Publication, text: str, *words: str) -> tuple[str, Article]:
    (by.root / "given.md").write_text(text)
    result = run_dispatch(by.root, "add", "given.md", "--issue", "defence", *words)
    return result.output, list(read(by)[0].articles)[-1]


def test_an_article_of_another_dispatch_keeps_its_terms_and_what_is_asked_is_told(by: Publication) -> None:
    said, salt = add(by, SALT.replace("2026:salt", "2026:more").replace("/salt?", "/more?"))
    assert salt.terms
    assert replace(salt.terms, digest="") == TERMS
    assert salt.terms.digest
    assert "First published by The Mill." in said
    assert "count.mill.example" in said
    (by.root / "plain.md").write_text(SALT)
    (article,) = gather_articles(str(by.root / "plain.md"), user_agent="test")
    assert article.terms == TERMS
    assert "<img" not in article.content


def test_a_text_that_names_another_house_is_told_and_taken_with_a_word(by: Publication) -> None:
    text = "# Bridges\n\nBridges hum in the wind, and nobody knows the tune.\n\n{}"
    house = "It hums. This article first appeared on [The House](https://house.example/a)."
    said, bridges = add(by, text.format(house))
    if not bridges.own:  # it was read as what it says
        return
    assert "house.example" in said
    assert "--own" in said
    checked = run_dispatch(by.root, "check", "defence", "--report", "json", code=1)
    assert "editorial.ownership" in checked.output
    file = by.root / bridges.file
    file.write_text(file.read_text().replace("title:", "own: true\ntitle:"))
    assert "editorial.ownership" not in run_dispatch(by.root, "check", "defence", "--report", "json").output


def test_own_is_an_option(by: Publication) -> None:
    said, ours = add(by, "# Our own\n\nWe wrote it.\n\nAnd nobody else did.", "--own")
    assert ours.confirmed_own
    assert identity.is_ours(ours.url, by)
    assert "taken as your own" not in said


@pytest.mark.parametrize(
    "change",
    [
        lambda it: replace(it, terms=None),
        lambda it: replace(it, terms=replace(TERMS, line=LINE.replace("a=1", "a=2"))),
        lambda it: replace(it, terms=replace(TERMS, counter="")),
        lambda it: replace(it, terms=replace(TERMS, no_derivatives=False)),
        lambda it: replace(it, confirmed_own=True),
    ],
)
def test_a_review_shows_a_change(change: Callable[[Article], Article]) -> None:
    old = nouns.article(1, terms=TERMS, source=Source(title="The Mill"))
    promise = Promise(is_public=True, excused=frozenset())
    (found,) = review.compare_articles(old, change(old), promise, moves=False)
    assert found.weight == "look"
    assert found.now != found.was or "own" in found.what
